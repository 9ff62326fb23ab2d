//! That this Discord can refuse at all: a client that knows no limits, by hand.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message as Frame;

use super::{
    APPLICATION, Asked, Channel, Choice, FOREIGN_GUILD, FakeDiscord, GUILD, Guild, Message, Modal, Post, Role, Thread,
    User, permission,
};

const CLUB: Channel = Channel::text(31, "club");
const ANA: User = User::member(41, "Ana");
const BEN: User = User::member(42, "Ben").speaking("de").with_roles(&[61]);

/// A bot without a library.
struct Bot<'a> {
    discord: &'a FakeDiscord,
    client: reqwest::Client,
    socket: tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>,
}

impl<'a> Bot<'a> {
    /// On the gateway with these intents and commands.
    async fn new(discord: &'a FakeDiscord, intents: u64, commands: Value) -> Self {
        let url = format!("ws://{}/gw", discord.inner.address);
        let (socket, _) = tokio_tungstenite::connect_async(url).await.unwrap();
        let mut bot = Self { discord, client: reqwest::Client::new(), socket };
        assert_eq!(bot.frame().await["op"], 10);
        bot.send(json!({"op": 2, "d": {"token": super::TOKEN, "intents": intents}})).await;
        if !commands.is_null() {
            assert_eq!(bot.call("PUT", &format!("applications/{APPLICATION}/commands"), commands).await.0, 200);
        }
        bot
    }

    async fn send(&mut self, frame: Value) {
        self.socket.send(Frame::Text(frame.to_string().into())).await.unwrap();
    }

    /// The next frame; `{"close": code}` where it is the last.
    async fn frame(&mut self) -> Value {
        loop {
            match self.socket.next().await {
                Some(Ok(Frame::Text(text))) => return serde_json::from_str(&text).unwrap(),
                Some(Ok(Frame::Close(frame))) => return json!({"close": frame.map(|frame| u16::from(frame.code))}),
                Some(Ok(_)) => {}
                _ => return json!({"close": null}),
            }
        }
    }

    /// The next event of that name.
    async fn event(&mut self, name: &str) -> Value {
        loop {
            let frame = self.frame().await;
            assert!(frame["close"].is_null(), "closed before {name}");
            if frame["t"] == name {
                return frame["d"].clone();
            }
        }
    }

    async fn call(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let url = self.discord.url().join(&format!("api/v10/{path}")).unwrap();
        let request =
            self.client.request(method.parse().unwrap(), url).header("authorization", format!("Bot {}", super::TOKEN));
        let response = request.json(&body).send().await.unwrap();
        let status = response.status().as_u16();
        (status, response.json().await.unwrap_or_default())
    }

    async fn writes(&self, channel: Channel, mut body: Value) -> (u16, Value) {
        body["allowed_mentions"] = json!({"parse": []});
        self.call("POST", &format!("channels/{}/messages", channel.id), body).await
    }

    /// A message that stands.
    async fn wrote(&self, channel: Channel, body: Value) -> Message {
        let (status, message) = self.writes(channel, body).await;
        assert_eq!(status, 200, "{message}");
        self.discord.message(message["id"].as_str().unwrap().parse().unwrap())
    }

    async fn answers(&self, asked: Asked, kind: u64, mut data: Value) -> (u16, Value) {
        if data.is_object() {
            data["allowed_mentions"] = json!({"parse": []});
        }
        let id = asked.id();
        self.call("POST", &format!("interactions/{id}/answer-{id}/callback"), json!({"type": kind, "data": data})).await
    }
}

/// What Discord says to an unfit thing, and that the story would fail.
#[expect(clippy::needless_pass_by_value, reason = "it is what a call gives")]
fn refused(discord: &FakeDiscord, answer: (u16, Value), status: u16, code: u64) {
    assert_eq!((answer.0, answer.1["code"].as_u64()), (status, Some(code)), "{}", answer.1);
    assert_eq!(discord.takes_problems().len(), 1);
}

