//! Texts that must not be printed.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::people;

/// A secret: prints as dots, whether it is shown, logged or written back.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Hides a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for the one place that needs it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Another secret, the same one for whoever has this one and the purpose; from it nobody learns this one or that of another purpose. Only of
    /// secrets that nobody could guess.
    #[must_use]
    pub fn of_purpose(&self, purpose: &str) -> Self {
        Self(people::hash(&format!("onecouch: {purpose}: {}", self.0)))
    }

    /// Whether there is nothing to hide.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

const DOTS: &str = "••••••";

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(DOTS)
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(DOTS)
    }
}

impl<'de> Deserialize<'de> for Secret {
    /// Digits alone are a text too: whoever reads an environment may have taken them for a number.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Text(String),
            Whole(u64),
            Truth(bool),
        }
        // The error of an untagged enum names no value, so a secret of another shape is not told either.
        Ok(Self(match Written::deserialize(deserializer)? {
            Written::Text(text) => text,
            Written::Whole(number) => number.to_string(),
            Written::Truth(truth) => truth.to_string(),
        }))
    }
}
