//! Whatever opens something is told once, to whom it is for: the real program is run with the finest log there is, everything
//! that it hands out is collected, and then looked for wherever something of it could lie about.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use engine::{ids::Entropy, time::WallTime};
use futures_util::{SinkExt, StreamExt};
use reqwest::Method;
use serde_json::{Value, json};
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

use crate::{
    fake_discord::{APPLICATION, CLIENT_SECRET, Channel, FakeDiscord, TOKEN as DISCORD_TOKEN, User as DiscordUser},
    fake_mail::FakeMail,
    fake_receiver::FakeReceiver,
    fake_telegram::{FakeTelegram, TOKEN as TELEGRAM_TOKEN, User as TelegramUser, mini_app},
    world::{BOOTSTRAP_KEY, Caller, PATIENCE, in_room},
};

const PASSWORD: &str = "correct horse battery 7";
const ANA: DiscordUser = DiscordUser::member(1_100_000_000_000_000_001, "Ana");
const CLUB: Channel = Channel::text(1_200_000_000_000_000_001, "film-club");
const ANA_ON_TELEGRAM: TelegramUser = TelegramUser { id: 4711, name: "Ana" };
const SMTP_PASSWORD: &str = "a-password-of-the-mailbox";

/// The program, as somebody runs it.
struct Program {
    child: Child,
    place: tempfile::TempDir,
    url: String,
    metrics: String,
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Program {
    async fn starts(settings: &[(&str, String)]) -> Self {
        let place = tempfile::tempdir().unwrap();
        let file = |name: &str| Stdio::from(std::fs::File::create(place.path().join(name)).unwrap());
        let metrics = format!("127.0.0.1:{}", free_port());
        let child = Command::new(env!("CARGO_BIN_EXE_onecouch"))
            .current_dir(place.path())
            .env("RUST_BACKTRACE", "1")
            .env("ONECOUCH__HTTP__LISTEN", "127.0.0.1:0")
            .env("ONECOUCH__HTTP__METRICS_LISTEN", &metrics)
            .env("ONECOUCH__LOG__FILTER", "trace")
            .envs(settings.iter().map(|(name, value)| (format!("ONECOUCH__{name}"), value)))
            .stdout(file("stdout"))
            .stderr(file("stderr"))
            .spawn()
            .unwrap();
        let mut program = Self { child, place, url: String::new(), metrics };
        let opens = async {
            loop {
                if let Some(url) = program.said().lines().find_map(|line| line.strip_prefix("onecouch is open at ")) {
                    return url.trim_end_matches('/').to_owned();
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        program.url = tokio::time::timeout(PATIENCE * 3, opens).await.expect("the program did not open");
        program
    }

    fn said(&self) -> String {
        ["stdout", "stderr"].map(|name| std::fs::read_to_string(self.place.path().join(name)).unwrap()).concat()
    }

    /// All bytes of its database and of what lies beside it.
    fn disk(&self) -> Vec<u8> {
        bytes_below(&self.place.path().join("data"))
    }

    fn caller(&self, token: Option<&str>) -> Caller {
        Caller::new(&self.url, token.map(str::to_owned))
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn bytes_below(place: &Path) -> Vec<u8> {
    let entries = std::fs::read_dir(place).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path: PathBuf| if path.is_dir() { bytes_below(&path) } else { std::fs::read(path).unwrap() })
        .collect()
}

fn contains(bytes: &[u8], part: &str) -> bool {
    bytes.windows(part.len()).any(|window| window == part.as_bytes())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

/// Something that opens something.
struct Issued {
    what: &'static str,
    value: String,
    /// Why it stands in the database as it is, where it does. `docs/SECURITY.md` says so too.
    stored: Option<&'static str>,
}

/// What was handed out so far.
#[derive(Default)]
struct Handed(Vec<Issued>);

impl Handed {
    fn hashed(&mut self, what: &'static str, value: impl Into<String>) {
        self.0.push(Issued { what, value: value.into(), stored: None });
    }

    fn stored(&mut self, what: &'static str, value: impl Into<String>, why: &'static str) {
        self.0.push(Issued { what, value: value.into(), stored: Some(why) });
    }
}

/// Opens a socket by this request, sends a frame, and reads what comes first.
async fn opens(request: impl IntoClientRequest + Unpin, frame: Option<Value>) -> String {
    let (mut socket, _) = connect_async(request).await.unwrap();
    if let Some(frame) = frame {
        socket.send(Message::text(frame.to_string())).await.unwrap();
    }
    loop {
        match tokio::time::timeout(PATIENCE, socket.next()).await.unwrap().unwrap().unwrap() {
            Message::Text(text) => return text.to_string(),
            Message::Ping(_) | Message::Pong(_) => {}
            other => panic!("not let in: {other:?}"),
        }
    }
}

/// Everything outside that the program talks to.
struct Outside {
    discord: FakeDiscord,
    _telegram: FakeTelegram,
    mail: FakeMail,
    receiver: FakeReceiver,
}

async fn furnished() -> (Program, Outside) {
    let (discord, telegram) = (FakeDiscord::start().await, FakeTelegram::start().await);
    let (mail, receiver) = (FakeMail::start().await, FakeReceiver::start().await);
    discord.has_activity();
    let program = Program::starts(&[
        ("AUTH__BOOTSTRAP_KEY", BOOTSTRAP_KEY.to_owned()),
        ("DISCORD__TOKEN", DISCORD_TOKEN.to_owned()),
        ("DISCORD__APPLICATION_ID", APPLICATION.to_string()),
        ("DISCORD__CLIENT_SECRET", CLIENT_SECRET.to_owned()),
        ("DISCORD__ACTIVITY", "true".to_owned()),
        ("DISCORD__API_URL", discord.url().to_string()),
        ("OAUTH__DISCORD_URL", discord.url().to_string()),
        ("TELEGRAM__TOKEN", TELEGRAM_TOKEN.to_owned()),
        ("TELEGRAM__API_URL", telegram.url.to_string()),
        ("MAIL__SMTP_URL", mail.url()),
        ("MAIL__FROM", "onecouch <couch@example.com>".to_owned()),
        ("MEDIA__RELAY", "true".to_owned()),
        ("RESOLVE__ALLOW_PRIVATE", format!("[\"{}\"]", receiver.authority())),
    ])
    .await;
    discord.identified().await;
    (program, Outside { discord, _telegram: telegram, mail, receiver })
}

/// People come, sign in, forget passwords and use every door there is.
async fn an_evening(program: &Program, outside: &mut Outside) -> Handed {
    let mut handed = Handed::default();
    for (what, value) in [
        ("the bootstrap key", BOOTSTRAP_KEY),
        ("the Discord bot's token", DISCORD_TOKEN),
        ("the Discord application's secret", CLIENT_SECRET),
        ("the Telegram bot's token", TELEGRAM_TOKEN),
        ("a password", PASSWORD),
        ("a wrong password", "a wrong horse 8"),
        ("a room's password", "sesame street 9"),
    ] {
        handed.hashed(what, value);
    }
    let nobody = program.caller(None);
    let session = nobody.post("/api/v1/sessions", json!({ "name": "Ana" })).await.created();
    let token = text(&session["token"]);
    let ana = program.caller(Some(&token));
    handed.hashed("a guest's session", &token);

    // An account, a session more, a key of hers, and one of the house.
    let account = json!({ "username": "ana", "email": "ana@example.com", "password": PASSWORD });
    ana.post("/api/v1/accounts", account).await.created();
    let login = json!({ "user": "ana", "password": PASSWORD });
    handed.hashed("a session", text(&nobody.post("/api/v1/accounts/login", login).await.created()["token"]));
    nobody.post("/api/v1/accounts/login", json!({ "user": "ana", "password": "a wrong horse 8" })).await.no();
    let key = ana.post("/api/v1/keys", json!({ "name": "Mine", "scopes": ["rooms"] })).await.created();
    handed.hashed("a key's secret", text(&key["secret"]));
    let bot = program.caller(Some(BOOTSTRAP_KEY));
    let of_house = json!({ "name": "House", "scopes": ["rooms", "act"] });
    let house = bot.post("/api/v1/keys", of_house).await.created();
    let house_key = text(&house["secret"]);
    handed.hashed("the secret of a key of the house", &house_key);
    handed.hashed(
        "a link code",
        format!("\"{}\"", text(&ana.post("/api/v1/people/me/link-codes", json!({})).await.created()["code"])),
    );

    // A room with a password, its ways in, and somebody who comes by each.
    let room = ana.post("/api/v1/rooms", json!({ "title": "Evening", "visibility": "invite" })).await.created();
    handed.stored("a room's link", text(&room["invite"]), "who is in the room may copy it at any time");
    handed.stored("a room's spoken code", text(&room["code"]), "who is in the room may read it out at any time");
    let link = ana.post(&in_room(&room, "/invites"), json!({ "note": "for Ben" })).await.created();
    handed.stored("a link more", text(&link["token"]), "who manages invites may copy it at any time");
    for way in [&room["invite"], &link["token"]] {
        let way = text(way);
        nobody.get(&format!("/j/{way}")).await;
        nobody.get(&format!("/api/v1/invites/{way}")).await.ok();
        let ben = nobody.post(&format!("/api/v1/invites/{way}/join"), json!({ "name": "Ben" })).await.ok();
        handed.hashed("the session of who came by a link", text(&ben["token"]));
    }
    let guessed = Entropy.invite();
    nobody.get(&format!("/j/{guessed}")).await;
    handed.hashed("a link that is none", guessed);
    ana.patch(&in_room(&room, ""), json!({ "password": "sesame street 9" })).await.ok();
    let cleo = program
        .caller(Some(&text(&nobody.post("/api/v1/sessions", json!({ "name": "Cleo" })).await.created()["token"])));
    cleo.post(&in_room(&room, "/join"), json!({ "password": "sesame street 9" })).await.ok();
    ana.post(&in_room(&room, "/chat"), json!({ "text": "a line that is nobody else's business" })).await.created();
    handed.stored("a line of chat", "a line that is nobody else's business", "the chat is kept with its room");

    // A webhook that is told of it.
    let webhook = json!({ "url": outside.receiver.url("/hook?secret=of-the-receiver"), "room": room["id"] });
    let webhook = ana.post("/api/v1/webhooks", webhook).await.created();
    handed.stored("a webhook's secret", text(&webhook["secret"]), "whoever signs needs the secret itself");
    ana.post(&in_room(&room, "/chat"), json!({ "text": "for the receiver" })).await.created();
    outside.receiver.hears_until("for the receiver").await;

    // A forgotten password.
    nobody.post("/api/v1/accounts/recover", json!({ "user": "ana" })).await;
    let mail = outside.mail.next().await;
    let (_, rest) = mail.text.split_once("/recover#").unwrap();
    let recovery: String = rest.chars().take_while(char::is_ascii_alphanumeric).collect();
    nobody.get(&format!("/recover?token={recovery}")).await;
    handed.hashed("a way to a new password", &recovery);
    let finish = json!({ "token": recovery, "password": "another horse 10" });
    let back = nobody.post("/api/v1/accounts/recover/finish", finish).await.created();
    handed.hashed("the session behind it", text(&back["token"]));
    handed.hashed("a new password", "another horse 10");
    let ana = program.caller(Some(&text(&back["token"])));

    // From within Telegram and Discord, and by logging in there.
    #[expect(clippy::disallowed_methods, reason = "Telegram has the clock of the world")]
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis();
    let said = mini_app::opens(&ANA_ON_TELEGRAM, None, WallTime(i64::try_from(now).unwrap()));
    let opened = nobody.post("/api/v1/telegram/session", json!({ "init_data": said })).await.created();
    handed.hashed("a session from Telegram", text(&opened["token"]));
    handed.hashed("Telegram's word", &said);
    handed.hashed("the signature of it", said.split("hash=").nth(1).unwrap().split('&').next().unwrap());
    let launched = outside.discord.opens_activity(CLUB, ANA);
    let body = json!({ "code": launched.code, "instance_id": launched.instance });
    let came = nobody.post("/api/v1/discord/activity", body).await.created();
    handed.hashed("a session from an activity", text(&came["token"]));
    handed.hashed("Discord's own token", text(&came["access_token"]));
    handed.hashed("Discord's code", &launched.code);
    let browser = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let begins = format!("{}/api/auth/discord?redirect=/", program.url);
    let cookie = format!("token={}", ana.token.as_deref().unwrap());
    let away = browser.get(begins).header("cookie", &cookie).send().await.unwrap();
    let to = url::Url::parse(away.headers()["location"].to_str().unwrap()).unwrap();
    let state = to.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let code = outside.discord.gives_code(ANA);
    let returns = format!("{}/api/auth/discord/callback?code={code}&state={state}", program.url);
    browser.get(returns).header("cookie", &cookie).send().await.unwrap();
    handed.hashed("the state of a login", state);
    handed.hashed("a login's code", code);

    // The other dialects: tokens in headers, cookies, bodies, queries and first frames.
    let grant = nobody.get("/api/auth/grant").await.body;
    let granted = text(&grant["token"]);
    handed.hashed("a grant", &granted);
    let ott = program.caller(Some(&granted));
    let made = ott.post("/api/room/create", json!({ "name": "secrets" })).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let ws = |path: &str| format!("{}{path}", program.url.replacen("http", "ws", 1));
    opens(ws("/api/room/secrets"), Some(json!({ "action": "auth", "token": granted }))).await;
    let native = ws(&in_room(&room, "/ws"));
    let hello = json!({ "type": "hello", "token": ana.token });
    assert!(opens(native, Some(hello)).await.contains("welcome"));
    let party = ana.post("/api/v1/watch-parties", json!({ "title": "Party" })).await.created();
    let mut request = ws(&format!("/api/v1/watch-parties/{}/ws", text(&party["id"]))).into_client_request().unwrap();
    let bearer =
        base64::Engine::encode(&base64::engine::general_purpose::STANDARD_NO_PAD, ana.token.as_deref().unwrap());
    request.headers_mut().insert("sec-websocket-protocol", format!("auth.bearer.{bearer}").parse().unwrap());
    opens(request, None).await;
    handed.hashed("a token in base64", bearer);
    let looked = nobody.get("/api/v1/watch-parties/public").await;
    handed.hashed("a page's CSRF token", looked.headers["x-csrf-token"].to_str().unwrap());
    let by_query = format!("/rooms/create.json?w2g_api_key={house_key}");
    assert_eq!(nobody.get(&by_query).await.status, 200);
    let by_body = json!({ "w2g_api_key": house_key });
    assert_eq!(nobody.post("/rooms/create.json", by_body).await.status, 200);
    let premade = format!("/room/premade?apiKey={}", text(&house["id"]));
    assert_eq!(nobody.get(&premade).await.status, 200);
    // What is wrong is told in words, not repeated.
    for (method, path) in
        [(Method::POST, "/api/v1/rooms"), (Method::GET, "/api/v1/people/me"), (Method::GET, "/api/room/secrets")]
    {
        let wrong = format!("wrong-token-{}", Entropy.token());
        program.caller(Some(&wrong)).send(method, path, |request| request.body("{")).await;
        handed.hashed("a token that is none", wrong);
    }
    handed
}

#[tokio::test]
async fn nothing_that_was_handed_out_lies_about_in_the_database_the_log_or_the_metrics() {
    let (program, mut outside) = furnished().await;
    let handed = an_evening(&program, &mut outside).await;
    let metrics = reqwest::get(format!("http://{}/metrics", program.metrics)).await.unwrap().text().await.unwrap();
    assert!(metrics.contains("onecouch_http_requests_total"), "{metrics}");
    let (disk, said) = (program.disk(), program.said());
    assert!(
        said.contains("DEBUG") && said.contains("/api/v1/accounts/login"),
        "the log was read, at its finest: {said:.2000}"
    );
    assert!(contains(&disk, "SQLite format 3") && contains(&disk, "Evening"), "the right files were read");
    let mut wrong = Vec::new();
    for Issued { what, value, stored } in &handed.0 {
        if let Some(line) = said.lines().find(|line| line.contains(value.as_str())) {
            wrong.push(format!("{what} is in the log: {line:.400}"));
        }
        if metrics.contains(value.as_str()) {
            wrong.push(format!("{what} is in the metrics"));
        }
        match (contains(&disk, value), stored) {
            (true, None) => wrong.push(format!("{what} is in the database")),
            (false, Some(why)) => wrong.push(format!("{what} is not in the database, where {why}")),
            _ => {}
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(!said.contains("panicked"), "nothing panicked");
    outside.discord.takes_problems();

    // Whoever reads the database has hashes, and no hash opens anything.
    let digits = |byte: &u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(byte);
    let mut hashes: Vec<String> = disk
        .split(|byte| !digits(byte))
        .filter(|run| run.len() == 64)
        .map(|run| String::from_utf8_lossy(run).into_owned())
        .collect();
    hashes.sort();
    hashes.dedup();
    assert!(hashes.len() >= 10, "{} hashes", hashes.len());
    for hash in hashes {
        let thief = program.caller(Some(&hash));
        assert_eq!(thief.get("/api/v1/people/me").await.status, 401, "{hash}");
        assert!(thief.post("/api/room/create", json!({ "name": "stolen" })).await.status >= 400, "{hash}");
    }
}

#[tokio::test]
async fn a_configuration_that_is_wrong_is_told_without_its_secrets() {
    let place = tempfile::tempdir().unwrap();
    for (name, value, more) in [
        ("AUTH__BOOTSTRAP_KEY", "short-key", None),
        ("MAIL__SMTP_URL", "smtps://couch:a-password-of-the-mailbox@", None),
        ("DISCORD__TOKEN", "a-token-of-discord", Some(("HTTP__LISTEN", "nowhere"))),
        ("TELEGRAM__WEBHOOK_SECRET", "not allowed: \u{e9} a-secret", None),
    ] {
        let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_onecouch"));
        command
            .current_dir(place.path())
            .env("ONECOUCH__HTTP__METRICS_LISTEN", "")
            .env(format!("ONECOUCH__{name}"), value);
        command.env("ONECOUCH__HTTP__LISTEN", "127.0.0.1:0").env("ONECOUCH__MAIL__FROM", "couch@example.com");
        if let Some((name, value)) = more {
            command.env(format!("ONECOUCH__{name}"), value);
        }
        let done = tokio::time::timeout(PATIENCE, command.output()).await.expect("it does not start").unwrap();
        let said = format!("{}{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
        assert!(!done.status.success(), "{name} is taken: {said}");
        assert!(!said.contains(value) && !said.contains(SMTP_PASSWORD), "{name}: {said}");
    }
}
