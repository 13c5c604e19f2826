-- Each user pins notes for themselves.

CREATE TABLE pinned_note (
    id         TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    note_id    TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT uq_pinned_note UNIQUE (user_id, note_id),
    FOREIGN KEY (note_id) REFERENCES note (id) ON DELETE CASCADE
);

-- code.c: every pinned note becomes a row for its owner.
