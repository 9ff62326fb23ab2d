//! Updates that Telegram brings by itself: what the host's listener hands in, and where the bot takes it out.

use std::sync::Arc;

use subtle::ConstantTimeEq as _;
use teloxide::types::Update;
use tokio::sync::mpsc;
use url::Url;

/// How many updates wait for the bot; more are told to come again, which Telegram does.
const QUEUE: usize = 256;

/// Where updates are handed in: the host's listener has it.
#[derive(Clone)]
pub struct Door {
    path: Arc<str>,
    secret: Arc<str>,
    updates: mpsc::Sender<Update>,
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
    /// Too many wait, or the bot has ended: worth another try.
    #[error("too many updates wait")]
    Full,
}

/// A way for updates. Telegram is told to bring them to `url` and to show `secret`: 1 to 256 characters of `A-Za-z0-9_-`.
pub fn webhook(url: Url, secret: &str) -> (Door, Inbox) {
    let (sender, updates) = mpsc::channel(QUEUE);
    let secret: Arc<str> = secret.into();
    let door = Door { path: url.path().into(), secret: secret.clone(), updates: sender };
    (door, Inbox { url, secret, updates })
}

impl Door {
    /// The path at which updates come in.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Takes an update from whoever shows the secret. What cannot be read is taken too: Telegram would bring it for ever.
    pub fn take(&self, shown: Option<&[u8]>, body: &[u8]) -> Result<(), NotTaken> {
        if !bool::from(shown.unwrap_or_default().ct_eq(self.secret.as_bytes())) {
            return Err(NotTaken::Stranger);
        }
        match serde_json::from_slice(body) {
            Ok(update) => self.updates.try_send(update).map_err(|_| NotTaken::Full),
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

    #[test]
    fn who_does_not_know_the_secret_brings_nothing() {
        let (door, mut inbox) = webhook("https://couch.example/telegram/webhook/a".parse().unwrap(), "secret");
        assert_eq!(door.path(), "/telegram/webhook/a");
        for shown in [None, Some(&b""[..]), Some(b"secre"), Some(b"secrets"), Some(b"Secret")] {
            assert_eq!(door.take(shown, UPDATE), Err(NotTaken::Stranger));
        }
        inbox.updates.try_recv().unwrap_err();
        assert_eq!(door.take(Some(b"secret"), UPDATE), Ok(()));
        assert_eq!(door.take(Some(b"secret"), b"nonsense"), Ok(()));
        assert_eq!(inbox.updates.try_recv().unwrap().id.0, 1);
        inbox.updates.try_recv().unwrap_err();
    }

    #[test]
    fn a_full_house_asks_to_come_again() {
        let (door, _inbox) = webhook("https://couch.example/telegram/webhook".parse().unwrap(), "s");
        for _ in 0..QUEUE {
            assert_eq!(door.take(Some(b"s"), UPDATE), Ok(()));
        }
        assert_eq!(door.take(Some(b"s"), UPDATE), Err(NotTaken::Full));
    }
}
