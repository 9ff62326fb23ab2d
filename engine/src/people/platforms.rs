//! Accounts on the word of a chat platform: signed in to by it, made by it without a password, tied to it and loosed.

use super::{Linked, People, accounts::handles, links::Ways, nobody};
use crate::{
    ids::PersonId,
    ports::Change,
    records::{Account, Identity, Key, Person, Platform, Record},
    refusal::{Code, No, Refusal},
    text,
};

/// How many usernames are tried for an account that is made so.
const TRIES: usize = 20;
/// How many characters what makes a username unique takes.
const SUFFIX: usize = 5;

impl People {
    /// Makes a session that of an account, on the word of a platform that vouches for `subject` in this moment: of who they
    /// are there, else of whose session it is. Who has no account gets one now, without a password, under the name that
    /// they have there, or one like it that is free. `name` is that name.
    ///
    /// # Errors
    ///
    /// `bad_token` where the token is that of no session.
    pub async fn log_in_by(&self, token: &str, platform: Platform, subject: &str, name: &str) -> Result<Person, No> {
        let own = self.by_token(token).await?;
        own.themself()?;
        let name = text::clipped(name, text::NAME_LIMIT).unwrap_or_else(|| platform.name().to_owned());
        let turn = self.changing.next().await?;
        // The bot may meet them for the first time at the same moment: the second claim fails and finds the first.
        let person = loop {
            if let Some(person) = self.known_as(platform, subject).await? {
                break person;
            }
            let identity = identity(platform, subject, own.person.id, &name);
            if self.store.claim(vec![identity]).await? {
                break own.person.id;
            }
        };
        let person = self.person(person).await?.ok_or_else(|| nobody("an identity", person))?;
        let person = if person.registered {
            person.person
        } else {
            turn.still().await?;
            let person = self.account_for(&person.person, &name).await?;
            // Whoever else was them as a guest is not them with an account.
            self.end_sessions(person.id, |session| !self.is_of(session, token)).await?;
            person
        };
        if person.id != own.person.id {
            self.log_into(token, person.id).await?;
        }
        Ok(person)
    }

    /// Gives somebody an account without a password, and its name.
    async fn account_for(&self, person: &Person, wanted: &str) -> Result<Person, No> {
        let wanted: String = wanted.chars().filter(|c| *c != '@').collect();
        let wanted = text::clipped(&wanted, text::NAME_LIMIT).unwrap_or_else(|| "somebody".to_owned());
        let short = text::clipped(&wanted, text::NAME_LIMIT - SUFFIX).unwrap_or_else(|| wanted.clone());
        for attempt in 0..TRIES {
            let username = match attempt {
                0 => wanted.clone(),
                _ => format!("{short}-{:04}", self.entropy.seed() % 10_000),
            };
            let named = Person { name: username.as_str().into(), ..person.clone() };
            let made_at = self.clock.now().wall;
            let account = Account { person: person.id, username, email: None, password: None, made_at };
            let mut new = handles(&account);
            new.push(Record::Account(account));
            if self.store.change(Change { new, put: vec![Record::Person(named.clone())], ..Change::default() }).await? {
                self.forget(person.id);
                return Ok(named);
            }
        }
        // Some other door may have given them one meanwhile; whoever asks again finds it.
        Err(Code::Busy.into())
    }

    /// Ties somebody's account to a self on a platform, on that platform's word. Where that self was somebody here already,
    /// everything that led to them leads to the account from now on: what they are in rooms is for the caller to move.
    ///
    /// # Errors
    ///
    /// `needs_account`, and `two_accounts` where that self has an account with a password of its own.
    pub async fn link_platform(
        &self,
        person: PersonId,
        platform: Platform,
        subject: &str,
        name: &str,
    ) -> Result<Option<Linked>, No> {
        let name = text::clipped(name, text::NAME_LIMIT).unwrap_or_else(|| platform.name().to_owned());
        let turn = self.changing.next().await?;
        if self.account(person).await?.is_none() {
            return Err(Code::NeedsAccount.into());
        }
        let gone = loop {
            if let Some(known) = self.known_as(platform, subject).await? {
                break known;
            }
            if self.store.claim(vec![identity(platform, subject, person, &name)]).await? {
                return Ok(None);
            }
        };
        if gone == person {
            return Ok(None);
        }
        let (used, ways) = match self.account(gone).await? {
            Some(Account { username, password: Some(_), .. }) => {
                return Err(Refusal::new(Code::TwoAccounts).with("other", username).into());
            }
            Some(account) => {
                let mut used: Vec<Key> = handles(&account).iter().map(Record::key).collect();
                used.push(Key::Account(gone));
                // It began with the platform's word, and who was there before was shown out then.
                (used, Ways::Stay)
            }
            None => (Vec::new(), Ways::End),
        };
        let held = vec![Key::Account(person), Key::Identity(platform, subject.to_owned())];
        let linked = self.unite(person, gone, held, used, ways, &turn).await?;
        linked.map(Some).ok_or_else(|| Code::Busy.into())
    }

    /// Looses somebody's account from all their selves on a platform; says whether there was one. Whoever they are there is
    /// somebody new here from then on.
    ///
    /// # Errors
    ///
    /// `needs_account`, and `password_needed` where nothing but the platform's word leads to the account.
    pub async fn unlink_platform(&self, person: PersonId, platform: Platform) -> Result<bool, No> {
        let turn = self.changing.next().await?;
        let account = self.account(person).await?.ok_or(Refusal::new(Code::NeedsAccount))?;
        let theirs = self.identities(person).await?.into_iter().filter(|known| known.platform == platform);
        let delete: Vec<Key> = theirs.map(|known| Key::Identity(platform, known.subject)).collect();
        if delete.is_empty() {
            return Ok(false);
        }
        if account.password.is_none() {
            return Err(Code::PasswordNeeded.into());
        }
        turn.still().await?;
        self.store.change(Change { delete, ..Change::default() }).await?;
        Ok(true)
    }
}

fn identity(platform: Platform, subject: &str, person: PersonId, name: &str) -> Record {
    Record::Identity(Identity { platform, subject: subject.to_owned(), person, name: Some(name.into()) })
}
