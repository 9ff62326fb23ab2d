//! Lists of parties.

use serde_json::{Value, json};

use super::client::Client;
use crate::world::World;

/// A party that anybody may see, with so many beside its host.
async fn public(world: &World, ana: &Client, title: &str, others: usize) -> String {
    let made = ana.makes_with(json!({ "title": title, "visibility": "public" })).await;
    for n in 0..others {
        Client::guest(world, &format!("Guest {n}")).await.joins(made["invite_code"].as_str().unwrap()).await;
    }
    made["id"].as_str().unwrap().to_owned()
}

fn titles(parties: &Value) -> Vec<&str> {
    parties.as_array().unwrap().iter().map(|party| party["title"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn public_parties_are_listed_the_fullest_first_then_the_newest() {
    let mut world = World::start().await;
    let (ana, nobody) = (Client::guest(&world, "Ana").await, Client::nobody(&world));
    assert_eq!(nobody.get("/public").await.ok(), json!({ "parties": [], "total_count": 0, "limit": 20, "offset": 0 }));
    assert_eq!(nobody.get("/trending").await.ok(), json!({ "parties": [] }));
    public(&world, &ana, "old", 0).await;
    public(&world, &ana, "full", 2).await;
    public(&world, &ana, "new", 0).await;
    let left = public(&world, &ana, "left", 0).await;
    ana.delete(&format!("/{left}/leave")).await.ok();
    for hidden in [json!({ "visibility": "friends" }), json!({ "visibility": "public", "password": "popcorn" })] {
        ana.makes_with(hidden).await;
    }
    let over = public(&world, &ana, "over", 3).await;
    ana.post(&format!("/{over}/end"), json!({})).await.ok();

    let listed = nobody.get("/public").await.ok();
    assert_eq!(titles(&listed["parties"]), ["full", "new", "old", "left"]);
    assert_eq!(listed["total_count"], 4);
    let full = &listed["parties"][0];
    assert_eq!((&full["active_participant_count"], full.get("participants")), (&json!(3), None));
    assert_eq!(listed["parties"][3].get("active_participant_count"), None);
    // Where nobody takes part nothing is going on.
    let trending = nobody.get("/trending").await.ok();
    assert_eq!(titles(&trending["parties"]), ["full", "new", "old"]);

    // Rooms that nobody came to since are listed by their age, and only those of the page are loaded for it.
    world.restart().await;
    assert_eq!(nobody.get("/trending").await.ok(), json!({ "parties": [] }));
    let page = nobody.get("/public?limit=2&offset=1").await.ok();
    assert_eq!((titles(&page["parties"]), &page["total_count"]), (vec!["new", "full"], &json!(4)));
    assert_eq!(world.engine().rooms.counts().0, 2);
    let listed = nobody.get("/public").await.ok();
    assert_eq!(titles(&listed["parties"]), ["full", "new", "left", "old"]);
    assert_eq!(listed["parties"][0]["active_participant_count"], 3);
    let bad = Client { token: Some("no token".to_owned()), ..nobody.clone() };
    assert_eq!(bad.get("/public").await.ok()["total_count"], 4, "a bad token is as good as none");
}

#[tokio::test]
async fn lists_come_in_pages_and_a_bad_number_is_the_usual_one() {
    let world = World::start().await;
    let (ana, nobody) = (Client::guest(&world, "Ana").await, Client::nobody(&world));
    for title in ["one", "two", "three"] {
        public(&world, &ana, title, 0).await;
    }
    for (query, parties, limit, offset) in [
        ("limit=2", vec!["three", "two"], 2, 0),
        ("limit=2&offset=2", vec!["one"], 2, 2),
        ("offset=1", vec!["two", "one"], 20, 1),
        ("offset=9", vec![], 20, 9),
        ("limit=0&offset=-1", vec!["three", "two", "one"], 20, 0),
        ("limit=101", vec!["three", "two", "one"], 20, 0),
        ("limit=many&offset=few", vec!["three", "two", "one"], 20, 0),
        ("limit=1' OR 1=1 --<script>", vec!["three", "two", "one"], 20, 0),
        ("limit=%FF&&&=", vec!["three", "two", "one"], 20, 0),
    ] {
        let listed = nobody.get(&format!("/public?{query}")).await.ok();
        assert_eq!((titles(&listed["parties"]), listed["total_count"].clone()), (parties, json!(3)), "{query}");
        assert_eq!((&listed["limit"], &listed["offset"]), (&json!(limit), &json!(offset)), "{query}");
    }
    for (query, count) in [("limit=1", 1), ("limit=51", 3), ("limit=x", 3)] {
        let trending = nobody.get(&format!("/trending?{query}")).await.ok();
        assert_eq!(trending["parties"].as_array().unwrap().len(), count, "{query}");
    }
}

#[tokio::test]
async fn history_has_the_parties_that_one_was_in_and_that_are_over() {
    let mut world = World::start().await;
    let (ana, ben, eve) =
        (Client::guest(&world, "Ana").await, Client::guest(&world, "Ben").await, Client::guest(&world, "Eve").await);
    let nothing = json!({ "page": 1, "limit": 20, "total_count": 0, "total_pages": 0 });
    assert_eq!(ben.get("/history").await.ok(), json!({ "history": [], "pagination": nothing }));
    assert_eq!(Client::nobody(&world).get("/history").await.no().0, 401);

    let mut made = Vec::new();
    for title in ["first", "second", "third"] {
        let party = ana.makes_with(json!({ "title": title })).await;
        ben.joins(party["invite_code"].as_str().unwrap()).await;
        made.push(party["id"].as_str().unwrap().to_owned());
    }
    // One that was left counts as well, one that goes on does not.
    ben.delete(&format!("/{}/leave", made[0])).await.ok();
    for id in [&made[1], &made[0]] {
        ana.post(&format!("/{id}/end"), json!({})).await.ok();
    }
    world.restart().await;
    for who in [&ana, &ben] {
        let told = who.get("/history").await.ok();
        assert_eq!(titles(&told["history"]), ["first", "second"], "the last to end first");
        assert_eq!(told["pagination"], json!({ "page": 1, "limit": 20, "total_count": 2, "total_pages": 1 }));
        let entry = &told["history"][0];
        assert_eq!((&entry["id"], &entry["participant_count"]), (&json!(made[0]), &json!(2)));
        assert_eq!((&entry["visibility"], &entry["host_user_id"]), (&json!("private"), &json!(ana.id().await)));
        let whole = ana.reads(&made[0]).await;
        for name in ["created_at", "started_at", "ended_at"] {
            assert_eq!(entry[name], whole[name], "{name}");
        }
        assert!(entry["duration_seconds"].as_i64().unwrap() < 60, "{entry}");
    }
    assert_eq!(eve.get("/history").await.ok()["history"], json!([]));
    for (query, history, page) in [
        ("limit=1", vec!["first"], json!({ "page": 1, "limit": 1, "total_count": 2, "total_pages": 2 })),
        ("limit=1&page=2", vec!["second"], json!({ "page": 2, "limit": 1, "total_count": 2, "total_pages": 2 })),
        ("page=3", vec![], json!({ "page": 3, "limit": 20, "total_count": 2, "total_pages": 1 })),
        (
            "page=0&limit=101",
            vec!["first", "second"],
            json!({ "page": 1, "limit": 20, "total_count": 2, "total_pages": 1 }),
        ),
        (
            "page=x&limit=",
            vec!["first", "second"],
            json!({ "page": 1, "limit": 20, "total_count": 2, "total_pages": 1 }),
        ),
        (
            "page=18446744073709551615&limit=100",
            vec![],
            json!({ "page": 18_446_744_073_709_551_615_u64, "limit": 100, "total_count": 2, "total_pages": 1 }),
        ),
    ] {
        let told = ben.get(&format!("/history?{query}")).await.ok();
        assert_eq!((titles(&told["history"]), &told["pagination"]), (history, &page), "{query}");
    }
}
