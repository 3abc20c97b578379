-- The hash of an administrator's recovery code; '' for those from before there were any.

ALTER TABLE accounts ADD COLUMN recovery TEXT NOT NULL DEFAULT '';
