//! All rooms, whoever's they are.

use axum::extract::State;
use engine::{
    ids::RoomId,
    room::Visibility,
    survey::{Glance, ListedRoom, Which},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    super::{
        Data, Page,
        refused::{OwnDeedRefused, OwnReadRefused},
    },
    page_of, words,
};
use crate::{
    app::App,
    dialects::native::wire::{ItemWire, settings::SettingsWire},
    http::{
        error::ApiError,
        extract::{InRoom, Params},
        operator::Operator,
    },
};

/// Which rooms, and which page of them.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Rooms {
    /// Words of the title or of the host's name, or all of an identity, invite, code or name; 64 characters at most.
    search: Option<String>,
    /// `all`, where nobody says; `awake`: in memory; `attended`: somebody is there; `playing`; `asleep`: on disk alone.
    state: Option<StateOf>,
    /// How many: 1 to 100, 50 where nobody says.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
    /// `next` of the page before.
    after: Option<Uuid>,
}

/// The states that rooms are looked for by.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StateOf {
    /// All that are stored.
    #[default]
    All,
    /// In memory.
    Awake,
    /// Somebody is there.
    Attended,
    /// It plays.
    Playing,
    /// On disk alone.
    Asleep,
}

impl From<StateOf> for Which {
    fn from(state: StateOf) -> Self {
        match state {
            StateOf::All => Self::All,
            StateOf::Awake => Self::Awake,
            StateOf::Attended => Self::Attended,
            StateOf::Playing => Self::Playing,
            StateOf::Asleep => Self::Asleep,
        }
    }
}

/// A room, as who runs the server sees it in lists.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListedRoomWire {
    /// The room.
    id: Uuid,
    /// Its title.
    title: String,
    /// When it was made, in Unix milliseconds.
    made_at: i64,
    /// Whether everybody sees it in the list of rooms.
    public: bool,
    /// Whose it is.
    host: Option<HostWire>,
    /// How it is at this moment; null where it is on disk alone.
    now: Option<AwakeWire>,
    /// The address of the node that has it; null where there is one node, or none has it.
    node: Option<String>,
}

/// Whose a room is.
#[derive(Debug, Serialize, ToSchema)]
pub struct HostWire {
    /// The person.
    person: Uuid,
    /// Their name, where they are still known.
    name: Option<String>,
}

/// A room in memory.
#[derive(Debug, Serialize, ToSchema)]
pub struct AwakeWire {
    /// How many people are there.
    people: usize,
    /// How many connections they have.
    connections: usize,
    /// Whether it plays.
    playing: bool,
    /// What is on.
    title: Option<String>,
    /// `live`, `soon`, `ended`, `disabled` or `record`.
    #[schema(value_type = String)]
    status: engine::room::Status,
}

impl From<Glance> for AwakeWire {
    fn from(glance: Glance) -> Self {
        let Glance { people, connections, playing, title, status, .. } = glance;
        Self { people, connections, playing, title, status }
    }
}

impl From<ListedRoom> for ListedRoomWire {
    fn from(room: ListedRoom) -> Self {
        let ListedRoom { head, host_name, awake, node } = room;
        Self {
            id: head.id.0,
            title: head.title.to_string(),
            made_at: head.made_at.0,
            public: head.public,
            host: head.host.map(|host| HostWire { person: host.0, name: host_name.map(|name| name.to_string()) }),
            now: awake.map(AwakeWire::from),
            node: node.map(|url| url.to_string()),
        }
    }
}

/// Somebody's connection in a room.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConnectionWire {
    /// The person.
    person: Uuid,
    /// Their name.
    name: String,
    /// `guest`, `registered`, `trusted`, `moderator`, `cohost` or `host`.
    #[schema(value_type = String)]
    role: engine::room::Role,
    /// The door they came by.
    door: &'static str,
    /// Whether they watch.
    watches: bool,
    /// Since when, in Unix milliseconds.
    since: i64,
}

/// A room, as who runs the server sees all of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoomDetailWire {
    /// The room.
    id: Uuid,
    /// Its title.
    title: String,
    /// When it was made, in Unix milliseconds.
    made_at: i64,
    /// When something last happened in it.
    touched_at: i64,
    /// Whose it is.
    host: Option<HostWire>,
    /// How it is.
    now: AwakeWire,
    /// What is on.
    current: Option<ItemWire>,
    /// Where it stands, in milliseconds.
    position_ms: i64,
    /// How many are queued.
    queued: usize,
    /// How many lines of chat there were.
    lines: u64,
    /// Who may come in: `invite`, `unlisted`, `public`, …
    #[schema(value_type = String)]
    visibility: Visibility,
    /// What it is set to.
    #[schema(value_type = Object)]
    settings: SettingsWire,
    /// Who is there.
    connections: Vec<ConnectionWire>,
    /// The chats that it is tied to: `discord:1234`, `telegram:-100/5`.
    places: Vec<String>,
    /// The link that lets in.
    invite_url: String,
}

/// All rooms, the newest first
#[utoipa::path(get, path = "/api/v1/admin/rooms", tag = "admin", security(("token" = [])), params(Rooms),
    responses((status = 200, body = Page<ListedRoomWire>), OwnReadRefused))]
pub(in super::super) async fn list(
    State(app): State<App>,
    _: Operator,
    Params(asked): Params<Rooms>,
) -> Result<Page<ListedRoomWire>, ApiError> {
    let limit = page_of(asked.limit)?;
    let (search, which) = (words(asked.search.as_deref())?, asked.state.unwrap_or_default().into());
    let mut rooms = app.engine.survey_rooms(search, which, asked.after.map(RoomId), limit + 1).await?;
    let more = rooms.len() > limit;
    rooms.truncate(limit);
    let next = rooms.last().filter(|_| more).map(|room| room.head.id.to_string());
    Ok(Page { data: rooms.into_iter().map(ListedRoomWire::from).collect(), next })
}

/// One room, and who is there
#[utoipa::path(get, path = "/api/v1/admin/rooms/{id}", tag = "admin", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code")),
    responses((status = 200, body = Data<RoomDetailWire>), OwnDeedRefused))]
pub(in super::super) async fn read(
    State(app): State<App>,
    _: Operator,
    InRoom(room): InRoom,
) -> Result<Data<RoomDetailWire>, ApiError> {
    let view = app.engine.rooms.view(room).await?;
    let places = app.engine.places.of(room).await?;
    let connections = view.presence.values().map(|presence| ConnectionWire {
        person: presence.who.person.0,
        name: presence.who.name.to_string(),
        role: presence.role,
        door: presence.who.door.name(),
        watches: presence.watches,
        since: presence.since.0,
    });
    let data = RoomDetailWire {
        id: view.id.0,
        title: view.settings.title.to_string(),
        made_at: view.made_at.0,
        touched_at: view.touched_at.0,
        host: view.host().map(|(person, member)| HostWire { person: person.0, name: Some(member.name.to_string()) }),
        now: Glance::of(&view).into(),
        current: view.current.as_deref().map(ItemWire::abroad),
        position_ms: view.position(app.engine.clock.play_time()).0,
        queued: view.queue.len(),
        lines: view.tally.lines,
        visibility: view.settings.visibility,
        settings: SettingsWire::from(&*view.settings),
        connections: connections.collect(),
        places: places.iter().map(|place| place.id.to_string()).collect(),
        invite_url: crate::dialects::native::wire::invite_url(&app.public_url, &view.invite),
    };
    Ok(Data { data })
}
