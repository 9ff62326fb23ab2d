//! The links to rooms that its clients build, which lead to the room's page here.
//!
//! `/rooms/{streamkey}` is in `state`, beside what programs read there. The others have no routes of their own: the root and
//! the one fallback ask here.

use axum::{
    http::Uri,
    response::{IntoResponse, Redirect, Response},
};
use engine::refusal::No;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use url::form_urlencoded;

use super::room;
use crate::{app::App, http::pages::failed};

/// `/?r={streamkey}` and `/?access_key={key}`
pub async fn of_root(app: &App, query: &str) -> Option<Response> {
    by_query(app, query, "r").await.transpose().map(leads)
}

/// `/{lang}/room/?room_id={streamkey}`, the same with `access_key`, and `/{streamkey}`
pub async fn elsewhere(app: &App, uri: &Uri) -> Option<Response> {
    let path = uri.path().trim_start_matches('/').trim_end_matches('/');
    if let Some((language, "room")) = path.split_once('/')
        && language.len() == 2
        && language.bytes().all(|byte| byte.is_ascii_lowercase())
    {
        return by_query(app, uri.query()?, "room_id").await.transpose().map(leads);
    }
    match room::named(app, path).await {
        Ok(room) => room.map(|room| leads(Ok(format!("/r/{room}")))),
        Err(no) => no.decided().err().map(failed),
    }
}

fn leads(there: Result<String, No>) -> Response {
    match there {
        Ok(address) => Redirect::temporary(&address).into_response(),
        Err(no) => failed(no),
    }
}

/// Where a query leads: by the streamkey of a room, else by a way in. What is known by neither leads to the page that says so.
async fn by_query(app: &App, query: &str, name: &str) -> Result<Option<String>, No> {
    let value = |name: &str| {
        let found = form_urlencoded::parse(query.as_bytes()).find(|(known, value)| known == name && !value.is_empty());
        found.map(|(_, value)| value.into_owned())
    };
    let streamkey = match value(name) {
        Some(streamkey) => Some(streamkey),
        // Y2W reads them in this order, and some paste the one where the other belongs.
        None => match value("access_key") {
            Some(key) if !room::is_streamkey(&key) => return Ok(Some(format!("/j/{}", encoded(&key)))),
            key => key,
        },
    };
    let Some(streamkey) = streamkey else { return Ok(None) };
    match room::named(app, &streamkey).await {
        Ok(Some(room)) => Ok(Some(format!("/r/{room}"))),
        Ok(None) => Ok(Some(format!("/r/{}", encoded(&streamkey)))),
        Err(no) => no.decided().map(|_| Some(format!("/r/{}", encoded(&streamkey)))),
    }
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}
