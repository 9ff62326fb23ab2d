//! Names, registering, in and out; and that rooms that are open hear of it.

use onecouch::config::Rate;
use serde_json::{Value, json};

use super::auth::{Grants, good, named, no};
use crate::{
    viewer::Viewer,
    world::{Caller, World, in_room},
};

pub(super) const PASSWORD: &str = "correct horse 1";

/// Somebody with an account of this dialect.
pub(super) async fn registered(world: &World, name: &str) -> Caller {
    let caller = world.comes().await;
    let body = json!({ "username": name, "email": format!("{name}@example.com"), "password": PASSWORD });
    let answer = caller.post("/api/user/register", body).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    caller
}

async fn name_of(caller: &Caller) -> Value {
    caller.get("/api/user").await.body["username"].clone()
}

#[tokio::test]
async fn a_guest_takes_any_name_and_an_account_one_that_is_free() {
    let world = World::start().await;
    let (ana, ben) = (world.comes().await, world.comes().await);
    for guest in [&ana, &ben] {
        good(guest.post("/api/user", json!({ "username": "Ana" })).await);
        assert_eq!(name_of(guest).await, "Ana");
    }
    let form = ana
        .send(reqwest::Method::POST, "/api/user", |request| {
            request.header("content-type", "application/x-www-form-urlencoded").body("username=Ana+Maria")
        })
        .await;
    good(form);
    assert_eq!(name_of(&ana).await, "Ana Maria");
    for body in [json!({}), json!({ "username": null }), json!({ "username": 7 })] {
        let missing = (400, String::new(), "Missing argument (username)".to_owned());
        assert_eq!(no(&ana.post("/api/user", body).await), missing);
    }
    for name in ["", "   ", &"x".repeat(49)] {
        let answer = ana.post("/api/user", json!({ "username": name })).await;
        assert_eq!(named(&answer), (400, "LengthOutOfRangeException".into()), "{name:?}");
    }
    good(ana.post("/api/user", json!({ "username": "ж".repeat(48) })).await);
    let (cleo, _) = (registered(&world, "Cleo").await, registered(&world, "Dora").await);
    assert_eq!(named(&cleo.post("/api/user", json!({ "username": "dora" })).await), (400, "UsernameTaken".into()));
    good(cleo.post("/api/user", json!({ "username": "Cleopatra" })).await);
    assert_eq!(
        cleo.get("/api/user").await.body,
        json!({ "username": "Cleopatra", "loggedIn": true, "discordLinked": false })
    );
    // What is no JSON is told so.
    let broken = ana
        .send(reqwest::Method::POST, "/api/user", |request| {
            request.header("content-type", "application/json").body("{\"username\":")
        })
        .await;
    assert_eq!(named(&broken), (400, "BadApiArgumentException".into()));
    assert_eq!(named(&world.nobody().post("/api/user", json!({})).await), (400, "MissingToken".into()));
}

#[tokio::test]
async fn who_registers_stays_who_they_are_and_is_logged_in() {
    let world = World::start().await;
    let ana = world.comes().await;
    let before = ana.get("/api/v1/people/me").await.ok()["id"].clone();
    let body = json!({ "username": "Ana", "email": "ana@example.com", "password": PASSWORD });
    let answer = ana.post("/api/user/register", body).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    assert_eq!(good(answer)["user"], json!({ "email": "ana@example.com", "username": "Ana" }));
    let me = json!({ "username": "Ana", "loggedIn": true, "discordLinked": false });
    assert_eq!(ana.get("/api/user").await.body, me);
    assert_eq!(ana.get("/api/v1/people/me").await.ok()["id"], before);
    // Without an address, by `""` or null or nothing.
    for (name, email) in [("Ben", json!("")), ("Cleo", Value::Null)] {
        let body = json!({ "username": name, "email": email, "password": PASSWORD });
        assert_eq!(world.comes().await.post("/api/user/register", body).await.status, 201);
    }
    let taken = async |username: &str, email: &str| {
        let body = json!({ "username": username, "email": email, "password": PASSWORD });
        let answer = world.comes().await.post("/api/user/register", body).await;
        assert_eq!(named(&answer), (400, "AlreadyInUse".into()));
        answer.body["error"]["fields"].clone()
    };
    assert_eq!(taken("aNA", "").await, json!(["username"]));
    assert_eq!(taken("Dora", "ANA@example.com").await, json!(["email"]));
}

