//! Every command of the list, through the real client: what it says, what it does, and what it says of nonsense.

use engine::{
    limits::{Allowance, Allowances},
    room::{QueueMode, Status},
};

use super::*;

/// What is said where a command that needs a room is given in a chat without one.
const NO_ROOM: &str = "Nothing is on in this chat yet. Start with /watch and a link.";

/// One command.
struct Entry {
    path: &'static str,
    /// What stands behind it.
    given: &'static str,
    /// How the answer begins.
    says: &'static str,
    /// What is pressed below it, and how the answer begins then.
    press: Option<(&'static str, &'static str)>,
    /// That it was done.
    done: fn(&RoomView) -> bool,
    /// What is wrong behind it; nothing: it is given in a chat without a room.
    wrong: Option<&'static str>,
    /// How the hint begins.
    hint: &'static str,
}

const fn entry(path: &'static str, given: &'static str, says: &'static str, done: fn(&RoomView) -> bool) -> Entry {
    Entry { path, given, says, press: None, done, wrong: None, hint: NO_ROOM }
}

impl Entry {
    const fn press(self, label: &'static str, says: &'static str) -> Self {
        Self { press: Some((label, says)), ..self }
    }

    const fn wrong(self, given: &'static str, hint: &'static str) -> Self {
        Self { wrong: Some(given), hint, ..self }
    }
}

fn titles(view: &RoomView) -> Vec<&str> {
    view.queue.iter().map(|item| item.media.label()).collect()
}

fn on(view: &RoomView, title: &str) -> bool {
    view.current.as_ref().is_some_and(|item| item.media.label() == title)
}

fn at(view: &RoomView, seconds: i64) -> bool {
    view.playback.position == Millis::seconds(seconds)
}

