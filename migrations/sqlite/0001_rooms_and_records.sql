-- Rooms, their journals, and the records beside them. Times are milliseconds, events and records JSON.

-- One row per process that ever opened the file, as long as a room was last held by it.
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    -- The last moment at which it was surely alive, on its own playback clock.
    last_beat INTEGER
) STRICT;

-- Heads only: this row changes with every event, so nothing large may live in it.
CREATE TABLE rooms (
    id BLOB NOT NULL PRIMARY KEY,
    epoch INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    title TEXT NOT NULL,
    public INTEGER NOT NULL,
    made_at INTEGER NOT NULL,
    run INTEGER NOT NULL REFERENCES runs (id)
) STRICT, WITHOUT ROWID;

CREATE INDEX rooms_public ON rooms (id DESC) WHERE public = 1;
CREATE INDEX rooms_run ON rooms (run);

CREATE TABLE snapshots (
    room BLOB NOT NULL PRIMARY KEY REFERENCES rooms (id),
    seq INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What happened since the snapshot.
CREATE TABLE journal (
    room BLOB NOT NULL REFERENCES rooms (id),
    seq INTEGER NOT NULL,
    event TEXT NOT NULL,
    PRIMARY KEY (room, seq)
) STRICT, WITHOUT ROWID;

-- Every line that was ever said; a snapshot takes nothing from here.
CREATE TABLE chat (
    room BLOB NOT NULL REFERENCES rooms (id),
    seq INTEGER NOT NULL,
    event TEXT NOT NULL,
    PRIMARY KEY (room, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE records (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    owner TEXT,
    body TEXT NOT NULL,
    expires_at INTEGER,
    PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX records_owner ON records (kind, owner) WHERE owner IS NOT NULL;
CREATE INDEX records_expiry ON records (expires_at) WHERE expires_at IS NOT NULL;
