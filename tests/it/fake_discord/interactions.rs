//! What people do that wants an answer: commands, completions, buttons, menus, modals. And the answers.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{
    APPLICATION, Channel, FakeDiscord, Message, State, User, limits, list,
    messages::{self, EPHEMERAL},
    rest::{Answered, No},
};

/// How long Discord waits for the first answer to an interaction.
const FIRST_ANSWER: Duration = Duration::from_secs(3);
/// How long the token of an interaction can be used.
const TOKEN_LIFE: Duration = Duration::from_mins(15);
/// How many follow-ups an app has where it is only somebody's own.
const FOREIGN_FOLLOW_UPS: usize = 5;

/// Something that a person did and that wants an answer.
#[derive(Debug, Clone)]
pub(super) struct Interaction {
    /// 2 a command, 3 a component, 4 a completion, 5 a modal.
    kind: u64,
    channel: Channel,
    user: User,
    at: Instant,
    /// The type of the first answer, and how long it took.
    pub(super) first: Option<(u64, Duration)>,
    /// Messages of the answer, in order.
    messages: Vec<u64>,
    /// The message whose component this is.
    target: Option<u64>,
    /// The type of the option that is completed.
    focused: u64,
    choices: Option<Vec<Choice>>,
    modal: Option<Value>,
    follow_ups: usize,
    expired: bool,
    /// No answer is expected any more.
    pub(super) excused: bool,
}

/// How an interaction was answered.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    /// The type of the first answer: 4 a message, 5 "thinking", 6 nothing to see, 7 the message changed, 8 choices, 9 a
    /// modal, 12 the activity.
    pub(crate) first: u64,
    /// How long the first answer took.
    pub(crate) after: Duration,
    /// What was written, where something was; with 7 the message that changed.
    pub(crate) message: Option<Message>,
}

impl Answer {
    /// What was written. A story that expects nothing asks `message` instead.
    pub(crate) fn message(&self) -> &Message {
        self.message.as_ref().expect("the answer is a message")
    }

    /// What can be read in it.
    pub(crate) fn text(&self) -> String {
        self.message().text()
    }
}

/// What a completion offers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Choice {
    /// What the person reads.
    pub(crate) name: String,
    /// What the command is given.
    pub(crate) value: Value,
}

/// A modal that was opened.
#[derive(Debug, Clone)]
pub(crate) struct Modal {
    pub(crate) title: String,
    pub(crate) custom_id: String,
    /// Its inputs as they were sent, each with `custom_id` and `label`.
    pub(crate) inputs: Vec<Value>,
}

/// What a story holds in hand to ask for the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Asked(u64);

impl Asked {
    /// The identity of the interaction; its token is `answer-` and this.
    pub(crate) fn id(self) -> u64 {
        self.0
    }
}

/// What somebody does, before it is an interaction.
pub(super) struct Deed {
    pub(super) kind: u64,
    pub(super) data: Value,
    pub(super) target: Option<u64>,
    pub(super) focused: u64,
}

impl Interaction {
    pub(super) fn is_late(&self) -> bool {
        self.first.is_none() && !self.excused && self.at.elapsed() > FIRST_ANSWER
    }
}

impl State {
    pub(super) fn overdue(&mut self) {
        let mut late = Vec::new();
        for (id, interaction) in &self.interactions {
            if interaction.is_late() {
                late.push(format!("interaction {id} has no answer after 3 s"));
            }
        }
        self.problems.extend(late);
    }

