//! Follows the rooms that are spoken of in Discord: their schedules stand in the guild as events, and what plays stands
//! beside the bot's name.

use std::{sync::Arc, time::Duration};

use dashmap::{DashMap, DashSet};
use engine::{
    ids::RoomId,
    records::{PlaceId, Platform},
    refusal::{Code, No, Refusal},
    room::RoomView,
    rooms::Listening,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{events::Mirror, presence::Shown, wire::Wire};
use crate::Core;

/// How many rooms a start takes up again. Each is held in memory, some tens of kilobytes.
const RESTORED: usize = 1_000;
/// How far apart they are looked at, so that a start is no flood.
const RESTORE_EVERY: Duration = Duration::from_millis(50);
/// A room that did nothing for so long is let go, unless an event stands for it.
const QUIET: Duration = Duration::from_hours(6);
/// How long to wait after something failed.
const AGAIN: Duration = Duration::from_mins(1);

/// All rooms that are followed.
#[derive(Clone)]
pub(super) struct Following {
    shared: Arc<Inner>,
}

struct Inner {
    core: Core,
    wire: Arc<Wire>,
    rooms: DashSet<RoomId>,
    playing: Shown,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Following {
    pub(super) fn new(core: Core, wire: Arc<Wire>, stop: CancellationToken) -> Self {
        let (rooms, playing, tasks) = (DashSet::new(), Shown::default(), TaskTracker::new());
        Self { shared: Arc::new(Inner { core, wire, rooms, playing, stop, tasks }) }
    }

    /// What plays now.
    pub(super) fn playing(&self) -> &Shown {
        &self.shared.playing
    }

    /// A room was spoken of: it is followed from now on.
    pub(super) fn see(&self, room: RoomId) {
        if self.shared.rooms.insert(room) {
            let follower = Follower { shared: self.shared.clone(), room };
            self.shared.tasks.spawn(follower.run());
        }
    }

    /// Takes up those of before a restart, and notes which threads belong to which chat.
    pub(super) fn restore(&self, threads: Arc<DashMap<i64, PlaceId>>) {
        let following = self.clone();
        self.shared.tasks.spawn(async move {
            let shared = &following.shared;
            let places = match shared.core.engine().places.on(Platform::Discord).await {
                Ok(places) => places,
                Err(no) => return tracing::error!(%no, "what Discord's chats are tied to could not be read back"),
            };
            for place in &places {
                if let Some(thread) = place.settings.thread {
                    threads.insert(thread, place.id.clone());
                }
            }
            let spoken_of = places.iter().filter(|place| place.card.is_some() || place.settings.event.is_some());
            for place in spoken_of.take(RESTORED) {
                following.see(place.room);
                tokio::select! {
                    () = shared.stop.cancelled() => return,
                    () = tokio::time::sleep(RESTORE_EVERY) => {}
                }
            }
        });
    }

    /// Waits until all of its tasks have ended, after `stop`.
    pub(super) async fn finished(&self) {
        self.shared.tasks.close();
        self.shared.tasks.wait().await;
    }
}

/// The task of one room.
struct Follower {
    shared: Arc<Inner>,
    room: RoomId,
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.shared.rooms.remove(&self.room);
        self.shared.playing.over(self.room);
    }
}

impl Follower {
    async fn run(self) {
        let stop = self.shared.stop.clone();
        let mut mirror = Mirror::new(self.shared.core.clone(), self.shared.wire.clone(), self.room);
        loop {
            let ended = tokio::select! {
                () = stop.cancelled() => return,
                ended = self.follow(&mut mirror) => ended,
            };
            if ended {
                return;
            }
        }
    }

    /// Until the room must be listened to anew (false), or there is nothing left to follow (true).
    async fn follow(&self, mirror: &mut Mirror) -> bool {
        let engine = self.shared.core.engine();
        let Listening { mut view, mut heard, .. } = match engine.rooms.listen(self.room).await {
            Ok(listening) => listening,
            Err(No::Refusal(Refusal { code: Code::NoSuchRoom | Code::Stopping, .. })) => return true,
            Err(no) => {
                tracing::warn!(room = %self.room, %no, "a room cannot be followed yet");
                tokio::time::sleep(AGAIN).await;
                return false;
            }
        };
        loop {
            self.shared.playing.note(&view);
            let failed = mirror.draw(&view).await.is_err();
            let wake = if failed { AGAIN } else { QUIET };
            tokio::select! {
                turn = heard.recv() => match turn {
                    Some(turn) => view = turn.view.clone(),
                    // The room was put away, or went faster than we: look again.
                    None => return is_over(&view, mirror),
                },
                () = tokio::time::sleep(wake) => {
                    if !failed && is_over(&view, mirror) {
                        return true;
                    }
                }
            }
        }
    }
}

/// Whether nobody would miss that a room is followed. Who follows one again begins with what it is then.
fn is_over(view: &RoomView, mirror: &Mirror) -> bool {
    !view.playback.playing && !mirror.stands()
}
