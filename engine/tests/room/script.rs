//! Plays a script to a room and writes down what came of it.
//!
//! One line, one deed: `12s ana seeks +10s`. The time is that of the script's own clock and may be left out. Between two
//! lines the room gets every tick that it asked for, as its task would give it; `40s asleep` moves the clock without one,
//! and `wall +1h` steps the wall clock alone. After each line the invariants of `rules.rs` are checked, and after the last
//! one the journal is replayed.
//!
//! The words stand in `words.rs`, what is written down in `told.rs`; `random.rs` writes scripts of its own.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    sync::Arc,
};

use engine::{
    command::{Actor, Command},
    event::{Cause, Door, Event, EventKind, Visit},
    ids::{ConnectionId, ItemId, PersonId, RoomId},
    ports::Loaded,
    refusal::Refusal,
    room::{
        self, Changes, Founding, Host, Preset, Role, Room, RoomLimits, RoomSettings, RoomState, Turn, Visibility,
        Waiting,
    },
    time::{Millis, Now, PlayTime, WallTime},
};
use expect_test::Expect;
use uuid::Uuid;

use crate::{
    client::Client,
    words::{door_of, list, preset_of, role_of, secs, settings_of, span, words},
};

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
    /// How long people stayed.
    pub visits: Vec<Visit>,
    /// Milliseconds on the script's clock.
    pub at: i64,
    /// What this process' playback clock read when the script's was at 0.
    play_start: i64,
    /// The same of the wall clock.
    wall_start: i64,
    pub limits: RoomLimits,
    pub people: Names,
    pub connections: Names,
    pub items: Names,
    pub lines: Names,
    ways: Ways,
    /// Made of the events alone.
    pub client: Client,
    /// All events there ever were.
    pub journal: Vec<Arc<Event>>,
    /// The lasting state after each turn.
    states: Vec<RoomState>,
    /// Connections that a listener knows of by the batches told so far.
    pub told: BTreeSet<ConnectionId>,
}

/// How people come in, by name.
#[derive(Default)]
struct Ways {
    /// What the door vouches for.
    granted: BTreeMap<String, Role>,
    registered: BTreeSet<String>,
    doors: BTreeMap<String, Door>,
}

/// Names, numbered as they come.
#[derive(Default)]
pub struct Names(Vec<String>);

impl Names {
    pub fn number(&mut self, name: &str) -> u64 {
        let known = self.0.iter().position(|known| known == name);
        let index = known.unwrap_or_else(|| {
            self.0.push(name.to_owned());
            self.0.len() - 1
        });
        index as u64 + 1
    }

    pub fn name(&self, number: u64) -> &str {
        &self.0[usize::try_from(number).unwrap() - 1]
    }
}

