//! Who somebody is: accounts, sessions, keys, selves elsewhere; and that no secret stands where it should not.

use std::{
    collections::HashSet,
    process::Stdio,
    sync::{Arc, Mutex},
};

use engine::records::Platform;
use onecouch::config::{Rate, Secret};
use serde_json::{Value, json};
use tracing_subscriber::fmt::MakeWriter;

use crate::{
    fake_mail::FakeMail,
    viewer::Viewer,
    world::{Answer, BOOTSTRAP_KEY, Caller, World, in_room},
};

const PASSWORD: &str = "correct horse 7";

impl World {
    fn with(&self, token: &Value) -> Caller {
        let mut caller = self.nobody();
        caller.token = Some(token.as_str().unwrap().to_owned());
        caller
    }

    /// Somebody with an account, freshly registered.
    async fn registered(&self, name: &str) -> Caller {
        let guest = self.person(name).await;
        let body = json!({ "username": name, "email": format!("{name}@example.com"), "password": PASSWORD });
        guest.post("/api/v1/accounts", body).await.created();
        guest
    }

    async fn logs_in(&self, user: &str, password: &str) -> Answer {
        self.nobody().post("/api/v1/accounts/login", json!({ "user": user, "password": password })).await
    }

    async fn key(&self, name: &str, scopes: &[&str]) -> Value {
        self.bot().post("/api/v1/keys", json!({ "name": name, "scopes": scopes })).await.created()
    }

    /// All bytes that lie beside the database, and in it.
    fn disk(&self) -> Vec<u8> {
        let place = std::path::Path::new(&self.config.database.url).parent().unwrap().to_owned();
        std::fs::read_dir(place).unwrap().flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
    }
}

