//! Activities: who is in which, and the codes by which an application learns who somebody is.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{
    APPLICATION, Channel, FakeDiscord, State, User,
    rest::{Answered, No},
};

/// The application's secret.
pub(crate) const CLIENT_SECRET: &str = "fake-client-secret";

/// All that is true of activities at the moment.
#[derive(Default)]
pub(super) struct Activities {
    /// Codes that nobody exchanged yet.
    codes: BTreeMap<String, User>,
    /// What was given for them.
    tokens: BTreeMap<String, User>,
    running: Vec<Running>,
    /// Everybody who ever opened one, for what they are in guilds.
    people: BTreeMap<u64, User>,
}

/// An activity that somebody is in.
struct Running {
    instance: String,
    channel: Channel,
    users: Vec<u64>,
}

/// What Discord's client tells the page.
#[derive(Debug, Clone)]
pub(crate) struct Opened {
    /// `instance_id` of the page's address.
    pub(crate) instance: String,
    /// What `authorize` answers.
    pub(crate) code: String,
}

impl State {
    /// Whose token this is, which the application got for a code.
    pub(super) fn bearer(&self, token: &str) -> Option<User> {
        self.activities.tokens.get(token).copied()
    }

    /// What somebody may do in a channel by themself: nothing of it is in the guild's roles here.
    pub(super) fn overwrites(&self) -> Vec<Value> {
        let of = |user: &User| json!({"id": user.id.to_string(), "type": 1, "allow": user.permissions.to_string(), "deny": "0"});
        self.activities.people.values().map(of).collect()
    }
}

/// Who somebody is, as they tell an application that they authorized to know it.
pub(super) fn me(user: User) -> Value {
    let mut me = user.json();
    me["locale"] = json!(user.locale);
    me
}

/// A code for a token, once.
pub(super) fn exchange(state: &mut State, form: &Value) -> Answered {
    let no = |status, error: &str| Err(No { status, code: 0, text: error.to_owned(), breach: false });
    if form["client_id"].as_str() != Some(&*APPLICATION.to_string()) || form["client_secret"] != CLIENT_SECRET {
        return no(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    if form["grant_type"] != "authorization_code" {
        return no(StatusCode::BAD_REQUEST, "unsupported_grant_type");
    }
    let Some(user) = form["code"].as_str().and_then(|code| state.activities.codes.remove(code)) else {
        return no(StatusCode::BAD_REQUEST, "invalid_grant");
    };
    let token = format!("token-{}", state.id());
    state.activities.tokens.insert(token.clone(), user);
    Ok(json!({
        "access_token": token, "token_type": "Bearer", "expires_in": 604_800, "refresh_token": "x", "scope": "identify",
    }))
}

/// An activity that runs.
pub(super) fn instance(state: &State, application: &str, instance: &str) -> Answered {
    let running = state.activities.running.iter().find(|running| running.instance == instance);
    let running = running.filter(|_| application == APPLICATION.to_string());
    let running = running.ok_or_else(|| No { text: "404: Not Found".to_owned(), ..No::unknown("", 0) })?;
    let Running { instance, channel, users } = running;
    let users: Vec<String> = users.iter().map(u64::to_string).collect();
    let mut location = json!({
        "id": instance.split_once('-').map_or("", |(_, id)| id), "kind": if channel.guild == 0 { "pc" } else { "gc" },
        "channel_id": channel.id.to_string(),
    });
    if let Some(guild) = channel.guild() {
        location["guild_id"] = json!(guild.to_string());
    }
    Ok(json!({
        "application_id": APPLICATION.to_string(), "instance_id": instance, "launch_id": "1", "location": location,
        "users": users,
    }))
}

/// Somebody in a guild that the bot is in.
pub(super) fn member(state: &State, guild: &str, user: &str) -> Answered {
    state.may_in_guild(guild, 0)?;
    let user = user.parse().ok().and_then(|id: u64| state.activities.people.get(&id));
    user.map(|user| user.member_json()).ok_or_else(|| No::unknown("Member", 10_007))
}

impl FakeDiscord {
    /// Somebody opens the activity in a channel, or comes into the one that runs there.
    pub(crate) fn opens_activity(&self, channel: Channel, user: User) -> Opened {
        self.inner.change(|state| {
            state.knows(channel);
            state.activities.people.insert(user.id, user);
            let id = state.id();
            let known = state.activities.running.iter_mut().find(|running| running.channel == channel);
            let instance = match known {
                Some(running) => {
                    running.users.retain(|here| *here != user.id);
                    running.users.push(user.id);
                    running.instance.clone()
                }
                None => {
                    let instance = match channel.guild() {
                        Some(guild) => format!("i-{id}-gc-{guild}-{}", channel.id),
                        None => format!("i-{id}-pc-{}", channel.id),
                    };
                    let users = vec![user.id];
                    state.activities.running.push(Running { instance: instance.clone(), channel, users });
                    instance
                }
            };
            Opened { instance, code: state.gives_code(user) }
        })
    }

    /// Another code for somebody, as `authorize` gives one each time.
    pub(crate) fn gives_code(&self, user: User) -> String {
        self.inner.change(|state| state.gives_code(user))
    }

    /// Somebody closes the activity. Where they were the last, it is over.
    pub(crate) fn closes_activity(&self, user: User) {
        self.inner.change(|state| {
            for running in &mut state.activities.running {
                running.users.retain(|here| *here != user.id);
            }
            state.activities.running.retain(|running| !running.users.is_empty());
        });
    }
}

impl State {
    fn gives_code(&mut self, user: User) -> String {
        let code = format!("code-{}", self.id());
        self.activities.codes.insert(code.clone(), user);
        code
    }
}
