//! Who takes part: told once for each person, however they are here.

use engine::{command::Command, room::Visibility};
use serde_json::{Value, json};

use super::socket_client::{Socket, actor, does, makes_party, types};
use crate::{
    viewer::Viewer,
    world::{Caller, World},
};

fn about(frame: &Value) -> (&str, &str, &str) {
    assert_eq!(frame["user_id"], frame["participant"]["user_id"]);
    let text = |name: &str| frame["participant"][name].as_str().unwrap();
    (frame["type"].as_str().unwrap(), text("display_name"), text("role"))
}

/// The next frame that is no line of chat.
async fn next(socket: &mut Socket) -> Value {
    loop {
        let frame = socket.next().await;
        if frame["type"] != "chat_message" {
            return frame;
        }
    }
}

#[tokio::test]
async fn who_takes_a_place_joins_and_who_gives_it_up_leaves_whatever_is_open() {
    let world = World::start().await;
    let (ana, ben) = (world.person("Ana").await, world.person("Ben").await);
    let party = makes_party(&world, &ana).await.id;
    let mut host = Socket::open(&world, party, &ana).await;
    does(&world, party, &ben, Command::Join).await;
    let joined = host.next().await;
    assert_eq!(about(&joined), ("participant-joined", "Ben", "viewer"));
    assert_eq!(joined["user_id"], json!(actor(&world, &ben).await.person.0));
    let fields: Vec<_> = joined["participant"].as_object().unwrap().keys().collect();
    assert_eq!(fields, ["display_name", "role", "user_id"]);

    // A place and sockets are one who takes part.
    let (one, mut two) = (Socket::open(&world, party, &ben).await, Socket::open(&world, party, &ben).await);
    one.leaves().await;
    // Theirs takes the second one away with the first.
    two.sends("chat", json!({ "message": "still here" })).await;
    assert_eq!(host.next().await["chat_message"]["message"], "still here");
    two.leaves().await;
    let again = Socket::open(&world, party, &ben).await;
    does(&world, party, &ben, Command::Join).await;
    assert_eq!(types(&host.so_far(&world, &ana).await), Vec::<&str>::new());
    does(&world, party, &ben, Command::Leave).await;
    assert_eq!(about(&next(&mut host).await), ("participant-left", "Ben", "viewer"));
    let (heard, code) = { again }.is_closed().await;
    assert_eq!((heard.last().map(|frame| frame["type"].clone()), code), (Some(json!("participant-left")), 1000));
    assert_eq!(types(&host.so_far(&world, &ana).await), Vec::<&str>::new());
}

#[tokio::test]
async fn who_is_only_connected_takes_part_as_long_as_that_lasts_and_hears_of_it_once() {
    let world = World::start().await;
    let (ana, ben) = (world.person("Ana").await, world.person("Ben").await);
    let made = ana.makes_room("Elsewhere").await;
    let party = made["id"].as_str().unwrap().parse().unwrap();
    let change = engine::room::Changes { visibility: Some(Visibility::Unlisted), ..Default::default() };
    does(&world, party, &ana, Command::Change(Box::new(change))).await;
    let mut first = Socket::open(&world, party, &ana).await;
    assert_eq!(about(&next(&mut first).await), ("participant-joined", "Ana", "host"));
    // One more window of hers is nobody more.
    let mut second = Socket::open(&world, party, &ana).await;
    assert_eq!(types(&second.so_far(&world, &ana).await), Vec::<&str>::new());

    let browser = Viewer::open(&world, &made, &ben).await;
    for socket in [&mut first, &mut second] {
        assert_eq!(about(&next(socket).await), ("participant-joined", "Ben", "viewer"));
    }
    // Ben takes a place and has a socket, too: all the same.
    let mut third = Socket::join(&world, party, &ben).await;
    drop(browser);
    assert_eq!(types(&third.so_far(&world, &ana).await), Vec::<&str>::new());
    does(&world, party, &ben, Command::Leave).await;
    assert_eq!(about(&next(&mut first).await), ("participant-left", "Ben", "viewer"));

    // Whose last connection closes goes, and who comes back comes.
    let ben_runs = actor(&world, &ben).await.person;
    let mention = Command::Mention { person: ben_runs, name: "Ben".into() };
    does(&world, party, &ana, mention).await;
    does(&world, party, &ana, Command::SetRole { person: ben_runs, role: engine::room::Role::Cohost }).await;
    let mut cohost = Socket::open(&world, party, &ben).await;
    assert_eq!(about(&next(&mut cohost).await), ("participant-joined", "Ben", "co-host"));
    assert_eq!(about(&next(&mut first).await), ("participant-joined", "Ben", "co-host"));
    assert_eq!(types(&cohost.so_far(&world, &ana).await), Vec::<&str>::new());
    first.so_far(&world, &ana).await;
    cohost.leaves().await;
    assert_eq!(about(&next(&mut first).await), ("participant-left", "Ben", "co-host"));
}

#[tokio::test]
async fn a_crowd_is_one_frame_and_nobody_is_too_slow_for_it() {
    let world = World::start().await;
    let ana = world.person("Ana").await;
    let party = makes_party(&world, &ana).await.id;
    let mut host = Socket::open(&world, party, &ana).await;
    let mut people = Vec::new();
    for n in 0..200 {
        let guest = world.engine().people.guest(&format!("Guest {n}")).await.unwrap();
        people.push(Caller::new(&world.url(""), Some(guest.token.reveal().to_owned())));
    }
    let mut actors = Vec::new();
    for person in &people {
        actors.push(actor(&world, person).await);
    }
    for actor in actors {
        let connection = world.engine().rooms.connection();
        let arrive = Command::Arrive { connection, watches: true };
        world.engine().rooms.command(party, actor, arrive).await.unwrap();
    }
    let mut told = 0;
    loop {
        let frame = host.next().await;
        told += 1;
        if frame["participant_count"] == 201 {
            break;
        }
        assert!(["participants-changed", "participant-joined"].contains(&frame["type"].as_str().unwrap()), "{frame}");
    }
    assert!(told < 40, "{told} frames of 200 people");
}

#[tokio::test]
async fn another_name_or_person_on_an_open_socket_is_told() {
    let world = World::start().await;
    let (ana, ben) = (world.person("Ana").await, world.person("Ben").await);
    let party = makes_party(&world, &ana).await.id;
    let mut host = Socket::open(&world, party, &ana).await;
    let mut guest = Socket::join(&world, party, &ben).await;
    host.hears("participant-joined").await;
    ben.patch("/api/v1/people/me", json!({ "name": "Benedict" })).await.ok();
    loop {
        guest.sends("chat", json!({ "message": "it is me" })).await;
        if host.hears("chat_message").await["chat_message"]["username"] == "Benedict" {
            break;
        }
    }
    let token = ben.token.as_deref().unwrap();
    // A session becomes somebody else's under its token.
    let other = world.engine().people.become_guest(token, "Other").await.unwrap();
    let joined = host.hears("participant-joined").await;
    assert_eq!((about(&joined).1, &joined["user_id"]), ("Other", &json!(other.id.0)));
    assert_eq!(about(&guest.hears("participant-joined").await).1, "Other");
    // Ben's place is Ben's still.
    assert_eq!(types(&guest.so_far(&world, &ana).await), Vec::<&str>::new());
    guest.sends("chat", json!({ "message": "who am I" })).await;
    loop {
        let line = host.hears("chat_message").await["chat_message"].take();
        if line["message"] == "who am I" {
            assert_eq!(line["user_id"], json!(other.id.0));
            break;
        }
    }
}
