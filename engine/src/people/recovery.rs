//! A forgotten password: a link that is good once, for ten minutes.

use super::{
    NewSession, People,
    accounts::{folded, from_key, to_key},
    hash, nobody,
    passwords::acceptable,
};
use crate::{
    limits::Rule,
    ports::Change,
    records::{Account, Find, Key, PasswordHash, Record, Recovery},
    refusal::{Code, No, Refusal},
    secret::Secret,
    time::Millis,
};

/// How long a way to a new password is good: 10 minutes.
pub const RECOVERY: Millis = Millis::seconds(10 * 60);

/// A way to a new password that was just made. Whoever has the token has the account.
#[derive(Debug, Clone)]
pub struct RecoveryMade {
    /// The username.
    pub username: String,
    /// Where to send the token, where the account has an address.
    pub email: Option<String>,
    /// 64 characters of `[a-z0-9]`, told once and stored nowhere.
    pub token: Secret,
}

impl People {
    /// Counts somebody's wish for a new password against their address. Apart from the rest, so that a door can answer at
    /// once, and in the same time whether or not there is such a user.
    pub fn may_recover(&self, from: &str) -> Result<(), Refusal> {
        self.pay(Rule::Logins, &from_key(from))
    }

    /// Makes a way to a new password, for a username or an e-mail address; nothing where there is no such user, or they
    /// asked too often. Only the owner of the mailbox, or the person who runs this server, may be told.
    pub async fn recover_start(&self, user: &str) -> Result<Option<RecoveryMade>, No> {
        let Some(account) = self.account_named(user).await? else { return Ok(None) };
        if self.pay(Rule::Logins, &to_key(&format!("recover {}", folded(&account.username)))).is_err() {
            return Ok(None);
        }
        let token = self.entropy.token();
        let expires_at = self.clock.now().wall + RECOVERY;
        let recovery = Recovery { token_hash: hash(&token), person: account.person, expires_at };
        self.store.put(vec![Record::Recovery(recovery)]).await?;
        let Account { username, email, .. } = account;
        Ok(Some(RecoveryMade { username, email, token: Secret::new(token) }))
    }

    /// Sets a new password by a token. All sessions end, and all other tokens; one new session begins. Where `own` is the
    /// token of a session, it is that one which becomes theirs, or stays.
    pub async fn recover_finish(
        &self,
        token: &str,
        password: &str,
        from: &str,
        own: Option<&str>,
    ) -> Result<NewSession, No> {
        acceptable(password)?;
        let from = from_key(from);
        self.pay(Rule::Logins, &from)?;
        let key = Key::Recovery(hash(token));
        let Some(Record::Recovery(recovery)) = self.store.get(key.clone()).await? else {
            return Err(Code::NoSuchRecovery.into());
        };
        self.limits.give_back(Rule::Logins, &from, self.clock.play_time());
        let password = Some(PasswordHash(self.passwords.hash(password).await?));

        let turn = self.changing.next().await?;
        let person = recovery.person;
        let account = self.account(person).await?.ok_or(Refusal::new(Code::NoSuchRecovery))?;
        let known = self.person(person).await?.ok_or_else(|| nobody("an account", person))?;
        let (session, new) = match own {
            Some(own) => {
                let session = self.session_under(own, person);
                let (token, expires_at) = (Secret::new(own), session.expires_at);
                (Record::Session(session), NewSession { person: known.person, token, expires_at })
            }
            None => self.new_session(&known.person, self.clock.now().wall),
        };
        let kept = own.map(hash);
        let ended = self.sessions(person).await?.into_iter().map(|session| session.token_hash);
        let ended: Vec<String> = ended.filter(|ended| Some(ended) != kept.as_ref()).collect();
        let others = self.store.find(Find::RecoveriesOf(person)).await?;
        let change = Change {
            // The condition by which it is good once.
            held: vec![key, Key::Account(person)],
            put: vec![Record::Account(Account { password, ..account }), session],
            delete: others.iter().map(Record::key).chain(ended.iter().cloned().map(Key::Session)).collect(),
            ..Change::default()
        };
        turn.still().await?;
        if !self.store.change(change).await? {
            return Err(Code::NoSuchRecovery.into());
        }
        self.end_ways(ended);
        self.forget_ways(kept);
        Ok(new)
    }
}
