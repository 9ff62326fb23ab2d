//! Chats that rooms are tied to, what each is set to, and what holds for the communities they are in.

use std::{sync::Arc, time::Duration};

use moka::sync::Cache;

use crate::{
    ids::RoomId,
    people::memory,
    ports::{Change, Store},
    records::{Community, Find, Key, Place, PlaceId, PlaceSettings, Platform, Record},
    refusal::{No, Refusal},
    room::Role,
    turns::Turns,
};

/// All places.
#[derive(Clone)]
pub struct Places {
    store: Arc<dyn Store>,
    /// Whose turn it is to read a record, change it and write it: a store can make a write depend on whether a record is
    /// there, not on what is in it.
    turns: Arc<Turns>,
    /// Communities that were asked for lately, also those of which nothing is stored: every command in them asks. Filled
    /// and emptied in turn only, so that what was read before a write is not remembered after it.
    communities: Cache<(Platform, i64), Option<Community>>,
}

/// For how long a community is remembered: a write that nobody waited for to the end is known that late.
const REMEMBERED: Duration = Duration::from_mins(1);

impl Places {
    /// Places on a store.
    pub fn new(store: Arc<dyn Store>) -> Self {
        let turns = Arc::new(Turns::of_each(store.clone(), "places"));
        Self { store, turns, communities: memory(REMEMBERED) }
    }

    /// The place, if a room is tied to it.
    pub async fn get(&self, id: &PlaceId) -> Result<Option<Place>, No> {
        match self.store.get(Key::Place(id.clone())).await? {
            Some(Record::Place(place)) => Ok(Some(place)),
            _ => Ok(None),
        }
    }

    /// Ties a chat to a room; unties it from the one before. What the chat is set to stays.
    pub async fn tie(&self, id: PlaceId, room: RoomId) -> Result<Place, No> {
        self.tie_with(id, room, |_| {}).await
    }

    /// The same, and changes what the chat is set to in the same moment.
    pub async fn tie_with(
        &self,
        id: PlaceId,
        room: RoomId,
        change: impl FnOnce(&mut PlaceSettings),
    ) -> Result<Place, No> {
        let turn = self.turns.of(&id.to_string()).await?;
        let before = self.get(&id).await?;
        // Tied to the same room again, the chat has its card already.
        let card = before.as_ref().filter(|before| before.room == room).and_then(|before| before.card);
        let mut settings = before.map(|before| before.settings).unwrap_or_default();
        change(&mut settings);
        let place = Place { id, room, card, settings };
        turn.still().await?;
        self.store.put(vec![Record::Place(place.clone())]).await?;
        Ok(place)
    }

    /// Ties a chat to a room, unless it is tied to one; the room it is tied to now.
    pub async fn tie_first(&self, id: PlaceId, room: RoomId) -> Result<RoomId, No> {
        loop {
            let place = Place { id: id.clone(), room, card: None, settings: PlaceSettings::default() };
            if self.store.claim(vec![Record::Place(place)]).await? {
                return Ok(room);
            }
            if let Some(first) = self.get(&id).await? {
                return Ok(first.room);
            }
        }
    }

    /// Ties a chat to a room instead of one that is over, unless somebody was faster; the room it is tied to now.
    pub async fn tie_instead(&self, id: &PlaceId, over: RoomId, room: RoomId) -> Result<RoomId, No> {
        let edited = self.edit(id, |place| {
            if place.room == over {
                (place.room, place.card) = (room, None);
                place.settings.guests_only = false;
            }
        });
        match edited.await? {
            Some(place) => Ok(place.room),
            None => self.tie_first(id.clone(), room).await,
        }
    }

    /// Unties a chat, and forgets what it was set to.
    pub async fn untie(&self, id: &PlaceId) -> Result<(), No> {
        let turn = self.turns.of(&id.to_string()).await?;
        turn.still().await?;
        self.store.delete(Key::Place(id.clone())).await
    }

    /// Changes what a chat is set to; the place after it, none where no room is tied to it. Of two changes at the same time
    /// none is lost.
    pub async fn change(&self, id: &PlaceId, change: impl FnOnce(&mut PlaceSettings)) -> Result<Option<Place>, No> {
        self.edit(id, |place| change(&mut place.settings)).await
    }

    /// Writes down which message shows the live card.
    pub async fn set_card(&self, id: &PlaceId, card: Option<i64>) -> Result<(), No> {
        self.edit(id, |place| place.card = card).await.map(drop)
    }

    async fn edit(&self, id: &PlaceId, edit: impl FnOnce(&mut Place)) -> Result<Option<Place>, No> {
        let turn = self.turns.of(&id.to_string()).await?;
        let Some(before) = self.get(id).await? else { return Ok(None) };
        let mut place = before.clone();
        edit(&mut place);
        if place == before {
            return Ok(Some(place));
        }
        turn.still().await?;
        // A room that is deleted takes its chats along, whosever turn it is: they must not come back.
        let put = vec![Record::Place(place.clone())];
        let change = Change { held: vec![Key::Place(id.clone())], put, ..Change::default() };
        Ok(self.store.change(change).await?.then_some(place))
    }

