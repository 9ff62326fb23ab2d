//! What people read when they type.

use engine::{
    Settings,
    event::Door,
    ids::PersonId,
    limits::{Allowance, Allowances},
    memory::MemoryStore,
    records::Platform,
    room::Role,
    table::Table,
    time::{Clock, Millis},
};

use super::*;
use crate::live_card::card;

mod complete;
mod people;
mod places;
mod playlists;
mod queue;
mod schedule;
mod settings;
mod votes;

const SINTEL: &str = "https://films.example/sintel.mp4";
const LAUNDROMAT: &str = "https://films.example/laundromat.mp4";

fn core() -> Core {
    core_with(Allowances::default())
}

fn core_with(allowances: Allowances) -> Core {
    let table = Table::default().video(SINTEL, "Sintel", Millis::seconds(888)).video(
        LAUNDROMAT,
        "Cosmos Laundromat",
        Millis::seconds(730),
    );
    let settings = Settings { allowances, ..Settings::default() };
    let engine = Engine::new(Arc::new(MemoryStore::new()), Arc::new(table), Clock::start(), &settings);
    Core::new(engine, Url::parse("https://couch.example/").unwrap())
}

fn place(chat: i64) -> PlaceId {
    PlaceId { platform: Platform::Telegram, chat, topic: None }
}

fn somebody(number: u128, name: &str, chat: i64) -> Asker {
    let person = PersonId(uuid::Uuid::from_u128(number));
    let actor = Actor {
        person,
        name: name.into(),
        door: Door::Telegram,
        connection: None,
        granted: Some(Role::Guest),
        registered: false,
    };
    Asker {
        actor,
        room: None,
        place: Some(place(chat)),
        place_name: Some("Film club".to_owned()),
        community: None,
        steward: false,
        leads: false,
        in_voice: None,
        locale: Locale::English,
        place_locale: Locale::English,
        address: None,
    }
}

fn ana() -> Asker {
    somebody(1, "Ana", 7)
}

fn ben() -> Asker {
    somebody(2, "Ben", 7)
}

/// Somebody who manages the chat: Maya, number 4, co-host by that.
fn maya() -> Asker {
    let mut maya = somebody(4, "Maya", 7);
    maya.actor.granted = Some(Role::Cohost);
    Asker { steward: true, ..maya }
}

/// What stands on the buttons.
fn buttons(reply: &Reply) -> Vec<&str> {
    reply
        .buttons
        .iter()
        .map(|button| match button {
            Button::Link { label, .. } | Button::Act { label, .. } => label.as_str(),
        })
        .collect()
}

