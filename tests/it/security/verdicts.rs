//! Who may do what is said in one place: each door gives the same answer to the same person about the same thing.
//!
//! For each rule that rooms are made with, each role and each deed the room's own table says yes or no; every door is then asked,
//! and what counts is whether it happened. Where a door differs on purpose, it stands in [`DIFFERENCES`].

use std::sync::Arc;

use engine::{
    command::{Actor, Command},
    event::Door as From,
    ids::{Entropy, RoomId},
    records::AliasKind,
    room::{Changes, Permission, Preset, Role, RoomView, Visibility},
    rooms::NewRoom,
};
use onecouch::dialects::opentogethertube::room::alias;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    clipper::socket_client::Socket,
    opentogethertube::{client::Client, socket_client::OttSocket},
    viewer::Viewer,
    watch2gether,
    world::{Answer, Caller, PATIENCE, World, in_room},
};

/// A way by which a deed is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Door {
    /// The native API by REST.
    Rest,
    /// The native socket.
    Socket,
    /// A slash command, through the core of the bots.
    Core,
    /// OpenTogetherTube's API: its socket for the film, its REST calls for the rest.
    OpenTogetherTube,
    /// Clipper's: the same.
    Clipper,
    /// Watch2Gether's, with a key of one's own.
    Watch2Gether,
}

/// Something that a room lets some people do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    Pause,
    Seek,
    Skip,
    Add,
    Title,
    Chat,
}

impl Verb {
    const ALL: [Self; 6] = [Self::Pause, Self::Seek, Self::Skip, Self::Add, Self::Title, Self::Chat];

    fn needs(self) -> Permission {
        match self {
            Self::Pause => Permission::Playback,
            Self::Seek => Permission::Seek,
            Self::Skip => Permission::Skip,
            Self::Add => Permission::Add,
            Self::Title => Permission::Title,
            Self::Chat => Permission::Chat,
        }
    }

    /// Whether it happened between these.
    fn happened(self, before: &RoomView, after: &RoomView) -> bool {
        match self {
            Self::Pause => before.playback.playing && !after.playback.playing,
            Self::Seek => after.playback.position.0 == SOUGHT && before.playback.position.0 != SOUGHT,
            Self::Skip => before.playback.item != after.playback.item,
            Self::Add => after.queue.len() > before.queue.len(),
            Self::Title => before.settings.title != after.settings.title,
            Self::Chat => after.tally.lines > before.tally.lines,
        }
    }
}

/// Where everybody seeks to, in milliseconds.
const SOUGHT: i64 = 3_000;

/// What a door refuses to some whom the room would let.
struct Difference {
    door: Door,
    verb: Verb,
    to: fn(Role) -> bool,
}

/// On purpose, each with why.
const DIFFERENCES: &[Difference] = &[
    // Its clients expect settings to be the host's alone, whoever else may change them through other doors.
    Difference { door: Door::Clipper, verb: Verb::Title, to: |role| role < Role::Host },
];

/// Which verbs a door has no word for.
fn speaks(door: Door, verb: Verb) -> bool {
    match door {
        Door::Rest => true,
        Door::Socket => verb != Verb::Add,
        Door::Core | Door::Watch2Gether => !matches!(verb, Verb::Title | Verb::Chat),
        Door::OpenTogetherTube => true,
        Door::Clipper => verb != Verb::Add,
    }
}

/// Somebody, what they are in the room, and the key by which their program acts.
struct Somebody {
    role: Role,
    who: Caller,
    key: Option<String>,
}

struct House<'w> {
    world: &'w World,
    room: RoomId,
    name: String,
    streamkey: String,
    invite: String,
    host: Caller,
    people: Vec<Somebody>,
    _viewer: Viewer,
}

async fn account(world: &World, name: &str) -> (Caller, String) {
    let who = world.person(name).await;
    let body = json!({ "username": format!("{name}-{}", Entropy.spoken_code().to_lowercase()), "password": "correct horse 7" });
    who.post("/api/v1/accounts", body).await.created();
    let key = who.post("/api/v1/keys", json!({ "name": name, "scopes": ["read", "rooms"] })).await.created();
    (who, key["secret"].as_str().unwrap().to_owned())
}

async fn actor(world: &World, who: &Caller) -> Actor {
    let caller = world.engine().people.by_token(who.token.as_deref().unwrap()).await.unwrap();
    caller.actor(From::Api)
}

/// Has a room do something in somebody's name.
async fn does(world: &World, room: RoomId, who: &Caller, command: Command) {
    let caller = world.engine().people.by_token(who.token.as_deref().unwrap()).await.unwrap();
    let actor = world.engine().actor(&caller, room, From::Clipper).await.unwrap();
    world.engine().rooms.command(room, actor, command).await.unwrap();
}

