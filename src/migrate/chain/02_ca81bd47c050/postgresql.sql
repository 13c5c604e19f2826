-- One table for the settings that the administration pages change.

CREATE TABLE config (
    id         SERIAL NOT NULL,
    data       JSON NOT NULL,
    version    INTEGER NOT NULL,
    created_at TIMESTAMP WITHOUT TIME ZONE NOT NULL DEFAULT now(),
    updated_at TIMESTAMP WITHOUT TIME ZONE DEFAULT now(),
    PRIMARY KEY (id)
);
