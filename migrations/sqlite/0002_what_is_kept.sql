-- What is kept beyond a room's state: whose rooms are and when they are due, what happened in them, what was played in
-- them, who was there.

ALTER TABLE rooms ADD COLUMN host BLOB;
-- When something must happen in it though nobody asks for it.
ALTER TABLE rooms ADD COLUMN due_at INTEGER;

CREATE INDEX rooms_host ON rooms (host, id DESC) WHERE host IS NOT NULL;
CREATE INDEX rooms_due ON rooms (due_at, id) WHERE due_at IS NOT NULL;

-- What happened: since the snapshot for the room, before it for the audit.
ALTER TABLE journal RENAME TO journal_since_snapshot;

CREATE TABLE journal (
    room BLOB NOT NULL REFERENCES rooms (id),
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    -- Who did it.
    person BLOB,
    -- Whose name stands in it, where that is somebody else.
    subject BLOB,
    event TEXT NOT NULL,
    PRIMARY KEY (room, seq)
) STRICT, WITHOUT ROWID;

INSERT INTO journal (room, seq, at, kind, person, event)
SELECT room, seq, event ->> '$.at', event ->> '$.kind', unhex(event ->> '$.by.person', '-'), event
FROM journal_since_snapshot;

DROP TABLE journal_since_snapshot;

CREATE INDEX journal_person ON journal (person, room, seq) WHERE person IS NOT NULL;
CREATE INDEX journal_subject ON journal (subject, room, seq) WHERE subject IS NOT NULL;

-- Who wrote it.
ALTER TABLE chat ADD COLUMN person BLOB;
UPDATE chat SET person = unhex(event ->> '$.by.person', '-');
CREATE INDEX chat_person ON chat (person, room, seq) WHERE person IS NOT NULL;

-- What was played, for ever.
CREATE TABLE history (
    room BLOB NOT NULL REFERENCES rooms (id),
    seq INTEGER NOT NULL,
    -- As in the journal: who ended it, and who had added it.
    person BLOB,
    subject BLOB,
    event TEXT NOT NULL,
    PRIMARY KEY (room, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX history_person ON history (person, room, seq) WHERE person IS NOT NULL;
CREATE INDEX history_subject ON history (subject, room, seq) WHERE subject IS NOT NULL;

-- Who was there, window by window; sixteen zeros are those who were forgotten.
CREATE TABLE visits (
    id INTEGER PRIMARY KEY,
    room BLOB NOT NULL REFERENCES rooms (id),
    person BLOB NOT NULL,
    came INTEGER NOT NULL,
    gone INTEGER NOT NULL
) STRICT;

-- Each has all that its question needs: how many were there, where somebody was, what is old.
CREATE INDEX visits_room ON visits (room, person, came, gone);
CREATE INDEX visits_person ON visits (person, room, gone);
CREATE INDEX visits_gone ON visits (gone);
