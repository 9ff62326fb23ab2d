//! The people of a key's program, by the names that it has for them.

use std::sync::Arc;

use super::People;
use crate::{
    ids::PersonId,
    records::{ApiKey, Barred, Find, Key, Record, Subject},
    refusal::No,
    time::WallTime,
};

impl People {
    /// A key by its public id, whoever asks: what can be known of it by that alone must not be secret.
    pub async fn key_called(&self, public_id: &str) -> Result<Option<ApiKey>, No> {
        let keys = self.store.find(Find::Keys).await?.into_iter();
        let mut keys = keys.filter_map(|record| if let Record::ApiKey(key) = record { Some(key) } else { None });
        Ok(keys.find(|key| key.id == public_id))
    }

    /// Whom a key's program calls so, if it ever named them.
    pub async fn known_to(&self, key: &str, subject: &str) -> Result<Option<PersonId>, No> {
        match self.store.get(Key::Subject(key.to_owned(), subject.to_owned())).await? {
            Some(Record::Subject(known)) => Ok(Some(known.person)),
            _ => Ok(None),
        }
    }

    /// Remembers that a key's program keeps somebody out of all its rooms. Each room does it for itself.
    pub async fn bar(
        &self,
        key: &str,
        subject: &str,
        person: PersonId,
        until: Option<WallTime>,
        reason: Arc<str>,
    ) -> Result<(), No> {
        let (key, subject) = (key.to_owned(), subject.to_owned());
        self.store.put(vec![Record::Barred(Barred { key, subject, person, until, reason })]).await
    }

    /// Forgets it.
    pub async fn unbar(&self, key: &str, subject: &str) -> Result<(), No> {
        self.store.delete(Key::Barred(key.to_owned(), subject.to_owned())).await
    }

    /// Whom a key's program keeps out at this moment.
    pub async fn barred_under(&self, key: &str) -> Result<Vec<Barred>, No> {
        let now = self.clock.now().wall;
        let found = self.store.find(Find::BarredUnder(key.to_owned())).await?.into_iter();
        let barred = found.filter_map(|record| if let Record::Barred(barred) = record { Some(barred) } else { None });
        Ok(barred.filter(|barred| barred.until.is_none_or(|until| until > now)).collect())
    }

    /// Whether somebody is nothing here but what this key's program calls them: no account, no self on a chat platform or in
    /// another program.
    pub(crate) async fn is_of_key_alone(&self, key: &str, subject: &str, person: PersonId) -> Result<bool, No> {
        let elsewhere = |record: &Record| match record {
            Record::Subject(Subject { key: of, subject: name, .. }) => of != key || name != subject,
            Record::Identity(_) | Record::ApiKey(_) => true,
            _ => false,
        };
        Ok(self.account(person).await?.is_none() && !self.all_of(person).await?.iter().any(elsewhere))
    }

    /// Takes a key's program its name for somebody.
    pub(crate) async fn let_go(&self, key: &str, subject: &str) -> Result<(), No> {
        self.unbar(key, subject).await?;
        self.store.delete(Key::Subject(key.to_owned(), subject.to_owned())).await
    }
}