    fn event(&self, id: u64, channel: Channel, user: User, deed: &Deed) -> Value {
        let foreign = channel.is_foreign();
        let owners = if foreign {
            json!({"1": user.id.to_string()})
        } else {
            json!({"0": channel.guild().map_or_else(|| "0".to_owned(), |guild| guild.to_string())})
        };
        let context = match channel.kind {
            1 => 1,
            3 => 2,
            _ => 0,
        };
        let mut event = json!({
            "id": id.to_string(), "application_id": APPLICATION.to_string(), "type": deed.kind, "data": deed.data,
            "channel_id": channel.id.to_string(), "token": format!("answer-{id}"), "version": 1,
            "app_permissions": self.bot_permissions(channel).to_string(), "locale": user.locale, "entitlements": [],
            "authorizing_integration_owners": owners, "context": context,
            "channel": {"id": channel.id.to_string(), "type": channel.kind, "name": channel.name,
                        "permissions": user.permissions.to_string()},
            "attachment_size_limit": 524_288_000,
        });
        if channel.parent != 0 {
            event["channel"]["parent_id"] = json!(channel.parent.to_string());
        }
        if let Some(target) = deed.target.and_then(|id| self.messages.get(&id)) {
            event["message"] = target.json();
        }
        match channel.guild() {
            None => event["user"] = user.json(),
            Some(guild) => {
                event["guild_id"] = json!(guild.to_string());
                event["guild_locale"] = json!(self.guild_locale(guild));
                event["member"] = user.member_json();
            }
        }
        event
    }
}

impl FakeDiscord {
    pub(super) fn interact(&self, channel: Channel, user: User, deed: &Deed) -> Asked {
        self.inner.change(|state| {
            state.meets(user);
            state.knows(channel);
            if channel.kind == 1 {
                state.letters.insert(user.id, channel.id);
            }
            let id = state.id();
            let event = state.event(id, channel, user, deed);
            let interaction = Interaction {
                kind: deed.kind,
                channel,
                user,
                at: Instant::now(),
                first: None,
                messages: Vec::new(),
                target: deed.target,
                focused: deed.focused,
                choices: None,
                modal: None,
                follow_ups: 0,
                expired: false,
                excused: false,
            };
            state.interactions.insert(id, interaction);
            let guild = channel.guild().filter(|_| !channel.is_foreign());
            state.tell(0, guild, "INTERACTION_CREATE", &event);
            Asked(id)
        })
    }

    /// A person presses a button, by its label, emoji or custom_id.
    pub(crate) fn presses(&self, channel: Channel, message: &Message, label: &str, user: User) -> Asked {
        let now = self.message(message.id);
        assert!(!now.deleted, "nobody can press a button of a deleted message");
        let button = now.button(label).unwrap_or_else(|| panic!("no button {label} among {:?}", now.labels()));
        assert!(button["disabled"] != true, "{label} cannot be pressed");
        let id = button["custom_id"].as_str().unwrap_or_else(|| panic!("{label} is a link"));
        let data = json!({"custom_id": id, "component_type": 2, "id": 1});
        self.interact(channel, user, &Deed { kind: 3, data, target: Some(now.id), focused: 0 })
    }

    /// Somebody sends a button that they made up.
    pub(crate) fn forges(&self, channel: Channel, message: &Message, custom_id: &str, user: User) -> Asked {
        let data = json!({"custom_id": custom_id, "component_type": 2, "id": 1});
        self.interact(channel, user, &Deed { kind: 3, data, target: Some(message.id), focused: 0 })
    }

    /// A person chooses from the menu of a message, by labels or values. `menu` is its custom_id or placeholder, or empty
    /// where there is only one.
    pub(crate) fn chooses(
        &self,
        channel: Channel,
        message: &Message,
        menu: &str,
        choices: &[&str],
        user: User,
    ) -> Asked {
        let now = self.message(message.id);
        let menus = now.menus();
        let found = menus.iter().find(|one| menu.is_empty() || one["custom_id"] == menu || one["placeholder"] == menu);
        let found = found.unwrap_or_else(|| panic!("no menu {menu:?} among {menus:?}"));
        let options = list(&found["options"]);
        let value = |choice: &&str| {
            let option = options.iter().find(|option| option["label"] == *choice || option["value"] == *choice);
            let option = option.unwrap_or_else(|| panic!("no option {choice:?} among {options:?}"));
            option["value"].clone()
        };
        let values: Vec<Value> = choices.iter().map(value).collect();
        let (least, most) = (found["min_values"].as_u64().unwrap_or(1), found["max_values"].as_u64().unwrap_or(1));
        assert!((least..=most).contains(&(values.len() as u64)), "{least} to {most} can be chosen");
        let data = json!({"custom_id": found["custom_id"], "component_type": 3, "id": 1, "values": values});
        self.interact(channel, user, &Deed { kind: 3, data, target: Some(now.id), focused: 0 })
    }

