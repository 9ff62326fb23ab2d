//! What a store asks its writer for, and the line in which it waits.

use engine::{
    ids::{NodeId, PersonId, RoomId},
    ports::{Brought, Change, Entry, Landing, Pending},
    records::{Key, Record},
    refusal::{Code, Fault, No},
    time::PlayTime,
};
use tokio::sync::{
    mpsc::{self, error::TrySendError},
    oneshot,
};
use tokio_util::sync::{CancellationToken, DropGuard};

/// How many writes may wait for a commit. At the 256 of one commit this is 64 commits: a database that is so far behind is
/// better told than waited for.
const QUEUE: usize = 16_384;

/// Where an answer goes.
pub(super) type Reply<T> = oneshot::Sender<Result<T, Fault>>;

/// Something to write.
#[derive(Debug)]
pub(super) enum Job {
    /// What a room did.
    Append(Entry, Reply<()>),
    /// A room that is taken into this process.
    Raise(RoomId, Reply<Raising>),
    /// A room that this process had in that epoch, and the next may have.
    GiveUp(RoomId, u64, Reply<()>),
    /// A sign of life.
    Beat(PlayTime, Reply<()>),
    /// Records, whatever was there.
    Put(Vec<Record>, Reply<()>),
    /// Records, if nothing is there.
    Claim(Vec<Record>, Reply<bool>),
    /// Records that change together, if their conditions hold.
    Change(Change, Reply<bool>),
    /// A record to be forgotten.
    Delete(Key, Reply<()>),
    /// A person to be taken out of all that is kept of rooms.
    Forget(PersonId, Reply<Vec<RoomId>>),
    /// A whole room from elsewhere.
    Bring(Box<Brought>, Reply<Landing>),
    /// Nothing more will come.
    Close,
}

/// What became of taking a room into this process.
#[derive(Debug)]
pub(super) enum Raising {
    /// There is none.
    Nowhere,
    /// It is taken.
    Here(Raised),
    /// Another node has it, and is alive.
    Elsewhere(NodeId),
    /// The lease of this node is over.
    Over,
}

/// A room that was taken into this process.
#[derive(Debug)]
pub(super) struct Raised {
    /// The new epoch.
    pub(super) epoch: u64,
    /// When the process that had it was last alive.
    pub(super) last_beat: Option<PlayTime>,
}

/// What is to be answered to a job, if the commit that it is part of succeeds.
#[derive(Debug)]
pub(super) enum Judged {
    /// Done, or why the rules do not allow it.
    Done(Result<(), Fault>),
    /// Of a room that was to be taken into this process.
    Raised(Raising),
    /// Whether the conditions held.
    Held(bool),
    /// Nothing: it is done apart.
    Apart,
}

impl Job {
    /// Tells whoever waits.
    pub(super) fn answer(self, judged: Judged) {
        // Whoever does not listen any more does not want to know; what is judged is of the job's own kind.
        match (self, judged) {
            (
                Self::Append(_, reply)
                | Self::GiveUp(.., reply)
                | Self::Beat(_, reply)
                | Self::Put(_, reply)
                | Self::Delete(_, reply),
                Judged::Done(outcome),
            ) => {
                let _ = reply.send(outcome);
            }
            (Self::Raise(_, reply), Judged::Raised(raised)) => {
                let _ = reply.send(Ok(raised));
            }
            (Self::Claim(_, reply) | Self::Change(_, reply), Judged::Held(held)) => {
                let _ = reply.send(Ok(held));
            }
            _ => {}
        }
    }

    /// Tells whoever waits that it is not done.
    pub(super) fn fail(self, fault: Fault) {
        match self {
            Self::Append(_, reply)
            | Self::GiveUp(.., reply)
            | Self::Beat(_, reply)
            | Self::Put(_, reply)
            | Self::Delete(_, reply) => {
                let _ = reply.send(Err(fault));
            }
            Self::Raise(_, reply) => {
                let _ = reply.send(Err(fault));
            }
            Self::Claim(_, reply) | Self::Change(_, reply) => {
                let _ = reply.send(Err(fault));
            }
            Self::Forget(_, reply) => {
                let _ = reply.send(Err(fault));
            }
            Self::Bring(_, reply) => {
                let _ = reply.send(Err(fault));
            }
            Self::Close => {}
        }
    }
}

/// The end of the line that a store holds.
///
/// Close it in the end: dropping it has what is queued written too, but nobody can wait for that.
#[derive(Debug)]
pub(super) struct Queue {
    /// To the writer, in the order in which it commits.
    jobs: mpsc::Sender<Job>,
    /// Cancelled once the writer let go of the database.
    closed: CancellationToken,
}

impl Queue {
    /// A line, its other end, and what the writer drops when it let go of the database.
    pub(super) fn new() -> (Self, mpsc::Receiver<Job>, DropGuard) {
        let (jobs, queue) = mpsc::channel(QUEUE);
        let closed = CancellationToken::new();
        let guard = closed.clone().drop_guard();
        (Self { jobs, closed }, queue, guard)
    }

    /// How many writes wait for a commit.
    pub(super) fn waiting(&self) -> usize {
        self.jobs.max_capacity() - self.jobs.capacity()
    }

    /// Queues what a room did, at once.
    pub(super) fn append(&self, entry: Entry) -> Pending<Result<(), Fault>> {
        let (reply, answer) = oneshot::channel();
        // Here and not in the future: the order of the calls is the order of the commits.
        let queued = self.jobs.try_send(Job::Append(entry, reply)).map_err(|unsent| match unsent {
            TrySendError::Full(_) => Fault::new(format!("the disk is {QUEUE} writes behind")),
            TrySendError::Closed(_) => closed(),
        });
        Box::pin(async move {
            queued?;
            answer.await.map_err(|_| closed())?
        })
    }

    /// Has the writer do something, after all that was queued before.
    pub(super) async fn ask<T>(&self, job: impl FnOnce(Reply<T>) -> Job) -> Result<T, No> {
        // Why is in the log: the writer said it.
        self.told(job).await?.map_err(|_| Code::NotStored.into())
    }

    /// What the writer says of it; a fault of ours where there is none any more.
    pub(super) async fn told<T>(&self, job: impl FnOnce(Reply<T>) -> Job) -> Result<Result<T, Fault>, Fault> {
        let (reply, answer) = oneshot::channel();
        self.jobs.send(job(reply)).await.map_err(|_| closed())?;
        answer.await.map_err(|_| closed())
    }

    /// Has what is queued written, and the database let go of.
    pub(super) async fn close(&self) {
        // Where it cannot be sent, the writer is on its way out already.
        let _ = self.jobs.send(Job::Close).await;
        self.closed.cancelled().await;
    }
}

fn closed() -> Fault {
    Fault::new("the store is closed")
}
