-- Whom to tell, what is to be told, and what is remembered between two looks at the
-- backups of a connection.

CREATE TABLE channels (
    id      TEXT PRIMARY KEY,
    folded  TEXT NOT NULL UNIQUE, -- the name in lower case
    channel TEXT NOT NULL         -- JSON, all of it
) STRICT;

CREATE TABLE notices (
    id      INTEGER PRIMARY KEY AUTOINCREMENT, -- in the order in which they were added
    channel TEXT NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
    state   TEXT NOT NULL,
    event   TEXT NOT NULL,
    subject TEXT NOT NULL,
    sent_at INTEGER NOT NULL, -- 0: not yet
    notice  TEXT NOT NULL     -- JSON, all of it but its ID
) STRICT;
CREATE INDEX notices_waiting ON notices (channel, id) WHERE state = 'waiting';
CREATE INDEX notices_sent ON notices (channel, sent_at);

CREATE TABLE episodes (
    key     TEXT PRIMARY KEY, -- ID of a connection, or 'room'
    episode TEXT NOT NULL     -- JSON
) STRICT;
