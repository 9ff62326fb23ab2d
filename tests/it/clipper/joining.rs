//! Joining and leaving.

use serde_json::json;

use super::{
    client::{Client, room},
    parties::NONE,
};
use crate::{viewer::Viewer, world::World};

const CLOSED: (u16, &str, &str) = (404, "NOT_FOUND", "Watch party not found or has ended");

#[tokio::test]
async fn one_joins_by_a_code_in_any_case_or_by_a_link_and_is_told_the_party() {
    let world = World::start().await;
    let (ana, ben, eve) =
        (Client::guest(&world, "Ana").await, Client::guest(&world, "Ben").await, Client::guest(&world, "Eve").await);
    let (id, code) = ana.makes().await;
    assert_eq!(ana.reads(&id).await.get("started_at"), None, "it starts when somebody comes");
    let joined = ben.joins(&code).await;
    let party = &joined["party"];
    assert!(joined["invite_url"].as_str().unwrap().ends_with(&format!("/watch-parties/{code}")));
    let roles: Vec<_> =
        party["participants"].as_array().unwrap().iter().map(|one| one["role"].as_str().unwrap()).collect();
    assert_eq!((roles, &party["active_participant_count"]), (vec!["host", "viewer"], &json!(2)));
    assert_eq!(party["participants"][1]["user"]["display_name"], "Ben");
    assert_eq!(party["started_at"], party["participants"][1]["joined_at"]);

    let token = room(&world, &id).await.invite.to_string();
    for way in [code.to_lowercase(), token] {
        eve.joins(&way).await;
        eve.delete(&format!("/{id}/leave")).await.ok();
    }
    // Without a body as well.
    let bare = eve.send(reqwest::Method::POST, &format!("{}/{code}/join", super::client::PARTIES), |bare| bare).await;
    assert_eq!(bare.ok()["party"]["id"], id);
}

#[tokio::test]
async fn what_opens_nothing_is_told_apart_by_nobody() {
    let world = World::start().await;
    let (ana, ben) = (Client::guest(&world, "Ana").await, Client::guest(&world, "Ben").await);
    let (id, code) = ana.makes().await;
    for wrong in ["ZZZZZZ", "abc", "0123456789abcdef", NONE, id.as_str(), "%20", "%FF%FF", "%00"] {
        assert_eq!(ben.post(&format!("/{wrong}/join"), json!({})).await.no(), CLOSED, "{wrong}");
    }
    ana.post(&format!("/{id}/end"), json!({})).await.ok();
    for who in [&ben, &ana] {
        assert_eq!(who.post(&format!("/{code}/join"), json!({})).await.no(), CLOSED);
    }
    for (bad, body) in [("password", json!({ "password": 7 })), ("body", json!([]))] {
        assert_eq!(ben.post(&format!("/{code}/join"), body).await.no().0, 400, "{bad}");
    }
    assert_eq!(Client::nobody(&world).post(&format!("/{code}/join"), json!({})).await.no().0, 401);
}

#[tokio::test]
async fn the_code_of_a_private_room_is_not_enough_its_link_is() {
    let world = World::start().await;
    let (ana, ben) = (Client::guest(&world, "Ana").await, Client::guest(&world, "Ben").await);
    let body = json!({ "title": "Hideout", "visibility": "private" });
    let hideout = ana.native().post("/api/v1/rooms", body).await.created();
    let id = hideout["id"].as_str().unwrap();
    let party = ana.reads(id).await;
    assert_eq!((&party["visibility"], &party["invite_code"]), (&json!("private"), &hideout["invite"]));
    assert_eq!(ben.post(&format!("/{}/join", hideout["code"].as_str().unwrap()), json!({})).await.no(), CLOSED);
    ben.joins(hideout["invite"].as_str().unwrap()).await;
}

#[tokio::test]
async fn a_password_is_asked_for_once() {
    let world = World::start().await;
    let (ana, ben) = (Client::guest(&world, "Ana").await, Client::guest(&world, "Ben").await);
    let made = ana.makes_with(json!({ "password": "popcorn" })).await;
    let (id, code) = (made["id"].as_str().unwrap(), made["invite_code"].as_str().unwrap());
    let path = format!("/{code}/join");
    for without in [json!({}), json!({ "password": "" }), json!({ "password": null })] {
        let no = ben.post(&path, without).await;
        assert_eq!(no.no(), (403, "PASSWORD_REQUIRED", "This watch party requires a password"));
    }
    let no = ben.post(&path, json!({ "password": "crisps" })).await;
    assert_eq!(no.no(), (403, "INVALID_PASSWORD", "Incorrect password"));
    assert_eq!(ana.reads(id).await["active_participant_count"], 1);
    ben.post(&path, json!({ "password": "popcorn" })).await.ok();
    // Who is in, and who was, comes in by the code.
    ben.joins(code).await;
    ben.delete(&format!("/{id}/leave")).await.ok();
    ben.joins(code).await;
    ana.joins(code).await;
}

