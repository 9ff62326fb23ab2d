//! When cards are drawn, on a clock of their own.

use std::{
    collections::VecDeque,
    sync::{
        Mutex,
        atomic::{AtomicI64, Ordering},
    },
};

use async_trait::async_trait;
use engine::{
    Engine, Settings,
    command::{Actor, Command, Deed, SeekTo, Spot},
    event::Door,
    ids::PersonId,
    memory::MemoryStore,
    room::{Changes, Role, schedule::Status},
    rooms::NewRoom,
    table::Table,
    time::{Clock, Millis, WallTime},
};
use tokio::time::Instant;

use crate::{
    live_card::{ScreenError, card},
    reply::Button,
    words::Locale,
};

use super::*;

const SINTEL: &str = "https://films.example/sintel.mp4";

/// A platform that writes down what it is asked, and answers as it was told to.
#[derive(Default)]
struct Wall {
    drawn: Mutex<Vec<Drawn>>,
    cards: Mutex<Vec<Card>>,
    disarmed: Mutex<Vec<i64>>,
    posted: AtomicI64,
    /// How long each drawing takes.
    slow: Mutex<Duration>,
    under_way: AtomicI64,
    answers: Mutex<VecDeque<Result<(), ScreenError>>>,
}

#[derive(Debug, Clone, PartialEq)]
struct Drawn {
    at: Instant,
    /// None where it was posted.
    message: Option<i64>,
    status: String,
}

impl Wall {
    async fn draw(&self, message: Option<i64>, card: &Card) -> Result<(), ScreenError> {
        assert_eq!(self.under_way.fetch_add(1, Ordering::SeqCst), 0, "two drawings at once in one chat");
        self.drawn.lock().unwrap().push(Drawn { at: Instant::now(), message, status: card.status.clone() });
        self.cards.lock().unwrap().push(card.clone());
        let slow = *self.slow.lock().unwrap();
        tokio::time::sleep(slow).await;
        self.under_way.fetch_sub(1, Ordering::SeqCst);
        self.answers.lock().unwrap().pop_front().unwrap_or(Ok(()))
    }

    fn will_answer(&self, answer: ScreenError) {
        self.answers.lock().unwrap().push_back(Err(answer));
    }

    fn disarmed(&self) -> Vec<i64> {
        self.disarmed.lock().unwrap().clone()
    }

    /// The card as it was drawn last.
    fn card(&self) -> Card {
        self.cards.lock().unwrap().last().unwrap().clone()
    }

    fn drawn(&self) -> Vec<Drawn> {
        self.drawn.lock().unwrap().clone()
    }
}

#[async_trait]
impl Screen for Wall {
    async fn show(&self, _: &PlaceId, card: &Card) -> Result<i64, ScreenError> {
        let number = 41 + 100 * self.posted.fetch_add(1, Ordering::SeqCst);
        self.draw(None, card).await.map(|()| number)
    }

    async fn edit(&self, _: &PlaceId, message: i64, card: &Card) -> Result<(), ScreenError> {
        self.draw(Some(message), card).await
    }

    async fn disarm(&self, _: &PlaceId, message: i64) -> Result<(), ScreenError> {
        self.disarmed.lock().unwrap().push(message);
        Ok(())
    }

    async fn say(&self, _: &PlaceId, _: &crate::live_card::Line) -> Result<i64, ScreenError> {
        Err(ScreenError::Gone)
    }

    async fn reword(&self, _: &PlaceId, _: i64, _: &crate::live_card::Line) -> Result<(), ScreenError> {
        Err(ScreenError::Gone)
    }

    async fn erase(&self, _: &PlaceId, _: i64) -> Result<(), ScreenError> {
        Err(ScreenError::Gone)
    }
}

struct World {
    engine: Engine,
    wall: Arc<Wall>,
    cards: Cards,
    place: PlaceId,
    room: RoomId,
}

fn ana() -> Actor {
    let person = PersonId(uuid::Uuid::from_u128(1));
    Actor {
        person,
        name: "Ana".into(),
        door: Door::Telegram,
        connection: None,
        granted: Some(Role::Guest),
        registered: false,
    }
}

