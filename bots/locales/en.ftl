# The words of the chat frontends in English.
# Sentences of refusals are the engine's own: only other languages say them here.

## Commands: what each does, in at most 100 characters; an attribute for each of its options

cmd-watch = Watch something together: plays it, or queues it when something is on.
    .link = A link, or words to search for
    .mode = How the queue is ordered from now on
    .title = What the room is called from now on
    .when = When it begins, such as 20:30, tomorrow 20:30 or in 2h
cmd-queue = What comes next.
cmd-queue-list = Show what is on and what comes next.
cmd-queue-add = Put something behind the last one.
    .link = A link, several links, or words to search for
cmd-queue-next = Put something before all others.
    .link = A link, several links, or words to search for
cmd-queue-remove = Take one out.
    .item = Its number in the list
cmd-queue-move = Put one elsewhere.
    .item = Its number in the list
    .to = Its new number
cmd-queue-shuffle = Put the queue into an order of chance.
cmd-queue-clear = Empty the queue; what is on plays on.
cmd-queue-import = Queue all of a list: a playlist, or a text with links.
    .link = The link of the list, or the links themselves
cmd-queue-export = Have the queue as a file.
    .form = Links one in a line, or JSON with all that is known
cmd-play = Play on for everybody.
cmd-pause = Pause for everybody.
cmd-seek = Go to a time such as 1:30, +30 or 50%.
    .time = A time such as 1:30, +30, -1m or 50%
cmd-forward = Go on by some seconds.
    .length = How far, such as 30 or 1:30; 10 seconds where nothing is said
cmd-rewind = Go back by some seconds.
    .length = How far, such as 30 or 1:30; 10 seconds where nothing is said
cmd-skip = Go on to the next one, or vote for it.
cmd-back = Go back to the one before.
cmd-now = Show what is on and where it stands.
cmd-mode = Show or change how the queue is ordered.
    .mode = How it is ordered from now on
cmd-speed = Change the speed.
    .speed = A speed such as 1.25
cmd-vote = Vote, or put to the vote what you may not do yourself.
    .what = skip, pause, play, seek 1:30, a number of the queue, yes or no
cmd-history = Show what was on.
    .count = How many
cmd-playlist = Saved playlists.
cmd-playlist-list = Show the saved playlists.
cmd-playlist-save = Save what is on and what comes as a playlist.
    .name = What it is called
cmd-playlist-load = Queue all of a saved playlist.
    .playlist = Which one
cmd-playlist-delete = Delete a saved playlist.
    .playlist = Which one
cmd-invite = Show the link that lets people in.
cmd-who = Show who is there.
cmd-role = Give somebody another role in the room.
    .person = Whom
    .role = Which role
cmd-kick = Show somebody the door; they may come again.
    .person = Whom
cmd-ban = Keep somebody out of the room.
    .person = Whom
    .length = For how long, such as 2h or 7d; for ever where nothing is said
    .reason = Why
cmd-unban = Let somebody in again.
    .person = Whom
cmd-settings = Show or change what the room and this chat are set to.
    .setting = What to set
    .value = To what
cmd-schedule = Show or change when the room opens and closes.
    .when = When it opens, such as 20:30, tomorrow 20:30 or in 2h; off takes it away
    .until = When it closes
cmd-link = Tie this chat to a room elsewhere, or your Discord and Telegram selves together.
    .to = An invite link, or the code from the other side; nothing to get a code
cmd-unlink = Untie this chat from its room; the room goes on.
cmd-end = End the room for everybody.
cmd-help = Show all commands, or one.
    .command = Which one

## Options as they are named, and words to choose from

opt-link = link
opt-mode = mode
opt-title = title
opt-when = when
opt-item = item
opt-to = to
opt-form = form
opt-time = time
opt-length = length
opt-speed = speed
opt-what = what
opt-count = count
opt-name = name
opt-playlist = playlist
opt-person = person
opt-role = role
opt-reason = reason
opt-setting = setting
opt-value = value
opt-until = until
opt-command = command

