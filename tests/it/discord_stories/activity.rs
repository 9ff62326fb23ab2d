//! Rooms in Discord's own frame: a whole server, and a Discord that knows who opened what.

use axum::http::StatusCode;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use onecouch::config::{Config, Rate, Secret};
use ring::signature::{Ed25519KeyPair, KeyPair};
use serde_json::{Value, json};

use super::{ANA, BEN, FILM_CLUB, LETTERS, MOD, place, until};
use crate::{
    fake_discord::{APPLICATION, CLIENT_SECRET, Channel, FakeDiscord, Opened, TOKEN, User},
    viewer::Viewer,
    world::{Answer, Caller, World},
};

const CALL: &str = "/api/v1/discord/activity";
const LOUNGE: Channel = Channel::voice(1_200_000_000_000_000_009, "lounge");
/// In a guild that the bot is not in.
const ELSEWHERE: Channel = Channel::foreign(1_200_000_000_000_000_010, "elsewhere");

/// A server that is an activity, and its Discord.
struct House {
    discord: FakeDiscord,
    world: World,
}

impl House {
    async fn opens() -> Self {
        Self::opens_with(|_| ()).await
    }

    async fn opens_with(configure: impl FnOnce(&mut Config)) -> Self {
        let discord = FakeDiscord::start().await;
        discord.has_activity();
        let api = discord.url();
        let world = World::start_with(|config| {
            config.discord.token = Some(Secret::new(TOKEN));
            config.discord.client_secret = Some(Secret::new(CLIENT_SECRET));
            config.discord.activity = true;
            config.discord.api_url = Some(api);
            configure(config);
        })
        .await;
        discord.identified().await;
        Self { discord, world }
    }

    /// The page asks to be let in.
    async fn asks(&self, opened: &Opened) -> Answer {
        let body = json!({ "code": opened.code, "instance_id": opened.instance });
        self.world.nobody().post(CALL, body).await
    }

    /// Somebody opens the activity and is let in.
    async fn lets_in(&self, channel: Channel, user: User) -> Value {
        self.asks(&self.discord.opens_activity(channel, user)).await.created()
    }

    /// The page's calls.
    fn caller(&self, came_in: &Value) -> Caller {
        Caller::new(&self.world.url(""), Some(came_in["token"].as_str().unwrap().to_owned()))
    }

    /// The page's socket in the room that it was let into.
    async fn watches(&self, came_in: &Value) -> Viewer {
        Viewer::open(&self.world, &json!({ "id": came_in["room"] }), &self.caller(came_in)).await
    }
}

#[tokio::test]
async fn who_launches_it_is_in_the_room_of_the_channel_as_themself() {
    let house = House::opens().await;
    let film = house.world.link("/files/film.mp4");
    house.discord.asks(FILM_CLUB, ANA, &format!("/watch link:{film}")).await;
    let came_in = house.lets_in(FILM_CLUB, ANA).await;
    assert_eq!(came_in["person"]["name"], "Ana");
    let tied = house.world.engine().room_of(&place(FILM_CLUB)).await.unwrap();
    assert_eq!(came_in["room"], tied.to_string());
    let mut ana = house.watches(&came_in).await;
    assert_eq!(ana.room()["current"]["url"], *film);
    assert_eq!(ana.greeting["you"]["person"], came_in["person"]["id"], "who typed the link");
    // What is typed in the channel moves the film in the frame, and the other way round.
    house.discord.asks(FILM_CLUB, BEN, "/seek time:0:01").await;
    let seek = ana.hears_playback("seek").await;
    assert_eq!((&seek["by"]["name"], &seek["by"]["door"]), (&json!("Ben"), &json!("discord")));
    assert_eq!(ana.does(json!({ "do": "pause" })).await["type"], "ack");
    house.discord.card_in(FILM_CLUB, |card| card.text().contains("Paused")).await;
    // Discord's own token is for the SDK, ours opens the API.
    let statuses = house.discord.calls("POST", "oauth2/token");
    assert_eq!(statuses.len(), 1);
    assert!(came_in["access_token"].as_str().unwrap().starts_with("token-"));
    house.world.nobody().get("/api/v1/sessions/current").await.no();
}

