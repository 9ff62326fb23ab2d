//! When cards are drawn, on a clock of their own.

use std::{collections::VecDeque, sync::Mutex};

use async_trait::async_trait;
use engine::{
    Engine, Settings,
    command::{Actor, Command, Deed, SeekTo, Spot},
    event::Door,
    ids::PersonId,
    memory::MemoryStore,
    room::Role,
    rooms::NewRoom,
    table::Table,
    time::{Clock, Millis},
};
use tokio::time::Instant;

use super::*;

const SINTEL: &str = "https://films.example/sintel.mp4";

/// A platform that writes down what it is asked, and answers as it was told to.
#[derive(Default)]
struct Wall {
    drawn: Mutex<Vec<Drawn>>,
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
    fn draw(&self, message: Option<i64>, card: &Card) -> Result<(), ScreenError> {
        self.drawn.lock().unwrap().push(Drawn { at: Instant::now(), message, status: card.status.clone() });
        self.answers.lock().unwrap().pop_front().unwrap_or(Ok(()))
    }

    fn will_answer(&self, answer: ScreenError) {
        self.answers.lock().unwrap().push_back(Err(answer));
    }

    fn drawn(&self) -> Vec<Drawn> {
        self.drawn.lock().unwrap().clone()
    }
}

#[async_trait]
impl Screen for Wall {
    async fn show(&self, _: &PlaceId, card: &Card) -> Result<i64, ScreenError> {
        self.draw(None, card).map(|()| 41)
    }

    async fn edit(&self, _: &PlaceId, message: i64, card: &Card) -> Result<(), ScreenError> {
        self.draw(Some(message), card)
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
    assert_eq!(world.card().await, Some(41));
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
    let shown = card(&view, world.engine.clock.now(), core);
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
