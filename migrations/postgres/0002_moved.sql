-- The installation that was kept in a SQLite file and is moved here, or was; one row. As long as it has not ended, what is here
-- is a part of something, and nobody serves it.
CREATE TABLE moved (
    one boolean NOT NULL PRIMARY KEY DEFAULT true CHECK (one),
    -- Which one it is, by what was in its file when it began.
    installation text NOT NULL,
    -- Where that file was.
    file text NOT NULL,
    begun_at bigint NOT NULL,
    -- Which table is being written, and the key of its last row that is here, as JSON; none where its first is the next.
    at_table text NOT NULL,
    behind text,
    ended_at bigint
);
