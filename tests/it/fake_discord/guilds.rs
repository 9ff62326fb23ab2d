//! Guilds with their channels, threads, roles and voices, and what the bot may do where.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{
    APPLICATION, Channel, FakeDiscord, State, User, gateway,
    rest::{Answered, No},
};

/// Bits of permissions, as Discord numbers them.
pub(crate) mod permission {
    pub(crate) const MANAGE_GUILD: u64 = 1 << 5;
    pub(crate) const VIEW_CHANNEL: u64 = 1 << 10;
    pub(crate) const SEND_MESSAGES: u64 = 1 << 11;
    pub(crate) const MANAGE_MESSAGES: u64 = 1 << 13;
    pub(crate) const MANAGE_THREADS: u64 = 1 << 34;
    pub(crate) const CREATE_PUBLIC_THREADS: u64 = 1 << 35;
    pub(crate) const SEND_MESSAGES_IN_THREADS: u64 = 1 << 38;
    pub(crate) const CREATE_EVENTS: u64 = 1 << 44;
    pub(crate) const PIN_MESSAGES: u64 = 1 << 51;
    /// Everything but to be an administrator.
    pub(super) const ALL: u64 = ((1 << 52) - 1) & !(1 << 3);
}

/// A guild.
#[derive(Debug, Clone)]
pub(crate) struct Guild {
    pub(crate) id: u64,
    name: String,
    locale: String,
    roles: Vec<Role>,
    /// What the bot may not do in it.
    lacking: u64,
    /// Who sits in which voice channel.
    pub(super) voices: Vec<(User, Channel)>,
    /// The bot was removed.
    pub(super) left: bool,
}

impl Guild {
    /// A guild that speaks en-US and has no roles but everybody's.
    pub(crate) fn new(id: u64, name: &str) -> Self {
        Self {
            id,
            name: name.to_owned(),
            locale: "en-US".to_owned(),
            roles: Vec::new(),
            lacking: 0,
            voices: Vec::new(),
            left: false,
        }
    }

    /// The same guild with another language, such as `de`.
    pub(crate) fn speaking(self, locale: &str) -> Self {
        Self { locale: locale.to_owned(), ..self }
    }

    /// The same guild with a role more.
    pub(crate) fn with_role(mut self, role: Role) -> Self {
        self.roles.push(role);
        self
    }

    pub(super) fn role_json(&self, id: u64) -> Option<Value> {
        self.roles.iter().find(|role| role.id == id).map(|role| role.json())
    }
}

/// A role of a guild.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Role {
    pub(crate) id: u64,
    pub(crate) name: &'static str,
}

impl Role {
    fn json(self) -> Value {
        json!({
            "id": self.id.to_string(), "name": self.name, "color": 0, "hoist": false, "icon": null, "position": 1,
            "colors": {"primary_color": 0, "secondary_color": null, "tertiary_color": null}, "unicode_emoji": null,
            "permissions": "0", "managed": false, "mentionable": false, "flags": 0,
        })
    }
}

/// A channel as it stands now.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) channel: Channel,
    name: String,
    /// What the bot may not do in it.
    lacking: u64,
    pub(super) deleted: bool,
    archived: bool,
    locked: bool,
    archives_after: u64,
    pub(super) pins: Vec<u64>,
    pub(super) typing: usize,
    made_by_bot: bool,
}

/// A thread as it stands now.
#[derive(Debug, Clone)]
pub(crate) struct Thread {
    /// The thread as a place to write in.
    pub(crate) channel: Channel,
    /// The channel that it hangs on.
    pub(crate) parent: u64,
    pub(crate) name: String,
    pub(crate) archived: bool,
    pub(crate) locked: bool,
    /// Minutes of silence until it is archived.
    pub(crate) archives_after: u64,
}

impl Place {
    fn new(channel: Channel) -> Self {
        Self {
            channel,
            name: channel.name.unwrap_or_default().to_owned(),
            lacking: 0,
            deleted: false,
            archived: false,
            locked: false,
            archives_after: 1440,
            pins: Vec::new(),
            typing: 0,
            made_by_bot: false,
        }
    }

