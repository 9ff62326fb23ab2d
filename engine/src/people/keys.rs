//! API keys: made, listed, revoked, and noted when they are used.

use std::collections::BTreeSet;

use super::{Caller, People, hash};
use crate::{
    acts,
    ids::PersonId,
    ports::Change,
    records::{ApiKey, Find, Key, Person, Record, Scope},
    refusal::{Code, No, Refusal},
    secret::Secret,
    text,
};

/// How many keys one person may have.
const KEYS_OF_ONE: usize = 50;

/// A key that was just made.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// What is stored of it.
    pub key: ApiKey,
    /// The secret: 64 characters of `[a-z0-9]`, told once and stored nowhere.
    pub secret: Secret,
}

impl People {
    /// Makes a key.
    ///
    /// An administrator's has a person of its own, named as the key, and any scopes. Somebody with an account makes keys for
    /// themself, which act in their name and may `read` and use `rooms`.
    pub async fn make_key(&self, by: &Caller, name: &str, scopes: BTreeSet<Scope>) -> Result<NewKey, No> {
        let name = text::name(name)?;
        if scopes.is_empty() {
            return Err(Refusal::input("A key without a scope may do nothing. Name one: read, rooms, act.").into());
        }
        let made_at = self.clock.now().wall;
        let mut new = Vec::new();
        let person = if by.is_admin() {
            let person = Person { id: self.entropy.person(), name: name.as_str().into(), made_at };
            new.push(Record::Person(person.clone()));
            person.id
        } else {
            self.may_keep_keys(by)?;
            if let Some(scope) = scopes.iter().find(|scope| !matches!(scope, Scope::Read | Scope::Rooms)) {
                return Err(Refusal::new(Code::ScopeMissing).with("scope", scope.name()).into());
            }
            if self.keys_of(by.person.id).await?.len() >= KEYS_OF_ONE {
                return Err(Refusal::input("You have 50 keys already. Revoke one first.").into());
            }
            by.person.id
        };
        let secret = self.entropy.token();
        let id = self.entropy.key_id();
        let key = ApiKey { id, name, secret_hash: hash(&secret), scopes, person, made_at, last_used_at: None };
        new.push(Record::ApiKey(key.clone()));
        self.store.put(new).await?;
        acts::about(Some(key.id.clone()), &key.name);
        Ok(NewKey { key, secret: Secret::new(secret) })
    }

    /// Keys, the newest first: all of them for an administrator, else those that act in the caller's name.
    pub async fn keys(&self, by: &Caller) -> Result<Vec<ApiKey>, No> {
        let mut keys = if by.is_admin() {
            keys(self.store.find(Find::Keys).await?)
        } else {
            self.may_keep_keys(by)?;
            self.keys_of(by.person.id).await?
        };
        keys.sort_by_key(|key| std::cmp::Reverse(key.made_at));
        Ok(keys)
    }

    /// Takes a key back, for good, and the webhooks that were made with it. Its person stays, so that what it did reads as before.
    pub async fn revoke_key(&self, by: &Caller, id: &str) -> Result<(), No> {
        let key = self.keys(by).await?.into_iter().find(|key| key.id == id);
        let key = key.ok_or(Refusal::new(Code::NoSuchKey))?;
        // Whom it acted for cannot be reached by it any more.
        let subjects = self.store.find(Find::SubjectsUnder(key.id.clone())).await?;
        let mut delete: Vec<Key> = subjects.iter().map(Record::key).collect();
        // A key that leaked may have made some: they must not go on telling without it.
        for webhook in self.store.find(Find::Webhooks).await? {
            if let Record::Webhook(made) = &webhook
                && made.key.as_deref() == Some(id)
            {
                delete.extend(self.store.find(Find::CursorsUnder(made.id)).await?.iter().map(Record::key));
                delete.push(webhook.key());
            }
        }
        delete.push(Key::ApiKey(key.secret_hash.clone()));
        acts::about(Some(id.to_owned()), &key.name);
        self.store.change(Change { delete, ..Change::default() }).await?;
        self.end_ways([key.secret_hash]);
        Ok(())
    }

    /// The keys that act in somebody's name.
    pub async fn keys_under(&self, person: PersonId) -> Result<Vec<ApiKey>, No> {
        self.keys_of(person).await
    }

    pub(super) async fn keys_of(&self, person: PersonId) -> Result<Vec<ApiKey>, No> {
        Ok(keys(self.store.find(Find::KeysOf(person)).await?))
    }

    /// A key is nobody who keeps keys, and a guest is gone with their browser.
    #[expect(clippy::unused_self, reason = "reads as what it is: a rule about people")]
    fn may_keep_keys(&self, by: &Caller) -> Result<(), No> {
        if by.key.is_some() {
            by.needs(Scope::Admin)?;
        }
        // An administrator's key that acts for somebody is nobody's administrator.
        by.themself()?;
        if by.registered { Ok(()) } else { Err(Code::NeedsAccount.into()) }
    }

    /// Notes that a key was used, once a minute. Nobody waits twice for it, and nobody is refused because of it.
    pub(super) async fn note_use(&self, key: &ApiKey) {
        if self.noted.contains_key(&key.id) {
            return;
        }
        self.noted.insert(key.id.clone(), ());
        if let Err(no) = self.write_use(&key.secret_hash).await {
            tracing::warn!(key = key.id, %no, "the use of a key could not be noted");
        }
    }

    async fn write_use(&self, secret_hash: &str) -> Result<(), No> {
        let at = Key::ApiKey(secret_hash.to_owned());
        // As it is now and not as it is remembered; on condition that nobody revokes it meanwhile.
        let Some(Record::ApiKey(key)) = self.store.get(at.clone()).await? else { return Ok(()) };
        let key = ApiKey { last_used_at: Some(self.clock.now().wall), ..key };
        let change = Change { held: vec![at], put: vec![Record::ApiKey(key)], ..Change::default() };
        self.store.change(change).await?;
        Ok(())
    }
}

fn keys(records: Vec<Record>) -> Vec<ApiKey> {
    let key = |record| if let Record::ApiKey(key) = record { Some(key) } else { None };
    records.into_iter().filter_map(key).collect()
}
