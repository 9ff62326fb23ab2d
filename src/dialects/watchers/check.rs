//! Fields read and checked: all that is wrong with them is told at once, in the words that its clients know.

use std::sync::Arc;

use engine::{
    room::{Status, settings::LINK_LIMIT},
    time::WallTime,
};
use serde_json::{Map, Value};

use super::{error::WatchersError, times};

/// How long a program's own name of a room or a user may be, in characters.
pub(super) const NAME_LIMIT: usize = 255;

/// Reads fields, and notes what is wrong with them.
#[derive(Debug)]
pub(super) struct Check<'a> {
    fields: &'a Map<String, Value>,
    problems: Vec<String>,
}

impl<'a> Check<'a> {
    /// Nothing found yet.
    pub(super) fn new(fields: &'a Map<String, Value>) -> Self {
        Self { fields, problems: Vec::new() }
    }

    /// Refuses where anything was wrong.
    pub(super) fn end(self) -> Result<(), WatchersError> {
        if self.problems.is_empty() { Ok(()) } else { Err(WatchersError::invalid(self.problems)) }
    }

    /// Notes something that is wrong.
    pub(super) fn note(&mut self, problem: impl Into<String>) {
        let problem = problem.into();
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    /// Whether a field is there and not null.
    pub(super) fn has(&self, name: &str) -> bool {
        self.fields.get(name).is_some_and(|value| !value.is_null())
    }

    /// A text that must be there and not empty.
    pub(super) fn needed(&mut self, name: &str) -> &'a str {
        let text = self.fields.get(name).and_then(Value::as_str);
        if text.is_none_or(str::is_empty) {
            self.note(format!("{name} should not be empty"));
        }
        if text.is_none() {
            self.note(format!("{name} must be a string"));
        }
        text.unwrap_or_default()
    }

    /// The program's own name of a room or a user: any characters but control characters.
    pub(super) fn id(&mut self, name: &str) -> &'a str {
        let text = self.needed(name);
        self.fits(name, text);
        text
    }

    /// Notes where a name of the program's own is none.
    pub(super) fn fits(&mut self, name: &str, text: &str) {
        if text.chars().count() > NAME_LIMIT {
            self.note(format!("{name} must be shorter than or equal to {NAME_LIMIT} characters"));
        }
        if text.chars().any(char::is_control) {
            self.note(format!("{name} must not contain control characters"));
        }
    }

    /// A text, where there is one. `null` is as good as nothing where `nullable`.
    pub(super) fn text(&mut self, name: &str, nullable: bool) -> Option<&'a str> {
        let value = self.fields.get(name).filter(|value| !(nullable && value.is_null()))?;
        let text = value.as_str();
        if text.is_none() {
            self.note(format!("{name} must be a string"));
        }
        text
    }

    /// A text of so many characters at most, where there is one.
    pub(super) fn short(&mut self, name: &str, limit: usize) -> Option<&'a str> {
        let text = self.text(name, false)?;
        if text.chars().count() > limit {
            self.note(format!("{name} must be shorter than or equal to {limit} characters"));
        }
        Some(text)
    }

    /// A link, where there is one; empty takes it away, and so does `null` where `cleared` says it.
    #[expect(clippy::option_option, reason = "what is not there stays, and an inner nothing takes away")]
    pub(super) fn link(&mut self, name: &str, nullable: bool, cleared: bool) -> Option<Option<Arc<str>>> {
        if cleared && self.fields.get(name).is_some_and(Value::is_null) {
            return Some(None);
        }
        let text = self.text(name, nullable)?.trim();
        if text.len() > LINK_LIMIT || text.chars().any(char::is_control) {
            self.note(format!("{name} must be a URL address of at most {LINK_LIMIT} characters"));
        }
        Some((!text.is_empty()).then(|| text.into()))
    }

    /// A time, where there is one.
    pub(super) fn time(&mut self, name: &str) -> Option<WallTime> {
        let value = self.fields.get(name).filter(|value| !value.is_null())?;
        let time = value.as_str().and_then(times::read);
        if time.is_none() {
            self.note(format!("{name} must be a valid ISO 8601 date string, such as 2025-08-14T09:00:00.000Z"));
        }
        time
    }

    /// A time, where there is one; `null` takes it away.
    #[expect(clippy::option_option, reason = "what is not there stays, and an inner nothing takes away")]
    pub(super) fn time_or_none(&mut self, name: &str) -> Option<Option<WallTime>> {
        if self.fields.get(name)?.is_null() { Some(None) } else { self.time(name).map(Some) }
    }

    /// Yes or no, where it is said.
    pub(super) fn flag(&mut self, name: &str) -> Option<bool> {
        let value = self.fields.get(name)?;
        let flag = value.as_bool();
        if flag.is_none() {
            self.note(format!("{name} must be a boolean value"));
        }
        flag
    }

    /// Yes or no in any of the forms that were ever published for it; nothing where it is not there.
    pub(super) fn cast(&mut self, name: &str) -> Option<bool> {
        let value = self.fields.get(name)?;
        let cast = cast(value);
        if cast.is_none() {
            self.note(format!("{name} must be a boolean value, or one of \"true\", \"1\", \"false\", \"0\""));
        }
        cast
    }

    /// A whole number of a range, where there is one.
    pub(super) fn number(&mut self, name: &str, range: std::ops::RangeInclusive<u64>) -> Option<u64> {
        let value = self.fields.get(name).filter(|value| !value.is_null())?;
        let number = value.as_u64().or_else(|| value.as_str()?.parse().ok()).filter(|number| range.contains(number));
        if number.is_none() {
            let listed: Vec<_> = range.map(|number| number.to_string()).collect();
            self.note(format!("{name} must be one of the following values: {}", listed.join(", ")));
        }
        number
    }

    /// One of some words, which must be there.
    pub(super) fn word<T: Copy>(&mut self, name: &str, words: &[(&str, T)]) -> Option<T> {
        let text = self.fields.get(name).and_then(Value::as_str);
        let known = words.iter().find(|(word, _)| Some(*word) == text).map(|(_, value)| *value);
        if known.is_none() {
            let listed: Vec<_> = words.iter().map(|(word, _)| *word).collect();
            self.note(format!("{name} must be one of the following values: {}", listed.join(", ")));
        }
        known
    }
}

fn cast(value: &Value) -> Option<bool> {
    match value {
        Value::Null => Some(false),
        Value::Bool(flag) => Some(*flag),
        Value::Number(number) => match number.as_u64() {
            Some(1) => Some(true),
            Some(0) => Some(false),
            _ => None,
        },
        Value::String(text) => match text.as_str() {
            "true" | "1" => Some(true),
            "false" | "0" | "" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// Its words for how a room stands.
pub(super) const STATUSES: [(&str, Status); 5] = [
    ("LIVE", Status::Live),
    ("SOON", Status::Soon),
    ("ENDED", Status::Ended),
    ("DISABLED", Status::Disabled),
    ("RECORD", Status::Record),
];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn speaking_is_cast_as_the_newer_version_says_and_the_older_one_sends() {
        for yes in [json!(true), json!("true"), json!("1"), json!(1)] {
            assert_eq!(cast(&yes), Some(true), "{yes}");
        }
        for no in [json!(false), json!("false"), json!("0"), json!(""), json!(0), json!(null)] {
            assert_eq!(cast(&no), Some(false), "{no}");
        }
        for neither in [json!("yes"), json!("TRUE"), json!(2), json!(-1), json!(1.5), json!([]), json!({})] {
            assert_eq!(cast(&neither), None, "{neither}");
        }
    }
}
