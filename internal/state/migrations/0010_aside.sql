-- A backup that was deleted a moment ago: its file is put aside until it is removed for good.

ALTER TABLE backups ADD COLUMN aside_at INTEGER NOT NULL DEFAULT 0;
