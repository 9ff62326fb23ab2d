//! Everything lasting that is not a room: one typed record enum, so that a store needs one table for all of it.

mod operator;
mod people;
mod places;

use std::{fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    event::Door,
    ids::{PersonId, PlaylistId, RoomId, UploadId, WebhookId},
    playlists::{Owner, Playlist},
    time::WallTime,
    uploads::Upload,
    webhooks::{Cursor, Webhook},
};

pub use self::operator::{AddressBan, AdminAct, Outcome};
pub use self::people::{Account, ApiKey, Barred, Handle, HandleKind, LinkCode, PasswordHash, Recovery, Scope, Subject};
pub use self::places::{Community, PlaceSettings, Vouched};

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
    /// What holds for all chats of a community.
    Community(Community),
    /// Somebody who was let into a room.
    Admission(Admission),
    /// An answer that was given, to be given again when the same request comes again.
    Answer(Answer),
    /// A saved playlist.
    Playlist(Playlist),
    /// Somebody's account.
    Account(Account),
    /// What an account is found by.
    Handle(Handle),
    /// A program's credential.
    ApiKey(ApiKey),
    /// Somebody for whom a key acts.
    Subject(Subject),
    /// Somebody whom a key's program keeps out of all its rooms.
    Barred(Barred),
    /// A way to a new password.
    Recovery(Recovery),
    /// A code that makes two selves one person.
    LinkCode(LinkCode),
    /// An address that is told what happens in rooms.
    Webhook(Box<Webhook>),
    /// How much of a room a webhook was told.
    WebhookCursor(Cursor),
    /// A file that somebody brings, or brought.
    Upload(Upload),
    /// What the server signs links with.
    SigningKey(SigningKey),
    /// Something that was done with an administrator's credential.
    AdminAct(Box<AdminAct>),
    /// A network that is kept out.
    AddressBan(AddressBan),
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
    /// When it was made; 0 where that was not noted yet.
    #[serde(default)]
    pub made_at: WallTime,
    /// What the chat vouches for that they came in from; nothing for who came by themself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vouched: Option<Vouched>,
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
    /// The name they had there when they were seen last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Arc<str>>,
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
    /// Until when it is good; for ever where none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<WallTime>,
    /// Who made it, where it is one more invite.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PersonId>,
    /// What it is for, in the words of who made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// How it is written, where `value` is folded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written: Option<String>,
}

/// The kinds of names that rooms have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AliasKind {
    /// What an invite link carries: 16 characters of base62. Who has it may come in.
    Invite,
    /// What can be read aloud: 6 symbols.
    Code,
    /// What OpenTogetherTube's clients call it, without regard to case: 3 to 32 of `[a-z0-9_-]`.
    #[serde(rename = "opentogethertube")]
    OpenTogetherTube,
    /// What Watch2Gether's clients call it: 18 of `[a-z0-9]`.
    #[serde(rename = "watch2gether")]
    Watch2Gether,
    /// What the clients of a key call it that speak watchers.io's API: the key's public id, `/`, and their own name of it.
    Watchers,
    /// A number below 2³¹, for clients whose ids are no larger.
    Number,
}