    /// A chat got another identity: a Telegram group that grew into a supergroup. What it is set to moves along; the card
    /// stayed behind.
    pub async fn moved(&self, from: &PlaceId, to: PlaceId) -> Result<(), No> {
        if *from == to {
            return Ok(());
        }
        let (first, second) = self.turns.of_both(&from.to_string(), &to.to_string()).await?;
        if let Some(place) = self.get(from).await? {
            let from = Key::Place(from.clone());
            let put = vec![Record::Place(Place { id: to, card: None, ..place })];
            let change = Change { held: vec![from.clone()], put, delete: vec![from], ..Change::default() };
            for turn in [Some(&first), second.as_ref()].into_iter().flatten() {
                turn.still().await?;
            }
            self.store.change(change).await?;
        }
        Ok(())
    }

    /// The chats that a room is tied to.
    pub async fn of(&self, room: RoomId) -> Result<Vec<Place>, No> {
        Ok(places(self.store.find(Find::PlacesOf(room)).await?))
    }

    /// All chats of a platform.
    pub async fn on(&self, platform: Platform) -> Result<Vec<Place>, No> {
        Ok(places(self.store.find(Find::PlacesOn(platform)).await?))
    }

    /// What holds for a community; none where nothing was ever set. Costs nothing where it was asked for lately.
    pub async fn community(&self, platform: Platform, id: i64) -> Result<Option<Community>, No> {
        if let Some(known) = self.communities.get(&(platform, id)) {
            return Ok(known);
        }
        let _here = self.turns.here(&community_key(platform, id)).await;
        match self.communities.get(&(platform, id)) {
            Some(known) => Ok(known),
            None => self.look_up(platform, id).await,
        }
    }

    /// Says what people with one of a community's roles are in its rooms: a co-host at most; nothing by it where none.
    ///
    /// # Errors
    ///
    /// `bad_input` for the host's role and for [`Role::Registered`], which nobody is made, and where [`Community::RANKS_LIMIT`] others have a rank.
    pub async fn set_rank(
        &self,
        platform: Platform,
        id: i64,
        platform_role: i64,
        role: Option<Role>,
    ) -> Result<Community, No> {
        self.change_community(platform, id, |community| {
            match role {
                Some(role) if role > Role::Cohost => {
                    return Err(Refusal::input("A role can make people co-hosts at most. Choose a lower rank."));
                }
                Some(Role::Registered) => {
                    return Err(Refusal::input("Nobody is made registered: it is who has an account."));
                }
                Some(role) => drop(community.ranks.insert(platform_role, role)),
                None => drop(community.ranks.remove(&platform_role)),
            }
            if community.ranks.len() > Community::RANKS_LIMIT {
                let limit = Community::RANKS_LIMIT;
                return Err(Refusal::input(format_args!("{limit} roles have a rank already. Take one away first.")));
            }
            Ok(())
        })
        .await
    }

    /// Says in which language a community is spoken to: BCP 47; in the platform's own where none.
    pub async fn set_community_locale(
        &self,
        platform: Platform,
        id: i64,
        locale: Option<String>,
    ) -> Result<Community, No> {
        self.change_community(platform, id, |community| {
            community.locale = locale;
            Ok(())
        })
        .await
    }

    async fn change_community(
        &self,
        platform: Platform,
        id: i64,
        change: impl FnOnce(&mut Community) -> Result<(), Refusal>,
    ) -> Result<Community, No> {
        let turn = self.turns.of(&community_key(platform, id)).await?;
        // Not as it is remembered: another node may have changed it since.
        let before = self.look_up(platform, id).await?;
        let mut community = before.clone().unwrap_or_else(|| Community::new(platform, id));
        change(&mut community)?;
        if before.as_ref() != Some(&community) {
            // Forgotten first: nobody may take it for what it was, whatever becomes of the write.
            self.communities.invalidate(&(platform, id));
            turn.still().await?;
            self.store.put(vec![Record::Community(community.clone())]).await?;
            self.communities.insert((platform, id), Some(community.clone()));
        }
        Ok(community)
    }

    /// Reads a community, and remembers it. Only for whose turn it is, at least in this process.
    async fn look_up(&self, platform: Platform, id: i64) -> Result<Option<Community>, No> {
        let community = match self.store.get(Key::Community(platform, id)).await? {
            Some(Record::Community(community)) => Some(community),
            _ => None,
        };
        self.communities.insert((platform, id), community.clone());
        Ok(community)
    }
}

/// Under what a community is changed: apart from its chats, as they are written.
fn community_key(platform: Platform, id: i64) -> String {
    format!("{} {id}", platform.name())
}

fn places(records: Vec<Record>) -> Vec<Place> {
    records
        .into_iter()
        .filter_map(|record| match record {
            Record::Place(place) => Some(place),
            _ => None,
        })
        .collect()
}
