//! Logging in with Discord, and tying an account to it: a whole server, and a Discord that knows whose code is whose.

use engine::records::Platform;
use onecouch::config::{Config, Secret};
use serde_json::json;

use super::{
    auth::{Grants, good},
    people::{PASSWORD, registered},
};
use crate::{
    fake_discord::{APPLICATION, CLIENT_SECRET, FakeDiscord, User},
    viewer::Viewer,
    world::{Caller, World},
};

const ANA: User = User::member(1_100_000_000_000_000_001, "Ana");
const BEN: User = User::member(1_100_000_000_000_000_002, "Ben");

/// A server with Discord beside it.
struct House {
    discord: FakeDiscord,
    world: World,
    browser: reqwest::Client,
}

/// An answer to a browser that follows no redirect by itself.
struct Seen {
    status: u16,
    to: String,
    text: String,
}

impl House {
    async fn opens() -> Self {
        Self::opens_with(|_| ()).await
    }

    async fn opens_with(configure: impl FnOnce(&mut Config)) -> Self {
        let discord = FakeDiscord::start().await;
        let api = discord.url();
        let world = World::start_with(|config| {
            config.discord.application_id = Some(APPLICATION);
            config.discord.client_secret = Some(Secret::new(CLIENT_SECRET));
            config.discord.api_url = Some(api.clone());
            config.oauth.discord_url = Some(api);
            configure(config);
        })
        .await;
        let browser = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { discord, world, browser }
    }

    /// A browser goes to an address of ours, with the cookie of a session.
    async fn goes(&self, person: &Caller, path: &str) -> Seen {
        let cookie = format!("token={}", person.token.as_deref().unwrap());
        let answer = self.browser.get(self.world.url(path)).header("cookie", cookie).send().await.unwrap();
        let to = answer.headers().get("location").map(|to| to.to_str().unwrap().to_owned()).unwrap_or_default();
        Seen { status: answer.status().as_u16(), to, text: answer.text().await.unwrap() }
    }

    /// Begins at Discord; what is brought back as `state`.
    async fn begins(&self, person: &Caller, redirect: &str) -> String {
        let seen = self.goes(person, &format!("/api/auth/discord?redirect={redirect}")).await;
        assert_eq!(seen.status, 302, "{}", seen.text);
        let to = url::Url::parse(&seen.to).unwrap();
        assert_eq!((to.host_str(), to.path()), (Some("127.0.0.1"), "/oauth2/authorize"));
        let asked: std::collections::BTreeMap<String, String> = to.query_pairs().into_owned().collect();
        assert_eq!(asked["scope"], "identify");
        assert_eq!(asked["response_type"], "code");
        assert_eq!(asked["client_id"], APPLICATION.to_string());
        assert_eq!(asked["redirect_uri"], self.world.url("/api/auth/discord/callback"));
        asked["state"].clone()
    }

    /// Comes back from Discord.
    async fn returns(&self, person: &Caller, user: User, state: &str) -> Seen {
        let code = self.discord.gives_code(user);
        self.goes(person, &format!("/api/auth/discord/callback?code={code}&state={state}")).await
    }

    /// All of it.
    async fn logs_in(&self, person: &Caller, user: User) {
        let state = self.begins(person, "/room/films").await;
        let seen = self.returns(person, user, &state).await;
        assert_eq!((seen.status, &*seen.to), (302, "/room/films"), "{}", seen.text);
    }
}

