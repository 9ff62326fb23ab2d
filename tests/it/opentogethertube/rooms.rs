//! Rooms: list, make, read, change, end.

use reqwest::{Method, header};
use serde_json::{Value, json};

use super::client::Client;
use crate::{viewer::Viewer, world::World};

/// All that guests, registered and trusted people may do to begin with; moderators; the rest.
const MASKS: [(i8, u64); 6] =
    [(0, 113_250_303), (1, 113_250_303), (2, 113_250_303), (3, 133_173_247), (4, 134_217_727), (-1, 134_217_727)];

const ALL_CATEGORIES: [&str; 7] =
    ["sponsor", "intro", "outro", "interaction", "selfpromo", "music_offtopic", "preview"];

#[tokio::test]
async fn a_room_that_was_made_with_a_name_alone_is_as_published() {
    let world = World::start().await;
    let ana = Client::guest(&world, "Ana").await;
    assert_eq!(ana.post("/api/room/create", json!({ "name": "Movie-Night" })).await.made(), json!({}));
    // By any spelling, and told as it was written.
    for name in ["Movie-Night", "movie-night", "MOVIE-NIGHT"] {
        let room = ana.reads(name).await;
        assert_eq!(
            room,
            json!({
                "name": "Movie-Night", "title": "", "description": "", "isTemporary": true, "visibility": "unlisted",
                "queueMode": "manual", "users": [], "grants": MASKS, "autoSkipSegmentCategories": ALL_CATEGORIES,
                "restoreQueueBehavior": 1, "enableVoteSkip": false, "queue": [], "hasOwner": false,
            })
        );
    }
    let native = ana.native(&world, "movie-night").await;
    assert_eq!((&native["title"], &native["duplicates"]), (&json!("Movie-Night"), &json!(false)));
}

#[tokio::test]
async fn a_room_is_made_as_it_was_asked_for_and_belongs_to_who_has_an_account() {
    let world = World::start().await;
    let ana = Client::account(&world, "ana").await;
    let body = json!({ "name": "club", "title": "Film club", "description": "Fridays\nat eight", "isTemporary": false,
        "visibility": "public", "queueMode": "vote", "autoSkipSegmentCategories": ["outro", "intro", "intro"], "odd": 1 });
    ana.post("/api/room/create", body).await.made();
    let room = ana.reads("club").await;
    for (field, value) in [
        ("title", json!("Film club")),
        ("description", json!("Fridays\nat eight")),
        ("isTemporary", json!(false)),
        ("visibility", json!("public")),
        ("queueMode", json!("vote")),
        ("autoSkipSegmentCategories", json!(["intro", "outro"])),
        ("hasOwner", json!(true)),
    ] {
        assert_eq!(room[field], value, "{field}");
    }
}

#[tokio::test]
async fn a_room_without_a_name_is_called_by_its_identity() {
    let world = World::start().await;
    let ana = Client::guest(&world, "Ana").await;
    // Without a body, with an empty one, with one that is no JSON: nothing of it is needed.
    let bare = ana.send(Method::POST, "/api/room/generate", |request| request).await.made();
    let name = bare["room"].as_str().unwrap();
    assert_eq!(name.len(), 36);
    let room = ana.reads(name).await;
    assert_eq!(
        (&room["name"], &room["isTemporary"], &room["visibility"]),
        (&json!(name), &json!(true), &json!("unlisted"))
    );
    assert_eq!((&room["title"], &room["autoSkipSegmentCategories"]), (&json!(""), &json!(ALL_CATEGORIES)));
    let none = ana.post("/api/room/generate", json!({ "autoSkipSegmentCategories": [] })).await.made();
    let room = ana.reads(none["room"].as_str().unwrap()).await;
    assert_eq!(room["autoSkipSegmentCategories"], json!([]));
    let no = ana.post("/api/room/generate", json!({ "autoSkipSegmentCategories": ["boredom"] })).await;
    assert_eq!(no.no(), (400, "ZodValidationError"));
}

