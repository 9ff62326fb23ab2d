//! What is carried where, on a clock of their own.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::atomic::{AtomicBool, AtomicI64, Ordering},
};

use async_trait::async_trait;
use engine::{
    Engine, Settings,
    command::{Deed, SeekTo, Spot},
    event::Door,
    memory::MemoryStore,
    records::PlaceSettings,
    room::{Changes, Preset, Role, schedule::Status},
    rooms::NewRoom,
    table::Table,
    time::{Clock, WallTime},
};
use tokio::time::Instant;

use super::*;
use crate::{
    live_card::{Card, Line, ScreenError},
    reply::{Action, Button},
};

const SINTEL: &str = "https://films.example/sintel.mp4";
const COSMOS: &str = "https://films.example/cosmos.mp4";

/// A platform that keeps what is written in its chats, and answers as it was told to.
#[derive(Default)]
struct Wall {
    /// What stands there now.
    stands: Mutex<BTreeMap<(PlaceId, i64), Line>>,
    /// Everything that was asked of it.
    asked: Mutex<Vec<(Instant, PlaceId, Line)>>,
    answers: Mutex<VecDeque<ScreenError>>,
    /// How long each writing takes.
    slow: Mutex<Duration>,
    busy: Mutex<BTreeSet<PlaceId>>,
    /// Whether it answers nothing well.
    away: AtomicBool,
    numbers: AtomicI64,
}

impl Wall {
    async fn does<T>(&self, place: &PlaceId, line: &Line, done: impl FnOnce() -> T) -> Result<T, ScreenError> {
        assert!(self.busy.lock().unwrap().insert(place.clone()), "two messages at once in one chat");
        self.asked.lock().unwrap().push((Instant::now(), place.clone(), line.clone()));
        let slow = *self.slow.lock().unwrap();
        tokio::time::sleep(slow).await;
        self.busy.lock().unwrap().remove(place);
        if self.away.load(Ordering::Relaxed) {
            return Err(ScreenError::Failed("connection refused".into()));
        }
        match self.answers.lock().unwrap().pop_front() {
            Some(error) => Err(error),
            None => Ok(done()),
        }
    }

    fn will_answer(&self, answer: ScreenError) {
        self.answers.lock().unwrap().push_back(answer);
    }

    fn asked(&self) -> Vec<(Instant, PlaceId, Line)> {
        self.asked.lock().unwrap().clone()
    }

    fn lines(&self, place: &PlaceId) -> Vec<(i64, Line)> {
        let stands = self.stands.lock().unwrap();
        stands.iter().filter(|((at, _), _)| at == place).map(|((_, number), line)| (*number, line.clone())).collect()
    }

    /// What stands in a chat, each message as people read it.
    fn reads(&self, place: &PlaceId) -> Vec<String> {
        let read = |(_, line): (i64, Line)| match line.name {
            Some(name) => format!("{name}: {}", line.text),
            None => line.text,
        };
        self.lines(place).into_iter().map(read).collect()
    }
}

#[async_trait]
impl Screen for Wall {
    async fn show(&self, _: &PlaceId, _: &Card) -> Result<i64, ScreenError> {
        Err(ScreenError::Gone)
    }

    async fn edit(&self, _: &PlaceId, _: i64, _: &Card) -> Result<(), ScreenError> {
        Err(ScreenError::Gone)
    }

    async fn disarm(&self, _: &PlaceId, _: i64) -> Result<(), ScreenError> {
        Err(ScreenError::Gone)
    }

    async fn say(&self, place: &PlaceId, line: &Line) -> Result<i64, ScreenError> {
        assert!(line.text.chars().count() <= Line::LIMIT + 40, "too long: {}", line.text.len());
        let number = 1_000 + self.numbers.fetch_add(1, Ordering::SeqCst);
        let stand = || self.stands.lock().unwrap().insert((place.clone(), number), line.clone());
        self.does(place, line, stand).await.map(|_| number)
    }

    async fn reword(&self, place: &PlaceId, message: i64, line: &Line) -> Result<(), ScreenError> {
        let stand = || self.stands.lock().unwrap().insert((place.clone(), message), line.clone());
        self.does(place, line, stand).await.map(drop)
    }

    async fn erase(&self, place: &PlaceId, message: i64) -> Result<(), ScreenError> {
        let gone = || self.stands.lock().unwrap().remove(&(place.clone(), message));
        self.does(place, &Line::default(), gone).await.map(drop)
    }
}

