-- Rooms that were stored before they had settings, votes, schedules: written as they would be written now.

-- What a room is set to that knew no more than a title, who is let in and who may do what.
CREATE TEMP TABLE presets (name TEXT PRIMARY KEY, guest INTEGER NOT NULL) STRICT;
INSERT INTO presets VALUES ('everyone', 1099620679935), ('hosts', 1099511627968);

CREATE TEMP VIEW foundings AS
SELECT 'journal' AS place, room, seq, event AS old, '$' AS at FROM main.journal
WHERE kind = 'founded' AND json_type(event, '$.settings') IS NULL
UNION ALL
SELECT 'snapshots', room, seq, body, '$.founding' FROM main.snapshots
WHERE json_type(body, '$.founding') = 'object';

CREATE TEMP TABLE founded AS
SELECT place, room, seq,
    json_object('person', old ->> (at || '.host'), 'name', old ->> (at || '.host_name')) AS host,
    json_patch(json('{"about":"","opacity":100,"queue_mode":"manual","duplicates":true,"vote_skip":false,"vote_percent":50,
        "ready_start":true,"ready_seek":false,"ready_resume":false,"ready_patience":1500,"wait_for":"none",
        "skip_segments":[],"restore":"always","slow_mode":0,"moderation":false,"profanity_filter":false,
        "profanity_words":[],"voice":false}'),
        json_object('title', old ->> (at || '.title'), 'visibility', old ->> (at || '.visibility'),
            'grants', json_object('guest', presets.guest, 'registered', 0, 'trusted', 34359738368,
                'moderator', 579907616824))) AS settings,
    old ->> (at || '.preset') AS preset, old ->> (at || '.invite') AS invite, old ->> (at || '.code') AS code
FROM foundings CROSS JOIN presets ON presets.name = old ->> (at || '.preset');

UPDATE rooms SET host = unhex(founded.host ->> '$.person', '-')
FROM founded WHERE founded.room = rooms.id AND rooms.host IS NULL;

UPDATE journal SET event = json_object('seq', event -> '$.seq', 'at', event -> '$.at', 'by', event -> '$.by',
    'kind', 'founded', 'settings', json(founded.settings), 'preset', founded.preset, 'host', json(founded.host),
    'invite', founded.invite, 'code', founded.code)
FROM founded WHERE founded.place = 'journal' AND journal.room = founded.room AND journal.seq = founded.seq;

UPDATE snapshots SET body = json_object('seq', body -> '$.seq', 'made_at', body -> '$.made_at',
    'touched_at', body -> '$.made_at', 'settings', json(founded.settings), 'preset', founded.preset,
    'invite', founded.invite, 'code', founded.code, 'playback', body -> '$.playback', 'current', body -> '$.current',
    'current_since', body -> '$.made_at', 'queue', body -> '$.queue', 'votes', json('{}'), 'shelf', json('[]'),
    'played', json('[]'), 'undo', json('[]'), 'proposals', json('{}'), 'members', body -> '$.members',
    'bans', json('{}'), 'mutes', json('{}'), 'schedule', json('{"status":"live"}'), 'coming', json('{}'),
    'tally', json('{"lines":0,"reactions":0,"played":0}'))
FROM founded WHERE founded.place = 'snapshots' AND snapshots.room = founded.room;

-- What was waited for was a viewer.
UPDATE snapshots SET body = json_replace(body, '$.playback.waiting', 'viewer')
WHERE json_type(body, '$.playback.waiting') = 'true';
UPDATE journal SET event = json_replace(event, '$.playback.waiting', 'viewer')
WHERE kind = 'playback' AND json_type(event, '$.playback.waiting') = 'true';

UPDATE journal SET kind = 'changed',
    event = json_remove(json_set(event, '$.kind', 'changed', '$.changes', json_object('title', event -> '$.title')), '$.title')
WHERE kind = 'renamed';
UPDATE journal SET kind = 'changed',
    event = json_remove(json_set(event, '$.kind', 'changed', '$.changes', json_object('visibility', event -> '$.visibility')),
        '$.visibility')
WHERE kind = 'visibility_changed';

-- What became known of an item: the item as it was added, with that. Where it was added before the snapshot nothing is
-- changed; another look at the link tells it again.
UPDATE journal SET kind = 'item_changed', event = json_object('seq', event -> '$.seq', 'at', event -> '$.at',
    'kind', 'item_changed', 'item', json_set(added.item, '$.media', event -> '$.media'))
FROM (SELECT room, event -> '$.item' AS item FROM journal
    WHERE kind = 'added' AND json_type(event, '$.item') = 'object') AS added
WHERE kind = 'described' AND added.room = journal.room AND added.item ->> '$.id' = journal.event ->> '$.item';
UPDATE journal SET kind = 'changed',
    event = json_object('seq', event -> '$.seq', 'at', event -> '$.at', 'kind', 'changed', 'changes', json('{}'))
WHERE kind = 'described';

UPDATE journal SET event = json_remove(json_set(event, '$.items', json_array(event -> '$.item')), '$.item')
WHERE kind = 'added' AND json_type(event, '$.item') = 'object';

DROP VIEW foundings;
DROP TABLE founded;
DROP TABLE presets;