    /// Waits for the modal that an interaction was answered with.
    pub(crate) async fn modal(&self, asked: Asked) -> Modal {
        let data = self.wait("a modal", |state| state.interactions.get(&asked.0)?.modal.clone()).await;
        let text = |key: &str| data[key].as_str().unwrap_or_default().to_owned();
        let input = |row: &Value| {
            let mut input = list(&row["components"]).first().unwrap_or(&row["component"]).clone();
            if row["label"].is_string() {
                input["label"] = row["label"].clone();
            }
            input
        };
        let inputs = list(&data["components"]).iter().map(input).filter(Value::is_object).collect();
        Modal { title: text("title"), custom_id: text("custom_id"), inputs }
    }

    /// The person fills in the modal and sends it: values by label or custom_id. What is left out keeps its prefilled value.
    /// What Discord's client would not send fails the story.
    pub(crate) async fn submits(&self, asked: Asked, values: &[(&str, &str)]) -> Asked {
        let modal = self.modal(asked).await;
        let of = |input: &Value| {
            let given = values.iter().find(|(name, _)| input["label"] == *name || input["custom_id"] == *name);
            let value = given.map_or_else(|| input["value"].as_str().unwrap_or_default(), |(_, value)| *value);
            let (length, most) = (value.chars().count() as u64, input["max_length"].as_u64().unwrap_or(4000));
            let least = input["min_length"].as_u64().unwrap_or_else(|| u64::from(input["required"] != false));
            let skipped = length == 0 && input["required"] == false;
            assert!(
                skipped || (least..=most).contains(&length),
                "{} takes {least} to {most} characters",
                input["label"]
            );
            json!({"type": 1, "components": [{"type": 4, "custom_id": input["custom_id"], "value": value}]})
        };
        for (name, _) in values {
            let known = modal.inputs.iter().any(|input| input["label"] == *name || input["custom_id"] == *name);
            assert!(known, "no input {name:?} in {:?}", modal.inputs);
        }
        let rows: Vec<Value> = modal.inputs.iter().map(of).collect();
        let (channel, user, target) = {
            let state = self.inner.state();
            let known = &state.interactions[&asked.0];
            (known.channel, known.user, known.target)
        };
        let data = json!({"custom_id": modal.custom_id, "components": rows});
        self.interact(channel, user, &Deed { kind: 5, data, target, focused: 0 })
    }

    /// Waits for the whole answer: where it began with "thinking", for what came of it. With 6 there is no message, even
    /// if something follows: see [`Self::follow_up_to`].
    pub(crate) async fn answer_to(&self, asked: Asked) -> Answer {
        self.wait("an answer", |state| {
            let interaction = state.interactions.get(&asked.0)?;
            let (first, after) = interaction.first?;
            if matches!(first, 6 | 8 | 9 | 12) {
                return Some(Answer { first, after, message: None });
            }
            let mut messages = interaction.messages.iter().filter_map(|id| state.messages.get(id));
            let message = match messages.rfind(|message| !message.thinking && !message.deleted) {
                Some(message) => message,
                None if first == 7 => state.messages.get(&interaction.target?)?,
                None => return None,
            };
            Some(Answer { first, after, message: Some(message.clone()) })
        })
        .await
    }