impl<'w> House<'w> {
    /// A room of this rule that all dialects know, with somebody of each role in it.
    async fn of(world: &'w World, preset: Preset) -> Self {
        let (host, key) = account(world, "Host").await;
        let name = format!("house-{}", Entropy.spoken_code().to_lowercase());
        let changes = Changes {
            title: Some("House".into()),
            visibility: Some(Visibility::Invite),
            duplicates: Some(true),
            vote_skip: Some(false),
            ..Changes::default()
        };
        let new = NewRoom { changes, preset, ownerless: false, name: Some(alias(&name)) };
        let view = world.engine().rooms.create(&actor(world, &host).await, new).await.unwrap();
        let draw = || Entropy.token().split_off(64 - 18);
        let streamkey = world.engine().rooms.name_drawn(view.id, AliasKind::Watch2Gether, draw).await.unwrap();
        let room = json!({ "id": view.id.to_string(), "invite": &*view.invite });
        let mut people = Vec::new();
        for (role, name) in [
            (Role::Guest, "Guest"),
            (Role::Registered, "Registered"),
            (Role::Trusted, "Trusted"),
            (Role::Moderator, "Moderator"),
            (Role::Cohost, "Cohost"),
        ] {
            let (who, key) = match role {
                Role::Guest => (world.person(name).await, None),
                _ => account(world, name).await.into_pair(),
            };
            who.joins(&room).await;
            let person = actor(world, &who).await;
            if role > Role::Registered {
                let id = person.person;
                let mention = Command::Mention { person: id, name: person.name };
                does(world, view.id, &host, mention).await;
                does(world, view.id, &host, Command::SetRole { person: id, role }).await;
            }
            people.push(Somebody { role, who, key });
        }
        people.push(Somebody { role: Role::Host, who: host.clone(), key: Some(key) });
        for somebody in &people {
            // Clipper's clients take a place before they connect.
            does(world, view.id, &somebody.who, Command::Join).await;
        }
        for film in 0..3 {
            let url = world.link(&format!("/files/film.mp4?{film}"));
            host.post(&in_room(&room, "/queue"), json!({ "url": url })).await.created();
        }
        let viewer = Viewer::open(world, &room, &host).await;
        let invite = view.invite.to_string();
        Self { world, room: view.id, name, streamkey, invite, host, people, _viewer: viewer }
    }

    async fn view(&self) -> Arc<RoomView> {
        self.world.engine().rooms.view(self.room).await.unwrap()
    }

    fn path(&self, rest: &str) -> String {
        format!("/api/v1/rooms/{}{rest}", self.room)
    }

    /// The film runs from its beginning, and there is another one behind it.
    async fn is_as_before(&self) -> Arc<RoomView> {
        let done = async |path: &str, body: Value| {
            let answer = self.host.post(&self.path(path), body).await;
            assert!(answer.status < 300, "{path}: {}", answer.text);
        };
        while self.view().await.queue.len() < 2 {
            done("/queue", json!({ "url": self.world.link("/files/film.mp4?more") })).await;
        }
        done("/playback/seek", json!({ "position_ms": 0 })).await;
        done("/playback/play", json!({})).await;
        self.view().await
    }

    /// Waits until it happened, or whoever was asked said no.
    async fn outcome(&self, verb: Verb, before: &RoomView, no: impl Future<Output = ()>) -> bool {
        let yes = async {
            while !verb.happened(before, &*self.view().await) {
                tokio::time::sleep(std::time::Duration::from_millis(2)).await;
            }
        };
        let either = async {
            tokio::select! {
                () = yes => true,
                () = no => false,
            }
        };
        tokio::time::timeout(PATIENCE, either).await.expect("neither done nor refused")
    }

