//! The engine's [`Bus`] on NATS core.
//!
//! One connection for all. What is told and asked goes through one queue, so that it is sent in the order of the calls and nobody waits for
//! the network; answers come back on one subject of this node's, by number. What is larger than the server takes at once goes in
//! [`parts`]. While the server is away nothing is kept for later: whoever asks is told so at once, and the client
//! goes on trying to come back.

mod parts;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_nats::{Client, ConnectErrorKind, ConnectOptions, Event, Message, ServerAddr, StatusCode};
use async_trait::async_trait;
use bytes::Bytes;
use dashmap::DashMap;
use engine::ids::Entropy;
use engine::ports::{Bus, Hearing, Letter, Line, Pending, Unheard};
use futures_util::{StreamExt, stream};
use tokio::{
    sync::{
        mpsc::{self, error::TrySendError},
        oneshot, watch,
    },
    time::timeout,
};
use url::Url;

use self::parts::Letters;

/// How many letters may wait to be sent. The server takes thousands in a millisecond: where so many wait it is away, and they would be old
/// when they came.
const QUEUE: usize = 16_384;
/// How often the server is asked whether it is there; after two that it did not answer, it is not.
const PING: Duration = Duration::from_secs(2);
/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(5);
/// The longest pause between two attempts to come back.
const PAUSE: Duration = Duration::from_secs(1);
/// How long the last letters may take at the end.
const LAST_LETTERS: Duration = Duration::from_secs(1);

/// Why there is no bus, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum BusError {
    /// Not the address of a NATS server.
    #[error("cluster.nats_url is {url}, which is no NATS server's: write nats://HOST:4222, or tls://HOST:4222")]
    Address {
        /// What was given, without its password.
        url: String,
    },
    /// It knows us not.
    #[error(
        "the NATS server at {url} does not let this node in: put user and password into cluster.nats_url, or correct them"
    )]
    NotLetIn {
        /// Where, without the password.
        url: String,
    },
    /// It is not there.
    #[error("the NATS server at {url} cannot be reached ({source}): start it, or correct cluster.nats_url")]
    Unreachable {
        /// Where, without the password.
        url: String,
        /// What the client said.
        source: async_nats::ConnectError,
    },
}

/// A line to a NATS server. Clones are the same line.
#[derive(Clone)]
pub struct NatsBus {
    shared: Arc<Shared>,
}

struct Shared {
    client: Client,
    /// Before all subjects: several installations may share a server and never meet.
    prefix: String,
    /// Where this node's answers come, without the prefix and the number.
    inbox: String,
    queue: mpsc::Sender<Outgoing>,
    /// The last number given to a question.
    asked: AtomicU64,
    waiting: Arc<Waiting>,
    line: watch::Receiver<Line>,
}

/// Who waits for an answer, by the number of the question.
type Waiting = DashMap<u64, oneshot::Sender<Result<Bytes, Unheard>>>;

/// What goes out.
enum Outgoing {
    Letter {
        subject: String,
        reply_to: Option<String>,
        body: Bytes,
    },
    /// All before it is to be on its way, and then this.
    Flush(oneshot::Sender<()>),
}

