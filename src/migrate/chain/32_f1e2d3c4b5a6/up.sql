-- Access lists become rows, and their columns go away.

CREATE TABLE access_grant (
    id             TEXT NOT NULL,
    resource_type  TEXT NOT NULL,
    resource_id    TEXT NOT NULL,
    principal_type TEXT NOT NULL,
    principal_id   TEXT NOT NULL,
    permission     TEXT NOT NULL,
    created_at     BIGINT NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT uq_access_grant_grant
        UNIQUE (resource_type, resource_id, principal_type, principal_id, permission)
);

CREATE INDEX idx_access_grant_resource ON access_grant (resource_type, resource_id);
CREATE INDEX idx_access_grant_principal ON access_grant (principal_type, principal_id);

-- code.c: every entry of the seven access_control columns becomes a row.
