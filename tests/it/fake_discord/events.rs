//! Scheduled events of guilds.

use serde_json::{Value, json};

use super::{
    APPLICATION, FakeDiscord, State, gateway,
    guilds::permission,
    rest::{Answered, No},
};

/// A scheduled event as it stands now.
#[derive(Debug, Clone)]
pub(crate) struct ScheduledEvent {
    pub(crate) id: u64,
    pub(crate) guild: u64,
    pub(crate) name: String,
    pub(crate) location: String,
    pub(crate) description: String,
    /// ISO 8601, as it was sent.
    pub(crate) start: String,
    pub(crate) end: String,
    /// 1 scheduled, 2 active, 3 completed, 4 cancelled.
    pub(crate) status: u64,
    pub(crate) deleted: bool,
}

impl ScheduledEvent {
    pub(super) fn json(&self) -> Value {
        json!({
            "id": self.id.to_string(), "guild_id": self.guild.to_string(), "channel_id": null, "entity_id": null,
            "creator_id": APPLICATION.to_string(), "name": self.name, "description": self.description,
            "scheduled_start_time": self.start, "scheduled_end_time": self.end, "privacy_level": 2,
            "status": self.status, "entity_type": 3, "entity_metadata": {"location": self.location}, "user_count": 0,
            "image": null,
        })
    }

    /// Takes over what a body says; what is wrong with it.
    fn fill(&mut self, body: &Value, now: jiff::Timestamp) -> Result<(), No> {
        let text = |key: &str, old: &str| body[key].as_str().map_or_else(|| old.to_owned(), str::to_owned);
        self.name = text("name", &self.name);
        self.description = text("description", &self.description);
        self.start = text("scheduled_start_time", &self.start);
        self.end = text("scheduled_end_time", &self.end);
        if let Some(location) = body["entity_metadata"]["location"].as_str() {
            location.clone_into(&mut self.location);
        }
        let count = |text: &str| text.chars().count();
        let time = |text: &str| text.parse::<jiff::Timestamp>().ok();
        let mut problems = Vec::new();
        for (what, text, least, most) in [
            ("name", &self.name, 1, 100),
            ("location", &self.location, 1, 100),
            ("description", &self.description, 0, 1000),
        ] {
            if !(least..=most).contains(&count(text)) {
                problems.push(format!("an event's {what} has {} characters, {least} to {most} are taken", count(text)));
            }
        }
        match (time(&self.start), time(&self.end)) {
            (Some(start), Some(end)) if end > start && (end > now) => {
                if start <= now && !body["scheduled_start_time"].is_null() {
                    problems.push("an event cannot be scheduled in the past".to_owned());
                }
            }
            _ => problems.push(format!("an event from {:?} to {:?}", self.start, self.end)),
        }
        for (key, only) in [("entity_type", 3), ("privacy_level", 2)] {
            if !body[key].is_null() && body[key] != only {
                problems.push(format!("an event's {key} is {only} here, not {}", body[key]));
            }
        }
        if let Some(status) = body["status"].as_u64() {
            match (self.status, status) {
                (1, 2 | 4) | (2, 3) => self.status = status,
                (now, then) if now == then => {}
                (now, then) => problems.push(format!("an event of status {now} cannot become one of status {then}")),
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(No::invalid(problems.join("; "))) }
    }
}

#[expect(clippy::disallowed_methods, reason = "this Discord has the clock of the world")]
fn now() -> jiff::Timestamp {
    std::time::SystemTime::now().try_into().unwrap()
}

pub(super) fn create(state: &mut State, guild: &str, body: &Value) -> Answered {
    let guild = state.may_in_guild(guild, permission::CREATE_EVENTS)?;
    if body["entity_type"] != 3 || body["privacy_level"] != 2 {
        return Err(No::invalid("an event elsewhere has entity_type 3 and privacy_level 2"));
    }
    let alive =
        state.events.values().filter(|event| event.guild == guild && !event.deleted && event.status < 3).count();
    if alive >= 100 {
        return Err(No::bad(30_038, "Maximum number of guild scheduled events reached (100)"));
    }
    let empty = String::new;
    let mut event = ScheduledEvent {
        id: state.id(),
        guild,
        name: empty(),
        location: empty(),
        description: empty(),
        start: empty(),
        end: empty(),
        status: 1,
        deleted: false,
    };
    event.fill(body, now())?;
    let json = event.json();
    state.events.insert(event.id, event);
    state.tell(gateway::SCHEDULED_EVENTS, Some(guild), "GUILD_SCHEDULED_EVENT_CREATE", &json);
    Ok(json)
}

fn known<'a>(state: &'a mut State, guild: u64, id: &str) -> Result<&'a mut ScheduledEvent, No> {
    let event = id.parse().ok().and_then(|id: u64| state.events.get_mut(&id));
    let event = event.filter(|event| event.guild == guild && !event.deleted);
    event.ok_or_else(|| No::unknown("Guild Scheduled Event", 10_070))
}

pub(super) fn get(state: &mut State, guild: &str, id: &str) -> Answered {
    let guild = state.may_in_guild(guild, 0)?;
    known(state, guild, id).map(|event| event.json())
}

pub(super) fn change(state: &mut State, guild: &str, id: &str, body: &Value) -> Answered {
    let guild = state.may_in_guild(guild, permission::CREATE_EVENTS)?;
    let event = known(state, guild, id)?;
    if event.status > 2 {
        return Err(No { breach: false, ..No::bad(180_000, "Cannot update a finished event") });
    }
    let mut new = event.clone();
    new.fill(body, now())?;
    event.clone_from(&new);
    let json = new.json();
    state.tell(gateway::SCHEDULED_EVENTS, Some(guild), "GUILD_SCHEDULED_EVENT_UPDATE", &json);
    Ok(json)
}

pub(super) fn delete(state: &mut State, guild: &str, id: &str) -> Answered {
    let guild = state.may_in_guild(guild, permission::CREATE_EVENTS)?;
    let event = known(state, guild, id)?;
    event.deleted = true;
    let json = event.json();
    state.tell(gateway::SCHEDULED_EVENTS, Some(guild), "GUILD_SCHEDULED_EVENT_DELETE", &json);
    Ok(Value::Null)
}

impl FakeDiscord {
    /// Waits for a scheduled event of a guild; deleted ones are among them.
    pub(crate) async fn event_of(&self, guild: u64, fits: impl Fn(&ScheduledEvent) -> bool) -> ScheduledEvent {
        self.wait("a scheduled event", |state| {
            state.events.values().rfind(|event| event.guild == guild && fits(event)).cloned()
        })
        .await
    }

    /// The scheduled events that stand in a guild.
    pub(crate) fn events(&self, guild: u64) -> Vec<ScheduledEvent> {
        let state = self.inner.state();
        state.events.values().filter(|event| event.guild == guild && !event.deleted).cloned().collect()
    }

    /// Somebody deletes a scheduled event.
    pub(crate) fn deletes_event(&self, event: &ScheduledEvent) {
        self.inner.change(|state| {
            if let Some(known) = state.events.get_mut(&event.id) {
                known.deleted = true;
            }
            state.tell(gateway::SCHEDULED_EVENTS, Some(event.guild), "GUILD_SCHEDULED_EVENT_DELETE", &event.json());
        });
    }
}
