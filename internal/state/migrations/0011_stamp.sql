-- Each change of a backup gives its row a new stamp, whoever makes it: so a process knows
-- what it has read of it still holds. The indexes carry all that finds and stamps a row.

ALTER TABLE backups ADD COLUMN stamp INTEGER NOT NULL DEFAULT 0;
UPDATE backups SET stamp = random();

CREATE TRIGGER backups_stamp_new AFTER INSERT ON backups BEGIN
    UPDATE backups SET stamp = random() WHERE id = new.id;
END;
CREATE TRIGGER backups_stamp_changed AFTER UPDATE ON backups WHEN new.stamp = old.stamp BEGIN
    UPDATE backups SET stamp = random() WHERE id = new.id;
END;

DROP INDEX backups_newest;
DROP INDEX backups_of_one;
CREATE INDEX backups_newest ON backups (created_at DESC, id DESC, aside_at, identity, state, stamp);
CREATE INDEX backups_of_one ON backups (identity, created_at DESC, id DESC, aside_at, state, stamp);
