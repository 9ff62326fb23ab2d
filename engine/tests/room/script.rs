//! Plays a script to a room and writes down what came of it.
//!
//! One line, one deed: `12s ana seeks +10s`. The time is that of the script's own clock and may be left out. Between two
//! lines the room gets every tick that it asked for, as its task would give it; `40s asleep` moves the clock without one.
//! After each line the invariants are checked, and after the last one the journal is replayed.
//!
//! The words stand in [`World::line`]; `room.rs` tells the house rules, `random.rs` writes scripts of its own.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    sync::Arc,
};

use engine::{
    command::{Actor, Command, Report, SeekTo, Spot},
    event::{Door, Event, EventKind, Phase, Signal, Who},
    ids::{ConnectionId, ItemId, MessageId, PersonId, RoomId},
    media::{Item, Media, Player},
    ports::Loaded,
    refusal::Refusal,
    room::{self, Founding, Playback, Preset, Role, Room, RoomLimits, Snapshot, Turn, Visibility},
    time::{Millis, Now, PlayTime, WallTime},
};
use expect_test::Expect;
use uuid::Uuid;

/// Where the script's clock stands at 0: far apart, so that who takes one clock for the other is found out.
const PLAY_START: i64 = 1_000_000;
const WALL_START: i64 = 7_000_000_000;

/// Tells a story: its lines at the margin are the script, the indented ones and those of the clock (`60s ...`) are what
/// comes of it. `UPDATE_EXPECT=1` writes down what comes of it now; read it before you believe it.
#[expect(clippy::needless_pass_by_value, reason = "reads as a sentence: story(expect![…])")]
pub fn story(told: Expect) {
    let margin = |line: &&str| line.len() - line.trim_start().len();
    let lines = || told.data.lines().filter(|line| !line.trim().is_empty());
    let least = lines().map(|line| margin(&line)).min().unwrap_or_default();
    match World::play(lines().filter(|line| margin(line) == least && !line.ends_with("..."))) {
        Ok(world) => told.assert_eq(&world.transcript),
        Err(problem) => panic!("{problem}"),
    }
}

/// A room, and all that a script needs beside it.
pub struct World {
    pub room: Room,
    pub transcript: String,
    /// Milliseconds on the script's clock.
    at: i64,
    /// What this process' playback clock read when the script's was at 0.
    play_start: i64,
    people: Names,
    connections: Names,
    items: Names,
    lines: Names,
    /// What the doors vouch for, by person.
    granted: BTreeMap<String, Role>,
    /// All events there ever were.
    journal: Vec<Arc<Event>>,
    /// The lasting state after each turn.
    snapshots: Vec<Snapshot>,
    /// Connections that a listener knows of by the batches told so far.
    told: BTreeSet<ConnectionId>,
}

/// Names, numbered as they come.
#[derive(Default)]
struct Names(Vec<String>);

impl Names {
    fn number(&mut self, name: &str) -> u64 {
        let known = self.0.iter().position(|known| known == name);
        let index = known.unwrap_or_else(|| {
            self.0.push(name.to_owned());
            self.0.len() - 1
        });
        index as u64 + 1
    }

    fn name(&self, number: u64) -> &str {
        &self.0[usize::try_from(number).unwrap() - 1]
    }
}