/// A room with two groups on Telegram and a channel on Discord.
struct World {
    store: Arc<MemoryStore>,
    engine: Engine,
    telegram: (Bridge, Arc<Wall>),
    discord: (Bridge, Arc<Wall>),
    room: RoomId,
}

fn group(chat: i64) -> PlaceId {
    PlaceId { platform: Platform::Telegram, chat, topic: None }
}

fn channel() -> PlaceId {
    PlaceId { platform: Platform::Discord, chat: 7, topic: None }
}

fn somebody(number: u128, name: &str, door: Door) -> Actor {
    Actor {
        person: PersonId(uuid::Uuid::from_u128(number)),
        name: name.into(),
        door,
        connection: None,
        granted: Some(Role::Guest),
        registered: false,
    }
}

fn ana(door: Door) -> Actor {
    somebody(1, "Ana", door)
}

fn ben(door: Door) -> Actor {
    somebody(2, "Ben", door)
}

fn starts(store: &Arc<MemoryStore>) -> (Engine, Core) {
    let table = Table::default().video(SINTEL, "Sintel", Millis::seconds(888));
    let table = table.video(COSMOS, "Cosmos Laundromat", Millis::seconds(730));
    let engine = Engine::new(store.clone(), Arc::new(table), Clock::start(), &Settings::default());
    let core = Core::new(engine.clone(), "https://couch.example".parse().unwrap());
    (engine, core)
}

fn bridges(core: &Core, telegram: Arc<Wall>, discord: Arc<Wall>) -> [(Bridge, Arc<Wall>); 2] {
    [(Platform::Telegram, telegram), (Platform::Discord, discord)]
        .map(|(platform, wall)| (Bridge::new(core.clone(), wall.clone(), platform, CancellationToken::new()), wall))
}

impl World {
    /// A paused film, and all ways on everywhere but for notices.
    async fn new() -> Self {
        Self::set(|settings| (settings.lines_in, settings.lines_out) = (true, true)).await
    }

    async fn telling() -> Self {
        Self::set(|settings| settings.notices = true).await
    }

    async fn set(change: impl Fn(&mut PlaceSettings)) -> Self {
        let store = Arc::new(MemoryStore::new());
        let (engine, core) = starts(&store);
        let [telegram, discord] = bridges(&core, Arc::default(), Arc::default());
        let room = engine.rooms.create(&ana(Door::Telegram), NewRoom::titled(Some("Film night".into()))).await.unwrap();
        let world = Self { store, engine, telegram, discord, room: room.id };
        world.engine.intake.queue(world.room, &ana(Door::Telegram), SINTEL, Spot::End).await.unwrap();
        world.does(ana(Door::Viewer), Deed::Pause).await;
        for place in [group(1), group(2), channel()] {
            world.engine.places.tie(place.clone(), world.room).await.unwrap();
            world.engine.places.change(&place, &change).await.unwrap();
            world.see(&place);
        }
        world.passes(20).await;
        world
    }

    fn bridge(&self, place: &PlaceId) -> &Bridge {
        match place.platform {
            Platform::Telegram => &self.telegram.0,
            Platform::Discord => &self.discord.0,
        }
    }

    fn see(&self, place: &PlaceId) {
        self.bridge(place).see(place, self.room);
    }

    /// The server is started anew; what it stored is there.
    async fn restarts(mut self) -> Self {
        for (bridge, _) in [&self.telegram, &self.discord] {
            bridge.shared.stop.cancel();
            bridge.finished().await;
        }
        self.engine.rooms.shutdown().await;
        let (engine, core) = starts(&self.store);
        self.engine = engine;
        [self.telegram, self.discord] = bridges(&core, self.telegram.1, self.discord.1);
        self.telegram.0.restore();
        self.discord.0.restore();
        self
    }

    async fn does(&self, actor: Actor, command: impl Into<Command>) -> u64 {
        let done = self.engine.rooms.command(self.room, actor, command.into()).await.unwrap();
        done.events.first().map_or(0, |event| event.seq)
    }

    async fn seeks(&self, second: i64) {
        self.does(ana(Door::Viewer), Deed::Seek { to: SeekTo::At(Millis::seconds(second)) }).await;
    }

    async fn says(&self, actor: Actor, text: &str) -> u64 {
        self.does(actor, Command::Say { id: Entropy.message(), text: text.to_owned() }).await
    }