    fn is_thread(&self) -> bool {
        matches!(self.channel.kind, 10..=12)
    }

    pub(super) fn json(&self) -> Value {
        let mut json = json!({
            "id": self.channel.id.to_string(), "type": self.channel.kind, "name": self.name, "position": 0,
            "permission_overwrites": [], "nsfw": false, "parent_id": null, "last_message_id": null, "flags": 0,
        });
        if let Some(guild) = self.channel.guild() {
            json["guild_id"] = json!(guild.to_string());
        } else {
            json["recipients"] = json!([]);
        }
        if self.channel.parent != 0 {
            json["parent_id"] = json!(self.channel.parent.to_string());
        }
        if self.is_thread() {
            if self.channel.parent == 0 {
                json["parent_id"] = json!("1");
            }
            json["owner_id"] = json!(APPLICATION.to_string());
            json["thread_metadata"] = json!({
                "archived": self.archived, "locked": self.locked, "auto_archive_duration": self.archives_after,
                "archive_timestamp": "2026-01-01T00:00:00.000000+00:00", "create_timestamp": "2026-01-01T00:00:00.000000+00:00",
            });
            json["message_count"] = json!(0);
            json["member_count"] = json!(1);
        }
        json
    }

    fn thread(&self) -> Thread {
        Thread {
            channel: self.channel,
            parent: self.channel.parent,
            name: self.name.clone(),
            archived: self.archived,
            locked: self.locked,
            archives_after: self.archives_after,
        }
    }
}

fn voice_json(user: User, channel: Option<Channel>, guild: u64) -> Value {
    json!({
        "guild_id": guild.to_string(), "channel_id": channel.map(|channel| channel.id.to_string()),
        "user_id": user.id.to_string(), "member": user.member_json(), "session_id": format!("voice-{}", user.id),
        "deaf": false, "mute": false, "self_deaf": false, "self_mute": false, "self_video": false, "suppress": false,
        "request_to_speak_timestamp": null,
    })
}

impl State {
    /// A channel that somebody writes in is there. The bot hears of a new one.
    pub(super) fn knows(&mut self, channel: Channel) {
        if self.channels.contains_key(&channel.id) {
            return;
        }
        let place = Place::new(channel);
        let (json, thread) = (place.json(), place.is_thread());
        self.channels.insert(channel.id, place);
        if let Some(guild) = channel.guild().filter(|_| !channel.is_foreign()) {
            self.guilds.entry(guild).or_insert_with(|| Guild::new(guild, "Another guild"));
            let name = if thread { "THREAD_CREATE" } else { "CHANNEL_CREATE" };
            self.tell(gateway::GUILDS, Some(guild), name, &json);
        }
    }

    /// What the bot may do in a channel.
    pub(super) fn bot_permissions(&self, channel: Channel) -> u64 {
        let lacking = self.channels.get(&channel.id).map_or(0, |place| place.lacking);
        let guild = channel.guild().and_then(|guild| self.guilds.get(&guild)).map_or(0, |guild| guild.lacking);
        permission::ALL & !lacking & !guild
    }

    /// Whether the bot may do this in a channel; how Discord says no.
    pub(super) fn may(&self, channel: &str, needed: u64) -> Result<Channel, No> {
        let place = channel.parse().ok().and_then(|id: u64| self.channels.get(&id)).filter(|place| !place.deleted);
        let place = place.ok_or_else(|| No::unknown("Channel", 10_003))?;
        let channel = place.channel;
        let gone = channel.guild().and_then(|guild| self.guilds.get(&guild)).is_some_and(|guild| guild.left);
        let may = self.bot_permissions(channel);
        if channel.is_foreign() || gone || may & permission::VIEW_CHANNEL == 0 {
            return Err(No::forbidden(50_001, "Missing Access"));
        }
        let needed = match needed {
            permission::SEND_MESSAGES if place.is_thread() => permission::SEND_MESSAGES_IN_THREADS,
            needed => needed,
        };
        if needed != 0 && may & needed == 0 || (place.locked && needed == permission::SEND_MESSAGES_IN_THREADS) {
            return Err(No::forbidden(50_013, "Missing Permissions"));
        }
        Ok(channel)
    }

