//! Who runs a server: sees what there is, keeps order, and leaves a line for each thing they do.

use std::{collections::BTreeSet, time::Duration};

use engine::{ids::Entropy, people::Caller as Known};
use onecouch::{
    config::{Config, Rate},
    keys::{self, KeyOrder},
};
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::{
    viewer::Viewer,
    world::{Answer, BOOTSTRAP_KEY, Caller, World, in_room},
};

/// Where everybody in these stories comes from who does not say otherwise.
const FORWARDED: &str = "x-forwarded-for";

/// A server behind a reverse proxy, which is us.
fn behind_proxy(config: &mut Config) {
    config.http.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
}

/// A call as somebody makes it from an address.
async fn from(caller: &Caller, address: &str, method: Method, path: &str, body: Option<Value>) -> Answer {
    let with = |request: reqwest::RequestBuilder| {
        let request = request.header(FORWARDED, address);
        match body {
            Some(body) => request.json(&body),
            None => request,
        }
    };
    caller.send(method, path, with).await
}

/// The log, the newest first.
async fn log(world: &World) -> Vec<Value> {
    world.bot().get("/api/v1/admin/log").await.ok().as_array().unwrap().clone()
}

/// Somebody with a key.
fn with_key(world: &World, secret: &str) -> Caller {
    let mut caller = world.nobody();
    caller.token = Some(secret.to_owned());
    caller
}

fn id(value: &Value) -> &str {
    value["id"].as_str().unwrap()
}

#[tokio::test]
async fn each_act_of_who_runs_the_server_is_a_line_that_says_who_what_on_whom_and_from_where() {
    let mut world = World::start_with(behind_proxy).await;
    let (ana, bot) = (world.person("Ana").await, world.bot());
    let room = ana.makes_room("Film club").await;
    let me = ana.get("/api/v1/people/me").await.ok();

    let body = json!({ "name": "Second", "scopes": ["admin"] });
    let key = from(&bot, "203.0.113.7", Method::POST, "/api/v1/keys", Some(body)).await.created();
    let second = with_key(&world, key["secret"].as_str().unwrap());
    second.delete(&format!("/api/v1/admin/people/{}/sessions", id(&me))).await.ok();
    assert_eq!(second.delete(&in_room(&room, "")).await.status, 204);
    assert_eq!(second.delete(&in_room(&room, "")).await.no(), (404, "no_such_room".to_owned()));
    // What Ana does in her own rooms is no business of this log, and neither is looking.
    ana.get("/api/v1/rooms").await.ok();
    second.get("/api/v1/admin/rooms").await.ok();

    let lines = log(&world).await;
    let told: Vec<_> =
        lines.iter().map(|line| (&line["by"], &line["act"], &line["on"], &line["about"], &line["outcome"])).collect();
    let key_id = &key["id"];
    assert_eq!(
        told,
        [
            (key_id, &json!("rooms.delete"), &room["id"], &Value::Null, &json!("refused")),
            (key_id, &json!("rooms.delete"), &room["id"], &json!("Film club"), &json!("done")),
            (key_id, &json!("people.sign_out"), &me["id"], &json!("1"), &json!("done")),
            (&json!("bootstrap"), &json!("keys.make"), key_id, &json!("Second"), &json!("done")),
        ]
    );
    assert_eq!((&lines[0]["code"], &lines[3]["from"]), (&json!("no_such_room"), &json!("203.0.113.7")));
    let text = serde_json::to_string(&lines).unwrap();
    assert!(!text.contains(key["secret"].as_str().unwrap()) && !text.contains(BOOTSTRAP_KEY), "no secret stands there");

    // It comes in pages, and it is there after a restart.
    world.restart().await;
    let first = world.bot().get("/api/v1/admin/log?limit=3").await;
    assert_eq!(first.body["data"].as_array().unwrap().len(), 3);
    let rest = format!("/api/v1/admin/log?after={}", first.body["next"].as_str().unwrap());
    let rest = world.bot().get(&rest).await;
    assert_eq!((rest.body["data"].as_array().unwrap().len(), &rest.body["next"]), (1, &Value::Null));
}

