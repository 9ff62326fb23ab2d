//! What is sent, read and checked: each thing that is wrong is an issue with the path to it, as its clients know them.

use axum::{
    extract::{FromRequest, Request},
    http::{StatusCode, header},
};
use engine::{media::Category, room::settings::TITLE_LIMIT};
use serde_json::{Map, Value, json};

use super::{error::OttError, grants, room};
use crate::{
    app::App,
    http::{error::ApiError, extract::read_body},
};

/// The fields of a body: of a JSON object or of a form. A body of any other kind is none, and has no fields.
#[derive(Debug, Clone, Default)]
pub struct Fields(pub Map<String, Value>);

impl Fields {
    /// A field, where it is a text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    /// The same; one that is empty is none.
    pub fn filled(&self, name: &str) -> Option<&str> {
        self.text(name).filter(|text| !text.is_empty())
    }

    /// A field that may be left out or be null, and else is a text.
    ///
    /// # Errors
    ///
    /// `ValidationError` where it is something else.
    pub fn optional(&self, name: &str) -> Result<Option<&str>, OttError> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(OttError::bad("ValidationError", format!("{name} must be a text."))),
        }
    }
}

impl FromRequest<App> for Fields {
    type Rejection = OttError;

    async fn from_request(request: Request, _: &App) -> Result<Self, OttError> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
        let kind = kind.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
        let bytes = read_body(request.into_body()).await.map_err(unread)?;
        Self::read(&kind, &bytes)
    }
}

impl Fields {
    /// What a body of this kind says.
    pub(super) fn read(kind: &str, bytes: &[u8]) -> Result<Self, OttError> {
        let fields = match kind {
            "application/x-www-form-urlencoded" => of_form(bytes),
            kind if kind == "application/json" || kind.ends_with("+json") => of_json(bytes)?,
            _ => Map::new(),
        };
        Ok(Self(fields))
    }
}

/// A body that could not be read.
fn unread(error: ApiError) -> OttError {
    match error {
        ApiError::No(no) => no.into(),
        ApiError::Http { status: StatusCode::PAYLOAD_TOO_LARGE, message, .. } => {
            OttError::new(StatusCode::PAYLOAD_TOO_LARGE, "PayloadTooLargeError", message)
        }
        ApiError::Http { status, message, .. } => OttError::new(status, "Error", message),
    }
}

fn of_json(bytes: &[u8]) -> Result<Map<String, Value>, OttError> {
    if bytes.trim_ascii().is_empty() {
        return Ok(Map::new());
    }
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(other) => {
            let none = Map::new();
            let mut check = Check::new(&none);
            check.expected("object", &other, &[]);
            check.end().map(|()| none.clone())
        }
        Err(error) => Err(OttError::argument("body", &format!("this is not JSON: {error}"))),
    }
}

/// What is named several times is a list.
fn of_form(bytes: &[u8]) -> Map<String, Value> {
    let mut fields = Map::new();
    for (name, value) in url::form_urlencoded::parse(bytes) {
        let value = Value::from(value);
        match fields.get_mut(&*name) {
            None => drop(fields.insert(name.into_owned(), value)),
            Some(Value::Array(values)) => values.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
        }
    }
    fields
}

/// Something that is wrong with a field.
#[derive(Debug, Clone)]
struct Issue {
    code: &'static str,
    path: Vec<Value>,
    message: String,
    more: Map<String, Value>,
}

impl From<Issue> for Value {
    fn from(issue: Issue) -> Self {
        let mut whole = issue.more;
        whole.insert("code".to_owned(), issue.code.into());
        whole.insert("path".to_owned(), issue.path.into());
        whole.insert("message".to_owned(), issue.message.into());
        whole.into()
    }
}

/// Reads fields, and notes what is wrong with them.
#[derive(Debug)]
pub struct Check<'a> {
    fields: &'a Map<String, Value>,
    /// Where in the body the fields are.
    at: Vec<Value>,
    issues: Vec<Issue>,
}

impl<'a> Check<'a> {
    /// Nothing found yet.
    pub fn new(fields: &'a Map<String, Value>) -> Self {
        Self { fields, at: Vec::new(), issues: Vec::new() }
    }

    /// Refuses where anything was wrong.
    ///
    /// # Errors
    ///
    /// `ZodValidationError` with all of it in `details`.
    pub fn end(self) -> Result<(), OttError> {
        if self.issues.is_empty() {
            return Ok(());
        }
        let said = self.issues.iter().map(|issue| {
            let parts = issue.path.iter().map(|part| part.as_str().map_or_else(|| part.to_string(), str::to_owned));
            let path = parts.collect::<Vec<_>>().join(".");
            if path.is_empty() { issue.message.clone() } else { format!("{} at \"{path}\"", issue.message) }
        });
        let message = format!("Validation error: {}", said.collect::<Vec<_>>().join("; "));
        let details: Vec<Value> = self.issues.into_iter().map(Value::from).collect();
        Err(OttError::bad("ZodValidationError", message).with("details", details))
    }