impl World {
    /// A paused film, and its card.
    async fn new() -> Self {
        let table = Table::default().video(SINTEL, "Sintel", Millis::seconds(888));
        let store = Arc::new(MemoryStore::new());
        let engine = Engine::new(store, Arc::new(table), Clock::start(), &Settings::default());
        let core = Core::new(engine.clone(), "https://couch.example".parse().unwrap());
        let wall = Arc::new(Wall::default());
        let stop = CancellationToken::new();
        let cards = Cards::new(core, wall.clone(), Platform::Telegram, Pace::TELEGRAM, stop);
        let place = PlaceId { platform: Platform::Telegram, chat: 7, topic: None };
        let room = engine.rooms.create(&ana(), NewRoom::default()).await.unwrap().id;
        engine.places.tie(place.clone(), room).await.unwrap();
        engine.intake.queue(room, &ana(), SINTEL, Spot::End).await.unwrap();
        let world = Self { engine, wall, cards, place, room };
        world.does(Deed::Pause.into()).await;
        world.cards.show(&world.place, world.room);
        world.passes(5).await;
        assert_eq!(world.wall.drawn().len(), 1);
        world
    }

    /// The server is started anew; what it stored is there.
    async fn restarts(mut self) -> Self {
        self.cards.shared.stop.cancel();
        self.cards.finished().await;
        let core = self.cards.shared.core.clone();
        let stop = CancellationToken::new();
        self.cards = Cards::new(core, self.wall.clone(), Platform::Telegram, Pace::TELEGRAM, stop);
        self.cards.restore();
        self.passes(5).await;
        self
    }

    /// So many people write something.
    fn chatters(&self, lines: i64) {
        for number in 0..lines {
            self.cards.passed(&self.place, 1_000 + number);
        }
    }

    fn labels(&self) -> Vec<String> {
        let label = |button: &Button| match button {
            Button::Link { label, .. } | Button::Act { label, .. } => label.clone(),
        };
        self.wall.card().buttons.iter().map(label).collect()
    }

    async fn does(&self, command: Command) {
        self.engine.rooms.command(self.room, ana(), command).await.unwrap();
    }

    async fn seeks(&self, second: i64) {
        self.does(Deed::Seek { to: SeekTo::At(Millis::seconds(second)) }.into()).await;
    }

    /// So many seconds go by.
    async fn passes(&self, seconds: u64) {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
    }

    async fn card(&self) -> Option<i64> {
        self.engine.places.get(&self.place).await.unwrap().unwrap().card
    }
}

