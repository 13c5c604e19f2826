-- A group may have a parent.

ALTER TABLE "group" ADD COLUMN parent_group_id TEXT;

ALTER TABLE "group"
    ADD CONSTRAINT fk_group_parent FOREIGN KEY (parent_group_id)
    REFERENCES "group" (id) ON DELETE SET NULL;

CREATE INDEX ix_group_parent_group_id ON "group" (parent_group_id);
