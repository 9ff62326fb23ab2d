-- A line that is taken away is taken away in all its wordings: they are found by the line that they are of.
CREATE INDEX journal_reworded ON journal (room, event ->> '$.line') WHERE kind = 'reworded';
