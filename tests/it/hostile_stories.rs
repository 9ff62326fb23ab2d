//! Whatever is sent to this server, by whatever door, is answered or refused: no task panics, nothing is answered 5xx,
//! no connection stays behind, and a room of others is as it was.
//!
//! What is sent is made of what clients send when nothing is wrong. A failing one is told by its seed and number:
//! `ONECOUCH_SEED=1 ONECOUCH_NUMBER=17` sends it alone. `ONECOUCH_MALFORMED=10000` sends so many to each API.

mod apis;
mod bounds;
mod dice;
mod frames;
mod mutations;
pub mod raw_socket;
mod requests;

use std::{collections::BTreeMap, net::SocketAddr, num::NonZeroU32};

use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use tokio::{net::TcpStream, sync::Mutex, time::timeout};

use self::{
    dice::Dice,
    frames::{OF_ONE, Speaks, talk},
    requests::{Ask, malformed, send},
};
use crate::{
    clipper, opentogethertube,
    viewer::Viewer,
    world::{Caller, PATIENCE, World, in_room},
};

/// How many of each kind an API is sent, unless `ONECOUCH_MALFORMED` says otherwise.
const USUALLY: usize = 600;
/// How many are under way at once.
const AT_ONCE: usize = 8;
/// After so many, whoever sends them begins anew: by then they may have thrown themselves out.
const OF_ONE_SCENE: usize = 150;
/// Connections that a server of these stories has room for.
const CONNECTIONS: u32 = 48;
/// Statuses from 500 on that are documented: a call of theirs that is not here; the server is busy, or stops; the disk is full.
const DOCUMENTED: [u16; 3] = [501, 503, 507];

fn number_of(name: &str) -> Option<usize> {
    std::env::var(name).ok().map(|number| number.parse().unwrap())
}

fn seed() -> u64 {
    number_of("ONECOUCH_SEED").unwrap_or(1) as u64
}

/// The numbers of what is sent.
fn numbers() -> Vec<usize> {
    match number_of("ONECOUCH_NUMBER") {
        Some(one) => vec![one],
        None => (0..number_of("ONECOUCH_MALFORMED").unwrap_or(USUALLY)).collect(),
    }
}

/// Ana's room and her in it, while others misbehave.
struct House {
    world: World,
    ana: Caller,
    room: Value,
    before: Value,
    /// Her socket.
    viewer: Mutex<Viewer>,
}

impl House {
    async fn opens() -> Self {
        let world = World::start_with(|config| {
            config.http.connections = NonZeroU32::new(CONNECTIONS).unwrap();
            config.limits.clipper.enabled = false;
        })
        .await;
        let ana = world.person("Ana").await;
        let room = ana.makes_room("Of Ana").await;
        ana.post(&in_room(&room, "/queue"), json!({ "url": world.link("/files/film.webm") })).await.created();
        ana.post(&in_room(&room, "/playback/pause"), json!({})).await;
        let viewer = Viewer::open(&world, &room, &ana).await;
        let before = Self::state(&ana, &room).await;
        Self { world, ana, room, before, viewer: Mutex::new(viewer) }
    }

    /// What lasts of the room.
    async fn state(ana: &Caller, room: &Value) -> Value {
        let mut state = ana.get(&in_room(room, "")).await.ok();
        for moving in ["here", "you", "s", "epoch"] {
            state.as_object_mut().unwrap().remove(moving);
        }
        state
    }

    fn address(&self) -> SocketAddr {
        self.world.config.http.listen
    }

    /// Ana is heard, whatever others send.
    async fn is_heard(&self) {
        let mut viewer = self.viewer.lock().await;
        viewer.sends(json!({ "type": "ping", "c": 1 })).await;
        viewer.hears_any("a pong", |frame| frame["type"] == "pong").await;
    }

