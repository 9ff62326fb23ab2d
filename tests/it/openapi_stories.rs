//! The description of the API is true: each example in it works, each answer is as it says, and nothing that is sent gets
//! another answer than it says. `tests/openapi.py` asks the same with requests that nobody thought of.

use std::collections::{BTreeMap, BTreeSet};

use engine::{
    event::Door,
    room::{Changes, Permission, Preset, Visibility},
    rooms::NewRoom,
};
use onecouch::config::{Config, Secret};
use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::{
    fake_telegram::{self, TOKEN as TELEGRAM_TOKEN, mini_app},
    fake_web::FILM,
    viewer::Viewer,
    world::{Answer, Caller, World, in_room},
};

/// What every example calls the playlist.
const A_PLAYLIST: &str = "018f6a1c-0000-7000-8000-000000000001";
/// Who opens the Mini App.
const ANA_ON_TELEGRAM: fake_telegram::User = fake_telegram::User { id: 4711, name: "Ana" };
/// The password of every example.
const PASSWORD: &str = "a long password";
/// Examples that are told no here, by a code that is right: who left a queue behind are gone longer than a story lasts.
/// Nor is this server an activity; `discord_stories/activity` has one that is.
const TOLD_NO: &[(&str, &str)] =
    &[("POST /rooms/{id}/restore", "nothing_to_restore"), ("POST /discord/activity", "activity_off")];

/// A server that keeps films and takes more from anybody, so that each call has something to do.
fn keep_films(config: &mut Config, films: &tempfile::TempDir) {
    config.media.dir = Some(films.path().to_owned());
    (config.media.uploads, config.media.guest_uploads, config.media.keep_free_mb) = (true, true, 0);
}

/// A call of the document.
struct Call {
    /// As `docs/API.md` writes it: `POST /rooms`.
    name: String,
    method: Method,
    path: String,
    described: Value,
}

impl Call {
    fn example(&self) -> Option<&Value> {
        self.described.pointer("/requestBody/content/application~1json/example")
    }

    fn has_body(&self) -> bool {
        self.described.get("requestBody").is_some()
    }

    /// Whether its body is no JSON but bytes.
    fn takes_bytes(&self) -> bool {
        self.described.pointer("/requestBody/content/application~1octet-stream").is_some()
    }

    /// Whether it asks for a token.
    fn is_secured(&self) -> bool {
        self.described.get("security").is_some()
    }

    fn parameters(&self, place: &str) -> Vec<&str> {
        let all = self.described["parameters"].as_array().into_iter().flatten();
        all.filter(|one| one["in"] == place).map(|one| one["name"].as_str().unwrap()).collect()
    }

    fn statuses(&self) -> Vec<&str> {
        self.described["responses"].as_object().unwrap().keys().map(String::as_str).collect()
    }
}

/// The document.
struct Document(Value);

impl Document {
    async fn of(world: &World) -> Self {
        Self(world.nobody().get("/api/v1/openapi.json").await.body)
    }

    fn calls(&self) -> Vec<Call> {
        let mut calls = Vec::new();
        for (path, methods) in self.0["paths"].as_object().unwrap() {
            for (method, described) in methods.as_object().unwrap() {
                let method: Method = method.to_uppercase().parse().unwrap();
                let name = format!("{method} {}", path.strip_prefix("/api/v1").unwrap());
                calls.push(Call { name, method, path: path.clone(), described: described.clone() });
            }
        }
        calls
    }

    /// What is wrong with an answer, by what the document says of it.
    fn wrong_with(&self, call: &Call, answer: &Answer) -> Vec<String> {
        let status = answer.status.to_string();
        let Some(described) = call.described["responses"].get(&status) else {
            return vec![format!("{status} is not documented, which are {:?}: {}", call.statuses(), answer.text)];
        };
        let kind = answer.headers.get("content-type").map_or("", |kind| kind.to_str().unwrap());
        let kind = kind.split(';').next().unwrap_or("");
        let Some(content) = described.get("content").and_then(Value::as_object) else {
            return if answer.text.is_empty() { Vec::new() } else { vec![format!("{status} says something")] };
        };
        let Some(content) = content.get(kind) else {
            return vec![format!("{status} is {kind:?}, documented are {:?}", content.keys())];
        };
        if kind != "application/json" {
            return Vec::new();
        }
        let mut wrong = Vec::new();
        self.check(&content["schema"], &answer.body, "answer", &mut wrong);
        wrong
    }