impl NatsBus {
    /// Connects. `installation` is what all nodes of one installation have in common, and nobody else.
    ///
    /// # Errors
    ///
    /// [`BusError`], in words for whoever runs the server.
    pub async fn connect(url: &str, installation: &str, node: &str) -> Result<Self, BusError> {
        let address = || BusError::Address { url: shown(url) };
        let servers = servers(url)?;
        let (up, line) = watch::channel(Line { up: true, generation: 1 });
        let options = ConnectOptions::new()
            .name(format!("onecouch {node}"))
            .connection_timeout(CONNECT)
            .ping_interval(PING)
            .reconnect_delay_callback(|attempts| Duration::from_millis(50 * attempts as u64).min(PAUSE))
            .event_callback(move |event| {
                note(&up, &event);
                std::future::ready(())
            });
        let client = options.connect(servers).await.map_err(|source| match source.kind() {
            ConnectErrorKind::Authentication | ConnectErrorKind::AuthorizationViolation => {
                BusError::NotLetIn { url: shown(url) }
            }
            ConnectErrorKind::ServerParse => address(),
            _ => BusError::Unreachable { url: shown(url), source },
        })?;
        let (queue, outgoing) = mpsc::channel(QUEUE);
        let inbox = format!("answers.{}", Entropy.token());
        let prefix = format!("onecouch.{installation}");
        let waiting: Arc<Waiting> = Arc::default();
        let answers = client.subscribe(format!("{prefix}.{inbox}.*")).await;
        let answers = answers.map_err(|_| address())?;
        tokio::spawn(hear_answers(answers, waiting.clone()));
        tokio::spawn(send(client.clone(), outgoing, line.clone()));
        let asked = AtomicU64::new(0);
        Ok(Self { shared: Arc::new(Shared { client, prefix, inbox, queue, asked, waiting, line }) })
    }

    /// Waits until all that was told is on its way to the server, within a second.
    pub async fn flush(&self) {
        let (sender, flushed) = oneshot::channel();
        let flushed = async {
            if self.shared.queue.send(Outgoing::Flush(sender)).await.is_ok() {
                let _ = flushed.await;
            }
        };
        let _ = timeout(LAST_LETTERS, flushed).await;
    }

    fn put(&self, subject: &str, reply_to: Option<String>, body: Bytes) -> Result<(), Unheard> {
        if !self.shared.line.borrow().up {
            return Err(Unheard::Cut);
        }
        let subject = self.shared.full(subject);
        let reply_to = reply_to.map(|reply_to| self.shared.full(&reply_to));
        let put = self.shared.queue.try_send(Outgoing::Letter { subject, reply_to, body });
        put.map_err(|unsent| {
            if matches!(unsent, TrySendError::Full(_)) {
                tracing::debug!("more is said than the bus takes");
            }
            Unheard::Cut
        })
    }
}

impl Shared {
    fn full(&self, subject: &str) -> String {
        format!("{}.{subject}", self.prefix)
    }
}

/// Keeps what a line is up to date.
fn note(line: &watch::Sender<Line>, event: &Event) {
    match event {
        // The first is of the connection that everything began with.
        Event::Connected => {
            line.send_if_modified(|line| {
                let comes_back = !line.up;
                if comes_back {
                    tracing::info!("the bus is back");
                    *line = Line { up: true, generation: line.generation + 1 };
                }
                comes_back
            });
        }
        Event::Disconnected | Event::Closed => {
            line.send_if_modified(|line| {
                let goes = line.up;
                if goes {
                    tracing::warn!("the bus is away: films go on, and what other nodes have to decide waits");
                    line.up = false;
                }
                goes
            });
        }
        other => tracing::debug!(%other, "bus"),
    }
}

/// Sends what is put into the queue, in its order.
async fn send(client: Client, mut outgoing: mpsc::Receiver<Outgoing>, line: watch::Receiver<Line>) {
    let mut number = 0_u64;
    while let Some(next) = outgoing.recv().await {
        match next {
            // What waited while the server went away is not for when it is back.
            Outgoing::Letter { .. } if !line.borrow().up => {}
            Outgoing::Letter { subject, reply_to, body } => {
                number += 1;
                if let Err(error) = parts::publish(&client, subject, reply_to, body, number).await {
                    tracing::warn!(%error, "a letter could not be sent");
                }
            }
            Outgoing::Flush(flushed) => {
                if client.flush().await.is_ok() {
                    let _ = flushed.send(());
                }
            }
        }
    }
}

