-- The audit trail. A line is never changed; what is looked for by is computed from it,
-- so that there is nothing beside it that could say otherwise. AUTOINCREMENT remembers
-- the highest number, also of lines that were cut off.

CREATE TABLE audit (
    n        INTEGER PRIMARY KEY AUTOINCREMENT,
    line     TEXT NOT NULL, -- JSON, as it was hashed
    hash     TEXT NOT NULL, -- SHA-256 over the hash before, a line feed and line
    at       TEXT GENERATED ALWAYS AS (line ->> '$.at') STORED,
    who      TEXT GENERATED ALWAYS AS (line ->> '$.who') STORED,
    what     TEXT GENERATED ALWAYS AS (line ->> '$.what') STORED,
    database TEXT GENERATED ALWAYS AS (line ->> '$.database') STORED
) STRICT;
CREATE INDEX audit_who ON audit (who, n);
CREATE INDEX audit_what ON audit (what, n);
CREATE INDEX audit_database ON audit (database, n);

-- They keep from accidents. Who means it can drop them; the hashes tell.
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail is only added to'); END;
CREATE TRIGGER audit_is_not_cut BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail is only added to'); END;
