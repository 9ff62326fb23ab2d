//! What one node has and no other: locks of the server that go with a connection, one for each node, which can hold as many of them as there are.
//!
//! Nobody waits in the server: that would take a connection for each who waits. Who does not get a lock tries again a little later. Of the same node
//! one asks at a time for each key (`engine::turns`), so that what is tried again is little.
//!
//! Where the connection is lost all locks of this node are, and others may have them at once, or as soon as the server notices: within 30 s. Who had one
//! is told so when they ask, which they do before they write. What is written in the moment between the two, or is on its way for longer, is written
//! beside what others write: then a quota may be passed by one upload, or of two changes of a record the last one stays. What has a condition of its own
//! in the store (names, claims, rooms) is safe from that.

use std::{collections::HashMap, io, time::Duration};

use async_trait::async_trait;
use engine::{
    ids::Entropy,
    ports::Held,
    refusal::{Code, No},
};
use sha2::{Digest, Sha256};
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, sleep, timeout},
};

use super::{
    connect::{CONNECT, connect},
    line::{Backend, backend, end},
};

/// How soon a lock is tried again that somebody else has, in ms, and how much later at most: two who try do not keep step.
const AGAIN: u64 = 5;
const LATER: u64 = 20;
/// How long one statement may take, beside the time that a connection takes which has to be made first.
const PATIENCE: Duration = Duration::from_secs(3);
/// For how long a server that did not answer is not tried again: those who asked meanwhile do not wait one after the other.
const PAUSE: Duration = Duration::from_millis(500);

/// A number of 64 bits: apart from our other locks, which have two of 32.
const TRY: &str = "SELECT pg_try_advisory_lock($1)";

const FREE: &str = "SELECT pg_advisory_unlock($1)";

/// The locks of this node.
#[derive(Debug)]
pub(super) struct Exclusives {
    asks: mpsc::UnboundedSender<Ask>,
}

#[derive(Debug)]
enum Ask {
    /// Whether a lock is to be had, and is now.
    Take(i64, oneshot::Sender<Taken>),
    /// Whether one still is.
    Still(i64, u64, oneshot::Sender<bool>),
    /// Nobody needs it any more.
    Free(i64, u64),
    /// All are to be given back, and no more is to be had.
    Close(oneshot::Sender<()>),
}

/// What became of trying.
#[derive(Debug)]
enum Taken {
    /// It is had, under this number.
    Yes(u64),
    /// Somebody else has it.
    No,
    /// The server does not answer.
    Away,
}

impl Exclusives {
    /// None yet, and no connection before the first.
    pub(super) fn new(options: PgConnectOptions) -> Self {
        let (asks, asked) = mpsc::unbounded_channel();
        tokio::spawn(Keeper::new(options).keep(asked));
        Self { asks }
    }

    /// Waits until nobody else has this.
    pub(super) async fn take(&self, key: &str, patience: Duration) -> Result<Box<dyn Held>, No> {
        let (lock, until) = (number(key), Instant::now() + patience);
        loop {
            let (reply, answer) = oneshot::channel();
            let _ = self.asks.send(Ask::Take(lock, reply));
            match answer.await {
                Ok(Taken::Yes(take)) => return Ok(Box::new(OnServer { lock, take, asks: self.asks.clone() })),
                Ok(Taken::No) if Instant::now() < until => {}
                Ok(Taken::No) => return Err(Code::Busy.into()),
                Ok(Taken::Away) | Err(_) => return Err(Code::NotStored.into()),
            }
            sleep(Duration::from_millis(AGAIN + Entropy.seed() % LATER)).await;
        }
    }

    /// Gives all back.
    pub(super) async fn close(&self) {
        let (reply, closed) = oneshot::channel();
        if self.asks.send(Ask::Close(reply)).is_ok() {
            let _ = closed.await;
        }
    }
}

/// Which lock a key has. All versions must agree on it.
fn number(key: &str) -> i64 {
    let hash = Sha256::digest(key);
    let mut first = [0; 8];
    first.copy_from_slice(&hash[..8]);
    i64::from_be_bytes(first)
}

/// A lock of the server's, until this is dropped.
#[derive(Debug)]
struct OnServer {
    lock: i64,
    /// Which of all takes of it this was.
    take: u64,
    asks: mpsc::UnboundedSender<Ask>,
}

#[async_trait]
impl Held for OnServer {
    async fn still(&self) -> bool {
        let (reply, answer) = oneshot::channel();
        let _ = self.asks.send(Ask::Still(self.lock, self.take, reply));
        answer.await.unwrap_or(false)
    }
}