/// Hands each answer to whoever waits for it.
async fn hear_answers(mut answers: async_nats::Subscriber, waiting: Arc<Waiting>) {
    let mut letters = Letters::default();
    while let Some(message) = answers.next().await {
        let number = message.subject.rsplit('.').next().and_then(|number| number.parse().ok());
        let Some(number) = number else { continue };
        let answer = match message.status {
            Some(StatusCode::NO_RESPONDERS) => Some(Err(Unheard::Nobody)),
            _ => letters.take(message).map(|message| Ok(message.payload)),
        };
        if let Some(answer) = answer
            && let Some((_, asker)) = waiting.remove(&number)
        {
            // Who asked may have lost patience.
            let _ = asker.send(answer);
        }
    }
}

/// Forgets a question when nobody waits for its answer any more.
struct Question {
    waiting: Arc<Waiting>,
    number: u64,
}

impl Drop for Question {
    fn drop(&mut self) {
        self.waiting.remove(&self.number);
    }
}

#[async_trait]
impl Bus for NatsBus {
    fn ask(&self, subject: &str, body: Bytes, patience: Duration) -> Pending<Result<Bytes, Unheard>> {
        let shared = &self.shared;
        let number = shared.asked.fetch_add(1, Ordering::Relaxed);
        let (asker, answer) = oneshot::channel();
        shared.waiting.insert(number, asker);
        let question = Question { waiting: shared.waiting.clone(), number };
        let sent = self.put(subject, Some(format!("{}.{number}", shared.inbox)), body);
        Box::pin(async move {
            let _question = question;
            sent?;
            match timeout(patience, answer).await {
                Ok(Ok(answer)) => answer,
                Ok(Err(_)) | Err(_) => Err(Unheard::Late),
            }
        })
    }

    fn tell(&self, subject: &str, body: Bytes) {
        // Whoever tells does not wait for anybody to hear it.
        let _ = self.put(subject, None, body);
    }

    async fn hear(&self, subject: &str) -> Result<Hearing, Unheard> {
        let shared = &self.shared;
        if !shared.line.borrow().up {
            return Err(Unheard::Cut);
        }
        let heard = shared.client.subscribe(shared.full(subject)).await.map_err(|_| Unheard::Cut)?;
        let prefix = format!("{}.", shared.prefix);
        let letters = stream::unfold((heard, Letters::default(), prefix), async |(mut heard, mut letters, prefix)| {
            loop {
                if let Some(message) = letters.take(heard.next().await?) {
                    let letter = letter(message, &prefix);
                    return Some((letter, (heard, letters, prefix)));
                }
            }
        });
        Ok(letters.boxed())
    }

    fn line(&self) -> watch::Receiver<Line> {
        self.shared.line.clone()
    }
}

fn letter(message: Message, prefix: &str) -> Letter {
    let reply_to = message.reply.as_ref().and_then(|reply| reply.strip_prefix(prefix)).map(str::to_owned);
    Letter { body: message.payload, reply_to }
}

/// Looks whether an address is one of NATS servers, without going there.
pub fn check(url: &str) -> Result<(), BusError> {
    servers(url).map(drop)
}

/// The servers that an address names: one, or several of a cluster with commas between them.
fn servers(url: &str) -> Result<Vec<ServerAddr>, BusError> {
    let server = |one: &str| one.trim().parse::<ServerAddr>().ok().filter(|one| matches!(one.scheme(), "nats" | "tls"));
    let all: Option<Vec<_>> = url.split(',').map(server).collect();
    all.ok_or_else(|| BusError::Address { url: shown(url) })
}

/// Addresses as they may be shown: without the passwords.
fn shown(url: &str) -> String {
    url.split(',').map(|one| shown_one(one.trim())).collect::<Vec<_>>().join(",")
}

fn shown_one(url: &str) -> String {
    let Ok(mut url) = Url::parse(url) else { return "no address".to_owned() };
    if url.password().is_some() && url.set_password(Some("***")).is_err() {
        return "no address".to_owned();
    }
    // A token stands where a name would.
    if url.password().is_none() && !url.username().is_empty() && url.set_username("***").is_err() {
        return "no address".to_owned();
    }
    url.to_string()
}
