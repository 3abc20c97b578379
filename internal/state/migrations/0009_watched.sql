-- What is remembered of a database that is watched, and when a backup was last found to
-- hold what its database holds.

CREATE TABLE watched (
    connection TEXT PRIMARY KEY REFERENCES connections (id) ON DELETE CASCADE,
    memory     TEXT NOT NULL -- JSON, all of it
) STRICT;

ALTER TABLE backups ADD COLUMN same_at INTEGER NOT NULL DEFAULT 0;