    /// Waits for the first answer alone: its type.
    pub(crate) async fn first_answer_to(&self, asked: Asked) -> u64 {
        self.wait("a first answer", |state| state.interactions.get(&asked.0)?.first.map(|(kind, _)| kind)).await
    }

    /// Waits for a message that follows a first answer of any type; the last one.
    pub(crate) async fn follow_up_to(&self, asked: Asked) -> Message {
        self.wait("a message that follows", |state| {
            let interaction = state.interactions.get(&asked.0)?;
            let shown = usize::from(matches!(interaction.first?.0, 4 | 5));
            let mut messages = interaction.messages.iter().skip(shown).filter_map(|id| state.messages.get(id));
            messages.rfind(|message| !message.deleted).cloned()
        })
        .await
    }

    /// Waits for what a completion offers.
    pub(crate) async fn choices(&self, asked: Asked) -> Vec<Choice> {
        self.wait("choices", |state| state.interactions.get(&asked.0)?.choices.clone()).await
    }

    /// The token of an interaction cannot be used any more, as after 15 minutes (401, code 50027).
    pub(crate) fn expires(&self, asked: Asked) {
        self.inner.change(|state| {
            state.interactions.entry(asked.0).and_modify(|known| known.expired = true);
        });
    }

    /// An interaction needs no answer: the story takes the bot away meanwhile.
    pub(crate) fn excuses(&self, asked: Asked) {
        self.inner.change(|state| {
            state.interactions.entry(asked.0).and_modify(|known| known.excused = true);
        });
    }

    /// The application has an activity, so that commands may be answered by launching it (type 12).
    pub(crate) fn has_activity(&self) {
        self.inner.change(|state| state.has_activity = true);
    }
}

/// The first answer.
pub(super) fn callback(state: &mut State, id: &str, token: &str, body: &Value, wants_body: bool) -> Answered {
    let unknown = || No { breach: true, ..No::unknown("interaction", 10_062) };
    let id: u64 = id.parse().map_err(|_| unknown())?;
    let interaction = state.interactions.get(&id).filter(|_| token == format!("answer-{id}")).ok_or_else(unknown)?;
    if interaction.excused && interaction.first.is_none() {
        return Err(No { breach: false, ..unknown() });
    }
    if interaction.first.is_some() {
        return Err(No::bad(40_060, "Interaction has already been acknowledged."));
    }
    let after = interaction.at.elapsed();
    if after > FIRST_ANSWER {
        return Err(unknown());
    }
    let kind = body["type"].as_u64().unwrap_or_default();
    let data = &body["data"];
    let (of, target, focused) = (interaction.kind, interaction.target, interaction.focused);
    let fits = match kind {
        4 | 5 | 12 => matches!(of, 2 | 3 | 5),
        6 | 7 => of == 3 || (of == 5 && target.is_some()),
        8 => of == 4,
        9 => matches!(of, 2 | 3),
        _ => false,
    };
    if !fits {
        return Err(No::invalid(format!("an interaction of type {of} cannot be answered with type {kind}")));
    }
    match kind {
        4 => limits::new_message(state, data)?,
        8 => limits::choices(data, focused)?,
        9 => limits::modal(data)?,
        12 if !state.has_activity => return Err(No::invalid("this application has no activity to launch")),
        _ => {}
    }
    let channel = interaction.channel.id;
    let mut shown = None;
    match (kind, target) {
        (4 | 5, _) => {
            let message = messages::write(state, channel, data);
            state.messages.entry(message).and_modify(|message| message.thinking = kind == 5);
            shown = Some(message);
        }
        (7, Some(target)) => {
            if state.messages.get(&target).is_some_and(|message| message.deleted) {
                return Err(No::unknown("Message", 10_008));
            }
            messages::edit(state, target, data)?;
        }
        _ => {}
    }
    let message = shown.or(target).and_then(|id| state.messages.get(&id)).map(Message::json);
    if let Some(interaction) = state.interactions.get_mut(&id) {
        interaction.first = Some((kind, after));
        interaction.messages.extend(shown);
        if kind == 8 {
            let choice = |choice: &Value| Choice {
                name: choice["name"].as_str().unwrap_or_default().to_owned(),
                value: choice["value"].clone(),
            };
            interaction.choices = Some(list(&data["choices"]).iter().map(choice).collect());
        }
        if kind == 9 {
            interaction.modal = Some(data.clone());
        }
    }
    if !wants_body {
        return Ok(Value::Null);
    }
    Ok(json!({
        "interaction": {"id": id.to_string(), "type": of, "response_message_id": null, "response_message_ephemeral": false},
        "resource": {"type": kind, "message": message},
    }))
}

