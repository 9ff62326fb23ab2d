//! From a link to an item.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use async_trait::async_trait;
use engine::{
    command::{Command, Deed, Spot},
    event::EventKind,
    ids::{CallId, RoomId},
    intake::Queued,
    media::{Item, Media, Player},
    ports::Resolve,
    refusal::{Code, Refusal},
    room::{Preset, Visibility},
    rooms::NewRoom,
    table::Table,
    time::{Millis, WallTime},
};
use tokio::{sync::watch, time::Instant};
use url::Url;

use crate::house::{House, ana, ben, code, line, next, seen_as};

const FILM: &str = "https://films.example/film.mp4";
const PAGE: &str = "https://films.example/page";
const GONE: &str = "https://films.example/gone.mp4";

/// A table whose looks take as long as the test likes. By its name alone it knows a file, without title or length.
#[derive(Clone)]
struct Slow {
    table: Table,
    open: watch::Sender<bool>,
    looks: Arc<AtomicUsize>,
}

impl Slow {
    fn new(open: bool) -> Self {
        let table = Table::default().video(FILM, "The Film", Millis::seconds(90)).video(
            "https://youtu.example/watch",
            "The other",
            Millis::seconds(60),
        );
        Self { table, open: watch::Sender::new(open), looks: Arc::default() }
    }
}

#[async_trait]
impl Resolve for Slow {
    fn recognise(&self, link: &Url) -> Result<Option<Media>, Refusal> {
        if link.host_str() == Some("forbidden.example") {
            return Err(Refusal::new(Code::SiteRefused).with("site", "Forbidden"));
        }
        Ok((link.path() != "/page").then(|| Media::bare(link.as_str(), Player::Video)))
    }

    async fn probe(&self, link: &Url) -> Result<Media, Refusal> {
        self.looks.fetch_add(1, SeqCst);
        self.open.subscribe().wait_for(|open| *open).await.unwrap();
        if link.as_str() == GONE {
            return Err(Refusal::new(Code::LinkBroken).with("status", 404));
        }
        self.table.probe(link).await
    }

    async fn search(&self, _words: &str) -> Result<Vec<Media>, Refusal> {
        Err(Code::NoSearch.into())
    }
}

async fn label(house: &House, room: RoomId) -> (String, Option<Millis>) {
    let media = house.view(room).await.current.as_ref().unwrap().media.clone();
    (media.label().to_owned(), media.duration)
}

#[tokio::test(start_paused = true)]
async fn a_link_that_is_looked_up_at_once_is_queued_with_all_that_is_known() {
    let house = House::with(Slow::new(true));
    let room = house.room().await;
    let queued = house.engine.intake.queue(room, &ana(), FILM, Spot::End).await.unwrap();
    assert_eq!(queued.done.view.current.as_ref().unwrap().id, queued.item);
    assert_eq!(label(&house, room).await, ("The Film".to_owned(), Some(Millis::seconds(90))));
}

