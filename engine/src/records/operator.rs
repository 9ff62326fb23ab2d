//! What is stored for who runs the server: what was done with an administrator's credential, and which addresses are kept out.

use std::sync::Arc;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::time::WallTime;

/// Something that was done with an administrator's credential. Nothing that can be asked for changes one or takes it away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdminAct {
    /// Sorts by when it was begun.
    pub id: Uuid,
    /// When it was begun.
    pub at: WallTime,
    /// With what: the public id of a key, `bootstrap`, or `command line`.
    pub by: Arc<str>,
    /// What: `keys.make`, `rooms.delete`, …; method and route of a call that has no name.
    pub act: String,
    /// On whom or what: the identity that the call named, or that it made. Of people no name stands here, so that none is left of
    /// who was deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
    /// What that was called then: a key's name, a room's title, a network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// The client's address, behind trusted proxies; none for what was done at the machine itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What came of it.
    pub outcome: Outcome,
    /// Until when it is kept.
    pub expires_at: WallTime,
}

/// What came of an act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Outcome {
    /// It was begun, and the process ended before it was known what came of it.
    Begun,
    /// It was done.
    Done,
    /// It was refused.
    Refused {
        /// By which code, where the door tells codes; else the status.
        code: String,
    },
    /// It failed.
    Failed,
}

/// A network that is kept out of everything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressBan {
    /// Which: unique. Of IPv6 a /64 at the longest, for whoever has one address there has them all.
    pub net: IpNet,
    /// Why, for who runs the server alone; or nothing.
    pub reason: Arc<str>,
    /// With what it was made, as in [`AdminAct::by`].
    pub by: Arc<str>,
    /// When it was made.
    pub at: WallTime,
    /// Until when; for ever where none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<WallTime>,
}

impl AddressBan {
    /// What it is called by in lists: the same for the same network each time.
    pub fn id(&self) -> Uuid {
        let digest = Sha256::digest(format!("address ban {}", self.net));
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        Uuid::from_bytes(bytes)
    }
}