impl World {
    /// The lines before the first deed may say what the room is like: `preset hosts`, `visibility invite`, `holds 3`
    /// (items in the queue), `ben is granted cohost`. Without them guests may do everything.
    pub fn play<'a>(lines: impl Iterator<Item = &'a str>) -> Result<Self, String> {
        let mut lines = lines.map(str::trim).filter(|line| !line.is_empty()).peekable();
        let (mut preset, mut visibility) = (Preset::Everyone, Visibility::Unlisted);
        let mut limits = RoomLimits::default();
        let (mut granted, mut transcript) = (BTreeMap::new(), String::new());
        while let Some(line) = lines.peek() {
            match *words(line) {
                ["preset", "hosts"] => preset = Preset::Hosts,
                ["preset", "everyone"] => preset = Preset::Everyone,
                ["visibility", which] => visibility = visibility_of(which),
                ["holds", items] => limits.queue = items.parse().unwrap(),
                [who, "is", "granted", role] => drop(granted.insert(who.to_owned(), role_of(role))),
                _ => break,
            }
            writeln!(transcript, "{line}").unwrap();
            lines.next();
        }
        let mut people = Names::default();
        let founding = Founding {
            title: "Ana's couch".into(),
            visibility,
            preset,
            host: person_id(people.number("ana")),
            host_name: "ana".into(),
            invite: "invite".into(),
            code: "CODE23".into(),
        };
        let (room, turn) = Room::found(
            RoomId(Uuid::from_u128(1)),
            1,
            Now { play: PlayTime(PLAY_START), wall: WallTime(WALL_START) },
            founding,
            limits,
        );
        let mut world = Self {
            snapshots: vec![room.snapshot()],
            room,
            transcript,
            at: 0,
            play_start: PLAY_START,
            people,
            connections: Names::default(),
            items: Names::default(),
            lines: Names::default(),
            granted,
            journal: turn.events,
            told: BTreeSet::new(),
        };
        for line in lines {
            world.line(line).map_err(|problem| format!("{problem}\nat: {line}\n{}", world.transcript))?;
        }
        world.replay().map_err(|problem| format!("{problem}\n{}", world.transcript))?;
        Ok(world)
    }

    /// One line of a script.
    fn line(&mut self, line: &str) -> Result<(), String> {
        let mut words = words(line);
        if let Some(at) = words.first().and_then(|word| span(word)) {
            words.remove(0);
            assert!(at.0 >= self.at, "the script goes back in time: {line}");
            if words[..] == ["asleep"] {
                self.at = at.0;
            } else {
                self.advance(at.0)?;
            }
        }
        writeln!(self.transcript, "{line}").unwrap();
        match words[..] {
            ["asleep"] => Ok(()),
            ["tick"] => self.tick(),
            ["restarts"] => self.restart(None),
            ["restarts", "alive", at] => self.restart(span(at)),
            ["look"] => {
                let view = self.room.view();
                let playback = self.playback(&view.playback);
                let queue: Vec<_> = view.queue.iter().map(|item| self.item_name(item.id)).collect();
                let here: Vec<_> = view.presence.keys().map(|id| self.connections.name(id.0)).collect();
                let position = secs(view.position(self.now(self.at).play));
                let next = self.room.next_deadline().map_or("never".to_owned(), |due| self.moment(due));
                let line = format!(
                    "    {playback}, at {position} now; queue: {}; here: {}; next tick: {next}",
                    list(&queue),
                    list(&here),
                );
                writeln!(self.transcript, "{line}").unwrap();
                Ok(())
            }
            [who, ref deed @ ..] => {
                let actor = self.actor(who);
                let command = self.command(&actor, who, deed).unwrap_or_else(|| panic!("no such line: {line}"));
                self.act(&actor, command)
            }
            [] => Ok(()),
        }
    }

    /// The script's clock on the machine's clocks.
    fn now(&self, at: i64) -> Now {
        Now { play: PlayTime(self.play_start + at), wall: WallTime(WALL_START + at) }
    }

    fn actor(&mut self, who: &str) -> Actor {
        let name = who.split('/').next().unwrap_or(who);
        if name == "room" {
            return room::hand();
        }
        Actor {
            person: person_id(self.people.number(name)),
            name: name.into(),
            door: Door::Viewer,
            connection: Some(ConnectionId(self.connections.number(who))),
            granted: self.granted.get(name).copied(),
        }
    }

    /// What somebody does, in words. `ana/2` is ana's second connection.
    fn command(&mut self, actor: &Actor, who: &str, deed: &[&str]) -> Option<Command> {
        let connection = ConnectionId(self.connections.number(who));
        Some(match *deed {
            ["arrives"] => Command::Arrive { connection, watches: true },
            ["listens"] => Command::Arrive { connection, watches: false },
            ["departs"] => Command::Depart { connection },
            ["reports", ref how @ ..] => Command::Report { connection, report: self.report(how)? },
            ["types"] => Command::Type,
            ["plays"] => Command::Play,
            ["pauses"] => Command::Pause,
            ["seeks", "to", place] => Command::Seek(SeekTo::At(signed(place)?)),
            ["seeks", place] => Command::Seek(match place.strip_suffix('%') {
                Some(percent) => SeekTo::Fraction(percent.parse::<u32>().ok()? * 1000),
                None if place.starts_with(['+', '-']) => SeekTo::By(signed(place)?),
                None => SeekTo::At(span(place)?),
            }),
            ["skips"] => Command::Skip,
            ["picks", item] => Command::Pick { item: self.item(item) },
            ["adds", "nothing"] => Command::Add { items: Vec::new(), spot: Spot::End },
            ["adds", "next", ref what @ ..] => Command::Add { items: self.new_items(actor, what), spot: Spot::Next },
            ["adds", "now", ref what @ ..] => Command::Add { items: self.new_items(actor, what), spot: Spot::Now },
            ["adds", ref what @ ..] => Command::Add { items: self.new_items(actor, what), spot: Spot::End },
            ["removes", item] => Command::Remove { item: self.item(item) },
            ["moves", item, index] => Command::Move { item: self.item(item), index: index.parse().ok()? },
            ["clears"] => Command::Clear,
            ["describes", item, ref as_what @ ..] => {
                Command::Describe { item: self.item(item), media: Arc::new(media(item, as_what)) }
            }
            ["says", id, ref text @ ..] => Command::Say {
                id: MessageId(Uuid::from_u128(u128::from(self.lines.number(id)))),
                text: text.join(" ").replace('_', " "),
            },
            ["writes", id, length] => Command::Say {
                id: MessageId(Uuid::from_u128(u128::from(self.lines.number(id)))),
                text: "я".repeat(length.parse().ok()?),
            },
            ["renames", ref title @ ..] => Command::Rename { title: title.join(" ").replace('_', " ") },
            ["opens", which] => Command::SetVisibility { visibility: visibility_of(which) },
            ["makes", name, role] => {
                Command::SetRole { person: person_id(self.people.number(name)), role: role_of(role) }
            }
            _ => return None,
        })
    }

    /// `rtt 100 drift -40 length 60s ended buffering on clip`, in any order; of the current item if none is named.
    fn report(&mut self, mut how: &[&str]) -> Option<Report> {
        let item = self.room.view().current.as_ref().map(|item| item.id);
        let mut report = Report { item, phase: Phase::Ready, ..Report::default() };
        loop {
            how = match *how {
                [] => return Some(report),
                ["rtt", ms, ref rest @ ..] => {
                    report.rtt_ms = Some(ms.parse().ok()?);
                    rest
                }
                ["drift", ms, ref rest @ ..] => {
                    report.drift_ms = Some(ms.parse().ok()?);
                    rest
                }
                ["length", length, ref rest @ ..] => {
                    report.duration = Some(signed(length)?);
                    rest
                }
                ["on", item, ref rest @ ..] => {
                    report.item = Some(self.item(item));
                    rest
                }
                ["ended", ref rest @ ..] => {
                    report.ended = true;
                    rest
                }
                ["buffering", ref rest @ ..] => {
                    report.phase = Phase::Buffering;
                    rest
                }
                _ => return None,
            }
        }
    }

    /// `clip 60s, short 10s, channel live, riddle`
    fn new_items(&mut self, actor: &Actor, what: &[&str]) -> Vec<Arc<Item>> {
        let text = what.join(" ");
        let each = text.split(", ").map(|one| words(one));
        let each = each.map(|one| Item {
            id: self.item(one[0]),
            media: Arc::new(media(one[0], &one[1..])),
            added_by: actor.who(),
            added_at: self.now(self.at).wall,
        });
        each.map(Arc::new).collect()
    }

    fn item(&mut self, name: &str) -> ItemId {
        ItemId(Uuid::from_u128(u128::from(self.items.number(name))))
    }

    fn item_name(&self, item: ItemId) -> &str {
        self.items.name(u64::try_from(item.0.as_u128()).unwrap())
    }

    fn person_name(&self, person: PersonId) -> &str {
        self.people.name(u64::try_from(person.0.as_u128()).unwrap() - 1000)
    }

    /// Lets time pass; the room is woken whenever it wants to be, and not a millisecond before it would do anything.
    fn advance(&mut self, to: i64) -> Result<(), String> {
        for _ in 0..10_000 {
            let due = self.room.next_deadline().map(|due| due.0 - self.play_start).filter(|due| *due <= to);
            let Some(due) = due else {
                self.at = to;
                return Ok(());
            };
            if due > self.at {
                let mut turn = Turn::default();
                self.room.clone().tick(self.now(due - 1), &mut turn);
                if !turn.is_empty() {
                    return Err(format!("the room acts {turn:?} before its deadline {}", secs(Millis(due))));
                }
                self.at = due;
            }
            writeln!(self.transcript, "{} ...", secs(Millis(self.at))).unwrap();
            self.tick()?;
        }
        Err("the room wants to be woken again and again".to_owned())
    }

    fn tick(&mut self) -> Result<(), String> {
        let now = self.now(self.at);
        let mut turn = Turn::default();
        self.room.tick(now, &mut turn);
        self.tell(turn, None)?;
        if self.room.next_deadline().is_some_and(|due| due < now.play) {
            return Err("after a tick the next deadline is past".to_owned());
        }
        self.check()
    }

    fn act(&mut self, actor: &Actor, command: Command) -> Result<(), String> {
        let now = self.now(self.at);
        let mut untouched = self.room.clone();
        untouched.tick(now, &mut Turn::default());
        let mut turn = Turn::default();
        let refusal = self.room.apply(now, actor, command, &mut turn).err();
        if refusal.is_some() {
            let same = self.room.snapshot() == untouched.snapshot()
                && self.room.view() == untouched.view()
                && self.room.next_deadline() == untouched.next_deadline();
            if !same {
                return Err("a refused command changed the room".to_owned());
            }
        }
        self.tell(turn, refusal)?;
        self.check()
    }

    /// The process ends without a word, and another stands the room up from the journal. The old one was surely alive
    /// at `beat`. The clock of the new one may well be behind the old one's.
    fn restart(&mut self, beat: Option<Millis>) -> Result<(), String> {
        let last_beat = beat.map(|beat| PlayTime(self.play_start + beat.0));
        self.play_start -= 1_234_567;
        let loaded = self.loaded(last_beat);
        let now = self.now(self.at);
        let limits = RoomLimits::default();
        let (room, turn) =
            Room::restore(self.room.view().id, now, loaded, limits).map_err(|fault| fault.to_string())?;
        self.room = room;
        self.told.clear();
        self.tell(turn, None)?;
        self.check()
    }

    /// What a store gives back: all of the journal.
    pub fn loaded(&self, last_beat: Option<PlayTime>) -> Loaded {
        let said = |event: &&Arc<Event>| matches!(event.kind, EventKind::Said(_));
        let chat: Vec<_> = self.journal.iter().rev().filter(said).take(50).map(|event| Event::clone(event)).collect();
        Loaded {
            epoch: self.room.view().epoch + 1,
            snapshot: None,
            // What is stored goes through JSON.
            events: self.journal.iter().map(|event| through_json(&**event)).collect(),
            chat: chat.into_iter().rev().collect(),
            last_beat,
        }
    }

    /// What a turn brought about goes into the journal and the transcript.
    fn tell(&mut self, turn: Turn, refusal: Option<Refusal>) -> Result<(), String> {
        let mut quiet = true;
        for event in turn.events {
            let last = self.journal.last().map_or(0, |last| last.seq);
            if event.seq != last + 1 {
                return Err(format!("event {} follows event {last}", event.seq));
            }
            if event.at != self.now(self.at).wall {
                return Err(format!("event {} is of another moment", event.seq));
            }
            let text = self.event(&event);
            writeln!(self.transcript, "    #{} {text}", event.seq).unwrap();
            self.journal.push(event);
            quiet = false;
        }
        for signal in turn.signals {
            let text = self.signal(&signal)?;
            writeln!(self.transcript, "    {text}").unwrap();
            quiet = false;
        }
        if let Some(no) = refusal {
            write!(self.transcript, "    no: {}", no.code.name()).unwrap();
            for (name, value) in &no.args {
                write!(self.transcript, " {name}={value:?}").unwrap();
            }
            self.transcript.push('\n');
            quiet = false;
        }
        if quiet {
            self.transcript.push_str("    -\n");
        }
        self.snapshots.push(self.room.snapshot());
        Ok(())
    }

    fn event(&self, event: &Event) -> String {
        let by = event.by.as_ref().map_or("", |who: &Who| &*who.name);
        let by = if by.is_empty() { String::new() } else { format!(" by {by}") };
        match &event.kind {
            EventKind::Founded(_) => "founded".to_owned(),
            EventKind::RoleChanged { person, role, .. } => format!("{} is {role}{by}", self.person_name(*person)),
            EventKind::Renamed { title } => format!("renamed {title:?}{by}"),
            EventKind::VisibilityChanged { visibility } => format!("now {}{by}", visibility.name()),
            EventKind::Playback { playback, cause } => {
                let cause = format!("{cause:?}").to_lowercase();
                format!("{} ({cause}{by})", self.playback(playback))
            }
            EventKind::Added { item, index } => format!("{} queued at {index}{by}", self.item_name(item.id)),
            EventKind::Removed { item } => format!("{} removed{by}", self.item_name(*item)),
            EventKind::Moved { item, index } => format!("{} moved to {index}{by}", self.item_name(*item)),
            EventKind::Cleared => format!("queue cleared{by}"),
            EventKind::Described { item, media } => {
                let length = media.duration.map_or("of unknown length".to_owned(), |length| secs(length).clone());
                let live = if media.live { ", live" } else { "" };
                format!("{} is {:?}, {length}{live}{by}", self.item_name(*item), media.label())
            }
            EventKind::Said(line) => {
                let text: String = line.text.chars().take(40).collect();
                let at = line.position.map_or(String::new(), |position| format!(" at {}", secs(position)));
                format!("said {text:?}{at}{by}")
            }
        }
    }

    fn playback(&self, playback: &Playback) -> String {
        let Some(item) = playback.item.map(|item| self.item_name(item)) else { return "nothing on".to_owned() };
        let position = secs(playback.position);
        match (playback.playing, playback.waiting) {
            (true, _) => format!("{item} plays from {position} at {}", self.moment(playback.at)),
            (false, true) => format!("{item} waits at {position}"),
            (false, false) => format!("{item} stands at {position}"),
        }
    }

    fn moment(&self, at: PlayTime) -> String {
        secs(Millis(at.0 - self.play_start))
    }

    fn signal(&mut self, signal: &Signal) -> Result<String, String> {
        let delta = match signal {
            Signal::Typing(who) => return Ok(format!("{} is writing", who.name)),
            Signal::Presence(delta) => delta,
        };
        let mut seen = BTreeSet::new();
        let mut parts = Vec::new();
        for presence in &delta.here {
            if !seen.insert(presence.connection) {
                return Err("a batch tells of one connection twice".to_owned());
            }
            self.told.insert(presence.connection);
            parts.push(self.connections.name(presence.connection.0).to_owned());
        }
        let mut text = if parts.is_empty() { String::new() } else { format!("here: {}", list(&parts)) };
        parts.clear();
        for gone in &delta.gone {
            if !seen.insert(*gone) {
                return Err("a batch tells of one connection twice".to_owned());
            }
            self.told.remove(gone);
            parts.push(self.connections.name(gone.0).to_owned());
        }
        if !parts.is_empty() {
            let gap = if text.is_empty() { "" } else { "; " };
            text.push_str(&format!("{gap}gone: {}", list(&parts)));
        }
        Ok(text)
    }

    /// What holds after every line, whatever it was.
    fn check(&self) -> Result<(), String> {
        let view = self.room.view();
        let ensure = |holds: bool, what: &str| if holds { Ok(()) } else { Err(format!("broken: {what}")) };
        let current = view.current.as_ref().map(|item| item.id);
        ensure(view.playback.item == current, "the vector's item is the current item")?;
        let mut ids: Vec<_> = view.queue.iter().map(|item| item.id).chain(current).collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        ensure(ids.len() == count, "an item stands in the room once")?;
        ensure(current.is_some() || view.queue.is_empty(), "something is on while the queue holds anything")?;
        ensure(current.is_some() || !view.playback.playing, "nothing does not play")?;
        ensure(!(view.playback.playing && view.playback.waiting), "what waits does not play")?;
        ensure(!view.playback.waiting || !self.room.watched(), "nothing waits while somebody watches")?;
        let position = view.position(self.now(self.at).play);
        let end = view.current.as_ref().and_then(|item| item.media.duration).unwrap_or(Millis(i64::MAX));
        ensure((Millis::ZERO..=end).contains(&position), "the position lies within the item")?;
        let hosts = view.members.values().filter(|member| member.role == Role::Host).count();
        ensure(hosts == 1, "there is one host")?;
        ensure(!view.members.values().any(|member| member.role == Role::Guest), "a guest is no member")?;
        ensure(view.seq == self.journal.len() as u64, "the journal holds every event")?;
        ensure(view.chat.len() <= room::chat::LINES_KEPT, "a room remembers fifty lines")
    }

    /// The room comes back from its journal as it is: from the journal alone, and from any snapshot with the rest.
    fn replay(&self) -> Result<(), String> {
        let here: BTreeSet<_> = self.room.view().presence.keys().copied().collect();
        if self.room.next_deadline().is_none() && self.told != here {
            return Err("who follows the batches does not know who is here".to_owned());
        }
        let id = self.room.view().id;
        let later = self.now(self.at + 77_000);
        let mut expected = self.room.snapshot();
        if expected.playback.playing {
            // Nobody noted a beat: it goes on from where it last surely stood, and says so.
            expected.seq += 1;
            expected.playback.position = self.room.view().position(expected.playback.at);
            expected.playback.at = later.play;
        }
        let whole = self.loaded(None);
        for snapshot in std::iter::once(None).chain(self.snapshots.iter().map(Some)) {
            let rest = usize::try_from(snapshot.map_or(0, |snapshot| snapshot.seq)).unwrap();
            let loaded = Loaded {
                snapshot: snapshot.map(through_json),
                events: whole.events[rest..].to_vec(),
                chat: whole.chat.clone(),
                ..whole
            };
            let (room, _) =
                Room::restore(id, later, loaded, RoomLimits::default()).map_err(|fault| fault.to_string())?;
            if room.snapshot() != expected {
                return Err(format!(
                    "from event {rest} on it came back as\n{:?}\nnot as\n{expected:?}",
                    room.snapshot()
                ));
            }
            if room.view().chat != self.room.view().chat {
                return Err(format!("from event {rest} on the chat came back otherwise"));
            }
        }
        Ok(())
    }
}

