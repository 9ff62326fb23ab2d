//! Identities, and the only place that makes them.

use std::{fmt, str::FromStr};

use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::time::Millis;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    };
}

id! {
    /// A room, for ever.
    RoomId
}
id! {
    /// A person, whatever the doors they come through.
    PersonId
}
id! {
    /// One entry of a queue; the same link queued twice has two.
    ItemId
}
id! {
    /// One line of chat.
    MessageId
}

id! {
    /// A saved playlist.
    PlaylistId
}

id! {
    /// A webhook.
    WebhookId
}

id! {
    /// A file that somebody brings, or brought.
    UploadId
}

id! {
    /// One process among several that share a store, from its start to its end.
    NodeId
}

/// By what a call is known that somebody makes again because nobody answered: all that it makes is called after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallId(Uuid);

impl CallId {
    /// How long it is known again.
    pub const KNOWN: Millis = Millis::seconds(24 * 3600);

    /// After a digest of who calls and of what they ask for.
    pub fn new(mut digest: [u8; 16]) -> Self {
        digest[14..].fill(0);
        Self(uuid::Builder::from_custom_bytes(digest).into_uuid())
    }

    /// The line that it says.
    pub fn line(self) -> MessageId {
        MessageId(self.0)
    }

    /// One of the items that it queues, by its place among them.
    pub fn item(self, place: u16) -> ItemId {
        let mut bytes = self.0.into_bytes();
        bytes[14..].copy_from_slice(&place.to_be_bytes());
        ItemId(Uuid::from_bytes(bytes))
    }

    /// Whether it made this.
    pub fn made(self, id: Uuid) -> bool {
        id.as_bytes()[..14] == self.0.as_bytes()[..14]
    }

    /// What the names of all that it makes begin with, as text.
    pub fn text(self) -> String {
        let mut text = self.0.to_string();
        text.truncate(32);
        text
    }
}

/// One socket or client of a person, unique among all that are open on any node. Below 2^53, for it goes to JavaScript.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConnectionId(pub u64);

/// How many bits of a connection's number its process counts in; above them stands the process' place among the nodes.
const COUNTED: u32 = 36;

impl ConnectionId {
    /// The connection of that number on the node of that place; a process that is alone has place 0.
    pub fn on(slot: u16, number: u64) -> Self {
        Self(u64::from(slot) << COUNTED | number & ((1 << COUNTED) - 1))
    }

    /// The place of the node that it is open on.
    pub fn slot(self) -> u16 {
        u16::try_from(self.0 >> COUNTED).unwrap_or(u16::MAX)
    }
}

/// What credentials and hard-to-guess aliases are made of.
const LOWER_DIGITS: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";
const BASE62: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/// No symbol of this alphabet is mistaken for another when it is read aloud.
const SPOKEN: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/// Where identities and secrets come from: the operating system's randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct Entropy;

#[expect(clippy::disallowed_methods, reason = "the one place of the engine that makes randomness")]
impl Entropy {
    /// A fresh room identity; sorts by time of making.
    pub fn room(self) -> RoomId {
        RoomId(Uuid::now_v7())
    }

    /// A fresh person.
    pub fn person(self) -> PersonId {
        PersonId(Uuid::now_v7())
    }

    /// A fresh queue item.
    pub fn item(self) -> ItemId {
        ItemId(Uuid::now_v7())
    }

    /// A fresh playlist.
    pub fn playlist(self) -> PlaylistId {
        PlaylistId(Uuid::now_v7())
    }

    /// A fresh webhook.
    pub fn webhook(self) -> WebhookId {
        WebhookId(Uuid::now_v7())
    }

    /// A fresh process among several.
    pub fn node(self) -> NodeId {
        NodeId(Uuid::now_v7())
    }

    /// A fresh upload.
    pub fn upload(self) -> UploadId {
        UploadId(Uuid::now_v7())
    }

    /// A fresh line of the log of who runs the server; sorts by time of making.
    pub fn act(self) -> Uuid {
        Uuid::now_v7()
    }

    /// A fresh chat line.
    pub fn message(self) -> MessageId {
        MessageId(Uuid::now_v7())
    }

    /// From which chance an order comes.
    pub fn seed(self) -> u64 {
        rand::rng().random()
    }

    /// A session token or API key: 64 characters of `[a-z0-9]`, 330 bits.
    pub fn token(self) -> String {
        draw(&mut rand::rng(), LOWER_DIGITS, 64)
    }

    /// What a key is called by in public: 16 characters of `[a-z0-9]`.
    pub fn key_id(self) -> String {
        draw(&mut rand::rng(), LOWER_DIGITS, 16)
    }

    /// What makes two hashes of one password differ.
    pub fn salt(self) -> [u8; 16] {
        rand::rng().random()
    }

    /// What an invite link carries: 16 characters of base62, 95 bits.
    pub fn invite(self) -> String {
        draw(&mut rand::rng(), BASE62, 16)
    }

    /// A short code to be spoken: 6 symbols, 30 bits. Guesses at it must be limited.
    pub fn spoken_code(self) -> String {
        draw(&mut rand::rng(), SPOKEN, 6)
    }
}

fn draw(rng: &mut impl Rng, alphabet: &[u8], length: usize) -> String {
    (0..length).map(|_| char::from(alphabet[rng.random_range(0..alphabet.len())])).collect()
}
