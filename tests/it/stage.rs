//! The stage of the browser stories: a whole server with its fakes, held by whoever started it.
//!
//! Prints one line of JSON that says where everything is, takes orders over HTTP on loopback, and ends when its standard
//! input does. Without the variable `ONECOUCH_STAGE` it passes at once: `npm --prefix web run stories` sets it.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::State,
    routing::{get, post},
};
use onecouch::config::Secret;
use serde_json::{Value, json};
use tokio::{
    io::AsyncReadExt,
    sync::{mpsc, oneshot},
};

use crate::{
    fake_discord::{APPLICATION, CLIENT_SECRET, Channel, FakeDiscord, GUILD, TOKEN, User},
    fake_telegram::{self, FakeTelegram},
    fake_web::{DEMO, Told},
    world::{BOOTSTRAP_KEY, World},
};

const FILM_CLUB: Channel = Channel::text(1_200_000_000_000_000_001, "film-club");
const MAYA: User = User::member(1_100_000_000_000_000_001, "Maya");

/// What the stories ask for between two looks at the page.
enum Order {
    Stop,
    Start,
}

#[derive(Clone)]
struct Stage {
    discord: Arc<FakeDiscord>,
    orders: mpsc::Sender<(Order, oneshot::Sender<()>)>,
}

#[tokio::test]
async fn open_for_the_browser_stories() {
    if std::env::var_os("ONECOUCH_STAGE").is_none() {
        return;
    }
    let discord = Arc::new(FakeDiscord::start().await);
    discord.has_activity();
    let api = discord.url();
    let telegram = FakeTelegram::start().await;
    let telegram_api = telegram.url.clone();
    let films = tempfile::tempdir().unwrap();
    std::fs::write(films.path().join("Test picture.mp4"), DEMO).unwrap();
    std::fs::write(films.path().join("Test picture.en.srt"), "1\n00:00:01,000 --> 00:00:59,000\nA test picture\n")
        .unwrap();
    let mut world = World::start_with(|config| {
        config.media.dir = Some(films.path().to_owned());
        (config.media.uploads, config.media.guest_uploads, config.media.keep_free_mb) = (true, true, 0);
        config.discord.token = Some(Secret::new(TOKEN));
        config.discord.application_id = Some(APPLICATION);
        config.discord.api_url = Some(api);
        config.telegram.token = Some(Secret::new(fake_telegram::TOKEN));
        config.telegram.api_url = Some(telegram_api);
        config.discord.activity = true;
        config.discord.client_secret = Some(Secret::new(CLIENT_SECRET));
        // Who comes from elsewhere says so, as a reverse proxy would.
        config.http.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
        // The server's own film is a link like any other.
        config.resolve.allow_private.push("127.0.0.1".to_owned());
    })
    .await;
    discord.identified().await;
    for (provider, title) in [("youtube", "Sintel"), ("vimeo", "Spring"), ("dailymotion", "A day")] {
        world.web.tell(provider, Told::title(title));
    }

    let (orders, mut ordered) = mpsc::channel(1);
    let routes = Router::new()
        .route("/discord", post(type_in_discord))
        .route("/discord/card", get(card))
        .route("/discord/activity", post(open_activity))
        .route("/discord/code", post(authorize))
        .route("/discord/closed", post(close_activity))
        .route("/stop", post(|State(stage): State<Stage>| stage.order(Order::Stop)))
        .route("/start", post(|State(stage): State<Stage>| stage.order(Order::Start)))
        .with_state(Stage { discord, orders });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let control = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    // A line of its own: the test runner may have begun one.
    println!(
        "\n{}",
        json!({
            "url": world.url(""), "control": control, "film": world.link("/files/demo.mp4"), "own": world.url("/demo/clip.mp4"),
            "web": world.link(""), "telegram_token": fake_telegram::TOKEN, "key": BOOTSTRAP_KEY
        })
    );

    let mut standard_input = tokio::io::stdin();
    let mut nothing = [0; 64];
    loop {
        tokio::select! {
            read = standard_input.read(&mut nothing) => {
                if read.unwrap_or(0) == 0 {
                    break;
                }
            }
            Some((order, done)) = ordered.recv() => {
                match order {
                    Order::Stop => world.stop().await,
                    Order::Start => world.restart().await,
                }
                let _ = done.send(());
            }
        }
    }
    world.stop().await;
}

/// Maya types a line in her channel; what she reads.
async fn type_in_discord(State(stage): State<Stage>, Json(order): Json<Value>) -> Json<Value> {
    let answer = stage.discord.asks(FILM_CLUB, MAYA, order["line"].as_str().unwrap()).await;
    Json(json!({ "text": answer.text() }))
}

/// Maya opens the activity in her channel; what Discord tells its page.
async fn open_activity(State(stage): State<Stage>) -> Json<Value> {
    let opened = stage.discord.opens_activity(FILM_CLUB, MAYA);
    Json(
        json!({ "instance": opened.instance, "application": APPLICATION.to_string(), "guild": GUILD.to_string(), "channel": FILM_CLUB.id.to_string() }),
    )
}

/// Discord's client vouches for her.
async fn authorize(State(stage): State<Stage>) -> Json<Value> {
    Json(json!({ "code": stage.discord.gives_code(MAYA) }))
}

/// She closes the activity.
async fn close_activity(State(stage): State<Stage>) -> Json<Value> {
    stage.discord.closes_activity(MAYA);
    Json(json!({}))
}

/// The newest card of her channel.
async fn card(State(stage): State<Stage>) -> Json<Value> {
    let messages = stage.discord.messages(FILM_CLUB);
    let card = messages.iter().rev().find(|message| message.title().is_some());
    Json(card.map_or(Value::Null, |card| {
        json!({ "title": card.title(), "text": card.text(), "labels": card.labels(), "link": card.link("Open the room") })
    }))
}

impl Stage {
    async fn order(self, order: Order) -> Json<Value> {
        let (done, through) = oneshot::channel();
        self.orders.send((order, done)).await.unwrap();
        through.await.unwrap();
        Json(json!({}))
    }
}