#[tokio::test]
async fn a_channel_without_a_room_gets_one_that_is_everybodys() {
    let house = House::opens().await;
    let (ana, ben) = (house.lets_in(LOUNGE, ANA).await, house.lets_in(LOUNGE, BEN).await);
    assert_eq!(ana["room"], ben["room"]);
    assert_ne!(ana["person"]["id"], ben["person"]["id"]);
    let viewer = house.watches(&ben).await;
    assert_eq!(viewer.room()["title"], "lounge");
    // A room that has ended makes room for another, as with /watch.
    let mut viewer = viewer;
    assert_eq!(viewer.does(json!({ "do": "add", "url": house.world.link("/files/film.mp4") })).await["type"], "ack");
    house.discord.asks(LOUNGE, ANA, "/end").await;
    let room = ana["room"].as_str().unwrap().parse().unwrap();
    let engine = house.world.engine();
    let host = engine.people.known_as(engine::records::Platform::Discord, &ANA.id.to_string()).await.unwrap().unwrap();
    assert!(engine.rooms.view(room).await.unwrap().members.contains_key(&host), "who made it is its host");
    // Letters have a room too.
    let letter = house.lets_in(LETTERS, ANA).await;
    assert_ne!(letter["room"], ana["room"]);
}

#[tokio::test]
async fn what_the_channel_vouches_for_counts_in_its_room_alone() {
    let house = House::opens().await;
    let (ana, keeper) = (house.lets_in(FILM_CLUB, ANA).await, house.lets_in(FILM_CLUB, MOD).await);
    let host = house.watches(&ana).await;
    assert_eq!(host.greeting["you"]["role"], "host", "who made it");
    let mut viewer = house.watches(&keeper).await;
    assert_eq!(viewer.greeting["you"]["role"], "cohost", "who manages the channel");
    assert_eq!(viewer.does(json!({ "do": "change", "title": "Theirs" })).await["type"], "ack");
    let ben = house.lets_in(FILM_CLUB, BEN).await;
    assert_eq!(house.watches(&ben).await.greeting["you"]["role"], "guest");
    let tied = engine::ids::RoomId(ana["room"].as_str().unwrap().parse().unwrap());
    // The same session elsewhere.
    let other = house.world.person("Eve").await.makes_room("Private").await;
    let person = house.caller(&keeper);
    let path = format!("/api/v1/rooms/{}", other["id"].as_str().unwrap());
    assert_eq!(person.get(&path).await.no(), (403, "not_a_member".into()));
    // The chat is trusted less from now on: that holds at once for the sessions made in it.
    let engine = house.world.engine();
    engine.places.change(&place(FILM_CLUB), |settings| settings.guests_only = true).await.unwrap();
    assert_eq!(house.watches(&keeper).await.greeting["you"]["role"], "guest");
    let no = viewer.does(json!({ "do": "change", "title": "Theirs still" })).await;
    assert_eq!(no["code"], "not_allowed", "on a socket that is open already too: {no}");
    // And one that is tied elsewhere vouches for nothing here, once they are out: who is in is in.
    drop((host, viewer));
    until(|| async { house.world.engine().rooms.view(tied).await.unwrap().presence.is_empty() }).await;
    let room = other["id"].as_str().unwrap().parse().unwrap();
    engine.places.tie(place(FILM_CLUB), room).await.unwrap();
    let path = format!("/api/v1/rooms/{}", keeper["room"].as_str().unwrap());
    assert_eq!(person.get(&path).await.no(), (403, "not_a_member".into()));
}

#[tokio::test]
async fn ranks_of_roles_count_and_where_the_bot_is_not_nobody_has_any() {
    let house = House::opens().await;
    house.lets_in(FILM_CLUB, ANA).await;
    let places = &house.world.engine().places;
    let guild = i64::try_from(crate::fake_discord::GUILD).unwrap();
    let rank = Some(engine::room::Role::Moderator);
    places.set_rank(engine::records::Platform::Discord, guild, 77, rank).await.unwrap();
    let ben = house.lets_in(FILM_CLUB, BEN.with_roles(&[77])).await;
    assert_eq!(house.watches(&ben).await.greeting["you"]["role"], "moderator");
    // The room there belongs to who opened it first; a manager of a guild that nobody can be asked about is a guest.
    let (first, keeper) = (house.lets_in(ELSEWHERE, ANA).await, house.lets_in(ELSEWHERE, MOD).await);
    assert_eq!(first["room"], keeper["room"]);
    assert_eq!(house.watches(&keeper).await.greeting["you"]["role"], "guest");
}

