//! Accounts: a username, maybe an e-mail address, and a password. A guest who registers stays the same person.

use super::{NewSession, People, nobody, passwords::acceptable};
use crate::{
    ids::PersonId,
    limits::Rule,
    ports::Change,
    records::{Account, Handle, HandleKind, Key, PasswordHash, Person, Record},
    refusal::{Code, No, Refusal},
    text,
};

/// The longest e-mail address, in bytes: RFC 5321.
const EMAIL_LIMIT: usize = 254;

/// An account to be made.
#[derive(Debug, Clone, Copy)]
pub struct NewAccount<'a> {
    /// 1 to 48 characters, without `@`; unique without regard to case. It becomes the person's name too.
    pub username: &'a str,
    /// Unique without regard to case. An empty one is none.
    pub email: Option<&'a str>,
    /// 8 characters or more, up to 1,024 bytes.
    pub password: &'a str,
}

/// Somebody who just registered.
#[derive(Debug, Clone)]
pub struct Registered {
    /// Who, under their new name.
    pub person: Person,
    /// The account.
    pub account: Account,
    /// A session, where they were nobody before.
    pub session: Option<NewSession>,
}

/// What to change of an account.
#[derive(Debug, Clone, Copy, Default)]
pub struct AccountChange<'a> {
    /// As in [`NewAccount`].
    pub username: Option<&'a str>,
    /// As in [`NewAccount`]; an empty one takes the address away.
    pub email: Option<&'a str>,
    /// As in [`NewAccount`].
    pub password: Option<&'a str>,
}

impl People {
    /// Somebody's account, where they have one.
    pub async fn account(&self, person: PersonId) -> Result<Option<Account>, No> {
        match self.store.get(Key::Account(person)).await? {
            Some(Record::Account(account)) => Ok(Some(account)),
            _ => Ok(None),
        }
    }

    /// Gives somebody an account; they keep their sessions and everything else. Who is nobody yet becomes somebody, with a
    /// session. `from` is their address: each try counts, because it tells which names are taken.
    pub async fn register(&self, person: Option<&Person>, new: NewAccount<'_>, from: &str) -> Result<Registered, No> {
        let username = username(new.username)?;
        let email = email(new.email)?;
        acceptable(new.password)?;
        self.pay(Rule::Logins, &from_key(from))?;
        let made_at = self.clock.now().wall;
        let named = |id, made_at| Person { id, name: username.as_str().into(), made_at };
        let renamed = person.map_or_else(|| named(self.entropy.person(), made_at), |old| named(old.id, old.made_at));
        self.refuse_taken(renamed.id, Some(&username), email.as_deref()).await?;
        let password = Some(PasswordHash(self.passwords.hash(new.password).await?));

        let turn = self.changing.next().await?;
        if self.account(renamed.id).await?.is_some() {
            return Err(Code::AlreadyRegistered.into());
        }
        let account = Account { person: renamed.id, username, email, password, made_at };
        let mut records = handles(&account);
        records.push(Record::Account(account.clone()));
        let mut put = vec![Record::Person(renamed.clone())];
        let mut session = None;
        if person.is_none() {
            let (record, made) = self.new_session(&renamed, made_at);
            put.push(record);
            session = Some(made);
        }
        turn.still().await?;
        if !self.store.change(Change { new: records, put, ..Change::default() }).await? {
            self.refuse_taken(renamed.id, Some(&account.username), account.email.as_deref()).await?;
            return Err(Code::Busy.into());
        }
        self.forget(renamed.id);
        Ok(Registered { person: renamed, account, session })
    }

    /// A new session for whom the password fits. `user` is a username or an e-mail address, `from` the guesser's address.
    ///
    /// One answer, after the same time, for a user that there is not and for a password that is wrong. A guess is paid for
    /// before it is looked at, per account and per address, and given back where it was right.
    pub async fn log_in(&self, user: &str, password: &str, from: &str) -> Result<NewSession, No> {
        let person = self.whose(user, password, from).await?;
        let (record, session) = self.new_session(&person, self.clock.now().wall);
        self.store.put(vec![record]).await?;
        Ok(session)
    }

    /// The same for a session that is there already, and becomes theirs under the token that it has.
    pub async fn become_account(&self, token: &str, user: &str, password: &str, from: &str) -> Result<Person, No> {
        let person = self.whose(user, password, from).await?;
        self.log_into(token, person.id).await?;
        Ok(person)
    }

    /// For whom the password fits.
    async fn whose(&self, user: &str, password: &str, from: &str) -> Result<Person, No> {
        let (from, to) = (from_key(from), to_key(&folded(user)));
        self.pay(Rule::Logins, &from)?;
        if let Err(refusal) = self.pay(Rule::Logins, &to) {
            self.limits.give_back(Rule::Logins, &from, self.clock.play_time());
            return Err(refusal.into());
        }
        let account = self.account_named(user).await?;
        let hash = account.as_ref().and_then(|account| account.password.as_ref()).map(|hash| hash.0.as_str());
        let right =
            self.passwords.verify(hash, password.get(..password.len().min(super::PASSWORD_LIMIT)).unwrap_or(""));
        let (true, Some(account)) = (right.await?, account) else { return Err(Code::WrongLogin.into()) };
        for key in [from, to] {
            self.limits.give_back(Rule::Logins, &key, self.clock.play_time());
        }
        let known = self.person(account.person).await?.ok_or_else(|| nobody("an account", account.person))?;
        Ok(known.person)
    }

