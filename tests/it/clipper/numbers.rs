//! What was counted.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{client::Client, parties::NONE};
use crate::{viewer::Viewer, world::World};

#[tokio::test]
async fn a_party_is_counted() {
    let world = World::start().await;
    let (ana, person) = (Client::guest(&world, "Ana").await, world.person("Ben").await);
    let ben = Client::of(&world, &person);
    let (id, code) = ana.makes().await;
    let counted = async || ana.get(&format!("/{id}/analytics")).await.ok();
    let numbers = |unique: u64, peak: u64, current: u64, lines: u64, reactions: u64| {
        json!({
            "party_id": id,
            "unique_viewers": unique,
            "peak_concurrent": peak,
            "current_viewers": current,
            "avg_duration_seconds": 0,
            "chat_messages": lines,
            "reactions": reactions,
            "total_engagement": lines + reactions,
        })
    };
    assert_eq!(counted().await, numbers(1, 1, 1, 0, 0));
    ben.joins(&code).await;
    ana.post(&format!("/{id}/messages"), json!({ "message": "Hello" })).await.made();
    for _ in 0..2 {
        ben.post(&format!("/{id}/react"), json!({ "emoji": "👍" })).await.made();
    }
    assert_eq!(counted().await, numbers(2, 2, 2, 1, 2));
    // Who watches without having joined is there as well.
    let (eve, viewer) = (world.person("Eve").await, json!({ "id": id, "invite": code }));
    eve.post(&format!("/api/v1/rooms/{code}/join"), json!({})).await.ok();
    let watching = Viewer::open(&world, &viewer, &eve).await;
    assert_eq!(counted().await["current_viewers"], 3);
    drop(watching);
    ben.delete(&format!("/{id}/leave")).await.ok();
    ana.post(&format!("/{id}/end"), json!({})).await.ok();
    let over = counted().await;
    assert_eq!((&over["unique_viewers"], &over["total_engagement"]), (&json!(2), &json!(3)));
}

#[tokio::test]
async fn numbers_of_a_private_party_are_its_hosts_and_among_friends_of_who_was_there() {
    let world = World::start().await;
    let (ana, ben, eve) =
        (Client::guest(&world, "Ana").await, Client::guest(&world, "Ben").await, Client::guest(&world, "Eve").await);
    let host_only = Some("unauthorized: only host can view analytics");
    let those_inside = Some("unauthorized: not a participant");
    for (body, inside, outside) in [
        (json!({ "visibility": "private" }), host_only, host_only),
        (json!({ "visibility": "friends" }), None, those_inside),
        (json!({ "visibility": "public", "password": "popcorn" }), None, those_inside),
        (json!({ "visibility": "public" }), None, None),
        (json!({ "visibility": "invite" }), None, None),
    ] {
        let made = ana.makes_with(body.clone()).await;
        let path = format!("/{}/analytics", made["id"].as_str().unwrap());
        let join = format!("/{}/join", made["invite_code"].as_str().unwrap());
        ben.post(&join, json!({ "password": "popcorn" })).await.ok();
        // Who left was there.
        ben.delete(&path.replace("analytics", "leave")).await.ok();
        ana.get(&path).await.ok();
        for (who, no) in [(&ben, inside), (&eve, outside)] {
            let reply = who.get(&path).await;
            match no {
                Some(sentence) => assert_eq!(reply.no(), (403, "FORBIDDEN", sentence), "{body}"),
                None => drop(reply.ok()),
            }
        }
        assert_eq!(Client::nobody(&world).get(&path).await.no().0, 401);
    }
    assert_eq!(ana.get(&format!("/{NONE}/analytics")).await.no(), (404, "NOT_FOUND", "watch party not found"));
    assert_eq!(ana.get("/abc/analytics").await.no(), (400, "INVALID_REQUEST", "Invalid party ID"));
}

#[tokio::test]
async fn ones_own_parties_are_summed_up_for_oneself_alone() {
    let world = World::start().await;
    let (ana, ben) = (Client::guest(&world, "Ana").await, Client::guest(&world, "Ben").await);
    let (ana_id, ben_id) = (ana.id().await, ben.id().await);
    let path = |id: &str| format!("/api/v1/users/{id}/watch-party-stats");
    let stats = async |who: &Client, id: &str| who.send(reqwest::Method::GET, &path(id), |request| request).await;
    let sums = |hosted: u64, viewers: u64, mean: f64, lines: u64, reactions: u64| {
        json!({
            "total_parties_hosted": hosted,
            "total_viewers": viewers,
            "avg_viewers_per_party": mean,
            "total_chat_messages": lines,
            "total_reactions": reactions,
        })
    };
    assert_eq!(stats(&ana, &ana_id).await.ok(), sums(0, 0, 0.0, 0, 0));
    let (id, code) = ana.makes().await;
    ana.makes().await;
    ben.joins(&code).await;
    ben.post(&format!("/{id}/messages"), json!({ "message": "Hello" })).await.made();
    ben.post(&format!("/{id}/react"), json!({ "emoji": "👍" })).await.made();
    ana.post(&format!("/{id}/end"), json!({})).await.ok();
    assert_eq!(stats(&ana, &ana_id).await.ok(), sums(2, 3, 1.5, 1, 1));
    assert_eq!(stats(&ben, &ben_id).await.ok()["total_parties_hosted"], 0);

    let only = (403, "FORBIDDEN", "You can only view your own watch party statistics");
    assert_eq!(stats(&ben, &ana_id).await.no(), only);
    assert_eq!(stats(&ana, NONE).await.no(), only);
    assert_eq!(stats(&ana, "me").await.no(), (400, "INVALID_REQUEST", "Invalid user ID"));
    assert_eq!(stats(&Client::nobody(&world), &ana_id).await.no().0, 401);
    let names: BTreeSet<_> = [Value::from("data"), Value::from("success")].map(|name| name.to_string()).into();
    let whole = stats(&ana, &ana_id).await.body;
    assert_eq!(
        whole.as_object().unwrap().keys().map(|name| Value::from(name.as_str()).to_string()).collect::<BTreeSet<_>>(),
        names
    );
}