choice-manual = manual
choice-vote = vote
choice-loop = loop
choice-dj = dj
choice-fair = fair
choice-guest = guest
choice-trusted = trusted
choice-moderator = moderator
choice-cohost = cohost
choice-host = host
choice-links = links
choice-json = json
choice-yes = yes
choice-no = no
choice-now = now
choice-today = today
choice-tomorrow = tomorrow

## Buttons

button-open = Open the room
button-pause = Pause
button-play = Play
button-skip = Skip
button-back = Back
button-back10 = −10 s
button-forward10 = +10 s
button-queue = Queue
button-more = More
button-coming = I’m coming
button-pick = Play now
button-propose = Put it to the vote
button-ask-host = Ask the host
button-ask = Ask { $name }
button-yes = Yes
button-no = No
button-sure-clear = Empty the queue
button-sure-end = End the room
button-sure-unlink = Untie this chat
button-sure-ban = Ban
button-sure-delete = Delete
button-never = Cancel
button-queue-that = Queue it
button-undo = Undo

## What is missing or wrong

hint-missing = Something is missing: { $usage }
hint-subcommand = Write one of { $all }.
hint-number = Say which one by its number in /queue list, such as 2.
hint-seek = Say where to go, such as /seek 1:30, /seek +30 or /seek 50%.
hint-mode = A queue is ordered in one of these ways: manual, vote, loop, dj, fair.
hint-role = A role is one of these: guest, trusted, moderator, cohost, host.
hint-vote = Vote on something such as /vote skip, /vote seek 1:30, /vote 2, /vote yes or /vote no.
hint-when = { $input } is not a time. Write 20:30, tomorrow 20:30, 2026-12-31 20:30 or in 2h.
hint-old-card = This card is of an earlier room. Use the newest one, or write /now.
fault = Something went wrong on our side (trace { $trace }). Try again.

## Answers

never = Left as it is.
people = { $count ->
    [0] nobody yet
    [one] 1 person
   *[other] { $count } people
}
until-viewer = when the first person opens the room
until-start = when the room opens
until-ready = when everybody has loaded it
until-stall = again when everybody has loaded it
paused = Paused at { $at }.
starts = It starts { $when }.
playing-from = Playing from { $at }.
now-at = Now at { $at }.
now-playing = Now playing { $title }.
that-was-the-last = That was the last one. Add something with /watch and a link.
speed-is = The speed is { $rate }.
removed = Removed { $title }.
shuffled = { $count ->
    [one] The queue of one is what it was.
   *[other] The { $count } in the queue come in another order now.
}
cleared = The queue is empty. What is on plays on.
queued-as = Queued as number { $number }: { $title }.
queued = Queued.
come-and-watch = Come and watch: { $link }
at = at { $at }
at-of = at { $at } of { $length }
at-live = live
now-playing-for = Playing for { $people }, { $at }.
now-starts = Starts { $when }, { $at }.
now-paused = Paused, { $at }.
next-is = Next is { $title }, { $count } in the queue.
nothing-next = Nothing comes next.
queue-line = { $title }, from { $name }
and-more = And { $count } more.

## The live card

card-nothing = Nothing is on
card-add-something = Add something with /watch and a link.
card-live = Live for { $people }
card-playing = Playing for { $people }
card-starts = Starts { $when }
card-starts-at = Starts at { $at } { $when }
card-paused = Paused at { $at }
card-paused-of = Paused at { $at } of { $length }
card-added-by = Added by { $name }.

## Core: what commands answer

# Lengths of time
span-seconds = { $count ->
    [one] 1 second
   *[other] { $count } seconds
}
span-minutes = { $count ->
    [one] 1 minute
   *[other] { $count } minutes
}
span-hours = { $minutes ->
    [0] { $hours ->
        [one] 1 hour
       *[other] { $hours } hours
    }
   *[other] { $hours } h { $minutes } min
}
span-days = { $count ->
    [one] 1 day
   *[other] { $count } days
}

