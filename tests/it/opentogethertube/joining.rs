//! Coming in, being told who is here, and having to go.

use engine::{
    command::Command,
    room::{Changes, Role, Visibility},
};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use super::socket_client::{OttSocket, actor, fields, makes_room, makes_room_with, ms};
use crate::{
    viewer::Viewer,
    world::{World, in_room},
};

#[tokio::test]
async fn who_comes_is_told_everything_in_the_order_that_clients_expect() {
    let world = World::start().await;
    let ana = world.person("Ana").await;
    makes_room(&world, &ana, "Film-Night").await;
    // Names are the same in any case, and told as they were written.
    let client = OttSocket::join(&world, "film-NIGHT", &ana).await;
    let [sync, joined, position, update, init, you] = &client.greeting[..] else { panic!("{:#?}", client.greeting) };
    let mut all = vec![
        "name",
        "title",
        "description",
        "isTemporary",
        "visibility",
        "queueMode",
        "currentSource",
        "queue",
        "isPlaying",
        "playbackPosition",
        "playbackSpeed",
        "grants",
        "hasOwner",
        "voteCounts",
        "videoSegments",
        "autoSkipSegmentCategories",
        "prevQueue",
        "restoreQueueBehavior",
        "enableVoteSkip",
        "votesToSkip",
    ];
    all.sort_unstable();
    assert_eq!((&sync["action"], fields(sync)), (&json!("sync"), all));
    let masks = json!([
        [0, 113_250_303],
        [1, 113_250_303],
        [2, 113_250_303],
        [3, 133_173_247],
        [4, 134_217_727],
        [-1, 134_217_727]
    ]);
    assert_eq!(sync["grants"], masks);
    let told = json!({
        "action": "sync", "name": "Film-Night", "title": "Film night", "description": "", "isTemporary": false,
        "visibility": "unlisted", "queueMode": "manual", "currentSource": null, "queue": [], "isPlaying": false,
        "playbackPosition": 0.0, "playbackSpeed": 1.0, "grants": masks, "hasOwner": true, "voteCounts": [],
        "videoSegments": [], "autoSkipSegmentCategories": [], "prevQueue": null, "restoreQueueBehavior": 1,
        "enableVoteSkip": false, "votesToSkip": [],
    });
    assert_eq!(*sync, told);

    let own = json!({ "id": client.id, "name": "Ana", "isLoggedIn": false, "status": "none", "role": -1 });
    let info = json!({ "id": client.id, "username": "Ana", "status": "none" });
    let request = json!({ "type": 0, "info": info });
    assert_eq!(*joined, json!({ "action": "event", "request": request, "user": own, "additional": {} }));
    assert_eq!(*position, json!({ "action": "sync", "playbackPosition": 0.0 }));
    assert_eq!(*update, json!({ "action": "user", "update": { "kind": "update", "value": own } }));
    assert_eq!(*init, json!({ "action": "user", "update": { "kind": "init", "value": [own] } }));
    assert_eq!(*you, json!({ "action": "you", "info": { "id": client.id } }));
    assert_eq!(client.id.parse::<uuid::Uuid>().unwrap().get_version_num(), 4);
}

#[tokio::test]
async fn each_socket_is_a_user_and_hears_of_the_others() {
    let world = World::start().await;
    let (ana, ben) = (world.person("Ana").await, world.person("Ben").await);
    let room = makes_room(&world, &ana, "users").await;
    let mut first = OttSocket::join(&world, "users", &ana).await;
    // One token twice is two users.
    let second = OttSocket::join(&world, "users", &ana).await;
    assert_ne!(first.id, second.id);
    let ids: Vec<_> =
        second.greeting[4]["update"]["value"].as_array().unwrap().iter().map(|user| &user["id"]).collect();
    assert!(ids.contains(&&json!(first.id)) && ids.contains(&&json!(second.id)), "{ids:?}");
    let joined = first.hears_event(0).await;
    assert_eq!((&joined["user"]["id"], &joined["user"]["name"]), (&json!(second.id), &json!("Ana")));
    assert_eq!(first.hears_user("update").await["id"], json!(second.id));

    // A native viewer is one, too.
    let native = json!({ "id": room.id.0 });
    let mut viewer = Viewer::open(&world, &native, &ben).await;
    let joined = first.hears_event(0).await;
    assert_eq!((&joined["user"]["name"], &joined["user"]["role"]), (&json!("Ben"), &json!(0)));
    let ben_is = first.hears_user("update").await["id"].clone();
    viewer.sends(json!({ "type": "report", "phase": "buffering" })).await;
    let user = first.hears_user("update").await;
    assert_eq!((&user["id"], &user["status"]), (&ben_is, &json!("buffering")));
    // What they cannot see is not told: the next that comes is another status.
    viewer.sends(json!({ "type": "report", "phase": "buffering", "drift_ms": 7, "rtt_ms": 20 })).await;
    viewer.sends(json!({ "type": "report", "phase": "ready", "drift_ms": 9, "rtt_ms": 20 })).await;
    assert_eq!(first.hears_user("update").await["status"], "ready");

    // A role is told at once.
    let path = in_room(&native, &format!("/members/{}/role", ben_person(&viewer)));
    ana.put(&path, json!({ "role": "moderator" })).await;
    let user = first.hears_user("update").await;
    assert_eq!((&user["id"], &user["role"]), (&ben_is, &json!(3)));

    second.leaves().await;
    let left = first.hears_event(1).await;
    assert_eq!((&left["user"], &left["additional"]["user"]["name"]), (&left["additional"]["user"], &json!("Ana")));
    assert_eq!(first.hears_user("remove").await, left["user"]["id"]);
    // Who came later never hears that they came themselves.
    let mut third = OttSocket::join(&world, "users", &ben).await;
    let fourth = OttSocket::join(&world, "users", &ana).await;
    assert_eq!(third.hears_event(0).await["user"]["id"], json!(fourth.id));
}