    /// Our own small check of what our document uses of JSON Schema. Unlike others it also finds fields that nobody described.
    fn check(&self, schema: &Value, value: &Value, at: &str, wrong: &mut Vec<String>) {
        if let Some(options) = schema.get("oneOf").or_else(|| schema.get("anyOf")).and_then(Value::as_array) {
            let tried = options.iter().map(|option| {
                let mut wrong = Vec::new();
                self.check(option, value, at, &mut wrong);
                wrong
            });
            let tried: Vec<_> = tried.collect();
            if tried.iter().all(|wrong| !wrong.is_empty()) {
                wrong.extend(tried.into_iter().flatten());
            }
            return;
        }
        let mut known = BTreeSet::new();
        let is_closed = self.check_parts(schema, value, at, &mut known, wrong);
        if let (true, Some(fields)) = (is_closed, value.as_object()) {
            let strangers = fields.keys().filter(|name| !known.contains(*name));
            wrong.extend(strangers.map(|name| format!("{at}.{name} is described nowhere")));
        }
    }

    /// Checks a schema with all that it is put together from; gives whether it names all fields.
    fn check_parts(
        &self,
        schema: &Value,
        value: &Value,
        at: &str,
        known: &mut BTreeSet<String>,
        wrong: &mut Vec<String>,
    ) -> bool {
        if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
            let target = self.0.pointer(name.strip_prefix('#').unwrap()).unwrap_or_else(|| panic!("no {name}"));
            return self.check_parts(target, value, at, known, wrong);
        }
        if let Some(parts) = schema.get("allOf").and_then(Value::as_array) {
            // All of them, and not up to the first that does not.
            let closed: Vec<bool> = parts.iter().map(|part| self.check_parts(part, value, at, known, wrong)).collect();
            return closed.into_iter().all(|closed| closed);
        }
        let types: Vec<&str> = match schema.get("type") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
            _ => return false,
        };
        let is_of_type = types.contains(&type_of(value)) || types.contains(&"number") && value.is_number();
        if !is_of_type {
            wrong.push(format!("{at} is {value}, not {types:?}"));
            return false;
        }
        if let Some(options) = schema.get("enum").and_then(Value::as_array)
            && !options.contains(value)
        {
            wrong.push(format!("{at} is {value}, not one of {options:?}"));
        }
        if schema["format"] == "uuid" && value.as_str().is_some_and(|text| uuid::Uuid::parse_str(text).is_err()) {
            wrong.push(format!("{at} is no UUID: {value}"));
        }
        for (bound, is_beyond) in [("minimum", -1.0), ("maximum", 1.0)] {
            if let (Some(bound), Some(number)) = (schema.get(bound).and_then(Value::as_f64), value.as_f64())
                && (number - bound) * is_beyond > 0.0
            {
                wrong.push(format!("{at} is {number}, beyond {bound}"));
            }
        }
        if let Some(items) = value.as_array() {
            for (index, item) in items.iter().enumerate() {
                self.check(&schema["items"], item, &format!("{at}[{index}]"), wrong);
            }
        }
        let Some(fields) = value.as_object() else { return false };
        let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
        wrong.extend(required.filter(|name| !fields.contains_key(*name)).map(|name| format!("{at}.{name} is missing")));
        let properties = schema["properties"].as_object();
        for (name, described) in properties.into_iter().flatten() {
            known.insert(name.clone());
            if let Some(field) = fields.get(name) {
                self.check(described, field, &format!("{at}.{name}"), wrong);
            }
        }
        if let Some(rest) = schema.get("additionalProperties").filter(|rest| rest.is_object()) {
            for (name, field) in fields.iter().filter(|(name, _)| !known.contains(*name)) {
                self.check(rest, field, &format!("{at}.{name}"), wrong);
            }
            return false;
        }
        properties.is_some()
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// Ana's room, with Ben in it and something of everything; made anew for each call.
struct Scene<'w> {
    world: &'w World,
    ana: Caller,
    ben: Caller,
    room: Value,
    /// What the parts of a path are filled with.
    parts: BTreeMap<&'static str, String>,
    /// What the texts of examples stand for here.
    texts: BTreeMap<&'static str, String>,
    viewers: Vec<Viewer>,
}

