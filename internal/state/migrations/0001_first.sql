-- Times are Unix nanoseconds, 0 for never. JSON columns hold what is only read
-- whole; what is searched or sorted by has a column of its own.

CREATE TABLE backups (
    id         TEXT PRIMARY KEY,
    identity   TEXT NOT NULL, -- of the database that was backed up
    state      TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    checked_at INTEGER NOT NULL,
    file       TEXT NOT NULL,
    manifest   TEXT NOT NULL, -- JSON, without its tables
    tables     BLOB NOT NULL, -- for each: rows, a space, name, a NUL
    failure    TEXT NOT NULL, -- JSON or ''
    profile    TEXT NOT NULL  -- JSON or ''
) STRICT;
CREATE INDEX backups_newest ON backups (created_at DESC, id);
CREATE INDEX backups_of_one ON backups (identity, created_at DESC, id);

CREATE TABLE jobs (
    id         TEXT PRIMARY KEY,
    kind       TEXT NOT NULL,
    identity   TEXT NOT NULL,
    status     TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at   INTEGER NOT NULL, -- 0: running, or cut off
    record     TEXT NOT NULL     -- JSON, all of it
) STRICT;
CREATE INDEX jobs_newest ON jobs (started_at DESC, id);
CREATE INDEX jobs_open ON jobs (started_at) WHERE ended_at = 0;
CREATE INDEX jobs_done ON jobs (kind, identity, started_at DESC) WHERE status = 'succeeded';

CREATE TABLE connections (
    id         TEXT PRIMARY KEY,
    folded     TEXT NOT NULL UNIQUE, -- the name in lower case
    connection TEXT NOT NULL,        -- JSON, never a password
    active     INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX connections_one_active ON connections (active) WHERE active = 1;

CREATE TABLE settings (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL -- JSON
) STRICT;

CREATE TABLE accounts (
    folded     TEXT PRIMARY KEY, -- the name in lower case
    name       TEXT NOT NULL,
    hash       TEXT NOT NULL,    -- PHC string
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE attempts (
    key      TEXT PRIMARY KEY,
    failures INTEGER NOT NULL, -- in a row
    last_at  INTEGER NOT NULL
) STRICT;