# Queueing
starts-in = It starts in about { $time }.
queued-many = Queued { $count }, from number { $number } on. The first is { $title }.
queued-more = { $count ->
    [one] One more is queued.
   *[other] { $count } more are queued.
}
left-out = Left out { $link }: { $why }
left-out-more = Left out { $count } more.
room-called = The room is called { $title } from now on.
moved = { $title } is number { $number } now.
exported = { $count ->
    [one] The one of it as a file.
   *[other] All { $count } as a file.
}
sure-clear = { $count ->
    [one] Empty the queue of one? What is on plays on.
   *[other] Empty the queue of { $count }? What is on plays on.
}
queue-votes = { $count ->
    [one] 1 vote
   *[other] { $count } votes
}
queue-in = in about { $time }
mode-manual = The queue plays in the order in which people put it.
mode-vote = The queue is ordered by votes: /vote and a number.
mode-loop = The queue goes round: what was played goes to its end.
mode-dj = What is on plays again until somebody picks another.
mode-fair = Everybody takes turns: nobody waits behind somebody’s twenty.
or-the-code = Or type this code on the start page: { $code }
history-line = { $title }, from { $name }, { $time } ago
history-line-now = { $title }, from { $name }, just now
history-none = Nothing was on yet.
taken-back = Taken back.

# Who may, and what else can be done
only-who = Only { $who } can { $what } here. Put it to the others with /vote.
only-who-ask = Only { $who } can { $what } here. Ask { $host }, or put it to the others with /vote.
who-the-host = the host
who-registered = people with an account
who-trusted = { $host } and trusted people
who-moderators = { $host } and moderators
who-cohosts = { $host } and co-hosts

# Votes
vote-tally = { $what }: { $yes } of { $needed }. Ends in { $time }.
vote-against = { $count ->
    [one] 1 is against it.
   *[other] { $count } are against it.
}
vote-rejected = { $what }: too many are against it. It stays as it is.
vote-expired = { $what }: too few voted in time.
vote-void = { $what }: that is over, so the vote is too.
vote-over = That vote is over.
no-votes = Nothing is voted on. Put something to the vote with /vote skip or /vote seek 1:30.
voted = { $count ->
    [one] You voted for { $title }: 1 vote.
   *[other] You voted for { $title }: { $count } votes.
}
voted-not = { $count ->
    [0] You took your vote for { $title } back.
    [one] You took your vote for { $title } back: 1 vote is left.
   *[other] You took your vote for { $title } back: { $count } votes are left.
}
votes-do-not-order = Votes do not order the queue yet: /mode vote changes that.
button-yes-to = Yes: { $what }
button-no-to = No: { $what }
motion-play = Play
motion-pause = Pause
motion-skip = Skip
motion-back = Go back to the one before
motion-seek = Go to { $what }
motion-forward = Go on by { $what }
motion-rewind = Go back by { $what }
motion-speed = Speed { $what }
motion-pick = Play { $what } now
motion-remove = Remove { $what }
motion-shuffle = Shuffle the queue
motion-clear = Empty the queue
asks-play = { $name } asks to play on.
asks-pause = { $name } asks to pause.
asks-skip = { $name } asks to skip this.
asks-back = { $name } asks to go back to the one before.
asks-seek = { $name } asks to go to { $what }.
asks-forward = { $name } asks to go on by { $what }.
asks-rewind = { $name } asks to go back by { $what }.
asks-speed = { $name } asks for speed { $what }.
asks-pick = { $name } asks to play { $what } now.
asks-remove = { $name } asks to remove { $what }.
asks-shuffle = { $name } asks to shuffle the queue.
asks-clear = { $name } asks to empty the queue.
is-that-fine = { $names }, is that fine?
hint-voice = Only who is in the voice channel votes here. Join it, then vote again.

