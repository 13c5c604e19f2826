-- One table for the settings that the administration pages change.

CREATE TABLE config (
    id         INTEGER NOT NULL,
    data       JSON NOT NULL,
    version    INTEGER NOT NULL,
    created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at DATETIME DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (id)
);