fn watch() -> Value {
    json!([
        {"name": "watch", "description": "Watch", "options": [
            {"name": "url", "description": "A link", "type": 3, "required": true, "autocomplete": true},
            {"name": "who", "description": "Somebody", "type": 6},
            {"name": "role", "description": "A role", "type": 8},
        ], "name_localizations": {"de": "ansehen"}},
        {"name": "room", "description": "The room", "options": [
            {"name": "set", "description": "Set", "type": 2, "options": [
                {"name": "volume", "description": "How loud", "type": 1, "options": [
                    {"name": "to", "description": "A number", "type": 10, "required": true, "max_value": 1.0}]}]}]},
        {"name": "Queue this", "type": 3}, {"name": "Invite", "type": 2},
        {"name": "Launch", "type": 4, "handler": 1},
    ])
}

#[tokio::test]
async fn discord_refuses_commands_that_it_could_not_show() {
    let discord = FakeDiscord::start().await;
    let bot = Bot::new(&discord, 1, Value::Null).await;
    let command = |change: Value| {
        let mut command = json!({"name": "watch", "description": "Watch"});
        command.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        json!([command])
    };
    let option =
        |name: &str, required: bool| json!({"name": name, "description": "d", "type": 3, "required": required});
    let long = "x".repeat(90);
    let choices: Vec<Value> =
        (0..25).map(|n| json!({"name": format!("{long}{n}"), "value": format!("{long}{n}")})).collect();
    let heavy: Vec<Value> = ["a", "b"]
        .iter()
        .map(|name| json!({"name": name, "description": "d", "type": 3, "choices": choices}))
        .collect();
    for unfit in [
        command(json!({"name": "Watch"})),
        command(json!({"name": "watch it"})),
        command(json!({"name": "x".repeat(33)})),
        command(json!({"description": ""})),
        command(json!({"description": "x".repeat(101)})),
        command(json!({"name_localizations": {"de": "Schau"}})),
        command(json!({"name_localizations": {"de-DE": "schau"}})),
        command(json!({"description_localizations": {"fr": ""}})),
        command(json!({"options": [option("a", false), option("b", true)]})),
        command(json!({"options": [option("a", true), option("a", true)]})),
        command(json!({"options": (0..26).map(|n| option(&format!("o{n}"), false)).collect::<Vec<_>>()})),
        command(json!({"options": heavy})),
        command(json!({"contexts": [3]})),
        command(json!({"type": 3, "name": "Queue this"})),
        json!((0..16).map(|n| json!({"name": format!("m{n}"), "type": 3})).collect::<Vec<_>>()),
        json!((0..101).map(|n| json!({"name": format!("c{n}"), "description": "d"})).collect::<Vec<_>>()),
    ] {
        discord.takes_calls(1_000, Duration::from_secs(1));
        refused(&discord, bot.call("PUT", "applications/1/commands", unfit).await, 400, 50_035);
    }
    discord.takes_calls(1_000, Duration::from_secs(1));
    for fit in ["ansehen", "смотреть", "見る", "देखो", "ดู", "l'été"] {
        let (status, answer) = bot.call("PUT", "applications/1/commands", command(json!({"name": fit}))).await;
        assert_eq!(status, 200, "{fit}: {answer}");
        discord.takes_calls(1_000, Duration::from_secs(1));
    }
    discord.has_entry_point();
    refused(&discord, bot.call("PUT", "applications/1/commands", command(json!({}))).await, 400, 50_240);
    assert_eq!(discord.registrations(), 16 + 6 + 1);
}