    /// Sends malformed requests of an API; `scene` makes what good ones look like.
    async fn is_sent<F: Future<Output = Vec<Ask>>>(&self, api: &str, scene: impl Fn(usize) -> F) {
        let mut tally = BTreeMap::<u16, usize>::new();
        for numbers in numbers().chunks(OF_ONE_SCENE) {
            self.is_heard().await;
            let asks = scene(numbers[0]).await;
            let sent = stream::iter(numbers).map(async |number| {
                let mut dice = Dice::new(seed(), *number);
                let ask = dice.one_of(&asks).clone();
                let malformed = malformed(&mut dice, &ask);
                let answered = send(self.address(), &malformed).await;
                let bad = |status: &u16| *status >= 500 && !DOCUMENTED.contains(status);
                let wrong = match &answered {
                    Ok(statuses) => {
                        statuses.iter().find(|status| bad(status)).map(|status| format!("answered {status}"))
                    }
                    Err(what) => Some(what.clone()),
                };
                if let Some(wrong) = wrong {
                    let shown = String::from_utf8_lossy(&malformed.bytes);
                    panic!("{api}: {wrong}, ONECOUCH_SEED={} ONECOUCH_NUMBER={number}:\n{shown:.3000}", seed());
                }
                answered.unwrap()
            });
            let answered: Vec<Vec<u16>> = sent.buffer_unordered(AT_ONCE).collect().await;
            for status in answered.iter().filter_map(|statuses| statuses.first()) {
                *tally.entry(*status).or_default() += 1;
            }
        }
        println!("{api}: {tally:?}");
        if numbers().len() > 100 {
            let good: usize = tally.range(200..300).map(|(_, many)| many).sum();
            let refused: usize = tally.range(400..500).map(|(_, many)| many).sum();
            assert!(good * 20 > numbers().len() && refused * 5 > numbers().len(), "too tame, or too wild: {tally:?}");
        }
    }

    /// Sends malformed frames on sockets of an API.
    async fn is_told<F: Future<Output = Speaks>>(&self, api: &str, scene: impl Fn(usize) -> F) {
        // A socket's worth of frames has one number.
        let sockets: Vec<usize> = match number_of("ONECOUCH_NUMBER") {
            Some(one) => vec![one],
            None => (0..numbers().len().div_ceil(OF_ONE)).collect(),
        };
        let mut tally = BTreeMap::<Option<u16>, usize>::new();
        let mut taken = 0;
        for numbers in sockets.chunks(OF_ONE_SCENE / OF_ONE) {
            self.is_heard().await;
            let speaks = scene(numbers[0]).await;
            let talks = stream::iter(numbers).map(async |number| {
                let mut dice = Dice::new(seed(), *number);
                let ended = talk(self.address(), &speaks, &mut dice, OF_ONE).await;
                if ended.as_ref().is_ok_and(|(_, code)| *code != Some(1011)) {
                    return ended.unwrap();
                }
                panic!("{api}: {ended:?}, ONECOUCH_SEED={} ONECOUCH_NUMBER={number}", seed());
            });
            let ended: Vec<(usize, Option<u16>)> = talks.buffer_unordered(AT_ONCE).collect().await;
            for (frames, code) in ended {
                taken += frames;
                *tally.entry(code).or_default() += 1;
            }
        }
        println!("{api}: {taken} frames, then {tally:?}");
        assert!(taken * 2 > sockets.len() * OF_ONE, "sockets end too soon: {tally:?}");
    }

    /// All who misbehaved are gone, and nothing else is.
    async fn ends_whole(mut self) {
        assert_eq!(self.world.nobody().get("/healthz").await.status, 200);
        assert_eq!(self.viewer.get_mut().says("still here").await["type"], "ack");
        let mut after = Self::state(&self.ana, &self.room).await;
        // The line that was just said.
        for counted in ["seq", "chat", "tally"] {
            for state in [&mut self.before, &mut after] {
                state.as_object_mut().unwrap().remove(counted);
            }
        }
        assert_eq!(after, self.before, "the room of others is another one");
        let address = self.address();
        drop(self.viewer);
        // Each connection that stayed behind has a seat: whoever wants one gets it only when all are gone. The callers of
        // this story keep one or two.
        let comes_in = async {
            loop {
                let mut crowd = Vec::new();
                for _ in 0..CONNECTIONS - 4 {
                    crowd.push(asks_for_health(address).await);
                }
                if crowd.iter().all(Option::is_some) {
                    return;
                }
                drop(crowd);
                tokio::task::yield_now().await;
            }
        };
        timeout(PATIENCE, comes_in).await.expect("connections stayed behind");
    }
}

