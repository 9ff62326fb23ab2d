//! What was done with administrators' credentials.

use axum::extract::State;
use engine::records::{AdminAct, Outcome};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    super::{Page, refused::OwnReadRefused},
    Behind, page_of,
};
use crate::{
    app::App,
    http::{error::ApiError, extract::Params, operator::Operator},
};

/// Something that was done.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActWire {
    /// The line.
    id: Uuid,
    /// When it was begun, in Unix milliseconds.
    at: i64,
    /// With what: the public id of a key, `bootstrap`, or `command line`.
    by: String,
    /// What: `keys.make`, `rooms.delete`, …; method and route of a call that has no name.
    act: String,
    /// The identity of whom or what it was about; several with `/` between them.
    on: Option<String>,
    /// What that was called then.
    about: Option<String>,
    /// The client's address; null for what was done at the machine itself.
    from: Option<String>,
    /// `done`, `refused`, `failed`; `begun` where the server ended before it knew.
    outcome: &'static str,
    /// By which code it was refused.
    code: Option<String>,
}

impl From<AdminAct> for ActWire {
    fn from(act: AdminAct) -> Self {
        let (outcome, code) = match act.outcome {
            Outcome::Begun => ("begun", None),
            Outcome::Done => ("done", None),
            Outcome::Refused { code } => ("refused", Some(code)),
            Outcome::Failed => ("failed", None),
        };
        Self {
            id: act.id,
            at: act.at.0,
            by: act.by.to_string(),
            act: act.act,
            on: act.on,
            about: act.about,
            from: act.from,
            outcome,
            code,
        }
    }
}

/// What was done with administrators' credentials, the newest first
#[utoipa::path(get, path = "/api/v1/admin/log", tag = "admin", security(("token" = [])), params(Behind),
    responses((status = 200, body = Page<ActWire>), OwnReadRefused))]
pub(in super::super) async fn list(
    State(app): State<App>,
    _: Operator,
    Params(asked): Params<Behind>,
) -> Result<Page<ActWire>, ApiError> {
    let limit = page_of(asked.limit)?;
    let mut acts = app.engine.acts.page(asked.after, limit + 1).await?;
    let more = acts.len() > limit;
    acts.truncate(limit);
    let next = acts.last().filter(|_| more).map(|act| act.id.to_string());
    Ok(Page { data: acts.into_iter().map(ActWire::from).collect(), next })
}