impl<'w> Scene<'w> {
    async fn new(world: &'w World, number: usize) -> Self {
        let ana = world.person("Ana").await;
        let ben = world.person("Ben").await;
        let room = ana.makes_room("Film club").await;
        for film in ["/files/film.webm", "/files/song.mp3", "/long/film.mp4"] {
            ana.post(&in_room(&room, "/queue"), json!({ "url": world.link(film) })).await.created();
        }
        ben.joins(&room).await;
        let line = ben.post(&in_room(&room, "/chat"), json!({ "text": "hello" })).await.created();
        let queue = ana.get(&in_room(&room, "/queue")).await.ok();
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let parts = [
            ("id", text(&room["id"])),
            ("token", text(&room["invite"])),
            ("item", text(&queue["queue"][0]["id"])),
            ("person", text(&line["by"]["person"])),
            ("line", text(&line["seq"])),
            ("playlist", A_PLAYLIST.to_owned()),
            ("proposal", "1".to_owned()),
        ];
        let texts = [
            ("https://example.com/clip.mp4", world.link("/files/film.mp4")),
            ("https://bot.example/onecouch", world.link("/files/film.mp4")),
            ("Ana", format!("Ana {number}")),
            ("ana@example.com", format!("ana{number}@example.com")),
            ("ana@example.org", format!("ana{number}@example.org")),
        ];
        let (parts, texts) = (parts.into_iter().collect(), texts.into_iter().collect());
        Self { world, ana, ben, room, parts, texts, viewers: Vec::new() }
    }

    fn here(&self, rest: &str) -> String {
        in_room(&self.room, rest)
    }

    async fn watches(&mut self, person: &Caller) {
        let viewer = Viewer::open(self.world, &self.room, person).await;
        self.viewers.push(viewer);
    }

    /// Ana has an account.
    async fn registers(&mut self) {
        let account = self.filled(&json!({ "username": "Ana", "email": "ana@example.com", "password": PASSWORD }));
        self.ana.post("/api/v1/accounts", account).await.created();
    }