impl AliasKind {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Invite => "invite",
            Self::Code => "code",
            Self::OpenTogetherTube => "opentogethertube",
            Self::Watch2Gether => "watch2gether",
            Self::Watchers => "watchers",
            Self::Number => "number",
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
    /// What it is set to; stays when it is tied to another room.
    #[serde(default)]
    pub settings: PlaceSettings,
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

/// What the server signs links of one purpose with: kept, so that they outlive a restart. It opens nothing that a person has.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SigningKey {
    /// What it signs: `relay`. `guesses` are those that nodes tell each other of, without saying whose or of what.
    pub purpose: String,
    /// 64 characters of `[a-z0-9]`.
    pub secret: String,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("purpose", &self.purpose).finish_non_exhaustive()
    }
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
    /// By platform and the platform's id.
    Community(Platform, i64),
    /// By room and person.
    Admission(RoomId, PersonId),
    /// By the hash of who and key.
    Answer(String),
    /// By identity.
    Playlist(PlaylistId),
    /// By person.
    Account(PersonId),
    /// By kind and value.
    Handle(HandleKind, String),
    /// By the hash of the secret.
    ApiKey(String),
    /// By the key's public id and the program's id of them.
    Subject(String, String),
    /// By the key's public id and the program's id of them.
    Barred(String, String),
    /// By the hash of the token.
    Recovery(String),
    /// By the hash of the code.
    LinkCode(String),
    /// By identity.
    Webhook(WebhookId),
    /// By webhook and room.
    WebhookCursor(WebhookId, RoomId),
    /// By identity.
    Upload(UploadId),
    /// By purpose.
    SigningKey(String),
    /// By identity.
    AdminAct(Uuid),
    /// By the network.
    AddressBan(String),
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
    /// The playlists of a person or a room.
    PlaylistsOf(Uuid),
    /// The sessions of a person.
    SessionsOf(PersonId),
    /// The rooms that a person was let into.
    AdmissionsOf(PersonId),
    /// The keys that act in a person's name.
    KeysOf(PersonId),
    /// All keys.
    Keys,
    /// Whom programs take a person for.
    SubjectsOf(PersonId),
    /// The people for whom a key acts.
    SubjectsUnder(String),
    /// Whom a key's program keeps out.
    BarredUnder(String),
    /// By which programs a person is kept out.
    BarredOf(PersonId),
    /// The names of a kind that begin so.
    AliasesUnder(AliasKind, String),
    /// The ways to a new password of a person.
    RecoveriesOf(PersonId),
    /// The codes that a person asked for.
    LinkCodesOf(PersonId),
    /// The webhooks of a person.
    WebhooksOf(PersonId),
    /// All webhooks.
    Webhooks,
    /// How much of which rooms a webhook was told.
    CursorsUnder(WebhookId),
    /// What a person brought, or brings.
    UploadsOf(PersonId),
    /// What anybody did.
    Uploads,
    /// The networks that are kept out.
    AddressBans,
}

