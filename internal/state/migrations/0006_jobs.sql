-- Schedules write many jobs: what is asked of one database, and what nobody has read
-- about yet, is found without reading through them.

CREATE INDEX jobs_of_one ON jobs (kind, identity, started_at DESC, id DESC);
CREATE INDEX jobs_unread ON jobs (started_at DESC, id DESC)
    WHERE (status = 'interrupted' OR record ->> '$.settled' IS 1) AND record ->> '$.acknowledged' IS NOT 1;