#[tokio::test]
async fn no_call_that_changes_something_with_an_administrators_key_is_without_a_line() {
    let world = World::start().await;
    let bot = world.bot();
    let document = world.nobody().get("/api/v1/openapi.json").await.body;
    let room = id(&world.person("Ana").await.makes_room("Film club").await).to_owned();
    let nobody = Entropy.person().to_string();
    // What a room tells in its own log.
    let of_rooms = [
        "playback",
        "queue",
        "undo",
        "restore",
        "proposals",
        "chat",
        "reactions",
        "commands",
        "coming",
        "playlists",
        "join",
    ];
    let (mut seen, mut wrong) = (0, Vec::new());
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, call) in methods.as_object().unwrap() {
            let rest = path.strip_prefix("/api/v1/rooms/{id}/").and_then(|rest| rest.split('/').next());
            // The room goes last, for the others want it.
            if method == "get" || call.get("security").is_none() || rest.is_some_and(|rest| of_rooms.contains(&rest)) {
                continue;
            }
            let before = log(&world).await.first().map(|line| line["id"].clone());
            let filled = path.replace("{id}", &room).replace("{person}", &nobody);
            let filled = filled.split('/').map(|part| if part.starts_with('{') { nobody.as_str() } else { part });
            let path_now = filled.collect::<Vec<_>>().join("/");
            let method: Method = method.to_uppercase().parse().unwrap();
            let body = call.pointer("/requestBody/content/application~1json/example").cloned().unwrap_or(json!({}));
            let answer = bot.send(method.clone(), &path_now, |request| request.json(&body)).await;
            let line = log(&world).await.remove(0);
            let outcome = if (200..300).contains(&answer.status) { "done" } else { "refused" };
            if Some(&line["id"]) == before.as_ref() || line["outcome"] != outcome {
                wrong.push(format!("{method} {path}: {} {line}", answer.status));
            }
            seen += 1;
        }
    }
    assert!(seen > 25, "{seen}");
    assert_eq!(wrong, Vec::<String>::new());
}

#[tokio::test]
async fn other_peoples_apis_and_the_command_line_leave_their_lines_too() {
    let mut world = World::start().await;
    let announced = json!({ "text": "Back in a minute" });
    let apikey = |request: reqwest::RequestBuilder| request.header("apikey", BOOTSTRAP_KEY).json(&announced);
    let said = world.nobody().send(Method::POST, "/api/announce", apikey).await;
    assert_eq!(said.status, 200, "{}", said.text);
    let line = log(&world).await.remove(0);
    assert_eq!((&line["by"], &line["act"]), (&json!("bootstrap"), &json!("POST /api/announce")));

    // Made by a GET, as that API has it.
    let made = world.nobody().get(&format!("/rooms/create?w2g_api_key={BOOTSTRAP_KEY}")).await;
    assert!(made.status < 400, "{}", made.text);
    assert_eq!(log(&world).await[0]["act"], "GET /rooms/create");

    // Whoever runs the server looks into a room: that is a line, though nothing is changed by it.
    let room = world.person("Ana").await.makes_room("Film club").await;
    let viewer = Viewer::open(&world, &room, &world.bot()).await;
    let line = log(&world).await.remove(0);
    assert_eq!((&line["act"], &line["on"]), (&json!("rooms.enter"), &room["id"]));
    drop(viewer);

    world.stop().await;
    let order = KeyOrder::Create { name: "By hand".into(), scopes: vec![engine::records::Scope::Read] };
    keys::run(&world.config, order).await.unwrap();
    keys::run(&world.config, KeyOrder::Revoke { id: "nosuchkey".into() }).await.unwrap_err();
    world.restart().await;
    let told: Vec<_> = log(&world).await.into_iter().take(2).collect();
    assert_eq!((&told[0]["act"], &told[0]["outcome"]), (&json!("keys.revoke"), &json!("failed")));
    let line = &told[1];
    assert_eq!(
        (&line["by"], &line["act"], &line["about"]),
        (&json!("command line"), &json!("keys.make"), &json!("By hand"))
    );
    assert_eq!((&line["from"], &line["outcome"]), (&Value::Null, &json!("done")));
}

