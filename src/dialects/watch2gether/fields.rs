//! What a request says, however it says it: as JSON, a form or a query, under content types that are none.
//!
//! Its clients send JSON as `application/json; utf-8`, under two content types, under none, or in a form. So the body is
//! looked at, and the content type is asked only where the body leaves it open.

use axum::http::{HeaderMap, header};
use serde_json::{Map, Value};
use url::form_urlencoded;

use super::error::W2gError;

/// The fields of a request: those of its body, and of its query what the body does not name.
#[derive(Debug, Clone, Default)]
pub struct Fields(Map<String, Value>);

impl Fields {
    /// Reads them.
    ///
    /// # Errors
    ///
    /// `invalid_request` where the body is neither a JSON object nor a form.
    pub fn read(query: Option<&str>, headers: &HeaderMap, body: &[u8]) -> Result<Self, W2gError> {
        let mut fields = form(query.unwrap_or_default().as_bytes());
        fields.extend(in_body(headers, body)?);
        Ok(Self(fields))
    }

    /// A field as it is; nothing where it is null.
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// A text, without blanks around it; nothing where there is none in it.
    pub fn text(&self, name: &'static str) -> Result<Option<String>, W2gError> {
        let Some(value) = self.value(name) else { return Ok(None) };
        let text = text(value).ok_or_else(|| W2gError::field(name, format!("{name} is a text.")))?;
        Ok(Some(text).filter(|text| !text.is_empty()))
    }

    /// Yes or no; nothing where it is neither.
    pub fn flag(&self, name: &str) -> Option<bool> {
        match self.value(name)? {
            Value::Bool(flag) => Some(*flag),
            other => match text(other)?.to_ascii_lowercase().as_str() {
                "true" | "1" | "yes" | "on" => Some(true),
                "false" | "0" | "no" | "off" => Some(false),
                _ => None,
            },
        }
    }

    /// A number, as one or as a text.
    pub fn number(&self, name: &'static str) -> Result<Option<f64>, W2gError> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        let number = text.trim_end_matches('%').trim().parse::<f64>().ok().filter(|number| number.is_finite());
        number.map(Some).ok_or_else(|| W2gError::field(name, format!("{name} is a number.")))
    }

    /// A list: as one, or as JSON in a text, as forms carry it.
    pub fn list(&self, name: &'static str) -> Result<Vec<Value>, W2gError> {
        let list = match self.value(name) {
            None => return Ok(Vec::new()),
            Some(Value::Array(list)) => Some(list.clone()),
            Some(Value::String(text)) => serde_json::from_str(text).ok(),
            Some(_) => None,
        };
        list.ok_or_else(|| {
            W2gError::field(
                name,
                format!("{name} is a list of objects such as {{\"url\": \"https://…\"}}. Send it in a JSON body."),
            )
        })
    }
}

/// A value as the text that it is or would be.
pub fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn in_body(headers: &HeaderMap, body: &[u8]) -> Result<Map<String, Value>, W2gError> {
    let body = body.trim_ascii();
    let body = body.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(body);
    if body.starts_with(b"{") {
        return serde_json::from_slice(body)
            .map_err(|error| W2gError::body(format!("This body begins as JSON and is none: {error}.")));
    }
    let kinds = headers.get_all(header::CONTENT_TYPE).iter().filter_map(|value| value.to_str().ok());
    let kinds = kinds.collect::<Vec<_>>().join(",").to_ascii_lowercase();
    if body.is_empty() {
        return Ok(Map::new());
    }
    if kinds.contains("json") || kinds.contains("multipart/") || body.starts_with(b"[") || body.starts_with(b"\"") {
        return Err(W2gError::body("Send one JSON object, {…}, or a form as application/x-www-form-urlencoded."));
    }
    if std::str::from_utf8(body).is_err() {
        return Err(W2gError::body("This body is no text. Send one JSON object, or a form."));
    }
    Ok(form(body))
}

/// The elements of a list that a form spells out, each with the index that it was given.
type Elements = Vec<(String, Map<String, Value>)>;

/// The one list that a form may spell out.
const ITEMS: &str = "add_items";

/// A form, in which `add_items[0][url]=…` and `add_items[][url]=…` are elements of a list.
fn form(body: &[u8]) -> Map<String, Value> {
    let mut fields = Map::new();
    let mut spelt = Elements::new();
    for (name, value) in form_urlencoded::parse(body) {
        let Some((index, part)) = element(&name) else {
            fields.insert(name.into_owned(), value.into_owned().into());
            continue;
        };
        let open = spelt
            .last_mut()
            .filter(|(known, fields)| known == index && !(index.is_empty() && fields.contains_key(part)));
        match open {
            Some((_, fields)) => drop(fields.insert(part.to_owned(), value.into_owned().into())),
            None => {
                let fields = [(part.to_owned(), Value::from(value.into_owned()))].into_iter().collect();
                spelt.push((index.to_owned(), fields));
            }
        }
    }
    if !spelt.is_empty() {
        let elements = spelt.into_iter().map(|(_, fields)| Value::Object(fields)).collect();
        fields.insert(ITEMS.to_owned(), Value::Array(elements));
    }
    fields
}

