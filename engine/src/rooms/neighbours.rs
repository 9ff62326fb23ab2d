//! What other nodes see of rooms that are in memory there, and not here. Asked of each that is alive, and for rare things alone: each question is one
//! to every node.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use futures_util::{StreamExt, future::join_all};
use serde::{Deserialize, Serialize};
use tokio::{sync::OnceCell, time::sleep};

use super::{
    Handle, Shared,
    cluster::Cluster,
    wire::{read, write},
};
use crate::{
    ids::{NodeId, PersonId, RoomId},
    ports::Unheard,
    refusal::{Code, No},
};

/// How long one question to a node may take.
const PATIENCE: Duration = Duration::from_millis(1_500);
/// How often it is asked where it does not answer, and how soon it is again.
const ATTEMPTS: usize = 3;
const AGAIN: Duration = Duration::from_millis(500);

/// What is asked.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Question {
    /// In which rooms somebody is.
    With(PersonId),
}

/// Where a node is asked.
fn subject(node: NodeId) -> String {
    format!("onecouch.neighbour.{node}")
}

impl Shared {
    /// The rooms in this node's memory that somebody is in.
    fn with_here(&self, person: PersonId) -> BTreeSet<RoomId> {
        let here = |cell: &OnceCell<Handle>| cell.get().is_some_and(|handle| handle.view.load().is_here(person));
        self.loaded.iter().filter(|cell| here(cell.value())).map(|cell| *cell.key()).collect()
    }

    /// The rooms that somebody is in on any node: whoever is connected to a node is in a room that it has or follows.
    ///
    /// # Errors
    ///
    /// `busy` where a node that is alive does not answer.
    pub(super) async fn with(&self, person: PersonId) -> Result<BTreeSet<RoomId>, No> {
        let mut rooms = self.with_here(person);
        if let Some(cluster) = &self.cluster {
            let question = Question::With(person);
            let others =
                self.store.nodes().await?.into_iter().map(|head| head.node).filter(|node| *node != cluster.node);
            for answer in join_all(others.map(|node| ask(cluster, node, &question))).await {
                rooms.extend(answer?);
            }
        }
        Ok(rooms)
    }
}

/// What one node answers. One that is gone sees nothing.
async fn ask(cluster: &Cluster, node: NodeId, question: &Question) -> Result<BTreeSet<RoomId>, No> {
    let mut left = ATTEMPTS;
    loop {
        match cluster.bus.ask(&subject(node), write(question), PATIENCE).await {
            Ok(answer) => return Ok(read(&answer)?),
            Err(Unheard::Nobody) => return Ok(BTreeSet::new()),
            Err(unheard @ (Unheard::Late | Unheard::Cut)) => {
                left -= 1;
                if left == 0 {
                    tracing::warn!(%node, %unheard, "another node does not say who is there");
                    return Err(Code::Busy.into());
                }
                sleep(AGAIN).await;
            }
        }
    }
}

/// Answers other nodes, for ever.
pub(super) async fn answer_neighbours(shared: Arc<Shared>) {
    let Some(cluster) = shared.cluster.as_deref() else { return };
    let subject = subject(cluster.node);
    loop {
        if let Ok(mut heard) = cluster.bus.hear(&subject).await {
            while let Some(letter) = heard.next().await {
                match read(&letter.body) {
                    Ok(Question::With(person)) => letter.answer(&*cluster.bus, write(&shared.with_here(person))),
                    Err(fault) => tracing::error!(%fault, "a question of another node is left unanswered"),
                }
            }
        }
        // The bus is away, or was.
        sleep(AGAIN).await;
    }
}