    /// Whether the bot may do this in a guild.
    pub(super) fn may_in_guild(&self, guild: &str, needed: u64) -> Result<u64, No> {
        let guild = guild.parse().ok().and_then(|id: u64| self.guilds.get(&id));
        let guild = guild.ok_or_else(|| No::unknown("Guild", 10_004))?;
        if guild.left {
            return Err(No::forbidden(50_001, "Missing Access"));
        }
        if guild.lacking & needed != 0 {
            return Err(No::forbidden(50_013, "Missing Permissions"));
        }
        Ok(guild.id)
    }

    /// A message in an archived thread cannot be edited; a new one takes the thread out of the archive.
    pub(super) fn wakes(&mut self, channel: u64) {
        if let Some(place) = self.channels.get_mut(&channel).filter(|place| place.archived) {
            place.archived = false;
            self.thread_changed(channel);
        }
    }

    pub(super) fn is_archived(&self, channel: u64) -> bool {
        self.channels.get(&channel).is_some_and(|place| place.archived)
    }

    fn thread_changed(&mut self, channel: u64) {
        let Some(place) = self.channels.get(&channel) else { return };
        let (json, guild) = (place.json(), place.channel.guild());
        self.tell(gateway::GUILDS, guild, "THREAD_UPDATE", &json);
    }

    /// The bot makes a thread: on a message, or without one.
    pub(super) fn make_thread(&mut self, parent: &str, message: Option<&str>, body: &Value) -> Answered {
        let parent = self.may(parent, permission::CREATE_PUBLIC_THREADS)?;
        let name = body["name"].as_str().unwrap_or_default();
        if !(1..=100).contains(&name.chars().count()) {
            return Err(No::invalid(format!("a thread's name has {} characters", name.chars().count())));
        }
        let minutes = body["auto_archive_duration"].as_u64().unwrap_or(1440);
        if !matches!(minutes, 60 | 1440 | 4320 | 10_080) {
            return Err(No::invalid(format!("a thread cannot be archived after {minutes} minutes")));
        }
        if parent.kind == 15 && body["message"].is_null() {
            return Err(No::invalid("a post of a forum needs a message"));
        }
        if !matches!(parent.kind, 0 | 5 | 15) {
            return Err(No::bad(50_024, "Cannot execute action on this channel type"));
        }
        let id = match message {
            None => self.id(),
            // A thread has the identity of the message that it hangs on.
            Some(id) => {
                let id: u64 = id.parse().map_err(|_| No::unknown("Message", 10_008))?;
                let there = self.messages.get(&id).is_some_and(|known| !known.deleted) || self.said.contains_key(&id);
                if !there {
                    return Err(No::unknown("Message", 10_008));
                }
                if self.channels.contains_key(&id) {
                    return Err(No::bad(160_004, "A thread has already been created for this message"));
                }
                id
            }
        };
        // Stories name places by constants; what the bot makes lives as long.
        let leaked: &'static str = String::leak(name.to_owned());
        let channel = Channel { id, kind: 11, name: Some(leaked), guild: parent.guild, parent: parent.id };
        let place = Place { archives_after: minutes, made_by_bot: true, ..Place::new(channel) };
        let json = place.json();
        self.channels.insert(id, place);
        self.tell(gateway::GUILDS, channel.guild(), "THREAD_CREATE", &json);
        if parent.kind == 15 {
            super::limits::new_message(self, &body["message"])?;
            super::messages::write(self, id, &body["message"]);
        }
        Ok(json)
    }

