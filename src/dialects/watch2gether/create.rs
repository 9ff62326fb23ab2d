//! Making a room.

use axum::{
    Extension, Json,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    response::IntoResponse,
};
use engine::{
    command::{Actor, Spot},
    event::Door,
    intake::{Found, Wish},
    limits::Rule,
    people::NewSession,
    records::AliasKind,
    room::{Changes, Role, RoomView, Visibility},
    rooms::{DialectName, NewRoom},
    time::Millis,
};
use serde_json::Value;

use super::{
    Answered,
    call::{self, Call},
    error::W2gError,
    fields::{self, Fields},
    items::{ITEMS, wished},
    room::{self, RoomWire},
};
use crate::app::App;

/// After how long without anybody a room is gone that nobody asked to keep.
const TEMPORARY: Millis = Millis::seconds(24 * 3600);
/// What the maker of a room without a key is called.
const NOBODY: &str = "Watch2Gether";
/// The token of who made a room without a key, by which they may go on.
pub const TOKEN: HeaderName = HeaderName::from_static("x-w2g-api-key");
/// Where the room is watched.
pub const ROOM_URL: HeaderName = HeaderName::from_static("x-room-url");
/// Why a room was made without what it was to share.
const REFUSED: HeaderName = HeaderName::from_static("x-w2g-share-refused");

/// `POST /rooms/create.json`, and `GET` with everything in the query
pub(super) async fn make(State(app): State<App>, method: Method, Extension(call): Extension<Call>) -> Answered {
    let made = made(&app, &method, &call).await?;
    Ok((made.headers, Json(made.room)).into_response())
}

/// `POST /rooms/create`: the same for who follows to the room
pub(super) async fn make_and_lead(
    State(app): State<App>,
    method: Method,
    Extension(call): Extension<Call>,
) -> Answered {
    let Made { room, mut headers } = made(&app, &method, &call).await?;
    set(&mut headers, header::LOCATION, &address(&app, &room.streamkey));
    Ok((StatusCode::SEE_OTHER, headers).into_response())
}

/// A room that was just made.
struct Made {
    room: RoomWire,
    headers: HeaderMap,
}

/// Where a room is watched, as clients build the link.
pub fn address(app: &App, streamkey: &str) -> String {
    format!("{}/rooms/{streamkey}", app.public_url)
}

/// Adds a header, unless its text is none for one.
pub fn set(headers: &mut HeaderMap, name: HeaderName, text: &str) {
    if let Ok(value) = HeaderValue::from_str(text) {
        headers.insert(name, value);
    }
}

async fn made(app: &App, method: &Method, call: &Call) -> Result<Made, W2gError> {
    let (engine, now) = (&app.engine, app.engine.clock.play_time());
    // What only asks for the head of an answer means to make nothing.
    if *method == Method::HEAD {
        return Err(call::bad_method(method.clone()).await);
    }
    let keyless = call.is_keyless() && app.watch2gether.keyless_rooms && *method == Method::POST;
    let known = if keyless { None } else { Some(call.caller()?) };
    let changes = changes(&call.fields)?;
    let wishes = wishes(&call.fields)?;
    let (actor, guest) = match known {
        Some(caller) => {
            caller.may_change()?;
            engine.limits.take_for(Rule::Rooms, caller.person.id, Some(&call.from), now)?;
            (caller.actor(Door::Watch2Gether), None)
        }
        None => {
            engine.limits.take(Rule::Rooms, call.from.as_str(), now)?;
            let (actor, guest) = guest(app, call, NOBODY).await?;
            (actor, Some(guest))
        }
    };
    let film = look(app, call, &actor, wishes).await?;
    let streamkey = room::draw_streamkey();
    let name = DialectName { kind: AliasKind::Watch2Gether, value: streamkey.clone(), written: streamkey };
    let new = NewRoom { changes, name: Some(name), ownerless: guest.is_some(), ..NewRoom::default() };
    let mut view = engine.rooms.create(&actor, new).await?;
    let mut headers = HeaderMap::new();
    if let Some(guest) = &guest {
        engine.people.admit(view.id, guest.person.id).await?;
        set(&mut headers, TOKEN, guest.token.reveal());
    }
    match film {
        Film::Found(found) => {
            // Whoever makes a room puts in what it is made for, whatever may be done in it later.
            let maker = actor.granted(Role::Cohost);
            view = engine.intake.add(view.id, &maker, found, Spot::End).await?.done.view;
        }
        Film::Refused(code) => set(&mut headers, REFUSED, code),
        Film::Nothing => {}
    }
    let room = RoomWire::of(app, &view).await?;
    tell_ways(app, &view, &room.streamkey, &mut headers);
    Ok(Made { room, headers })
}

/// Somebody who shows no key, as a guest of their own.
pub async fn guest(app: &App, call: &Call, name: &str) -> Result<(Actor, NewSession), W2gError> {
    let engine = &app.engine;
    engine.limits.take(Rule::Guests, call.from.as_str(), engine.clock.play_time())?;
    let guest = engine.people.guest(name).await?;
    let caller = engine::people::Caller::new(guest.person.clone());
    Ok((caller.actor(Door::Watch2Gether), guest))
}

