//! The rules of onecouch.
//!
//! [`room`] is the state machine of one room. [`rooms`] runs many of them as tasks and is the only thing here that reads
//! a clock; [`people`], [`places`] and [`limits`] stand beside it behind one handle, [`Engine`].
//!
//! What a host must bring is in [`ports`]. Nothing here knows HTTP, SQL or a chat platform.

pub mod acts;
pub mod addresses;
pub mod archive;
mod changes;
pub mod command;
pub mod embeds;
pub mod event;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
pub mod ids;
pub mod intake;
pub mod invites;
pub mod limits;
pub mod lists;
pub mod media;
pub mod memory;
pub mod people;
pub mod places;
pub mod playlists;
pub mod ports;
pub mod posts;
pub mod records;
pub mod refusal;
pub mod room;
pub mod rooms;
pub mod secret;
pub mod segments;
pub mod selves;
pub mod survey;
pub mod table;
pub mod text;
pub mod time;
mod turns;
pub mod uploads;
pub mod webhooks;
pub mod words;

use std::sync::Arc;

use self::{
    acts::Acts,
    addresses::Addresses,
    changes::Others,
    command::{Actor, Command},
    event::{Door, Event, EventKind},
    ids::{CallId, Entropy, RoomId},
    intake::Intake,
    limits::{Allowances, Limits, Rule},
    people::{Caller, People, PeopleSettings},
    places::Places,
    playlists::Playlists,
    ports::{Resolve, Store},
    posts::Posts,
    records::PlaceId,
    refusal::{Code, Fault, No, Refusal},
    room::{Role, RoomView},
    rooms::{Done, Earlier, Membership, NewRoom, Rooms, RoomsSettings},
    time::{Clock, Millis},
    uploads::{Uploads, UploadsSettings},
    webhooks::{Webhooks, WebhooksSettings},
};