    /// The bot changes a channel: a thread's archive, its lock, its name.
    pub(super) fn change_channel(&mut self, channel: &str, body: &Value) -> Answered {
        let known = self.may(channel, 0)?;
        let may = self.bot_permissions(known);
        let place = self.channels.get_mut(&known.id).ok_or_else(|| No::unknown("Channel", 10_003))?;
        let needs_more = !place.made_by_bot || body["locked"].is_boolean();
        if needs_more && may & permission::MANAGE_THREADS == 0 {
            return Err(No::forbidden(50_013, "Missing Permissions"));
        }
        if let Some(name) = body["name"].as_str() {
            if !(1..=100).contains(&name.chars().count()) {
                return Err(No::invalid("a channel's name has 1 to 100 characters"));
            }
            name.clone_into(&mut place.name);
        }
        place.archived = body["archived"].as_bool().unwrap_or(place.archived);
        place.locked = body["locked"].as_bool().unwrap_or(place.locked);
        place.archives_after = body["auto_archive_duration"].as_u64().unwrap_or(place.archives_after);
        let json = place.json();
        self.thread_changed(known.id);
        Ok(json)
    }

    pub(super) fn guild_json(&self, id: u64, intents: u64) -> Value {
        let Some(guild) = self.guilds.get(&id) else { return Value::Null };
        let here = |thread: bool| -> Vec<Value> {
            let of_guild = |place: &&Place| {
                place.channel.guild == id && !place.deleted && !place.archived && place.is_thread() == thread
            };
            self.channels.values().filter(of_guild).map(Place::json).collect()
        };
        let mut roles = vec![Role { id, name: "@everyone" }.json()];
        roles.extend(guild.roles.iter().map(|role| role.json()));
        let heard = intents & gateway::VOICE_STATES != 0;
        let voices: Vec<Value> =
            guild.voices.iter().map(|(user, channel)| voice_json(*user, Some(*channel), id)).collect();
        let members: Vec<Value> = guild.voices.iter().map(|(user, _)| user.member_json()).collect();
        let events: Vec<Value> =
            self.events.values().filter(|event| event.guild == id).map(super::ScheduledEvent::json).collect();
        json!({
            "id": id.to_string(), "name": guild.name, "icon": null, "splash": null, "discovery_splash": null,
            "owner_id": "1", "afk_channel_id": null, "afk_timeout": 300, "verification_level": 0,
            "default_message_notifications": 0, "explicit_content_filter": 0, "roles": roles, "emojis": [],
            "features": [], "mfa_level": 0, "application_id": null, "system_channel_id": null,
            "system_channel_flags": 0, "rules_channel_id": null, "vanity_url_code": null, "description": null,
            "banner": null, "premium_tier": 0, "preferred_locale": guild.locale, "public_updates_channel_id": null,
            "nsfw_level": 0, "stickers": [], "premium_progress_bar_enabled": false,
            "safety_alerts_channel_id": null, "joined_at": "2024-01-01T00:00:00+00:00", "large": false,
            "unavailable": false, "member_count": 3, "voice_states": if heard { voices } else { Vec::new() },
            "members": if heard { members } else { Vec::new() }, "channels": here(false), "threads": here(true),
            "presences": [], "stage_instances": [], "guild_scheduled_events": events,
        })
    }

    pub(super) fn guild_locale(&self, id: u64) -> String {
        self.guilds.get(&id).map_or_else(|| "en-US".to_owned(), |guild| guild.locale.clone())
    }
}

impl FakeDiscord {
    /// A guild is there: where the bot is connected it was just added, else it is among those that it finds.
    pub(crate) fn adds_guild(&self, guild: Guild) {
        self.inner.change(|state| {
            let id = guild.id;
            state.guilds.insert(id, guild);
            let data = state.guild_json(id, u64::MAX);
            state.tell(gateway::GUILDS, Some(id), "GUILD_CREATE", &data);
        });
    }

    /// So many guilds more, each with one text channel; the channels.
    pub(crate) fn adds_guilds(&self, count: u64) -> Vec<Channel> {
        let added = (1..=count).map(|number| {
            // On different shards, where there are several.
            let id = (910_000_000_000 + number) << 22;
            let channel = Channel::text(id + 1, "general").in_guild(id);
            self.inner.change(|state| {
                state.guilds.insert(id, Guild::new(id, &format!("Guild {number}")));
                state.channels.insert(channel.id, Place::new(channel));
            });
            let guild = self.inner.state().guilds[&id].clone();
            self.adds_guild(guild);
            channel
        });
        added.collect()
    }