#[tokio::test]
async fn a_code_is_good_once_and_only_discords() {
    let house = House::opens().await;
    let opened = house.discord.opens_activity(FILM_CLUB, ANA);
    house.asks(&opened).await.created();
    assert_eq!(house.asks(&opened).await.no(), (401, "code_refused".into()));
    let wrong = Opened { code: "code-1".into(), ..opened.clone() };
    assert_eq!(house.asks(&wrong).await.no(), (401, "code_refused".into()));
    for (code, instance) in [("", &*opened.instance), ("a", "../../users/@me"), ("a", ""), ("a b", &opened.instance)] {
        let no = house.asks(&Opened { code: code.into(), instance: instance.into() }).await.no();
        assert_eq!(no, (400, "bad_input".into()), "{code} {instance}");
    }
    // A fresh one opens the door again: the page asks for one each time.
    let again = Opened { code: house.discord.gives_code(ANA), ..opened };
    house.asks(&again).await.created();
}

#[tokio::test]
async fn who_is_not_in_the_activity_stays_out_of_the_room() {
    let house = House::opens().await;
    let ana = house.discord.opens_activity(FILM_CLUB, ANA);
    // Ben has a code of his own, and says that he is where Ana is.
    let ben = Opened { code: house.discord.gives_code(BEN), ..ana.clone() };
    assert_eq!(house.asks(&ben).await.no(), (403, "not_in_instance".into()));
    // An activity that there never was, and one that is over.
    let nowhere = Opened { instance: "i-1-gc-1-1".into(), code: house.discord.gives_code(ANA) };
    assert_eq!(house.asks(&nowhere).await.no(), (403, "not_in_instance".into()));
    house.discord.closes_activity(ANA);
    assert_eq!(house.asks(&ana).await.no(), (403, "not_in_instance".into()));
    assert!(house.world.engine().room_of(&place(FILM_CLUB)).await.is_err(), "and no room was made for any of it");
}

#[tokio::test]
async fn a_discord_that_is_down_is_told_by_name_and_the_next_try_works() {
    let house = House::opens().await;
    let opened = house.discord.opens_activity(FILM_CLUB, ANA);
    house.discord.goes_down();
    let answer = house.asks(&opened).await;
    assert_eq!(answer.no(), (503, "provider_down".into()));
    assert!(answer.text.contains("Discord does not answer"), "{}", answer.text);
    house.discord.comes_back();
    house.asks(&opened).await.created();
}

#[tokio::test]
async fn a_wrong_secret_is_the_operators_to_mend() {
    let house = House::opens_with(|config| config.discord.client_secret = Some(Secret::new("old"))).await;
    let opened = house.discord.opens_activity(FILM_CLUB, ANA);
    assert_eq!(house.asks(&opened).await.no(), (422, "activity_off".into()));
}

#[tokio::test]
async fn guessing_costs_and_coming_in_does_not() {
    let house = House::opens_with(|config| config.limits.guests = Rate { burst: 3, per_minute: 1 }).await;
    for number in 0..6 {
        let answer = house.asks(&house.discord.opens_activity(FILM_CLUB, ANA)).await;
        assert_eq!(answer.status, 201, "{number}: {}", answer.text);
    }
    let opened = house.discord.opens_activity(FILM_CLUB, ANA);
    let wrong = Opened { code: "wrong".into(), ..opened };
    for _ in 0..3 {
        assert_eq!(house.asks(&wrong).await.no().1, "code_refused");
    }
    let answer = house.asks(&wrong).await;
    assert_eq!(answer.no(), (429, "slow_down".into()));
    assert!(answer.headers.contains_key("retry-after"));
    assert_eq!(house.discord.calls("POST", "oauth2/token").len(), 9, "Discord was not asked again");
}

