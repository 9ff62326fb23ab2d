//! What nodes say to each other of rooms that have news: the one that delivers webhooks hears it from all.

use std::sync::Arc;

use super::round::READ_EVERY;
use axum::body::Bytes;
use engine::{
    Engine,
    ports::{Bus, Hearing, Line},
    rooms::News,
};
use futures_util::StreamExt;
use tokio::{
    sync::watch,
    time::{Duration, sleep},
};

/// Where it is told.
const SUBJECT: &str = "webhooks.news";
/// How soon it is tried again to hear the others, or to read which webhooks there are.
const AGAIN: Duration = Duration::from_secs(1);

/// The other nodes, for who delivers.
pub(super) struct Others {
    bus: Option<(Arc<dyn Bus>, watch::Receiver<Line>)>,
    heard: Option<Hearing>,
}

/// What is heard of them.
pub(super) enum Word {
    /// A room of theirs has news.
    News(News),
    /// Something may have been said that was not heard.
    Gap,
}

impl Others {
    /// None where this process is alone.
    pub(super) fn of(engine: &Engine) -> Self {
        Self { bus: engine.rooms.bus().map(|bus| (bus.clone(), bus.line())), heard: None }
    }

    /// Whether there may be any.
    pub(super) fn are_there(&self) -> bool {
        self.bus.is_some()
    }

    /// What they say next; for ever nothing where there are none. May be dropped and asked again.
    pub(super) async fn next(&mut self) -> Word {
        let Some((bus, line)) = &mut self.bus else { return std::future::pending().await };
        loop {
            let Some(heard) = &mut self.heard else {
                match bus.hear(SUBJECT).await {
                    Ok(heard) => {
                        self.heard = Some(heard);
                        // Nobody was heard before this.
                        return Word::Gap;
                    }
                    Err(_) => {
                        sleep(AGAIN).await;
                        continue;
                    }
                }
            };
            tokio::select! {
                letter = heard.next() => match letter {
                    None => self.heard = None,
                    Some(letter) => match serde_json::from_slice(&letter.body) {
                        Ok(news) => return Word::News(news),
                        Err(error) => tracing::error!(%error, "news of another node are not understood"),
                    },
                },
                Ok(()) = line.changed() => {
                    if line.borrow_and_update().up {
                        return Word::Gap;
                    }
                }
            }
        }
    }
}

/// Tells the node that delivers which rooms here have news. For ever.
pub(super) async fn pass_on(engine: &Engine) {
    let Some(bus) = engine.rooms.bus() else { return };
    let (webhooks, tap) = (&engine.webhooks, engine.rooms.tap());
    let mut again = tokio::time::interval(READ_EVERY);
    again.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            news = tap.next() => for news in news {
                match serde_json::to_vec(&news) {
                    Ok(body) => bus.tell(SUBJECT, Bytes::from(body)),
                    Err(error) => tracing::error!(%error, "news are not passed on"),
                }
            },
            () = async {
                tokio::select! {
                    () = webhooks.changed() => {}
                    // The first tick is at once.
                    _ = again.tick() => {}
                }
            } => match webhooks.all().await {
                Ok(all) => webhooks.listen_for(&all),
                Err(no) => {
                    tracing::error!(%no, "the webhooks could not be read; tried again in a second");
                    again.reset_after(AGAIN);
                }
            },
        }
    }
}