    /// Notes something that is wrong with what is at a path below these fields.
    pub fn note(&mut self, code: &'static str, below: &[Value], message: impl Into<String>, more: Value) {
        let path = self.at.iter().chain(below).cloned().collect();
        let more = if let Value::Object(more) = more { more } else { Map::new() };
        self.issues.push(Issue { code, path, message: message.into(), more });
    }

    /// Notes that something is of another kind than it should be.
    fn expected(&mut self, expected: &str, received: &Value, below: &[Value]) {
        let received = kind(received);
        let message = format!("Expected {expected}, received {received}");
        self.note("invalid_type", below, message, json!({ "expected": expected, "received": received }));
    }

    /// Notes that a field must be there.
    fn required(&mut self, name: &str, expected: &str) {
        let more = json!({ "expected": expected, "received": "undefined" });
        self.note("invalid_type", &[name.into()], "Required", more);
    }

    /// Nothing but these fields may be there.
    pub fn only(&mut self, known: &[&str]) {
        let odd: Vec<&String> = self.fields.keys().filter(|name| !known.contains(&name.as_str())).collect();
        if !odd.is_empty() {
            let named = odd.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
            self.note("unrecognized_keys", &[], format!("Unknown fields: {named}"), json!({ "keys": odd }));
        }
    }

    /// A text, where there is one.
    pub fn text(&mut self, name: &str) -> Option<&'a str> {
        let value = self.fields.get(name)?;
        let text = value.as_str();
        if text.is_none() {
            self.expected("string", value, &[name.into()]);
        }
        text
    }

    /// A text that must be there, and not empty.
    pub fn needed_text(&mut self, name: &str) -> &'a str {
        if !self.fields.contains_key(name) {
            self.required(name, "string");
        }
        let text = self.text(name);
        if text == Some("") {
            self.too_short(name, 1);
        }
        text.unwrap_or_default()
    }

    /// Notes that a text is too short.
    pub fn too_short(&mut self, name: &str, least: usize) {
        let more = json!({ "type": "string", "minimum": least, "inclusive": true });
        self.note("too_small", &[name.into()], format!("At least {least} characters"), more);
    }

    /// Notes that a text is too long.
    pub fn too_long(&mut self, name: &str, most: usize) {
        let more = json!({ "type": "string", "maximum": most, "inclusive": true });
        self.note("too_big", &[name.into()], format!("At most {most} characters"), more);
    }

    /// A text without a line break, and not longer than this.
    pub fn line(&mut self, name: &str, most: usize) -> Option<&'a str> {
        let text = self.text(name)?;
        if text.chars().count() > most {
            self.too_long(name, most);
        }
        if text.contains(['\n', '\r']) {
            self.note("invalid_string", &[name.into()], "One line only", json!({ "validation": "regex" }));
        }
        Some(text)
    }

    /// Yes or no, where something is said.
    pub fn flag(&mut self, name: &str) -> Option<bool> {
        let value = self.fields.get(name)?;
        if !value.is_boolean() {
            self.expected("boolean", value, &[name.into()]);
        }
        value.as_bool()
    }

    /// One of several words, where there is one.
    pub fn word(&mut self, name: &str, words: &[&str]) -> Option<&'a str> {
        let text = self.text(name)?;
        self.one_of(&[name.into()], text, words);
        Some(text)
    }

    fn one_of(&mut self, below: &[Value], text: &str, words: &[&str]) {
        if !words.contains(&text) {
            let known = words.join(", ");
            let more = json!({ "received": text, "options": words });
            self.note("invalid_enum_value", below, format!("Expected one of {known}, received {text}"), more);
        }
    }

    /// A list, where there is one.
    pub fn list(&mut self, name: &str) -> Option<&'a [Value]> {
        let value = self.fields.get(name)?;
        let list = value.as_array();
        if list.is_none() {
            self.expected("array", value, &[name.into()]);
        }
        list.map(Vec::as_slice)
    }

    /// Categories of parts that are skipped, each once, in their order.
    pub fn categories(&mut self, name: &str) -> Option<Vec<Category>> {
        let list = self.list(name)?;
        let most = Category::ALL.len();
        if list.len() > most {
            // Each of thousands would be told of by itself.
            let more = json!({ "type": "array", "maximum": most, "inclusive": true });
            self.note("too_big", &[name.into()], format!("At most {most} categories"), more);
            return None;
        }
        let words: Vec<&str> = Category::ALL.iter().map(|category| category.name()).collect();
        for (place, value) in list.iter().enumerate() {
            match value.as_str() {
                Some(text) => self.one_of(&[name.into(), place.into()], text, &words),
                None => self.expected("string", value, &[name.into(), place.into()]),
            }
        }
        let named = |category: &&Category| list.iter().any(|value| value.as_str() == Some(category.name()));
        Some(Category::ALL.iter().filter(named).copied().collect())
    }

    /// Reads an object below these fields with the same eyes.
    pub fn below<'b, T>(
        &mut self,
        below: &[Value],
        value: &'b Value,
        read: impl FnOnce(&mut Check<'b>) -> T,
    ) -> Option<T> {
        let Some(fields) = value.as_object() else {
            self.expected("object", value, below);
            return None;
        };
        let at = self.at.iter().chain(below).cloned().collect();
        let mut inner = Check { fields, at, issues: Vec::new() };
        let read = read(&mut inner);
        self.issues.append(&mut inner.issues);
        Some(read)
    }

    /// A field, whatever it is.
    pub fn field(&self, name: &str) -> Option<&'a Value> {
        self.fields.get(name)
    }
}