impl Session {
    /// What it is called by in lists. Nobody gets from it to the token, nor to what is stored of the token.
    pub fn id(&self) -> Uuid {
        let digest = Sha256::digest(format!("session {}", self.token_hash));
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        Uuid::from_bytes(bytes)
    }
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
            Self::Community(community) => Key::Community(community.platform, community.id),
            Self::Admission(admission) => Key::Admission(admission.room, admission.person),
            Self::Answer(answer) => Key::Answer(answer.key.clone()),
            Self::Playlist(playlist) => Key::Playlist(playlist.id),
            Self::Account(account) => Key::Account(account.person),
            Self::Handle(handle) => Key::Handle(handle.kind, handle.value.clone()),
            Self::ApiKey(key) => Key::ApiKey(key.secret_hash.clone()),
            Self::Subject(subject) => Key::Subject(subject.key.clone(), subject.subject.clone()),
            Self::Barred(barred) => Key::Barred(barred.key.clone(), barred.subject.clone()),
            Self::Recovery(recovery) => Key::Recovery(recovery.token_hash.clone()),
            Self::LinkCode(code) => Key::LinkCode(code.code_hash.clone()),
            Self::Webhook(webhook) => Key::Webhook(webhook.id),
            Self::WebhookCursor(cursor) => Key::WebhookCursor(cursor.webhook, cursor.room),
            Self::Upload(upload) => Key::Upload(upload.id),
            Self::SigningKey(key) => Key::SigningKey(key.purpose.clone()),
            Self::AdminAct(act) => Key::AdminAct(act.id),
            Self::AddressBan(ban) => Key::AddressBan(ban.net.to_string()),
        }
    }

    /// The kinds of records whose owner is a room: they go when it goes, and with them its admissions, whose keys begin with
    /// it.
    pub const OF_ROOMS: [&str; 4] = ["alias", "place", "playlist", "webhook_cursor"];

    /// Whether it goes when a room goes.
    pub fn goes_with(&self, room: RoomId) -> bool {
        match self {
            Self::Alias(alias) => alias.room == room,
            Self::Place(place) => place.room == room,
            Self::Playlist(playlist) => playlist.owner == Owner::Room(room),
            Self::Admission(admission) => admission.room == room,
            Self::WebhookCursor(cursor) => cursor.room == room,
            _ => false,
        }
    }

    /// What it belongs to, for [`Find`]: the same text as [`Find::owner`] gives.
    pub fn owner(&self) -> Option<String> {
        match self {
            Self::Person(_)
            | Self::Answer(_)
            | Self::Community(_)
            | Self::SigningKey(_)
            | Self::AdminAct(_)
            | Self::AddressBan(_) => None,
            Self::Session(session) => Some(session.person.to_string()),
            Self::Identity(identity) => Some(identity.person.to_string()),
            Self::Alias(alias) => Some(alias.room.to_string()),
            Self::Place(place) => Some(place.room.to_string()),
            Self::Playlist(playlist) => Some(playlist.owner.uuid().to_string()),
            Self::Admission(admission) => Some(admission.person.to_string()),
            Self::Account(account) => Some(account.person.to_string()),
            Self::Handle(handle) => Some(handle.person.to_string()),
            Self::ApiKey(key) => Some(key.person.to_string()),
            Self::Subject(subject) => Some(subject.person.to_string()),
            Self::Barred(barred) => Some(barred.person.to_string()),
            Self::Recovery(recovery) => Some(recovery.person.to_string()),
            Self::LinkCode(code) => Some(code.person.to_string()),
            Self::Webhook(webhook) => Some(webhook.person.to_string()),
            Self::WebhookCursor(cursor) => Some(cursor.room.to_string()),
            Self::Upload(upload) => Some(upload.person.to_string()),
        }
    }

    /// When it may be swept away; never where none.
    pub fn expires_at(&self) -> Option<WallTime> {
        match self {
            Self::Session(session) => Some(session.expires_at),
            Self::Answer(answer) => Some(answer.expires_at),
            Self::Alias(alias) => alias.until,
            Self::Barred(barred) => barred.until,
            Self::Recovery(recovery) => Some(recovery.expires_at),
            Self::LinkCode(code) => Some(code.expires_at),
            Self::AdminAct(act) => Some(act.expires_at),
            Self::AddressBan(ban) => ban.until,
            Self::Person(_)
            | Self::Identity(_)
            | Self::Playlist(_)
            | Self::Place(_)
            | Self::Community(_)
            | Self::Admission(_)
            | Self::Account(_)
            | Self::Handle(_)
            | Self::ApiKey(_)
            | Self::Subject(_)
            | Self::Webhook(_)
            | Self::WebhookCursor(_)
            | Self::Upload(_)
            | Self::SigningKey(_) => None,
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
            Self::Community(..) => "community",
            Self::Admission(..) => "admission",
            Self::Answer(_) => "answer",
            Self::Playlist(_) => "playlist",
            Self::Account(_) => "account",
            Self::Handle(..) => "handle",
            Self::ApiKey(_) => "api_key",
            Self::Subject(..) => "subject",
            Self::Barred(..) => "barred",
            Self::Recovery(_) => "recovery",
            Self::LinkCode(_) => "link_code",
            Self::Webhook(_) => "webhook",
            Self::WebhookCursor(..) => "webhook_cursor",
            Self::Upload(_) => "upload",
            Self::SigningKey(_) => "signing_key",
            Self::AdminAct(_) => "admin_act",
            Self::AddressBan(_) => "address_ban",
        }
    }

    /// The key within its kind, as text.
    pub fn text(&self) -> String {
        match self {
            Self::Person(id) | Self::Account(id) => id.to_string(),
            Self::Session(text)
            | Self::Answer(text)
            | Self::ApiKey(text)
            | Self::Recovery(text)
            | Self::LinkCode(text)
            | Self::SigningKey(text)
            | Self::AddressBan(text) => text.clone(),
            Self::AdminAct(id) => id.to_string(),
            Self::Handle(kind, value) => format!("{}:{value}", kind.name()),
            // The key's id has no colon in it.
            Self::Subject(key, subject) | Self::Barred(key, subject) => format!("{key}:{subject}"),
            Self::Identity(platform, subject) => format!("{}:{subject}", platform.name()),
            Self::Alias(kind, value) => format!("{}:{value}", kind.name()),
            Self::Place(id) => id.to_string(),
            Self::Community(platform, id) => format!("{}:{id}", platform.name()),
            Self::Admission(room, person) => format!("{room}:{person}"),
            Self::Playlist(id) => id.to_string(),
            Self::Webhook(id) => id.to_string(),
            Self::Upload(id) => id.to_string(),
            Self::WebhookCursor(webhook, room) => format!("{webhook}:{room}"),
        }
    }
}