/// The first follow-up to "thinking" takes its place, and who sees it was settled then; all others are messages more.
pub(super) fn follow_up(state: &mut State, token: &str, body: &Value) -> Answered {
    let id = answered(state, token)?;
    limits::new_message(state, body)?;
    let interaction = state.interactions.get(&id).ok_or_else(|| No::unknown("Webhook", 10_015))?;
    let channel = interaction.channel;
    let waiting = interaction
        .messages
        .iter()
        .copied()
        .find(|id| state.messages.get(id).is_some_and(|message| message.thinking && !message.deleted));
    if let Some(message) = waiting {
        messages::fill(state, message, body);
        let message = state.messages.entry(message).and_modify(|message| {
            message.thinking = false;
            if body["flags"].as_u64().unwrap_or_default() & messages::V2 != 0 {
                message.flags |= messages::V2;
            }
        });
        return Ok(message.or_insert_with(|| unreachable!("it was found before")).json());
    }
    if channel.is_foreign() && interaction.follow_ups >= FOREIGN_FOLLOW_UPS {
        return Err(No::bad(40_094, "This interaction has reached the maximum number of follow up messages"));
    }
    let mut body = body.clone();
    if channel.is_foreign() && state.bot_permissions(channel) & (1 << 11) == 0 {
        // Who may not write there is heard by one person only.
        body["flags"] = json!(body["flags"].as_u64().unwrap_or_default() | EPHEMERAL);
    }
    let message = messages::write(state, channel.id, &body);
    if let Some(interaction) = state.interactions.get_mut(&id) {
        interaction.messages.push(message);
        interaction.follow_ups += 1;
    }
    Ok(state.messages[&message].json())
}

fn answered(state: &State, token: &str) -> Result<u64, No> {
    let id = token.strip_prefix("answer-").and_then(|id| id.parse::<u64>().ok());
    let known = id.and_then(|id| Some((id, state.interactions.get(&id)?)));
    let (id, known) = known.ok_or_else(|| No { breach: true, ..No::unknown("Webhook", 10_015) })?;
    if known.expired || known.at.elapsed() > TOKEN_LIFE {
        let status = StatusCode::UNAUTHORIZED;
        return Err(No { status, breach: false, ..No::bad(50_027, "Invalid Webhook Token") });
    }
    if known.first.is_none() {
        return Err(No { breach: !known.excused, ..No::unknown("Webhook", 10_015) });
    }
    Ok(id)
}

/// A message that can be reached by the token of an interaction.
pub(super) fn of_answer(state: &State, token: &str, id: &str) -> Result<u64, No> {
    let interaction = answered(state, token)?;
    let known = &state.interactions[&interaction];
    let message = match id {
        "@original" if matches!(known.first, Some((6 | 7, _))) => known.target,
        "@original" => known.messages.first().copied(),
        id => id.parse().ok().filter(|id| known.messages.contains(id) || known.target == Some(*id)),
    };
    let message = message.and_then(|id| state.messages.get(&id)).filter(|message| !message.deleted);
    message.map(|message| message.id).ok_or_else(|| No::unknown("Message", 10_008))
}