#[tokio::test]
async fn who_comes_from_discord_has_an_account_and_finds_it_again() {
    let house = House::opens().await;
    let ana = house.world.comes().await;
    let before = ana.get("/api/v1/people/me").await.ok()["id"].clone();
    house.logs_in(&ana, ANA).await;
    let me = json!({ "username": "Ana", "loggedIn": true, "discordLinked": true });
    assert_eq!(ana.get("/api/user").await.body, me);
    assert_eq!(ana.get("/api/v1/people/me").await.ok()["id"], before, "who they were as a guest");
    let account = good(ana.get("/api/user/account").await);
    assert_eq!((&account["hasPassword"], &account["email"]), (&json!(false), &json!(null)));
    let exchanged = house.discord.calls("POST", "oauth2/token");
    assert_eq!(exchanged[0].body["redirect_uri"], house.world.url("/api/auth/discord/callback"));
    // On another computer they are the same.
    let phone = house.world.comes().await;
    house.logs_in(&phone, ANA).await;
    assert_eq!(phone.get("/api/v1/people/me").await.ok()["id"], before);
    // Nothing but Discord leads there, so it stays until there is a password; then it can go.
    let unlink = ana.delete("/api/user/account/discord").await;
    assert_eq!((unlink.status, &unlink.body["error"]["name"]), (400, &json!("PasswordRequired")));
    good(ana.patch("/api/user/account", json!({ "newPassword": PASSWORD })).await);
    good(ana.delete("/api/user/account/discord").await);
    assert_eq!(ana.get("/api/user").await.body["discordLinked"], false);
    let engine = house.world.engine();
    assert_eq!(engine.people.known_as(Platform::Discord, &ANA.id.to_string()).await.unwrap(), None);
}

#[tokio::test]
async fn a_username_that_is_taken_gets_a_number() {
    let house = House::opens().await;
    registered(&house.world, "Ana").await;
    let ana = house.world.comes().await;
    house.logs_in(&ana, ANA).await;
    let me = ana.get("/api/user").await.body;
    let name = me["username"].as_str().unwrap();
    assert!(name.starts_with("Ana-") && name.len() == 8, "{name}");
}

#[tokio::test]
async fn whom_the_bot_knows_already_keeps_what_they_have() {
    let house = House::opens().await;
    let people = &house.world.engine().people;
    let known = people.by_identity(Platform::Discord, &ANA.id.to_string(), "Ana of the guild").await.unwrap();
    let ana = house.world.comes().await;
    house.logs_in(&ana, ANA).await;
    assert_eq!(ana.get("/api/v1/people/me").await.ok()["id"], known.id.to_string());
    assert_eq!(ana.get("/api/user").await.body["username"], "Ana");
}

#[tokio::test]
async fn an_account_is_tied_to_discord_and_takes_over_what_the_self_there_had() {
    let house = House::opens().await;
    // Once by Discord, where she makes a room and leaves a window open.
    let before = house.world.comes().await;
    house.logs_in(&before, ANA).await;
    let room = before.makes_room("Hers").await;
    let mut open = Viewer::open(&house.world, &room, &before).await;
    // And once by name.
    let ana = registered(&house.world, "Anna").await;
    let person = ana.get("/api/v1/people/me").await.ok()["id"].clone();
    house.logs_in(&ana, ANA).await;
    assert_eq!(ana.get("/api/user").await.body, json!({ "username": "Anna", "loggedIn": true, "discordLinked": true }));
    let rooms = ana.get("/api/user/owned-rooms").await.body;
    assert_eq!(rooms["data"][0]["title"], "Hers", "{rooms}");
    let you = open.hears_any("who they are", |frame| frame["type"] == "you").await["you"].clone();
    assert_eq!((&you["person"], &you["role"]), (&person, &json!("host")), "in the window that was open, too");
    assert_eq!(before.get("/api/user").await.body["username"], "Anna");
    // Nothing is left of the account without a password: its name is free.
    assert_eq!(registered(&house.world, "Ana").await.get("/api/user").await.body["username"], "Ana");
    // Again it is nothing; and somebody else's account with a password is not taken.
    house.logs_in(&ana, ANA).await;
    let ben = registered(&house.world, "Ben").await;
    let state = house.begins(&ben, "/").await;
    let seen = house.returns(&ben, ANA, &state).await;
    assert_eq!(seen.status, 400, "{}", seen.text);
    assert_eq!(ben.get("/api/user").await.body["discordLinked"], false);
}