# People
who-nobody = Nobody is in the room yet.
who-here = { $count ->
    [one] One person is in the room:
   *[other] { $count } people are in the room:
}
who-line = { $name }, { $door }
who-line-role = { $name }, { $role }, { $door }
who-coming = { $count ->
    [one] Coming: { $names }.
   *[other] { $count } are coming: { $names }.
}
door-viewer = on the page
door-api = through a program
door-discord = on Discord
door-telegram = on Telegram
door-opentogethertube = through OpenTogetherTube
door-watch2gether = through Watch2Gether
door-watchers = through watchers.io
door-clipper = through Clipper
door-room = the room itself
role-is = { $name } is { $role } now.
role-already = { $name } is { $role } already.
role-none = { $name } has no role of their own any more.
role-host = { $name } is the host now. The one before stays as a co-host.
kicked = { $name } was shown the door. They may come again; /ban keeps people out.
sure-ban = Keep { $name } out for ever? For a time, write /ban with a name and length:2h.
banned = { $name } is kept out. /unban lets them in again.
banned-for = { $name } is kept out for { $time }. /unban lets them in earlier.
unbanned = { $name } may come in again.
you-as = { $name } (you)
hint-not-banned = { $name } is not kept out.
hint-unknown-person = That person was never in this room. Look at who is there with /who.
hint-several-people = Several people are meant by that: { $names }. Write more of the name, or mention them.

# Playlists
playlists-of-room = Playlists of the room:
playlists-of-you = Your own:
playlists-none = There is no playlist yet. Save what is on and what comes with /playlist save and a name.
playlist-line = { $name } ({ $count })
playlist-saved = { $count ->
    [one] Saved 1 as { $name }.
   *[other] Saved { $count } as { $name }.
}
playlist-saved-own = { $count ->
    [one] Saved 1 as { $name }, for you alone.
   *[other] Saved { $count } as { $name }, for you alone.
}
playlist-loaded = { $count ->
    [one] Queued 1 from { $name }.
   *[other] Queued { $count } from { $name }.
}
playlist-deleted = Deleted the playlist { $name }.
sure-delete = { $count ->
    [one] Delete the playlist { $name } with 1 in it?
   *[other] Delete the playlist { $name } with { $count } in it?
}

# Schedule
opens-at = The room opens at { $at } ({ $zone }), in { $time }.
closes-at = It closes at { $at } ({ $zone }), in { $time }.
open-now = The room is open.
open-already = The room is open already.
schedule-none = The room is open, and nothing is scheduled. Write /schedule 20:30, /schedule tomorrow 20:30 or /schedule in 2h.
schedule-ended = The room has ended. Open it again with /schedule now.
schedule-closed = The room is closed. Open it again with /schedule now.
zone-hint = Times of day are UTC here until somebody sets another zone, such as /settings timezone Europe/Berlin.
coming-count = { $count ->
    [one] 1 person is coming.
   *[other] { $count } people are coming.
}
you-are-coming = { $count ->
    [one] You are coming, the first one so far.
   *[other] You are coming, one of { $count }.
}
you-are-not-coming = You are not coming after all.
moment-choice = { $input }: { $at }, in { $time }
hint-when-past = That time is over. Name one that is still to come, such as tomorrow 20:30 or in 2h.
hint-when-far = That is more than a year away. Name an earlier time.
hint-when-bad = There is no such day or time. Write 20:30, tomorrow 20:30, 2026-12-31 20:30 or in 2h.
after-part = After the part “{ $what }” ({ $at })

# Rooms and chats
link-code = Type /link { $code } on the other side, to our bot on Discord or Telegram or in a room’s own chat: then both are the same person here. The code is good for { $time }, and only for you. To tie this chat to a room, write /link and its invite link.
linked-selves = Done: you are one person on both sides now, { $name }.
tied = This chat is tied to { $title } now.
tied-as-guests = Everybody here is a guest there, also those who manage this chat, because you are no co-host of the room.
tied-before = It was tied to { $title } before, which goes on by itself.
sure-unlink = Untie this chat from { $title }? The room goes on, and what is set for this chat is forgotten.
untied = This chat is untied from { $title }. Begin anew with /watch and a link.
sure-end = { $count ->
    [0] End { $title } for everybody?
    [one] End { $title } for everybody? One person is there.
   *[other] End { $title } for everybody? { $count } people are there.
}
ended = { $title } has ended. Begin anew with /watch and a link.
hint-room-ended = This room has ended. Begin a new one with /watch and a link, or open it again with /schedule now.
hint-link = That leads to no room of this server. Paste an invite link, or the code from the other side.
hint-chat-only = This works in a chat on Discord or Telegram only.
hint-steward = Only who manages this chat can change that. Ask an administrator.
hint-leads = Only who manages this server can say what its roles are worth. Ask somebody with the right Manage Server.