/// In the order of the list: each finds the room as the one before left it.
fn table() -> Vec<Entry> {
    const L: &str = "https://films.example/laundromat.mp4";
    const S: &str = "https://films.example/sintel.mp4";
    const NUMBER: &str = "Say which one by its number in /queue list, such as 2.";
    const NOBODY: &str = "Nobody by that name is in this room.";
    const NO_LIST: &str = "There is no such playlist. Look at the list of them.";
    vec![
        entry("watch", L, "Queued as number 1: Cosmos Laundromat (12:10).", |view| {
            titles(view) == ["Cosmos Laundromat"]
        })
        .wrong("", "Something is missing: /watch LINK [mode:…] [title:…] [when:…]"),
        entry("queue list", "", "Now playing Sintel.\n1. Cosmos Laundromat (12:10), from Ana", |_| true),
        entry("queue add", S, "Queued as number 2: Sintel (14:48).", |view| {
            titles(view) == ["Cosmos Laundromat", "Sintel"]
        })
        .wrong("", "Something is missing: /queue add LINK"),
        entry("queue next", S, "Queued as number 1: Sintel (14:48).", |view| {
            titles(view) == ["Sintel", "Cosmos Laundromat", "Sintel"]
        })
        .wrong("javascript:alert(1)", "Only http and https links can be watched."),
        entry("queue remove", "1", "Removed Sintel.", |view| titles(view) == ["Cosmos Laundromat", "Sintel"])
            .wrong("all", NUMBER),
        entry("queue move", "2 1", "Sintel is number 1 now.", |view| titles(view) == ["Sintel", "Cosmos Laundromat"])
            .wrong("soon 1", NUMBER),
        entry("queue shuffle", "", "The 2 in the queue come in another order now.", |view| view.queue.len() == 2),
        entry("queue clear", "", "Empty the queue of 2? What is on plays on.", |view| view.queue.is_empty())
            .press("Empty the queue", "The queue is empty. What is on plays on."),
        entry("queue import", L, "Queued as number 1: Cosmos Laundromat (12:10).", |view| {
            titles(view) == ["Cosmos Laundromat"]
        })
        .wrong("", "Something is missing: /queue import LINK"),
        // What stands with a file is not read by this Telegram; that it came is another story.
        entry("queue export", "", "", |view| view.queue.len() == 1),
        entry("play", "", "Playing from 0:00.", |view| view.playback.playing),
        entry("pause", "", "Paused at 0:0", |view| !view.playback.playing),
        entry("seek", "1:30", "Now at 1:30.", |view| at(view, 90))
            .wrong("soon", "soon is not a time. Write 1:30, 90, +30, -1m or 50%."),
        entry("forward", "30", "Now at 2:00.", |view| at(view, 120)).wrong("far", "far is not a time."),
        entry("rewind", "1:00", "Now at 1:00.", |view| at(view, 60)).wrong("far", "far is not a time."),
        entry("skip", "", "Now playing Cosmos Laundromat.", |view| on(view, "Cosmos Laundromat")),
        entry("back", "", "Now playing Sintel.", |view| on(view, "Sintel")),
        entry("now", "", "Sintel\n", |view| on(view, "Sintel")),
        entry("mode", "vote", "The queue is ordered by votes: /vote and a number.", |view| {
            view.settings.queue_mode == QueueMode::Vote
        })
        .wrong("chaos", "A queue is ordered in one of these ways: manual, vote, loop, dj, fair."),
        entry("speed", "1.25", "The speed is 1.25.", |view| (view.playback.rate.factor() - 1.25).abs() < 0.001)
            .wrong("fast", "A speed is 0.25 to 4 times."),
        entry("vote", "1", "You voted for Cosmos Laundromat: 1 vote.", |view| view.votes_for(view.queue[0].id) == 1)
            .wrong("dance", "Vote on something such as /vote skip"),
        entry("history", "", "1. ", |_| true).wrong("none", NUMBER),
        // One's own are there without a room, too.
        Entry {
            hint: "There is no playlist yet.",
            ..entry("playlist list", "", "There is no playlist yet.", |_| true)
        },
        entry("playlist save", "Friday", "Saved 2 as Friday.", |_| true)
            .wrong("", "Something is missing: /playlist save NAME"),
        entry("playlist load", "Friday", "Queued 2 from Friday.", |view| view.queue.len() == 3)
            .wrong("Nothing", NO_LIST),
        entry("playlist delete", "Friday", "Delete the playlist Friday with 2 in it?", |_| true)
            .press("Delete", "Deleted the playlist Friday.")
            .wrong("Nothing", NO_LIST),
        entry("invite", "", "Come and watch: https://couch.example/j/", |_| true),
        entry("who", "", "Nobody is in the room yet.", |_| true),
        entry("role", "Ben trusted", "Ben is trusted now.", |view| {
            view.members.values().any(|member| &*member.name == "Ben" && member.role == Role::Trusted)
        })
        .wrong("Ben king", "A role is one of these: guest, trusted, moderator, cohost, host."),
        entry("kick", "Ben", "Ben was shown the door. They may come again; /ban keeps people out.", |view| {
            view.people() == 0
        })
        .wrong("Zoe", NOBODY),
        entry("ban", "Ben", "Keep Ben out for ever?", |view| view.bans.len() == 1)
            .press("Ban", "Ben is kept out. /unban lets them in again.")
            .wrong("Zoe", NOBODY),
        entry("unban", "Ben", "Ben may come in again.", |view| view.bans.is_empty()).wrong("Zoe", NOBODY),
        entry("settings", "vote_skip on", "vote_skip: on", |view| view.settings.vote_skip)
            .wrong("nonsense", "There is no such setting. These are there: title, about,"),
        entry("schedule", "in 2h", "The room opens at ", |view| view.schedule.start.is_some())
            .wrong("soon", "soon is not a time. Write 20:30, tomorrow 20:30, 2026-12-31 20:30 or in 2h."),
        entry("link", "", "Others would read the code here.", |_| true)
            .wrong("!!!", "That leads to no room of this server."),
        entry("unlink", "", "Untie this chat from Friday film club?", |_| true)
            .press("Untie this chat", "This chat is untied from Friday film club."),
        entry("end", "", "End Friday film club for everybody?", |view| view.schedule.status == Status::Ended)
            .press("End the room", "Friday film club has ended. Begin anew with /watch and a link."),
        entry("help", "seek", "/seek TIME: ", |_| true).wrong("dance", "There is no command /dance. Look at /help."),
    ]
}

