-- Rooms, what happened in them, and the records beside them. Times are milliseconds, events and records JSON: as texts,
-- which keep every byte and of which nothing is asked here.
--
-- Texts that are found by are compared byte by byte (COLLATE "C"), whatever language the database speaks.

-- Which version of onecouch had it last; one row.
CREATE TABLE about (
    one boolean NOT NULL PRIMARY KEY DEFAULT true CHECK (one),
    version bigint NOT NULL,
    -- What nodes of this installation are told apart by from those of others that share a bus.
    installation uuid NOT NULL DEFAULT gen_random_uuid()
);

-- One row per process that ever opened it, as long as a room was last held by it.
CREATE TABLE runs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- The last moment at which it was surely alive, on its own playback clock.
    last_beat bigint,
    -- Where several processes share a database: which of them it is, and until when what it has is its own.
    node uuid,
    lease_until timestamptz,
    -- Where it says that it is, and since when it has been there.
    url text,
    began timestamptz NOT NULL DEFAULT now()
);

-- What one node at a time does for all, as long as its lease is good.
CREATE TABLE posts (
    name text COLLATE "C" NOT NULL PRIMARY KEY,
    run bigint REFERENCES runs (id) ON DELETE SET NULL
);

-- Heads only: this row changes with every event, so nothing large may live in it. What is written most often is in no
-- index, and finds room beside the row that it takes the place of.
CREATE TABLE rooms (
    id uuid NOT NULL PRIMARY KEY,
    epoch bigint NOT NULL,
    seq bigint NOT NULL,
    title text NOT NULL,
    public boolean NOT NULL,
    made_at bigint NOT NULL,
    host uuid,
    -- When something must happen in it though nobody asks for it.
    due_at bigint,
    -- Who has it, or had it last.
    run bigint NOT NULL REFERENCES runs (id),
    -- Who had it last has let go of it: the next may have it at once.
    free boolean NOT NULL DEFAULT false
) WITH (fillfactor = 70);

CREATE INDEX rooms_public ON rooms (id) WHERE public;
CREATE INDEX rooms_host ON rooms (host, id) WHERE host IS NOT NULL;
CREATE INDEX rooms_due ON rooms (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX rooms_run ON rooms (run);

CREATE TABLE snapshots (
    room uuid NOT NULL PRIMARY KEY REFERENCES rooms (id),
    seq bigint NOT NULL,
    body text NOT NULL
);

-- What happened: since the snapshot for the room, before it for the audit.
CREATE TABLE journal (
    room uuid NOT NULL REFERENCES rooms (id),
    seq bigint NOT NULL,
    at bigint NOT NULL,
    kind text COLLATE "C" NOT NULL,
    -- Who did it.
    person uuid,
    -- Whose name stands in it, where that is somebody else.
    subject uuid,
    -- Which line of chat it words anew: taken away, it is taken away in all its wordings.
    line bigint,
    event text NOT NULL,
    PRIMARY KEY (room, seq)
);

CREATE INDEX journal_person ON journal (person, room, seq) WHERE person IS NOT NULL;
CREATE INDEX journal_subject ON journal (subject, room, seq) WHERE subject IS NOT NULL;
CREATE INDEX journal_line ON journal (room, line) WHERE line IS NOT NULL;

-- Every line that was ever said; a snapshot takes nothing from here.
CREATE TABLE chat (
    room uuid NOT NULL REFERENCES rooms (id),
    seq bigint NOT NULL,
    -- Who wrote it.
    person uuid,
    event text NOT NULL,
    PRIMARY KEY (room, seq)
);

CREATE INDEX chat_person ON chat (person, room, seq) WHERE person IS NOT NULL;

-- What was played, for ever.
CREATE TABLE history (
    room uuid NOT NULL REFERENCES rooms (id),
    seq bigint NOT NULL,
    -- As in the journal: who ended it, and who had added it.
    person uuid,
    subject uuid,
    event text NOT NULL,
    PRIMARY KEY (room, seq)
);

CREATE INDEX history_person ON history (person, room, seq) WHERE person IS NOT NULL;
CREATE INDEX history_subject ON history (subject, room, seq) WHERE subject IS NOT NULL;

-- Who was there, window by window; the identity of zeros is those who were forgotten.
CREATE TABLE visits (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    room uuid NOT NULL REFERENCES rooms (id),
    person uuid NOT NULL,
    came bigint NOT NULL,
    gone bigint NOT NULL
);

-- Each has all that its question needs: how many were there, where somebody was, what is old.
CREATE INDEX visits_room ON visits (room, person, came, gone);
CREATE INDEX visits_person ON visits (person, room, gone);
CREATE INDEX visits_gone ON visits (gone);

CREATE TABLE records (
    kind text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    owner text COLLATE "C",
    body text NOT NULL,
    expires_at bigint,
    PRIMARY KEY (kind, key)
);

CREATE INDEX records_owner ON records (kind, owner, key) WHERE owner IS NOT NULL;
CREATE INDEX records_expiry ON records (expires_at) WHERE expires_at IS NOT NULL;