fn through_json<T: serde::Serialize + serde::de::DeserializeOwned>(value: &T) -> T {
    serde_json::from_str(&serde_json::to_string(value).unwrap()).unwrap()
}

fn words(line: &str) -> Vec<&str> {
    line.split_whitespace().collect()
}

fn person_id(number: u64) -> PersonId {
    PersonId(Uuid::from_u128(1000 + u128::from(number)))
}

fn media(name: &str, what: &[&str]) -> Media {
    let mut media = Media::bare(format!("https://films.example/{name}"), Player::Video);
    for word in what {
        match span(word) {
            Some(length) => media.duration = Some(length),
            None if *word == "live" => media.live = true,
            None => media.title = Some((*word).to_owned()),
        }
    }
    media
}

fn role_of(name: &str) -> Role {
    let all = [Role::Guest, Role::Moderator, Role::Cohost, Role::Host];
    all.into_iter().find(|role| role.name() == name).unwrap_or_else(|| panic!("no role {name}"))
}

fn visibility_of(name: &str) -> Visibility {
    let all = [Visibility::Public, Visibility::Unlisted, Visibility::Invite];
    all.into_iter().find(|which| which.name() == name).unwrap_or_else(|| panic!("no visibility {name}"))
}

/// `90s`, `1.5s`, `20m`, `25h`.
fn span(word: &str) -> Option<Millis> {
    let (number, unit) = word.split_at_checked(word.len().checked_sub(1)?)?;
    let unit = match unit {
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
    let part: i64 = format!("{part:0<3}").parse().ok()?;
    Some(Millis(whole.parse::<u32>().ok().map(i64::from)? * unit + part * unit / 1000))
}

fn signed(word: &str) -> Option<Millis> {
    match word.strip_prefix('-') {
        Some(rest) => span(rest).map(|length| Millis(-length.0)),
        None => span(word.strip_prefix('+').unwrap_or(word)),
    }
}

/// `12s`, `0.5s`, `-0.001s`.
fn secs(length: Millis) -> String {
    let sign = if length.0 < 0 { "-" } else { "" };
    let (whole, part) = (length.0.abs() / 1000, length.0.abs() % 1000);
    let text = format!("{sign}{whole}.{part:03}");
    format!("{}s", text.trim_end_matches('0').trim_end_matches('.'))
}

fn list(names: &[impl AsRef<str>]) -> String {
    match names {
        [] => "none".to_owned(),
        [first @ .., _] if first.len() >= 8 => format!("{} of them", names.len()),
        _ => names.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(" "),
    }
}