#[tokio::test]
async fn who_comes_from_an_address_that_is_kept_out_gets_in_by_no_door() {
    let mut world = World::start_with(behind_proxy).await;
    let (ana, bot) = (world.person("Ana").await, world.bot());
    let room = ana.makes_room("Film club").await;
    let bad = "203.0.113.9";
    let mut viewer = Viewer::open_from(&world, &room, &ana, bad).await.unwrap();
    let mut other = Viewer::open(&world, &room, &ana).await;

    let body = json!({ "network": "203.0.113.0/24", "reason": "They know why" });
    let ban = bot.post("/api/v1/admin/bans", body.clone()).await.created();
    assert_eq!((&ban["network"], &ban["by"]), (&json!("203.0.113.0/24"), &json!("bootstrap")));
    let told = async {
        let refused = viewer.hears_any("why", |frame| frame["type"] == "refused").await;
        (refused["code"].clone(), viewer.is_closed().await.0)
    };
    let told = tokio::time::timeout(Duration::from_secs(1), told).await.expect("closed within a second");
    assert_eq!(told, (json!("address_banned"), 4403));

    for (path, where_code_is) in [
        ("/api/v1/about", "/error/code"),
        ("/api/v1/rooms", "/error/code"),
        ("/api/room/list", "/error/message"),
        ("/api/v1/watch-parties/public", "/error/code"),
        ("/external/room/x", "/code"),
        ("/rooms/abcdefghijklmnopqr", "/error"),
        ("/media/x.mp4", "/error/code"),
        ("/", "/error/code"),
        ("/operator", "/error/code"),
    ] {
        let no = from(&ana, bad, Method::GET, path, None).await;
        assert_eq!(no.status, 403, "{path}: {}", no.text);
        assert!(no.body.pointer(where_code_is).is_some_and(Value::is_string), "{path}: {}", no.text);
        assert!(!no.text.contains("They know why"), "nobody is told the reason");
    }
    let html = |request: reqwest::RequestBuilder| {
        request.header(FORWARDED, bad).header("accept", "text/html").header("accept-language", "de")
    };
    let page = world.nobody().send(Method::GET, "/", html).await;
    assert!(page.status == 403 && page.text.contains("von deiner Adresse"), "{}", page.text);
    assert!(Viewer::open_from(&world, &room, &ana, bad).await.is_none(), "no socket either");
    for healthy in ["/healthz", "/readyz"] {
        assert_eq!(from(&ana, bad, Method::GET, healthy, None).await.status, 200, "{healthy}");
    }
    // Everybody else goes on, also after a restart.
    from(&ana, "203.0.114.9", Method::GET, "/api/v1/about", None).await.ok();
    other.does(json!({ "do": "say", "text": "still here" })).await;
    world.restart().await;
    assert_eq!(from(&ana, bad, Method::GET, "/api/v1/about", None).await.no(), (403, "address_banned".to_owned()));
    // Who is kept out lifts no ban by claiming to be elsewhere: the last hop that a proxy of ours saw counts.
    let hops = format!("198.51.100.1, {bad}");
    assert_eq!(from(&ana, &hops, Method::GET, "/api/v1/about", None).await.status, 403);
    let path = format!("/api/v1/admin/bans/{}", id(&ban));
    assert_eq!(world.bot().delete(&path).await.status, 204);
    from(&ana, bad, Method::GET, "/api/v1/about", None).await.ok();
    assert_eq!(world.bot().delete(&path).await.no(), (404, "no_such_ban".to_owned()));
    let acts: Vec<_> = log(&world).await.into_iter().map(|line| (line["act"].clone(), line["about"].clone())).collect();
    assert!(acts.contains(&(json!("bans.make"), json!("203.0.113.0/24"))), "{acts:?}");
    assert!(acts.contains(&(json!("bans.lift"), json!("203.0.113.0/24"))), "{acts:?}");
}

