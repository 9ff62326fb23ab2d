//! What is kept: each lasting fact of a room and of a person is there again after a restart, as it was.

use std::time::Duration;

use engine::{
    ids::RoomId,
    records::{Place, PlaceId, PlaceSettings, Platform},
    room::Role,
};
use serde_json::{Value, json};

use crate::world::{Caller, World, in_room};

/// How long a look at a link may take here.
const PATIENCE: Duration = Duration::from_secs(20);

/// A room in which something of everything happened.
async fn a_full_room(world: &World, ana: &Caller) -> Value {
    let room = ana.makes_room("Before").await;
    let [ben, cleo, dan] = [world.person("Ben").await, world.person("Cleo").await, world.person("Dan").await];
    for guest in [&ben, &cleo, &dan] {
        guest.joins(&room).await;
        guest.post(&in_room(&room, "/chat"), json!({ "text": "here I am" })).await.created();
    }
    let person = |line: &Value| line["by"]["person"].as_str().unwrap().to_owned();
    let chat = ana.get(&in_room(&room, "/chat")).await.ok();
    let [dan, cleo, ben_id] = [0, 1, 2].map(|n| person(&chat[n]));

    let set = json!({
        "title": "Friday", "about": "Films with bees", "colour": "#112233", "visibility": "private", "capacity": 12,
        "queue_mode": "vote", "vote_skip": true, "skip_segments": ["sponsor"], "slow_mode_ms": 1000, "password": "sesame",
        "profanity_words": ["bees"], "source_url": "https://youtu.be/aqz-KE-bpKQ", "volume": 40, "restore": "prompt",
    });
    ana.patch(&in_room(&room, ""), set).await.ok();
    let links = ["a", "b", "c"].map(|name| world.link(&format!("/files/film.mp4?{name}"))).join("\n");
    let many = ana.post(&in_room(&room, "/queue/many"), json!({ "text": links })).await.created();
    lengths_are_known(ana, &room).await;
    let second = many["items"][2]["id"].as_str().unwrap().to_owned();
    ana.post(&in_room(&room, "/playback/pause"), json!({})).await.ok();
    ana.post(&in_room(&room, "/playback/rate"), json!({ "rate": 1.25 })).await.ok();
    ben.put(&in_room(&room, &format!("/queue/{second}/vote")), json!({})).await.ok();
    ana.patch(&in_room(&room, &format!("/queue/{second}")), json!({ "start_ms": 5000 })).await.ok();
    ana.put(&in_room(&room, &format!("/members/{ben_id}/role")), json!({ "role": "moderator" })).await.ok();
    ana.put(&in_room(&room, &format!("/mutes/{cleo}")), json!({})).await.ok();
    ana.put(&in_room(&room, &format!("/bans/{dan}")), json!({ "for_ms": 3_600_000, "reason": "shouts" })).await.ok();
    ben.put(&in_room(&room, "/coming/me"), json!({})).await.ok();
    ana.post(&in_room(&room, "/reactions"), json!({ "emoji": "👏" })).await.ok();
    ana.post(&in_room(&room, "/invites"), json!({ "for_ms": 3_600_000, "note": "for Eve" })).await.created();
    let list = json!({ "name": "Rainy days", "from_room": room["id"] });
    ana.post(&in_room(&room, "/playlists"), list.clone()).await.created();
    ana.post("/api/v1/playlists", list).await.created();
    let end = ana.get(&in_room(&room, "")).await.ok()["made_at"].as_i64().unwrap() + 7_200_000;
    ana.put(&in_room(&room, "/schedule"), json!({ "end": end })).await.ok();
    ana.post(&in_room(&room, "/queue/shuffle"), json!({})).await.ok();
    ana.post(&in_room(&room, "/undo"), json!({})).await.ok();
    room
}