    /// Asks this door for it in somebody's name; whether it happened.
    async fn tries(&self, door: Door, verb: Verb, somebody: &Somebody, before: &RoomView) -> bool {
        let who = &somebody.who;
        let film = self.world.link("/files/film.mp4?one");
        let title = format!("Title {}", before.seq);
        let answered = |answer: Answer| {
            assert!(answer.status < 500, "{door:?} {verb:?}: {}", answer.text);
        };
        match door {
            Door::Rest => {
                let (method, rest, body) = match verb {
                    Verb::Pause => (Method::POST, "/playback/pause", json!({})),
                    Verb::Seek => (Method::POST, "/playback/seek", json!({ "position_ms": SOUGHT })),
                    Verb::Skip => (Method::POST, "/playback/skip", json!({})),
                    Verb::Add => (Method::POST, "/queue", json!({ "url": film })),
                    Verb::Title => (Method::PATCH, "", json!({ "title": title })),
                    Verb::Chat => (Method::POST, "/chat", json!({ "text": "hello" })),
                };
                answered(who.send(method, &self.path(rest), |request| request.json(&body)).await);
            }
            Door::Socket => {
                let room = json!({ "id": self.room.to_string() });
                let mut viewer = Viewer::open(self.world, &room, who).await;
                let command = match verb {
                    Verb::Pause => json!({ "do": "pause" }),
                    Verb::Seek => json!({ "do": "seek", "position_ms": SOUGHT }),
                    Verb::Skip => json!({ "do": "skip" }),
                    Verb::Add => json!({ "do": "add", "url": film }),
                    Verb::Title => json!({ "do": "change", "title": title }),
                    Verb::Chat => json!({ "do": "say", "text": "hello" }),
                };
                viewer.does(command).await;
            }
            Door::Core => {
                let line = match verb {
                    Verb::Pause => "/pause".to_owned(),
                    Verb::Seek => format!("/seek 0:0{}", SOUGHT / 1000),
                    Verb::Skip => "/skip".to_owned(),
                    Verb::Add => format!("/watch {film}"),
                    Verb::Title | Verb::Chat => unreachable!("it has no word for that"),
                };
                answered(who.post(&self.path("/commands"), json!({ "line": line })).await);
            }
            Door::OpenTogetherTube => {
                let client = Client::of(self.world, who);
                let path = format!("/api/room/{}", self.name);
                let request = match verb {
                    Verb::Add => {
                        client.post(&format!("{path}/queue"), json!({ "url": film })).await;
                        return verb.happened(before, &*self.view().await);
                    }
                    Verb::Title => {
                        client.patch(&path, json!({ "title": title })).await;
                        return verb.happened(before, &*self.view().await);
                    }
                    Verb::Pause => json!({ "type": 2, "state": false }),
                    Verb::Seek => json!({ "type": 4, "value": SOUGHT / 1000 }),
                    Verb::Skip => json!({ "type": 3 }),
                    Verb::Chat => json!({ "type": 11, "text": "hello" }),
                };
                let mut socket = OttSocket::join(self.world, &self.name, who).await;
                socket.asks(request).await;
                // What is asked later is answered later.
                if verb != Verb::Chat {
                    socket.so_far().await;
                    return verb.happened(before, &*self.view().await);
                }
                return self.outcome(verb, before, tokio::time::sleep(PATIENCE / 10)).await;
            }
            Door::Clipper => {
                if verb == Verb::Title {
                    let path = format!("/api/v1/watch-parties/{}/settings", self.room);
                    answered(who.patch(&path, json!({ "title": title })).await);
                    return verb.happened(before, &*self.view().await);
                }
                let (sort, more) = match verb {
                    Verb::Pause => ("pause", json!({})),
                    Verb::Seek => ("seek", json!({ "position": SOUGHT / 1000 })),
                    Verb::Skip => ("skip", json!({})),
                    _ => ("chat", json!({ "message": "hello" })),
                };
                let mut socket = Socket::open(self.world, self.room, who).await;
                socket.sends(sort, more).await;
                let no = async { drop(socket.is_refused().await) };
                return self.outcome(verb, before, no).await;
            }
            Door::Watch2Gether => {
                let rooms = format!("/rooms/{}", self.streamkey);
                let (rest, body) = match verb {
                    Verb::Pause => ("/pause", json!({})),
                    Verb::Seek => ("/seek", json!({ "position": SOUGHT / 1000 })),
                    Verb::Skip => ("/next", json!({})),
                    _ => ("/playlists/current/playlist_items/sync_update", json!({ "add_items": [{ "url": film }] })),
                };
                let mut body = body;
                body["w2g_api_key"] = json!(somebody.key);
                answered(watch2gether::post(self.world, &format!("{rooms}{rest}"), body).await);
            }
        }
        verb.happened(before, &*self.view().await)
    }
}

/// An account's two halves as they are kept.
trait IntoPair {
    fn into_pair(self) -> (Caller, Option<String>);
}

impl IntoPair for (Caller, String) {
    fn into_pair(self) -> (Caller, Option<String>) {
        (self.0, Some(self.1))
    }
}

const DOORS: [Door; 6] =
    [Door::Rest, Door::Socket, Door::Core, Door::OpenTogetherTube, Door::Clipper, Door::Watch2Gether];

