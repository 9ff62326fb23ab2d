//! The fields of a body: one JSON object, whatever its type is said to be, or nothing.

use axum::extract::{FromRequest, Request};
use serde_json::{Map, Value};

use super::error::ClipperError;
use crate::{app::App, http::extract::read_body};

/// What was sent.
#[derive(Debug, Clone, Default)]
pub(super) struct Fields(Map<String, Value>);

impl FromRequest<App> for Fields {
    type Rejection = ClipperError;

    async fn from_request(request: Request, _: &App) -> Result<Self, ClipperError> {
        Self::read(&read_body(request.into_body()).await?)
    }
}

impl Fields {
    /// What a body says.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, ClipperError> {
        if bytes.trim_ascii().is_empty() {
            return Ok(Self::default());
        }
        match serde_json::from_slice(bytes) {
            Ok(Value::Object(fields)) => Ok(Self(fields)),
            Ok(_) => Err(ClipperError::invalid("A body is one JSON object: {…}.")),
            Err(error) => Err(ClipperError::invalid(format!("The body is not JSON: {error}."))),
        }
    }

    /// Whether a field is there, be it null.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// A field that is there and not null.
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// A text, where there is one.
    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, ClipperError> {
        let value = self.get(name);
        value.map(|value| value.as_str().ok_or_else(|| odd(name, "a string"))).transpose()
    }

    /// A text of so many characters.
    pub(super) fn line(
        &self,
        name: &str,
        length: std::ops::RangeInclusive<usize>,
    ) -> Result<Option<&str>, ClipperError> {
        let text = self.text(name)?;
        if text.is_some_and(|text| !length.contains(&text.chars().count())) {
            return Err(odd(name, &format!("{} to {} characters", length.start(), length.end())));
        }
        Ok(text)
    }

    /// A number of any kind, where there is one.
    pub(super) fn number(&self, name: &str) -> Result<Option<f64>, ClipperError> {
        self.get(name).map(|value| number(value).ok_or_else(|| odd(name, "a number"))).transpose()
    }
}

/// A number of any kind: also one that is written as a text.
pub(super) fn number(value: &Value) -> Option<f64> {
    let number = value.as_f64().or_else(|| value.as_str()?.trim().parse().ok());
    number.filter(|number| number.is_finite())
}

fn odd(name: &str, what: &str) -> ClipperError {
    ClipperError::invalid(format!("{name} must be {what}"))
}
