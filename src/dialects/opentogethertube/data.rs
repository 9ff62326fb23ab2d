//! What a link or some words are, before anything is added; and the list of rights.

use axum::{
    Json,
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use engine::{
    command::Actor,
    event::Door,
    ids::PersonId,
    intake::Wish,
    media::{Media, Player},
    refusal::{Code, No, Refusal},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;
use uuid::Builder;

use super::{
    answer, auth,
    error::OttError,
    grants, points,
    video::{self, QueueItem, VideoId},
};
use crate::{app::App, http::extract::ClientAddress, resolve::sites};

/// What a look at a link costs.
const LINK_COST: u32 = 5;
/// What everything else costs.
const WORDS_COST: u32 = 75;
/// How much of a list is shown: a page of it.
const PAGE: usize = 40;
/// How few characters are not searched for.
const WORDS_LEAST: usize = 3;
/// How long others may keep what a link is, in seconds; and where that hardly changes.
const AN_HOUR: u32 = 3_600;
const A_WEEK: u32 = 604_800;

/// What was found.
#[derive(Debug)]
struct Preview {
    result: Vec<QueueItem>,
    highlighted: Option<QueueItem>,
    /// For how long it may be kept.
    fresh: u32,
}

/// What a link, several links or some words are.
pub(super) async fn preview(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, OttError> {
    let query = query.unwrap_or_default();
    let given = |name: &str| url::form_urlencoded::parse(query.as_bytes()).find(|(known, _)| known == name);
    let input = given("input").map(|(_, value)| value.into_owned()).unwrap_or_default();
    let input = input.trim();
    let adapter = given("adapter").map(|(_, value)| value.into_owned()).filter(|adapter| !adapter.is_empty());
    if input.is_empty() {
        return Err(OttError::argument("input", "missing"));
    }
    let lines: Vec<Url> = input.lines().filter_map(link).collect();
    let several = input.contains('\n');
    let is_link = !several && !lines.is_empty();
    if !several && !is_link && input.chars().count() < WORDS_LEAST {
        return Err(too_few());
    }
    if let Some(adapter) = &adapter {
        if !VideoId::is_service(adapter) {
            return Err(OttError::bad("Error", format!("Unknown service: {adapter}")));
        }
        VideoId { service: adapter.clone(), id: String::new() }.link()?;
    }
    points::charge(&app, &from, if is_link { LINK_COST } else { WORDS_COST })?;
    let actor = asker(&app, &headers, &from).await?;
    let found = match lines.first() {
        _ if several => of_lines(&app, &actor, &from, &lines).await?,
        Some(url) => of_link(&app, &actor, &from, url).await?,
        None if scheme(input) == Some("file") => {
            return Err(OttError::bad("LocalFileException", "A file of your own can be watched by nobody else."));
        }
        None => of_words(&app, &actor, &from, input, adapter.as_deref()).await?,
    };
    let found = match adapter {
        Some(adapter) if is_link || several => of_service(found, &adapter)?,
        _ => found,
    };
    Ok(told(found))
}

/// A link, where a line is one.
fn link(line: &str) -> Option<Url> {
    let line = line.trim();
    let url = match Url::parse(line) {
        Ok(url) => url,
        // What people type without a scheme has a path behind the host.
        Err(_) if line.contains('.') && line.contains('/') => Url::parse(&format!("https://{line}")).ok()?,
        Err(_) => return None,
    };
    (matches!(url.scheme(), "http" | "https") && !line.contains(char::is_whitespace)).then_some(url)
}

/// What stands before the colon, where that is a scheme.
fn scheme(input: &str) -> Option<&str> {
    let (scheme, _) = input.split_once(':')?;
    scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()).then_some(scheme)
}

fn too_few() -> OttError {
    let message = format!("Send a link, or at least {WORDS_LEAST} letters to search for.");
    OttError::bad("InvalidAddPreviewInputException", message)
}

/// Who asks: whose token it is, else a nobody who is the same for one address.
async fn asker(app: &App, headers: &HeaderMap, from: &str) -> Result<Actor, OttError> {
    if let Some((token, _)) = auth::shown(headers) {
        match app.engine.people.by_token(token.reveal()).await {
            Ok(caller) => return Ok(caller.actor(Door::OpenTogetherTube)),
            Err(no) => drop(no.decided()?),
        }
    }
    let hash = Sha256::digest(format!("opentogethertube preview from {from}"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    Ok(Actor {
        person: PersonId(Builder::from_custom_bytes(bytes).into_uuid()),
        name: "somebody".into(),
        door: Door::OpenTogetherTube,
        connection: None,
        granted: None,
        registered: false,
    })
}

async fn of_link(app: &App, actor: &Actor, from: &str, url: &Url) -> Result<Preview, OttError> {
    if let Some(site) = video::refused_site(url) {
        return Err(Refusal::new(Code::SiteRefused).with("site", site).into());
    }
    let list = sites::playlist(url);
    let wish = Wish { whole_list: list.is_some(), ..Wish::from(url.as_str()) };
    let intake = &app.engine.intake;
    let found = match (intake.look(actor, Some(from), wish).await, &list) {
        // A list that this server cannot read, around a video that it can.
        (Err(No::Refusal(refusal)), Some(list)) if refusal.code == Code::NoLists && list.video.is_some() => {
            intake.look(actor, Some(from), url.as_str()).await?
        }
        (found, _) => found?,
    };
    let pointed = list.and_then(|list| list.video);
    let highlighted = match &pointed {
        Some(video) => {
            let among = found.media().find(|media| media.provider_id.as_ref() == Some(video)).map(QueueItem::of_media);
            let beside = || Media {
                provider_id: Some(video.clone()),
                ..Media::bare(format!("https://www.youtube.com/watch?v={video}"), Player::Youtube)
            };
            Some(among.unwrap_or_else(|| QueueItem::of_media(&beside())))
        }
        None => None,
    };
    let fresh = if found.media().all(|media| media.player == Player::Youtube) { A_WEEK } else { AN_HOUR };
    Ok(Preview { result: found.media().take(PAGE).map(QueueItem::of_media).collect(), highlighted, fresh })
}

/// What cannot be watched of several is left out, unless nothing can.
async fn of_lines(app: &App, actor: &Actor, from: &str, lines: &[Url]) -> Result<Preview, OttError> {
    let wish = |url: &Url| Wish { looked_at: true, ..Wish::from(url.as_str()) };
    let wishes: Vec<Wish> =
        lines.iter().filter(|url| video::refused_site(url).is_none()).take(PAGE).map(wish).collect();
    if wishes.is_empty() {
        let message = "There is no link to anything that can be watched here in that.";
        return Err(OttError::bad("InvalidAddPreviewInputException", message));
    }
    let (found, _) = app.engine.intake.look_at_many(actor, Some(from), wishes).await?;
    let result = found.media().map(QueueItem::of_media).collect();
    Ok(Preview { result, highlighted: None, fresh: AN_HOUR })
}

async fn of_words(
    app: &App,
    actor: &Actor,
    from: &str,
    words: &str,
    adapter: Option<&str>,
) -> Result<Preview, OttError> {
    if let Some(adapter) = adapter.filter(|adapter| *adapter != "youtube") {
        let message = format!("{adapter} cannot be searched. Send a link.");
        return Err(OttError::bad("InvalidAddPreviewInputException", message));
    }
    let found = app.engine.intake.search(actor, Some(from), words).await?;
    Ok(Preview { result: found.iter().map(QueueItem::of_media).collect(), highlighted: None, fresh: A_WEEK })
}

/// Only what is of a service.
fn of_service(found: Preview, service: &str) -> Result<Preview, OttError> {
    let result: Vec<QueueItem> = found.result.into_iter().filter(|item| item.video.service == service).collect();
    if result.is_empty() {
        return Err(OttError::bad("UnsupportedServiceException", format!("That is no link of {service}.")));
    }
    let highlighted = found.highlighted.filter(|item| item.video.service == service);
    Ok(Preview { result, highlighted, ..found })
}

fn told(found: Preview) -> Response {
    let mut fields = json!({ "result": found.result });
    if let Some(highlighted) = found.highlighted {
        fields["highlighted"] = json!(highlighted);
    }
    let mut response = answer::done(fields);
    let cache = format!("public, max-age={}, immutable, stale-while-revalidate=86400", found.fresh);
    if let Ok(cache) = HeaderValue::from_str(&cache) {
        response.headers_mut().insert(header::CACHE_CONTROL, cache);
    }
    response
}

/// The rights: name, bit of the mask, and the least role that may ever have it.
pub(super) async fn permissions() -> Json<Value> {
    let list = grants::NAMES.iter().enumerate().filter_map(|(bit, name)| {
        let least = grants::of_bit(bit)?.least();
        Some(json!({ "name": name, "mask": 1_u64 << bit, "minRole": grants::number(least) }))
    });
    Json(Value::Array(list.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_told_from_words() {
        for good in ["https://films.example/a.mp4", " http://films.example ", "youtu.be/dQw4w9WgXcQ"] {
            assert!(link(good).is_some(), "{good}");
        }
        for other in ["a film", "bees", "file:///etc/passwd", "javascript:alert(1)", "https://a b", "Mr. Bee / 2"] {
            assert!(link(other).is_none(), "{other}");
        }
        assert_eq!(scheme("file:///etc/passwd"), Some("file"));
    }
}