    /// What must have happened before a call makes sense.
    async fn prepare(&mut self, name: &str) {
        let (ana, ben) = (self.ana.clone(), self.ben.clone());
        let person = self.parts["person"].clone();
        let item = self.parts["item"].clone();
        match name {
            "POST /accounts/login" | "PATCH /people/me/account" | "DELETE /people/me" | "POST /keys" | "GET /keys" => {
                self.registers().await;
            }
            "POST /accounts/recover/finish" => {
                self.registers().await;
                let made = self.world.engine().people.recover_start(&self.texts["Ana"]).await.unwrap().unwrap();
                self.texts.insert("what stands behind # in the link", made.token.reveal().to_owned());
            }
            "POST /announcements" => self.ana = self.world.bot(),
            "DELETE /admin/bans/{ban}" => {
                let bot = self.world.bot();
                let ban = bot.post("/api/v1/admin/bans", json!({ "network": "198.51.100.0/24" })).await.created();
                self.parts.insert("ban", ban["id"].as_str().unwrap().to_owned());
                self.ana = bot;
            }
            "DELETE /admin/people/{person}/sessions/{session}" => {
                let bot = self.world.bot();
                let ben = bot.get(&format!("/api/v1/admin/people/{person}")).await.ok();
                self.parts.insert("session", ben["sessions"][0]["id"].as_str().unwrap().to_owned());
                self.ana = bot;
            }
            _ if name.contains(" /admin/") => {
                self.watches(&ben).await;
                self.ana = self.world.bot();
            }
            "DELETE /keys/{id}" => {
                self.registers().await;
                let key = ana.post("/api/v1/keys", json!({ "name": "Bot", "scopes": ["read"] })).await.created();
                self.parts.insert("id", key["id"].as_str().unwrap().to_owned());
            }
            "GET /webhooks" | "DELETE /webhooks/{id}" | "POST /webhooks/{id}/test" => {
                let url = self.world.link("/files/film.mp4");
                let body = json!({ "url": url, "events": ["said"] });
                let webhook = ana.post("/api/v1/webhooks", body).await.created();
                self.parts.insert("id", webhook["id"].as_str().unwrap().to_owned());
            }
            "DELETE /people/me/sessions/{id}" => {
                let sessions = ana.get("/api/v1/people/me/sessions").await.ok();
                self.parts.insert("id", sessions[0]["id"].as_str().unwrap().to_owned());
            }
            "POST /people/me/link" => {
                let code = ben.post("/api/v1/people/me/link-codes", json!({})).await.created();
                self.texts.insert("k7p q2m", code["code"].as_str().unwrap().to_owned());
            }
            "POST /telegram/session" => {
                // One is good once, and this is not asked only once.
                let said = self.world.engine().clock.now().wall;
                self.texts.insert("what Telegram said", mini_app::opens(&ANA_ON_TELEGRAM, None, said));
            }
            "POST /rooms/{id}/claim" => {
                self.registers().await;
                // A chat's room has no host until somebody with an account asks to be it.
                let engine = self.world.engine();
                let ben = engine.people.by_token(ben.token.as_deref().unwrap()).await.unwrap().actor(Door::Api);
                let changes = Changes { visibility: Some(Visibility::Unlisted), ..Changes::default() };
                let room = NewRoom { changes, preset: Preset::default(), ownerless: true, ..NewRoom::default() };
                self.parts.insert("id", engine.rooms.create(&ben, room).await.unwrap().id.to_string());
            }
            "POST /rooms/{id}/members/{person}/kick" => self.watches(&ben).await,
            "DELETE /rooms/{id}/bans/{person}" | "GET /rooms/{id}/bans" => {
                ana.put(&self.here(&format!("/bans/{person}")), json!({ "reason": "spoilers" })).await.ok();
            }
            "DELETE /rooms/{id}/mutes/{person}" => {
                ana.put(&self.here(&format!("/mutes/{person}")), json!({})).await.ok();
            }
            "PUT /rooms/{id}/queue/{item}/vote" | "DELETE /rooms/{id}/queue/{item}/vote" => {
                ana.patch(&self.here(""), json!({ "queue_mode": "vote" })).await.ok();
                ben.put(&self.here(&format!("/queue/{item}/vote")), json!({})).await.ok();
                if name.starts_with("DELETE") {
                    ana.put(&self.here(&format!("/queue/{item}/vote")), json!({})).await.ok();
                }
            }
            "POST /rooms/{id}/playback/back" | "GET /rooms/{id}/history" => {
                ana.post(&self.here("/playback/skip"), json!({})).await.ok();
            }
            "PATCH /rooms/{id}/chat/{line}" => {
                // The other line is Ben's.
                let line = ana.post(&self.here("/chat"), json!({ "text": "hello" })).await.created();
                self.parts.insert("line", line["seq"].to_string());
            }
            "POST /rooms/{id}/undo" => {
                ana.delete(&self.here(&format!("/queue/{item}"))).await.ok();
            }
            "DELETE /rooms/{id}/coming/me" | "GET /rooms/{id}/coming" => {
                ana.put(&self.here("/coming/me"), json!({})).await.ok();
            }
            "PUT /media/uploads/{upload}" | "GET /media/uploads/{upload}" | "DELETE /media/uploads/{upload}" => {
                let film = json!({ "name": "film.mp4", "bytes": FILM.len() });
                let upload = ana.post(&self.here("/uploads"), film).await.created();
                self.parts.insert("upload", upload["id"].as_str().unwrap().to_owned());
            }
            "GET /rooms/{id}/items/{item}/subtitles.vtt" => {
                let edit = json!({ "subtitles": self.world.link("/subtitles/film.srt") });
                ana.patch(&self.here(&format!("/queue/{item}")), edit).await.ok();
            }
            "GET /rooms/{id}/members" | "GET /rooms/{id}/stats" => self.watches(&ben).await,
            "GET /rooms/{id}" => {
                self.watches(&ben).await;
                ana.put(&self.here(&format!("/mutes/{person}")), json!({})).await.ok();
                ben.put(&self.here(&format!("/queue/{item}/vote")), json!({})).await;
            }
            "PUT /rooms/{id}/proposals/{proposal}/ballot" | "GET /rooms/{id}/proposals" => {
                let cleo = self.world.person("Cleo").await;
                cleo.joins(&self.room).await;
                ana.patch(&self.here(""), json!({ "vote_skip": true })).await.ok();
                for person in [&ana, &ben, &cleo] {
                    self.watches(person).await;
                }
                ben.post(&self.here("/proposals"), json!({ "what": { "do": "skip" } })).await.ok();
                let proposals = ana.get(&self.here("/proposals")).await.ok();
                self.parts.insert("proposal", proposals[0]["id"].to_string());
            }
            _ if name.contains("/playlists") && !name.starts_with("POST /playlists") => {
                let text = self.world.link("/files/film.mp4");
                let body = json!({ "name": "Of Ana", "text": text });
                if name.starts_with("GET /rooms") {
                    ana.post(&self.here("/playlists"), body).await.created();
                } else {
                    let playlist = ana.post("/api/v1/playlists", body).await.created();
                    let id = playlist["id"].as_str().unwrap().to_owned();
                    self.parts.insert("playlist", id.clone());
                    self.texts.insert(A_PLAYLIST, id);
                }
            }
            _ => (),
        }
    }

