//! One room through every door at once: five APIs, two chats and a browser.

use reqwest::Method;

use super::*;
use crate::{
    clipper::socket_client::Socket as ClipperSocket,
    opentogethertube::socket_client::{OttSocket, number},
    watch2gether::{Bot, ask, of, post},
    watchers::client::{Program, first_version},
};

/// Everybody in one room.
struct Evening {
    couch: Couch,
    /// OpenTogetherTube's client.
    ott: OttSocket,
    /// Clipper's.
    clipper: ClipperSocket,
    /// The key of Watch2Gether's, and the room as it calls it.
    key: String,
    w2g: Value,
    /// watchers.io's, which made it.
    cinema: Program,
}

impl Evening {
    /// A room that watchers.io's client made, into which all others came. A film of a minute is on, and stands at its start.
    async fn begins() -> Self {
        let stage = Stage::opens().await;
        let cinema = Program::start(&stage.world).await;
        cinema.makes(first_version("evening")).await;
        let room = cinema.native(&stage.world, "evening").await;
        let id: RoomId = room["id"].as_str().unwrap().parse().unwrap();
        stage.world.engine().places.tie(channel(), id).await.unwrap();

        let bot = Bot::new(&stage.world, "Movie bot").await;
        let key = bot.key.clone();
        let w2g = bot.post("/rooms/default/join_room", json!({ "access_key": room["invite"] })).await.body;
        stage.discord.asks(FILM_CLUB, ANA, &format!("/watch link:{}", stage.world.link("/files/demo.mp4"))).await;
        let couch = stage.with(id).await;
        couch.stands_at_its_start().await;

        let (cara, dora) = (couch.world.person("Cara").await, couch.world.person("Dora").await);
        let ott = OttSocket::join(&couch.world, &id.to_string(), &cara).await;
        let clipper = ClipperSocket::join(&couch.world, id, &dora).await;
        Self { couch, ott, clipper, key, w2g, cinema }
    }

    /// What Watch2Gether's client is told of the player.
    async fn player(&self) -> Value {
        let path = of(&self.w2g, "");
        let told = ask(&self.couch.world, Method::GET, &path, |request| {
            request.header("accept", "application/json").header("x-w2g-api-key", &self.key)
        });
        told.await.body["player"].clone()
    }

    /// Watch2Gether's client asks for something.
    async fn bot(&self, path: &str, mut body: Value) {
        body["w2g_api_key"] = json!(self.key);
        let done = post(&self.couch.world, &of(&self.w2g, path), body).await;
        assert_eq!(done.status, 200, "{}", done.text);
    }

    /// All of them see the film stand there, and who can be told hears who did it.
    async fn all_see_it_stand_at(&mut self, seconds: u32, name: &str, door: &str) {
        self.couch.all_see_it_stand_at(seconds.into(), name, door).await;
        let there = |frame: &Value| (number(&frame["playbackPosition"]) - f64::from(seconds)).abs() < 0.001;
        self.ott.hears("the place", |frame| frame["playbackPosition"].is_number() && there(frame)).await;
        let sought = self.clipper.hears("seek").await;
        assert_eq!((&sought["position"], &sought["is_playing"]), (&json!(seconds), &json!(false)));
        let player = self.player().await;
        assert_eq!((player["position"].as_f64(), &player["playing"]), (Some(seconds.into()), &json!(false)));
    }
}

#[tokio::test]
async fn five_apis_two_chats_and_a_browser_are_in_one_room_and_agree() {
    let mut evening = Box::pin(Evening::begins()).await;

    let answer = evening.couch.discord.asks(FILM_CLUB, ANA, "/seek time:0:11").await;
    assert!(answer.text().contains("0:11"), "{}", answer.text());
    evening.all_see_it_stand_at(11, "Ana", "discord").await;

    evening.couch.telegram.hears(&evening.couch.chat, &BORIS, "/seek 0:12").await;
    evening.all_see_it_stand_at(12, "Boris", "telegram").await;

    evening.couch.viewer.does(json!({ "do": "seek", "position_ms": 13_000 })).await;
    evening.all_see_it_stand_at(13, "bootstrap", "api").await;

    evening.ott.asks(json!({ "type": 4, "value": 14 })).await;
    evening.all_see_it_stand_at(14, "Cara", "opentogethertube").await;

    evening.clipper.sends("seek", json!({ "position": 15.0 })).await;
    evening.all_see_it_stand_at(15, "Dora", "clipper").await;

    evening.bot("/seek", json!({ "position": 16 })).await;
    evening.all_see_it_stand_at(16, "Movie bot", "watch2gether").await;

    // watchers.io's clients have no player: theirs is what the evening is called.
    let renamed = evening.cinema.patch("evening", json!({ "name": "The last film" })).await.is(200);
    assert_eq!(renamed["name"], "The last film");
    let told = evening.couch.viewer.hears("changed").await;
    assert_eq!((&told["title"], &told["by"]["door"]), (&json!("The last film"), &json!("watchers")));
    assert_eq!(evening.ott.hears_sync("title").await["title"], "The last film");

    // A line is read wherever lines are read, whoever wrote it.
    evening.clipper.sends("chat", json!({ "message": "Good night" })).await;
    let line = evening.couch.viewer.hears("said").await;
    assert_eq!((&line["text"], &line["by"]["name"]), (&json!("Good night"), &json!("Dora")));
    evening.ott.hears("the line", |frame| frame["text"] == "Good night").await;
    assert_eq!(evening.clipper.hears("chat_message").await["chat_message"]["message"], "Good night");

    // At the end all of them know the same room.
    let native = evening.couch.program.get(&in_room(&evening.couch.room, "")).await.ok();
    let title = "The last film";
    assert_eq!((&native["title"], &native["playback"]["position_ms"]), (&json!(title), &json!(16_000)));
    assert_eq!(evening.cinema.reads("evening").await["name"], title);
    let ott = OttSocket::join(&evening.couch.world, native["id"].as_str().unwrap(), &evening.couch.program).await;
    assert_eq!((&ott.room()["title"], number(&ott.room()["playbackPosition"])), (&json!(title), 16.0));
    evening.clipper.sends("sync-request", json!({})).await;
    let sync = evening.clipper.hears("sync").await;
    assert_eq!((&sync["position"], &sync["clip_id"]), (&json!(16), &native["current"]["id"]));
    assert_eq!(evening.player().await["item"]["url"], native["current"]["url"]);
    let viewer = Viewer::open(&evening.couch.world, &evening.couch.room, &evening.couch.program).await;
    assert_eq!((&viewer.room()["title"], &viewer.room()["seq"]), (&json!(title), &native["seq"]));
    evening.couch.ends().await;
}
