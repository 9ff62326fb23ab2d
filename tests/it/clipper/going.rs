//! Having to go: what is told before, and with which code, for its clients come back on all but one.

use engine::{
    command::{Command, Deed},
    refusal::Code,
    room::{Changes, Status, Visibility},
};
use futures_util::StreamExt;
use reqwest::Method;
use serde_json::{Value, json};
use tokio_tungstenite::{connect_async, tungstenite::Message};

use super::socket_client::{Socket, actor, does, handshake, makes_party, queues, types, with};
use crate::world::{PATIENCE, World};

#[tokio::test]
async fn who_is_shown_the_door_or_kept_out_is_told_and_so_is_everybody() {
    let world = World::start().await;
    let (ana, ben) = (world.person("Ana").await, world.person("Ben").await);
    let party = makes_party(&world, &ana).await.id;
    let mut host = Socket::open(&world, party, &ana).await;
    let person = actor(&world, &ben).await.person;
    let ban = Command::Ban { person, until: None, reason: String::new() };
    for (command, code) in [(Command::Kick { person }, "KICKED"), (ban, "BANNED")] {
        let mut goes = Socket::join(&world, party, &ben).await;
        host.hears("participant-joined").await;
        let (sent, second) = (&mut goes, Socket::open(&world, party, &ben).await);
        sent.sends("ping", json!({})).await;
        does(&world, party, &ana, command).await;
        let left = host.next().await;
        let ben = json!({ "user_id": person.0, "display_name": "Ben", "role": "viewer" });
        assert_eq!((&left["type"], &left["participant"]), (&json!("participant-left"), &ben));
        assert_eq!(left["user_id"], json!(person.0));
        for mut socket in [goes, second] {
            let (heard, closed) = socket.is_closed().await;
            let last = heard.last().unwrap();
            assert_eq!((&last["type"], &last["code"], closed), (&json!("error"), &json!(code), 1000), "{heard:?}");
        }
        assert_eq!(types(&host.so_far(&world, &ana).await), Vec::<&str>::new());
    }
    let actor = actor(&world, &ben).await;
    let no = world.engine().rooms.command(party, actor, Command::Join).await.unwrap_err();
    assert_eq!(no, Code::Banned.into());
}

#[tokio::test]
async fn a_party_that_ends_tells_all_its_sockets_and_closes_them() {
    let world = World::start().await;
    let (ana, ben) = (world.person("Ana").await, world.person("Ben").await);
    for end in
        [Command::SetStatus { status: Status::Ended }, Command::SetStatus { status: Status::Record }, Command::Delete]
    {
        let party = makes_party(&world, &ana).await.id;
        let (mut host, mut viewer) = (Socket::open(&world, party, &ana).await, Socket::join(&world, party, &ben).await);
        queues(&world, party, &ana, "film").await;
        host.hears("skip").await;
        does(&world, party, &ana, end.clone()).await;
        for socket in [&mut host, &mut viewer] {
            let (heard, code) = socket.is_closed().await;
            let told = heard.last().unwrap();
            let ended = (&told["type"], &told["party_id"], &told["is_playing"]);
            assert_eq!((ended, code), ((&json!("party-ended"), &json!(party.0), &json!(false)), 1000), "{end:?}");
            assert!(told["position"].is_u64() && told["server_timestamp"].is_i64(), "{told}");
        }
        // Nothing is done any more, and nobody is left in it.
        let gone = world.engine().rooms.view(party).await;
        if let Ok(mut view) = gone {
            let play = Deed::PLAY.into();
            let no = world.engine().rooms.command(party, actor(&world, &ana).await, play).await.unwrap_err();
            assert_eq!(no, Code::RoomEnded.into());
            while !view.presence.is_empty() {
                let command = Command::Mention { person: actor(&world, &ben).await.person, name: "Ben".into() };
                view = does(&world, party, &ana, command).await.view;
            }
        }
    }
}

#[tokio::test]
async fn a_party_that_is_hidden_sends_those_away_who_do_not_run_it() {
    let world = World::start().await;
    let (ana, ben) = (world.person("Ana").await, world.person("Ben").await);
    let party = makes_party(&world, &ana).await.id;
    let (mut host, mut viewer) = (Socket::open(&world, party, &ana).await, Socket::join(&world, party, &ben).await);
    does(&world, party, &ana, Command::SetStatus { status: Status::Disabled }).await;
    let (heard, code) = viewer.is_closed().await;
    let told = heard.last().unwrap();
    assert_eq!((&told["type"], &told["code"], code), (&json!("error"), &json!("UNAUTHORIZED_COMMAND"), 1000));
    assert_eq!(host.asks().await["is_playing"], false);
}

