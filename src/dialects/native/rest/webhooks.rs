//! Webhooks: made, listed, tried, deleted. `docs/API.md` says how deliveries look.

use std::collections::BTreeSet;

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use engine::{
    ids::RoomId,
    limits::Rule,
    refusal::{Code, Refusal},
    webhooks::{Attempt, NewWebhook, Outcome, Webhook},
};
use serde::{Deserialize, Serialize};
use url::Url;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Data, actor,
    refused::{DeedRefused, OwnReadRefused, WriteRefused},
    spend,
};
use crate::{
    app::App,
    http::{
        error::ApiError,
        extract::{Body, ClientAddress, FirstText, Who},
    },
    webhooks::Courier,
};

/// A webhook to be made.
#[derive(Debug, Deserialize, ToSchema)]
pub struct MakeWebhook {
    /// Where deliveries go: http or https, on the public internet.
    #[schema(example = "https://bot.example/onecouch")]
    url: String,
    /// The room, which you may be in; all that you host where none.
    #[schema(example = json!(null))]
    room: Option<Uuid>,
    /// The kinds of events; all where none.
    #[serde(default)]
    #[schema(value_type = Vec<String>, example = json!(["playback", "said"]))]
    events: BTreeSet<String>,
}

/// A webhook, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookWire {
    /// Its identity.
    id: Uuid,
    /// Where deliveries go.
    url: String,
    /// The room; all that you host where null.
    room: Option<Uuid>,
    /// The kinds of events; all where empty.
    #[schema(value_type = Vec<String>)]
    events: BTreeSet<String>,
    /// When it was made, in Unix milliseconds.
    made_at: i64,
    /// `ok`, `failing` or `off`.
    state: &'static str,
    /// Since when it is so, where it is not `ok`.
    since: Option<i64>,
    /// Deliveries that were taken.
    delivered: u64,
    /// Attempts that failed.
    failed: u64,
    /// Events that were given up.
    dropped: u64,
    /// The last attempt.
    last: Option<AttemptWire>,
}

/// An attempt to deliver.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttemptWire {
    /// When it ended, in Unix milliseconds.
    at: i64,
    /// What came of it.
    #[serde(flatten)]
    outcome: OutcomeWire,
}

/// What came of an attempt.
#[derive(Debug, Serialize, ToSchema)]
pub struct OutcomeWire {
    /// Whether it was taken: a status from 200 to 299.
    taken: bool,
    /// The status of the answer, where there was one.
    status: Option<u16>,
    /// The code of what went wrong, where there was none: `link_unreachable`, `private_address`.
    error: Option<String>,
}

/// A webhook that was just made.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewWebhookWire {
    /// The webhook.
    #[serde(flatten)]
    webhook: WebhookWire,
    /// Told once: what deliveries are signed with, 64 characters.
    secret: String,
}

impl From<&Webhook> for WebhookWire {
    fn from(webhook: &Webhook) -> Self {
        let health = &webhook.health;
        let (state, since) = match (health.off_since, health.failing_since) {
            (Some(off), _) => ("off", Some(off.0)),
            (None, Some(failing)) => ("failing", Some(failing.0)),
            (None, None) => ("ok", None),
        };
        Self {
            id: webhook.id.0,
            url: webhook.url.clone(),
            room: webhook.room.map(|room| room.0),
            events: webhook.events.clone(),
            made_at: webhook.made_at.0,
            state,
            since,
            delivered: health.delivered,
            failed: health.failed,
            dropped: health.dropped,
            last: health.last.as_ref().map(|Attempt { at, outcome }| AttemptWire { at: at.0, outcome: outcome.into() }),
        }
    }
}

impl From<&Outcome> for OutcomeWire {
    fn from(outcome: &Outcome) -> Self {
        let (status, error) = match outcome {
            Outcome::Status(status) => (Some(*status), None),
            Outcome::Error(code) => (None, Some(code.clone())),
        };
        Self { taken: outcome.is_success(), status, error }
    }
}

/// My webhooks
#[utoipa::path(get, path = "/api/v1/webhooks", tag = "webhooks", security(("token" = [])),
    responses((status = 200, body = Data<Vec<WebhookWire>>), OwnReadRefused))]
pub(super) async fn list(State(app): State<App>, who: Who) -> Result<Data<Vec<WebhookWire>>, ApiError> {
    let webhooks = app.engine.webhooks.of(who.caller.person.id).await?;
    Ok(Data { data: webhooks.iter().map(WebhookWire::from).collect() })
}

/// Make a webhook
#[utoipa::path(post, path = "/api/v1/webhooks",
    request_body(content = MakeWebhook, example = json!({ "url": "https://bot.example/onecouch", "events": ["playback", "said"] })),
    tag = "webhooks", security(("token" = [])),
    responses((status = 201, body = Data<NewWebhookWire>), WriteRefused))]
pub(super) async fn make(
    State(app): State<App>,
    who: Who,
    Body(new, _): Body<MakeWebhook>,
) -> Result<Response, ApiError> {
    // No idempotency here, as with keys: a kept answer would be a stored secret more.
    spend(&app, &who)?;
    let url = Url::parse(new.url.trim()).map_err(|_| Refusal::new(Code::BadLink))?;
    courier(&app)?.check(&url)?;
    let room = new.room.map(RoomId);
    let actor = match room {
        Some(room) => actor(&app, &who, room).await?,
        None => who.caller.actor(who.door),
    };
    let new = NewWebhook { url: url.into(), room, events: new.events };
    let made = app.engine.webhooks.make(&who.caller, &actor, new).await?;
    let data = NewWebhookWire { webhook: (&made).into(), secret: made.secret.0 };
    Ok((StatusCode::CREATED, Json(Data { data })).into_response())
}

/// Delete a webhook
#[utoipa::path(delete, path = "/api/v1/webhooks/{id}", tag = "webhooks", security(("token" = [])),
    params(("id" = Uuid, Path, description = "Which")),
    responses((status = 204), DeedRefused))]
pub(super) async fn delete(State(app): State<App>, who: Who, FirstText(id): FirstText) -> Result<Response, ApiError> {
    spend(&app, &who)?;
    let id = id.parse().map_err(|_| Refusal::new(Code::NoSuchWebhook))?;
    app.engine.webhooks.delete(who.caller.person.id, id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Send a ping now
#[utoipa::path(post, path = "/api/v1/webhooks/{id}/test", tag = "webhooks", security(("token" = [])),
    params(("id" = Uuid, Path, description = "Which")),
    responses((status = 200, body = Data<OutcomeWire>), DeedRefused))]
pub(super) async fn test(
    State(app): State<App>,
    who: Who,
    ClientAddress(from): ClientAddress,
    FirstText(id): FirstText,
) -> Result<Data<OutcomeWire>, ApiError> {
    spend(&app, &who)?;
    let id = id.parse().map_err(|_| Refusal::new(Code::NoSuchWebhook))?;
    let webhook = app.engine.webhooks.own(who.caller.person.id, id).await?;
    let courier = courier(&app)?;
    // It is a request of ours to where somebody says, as a look at a link is.
    let now = app.engine.clock.play_time();
    app.engine.limits.take_for(Rule::Links, who.caller.person.id, Some(&from), now)?;
    Ok(Data { data: (&courier.test(&webhook).await).into() })
}

fn courier(app: &App) -> Result<&Courier, Refusal> {
    app.courier.as_ref().ok_or_else(|| Code::NoWebhooks.into())
}
