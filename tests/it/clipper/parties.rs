//! Parties: made, read, ended; clips; and what a restart leaves of them.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use uuid::Uuid;

use super::client::{Client, room};
use crate::world::World;

/// An identity that is nobody's and nothing's.
pub(super) const NONE: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

fn names(value: &Value) -> BTreeSet<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
async fn a_party_is_made_and_read_as_the_documentation_says() {
    let world = World::start().await;
    let ana = Client::guest(&world, "Ana").await;
    let body = json!({ "title": "Friday Night Gaming", "visibility": "private", "max_participants": 50 });
    let made = ana.post("", body).await;
    assert_eq!(names(&made.body), BTreeSet::from(["success", "data"]));
    let made = made.made();
    assert_eq!(names(&made), BTreeSet::from(["id", "invite_code", "invite_url", "party"]));
    let (id, code) = (made["id"].as_str().unwrap(), made["invite_code"].as_str().unwrap());
    Uuid::parse_str(id).unwrap();
    assert!(code.len() == 6 && code.chars().all(|c| "ABCDEFGHJKLMNPQRSTUVWXYZ23456789".contains(c)), "{code}");
    let here = ana.native().get(&format!("/api/v1/rooms/{id}")).await.ok()["invite_url"].clone();
    let here = here.as_str().unwrap().split("/j/").next().unwrap();
    assert_eq!(made["invite_url"], format!("{here}/watch-parties/{code}"));

    let party = ana.reads(id).await;
    assert_eq!(party, made["party"], "what was told at the making is what is read");
    let fields = [
        "id",
        "host_user_id",
        "title",
        "current_position_seconds",
        "is_playing",
        "visibility",
        "invite_code",
        "max_participants",
        "created_at",
        "participants",
        "clips",
        "active_participant_count",
    ];
    assert_eq!(names(&party), BTreeSet::from(fields), "what is not there yet is left out");
    for (name, value) in [
        ("id", json!(id)),
        ("host_user_id", json!(ana.id().await)),
        ("title", json!("Friday Night Gaming")),
        ("visibility", json!("private")),
        ("invite_code", json!(code)),
        ("max_participants", json!(50)),
        ("is_playing", json!(false)),
        ("current_position_seconds", json!(0)),
        ("active_participant_count", json!(1)),
        ("clips", json!([])),
    ] {
        assert_eq!(party[name], value, "{name}");
    }
    let made_at: jiff::Timestamp = party["created_at"].as_str().unwrap().parse().unwrap();
    assert!(party["created_at"].as_str().unwrap().ends_with('Z') && made_at.as_second() > 1_700_000_000);

    let host = &party["participants"][0];
    let fields = ["id", "party_id", "user_id", "user", "role", "joined_at", "sync_offset_ms"];
    assert_eq!(names(host), BTreeSet::from(fields));
    assert_eq!(names(&host["user"]), BTreeSet::from(["id", "username", "display_name", "avatar_url"]));
    assert_eq!((&host["role"], &host["user"]["username"]), (&json!("host"), &json!("Ana")));
    assert_eq!((&host["user_id"], &host["party_id"]), (&party["host_user_id"], &party["id"]));
    // It is a room like any other, in which only those who run it play.
    assert_eq!(room(&world, id).await.preset, engine::room::Preset::Hosts);
}

#[tokio::test]
async fn what_is_not_said_is_as_there() {
    let world = World::start().await;
    let ana = Client::guest(&world, "Ana").await;
    for more in
        [json!({}), json!({ "visibility": null, "max_participants": null, "playlist_id": null, "password": null })]
    {
        let party = ana.makes_with(more).await["party"].clone();
        assert_eq!((&party["visibility"], &party["max_participants"]), (&json!("private"), &json!(100)));
        assert_eq!(party.get("playlist_id"), None);
    }
}