#[tokio::test]
async fn rooms_that_cannot_be_made_are_refused_with_what_is_wrong() {
    let world = World::start().await;
    let ana = Client::guest(&world, "Ana").await;
    for (body, code, path) in [
        (json!({}), "invalid_type", json!(["name"])),
        (json!({ "name": 7 }), "invalid_type", json!(["name"])),
        (json!({ "name": "ab" }), "too_small", json!(["name"])),
        (json!({ "name": "x".repeat(33) }), "too_big", json!(["name"])),
        (json!({ "name": "film night" }), "invalid_string", json!(["name"])),
        (json!({ "name": "list" }), "custom", json!(["name"])),
        (json!({ "name": "create" }), "custom", json!(["name"])),
        (json!({ "name": "generate" }), "custom", json!(["name"])),
        (json!({ "name": "good", "title": "x".repeat(256) }), "too_big", json!(["title"])),
        (json!({ "name": "good", "title": "a\nb" }), "invalid_string", json!(["title"])),
        (json!({ "name": "good", "isTemporary": "no" }), "invalid_type", json!(["isTemporary"])),
        (json!({ "name": "good", "visibility": "secret" }), "invalid_enum_value", json!(["visibility"])),
        (json!({ "name": "good", "queueMode": 1 }), "invalid_type", json!(["queueMode"])),
    ] {
        let no = ana.post("/api/room/create", body.clone()).await;
        assert_eq!(no.no(), (400, "ZodValidationError"), "{body}");
        let error = &no.body["error"];
        assert!(error["message"].as_str().unwrap().starts_with("Validation error: "), "{}", no.text);
        assert_eq!((&error["details"][0]["code"], &error["details"][0]["path"]), (&json!(code), &path), "{body}");
    }
    ana.makes("Taken").await;
    let no = ana.post("/api/room/create", json!({ "name": "tAKEN" })).await;
    assert_eq!(no.no(), (400, "RoomNameTakenException"));
    assert_eq!(ana.get("/api/room/good").await.no(), (404, "RoomNotFoundException"));
}

#[tokio::test]
async fn bodies_that_are_none_harm_nothing() {
    let world = World::start().await;
    let ana = Client::guest(&world, "Ana").await;
    let sends = async |kind: &str, body: String| {
        ana.send(Method::POST, "/api/room/create", |request| request.header(header::CONTENT_TYPE, kind).body(body))
            .await
    };
    for odd in ["{", "", "null", "NaN", "{\"name\":\"x\"", "\u{0}", "[[[[", "{\"name\": 1e999}"] {
        assert_eq!(sends("application/json", odd.to_owned()).await.no().0, 400, "{odd}");
    }
    assert_eq!(sends("application/json", "[".repeat(50_000)).await.no(), (400, "BadApiArgumentException"));
    assert_eq!(sends("application/json", format!("\"{}\"", "x".repeat(200_000))).await.no().0, 413);
    // Of another kind, it is none.
    assert_eq!(sends("text/plain", json!({ "name": "plain" }).to_string()).await.no(), (400, "ZodValidationError"));
    sends("application/x-www-form-urlencoded", "name=formed&title=A%20form".to_owned()).await.made();
    assert_eq!(ana.reads("formed").await["title"], "A form");
}

#[tokio::test]
async fn without_a_token_nothing_is_told_and_what_there_is_not_is_said_to_be_so() {
    let world = World::start().await;
    let (nobody, ana) = (Client::nobody(&world), Client::guest(&world, "Ana").await);
    let eve = Client { token: Some("nobodys-token".to_owned()), ..nobody.clone() };
    for (method, path) in [
        (Method::GET, "/api/room/list"),
        (Method::POST, "/api/room/create"),
        (Method::GET, "/api/room/anything"),
        (Method::POST, "/api/room/anything/queue"),
        (Method::GET, "/api/nothing"),
        (Method::POST, "/api/nothing/at/all"),
        (Method::PUT, "/api/room/list"),
    ] {
        assert_eq!(nobody.send(method.clone(), path, |request| request).await.no(), (400, "MissingToken"), "{path}");
        assert_eq!(eve.send(method, path, |request| request).await.no(), (401, "MissingToken"), "{path}");
    }
    for path in ["/api/nothing", "/api", "/api/room", "/api/room/anything/else", "/api/roomy/list"] {
        assert_eq!(ana.get(path).await.no(), (404, "Error"), "{path}");
    }
    assert_eq!(ana.send(Method::PUT, "/api/room/list", |request| request).await.no(), (404, "Error"));
    // The native API says no in its own way.
    for path in ["/api/v1", "/api/v1/", "/api/v1/nothing"] {
        let answer = ana.get(path).await;
        assert_eq!((answer.status, &answer.body["error"]["code"]), (404, &json!("no_such_path")), "{path}");
    }
    assert_eq!(ana.send(Method::PUT, "/api/v1/rooms", |request| request).await.status, 405);
    let wrong = Client { key: Some("wrong".to_owned()), ..ana.clone() };
    let no = wrong.get("/api/room/list").await;
    assert_eq!((no.no(), &no.body["error"]["message"]), ((400, "Error"), &json!("apikey is invalid")));
}