    /// Makes a channel known before anybody writes in it.
    pub(crate) fn has_channel(&self, channel: Channel) {
        self.inner.change(|state| state.knows(channel));
    }

    /// The bot is thrown out of a guild.
    pub(crate) fn removes_bot(&self, guild: u64) {
        self.inner.change(|state| {
            if let Some(known) = state.guilds.get_mut(&guild) {
                known.left = true;
            }
            state.tell(gateway::GUILDS, Some(guild), "GUILD_DELETE", &json!({"id": guild.to_string()}));
        });
    }

    /// A guild fails for a while at Discord, which is no removal.
    pub(crate) fn guild_fails(&self, guild: u64) {
        let data = json!({"id": guild.to_string(), "unavailable": true});
        self.inner.change(|state| state.tell(gateway::GUILDS, Some(guild), "GUILD_DELETE", &data));
    }

    /// Somebody deletes a channel or a thread.
    pub(crate) fn deletes_channel(&self, channel: Channel) {
        self.inner.change(|state| {
            state.knows(channel);
            let Some(place) = state.channels.get_mut(&channel.id) else { return };
            place.deleted = true;
            let name = if place.is_thread() { "THREAD_DELETE" } else { "CHANNEL_DELETE" };
            let data = place.json();
            state.tell(gateway::GUILDS, channel.guild(), name, &data);
        });
    }

    /// Somebody archives a thread; what stands in it cannot be edited then (400, code 50083).
    pub(crate) fn archives(&self, thread: Channel) {
        self.inner.change(|state| {
            state.knows(thread);
            state.channels.entry(thread.id).and_modify(|place| place.archived = true);
            state.thread_changed(thread.id);
        });
    }

    /// A thread as it stands now.
    pub(crate) fn thread(&self, id: u64) -> Thread {
        self.inner.state().channels[&id].thread()
    }

    /// Waits for a thread that the bot made on this channel.
    pub(crate) async fn thread_of(&self, parent: Channel, fits: impl Fn(&Thread) -> bool) -> Thread {
        self.wait("a thread", |state| {
            let mut made = state.channels.values().filter(|place| place.made_by_bot && !place.deleted);
            made.find_map(|place| Some(place.thread()).filter(|thread| thread.parent == parent.id && fits(thread)))
        })
        .await
    }

    /// The bot lacks these [`permission`] bits in a channel: 403 with 50001 without `VIEW_CHANNEL`, with 50013 else.
    /// Interactions carry the same in `app_permissions`.
    pub(crate) fn lacks(&self, channel: Channel, permissions: u64) {
        self.inner.change(|state| {
            state.knows(channel);
            state.channels.entry(channel.id).and_modify(|place| place.lacking |= permissions);
        });
    }

    /// The bot lacks these [`permission`] bits in a guild, for instance `CREATE_EVENTS`.
    pub(crate) fn lacks_in_guild(&self, guild: u64, permissions: u64) {
        self.inner.change(|state| {
            state.guilds.entry(guild).and_modify(|known| known.lacking |= permissions);
        });
    }

    /// Ends [`Self::lacks`] in a channel and [`Self::lacks_in_guild`] in its guild.
    pub(crate) fn lacks_nothing(&self, channel: Channel) {
        self.inner.change(|state| {
            state.channels.entry(channel.id).and_modify(|place| place.lacking = 0);
            state.guilds.entry(channel.guild).and_modify(|known| known.lacking = 0);
        });
    }

    /// Somebody makes a role, or renames it.
    pub(crate) fn makes_role(&self, guild: u64, role: Role) {
        self.inner.change(|state| {
            let Some(known) = state.guilds.get_mut(&guild) else { return };
            let before = known.roles.len();
            known.roles.retain(|other| other.id != role.id);
            let name = if known.roles.len() < before { "GUILD_ROLE_UPDATE" } else { "GUILD_ROLE_CREATE" };
            known.roles.push(role);
            let data = json!({"guild_id": guild.to_string(), "role": role.json()});
            state.tell(gateway::GUILDS, Some(guild), name, &data);
        });
    }