/// The log of a server, down to its finest lines.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }

    /// Keeps all that this thread's server writes into its log, until the guard is dropped.
    fn keep(&self) -> tracing::subscriber::DefaultGuard {
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(self.clone())
            .finish();
        tracing::subscriber::set_default(subscriber)
    }

    /// The next link to a new password that stands in it.
    async fn link(&self) -> String {
        let found = async {
            loop {
                if let Some((_, rest)) = self.text().rsplit_once("/recover#") {
                    return rest.chars().take_while(char::is_ascii_alphanumeric).collect();
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(crate::world::PATIENCE, found).await.expect("no link in the log")
    }
}

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

async fn me(caller: &Caller) -> Value {
    caller.get("/api/v1/people/me").await.ok()
}

fn contains(bytes: &[u8], part: &str) -> bool {
    bytes.windows(part.len()).any(|window| window == part.as_bytes())
}

/// As a key's program asks in somebody's name.
async fn acts(caller: &Caller, method: reqwest::Method, path: &str, who: &str, name: &str, body: Value) -> Answer {
    let send = |request: reqwest::RequestBuilder| {
        let request = request.header("onecouch-act-for", who).header("onecouch-act-name", name);
        if body.is_null() { request } else { request.json(&body) }
    };
    caller.send(method, path, send).await
}

#[tokio::test]
async fn a_guest_who_registers_stays_the_same_person_and_signs_in_elsewhere() {
    let mut world = World::start().await;
    let ana = world.person("Ana").await;
    let room = ana.makes_room("Ana's").await;
    let before = me(&ana).await;
    assert_eq!((&before["registered"], &before["username"]), (&json!(false), &Value::Null));
    let body = json!({ "username": "Ana Maria", "email": "Ana@Example.com", "password": PASSWORD });
    let made = ana.post("/api/v1/accounts", body.clone()).await.created();
    assert_eq!((&made["person"]["id"], &made["token"]), (&before["id"], &Value::Null));
    let after = me(&ana).await;
    assert_eq!((&after["name"], &after["registered"]), (&json!("Ana Maria"), &json!(true)));
    assert_eq!(after["email"], "Ana@Example.com");
    assert_eq!(
        ana.post("/api/v1/accounts", json!({ "username": "X", "password": PASSWORD })).await.no().1,
        "already_registered"
    );

    world.restart().await;
    for user in ["ana maria", "ANA MARIA", "ana@example.com"] {
        let answer = world.logs_in(user, PASSWORD).await;
        assert!(answer.headers["set-cookie"].to_str().unwrap().contains("HttpOnly"));
        let elsewhere = world.with(&answer.created()["token"]);
        assert_eq!(me(&elsewhere).await["id"], before["id"]);
        let renamed = elsewhere.patch(&in_room(&room, ""), json!({ "title": user })).await.ok();
        assert_eq!(renamed["title"], *user, "they host the room that the guest made");
    }
    // Who is nobody yet registers too.
    let new =
        world.nobody().post("/api/v1/accounts", json!({ "username": "Ben", "password": PASSWORD })).await.created();
    assert_eq!(me(&world.with(&new["token"])).await["username"], "Ben");
}

#[tokio::test]
async fn names_and_addresses_are_taken_once_and_bad_accounts_are_refused() {
    let world = World::start().await;
    world.registered("Ana").await;
    let ben = world.person("Ben").await;
    let long = "x".repeat(49);
    for (body, no) in [
        (json!({ "username": "aNA", "password": PASSWORD }), (409, "username_taken")),
        (json!({ "username": "Ben", "email": "ANA@example.com", "password": PASSWORD }), (409, "email_taken")),
        (json!({ "username": "Ben", "password": "seven77" }), (400, "password_too_short")),
        (json!({ "username": "Ben", "password": "x".repeat(1_025) }), (400, "text_too_long")),
        (json!({ "username": "Ben", "email": "nonsense", "password": PASSWORD }), (400, "bad_email")),
        (json!({ "username": "Ben", "email": "a@b c", "password": PASSWORD }), (400, "bad_email")),
        (json!({ "username": "b@n", "password": PASSWORD }), (400, "bad_input")),
        (json!({ "username": "", "password": PASSWORD }), (400, "text_empty")),
        (json!({ "username": long, "password": PASSWORD }), (400, "text_too_long")),
        (json!({ "username": "Ben" }), (400, "bad_input")),
    ] {
        let answer = ben.post("/api/v1/accounts", body.clone()).await;
        assert_eq!(answer.no(), (no.0, no.1.to_owned()), "{body}");
        assert!(!answer.text.contains(PASSWORD));
    }
    assert_eq!(me(&ben).await["registered"], false);
    assert_eq!(me(&ben).await["name"], "Ben");

    // Of many who want one name at once, one gets it.
    let tries = (0..4).map(|_| async {
        world.nobody().post("/api/v1/accounts", json!({ "username": "Wanted", "password": PASSWORD })).await.status
    });
    let statuses = futures_util::future::join_all(tries).await;
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_user_get_one_answer_and_guesses_run_out() {
    let world = World::start_with(|config| config.limits.logins = Rate { burst: 6, per_minute: 1 }).await;
    world.registered("Ana").await;
    let wrong = world.logs_in("Ana", "wrong password").await;
    let unknown = world.logs_in("Nobody", "wrong password").await;
    assert_eq!(wrong.no(), (401, "wrong_login".into()));
    assert_eq!(wrong.text, unknown.text);
    // What was right is given back.
    for _ in 0..10 {
        world.logs_in("Ana", PASSWORD).await.created();
    }
    let mut statuses = HashSet::new();
    for _ in 0..6 {
        statuses.insert(world.logs_in("Ana", "wrong password").await.status);
    }
    assert_eq!(statuses, HashSet::from([401, 429]));
    assert_eq!(world.logs_in("Ana", PASSWORD).await.no().0, 429, "a right guess is not told from a wrong one");
}

#[tokio::test]
async fn an_account_is_changed_by_who_knows_its_password() {
    let mut world = World::start().await;
    let ana = world.registered("Ana").await;
    world.registered("Ben").await;
    let account = "/api/v1/people/me/account";
    for (body, no) in [
        (json!({ "password": "new password 9" }), (403, "password_needed")),
        (json!({ "password": "new password 9", "current_password": "wrong one" }), (403, "wrong_password")),
        (json!({ "email": "new@example.com" }), (403, "password_needed")),
        (json!({ "username": "BEN" }), (409, "username_taken")),
        (json!({ "email": "ben@example.com", "current_password": PASSWORD }), (409, "email_taken")),
    ] {
        assert_eq!(ana.patch(account, body.clone()).await.no(), (no.0, no.1.to_owned()), "{body}");
    }
    ana.patch(account, json!({ "username": "Anouk" })).await.ok();
    let body = json!({ "email": "new@example.com", "password": "new password 9", "current_password": PASSWORD });
    assert_eq!(ana.patch(account, body).await.ok()["email"], "new@example.com");
    world.restart().await;
    assert_eq!(me(&ana).await["name"], "Anouk");
    for (user, password, status) in [
        ("Anouk", "new password 9", 201),
        ("new@example.com", "new password 9", 201),
        ("Ana", "new password 9", 401),
        ("ana@example.com", "new password 9", 401),
        ("Anouk", PASSWORD, 401),
    ] {
        assert_eq!(world.logs_in(user, password).await.status, status, "{user}");
    }
    ana.patch(account, json!({ "email": "", "current_password": "new password 9" })).await.ok();
    assert_eq!(me(&ana).await["email"], Value::Null);
    // What was given up is free again.
    let cleo = json!({ "username": "Ana", "email": "new@example.com", "password": PASSWORD });
    world.nobody().post("/api/v1/accounts", cleo).await.created();
    let guest = world.person("Guest").await;
    assert_eq!(guest.patch(account, json!({ "username": "G" })).await.no().1, "needs_account");
    guest.patch("/api/v1/people/me", json!({ "name": "Visitor" })).await.ok();
    assert_eq!(me(&guest).await["name"], "Visitor");
}

#[tokio::test]
async fn a_forgotten_password_is_set_anew_by_the_mail_and_all_sessions_end() {
    let mut mail = FakeMail::start().await;
    let url = mail.url();
    let mut world = World::start_with(|config| {
        config.mail.smtp_url = Some(Secret::new(url));
        config.mail.from = Some("onecouch <couch@example.com>".into());
    })
    .await;
    let ana = world.registered("Ana").await;
    let elsewhere = world.with(&world.logs_in("Ana", PASSWORD).await.created()["token"]);
    let room = ana.makes_room("Open").await;
    let ask = async |world: &World, user: &str| {
        world.nobody().post("/api/v1/accounts/recover", json!({ "user": user })).await
    };
    let (known, unknown) = (ask(&world, "ANA").await, ask(&world, "Nobody").await);
    assert_eq!((known.status, &known.text), (202, &unknown.text), "nobody learns who has an account");
    let first = mail.next().await;
    assert_eq!(first.to, "<Ana@example.com>");
    let link = |text: &str| -> String {
        let (_, rest) = text.split_once("/recover#").unwrap_or_else(|| panic!("no link in {text}"));
        rest.chars().take_while(char::is_ascii_alphanumeric).collect()
    };
    let old = link(&first.text);
    ask(&world, "ana@example.com").await;
    let token = link(&mail.next().await.text);
    assert_eq!((token.len(), mail.is_empty()), (64, true));

    world.restart().await;
    let finish = async |world: &World, token: &str, password: &str| {
        let body = json!({ "token": token, "password": password });
        world.nobody().post("/api/v1/accounts/recover/finish", body).await
    };
    assert_eq!(finish(&world, &token, "short").await.no().1, "password_too_short");
    let mut open = Viewer::open(&world, &room, &elsewhere).await;
    assert_eq!(finish(&world, &"x".repeat(64), "brand new 1").await.no(), (404, "no_such_recovery".into()));
    let twice = tokio::join!(finish(&world, &token, "brand new 1"), finish(&world, &token, "brand new 2"));
    let mut statuses = [twice.0.status, twice.1.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 404], "it is good once");
    let (done, password) = if twice.0.status == 201 { (twice.0, "brand new 1") } else { (twice.1, "brand new 2") };
    let back = world.with(&done.created()["token"]);
    assert_eq!(me(&back).await["username"], "Ana");
    is_sent_away(&mut open).await;
    for gone in [&ana, &elsewhere] {
        assert_eq!(gone.get("/api/v1/people/me").await.no(), (401, "bad_token".into()));
    }
    assert_eq!(finish(&world, &old, "brand new 3").await.status, 404, "the earlier link went with it");
    assert_eq!(world.logs_in("Ana", PASSWORD).await.status, 401);
    world.logs_in("Ana", password).await.created();
    assert!(!contains(&world.disk(), &token) && !contains(&world.disk(), &old));
}

#[tokio::test]
async fn sessions_are_listed_without_tokens_and_ended_from_elsewhere() {
    let mut world = World::start_with(|config| config.retention.sessions_days = 7.try_into().unwrap()).await;
    let ana = world.registered("Ana").await;
    let mut others = Vec::new();
    for _ in 0..3 {
        others.push(world.with(&world.logs_in("Ana", PASSWORD).await.created()["token"]));
    }
    let path = "/api/v1/people/me/sessions";
    let listed = ana.get(path).await;
    for caller in others.iter().chain([&ana]) {
        let token = caller.token.as_deref().unwrap();
        assert!(!listed.text.contains(token) && !listed.text.contains(&engine::people::hash(token)));
    }
    let own = listed.ok();
    assert_eq!(own.as_array().unwrap().len(), 4);
    let good_for = own[0]["expires_at"].as_i64().unwrap() - own[0]["made_at"].as_i64().unwrap();
    assert_eq!(good_for, 7 * 24 * 3600 * 1000);
    let theirs = others[0].get(path).await.ok();
    let id = theirs.as_array().unwrap().iter().find(|session| session["current"] == true).unwrap()["id"].clone();
    let one = format!("{path}/{}", id.as_str().unwrap());
    let eve = world.person("Eve").await;
    assert_eq!(eve.delete(&one).await.no(), (404, "no_such_session".into()), "not hers to end");
    assert_eq!(ana.delete(&format!("{path}/nonsense")).await.no().0, 404);
    assert_eq!(ana.delete(&one).await.status, 204);
    assert_eq!(others[0].get(path).await.no().0, 401);
    assert_eq!(others[1].get(path).await.status, 200);
    world.restart().await;
    assert_eq!(ana.delete(path).await.ok()["ended"], 2);
    assert_eq!((others[1].get(path).await.status, others[2].get(path).await.status), (401, 401));
    assert_eq!(ana.get(path).await.ok().as_array().unwrap().len(), 1);
    assert_eq!(ana.delete("/api/v1/sessions/current").await.status, 204);
    assert_eq!(ana.get(path).await.status, 401);
}

/// Whether a socket answers: all that the server sent it before is read then.
async fn is_open(viewer: &mut Viewer) -> bool {
    viewer.sends(json!({ "type": "ping", "c": 1 })).await;
    let end = viewer.hears_until_closed_or(|frame| frame["type"] == "pong").await;
    end.code.is_none()
}

/// Waits until the server closes a socket because its credential is good no more.
async fn is_sent_away(viewer: &mut Viewer) {
    let refused = viewer.hears_any("a refusal", |frame| frame["type"] == "refused").await;
    assert_eq!(refused["code"], "bad_token", "{refused}");
    assert_eq!(viewer.is_closed().await.0, 4401);
}

#[tokio::test]
async fn what_is_open_by_a_session_closes_with_it_and_nothing_else_does() {
    let world = World::start().await;
    let ana = world.registered("Ana").await;
    let room = ana.makes_room("Two of me").await;
    let phone = world.with(&world.logs_in("Ana", PASSWORD).await.created()["token"]);
    let sessions = "/api/v1/people/me/sessions";
    let own = async |caller: &Caller| {
        let all = caller.get(sessions).await.ok();
        let own = all.as_array().unwrap().iter().find(|session| session["current"] == true).unwrap();
        format!("{sessions}/{}", own["id"].as_str().unwrap())
    };
    let mut here = Viewer::open(&world, &room, &ana).await;
    let mut there = Viewer::open(&world, &room, &phone).await;
    // By the credential of the handshake, as browsers come.
    let mut again = Viewer::connect_with(&world, &room, &phone).await;
    assert_eq!(ana.delete(&own(&phone).await).await.status, 204);
    is_sent_away(&mut there).await;
    is_sent_away(&mut again).await;
    assert!(is_open(&mut here).await);

    // All others at once; a key that is revoked; and whoever is deleted.
    let tablet = world.with(&world.logs_in("Ana", PASSWORD).await.created()["token"]);
    let mut there = Viewer::open(&world, &room, &tablet).await;
    let key = world.key("Bot", &["rooms"]).await;
    let bot = world.with(&key["secret"]);
    bot.joins(&room).await;
    let mut bots = Viewer::open(&world, &room, &bot).await;
    assert_eq!(ana.delete(sessions).await.ok()["ended"], 1);
    is_sent_away(&mut there).await;
    assert!(is_open(&mut here).await && is_open(&mut bots).await);
    let revoked = world.bot().delete(&format!("/api/v1/keys/{}", key["id"].as_str().unwrap())).await;
    assert_eq!(revoked.status, 204);
    is_sent_away(&mut bots).await;
    assert!(is_open(&mut here).await);
    let gone = ana
        .send(reqwest::Method::DELETE, "/api/v1/people/me", |request| request.json(&json!({ "password": PASSWORD })))
        .await;
    assert_eq!(gone.status, 204);
    is_sent_away(&mut here).await;
}

#[tokio::test]
async fn who_is_signed_out_hears_nothing_more_of_a_room() {
    let world = World::start().await;
    let ana = world.registered("Ana").await;
    let room = ana.makes_room("Ana's").await;
    let mut here = Viewer::open(&world, &room, &ana).await;
    let login = async || world.with(&world.logs_in("Ana", PASSWORD).await.created()["token"]);
    let (phone, tablet, kiosk) = (login().await, login().await, login().await);
    let mut sockets = Vec::new();
    for one in [&phone, &tablet, &kiosk] {
        sockets.push(Viewer::open(&world, &room, one).await);
    }
    let path = "/api/v1/people/me/sessions";
    let own = phone.get(path).await.ok();
    let id = own.as_array().unwrap().iter().find(|session| session["current"] == true).unwrap()["id"].clone();
    assert_eq!(ana.delete(&format!("{path}/{}", id.as_str().unwrap())).await.status, 204);
    assert_eq!(sockets.remove(0).is_closed().await.0, 4401, "ended from elsewhere");
    assert_eq!(tablet.delete("/api/v1/sessions/current").await.status, 204);
    assert_eq!(sockets.remove(0).is_closed().await.0, 4401, "signed out");
    assert_eq!(sockets[0].says("still here").await["type"], "ack");
    assert_eq!(ana.delete(path).await.ok()["ended"], 1);
    assert_eq!(sockets.remove(0).is_closed().await.0, 4401, "signed out everywhere else");
    assert_eq!(here.says("and so am I").await["type"], "ack", "who ended them stays");
}

#[tokio::test]
async fn a_key_has_a_person_of_its_own_and_does_what_its_scopes_say() {
    let mut world = World::start().await;
    let reader = world.key("Reader", &["read"]).await;
    let bot = world.key("Film bot", &["rooms"]).await;
    let admin = world.key("Second operator", &["admin"]).await;
    assert_eq!((bot["id"].as_str().unwrap().len(), bot["secret"].as_str().unwrap().len()), (16, 64));
    let (reads, rooms, all) = (world.with(&reader["secret"]), world.with(&bot["secret"]), world.with(&admin["secret"]));
    let room = rooms.makes_room("Bot's").await;
    let shown = me(&rooms).await;
    assert_eq!((&shown["name"], &shown["id"], &shown["key"]), (&json!("Film bot"), &bot["person"], &bot["id"]));
    assert_eq!(shown["scopes"], json!(["rooms"]));
    world.restart().await;
    assert_eq!(me(&rooms).await["id"], shown["id"]);

    assert_eq!(me(&reads).await["name"], "Reader");
    reads.get("/api/v1/rooms").await;
    let invite = format!("/api/v1/invites/{}/join", room["invite"].as_str().unwrap());
    for answer in [
        reads.post("/api/v1/rooms", json!({})).await,
        reads.post(&invite, json!({})).await,
        reads.post(&in_room(&room, "/chat"), json!({ "text": "hi" })).await,
        reads.delete(&in_room(&room, "/queue")).await,
    ] {
        assert_eq!(answer.no(), (403, "scope_missing".into()), "{}", answer.text);
    }
    all.patch(&in_room(&room, ""), json!({ "title": "The operator's" })).await.ok();
    assert_eq!(all.get("/api/v1/keys").await.ok().as_array().unwrap().len(), 3);

    // A join does not rename a key's person, and no key does what a person does about themself.
    rooms.post(&invite, json!({ "name": "Someone else" })).await.ok();
    assert_eq!(me(&rooms).await["name"], "Film bot");
    for caller in [&rooms, &all, &world.bot()] {
        for answer in [
            caller.post("/api/v1/accounts", json!({ "username": "Bot", "password": PASSWORD })).await,
            caller.patch("/api/v1/people/me", json!({ "name": "X" })).await,
            caller.delete("/api/v1/people/me").await,
            caller.get("/api/v1/people/me/export").await,
            caller.get("/api/v1/people/me/sessions").await,
            caller.delete("/api/v1/sessions/current").await,
            caller.post("/api/v1/people/me/link-codes", json!({})).await,
        ] {
            assert_eq!(answer.no(), (403, "needs_session".into()), "{}", answer.text);
        }
    }
    assert_eq!(rooms.get("/api/v1/keys").await.no(), (403, "scope_missing".into()));
    let listed = world.bot().get("/api/v1/keys").await;
    assert!(!listed.text.contains("secret"), "{}", listed.text);
    let used =
        listed.ok().as_array().unwrap().iter().find(|key| key["id"] == bot["id"]).unwrap()["last_used_at"].clone();
    assert!(used.as_i64().unwrap() > 1_700_000_000_000, "{used}");

    let one = format!("/api/v1/keys/{}", bot["id"].as_str().unwrap());
    assert_eq!(world.person("Eve").await.delete(&one).await.no(), (403, "needs_account".into()));
    assert_eq!(world.bot().delete(&one).await.status, 204);
    assert_eq!(rooms.get("/api/v1/people/me").await.no(), (401, "bad_token".into()));
    assert_eq!(world.bot().delete(&one).await.no(), (404, "no_such_key".into()));
    world.restart().await;
    assert_eq!(rooms.get("/api/v1/people/me").await.no().0, 401);
}

#[tokio::test]
async fn a_key_that_only_reads_listens_on_a_socket_and_is_refused_there_too() {
    let world = World::start().await;
    let reader = world.with(&world.key("Reader", &["read"]).await["secret"]);
    let room = world.person("Ana").await.makes_room("Ana's").await;
    let person = me(&reader).await["id"].as_str().unwrap().parse().unwrap();
    world.engine().people.admit(room["id"].as_str().unwrap().parse().unwrap(), person).await.unwrap();
    let mut socket = Viewer::open(&world, &room, &reader).await;
    for command in
        [json!({ "do": "play" }), json!({ "do": "say", "text": "hi" }), json!({ "do": "say", "text": "/skip" })]
    {
        let no = socket.does(command).await;
        assert_eq!((&no["type"], &no["code"]), (&json!("refused"), &json!("scope_missing")));
    }
}

#[tokio::test]
async fn somebody_with_an_account_makes_keys_for_themself_and_no_more() {
    let world = World::start().await;
    let (ana, eve) = (world.registered("Ana").await, world.registered("Eve").await);
    let path = "/api/v1/keys";
    let made = ana.post(path, json!({ "name": "My script", "scopes": ["rooms", "read"] })).await.created();
    let script = world.with(&made["secret"]);
    let (shown, person) = (me(&script).await, me(&ana).await);
    assert_eq!((&shown["id"], &shown["name"]), (&person["id"], &json!("Ana")));
    assert_eq!((&shown["email"], &shown["username"]), (&Value::Null, &Value::Null), "a key learns no address");
    script.makes_room("By script").await;
    for scope in ["act", "admin", "platforms"] {
        let no = ana.post(path, json!({ "name": "More", "scopes": ["rooms", scope] })).await;
        assert_eq!(no.no(), (403, "scope_missing".into()));
    }
    assert_eq!(ana.post(path, json!({ "name": "None", "scopes": [] })).await.no().0, 400);
    assert_eq!(ana.post(path, json!({ "name": "Odd", "scopes": ["all"] })).await.no().0, 400);
    assert_eq!(script.post(path, json!({ "name": "More", "scopes": ["read"] })).await.no().1, "scope_missing");
    assert_eq!(
        world.person("Guest").await.post(path, json!({ "name": "G", "scopes": ["read"] })).await.no().1,
        "needs_account"
    );
    assert_eq!(ana.get(path).await.ok().as_array().unwrap().len(), 1);
    assert_eq!(eve.get(path).await.ok(), json!([]));
    let one = format!("{path}/{}", made["id"].as_str().unwrap());
    assert_eq!(eve.delete(&one).await.no().0, 404);
    assert_eq!(ana.delete(&one).await.status, 204);
    let both = world.engine().people.by_key(made["id"].as_str().unwrap(), made["secret"].as_str().unwrap()).await;
    assert!(both.is_err());
}

#[tokio::test]
async fn a_program_acts_for_the_people_it_names_and_never_as_more_than_they_are() {
    let mut world = World::start().await;
    let key = world.with(&world.key("Cinema", &["act"]).await["secret"]);
    let other = world.with(&world.key("Other cinema", &["act", "platforms"]).await["secret"]);
    let get = reqwest::Method::GET;
    let post = reqwest::Method::POST;
    let zoe = acts(&key, get.clone(), "/api/v1/people/me", "user 7", "Zo%C3%AB", Value::Null).await.ok();
    assert_eq!(zoe["name"], "Zoë");
    world.restart().await;
    let again = acts(&key, get.clone(), "/api/v1/people/me", "user 7", "Zo%C3%AB%20B", Value::Null).await.ok();
    assert_eq!((&again["id"], &again["name"]), (&zoe["id"], &json!("Zoë B")));
    let elsewhere = acts(&other, get.clone(), "/api/v1/people/me", "user 7", "Zoe", Value::Null).await.ok();
    assert_ne!(elsewhere["id"], zoe["id"], "another program's user 7 is somebody else");

    let ana = world.person("Ana").await;
    let room = ana.makes_room("Ana's").await;
    let chat = in_room(&room, "/chat");
    let no = acts(&key, post.clone(), &chat, "user 7", "Zoe", json!({ "text": "hi" })).await;
    assert_eq!(no.no(), (403, "not_a_member".into()));
    let invite = format!("/api/v1/invites/{}/join", room["invite"].as_str().unwrap());
    acts(&key, post.clone(), &invite, "user 7", "Zoe", json!({})).await.ok();
    let line = acts(&key, post.clone(), &chat, "user 7", "Zoe", json!({ "text": "hi" })).await.created();
    assert_eq!((&line["by"]["person"], &line["by"]["name"]), (&zoe["id"], &json!("Zoe")));
    assert_eq!(key.post("/api/v1/rooms", json!({})).await.no().1, "scope_missing", "for itself it may not");
    // An administrator's key that acts is no administrator.
    let no =
        acts(&world.bot(), reqwest::Method::PATCH, &in_room(&room, ""), "user 9", "Max", json!({ "title": "Mine" }))
            .await;
    assert_eq!(no.no().0, 403);
    assert_eq!(acts(&world.bot(), get.clone(), "/api/v1/keys", "user 9", "Max", Value::Null).await.no().0, 403);

    let discord = world.engine().people.by_identity(Platform::Discord, "123", "Dora").await.unwrap();
    let no = acts(&key, get.clone(), "/api/v1/people/me", "discord:123", "Dora", Value::Null).await;
    assert_eq!(no.no(), (403, "scope_missing".into()));
    let dora = acts(&other, get.clone(), "/api/v1/people/me", "discord:123", "Dora", Value::Null).await.ok();
    assert_eq!(dora["id"], discord.id.to_string());

    for (who, name) in [("", "X"), (&*"x".repeat(256), "X"), ("user 7", "%ff"), ("discord:x", "X"), ("user 7", "")] {
        let no = acts(&other, get.clone(), "/api/v1/people/me", who, name, Value::Null).await;
        assert_eq!(no.no().0, 400, "{who} {name}");
    }
    let rooms = world.with(&world.key("Plain", &["rooms"]).await["secret"]);
    for caller in [&rooms, &ana] {
        let no = acts(caller, get.clone(), "/api/v1/people/me", "user 7", "X", Value::Null).await;
        assert_eq!(no.no(), (403, "scope_missing".into()));
    }
}

#[tokio::test]
async fn two_selves_become_one_person_by_a_code() {
    let mut world = World::start().await;
    let ana = world.registered("Ana").await;
    let room = world.person("Host").await.makes_room("Hidden").await;
    let people = world.engine().people.clone();
    let dora = people.by_identity(Platform::Discord, "123", "Dora").await.unwrap();
    people.admit(room["id"].as_str().unwrap().parse().unwrap(), dora.id).await.unwrap();

    // Asked for in Discord, typed in the browser, by somebody with an account: the account stays.
    let code = people.link_code(dora.id).await.unwrap().code.reveal().to_owned();
    assert_eq!(code.len(), 6);
    world.restart().await;
    let link = "/api/v1/people/me/link";
    assert_eq!(ana.post(link, json!({ "code": "ZZZZZZ" })).await.no(), (404, "no_such_link_code".into()));
    assert_eq!(ana.post(link, json!({ "code": "" })).await.no().0, 404);
    let spoken = format!("{} {}", &code[..3].to_lowercase(), &code[3..]);
    let linked = ana.post(link, json!({ "code": spoken })).await.ok();
    let id = me(&ana).await["id"].clone();
    assert_eq!((&linked["person"]["id"], linked["gone"].as_str().unwrap()), (&id, &*dora.id.to_string()));
    assert_eq!(linked["rooms"], json!([room["id"]]));
    assert_eq!(me(&ana).await["platforms"], json!([{ "platform": "discord", "subject": "123" }]));
    ana.get(&in_room(&room, "")).await.ok();
    assert_eq!(ana.post(link, json!({ "code": code })).await.no().0, 404, "it is good once");
    world.restart().await;
    let people = world.engine().people.clone();
    let again = people.by_identity(Platform::Discord, "123", "Dora the second").await.unwrap();
    assert_eq!((again.id.to_string(), &*again.name), (id.as_str().unwrap().to_owned(), "Ana"));

    // Asked for in the browser, typed in Telegram: who asked stays, and both ways lead there.
    let guest = world.person("Gus").await;
    let code =
        guest.post("/api/v1/people/me/link-codes", json!({})).await.created()["code"].as_str().unwrap().to_owned();
    let tom = people.by_identity(Platform::Telegram, "55", "Tom").await.unwrap();
    people.redeem(tom.id, &code, "telegram 55").await.unwrap();
    let tom = people.by_identity(Platform::Telegram, "55", "Tom").await.unwrap();
    assert_eq!((tom.id.to_string(), &*tom.name), (me(&guest).await["id"].as_str().unwrap().to_owned(), "Gus"));

    // Nobody links two accounts, or themself.
    let ben = world.registered("Ben").await;
    let code = ben.post("/api/v1/people/me/link-codes", json!({})).await.created()["code"].clone();
    assert_eq!(ana.post(link, json!({ "code": code })).await.no(), (409, "two_accounts".into()));
    assert_eq!(ben.post(link, json!({ "code": code })).await.no(), (400, "bad_input".into()));
    // A later code takes the earlier one's place.
    let later = ben.post("/api/v1/people/me/link-codes", json!({})).await.created()["code"].clone();
    let late = world.person("Late").await;
    assert_eq!(late.post(link, json!({ "code": code })).await.no().0, 404);
    late.post(link, json!({ "code": later })).await.ok();
    assert_eq!(me(&late).await["username"], "Ben", "the session went over to the account");

    // Of two who type one code at once, one is linked.
    let code = ben.post("/api/v1/people/me/link-codes", json!({})).await.created()["code"].clone();
    let (one, other) = (world.person("One").await, world.person("Other").await);
    let both = tokio::join!(one.post(link, json!({ "code": code })), other.post(link, json!({ "code": code })));
    let mut statuses = [both.0.status, both.1.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 404]);
}

#[tokio::test]
async fn guesses_at_codes_run_out() {
    let world = World::start_with(|config| config.limits.wrong_invites = Rate { burst: 3, per_minute: 1 }).await;
    let ana = world.person("Ana").await;
    let eve = world.person("Eve").await;
    let code = ana.post("/api/v1/people/me/link-codes", json!({})).await.created()["code"].clone();
    let guesses = (0..8).map(|n| {
        let eve = eve.clone();
        async move { eve.post("/api/v1/people/me/link", json!({ "code": format!("AAAAA{n}") })).await.status }
    });
    let statuses = futures_util::future::join_all(guesses).await;
    assert_eq!(statuses.iter().filter(|status| **status == 404).count(), 3, "{statuses:?}");
    assert_eq!(eve.post("/api/v1/people/me/link", json!({ "code": code })).await.no().0, 429);
}

#[tokio::test]
async fn everything_about_me_is_shown_to_me_and_deleted_when_i_say_so() {
    let mut world = World::start().await;
    let ana = world.registered("Ana").await;
    let key = ana.post("/api/v1/keys", json!({ "name": "Script", "scopes": ["read"] })).await.created();
    let script = world.with(&key["secret"]);
    let host = world.person("Host").await;
    let room = host.makes_room("Hidden").await;
    ana.joins(&room).await;
    ana.post(&in_room(&room, "/chat"), json!({ "text": "I was here" })).await.created();
    let dora = world.engine().people.by_identity(Platform::Discord, "123", "Dora").await.unwrap();
    let code = world.engine().people.link_code(dora.id).await.unwrap();
    ana.post("/api/v1/people/me/link", json!({ "code": code.code.reveal() })).await.ok();

    let answer = ana.get("/api/v1/people/me/export").await;
    for secret in [PASSWORD, "argon2", ana.token.as_deref().unwrap(), key["secret"].as_str().unwrap(), "hash"] {
        assert!(!answer.text.contains(secret), "{secret} in {}", answer.text);
    }
    let all = answer.ok();
    assert_eq!((&all["person"]["name"], &all["account"]["email"]), (&json!("Ana"), &json!("Ana@example.com")));
    assert_eq!((&all["keys"][0]["id"], &all["identities"][0]["subject"]), (&key["id"], &json!("123")));
    assert_eq!((&all["admissions"][0]["room"], all["sessions"].as_array().unwrap().len()), (&room["id"], 1));

    let delete =
        async |body: Value| ana.send(reqwest::Method::DELETE, "/api/v1/people/me", |request| request.json(&body)).await;
    assert_eq!(ana.delete("/api/v1/people/me").await.no(), (403, "password_needed".into()));
    assert_eq!(delete(json!({ "password": "wrong one" })).await.no(), (403, "wrong_password".into()));
    assert_eq!(delete(json!({ "password": PASSWORD })).await.status, 204);
    world.restart().await;
    for caller in [&ana, &script] {
        assert_eq!(caller.get("/api/v1/people/me").await.no(), (401, "bad_token".into()));
    }
    assert_eq!(world.logs_in("Ana", PASSWORD).await.status, 401);
    let new = world.engine().people.by_identity(Platform::Discord, "123", "Dora").await.unwrap();
    assert_ne!(new.id.to_string(), all["person"]["id"].as_str().unwrap());
    // What they wrote is gone, and the name is free.
    assert_eq!(host.get(&in_room(&room, "/chat")).await.body["data"], json!([]));
    assert_eq!((&all["lines"][0]["text"], &all["visited"]), (&json!("I was here"), &json!([])));
    world.registered("Ana").await;
    // A guest needs no password.
    let guest = world.person("Gus").await;
    assert_eq!(guest.delete("/api/v1/people/me").await.status, 204);
    assert_eq!(guest.get("/api/v1/people/me").await.status, 401);
}

#[tokio::test]
async fn no_secret_stands_in_the_database_or_in_the_log() {
    let mut world = World::start().await;
    let log = Log::default();
    let kept = log.keep();
    let ana = world.registered("Ana").await;
    let again = world.logs_in("Ana", PASSWORD).await.created();
    world.logs_in("Ana", "a wrong password").await;
    let key = world.key("Bot", &["rooms", "act"]).await;
    me(&world.with(&key["secret"])).await;
    let code = ana.post("/api/v1/people/me/link-codes", json!({})).await.created();
    let body = json!({ "password": "another password", "current_password": PASSWORD });
    ana.patch("/api/v1/people/me/account", body).await.ok();
    let secrets: Vec<&str> =
        [ana.token.as_deref().unwrap(), PASSWORD, "another password", "a wrong password", BOOTSTRAP_KEY]
            .into_iter()
            .chain([&again["token"], &key["secret"]].map(|value| value.as_str().unwrap()))
            .collect();
    let text = log.text();
    for secret in secrets.iter().chain([&code["code"].as_str().unwrap()]) {
        assert!(!text.contains(secret), "{secret} is in the log");
    }
    assert!(text.contains("/api/v1/accounts/login") && !text.contains("argon2id"), "the log was read");

    // Where no mail is set up, the one link that stands in the log works.
    world.nobody().post("/api/v1/accounts/recover", json!({ "user": "Ana" })).await;
    let token = log.link().await;
    let running = world.disk();
    let body = json!({ "token": token, "password": "by the log's link" });
    let back = world.nobody().post("/api/v1/accounts/recover/finish", body).await.created();
    drop(kept);
    world.stop().await;
    let stopped = world.disk();
    let last = [&*token, back["token"].as_str().unwrap(), "by the log's link"];
    for secret in secrets.iter().chain(&last) {
        for bytes in [&running, &stopped] {
            assert!(!contains(bytes, secret), "{secret} is in the database");
        }
    }
    let spoken = format!("\"{}\"", code["code"].as_str().unwrap());
    assert!(!contains(&running, &spoken));
    assert!(contains(&stopped, "$argon2id$v=19$m=19456,t=2,p=1$"), "the right files were read");
}

#[tokio::test]
async fn the_command_line_makes_keys_beside_a_running_server_and_without_one() {
    let mut world = World::start().await;
    let run = async |config: &onecouch::config::Config, words: &[&str]| {
        let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_onecouch"));
        command
            .args(words)
            .env("ONECOUCH__DATABASE__URL", &config.database.url)
            .env("ONECOUCH__HTTP__LISTEN", config.http.listen.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if let Some(key) = &config.auth.bootstrap_key {
            command.env("ONECOUCH__AUTH__BOOTSTRAP_KEY", key.reveal());
        }
        let done = command.output().await.unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (done.status.success(), text(&done.stdout), text(&done.stderr))
    };
    let after = |text: &str, name: &str| {
        let line =
            text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("no {name} in {text}"));
        line.trim().to_owned()
    };
    let create = ["key", "create", "--name", "Film bot", "--scope", "rooms,act"];
    let (good, said, _) = run(&world.config, &create).await;
    assert!(good);
    let (id, secret) = (after(&said, "id "), after(&said, "secret "));
    let bot = world.with(&json!(secret));
    assert_eq!(me(&bot).await["scopes"], json!(["rooms", "act"]));
    let (_, listed, _) = run(&world.config, &["key", "list"]).await;
    assert!(listed.contains(&id) && listed.contains("Film bot") && !listed.contains(&secret), "{listed}");
    let (good, _, why) = run(&world.config, &["key", "revoke", "nosuchkey0000000"]).await;
    assert!(!good && why.contains("no such key"), "{why}");
    assert!(run(&world.config, &["key", "revoke", &id]).await.0);
    assert_eq!(bot.get("/api/v1/people/me").await.status, 401);
    let (good, _, why) = run(&world.config, &["key", "create", "--name", "X", "--scope", "everything"]).await;
    assert!(!good && why.contains("read, rooms, act"), "{why}");

    let mut keyless = world.config.clone();
    keyless.auth.bootstrap_key = None;
    let (good, _, why) = run(&keyless, &create).await;
    assert!(!good && why.contains("auth.bootstrap_key"), "{why}");

    world.stop().await;
    let (good, said, why) = run(&keyless, &create).await;
    assert!(good, "{why}");
    let secret = after(&said, "secret ");
    world.restart().await;
    assert_eq!(me(&world.with(&json!(secret))).await["name"], "Film bot");
}
