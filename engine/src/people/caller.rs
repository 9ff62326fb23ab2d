//! Somebody who showed a credential, and what that lets them do.

use std::{collections::BTreeSet, sync::Arc};

use crate::{
    command::Actor,
    event::Door,
    ids::PersonId,
    records::{Person, Scope, Vouched},
    refusal::{Code, Refusal},
    room::Role,
    time::WallTime,
};

/// Somebody who showed a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Who.
    pub person: Person,
    /// What the credential itself grants, in every room: the bootstrap key makes a host.
    pub granted: Option<Role>,
    /// Whether they have an account.
    pub registered: bool,
    /// The key, where it is no session.
    pub key: Option<ShownKey>,
    /// Whether the key acts for somebody else than its own person.
    pub acting: bool,
    /// What the chat vouches for that the session was made in.
    pub vouched: Option<Vouched>,
}

/// A key that was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownKey {
    /// Its public id; `bootstrap` for the configured one.
    pub id: Arc<str>,
    /// What it may do.
    pub scopes: Arc<BTreeSet<Scope>>,
}

impl Caller {
    /// Somebody with a session and no account.
    pub fn new(person: Person) -> Self {
        Self { person, granted: None, registered: false, key: None, acting: false, vouched: None }
    }

    /// The person who runs this server, as the bootstrap key shows them.
    pub fn operator() -> Self {
        let id = PersonId(uuid::Uuid::from_u128(1));
        let person = Person { id, name: "bootstrap".into(), made_at: WallTime(0) };
        let key = ShownKey { id: "bootstrap".into(), scopes: Arc::new([Scope::Admin].into()) };
        Self { granted: Some(Role::Host), key: Some(key), ..Self::new(person) }
    }

    /// Whether this is the identity of the person who runs this server.
    pub fn is_operator(person: PersonId) -> bool {
        person.0.as_u128() == 1
    }

    /// The same, as somebody who asks a room through a door.
    pub fn actor(&self, door: Door) -> Actor {
        Actor {
            person: self.person.id,
            name: self.person.name.clone(),
            door,
            connection: None,
            granted: self.granted,
            registered: self.registered,
        }
    }

    /// Refuses where a key lacks a scope. A session lacks none but the administrator's.
    pub fn needs(&self, scope: Scope) -> Result<(), Refusal> {
        let has = match &self.key {
            Some(key) => key.scopes.contains(&scope) || key.scopes.contains(&Scope::Admin),
            None => !matches!(scope, Scope::Admin | Scope::Act | Scope::Platforms),
        };
        if has { Ok(()) } else { Err(Refusal::new(Code::ScopeMissing).with("scope", scope.name())) }
    }

    /// Refuses a key that may only look on, for whatever changes anything.
    pub fn may_change(&self) -> Result<(), Refusal> {
        // That it may act for them was asked when it began to.
        if self.acting { Ok(()) } else { self.needs(Scope::Rooms) }
    }

    /// Refuses every key, for what a person does about themself: a key that leaks must not take the person with it.
    pub fn themself(&self) -> Result<(), Refusal> {
        if self.key.is_none() { Ok(()) } else { Err(Code::NeedsSession.into()) }
    }

    /// Whether they may do what the person who runs this server may.
    pub fn is_admin(&self) -> bool {
        !self.acting && self.key.as_ref().is_some_and(|key| key.scopes.contains(&Scope::Admin))
    }
}
