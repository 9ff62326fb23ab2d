//! All that is known of somebody: shown to them, or deleted.

use serde::Serialize;

use super::{People, accounts::handles, nobody};
use crate::{
    ids::{PersonId, RoomId, WebhookId},
    ports::Change,
    records::{Admission, Identity, Key, Person, Record, Scope, Subject},
    refusal::No,
    time::WallTime,
    uploads::Upload,
};

/// The name of who deleted themself, beside what they did before.
const SOMEBODY: &str = "Somebody";

/// All that the records know of somebody, without any secret or hash of one. Times are Unix milliseconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Export {
    /// Who.
    pub person: Person,
    /// Their account, where they have one.
    pub account: Option<ExportedAccount>,
    /// Who they are on chat platforms.
    pub identities: Vec<Identity>,
    /// Who they are in other people's programs.
    pub subjects: Vec<Subject>,
    /// Their sessions.
    pub sessions: Vec<ExportedSession>,
    /// The keys that act in their name.
    pub keys: Vec<ExportedKey>,
    /// The rooms that they were let into.
    pub admissions: Vec<Admission>,
    /// Their webhooks.
    pub webhooks: Vec<ExportedWebhook>,
    /// What they brought, or bring.
    pub uploads: Vec<Upload>,
}

/// A webhook without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExportedWebhook {
    /// What it is called by.
    pub id: WebhookId,
    /// Who is told.
    pub url: String,
    /// Of which room; of all that they host where none.
    pub room: Option<RoomId>,
    /// When it was made.
    pub made_at: WallTime,
}

/// An account without what is stored of its password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExportedAccount {
    /// The username.
    pub username: String,
    /// The e-mail address.
    pub email: Option<String>,
    /// Whether there is a password.
    pub has_password: bool,
    /// When it was made.
    pub made_at: WallTime,
}

/// A session without what is stored of its token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExportedSession {
    /// What it is called by.
    pub id: uuid::Uuid,
    /// When it was made.
    pub made_at: WallTime,
    /// Until when it is good.
    pub expires_at: WallTime,
}

/// A key without what is stored of its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExportedKey {
    /// Its public id.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// When it was made.
    pub made_at: WallTime,
    /// When it was used last.
    pub last_used_at: Option<WallTime>,
}

impl People {
    /// All that the records know of somebody.
    pub async fn export(&self, person: PersonId) -> Result<Export, No> {
        let known = self.person(person).await?.ok_or_else(|| nobody("an export", person))?;
        let account = self.account(person).await?.map(|account| ExportedAccount {
            username: account.username,
            email: account.email,
            has_password: account.password.is_some(),
            made_at: account.made_at,
        });
        let mut export = Export {
            person: known.person,
            account,
            identities: Vec::new(),
            subjects: Vec::new(),
            sessions: Vec::new(),
            keys: Vec::new(),
            admissions: Vec::new(),
            webhooks: Vec::new(),
            uploads: Vec::new(),
        };
        for record in self.all_of(person).await? {
            match record {
                Record::Identity(identity) => export.identities.push(identity),
                Record::Subject(subject) => export.subjects.push(subject),
                Record::Upload(upload) => export.uploads.push(upload),
                Record::Admission(admission) => export.admissions.push(admission),
                Record::Webhook(webhook) => export.webhooks.push(ExportedWebhook {
                    id: webhook.id,
                    url: webhook.url,
                    room: webhook.room,
                    made_at: webhook.made_at,
                }),
                Record::Session(session) => export.sessions.push(ExportedSession {
                    id: session.id(),
                    made_at: session.made_at,
                    expires_at: session.expires_at,
                }),
                Record::ApiKey(key) => export.keys.push(ExportedKey {
                    id: key.id,
                    name: key.name,
                    scopes: key.scopes.into_iter().collect(),
                    made_at: key.made_at,
                    last_used_at: key.last_used_at,
                }),
                // Nothing but hashes of what is good for minutes, and where webhooks are.
                _ => {}
            }
        }
        Ok(export)
    }

    /// Refuses who wants to be deleted and does not show their password, where they have one.
    pub async fn may_delete(&self, person: PersonId, password: Option<&str>) -> Result<(), No> {
        match self.account(person).await? {
            Some(account) => self.prove(&account, password).await,
            None => Ok(()),
        }
    }

    /// Deletes somebody: account, identities, sessions, keys, admissions, webhooks. What they did stays, and is somebody's.
    pub async fn delete(&self, person: PersonId) -> Result<(), No> {
        let turn = self.changing.next().await?;
        let known = self.person(person).await?.ok_or_else(|| nobody("a wish to be deleted", person))?;
        let mut delete = vec![Key::Account(person)];
        if let Some(account) = self.account(person).await? {
            delete.extend(handles(&account).iter().map(Record::key));
        }
        let (mut hashes, mut rooms) = (Vec::new(), Vec::new());
        for record in self.all_of(person).await? {
            match &record {
                Record::Session(session) => hashes.push(session.token_hash.clone()),
                Record::ApiKey(key) => hashes.push(key.secret_hash.clone()),
                Record::Admission(admission) => rooms.push(admission.room),
                _ => {}
            }
            delete.push(record.key());
        }
        let tombstone = Person { name: SOMEBODY.into(), ..known.person };
        turn.still().await?;
        self.store.change(Change { delete, put: vec![Record::Person(tombstone)], ..Change::default() }).await?;
        self.end_ways(hashes);
        self.forget(person);
        self.forget_admissions(person, rooms);
        Ok(())
    }
}