async fn all_doors_agree(preset: Preset) {
    let world = World::start().await;
    let house = House::of(&world, preset).await;
    for somebody in house.people.iter().filter(|somebody| somebody.key.is_some()) {
        let body = json!({ "w2g_api_key": somebody.key, "access_key": house.invite });
        let answer = watch2gether::post(&world, "/rooms/default/join_room", body).await;
        assert!(answer.status < 300, "{:?}: {}", somebody.role, answer.text);
    }
    let (mut wrong, mut asked, mut said_no) = (Vec::new(), 0, 0);
    for somebody in &house.people {
        for verb in Verb::ALL {
            for door in DOORS.into_iter().filter(|door| speaks(*door, verb)) {
                if door == Door::Watch2Gether && somebody.key.is_none() {
                    continue;
                }
                let before = house.is_as_before().await;
                let by_table = before.settings.grants.of(somebody.role).has(verb.needs());
                let differs = DIFFERENCES.iter().any(|it| it.door == door && it.verb == verb && (it.to)(somebody.role));
                let expected = by_table && !differs;
                let done = house.tries(door, verb, somebody, &before).await;
                if done != expected {
                    wrong.push(format!(
                        "{preset:?}: {door:?} {verb:?} by a {:?}: {done}, not {expected}",
                        somebody.role
                    ));
                }
                asked += 1;
                said_no += usize::from(!expected);
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(asked >= 150, "{asked} were asked for");
    assert!(preset != Preset::Hosts || said_no >= 40, "{said_no} were refused");
}

#[tokio::test]
async fn all_doors_give_one_verdict_where_everybody_moves_the_film() {
    all_doors_agree(Preset::Everyone).await;
}

#[tokio::test]
async fn all_doors_give_one_verdict_where_everybody_changes_settings_too() {
    all_doors_agree(Preset::Open).await;
}

#[tokio::test]
async fn all_doors_give_one_verdict_where_hosts_alone_move_the_film() {
    all_doors_agree(Preset::Hosts).await;
}

#[tokio::test]
async fn no_door_lets_anybody_act_in_a_room_that_they_are_not_in() {
    let world = World::start().await;
    let house = House::of(&world, Preset::Open).await;
    let (stranger, strangers_key) = account(&world, "Stranger").await;
    let (banned, banned_key) = account(&world, "Banned").await;
    banned.joins(&json!({ "id": house.room.to_string(), "invite": house.invite })).await;
    let person = actor(&world, &banned).await;
    does(&world, house.room, &banned, Command::Join).await;
    let ban = Command::Ban { person: person.person, until: None, reason: String::new() };
    does(&world, house.room, &house.host, ban).await;
    // Somebody who may do all in a room of their own may do nothing in this one.
    stranger.makes_room("Own").await;
    let mut wrong = Vec::new();
    for (name, who, key) in [("a stranger", &stranger, &strangers_key), ("somebody banned", &banned, &banned_key)] {
        let somebody = Somebody { role: Role::Guest, who: who.clone(), key: Some(key.clone()) };
        for verb in Verb::ALL {
            for door in [Door::Rest, Door::Core, Door::Watch2Gether].into_iter().filter(|door| speaks(*door, verb)) {
                let before = house.is_as_before().await;
                if house.tries(door, verb, &somebody, &before).await {
                    wrong.push(format!("{door:?} {verb:?} by {name}"));
                }
            }
        }
        for verb in [Verb::Add, Verb::Title] {
            let before = house.is_as_before().await;
            if house.tries(Door::OpenTogetherTube, verb, &somebody, &before).await {
                wrong.push(format!("OpenTogetherTube {verb:?} by {name}"));
            }
        }
        let before = house.is_as_before().await;
        if house.tries(Door::Clipper, Verb::Title, &somebody, &before).await {
            wrong.push(format!("Clipper {:?} by {name}", Verb::Title));
        }
        // Nor does any socket open.
        let mut native = Viewer::connect(&world, &house.room.to_string()).await;
        native.sends(json!({ "type": "hello", "token": who.token })).await;
        assert_eq!(native.is_closed().await.0, 4403, "{name}");
        let mut theirs = OttSocket::connect(&world, &house.name).await;
        theirs.sends(json!({ "action": "auth", "token": who.token })).await;
        assert_eq!(theirs.is_closed().await.0, 4002, "{name}");
        let party = crate::clipper::socket_client::handshake(&world, house.room);
        let bearer = format!("Bearer {}", who.token.as_deref().unwrap());
        let party = crate::clipper::socket_client::with(party, "authorization", &bearer);
        assert!(tokio_tungstenite::connect_async(party).await.is_err(), "{name}");
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
