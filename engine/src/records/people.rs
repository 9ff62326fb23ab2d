//! What is stored of people beside their names: accounts, keys, and codes that are good once.

use std::{collections::BTreeSet, fmt, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::{ids::PersonId, time::WallTime};

/// A name and a password by which somebody signs in anywhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Whose: a person has one account at most.
    pub person: PersonId,
    /// As it is shown; unique without regard to case, by its [`Handle`].
    pub username: String,
    /// As it was typed; unique without regard to case, by its [`Handle`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// None where they sign in some other way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<PasswordHash>,
    /// When they registered.
    pub made_at: WallTime,
}

/// What is stored of a password: an argon2id text with its salt and parameters. Prints as dots.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PasswordHash(pub String);

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("••••••")
    }
}

/// What an account is found by. Unique by kind and value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handle {
    /// Which kind.
    pub kind: HandleKind,
    /// In lower case.
    pub value: String,
    /// Whose account.
    pub person: PersonId,
}

/// What accounts are found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandleKind {
    /// The username.
    Username,
    /// The e-mail address.
    Email,
}

impl HandleKind {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Username => "username",
            Self::Email => "email",
        }
    }
}

/// A program's credential. The secret itself is never stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    /// What it is called by in public: 16 characters of `[a-z0-9]`.
    pub id: String,
    /// What it is for; the name of its person where it has one of its own.
    pub name: String,
    /// SHA-256 of the secret, in hexadecimal.
    pub secret_hash: String,
    /// What it may do.
    pub scopes: BTreeSet<Scope>,
    /// In whose name it acts: a person of its own, or the person who made it for themself.
    pub person: PersonId,
    /// When it was made.
    pub made_at: WallTime,
    /// When it was shown last, to the minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<WallTime>,
}

impl ApiKey {
    /// Whether it may do all that who runs the server may.
    pub fn is_admin(&self) -> bool {
        self.scopes.contains(&Scope::Admin)
    }
}

/// What a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Read what its person may read.
    Read,
    /// Everything that a person may do in rooms, in the name of its person.
    Rooms,
    /// Act for people whom the program names.
    Act,
    /// Act for people of chat platforms too.
    Platforms,
    /// Everything, as the bootstrap key.
    Admin,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Read, Self::Rooms, Self::Act, Self::Platforms, Self::Admin];

    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Rooms => "rooms",
            Self::Act => "act",
            Self::Platforms => "platforms",
            Self::Admin => "admin",
        }
    }
}

/// Somebody for whom a key acts, by the name that the key's program has for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The key's public id.
    pub key: String,
    /// The program's id of them: 1 to 255 characters.
    pub subject: String,
    /// Who they are here.
    pub person: PersonId,
}

/// Somebody whom a key's program keeps out of all its rooms, those it will make included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Barred {
    /// The key's public id.
    pub key: String,
    /// The program's id of them.
    pub subject: String,
    /// Who they are here.
    pub person: PersonId,
    /// Until when; for ever where none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<WallTime>,
    /// Why, or nothing.
    pub reason: Arc<str>,
}

/// A way to a new password. The token itself is never stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recovery {
    /// SHA-256 of the token, in hexadecimal.
    pub token_hash: String,
    /// Whose account.
    pub person: PersonId,
    /// Until when it is good.
    pub expires_at: WallTime,
}

/// A code that makes two selves one person. The code itself is never stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkCode {
    /// A slow hash of the code, which is too short for a fast one.
    pub code_hash: String,
    /// Who asked for it.
    pub person: PersonId,
    /// Until when it is good.
    pub expires_at: WallTime,
}