# Settings
settings-of-room = The room:
settings-of-chat = This chat:
settings-how = Change one with /settings, its name and a value, such as /settings vote_skip on.
setting-line = { $name }: { $value }
setting-title = What the room is called.
setting-about = What the room says of itself.
setting-visibility = Who is let in: everybody (public, also in lists; unlisted), who has the invite link (invite), or who has the link and nobody else knows of the room (private).
setting-password = What people from elsewhere must type to come in.
setting-capacity = How many people may be in the room at once.
setting-preset = Who may do what: everyone plays and queues; open lets everyone change the settings too; hosts leaves all of it to hosts and co-hosts.
setting-vote_skip = Whether who wants to skip only votes for it.
setting-vote_percent = How many of a hundred voters make a vote pass.
setting-duplicates = Whether the same link may stand in the queue twice.
setting-items_per_person = How many items of one person may wait at once.
setting-minutes_per_person = How many minutes of one person may wait at once.
setting-wait = For whom the film stands still while their player loads: nobody, the host, or all.
setting-ready = Whether a film starts only when everybody has loaded it.
setting-skip_segments = Which parts of videos are skipped.
setting-slow_mode = The pause between two lines of one person in the room’s chat.
setting-moderation = Whether guests may post no links and nobody the same line twice.
setting-profanity = Whether profanity is masked.
setting-restore = What becomes of the queue when everybody has left: it stays (always), who comes back is asked (prompt), or it is gone (never).
setting-language = In which language the card and the notices of this chat are.
setting-timezone = What a time of day means in this chat.
setting-bridge = Whether lines of this chat go to the room, and lines of the room come here.
setting-chat_in = Whether lines of this chat go to the room.
setting-chat_out = Whether lines of the room come to this chat.
setting-notices = Whether this chat is told what people do in the room.
setting-threads = Whether each party has a thread of its own.
setting-voice = Whether only who is in the voice channel votes.
setting-polls = Whether votes are polls of Telegram.
setting-dj = What people with a role of this server are in its rooms.
can-be-switch = It can be on or off.
can-be-one-of = It can be one of these: { $all }.
can-be-some = It can be all, off, or some of these: { $all }.
can-be-number = It can be a number, or off.
can-be-percent = It can be 1 to 100 percent.
can-be-length = It can be a length such as 30s or 5m, or off.
can-be-text = It can be any words; off where there need be none.
can-be-zone = It can be a zone such as Europe/Berlin or America/New_York, or UTC.
can-be-rank = It can be a role and what it makes people, such as @DJ moderator: guest, trusted, moderator or cohost. @DJ off takes that away, off takes all away.
hint-setting = There is no such setting. These are there: { $all }.
hint-other-platform = That setting is of another platform.
hint-switch = Write on or off.
hint-one-of = Write one of these: { $all }.
hint-count = Write a number from 1 on, or off.
hint-percent = Write 1 to 100, such as 50%.
hint-length = Write a length such as 30s, 5m or 2h, or off.
hint-zone = There is no such time zone. Write one such as Europe/Berlin, America/New_York or UTC.
hint-dj = Write a role and what it makes people, such as @DJ moderator: guest, trusted, moderator or cohost.
hint-no-roles = Roles are of Discord servers: this works there only.
cannot-read-discord = But I cannot read what is written here. Whoever runs this server must switch on “Message Content Intent” for the bot in Discord’s developer portal, then restart it.
cannot-read-telegram = But I cannot read what is written here. Whoever runs this server must write /setprivacy to @BotFather, choose Disable, then take me out of this group and add me again.