#[tokio::test]
async fn the_root_is_the_activity_where_discord_opens_it_and_nowhere_else() {
    let house = House::opens().await;
    let nobody = house.world.nobody();
    let asked = "frame_id=1&instance_id=i-1&platform=desktop";
    let policy = |answer: &Answer| answer.headers["content-security-policy"].to_str().unwrap().to_owned();
    for path in [format!("/?{asked}"), format!("/.proxy/?{asked}"), "/activity".to_owned()] {
        let page = nobody.get(&path).await;
        assert_eq!(page.status, 200);
        assert!(page.text.contains(&format!(r#""application_id":"{APPLICATION}""#)), "{path}");
        assert!(page.text.contains(r#""public_url":"http://127.0.0.1:"#));
        let policy = policy(&page);
        assert!(policy.contains("frame-ancestors https://discord.com "), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        // Nothing is loaded that a frame without an origin would not get.
        assert!(!page.text.contains("type=\"module\"") && !page.text.contains("<script src"), "{path}");
        for secret in [TOKEN, CLIENT_SECRET] {
            assert!(!page.text.contains(secret), "{path}");
        }
    }
    for path in ["/", "/?instance_id=1", "/?r=1", "/r/x?frame_id=1&instance_id=1"] {
        let page = nobody.get(path).await;
        assert!(policy(&page).ends_with("frame-ancestors 'none'"), "{path}");
    }
    assert_eq!(nobody.get("/activity.html").await.status, 404, "it has its data from the server");
}

#[tokio::test]
async fn a_server_that_is_no_activity_says_so() {
    let world = World::start().await;
    let opened = json!({ "code": "a", "instance_id": "i-1" });
    assert_eq!(world.nobody().post(CALL, opened).await.no(), (422, "activity_off".into()));
    for path in ["/?frame_id=1&instance_id=1", "/activity"] {
        let page = world.nobody().get(path).await;
        assert!(page.headers["content-security-policy"].to_str().unwrap().ends_with("frame-ancestors 'none'"));
    }
    // Nor does anything answer by the prefix of Discord's proxy.
    for path in ["/.proxy/healthz", "/.proxy/api/v1/commands", "/.proxy/"] {
        assert_eq!(world.nobody().get(path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn what_comes_by_the_old_prefix_is_what_it_is_without_it() {
    let house = House::opens().await;
    let opened = house.discord.opens_activity(FILM_CLUB, ANA);
    let body = json!({ "code": opened.code, "instance_id": opened.instance });
    let nobody = house.world.nobody();
    let came_in = nobody.post(&format!("/.proxy{CALL}"), body).await.created();
    assert_eq!(nobody.get("/.proxy/healthz").await.text, "ok\n");
    // Sockets too.
    let room = came_in["room"].as_str().unwrap();
    let url = house.world.socket_url(room).replace("/api/", "/.proxy/api/");
    let mut viewer = Viewer::connect_to(&url).await.unwrap();
    viewer.sends(json!({ "type": "hello", "token": came_in["token"] })).await;
    viewer.hears_any("a greeting", |frame| frame["type"] == "welcome").await;
}

/// A key, as an application has one at Discord.
fn key() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    digits.concat()
}

#[tokio::test]
async fn what_says_that_the_proxy_sent_it_must_be_signed_as_discord_signs() {
    let public = hex(key().public_key().as_ref());
    let house = House::opens_with(|config| config.discord.public_key = Some(public)).await;
    let now = house.world.engine().clock.now().wall.0 / 1000;
    let payload =
        json!({ "application_id": APPLICATION.to_string(), "created_at": now, "expires_at": now + 60 }).to_string();
    let signature = key().sign(payload.as_bytes()).as_ref().to_vec();
    let ask = async |path: &str, signature: &[u8], payload: &str, at: i64| {
        let with = |request: reqwest::RequestBuilder| {
            request
                .header("X-Signature-Ed25519", STANDARD.encode(signature))
                .header("X-Signature-Timestamp", at.to_string())
                .header("X-Discord-Proxy-Payload", STANDARD.encode(payload))
        };
        house.world.nobody().send(reqwest::Method::GET, path, with).await
    };
    for path in ["/api/v1/commands", "/activity", "/.proxy/", "/assets/none.js"] {
        assert_ne!(ask(path, &signature, &payload, now).await.status, 401, "{path}");
        let mut flipped = signature.clone();
        flipped[5] ^= 1;
        assert_eq!(ask(path, &flipped, &payload, now).await.no(), (401, "bad_signature".into()), "{path}");
        let other = payload.replace(&APPLICATION.to_string(), "1");
        assert_eq!(ask(path, &signature, &other, now).await.no(), (401, "bad_signature".into()), "{path}");
        assert_eq!(ask(path, &signature, &payload, now + 1).await.no(), (401, "bad_signature".into()), "{path}");
    }
    let late = json!({ "created_at": now - 60, "expires_at": now - 1 }).to_string();
    let signed = key().sign(late.as_bytes()).as_ref().to_vec();
    assert_eq!(ask("/activity", &signed, &late, now - 60).await.no().1, "bad_signature");
    // Browsers come without.
    assert_eq!(house.world.nobody().get("/").await.status, 200);
}

#[tokio::test]
async fn a_frame_without_an_origin_may_ask_and_is_never_sent_cookies() {
    let house = House::opens().await;
    let nobody = house.world.nobody();
    let from = |origin: &'static str| move |request: reqwest::RequestBuilder| request.header("origin", origin);
    let preflight = nobody
        .send(reqwest::Method::OPTIONS, CALL, |request| {
            from("null")(request).header("access-control-request-method", "POST")
        })
        .await;
    assert_eq!(preflight.status, StatusCode::NO_CONTENT);
    assert!(preflight.headers["access-control-allow-headers"].to_str().unwrap().contains("authorization"));
    let answer = nobody.send(reqwest::Method::GET, "/api/v1/commands", from("null")).await;
    assert_eq!(answer.headers["access-control-allow-origin"], "*");
    assert!(!answer.headers.contains_key("access-control-allow-credentials"));
    let answer = nobody.send(reqwest::Method::GET, "/api/v1/commands", from("https://evil.example")).await;
    assert!(!answer.headers.contains_key("access-control-allow-origin"));
    // Somebody's cookie is no way in from such a page.
    let cookie = format!("onecouch={}", house.world.person("Ana").await.token.unwrap());
    let made = nobody
        .send(reqwest::Method::POST, "/api/v1/rooms", |request| {
            from("null")(request).header("cookie", cookie).json(&json!({ "title": "Stolen" }))
        })
        .await;
    assert_eq!(made.no(), (403, "bad_origin".into()));
}

#[tokio::test]
async fn the_page_in_the_frame_counts_as_our_page() {
    let house = House::opens().await;
    let ana = house.lets_in(FILM_CLUB, ANA).await;
    let path = format!("/api/v1/rooms/{}/chat", ana["room"].as_str().unwrap());
    let person = house.caller(&ana);
    let ours = format!("https://{APPLICATION}.discordsays.com");
    for (origin, door) in [(&*ours, "viewer"), ("null", "viewer"), ("https://1.discordsays.com", "api")] {
        let said = person
            .send(reqwest::Method::POST, &path, |request| {
                request.header("origin", origin).json(&json!({ "text": origin }))
            })
            .await;
        assert_eq!(said.created()["by"]["door"], door, "{origin}");
    }
}

#[tokio::test]
async fn a_session_of_an_activity_lasts_over_a_restart_and_what_it_is_vouched_for_too() {
    let mut house = House::opens().await;
    house.lets_in(FILM_CLUB, ANA).await;
    let keeper = house.lets_in(FILM_CLUB, MOD).await;
    let before = house.discord.identified().await;
    house.world.restart().await;
    house.discord.identified_times(before + 1).await;
    assert_eq!(house.watches(&keeper).await.greeting["you"]["role"], "cohost");
    until(|| async { house.world.engine().room_of(&place(FILM_CLUB)).await.is_ok() }).await;
}
