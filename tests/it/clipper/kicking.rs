//! Being shown the door, kept out, or made something.

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    client::{Client, PARTIES, Reply},
    parties::NONE,
};
use crate::world::World;

/// A party of a host, a co-host and a viewer.
struct Party {
    id: String,
    code: String,
    ana: Client,
    ben: Client,
    eve: Client,
}

impl Party {
    async fn of(world: &World) -> Self {
        let (ana, ben, eve) =
            (Client::guest(world, "Ana").await, Client::guest(world, "Ben").await, Client::guest(world, "Eve").await);
        let (id, code) = ana.makes().await;
        for who in [&ben, &eve] {
            who.joins(&code).await;
        }
        let party = Self { id, code, ana, ben, eve };
        party.role(&party.ana, &party.ben.id().await, json!("co-host")).await.ok();
        party
    }

    async fn role(&self, by: &Client, user: &str, role: Value) -> Reply {
        by.post(&format!("/{}/participants/{user}/role", self.id), json!({ "role": role })).await
    }

    /// Who takes part, and as what.
    async fn roles(&self) -> Vec<(String, String)> {
        let listed = self.ana.get(&format!("/{}/participants", self.id)).await.ok();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let role = |one: &Value| (text(&one["user"]["username"]), text(&one["role"]));
        listed["participants"].as_array().unwrap().iter().map(role).collect()
    }
}

fn pairs(known: &[(&str, &str)]) -> Vec<(String, String)> {
    known.iter().map(|(name, role)| ((*name).to_owned(), (*role).to_owned())).collect()
}

#[tokio::test]
async fn a_host_shows_somebody_the_door_and_they_may_come_again() {
    let world = World::start().await;
    let party = Party::of(&world).await;
    let (id, eve) = (&party.id, party.eve.id().await);
    let kicked = party.ana.post(&format!("/{id}/kick"), json!({ "user_id": eve })).await.ok();
    assert_eq!(kicked, json!({ "message": "Participant kicked successfully" }));
    assert_eq!(party.roles().await, pairs(&[("Ana", "host"), ("Ben", "co-host")]));
    let no = party.eve.post(&format!("/{id}/messages"), json!({ "message": "Why?" })).await;
    assert_eq!(no.no(), (403, "FORBIDDEN", "Not a participant of this watch party"));
    party.eve.joins(&party.code).await;
    assert_eq!(party.roles().await, pairs(&[("Ana", "host"), ("Ben", "co-host"), ("Eve", "viewer")]));
    // The same by the path that names them; a co-host stays one who comes again.
    let path = format!("/{id}/participants/{}", party.ben.id().await);
    assert_eq!(party.ana.delete(&path).await.ok(), kicked);
    assert_eq!(party.roles().await, pairs(&[("Ana", "host"), ("Eve", "viewer")]));
    party.ben.joins(&party.code).await;
    assert_eq!(party.roles().await[1].1, "co-host");
}

#[tokio::test]
async fn only_a_host_does_and_only_to_somebody_who_is_there() {
    let world = World::start().await;
    let party = Party::of(&world).await;
    let (id, ana, eve) = (&party.id, party.ana.id().await, party.eve.id().await);
    let before = party.roles().await;
    let kick = format!("/{id}/kick");
    for (by, path, body, no) in [
        (&party.ana, &kick, json!({}), (400, "INVALID_REQUEST", "User ID is required")),
        (&party.ana, &kick, json!({ "user_id": null }), (400, "INVALID_REQUEST", "User ID is required")),
        (&party.ana, &kick, json!({ "user_id": "" }), (400, "INVALID_REQUEST", "User ID is required")),
        (&party.ana, &kick, json!({ "user_id": "Eve" }), (400, "INVALID_REQUEST", "Invalid participant user ID")),
        (&party.ana, &kick, json!({ "user_id": 7 }), (400, "INVALID_REQUEST", "Invalid participant user ID")),
        (&party.ana, &kick, json!({ "user_id": ana }), (400, "INVALID_REQUEST", "Cannot kick yourself")),
        (&party.ana, &kick, json!({ "user_id": NONE }), (404, "NOT_FOUND", "participant not found")),
        (&party.ana, &format!("/{NONE}/kick"), json!({ "user_id": eve }), (404, "NOT_FOUND", "watch party not found")),
        (&party.ana, &"/abc/kick".to_owned(), json!({ "user_id": eve }), (400, "INVALID_REQUEST", "Invalid party ID")),
        (
            &party.ben,
            &kick,
            json!({ "user_id": eve }),
            (403, "FORBIDDEN", "unauthorized: only host can kick participants"),
        ),
        (
            &party.eve,
            &kick,
            json!({ "user_id": ana }),
            (403, "FORBIDDEN", "unauthorized: only host can kick participants"),
        ),
    ] {
        assert_eq!(by.post(path, body.clone()).await.no(), no, "{path} {body}");
        if let Some(user) = body["user_id"].as_str().filter(|user| !user.is_empty()) {
            let party = path.trim_end_matches("/kick");
            assert_eq!(by.delete(&format!("{party}/participants/{user}")).await.no(), no, "{path} {body}");
        }
    }
    assert_eq!(Client::nobody(&world).post(&kick, json!({ "user_id": eve })).await.no().0, 401);
    assert_eq!(party.roles().await, before);
    // Twice is once too often.
    party.ana.post(&kick, json!({ "user_id": eve })).await.ok();
    assert_eq!(party.ana.post(&kick, json!({ "user_id": eve })).await.no().0, 404);
}

