//! Everything lasting that is not a room: one typed record enum, so that a store needs one table for all of it.

use std::{fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::{
    event::Door,
    ids::{PersonId, RoomId},
    time::WallTime,
};

/// One record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "snake_case")]
pub enum Record {
    /// A person.
    Person(Person),
    /// A way in: the hash of a token and whose it is.
    Session(Session),
    /// Somebody's self on another platform.
    Identity(Identity),
    /// A name by which a room is found.
    Alias(Alias),
    /// A chat that a room is tied to.
    Place(Place),
    /// Somebody who was let into a room.
    Admission(Admission),
    /// An answer that was given, to be given again when the same request comes again.
    Answer(Answer),
}

/// Somebody who acts, whatever the door.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Their identity.
    pub id: PersonId,
    /// Their name: 1 to 48 characters, without control, bidirectional and zero-width characters.
    pub name: Arc<str>,
    /// When they first came.
    pub made_at: WallTime,
}

/// A session. The token itself is never stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// SHA-256 of the token, in hexadecimal.
    pub token_hash: String,
    /// Whose.
    pub person: PersonId,
    /// Until when it is good.
    pub expires_at: WallTime,
}

/// Somebody's self on a chat platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The platform.
    pub platform: Platform,
    /// The platform's id of them.
    pub subject: String,
    /// Who they are here.
    pub person: PersonId,
}

/// A chat platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Platform {
    /// Discord.
    Discord,
    /// Telegram.
    Telegram,
}

impl Platform {
    /// The stable name, as it is stored and sent.
    pub fn name(self) -> &'static str {
        match self {
            Self::Discord => "discord",
            Self::Telegram => "telegram",
        }
    }

    /// The door its people come through.
    pub fn door(self) -> Door {
        match self {
            Self::Discord => Door::Discord,
            Self::Telegram => Door::Telegram,
        }
    }
}

/// A name by which a room is found. Unique by kind and value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alias {
    /// Which kind of name.
    pub kind: AliasKind,
    /// The name.
    pub value: String,
    /// The room.
    pub room: RoomId,
}

/// The kinds of names that rooms have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AliasKind {
    /// What an invite link carries: 16 characters of base62. Who has it may come in.
    Invite,
    /// What can be read aloud: 6 symbols.
    Code,
}

impl AliasKind {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Invite => "invite",
            Self::Code => "code",
        }
    }
}

/// Where a chat is: `discord:channel`, `telegram:chat` or `telegram:chat/topic`.
///
/// Channels and threads of Discord have identities that are unique without their guild.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PlaceId {
    /// The platform.
    pub platform: Platform,
    /// The platform's id of the channel or chat.
    pub chat: i64,
    /// The topic within it, on Telegram.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<i64>,
}

impl fmt::Display for PlaceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.platform.name(), self.chat)?;
        self.topic.map_or(Ok(()), |topic| write!(f, "/{topic}"))
    }
}

/// Not the text of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a place: write discord:CHANNEL or telegram:CHAT")]
pub struct NotAPlace;

impl FromStr for PlaceId {
    type Err = NotAPlace;

    fn from_str(text: &str) -> Result<Self, NotAPlace> {
        let (platform, rest) = text.split_once(':').ok_or(NotAPlace)?;
        let platform = match platform {
            "discord" => Platform::Discord,
            "telegram" => Platform::Telegram,
            _ => return Err(NotAPlace),
        };
        let (chat, topic) = match rest.split_once('/') {
            Some((chat, topic)) => (chat, Some(topic.parse().map_err(|_| NotAPlace)?)),
            None => (rest, None),
        };
        Ok(Self { platform, chat: chat.parse().map_err(|_| NotAPlace)?, topic })
    }
}

/// A chat that a room is tied to. A chat has one room, a room may have many chats.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Where.
    pub id: PlaceId,
    /// The room.
    pub room: RoomId,
    /// The message that shows the room's live card there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<i64>,
}

/// Somebody who was let into a room by an invite, and may come back without it.
///
/// Not state of the room: a room does not grow with everybody who ever looked in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Admission {
    /// The room.
    pub room: RoomId,
    /// Who may come in.
    pub person: PersonId,
    /// Since when.
    pub at: WallTime,
}

