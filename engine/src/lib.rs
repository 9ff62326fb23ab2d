//! The rules of onecouch.
//!
//! [`room`] is the state machine of one room. [`rooms`] runs many of them as tasks and is the only thing here that reads
//! a clock; [`people`], [`places`] and [`limits`] stand beside it behind one handle, [`Engine`].
//!
//! What a host must bring is in [`ports`]. Nothing here knows HTTP, SQL or a chat platform.

pub mod command;
pub mod event;
pub mod ids;
pub mod intake;
pub mod limits;
pub mod media;
pub mod memory;
pub mod people;
pub mod places;
pub mod ports;
pub mod records;
pub mod refusal;
pub mod room;
pub mod rooms;
pub mod secret;
pub mod table;
pub mod text;
pub mod time;

use std::sync::Arc;

use self::{
    command::Actor,
    event::Door,
    ids::RoomId,
    intake::Intake,
    limits::{Allowances, Limits, Rule},
    people::{Caller, People},
    places::Places,
    ports::{Resolve, Store},
    records::{AliasKind, PlaceId},
    refusal::{Code, No, Refusal},
    room::{Role, RoomView},
    rooms::{NewRoom, Rooms, RoomsSettings},
    secret::Secret,
    time::Clock,
};

/// What a host sets.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// How rooms are run.
    pub rooms: RoomsSettings,
    /// How much is too much.
    pub allowances: Allowances,
    /// A credential with every right, where one is configured.
    pub bootstrap_key: Option<Secret>,
}

/// The one handle behind every door.
#[derive(Clone)]
pub struct Engine {
    /// Rooms.
    pub rooms: Rooms,
    /// People.
    pub people: People,
    /// Chats that rooms are tied to.
    pub places: Places,
    /// How much is too much.
    pub limits: Arc<Limits>,
    /// From links to items.
    pub intake: Intake,
    /// The present.
    pub clock: Clock,
}

impl Engine {
    /// Builds the engine on what the host brings. Must be called within a tokio runtime.
    pub fn new(store: Arc<dyn Store>, resolve: Arc<dyn Resolve>, clock: Clock, settings: &Settings) -> Self {
        let rooms = Rooms::new(store.clone(), clock, settings.rooms);
        Self {
            people: People::new(store.clone(), clock, settings.bootstrap_key.as_ref().map(Secret::reveal)),
            places: Places::new(store),
            limits: Arc::new(Limits::new(settings.allowances)),
            intake: Intake::new(rooms.clone(), resolve, clock),
            rooms,
            clock,
        }
    }

    /// A caller as somebody who asks this room: with what their credential grants, and as a guest if they were let in and
    /// are nothing else there.
    pub async fn actor(&self, caller: &Caller, room: RoomId, door: Door) -> Result<Actor, No> {
        let actor = caller.actor(door);
        let view = self.rooms.view(room).await?;
        if room::roles::role_of(&view, &actor).is_none() && self.people.is_admitted(room, caller.person.id).await? {
            return Ok(actor.granted(Role::Guest));
        }
        Ok(actor)
    }

    /// The room that an invite token names. A wrong guess costs `from`, the guesser's address.
    pub async fn invited(&self, token: &str, from: &str) -> Result<Arc<RoomView>, No> {
        let room = self.named(AliasKind::Invite, token, from).await?.ok_or(Code::NoSuchInvite)?;
        self.rooms.view(room).await
    }

    /// The room that somebody names by something that could be guessed.
    ///
    /// Each guess is paid for before it is looked at, and given back where it was right: so guesses sent at once cost as
    /// much as guesses one after the other. There is a budget per address, and one for all addresses together.
    pub async fn named(&self, kind: AliasKind, value: &str, from: &str) -> Result<Option<RoomId>, No> {
        let now = self.clock.play_time();
        self.limits.take(Rule::WrongInvites, from, now)?;
        if let Err(no) = self.limits.take(Rule::WrongInvitesOfAll, "", now) {
            self.limits.give_back(Rule::WrongInvites, from);
            return Err(no.into());
        }
        let found = self.rooms.find(kind, value).await;
        if !matches!(found, Ok(None)) {
            self.limits.give_back(Rule::WrongInvites, from);
            self.limits.give_back(Rule::WrongInvitesOfAll, "");
        }
        found
    }

    /// The room of a chat.
    pub async fn room_of(&self, place: &PlaceId) -> Result<RoomId, No> {
        self.places.get(place).await?.map(|place| place.room).ok_or_else(|| Refusal::new(Code::NoRoomHere).into())
    }

    /// The room of a chat, made now where the chat has none. Of two who ask at once the first makes it; the room of the
    /// other is left to nobody.
    pub async fn room_for(&self, place: &PlaceId, actor: &Actor, title: Option<String>) -> Result<RoomId, No> {
        if let Some(tied) = self.places.get(place).await? {
            return Ok(tied.room);
        }
        self.limits.take(Rule::Rooms, &actor.person.to_string(), self.clock.play_time())?;
        let room = self.rooms.create(actor, NewRoom { title, ..NewRoom::default() }).await?;
        self.places.tie_first(place.clone(), room.id).await
    }
}
