-- The last restore of a backup for practice, JSON or ''.

ALTER TABLE backups ADD COLUMN rehearsal TEXT NOT NULL DEFAULT '';