/// What a host sets.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// How rooms are run.
    pub rooms: RoomsSettings,
    /// How much is too much.
    pub allowances: Allowances,
    /// What is set about people.
    pub people: PeopleSettings,
    /// What is set about webhooks.
    pub webhooks: WebhooksSettings,
    /// What is set about uploads.
    pub uploads: UploadsSettings,
    /// For how long a line of the log of who runs the server is kept; none where nobody says.
    pub acts_kept: Millis,
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
    /// Saved playlists.
    pub playlists: Playlists,
    /// Addresses that are told what happens in rooms.
    pub webhooks: Webhooks,
    /// Files that people bring.
    pub uploads: Uploads,
    /// What is done with an administrator's credential.
    pub acts: Acts,
    /// Where nobody may come from.
    pub addresses: Addresses,
    /// What one node at a time does for all.
    pub posts: Posts,
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
        Self::around(rooms, store, resolve, clock, settings)
    }

    /// Builds the engine of one of several nodes that share a store; see [`Rooms::clustered`].
    pub fn clustered(
        store: Arc<dyn Store>,
        resolve: Arc<dyn Resolve>,
        clock: Clock,
        settings: &Settings,
        membership: Membership,
    ) -> Self {
        let rooms = Rooms::clustered(store.clone(), clock, settings.rooms, membership);
        Self::around(rooms, store, resolve, clock, settings)
    }

    fn around(
        rooms: Rooms,
        store: Arc<dyn Store>,
        resolve: Arc<dyn Resolve>,
        clock: Clock,
        settings: &Settings,
    ) -> Self {
        let limits = Arc::new(Limits::new(settings.allowances));
        let others = match (rooms.bus(), rooms.node()) {
            (Some(bus), Some(node)) => Others::on(bus.clone(), node),
            _ => Others::default(),
        };
        let people = People::new(store.clone(), clock, limits.clone(), &settings.people).among(others.clone());
        let addresses = Addresses::new(store.clone(), clock).among(others.clone());
        let webhooks = Webhooks::new(store.clone(), rooms.clone(), people.clone(), clock, settings.webhooks);
        let webhooks = webhooks.among(others.clone());
        rooms.beside(changes::count_together(others.clone(), limits.clone(), store.clone()));
        rooms.beside(others.hear(people.clone(), addresses.clone(), webhooks.clone(), limits.clone(), clock));
        Self {
            webhooks,
            uploads: Uploads::new(store.clone(), rooms.clone(), clock, settings.uploads),
            acts: Acts::new(store.clone(), clock, settings.acts_kept),
            addresses,
            posts: Posts::new(store.clone(), rooms.clone()),
            people,
            places: Places::new(store.clone()),
            playlists: Playlists::new(store, rooms.clone(), clock),
            intake: Intake::new(rooms.clone(), resolve, limits.clone(), clock),
            limits,
            rooms,
            clock,
        }
    }

    /// A caller as somebody who asks this room: with what their credential grants, or the chat vouches for that they came in
    /// from, and as a guest if they were let in and are nothing else there.
    pub async fn actor(&self, caller: &Caller, room: RoomId, door: Door) -> Result<Actor, No> {
        let view = self.rooms.view(room).await?;
        if let Some(vouched) = &caller.vouched
            && let Some(place) = self.places.get(&vouched.place).await?
            && place.room == room
        {
            // A chat may be tied to another room, and be trusted less there, while somebody is in: so each time anew.
            return Ok(place.settings.vouched(caller.actor(door).granted(vouched.role)));
        }
        actor_in(&self.people, &view, caller, door).await
    }

    /// Takes a line of chat away: one's own, or anybody's for who moderates.
    pub async fn erase(&self, room: RoomId, actor: &Actor, line: u64) -> Result<Done, No> {
        // The room remembers the last lines only; who wrote an older one the store knows.
        let older = self.rooms.line(room, line).await?;
        let author = older.as_ref().and_then(|told| told.by.as_ref()).map(|by| by.person);
        self.rooms.command(room, actor.clone(), Command::Erase { line, author }).await
    }

    /// Gives a line of one's own another wording, within what somebody may write: it counts as a line does. `line` is the
    /// number of the event that it was. Nothing happens where it reads so already.
    ///
    /// # Errors
    ///
    /// `no_such_line`, `not_allowed` where another wrote it, and what [`say`](Self::say) is refused with, but for slow mode.
    pub async fn reword(
        &self,
        room: RoomId,
        actor: &Actor,
        from: Option<&str>,
        line: u64,
        text: String,
    ) -> Result<Done, No> {
        self.limits.take_for(Rule::Chat, actor.person, from, self.clock.play_time())?;
        let older = self.rooms.line(room, line).await?;
        let author = older.as_ref().and_then(|told| told.by.as_ref()).map(|by| by.person);
        let reads_so = older.is_some_and(|told| matches!(&told.kind, EventKind::Said(said) if *said.text == *text));
        if reads_so && author == Some(actor.person) {
            let view = self.rooms.view(room).await?;
            // Of a line that the room remembers it knows better how it reads.
            if !view.chat.iter().any(|told| told.seq == line) {
                return Ok(Done { events: Vec::new(), view });
            }
        }
        self.rooms.command(room, actor.clone(), Command::Reword { line, author, text }).await
    }

    /// Writes a line in somebody's name, within what they may write, and what all behind `from` may together: the address
    /// they come from, where the door knows it.
    pub async fn say(&self, room: RoomId, actor: Actor, from: Option<&str>, text: String) -> Result<Done, No> {
        self.limits.take_for(Rule::Chat, actor.person, from, self.clock.play_time())?;
        self.rooms.command(room, actor, Command::Say { id: Entropy.message(), text }).await
    }

    /// The same, once, however often this call is made: who was not answered makes it again. The line.
    pub async fn say_as(
        &self,
        room: RoomId,
        actor: Actor,
        from: Option<&str>,
        call: Option<CallId>,
        text: String,
    ) -> Result<Arc<Event>, No> {
        self.limits.take_for(Rule::Chat, actor.person, from, self.clock.play_time())?;
        let made = match self.rooms.earlier(room, actor.person, call).await? {
            Earlier::Made(events) => events,
            Earlier::Nothing(call) => {
                let id = call.map_or_else(|| Entropy.message(), CallId::line);
                let done = self.rooms.command(room, actor, Command::Say { id, text }).await?;
                // Where it came about only just now, nothing happened.
                let told = done.events.iter().chain(done.view.chat.iter()).find(|event| event.kind.is_line(id));
                told.cloned().into_iter().collect()
            }
        };
        made.into_iter().next().ok_or_else(|| Fault::new("a line made no event").into())
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
        self.limits.take_for(Rule::Rooms, actor.person, None, self.clock.play_time())?;
        let room = self.rooms.create(actor, NewRoom::titled(title)).await?;
        self.places.tie_first(place.clone(), room.id).await
    }
}

/// A caller as somebody who asks this room: a guest if they were let in and are nothing else there.
async fn actor_in(people: &People, view: &RoomView, caller: &Caller, door: Door) -> Result<Actor, No> {
    let actor = caller.actor(door);
    if !room::roles::needs_no_seat(view, &actor) && people.is_admitted(view.id, caller.person.id).await? {
        return Ok(actor.granted(Role::Guest));
    }
    Ok(actor)
}