#[tokio::test]
async fn who_is_banned_neither_reads_nor_comes_in() {
    let world = World::start().await;
    let party = Party::of(&world).await;
    let (id, eve) = (&party.id, party.eve.id().await);
    party.ana.patch(&format!("/{id}/settings"), json!({ "visibility": "public" })).await.ok();
    party.ana.native().put(&format!("/api/v1/rooms/{id}/bans/{eve}"), json!({})).await.ok();
    assert_eq!(party.roles().await.len(), 2);
    for no in [
        party.eve.post(&format!("/{}/join", party.code), json!({})).await,
        party.eve.get(&format!("/{id}")).await,
        party.eve.get(&format!("/{id}/messages")).await,
        party.eve.post(&format!("/{id}/react"), json!({ "emoji": "👍" })).await,
        party.eve.get(&format!("/{id}/analytics")).await,
    ] {
        assert_eq!((no.no().0, no.no().1), (403, "FORBIDDEN"), "{}", no.text);
    }
    // Whoever shows nothing is nobody in particular.
    Client::nobody(&world).reads(id).await;
    party.eve.delete(&format!("/{id}/leave")).await.ok();
}

#[tokio::test]
async fn a_host_makes_co_hosts_and_viewers_and_gives_the_party_away() {
    let world = World::start().await;
    let party = Party::of(&world).await;
    let (ben, eve) = (party.ben.id().await, party.eve.id().await);
    let made = party.role(&party.ana, &eve, json!("co-host")).await.ok();
    assert_eq!((&made["participant"]["role"], &made["participant"]["user_id"]), (&json!("co-host"), &json!(eve)));
    party.role(&party.ana, &ben, json!("viewer")).await.ok();
    party.role(&party.ana, &ben, json!("viewer")).await.ok();
    assert_eq!(party.roles().await, pairs(&[("Ana", "host"), ("Ben", "viewer"), ("Eve", "co-host")]));
    // A co-host plays, a viewer does not.
    let film = json!({ "url": world.link("/files/film.mp4") });
    party.eve.post(&format!("/{}/clips", party.id), film.clone()).await.made();
    assert_eq!(party.ben.post(&format!("/{}/clips", party.id), film).await.no().0, 403);

    party.role(&party.ana, &ben, json!("host")).await.ok();
    assert_eq!(party.roles().await, pairs(&[("Ben", "host"), ("Ana", "co-host"), ("Eve", "co-host")]));
    assert_eq!(party.ana.post(&format!("/{}/end", party.id), json!({})).await.no().0, 403);
    party.ben.post(&format!("/{}/end", party.id), json!({})).await.ok();
}

#[tokio::test]
async fn a_viewer_who_is_more_in_this_server_stays_so() {
    let world = World::start().await;
    let party = Party::of(&world).await;
    let eve = party.eve.id().await;
    let path = format!("/api/v1/rooms/{}/members/{eve}/role", party.id);
    party.ana.native().put(&path, json!({ "role": "moderator" })).await.ok();
    assert_eq!(party.roles().await[2].1, "viewer");
    party.role(&party.ana, &eve, json!("viewer")).await.ok();
    let members = party.ana.native().get(&format!("/api/v1/rooms/{}/members", party.id)).await.ok();
    assert!(members.to_string().contains("moderator"), "{members}");
}

#[tokio::test]
async fn roles_are_the_hosts_to_give_to_those_who_take_part() {
    let world = World::start().await;
    let party = Party::of(&world).await;
    let (ana, ben, eve) = (party.ana.id().await, party.ben.id().await, party.eve.id().await);
    let zoe = Client::guest(&world, "Zoe").await.id().await;
    let before = party.roles().await;
    for bad in [json!("moderator"), json!(""), json!(null), json!(7), json!("Host")] {
        assert_eq!(party.role(&party.ana, &eve, bad.clone()).await.no().0, 400, "{bad}");
    }
    for (by, user, no) in [
        (&party.ana, "abc", (400, "INVALID_REQUEST", "Invalid participant user ID")),
        (&party.ana, &ana, (400, "INVALID_REQUEST", "Cannot change your own role")),
        (&party.ana, &zoe, (404, "NOT_FOUND", "participant not found")),
        (&party.ana, NONE, (404, "NOT_FOUND", "participant not found")),
        (&party.ben, &eve, (403, "FORBIDDEN", "unauthorized: only host can change roles")),
        (&party.eve, &ben, (403, "FORBIDDEN", "unauthorized: only host can change roles")),
    ] {
        assert_eq!(party.role(by, user, json!("co-host")).await.no(), no, "{user}");
    }
    let path = format!("{PARTIES}/{}/participants/{eve}/role", party.id);
    assert_eq!(party.ana.send(Method::POST, &path, |request| request).await.no().0, 400);
    assert_eq!(party.roles().await, before);
}
