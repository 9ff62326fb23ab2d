//! What a host sets.

use serde_json::json;

use super::{
    client::{Client, room},
    parties::NONE,
};
use crate::world::World;

#[tokio::test]
async fn a_host_changes_what_a_party_is_called_and_who_is_let_in() {
    let world = World::start().await;
    let ana = Client::guest(&world, "Ana").await;
    let (id, _) = ana.makes().await;
    let path = format!("/{id}/settings");
    for (body, field, value) in [
        (json!({ "title": "Saturday" }), "title", json!("Saturday")),
        (json!({ "visibility": "public" }), "visibility", json!("public")),
        (json!({ "visibility": "friends" }), "visibility", json!("friends")),
        (json!({ "visibility": "invite" }), "visibility", json!("invite")),
        (json!({ "visibility": "private" }), "visibility", json!("private")),
        (json!({ "max_participants": 1000 }), "max_participants", json!(1000)),
        (json!({ "max_participants": 2 }), "max_participants", json!(2)),
    ] {
        let said = ana.patch(&path, body.clone()).await.ok();
        assert_eq!(said, json!({ "message": "Settings updated successfully" }));
        assert_eq!(ana.reads(&id).await[field], value, "{body}");
    }
    // What is not named stays.
    let before = ana.reads(&id).await;
    ana.patch(&path, json!({})).await.ok();
    ana.patch(&path, json!({ "title": null, "visibility": null, "max_participants": null, "colour": 7 })).await.ok();
    assert_eq!(ana.reads(&id).await, before);
}

#[tokio::test]
async fn a_password_is_set_changed_and_taken_away() {
    let world = World::start().await;
    let ana = Client::guest(&world, "Ana").await;
    let (id, code) = ana.makes().await;
    let (path, join) = (format!("/{id}/settings"), format!("/{code}/join"));
    for (n, away) in [json!(null), json!("")].into_iter().enumerate() {
        let guest = Client::guest(&world, &format!("Guest {n}")).await;
        ana.patch(&path, json!({ "password": "popcorn" })).await.ok();
        assert_eq!(guest.post(&join, json!({})).await.no().1, "PASSWORD_REQUIRED");
        ana.patch(&path, json!({ "password": "crisps" })).await.ok();
        assert_eq!(guest.post(&join, json!({ "password": "popcorn" })).await.no().1, "INVALID_PASSWORD");
        // Nothing said of it is no change.
        ana.patch(&path, json!({ "title": "Still locked" })).await.ok();
        assert_eq!(guest.post(&join, json!({})).await.no().1, "PASSWORD_REQUIRED");
        ana.patch(&path, json!({ "password": away })).await.ok();
        guest.joins(&code).await;
    }
}

#[tokio::test]
async fn a_party_that_closes_gets_another_code_and_keeps_who_takes_part() {
    let world = World::start().await;
    let (ana, ben, eve) =
        (Client::guest(&world, "Ana").await, Client::guest(&world, "Ben").await, Client::guest(&world, "Eve").await);
    let made = ana.makes_with(json!({ "visibility": "public" })).await;
    let (id, old) = (made["id"].as_str().unwrap(), made["invite_code"].as_str().unwrap());
    ben.joins(old).await;
    ana.patch(&format!("/{id}/settings"), json!({ "visibility": "private" })).await.ok();
    let party = ben.reads(id).await;
    assert_ne!(party["invite_code"], old);
    assert_eq!(eve.post(&format!("/{old}/join"), json!({})).await.no().0, 404);
    eve.joins(party["invite_code"].as_str().unwrap()).await;
    ben.post(&format!("/{id}/messages"), json!({ "message": "Still here" })).await.made();
}

#[tokio::test]
async fn a_room_that_is_private_here_is_not_opened_by_their_word_for_it() {
    let world = World::start().await;
    let ana = Client::guest(&world, "Ana").await;
    let body = json!({ "title": "Hideout", "visibility": "private" });
    let hideout = ana.native().post("/api/v1/rooms", body).await.created();
    let id = hideout["id"].as_str().unwrap();
    ana.patch(&format!("/{id}/settings"), json!({ "visibility": "private", "title": "Den" })).await.ok();
    let view = room(&world, id).await;
    assert_eq!((view.settings.visibility, &*view.settings.title), (engine::room::Visibility::Private, "Den"));
    ana.patch(&format!("/{id}/settings"), json!({ "visibility": "invite" })).await.ok();
    assert_eq!(room(&world, id).await.settings.visibility, engine::room::Visibility::Unlisted);
}

#[tokio::test]
async fn what_makes_no_sense_changes_nothing() {
    let world = World::start().await;
    let ana = Client::guest(&world, "Ana").await;
    let (id, _) = ana.makes().await;
    let before = ana.reads(&id).await;
    for bad in [
        json!({ "title": "" }),
        json!({ "title": " " }),
        json!({ "title": "x".repeat(201) }),
        json!({ "visibility": "everybody" }),
        json!({ "visibility": 1 }),
        json!({ "password": "abc" }),
        json!({ "password": 1234 }),
        json!({ "max_participants": 1 }),
        json!({ "max_participants": 1001 }),
        json!({ "max_participants": 0 }),
        json!({ "title": "Good", "max_participants": 3.5 }),
        json!([]),
    ] {
        let no = ana.patch(&format!("/{id}/settings"), bad.clone()).await;
        assert_eq!((no.no().0, no.no().1), (400, "INVALID_REQUEST"), "{bad}: {}", no.text);
    }
    assert_eq!(ana.reads(&id).await, before);
}

#[tokio::test]
async fn settings_are_the_hosts_alone_and_of_a_party_that_goes_on() {
    let world = World::start().await;
    let (ana, ben, eve) =
        (Client::guest(&world, "Ana").await, Client::guest(&world, "Ben").await, Client::guest(&world, "Eve").await);
    let (id, code) = ana.makes().await;
    ben.joins(&code).await;
    ana.post(&format!("/{id}/participants/{}/role", ben.id().await), json!({ "role": "co-host" })).await.ok();
    let path = format!("/{id}/settings");
    for who in [&ben, &eve] {
        let no = who.patch(&path, json!({ "title": "Mine" })).await;
        assert_eq!(no.no(), (403, "FORBIDDEN", "unauthorized: only host can update settings"));
    }
    assert_eq!(Client::nobody(&world).patch(&path, json!({})).await.no().0, 401);
    let no = ana.patch(&format!("/{NONE}/settings"), json!({})).await;
    assert_eq!(no.no(), (404, "NOT_FOUND", "watch party not found"));
    assert_eq!(ana.patch("/abc/settings", json!({})).await.no(), (400, "INVALID_REQUEST", "Invalid party ID"));
    ana.post(&format!("/{id}/end"), json!({})).await.ok();
    let no = ana.patch(&path, json!({ "title": "Too late" })).await;
    assert_eq!(no.no(), (400, "INVALID_REQUEST", "party has ended"));
    assert_eq!(ana.reads(&id).await["title"], "Friday Night Gaming");
}