#[tokio::test(start_paused = true)]
async fn a_change_is_drawn_at_once_and_what_follows_is_gathered() {
    let world = World::new().await;
    assert_eq!(world.card().await, Some(41));
    let start = Instant::now();
    for second in 1..=10 {
        world.seeks(second).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    world.passes(60).await;
    let drawn: Vec<(u128, String)> = world.wall.drawn()[1..]
        .iter()
        .map(|drawn| ((drawn.at - start).as_millis() / 100, drawn.status.clone()))
        .collect();
    let status = |second: i64| format!("Paused at 0:{second:02} of 14:48");
    assert_eq!(drawn, [(0, status(1)), (40, status(10))]);
}

#[tokio::test(start_paused = true)]
async fn a_change_that_shows_nothing_new_is_not_drawn() {
    let world = World::new().await;
    world.seeks(0).await;
    world.does(Command::Type).await;
    world.cards.see(&world.place, world.room);
    world.cards.show(&world.place, world.room);
    world.passes(600).await;
    assert_eq!(world.wall.drawn().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_platform_that_asks_to_wait_is_left_alone_and_then_gets_the_latest() {
    let world = World::new().await;
    world.wall.will_answer(ScreenError::RetryAfter(Duration::from_secs(30)));
    world.seeks(1).await;
    world.passes(1).await;
    let asked = world.wall.drawn()[1].at;
    world.seeks(2).await;
    world.passes(60).await;
    let drawn = world.wall.drawn();
    assert_eq!(drawn.len(), 3, "{drawn:?}");
    assert!(drawn[2].at - asked >= Duration::from_secs(30), "{drawn:?}");
    assert_eq!(drawn[2].status, "Paused at 0:02 of 14:48");
}

#[tokio::test(start_paused = true)]
async fn a_platform_that_fails_is_tried_again_ever_more_slowly() {
    let world = World::new().await;
    for _ in 0..4 {
        world.wall.will_answer(ScreenError::Failed("no".to_owned()));
    }
    world.seeks(1).await;
    world.passes(600).await;
    let drawn = world.wall.drawn();
    let gaps: Vec<u64> = drawn[1..].windows(2).map(|two| (two[1].at - two[0].at).as_secs()).collect();
    assert_eq!(gaps, [5, 10, 20, 40]);
}

#[tokio::test(start_paused = true)]
async fn after_an_hour_away_a_platform_is_shown_the_last_state_and_none_before_it() {
    let world = World::new().await;
    // Ever more slowly, up to every five minutes: some seventeen times in an hour.
    for _ in 0..17 {
        world.wall.will_answer(ScreenError::Failed("connection refused".to_owned()));
    }
    for second in 1..=360 {
        world.seeks(second).await;
        world.passes(10).await;
    }
    let tried = world.wall.drawn().len();
    assert!((12..=18).contains(&tried), "{tried} tries");
    world.passes(900).await;
    let drawn = world.wall.drawn();
    let last = drawn.last().unwrap();
    assert_eq!(last.status, "Paused at 6:00 of 14:48");
    assert_eq!(drawn.iter().filter(|one| one.status == last.status).count(), 1, "once");
}

#[tokio::test(start_paused = true)]
async fn a_deleted_card_stays_away_until_somebody_wants_one() {
    let world = World::new().await;
    world.wall.will_answer(ScreenError::Gone);
    world.seeks(1).await;
    world.passes(60).await;
    world.seeks(2).await;
    world.cards.see(&world.place, world.room);
    world.passes(60).await;
    assert_eq!((world.wall.drawn().len(), world.card().await), (2, None));

    world.cards.show(&world.place, world.room);
    world.passes(5).await;
    let drawn = world.wall.drawn();
    assert_eq!((drawn[2].message, drawn[2].status.as_str()), (None, "Paused at 0:02 of 14:48"));
    assert_eq!(world.card().await, Some(141));
}

#[tokio::test(start_paused = true)]
async fn a_chat_with_another_room_shows_that_one() {
    let world = World::new().await;
    let other = world.engine.rooms.create(&ana(), NewRoom::default()).await.unwrap().id;
    world.engine.places.tie(world.place.clone(), other).await.unwrap();
    world.cards.show(&world.place, other);
    world.passes(5).await;
    world.seeks(9).await;
    world.passes(60).await;
    let drawn = world.wall.drawn();
    assert_eq!((drawn.len(), drawn[1].status.as_str()), (2, "Nothing is on"));
}

#[tokio::test(start_paused = true)]
async fn what_the_frontend_posted_is_kept_true_from_then_on() {
    let world = World::new().await;
    let view = world.engine.rooms.view(world.room).await.unwrap();
    let core = &world.cards.shared.core;
    let shown = card(&view, world.engine.clock.now(), core, Locale::English);
    world.cards.adopt(&world.place, 99, shown);
    world.passes(60).await;
    assert_eq!(world.wall.drawn().len(), 1, "what it shows already is not drawn");
    world.seeks(3).await;
    world.passes(60).await;
    assert_eq!(world.wall.drawn()[1].message, Some(99));
    assert_eq!(world.card().await, Some(99));
}

#[tokio::test(start_paused = true)]
async fn a_room_that_nobody_uses_is_let_go_and_taken_up_again() {
    let world = World::new().await;
    world.passes(7 * 3600).await;
    assert_eq!(world.engine.rooms.counts().0, 0, "the card holds its room in memory");
    world.seeks(5).await;
    world.cards.see(&world.place, world.room);
    world.passes(60).await;
    assert_eq!(world.wall.drawn()[1].status, "Paused at 0:05 of 14:48");
}

#[tokio::test(start_paused = true)]
async fn a_card_speaks_the_language_of_its_chat_and_learns_another_at_once() {
    let world = World::new().await;
    assert_eq!(world.wall.card().locale, Locale::English);
    world.engine.places.change(&world.place, |settings| settings.locale = Some("de-AT".into())).await.unwrap();
    world.cards.see(&world.place, world.room);
    world.passes(5).await;
    assert_eq!((world.wall.drawn().len(), world.wall.card().locale), (2, Locale::German));
    let world = world.restarts().await;
    assert_eq!(world.wall.card().locale, Locale::German, "and it is remembered");
}

#[tokio::test(start_paused = true)]
async fn a_card_that_others_buried_is_posted_anew_when_somebody_asks_and_the_old_one_loses_its_buttons() {
    let world = World::new().await;
    world.chatters(11);
    world.passes(600).await;
    assert_eq!(world.wall.drawn().len(), 1, "chatter alone posts nothing");
    world.cards.see(&world.place, world.room);
    world.passes(5).await;
    assert_eq!(world.wall.drawn()[1].message, None);
    assert_eq!((world.card().await, world.wall.disarmed()), (Some(141), vec![41]));
    world.seeks(7).await;
    world.passes(5).await;
    assert_eq!(world.wall.drawn()[2].message, Some(141), "the new one is the card from then on");
}

#[tokio::test(start_paused = true)]
async fn a_card_with_ten_lines_below_it_stays_where_it_is() {
    let world = World::new().await;
    world.chatters(10);
    world.cards.see(&world.place, world.room);
    world.seeks(7).await;
    world.passes(60).await;
    let drawn: Vec<_> = world.wall.drawn().iter().map(|drawn| drawn.message).collect();
    assert_eq!(drawn, [None, Some(41)]);
}

#[tokio::test(start_paused = true)]
async fn a_busy_chat_gets_the_card_anew_once_a_minute_at_most() {
    let world = World::new().await;
    world.passes(60).await;
    let start = Instant::now();
    for second in 1..=90 {
        world.chatters(11);
        world.seeks(second).await;
        world.passes(1).await;
    }
    let posted: Vec<u64> = world.wall.drawn()[1..]
        .iter()
        .filter(|drawn| drawn.message.is_none())
        .map(|drawn| (drawn.at - start).as_secs())
        .collect();
    assert_eq!(posted.len(), 2, "{posted:?}");
    assert!(posted[0] == 0 && (60..66).contains(&posted[1]), "{posted:?}");
    assert_eq!(world.wall.disarmed(), [41, 141]);
    // Within the budget all the same.
    assert!(world.wall.drawn().len() <= 1 + 20, "{}", world.wall.drawn().len());
}

#[tokio::test(start_paused = true)]
async fn in_a_large_telegram_group_the_number_of_a_message_tells_what_the_bot_may_not_read() {
    let mut world = World::new().await;
    world.place = PlaceId { chat: -1_001_234_567_890, ..world.place.clone() };
    world.engine.places.tie(world.place.clone(), world.room).await.unwrap();
    world.cards.show(&world.place, world.room);
    world.passes(5).await;
    assert_eq!(world.card().await, Some(141));
    world.cards.passed(&world.place, 151);
    world.cards.see(&world.place, world.room);
    world.passes(60).await;
    assert_eq!(world.wall.drawn().len(), 2, "ten are below it");
    world.cards.passed(&world.place, 152);
    world.cards.see(&world.place, world.room);
    world.passes(60).await;
    assert_eq!(world.card().await, Some(241));
}

#[tokio::test(start_paused = true)]
async fn a_card_that_the_frontend_posted_takes_the_buttons_from_the_one_before() {
    let world = World::new().await;
    world.cards.adopt(&world.place, 99, world.wall.card());
    world.passes(5).await;
    assert_eq!((world.card().await, world.wall.disarmed()), (Some(99), vec![41]));
}

#[tokio::test(start_paused = true)]
async fn a_chat_with_another_room_or_none_keeps_no_live_buttons_of_the_old_one() {
    let world = World::new().await;
    let other = world.engine.rooms.create(&ana(), NewRoom::default()).await.unwrap().id;
    world.engine.places.tie(world.place.clone(), other).await.unwrap();
    world.cards.show(&world.place, other);
    world.passes(5).await;
    assert_eq!((world.wall.disarmed(), world.card().await), (vec![41], Some(141)));
    world.engine.places.untie(&world.place).await.unwrap();
    world.cards.see(&world.place, other);
    world.passes(5).await;
    assert_eq!(world.wall.disarmed(), [41, 141]);
}

#[tokio::test(start_paused = true)]
async fn a_chat_that_is_gone_is_left_alone() {
    let world = World::new().await;
    world.cards.forget(&world.place);
    world.passes(60).await;
    assert!(world.wall.disarmed().is_empty());
    assert_eq!(world.wall.drawn().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_card_of_a_room_that_has_ended_says_so_and_has_the_way_in_alone() {
    let world = World::new().await;
    world.does(Command::SetStatus { status: Status::Ended }).await;
    world.passes(5).await;
    assert_eq!(world.wall.card().status, "This room has ended");
    assert_eq!(world.labels(), ["Open the room"]);
    // After a restart it is said once more, as nobody knows what it shows, and then no more.
    let world = world.restarts().await;
    assert_eq!((world.wall.drawn().len(), world.card().await), (3, None));
    let world = world.restarts().await;
    assert_eq!(world.wall.drawn().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn the_card_of_a_room_that_is_gone_loses_its_buttons() {
    let world = World::new().await;
    world.does(Command::Delete).await;
    world.passes(5).await;
    assert_eq!(world.wall.disarmed(), [41]);
}

#[tokio::test(start_paused = true)]
async fn a_room_that_is_not_open_yet_shows_when_it_will_be_and_who_is_coming() {
    let world = World::new().await;
    let start = WallTime(world.engine.clock.now().wall.0 + 3_600_000);
    world.does(Command::Schedule { start: Some(start), end: None }).await;
    world.does(Command::Come { coming: true }).await;
    world.passes(5).await;
    let card = world.wall.card();
    assert_eq!((card.title.as_str(), card.status.as_str()), ("Ana's couch", "Opens"));
    assert_eq!(card.opens_at_wall_ms, Some(start.0 / 1000 * 1000));
    assert_eq!(card.lines, ["First is Sintel.", "1 person is coming."]);
    assert_eq!(world.labels(), ["I’m coming", "Queue", "Open the room"]);
}

#[tokio::test(start_paused = true)]
async fn the_button_to_skip_tells_how_many_want_it() {
    let world = World::new().await;
    let votes = Changes { vote_skip: Some(true), vote_percent: Some(100), ..Changes::default() };
    world.does(Command::Change(Box::new(votes))).await;
    let ben = Actor { person: PersonId(uuid::Uuid::from_u128(2)), name: "Ben".into(), ..ana() };
    let says = Command::Say { id: engine::ids::Entropy.message(), text: "hi".into() };
    world.engine.rooms.command(world.room, ben, says).await.unwrap();
    world.does(Deed::Skip.into()).await;
    world.passes(5).await;
    assert!(world.labels().iter().any(|label| label == "Skip, 1 of 2"), "{:?}", world.labels());
    assert_eq!(world.labels().len(), 7);
}

#[tokio::test(start_paused = true)]
async fn a_slow_platform_never_has_two_drawings_in_one_chat() {
    let world = World::new().await;
    *world.wall.slow.lock().unwrap() = Duration::from_secs(9);
    for second in 1..=20 {
        world.chatters(11);
        world.seeks(second).await;
        world.cards.show(&world.place, world.room);
        if second == 10 {
            let other = world.engine.rooms.create(&ana(), NewRoom::default()).await.unwrap().id;
            world.engine.places.tie(world.place.clone(), other).await.unwrap();
            world.cards.show(&world.place, other);
        }
        world.passes(2).await;
    }
    world.passes(120).await;
    assert!(world.wall.drawn().len() > 3);
}