fn ben_person(viewer: &Viewer) -> String {
    viewer.greeting["you"]["person"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn many_who_come_at_once_are_one_message() {
    let world = World::start().await;
    let ana = world.person("Ana").await;
    let room = makes_room(&world, &ana, "many").await;
    let mut first = OttSocket::join(&world, "many", &ana).await;
    first.so_far().await;
    let actor = actor(&world, &ana).await;
    for _ in 0..40 {
        let connection = world.engine().rooms.connection();
        let come = Command::Arrive { connection, watches: true };
        world.engine().rooms.command(room.id, actor.clone(), come).await.unwrap();
    }
    let mut told = 0;
    loop {
        let frame = first.next().await;
        told += 1;
        if frame["update"]["kind"] == "init" && frame["update"]["value"].as_array().unwrap().len() == 41 {
            break;
        }
    }
    assert!(told < 20, "{told} messages of 40 people");
}

#[tokio::test]
async fn who_may_not_come_in_is_told_why_by_a_code() {
    let world = World::start().await;
    let (ana, eve) = (world.person("Ana").await, world.person("Eve").await);
    makes_room(&world, &ana, "codes").await;
    let closes = async |name: &str, first: Message| {
        let mut socket = OttSocket::connect(&world, name).await;
        socket.sends_raw(first).await;
        socket.is_closed().await
    };
    let auth = |token: &Value| Message::text(json!({ "action": "auth", "token": token }).to_string());
    let good = auth(&json!(ana.token));
    assert_eq!(closes("a%20b", good.clone()).await, (4001, "Invalid room name".to_owned()));
    assert_eq!(closes("ab", good.clone()).await.0, 4001);
    assert_eq!(closes("nobodys-room", good.clone()).await.0, 4002);
    assert_eq!(closes("0189c6a2-7a5c-7000-8000-000000000001", good.clone()).await.0, 4002);
    for bad in [json!(""), json!("x"), json!(null), json!(5), json!(["x"])] {
        assert_eq!(closes("codes", auth(&bad)).await.0, 4004, "{bad}");
        // Who shows no good token is not told which rooms there are.
        assert_eq!(closes("nobodys-room", auth(&bad)).await.0, 4004, "{bad}");
    }
    for bad in
        ["{}", "", "null", "[]", "NaN", "{\"action\":\"auth\"", r#"{"action":"req","request":{"type":2,"state":true}}"#]
    {
        assert_eq!(closes("codes", Message::text(bad)).await.0, 4004, "{bad:?}");
    }
    assert_eq!(closes("codes", Message::binary(vec![1, 2, 3])).await.0, 4004);
    assert_eq!(closes("codes", Message::text("x".repeat(70_000))).await.0, 1009);

    // A private room is not there for who was not let in.
    makes_room_with(&world, &ana, "secret", Changes { visibility: Some(Visibility::Private), ..Changes::default() })
        .await;
    assert_eq!(closes("secret", auth(&json!(eve.token))).await, closes("nobodys-room", auth(&json!(eve.token))).await);
    let inside = OttSocket::join(&world, "secret", &ana).await;
    assert_eq!(inside.room()["visibility"], "private");
}

#[tokio::test]
async fn what_is_no_handshake_of_a_socket_is_no_socket() {
    let world = World::start().await;
    let ana = world.person("Ana").await;
    makes_room(&world, &ana, "plain").await;
    for (upgrade, connection) in [("h2c", "Upgrade, HTTP2-Settings"), ("websocket", "close"), ("", "keep-alive")] {
        let answer = ana
            .send(reqwest::Method::GET, "/api/room/nobodys-room", |request| {
                request.header("connection", connection).header("upgrade", upgrade)
            })
            .await;
        assert_eq!(answer.status, 404, "{upgrade}: {}", answer.text);
        assert_eq!(answer.body["error"]["name"], "RoomNotFoundException");
    }
}

#[tokio::test]
async fn who_must_go_is_told_by_a_code_whether_to_come_back() {
    let mut world = World::start().await;
    let (ana, ben) = (world.person("Ana").await, world.person("Ben").await);
    let room = makes_room(&world, &ana, "going").await;
    let host = actor(&world, &ana).await;
    let mut stays = OttSocket::join(&world, "going", &ana).await;
    let mut goes = OttSocket::join(&world, "going", &ben).await;
    stays.asks(json!({ "type": 18, "clientId": goes.id })).await;
    assert_eq!(goes.is_closed().await.0, 4005);
    // They may come again.
    let mut goes = OttSocket::join(&world, "going", &ben).await;
    let person = actor(&world, &ben).await.person;
    let ban = Command::Ban { person, until: None, reason: String::new() };
    world.engine().rooms.command(room.id, host.clone(), ban).await.unwrap();
    assert_eq!(goes.is_closed().await.0, 4005);
    let mut banned = OttSocket::connect(&world, "going").await;
    banned.sends(json!({ "action": "auth", "token": ben.token })).await;
    assert_eq!(banned.is_closed().await.0, 4002);

    // One may show oneself the door.
    for (asked, code) in
        [(json!(null), 4000), (json!(4005), 4005), (json!(1000), 1000), (json!(1005), 4000), (json!("x"), 4000)]
    {
        let mut own = OttSocket::join(&world, "going", &ana).await;
        own.sends(json!({ "action": "kickme", "reason": asked })).await;
        assert_eq!(own.is_closed().await.0, code, "{asked}");
    }

    world.engine().rooms.command(room.id, host, Command::Delete).await.unwrap();
    assert_eq!(stays.is_closed().await.0, 4003);
    let mut gone = OttSocket::connect(&world, "going").await;
    gone.sends(json!({ "action": "auth", "token": ana.token })).await;
    assert_eq!(gone.is_closed().await.0, 4002);

    makes_room(&world, &ana, "stopping").await;
    let mut last = OttSocket::join(&world, "stopping", &ana).await;
    let mut silent = OttSocket::connect(&world, "stopping").await;
    let (ends, ()) = tokio::join!(async { (last.is_closed().await.0, silent.is_closed().await.0) }, world.stop());
    assert_eq!(ends, (1001, 1001));
}

#[tokio::test]
async fn who_renames_themselves_is_called_so_at_once() {
    let world = World::start().await;
    let (ana, ben) = (world.person("Ana").await, world.person("Ben").await);
    makes_room(&world, &ana, "names").await;
    let mut other = OttSocket::join(&world, "names", &ana).await;
    let mut renamed = OttSocket::join(&world, "names", &ben).await;
    other.hears_event(0).await;
    other.hears_user("update").await;
    ben.patch("/api/v1/people/me", json!({ "name": "Benedict" })).await.ok();
    renamed.sends(json!({ "action": "notify", "message": "usernameChanged" })).await;
    let user = other.hears_user("update").await;
    assert_eq!((&user["id"], &user["name"]), (&json!(renamed.id), &json!("Benedict")));
    renamed.asks(json!({ "type": 11, "text": "it is me" })).await;
    let said = other.hears("chat", |frame| frame["action"] == "chat").await;
    assert_eq!((&said["from"]["name"], &said["from"]["id"]), (&json!("Benedict"), &json!(renamed.id)));

    // What a client says of itself or of others is not believed: it is looked up.
    let forged = json!({ "id": other.id, "username": "Mallory", "user_id": "1", "status": "error" });
    renamed.asks(json!({ "type": 10, "info": forged })).await;
    renamed.asks(json!({ "type": 11, "text": "still me" })).await;
    let said = other.hears("chat", |frame| frame["action"] == "chat").await;
    assert_eq!((&said["from"]["name"], &said["from"]["role"]), (&json!("Benedict"), &json!(grantless())));

    // Whose session ended is somebody no more.
    ben.delete("/api/v1/sessions/current").await;
    renamed.asks(json!({ "type": 10 })).await;
    assert_eq!(renamed.is_closed().await.0, 4004);
}

fn grantless() -> i8 {
    onecouch::dialects::opentogethertube::grants::number(Role::Guest)
}

#[tokio::test]
async fn a_paused_film_stands_where_it_stood_after_a_restart() {
    let mut world = World::start().await;
    let ana = world.person("Ana").await;
    makes_room(&world, &ana, "restart").await;
    let mut client = OttSocket::join(&world, "restart", &ana).await;
    client.asks(json!({ "type": 5, "url": world.link("/files/film.mp4") })).await;
    client.hears_sync("currentSource").await;
    client.asks(json!({ "type": 4, "value": 0.7 })).await;
    client.hears_event(4).await;
    client.asks(json!({ "type": 2, "state": false })).await;
    let paused = client.hears("a pause", |frame| frame["isPlaying"] == false).await;
    world.restart().await;
    let back = OttSocket::join(&world, "restart", &ana).await;
    assert_eq!(back.room()["isPlaying"], false);
    assert_eq!(ms(&back.room()["playbackPosition"]), ms(&paused["playbackPosition"]));
    assert_eq!(back.room()["currentSource"]["service"], "direct");
}
