//! A room's schedule as an event of the guilds that it is watched in. What somebody deletes there stays deleted until the
//! room is to open at another time.

use std::{collections::HashMap, sync::Arc};

use engine::{
    ids::RoomId,
    records::{Place, PlaceId, Platform},
    room::{RoomView, Status},
    time::{Millis, WallTime},
};
use poise::serenity_prelude as serenity;
use serde_json::{Value, json};
use serenity::http::{LightMethod, Route};

use super::wire::{Refused, Wire, identity};
use crate::{Core, reply::shortened};

/// How long an event lasts whose room does not say when it closes: Discord wants to know.
const LONG: Millis = Millis::seconds(3 * 3600);
/// How long an event's name and place may be.
const LIMIT: usize = 100;
/// What is stored in place of an event that somebody deleted, with the time that it was for.
const DELETED: &str = "deleted:";

/// The event of one room, in each guild.
pub(super) struct Mirror {
    core: Core,
    wire: Arc<Wire>,
    room: RoomId,
    /// What was written last, by place: an equal one is not written again.
    drawn: HashMap<PlaceId, Option<Event>>,
}

/// What an event shows.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Event {
    name: String,
    link: String,
    start: WallTime,
    end: WallTime,
}

impl Event {
    fn body(&self) -> Value {
        json!({
            "entity_type": 3,
            "privacy_level": 2,
            "name": self.name,
            "entity_metadata": {"location": self.link},
            "scheduled_start_time": stamp(self.start),
            "scheduled_end_time": stamp(self.end),
        })
    }
}

fn stamp(at: WallTime) -> String {
    jiff::Timestamp::from_millisecond(at.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_string()
}

impl Mirror {
    pub(super) fn new(core: Core, wire: Arc<Wire>, room: RoomId) -> Self {
        Self { core, wire, room, drawn: HashMap::new() }
    }

    /// Whether an event stands that must be kept true.
    pub(super) fn stands(&self) -> bool {
        self.drawn.values().any(Option::is_some)
    }

    /// Makes all events of the room what it says. An error means: worth another try later.
    pub(super) async fn draw(&mut self, view: &RoomView) -> Result<(), ()> {
        let now = self.core.engine().clock.now().wall;
        let waits = view.schedule.status == Status::Soon;
        let wanted = view.schedule.start.filter(|start| waits && start.0 > now.0).map(|start| {
            let end = view.schedule.end.filter(|end| end.0 > start.0).unwrap_or(WallTime(start.0 + LONG.0));
            let link = self.core.invite_link(view);
            Event { name: shortened(&view.settings.title, LIMIT), link, start, end }
        });
        let over = view.schedule.start.is_none();
        if wanted.is_none() && !self.stands() && (!over || !self.drawn.is_empty()) {
            // It has begun, and Discord knows by itself; or there was none.
            return Ok(());
        }
        let Ok(places) = self.core.engine().places.of(self.room).await else { return Err(()) };
        let mut guilds = Vec::new();
        let mut result = Ok(());
        for place in places.iter().filter(|place| place.id.platform == Platform::Discord) {
            let Some(guild) = place.settings.community.filter(|guild| !guilds.contains(guild)) else { continue };
            guilds.push(guild);
            if self.drawn.get(&place.id) == Some(&wanted) {
                continue;
            }
            match self.draw_one(guild, place, wanted.as_ref(), over).await {
                Ok(()) => drop(self.drawn.insert(place.id.clone(), wanted.clone())),
                Err(refused) if refused.is_gone() || refused.is_bad() => {
                    // Who asked for it was told what is lacking.
                    tracing::debug!(place = %place.id, ?refused, "Discord takes no event");
                    self.drawn.insert(place.id.clone(), wanted.clone());
                }
                Err(refused) => {
                    tracing::debug!(place = %place.id, ?refused, "an event could not be written yet");
                    result = Err(());
                }
            }
        }
        result
    }

    async fn draw_one(&self, guild: i64, place: &Place, wanted: Option<&Event>, over: bool) -> Result<(), Refused> {
        let Some(guild) = identity(guild) else { return Ok(()) };
        let known = place.settings.event.as_deref();
        match (known, wanted) {
            (None, None) => Ok(()),
            (None, Some(event)) => self.create(guild, place, event).await,
            (Some(id), wanted) if id.starts_with(DELETED) => match wanted {
                Some(event) if id[DELETED.len()..] != event.start.0.to_string() => {
                    self.create(guild, place, event).await
                }
                Some(_) => Ok(()),
                None if over => self.write_down(place, None).await,
                None => Ok(()),
            },
            (Some(id), Some(event)) => match self.change(guild, id, &event.body()).await {
                // Somebody deleted it, or it is over.
                Err(Refused::No { status: 404, .. }) => {
                    self.write_down(place, Some(format!("{DELETED}{}", event.start.0))).await
                }
                changed => changed,
            },
            (Some(id), None) if over => {
                match self.change(guild, id, &json!({"status": 4})).await {
                    // Begun, over, or deleted: there is nothing left to cancel.
                    Err(refused) if refused.is_bad() || refused.is_gone() => {}
                    cancelled => cancelled?,
                }
                self.write_down(place, None).await
            }
            (Some(_), None) => Ok(()),
        }
    }

    async fn create(&self, guild: std::num::NonZeroU64, place: &Place, event: &Event) -> Result<(), Refused> {
        let route = Route::GuildScheduledEvents { guild_id: guild.into() };
        let made: Value = self.wire.ask(guild.get(), LightMethod::Post, route, Some(&event.body())).await?;
        self.write_down(place, made["id"].as_str().map(str::to_owned)).await
    }

    async fn change(&self, guild: std::num::NonZeroU64, id: &str, body: &Value) -> Result<(), Refused> {
        let event = id.parse().ok().and_then(identity).ok_or(Refused::No { status: 404, code: 0 })?;
        let route = Route::GuildScheduledEvent { guild_id: guild.into(), event_id: event.into() };
        self.wire.tell(guild.get(), LightMethod::Patch, route, Some(body)).await
    }

    async fn write_down(&self, place: &Place, event: Option<String>) -> Result<(), Refused> {
        let stored = self.core.engine().places.change(&place.id, |settings| settings.event = event).await;
        if let Err(no) = stored {
            tracing::error!(place = %place.id, %no, "which event stands for a schedule could not be stored");
        }
        Ok(())
    }
}
