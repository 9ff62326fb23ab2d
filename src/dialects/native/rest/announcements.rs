//! What the person who runs the server has to say to everybody.

use axum::extract::State;
use engine::{records::Scope, text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Data, refused::OwnWriteRefused, spend};
use crate::{
    app::App,
    fanout::ANNOUNCEMENT,
    http::{
        error::ApiError,
        extract::{Body, Who},
    },
};

/// What is to be said.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Announce {
    /// 1 to 1,000 characters.
    #[schema(example = "Back in a minute: this server restarts at ten.")]
    text: String,
}

/// What was said.
#[derive(Debug, Serialize, ToSchema)]
pub struct AnnouncedWire {
    /// As everybody sees it.
    text: String,
}

/// Say something to everybody in every room
#[utoipa::path(post, path = "/api/v1/announcements",
    request_body(content = Announce, example = json!({ "text": "Back in a minute: this server restarts at ten." })), tag = "about",
    security(("token" = [])),
    responses((status = 200, body = Data<AnnouncedWire>), OwnWriteRefused))]
pub(super) async fn announce(
    State(app): State<App>,
    who: Who,
    Body(said, _): Body<Announce>,
) -> Result<Data<AnnouncedWire>, ApiError> {
    who.caller.needs(Scope::Admin)?;
    spend(&app, &who)?;
    let text = text::lines(&said.text, ANNOUNCEMENT)?;
    app.fanout.announce(&text);
    Ok(Data { data: AnnouncedWire { text } })
}