impl Drop for OnServer {
    fn drop(&mut self) {
        // Where nobody hears it any more, the connection is gone, and the lock with it.
        let _ = self.asks.send(Ask::Free(self.lock, self.take));
    }
}

/// Has the connection.
struct Keeper {
    options: PgConnectOptions,
    /// None before the first lock, and where the last one was lost.
    connection: Option<PgConnection>,
    /// The other end of it, or of the last.
    backend: Option<Backend>,
    /// The locks that are had, each by the number of its take. The server gives a connection what it has already a second time.
    held: HashMap<i64, u64>,
    takes: u64,
    /// When the server did not answer, where it did not the last time.
    away_since: Option<Instant>,
}

impl Keeper {
    fn new(options: PgConnectOptions) -> Self {
        Self { options, connection: None, backend: None, held: HashMap::new(), takes: 0, away_since: None }
    }

    async fn keep(mut self, mut asked: mpsc::UnboundedReceiver<Ask>) {
        while let Some(ask) = asked.recv().await {
            match ask {
                Ask::Take(lock, reply) => {
                    // Whoever does not wait any more needs none.
                    if reply.is_closed() {
                        continue;
                    }
                    let taken = self.take(lock).await;
                    if let Err(Taken::Yes(take)) = reply.send(taken) {
                        self.free(lock, take).await;
                    }
                }
                Ask::Still(lock, take, reply) => {
                    let still = self.still(lock, take).await;
                    let _ = reply.send(still);
                }
                Ask::Free(lock, take) => self.free(lock, take).await,
                Ask::Close(reply) => {
                    asked.close();
                    if let Some(connection) = self.connection.take() {
                        let _ = timeout(PATIENCE, connection.close()).await;
                    }
                    let _ = reply.send(());
                    return;
                }
            }
        }
    }

    async fn take(&mut self, lock: i64) -> Taken {
        if self.held.contains_key(&lock) {
            return Taken::No;
        }
        if self.away_since.is_some_and(|since| since.elapsed() < PAUSE) {
            return Taken::Away;
        }
        // One that was lost since the last time says so now.
        let first = self.connection.is_none();
        let mut free = self.tries(lock).await;
        if free.is_err() && !first {
            free = self.tries(lock).await;
        }
        match free {
            Ok(free) => {
                if self.away_since.take().is_some() {
                    tracing::info!("what only one node may do at a time can be done again");
                }
                if !free {
                    return Taken::No;
                }
                self.takes += 1;
                self.held.insert(lock, self.takes);
                Taken::Yes(self.takes)
            }
            Err(error) => {
                if self.away_since.replace(Instant::now()).is_none() {
                    tracing::warn!(%error, "what only one node may do at a time cannot be done: the database does not answer");
                }
                Taken::Away
            }
        }
    }

    async fn tries(&mut self, lock: i64) -> Result<bool, sqlx::Error> {
        let tried = async {
            let connection = self.get().await?;
            sqlx::query_scalar(TRY).bind(lock).fetch_one(connection).await
        };
        let late = |late| Err(io::Error::new(io::ErrorKind::TimedOut, late).into());
        let tried = timeout(CONNECT + PATIENCE, tried).await.unwrap_or_else(late);
        if tried.is_err() {
            self.hang_up();
        }
        tried
    }

    async fn get(&mut self) -> Result<&mut PgConnection, sqlx::Error> {
        match &mut self.connection {
            Some(connection) => Ok(connection),
            lost => {
                let mut connection = connect(&self.options).await?;
                if let Some(last) = &self.backend {
                    // Where only the line was cut, the server does not know: nobody would get what was had by it.
                    end(&mut connection, last).await?;
                }
                self.backend = Some(backend(&mut connection).await?);
                Ok(lost.insert(connection))
            }
        }
    }

    /// All that was had is lost.
    fn hang_up(&mut self) {
        self.connection = None;
        self.held.clear();
    }

    async fn still(&mut self, lock: i64, take: u64) -> bool {
        if self.held.get(&lock) != Some(&take) {
            return false;
        }
        let Some(connection) = &mut self.connection else { return false };
        let still = matches!(timeout(PATIENCE, connection.ping()).await, Ok(Ok(())));
        if !still {
            self.hang_up();
        }
        still
    }

    async fn free(&mut self, lock: i64, take: u64) {
        if self.held.get(&lock) != Some(&take) {
            return;
        }
        self.held.remove(&lock);
        if let Some(connection) = &mut self.connection {
            let freed = timeout(PATIENCE, sqlx::query(FREE).bind(lock).execute(connection)).await;
            if !matches!(freed, Ok(Ok(_))) {
                self.hang_up();
            }
        }
    }
}
