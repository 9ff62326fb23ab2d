//! Guesses that count on all nodes together: what a node tells the others of them.
//!
//! A key may be an address, a name or what somebody typed instead of one. So it is told as a hash under a secret that the nodes share, which tells two
//! keys apart and says of neither what it is. The hash of the table has a seed that is the process' own, and would say nothing to others.

use std::hash::{Hash, Hasher};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Rule;
use crate::{
    changes::{Change, Others},
    people::hex,
};

/// Points that one node took from a key, or gave back to it where they are below zero.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Guess {
    pub(crate) rule: Rule,
    pub(crate) key: Blind,
    pub(crate) points: i64,
}

/// What stands for a key between nodes: 128 bits in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Blind(pub(super) String);

/// The other nodes, and the secret that all of them have.
#[derive(Debug)]
pub(super) struct Together {
    others: Others,
    /// The secret is hashed already; what is told goes on from there.
    begun: Sha256,
}

impl Together {
    pub(super) fn new(others: Others, secret: &str) -> Self {
        Self { others, begun: Sha256::new_with_prefix(secret) }
    }

    pub(super) fn tell(&self, guess: Guess) {
        self.others.tell(&Change::Guess(guess));
    }

    /// How the others are told of a key.
    pub(super) fn blind(&self, rule: Rule, key: &(impl Hash + ?Sized)) -> Blind {
        let mut bytes = Bytes(self.begun.clone());
        // By what it is called: a version with one rule more numbers them otherwise.
        bytes.0.update(format!("{rule:?}/"));
        key.hash(&mut bytes);
        Blind(hex(&bytes.0.finalize()[..16]))
    }
}

/// All that a key is made of. Texts are their bytes on every machine, and other keys no guess has.
struct Bytes(Sha256);

impl Hasher for Bytes {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        0
    }
}
