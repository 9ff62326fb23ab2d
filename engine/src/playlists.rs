//! Saved playlists: of a person, or of a room.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Engine,
    command::{Actor, Command, Spot},
    event::Door,
    ids::{Entropy, PersonId, PlaylistId, RoomId},
    lists,
    media::{Item, Media},
    people::Caller,
    ports::Store,
    records::{Find, Key, Record},
    refusal::{Code, No, Refusal},
    room::{Permission, RoomView, roles},
    rooms::{Done, Rooms},
    text,
    time::{Clock, Millis, WallTime},
};

/// How many playlists a person or a room may have.
const PLAYLISTS: usize = 100;
/// How many entries a playlist may have.
pub const ENTRIES: usize = lists::LIMIT;
/// How many characters the name of a playlist may have.
const NAME_LIMIT: usize = 100;

/// Whose a playlist is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// A person's: theirs alone.
    Person(PersonId),
    /// A room's: of those who may add to its queue.
    Room(RoomId),
}

impl Owner {
    /// As the text that finds it.
    pub fn uuid(&self) -> Uuid {
        match self {
            Self::Person(person) => person.0,
            Self::Room(room) => room.0,
        }
    }
}

/// A saved playlist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Playlist {
    /// Its identity.
    pub id: PlaylistId,
    /// Whose it is.
    pub owner: Owner,
    /// Its name: 1 to 100 characters, one of a kind among those of its owner.
    pub name: String,
    /// When it was made.
    pub made_at: WallTime,
    /// What stands in it, in order.
    pub entries: Vec<Entry>,
}

/// An entry of a playlist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What it plays.
    pub media: Arc<Media>,
    /// Where it begins, if not at its beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Millis>,
    /// Where it ends, if not at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Millis>,
    /// Link of its subtitles.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subtitles: Option<Arc<str>>,
}

impl From<&Item> for Entry {
    fn from(item: &Item) -> Self {
        Self { media: item.media.clone(), start: item.start, end: item.end, subtitles: item.subtitles.clone() }
    }
}

/// All playlists.
#[derive(Clone)]
pub struct Playlists {
    store: Arc<dyn Store>,
    rooms: Rooms,
    clock: Clock,
}

impl Playlists {
    pub(crate) fn new(store: Arc<dyn Store>, rooms: Rooms, clock: Clock) -> Self {
        Self { store, rooms, clock }
    }

    /// Those of a person or a room, by name.
    pub async fn of(&self, owner: Owner) -> Result<Vec<Playlist>, No> {
        let found = self.store.find(Find::PlaylistsOf(owner.uuid())).await?;
        let playlist = |record| if let Record::Playlist(playlist) = record { Some(playlist) } else { None };
        let mut playlists: Vec<_> = found.into_iter().filter_map(playlist).collect();
        playlists.sort_by_key(|playlist| playlist.name.to_lowercase());
        Ok(playlists)
    }

    async fn find(&self, id: PlaylistId) -> Result<Playlist, No> {
        match self.store.get(Key::Playlist(id)).await? {
            Some(Record::Playlist(playlist)) => Ok(playlist),
            _ => Err(Code::NoSuchPlaylist.into()),
        }
    }

    /// Whose one is.
    pub async fn owner(&self, id: PlaylistId) -> Result<Owner, No> {
        Ok(self.find(id).await?.owner)
    }

    /// One of them, for somebody who may see it.
    pub async fn get(&self, id: PlaylistId, actor: &Actor) -> Result<Playlist, No> {
        let playlist = self.find(id).await?;
        match playlist.owner {
            Owner::Person(person) if person == actor.person => Ok(playlist),
            // Whoever may not see it is not told that it is there.
            Owner::Person(_) => Err(Code::NoSuchPlaylist.into()),
            Owner::Room(room) => {
                let view = self.rooms.view(room).await?;
                roles::enter(&view, actor)?;
                Ok(playlist)
            }
        }
    }

    /// Makes one.
    pub async fn make(&self, owner: Owner, actor: &Actor, name: &str, entries: Vec<Entry>) -> Result<Playlist, No> {
        self.require_change(owner, actor).await?;
        check(&entries)?;
        let known = self.of(owner).await?;
        if known.len() >= PLAYLISTS {
            return Err(Refusal::new(Code::TooManyPlaylists).with("limit", PLAYLISTS).into());
        }
        let name = free_name(&known, None, name)?;
        let made_at = self.clock.now().wall;
        let playlist = Playlist { id: Entropy.playlist(), owner, name, made_at, entries };
        self.store.put(vec![Record::Playlist(playlist.clone())]).await?;
        Ok(playlist)
    }

    /// Saves what is on in a room and what comes, as a playlist of the room or of whoever saves it.
    pub async fn save_queue(&self, view: &RoomView, owner: Owner, actor: &Actor, name: &str) -> Result<Playlist, No> {
        roles::enter(view, actor)?;
        let entries: Vec<_> = view.current.iter().chain(view.queue.iter()).map(|item| Entry::from(&**item)).collect();
        if entries.is_empty() {
            return Err(Code::QueueEmpty.into());
        }
        self.make(owner, actor, name, entries.into_iter().take(ENTRIES).collect()).await
    }