/// A connection that is answered and stays; none where the server is full.
async fn asks_for_health(address: SocketAddr) -> Option<TcpStream> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut line = TcpStream::connect(address).await.unwrap();
    line.write_all(b"GET /api/v1/about HTTP/1.1\r\nhost: couch\r\n\r\n").await.ok()?;
    let mut head = [0; 12];
    line.read_exact(&mut head).await.ok()?;
    (&head[9..] == b"200").then_some(line)
}

#[tokio::test]
async fn malformed_requests_of_native_clients_harm_nobody() {
    let house = House::opens().await;
    house.is_sent("native", |number| apis::native(&house.world, &house.ana, number)).await;
    house.ends_whole().await;
}

#[tokio::test]
async fn malformed_frames_of_native_clients_harm_nobody() {
    let house = House::opens().await;
    let scene = async |number| {
        let mallory = house.world.person(&format!("Mallory {number}")).await;
        let room = mallory.makes_room("Of Mallory").await;
        for film in ["/files/film.webm", "/files/song.mp3", "/files/film.mp4"] {
            mallory.post(&in_room(&room, "/queue"), json!({ "url": house.world.link(film) })).await.created();
        }
        let queue = mallory.get(&in_room(&room, "/queue")).await.ok();
        let ana = house.ana.get("/api/v1/people/me").await.ok();
        Speaks {
            path: in_room(&room, "/ws"),
            more: String::new(),
            greeting: Some(json!({ "type": "hello", "token": mallory.token, "locale": "de" })),
            frames: frames::native(
                &house.world.link("/files/film.mp4"),
                queue["queue"][0]["id"].as_str().unwrap(),
                ana["id"].as_str().unwrap(),
            ),
        }
    };
    house.is_told("native", scene).await;
    house.ends_whole().await;
}

#[tokio::test]
async fn malformed_requests_of_opentogethertube_harm_nobody() {
    let house = House::opens().await;
    let scene = async |number| apis::opentogethertube(&house.world, &format!("room{number}")).await;
    house.is_sent("opentogethertube", scene).await;
    house.ends_whole().await;
}

#[tokio::test]
async fn malformed_frames_of_opentogethertube_harm_nobody() {
    let house = House::opens().await;
    let scene = async |number| {
        let mallory = house.world.person(&format!("Mallory {number}")).await;
        let name = format!("socket{number}");
        opentogethertube::socket_client::makes_room(&house.world, &mallory, &name).await;
        Speaks {
            path: format!("/api/room/{name}"),
            more: String::new(),
            greeting: Some(json!({ "action": "auth", "token": mallory.token })),
            frames: frames::opentogethertube(&house.world.link("/files/film.mp4")),
        }
    };
    house.is_told("opentogethertube", scene).await;
    house.ends_whole().await;
}

#[tokio::test]
async fn malformed_requests_of_watchers_harm_nobody() {
    let house = House::opens().await;
    let scene = async |number| apis::watchers(&house.world, &format!("room{number}")).await;
    house.is_sent("watchers", scene).await;
    house.ends_whole().await;
}

#[tokio::test]
async fn malformed_requests_of_watch2gether_harm_nobody() {
    let house = House::opens().await;
    house.is_sent("watch2gether", async |_| apis::watch2gether(&house.world).await).await;
    house.ends_whole().await;
}

#[tokio::test]
async fn malformed_requests_of_clipper_harm_nobody() {
    let house = House::opens().await;
    house.is_sent("clipper", async |_| apis::clipper(&house.world, &house.ana).await).await;
    house.ends_whole().await;
}

#[tokio::test]
async fn malformed_frames_of_clipper_harm_nobody() {
    let house = House::opens().await;
    let scene = async |number| {
        let mallory = house.world.person(&format!("Mallory {number}")).await;
        let party = clipper::socket_client::makes_party(&house.world, &mallory).await.id;
        let clip = clipper::socket_client::queues(&house.world, party, &mallory, "film").await;
        Speaks {
            path: format!("{}/{party}/ws", clipper::client::PARTIES),
            more: format!("authorization: Bearer {}\r\n", mallory.token.as_deref().unwrap()),
            greeting: None,
            frames: frames::clipper(&party.to_string(), &clip.to_string()),
        }
    };
    house.is_told("clipper", scene).await;
    house.ends_whole().await;
}
