//! How the server is, all on one page.

use std::collections::BTreeMap;

use axum::extract::State;
use bots::Standing;
use engine::{
    ports::{Post, Store},
    records::Platform,
    refusal::No,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::super::{Data, refused::OwnReadRefused};
use crate::{
    app::App,
    dialects::Dialect,
    http::{error::ApiError, operator::Operator},
};

/// How the server is.
#[derive(Debug, Serialize, ToSchema)]
pub struct OverviewWire {
    /// Its version.
    version: &'static str,
    /// When it was started, in Unix milliseconds.
    started_at: i64,
    /// Its own present, in Unix milliseconds.
    now: i64,
    /// Rooms.
    rooms: RoomsWire,
    /// People.
    people: PeopleWire,
    /// Open sockets, by the dialect that they speak: `native`, `opentogethertube`, `clipper`.
    sockets: BTreeMap<&'static str, usize>,
    /// Connections in rooms, by the door that they came by: `viewer`, `api`, …
    doors: BTreeMap<&'static str, usize>,
    /// What the database takes on disk, in bytes.
    database_bytes: u64,
    /// Networks that are kept out.
    bans: usize,
    /// The parts of the server and how they are.
    parts: Vec<PartWire>,
    /// The nodes that are one server together; none where there is one. What else stands here is of the node that was asked.
    nodes: Vec<NodeWire>,
}

/// One of several nodes.
#[derive(Debug, Serialize, ToSchema)]
pub struct NodeWire {
    /// Its own address.
    url: String,
    /// Whether it is the one that was asked.
    this: bool,
    /// `ok`; `unheard`: it is there by the database and not on the bus, so that what is done at it and here does not meet.
    state: &'static str,
    /// Since when it has been there, in Unix milliseconds.
    began_at: i64,
    /// How many rooms it has.
    rooms: u64,
    /// What it does for all: `discord`, `telegram`, `webhooks`.
    posts: Vec<&'static str>,
}

/// Rooms.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoomsWire {
    /// All there are.
    stored: u64,
    /// Those in memory.
    awake: usize,
    /// Those that play.
    playing: usize,
}

/// People.
#[derive(Debug, Serialize, ToSchema)]
pub struct PeopleWire {
    /// All who ever came.
    stored: u64,
    /// Those of them who have an account.
    accounts: u64,
    /// Those who are in a room now.
    here: usize,
}

/// A part of the server.
#[derive(Debug, Serialize, ToSchema)]
pub struct PartWire {
    /// `store`, `discord`, `telegram`, `activity`, `mail`, `films`, `uploads`, `relay`, `webhooks`.
    name: &'static str,
    /// `ok`; `starting`; `down`: tried again until it is there; `ended`: gone until the next start; `elsewhere`: another node has it;
    /// `off`: not set up.
    state: &'static str,
}

/// How this server is
#[utoipa::path(get, path = "/api/v1/admin/overview", tag = "admin", security(("token" = [])),
    responses((status = 200, body = Data<OverviewWire>), OwnReadRefused))]
pub(in super::super) async fn read(State(app): State<App>, _: Operator) -> Result<Data<OverviewWire>, ApiError> {
    let engine = &app.engine;
    let totals = engine.totals().await?;
    let views = engine.rooms.all_awake();
    let (awake, playing) = (views.len(), views.iter().filter(|view| view.playback.playing).count());
    let (mut doors, mut here) = (BTreeMap::new(), std::collections::BTreeSet::new());
    for view in views {
        for presence in view.presence.values() {
            *doors.entry(presence.who.door.name()).or_default() += 1;
            here.insert(presence.who.person);
        }
    }
    let sockets = app.fanout.sockets().into_iter().map(|(of, count)| (dialect(of), count)).collect();
    let data = OverviewWire {
        version: env!("CARGO_PKG_VERSION"),
        started_at: engine.clock.started().0,
        now: engine.clock.now().wall.0,
        rooms: RoomsWire { stored: totals.rooms, awake, playing },
        people: PeopleWire { stored: totals.people, accounts: totals.accounts, here: here.len() },
        sockets,
        doors,
        database_bytes: totals.bytes,
        bans: engine.addresses.list().await?.len(),
        parts: parts(&app),
        nodes: nodes(&app).await?,
    };
    Ok(Data { data })
}

/// The nodes, as the database knows them.
async fn nodes(app: &App) -> Result<Vec<NodeWire>, ApiError> {
    let Some(node) = &app.node else { return Ok(Vec::new()) };
    let nodes = node.store.nodes().await.map_err(No::from)?.into_iter().map(|head| {
        let this = head.node == node.membership.node;
        let heard = this || node.neighbours.hears(head.node);
        NodeWire {
            url: head.url.to_string(),
            this,
            state: if heard { "ok" } else { "unheard" },
            began_at: head.began.0,
            rooms: head.rooms,
            posts: head.posts.into_iter().map(Post::name).collect(),
        }
    });
    Ok(nodes.collect())
}

/// The parts of the server; that the store answers was just found out.
fn parts(app: &App) -> Vec<PartWire> {
    let bot = |platform| match app.core.stand_of(platform) {
        Standing::Off => "off",
        Standing::Starting => "starting",
        Standing::Up => "ok",
        Standing::Down => "down",
        Standing::Ended => "ended",
        Standing::Elsewhere => "elsewhere",
    };
    let is_on = |on: bool| if on { "ok" } else { "off" };
    let part = |name, state| PartWire { name, state };
    let webhooks = match &app.courier {
        Some(_) if app.engine.posts.has(Post::Webhooks) => "ok",
        Some(_) => "elsewhere",
        None => "off",
    };
    vec![
        part("store", "ok"),
        part("discord", bot(Platform::Discord)),
        part("telegram", bot(Platform::Telegram)),
        part("activity", is_on(app.activity.is_some())),
        part("mail", is_on(app.mail.is_some())),
        part("films", is_on(app.library.is_some())),
        part("uploads", is_on(app.dock.is_some())),
        part("relay", is_on(app.relay.is_some())),
        part("webhooks", webhooks),
    ]
}

fn dialect(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Native => "native",
        Dialect::OpenTogetherTube => "opentogethertube",
        Dialect::Clipper => "clipper",
    }
}