#[tokio::test]
async fn whoever_else_was_a_guest_by_that_name_does_not_come_into_the_account() {
    let house = House::opens().await;
    let people = &house.world.engine().people;
    let subject = ANA.id.to_string();
    let guest = async || {
        let made = people.sign_in(Platform::Discord, &subject, "Ana", engine::people::SESSION).await.unwrap();
        Caller::new(&house.world.url(""), Some(made.token.reveal().to_owned()))
    };
    // Tied to an account that there is.
    let other = guest().await;
    let ana = registered(&house.world, "Anna").await;
    house.logs_in(&ana, ANA).await;
    assert_eq!(other.get("/api/user").await.status, 401);
    assert_eq!(ana.get("/api/user").await.body["discordLinked"], true);
    // And to one that Discord's word makes.
    good(ana.delete("/api/user/account/discord").await);
    let other = guest().await;
    let new = house.world.comes().await;
    house.logs_in(&new, ANA).await;
    assert_eq!(other.get("/api/user").await.status, 401);
    assert_eq!(new.get("/api/user").await.body["loggedIn"], true);
}

#[tokio::test]
async fn a_login_that_somebody_else_began_comes_to_nothing() {
    let house = House::opens().await;
    let (ana, eve) = (house.world.comes().await, house.world.comes().await);
    // Eve would have Ana come back with her code, and so be logged in as her, or have her account tied to it.
    let state = house.begins(&eve, "/").await;
    for state in [&*state, "", "1.AAAA.AAAA"] {
        let seen = house.returns(&ana, BEN, state).await;
        assert_eq!(seen.status, 400, "{}", seen.text);
    }
    assert_eq!(ana.get("/api/user").await.body["loggedIn"], false);
    assert!(house.discord.calls("POST", "oauth2/token").is_empty(), "Discord is not even asked");
    // A code that is none, and somebody who said no to Discord.
    let state = house.begins(&ana, "/room/x").await;
    let seen = house.goes(&ana, &format!("/api/auth/discord/callback?code=none&state={state}")).await;
    assert_eq!(seen.status, 400, "{}", seen.text);
    let seen = house.goes(&ana, &format!("/api/auth/discord/callback?error=access_denied&state={state}")).await;
    assert_eq!((seen.status, &*seen.to), (302, "/room/x"));
    assert_eq!(ana.get("/api/user").await.body["loggedIn"], false);
    // Without a cookie, and by a key.
    let nobody = Caller::new(&house.world.url(""), Some("nobodys".to_owned()));
    for caller in [&nobody, &house.world.bot()] {
        assert_eq!(house.goes(caller, "/api/auth/discord").await.status, 400);
    }
}

#[tokio::test]
async fn it_goes_on_within_this_server_alone() {
    let house = House::opens().await;
    let ana = house.world.comes().await;
    for elsewhere in
        ["https://elsewhere.example/", "//elsewhere.example", "/%5Celsewhere.example", "%09//elsewhere.example"]
    {
        let state = house.begins(&ana, elsewhere).await;
        assert_eq!(house.returns(&ana, ANA, &state).await.to, "/", "{elsewhere}");
    }
}

#[tokio::test]
async fn where_it_is_not_set_up_or_discord_is_away_it_says_so() {
    let world = World::start().await;
    let ana = world.comes().await;
    let off = ana.get("/api/auth/discord").await;
    assert_eq!((off.status, &off.body["error"]["name"]), (403, &json!("FeatureDisabledException")));
    let house = House::opens_with(|config| config.discord.api_url = Some("http://127.0.0.1:9/".parse().unwrap())).await;
    let ana = house.world.comes().await;
    let state = house.begins(&ana, "/").await;
    assert_eq!(house.returns(&ana, ANA, &state).await.status, 503);
    let house = House::opens_with(|config| config.discord.client_secret = Some(Secret::new("another"))).await;
    let ana = house.world.comes().await;
    let state = house.begins(&ana, "/").await;
    let seen = house.returns(&ana, ANA, &state).await;
    assert_eq!(seen.status, 403, "{}", seen.text);
}