#[tokio::test]
async fn lists_show_public_rooms_with_the_fullest_first_and_all_of_them_to_who_runs_the_server() {
    let world = World::start().await;
    let (person, ana) = (world.person("Ana").await, Client::guest(&world, "Ana").await);
    for (name, visibility) in [("bees", "public"), ("ants", "public"), ("moths", "unlisted"), ("wasps", "private")] {
        ana.post("/api/room/create", json!({ "name": name, "visibility": visibility })).await.made();
    }
    let names = |list: &Value| -> Vec<String> {
        list.as_array().unwrap().iter().map(|room| room["name"].as_str().unwrap().to_owned()).collect()
    };
    let list = ana.get("/api/room/list").await.bare();
    assert_eq!(names(&list), ["ants", "bees"]);
    assert_eq!(
        list[0],
        json!({ "name": "ants", "title": "", "description": "", "isTemporary": true, "visibility": "public",
            "queueMode": "manual", "currentSource": null, "users": 0 })
    );
    let bees = ana.native(&world, "bees").await;
    let _viewer = Viewer::open(&world, &bees, &person).await;
    ana.post("/api/room/bees/queue", json!({ "url": world.link("/files/film.mp4") })).await.ok();
    let list = ana.get("/api/room/list").await.bare();
    assert_eq!((names(&list), &list[0]["users"]), (vec!["bees".to_owned(), "ants".to_owned()], &json!(1)));
    assert_eq!(list[0]["currentSource"]["id"], world.link("/files/film.mp4"));
    let all = Client::operator(&world).get("/api/room/list").await.bare();
    assert_eq!(names(&all), ["bees", "ants", "moths", "wasps"]);
}

#[tokio::test]
async fn each_connection_is_a_user_and_an_unchanged_room_is_not_sent_again() {
    let world = World::start().await;
    let (person, ana) = (world.person("Ana").await, Client::account(&world, "ana").await);
    ana.makes("couch").await;
    let room = ana.native(&world, "couch").await;
    let _two = (Viewer::open(&world, &room, &person).await, Viewer::open(&world, &room, &person).await);
    let reply = ana.get("/api/room/couch").await;
    let tag = reply.headers[header::ETAG].clone();
    assert!(tag.to_str().unwrap().starts_with("W/\""), "{tag:?}");
    let users = reply.bare()["users"].clone();
    assert_eq!(users.as_array().map(Vec::len), Some(2), "{users}");
    for user in users.as_array().unwrap() {
        assert_eq!((&user["name"], &user["isLoggedIn"], &user["role"]), (&json!("Ana"), &json!(false), &json!(0)));
        assert!(user["id"].as_str().unwrap().parse::<uuid::Uuid>().unwrap().get_version_num() == 4, "{user}");
    }
    let again = ana.send(Method::GET, "/api/room/couch", |request| request.header(header::IF_NONE_MATCH, &tag)).await;
    assert_eq!((again.status, again.text.as_str()), (304, ""));
    ana.patch("/api/room/couch", json!({ "title": "Another" })).await.ok();
    let again = ana.send(Method::GET, "/api/room/couch", |request| request.header(header::IF_NONE_MATCH, &tag)).await;
    assert_eq!(again.status, 200);
}