#[tokio::test]
async fn discord_refuses_messages_that_it_could_not_show() {
    let discord = FakeDiscord::start().await;
    discord.takes_messages(1_000, Duration::from_secs(1));
    discord.has_channel(CLUB);
    let bot = Bot::new(&discord, 1, Value::Null).await;
    let button = |id: &str| json!({"type": 2, "style": 1, "label": "Play", "custom_id": id});
    let rows = |rows: Value| json!({"content": "x", "components": rows});
    let v2 = |parts: Value| json!({"flags": 1 << 15, "components": parts});
    let text = |content: &str| json!({"type": 10, "content": content});
    let option = |n: usize| json!({"label": format!("{n}"), "value": format!("{n}")});
    let options = |count| (0..count).map(option).collect::<Vec<_>>();
    for unfit in [
        json!({}),
        json!({"content": "x".repeat(2001)}),
        json!({"embeds": [{"title": "x".repeat(257)}]}),
        json!({"embeds": [{"description": "x".repeat(4000)}, {"description": "x".repeat(2001)}]}),
        json!({"embeds": [{"fields": vec![json!({"name": "n", "value": "v"}); 26]}]}),
        rows(json!([{"type": 1, "components": vec![button("a"); 2]}])),
        rows(json!([{"type": 1, "components": (0..6).map(|n| button(&n.to_string())).collect::<Vec<_>>()}])),
        rows(json!([{"type": 1, "components": [button(&"x".repeat(101))]}])),
        rows(json!([{"type": 1, "components": [{"type": 2, "style": 5, "label": "x", "url": "http://localhost/"}]}])),
        rows(json!([{"type": 1, "components": [{"type": 3, "custom_id": "m", "options": options(26)}]}])),
        rows(json!([text("needs the flag")])),
        json!({"flags": 1 << 15, "content": "x", "components": [text("x")]}),
        v2(json!([text(&"x".repeat(4001))])),
        v2(json!(vec![text("x"); 41])),
        v2(json!([{"type": 17, "components": [{"type": 17, "components": [text("x")]}]}])),
        v2(json!([{"type": 9, "components": [text("x")]}])),
    ] {
        refused(&discord, bot.writes(CLUB, unfit).await, 400, 50_035);
    }
    let (status, _) = bot.call("POST", "channels/31/messages", json!({"content": "@everyone"})).await;
    assert_eq!((status, discord.takes_problems().len()), (400, 1), "mentions somebody");

    let card = v2(json!([{"type": 17, "components": [
        {"type": 9, "components": [text("## [Sintel](https://films.example)\nPlaying")],
         "accessory": {"type": 11, "media": {"url": "https://pictures.example/a.png"}}},
        {"type": 14},
        {"type": 1, "components": [button("a"), {"type": 2, "style": 5, "label": "Open", "url": "https://couch.example/j"}]},
    ]}]));
    let card = bot.wrote(CLUB, card).await;
    assert_eq!((card.title(), card.labels()), (Some("Sintel"), vec!["Play", "Open"]));
    assert_eq!(
        (card.link("Open"), card.pictures()),
        (Some("https://couch.example/j"), vec!["https://pictures.example/a.png"])
    );
    assert!(card.text().contains("Playing") && card.is_v2());
    let edit = |body: Value| (format!("channels/31/messages/{}", card.id), body);
    let mentions = json!({"parse": []});
    for unfit in [json!({"flags": 0, "components": [text("x")]}), json!({"content": "x"})] {
        let (path, mut body) = edit(unfit);
        body["allowed_mentions"] = mentions.clone();
        refused(&discord, bot.call("PATCH", &path, body).await, 400, 50_035);
    }
    let (path, body) = edit(json!({"components": [text("New")], "allowed_mentions": mentions}));
    assert_eq!(bot.call("PATCH", &path, body).await.0, 200);
    assert_eq!(discord.message_is(card.id, |card| card.edits == 1).await.text(), "New");
    discord.refuses_v2();
    assert_eq!(bot.writes(CLUB, v2(json!([text("x")]))).await.0, 400);
    assert!(discord.takes_problems().is_empty(), "that is the story's will");
}

#[tokio::test]
async fn discord_counts_calls_and_remembers_who_does_not_wait() {
    let discord = FakeDiscord::start().await;
    discord.has_channel(CLUB);
    let bot = Bot::new(&discord, 1, Value::Null).await;
    for _ in 0..5 {
        bot.wrote(CLUB, json!({"content": "x"})).await;
    }
    let (status, wait) = bot.writes(CLUB, json!({"content": "x"})).await;
    assert!((status, wait["global"].as_bool()) == (429, Some(false)) && wait["retry_after"].as_f64() > Some(0.0));
    assert!(discord.takes_problems().is_empty(), "the first one is no fault");
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(bot.writes(CLUB, json!({"content": "x"})).await.0, 429);
    assert_eq!(discord.takes_problems().len(), 1, "the second one is");
    assert_eq!((discord.refused_calls(), discord.statuses()[&429]), (2, 2));
    discord.takes_messages(2, Duration::from_secs(5));
    let message = bot.wrote(CLUB, json!({"content": "x"})).await;
    discord.slows_edits(Duration::from_millis(100));
    let path = format!("channels/31/messages/{}", message.id);
    let edit = || bot.call("PATCH", &path, json!({"content": "y", "allowed_mentions": {"parse": []}}));
    let (one, other, ()) = tokio::join!(edit(), edit(), discord.edits_in_flight(CLUB, 1));
    assert_eq!([one.0, other.0].iter().filter(|status| **status == 429).count(), 1);
    discord.takes_messages(9, Duration::from_secs(5));
    tokio::join!(edit(), edit());
    assert_eq!(discord.most_edits_in_flight(CLUB), 2);
    assert_eq!(discord.called("PATCH", "channels/31/", 4).await.len(), 4);
}

