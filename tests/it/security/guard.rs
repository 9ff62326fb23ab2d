//! Links that people give lead nowhere but to the public internet, whichever door they come through.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use onecouch::resolve::Limits;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::{
    opentogethertube::client::Client,
    watch2gether::Bot,
    world::{Caller, World, in_room},
};

/// Listens where nobody may be led to, and counts who comes.
struct Canary {
    port: u16,
    seen: Arc<AtomicUsize>,
}

impl Canary {
    async fn sing() -> Self {
        let four = TcpListener::bind("0.0.0.0:0").await.unwrap();
        let port = four.local_addr().unwrap().port();
        let six = TcpListener::bind(("::1", port)).await.ok();
        let seen = Arc::new(AtomicUsize::new(0));
        for listener in [Some(four), six].into_iter().flatten() {
            let seen = seen.clone();
            tokio::spawn(async move {
                while listener.accept().await.is_ok() {
                    seen.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        Self { port, seen }
    }

    fn seen(&self) -> usize {
        self.seen.load(Ordering::SeqCst)
    }
}

/// Where the canary sits and its neighbours, in every spelling. `PORT` is the canary's.
const INSIDE: &[&str] = &[
    // this machine, by numbers of every base and length
    "http://127.0.0.1:PORT/film.mp4",
    "https://127.0.0.1:PORT/film.mp4",
    "http://127.0.0.1.:PORT/film.mp4",
    "http://127.1:PORT/film.mp4",
    "http://127.0.1:PORT/film.mp4",
    "http://127.255.255.254:PORT/film.mp4",
    "http://2130706433:PORT/film.mp4",
    "http://2130706433.:PORT/film.mp4",
    "http://017700000001:PORT/film.mp4",
    "http://0177.0.0.1:PORT/film.mp4",
    "http://0177.0x0.0.1:PORT/film.mp4",
    "http://0x7f000001:PORT/film.mp4",
    "http://0X7F.1:PORT/film.mp4",
    "http://0x7f.0x0.0x0.0x1:PORT/film.mp4",
    "http://0:PORT/film.mp4",
    "http://0x0:PORT/film.mp4",
    "http://00:PORT/film.mp4",
    "http://0.0.0.0:PORT/film.mp4",
    "http://0.0.0.0.:PORT/film.mp4",
    // the same as letters that become numbers
    "http://127%2e0%2e0%2e1:PORT/film.mp4",
    "http://%31%32%37.0.0.1:PORT/film.mp4",
    "http://127。0。0。1:PORT/film.mp4",
    "http://127．0．0．1:PORT/film.mp4",
    "http://127｡0｡0｡1:PORT/film.mp4",
    "http://①②⑦.0.0.1:PORT/film.mp4",
    "http://１２７.０.０.１:PORT/film.mp4",
    // the same with slashes that are none
    "http:\\\\127.0.0.1:PORT\\film.mp4",
    "http:/127.0.0.1:PORT/film.mp4",
    "http:////127.0.0.1:PORT/film.mp4",
    "HTTP://127.0.0.1:PORT/FILM.MP4",
    // this machine in IPv6, and IPv4 within it
    "http://[::1]:PORT/film.mp4",
    "http://[::]:PORT/film.mp4",
    "http://[0:0:0:0:0:0:0:1]:PORT/film.mp4",
    "http://[::127.0.0.1]:PORT/film.mp4",
    "http://[::7f00:1]:PORT/film.mp4",
    "http://[::ffff:127.0.0.1]:PORT/film.mp4",
    "http://[::ffff:7f00:1]:PORT/film.mp4",
    "http://[0:0:0:0:0:ffff:7f00:0001]:PORT/film.mp4",
    "http://[::ffff:0:127.0.0.1]:PORT/film.mp4",
    "http://[64:ff9b::127.0.0.1]:PORT/film.mp4",
    "http://[64:ff9b::7f00:1]:PORT/film.mp4",
    "http://[64:ff9b:1::7f00:1]:PORT/film.mp4",
    "http://[2002:7f00:1::]:PORT/film.mp4",
    "http://[2002:7f00:0001::1]:PORT/film.mp4",
    "http://[2001:0:7f00:1::]:PORT/film.mp4",
    // its neighbours, and what clouds put beside a machine
    "http://10.0.0.1:PORT/film.mp4",
    "http://100.64.0.1:PORT/film.mp4",
    "http://172.16.0.1:PORT/film.mp4",
    "http://172.31.255.255:PORT/film.mp4",
    "http://192.168.0.1:PORT/film.mp4",
    "http://192.0.0.192/film.mp4",
    "http://198.18.0.1:PORT/film.mp4",
    "http://169.254.169.254/latest/meta-data/",
    "http://2852039166/latest/meta-data/",
    "http://0xa9fea9fe/latest/meta-data/",
    "http://[::ffff:a9fe:a9fe]/latest/meta-data/",
    "http://[fd00:ec2::254]/latest/meta-data/",
    "http://[fe80::1]:PORT/film.mp4",
    "http://[fc00::1]:PORT/film.mp4",
    "http://[fec0::1]:PORT/film.mp4",
    "http://[ff02::1]:PORT/film.mp4",
    "http://224.0.0.1:PORT/film.mp4",
    "http://240.0.0.1:PORT/film.mp4",
    "http://255.255.255.255:PORT/film.mp4",
    // names
    "http://localhost:PORT/film.mp4",
    "http://localhost.:PORT/film.mp4",
    "http://LOCALHOST:PORT/film.mp4",
    "http://ⓛocalhost:PORT/film.mp4",
    "http://loc\u{ad}alhost:PORT/film.mp4",
    "http://a.localhost:PORT/film.mp4",
    "http://metadata.google.internal/computeMetadata/v1/",
    "http://printer.local:PORT/film.mp4",
    "http://router.home.arpa:PORT/film.mp4",
    // a name and a password in front
    "http://youtube.com@127.0.0.1:PORT/film.mp4",
    "http://ana:secret@127.0.0.1:PORT/film.mp4",
    "http://youtube.com%2f@127.0.0.1:PORT/film.mp4",
    "http://127.0.0.1:PORT\\@youtube.com/film.mp4",
    "http://127.0.0.1:PORT#@youtube.com/film.mp4",
    "http://127.0.0.1:PORT?@youtube.com/film.mp4",
    // other schemes
    "ftp://127.0.0.1:PORT/film.mp4",
    "gopher://127.0.0.1:PORT/_GET",
    "ws://127.0.0.1:PORT/film.mp4",
    "file:///etc/passwd",
];

/// A door that takes a link, and the room that it may need.
struct Doors<'w> {
    world: &'w World,
    ana: Caller,
    room: Value,
    /// A film that is there, for what stands beside a film.
    film: String,
    bot: Bot<'w>,
    ott: Client,
    w2g_room: Value,
}

impl<'w> Doors<'w> {
    async fn of(world: &'w World) -> Self {
        let ana = world.person("Ana").await;
        let room = ana.makes_room("Doors").await;
        ana.patch(&in_room(&room, ""), json!({ "duplicates": true })).await.ok();
        let film = world.link("/files/film.mp4");
        let bot = Bot::new(world, "Bot").await;
        let w2g_room = bot.makes_room(json!({})).await;
        let ott = Client::guest(world, "Ott").await;
        ott.makes("doors").await;
        Self { world, ana, room, film, bot, ott, w2g_room }
    }

    /// Gives a link to every door at once; those that said yes where no door may.
    async fn take(&self, link: &str) -> Vec<&'static str> {
        let link = &link.to_owned();
        let post = async |path: String, body: Value| self.ana.post(&path, body).await;
        let of_w2g = |rest: &str| format!("/rooms/{}{rest}", self.w2g_room["streamkey"].as_str().unwrap());
        let id = |made: &Value| made["item"]["id"].as_str().unwrap().to_owned();
        let (queued, founded, subtitled, many, hooked, typed) = futures_util::join!(
            post(in_room(&self.room, "/queue"), json!({ "url": link })),
            post("/api/v1/rooms".to_owned(), json!({ "url": link })),
            post(in_room(&self.room, "/queue"), json!({ "url": self.film, "subtitles": link })),
            post(in_room(&self.room, "/queue/many"), json!({ "text": link })),
            post("/api/v1/webhooks".to_owned(), json!({ "url": link, "room": self.room["id"] })),
            post(in_room(&self.room, "/commands"), json!({ "line": format!("/watch {link}") })),
        );
        let update = of_w2g("/sync_update");
        let append = of_w2g("/playlists/current/playlist_items/sync_update");
        let (shared, updated, appended, added, previewed) = futures_util::join!(
            self.bot.post("/rooms/create.json", json!({ "share": link })),
            self.bot.post(&update, json!({ "item_url": link })),
            self.bot.post(&append, json!({ "add_items": [{ "url": link }] })),
            self.ott.post("/api/room/doors/queue", json!({ "url": link })),
            self.ott.send(reqwest::Method::GET, "/api/data/previewAdd", |request| request.query(&[("input", link)])),
        );
        // What is said of a room is kept, and nobody goes there; a room is told of it without a request.
        let said = self.ana.patch(&in_room(&self.room, ""), json!({ "picture": link })).await;
        assert!(said.status < 500 && many.status < 500 && shared.status < 500, "{link}");
        let mut yes = Vec::new();
        // What was taken is looked at when somebody wants to read it, or at once to be told of.
        if subtitled.status == 201 {
            let path = in_room(&self.room, &format!("/items/{}/subtitles.vtt", id(&subtitled.body["data"])));
            if self.ana.get(&path).await.status == 200 {
                yes.push("subtitles");
            }
        }
        if hooked.status == 201 {
            let path = format!("/api/v1/webhooks/{}", hooked.body["data"]["id"].as_str().unwrap());
            self.ana.post(&format!("{path}/test"), json!({})).await;
            self.ana.delete(&path).await;
            yes.push("webhook");
        }
        let taken = [
            ("queue", queued.status == 201),
            ("new room", founded.status == 201),
            ("slash command", typed.body["data"]["refused"] == false),
            ("w2g sync_update", updated.status < 300),
            ("w2g append", appended.status < 300),
            ("ott queue", added.status < 300),
            ("ott preview", previewed.status == 200 && previewed.text.contains("film.mp4")),
        ];
        yes.extend(taken.into_iter().filter_map(|(door, yes)| yes.then_some(door)));
        // And by the relay, as if this server had signed it.
        if let Ok(url) = url::Url::parse(link) {
            let path = self.world.signer().await.path(&url, self.world.engine().clock.now().wall);
            if self.world.nobody().get(&path).await.status < 400 {
                yes.push("relay");
            }
        }
        yes
    }
}

async fn world() -> World {
    World::start_with(|config| {
        config.media.relay = true;
        config.watch2gether.keyless_rooms = false;
    })
    .await
}

#[tokio::test]
async fn no_door_takes_a_link_into_the_servers_own_network() {
    let canary = Canary::sing().await;
    let world = world().await;
    let doors = Doors::of(&world).await;
    assert!(INSIDE.len() >= 60);
    for link in INSIDE {
        let link = link.replace("PORT", &canary.port.to_string());
        assert_eq!(doors.take(&link).await, [""; 0], "{link}");
        assert_eq!(canary.seen(), 0, "{link}");
    }
    // And these doors are doors: a film of the outside comes in by all of them but those that want something else.
    let film = world.link("/files/film.mp4");
    let taken = doors.take(&film).await;
    for door in ["queue", "new room", "slash command", "w2g sync_update", "w2g append", "ott queue", "webhook", "relay"]
    {
        assert!(taken.contains(&door), "{door} took nothing: {taken:?}");
    }
}

#[tokio::test]
async fn no_door_follows_a_link_from_the_outside_into_the_servers_own_network() {
    let canary = Canary::sing().await;
    let world = world().await;
    let doors = Doors::of(&world).await;
    for host in ["127.0.0.1", "localhost", "[::1]", "[::ffff:7f00:1]", "2130706433", "0"] {
        let mut link = format!("http://{host}:{}/film.mp4", canary.port);
        for hop in 1..=4 {
            link = world.web.redirect(&link).to_string();
            let mut taken = doors.take(&link).await;
            // An address of the outside is good; that it leads elsewhere shows when something is sent there.
            taken.retain(|door| *door != "webhook");
            assert_eq!(taken, [""; 0], "{host} behind {hop} hops");
            assert_eq!(canary.seen(), 0, "{host} behind {hop} hops");
        }
    }
}

/// A server that sends a byte each quarter of a second, for ever.
async fn slow_server() -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let authority = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut head = [0; 1024];
                let _ = stream.read(&mut head).await;
                let _ = stream
                    .write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/vnd.apple.mpegurl\r\n\r\n#EXTM3U\n")
                    .await;
                while stream.write_all(b"#").await.is_ok() {
                    tokio::time::sleep(Duration::from_millis(250)).await;
                }
            });
        }
    });
    authority
}

#[tokio::test]
async fn a_body_that_never_ends_is_left_in_time() {
    let usual = Limits::default();
    assert_eq!((usual.connect, usual.total), (Duration::from_secs(3), Duration::from_secs(8)));
    assert_eq!((usual.body, usual.hops), (1 << 20, 3));
    let authority = slow_server().await;
    let settings = onecouch::resolve::ResolveSettings {
        allow_private: vec![authority.clone()],
        ..onecouch::resolve::ResolveSettings::default()
    };
    let resolver = onecouch::resolve::Resolver::new(settings).unwrap();
    let link: url::Url = format!("http://{authority}/list.m3u8").parse().unwrap();
    let from = tokio::time::Instant::now();
    let _ = engine::ports::Resolve::probe(&resolver, &link).await;
    let took = from.elapsed();
    assert!((Duration::from_millis(7_500)..Duration::from_millis(9_500)).contains(&took), "it took {took:?}");
}