/// Links are looked at behind the answer; until that is through, the room still changes by itself.
async fn lengths_are_known(ana: &Caller, room: &Value) {
    let known = async {
        loop {
            let queue = ana.get(&in_room(room, "/queue")).await.ok();
            let mut items = queue["queue"].as_array().unwrap().iter().chain([&queue["current"]]);
            if items.all(|item| item["duration_ms"].is_number()) {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, known).await.expect("every link is looked at");
}

/// All that can be asked of a room and of a person.
async fn all_of(ana: &Caller, room: &Value) -> Value {
    let mut all = serde_json::Map::new();
    for part in
        ["", "/queue", "/members", "/bans", "/invites", "/playlists", "/coming", "/proposals", "/history", "/audit"]
    {
        all.insert(part.to_owned(), ana.get(&in_room(room, part)).await.ok());
    }
    for path in ["/api/v1/playlists", "/api/v1/people/me", "/api/v1/people/me/rooms"] {
        all.insert(path.to_owned(), ana.get(path).await.ok());
    }
    // Another life of the room is another epoch, and nobody is connected to it yet.
    all[""]["epoch"] = json!(0);
    Value::Object(all)
}

#[tokio::test]
async fn whatever_was_done_to_a_room_is_there_after_a_restart() {
    let mut world = World::start().await;
    let ana = world.person("Ana").await;
    let room = a_full_room(&world, &ana).await;
    let before = all_of(&ana, &room).await;
    assert_eq!(before[""]["title"], "Friday");
    assert_eq!(before["/bans"][0]["reason"], "shouts");
    world.restart().await;
    let after = all_of(&ana, &room).await;
    for (part, was) in before.as_object().unwrap() {
        assert_eq!(&after[part], was, "{part}");
    }
    let short = ana.patch(&in_room(&room, ""), json!({ "password": "abc" })).await;
    assert_eq!(short.no(), (400, "bad_input".to_owned()));
    // The password is asked for as before, and the ban holds.
    let eve = world.person("Eve").await;
    let join = async |password: &str| eve.post(&in_room(&room, "/join"), json!({ "password": password })).await;
    assert_eq!(join("wrong one").await.no(), (403, "wrong_room_password".to_owned()));
    join("sesame").await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_set_a_chat_and_its_community_at_once_nobody_is_lost() {
    let mut world = World::start().await;
    let ana = world.person("Ana").await;
    let room = ana.makes_room("Settings").await;
    let room = RoomId(room["id"].as_str().unwrap().parse().unwrap());
    let chat = PlaceId { platform: Platform::Discord, chat: 77, topic: None };
    let places = world.engine().places.clone();
    places.tie(chat.clone(), room).await.unwrap();
    let changes: [fn(&mut PlaceSettings); 10] = [
        |set| set.locale = Some("de".into()),
        |set| set.lines_in = true,
        |set| set.lines_out = true,
        |set| set.notices = true,
        |set| set.threads = true,
        |set| set.voice = true,
        |set| set.polls = true,
        |set| set.community = Some(-5),
        |set| set.thread = Some(i64::MAX),
        |set| set.event = Some("e7".into()),
    ];
    let mut all = tokio::task::JoinSet::new();
    for change in changes {
        let (places, chat) = (places.clone(), chat.clone());
        all.spawn(async move { places.change(&chat, change).await.unwrap().is_some() });
    }
    for role in 0..50 {
        let places = places.clone();
        let rank = Some(if role == 17 { Role::Cohost } else { Role::Trusted });
        all.spawn(async move { places.set_rank(Platform::Discord, 900, role, rank).await.is_ok() });
    }
    let (card, there) = (places.clone(), chat.clone());
    all.spawn(async move { card.set_card(&there, Some(5)).await.is_ok() });
    assert!(all.join_all().await.into_iter().all(|done| done));
    world.restart().await;
    let place = world.engine().places.get(&chat).await.unwrap().unwrap();
    let settings = PlaceSettings {
        locale: Some("de".into()),
        lines_in: true,
        lines_out: true,
        notices: true,
        threads: true,
        voice: true,
        polls: true,
        community: Some(-5),
        thread: Some(i64::MAX),
        event: Some("e7".into()),
        zone: None,
        guests_only: false,
        reminded: None,
    };
    assert_eq!(place, Place { id: chat, room, card: Some(5), settings });
    let community = world.engine().places.community(Platform::Discord, 900).await.unwrap().unwrap();
    assert_eq!((community.ranks.len(), community.rank(&[3, 17])), (50, Some(Role::Cohost)));
}