#[tokio::test]
async fn a_session_that_ends_ends_its_sockets_and_the_others_go_on() {
    let world = World::start().await;
    let (ana, ben) = (world.person("Ana").await, world.person("Ben").await);
    let party = makes_party(&world, &ana).await.id;
    let (mut host, mut gone) = (Socket::open(&world, party, &ana).await, Socket::join(&world, party, &ben).await);
    assert_eq!(ben.delete("/api/v1/sessions/current").await.status, 204);
    let (_, code) = gone.is_closed().await;
    assert_eq!(code, 4401);
    assert_eq!(host.asks().await["is_playing"], false);

    // Whoever is deleted is nobody any more.
    let cas = world.person("Cas").await;
    let mut gone = Socket::join(&world, party, &cas).await;
    while host.hears("participant-joined").await["participant"]["display_name"] != "Cas" {}
    cas.send(Method::DELETE, "/api/v1/people/me", |request| request.json(&json!({}))).await;
    assert_eq!(host.hears("participant-left").await["participant"]["display_name"], "Cas");
    assert_eq!(gone.is_closed().await.1, 4401);
}

#[tokio::test]
async fn who_becomes_somebody_who_was_never_let_in_goes() {
    let world = World::start().await;
    let (ana, ben) = (world.person("Ana").await, world.person("Ben").await);
    let party = makes_party(&world, &ana).await.id;
    let mut guest = Socket::join(&world, party, &ben).await;
    let change = Changes { visibility: Some(Visibility::Invite), ..Changes::default() };
    does(&world, party, &ana, Command::Change(Box::new(change))).await;
    // Who is in is in, but who they become now was never let in.
    assert_eq!(guest.asks().await["is_playing"], false);
    world.engine().people.become_guest(ben.token.as_deref().unwrap(), "Other").await.unwrap();
    let (heard, code) = guest.is_closed().await;
    assert_eq!((types(&heard).last(), code), (Some(&"error"), 1000));
}

#[tokio::test]
async fn after_a_restart_its_clients_come_back_and_find_the_film_where_it_stood() {
    let mut world = World::start().await;
    let (ana, ben) = (world.person("Ana").await, world.person("Ben").await);
    let party = makes_party(&world, &ana).await.id;
    let mut host = Socket::open(&world, party, &ana).await;
    let mut viewer = Socket::join(&world, party, &ben).await;
    let item = queues(&world, party, &ana, "film").await;
    host.sends("seek", json!({ "position": 77 })).await;
    host.hears("seek").await;
    host.sends("pause", json!({})).await;
    host.hears("pause").await;
    let (ends, ()) = tokio::join!(async { (host.is_closed().await.1, viewer.is_closed().await.1) }, world.restart());
    assert_eq!(ends, (1012, 1012));
    // The place was kept: no joining again.
    let mut back = Socket::open(&world, party, &ben).await;
    let at = |frame: &Value| (frame["clip_id"].clone(), frame["position"].clone(), frame["is_playing"].clone());
    assert_eq!(at(&back.sync), (json!(item.0), json!(77), json!(false)));
    let mut host = Socket::open(&world, party, &ana).await;
    host.sends("play", json!({})).await;
    back.hears_just(json!({ "type": "play", "clip_id": item.0, "position": 77, "is_playing": true })).await;
}

#[tokio::test]
async fn nobody_who_comes_while_a_party_ends_is_left_in_it() {
    let world = World::start().await;
    let ana = world.person("Ana").await;
    let (mut refused, mut closed) = (0, 0);
    for n in 0..20 {
        let party = makes_party(&world, &ana).await.id;
        let bearer = format!("Bearer {}", ana.token.as_deref().unwrap());
        let comes = connect_async(with(handshake(&world, party), "authorization", &bearer));
        let ends = async {
            // A little later each time: before they are let in, or after.
            for _ in 0..n {
                tokio::task::yield_now().await;
            }
            does(&world, party, &ana, Command::SetStatus { status: Status::Ended }).await
        };
        let (socket, _) = tokio::join!(comes, ends);
        let Ok((socket, _)) = socket else {
            refused += 1;
            continue;
        };
        let heard: Vec<_> = tokio::time::timeout(PATIENCE, socket.collect()).await.expect("it is left open");
        let last = heard.into_iter().rev().map(Result::unwrap).take(2).collect::<Vec<_>>();
        let [Message::Close(Some(close)), Message::Text(told)] = &last[..] else { panic!("{last:?}") };
        assert_eq!(u16::from(close.code), 1000);
        assert!(told.contains(r#""type":"party-ended""#), "{told}");
        closed += 1;
    }
    assert!(refused + closed == 20 && closed > 0, "{refused} {closed}");
}
