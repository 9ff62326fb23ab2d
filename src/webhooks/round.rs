//! One node's time as the one that delivers webhooks: it hears which rooms have news, and looks at them for whom they concern.
//!
//! A webhook to which something is due has a task of its own as long as that is so, so that a slow receiver delays nobody but itself; what
//! waits for it are rooms, never events.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use engine::{
    ids::{PersonId, RoomId, WebhookId},
    refusal::No,
    rooms::News,
    webhooks::{Attempt, Batch},
};
use tokio::time::{Instant, MissedTickBehavior, sleep};
use tokio_util::sync::CancellationToken;

use super::{
    Courier, delivery,
    nodes::{Others, Word},
};

/// How long is waited after each failure; after more of them as long as after the last.
const BACK_OFF: [Duration; 5] = [
    Duration::from_secs(1),
    Duration::from_secs(5),
    Duration::from_secs(30),
    Duration::from_mins(2),
    Duration::from_mins(10),
];
/// How long is waited after a fault of our own.
const RECOVERY: Duration = Duration::from_secs(5);
/// How often all webhooks are read anew while there are any: whose they are may have changed.
pub(super) const READ_EVERY: Duration = Duration::from_mins(1);
/// How long after a webhook was made all nodes tell surely what it wants to hear; what was missed until then is looked up.
const SETTLED: Duration = Duration::from_secs(5);

/// Webhooks that have a task at the moment, and what is to be looked at for them, in turn. A room stands there once, with the first event
/// that is due where the webhook was told nothing of it yet.
type AtWork = HashMap<WebhookId, VecDeque<(RoomId, Option<u64>)>>;

/// It. Clones are the same one.
#[derive(Clone)]
pub(super) struct Round {
    courier: Courier,
    /// Ends it.
    stop: CancellationToken,
    at_work: Arc<Mutex<AtWork>>,
}

/// The webhooks that are not off, by what they hear.
#[derive(Default)]
struct Known {
    people: HashMap<WebhookId, PersonId>,
    by_room: HashMap<RoomId, Vec<WebhookId>>,
    by_host: HashMap<PersonId, Vec<WebhookId>>,
}

/// What came of looking at one room for one webhook.
enum Looked {
    /// It knows all.
    Done,
    /// There is more.
    More,
    /// It is gone or off, or the server stops.
    End,
}

impl Round {
    pub(super) fn new(courier: Courier, stop: CancellationToken) -> Self {
        Self { courier, stop, at_work: Arc::default() }
    }