    /// Gives one another name or other entries.
    pub async fn change(
        &self,
        id: PlaylistId,
        actor: &Actor,
        name: Option<&str>,
        entries: Option<Vec<Entry>>,
    ) -> Result<Playlist, No> {
        let mut playlist = self.get(id, actor).await?;
        self.require_change(playlist.owner, actor).await?;
        if let Some(name) = name {
            playlist.name = free_name(&self.of(playlist.owner).await?, Some(id), name)?;
        }
        if let Some(entries) = entries {
            check(&entries)?;
            playlist.entries = entries;
        }
        self.store.put(vec![Record::Playlist(playlist.clone())]).await?;
        Ok(playlist)
    }

    /// Deletes one.
    pub async fn delete(&self, id: PlaylistId, actor: &Actor) -> Result<(), No> {
        let playlist = self.get(id, actor).await?;
        self.require_change(playlist.owner, actor).await?;
        self.store.delete(Key::Playlist(id)).await
    }

    /// Puts all of one into a room's queue, for somebody who is known to that room alone: it is theirs, or the room's.
    pub async fn queue(&self, id: PlaylistId, room: RoomId, actor: &Actor, spot: Spot) -> Result<Done, No> {
        let playlist = self.get(id, actor).await?;
        if playlist.owner != Owner::Person(actor.person) && playlist.owner != Owner::Room(room) {
            return Err(Code::NoSuchPlaylist.into());
        }
        self.load(playlist, room, actor, spot).await
    }

    /// Puts all of one, which somebody was found to be allowed to see, into a room's queue.
    async fn load(&self, playlist: Playlist, room: RoomId, actor: &Actor, spot: Spot) -> Result<Done, No> {
        if playlist.entries.is_empty() {
            return Err(Code::QueueEmpty.into());
        }
        let now = self.clock.now().wall;
        let items = playlist.entries.into_iter().map(|entry| {
            let item = Item::new(Entropy.item(), Media::clone(&entry.media), actor.who(), now);
            let Entry { media, start, end, subtitles } = entry;
            Arc::new(Item { media, start, end, subtitles, ..item })
        });
        self.rooms.command(room, actor.clone(), Command::Add { items: items.collect(), spot }).await
    }

    /// Takes one away that nobody owns any more.
    pub(crate) async fn drop(&self, id: PlaylistId) -> Result<(), No> {
        self.store.delete(Key::Playlist(id)).await
    }

    /// What was somebody's is somebody else's now; names that both used get a number.
    pub(crate) async fn give(&self, from: PersonId, to: PersonId) -> Result<(), No> {
        let mut known = self.of(Owner::Person(to)).await?;
        for mut playlist in self.of(Owner::Person(from)).await? {
            playlist.owner = Owner::Person(to);
            let name = playlist.name.clone();
            let mut number = 2;
            while known.iter().any(|other| other.name.to_lowercase() == playlist.name.to_lowercase()) {
                playlist.name = format!("{name} ({number})");
                number += 1;
            }
            known.push(playlist.clone());
            self.store.put(vec![Record::Playlist(playlist)]).await?;
        }
        Ok(())
    }

    /// A room's playlists are changed by those who may add to its queue.
    async fn require_change(&self, owner: Owner, actor: &Actor) -> Result<(), No> {
        match owner {
            Owner::Person(person) if person == actor.person => Ok(()),
            Owner::Person(_) => Err(Code::NoSuchPlaylist.into()),
            Owner::Room(room) => {
                let view = self.rooms.view(room).await?;
                roles::require(&view, actor, Permission::Add)?;
                Ok(())
            }
        }
    }
}

impl Engine {
    /// A playlist, for somebody who may see it where it belongs.
    pub async fn playlist(&self, id: PlaylistId, caller: &Caller, door: Door) -> Result<Playlist, No> {
        let reader = match self.playlists.owner(id).await? {
            Owner::Room(owner) => self.actor(caller, owner, door).await?,
            Owner::Person(_) => caller.actor(door),
        };
        self.playlists.get(id, &reader).await
    }

    /// Puts all of a playlist into a room's queue. What somebody is in that room says nothing about the room whose playlist
    /// it is: each is asked for itself.
    pub async fn load_playlist(
        &self,
        id: PlaylistId,
        room: RoomId,
        caller: &Caller,
        door: Door,
        spot: Spot,
    ) -> Result<Done, No> {
        let playlist = self.playlist(id, caller, door).await?;
        let actor = self.actor(caller, room, door).await?;
        self.playlists.load(playlist, room, &actor, spot).await
    }
}

fn check(entries: &[Entry]) -> Result<(), Refusal> {
    if entries.len() > ENTRIES {
        return Err(Refusal::new(Code::QueueFull).with("limit", ENTRIES));
    }
    Ok(())
}

/// A name that no other of these playlists has.
fn free_name(known: &[Playlist], own: Option<PlaylistId>, name: &str) -> Result<String, Refusal> {
    let name = text::line(name, NAME_LIMIT)?;
    let same = |playlist: &Playlist| playlist.name.to_lowercase() == name.to_lowercase() && Some(playlist.id) != own;
    if known.iter().any(same) {
        return Err(Refusal::new(Code::NameTaken).with("name", name));
    }
    Ok(name)
}
