//! What a node changed that others remember otherwise: told to all of them, and heard from them. A process that is alone tells nobody.
//!
//! What is lost on the way is of no harm for long: people remember nothing for more than half a minute without another look, who is kept out is
//! read again as often, and a node that was cut off remembers nothing when its line is back. Of guesses each node knows those that it heard of, and
//! counts alone while the bus is away.

use std::{fmt, sync::Arc};

use bytes::Bytes;
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use tokio::time::{Duration, sleep};

use crate::{
    addresses::Addresses,
    ids::{Entropy, NodeId, PersonId, RoomId},
    limits::{Guess, Limits},
    people::People,
    ports::{Bus, Store},
    records::{Key, Record, SigningKey},
    refusal::{Fault, No},
    time::Clock,
    webhooks::Webhooks,
};

/// Where all nodes tell it.
const SUBJECT: &str = "onecouch.changes";
/// How soon it is tried again to hear the others.
const AGAIN: Duration = Duration::from_millis(500);
/// How often who is kept out is read though nobody said that it changed.
const LOOK: Duration = Duration::from_secs(30);
/// What the secret is stored as under which keys of guesses are told.
const GUESSES: &str = "guesses";

/// What is another than it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Change {
    /// Somebody: their name, or whether they have an account.
    Person(PersonId),
    /// What these credentials open, by the hashes of their secrets; what becomes of the lines that are open by them.
    Credentials(Vec<String>, Lines),
    /// Somebody is let into these rooms no more.
    Admissions(PersonId, Vec<RoomId>),
    /// Which addresses are kept out.
    Addresses,
    /// Which webhooks there are.
    Webhooks,
    /// What guesses took, or were given back.
    Guess(Guess),
}

/// What becomes of the lines that are open by a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Lines {
    /// Nothing.
    Stay,
    /// They look again whose they are.
    Look,
    /// They end.
    End,
}

/// The other nodes, where there are any.
#[derive(Clone, Default)]
pub(crate) struct Others {
    cluster: Option<(NodeId, Arc<dyn Bus>)>,
}

impl fmt::Debug for Others {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Others").field(&self.cluster.as_ref().map(|(node, _)| node)).finish()
    }
}

#[derive(Serialize, Deserialize)]
struct Said {
    from: NodeId,
    change: Change,
}

impl Others {
    /// Those on this bus, of which this process is one.
    pub(crate) fn on(bus: Arc<dyn Bus>, node: NodeId) -> Self {
        Self { cluster: Some((node, bus)) }
    }

    /// Tells them, once the store has it.
    pub(crate) fn tell(&self, change: &Change) {
        if let Some((from, bus)) = &self.cluster {
            let said = Said { from: *from, change: change.clone() };
            match serde_json::to_vec(&said) {
                Ok(body) => bus.tell(SUBJECT, Bytes::from(body)),
                Err(error) => tracing::error!(%error, "a change is not told to other nodes"),
            }
        }
    }

    /// Hears them, for ever.
    pub(crate) async fn hear(
        self,
        people: People,
        addresses: Addresses,
        webhooks: Webhooks,
        limits: Arc<Limits>,
        clock: Clock,
    ) {
        let Some((node, bus)) = self.cluster else { return };
        let mut line = bus.line();
        let mut look = tokio::time::interval(LOOK);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let Ok(mut heard) = bus.hear(SUBJECT).await else {
                sleep(AGAIN).await;
                continue;
            };
            // What was told before was not heard.
            forget(&people, &addresses, &webhooks).await;
            loop {
                tokio::select! {
                    letter = heard.next() => {
                        let Some(letter) = letter else { break };
                        match serde_json::from_slice::<Said>(&letter.body) {
                            Ok(said) if said.from == node => {}
                            Ok(Said { change: Change::Addresses, .. }) => read(&addresses).await,
                            Ok(Said { change: Change::Webhooks, .. }) => webhooks.are_others(),
                            Ok(Said { change: Change::Guess(guess), .. }) => limits.heed(&guess, clock.play_time()),
                            Ok(said) => people.heed(&said.change),
                            Err(error) => tracing::error!(%error, "what another node changed is not understood"),
                        }
                    }
                    _ = look.tick() => read(&addresses).await,
                    Ok(()) = line.changed() => {
                        if line.borrow_and_update().up {
                            forget(&people, &addresses, &webhooks).await;
                        }
                    }
                }
            }
        }
    }
}

/// Has guesses counted on all nodes together, as soon as the secret is read under which they are told. Each counts alone until then.
pub(crate) async fn count_together(others: Others, limits: Arc<Limits>, store: Arc<dyn Store>) {
    if others.cluster.is_none() {
        return;
    }
    loop {
        match secret(&*store).await {
            Ok(secret) => return limits.count_with(others, &secret),
            Err(no) => tracing::debug!(%no, "guesses are counted by each node alone for the moment"),
        }
        sleep(AGAIN).await;
    }
}

/// The secret of all nodes, made now where there is none.
async fn secret(store: &dyn Store) -> Result<String, No> {
    let fresh = SigningKey { purpose: GUESSES.to_owned(), secret: Entropy.token() };
    store.claim(vec![Record::SigningKey(fresh)]).await?;
    match store.get(Key::SigningKey(GUESSES.to_owned())).await? {
        Some(Record::SigningKey(key)) => Ok(key.secret),
        _ => Err(Fault::new("the secret under which guesses are told is not kept").into()),
    }
}

/// Anything may be another than it was.
async fn forget(people: &People, addresses: &Addresses, webhooks: &Webhooks) {
    people.forget_all();
    webhooks.are_others();
    read(addresses).await;
}

async fn read(addresses: &Addresses) {
    if let Err(no) = addresses.load().await {
        tracing::error!(%no, "which addresses are kept out cannot be read: those of before are");
    }
}