#[tokio::test]
async fn every_command_through_the_real_client() {
    // How often one may write is another story.
    let commands = Allowance { burst: 1_000, per_minute: 1_000 };
    let allowances = Allowances { commands, ..Allowances::default() };
    let settings = Settings { allowances, ..Settings::default() };
    let (telegram, store, films) = (FakeTelegram::start().await, MemoryStore::new(), Arc::new(films()));
    let world = World::made(telegram, store, "https://couch.example/", TOKEN, None, films, &settings);
    let (telegram, club, attic) = (&world.telegram, club(), Chat::group(-200, "Attic"));
    telegram.takes_messages(10_000, Duration::from_mins(1));
    telegram.takes_messages_overall(10_000, Duration::from_secs(1));
    for chat in [&club, &attic] {
        telegram.makes_admin(chat, &ANA);
    }
    world.watches(&club, &ANA, SINTEL).await;
    let room = world.room(&club).await;
    // Somebody whom one can name.
    let ben = world.engine.people.on_platform(Platform::Telegram, "8", "Ben").await.unwrap();
    world.engine.say(room, ben.actor(Door::Viewer).granted(Role::Guest), None, "hi".to_owned()).await.unwrap();

    let mut entries = table();
    let mut wrong = Vec::new();
    for typed in bots::commands::typed() {
        let Some(place) = entries.iter().position(|entry| entry.path == typed.path) else {
            wrong.push(format!("/{}: not in the table", typed.path));
            continue;
        };
        let entry = entries.remove(place);
        if world.engine.places.get(&club.place()).await.unwrap().is_none() {
            world.engine.places.tie(club.place(), room).await.unwrap();
        }
        let (chat, given) = entry.wrong.map_or((&attic, entry.given), |given| (&club, given));
        let line = format!("/{} {given}", entry.path);
        let hint = telegram.hears(chat, &ANA, line.trim()).await;
        if !hint.starts_with(entry.hint) {
            wrong.push(format!("{line}: {hint}, instead of {}", entry.hint));
        }

        if entry.path == "kick" {
            // Who is not there cannot be shown the door.
            let connection = world.engine.rooms.connection();
            let there = Actor { connection: Some(connection), ..ben.actor(Door::Viewer).granted(Role::Guest) };
            world.engine.rooms.command(room, there, Command::Arrive { connection, watches: false }).await.unwrap();
            world.until(room, |view| view.people() == 1).await;
        }
        let line = format!("/{} {}", entry.path, entry.given);
        let said = telegram.says(&club, &ANA, line.trim());
        let answer = telegram.message_in(&club, |sent| sent.replies_to == Some(said)).await;
        if !answer.text.starts_with(entry.says) {
            wrong.push(format!("{line}: {}, instead of {}", answer.text, entry.says));
        }
        if let Some((label, says)) = entry.press.filter(|(label, _)| answer.data_of(label).is_some()) {
            let press = telegram.presses(&answer, label, &ANA);
            telegram.toast(&press).await;
            let after = telegram.message_is(&answer, |sent| sent.text != answer.text).await;
            if !after.text.starts_with(says) {
                wrong.push(format!("{line}, {label}: {}, instead of {says}", after.text));
            }
        } else if let Some((label, _)) = entry.press {
            wrong.push(format!("{line}: no button {label} on {:?}", answer.labels()));
        }
        let view = world.engine.rooms.view(room).await.unwrap();
        if !(entry.done)(&view) {
            wrong.push(format!("{line}: not done, the queue is {:?}", titles(&view)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(entries.is_empty(), "in the table and not in the list: {:?}", entries[0].path);
    assert_eq!(telegram.calls_of("senddocument"), 1, "the queue came as no file");
}
