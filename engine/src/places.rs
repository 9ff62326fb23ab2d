//! Chats that rooms are tied to.

use std::sync::Arc;

use crate::{
    ids::RoomId,
    ports::Store,
    records::{Find, Key, Place, PlaceId, Platform, Record},
    refusal::No,
};

/// All places.
#[derive(Clone)]
pub struct Places {
    store: Arc<dyn Store>,
}

impl Places {
    /// Places on a store.
    pub fn new(store: Arc<dyn Store>) -> Self {
        Self { store }
    }

    /// The place, if a room is tied to it.
    pub async fn get(&self, id: &PlaceId) -> Result<Option<Place>, No> {
        match self.store.get(Key::Place(id.clone())).await? {
            Some(Record::Place(place)) => Ok(Some(place)),
            _ => Ok(None),
        }
    }

    /// Ties a chat to a room; unties it from the one before.
    pub async fn tie(&self, id: PlaceId, room: RoomId) -> Result<Place, No> {
        let place = Place { id, room, card: None };
        self.store.put(vec![Record::Place(place.clone())]).await?;
        Ok(place)
    }

    /// Ties a chat to a room, unless it is tied to one; the room it is tied to now.
    pub async fn tie_first(&self, id: PlaceId, room: RoomId) -> Result<RoomId, No> {
        loop {
            let place = Place { id: id.clone(), room, card: None };
            if self.store.claim(vec![Record::Place(place)]).await? {
                return Ok(room);
            }
            if let Some(first) = self.get(&id).await? {
                return Ok(first.room);
            }
        }
    }

    /// Unties a chat.
    pub async fn untie(&self, id: &PlaceId) -> Result<(), No> {
        Ok(self.store.delete(Key::Place(id.clone())).await?)
    }

    /// Writes down which message shows the live card.
    pub async fn set_card(&self, id: &PlaceId, card: Option<i64>) -> Result<(), No> {
        if let Some(place) = self.get(id).await? {
            self.store.put(vec![Record::Place(Place { card, ..place })]).await?;
        }
        Ok(())
    }

    /// A chat got another identity: a Telegram group that grew into a supergroup. The card stayed behind.
    pub async fn moved(&self, from: &PlaceId, to: PlaceId) -> Result<(), No> {
        if let Some(place) = self.get(from).await? {
            self.tie(to, place.room).await?;
            self.untie(from).await?;
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