impl Find {
    /// The kind of record that is looked for.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::PlacesOf(_) | Self::PlacesOn(_) => "place",
            Self::IdentitiesOf(_) => "identity",
            Self::AliasesOf(_) | Self::AliasesUnder(..) => "alias",
            Self::PlaylistsOf(_) => "playlist",
            Self::SessionsOf(_) => "session",
            Self::AdmissionsOf(_) => "admission",
            Self::KeysOf(_) | Self::Keys => "api_key",
            Self::SubjectsOf(_) | Self::SubjectsUnder(_) => "subject",
            Self::BarredOf(_) | Self::BarredUnder(_) => "barred",
            Self::RecoveriesOf(_) => "recovery",
            Self::LinkCodesOf(_) => "link_code",
            Self::WebhooksOf(_) | Self::Webhooks => "webhook",
            Self::CursorsUnder(_) => "webhook_cursor",
            Self::UploadsOf(_) | Self::Uploads => "upload",
            Self::AddressBans => "address_ban",
        }
    }

    /// What the records belong to, where the question is about that.
    pub fn owner(&self) -> Option<String> {
        match self {
            Self::PlacesOf(room) | Self::AliasesOf(room) => Some(room.to_string()),
            Self::PlaylistsOf(owner) => Some(owner.to_string()),
            Self::IdentitiesOf(person)
            | Self::SessionsOf(person)
            | Self::AdmissionsOf(person)
            | Self::KeysOf(person)
            | Self::SubjectsOf(person)
            | Self::BarredOf(person)
            | Self::RecoveriesOf(person)
            | Self::LinkCodesOf(person)
            | Self::WebhooksOf(person)
            | Self::UploadsOf(person) => Some(person.to_string()),
            Self::PlacesOn(_)
            | Self::Keys
            | Self::SubjectsUnder(_)
            | Self::BarredUnder(_)
            | Self::AliasesUnder(..)
            | Self::Webhooks
            | Self::CursorsUnder(_)
            | Self::Uploads
            | Self::AddressBans => None,
        }
    }

    /// What the text of their keys begins with, where the question is about that.
    pub fn prefix(&self) -> Option<String> {
        match self {
            Self::PlacesOn(platform) => Some(format!("{}:", platform.name())),
            Self::SubjectsUnder(key) | Self::BarredUnder(key) => Some(format!("{key}:")),
            Self::AliasesUnder(kind, begin) => Some(format!("{}:{begin}", kind.name())),
            Self::CursorsUnder(webhook) => Some(format!("{webhook}:")),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Entropy;

    #[test]
    fn what_belongs_to_a_room_is_listed() {
        let (room, person) = (Entropy.room(), Entropy.person());
        let (at, text) = (WallTime(0), String::new());
        let id = PlaceId { platform: Platform::Discord, chat: 1, topic: None };
        let records = [
            Record::Person(Person { id: person, name: "".into(), made_at: at }),
            Record::Session(Session { token_hash: text.clone(), person, made_at: at, expires_at: at, vouched: None }),
            Record::Identity(Identity { platform: Platform::Discord, subject: text.clone(), person, name: None }),
            Record::Alias(Alias {
                kind: AliasKind::Code,
                value: text.clone(),
                room,
                until: None,
                by: None,
                note: None,
                written: None,
            }),
            Record::Place(Place { id, room, card: None, settings: PlaceSettings::default() }),
            Record::Community(Community::new(Platform::Discord, 1)),
            Record::Admission(Admission { room, person, at }),
            Record::Answer(Answer {
                key: text.clone(),
                request: text.clone(),
                status: 200,
                body: text,
                expires_at: at,
            }),
        ];
        for record in records {
            let of_room = record.owner() == Some(room.to_string());
            assert_eq!(Record::OF_ROOMS.contains(&record.key().kind()), of_room, "{record:?}");
            let by_key = record.key().text().starts_with(&format!("{room}:"));
            assert_eq!(record.goes_with(room), of_room || by_key, "{record:?}");
        }
    }
}
