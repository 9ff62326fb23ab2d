//! Every command of the one list, through the real client: what it says, that it was done, and what it says to nonsense.

use bots::{Locale, commands::typed, words};
use engine::{
    command::SeekTo,
    playlists::Owner,
    room::{QueueMode, Rate, Status},
};
use futures_util::StreamExt;

use super::*;

/// A channel in which nothing was ever on.
const EMPTY: Channel = Channel::text(1_200_000_000_000_000_040, "empty");

/// What a command leaves behind.
enum Left {
    /// Nothing: the room is as it was.
    Nothing,
    /// A room like this.
    Room(fn(&RoomView) -> bool),
    /// The same in another order, sooner or later: chance may leave it as it is.
    Shuffled,
    /// So many playlists of the room.
    Playlists(usize),
    /// A chat without a room.
    Untied,
}

/// One command of the list.
struct Told {
    /// Its path.
    path: &'static str,
    /// What is typed before.
    before: &'static [&'static str],
    /// What is given to it.
    given: &'static str,
    /// What the answer says, among other things.
    says: &'static [&'static str],
    /// What is pressed below the answer, and what it says then.
    then: Option<(&'static str, &'static str)>,
    left: Left,
    /// Something bad that is given to it; nothing where no such thing can be typed: then it is asked where nothing is on.
    bad: Option<&'static str>,
    /// What is said to that.
    hint: &'static str,
}

const fn told(path: &'static str, given: &'static str, says: &'static [&'static str]) -> Told {
    Told { path, before: &[], given, says, then: None, left: Left::Nothing, bad: None, hint: NO_ROOM }
}

impl Told {
    const fn after(self, before: &'static [&'static str]) -> Self {
        Self { before, ..self }
    }

    const fn then(self, press: &'static str, says: &'static str) -> Self {
        Self { then: Some((press, says)), ..self }
    }

    const fn leaves(self, room: fn(&RoomView) -> bool) -> Self {
        Self { left: Left::Room(room), ..self }
    }

    const fn left(self, left: Left) -> Self {
        Self { left, ..self }
    }

    const fn but(self, bad: &'static str, hint: &'static str) -> Self {
        Self { bad: Some(bad), hint, ..self }
    }

    const fn hints(self, hint: &'static str) -> Self {
        Self { hint, ..self }
    }
}

const NO_ROOM: &str = "Nothing is on in this chat yet. Start with /watch and a link.";
const NO_LINK: &str = "Only http and https links can be watched.";
const NO_NUMBER: &str = "Say which one by its number in /queue list, such as 2.";
const NO_TIME: &str = "is not a time. Write 1:30, 90, +30, -1m or 50%.";
const NOBODY: &str = "Nobody by that name is in this room.";
const MORE: &[&str] = &[
    "/queue import link:https://films.example/elephants.mp4 https://films.example/bunny.mp4",
    "/queue import link:https://films.example/laundromat.mp4 https://films.example/pictured.mp4",
];
const SAVED: &[&str] = &["/playlist save name:Classics"];