    /// Changes an account. `current` is its password, which is asked for where e-mail or password change.
    pub async fn change_account(
        &self,
        person: PersonId,
        current: Option<&str>,
        change: AccountChange<'_>,
    ) -> Result<Account, No> {
        let username = change.username.map(username).transpose()?;
        let email = change.email.map(|given| email(Some(given))).transpose()?;
        if let Some(password) = change.password {
            acceptable(password)?;
        }
        let account = self.account(person).await?.ok_or(Refusal::new(Code::NeedsAccount))?;
        if email.is_some() || change.password.is_some() {
            self.prove(&account, current).await?;
        }
        let password = match change.password {
            Some(password) => Some(PasswordHash(self.passwords.hash(password).await?)),
            None => None,
        };

        let turn = self.changing.next().await?;
        let before = self.account(person).await?.ok_or(Refusal::new(Code::NeedsAccount))?;
        let mut after = before.clone();
        after.username = username.clone().unwrap_or(after.username);
        after.email = email.unwrap_or(after.email);
        after.password = password.or(after.password);
        let (old, new) = (handles(&before), handles(&after));
        let known = self.person(person).await?.ok_or_else(|| nobody("an account", person))?;
        let mut put = vec![Record::Account(after.clone())];
        if let Some(username) = username {
            put.push(Record::Person(Person { name: username.into(), ..known.person }));
        }
        let change = Change {
            new: new.iter().filter(|handle| !old.contains(handle)).cloned().collect(),
            held: vec![Key::Account(person)],
            put,
            delete: old.iter().filter(|handle| !new.contains(handle)).map(Record::key).collect(),
        };
        turn.still().await?;
        if !self.store.change(change).await? {
            self.refuse_taken(person, Some(&after.username), after.email.as_deref()).await?;
            return Err(Code::Busy.into());
        }
        self.forget(person);
        Ok(after)
    }

    /// Refuses who does not know the password of this account. An account without one needs no proof.
    pub(super) async fn prove(&self, account: &Account, current: Option<&str>) -> Result<(), No> {
        let Some(hash) = &account.password else { return Ok(()) };
        let current = current.ok_or(Refusal::new(Code::PasswordNeeded))?;
        let key = to_key(&folded(&account.username));
        self.pay(Rule::Logins, &key)?;
        if !self.verify_password(&hash.0, current).await? {
            return Err(Code::WrongPassword.into());
        }
        self.limits.give_back(Rule::Logins, &key, self.clock.play_time());
        Ok(())
    }

    /// The account of a username or an e-mail address. Usernames have no `@`, so that one is never taken for the other.
    pub(super) async fn account_named(&self, user: &str) -> Result<Option<Account>, No> {
        let kind = if user.contains('@') { HandleKind::Email } else { HandleKind::Username };
        let Some(Record::Handle(handle)) = self.store.get(Key::Handle(kind, folded(user))).await? else {
            return Ok(None);
        };
        self.account(handle.person).await
    }

    async fn refuse_taken(&self, person: PersonId, username: Option<&str>, email: Option<&str>) -> Result<(), No> {
        let asked =
            [(HandleKind::Username, username, Code::UsernameTaken), (HandleKind::Email, email, Code::EmailTaken)];
        for (kind, value, code) in asked {
            let Some(value) = value else { continue };
            if let Some(Record::Handle(handle)) = self.store.get(Key::Handle(kind, folded(value))).await?
                && handle.person != person
            {
                return Err(code.into());
            }
        }
        Ok(())
    }
}

/// What an account is found by.
pub(super) fn handles(account: &Account) -> Vec<Record> {
    let handle = |kind, value: &str| Record::Handle(Handle { kind, value: folded(value), person: account.person });
    let email = account.email.as_deref().map(|email| handle(HandleKind::Email, email));
    [handle(HandleKind::Username, &account.username)].into_iter().chain(email).collect()
}

/// Under which key an address pays for its guesses.
pub(super) fn from_key(from: &str) -> String {
    format!("from {from}")
}

/// Under which key guesses at an account are paid for, whoever makes them.
pub(super) fn to_key(user: &str) -> String {
    format!("to {user}")
}

/// Without regard to case.
pub(super) fn folded(text: &str) -> String {
    text.trim().chars().take(EMAIL_LIMIT).collect::<String>().to_lowercase()
}

fn username(text: &str) -> Result<String, Refusal> {
    let name = text::name(text)?;
    if name.contains('@') {
        return Err(Refusal::input(
            "A username has no @ in it: it would be taken for an e-mail address. Leave it out.",
        ));
    }
    Ok(name)
}

/// An address that mail could go to. Whether it does, only mail can tell.
fn email(given: Option<&str>) -> Result<Option<String>, Refusal> {
    let Some(text) = given.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    let odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';' | '"');
    let parts = text.rsplit_once('@').filter(|(local, domain)| {
        !local.is_empty()
            && !local.contains('@')
            && !domain.is_empty()
            && !domain.starts_with('.')
            && !domain.ends_with('.')
    });
    if parts.is_none() || text.len() > EMAIL_LIMIT || text.chars().any(odd) {
        return Err(Code::BadEmail.into());
    }
    Ok(Some(text.to_owned()))
}
