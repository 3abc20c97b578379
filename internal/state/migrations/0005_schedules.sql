-- What is done again and again, and each attempt of it.

CREATE TABLE schedules (
    id         TEXT PRIMARY KEY,
    folded     TEXT NOT NULL UNIQUE, -- the name in lower case
    connection TEXT NOT NULL REFERENCES connections (id) ON DELETE CASCADE,
    schedule   TEXT NOT NULL         -- JSON, all of it
) STRICT;

CREATE TABLE runs (
    id       INTEGER PRIMARY KEY AUTOINCREMENT, -- in the order of their beginning, whatever the clock said
    schedule TEXT NOT NULL REFERENCES schedules (id) ON DELETE CASCADE,
    ended_at INTEGER NOT NULL,                  -- 0: running, or cut off
    run      TEXT NOT NULL                      -- JSON, all of it but its ID
) STRICT;
CREATE INDEX runs_of_one ON runs (schedule, id DESC);
CREATE INDEX runs_open ON runs (id) WHERE ended_at = 0;