    /// Somebody deletes a role.
    pub(crate) fn deletes_role(&self, guild: u64, role: u64) {
        self.inner.change(|state| {
            state.guilds.entry(guild).and_modify(|known| known.roles.retain(|other| other.id != role));
            let data = json!({"guild_id": guild.to_string(), "role_id": role.to_string()});
            state.tell(gateway::GUILDS, Some(guild), "GUILD_ROLE_DELETE", &data);
        });
    }

    /// Somebody comes into a voice channel, from another one where they sat in one. Heard by who asked for voice states
    /// (intent 1 << 7), and found in `GUILD_CREATE` by who comes later.
    pub(crate) fn joins_voice(&self, user: User, channel: Channel) {
        self.inner.change(|state| {
            state.meets(user);
            state.knows(channel);
            let guild = channel.guild;
            if let Some(known) = state.guilds.get_mut(&guild) {
                known.voices.retain(|(other, _)| other.id != user.id);
                known.voices.push((user, channel));
            }
            let data = voice_json(user, Some(channel), guild);
            state.tell(gateway::VOICE_STATES, Some(guild), "VOICE_STATE_UPDATE", &data);
        });
    }

    /// Somebody leaves the voice channels of a channel's guild.
    pub(crate) fn leaves_voice(&self, user: User, channel: Channel) {
        self.inner.change(|state| {
            let guild = channel.guild;
            state.guilds.entry(guild).and_modify(|known| known.voices.retain(|(other, _)| other.id != user.id));
            let data = voice_json(user, None, guild);
            state.tell(gateway::VOICE_STATES, Some(guild), "VOICE_STATE_UPDATE", &data);
        });
    }

    /// The messages that are pinned in a channel.
    pub(crate) fn pins(&self, channel: Channel) -> Vec<u64> {
        self.inner.state().channels.get(&channel.id).map_or_else(Vec::new, |place| place.pins.clone())
    }

    /// How often the bot said that it types in a channel.
    pub(crate) fn typed(&self, channel: Channel) -> usize {
        self.inner.state().channels.get(&channel.id).map_or(0, |place| place.typing)
    }

    /// Somebody takes no letters from the bot (403, code 50007).
    pub(crate) fn closes_letters(&self, user: User) {
        self.inner.change(|state| state.letters_closed.push(user.id));
    }

    /// The letters between somebody and the bot, as far as the bot began some.
    pub(crate) async fn letters_to(&self, user: User) -> Channel {
        self.wait("letters to somebody", |state| {
            let id = state.letters.get(&user.id)?;
            Some(state.channels.get(id)?.channel)
        })
        .await
    }
}

/// Begins letters with somebody.
pub(super) fn begin_letters(state: &mut State, body: &Value) -> Answered {
    let to = body["recipient_id"].as_str().and_then(|id| id.parse::<u64>().ok());
    let to = to.ok_or_else(|| No::invalid("no recipient_id"))?;
    let id = match state.letters.get(&to) {
        Some(id) => *id,
        None => state.id(),
    };
    state.letters.insert(to, id);
    state.knows(Channel::direct(id));
    let user = state.users.get(&to).cloned().unwrap_or_else(|| stranger(to));
    Ok(json!({"id": id.to_string(), "type": 1, "last_message_id": null, "recipients": [user], "flags": 0}))
}

pub(super) fn stranger(id: u64) -> Value {
    json!({"id": id.to_string(), "username": format!("user{id}"), "discriminator": "0", "global_name": null, "avatar": null, "bot": false})
}

/// Letters that somebody does not take.
pub(super) fn letters_open(state: &State, channel: u64) -> Result<(), No> {
    let closed = state.letters.iter().any(|(user, id)| *id == channel && state.letters_closed.contains(user));
    if closed {
        return Err(No { status: StatusCode::FORBIDDEN, ..No::forbidden(50_007, "Cannot send messages to this user") });
    }
    Ok(())
}