#[tokio::test]
async fn what_is_no_account_is_told_so_by_the_names_that_its_pages_know() {
    let world = World::start().await;
    let ana = registered(&world, "Ana").await;
    let dora = world.comes().await;
    for wrong in [
        json!({ "username": "Dora", "password": "short1" }),
        json!({ "username": "Dora", "password": "onlysmallletters" }),
        json!({ "username": "Dora", "email": "nowhere", "password": PASSWORD }),
        json!({ "username": "x".repeat(49), "password": PASSWORD }),
        json!({ "username": "", "password": PASSWORD }),
        json!({ "username": "d@ra", "password": PASSWORD }),
        json!({ "username": "Dora", "email": 7, "password": PASSWORD }),
        json!({ "username": "Dora" }),
        json!({ "password": PASSWORD }),
    ] {
        assert_eq!(
            named(&dora.post("/api/user/register", wrong.clone()).await),
            (400, "ValidationError".into()),
            "{wrong}"
        );
    }
    assert_eq!(dora.get("/api/user").await.body["loggedIn"], false);
    let again = json!({ "username": "Ana2", "password": PASSWORD });
    assert_eq!(named(&ana.post("/api/user/register", again).await), (400, "ValidationError".into()), "log out first");
}

#[tokio::test]
async fn logging_in_and_out_changes_who_one_is_behind_the_same_token() {
    let world = World::start().await;
    registered(&world, "Ana").await;
    let phone = world.comes().await;
    for body in [
        json!({ "user": "ana", "password": PASSWORD }),
        json!({ "user": "Ana@example.com", "password": PASSWORD }),
        json!({ "email": "Ana@example.com", "password": PASSWORD }),
        json!({ "username": "ANA", "password": PASSWORD }),
    ] {
        let answer = good(phone.post("/api/user/login", body).await);
        assert_eq!(answer["user"], json!({ "email": "Ana@example.com", "username": "Ana" }));
        assert_eq!(phone.get("/api/user").await.body["loggedIn"], true);
        good(phone.post("/api/user/logout", json!({})).await);
        let me = phone.get("/api/user").await.body;
        assert_eq!(me["loggedIn"], false);
        assert_ne!(me["username"], "Ana");
    }
    let out = no(&phone.post("/api/user/logout", json!({})).await);
    assert_eq!(out, (400, String::new(), "Not logged in.".into()));
    // Whether there is such a user is told to nobody.
    let wrong = async |body: Value| no(&phone.post("/api/user/login", body).await);
    let password = wrong(json!({ "user": "Ana", "password": "wrong" })).await;
    let user = wrong(json!({ "user": "Nobody", "password": "wrong" })).await;
    assert_eq!((&password, password.0, password.1.as_str()), (&user, 401, ""));
    let missing = (401, String::new(), "Either the user or password was not provided.".to_owned());
    assert_eq!(wrong(json!({ "user": "Ana" })).await, missing);
    assert_eq!(wrong(json!({ "password": PASSWORD })).await, missing);
}

#[tokio::test]
async fn guesses_at_a_password_come_to_an_end() {
    let world = World::start_with(|config| config.limits.logins = Rate { burst: 5, per_minute: 1 }).await;
    registered(&world, "Ana").await;
    let eve = world.comes().await;
    let mut refused = 0;
    for guess in 0..120 {
        let answer = eve.post("/api/user/login", json!({ "user": "Ana", "password": format!("guess {guess}") })).await;
        match named(&answer) {
            (401, name) if name.is_empty() => assert!(guess < 5, "guess {guess} was looked at"),
            (429, name) if name == "TooManyRequests" => refused += 1,
            other => panic!("{other:?}"),
        }
    }
    assert!(refused >= 115, "{refused}");
}

/// The latest presence of a connection that a viewer hears of, from now on.
async fn hears_of(viewer: &mut Viewer, name: &Value) -> Value {
    let called =
        |frame: &Value| frame["here"].as_array().is_some_and(|here| here.iter().any(|one| one["name"] == *name));
    let frame =
        viewer.hears_any("somebody under another name", |frame| frame["type"] == "presence" && called(frame)).await;
    assert_eq!(frame["gone"], json!([]), "nobody left");
    frame["here"].as_array().unwrap().iter().find(|one| one["name"] == *name).unwrap().clone()
}

