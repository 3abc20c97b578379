-- A deleted backup of which nothing was moved: its file was not in sight.

ALTER TABLE backups ADD COLUMN unmoved INTEGER NOT NULL DEFAULT 0;
UPDATE backups SET unmoved = 1 WHERE aside_at <> 0 AND file = '';