/// Sintel is on, which Ana added; Cosmos Laundromat of Ben and Big Buck Bunny of Ana come next. Ben is there, Mod asks.
fn table() -> Vec<Told> {
    vec![
        told(
            "watch",
            "link:https://films.example/elephants.mp4 mode:vote title:Friday",
            &[
                "Queued as number 3: Elephants Dream (10:53).",
                "The room is called Friday from now on.",
                "The queue is ordered by votes",
            ],
        )
        .leaves(|room| {
            titles(room).last().is_some_and(|title| title == "Elephants Dream")
                && &*room.settings.title == "Friday"
                && room.settings.queue_mode == QueueMode::Vote
        })
        .but("link:ftp://films.example/a", NO_LINK),
        told(
            "queue list",
            "",
            &["Now playing Sintel", "1. Cosmos Laundromat (12:10), from Ben", "2. Big Buck Bunny (9:56), from Ana"],
        ),
        told(
            "queue add",
            "link:https://films.example/elephants.mp4",
            &["Queued as number 3: Elephants Dream (10:53)."],
        )
        .leaves(|room| titles(room) == ["Cosmos Laundromat", "Big Buck Bunny", "Elephants Dream"])
        .but("link:ftp://films.example/a", NO_LINK),
        told(
            "queue next",
            "link:https://films.example/elephants.mp4",
            &["Queued as number 1: Elephants Dream (10:53)."],
        )
        .leaves(|room| titles(room) == ["Elephants Dream", "Cosmos Laundromat", "Big Buck Bunny"])
        .but("link:ftp://films.example/a", NO_LINK),
        told("queue remove", "item:1", &["Removed Cosmos Laundromat."])
            .leaves(|room| titles(room) == ["Big Buck Bunny"])
            .but("item:9", "That item is not in the queue."),
        told("queue move", "item:2 to:1", &["Big Buck Bunny is number 1 now."])
            .leaves(|room| titles(room) == ["Big Buck Bunny", "Cosmos Laundromat"])
            .but("item:first to:2", NO_NUMBER),
        told("queue shuffle", "", &["The 6 in the queue come in another order now."]).after(MORE).left(Left::Shuffled),
        told("queue clear", "", &["Empty the queue of 2? What is on plays on."])
            .then("Empty the queue", "The queue is empty. What is on plays on.")
            .leaves(|room| room.queue.is_empty() && room.current.is_some()),
        told(
            "queue import",
            "link:https://films.example/elephants.mp4 https://films.example/bunny.mp4",
            &["Queued 2, from number 3 on. The first is Elephants Dream"],
        )
        .leaves(|room| titles(room)[2..] == ["Elephants Dream", "Big Buck Bunny"])
        .but("link:ftp://films.example/a", NO_LINK),
        told("queue export", "form:json", &["All 3 as a file."]),
        told("play", "", &["Playing from 0:00."]).leaves(|room| room.playback.playing),
        told("pause", "", &["Paused at 0:0"]).after(&["/play"]).leaves(|room| !room.playback.playing),
        told("seek", "time:1:30", &["Now at 1:30."])
            .leaves(|room| room.playback.position == Millis::seconds(90))
            .but("time:soon", NO_TIME),
        told("forward", "length:20", &["Now at 1:20."])
            .after(&["/seek time:1:00"])
            .leaves(|room| room.playback.position == Millis::seconds(80))
            .but("length:far", NO_TIME),
        told("rewind", "length:20", &["Now at 0:40."])
            .after(&["/seek time:1:00"])
            .leaves(|room| room.playback.position == Millis::seconds(40))
            .but("length:far", NO_TIME),
        told("skip", "", &["Now playing Cosmos Laundromat."])
            .leaves(|room| on(room) == "Cosmos Laundromat" && titles(room) == ["Big Buck Bunny"]),
        told("back", "", &["Now playing Sintel."]).after(&["/skip"]).leaves(|room| on(room) == "Sintel"),
        told("now", "", &["Sintel", "Next is Cosmos Laundromat, 2 in the queue."]),
        told("mode", "mode:vote", &["The queue is ordered by votes: /vote and a number."])
            .leaves(|room| room.settings.queue_mode == QueueMode::Vote),
        told("speed", "speed:1.5", &["The speed is 1.5."])
            .leaves(|room| room.playback.rate == Rate(1500))
            .but("speed:fast", "A speed is 0.25 to 4 times."),
        told("vote", "what:2", &["You voted for Big Buck Bunny: 1 vote."])
            .leaves(|room| room.votes_for(room.queue[1].id) == 1)
            .but("what:dance", "Vote on something such as /vote skip"),
        told("history", "count:5", &["1. Sintel (14:48), from Ana, "]).after(&["/skip"]),
        told("playlist list", "", &["Playlists of the room:", "Classics (3)"])
            .after(SAVED)
            .hints("There is no playlist yet. Save what is on and what comes with /playlist save and a name."),
        told("playlist save", "name:Classics", &["Saved 3 as Classics."]).left(Left::Playlists(1)),
        told("playlist load", "playlist:classics", &["Queued 3 from Classics."])
            .after(SAVED)
            .leaves(|room| titles(room)[2..] == ["Sintel", "Cosmos Laundromat", "Big Buck Bunny"])
            .but("playlist:Nothing", "There is no such playlist."),
        told("playlist delete", "playlist:Classics", &["Delete the playlist Classics with 3 in it?"])
            .after(SAVED)
            .then("Delete", "Deleted the playlist Classics.")
            .left(Left::Playlists(0))
            .but("playlist:Nothing", "There is no such playlist."),
        told("invite", "", &["Come and watch: https://couch.example/j/"]),
        told("who", "", &["One person is in the room:", "Ben, on the page"]),
        told("role", "person:Ben role:moderator", &["Ben is moderator now."])
            .leaves(|room| room.members.values().any(|known| &*known.name == "Ben" && known.role == Role::Moderator))
            .but("person:Nobody role:guest", NOBODY),
        told("kick", "person:Ben", &["Ben was shown the door. They may come again; /ban keeps people out."])
            .leaves(|room| room.bans.is_empty() && room.presence.is_empty())
            .but("person:Nobody", NOBODY),
        told("ban", "person:Ben", &["Keep Ben out for ever?"])
            .then("Ban", "Ben is kept out. /unban lets them in again.")
            .leaves(|room| room.bans.values().any(|ban| &*ban.name == "Ben"))
            .but("person:Ben length:long", NO_TIME),
        told("unban", "person:Ben", &["Ben may come in again."])
            .after(&["/ban person:Ben length:2h"])
            .leaves(|room| room.bans.is_empty())
            .but("person:Ana", "Ana is not kept out."),
        told("settings", "setting:title value:Friday", &["title: Friday"])
            .leaves(|room| &*room.settings.title == "Friday")
            .but("setting:colour value:red", "There is no such setting. These are there: title, "),
        told("schedule", "when:in 2h", &["The room opens at ", "in 2 hours."])
            .leaves(|room| room.schedule.start.is_some() && room.schedule.status == Status::Soon)
            .but("when:soon", "soon is not a time. Write 20:30, tomorrow 20:30, 2026-12-31 20:30 or in 2h."),
        told("link", "", &["on the other side, to our bot on Discord or Telegram", "and only for you."])
            .but("to:https://elsewhere.example/j/abc", "That leads to no room of this server."),
        told("unlink", "", &["Untie this chat from film-club? The room goes on"])
            .then("Untie this chat", "This chat is untied from film-club.")
            .left(Left::Untied),
        told("end", "", &["End film-club for everybody?"])
            .then("End the room", "film-club has ended. Begin anew with /watch and a link.")
            .leaves(|room| room.schedule.status == Status::Ended),
        told("help", "command:seek", &["/seek TIME: Go to a time such as 1:30, +30 or 50%."])
            .but("command:dance", "There is no command /dance. Look at /help."),
    ]
}

