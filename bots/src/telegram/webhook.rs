//! Updates that Telegram brings by itself: what the host's listener hands in, and where the bot takes it out.

use std::sync::{Arc, Mutex, PoisonError};

use subtle::ConstantTimeEq as _;
use teloxide::types::Update;
use tokio::sync::mpsc::{self, error::TrySendError};
use url::Url;

/// How many updates wait for the bot; more are told to come again, which Telegram does.
const QUEUE: usize = 256;

/// Where updates are handed in: the host's listener has it. Clones are the same one.
#[derive(Clone)]
pub struct Door {
    url: Url,
    secret: Arc<str>,
    /// To the bot that there is, or was last.
    updates: Arc<Mutex<Option<mpsc::Sender<Update>>>>,
}

/// Where the bot takes them out.
pub struct Inbox {
    pub(super) url: Url,
    pub(super) secret: Arc<str>,
    pub(super) updates: mpsc::Receiver<Update>,
}

/// Why an update was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// Whoever brought it does not know the secret.
    #[error("the secret is not the one that Telegram was told")]
    Stranger,
    /// Too many wait: worth another try.
    #[error("too many updates wait")]
    Full,
    /// The bot is not here: it has ended, or another node has it.
    #[error("the bot is not here")]
    Away,
}

impl Door {
    /// A way for updates. Telegram is told to bring them to `url` and to show `secret`: 1 to 256 characters of `A-Za-z0-9_-`.
    pub fn new(url: Url, secret: &str) -> Self {
        Self { url, secret: secret.into(), updates: Arc::default() }
    }

    /// Where a bot that begins takes updates out, from now on and alone.
    pub fn inbox(&self) -> Inbox {
        let (sender, updates) = mpsc::channel(QUEUE);
        *self.updates.lock().unwrap_or_else(PoisonError::into_inner) = Some(sender);
        Inbox { url: self.url.clone(), secret: self.secret.clone(), updates }
    }

    /// The path at which updates come in.
    pub fn path(&self) -> &str {
        self.url.path()
    }

    /// Whether somebody shows the secret.
    pub fn knows(&self, shown: Option<&[u8]>) -> Result<(), NotTaken> {
        let same = bool::from(shown.unwrap_or_default().ct_eq(self.secret.as_bytes()));
        if same { Ok(()) } else { Err(NotTaken::Stranger) }
    }

    /// Takes an update from whoever was [found to know](Self::knows) the secret. What cannot be read is taken too: Telegram would bring it for ever.
    pub fn take(&self, body: &[u8]) -> Result<(), NotTaken> {
        let updates = self.updates.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let updates = updates.filter(|updates| !updates.is_closed()).ok_or(NotTaken::Away)?;
        match serde_json::from_slice(body) {
            Ok(update) => updates.try_send(update).map_err(|error| match error {
                TrySendError::Full(_) => NotTaken::Full,
                TrySendError::Closed(_) => NotTaken::Away,
            }),
            Err(error) => {
                tracing::debug!(%error, "Telegram brought something that is no update");
                Ok(())
            }
        }
    }
}

impl std::fmt::Debug for Inbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Inbox").field("url", &self.url.as_str()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UPDATE: &[u8] = br#"{"update_id": 1, "something_new": {}}"#;

    fn door(path: &str, secret: &str) -> Door {
        Door::new(format!("https://couch.example{path}").parse().unwrap(), secret)
    }

    #[test]
    fn who_does_not_know_the_secret_brings_nothing() {
        let door = door("/telegram/webhook/a", "secret");
        assert_eq!(door.path(), "/telegram/webhook/a");
        for shown in [None, Some(&b""[..]), Some(b"secre"), Some(b"secrets"), Some(b"Secret")] {
            assert_eq!(door.knows(shown), Err(NotTaken::Stranger));
        }
        assert_eq!(door.knows(Some(b"secret")), Ok(()));
    }

    #[test]
    fn an_update_goes_to_the_bot_that_there_is() {
        let door = door("/telegram/webhook", "s");
        assert_eq!(door.take(UPDATE), Err(NotTaken::Away));
        let mut first = door.inbox();
        assert_eq!(door.take(UPDATE), Ok(()));
        assert_eq!(door.take(b"nonsense"), Ok(()));
        assert_eq!(first.updates.try_recv().unwrap().id.0, 1);
        first.updates.try_recv().unwrap_err();
        drop(first);
        assert_eq!(door.take(UPDATE), Err(NotTaken::Away));
        let mut next = door.inbox();
        assert_eq!(door.clone().take(UPDATE), Ok(()));
        assert_eq!(next.updates.try_recv().unwrap().id.0, 1);
    }

    #[test]
    fn a_full_house_asks_to_come_again() {
        let door = door("/telegram/webhook", "s");
        let _inbox = door.inbox();
        for _ in 0..QUEUE {
            assert_eq!(door.take(UPDATE), Ok(()));
        }
        assert_eq!(door.take(UPDATE), Err(NotTaken::Full));
    }
}
