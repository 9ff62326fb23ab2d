//! Passwords: argon2id with 19 MiB and two passes, at most two at once, beside the threads that serve everybody.

use std::sync::Arc;

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{Error, PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use tokio::sync::{OnceCell, Semaphore};

use super::People;
use crate::{
    ids::Entropy,
    refusal::{Code, Fault, No, Refusal},
};

/// The least number of characters of an account's password.
pub const PASSWORD_LEAST: usize = 8;
/// The largest password, in bytes.
pub const PASSWORD_LIMIT: usize = 1_024;

/// How many are hashed at once: on a small machine more would take the processors from everybody's playback.
const SEATS: usize = 2;
/// Memory of one hash, in KiB, and passes over it: OWASP's first choice for argon2id.
const MEMORY: u32 = 19 * 1024;
const PASSES: u32 = 2;

/// Salts what is looked up by its hash. Not a secret: the cost of the hash is what protects.
const CODE_SALT: &[u8] = b"onecouch link code";

/// Where passwords are hashed.
#[derive(Debug, Clone)]
pub(super) struct Passwords {
    seats: Arc<Semaphore>,
    /// What is compared with where there is nothing: it takes as long.
    nothing: Arc<OnceCell<String>>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { seats: Arc::new(Semaphore::new(SEATS)), nothing: Arc::default() }
    }
}

impl Passwords {
    async fn seated<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let seat = self.seats.clone().acquire_owned().await.map_err(|_| Fault::new("no password can be hashed"))?;
        let done = tokio::task::spawn_blocking(move || {
            // Here and not outside: the work goes on when whoever asked for it went away.
            let _seat = seat;
            work()
        });
        done.await.map_err(|panic| Fault::new(format!("a password could not be hashed: {panic}")))?
    }

    /// What is stored of a password.
    pub(super) async fn hash(&self, password: &str) -> Result<String, Fault> {
        let (password, salt) = (password.to_owned(), Entropy.salt());
        self.seated(move || {
            let hash: PasswordHash = argon2()?.hash_password_with_salt(password.as_bytes(), &salt).map_err(failed)?;
            Ok(hash.to_string())
        })
        .await
    }

    /// Whether it is that password. Takes as long where there is none.
    pub(super) async fn verify(&self, hash: Option<&str>, given: &str) -> Result<bool, Fault> {
        let (known, hash) = match hash {
            Some(hash) => (true, hash.to_owned()),
            None => (false, self.nothing.get_or_try_init(|| self.hash("")).await?.clone()),
        };
        let given = given.to_owned();
        self.seated(move || {
            let hash =
                PasswordHash::new(&hash).map_err(|error| Fault::new(format!("a stored password is none: {error}")))?;
            match argon2()?.verify_password(given.as_bytes(), &hash) {
                Ok(()) => Ok(known),
                Err(Error::PasswordInvalid) => Ok(false),
                Err(error) => Err(failed(error)),
            }
        })
        .await
    }

    /// A hash by which a short code can be found, and which is too slow to be guessed while the code is good.
    pub(super) async fn code(&self, code: &str) -> Result<String, Fault> {
        let code = code.to_owned();
        self.seated(move || {
            let mut bytes = [0; 32];
            argon2()?
                .hash_password_into(code.as_bytes(), CODE_SALT, &mut bytes)
                .map_err(|error| Fault::new(format!("a code could not be hashed: {error}")))?;
            Ok(super::hex(&bytes))
        })
        .await
    }
}

fn argon2() -> Result<Argon2<'static>, Fault> {
    let params = Params::new(MEMORY, PASSES, 1, None);
    let params = params.map_err(|error| Fault::new(format!("the costs of passwords are impossible: {error}")))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn failed(error: Error) -> Fault {
    Fault::new(format!("a password could not be hashed: {error}"))
}

/// Refuses what is too short or too long for an account's password.
pub(super) fn acceptable(password: &str) -> Result<(), Refusal> {
    if password.chars().count() < PASSWORD_LEAST {
        return Err(Refusal::new(Code::PasswordTooShort).with("limit", PASSWORD_LEAST));
    }
    bounded(password)
}

fn bounded(password: &str) -> Result<(), Refusal> {
    if password.len() > PASSWORD_LIMIT {
        return Err(Refusal::new(Code::TextTooLong).with("limit", PASSWORD_LIMIT));
    }
    Ok(())
}

impl People {
    /// What is stored of a password, such as a room's: an argon2id text. Any length up to 1,024 bytes.
    pub async fn hash_password(&self, password: &str) -> Result<String, No> {
        bounded(password)?;
        Ok(self.passwords.hash(password).await?)
    }

    /// Whether `given` is the password that `hash` was made of. Guesses must be limited by whoever asks.
    pub async fn verify_password(&self, hash: &str, given: &str) -> Result<bool, No> {
        if bounded(given).is_err() {
            return Ok(false);
        }
        Ok(self.passwords.verify(Some(hash), given).await?)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicUsize, Ordering},
        time::Duration,
    };

    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn no_more_than_two_are_hashed_at_once_however_many_ask() {
        let passwords = Passwords::default();
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let mut all = tokio::task::JoinSet::new();
        for _ in 0..20 {
            let (passwords, now, most) = (passwords.clone(), now.clone(), most.clone());
            all.spawn(async move {
                let work = move || {
                    most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    std::thread::sleep(Duration::from_millis(5));
                    now.fetch_sub(1, Ordering::SeqCst);
                    Ok(())
                };
                passwords.seated(work).await
            });
        }
        assert!(all.join_all().await.into_iter().all(|done| done.is_ok()));
        assert_eq!(most.load(Ordering::SeqCst), SEATS);
    }

    #[tokio::test]
    async fn a_password_is_kept_as_owasp_says_and_salted_anew_each_time() {
        let passwords = Passwords::default();
        let (one, other) =
            (passwords.hash("sesame street").await.unwrap(), passwords.hash("sesame street").await.unwrap());
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$") && one != other);
        assert!(passwords.verify(Some(&one), "sesame street").await.unwrap());
        assert!(!passwords.verify(Some(&one), "Sesame street").await.unwrap());
        assert!(!passwords.verify(None, "").await.unwrap(), "nobody's password is none");
    }
}