#[tokio::test]
async fn who_is_in_by_another_door_joins_whatever_was_set_since() {
    let world = World::start().await;
    let (ana, person) = (Client::guest(&world, "Ana").await, world.person("Ben").await);
    let ben = Client::of(&world, &person);
    let made = ana.makes_with(json!({ "visibility": "public", "max_participants": 2 })).await;
    let (id, code) = (made["id"].as_str().unwrap(), made["invite_code"].as_str().unwrap());
    let viewer = Viewer::open(&world, &json!({ "id": id }), &person).await;
    ana.patch(&format!("/{id}/settings"), json!({ "password": "popcorn" })).await.ok();
    ben.joins(code).await;
    drop(viewer);
    // And stays let in when they are gone for a while.
    ben.delete(&format!("/{id}/leave")).await.ok();
    ben.joins(code).await;
    ben.post(&format!("/{id}/messages"), json!({ "message": "Still here" })).await.made();
}

#[tokio::test]
async fn a_party_holds_so_many_the_host_among_them() {
    let world = World::start().await;
    let (ana, ben, eve) =
        (Client::guest(&world, "Ana").await, Client::guest(&world, "Ben").await, Client::guest(&world, "Eve").await);
    let made = ana.makes_with(json!({ "max_participants": 2 })).await;
    let (id, code) = (made["id"].as_str().unwrap(), made["invite_code"].as_str().unwrap());
    let path = format!("/{code}/join");
    ben.joins(code).await;
    let full = (403, "PARTY_FULL", "party is full: 2/2 participants");
    assert_eq!(eve.post(&path, json!({})).await.no(), full);
    // Who is in is in, however often they ask.
    ben.joins(code).await;
    ana.joins(code).await;
    // A place is free when somebody goes, but the host's.
    ana.delete(&format!("/{id}/leave")).await.ok();
    assert_eq!(eve.post(&path, json!({})).await.no(), full);
    ana.joins(code).await;
    ben.delete(&format!("/{id}/leave")).await.ok();
    eve.joins(code).await;
    assert_eq!(ben.post(&path, json!({})).await.no(), full);
}

#[tokio::test]
async fn of_many_who_ask_at_once_for_the_last_place_one_gets_it() {
    let world = World::start().await;
    let ana = Client::guest(&world, "Ana").await;
    for _ in 0..5 {
        let made = ana.makes_with(json!({ "max_participants": 2 })).await;
        let code = made["invite_code"].as_str().unwrap().to_owned();
        let mut asked = Vec::new();
        for n in 0..8 {
            let (guest, path) = (Client::guest(&world, &format!("Guest {n}")).await, format!("/{code}/join"));
            asked.push(async move { guest.post(&path, json!({})).await });
        }
        let answers = futures_util::future::join_all(asked).await;
        let (inside, outside): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
        assert_eq!((inside.len(), outside.len()), (1, 7));
        assert!(outside.iter().all(|answer| answer.no().1 == "PARTY_FULL"));
        assert_eq!(ana.reads(made["id"].as_str().unwrap()).await["active_participant_count"], 2);
    }
}

#[tokio::test]
async fn leaving_is_fine_for_anybody_at_any_time() {
    let world = World::start().await;
    let (ana, ben) = (Client::guest(&world, "Ana").await, Client::guest(&world, "Ben").await);
    let (id, code) = ana.makes().await;
    let left = json!({ "message": "Successfully left watch party" });
    for path in [format!("/{id}/leave"), format!("/{NONE}/leave")] {
        assert_eq!(ben.delete(&path).await.ok(), left, "never joined, or never was");
    }
    ben.joins(&code).await;
    let before = ana.get(&format!("/{id}/participants")).await.ok();
    let leave = format!("/{id}/leave");
    assert_eq!(ben.delete(&leave).await.ok(), left);
    let without = ana.get(&format!("/{id}/participants")).await.ok();
    assert_eq!((&without["count"], without["participants"].as_array().unwrap().len()), (&json!(1), 1));
    // Who comes again is who they were: since the same moment, under the same number.
    ben.joins(&code).await;
    assert_eq!(ana.get(&format!("/{id}/participants")).await.ok(), before);
    ana.post(&format!("/{id}/end"), json!({})).await.ok();
    assert_eq!(ben.delete(&leave).await.ok(), left, "also out of one that is over");
    assert_eq!(ben.delete("/abc/leave").await.no(), (400, "INVALID_REQUEST", "Invalid party ID"));
    assert_eq!(Client::nobody(&world).delete(&leave).await.no().0, 401);
}

/// Nothing else knows of them by then: they never came by a socket, and what happened is not kept.
#[tokio::test]
async fn who_deletes_themself_leaves_no_place_behind() {
    let mut world = World::start_with(|config| config.retention.audit_days = 0).await;
    let ana = Client::guest(&world, "Ana").await;
    let person = world.person("Ben").await;
    let (id, code) = ana.makes().await;
    Client::of(&world, &person).joins(&code).await;
    for line in ["one", "two"] {
        ana.post(&format!("/{id}/messages"), json!({ "message": line })).await.made();
        world.restart().await;
    }
    assert_eq!(room(&world, &id).await.participants.len(), 2);
    let answer = person.delete("/api/v1/people/me").await;
    assert_eq!(answer.status, 204, "{}", answer.text);
    let left = room(&world, &id).await;
    assert!(left.participants.values().all(|place| &*place.name == "Ana"), "{:?}", left.participants);
}
