//! What a socket is told: one object, which always says where the film is. Its clients take that from whatever comes, so it is
//! true on a line of chat as well.

use engine::{
    ids::{PersonId, RoomId},
    refusal::{Code, Refusal},
    room::{Role, RoomView},
    time::PlayTime,
};
use serde::Serialize;
use uuid::Uuid;

use super::party::{self, Message, Reaction};
use crate::{http::error::status, websocket::Utf8Bytes};

/// What its frames are called.
pub(super) mod kind {
    /// Where the film is: for who asks, and whenever that changes in another way than the next four.
    pub(in super::super) const SYNC: &str = "sync";
    /// It runs.
    pub(in super::super) const PLAY: &str = "play";
    /// It stands.
    pub(in super::super) const PAUSE: &str = "pause";
    /// It is elsewhere.
    pub(in super::super) const SEEK: &str = "seek";
    /// Another clip is on, or none.
    pub(in super::super) const SKIP: &str = "skip";
    /// Somebody takes part.
    pub(in super::super) const JOINED: &str = "participant-joined";
    /// Somebody does no more.
    pub(in super::super) const LEFT: &str = "participant-left";
    /// Ours: somebody may do more, or less.
    pub(in super::super) const ROLE: &str = "participant-role-changed";
    /// Ours: so many came and went at once that the list is to be read again.
    pub(in super::super) const CROWD: &str = "participants-changed";
    /// Ours: the list of clips is to be read again.
    pub(in super::super) const CLIPS: &str = "clips-changed";
    /// A line.
    pub(in super::super) const CHAT: &str = "chat_message";
    /// A reaction.
    pub(in super::super) const REACTION: &str = "reaction";
    /// Somebody is writing.
    pub(in super::super) const TYPING: &str = "typing";
    /// Ours: the answer to a ping.
    pub(in super::super) const PONG: &str = "pong";
    /// Ours: why something was not done.
    pub(in super::super) const ERROR: &str = "error";
    /// Ours: the party is over.
    pub(in super::super) const ENDED: &str = "party-ended";
    /// Ours: the person who runs the server has something to say.
    pub(in super::super) const ANNOUNCEMENT: &str = "announcement";
}

/// Somebody who takes part.
#[derive(Debug, Clone, Serialize)]
struct Participant {
    user_id: Uuid,
    display_name: String,
    role: &'static str,
}

/// A frame.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Notice {
    r#type: &'static str,
    party_id: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    clip_id: Option<Uuid>,
    /// Whole seconds.
    position: i64,
    is_playing: bool,
    /// Unix seconds.
    server_timestamp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    participant: Option<Participant>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chat_message: Option<Message>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reaction: Option<Reaction>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_typing: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    clip_count: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    participant_count: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    /// Seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
}

impl Notice {
    /// One of a room that is not there any more.
    pub(super) fn of_none(kind: &'static str, room: RoomId, s: PlayTime) -> Self {
        Self {
            r#type: kind,
            party_id: room.0,
            clip_id: None,
            position: 0,
            is_playing: false,
            server_timestamp: s.0 / 1_000,
            participant: None,
            chat_message: None,
            reaction: None,
            user_id: None,
            is_typing: None,
            clip_count: None,
            participant_count: None,
            code: None,
            message: None,
            retry_after: None,
        }
    }

    /// One of a room as it is at `s`.
    pub(super) fn new(kind: &'static str, view: &RoomView, s: PlayTime) -> Self {
        Self { position: party::seconds(view, s), is_playing: view.playback.playing, ..Self::of_none(kind, view.id, s) }
    }

    /// One that says which clip is on, besides where it is.
    pub(super) fn of_film(kind: &'static str, view: &RoomView, s: PlayTime) -> Self {
        Self { clip_id: view.playback.item.map(|item| item.0), ..Self::new(kind, view, s) }
    }

    /// Whatever was on, it is over.
    pub(super) fn stopped(mut self) -> Self {
        self.is_playing = false;
        self
    }

    /// About somebody. Its clients read the one field or the other.
    pub(super) fn about(mut self, person: PersonId, name: &str, role: Role) -> Self {
        let role = party::role(role);
        self.participant = Some(Participant { user_id: person.0, display_name: name.to_owned(), role });
        self.user_id = Some(person.0);
        self
    }

    /// Somebody is writing.
    pub(super) fn typing(mut self, person: PersonId) -> Self {
        self.user_id = Some(person.0);
        self.is_typing = Some(true);
        self
    }

    /// With a line.
    pub(super) fn chat(mut self, line: Message) -> Self {
        self.chat_message = Some(line);
        self
    }

    /// With a reaction.
    pub(super) fn reaction(mut self, reaction: Reaction) -> Self {
        self.reaction = Some(reaction);
        self
    }

    /// With how many clips there are, what is on among them.
    pub(super) fn clips(mut self, count: usize) -> Self {
        self.clip_count = Some(count);
        self
    }

    /// With how many take part.
    pub(super) fn people(mut self, count: usize) -> Self {
        self.participant_count = Some(count);
        self
    }

    /// With a sentence.
    pub(super) fn says(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into());
        self
    }

    /// With a code and a sentence.
    pub(super) fn coded(mut self, code: &'static str, message: impl Into<String>) -> Self {
        self.code = Some(code);
        self.says(message)
    }

    /// With why not.
    pub(super) fn refusal(self, refusal: &Refusal) -> Self {
        let code = named(refusal.code);
        let seconds = || refusal.args.get("seconds").and_then(|seconds| seconds.parse().ok()).unwrap_or(1);
        let retry_after = (code == RATE_LIMITED).then(seconds);
        Self { retry_after, ..self.coded(code, refusal.to_string()) }
    }

    /// After so many seconds it is let through.
    pub(super) fn too_many(self, seconds: u64) -> Self {
        let said = format!("That was a lot at once. Wait {seconds} s, then try again.");
        Self { retry_after: Some(seconds), ..self.coded(RATE_LIMITED, said) }
    }

    /// As text.
    pub(super) fn text(&self) -> Utf8Bytes {
        // Only a map with keys that are no texts cannot be written, and there is none in it.
        serde_json::to_string(self).unwrap_or_default().into()
    }
}

const RATE_LIMITED: &str = "RATE_LIMITED";

/// The name of each refusal among its codes; of most the status decides.
fn named(code: Code) -> &'static str {
    match code {
        Code::NoSuchRoom | Code::RoomEnded => "PARTY_ENDED",
        Code::RoomFull => "PARTICIPANT_LIMIT",
        Code::Busy => RATE_LIMITED,
        code => match status(code).as_u16() {
            401 | 403 => "UNAUTHORIZED_COMMAND",
            429 => RATE_LIMITED,
            400..500 => "INVALID_COMMAND",
            _ => "INTERNAL_ERROR",
        },
    }
}