/// What sort of value that is.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// The settings that can be changed.
const SETTINGS: [&str; 8] = [
    "title",
    "description",
    "visibility",
    "queueMode",
    "grants",
    "autoSkipSegmentCategories",
    "restoreQueueBehavior",
    "enableVoteSkip",
];

/// Whether these are settings, and nothing else.
pub fn settings(fields: &Map<String, Value>) -> Result<(), OttError> {
    let mut check = Check::new(fields);
    check.only(&SETTINGS);
    check.line("title", TITLE_LIMIT - 1);
    check.text("description");
    check.word("visibility", &room::VISIBILITIES);
    check.word("queueMode", &room::QUEUE_MODES);
    check.categories("autoSkipSegmentCategories");
    check.flag("enableVoteSkip");
    if let Some(value) = check.field("restoreQueueBehavior")
        && value.as_u64().is_none_or(|number| number > 2)
    {
        let more = json!({ "received": value, "options": [0, 1, 2] });
        check.note("invalid_enum_value", &["restoreQueueBehavior".into()], "Expected 0, 1 or 2", more);
    }
    if let Some(value) = check.field("grants")
        && grants::read(value).is_none()
    {
        let message = "Expected pairs of a role and a mask of its rights";
        check.note("invalid_union", &["grants".into()], message, json!({}));
    }
    check.end()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(fields: &Value) -> Value {
        let error = settings(fields.as_object().unwrap()).unwrap_err();
        assert_eq!((error.status, error.name), (StatusCode::BAD_REQUEST, "ZodValidationError"));
        assert!(error.message.starts_with("Validation error: "), "{}", error.message);
        error.more["details"].clone()
    }

    #[test]
    fn settings_are_strict_and_each_mistake_has_its_place() {
        let good = json!({ "title": "", "description": "a\nb", "visibility": "private", "queueMode": "dj",
            "grants": [[0, 128]], "autoSkipSegmentCategories": ["intro"], "restoreQueueBehavior": 0, "enableVoteSkip": false });
        settings(good.as_object().unwrap()).unwrap();
        settings(&Map::new()).unwrap();
        for (odd, code, path) in [
            (json!({ "name": "x" }), "unrecognized_keys", json!([])),
            (json!({ "title": 5 }), "invalid_type", json!(["title"])),
            (json!({ "title": null }), "invalid_type", json!(["title"])),
            (json!({ "title": "a\nb" }), "invalid_string", json!(["title"])),
            (json!({ "title": "x".repeat(255) }), "too_big", json!(["title"])),
            (json!({ "visibility": "hidden" }), "invalid_enum_value", json!(["visibility"])),
            (json!({ "queueMode": "random" }), "invalid_enum_value", json!(["queueMode"])),
            (json!({ "enableVoteSkip": "yes" }), "invalid_type", json!(["enableVoteSkip"])),
            (json!({ "restoreQueueBehavior": 3 }), "invalid_enum_value", json!(["restoreQueueBehavior"])),
            (json!({ "restoreQueueBehavior": 0.5 }), "invalid_enum_value", json!(["restoreQueueBehavior"])),
            (
                json!({ "autoSkipSegmentCategories": ["x"] }),
                "invalid_enum_value",
                json!(["autoSkipSegmentCategories", 0]),
            ),
            (json!({ "grants": [[0, -1]] }), "invalid_union", json!(["grants"])),
        ] {
            let details = refused(&odd);
            assert_eq!((&details[0]["code"], &details[0]["path"]), (&json!(code), &path), "{odd}");
        }
        assert_eq!(refused(&json!({ "title": 5, "enableVoteSkip": 1 })).as_array().map(Vec::len), Some(2));
    }

    #[test]
    fn bodies_are_objects_or_forms() {
        assert!(of_json(b"").unwrap().is_empty());
        assert_eq!(of_json(b"[1]").unwrap_err().name, "ZodValidationError");
        for odd in ["{", "{\"a\":NaN}", "{\"a\":1e999}", &"[".repeat(50_000)] {
            let error = of_json(odd.as_bytes()).unwrap_err();
            assert_eq!((error.status, error.name), (StatusCode::BAD_REQUEST, "BadApiArgumentException"));
        }
        let form = of_form(b"service=youtube&id=a%20b&x=1&x=2&x=3");
        assert_eq!(Value::from(form), json!({ "service": "youtube", "id": "a b", "x": ["1", "2", "3"] }));
    }
}