fn titles(room: &RoomView) -> Vec<String> {
    room.queue.iter().map(|item| item.media.title.clone().unwrap()).collect()
}

fn on(room: &RoomView) -> &str {
    room.current.as_ref().unwrap().media.title.as_deref().unwrap()
}

/// What somebody reads, without the marks that keep it harmless.
fn read(answer: &Answer) -> String {
    answer.text().replace(['\\', '\u{200B}'], "")
}

/// Asks, within the time that Discord waits; what is read.
async fn asks(world: &World, channel: Channel, user: User, line: &str) -> (Answer, String) {
    let answer = world.discord.asks(channel, user, line).await;
    assert!(matches!(answer.first, 4 | 5), "{line}: {answer:?}");
    assert!(answer.after < Duration::from_secs(3), "{line}: {:?}", answer.after);
    let text = read(&answer);
    let fault = words::say(Locale::English, "fault", &[("trace", "".into())]);
    assert!(!text.contains(&fault[..20]), "{line}: {text}");
    (answer, text)
}

/// A world in which something is on and something comes next.
async fn evening() -> World {
    let world = World::new().await;
    world.watches(ANA, SINTEL).await;
    world.asks(BEN, &format!("/queue add link:{LAUNDROMAT}")).await;
    world.asks(ANA, &format!("/queue add link:{BUNNY}")).await;
    let ben = world.engine.people.on_platform(Platform::Discord, &BEN.id.to_string(), BEN.name).await.unwrap();
    let connection = world.engine.rooms.connection();
    let ben = Actor { connection: Some(connection), ..ben.actor(Door::Viewer).granted(Role::Guest) };
    let room = world.room_of(FILM_CLUB).await;
    // He starts it by coming: it goes back to its beginning and stands there.
    let back = Deed::Seek { to: SeekTo::At(Millis::ZERO) };
    for command in [Command::Arrive { connection, watches: true }, Deed::Pause.into(), back.into()] {
        world.engine.rooms.command(room, ben.clone(), command).await.unwrap();
    }
    world
}

