-- A backup that is not pruned: a newer one of its database has lost something.

ALTER TABLE backups ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