/// An answer that was given to a request with an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Who asked and with which key, as one hash.
    pub key: String,
    /// Hash of what was asked, so that a key cannot be used for something else.
    pub request: String,
    /// HTTP status of the answer.
    pub status: u16,
    /// Its body.
    pub body: String,
    /// Until when it is kept.
    pub expires_at: WallTime,
}

/// How one record is found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// By identity.
    Person(PersonId),
    /// By the hash of the token.
    Session(String),
    /// By platform and the platform's id.
    Identity(Platform, String),
    /// By kind and value.
    Alias(AliasKind, String),
    /// By where it is.
    Place(PlaceId),
    /// By room and person.
    Admission(RoomId, PersonId),
    /// By the hash of who and key.
    Answer(String),
}

/// Questions that more than one record can answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Find {
    /// The chats that a room is tied to.
    PlacesOf(RoomId),
    /// All chats of a platform.
    PlacesOn(Platform),
    /// The identities of a person.
    IdentitiesOf(PersonId),
    /// The names of a room.
    AliasesOf(RoomId),
}

impl Record {
    /// The key that finds it.
    pub fn key(&self) -> Key {
        match self {
            Self::Person(person) => Key::Person(person.id),
            Self::Session(session) => Key::Session(session.token_hash.clone()),
            Self::Identity(identity) => Key::Identity(identity.platform, identity.subject.clone()),
            Self::Alias(alias) => Key::Alias(alias.kind, alias.value.clone()),
            Self::Place(place) => Key::Place(place.id.clone()),
            Self::Admission(admission) => Key::Admission(admission.room, admission.person),
            Self::Answer(answer) => Key::Answer(answer.key.clone()),
        }
    }

    /// What it belongs to, for [`Find`]: the same text as [`Find::owner`] gives.
    pub fn owner(&self) -> Option<String> {
        match self {
            Self::Person(_) | Self::Answer(_) => None,
            Self::Session(session) => Some(session.person.to_string()),
            Self::Identity(identity) => Some(identity.person.to_string()),
            Self::Alias(alias) => Some(alias.room.to_string()),
            Self::Place(place) => Some(place.room.to_string()),
            Self::Admission(admission) => Some(admission.room.to_string()),
        }
    }

    /// When it may be swept away; never where none.
    pub fn expires_at(&self) -> Option<WallTime> {
        match self {
            Self::Session(session) => Some(session.expires_at),
            Self::Answer(answer) => Some(answer.expires_at),
            Self::Person(_) | Self::Identity(_) | Self::Alias(_) | Self::Place(_) | Self::Admission(_) => None,
        }
    }
}

impl Key {
    /// The kind of record, as a store may name it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Person(_) => "person",
            Self::Session(_) => "session",
            Self::Identity(..) => "identity",
            Self::Alias(..) => "alias",
            Self::Place(_) => "place",
            Self::Admission(..) => "admission",
            Self::Answer(_) => "answer",
        }
    }

    /// The key within its kind, as text.
    pub fn text(&self) -> String {
        match self {
            Self::Person(id) => id.to_string(),
            Self::Session(text) | Self::Answer(text) => text.clone(),
            Self::Identity(platform, subject) => format!("{}:{subject}", platform.name()),
            Self::Alias(kind, value) => format!("{}:{value}", kind.name()),
            Self::Place(id) => id.to_string(),
            Self::Admission(room, person) => format!("{room}:{person}"),
        }
    }
}

impl Find {
    /// The kind of record that is looked for.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::PlacesOf(_) | Self::PlacesOn(_) => "place",
            Self::IdentitiesOf(_) => "identity",
            Self::AliasesOf(_) => "alias",
        }
    }

    /// What the records belong to, where the question is about that.
    pub fn owner(&self) -> Option<String> {
        match self {
            Self::PlacesOf(room) | Self::AliasesOf(room) => Some(room.to_string()),
            Self::IdentitiesOf(person) => Some(person.to_string()),
            Self::PlacesOn(_) => None,
        }
    }

    /// What the text of their keys begins with, where the question is about that.
    pub fn prefix(&self) -> Option<String> {
        match self {
            Self::PlacesOn(platform) => Some(format!("{}:", platform.name())),
            Self::PlacesOf(_) | Self::AliasesOf(_) | Self::IdentitiesOf(_) => None,
        }
    }
}
