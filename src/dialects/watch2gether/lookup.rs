//! What a link is, without queueing it. Nobody needs a key for it; the address pays.

use axum::{Extension, Json, extract::State, response::IntoResponse};
use serde::Serialize;

use super::{Answered, call::Call, error::W2gError, items::title};
use crate::app::App;

/// What a link is.
#[derive(Debug, Serialize)]
struct LookupWire {
    url: String,
    title: String,
    thumb: String,
    /// In seconds, once that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    duration: Option<f64>,
}

/// `GET` and `POST /w2g_search/lookup`
pub(super) async fn look_up(State(app): State<App>, Extension(call): Extension<Call>) -> Answered {
    let link = call.fields.text("url")?;
    let link = link.ok_or_else(|| W2gError::field("url", "Send the link to look up in url."))?;
    let media = app.engine.intake.glimpse(&call.from, &link).await;
    let media = media.map_err(|no| W2gError::from(no).of_link("url"))?;
    Ok(Json(LookupWire {
        title: title(&media),
        thumb: media.thumbnail.unwrap_or_default(),
        duration: media.duration.map(|length| super::items::seconds(length.0)),
        url: media.url,
    })
    .into_response())
}