/// What the button with this on it does.
fn action(reply: &Reply, wanted: &str) -> Action {
    let found = reply.buttons.iter().find_map(|button| match button {
        Button::Act { label, action } if label == wanted => Some(*action),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no button {wanted}: {reply:?}"))
}

impl Core {
    /// The room is there, and this person's browser shows it.
    async fn watches(&self, asker: &Asker, room: RoomId) {
        let connection = self.engine.rooms.connection();
        let actor = Actor { door: Door::Viewer, connection: Some(connection), ..asker.actor.clone() };
        self.engine.rooms.command(room, actor, Command::Arrive { connection, watches: true }).await.unwrap();
        // Who came is told with the next batch.
        let mut listening = self.engine.rooms.listen(room).await.unwrap();
        let mut view = listening.view;
        while !view.is_here(asker.actor.person) {
            view = listening.heard.recv().await.unwrap().view.clone();
        }
    }

    async fn text(&self, asker: &Asker, line: &str) -> String {
        self.run(asker, line).await.text
    }
}

#[tokio::test]
async fn a_film_club_has_its_evening() {
    let core = core();
    let reply = core.run(&ana(), &format!("/watch {SINTEL}")).await;
    assert_eq!(reply.text, "Now playing Sintel (14:48). It starts when the first person opens the room.");
    assert!(!reply.refused && !reply.private);
    let [Button::Link { url, .. }] = &reply.buttons[..] else { panic!("{:?}", reply.buttons) };
    assert!(url.starts_with("https://couch.example/j/"), "{url}");
    let view = core.engine().rooms.view(reply.room.unwrap()).await.unwrap();
    assert_eq!(&*view.settings.title, "Film club");

    assert_eq!(
        core.text(&ben(), &format!("/queue add {LAUNDROMAT}")).await,
        "Queued as number 1: Cosmos Laundromat (12:10)."
    );
    assert_eq!(core.text(&ana(), &format!("/watch {SINTEL}")).await, "Queued as number 2: Sintel (14:48).");
    assert_eq!(
        core.text(&ben(), "/queue").await,
        "Now playing Sintel.\n1. Cosmos Laundromat (12:10), from Ben\n2. Sintel (14:48), from Ana"
    );
    assert_eq!(core.text(&ben(), "/queue remove 2").await, "Removed Sintel.");
    assert_eq!(core.text(&ben(), "/pause").await, "Paused at 0:00.");
    assert_eq!(core.text(&ben(), "/seek@couch_bot 1:30").await, "Now at 1:30.");
    assert_eq!(
        core.text(&ana(), "/now").await,
        "Sintel\nPaused, at 1:30 of 14:48.\nNext is Cosmos Laundromat, 1 in the queue."
    );
    assert_eq!(core.text(&ana(), "/play").await, "Playing from 1:30.");
    assert_eq!(core.text(&ana(), "/skip").await, "Now playing Cosmos Laundromat.");
    assert_eq!(core.text(&ana(), "/skip").await, "That was the last one. Add something with /watch and a link.");
    assert!(core.text(&ana(), "/invite").await.starts_with("Come and watch: https://couch.example/j/"));
}

#[tokio::test]
async fn what_cannot_be_is_said_to_the_one_who_asked_with_the_next_step() {
    let core = core();
    for line in ["/pause", "/play", "/seek 1:30", "/skip", "/now", "/invite", "/queue list", "/queue remove 1"] {
        let reply = core.run(&ana(), line).await;
        assert_eq!(reply.text, "Nothing is on in this chat yet. Start with /watch and a link.", "{line}");
        assert!(reply.refused && reply.private && reply.room.is_none(), "{line}");
    }
    core.run(&ana(), &format!("/watch {SINTEL}")).await;
    for (line, words) in [
        ("/seek soon", "soon is not a time. Write 1:30, 90, +30, -1m or 50%."),
        ("/seek 20:00", "That is past the end: it is 14:48 long. Skip to the next one with /skip."),
        ("/queue remove 9", "That item is not in the queue. Look at /queue list."),
        ("/watch ftp://films.example/a", "Only http and https links can be watched."),
        (
            "/watch https://films.example/none",
            "There is nothing to play behind that link. Use a video file, an HLS or DASH stream, YouTube, Vimeo, Twitch or Dailymotion.",
        ),
        ("/dance", "There is no command /dance. Look at /help."),
    ] {
        let reply = core.run(&ana(), line).await;
        assert_eq!(reply.text, words);
        assert!(reply.refused && reply.private, "{line}");
    }
}

#[tokio::test]
async fn help_needs_no_room() {
    let core = core();
    let reply = core.run(&ana(), "/help").await;
    assert!(reply.text.contains("/seek TIME: Go to a time such as 1:30"), "{}", reply.text);
    assert!(!reply.refused && reply.private);
}

#[tokio::test]
async fn two_who_start_at_once_share_one_couch() {
    let core = core();
    let line = format!("/watch {SINTEL}");
    let (ana, ben) = (ana(), ben());
    let (first, second) = tokio::join!(core.run(&ana, &line), core.run(&ben, &line));
    assert_eq!(first.room, second.room);
    let view = core.engine().rooms.view(first.room.unwrap()).await.unwrap();
    assert_eq!((view.current.is_some(), view.queue.len()), (true, 1));
}

#[tokio::test]
async fn a_button_works_in_its_own_chat_only() {
    let core = core();
    let room = core.run(&ana(), &format!("/watch {SINTEL}")).await.room.unwrap();
    let reply = core.press(&ben(), Action::Play, room).await;
    assert_eq!((reply.text.as_str(), reply.private), ("Playing from 0:00.", true));
    assert_eq!(core.press(&ben(), Action::Pause, room).await.text, "Paused at 0:00.");
    assert_eq!(core.press(&ben(), Action::Forward10, room).await.text, "Now at 0:10.");
    assert_eq!(core.press(&ben(), Action::Back10, room).await.text, "Now at 0:00.");

    let stranger = somebody(3, "Eve", 8);
    let other = core.run(&stranger, &format!("/watch {LAUNDROMAT}")).await.room.unwrap();
    assert_ne!(room, other);
    let reply = core.press(&stranger, Action::Skip, room).await;
    assert!(reply.refused, "{reply:?}");
    assert_eq!(core.engine().rooms.view(room).await.unwrap().current.as_ref().unwrap().media.label(), "Sintel");
}

#[tokio::test]
async fn the_chat_box_acts_on_its_own_room() {
    let core = core();
    let room = core.run(&ana(), &format!("/watch {SINTEL}")).await.room;
    let inside = Asker { room, place: None, ..ben() };
    assert_eq!(core.text(&inside, "/seek 50%").await, "Now at 7:24.");
    // Its answers have no buttons: what a chat would ask about first is done.
    core.run(&inside, &format!("/queue add {LAUNDROMAT}")).await;
    assert_eq!(core.text(&inside, "/queue clear").await, "The queue is empty. What is on plays on.");
    let mut outside = Asker { room, place: None, ..somebody(3, "Eve", 8) };
    outside.actor.granted = None;
    for line in ["/now", "/queue", "/invite", "/pause"] {
        let reply = core.run(&outside, line).await;
        assert_eq!(reply.text, "This room is by invitation. Ask somebody inside for the link.", "{line}");
    }
}

#[tokio::test]
async fn who_asks_too_much_is_told_to_wait() {
    let commands = Allowance { burst: 2, per_minute: 1 };
    let core = core_with(Allowances { commands, ..Allowances::default() });
    core.run(&ana(), "/help").await;
    core.run(&ana(), "/help").await;
    let reply = core.run(&ana(), "/help").await;
    assert!(reply.refused && reply.text.starts_with("That was a lot at once. Wait "), "{reply:?}");
    assert!(!core.run(&ben(), "/help").await.refused);
}

#[tokio::test]
async fn a_link_too_many_is_refused_in_the_same_words_and_counts_for_the_address() {
    let links_of_address = Allowance { burst: 1, per_minute: 1 };
    let core = core_with(Allowances { links_of_address, ..Allowances::default() });
    let watch = format!("/watch {SINTEL}");
    let at = |asker: Asker, address: &str| Asker { address: Some(address.into()), ..asker };
    assert!(!core.run(&at(ana(), "1.2.3.4"), &watch).await.refused);
    let reply = core.run(&at(ben(), "1.2.3.4"), &watch).await;
    assert!(reply.refused && reply.text.starts_with("That was a lot at once. Wait "), "{reply:?}");
    assert!(!core.run(&at(ben(), "5.6.7.8"), &watch).await.refused);
    assert!(!core.run(&ben(), &watch).await.refused, "a chat platform tells no address");
}

#[tokio::test]
async fn a_failure_of_ours_is_called_that_and_can_be_found_in_the_log() {
    let reply = answer(Locale::English, &engine::refusal::Fault::new("the disk is on fire").into());
    assert!(reply.refused && reply.private);
    let trace = reply.text.strip_prefix("Something went wrong on our side (trace ").unwrap();
    let trace = trace.strip_suffix("). Try again.").unwrap();
    assert!(trace.len() == 8 && trace.bytes().all(|b| b.is_ascii_hexdigit()), "{trace}");
}

#[tokio::test]
async fn the_card_says_what_is_on_and_stays_equal_while_nothing_happens() {
    let core = core();
    let room = core.run(&ana(), &format!("/watch {SINTEL}")).await.room.unwrap();
    core.run(&ben(), &format!("/watch {LAUNDROMAT}")).await;
    let show = async || {
        let view = core.engine().rooms.view(room).await.unwrap();
        card(&view, core.engine().clock.now(), &core, Locale::English)
    };
    let waiting = show().await;
    assert_eq!(waiting.title, "Sintel");
    assert_eq!(waiting.status, "Starts when the first person opens the room");
    assert_eq!(waiting.lines, ["Added by Ana. Next is Cosmos Laundromat, 1 in the queue."]);
    assert_eq!((waiting.ends_at_wall_ms, waiting.paused_at), (None, None));

    core.run(&ana(), "/play").await;
    let playing = show().await;
    assert_eq!(playing.status, "Playing for nobody yet");
    let ends = playing.ends_at_wall_ms.unwrap() - core.engine().clock.now().wall.0;
    assert!((886_000..=889_000).contains(&ends), "ends in {ends} ms");
    assert_eq!(playing.buttons[0], Button::act(Locale::English, Action::Pause));
    assert_eq!(playing.buttons.len(), 7);
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    assert_eq!(show().await, playing, "a card changed while nothing happened");

    core.run(&ana(), "/pause").await;
    core.run(&ana(), "/seek 2:00").await;
    let paused = show().await;
    assert_eq!((paused.status.as_str(), paused.paused_at), ("Paused at 2:00 of 14:48", Some(Millis::seconds(120))));

    core.run(&ana(), "/skip").await;
    core.run(&ana(), "/skip").await;
    let over = show().await;
    assert_eq!((over.title.as_str(), over.status.as_str()), ("Film club", "Nothing is on"));
    assert_eq!(over.buttons, [Button::open(Locale::English, over.link.clone())]);
}