#[tokio::test]
async fn discord_lets_nobody_in_where_they_may_not_be() {
    let discord = FakeDiscord::start().await;
    discord.takes_messages(100, Duration::from_secs(1));
    let bot = Bot::new(&discord, 1, Value::Null).await;
    let gone = Channel::text(32, "gone");
    let other = Channel::text(33, "other").in_guild(77);
    for channel in [CLUB, gone, other, Channel::foreign(34, "elsewhere")] {
        discord.has_channel(channel);
    }
    let message = bot.wrote(CLUB, json!({"content": "x"})).await;
    let thread = json!({"name": "friday", "auto_archive_duration": 60});
    assert_eq!(bot.call("POST", &format!("channels/31/messages/{}/threads", message.id), thread).await.0, 200);
    let thread: Thread = discord.thread_of(CLUB, |thread| thread.name == "friday").await;
    let inside = bot.wrote(thread.channel, json!({"content": "x"})).await;
    discord.archives(thread.channel);
    let path = format!("channels/{}/messages/{}", thread.channel.id, inside.id);
    let edit = bot.call("PATCH", &path, json!({"content": "y", "allowed_mentions": {"parse": []}})).await;
    assert_eq!((edit.0, &edit.1["code"]), (400, &json!(50_083)));
    bot.wrote(thread.channel, json!({"content": "x"})).await;
    assert!(!discord.thread(thread.channel.id).archived, "a message takes it out of the archive");
    assert_eq!(bot.call("PATCH", &format!("channels/{}", thread.channel.id), json!({"archived": true})).await.0, 200);

    discord.lacks(CLUB, permission::SEND_MESSAGES);
    discord.deletes_channel(gone);
    discord.removes_bot(77);
    for (channel, status, code) in [(CLUB, 403, 50_013), (gone, 404, 10_003), (other, 403, 50_001)] {
        let (got, no) = bot.writes(channel, json!({"content": "x"})).await;
        assert_eq!((got, no["code"].as_u64()), (status, Some(code)));
    }
    assert_eq!(bot.writes(Channel::foreign(34, ""), json!({"content": "x"})).await.1["code"], 50_001);
    discord.lacks_nothing(CLUB);
    discord.lacks(CLUB, permission::VIEW_CHANNEL);
    assert_eq!(bot.call("GET", "channels/31", Value::Null).await.1["code"], 50_001);
    discord.lacks_nothing(CLUB);
    discord.deletes(&message);
    assert_eq!(bot.call("GET", &format!("channels/31/messages/{}", message.id), Value::Null).await.1["code"], 10_008);

    let event = |change: Value| {
        let mut event = json!({
            "name": "Film", "privacy_level": 2, "entity_type": 3, "entity_metadata": {"location": "https://couch.example"},
            "scheduled_start_time": "2099-01-01T20:00:00Z", "scheduled_end_time": "2099-01-01T22:00:00Z",
        });
        event.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        event
    };
    let path = format!("guilds/{GUILD}/scheduled-events");
    for unfit in
        [json!({"entity_metadata": {"location": ""}}), json!({"scheduled_end_time": null}), json!({"name": ""})]
    {
        refused(&discord, bot.call("POST", &path, event(unfit)).await, 400, 50_035);
    }
    let (status, made) = bot.call("POST", &path, event(json!({}))).await;
    assert_eq!((status, discord.events(GUILD).len()), (200, 1), "{made}");
    discord.lacks_in_guild(GUILD, permission::CREATE_EVENTS);
    assert_eq!(bot.call("POST", &path, event(json!({}))).await.1["code"], 50_013);
}

