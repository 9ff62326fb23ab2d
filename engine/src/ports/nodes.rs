//! What a store knows of the nodes that share it.

use std::sync::Arc;

use crate::{ids::NodeId, time::WallTime};

/// What one node at a time does for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Post {
    /// Speaking with Discord.
    Discord,
    /// Speaking with Telegram.
    Telegram,
    /// Delivering webhooks.
    Webhooks,
}

impl Post {
    /// All there are.
    pub const ALL: [Self; 3] = [Self::Discord, Self::Telegram, Self::Webhooks];

    /// What it is called in stores and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Discord => "discord",
            Self::Telegram => "telegram",
            Self::Webhooks => "webhooks",
        }
    }
}

/// A node whose lease is good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeHead {
    /// Which.
    pub node: NodeId,
    /// Where it says that it is; nothing before it said so.
    pub url: Arc<str>,
    /// Since when it has been there.
    pub began: WallTime,
    /// When its lease ends unless it is renewed, by the store's clock.
    pub lease_until: WallTime,
    /// How many rooms it has.
    pub rooms: u64,
    /// What it does for all.
    pub posts: Vec<Post>,
}
