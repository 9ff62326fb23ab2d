-- An admission belongs to the person who was let in: what belongs to somebody is found by them.
UPDATE records SET owner = substr(key, 38) WHERE kind = 'admission';