#[tokio::test]
async fn nobody_locks_themself_out_unawares() {
    let world = World::start_with(behind_proxy).await;
    let bot = world.bot();
    let ban = async |body: Value| from(&bot, "203.0.113.7", Method::POST, "/api/v1/admin/bans", Some(body)).await;
    assert_eq!(ban(json!({ "network": "203.0.0.0/16" })).await.no(), (409, "bans_yourself".to_owned()));
    assert_eq!(bot.get("/api/v1/admin/bans").await.ok(), json!([]));
    ban(json!({ "network": "203.0.113.7", "force": true })).await.created();
    let no = from(&bot, "203.0.113.7", Method::GET, "/api/v1/admin/bans", None).await;
    assert_eq!(no.no(), (403, "address_banned".to_owned()));
    assert_eq!(bot.get("/api/v1/admin/bans").await.ok().as_array().unwrap().len(), 1);
    let until = async |body| from(&bot, "203.0.114.7", Method::POST, "/api/v1/admin/bans", Some(body)).await.no();
    assert_eq!(until(json!({ "network": "198.51.100.1", "until": 1 })).await.1, "bad_input");
    assert_eq!(until(json!({ "network": "everybody" })).await.1, "bad_input");
}

#[tokio::test]
async fn all_rooms_are_found_and_none_is_loaded_for_it() {
    let mut world = World::start().await;
    let (ana, ben, bot) = (world.person("Ana Größe").await, world.person("Ben").await, world.bot());
    let mut rooms = Vec::new();
    for title in ["One", "Кино по пятницам", "Three"] {
        rooms.push(ana.makes_room(title).await);
    }
    let of_ben = ben.makes_room("Of Ben").await;
    world.restart().await;
    let found = async |query: &str| -> Vec<String> {
        let list = bot.get(&format!("/api/v1/admin/rooms?{query}")).await.ok();
        list.as_array().unwrap().iter().map(|room| room["title"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(found("").await, ["Of Ben", "Three", "Кино по пятницам", "One"]);
    assert_eq!(found("search=%D0%BA%D0%98%D0%9D%D0%9E").await, ["Кино по пятницам"], "whatever the case");
    assert_eq!(found("search=gr%C3%B6%C3%9Fe").await.len(), 3, "by the host's name");
    assert_eq!(found(&format!("search={}", id(&of_ben))).await, ["Of Ben"]);
    assert_eq!(found(&format!("search={}", of_ben["invite"].as_str().unwrap())).await, ["Of Ben"]);
    assert_eq!(found(&format!("search={}", of_ben["code"].as_str().unwrap().to_lowercase())).await, ["Of Ben"]);
    assert_eq!(found("search=nothing").await, Vec::<String>::new());
    assert_eq!(found("state=awake").await, Vec::<String>::new());
    assert_eq!(found("state=asleep").await.len(), 4);
    let first = bot.get("/api/v1/admin/rooms?limit=3").await;
    let next = format!("after={}", first.body["next"].as_str().unwrap());
    assert_eq!(found(&next).await, ["One"]);
    assert_eq!(world.engine().rooms.counts(), (0, 0), "no list loads a room");

    let _viewer = Viewer::open(&world, &rooms[0], &ana).await;
    assert_eq!((found("state=attended").await, found("state=playing").await), (vec!["One".to_owned()], vec![]));
    let one = bot.get(&format!("/api/v1/admin/rooms/{}", id(&rooms[0]))).await.ok();
    let here = &one["connections"][0];
    assert_eq!((&here["name"], &here["door"], &here["role"]), (&json!("Ana Größe"), &json!("api"), &json!("host")));
    let overview = bot.get("/api/v1/admin/overview").await.ok();
    assert_eq!(overview["rooms"], json!({ "stored": 4, "awake": 1, "playing": 0 }));
    assert_eq!((&overview["people"]["here"], &overview["sockets"]["native"]), (&json!(1), &json!(1)));
    assert!(overview["database_bytes"].as_u64().unwrap() > 4096);
    let off: BTreeSet<_> = overview["parts"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|part| part["state"] == "off")
        .map(|part| part["name"].as_str().unwrap())
        .collect();
    assert!(off.contains("discord") && off.contains("telegram") && !off.contains("store"), "{off:?}");
    // Closed by who runs the server while somebody is in it.
    bot.put(&in_room(&rooms[0], "/status"), json!({ "status": "ended" })).await.ok();
    let told = bot.get(&format!("/api/v1/admin/rooms/{}", id(&rooms[0]))).await.ok();
    assert_eq!(told["now"]["status"], "ended");
}

/// As many rooms and people as a large server has, as it would have stored them.
const MANY: [&str; 2] = [
    "INSERT INTO rooms (id, epoch, seq, title, public, made_at, run) \
     WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 100000) \
     SELECT unhex(printf('018f6a1c000070008000%012x', n)), 1, 1, 'Room ' || n, 0, 1, (SELECT max(id) FROM runs) FROM numbers",
    "INSERT INTO records (kind, key, body) \
     WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 100000) \
     SELECT 'person', printf('018f6a1c-0000-7000-8000-%012x', n), \
         json_object('record', 'person', 'id', printf('018f6a1c-0000-7000-8000-%012x', n), 'name', 'Guest ' || n, 'made_at', 1) \
     FROM numbers",
];

#[tokio::test]
async fn a_hundred_thousand_rooms_are_listed_and_searched_without_loading_one() {
    let mut world = World::start().await;
    world.stop().await;
    let options = SqliteConnectOptions::new().filename(&world.config.database.url);
    let mut by_hand = SqliteConnection::connect_with(&options).await.unwrap();
    for statement in MANY {
        sqlx::query(statement).execute(&mut by_hand).await.unwrap();
    }
    by_hand.close().await.unwrap();
    world.restart().await;
    let bot = world.bot();
    // Each within the patience of a caller; on an idle machine a page takes milliseconds, and a search for what is oldest half a second.
    for (path, first) in [
        ("rooms", "Room 100000"),
        ("rooms?search=ROOM%201", "Room 100000"),
        ("rooms?state=asleep&search=018f6a1c-0000-7000-8000-000000000007", "Room 7"),
        ("people", "Guest 100000"),
        ("people?search=guest%2099999", "Guest 99999"),
    ] {
        let since = tokio::time::Instant::now();
        let list = bot.get(&format!("/api/v1/admin/{path}")).await.ok();
        let name = list[0]["title"].as_str().or(list[0]["name"].as_str());
        assert_eq!(name, Some(first), "{path}");
        println!("{path}: {} ms", since.elapsed().as_millis());
    }
    let overview = bot.get("/api/v1/admin/overview").await.ok();
    assert_eq!((&overview["rooms"]["stored"], &overview["people"]["stored"]), (&json!(100_000), &json!(100_000)));
    assert_eq!(world.engine().rooms.counts(), (0, 0));
}

#[tokio::test]
async fn people_are_found_and_their_ways_in_are_ended() {
    let world = World::start().await;
    let (ana, bot) = (world.person("Ana").await, world.bot());
    let account = json!({ "username": "Ana", "email": "ana@example.com", "password": "a long password" });
    ana.post("/api/v1/accounts", account).await.created();
    let me = ana.get("/api/v1/people/me").await.ok();
    world.person("Ben").await;
    let found = async |query: &str| -> Vec<String> {
        let list = bot.get(&format!("/api/v1/admin/people?{query}")).await.ok();
        list.as_array().unwrap().iter().map(|person| person["name"].as_str().unwrap().to_owned()).collect()
    };
    for query in ["search=ANA", "search=ana%40example.com", &format!("search={}", id(&me)), "limit=1&search=an"] {
        assert_eq!(found(query).await, ["Ana"], "{query}");
    }
    assert_eq!(found("").await, ["Ben", "Ana"]);
    let path = format!("/api/v1/admin/people/{}", id(&me));
    ana.post("/api/v1/accounts/login", json!({ "user": "Ana", "password": "a long password" })).await.created();
    let known = bot.get(&path).await.ok();
    assert_eq!((&known["username"], known["sessions"].as_array().unwrap().len()), (&json!("Ana"), 2));
    assert!(!known.to_string().contains(ana.token.as_deref().unwrap()));
    let one = id(&known["sessions"][0]);
    assert_eq!(bot.delete(&format!("{path}/sessions/{one}")).await.status, 204);
    assert_eq!(bot.delete(&format!("{path}/sessions/{one}")).await.no().1, "no_such_session");
    assert_eq!(bot.delete(&format!("{path}/sessions")).await.ok()["ended"], 1);
    assert_eq!(ana.get("/api/v1/people/me").await.no().1, "bad_token");
    assert_eq!(bot.delete(&path).await.status, 204);
    assert_eq!(found("search=Ana").await, Vec::<String>::new());
    assert_eq!(bot.delete("/api/v1/admin/people/00000000-0000-0000-0000-000000000001").await.no().1, "no_such_person");
    assert!(!serde_json::to_string(&log(&world).await).unwrap().contains("Ana"), "no name of who was deleted is left");
}

#[tokio::test]
async fn only_an_administrators_key_may_and_a_guess_costs_what_a_guess_costs() {
    let world = World::start_with(|config| config.limits.logins = Rate { burst: 3, per_minute: 1 }).await;
    let ana = world.person("Ana").await;
    assert_eq!(world.nobody().get("/api/v1/admin/overview").await.no(), (401, "not_signed_in".to_owned()));
    assert_eq!(ana.get("/api/v1/admin/overview").await.no(), (403, "scope_missing".to_owned()));
    let bot = world.bot();
    let act_for = |request: reqwest::RequestBuilder| request.header("onecouch-act-for", "somebody");
    let no = bot.send(Method::GET, "/api/v1/admin/overview", act_for).await;
    assert_eq!(no.no(), (403, "scope_missing".to_owned()), "who acts for somebody is nobody's administrator");
    let guess = |at: usize| with_key(&world, &format!("guess-{at}"));
    for at in 0..3 {
        assert_eq!(guess(at).get("/api/v1/admin/overview").await.no(), (401, "bad_token".to_owned()));
    }
    assert_eq!(guess(4).get("/api/v1/admin/overview").await.no(), (429, "slow_down".to_owned()));
    // The right one pays nothing by itself, but waits with the others behind its address.
    assert_eq!(bot.get("/api/v1/admin/overview").await.status, 429);
}

#[tokio::test]
async fn without_an_administrator_it_is_off_and_says_how_to_turn_it_on() {
    let world = World::start_with(|config| config.auth.bootstrap_key = None).await;
    for caller in [world.nobody(), world.bot()] {
        assert_eq!(caller.get("/api/v1/admin/overview").await.no(), (403, "admin_off".to_owned()));
    }
    let people = &world.engine().people;
    let made = people.make_key(&Known::operator(), "me", [engine::records::Scope::Admin].into()).await.unwrap();
    let me = with_key(&world, made.secret.reveal());
    me.get("/api/v1/admin/overview").await.ok();
    assert_eq!(world.bot().get("/api/v1/admin/overview").await.no(), (401, "bad_token".to_owned()));
    let page = world.nobody().get("/operator").await;
    assert_eq!((page.status, page.headers["x-robots-tag"].to_str().unwrap()), (200, "noindex, nofollow"));
    assert!(page.headers["content-security-policy"].to_str().unwrap().contains("script-src 'self';"));
}