# More words to choose from
choice-on = on
choice-off = off
choice-in = in
choice-none = none
choice-never = never
choice-all = all
choice-always = always
choice-prompt = prompt
choice-public = public
choice-unlisted = unlisted
choice-invite = invite
choice-private = private
choice-everyone = everyone
choice-open = open
choice-hosts = hosts
choice-own = own rules
choice-registered = registered
choice-sponsor = sponsor
choice-intro = intro
choice-outro = outro
choice-interaction = interaction
choice-selfpromo = selfpromo
choice-music_offtopic = music_offtopic
choice-preview = preview

## Discord: what only its frontend says

discord-ends = { $status }, ends { $when }
discord-open-at = Open the room: { $link }
discord-menu-queue = Queue this video
discord-menu-invite = Invite to party
discord-launch = launch
discord-no-link = There is no link in that message.
discord-no-bots = That is a bot. Invite people.
discord-add-several = Add several
discord-add-title = Add several links
discord-links = Links
discord-links-hint = One in a line
discord-rooms = { $count ->
    [one] 1 room
   *[other] { $count } rooms
}
discord-lacking = I cannot do all of this here. Somebody who manages this server must give me: { $permission }.
discord-permission-view = View Channel
discord-permission-send = Send Messages
discord-permission-send-in-threads = Send Messages in Threads
discord-permission-threads = Create Public Threads
discord-permission-events = Create Events

## Cards: more of them

card-opens = Opens
card-not-open = Not open yet
card-first-is = First is { $title }.
card-coming = { $count ->
    [one] 1 person is coming.
   *[other] { $count } people are coming.
}
card-ended = This room has ended
card-skip-votes-of = Skip, { $votes } of { $needed }

## Telegram

telegram-menu = Watch together
telegram-hello = Send me a link, and I make a room in which everybody sees the same moment of it.
telegram-chatter = Send me a link to watch it together, or /help to see all commands.
telegram-invited = You are invited to { $title }.
telegram-add = Add me to a group
telegram-remote = Remote control in a private chat
telegram-old-button = This button is of an older version. Write /now for what is on.
telegram-offer = Queue it for everybody?
telegram-gone = The link is gone. Write /watch and the link.
telegram-link-alone = Others would read the code here. Write /link to me alone, in our private chat.
telegram-link-sure = To be one person here with whoever gave you this link, write /link { $code }. Do that only if it was you: they could do all that you can.
telegram-file = Telegram gives no link to a file that others could watch by. Put the file on the web, and write /watch and its link.
telegram-to = { $name }: { $text }
telegram-card-ends = {", "}ends at { $at } UTC
telegram-inline-watch = Watch together
telegram-photo = photo
telegram-video = video
telegram-animation = animation
telegram-document = file
telegram-voice = voice message
telegram-audio = music
telegram-sticker = sticker
telegram-poll = poll
telegram-location = place
telegram-contact = contact

## Bridge: what is told to a chat

bridge-dropped = { $count ->
    [one] … and 1 more line
   *[other] … and { $count } more lines
}
bridge-begins = { $title } begins now.
bridge-begins-for = { $title } begins now. { $names }: come and watch.
bridge-and-others = { $count ->
    [one] 1 more
   *[other] { $count } more
}
notice-paused = { $name } paused at { $at }.
notice-played = { $name } plays on from { $at }.
notice-seeked = { $name } went to { $at }.
notice-skipped = { $name } skipped to { $title }.
notice-skipped-last = { $name } skipped the last one.
notice-back = { $name } went back to { $title }.
notice-picked = { $name } put on { $title }.
notice-rate = { $name } set the speed to { $rate }.
notice-added = { $name } added { $title }.
notice-added-many = { $name } added { $count }, the first is { $title }.
notice-removed = { $name } took out { $title }.
notice-moved = { $name } moved { $title } to number { $number }.
notice-shuffled = { $name } put the queue into another order.
notice-cleared = { $name } emptied the queue.
notice-unshelved = { $name } brought back the queue of before.
notice-role = { $name } made { $whom } a { $role }.
notice-kicked = { $name } showed { $whom } the door.
notice-banned = { $name } keeps { $whom } out.
notice-unbanned = { $name } lets { $whom } in again.
notice-opened = The room is open.
notice-ended = The room has ended.
notice-ended-by = { $name } ended the room.