/// Says where the room is, in headers: the answer itself has no field for it.
fn tell_ways(app: &App, view: &RoomView, streamkey: &str, headers: &mut HeaderMap) {
    set(headers, ROOM_URL, &address(app, streamkey));
    let (room, invite) = (format!("{}/r/{}", app.public_url, view.id), format!("{}/j/{}", app.public_url, view.invite));
    set(headers, header::LINK, &format!("<{room}>; rel=\"alternate\", <{invite}>; rel=\"invite\""));
}

/// What the room is set to.
pub(super) fn changes(fields: &Fields) -> Result<Changes, W2gError> {
    let visibility = if fields.flag("members_only") == Some(true) { Visibility::Invite } else { Visibility::Unlisted };
    let lasting = fields.flag("persistent") == Some(true);
    Ok(Changes {
        title: fields.text("persistent_name")?.map(Into::into),
        colour: colour(fields)?.map(|colour| Some(colour.into())),
        opacity: percent(fields, "bg_opacity")?,
        volume: percent(fields, "volume")?.map(Some),
        visibility: Some(visibility),
        expires_after: Some((!lasting).then_some(TEMPORARY)),
        grants: Some(room::grants(fields)),
        ..Changes::default()
    })
}

/// A colour with its `#`, which some leave out; in the case that it was written in.
fn colour(fields: &Fields) -> Result<Option<String>, W2gError> {
    let Some(colour) = fields.text("bg_color")? else { return Ok(None) };
    let digits = colour.strip_prefix('#').unwrap_or(&colour);
    if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(W2gError::field("bg_color", "bg_color is a colour such as #00ff00."));
    }
    Ok(Some(format!("#{digits}")))
}

fn percent(fields: &Fields, name: &'static str) -> Result<Option<u8>, W2gError> {
    let Some(number) = fields.number(name)? else { return Ok(None) };
    if !(0.0..=100.0).contains(&number) {
        return Err(W2gError::field(name, format!("{name} is a number from 0 to 100.")));
    }
    // It was just found to fit.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 100")]
    Ok(Some(number.round() as u8))
}

/// What became of what the room was to share.
enum Film {
    Nothing,
    Found(Found),
    /// It cannot be watched. The room is made all the same, as its clients expect.
    Refused(&'static str),
}

async fn look(app: &App, call: &Call, actor: &Actor, mut wishes: Vec<Wish>) -> Result<Film, W2gError> {
    let (intake, from) = (&app.engine.intake, Some(call.from.as_str()));
    let found = match (wishes.len(), wishes.pop()) {
        (_, None) => return Ok(Film::Nothing),
        (1, Some(wish)) => intake.look(actor, from, wish).await,
        (_, Some(last)) => {
            wishes.push(last);
            intake.look_at_many(actor, from, wishes).await.map(|(found, _)| found)
        }
    };
    match found.map_err(W2gError::from) {
        Ok(found) => Ok(Film::Found(found)),
        // Nothing was made yet, so the same can be asked again.
        Err(error) if error.passes() => Err(error),
        Err(error) => Ok(Film::Refused(error.code)),
    }
}

/// What the room is to share. What is no link is nothing: some send `none`.
pub(super) fn wishes(fields: &Fields) -> Result<Vec<Wish>, W2gError> {
    let links = match fields.value("share") {
        Some(Value::Array(links)) => links.iter().filter_map(fields::text).collect(),
        Some(share) => fields::text(share).map(|text| apart(&text)).unwrap_or_default(),
        None => Vec::new(),
    };
    let links = links.into_iter().filter(|link| is_link(link)).take(ITEMS);
    let mut wishes: Vec<_> = links.map(|link| wished(link, None, None)).collect();
    if let Some(first) = wishes.first_mut() {
        first.title = fields.text("title")?;
        first.thumbnail = fields.text("thumb")?;
    }
    Ok(wishes)
}

/// A list that was joined by commas, in its links. A comma may stand in a link too, so it divides only before another one.
fn apart(text: &str) -> Vec<String> {
    let mut links: Vec<String> = Vec::new();
    for part in text.split(',') {
        let begins = ["http://", "https://", "//"].iter().any(|scheme| part.trim_start().starts_with(scheme));
        match links.last_mut().filter(|_| !begins) {
            Some(link) => {
                link.push(',');
                link.push_str(part);
            }
            None => links.push(part.trim().to_owned()),
        }
    }
    links
}

/// Whether a text may be a link, with or without its scheme.
fn is_link(text: &str) -> bool {
    text.contains('.') && !text.chars().any(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_joined_by_commas_is_one_and_a_comma_in_a_link_is_none() {
        assert_eq!(apart("https://a.example/1,2.mp4"), ["https://a.example/1,2.mp4"]);
        assert_eq!(apart("https://a.example/1, https://b.example/2"), ["https://a.example/1", "https://b.example/2"]);
        assert_eq!(apart("youtu.be/x"), ["youtu.be/x"]);
        assert!(!is_link("none") && !is_link("a film.") && is_link("youtu.be/x"));
    }
}
