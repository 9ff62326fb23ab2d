//! Play, pause, seek, skip: what people asked of Watch2Gether for years, in its spelling.

use axum::{
    Extension, Json,
    extract::State,
    response::{IntoResponse, Response},
};
use engine::{
    command::{Deed, SeekTo},
    ids::PersonId,
    room::RoomView,
    time::Millis,
};
use serde::Serialize;

use super::{
    Answered,
    call::Call,
    error::W2gError,
    fields::Fields,
    items::{ItemWire, seconds},
    room,
};
use crate::{app::App, http::extract::FirstText};

/// The furthest skip, in seconds.
const FURTHEST: f64 = 86_400.0;

/// Where the film stands.
#[derive(Debug, Serialize)]
pub struct PlayerWire {
    playing: bool,
    /// In seconds, at the moment of the answer.
    position: f64,
    rate: f64,
    item: Option<ItemWire>,
    /// How many come after it.
    queued: usize,
}

impl PlayerWire {
    /// Of a room, for somebody.
    pub fn of(app: &App, view: &RoomView, person: PersonId) -> Self {
        Self {
            playing: view.playback.playing,
            position: seconds(view.position(app.engine.clock.play_time()).0),
            rate: view.playback.rate.factor(),
            item: view.current.as_deref().map(|item| ItemWire::of(view, item, person)),
            queued: view.queue.len(),
        }
    }
}

/// A good answer that says where the film stands.
pub fn told(app: &App, view: &RoomView, person: PersonId) -> Response {
    #[derive(Serialize)]
    struct Told {
        success: bool,
        #[serde(flatten)]
        player: PlayerWire,
    }
    Json(Told { success: true, player: PlayerWire::of(app, view, person) }).into_response()
}

/// `POST /rooms/{streamkey}/play`
pub(super) async fn play(
    State(app): State<App>,
    Extension(call): Extension<Call>,
    FirstText(name): FirstText,
) -> Answered {
    does(&app, &call, &name, Deed::PLAY).await
}

/// `POST /rooms/{streamkey}/pause`
pub(super) async fn pause(
    State(app): State<App>,
    Extension(call): Extension<Call>,
    FirstText(name): FirstText,
) -> Answered {
    does(&app, &call, &name, Deed::Pause).await
}

/// `POST /rooms/{streamkey}/next`
pub(super) async fn next(
    State(app): State<App>,
    Extension(call): Extension<Call>,
    FirstText(name): FirstText,
) -> Answered {
    does(&app, &call, &name, Deed::Skip).await
}

/// `POST /rooms/{streamkey}/previous`
pub(super) async fn previous(
    State(app): State<App>,
    Extension(call): Extension<Call>,
    FirstText(name): FirstText,
) -> Answered {
    does(&app, &call, &name, Deed::Back).await
}

/// `POST /rooms/{streamkey}/seek`: to `position`, in seconds or as people write it: `1:30`, `50%`
pub(super) async fn seek(
    State(app): State<App>,
    Extension(call): Extension<Call>,
    FirstText(name): FirstText,
) -> Answered {
    let position = call.fields.text("position")?;
    let position = position
        .ok_or_else(|| W2gError::field("position", "Send where to seek to in position: 90, \"1:30\", \"50%\"."))?;
    let to = match position.parse::<f64>() {
        Ok(number) if number.is_finite() && (0.0..=FURTHEST).contains(&number) => SeekTo::At(millis(number)),
        Ok(_) => return Err(W2gError::field("position", "position is a number of seconds from 0 to 86400.")),
        Err(_) => bots::grammar::seek(&position).map_err(|refusal| W2gError::from(refusal).about("position"))?,
    };
    does(&app, &call, &name, Deed::Seek { to }).await
}

/// `POST /rooms/{streamkey}/skip`: so many `minutes` or `seconds` later, or earlier where they are negative
pub(super) async fn skip(
    State(app): State<App>,
    Extension(call): Extension<Call>,
    FirstText(name): FirstText,
) -> Answered {
    let by = length(&call.fields)?;
    does(&app, &call, &name, Deed::Seek { to: SeekTo::By(by) }).await
}

fn length(fields: &Fields) -> Result<Millis, W2gError> {
    let (minutes, seconds) = (fields.number("minutes")?, fields.number("seconds")?);
    if minutes.is_none() && seconds.is_none() {
        let message =
            "Send minutes or seconds: 2 skips two minutes ahead, -2 goes back. To the next video leads …/next.";
        return Err(W2gError::field("minutes", message));
    }
    let length = minutes.unwrap_or_default() * 60.0 + seconds.unwrap_or_default();
    if length.abs() > FURTHEST {
        return Err(W2gError::field("minutes", "That is more than a day."));
    }
    Ok(millis(length))
}

/// Seconds within a day or so, in milliseconds.
#[expect(clippy::cast_possible_truncation, reason = "it was found to be within a day")]
fn millis(seconds: f64) -> Millis {
    Millis((seconds * 1000.0).round() as i64)
}

async fn does(app: &App, call: &Call, name: &str, deed: Deed) -> Answered {
    let found = room::to_change(app, call, name).await?;
    let done = room::command(app, &found, deed).await?;
    Ok(told(app, &done.view, found.actor.person))
}