impl World {
    /// The lines before the first deed may say what the room is like: `preset hosts`, `visibility invite`, `holds 3`
    /// (items in the queue), `nobody's`, `with vote_skip true, vote_percent 60`, and how people come: `ben is granted
    /// cohost`, `ben is registered`, `tess comes by telegram`. Without them guests may do everything.
    pub fn play<'a>(lines: impl Iterator<Item = &'a str>) -> Result<Self, String> {
        let mut lines = lines.map(str::trim).filter(|line| !line.is_empty()).peekable();
        let mut changes = serde_json::Map::new();
        changes.insert("visibility".to_owned(), Visibility::Unlisted.name().into());
        let (mut preset, mut owned, mut limits) = (Preset::Everyone, true, RoomLimits::default());
        let (mut ways, mut transcript) = (Ways::default(), String::new());
        while let Some(line) = lines.peek() {
            match *words(line) {
                ["preset", which] => preset = preset_of(which),
                ["visibility", which] => drop(changes.insert("visibility".to_owned(), which.into())),
                ["holds", items] => limits.queue = items.parse().unwrap(),
                ["nobody's"] => owned = false,
                ["with", ref what @ ..] => changes.extend(settings_of(what)),
                [who, "is", "granted", role] => drop(ways.granted.insert(who.to_owned(), role_of(role))),
                [who, "is", "registered"] => drop(ways.registered.insert(who.to_owned())),
                [who, "comes", "by", door] => drop(ways.doors.insert(who.to_owned(), door_of(door))),
                _ => break,
            }
            writeln!(transcript, "{line}").unwrap();
            lines.next();
        }
        let mut people = Names::default();
        let host = Host { person: person_id(people.number("ana")), name: "ana".into() };
        let founding = Founding {
            settings: founded_with(RoomSettings::new("Ana's couch".into(), preset), changes),
            preset,
            host: owned.then_some(host),
            invite: "invite".into(),
            code: "CODE23".into(),
        };
        let now = Now { play: PlayTime(PLAY_START), wall: WallTime(WALL_START) };
        let (room, turn) = Room::found(RoomId(Uuid::from_u128(1)), 1, now, founding, limits);
        let mut world = Self {
            states: vec![room.view().state.clone()],
            client: Client::new(&turn.events[0]),
            room,
            transcript,
            visits: Vec::new(),
            at: 0,
            play_start: PLAY_START,
            wall_start: WALL_START,
            limits,
            people,
            connections: Names::default(),
            items: Names::default(),
            lines: Names::default(),
            ways,
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
            ["asleep"] | [] => Ok(()),
            ["tick"] => self.tick(),
            ["wall", step] => {
                self.wall_start += crate::words::signed(step).unwrap().0;
                Ok(())
            }
            ["restarts"] => self.restart(None),
            ["restarts", "alive", at] => self.restart(span(at)),
            ["look"] => {
                let view = self.room.view();
                let playback = self.playback(&view.playback);
                let queue: Vec<_> = view.queue.iter().map(|item| self.item_name(item.id)).collect();
                let here: Vec<_> = view.presence.keys().map(|id| self.connections.name(id.0)).collect();
                let position = secs(view.position(self.now().play));
                let next = self.room.next_deadline(self.now()).map_or("never".to_owned(), |due| self.moment(due));
                let line = format!(
                    "    {playback}, at {position} now; queue: {}; here: {}; next tick: {next}",
                    list(&queue),
                    list(&here),
                );
                writeln!(self.transcript, "{line}").unwrap();
                Ok(())
            }
            ["look", ref at @ ..] => {
                let text = self.seen(at).unwrap_or_else(|| panic!("nothing to look at: {line}"));
                writeln!(self.transcript, "    {text}").unwrap();
                Ok(())
            }
            [who, ref deed @ ..] => {
                let actor = self.actor(who);
                let command = self.command(&actor, who, deed).unwrap_or_else(|| panic!("no such line: {line}"));
                self.act(&actor, command)
            }
        }
    }

    /// The present, on the machine's clocks.
    pub fn now(&self) -> Now {
        Now { play: PlayTime(self.play_start + self.at), wall: WallTime(self.wall_start + self.at) }
    }

    /// A moment of the script's clock as the wall clock reads it now.
    pub fn wall_at(&self, at: Millis) -> WallTime {
        WallTime(self.wall_start + at.0)
    }

    pub fn actor(&mut self, who: &str) -> Actor {
        let name = who.split('/').next().unwrap_or(who);
        if name == "room" {
            return room::hand();
        }
        Actor {
            person: person_id(self.people.number(name)),
            name: name.into(),
            door: self.ways.doors.get(name).copied().unwrap_or(Door::Viewer),
            connection: Some(ConnectionId(self.connections.number(who))),
            granted: self.ways.granted.get(name).copied(),
            registered: self.ways.registered.contains(name),
        }
    }

    pub fn item(&mut self, name: &str) -> ItemId {
        ItemId(Uuid::from_u128(u128::from(self.items.number(name))))
    }

    pub fn item_name(&self, item: ItemId) -> &str {
        self.items.name(u64::try_from(item.0.as_u128()).unwrap())
    }

    pub fn person(&mut self, name: &str) -> PersonId {
        person_id(self.people.number(name))
    }

    pub fn person_name(&self, person: PersonId) -> &str {
        self.people.name(u64::try_from(person.0.as_u128()).unwrap() - 1000)
    }

    pub fn moment(&self, at: PlayTime) -> String {
        secs(Millis(at.0 - self.play_start))
    }

    pub fn wall_moment(&self, at: WallTime) -> String {
        secs(Millis(at.0 - self.wall_start))
    }

    /// Lets time pass; the room is woken whenever it wants to be, and not a millisecond before it would do anything.
    fn advance(&mut self, to: i64) -> Result<(), String> {
        for _ in 0..10_000 {
            let due = self.room.next_deadline(self.now()).map(|due| due.0 - self.play_start).filter(|due| *due <= to);
            let Some(due) = due else {
                self.at = to;
                return Ok(());
            };
            if due > self.at {
                self.at = due - 1;
                let mut turn = Turn::default();
                self.room.clone().tick(self.now(), &mut turn);
                if !turn.is_empty() {
                    return Err(format!("the room acts {turn:?} before its deadline {}", secs(Millis(due))));
                }
                self.at = due;
            }
            let before = self.transcript.len();
            writeln!(self.transcript, "{} ...", secs(Millis(self.at))).unwrap();
            self.tick()?;
            if self.transcript.ends_with("...\n    -\n") {
                // A look at the wall clock that did not show the hour.
                self.transcript.truncate(before);
            }
        }
        Err("the room wants to be woken again and again".to_owned())
    }

    fn tick(&mut self) -> Result<(), String> {
        let now = self.now();
        let mut turn = Turn::default();
        self.room.tick(now, &mut turn);
        self.tell(turn, None)?;
        if self.room.next_deadline(now).is_some_and(|due| due < now.play) {
            return Err("after a tick the next deadline is past".to_owned());
        }
        self.check()?;
        self.check_penalties()
    }

    fn act(&mut self, actor: &Actor, command: Command) -> Result<(), String> {
        let now = self.now();
        crosses("who asks", actor)?;
        crosses("what is asked", &command)?;
        let mut untouched = self.room.clone();
        let mut due = Turn::default();
        untouched.tick(now, &mut due);
        let mut turn = Turn::default();
        let arrives = matches!(command, Command::Arrive { .. });
        let refusal = self.room.apply(now, actor, command, &mut turn).err();
        if refusal.is_some() {
            let same = self.room.view() == untouched.view()
                && turn.events == due.events
                && turn.signals == due.signals
                && self.room.next_deadline(now) == untouched.next_deadline(now);
            if !same {
                return Err("a refused command changed the room".to_owned());
            }
        } else if arrives {
            self.check_capacity(untouched.view(), actor)?;
        }
        Self::check_rights(untouched.view(), actor, &turn.events[due.events.len().min(turn.events.len())..])?;
        self.tell(turn, refusal)?;
        self.check()?;
        self.check_penalties()
    }

    /// The process ends without a word, and another stands the room up from the journal. The old one was surely alive
    /// at `beat`. The clock of the new one may well be behind the old one's.
    fn restart(&mut self, beat: Option<Millis>) -> Result<(), String> {
        if self.room.is_deleted() {
            return Ok(());
        }
        let last_beat = beat.map(|beat| PlayTime(self.play_start + beat.0));
        self.play_start -= 1_234_567;
        let loaded = self.loaded(last_beat);
        let (room, turn) =
            Room::restore(self.room.view().id, self.now(), loaded, self.limits).map_err(|fault| fault.to_string())?;
        self.room = room;
        self.told.clear();
        self.tell(turn, None)?;
        self.check()
    }

    /// What a store gives back: all of the journal, and the last lines that nobody took away.
    pub fn loaded(&self, last_beat: Option<PlayTime>) -> Loaded {
        let mut chat: Vec<Event> = Vec::new();
        for event in &self.journal {
            match &event.kind {
                EventKind::Said(_) => chat.push(Event::clone(event)),
                EventKind::Erased { line } => chat.retain(|told| told.seq != *line),
                EventKind::Reworded { line, text } => {
                    for told in chat.iter_mut().filter(|told| told.seq == *line) {
                        if let EventKind::Said(said) = &mut told.kind {
                            said.text = text.clone();
                        }
                    }
                }
                EventKind::Forgotten { person } => {
                    chat.retain(|told| told.by.as_ref().is_none_or(|by| by.person != *person));
                }
                _ => {}
            }
        }
        chat.drain(..chat.len().saturating_sub(room::chat::LINES_KEPT));
        Loaded {
            epoch: self.room.view().epoch + 1,
            snapshot: None,
            // What is stored goes through JSON.
            events: self.journal.iter().map(|event| through_json(&**event)).collect(),
            chat,
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
            if event.at != self.now().wall {
                return Err(format!("event {} is of another moment", event.seq));
            }
            let text = self.event(&event);
            writeln!(self.transcript, "    #{} {text}", event.seq).unwrap();
            self.client.hear(&event);
            self.journal.push(event);
            quiet = false;
        }
        for signal in turn.signals {
            crosses("a signal", &signal)?;
            let text = self.signal(&signal)?;
            writeln!(self.transcript, "    {text}").unwrap();
            quiet = false;
        }
        self.visits.extend(turn.visits);
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
        self.states.push(self.room.view().state.clone());
        Ok(())
    }

    /// The room comes back from its journal as it is: from the journal alone, and from any snapshot with the rest.
    fn replay(&mut self) -> Result<(), String> {
        if self.room.is_deleted() {
            return Ok(());
        }
        let here: BTreeSet<_> = self.room.view().presence.keys().copied().collect();
        if self.room.next_deadline(self.now()).is_none() && self.told != here {
            return Err("who follows the batches does not know who is here".to_owned());
        }
        let id = self.room.view().id;
        crosses("the whole room", self.room.view())?;
        self.at += 77_000;
        let later = self.now();
        let mut expected = self.room.view().state.clone();
        let resumed = |expected: &mut RoomState| {
            expected.seq += 1;
            expected.touched_at = later.wall;
            expected.playback.at = later.play;
        };
        if expected.playback.playing {
            // Nobody noted a beat: it goes on from where it last surely stood, and says so.
            expected.playback.position = expected.position(expected.playback.at);
            resumed(&mut expected);
        } else if matches!(expected.playback.waiting, Some(Waiting::Ready | Waiting::Stall)) {
            expected.playback.waiting = Some(Waiting::Viewer);
            resumed(&mut expected);
        }
        let expected = serde_json::to_string(&expected).unwrap();
        let whole = self.loaded(None);
        // All of them in a story, some of them in a long random script.
        let step = self.states.len().div_ceil(40);
        for snapshot in std::iter::once(None).chain(self.states.iter().step_by(step).map(Some)) {
            let rest = usize::try_from(snapshot.map_or(0, |snapshot| snapshot.seq)).unwrap();
            let loaded = Loaded {
                snapshot: snapshot.map(through_json),
                events: whole.events[rest..].to_vec(),
                chat: whole.chat.clone(),
                ..whole
            };
            let (room, turn) = Room::restore(id, later, loaded, self.limits).map_err(|fault| fault.to_string())?;
            if turn.events.iter().any(|event| !matches!(event.kind, EventKind::Playback { cause: Cause::Restore, .. }))
            {
                return Err(format!("coming back did more than that: {:?}", turn.events));
            }
            let found = serde_json::to_string(&room.view().state).unwrap();
            if found != expected {
                return Err(format!("from event {rest} on it came back as\n{found}\nnot as\n{expected}"));
            }
            // Where lines were taken away, a store may still have older ones than the room remembered.
            let lines = |room: &Room| room.view().chat.iter().map(|event| Event::clone(event)).collect::<Vec<_>>();
            if !whole.chat.ends_with(&lines(&room)) || !lines(&room).ends_with(&lines(&self.room)) {
                return Err(format!("from event {rest} on the chat came back otherwise"));
            }
        }
        Ok(())
    }
}

/// What a room is founded with: as it is told beside the preset.
fn founded_with(settings: RoomSettings, changes: serde_json::Map<String, serde_json::Value>) -> RoomSettings {
    let serde_json::Value::Object(mut all) = serde_json::to_value(settings).unwrap() else { unreachable!() };
    let _: Changes = serde_json::from_value(changes.clone().into()).unwrap();
    all.extend(changes);
    serde_json::from_value(all.into()).unwrap()
}

/// Another node is told it as it is.
fn crosses<T: serde::Serialize + serde::de::DeserializeOwned + PartialEq>(what: &str, value: &T) -> Result<(), String> {
    if through_json(value) == *value {
        Ok(())
    } else {
        Err(format!("{what} arrives on another node as something else"))
    }
}

fn through_json<T: serde::Serialize + serde::de::DeserializeOwned>(value: &T) -> T {
    serde_json::from_str(&serde_json::to_string(value).unwrap()).unwrap()
}

fn person_id(number: u64) -> PersonId {
    PersonId(Uuid::from_u128(1000 + u128::from(number)))
}