    async fn writes(&self, place: &PlaceId, message: i64, actor: Actor, text: &str) {
        let text = text.to_owned();
        let written = Written { message, actor, text, attachments: Vec::new(), answers: None };
        self.bridge(place).heard(place, written).await;
    }

    async fn passes(&self, seconds: u64) {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
    }

    fn reads(&self, place: &PlaceId) -> Vec<String> {
        match place.platform {
            Platform::Telegram => self.telegram.1.reads(place),
            Platform::Discord => self.discord.1.reads(place),
        }
    }

    /// What stands in the room's own chat.
    async fn page(&self) -> Vec<String> {
        let view = self.engine.rooms.view(self.room).await.unwrap();
        let line = |event: &Arc<engine::event::Event>| match &event.kind {
            EventKind::Said(line) => Some(format!("{}: {}", event.by.as_ref().unwrap().name, line.text)),
            _ => None,
        };
        view.chat.iter().filter_map(line).collect()
    }
}

#[tokio::test(start_paused = true)]
async fn a_line_goes_to_the_page_and_all_other_chats_and_never_back() {
    let world = World::new().await;
    world.writes(&group(1), 11, ana(Door::Telegram), "from a group").await;
    world.passes(5).await;
    world.writes(&channel(), 12, ben(Door::Discord), "from a channel").await;
    world.passes(5).await;
    world.says(somebody(3, "Eve", Door::Viewer), "from the page").await;
    world.passes(5).await;
    let (one, two, three) = ("Ana: from a group", "Ben: from a channel", "Eve: from the page");
    assert_eq!(world.page().await, [one, two, three]);
    assert_eq!(world.reads(&group(1)), [two, three]);
    assert_eq!(world.reads(&group(2)), [one, two, three]);
    assert_eq!(world.reads(&channel()), [one, three]);
    let shown = &world.telegram.1.lines(&group(2))[0].1;
    assert_eq!((shown.name.as_deref(), shown.calls.len()), (Some("Ana"), 0));
    // What we wrote ourselves is not read, even where the platform tells us of it.
    let ours = world.telegram.1.lines(&group(2))[0].0;
    world.writes(&group(2), ours, somebody(9, "bot", Door::Telegram), "Ana: from a group").await;
    assert_eq!(world.page().await.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_chat_that_did_not_ask_for_it_is_neither_read_nor_written_in() {
    let world = World::set(|_| {}).await;
    world.writes(&group(1), 11, ana(Door::Telegram), "a secret").await;
    world.says(ben(Door::Viewer), "hello").await;
    world.does(ana(Door::Viewer), Deed::PLAY).await;
    world.passes(60).await;
    assert_eq!(world.page().await, ["Ben: hello"]);
    assert!(world.telegram.1.asked().is_empty() && world.discord.1.asked().is_empty());
    assert!(world.telegram.0.shared.rooms.is_empty(), "nobody listens for nothing");
}

/// Whoever reads that it is on may write in the same moment; nobody listens yet.
#[tokio::test(start_paused = true)]
async fn a_line_that_comes_right_after_it_was_switched_on_is_carried() {
    let world = World::set(|_| {}).await;
    world.says(ben(Door::Viewer), "too early").await;
    world.engine.places.change(&group(1), |settings| settings.lines_out = true).await.unwrap();
    world.see(&group(1));
    world.says(ben(Door::Viewer), "at once").await;
    world.passes(5).await;
    assert_eq!(world.reads(&group(1)), ["Ben: at once"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_switched_off_ends_at_once_and_what_is_switched_on_begins() {
    let world = World::new().await;
    let (one, two) = (group(1), group(2));
    world.engine.places.change(&one, |settings| settings.lines_out = false).await.unwrap();
    world.says(ben(Door::Viewer), "one").await;
    world.passes(5).await;
    assert_eq!((world.reads(&one).len(), world.reads(&two).len()), (0, 1));
    world.engine.places.change(&one, |settings| settings.lines_out = true).await.unwrap();
    world.see(&one);
    world.passes(1).await;
    world.says(ben(Door::Viewer), "two").await;
    world.passes(5).await;
    assert_eq!(world.reads(&one), ["Ben: two"]);
    world.engine.places.change(&one, |settings| settings.lines_in = false).await.unwrap();
    world.writes(&one, 11, ana(Door::Telegram), "a secret").await;
    assert_eq!(world.page().await.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_chat_that_goes_to_another_room_hears_of_that_one_alone() {
    let world = World::new().await;
    let other = world.engine.rooms.create(&ana(Door::Telegram), NewRoom::default()).await.unwrap().id;
    world.engine.places.tie(group(1), other).await.unwrap();
    world.telegram.0.see(&group(1), other);
    world.passes(1).await;
    world.says(ben(Door::Viewer), "to the old room").await;
    let says = Command::Say { id: Entropy.message(), text: "to the new one".into() };
    world.engine.rooms.command(other, ben(Door::Viewer), says).await.unwrap();
    world.passes(5).await;
    assert_eq!(world.reads(&group(1)), ["Ben: to the new one"]);
    world.telegram.0.forget(&group(2));
    world.passes(1).await;
    world.says(ben(Door::Viewer), "once more").await;
    world.passes(5).await;
    assert_eq!(world.reads(&group(2)), ["Ben: to the old room"]);
}

#[tokio::test(start_paused = true)]
async fn an_edit_is_followed_from_a_chat_and_from_the_page() {
    let world = World::new().await;
    world.writes(&group(1), 11, ana(Door::Telegram), "helo").await;
    world.passes(5).await;
    world.telegram.0.edited(&group(1), 11, "hello").await;
    world.passes(5).await;
    assert_eq!(world.page().await, ["Ana: hello"]);
    assert_eq!(
        (world.reads(&group(2)), world.reads(&channel())),
        (vec!["Ana: hello".into()], vec!["Ana: hello".into()])
    );
    assert!(world.reads(&group(1)).is_empty());

    let line = world.says(ben(Door::Viewer), "wrold").await;
    world.passes(5).await;
    world.engine.reword(world.room, &ben(Door::Viewer), None, line, "world".into()).await.unwrap();
    world.passes(5).await;
    assert_eq!(world.reads(&channel()), ["Ana: hello", "Ben: world"]);
    assert_eq!(world.reads(&group(1)), ["Ben: world"]);
}

#[tokio::test(start_paused = true)]
async fn a_deletion_is_followed_from_a_chat_and_from_the_page() {
    let world = World::new().await;
    world.writes(&channel(), 11, ben(Door::Discord), "oops").await;
    let line = world.says(ana(Door::Viewer), "me too").await;
    world.passes(10).await;
    world.discord.0.deleted(&channel(), &[11, 12]).await;
    world.engine.erase(world.room, &ana(Door::Viewer), line).await.unwrap();
    world.passes(20).await;
    assert!(world.page().await.is_empty());
    assert!(world.reads(&group(1)).is_empty() && world.reads(&channel()).is_empty());
}

#[tokio::test(start_paused = true)]
async fn lines_in_quick_succession_share_a_message_and_what_is_left_of_it_stays() {
    let world = World::new().await;
    let mut lines = Vec::new();
    for text in ["one", "two", "three"] {
        lines.push(world.says(ana(Door::Viewer), text).await);
        lines.push(world.says(ben(Door::Viewer), text).await);
    }
    world.passes(10).await;
    let all = ["Ana: one", "Ben: one\nAna: two\nBen: two\nAna: three\nBen: three"];
    assert_eq!(world.reads(&group(1)), all);
    // Taken away from the middle: the rest is written anew.
    world.engine.erase(world.room, &ana(Door::Viewer), lines[2]).await.unwrap();
    world.engine.reword(world.room, &ben(Door::Viewer), None, lines[3], "2".into()).await.unwrap();
    world.passes(10).await;
    assert_eq!(world.reads(&group(1)), ["Ana: one", "Ben: one\nBen: 2\nAna: three\nBen: three"]);
}

#[tokio::test(start_paused = true)]
async fn a_line_that_changes_while_it_is_being_written_ends_as_it_reads_now() {
    let world = World::new().await;
    *world.telegram.1.slow.lock().unwrap() = Duration::from_secs(4);
    let kept = world.says(ana(Door::Viewer), "one").await;
    let gone = world.says(ben(Door::Viewer), "two").await;
    world.passes(1).await;
    world.engine.reword(world.room, &ana(Door::Viewer), None, kept, "1".into()).await.unwrap();
    world.engine.erase(world.room, &ben(Door::Viewer), gone).await.unwrap();
    world.passes(60).await;
    assert_eq!(world.reads(&group(1)), ["Ana: 1"]);
}

#[tokio::test(start_paused = true)]
async fn answers_quote_shortly_and_attachments_are_links() {
    let world = World::new().await;
    world.writes(&group(1), 11, ana(Door::Telegram), "shall we?").await;
    world.passes(5).await;
    let (carried, _) = world.discord.1.lines(&channel())[0].clone();
    let written = Written {
        message: 12,
        actor: ben(Door::Discord),
        text: "yes".into(),
        attachments: vec!["https://files.example/a.png".into(), "https://files.example/b.png".into()],
        answers: Some(carried),
    };
    world.discord.0.heard(&channel(), written).await;
    world.passes(5).await;
    let said = "Ben: > Ana: shall we?\nyes\nhttps://files.example/a.png\nhttps://files.example/b.png";
    assert_eq!(world.reads(&group(1)), [said]);
    // An edit changes what was said, and nothing around it.
    world.discord.0.edited(&channel(), 12, "no").await;
    world.passes(5).await;
    assert_eq!(world.reads(&group(1)), [said.replace("yes", "no")]);
}

#[tokio::test(start_paused = true)]
async fn who_may_not_write_is_not_carried_and_nobody_is_told() {
    let world = World::new().await;
    let mute = Command::Mute { person: ben(Door::Discord).person, until: None };
    world.writes(&channel(), 10, ben(Door::Discord), "hi").await;
    world.does(ana(Door::Viewer), mute).await;
    world.writes(&channel(), 11, ben(Door::Discord), "let me").await;
    world.discord.0.edited(&channel(), 11, "let me!").await;
    world.discord.0.deleted(&channel(), &[11]).await;
    world.passes(60).await;
    assert_eq!(world.page().await, ["Ben: hi"]);
    assert_eq!((world.reads(&group(1)).len(), world.discord.1.asked().len()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_flood_stays_within_what_the_platform_allows_and_every_line_arrives_in_order() {
    let world = World::new().await;
    let mut said = Vec::new();
    for number in 0..80_u128 {
        let text = format!("line {number}");
        world.says(somebody(100 + number % 20, "Eve", Door::Viewer), &text).await;
        said.push(text);
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    world.passes(120).await;
    for place in [group(1), group(2), channel()] {
        let read = world.reads(&place).join("\n").replace("Eve: ", "");
        assert_eq!(read.lines().collect::<Vec<_>>(), said, "{place}");
    }
    let asked = world.telegram.1.asked();
    let times: Vec<Instant> = asked.iter().filter(|(_, place, _)| *place == group(1)).map(|(at, ..)| *at).collect();
    for start in &times {
        let minute = times.iter().filter(|at| **at >= *start && **at < *start + Duration::from_secs(60)).count();
        assert!(minute <= 10, "{minute} in a minute");
    }
}

#[tokio::test(start_paused = true)]
async fn an_outage_loses_nothing_and_repeats_nothing() {
    let world = World::new().await;
    for _ in 0..3 {
        world.discord.1.will_answer(ScreenError::Failed("502".into()));
        world.discord.1.will_answer(ScreenError::RetryAfter(Duration::from_secs(30)));
    }
    for number in 0..50 {
        world.says(ana(Door::Viewer), &format!("line {number}")).await;
        world.passes(2).await;
    }
    world.passes(600).await;
    let read = world.reads(&channel()).join("\n").replace("Ana: ", "");
    let said: Vec<String> = (0..50).map(|number| format!("line {number}")).collect();
    assert_eq!(read.lines().collect::<Vec<_>>(), said);
    // The other platform never waited.
    assert!(world.reads(&group(1)).len() > 10);
    // What the platform asked for it got.
    let asked = world.discord.1.asked();
    assert!(asked[2].0 - asked[1].0 >= Duration::from_secs(30));
}

#[tokio::test(start_paused = true)]
async fn an_outage_that_is_too_long_keeps_the_newest_and_says_how_many_are_missing() {
    let world = World::new().await;
    world.telegram.1.will_answer(ScreenError::RetryAfter(Duration::from_secs(1_000)));
    world.telegram.1.will_answer(ScreenError::RetryAfter(Duration::from_secs(1_000)));
    for number in 0..150_u128 {
        world.says(somebody(100 + number, "Eve", Door::Viewer), &format!("line {number}")).await;
    }
    world.passes(2_000).await;
    let read = world.reads(&group(1)).join("\n");
    assert!(read.starts_with("… and 50 more lines\n"), "{read}");
    assert!(read.ends_with("line 149") && read.contains("line 50\n") && !read.contains("line 49\n"), "{read}");
    assert_eq!(world.telegram.0.shared.backlog.waiting(), 0);
}

/// How much is written in each of many rooms while a platform is away, and how many rooms there are.
const LINES: usize = 100;
const ROOMS: i64 = 15;

#[tokio::test(start_paused = true)]
async fn an_hour_without_a_platform_hurts_no_other_and_what_waits_for_it_is_bounded_and_told_once() {
    let world = World::new().await;
    let engine = &world.engine;
    let mut rooms = Vec::new();
    for number in 0..ROOMS {
        let room =
            engine.rooms.create(&ana(Door::Viewer), NewRoom::titled(Some("Film night".into()))).await.unwrap().id;
        let elsewhere = PlaceId { platform: Platform::Discord, chat: 1_000 + number, topic: None };
        for place in [group(1_000 + number), elsewhere] {
            engine.places.tie(place.clone(), room).await.unwrap();
            engine.places.change(&place, |settings| settings.lines_out = true).await.unwrap();
            world.bridge(&place).see(&place, room);
        }
        rooms.push(room);
    }
    world.passes(20).await;
    let backlog = world.telegram.0.shared.backlog.clone();

    world.telegram.1.away.store(true, Ordering::Relaxed);
    let mut most = 0;
    for line in 0..LINES {
        for room in &rooms {
            let said = Command::Say { id: Entropy.message(), text: format!("line {line}") };
            let asked = Instant::now();
            let speaker = somebody(500 + line as u128, "Eve", Door::Viewer);
            engine.rooms.command(*room, speaker, said).await.unwrap();
            assert!(asked.elapsed() < Duration::from_secs(1), "a room waited for a platform");
        }
        world.passes(36).await;
        most = most.max(backlog.waiting());
    }
    assert!((900..=1_000 + rooms.len()).contains(&most), "{most} waited");
    assert!(backlog.dropped() > 0);
    let read = |chat: i64, platform: Platform| {
        let text = world.reads(&PlaceId { platform, chat: 1_000 + chat, topic: None }).join("\n");
        text.lines().filter_map(|line| line.strip_prefix("Eve: ").or(Some(line)).map(str::to_owned)).collect::<Vec<_>>()
    };
    let all: Vec<String> = (0..LINES).map(|line| format!("line {line}")).collect();
    assert_eq!(read(0, Platform::Discord), all, "the other platform never waited");

    world.telegram.1.away.store(false, Ordering::Relaxed);
    world.passes(1_200).await;
    assert_eq!(backlog.waiting(), 0);
    let mut told = 0;
    for number in 0..ROOMS {
        let lines: Vec<String> =
            read(number, Platform::Telegram).into_iter().filter(|line| line.starts_with("line ")).collect();
        assert_eq!(lines[..], all[LINES - lines.len()..], "the newest, each once and in order");
        told += lines.len() as u64;
    }
    assert_eq!(told + backlog.dropped(), (LINES * rooms.len()) as u64, "what was not told was counted");
}

#[tokio::test(start_paused = true)]
async fn a_chat_that_cannot_be_written_in_is_left_alone_until_somebody_speaks_of_the_room_there() {
    let world = World::new().await;
    world.discord.1.will_answer(ScreenError::Gone);
    world.says(ana(Door::Viewer), "one").await;
    world.passes(5).await;
    world.says(ana(Door::Viewer), "two").await;
    world.passes(600).await;
    assert_eq!(world.discord.1.asked().len(), 1);
    world.see(&channel());
    world.passes(1).await;
    world.says(ana(Door::Viewer), "three").await;
    world.passes(5).await;
    assert_eq!(world.reads(&channel()), ["Ana: three"]);
}

#[tokio::test(start_paused = true)]
async fn a_restart_takes_up_what_was_on_and_tells_nothing_twice() {
    let world = World::new().await;
    world.says(ana(Door::Viewer), "before").await;
    world.passes(5).await;
    let world = world.restarts().await;
    world.says(ana(Door::Viewer), "after").await;
    world.passes(5).await;
    world.says(ana(Door::Viewer), "later").await;
    world.passes(5).await;
    assert_eq!(world.reads(&channel()), ["Ana: before", "Ana: after", "Ana: later"]);
}

#[tokio::test(start_paused = true)]
async fn what_people_do_is_told_in_one_plain_line_that_can_be_taken_back() {
    let world = World::telling().await;
    world.does(ana(Door::Viewer), Deed::PLAY).await;
    world.passes(4).await;
    world.does(ana(Door::Viewer), Deed::Pause).await;
    world.passes(10).await;
    let read = world.reads(&group(1));
    assert_eq!(read.len(), 2, "{read:?}");
    assert!(read[0].starts_with("Ana plays on from 0:") && read[1].starts_with("Ana paused at 0:"), "{read:?}");
    world.seeks(100).await;
    world.passes(10).await;
    let (_, line) = world.telegram.1.lines(&group(1))[2].clone();
    assert_eq!(line.text, "Ana went to 1:40.");
    let undo = |button: &Button| matches!(button, Button::Act { action: Action::Undo(_), .. });
    assert!(line.buttons.iter().any(undo) && line.room == Some(world.room));
}

#[tokio::test(start_paused = true)]
async fn a_flurry_is_one_message_and_of_several_seeks_the_last_is_told() {
    let world = World::telling().await;
    for second in [10, 20, 30] {
        world.seeks(second).await;
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    world.engine.intake.queue(world.room, &ben(Door::Viewer), COSMOS, Spot::End).await.unwrap();
    world.passes(10).await;
    assert_eq!(world.reads(&channel()), ["Ana went to 0:30.\nBen added Cosmos Laundromat."]);
    world.does(ana(Door::Viewer), Deed::Skip).await;
    world.passes(10).await;
    assert_eq!(world.reads(&channel())[1], "Ana skipped to Cosmos Laundromat.");
}

#[tokio::test(start_paused = true)]
async fn what_a_command_did_is_not_told_where_its_answer_stands() {
    let world = World::telling().await;
    world.telegram.0.asked(&group(1), ana(Door::Telegram).person);
    world.does(ana(Door::Telegram), Deed::PLAY).await;
    world.passes(10).await;
    assert!(world.reads(&group(1)).is_empty());
    assert_eq!((world.reads(&group(2)).len(), world.reads(&channel()).len()), (1, 1));
    // On the page, or later, they did it without being answered here.
    world.does(ana(Door::Viewer), Deed::Pause).await;
    world.passes(20).await;
    world.does(ana(Door::Telegram), Deed::PLAY).await;
    world.passes(10).await;
    assert_eq!(world.reads(&group(1)).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_vote_is_told_with_its_buttons_and_its_end() {
    let world = World::telling().await;
    let all = Changes { vote_skip: Some(true), vote_percent: Some(100), ..Changes::default() };
    world.does(ana(Door::Viewer), Command::Change(Box::new(all))).await;
    // Somebody else counts too.
    world.says(somebody(3, "Eve", Door::Discord), "hi").await;
    let seq = world.does(ben(Door::Discord), Deed::Skip).await;
    world.passes(5).await;
    let (_, line) = world.discord.1.lines(&channel())[0].clone();
    assert_eq!(line.text, "Ben asks to skip this.");
    let votes =
        |button: &Button| matches!(button, Button::Act { action: Action::Ballot(known, _), .. } if *known == seq);
    assert_eq!(line.buttons.iter().filter(|button| votes(button)).count(), 2, "{line:?}");
    world.does(ana(Door::Viewer), Command::Ballot { proposal: Some(seq), yes: false }).await;
    world.passes(5).await;
    assert_eq!(world.reads(&channel())[1], "Skip: too many are against it. It stays as it is.");
}

#[tokio::test(start_paused = true)]
async fn roles_bans_and_the_end_are_told() {
    let world = World::telling().await;
    world.says(ben(Door::Discord), "hi").await;
    let person = ben(Door::Discord).person;
    world.does(ana(Door::Viewer), Command::SetRole { person, role: Role::Moderator }).await;
    world.passes(5).await;
    world.does(ana(Door::Viewer), Command::Ban { person, until: None, reason: String::new() }).await;
    world.passes(5).await;
    world.does(ana(Door::Viewer), Command::SetStatus { status: Status::Ended }).await;
    world.passes(20).await;
    let read = world.reads(&group(1)).join("\n");
    assert_eq!(read, "Ana made Ben a moderator.\nAna keeps Ben out.\nAna ended the room.", "{read}");
}

#[tokio::test(start_paused = true)]
async fn those_who_are_coming_are_called_once_when_the_room_opens() {
    let world = World::set(|_| {}).await;
    let people = &world.engine.people;
    let here = people.by_identity(Platform::Telegram, "4711", "Eve").await.unwrap();
    let there = people.by_identity(Platform::Discord, "815", "Ben").await.unwrap();
    let start = WallTime(world.engine.clock.now().wall.0 + 3_600_000);
    world.does(ana(Door::Viewer), Command::Schedule { start: Some(start), end: None }).await;
    for (person, door) in [(here, Door::Telegram), (there, Door::Discord)] {
        let actor = Actor { person: person.id, name: person.name, ..ana(door) };
        world.does(actor, Command::Come { coming: true }).await;
    }
    world.see(&group(1));
    // A restart while everybody waits.
    let world = world.restarts().await;
    world.passes(5).await;
    world.does(ana(Door::Viewer), Command::SetStatus { status: Status::Live }).await;
    world.passes(5).await;
    let told: Vec<Line> = world.telegram.1.lines(&group(1)).into_iter().map(|(_, line)| line).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].text, "Film night begins now. Eve: come and watch.");
    assert_eq!((told[0].calls.as_slice(), told[0].buttons.len()), (["4711".to_owned()].as_slice(), 1));
    // Discord was restored too, though nothing was on.
    assert_eq!(world.discord.1.lines(&channel())[0].1.calls, ["815"]);
    let world = world.restarts().await;
    world.passes(60).await;
    assert_eq!((world.reads(&group(1)).len(), world.reads(&channel()).len()), (1, 1));
    assert!(world.telegram.0.shared.rooms.is_empty(), "then nobody listens any more");
}

#[tokio::test(start_paused = true)]
async fn who_was_not_called_because_the_server_was_down_is_called_when_it_is_back() {
    let mut world = World::set(|_| {}).await;
    let eve = world.engine.people.by_identity(Platform::Telegram, "4711", "Eve").await.unwrap();
    world.telegram.0.shared.stop.cancel();
    world.telegram.0.finished().await;
    let past = WallTime(world.engine.clock.now().wall.0 - 60_000);
    let future = WallTime(past.0 + 3_600_000);
    world.does(ana(Door::Viewer), Command::Schedule { start: Some(future), end: None }).await;
    let actor = Actor { person: eve.id, name: eve.name, ..ana(Door::Telegram) };
    world.does(actor, Command::Come { coming: true }).await;
    world.does(ana(Door::Viewer), Command::Schedule { start: Some(past), end: None }).await;
    for _ in 0..2 {
        world = world.restarts().await;
        world.passes(5).await;
        assert_eq!(world.reads(&group(1)), ["Film night begins now. Eve: come and watch."]);
    }
}

#[tokio::test(start_paused = true)]
async fn who_leads_a_chat_that_a_guest_tied_writes_as_a_guest() {
    let world = World::new().await;
    world.engine.places.change(&group(1), |settings| settings.guests_only = true).await.unwrap();
    let changes = Changes { slow_mode: Some(Millis::seconds(30)), ..Changes::default() };
    world.does(ana(Door::Viewer), Command::Change(Box::new(changes))).await;
    for (message, place) in [(11, group(1)), (12, group(1)), (13, group(2)), (14, group(2))] {
        let cy = somebody(10 + u128::from(place.chat.unsigned_abs()), "Cy", Door::Telegram);
        let leads = Actor { granted: Some(Role::Cohost), ..cy };
        world.writes(&place, message, leads, &format!("line {message}")).await;
    }
    assert_eq!(world.page().await, ["Cy: line 11", "Cy: line 13", "Cy: line 14"]);
}

#[tokio::test(start_paused = true)]
async fn whoever_asks_to_go_back_before_the_world_began_is_told_of_like_all_others() {
    let world = World::telling().await;
    let hosts = Changes { grants: Some(Preset::Hosts.grants()), ..Changes::default() };
    world.does(ana(Door::Viewer), Command::Change(Box::new(hosts))).await;
    world.says(somebody(3, "Eve", Door::Discord), "hi").await;
    let back = Deed::Seek { to: SeekTo::By(Millis(i64::MIN)) };
    world.does(ben(Door::Discord), Command::Propose(back)).await;
    world.passes(10).await;
    let lines = world.reads(&channel());
    assert!(lines.last().is_some_and(|line| line.starts_with("Ben asks to ")), "{lines:?}");
}