#[tokio::test]
async fn each_word_for_who_is_let_in_is_told_back_and_only_private_keeps_readers_out() {
    let world = World::start().await;
    let (ana, eve, nobody) =
        (Client::guest(&world, "Ana").await, Client::guest(&world, "Eve").await, Client::nobody(&world));
    for (word, open) in [("private", false), ("public", true), ("friends", true), ("invite", true)] {
        let made = ana.makes_with(json!({ "visibility": word })).await;
        assert_eq!(made["party"]["visibility"], word);
        let path = format!("/{}", made["id"].as_str().unwrap());
        for (reader, sentence) in
            [(&nobody, "unauthorized: party is private"), (&eve, "unauthorized: not a participant")]
        {
            for below in ["", "/participants", "/messages", "/clips"] {
                let reply = reader.get(&format!("{path}{below}")).await;
                if open {
                    reply.ok();
                } else {
                    assert_eq!(reply.no(), (403, "FORBIDDEN", sentence), "{word}{below}");
                }
            }
        }
        // Who takes part reads on, also when they left.
        eve.joins(made["invite_code"].as_str().unwrap()).await;
        eve.reads(made["id"].as_str().unwrap()).await;
        eve.delete(&format!("{path}/leave")).await.ok();
        eve.reads(made["id"].as_str().unwrap()).await;
    }
}