#[tokio::test]
async fn discord_wants_one_fit_answer_to_everything() {
    let discord = FakeDiscord::start().await;
    discord.makes_role(GUILD, Role { id: 61, name: "DJ" });
    let mut bot = Bot::new(&discord, 1, watch()).await;
    let asked = discord.types(CLUB, BEN, "/ansehen url:https://films.example/a.mp4 who:41 role:61").await;
    let heard = bot.event("INTERACTION_CREATE").await;
    assert_eq!((&heard["locale"], &heard["member"]["roles"]), (&json!("de"), &json!(["61"])));
    assert_eq!(
        (&heard["data"]["name"], &heard["data"]["resolved"]["roles"]["61"]["name"]),
        (&json!("watch"), &json!("DJ"))
    );
    refused(&discord, bot.answers(asked, 8, json!({"choices": []})).await, 400, 50_035);
    refused(&discord, bot.answers(asked, 7, json!({"content": "x"})).await, 400, 50_035);
    refused(&discord, bot.answers(asked, 12, Value::Null).await, 400, 50_035);
    let modal = json!({"title": "Queue", "custom_id": "q", "components": [
        {"type": 1, "components": [{"type": 4, "custom_id": "url", "label": "Link", "style": 1, "max_length": 9}]}]});
    let mut wide = modal.clone();
    wide["title"] = json!("x".repeat(46));
    refused(&discord, bot.answers(asked, 9, wide).await, 400, 50_035);
    assert_eq!(bot.answers(asked, 9, modal).await.0, 204);
    refused(&discord, bot.answers(asked, 4, json!({"content": "x"})).await, 400, 40_060);
    let opened: Modal = discord.modal(asked).await;
    assert_eq!((opened.title.as_str(), opened.inputs.len()), ("Queue", 1));
    let sent = discord.submits(asked, &[("Link", "a.mp4")]).await;
    let heard = bot.event("INTERACTION_CREATE").await;
    assert_eq!(heard["data"]["components"][0]["components"][0]["value"], "a.mp4");
    assert_eq!(bot.answers(sent, 5, Value::Null).await.0, 204);
    let id = sent.id();
    let rest = json!({"content": "done", "allowed_mentions": {"parse": []}});
    assert_eq!(bot.call("PATCH", &format!("webhooks/1/answer-{id}/messages/@original"), rest.clone()).await.0, 200);
    assert_eq!(discord.answer_to(sent).await.text(), "done");
    discord.expires(sent);
    assert_eq!(bot.call("POST", &format!("webhooks/1/answer-{id}"), rest.clone()).await.1["code"], 50_027);

    let typing = discord.is_typing(CLUB, ANA, "/watch url:sin").await;
    let many: Vec<Value> = (0..26).map(|n| json!({"name": format!("{n}"), "value": "v"})).collect();
    refused(&discord, bot.answers(typing, 8, json!({"choices": many})).await, 400, 50_035);
    assert_eq!(bot.answers(typing, 8, json!({"choices": [{"name": "Sintel", "value": "s"}]})).await.0, 204);
    assert_eq!(discord.choices(typing).await, [Choice { name: "Sintel".to_owned(), value: json!("s") }]);

    let said =
        discord.says_with(CLUB, ANA, Post::text("look").with_file("a.mp4", "video/mp4", "https://files.example/a"));
    let used = discord.uses_on_said("Queue this", said, BEN).await;
    let other = discord.uses_on_user("Invite", CLUB, BEN, ANA).await;
    let launched = discord.launches(CLUB, ANA).await;
    let grouped = discord.types(CLUB, ANA, "/room set volume to:0.5").await;
    for asked in [used, other, grouped] {
        assert_eq!(bot.answers(asked, 4, json!({"content": "x", "flags": 64})).await.0, 204);
    }
    discord.has_activity();
    assert_eq!(bot.answers(launched, 12, Value::Null).await.0, 204);
    assert_eq!(discord.answer_to(launched).await.first, 12);

    let late = discord.types(CLUB, ANA, "/room set volume to:1").await;
    tokio::time::sleep(Duration::from_millis(3_050)).await;
    let (status, no) = bot.answers(late, 4, json!({"content": "x"})).await;
    assert_eq!((status, &no["code"]), (404, &json!(10_062)));
    assert!(discord.takes_problems().len() >= 2, "too late, and never");
}