#[tokio::test(start_paused = true)]
async fn a_slow_title_is_not_waited_for_longer_than_two_seconds_and_filled_in_later() {
    let slow = Slow::new(false);
    let house = House::with(slow.clone());
    let room = house.room().await;
    let asked = Instant::now();
    let queued = house.engine.intake.queue(room, &ana(), FILM, Spot::End).await.unwrap();
    assert_eq!(asked.elapsed(), Duration::from_secs(2));
    assert_eq!(label(&house, room).await, ("film.mp4".to_owned(), None));

    let mut listening = house.engine.rooms.listen(room).await.unwrap();
    slow.open.send_replace(true);
    let heard = next(&mut listening).await.unwrap();
    assert!(matches!(&heard.events[0].kind, EventKind::ItemChanged { item } if item.id == queued.item));
    assert_eq!(heard.events[0].by, None);
    assert_eq!(label(&house, room).await, ("The Film".to_owned(), Some(Millis::seconds(90))));
    assert_eq!(slow.looks.load(SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn a_link_that_only_a_look_can_tell_is_refused_if_that_takes_too_long() {
    let house = House::with(Slow::new(false));
    let room = house.room().await;
    assert_eq!(code(house.engine.intake.queue(room, &ana(), PAGE, Spot::End).await), Code::LinkUnreachable);
    assert_eq!(house.view(room).await.seq, 1);
}

#[tokio::test(start_paused = true)]
async fn a_refused_link_adds_nothing() {
    let slow = Slow::new(true);
    let house = House::with(slow.clone());
    let room = house.room().await;
    let refused = [
        (GONE, Code::LinkBroken),
        (PAGE, Code::NotMedia),
        ("https://forbidden.example/x", Code::SiteRefused),
        ("ftp://films.example/film.mp4", Code::BadScheme),
        ("javascript:alert(1)", Code::BadScheme),
        ("https://", Code::BadLink),
        ("film", Code::BadLink),
        ("  ", Code::TextEmpty),
        ("a film with ana", Code::NoSearch),
    ];
    for (link, why) in refused {
        assert_eq!(code(house.engine.intake.queue(room, &ana(), link, Spot::End).await), why, "{link}");
    }
    let long = format!("https://films.example/{}", "x".repeat(2048));
    assert_eq!(code(house.engine.intake.queue(room, &ana(), &long, Spot::End).await), Code::TextTooLong);
    assert_eq!(house.view(room).await.seq, 1);
    assert_eq!(slow.looks.load(SeqCst), 2, "only what could be media is looked at");
}

#[tokio::test(start_paused = true)]
async fn a_look_that_fails_after_the_answer_leaves_the_item() {
    let slow = Slow::new(false);
    let house = House::with(slow.clone());
    let room = house.room().await;
    house.engine.intake.queue(room, &ana(), GONE, Spot::End).await.unwrap();
    slow.open.send_replace(true);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(label(&house, room).await, ("gone.mp4".to_owned(), None));
}

#[tokio::test(start_paused = true)]
async fn nothing_is_fetched_in_the_name_of_who_may_not_add() {
    let slow = Slow::new(true);
    let house = House::with(slow.clone());
    let new = NewRoom { preset: Preset::Hosts, ..seen_as(Visibility::Unlisted) };
    let room = house.engine.rooms.create(&ana(), new).await.unwrap().id;
    assert_eq!(code(house.engine.intake.queue(room, &ben(), FILM, Spot::End).await), Code::NotAllowed);
    assert_eq!(slow.looks.load(SeqCst), 0);
}

#[tokio::test(start_paused = true)]
async fn links_are_taken_as_people_paste_them() {
    let house = House::with(Slow::new(true));
    let room = house.room().await;
    for link in [" https://films.example/film.mp4 ", "<https://films.example/film.mp4>", "films.example/film.mp4"] {
        house.engine.intake.queue(room, &ana(), link, Spot::End).await.unwrap();
    }
    let view = house.view(room).await;
    assert!(view.queue.iter().chain(&view.current).all(|item| item.media.label() == "The Film"));
    assert_eq!(view.queue.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn words_find_media_where_there_is_a_search() {
    let house = House::with(Table::default().video(FILM, "The Film", Millis::seconds(90)));
    let room = house.room().await;
    house.engine.intake.queue(room, &ana(), "the film", Spot::End).await.unwrap();
    assert_eq!(label(&house, room).await.0, "The Film");
    assert_eq!(code(house.engine.intake.queue(room, &ana(), "another film", Spot::End).await), Code::NotMedia);
}

#[tokio::test(start_paused = true)]
async fn looks_are_paid_for_and_what_fetches_nothing_costs_nothing() {
    let slow = Slow::new(true);
    let house = House::with(slow.clone());
    let intake = &house.engine.intake;
    let room = house.room().await;
    let closed = NewRoom { preset: Preset::Hosts, ..seen_as(Visibility::Unlisted) };
    let closed = house.engine.rooms.create(&ana(), closed).await.unwrap().id;
    let burst = engine::limits::Allowances::default().links.burst as usize;
    for _ in 0..burst {
        assert_eq!(code(intake.queue(closed, &ben(), FILM, Spot::End).await), Code::NotAllowed);
        assert_eq!(code(intake.queue(room, &ana(), "nonsense", Spot::End).await), Code::BadLink);
    }
    for _ in 0..burst {
        intake.queue(room, &ana(), FILM, Spot::End).await.unwrap();
    }
    assert_eq!(code(intake.queue(room, &ana(), FILM, Spot::End).await), Code::SlowDown);
    assert_eq!(slow.looks.load(SeqCst), burst);
    intake.look(&ben(), Some("1.2.3.4"), FILM).await.unwrap();
    tokio::time::sleep(Duration::from_secs(2)).await;
    intake.queue(room, &ana(), FILM, Spot::End).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn lines_are_counted_where_they_are_said() {
    let house = House::new();
    let room = house.room().await;
    let say = |from: Option<&'static str>| house.engine.say(room, ana(), from, "hello".to_owned());
    for from in [None, Some("1.2.3.4"), None, Some("5.6.7.8"), None] {
        say(from).await.unwrap();
    }
    assert_eq!(code(say(None).await), Code::SlowDown);
    tokio::time::sleep(Duration::from_secs(1)).await;
    say(Some("1.2.3.4")).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_line_that_is_said_again_by_its_call_is_there_once_however_many_came_in_between() {
    let house = House::new();
    let room = house.room().await;
    let say = || {
        let call = Some(CallId::new([7; 16]));
        house.engine.say_as(room, ana(), None, call, "hello".to_owned())
    };
    let first = say().await.unwrap();
    assert_eq!(say().await.unwrap(), first, "the room remembers it");
    for n in 0..60 {
        house.ask(room, &ben(), line(&n.to_string())).await.unwrap();
    }
    assert_eq!(say().await.unwrap(), first, "the room remembers it no more");
    assert_eq!(house.engine.rooms.view(room).await.unwrap().seq, first.seq + 60);
    let other = house.engine.say_as(room, ana(), None, None, "hello".to_owned()).await.unwrap();
    assert_eq!(other.seq, first.seq + 61);
}

#[tokio::test(start_paused = true)]
async fn links_that_are_queued_again_by_their_call_are_there_once_though_they_were_played_since() {
    let house = House::with(Slow::new(true));
    let (room, intake) = (house.room().await, &house.engine.intake);
    let call = CallId::new([7; 16]);
    let one = || async {
        let queued = intake.queue_once(room, &ana(), None, Some(call), FILM, Spot::End).await.unwrap();
        (queued.item, queued.done.events[0].seq)
    };
    let first = one().await;
    assert_eq!(first.0, call.item(0));
    let seq = house.engine.rooms.view(room).await.unwrap().seq;
    assert_eq!(one().await, first);
    house.ask(room, &ana(), Deed::Skip.into()).await.unwrap();
    for n in 0..60 {
        house.ask(room, &ana(), line(&n.to_string())).await.unwrap();
    }
    assert_eq!(one().await, first);
    let view = house.engine.rooms.view(room).await.unwrap();
    assert!(view.queue.is_empty() && view.current.is_none() && view.seq > seq + 60);

    let call = CallId::new([8; 16]);
    let many = || async {
        let wishes = vec![FILM.into(), "nonsense:".into()];
        intake.queue_many_once(room, &ana(), None, Some(call), wishes, Spot::End).await.unwrap()
    };
    let first = many().await;
    assert_eq!(first.left_out.len(), 1);
    let again = many().await;
    let added = |queued: &Queued| {
        queued.done.events.iter().filter(|event| event.kind.name() == "added").cloned().collect::<Vec<_>>()
    };
    assert_eq!((added(&again), again.item), (added(&first), call.item(0)));
    let view = house.engine.rooms.view(room).await.unwrap();
    assert!(view.queue.is_empty() && view.current.is_some());
}

#[tokio::test(start_paused = true)]
async fn what_a_link_is_is_found_out_though_who_queued_it_died_before() {
    let slow = Slow::new(false);
    let house = House::with(slow.clone());
    let (room, call) = (house.room().await, CallId::new([7; 16]));
    let item = Item::new(call.item(0), Media::bare(FILM.to_owned(), Player::Video), ana().who(), WallTime(0));
    // As who had the room left it: queued, and no answer kept.
    house.ask(room, &ana(), Command::Add { items: vec![Arc::new(item)], spot: Spot::End }).await.unwrap();
    let queued = house.engine.intake.queue_once(room, &ana(), None, Some(call), FILM, Spot::End).await.unwrap();
    assert_eq!(queued.item, call.item(0));
    assert_eq!(label(&house, room).await, ("film.mp4".to_owned(), None));
    let mut listening = house.engine.rooms.listen(room).await.unwrap();
    slow.open.send_replace(true);
    next(&mut listening).await.unwrap();
    assert_eq!(label(&house, room).await, ("The Film".to_owned(), Some(Millis::seconds(90))));
}