#[tokio::test]
async fn settings_are_changed_one_by_one_and_rights_stay_where_nobody_names_them() {
    let world = World::start().await;
    let (ana, ben) = (Client::account(&world, "ana").await, Client::guest(&world, "Ben").await);
    ana.makes("couch").await;
    ana.patch("/api/room/couch", json!({ "grants": [[0, 128], [1, 255]] })).await.ok();
    let grants = ana.reads("couch").await["grants"].clone();
    assert_eq!((&grants[0], &grants[1]), (&json!([0, 128]), &json!([1, 255])));
    assert_eq!((&grants[2], &grants[3]), (&json!([2, 113_250_303]), &json!([3, 133_173_247])));
    // Their server would put all of them back by this.
    ana.patch("/api/room/couch", json!({ "title": "Film club" })).await.ok();
    let room = ana.reads("couch").await;
    assert_eq!((&room["grants"], &room["title"]), (&grants, &json!("Film club")));
    let no = ben.patch("/api/room/couch", json!({ "title": "Ben was here" })).await;
    assert_eq!(no.no(), (400, "PermissionDeniedException"));
    assert_eq!(no.body["error"]["message"], "Permission denied: configure-room.set-title");
    // What is so already needs no right, and the other form of a table is read as well.
    ben.patch("/api/room/couch", json!({ "title": "Film club", "enableVoteSkip": false })).await.ok();
    ben.patch("/api/room/couch", json!({})).await.ok();
    ana.patch("/api/room/couch", json!({ "grants": { "0": 255 } })).await.ok();
    assert_eq!(ana.reads("couch").await["grants"][0], json!([0, 255]));
    for (body, path) in [
        (json!({ "name": "another" }), json!([])),
        (json!({ "isTemporary": false }), json!([])),
        (json!({ "title": "x".repeat(255) }), json!(["title"])),
        (json!({ "queueMode": "shuffle" }), json!(["queueMode"])),
        (json!({ "grants": "all" }), json!(["grants"])),
        (json!({ "claim": "yes" }), json!(["claim"])),
        (json!({ "claim": false }), json!(["claim"])),
    ] {
        let no = ana.patch("/api/room/couch", body.clone()).await;
        assert_eq!(no.no(), (400, "ZodValidationError"), "{body}");
        assert_eq!(no.body["error"]["details"][0]["path"], path, "{body}");
    }
    assert_eq!(ana.patch("/api/room/nowhere", json!({ "title": "x" })).await.no(), (404, "RoomNotFoundException"));
}

#[tokio::test]
async fn no_and_nothing_are_remembered_over_a_restart_as_everything_else_is() {
    let mut world = World::start().await;
    let ana = Client::account(&world, "ana").await;
    ana.post("/api/room/create", json!({ "name": "Keeper", "isTemporary": false })).await.made();
    let on =
        json!({ "title": "Film club", "description": "Fridays", "enableVoteSkip": true, "restoreQueueBehavior": 2 });
    ana.patch("/api/room/keeper", on).await.ok();
    let off = json!({ "title": "", "description": "", "enableVoteSkip": false, "restoreQueueBehavior": 0,
        "autoSkipSegmentCategories": [], "queueMode": "loop" });
    ana.patch("/api/room/keeper", off).await.ok();
    let before = ana.reads("keeper").await;
    for (field, value) in [
        ("title", json!("")),
        ("description", json!("")),
        ("enableVoteSkip", json!(false)),
        ("restoreQueueBehavior", json!(0)),
        ("autoSkipSegmentCategories", json!([])),
        ("queueMode", json!("loop")),
        ("name", json!("Keeper")),
        ("hasOwner", json!(true)),
    ] {
        assert_eq!(before[field], value, "{field}");
    }
    world.restart().await;
    assert_eq!(ana.reads("keeper").await, before);
}

#[tokio::test]
async fn a_private_room_is_private() {
    let world = World::start().await;
    let (ana, ben, eve) = (
        Client::account(&world, "ana").await,
        Client::account(&world, "ben").await,
        Client::guest(&world, "Eve").await,
    );
    ana.post("/api/room/create", json!({ "name": "secret", "visibility": "private" })).await.made();
    let unknown = eve.get("/api/room/nothing").await;
    let video = json!({ "service": "direct", "id": world.link("/files/film.mp4") });
    for (method, rest, body) in [
        (Method::GET, "", json!({})),
        (Method::PATCH, "", json!({ "visibility": "public" })),
        (Method::PATCH, "", json!({ "title": "Eve was here" })),
        (Method::POST, "/queue", video.clone()),
        (Method::PATCH, "/queue", video.clone()),
        (Method::DELETE, "/queue", video.clone()),
        (Method::POST, "/vote", video.clone()),
        (Method::DELETE, "/vote", video.clone()),
        (Method::POST, "/undo", json!({ "data": { "event": { "request": { "type": 4 } } } })),
    ] {
        for stranger in [&eve, &ben] {
            let no =
                stranger.send(method.clone(), &format!("/api/room/secret{rest}"), |request| request.json(&body)).await;
            assert_eq!((no.status, &no.text), (404, &unknown.text), "{method} {rest}");
        }
    }
    assert_eq!(ben.delete("/api/room/secret?permanent=true", json!({})).await.no(), (404, "RoomNotFoundException"));
    assert_eq!(ana.reads("secret").await["visibility"], "private");
    // What a guest makes private is the guest's to come into.
    eve.post("/api/room/create", json!({ "name": "eves", "visibility": "private" })).await.made();
    assert_eq!(eve.reads("eves").await["hasOwner"], false);
    assert_eq!(ana.get("/api/room/eves").await.no(), (404, "RoomNotFoundException"));
}