#[tokio::test]
async fn a_party_with_a_password_is_read_by_who_takes_part_alone() {
    let world = World::start().await;
    let (ana, ben, nobody) =
        (Client::guest(&world, "Ana").await, Client::guest(&world, "Ben").await, Client::nobody(&world));
    let made = ana.makes_with(json!({ "visibility": "public", "password": "popcorn" })).await;
    let (id, code) = (made["id"].as_str().unwrap(), made["invite_code"].as_str().unwrap());
    assert!(!made.to_string().contains("popcorn") && made["party"].get("password").is_none());
    assert_eq!(nobody.get(&format!("/{id}")).await.no(), (403, "FORBIDDEN", "unauthorized: party is private"));
    assert_eq!(ben.get(&format!("/{id}")).await.no(), (403, "FORBIDDEN", "unauthorized: not a participant"));
    let no = ben.post(&format!("/{code}/join"), json!({})).await;
    assert_eq!(no.no(), (403, "PASSWORD_REQUIRED", "This watch party requires a password"));
    ben.post(&format!("/{code}/join"), json!({ "password": "popcorn" })).await.ok();
    ben.reads(id).await;
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_and_makes_no_party() {
    let world = World::start().await;
    let ana = Client::guest(&world, "Ana").await;
    let long = "x".repeat(201);
    for bad in [
        json!({}),
        json!({ "title": "" }),
        json!({ "title": "  \n " }),
        json!({ "title": null }),
        json!({ "title": 7 }),
        json!({ "title": long }),
        json!({ "title": "t", "visibility": "secret" }),
        json!({ "title": "t", "visibility": ["public"] }),
        json!({ "title": "t", "max_participants": 0 }),
        json!({ "title": "t", "max_participants": 1 }),
        json!({ "title": "t", "max_participants": 1001 }),
        json!({ "title": "t", "max_participants": 2.5 }),
        json!({ "title": "t", "max_participants": -1 }),
        json!({ "title": "t", "max_participants": "many" }),
        json!({ "title": "t", "password": "abc" }),
        json!({ "title": "t", "password": "x".repeat(101) }),
        json!({ "title": "t", "password": 12345 }),
        json!({ "title": "t", "playlist_id": "abc" }),
        json!({ "title": "t", "playlist_id": 7 }),
        json!(["title"]),
        json!("title"),
    ] {
        let no = ana.post("", bad.clone()).await;
        let (status, code, sentence) = no.no();
        assert!((status, code) == (400, "INVALID_REQUEST") && sentence.len() > 8, "{bad}: {}", no.text);
    }
    for raw in ["{", "", "null"] {
        let no = ana.send(reqwest::Method::POST, super::client::PARTIES, |request| request.body(raw)).await;
        assert_eq!((no.no().0, no.no().1), (400, "INVALID_REQUEST"), "{raw:?}: {}", no.text);
    }
    assert_eq!(ana.native().get("/api/v1/people/me/rooms").await.ok(), json!([]));
    // As long as it may be, counted in characters.
    for title in ["x", &"ж".repeat(200)] {
        assert_eq!(ana.makes_with(json!({ "title": title })).await["party"]["title"], title);
    }
    for most in [2, 1000] {
        let made = ana.makes_with(json!({ "max_participants": most })).await;
        assert_eq!(made["party"]["max_participants"], most);
    }
}

#[tokio::test]
async fn a_party_plays_the_saved_playlist_that_it_is_made_with() {
    let world = World::start().await;
    let (ana, ben) = (Client::guest(&world, "Ana").await, Client::guest(&world, "Ben").await);
    let items = json!([{ "url": world.link("/files/film.mp4") }, { "url": world.link("/files/other.mp4") }]);
    let saved = ana.native().post("/api/v1/playlists", json!({ "name": "Clips", "items": items })).await.created();
    let made = ana.makes_with(json!({ "playlist_id": saved["id"] })).await;
    let party = &made["party"];
    assert_eq!(party["playlist_id"], saved["id"]);
    let clips = party["clips"].as_array().unwrap();
    assert_eq!((clips.len(), &party["current_clip_id"]), (2, &clips[0]["id"]));
    assert!(clips[0]["url"].as_str().unwrap().ends_with("/files/film.mp4"));
    assert_eq!(ana.reads(made["id"].as_str().unwrap()).await["playlist_id"], saved["id"]);

    // To all others it is not there, and no party comes of it.
    for (who, list) in [(&ben, saved["id"].clone()), (&ana, json!(NONE))] {
        let no = who.post("", json!({ "title": "t", "playlist_id": list })).await;
        assert_eq!(no.no(), (404, "NOT_FOUND", "playlist not found"));
    }
    assert_eq!(ben.native().get("/api/v1/people/me/rooms").await.ok(), json!([]));
    let empty = ana.native().post("/api/v1/playlists", json!({ "name": "None", "items": [] })).await.created();
    assert_eq!(ana.makes_with(json!({ "playlist_id": empty["id"] })).await["party"]["clips"], json!([]));
}

#[tokio::test]
async fn the_playlist_of_a_room_is_for_those_who_are_in_it_and_one_too_long_makes_no_party() {
    let world = World::start_with(|config| config.limits.queue_items = 2).await;
    let (ana, ben) = (Client::guest(&world, "Ana").await, Client::guest(&world, "Ben").await);
    let (id, code) = ana.makes().await;
    let items: Vec<_> = (0..2).map(|n| json!({ "url": world.link(&format!("/files/film.mp4?{n}")) })).collect();
    let path = format!("/api/v1/rooms/{id}/playlists");
    let saved = ana.native().post(&path, json!({ "name": "Ours", "items": items })).await.created();
    let wanted = json!({ "title": "t", "playlist_id": saved["id"] });
    assert_eq!(ben.post("", wanted.clone()).await.no().0, 404);
    ben.joins(&code).await;
    assert_eq!(ben.post("", wanted).await.made()["party"]["clips"].as_array().unwrap().len(), 2);

    let items: Vec<_> = (0..3).map(|n| json!({ "url": world.link(&format!("/files/film.mp4?{n}")) })).collect();
    let long = ana.native().post("/api/v1/playlists", json!({ "name": "Long", "items": items })).await.created();
    let no = ana.post("", json!({ "title": "t", "playlist_id": long["id"] })).await;
    assert_eq!((no.no().0, no.no().1), (400, "INVALID_REQUEST"), "{}", no.text);
    let own = ana.native().get("/api/v1/people/me/rooms").await.ok();
    assert_eq!(own.as_array().unwrap().len(), 1, "{own}");
}

#[tokio::test]
async fn a_party_is_found_by_its_identity_alone() {
    let world = World::start().await;
    let ana = Client::guest(&world, "Ana").await;
    let (_, code) = ana.makes().await;
    for below in ["", "/participants", "/messages", "/clips"] {
        assert_eq!(
            ana.get(&format!("/{NONE}{below}")).await.no(),
            (404, "NOT_FOUND", "watch party not found"),
            "{below}"
        );
        for bad in [code.as_str(), "abc", "%FF", "1"] {
            let no = ana.get(&format!("/{bad}{below}")).await;
            assert_eq!(no.no(), (400, "INVALID_REQUEST", "Invalid party ID"), "{bad}{below}");
        }
    }
}

#[tokio::test]
async fn a_code_shows_what_it_opens_before_one_joins() {
    let world = World::start().await;
    let (ana, ben, nobody) =
        (Client::guest(&world, "Ana").await, Client::guest(&world, "Ben").await, Client::nobody(&world));
    let (id, code) = ana.makes().await;
    for who in [&nobody, &ben] {
        let shown = who.get(&format!("/by-code/{}", code.to_lowercase())).await.ok();
        assert_eq!((&shown["party"]["id"], &shown["password_required"]), (&json!(id), &json!(false)));
        assert_eq!(shown["party"].get("participants"), None, "who is there is told inside");
        assert!(shown["invite_url"].as_str().unwrap().ends_with(&code));
    }
    let shown = ana.get(&format!("/by-code/{code}")).await.ok();
    assert_eq!(shown["party"]["participants"][0]["role"], "host");

    // What is on behind a password is told inside.
    ana.post(&format!("/{id}/clips"), json!({ "url": world.link("/files/film.mp4") })).await.made();
    assert!(ben.get(&format!("/by-code/{code}")).await.ok()["party"]["current_clip_id"].is_string());
    ana.patch(&format!("/{id}/settings"), json!({ "password": "popcorn" })).await.ok();
    let shown = ben.get(&format!("/by-code/{code}")).await.ok();
    assert_eq!((shown["password_required"].clone(), shown["party"].get("current_clip_id")), (json!(true), None));

    for wrong in ["ZZZZZZ", "abc", NONE, "0123456789abcdef"] {
        let no = nobody.get(&format!("/by-code/{wrong}")).await;
        assert_eq!(no.no(), (404, "NOT_FOUND", "Watch party not found or has ended"), "{wrong}");
    }
    ana.post(&format!("/{id}/end"), json!({})).await.ok();
    assert_eq!(ana.get(&format!("/by-code/{code}")).await.no().0, 404);
}

#[tokio::test]
async fn only_its_host_ends_a_party_and_as_often_as_they_like() {
    let world = World::start().await;
    let (ana, ben, eve) =
        (Client::guest(&world, "Ana").await, Client::guest(&world, "Ben").await, Client::guest(&world, "Eve").await);
    for delete in [false, true] {
        let end = async |who: &Client, id: &str| {
            if delete { who.delete(&format!("/{id}")).await } else { who.post(&format!("/{id}/end"), json!({})).await }
        };
        let (id, code) = ana.makes().await;
        ben.joins(&code).await;
        let role = format!("/{id}/participants/{}/role", ben.id().await);
        ana.post(&role, json!({ "role": "co-host" })).await.ok();
        ana.post(&format!("/{id}/clips"), json!({ "url": world.link("/files/film.mp4") })).await.made();
        ana.native().post(&format!("/api/v1/rooms/{id}/playback/play"), json!({})).await.ok();
        assert_eq!(ana.reads(&id).await["is_playing"], true);
        for who in [&ben, &eve] {
            let no = end(who, &id).await;
            assert_eq!(no.no(), (403, "FORBIDDEN", "unauthorized: only host can end the party"));
        }
        assert_eq!(end(&Client::nobody(&world), &id).await.no().0, 401);
        assert_eq!(ana.reads(&id).await.get("ended_at"), None);
        for _ in 0..2 {
            assert_eq!(end(&ana, &id).await.ok(), json!({ "message": "Watch party ended successfully" }));
        }
        let over = ben.reads(&id).await;
        assert_eq!(over["is_playing"], false);
        assert!(over["ended_at"].as_str().unwrap() >= over["started_at"].as_str().unwrap(), "{over}");
        assert_eq!(ben.post(&format!("/{code}/join"), json!({})).await.no().0, 404);
        assert_eq!(end(&ana, NONE).await.no(), (404, "NOT_FOUND", "watch party not found"));
        assert_eq!(end(&ana, "abc").await.no(), (400, "INVALID_REQUEST", "Invalid party ID"));
    }
}

#[tokio::test]
async fn clips_are_queued_by_those_who_may_and_told_to_all() {
    let world = World::start().await;
    let (ana, ben, eve) =
        (Client::guest(&world, "Ana").await, Client::guest(&world, "Ben").await, Client::guest(&world, "Eve").await);
    let (id, code) = ana.makes().await;
    let path = format!("/{id}/clips");
    assert_eq!(ana.get(&path).await.ok(), json!({ "clips": [], "count": 0 }));
    let film = json!({ "url": world.link("/files/film.mp4"), "title": "The film" });
    let first = ana.post(&path, film.clone()).await.made()["clip"].clone();
    let second = ana.post(&path, film.clone()).await.made()["clip"].clone();
    let listed = ana.get(&path).await.ok();
    assert_eq!(listed["count"], 2);
    assert_eq!((&listed["clips"][0]["id"], &listed["clips"][1]["id"]), (&first["id"], &second["id"]));
    assert_eq!(ana.reads(&id).await["current_clip_id"], first["id"], "the first begins");

    ben.joins(&code).await;
    assert_eq!(ben.get(&path).await.ok()["count"], 2);
    assert_eq!(
        (ben.post(&path, film.clone()).await.no().0, ben.post(&path, film.clone()).await.no().1),
        (403, "FORBIDDEN")
    );
    assert_eq!(eve.post(&path, film).await.no(), (403, "FORBIDDEN", "Not a participant of this watch party"));
    for bad in [json!({}), json!({ "url": 7 }), json!({ "url": "ftp://example.com/a.mp4" })] {
        assert_eq!((ana.post(&path, bad.clone()).await.no().0), 400, "{bad}");
    }
    assert_eq!(ana.get(&path).await.ok()["count"], 2);
}

#[tokio::test]
async fn a_hidden_room_is_a_party_to_nobody_but_who_runs_it() {
    let world = World::start().await;
    let (ana, ben) = (Client::guest(&world, "Ana").await, Client::guest(&world, "Ben").await);
    let made = ana.makes_with(json!({ "visibility": "public" })).await;
    let (id, code) = (made["id"].as_str().unwrap(), made["invite_code"].as_str().unwrap());
    ben.joins(code).await;
    ana.native().put(&format!("/api/v1/rooms/{id}/status"), json!({ "status": "disabled" })).await.ok();
    for no in [
        ben.get(&format!("/{id}")).await,
        ben.get(&format!("/{id}/messages")).await,
        ben.post(&format!("/{id}/messages"), json!({ "message": "Hello?" })).await,
        ben.post(&format!("/{id}/end"), json!({})).await,
        ben.post(&format!("/{code}/join"), json!({})).await,
        Client::nobody(&world).get(&format!("/{id}")).await,
    ] {
        assert_eq!((no.no().0, no.no().1), (404, "NOT_FOUND"), "{}", no.text);
    }
    assert_eq!(ana.reads(id).await.get("ended_at"), None);
}

#[tokio::test]
async fn a_restart_changes_nothing() {
    let mut world = World::start().await;
    let (ana, ben, eve) =
        (Client::guest(&world, "Ana").await, Client::guest(&world, "Ben").await, Client::guest(&world, "Eve").await);
    let made = ana.makes_with(json!({ "visibility": "friends", "password": "popcorn", "max_participants": 3 })).await;
    let (id, code) = (made["id"].as_str().unwrap(), made["invite_code"].as_str().unwrap());
    for who in [&ben, &eve] {
        who.post(&format!("/{code}/join"), json!({ "password": "popcorn" })).await.ok();
    }
    ana.post(&format!("/{id}/participants/{}/role", ben.id().await), json!({ "role": "co-host" })).await.ok();
    eve.delete(&format!("/{id}/leave")).await.ok();
    let before = (ana.reads(id).await, ben.get(&format!("/{id}/participants")).await.ok());
    let (over, _) = ana.makes().await;
    ana.delete(&format!("/{over}")).await.ok();
    let ended = ana.reads(&over).await;
    world.restart().await;
    assert_eq!((ana.reads(id).await, ben.get(&format!("/{id}/participants")).await.ok()), before);
    assert_eq!(before.1["count"], 2);
    assert_eq!(before.1["participants"][1]["role"], "co-host");
    assert_eq!(ana.reads(&over).await, ended);
    // The password is still asked for, of all but those who are in.
    let zoe = Client::guest(&world, "Zoe").await;
    assert_eq!(zoe.post(&format!("/{code}/join"), json!({})).await.no().1, "PASSWORD_REQUIRED");
    ben.joins(code).await;
}