#[tokio::test]
async fn an_app_of_ones_own_has_five_follow_ups_elsewhere() {
    let discord = FakeDiscord::start().await;
    let mut commands = watch();
    commands[1]["integration_types"] = json!([0, 1]);
    let mut bot = Bot::new(&discord, 1, commands).await;
    let elsewhere = Channel::foreign(35, "elsewhere");
    let asked = discord.types(elsewhere, ANA, "/room set volume to:1").await;
    let heard = bot.event("INTERACTION_CREATE").await;
    assert_eq!(heard["authorizing_integration_owners"], json!({"1": "41"}));
    assert_eq!(heard["guild_id"], FOREIGN_GUILD.to_string());
    assert_eq!(bot.answers(asked, 4, json!({"content": "x"})).await.0, 204);
    let path = format!("webhooks/1/answer-{}", asked.id());
    let more = json!({"content": "more", "allowed_mentions": {"parse": []}});
    for _ in 0..5 {
        assert_eq!(bot.call("POST", &path, more.clone()).await.0, 200);
        discord.takes_calls(1_000, Duration::from_secs(1));
    }
    refused(&discord, bot.call("POST", &path, more).await, 400, 40_094);
}

#[tokio::test]
async fn the_gateway_tells_only_what_was_asked_for() {
    let discord = FakeDiscord::start().await;
    discord.adds_guild(Guild::new(78, "Second").speaking("fr").with_role(Role { id: 62, name: "DJ" }));
    discord.adds_guilds(3);
    discord.joins_voice(BEN, Channel::voice(36, "couch"));
    let mut deaf = Bot::new(&discord, 1 | (1 << 7) | (1 << 9), watch()).await;
    let mut all = Bot::new(&discord, 1 | (1 << 9) | (1 << 15), Value::Null).await;
    assert_eq!(deaf.event("READY").await["guilds"].as_array().unwrap().len(), 5);
    assert_eq!(deaf.event("GUILD_CREATE").await["roles"].as_array().unwrap().len(), 2);
    let guild = loop {
        let guild = deaf.event("GUILD_CREATE").await;
        if guild["id"] == json!(GUILD.to_string()) {
            break guild;
        }
    };
    assert_eq!(guild["voice_states"][0]["channel_id"], "36");
    discord.has_channel(CLUB);
    let said = discord.says(CLUB, ANA, "hello");
    discord.corrects(said, "good evening");
    discord.unsays(said);
    assert_eq!(deaf.event("MESSAGE_CREATE").await["content"], "");
    assert_eq!(all.event("MESSAGE_CREATE").await["content"], "hello");
    assert_eq!(all.event("MESSAGE_UPDATE").await["content"], "good evening");
    assert_eq!(all.event("MESSAGE_DELETE").await["id"], said.id.to_string());
    discord.leaves_voice(BEN, Channel::voice(36, "couch"));
    assert_eq!(deaf.event("VOICE_STATE_UPDATE").await["channel_id"], Value::Null);
    discord.drops_connections();
    discord.grants_message_content(false);
    let mut refused = Bot::new(&discord, 1 << 15, Value::Null).await;
    assert_eq!(refused.frame().await["close"], 4014);

    // What happened meanwhile is told again.
    discord.says(CLUB, ANA, "are you there");
    let mut back = Bot::new(&discord, 0, Value::Null).await;
    let resume = json!({"op": 6, "d": {"token": super::TOKEN, "session_id": "session-2", "seq": 9}});
    back.send(resume).await;
    assert_eq!(back.event("MESSAGE_CREATE").await["content"], "are you there");
    back.event("RESUMED").await;
    back.send(json!({"op": 6, "d": {"token": super::TOKEN, "session_id": "no", "seq": 9}})).await;
    assert_eq!(back.frame().await["op"], 9);
    for _ in 0..6 {
        back.send(json!({"op": 3, "d": {"activities": [{"type": 3, "name": "Sintel"}]}})).await;
    }
    back.send(json!({"op": 1, "d": null})).await;
    assert_eq!(back.frame().await["op"], 11);
    assert_eq!(discord.takes_problems().len(), 1, "a sixth presence in 20 s");
    assert_eq!(discord.presence("Sintel").await["activities"][0]["type"], 3);

    discord.goes_down();
    let gone = loop {
        let frame = back.frame().await;
        if frame.get("close").is_some() {
            break frame;
        }
    };
    assert_eq!(gone["close"], Value::Null, "without a word");
    assert_eq!(back.call("GET", "users/@me", Value::Null).await.0, 503);
    discord.tried_in_vain(1).await;
    discord.comes_back();
    discord.revokes_token();
    assert_eq!(back.call("GET", "users/@me", Value::Null).await.0, 401);
}
