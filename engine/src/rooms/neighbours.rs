//! What other nodes see of rooms that are in memory there, and not here. Asked of each that is alive, and for rare things alone: each question is one
//! to every node.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};

use futures_util::{StreamExt, future::join_all};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
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
    survey::{Glance, Sought},
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
    /// How these rooms are, where they are in memory.
    Glances(Vec<RoomId>),
    /// Which rooms in memory are these.
    Awake(Box<Sought>),
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
        for answer in self.ask_all::<BTreeSet<RoomId>>(&Question::With(person), ATTEMPTS).await? {
            rooms.extend(answer?);
        }
        Ok(rooms)
    }

    fn glances_here(&self, rooms: &[RoomId]) -> Vec<Glance> {
        rooms.iter().filter_map(|room| Some(Glance::of(&self.present(*room)?.view.load()))).collect()
    }

    /// How these rooms are, where they are in memory on any node. Of a node that does not answer nothing is known.
    pub(super) async fn glances(&self, mut rooms: Vec<RoomId>) -> HashMap<RoomId, Glance> {
        let here = self.glances_here(&rooms);
        let mut glances: HashMap<_, _> = here.into_iter().map(|glance| (glance.head.id, glance)).collect();
        rooms.retain(|room| !glances.contains_key(room));
        if !rooms.is_empty() {
            for glance in self.ask_for_glances(&Question::Glances(rooms)).await {
                glances.entry(glance.head.id).or_insert(glance);
            }
        }
        glances
    }

    fn awake_here(&self, sought: &Sought) -> Vec<Glance> {
        let views = self.loaded.iter().filter_map(|cell| cell.get().map(|handle| handle.view.load_full()));
        sought.among(views.map(|view| Glance::of(&view)))
    }

    /// The rooms in memory on any node that are sought. Of a node that does not answer there are none.
    pub(super) async fn awake(&self, sought: Sought) -> Vec<Glance> {
        let mut found = self.awake_here(&sought);
        if self.cluster.is_none() {
            return found;
        }
        found.extend(self.ask_for_glances(&Question::Awake(Box::new(sought.clone()))).await);
        sought.among(found)
    }

    async fn ask_for_glances(&self, question: &Question) -> Vec<Glance> {
        match self.ask_all::<Vec<Glance>>(question, 1).await {
            Ok(answers) => answers.into_iter().flatten().flatten().collect(),
            Err(no) => {
                tracing::warn!(%no, "what is on other nodes is not shown");
                Vec::new()
            }
        }
    }

    /// What each other node that is alive answers.
    async fn ask_all<T: DeserializeOwned>(
        &self,
        question: &Question,
        attempts: usize,
    ) -> Result<Vec<Result<T, No>>, No> {
        let Some(cluster) = &self.cluster else { return Ok(Vec::new()) };
        let nodes = self.store.nodes().await?.into_iter().map(|head| head.node);
        let others = nodes.filter(|node| *node != cluster.node);
        let answers = join_all(others.map(|node| ask(cluster, node, question, attempts))).await;
        Ok(answers.into_iter().filter_map(Result::transpose).collect())
    }
}

/// What one node answers; nothing where it is gone.
async fn ask<T: DeserializeOwned>(
    cluster: &Cluster,
    node: NodeId,
    question: &Question,
    attempts: usize,
) -> Result<Option<T>, No> {
    let mut left = attempts;
    loop {
        match cluster.bus.ask(&subject(node), write(question), PATIENCE).await {
            Ok(answer) => return Ok(Some(read(&answer)?)),
            Err(Unheard::Nobody) => return Ok(None),
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
                    Ok(question) => {
                        let answer = match question {
                            Question::With(person) => write(&shared.with_here(person)),
                            Question::Glances(rooms) => write(&shared.glances_here(&rooms)),
                            Question::Awake(sought) => write(&shared.awake_here(&sought)),
                        };
                        letter.answer(&*cluster.bus, answer);
                    }
                    Err(fault) => tracing::error!(%fault, "a question of another node is left unanswered"),
                }
            }
        }
        // The bus is away, or was.
        sleep(AGAIN).await;
    }
}
