//! What stands beside the bot's name: what is watched, or how much at once.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use engine::{
    ids::RoomId,
    room::{RoomView, Visibility},
};
use poise::serenity_prelude as serenity;
use serenity::{ActivityData, ConnectionStage, OnlineStatus, ShardManager};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::{Locale, reply::shortened, say};

/// Discord takes five in twenty seconds: one leaves room for those of a connection made anew.
const EVERY: Duration = Duration::from_secs(20);
/// How long an activity may be.
const LIMIT: usize = 128;

/// What plays, room by room.
#[derive(Clone)]
pub(super) struct Shown {
    rooms: Arc<Mutex<HashMap<RoomId, Option<String>>>>,
    text: watch::Sender<Option<String>>,
}

impl Default for Shown {
    fn default() -> Self {
        Self { rooms: Arc::default(), text: watch::Sender::new(None) }
    }
}

impl Shown {
    /// A room is like this now.
    pub(super) fn note(&self, view: &RoomView) {
        let title = view.current.as_ref().filter(|_| view.playback.playing).map(|item| {
            // All guilds see it. Who is kept out by a password is not told what is on behind it, and of a private room
            // nobody is told anything.
            let told = view.settings.password.is_none() && view.settings.visibility != Visibility::Private;
            told.then(|| item.media.label().to_owned())
        });
        self.change(|rooms| match title {
            Some(title) => drop(rooms.insert(view.id, title)),
            None => drop(rooms.remove(&view.id)),
        });
    }

    /// A room is not followed any more.
    pub(super) fn over(&self, room: RoomId) {
        self.change(|rooms| drop(rooms.remove(&room)));
    }

    fn change(&self, change: impl FnOnce(&mut HashMap<RoomId, Option<String>>)) {
        let mut rooms = self.rooms.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut rooms);
        let text = match rooms.values().next() {
            None => None,
            Some(Some(title)) if rooms.len() == 1 => Some(shortened(title, LIMIT)),
            Some(_) => Some(say!(Locale::English, "discord-rooms", count = rooms.len())),
        };
        self.text.send_if_modified(|shown| std::mem::replace(shown, text.clone()) != text);
    }

    /// Keeps it true on these connections.
    pub(super) async fn keep(self, shards: Arc<ShardManager>, stop: CancellationToken) {
        let mut heard = self.text.subscribe();
        let mut shown = None;
        loop {
            let text = heard.borrow_and_update().clone();
            if text == shown {
                tokio::select! {
                    () = stop.cancelled() => return,
                    changed = heard.changed() => if changed.is_err() { return },
                }
                continue;
            }
            let mut all = true;
            for shard in shards.runners.lock().await.values() {
                // One that has not said who we are yet would be closed for it: it is told the next time.
                let ready = shard.stage == ConnectionStage::Connected;
                all &= ready;
                if ready {
                    shard.runner_tx.set_presence(text.clone().map(ActivityData::watching), OnlineStatus::Online);
                }
            }
            if all {
                shown = text;
            }
            // What changes meanwhile is shown once, as it is then.
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(EVERY) => {}
            }
        }
    }
}