/// `add_items[index][field]` in its parts.
fn element(name: &str) -> Option<(&str, &str)> {
    let (index, rest) = name.strip_prefix(ITEMS)?.strip_prefix('[')?.split_once("][")?;
    let field = rest.strip_suffix(']')?;
    (!field.is_empty()).then_some((index, field))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str, kinds: &[&str], body: &str) -> Result<Fields, W2gError> {
        let mut headers = HeaderMap::new();
        for kind in kinds {
            headers.append(header::CONTENT_TYPE, kind.parse().unwrap());
        }
        Fields::read(Some(query), &headers, body.as_bytes())
    }

    #[test]
    fn a_body_is_read_by_what_it_is_and_not_by_what_it_is_called() {
        let json = r#"{"share":"https://films.example/a.mp4"}"#;
        for kinds in [
            &["application/json"][..],
            &["application/json; charset=utf-8"],
            &["application/json; utf-8"],
            &["application/json", "application/json"],
            &["application/x-www-form-urlencoded"],
            &["text/plain"],
            &[],
        ] {
            let fields = read("", kinds, json).unwrap();
            assert_eq!(fields.text("share").unwrap().as_deref(), Some("https://films.example/a.mp4"), "{kinds:?}");
        }
        let fields = read("", &[], "share=https%3A%2F%2Ffilms.example%2Fa.mp4&bg_opacity=50").unwrap();
        assert_eq!(fields.text("share").unwrap().as_deref(), Some("https://films.example/a.mp4"));
        assert_eq!(fields.number("bg_opacity").unwrap(), Some(50.0));
    }

    #[test]
    fn the_body_goes_before_the_query() {
        let fields = read("w2g_api_key=query&share=x.example", &[], r#"{"w2g_api_key":"body"}"#).unwrap();
        assert_eq!(fields.text("w2g_api_key").unwrap().as_deref(), Some("body"));
        assert_eq!(fields.text("share").unwrap().as_deref(), Some("x.example"));
    }

    #[test]
    fn nothing_is_nothing_whatever_it_looks_like() {
        let fields = read("", &[], r#"{"share":null,"bg_color":"","title":"  ","moderated":"maybe"}"#).unwrap();
        assert_eq!(fields.text("share").unwrap(), None);
        assert_eq!((fields.text("bg_color").unwrap(), fields.text("title").unwrap()), (None, None));
        assert_eq!((fields.flag("moderated"), fields.number("bg_opacity").unwrap()), (None, None));
        assert!(read("", &["application/json"], "  ").unwrap().0.is_empty());
    }

    #[test]
    fn what_cannot_be_meant_is_named() {
        for (kinds, body) in [
            (&["application/json"][..], "{\"share\": "),
            (&["application/json"], "share=x"),
            (&[], "[1]"),
            (&[], "\"text\""),
            (&["multipart/form-data; boundary=x"], "--x\r\n"),
        ] {
            let no = read("", kinds, body).unwrap_err();
            assert_eq!((no.status.as_u16(), no.code), (400, "invalid_request"), "{body}");
        }
        let fields = read("add_items=url&add_items=title", &[], "").unwrap();
        assert_eq!(fields.list("add_items").unwrap_err().field.as_deref(), Some("add_items"));
        assert_eq!(read("", &[], r#"{"bg_opacity":"half"}"#).unwrap().number("bg_opacity").unwrap_err().status, 400);
        assert_eq!(read("", &[], r#"{"share":{"a":1}}"#).unwrap().text("share").unwrap_err().status, 400);
    }

    #[test]
    fn a_form_spells_lists_out_in_three_ways() {
        let two = serde_json::json!([{ "url": "a", "title": "A" }, { "url": "b" }]);
        for body in [
            "add_items[0][url]=a&add_items[0][title]=A&add_items[1][url]=b",
            "add_items[][url]=a&add_items[][title]=A&add_items[][url]=b",
            "add_items=%5B%7B%22url%22%3A%22a%22%2C%22title%22%3A%22A%22%7D%2C%7B%22url%22%3A%22b%22%7D%5D",
        ] {
            assert_eq!(Value::from(read("", &[], body).unwrap().list("add_items").unwrap()), two, "{body}");
        }
    }
}