    /// Hears what there is to deliver, and for whom.
    pub(super) async fn run(self) {
        let webhooks = &self.courier.shared.engine.webhooks;
        let tap = self.courier.shared.engine.rooms.tap().clone();
        let mut others = Others::of(&self.courier.shared.engine);
        let mut again = tokio::time::interval(READ_EVERY);
        again.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut known, mut read) = (Known::default(), false);
        let (mut fresh, mut settled): (Vec<WebhookId>, _) = (Vec::new(), Box::pin(sleep(Duration::ZERO)));
        loop {
            tokio::select! {
                () = self.stop.cancelled() => return,
                () = webhooks.changed() => {
                    let before: HashSet<_> = known.people.keys().copied().collect();
                    read = self.read(&mut known).await;
                    if others.are_there() {
                        fresh.extend(known.people.keys().filter(|id| !before.contains(id)));
                        settled.as_mut().reset(Instant::now() + SETTLED);
                    }
                }
                () = &mut settled, if !fresh.is_empty() => {
                    fresh.drain(..).for_each(|id| _ = known.people.remove(&id));
                    read = self.read(&mut known).await;
                }
                // The first tick is at once.
                _ = again.tick(), if !read || !known.people.is_empty() => read = self.read(&mut known).await,
                news = tap.next(), if !known.people.is_empty() => {
                    for news in news {
                        self.hear(news, &known).await;
                    }
                }
                word = others.next() => match word {
                    Word::News(news) => self.hear(news, &known).await,
                    // What all webhooks missed is looked up, as at the start.
                    Word::Gap => {
                        known = Known::default();
                        read = self.read(&mut known).await;
                    }
                },
            }
        }
    }

    /// Reads all webhooks, and has those that are new look at what they missed. False where that failed.
    async fn read(&self, known: &mut Known) -> bool {
        match self.try_read(known).await {
            Ok(()) => true,
            Err(no) => {
                tracing::error!(%no, "the webhooks could not be read; tried again in a minute");
                false
            }
        }
    }

    async fn try_read(&self, known: &mut Known) -> Result<(), No> {
        let webhooks = &self.courier.shared.engine.webhooks;
        let all = webhooks.all().await?;
        // From here on news are kept, so that nothing is between them and what is looked up below.
        webhooks.listen_for(&all);
        let mut now = Known::default();
        for webhook in all.iter().filter(|webhook| !webhook.is_off()) {
            if known.people.get(&webhook.id) != Some(&webhook.person) {
                for room in webhooks.behind(webhook).await? {
                    self.give(webhook.id, room, None);
                }
            }
            now.people.insert(webhook.id, webhook.person);
            match webhook.room {
                Some(room) => now.by_room.entry(room).or_default().push(webhook.id),
                None => now.by_host.entry(webhook.person).or_default().push(webhook.id),
            }
        }
        *known = now;
        Ok(())
    }

    async fn hear(&self, news: News, known: &Known) {
        if news.gone {
            if let Err(no) = self.courier.shared.engine.webhooks.room_is_gone(news.room).await {
                tracing::error!(room = %news.room, %no, "the webhooks of a room that is gone stay until the next start");
            }
            return;
        }
        for id in known.by_room.get(&news.room).into_iter().flatten() {
            self.give(*id, news.room, None);
        }
        for id in news.host.and_then(|host| known.by_host.get(&host)).into_iter().flatten() {
            self.give(*id, news.room, Some(news.first));
        }
    }

    fn at_work(&self) -> MutexGuard<'_, AtWork> {
        // Nothing leaves it half done.
        self.at_work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has a webhook look at a room, behind all others that it is to look at.
    fn give(&self, id: WebhookId, room: RoomId, first: Option<u64>) {
        let mut at_work = self.at_work();
        let idle = !at_work.contains_key(&id);
        let rooms = at_work.entry(id).or_default();
        if !rooms.iter().any(|(waiting, _)| *waiting == room) {
            rooms.push_back((room, first));
        }
        drop(at_work);
        if idle {
            self.courier.shared.tasks.spawn(Work { round: self.clone(), id, done: false }.run());
        }
    }

    /// Delivers the next events of a room, or gives them up.
    async fn look(&self, id: WebhookId, room: RoomId, first: Option<u64>) -> Result<Looked, No> {
        let webhooks = &self.courier.shared.engine.webhooks;
        let Some(mut webhook) = webhooks.get(id).await?.filter(|webhook| !webhook.is_off()) else {
            return Ok(Looked::End);
        };
        let Some(mut batch) = webhooks.next(&webhook, room, first).await? else { return Ok(Looked::Done) };
        if batch.events.is_empty() {
            // What is not for it is passed over again next time: that is cheaper than to write it down each time.
            let done = !(batch.withheld || batch.more) || webhooks.settle(webhook, Some((room, batch.to))).await?;
            return Ok(if done { looked(&batch) } else { Looked::End });
        }
        let delivery = delivery(&webhook, room, &mut batch);
        for attempt in 0..self.courier.shared.attempts {
            if let Some(pause) = attempt.checked_sub(1) {
                if self.rest(pause_after(pause)).await {
                    return Ok(Looked::End);
                }
                let Some(now) = webhooks.get(id).await? else { return Ok(Looked::End) };
                webhook = now;
                match webhooks.may_hear(&webhook, room).await {
                    Ok(()) => {}
                    // They may not any more: the next look settles it.
                    Err(no) => return no.decided().map(|_| Looked::More),
                }
            }
            let sent = tokio::select! {
                () = self.stop.cancelled() => return Ok(Looked::End),
                sent = self.courier.post(&webhook, &delivery, self.courier.shared.guard.limits().total) => sent,
            };
            let success = sent.is_success();
            if !success {
                tracing::debug!(webhook = %id, outcome = ?sent, attempt, "a webhook could not be delivered");
            }
            webhook = webhook.after(Attempt { at: self.courier.shared.engine.clock.now().wall, outcome: sent });
            let off = webhook.is_off();
            let settled = success.then_some((room, batch.to));
            if success {
                metrics::counter!("onecouch_webhook_deliveries_total").increment(1);
            } else {
                metrics::counter!("onecouch_webhook_failures_total").increment(1);
            }
            if !webhooks.settle(webhook.clone(), settled).await? {
                return Ok(Looked::End);
            }
            if success {
                return Ok(looked(&batch));
            }
            if off {
                tracing::warn!(webhook = %id, "a webhook failed for three days and is switched off");
                return Ok(Looked::End);
            }
        }
        let dropped = batch.events.len() as u64;
        metrics::counter!("onecouch_webhook_dropped_events_total").increment(dropped);
        tracing::warn!(webhook = %id, %room, dropped, "a webhook failed again and again: these events are given up");
        webhook.health.dropped += dropped;
        Ok(if webhooks.settle(webhook, Some((room, batch.to))).await? { looked(&batch) } else { Looked::End })
    }

    /// Waits. True where the server stops.
    async fn rest(&self, pause: Duration) -> bool {
        tokio::select! {
            () = self.stop.cancelled() => true,
            () = sleep(pause) => false,
        }
    }
}

/// The task of one webhook to which something is due.
struct Work {
    round: Round,
    id: WebhookId,
    /// It came to its end, and another may have begun since.
    done: bool,
}

impl Work {
    async fn run(mut self) {
        while let Some((room, first)) = self.next() {
            match self.round.look(self.id, room, first).await {
                Ok(Looked::Done) => {}
                Ok(Looked::More) => self.round.give(self.id, room, first),
                Ok(Looked::End) => return,
                Err(no) => {
                    if let No::Fault(fault) = &no {
                        tracing::error!(webhook = %self.id, %room, %fault, "a webhook waits for us");
                    }
                    self.round.give(self.id, room, first);
                    if self.round.rest(RECOVERY).await {
                        return;
                    }
                }
            }
        }
    }

    /// The next room, or the end of this task: in one step, so that what is given from then on begins another.
    fn next(&mut self) -> Option<(RoomId, Option<u64>)> {
        let mut at_work = self.round.at_work();
        let next = at_work.get_mut(&self.id).and_then(VecDeque::pop_front);
        if next.is_none() {
            at_work.remove(&self.id);
        }
        drop(at_work);
        self.done = next.is_none();
        next
    }
}

impl Drop for Work {
    /// Whatever ended it early, a panic too: what comes next begins another.
    fn drop(&mut self) {
        if !self.done {
            self.round.at_work().remove(&self.id);
        }
    }
}

fn looked(batch: &Batch) -> Looked {
    if batch.more { Looked::More } else { Looked::Done }
}

fn pause_after(failure: u32) -> Duration {
    let index = usize::try_from(failure).unwrap_or(usize::MAX);
    BACK_OFF[index.min(BACK_OFF.len() - 1)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_then_stay() {
        let pauses: Vec<_> = (0..7).map(|failure| pause_after(failure).as_secs()).collect();
        assert_eq!(pauses, [1, 5, 30, 120, 600, 600, 600]);
    }
}