#[test]
fn no_command_of_the_list_is_missing_here() {
    let here: Vec<_> = table().iter().map(|told| told.path).collect();
    let all: Vec<_> = typed().into_iter().map(|command| command.path).collect();
    assert_eq!(here, all);
}

#[tokio::test]
async fn every_command_says_what_came_of_it_and_does_it() {
    // Each in a world of its own, several at a time because much of it is waiting.
    futures_util::stream::iter(table()).for_each_concurrent(6, says_and_does).await;
}

async fn says_and_does(told: Told) {
    let world = evening().await;
    for line in told.before {
        asks(&world, FILM_CLUB, MOD, line).await;
    }
    let room = world.room_of(FILM_CLUB).await;
    let before = world.room(FILM_CLUB).await;
    let line = format!("/{} {}", told.path, told.given);
    let line = line.trim();
    let (answer, text) = asks(&world, FILM_CLUB, MOD, line).await;
    for says in told.says {
        assert!(text.contains(says), "{line} does not say {says:?}: {text}");
    }
    if let Some((press, says)) = told.then {
        assert!(answer.message().ephemeral(), "{line}: a question is for one alone");
        assert_eq!(world.room(FILM_CLUB).await.seq, before.seq, "{line}: done before anybody was sure");
        let pressed = world.presses(answer.message(), press, MOD).await;
        assert!(read(&pressed).contains(says), "{line}, {press}: {}", read(&pressed));
    }
    let after = world.engine.rooms.view(room).await.unwrap();
    match told.left {
        Left::Nothing => assert_eq!(after.seq, before.seq, "{line} changed the room"),
        Left::Room(fits) => {
            assert!(after.seq > before.seq, "{line} changed nothing");
            assert!(fits(&after), "{line} left {after:#?}");
        }
        Left::Shuffled => {
            let sorted = |room: &RoomView| {
                let mut all = titles(room);
                all.sort();
                all
            };
            assert_eq!(sorted(&after), sorted(&before), "{line}");
            let mut times = 0;
            while titles(&*world.room(FILM_CLUB).await) == titles(&before) {
                times += 1;
                assert!(times < 4, "{line} changed nothing");
                asks(&world, FILM_CLUB, MOD, line).await;
            }
        }
        Left::Playlists(count) => {
            assert_eq!(world.engine.playlists.of(Owner::Room(room)).await.unwrap().len(), count, "{line}");
        }
        Left::Untied => assert!(world.engine.places.get(&place(FILM_CLUB)).await.unwrap().is_none(), "{line}"),
    }
    world.stop.cancel();
    world.bot.await.unwrap().unwrap();
}

#[tokio::test]
async fn what_is_nonsense_changes_nothing_and_is_answered_with_a_hint_to_the_one_who_asked() {
    let world = evening().await;
    for (number, told) in (1..).zip(table()) {
        // Another one each time: one alone would be asked to slow down.
        let user = User::manager(MOD.id + number, "Mod");
        let before = world.room(FILM_CLUB).await.seq;
        let channel = if told.bad.is_some() { FILM_CLUB } else { EMPTY };
        let line = format!("/{} {}", told.path, told.bad.unwrap_or(told.given));
        let (answer, text) = asks(&world, channel, user, line.trim()).await;
        assert!(text.contains(told.hint), "{line} does not say {:?}: {text}", told.hint);
        assert!(answer.message().ephemeral(), "{line}: {text}");
        assert_eq!(world.room(FILM_CLUB).await.seq, before, "{line} changed the room");
    }
    assert!(world.engine.places.get(&place(EMPTY)).await.unwrap().is_none(), "and no room came of it");
}