#[tokio::test]
async fn who_is_called_otherwise_or_logs_in_is_shown_so_in_the_rooms_that_they_have_open() {
    let world = World::start().await;
    let host = world.person("Host").await;
    let room = host.makes_room("Open").await;
    host.patch(&in_room(&room, ""), json!({ "visibility": "unlisted" })).await.ok();
    registered(&world, "Ana").await;
    let guest = world.comes().await;
    let mut other = Viewer::open(&world, &room, &host).await;
    let mut own = Viewer::open(&world, &room, &guest).await;
    let connection = own.greeting["you"]["connection"].clone();
    good(guest.post("/api/user", json!({ "username": "Anna" })).await);
    let seen = hears_of(&mut other, &json!("Anna")).await;
    assert_eq!((&seen["connection"], &seen["person"]), (&connection, &own.greeting["you"]["person"]));
    let you = own.hears_any("who they are", |frame| frame["type"] == "you").await["you"].clone();
    assert_eq!((&you["name"], &you["connection"]), (&json!("Anna"), &connection));
    // Somebody else, in the same seat, without coming anew.
    good(guest.post("/api/user/login", json!({ "user": "Ana", "password": PASSWORD })).await);
    let seen = hears_of(&mut other, &json!("Ana")).await;
    assert_eq!(seen["connection"], connection);
    assert_ne!(seen["person"], own.greeting["you"]["person"]);
    let you = own.hears_any("who they are", |frame| frame["type"] == "you").await["you"].clone();
    assert_eq!(you["person"], seen["person"]);
    assert_eq!(own.does(json!({ "do": "say", "text": "hello" })).await["type"], "ack");
    let said = other.hears_any("a line", |frame| frame["kind"] == "said").await;
    assert_eq!(said["by"]["name"], "Ana");
    // Out again: a guest, as whom they write from now on.
    good(guest.post("/api/user/logout", json!({})).await);
    let name = name_of(&guest).await;
    assert_eq!(hears_of(&mut other, &name).await["connection"], connection);
    assert_eq!(own.does(json!({ "do": "say", "text": "bye" })).await["type"], "ack");
    let said = other.hears_any("a line", |frame| frame["kind"] == "said" && frame["text"] == "bye").await;
    assert_eq!(said["by"]["name"], name);
    // The same by the native door, and for accounts.
    let ben = registered(&world, "Ben").await;
    let _open = Viewer::open(&world, &room, &ben).await;
    hears_of(&mut other, &json!("Ben")).await;
    ben.patch("/api/v1/people/me", json!({ "name": "Benjamin" })).await.ok();
    hears_of(&mut other, &json!("Benjamin")).await;
}

#[tokio::test]
async fn who_logs_in_as_somebody_banned_goes_and_a_guests_invite_is_theirs() {
    let world = World::start().await;
    let host = world.person("Host").await;
    let room = host.makes_room("Private").await;
    let ana = registered(&world, "Ana").await;
    let guest = world.comes().await;
    guest.joins(&room).await;
    let mut own = Viewer::open(&world, &room, &guest).await;
    let log_in = json!({ "user": "Ana", "password": PASSWORD });
    good(guest.post("/api/user/login", log_in.clone()).await);
    let you = own.hears_any("who they are", |frame| frame["type"] == "you").await["you"].clone();
    assert_eq!(you["name"], "Ana", "let in where the guest was");
    // Who they log out to was let in nowhere.
    good(guest.post("/api/user/logout", json!({})).await);
    assert_eq!(own.is_closed().await.0, 4403);
    ana.joins(&room).await;
    let mut known = Viewer::open(&world, &room, &ana).await;
    let who = ana.get("/api/v1/people/me").await.ok()["id"].as_str().unwrap().to_owned();
    let banned = host.put(&in_room(&room, &format!("/bans/{who}")), json!({})).await;
    assert!((200..300).contains(&banned.status), "{}", banned.text);
    assert_eq!(known.is_closed().await.0, 4403);
    let other = world.comes().await;
    other.joins(&room).await;
    let mut own = Viewer::open(&world, &room, &other).await;
    good(other.post("/api/user/login", log_in).await);
    assert_eq!(own.is_closed().await.0, 4403);
}
