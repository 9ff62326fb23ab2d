//! How nodes speak to each other, modelled on NATS core: subjects, at most once, and who asks nobody is told so.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::BoxStream;
use tokio::sync::watch;

use super::Pending;

/// A bus between nodes. What it carries arrives once or not at all, and what one node says on a subject arrives in that order.
/// Bodies are as large as a whole room is: usually some kB, with a long queue a MB.
#[async_trait]
pub trait Bus: Send + Sync + 'static {
    /// Asks whoever hears a subject. Sent at once and in the order of the calls; the future resolves with the first answer.
    /// Dropping it takes nothing back.
    fn ask(&self, subject: &str, body: Bytes, patience: Duration) -> Pending<Result<Bytes, Unheard>>;

    /// Tells all who hear a subject, in the order of the calls. Lost where nobody does, or the bus is away.
    fn tell(&self, subject: &str, body: Bytes);

    /// Hears all that is told or asked on a subject from now on: who is asked by this node afterwards, and tells that subject for
    /// it, is heard. Ends with the process alone; what is told while the bus is away, or faster than it is heard, is lost.
    async fn hear(&self, subject: &str) -> Result<Hearing, Unheard>;

    /// Whether this node is on the bus. Another generation says that it was not in between, and that it may have missed
    /// something.
    fn line(&self) -> watch::Receiver<Line>;
}

/// What is heard on a subject.
pub type Hearing = BoxStream<'static, Letter>;

/// One message.
#[derive(Debug, Clone)]
pub struct Letter {
    /// What it says.
    pub body: Bytes,
    /// Where the answer goes, if one is waited for.
    pub reply_to: Option<String>,
}

impl Letter {
    /// Answers whoever asked; nobody is answered who only told.
    pub fn answer(&self, bus: &dyn Bus, body: Bytes) {
        if let Some(reply_to) = &self.reply_to {
            bus.tell(reply_to, body);
        }
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unheard {
    /// Nobody hears the subject, so nobody heard this.
    #[error("nobody hears it")]
    Nobody,
    /// There was none in time. Whether it was heard is not known.
    #[error("no answer in time")]
    Late,
    /// The bus is away: it was not sent.
    #[error("the bus is away")]
    Cut,
}

/// A node's line to the bus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// Whether it stands.
    pub up: bool,
    /// How often it was made.
    pub generation: u64,
}