#[tokio::test]
async fn who_closes_a_room_and_who_is_in_it_stay_let_in() {
    let world = World::start().await;
    let (person, eve, ben) =
        (world.person("Cleo").await, Client::guest(&world, "Eve").await, Client::guest(&world, "Ben").await);
    let cleo = Client::of(&world, &person);
    eve.makes("couch").await;
    let room = eve.native(&world, "couch").await;
    let viewer = Viewer::open(&world, &room, &person).await;
    eve.patch("/api/room/couch", json!({ "visibility": "private" })).await.ok();
    drop(viewer);
    eve.reads("couch").await;
    cleo.reads("couch").await;
    assert_eq!(ben.get("/api/room/couch").await.no(), (404, "RoomNotFoundException"));
}

#[tokio::test]
async fn a_room_without_an_owner_is_claimed_once_and_by_an_account() {
    let world = World::start().await;
    let (eve, ana, ben) = (
        Client::guest(&world, "Eve").await,
        Client::account(&world, "ana").await,
        Client::account(&world, "ben").await,
    );
    eve.makes("free").await;
    assert_eq!(eve.patch("/api/room/free", json!({ "claim": true })).await.no(), (401, "Unauthorized"));
    ana.patch("/api/room/free", json!({ "claim": true })).await.ok();
    assert_eq!(ana.reads("free").await["hasOwner"], true);
    for asker in [&ben, &ana] {
        let no = asker.patch("/api/room/free", json!({ "claim": true })).await;
        assert_eq!((no.no(), &no.body["error"]["arg"]), ((400, "BadApiArgumentException"), &json!("claim")));
    }
    // The owner's rights are theirs at once.
    ana.patch("/api/room/free", json!({ "grants": [[0, 0]] })).await.ok();
}

#[tokio::test]
async fn rooms_are_deleted_by_their_owner_and_unloaded_by_who_runs_the_server() {
    let world = World::start().await;
    let (ana, ben, eve) = (
        Client::account(&world, "ana").await,
        Client::account(&world, "ben").await,
        Client::guest(&world, "Eve").await,
    );
    ana.makes("brief").await;
    ana.post("/api/room/create", json!({ "name": "lasting", "isTemporary": false })).await.made();
    let forever = "?permanent=true";
    let ends = async |who: &Client, room: &str, how: &str| {
        let no = who.delete(&format!("/api/room/{room}{how}"), json!({})).await;
        (no.no().0, no.no().1.to_owned())
    };
    assert_eq!(ends(&ana, "lasting", "").await, (400, "Unauthorized".to_owned()));
    assert_eq!(ends(&eve, "lasting", forever).await, (401, "Unauthorized".to_owned()));
    assert_eq!(ends(&ana, "brief", forever).await, (400, "BadApiArgumentException".to_owned()));
    assert_eq!(ends(&ben, "lasting", forever).await, (403, "PermissionDeniedException".to_owned()));
    assert_eq!(ends(&ana, "nowhere", forever).await, (404, "RoomNotFoundException".to_owned()));
    let operator = Client::operator(&world);
    assert_eq!(ends(&operator, "nowhere", "").await, (404, "RoomNotFoundException".to_owned()));
    // One that stays is there again when somebody asks.
    operator.delete("/api/room/lasting", json!({})).await.ok();
    ana.reads("lasting").await;
    operator.delete("/api/room/brief", json!({})).await.ok();
    assert_eq!(ana.get("/api/room/brief").await.no(), (404, "RoomNotFoundException"));
    ana.delete(&format!("/api/room/lasting{forever}"), json!({})).await.ok();
    assert_eq!(ana.get("/api/room/lasting").await.no(), (404, "RoomNotFoundException"));
    // Their names are free again.
    ben.makes("brief").await;
    ben.makes("lasting").await;
}