    /// An example with what its texts stand for here.
    fn filled(&self, example: &Value) -> Value {
        match example {
            Value::String(text) => json!(self.texts.get(text.as_str()).unwrap_or(text)),
            Value::Array(items) => items.iter().map(|item| self.filled(item)).collect(),
            Value::Object(fields) => {
                fields.iter().map(|(name, value)| (name.clone(), self.filled(value))).collect::<Map<_, _>>().into()
            }
            other => other.clone(),
        }
    }

    fn path(&self, call: &Call) -> String {
        self.parts.iter().fold(call.path.clone(), |path, (name, part)| path.replace(&format!("{{{name}}}"), part))
    }
}

/// A server with all that calls can ask for: films, uploads, and a Telegram bot, whose Telegram is away.
async fn full_world(films: &tempfile::TempDir) -> World {
    World::start_with(|config| {
        keep_films(config, films);
        config.telegram.token = Some(Secret::new(TELEGRAM_TOKEN));
        config.telegram.api_url = Some("http://127.0.0.1:9".parse().unwrap());
    })
    .await
}

#[tokio::test]
async fn every_example_of_the_description_works_and_is_answered_as_described() {
    let films = tempfile::tempdir().unwrap();
    let world = full_world(&films).await;
    let document = Document::of(&world).await;
    let mut wrong = Vec::new();
    for (number, call) in document.calls().iter().enumerate() {
        if call.has_body() && call.example().is_none() && !call.takes_bytes() {
            wrong.push(format!("{}: no example", call.name));
            continue;
        }
        let mut scene = Scene::new(&world, number).await;
        scene.prepare(&call.name).await;
        let body = call.example().map(|example| scene.filled(example));
        let with = |request: reqwest::RequestBuilder| match &body {
            Some(body) => request.json(body),
            None if call.takes_bytes() => request.header("content-type", "application/octet-stream").body(FILM),
            None => request,
        };
        let answer = scene.ana.send(call.method.clone(), &scene.path(call), with).await;
        let may_be_no = TOLD_NO.iter().find(|(name, _)| *name == call.name);
        let is_good = match may_be_no {
            Some((_, code)) => answer.no().1 == *code,
            None => (200..300).contains(&answer.status),
        };
        if !is_good {
            wrong.push(format!("{}: {} {}", call.name, answer.status, answer.text));
        }
        wrong.extend(document.wrong_with(call, &answer).iter().map(|what| format!("{}: {what}", call.name)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn what_is_no_request_at_all_is_told_so_as_described() {
    let films = tempfile::tempdir().unwrap();
    let world = full_world(&films).await;
    let document = Document::of(&world).await;
    let mut wrong = Vec::new();
    for (number, call) in document.calls().iter().enumerate() {
        let mut scene = Scene::new(&world, number).await;
        scene.prepare(&call.name).await;
        let path = scene.path(call);
        let mut sent = Vec::new();
        let ask = async |token: Option<&str>, path: &str, body: Option<(&str, Vec<u8>)>| {
            let mut caller = scene.ana.clone();
            caller.token = token.map(str::to_owned);
            let with = |request: reqwest::RequestBuilder| match body {
                Some((kind, body)) => request.header("content-type", kind).body(body),
                None => request,
            };
            caller.send(call.method.clone(), path, with).await
        };
        let token = scene.ana.token.as_deref();
        let example = call.example().map(|example| scene.filled(example));
        let body = example.as_ref().map(|body| ("application/json", body.to_string().into_bytes()));

        // Nobody, and nobody who is known.
        if call.is_secured() {
            for (bad, code) in [(None, "not_signed_in"), (Some("x"), "bad_token"), (Some("a-\u{e9}"), "")] {
                let answer = ask(bad, &path, body.clone()).await;
                if answer.status != 401 || !code.is_empty() && answer.no().1 != code {
                    wrong.push(format!("{} with {bad:?}: {} {}", call.name, answer.status, answer.text));
                }
                sent.push((format!("token {bad:?}"), answer));
            }
        }
        // Parts of the path and of the query that are not what they should be.
        let long = "9".repeat(5_000);
        let odd = ["x", "%00", "%FF", "-1", "18446744073709551615", "1e308", "..%2F..", "%F0%9F%8D%BF", &long];
        for part in call.parameters("path") {
            for odd in odd.into_iter().chain(["00000000-0000-0000-0000-000000000000"]) {
                let hole = format!("{{{part}}}");
                let filled = scene.parts.iter().filter(|(name, _)| **name != part);
                let path =
                    filled.fold(call.path.clone(), |path, (name, value)| path.replace(&format!("{{{name}}}"), value));
                let answer = ask(token, &path.replace(&hole, odd), body.clone()).await;
                if !(400..500).contains(&answer.status) {
                    wrong.push(format!("{} with {part} {odd:.40}: {} {}", call.name, answer.status, answer.text));
                }
                sent.push((format!("{part} {odd:.40}"), answer));
            }
        }
        for name in call.parameters("query") {
            for odd in odd {
                sent.push((format!("?{name}={odd:.40}"), ask(token, &format!("{path}?{name}={odd}"), None).await));
            }
        }
        // Bodies that are not what they should be.
        if let Some(example) = example {
            let deep = "[".repeat(20_000);
            for text in ["", "{", "null", "[]", "7", "\"\"", "{\"name\": \"\u{0}\"}", deep.as_str(), "{\"a\":1}{"] {
                let answer = ask(token, &path, Some(("application/json", text.into()))).await;
                if call.name != "DELETE /people/me" && !(400..500).contains(&answer.status) {
                    wrong.push(format!("{} with {text:.20}: {} {}", call.name, answer.status, answer.text));
                }
                sent.push((format!("body {text:.20}"), answer));
            }
            sent.push(("no UTF-8".into(), ask(token, &path, Some(("application/json", vec![0xff, 0xfe]))).await));
            for kind in ["text/plain", "application/x-www-form-urlencoded", "\u{7f}"] {
                let Ok(kind) = reqwest::header::HeaderValue::from_str(kind) else { continue };
                let answer = ask(token, &path, Some((kind.to_str().unwrap(), b"{}".to_vec()))).await;
                if answer.no() != (415, "bad_content_type".to_owned()) {
                    wrong.push(format!("{} as {kind:?}: {} {}", call.name, answer.status, answer.text));
                }
                sent.push((format!("as {kind:?}"), answer));
            }
            let text = "x".repeat(100_000);
            let nested = (0..100).fold(json!(1), |inner, _| json!([inner]));
            for field in example.as_object().unwrap().keys() {
                for odd in [
                    json!(1e308),
                    json!(-1),
                    json!(u64::MAX),
                    json!(i64::MIN),
                    json!(text),
                    json!("\u{0}"),
                    json!(""),
                    json!([]),
                    json!({}),
                    json!(null),
                    json!(true),
                    json!("00000000-0000-0000-0000-000000000000"),
                    json!([[null]]),
                    nested.clone(),
                ] {
                    let mut body = example.clone();
                    body[field] = odd.clone();
                    let what = format!("{field}: {:.40}", odd.to_string());
                    sent.push((what, ask(token, &path, Some(("application/json", body.to_string().into()))).await));
                }
            }
        }
        for (what, answer) in sent {
            let what = format!("{} with {what}", call.name);
            wrong.extend(document.wrong_with(call, &answer).iter().map(|no| format!("{what}: {no}")));
        }
    }
    assert!(wrong.is_empty(), "{} answers:\n{}", wrong.len(), wrong.join("\n"));
}

#[tokio::test]
async fn every_call_says_that_too_much_is_too_much_and_who_asks_for_a_token_says_what_else() {
    let films = tempfile::tempdir().unwrap();
    let world = World::start_with(|config| keep_films(config, &films)).await;
    for call in Document::of(&world).await.calls() {
        let mut must = vec!["429"];
        if call.is_secured() {
            must.extend(["400", "401", "403"]);
        }
        if call.has_body() {
            must.extend(["400", "413", "415"]);
        }
        let statuses = call.statuses();
        assert!(
            must.iter().all(|status| statuses.contains(status)),
            "{}: {statuses:?} is not all of {must:?}",
            call.name
        );
    }
}

#[test]
fn the_table_of_codes_is_the_one_that_is_used() {
    let page = include_str!("../../docs/API.md");
    let rows =
        page.split("| status | codes |").nth(1).unwrap().lines().skip(2).take_while(|line| line.starts_with('|'));
    // The no of HTTP itself, which is no code of the engine.
    let of_http = ["bad_origin", "no_such_path", "bad_method", "body_too_large", "bad_content_type"];
    let mut documented = BTreeMap::new();
    for row in rows {
        let (status, codes) = row.trim_matches('|').split_once('|').unwrap();
        let Ok(status) = status.trim().parse::<u16>() else { continue };
        for code in codes.split('`').skip(1).step_by(2).filter(|code| !of_http.contains(code)) {
            if status != 426 {
                assert_eq!(documented.insert(code.to_owned(), status), None, "{code} stands there twice");
            }
        }
    }
    let used = engine::refusal::Code::ALL.iter();
    let used: BTreeMap<_, _> =
        used.map(|code| (code.name().to_owned(), onecouch::http::error::status(*code).as_u16())).collect();
    assert_eq!(documented, used);
}

#[test]
fn the_table_of_permissions_names_them_all_once() {
    let page = include_str!("../../docs/API.md");
    let rows =
        page.split("| for | permissions |").nth(1).unwrap().lines().skip(2).take_while(|line| line.starts_with('|'));
    let mut documented: Vec<_> = rows.flat_map(|row| row.split('`').skip(1).step_by(2)).collect();
    let mut known: Vec<_> = Permission::ALL.iter().map(|permission| permission.name()).collect();
    documented.sort_unstable();
    known.sort_unstable();
    assert_eq!(documented, known);
}
