//! Addresses that are kept out.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use engine::{
    addresses::NewBan,
    records::AddressBan,
    refusal::{Code, Refusal},
    time::WallTime,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::super::{
    Data,
    refused::{OwnDeedRefused, OwnReadRefused, OwnWriteRefused},
};
use crate::{
    app::App,
    http::{
        error::ApiError,
        extract::{Body, FirstText},
        operator::Operator,
    },
};

/// A network to keep out.
#[derive(Debug, Deserialize, ToSchema)]
pub struct MakeBan {
    /// An address, or a network. One address of IPv6 is its /64.
    #[schema(example = "203.0.113.0/24")]
    network: String,
    /// Why, for who runs the server alone; up to 200 characters.
    #[serde(default)]
    reason: Option<String>,
    /// Until when, in Unix milliseconds; for ever where it is not there.
    #[serde(default)]
    until: Option<i64>,
    /// Do it though you would lock yourself out.
    #[serde(default)]
    force: bool,
}

/// A network that is kept out.
#[derive(Debug, Serialize, ToSchema)]
pub struct BanWire {
    /// What to lift it by.
    id: Uuid,
    /// The network.
    network: String,
    /// Why, or nothing.
    reason: String,
    /// With which key it was made, or `bootstrap`.
    by: String,
    /// When it was made, in Unix milliseconds.
    at: i64,
    /// Until when; null for ever.
    until: Option<i64>,
}

impl From<&AddressBan> for BanWire {
    fn from(ban: &AddressBan) -> Self {
        Self {
            id: ban.id(),
            network: ban.net.to_string(),
            reason: ban.reason.to_string(),
            by: ban.by.to_string(),
            at: ban.at.0,
            until: ban.until.map(|until| until.0),
        }
    }
}

/// Who is kept out, the newest first
#[utoipa::path(get, path = "/api/v1/admin/bans", tag = "admin", security(("token" = [])),
    responses((status = 200, body = Data<Vec<BanWire>>), OwnReadRefused))]
pub(in super::super) async fn list(State(app): State<App>, _: Operator) -> Result<Data<Vec<BanWire>>, ApiError> {
    let bans = app.engine.addresses.list().await?;
    Ok(Data { data: bans.iter().map(BanWire::from).collect() })
}

/// Keep a network out of everything, and close its sockets
#[utoipa::path(post, path = "/api/v1/admin/bans",
    request_body(content = MakeBan, example = json!({ "network": "203.0.113.0/24", "reason": "Spam", "until": 4_102_444_800_000_i64 })),
    tag = "admin", security(("token" = [])),
    responses((status = 201, body = Data<BanWire>), OwnWriteRefused))]
pub(in super::super) async fn make(
    State(app): State<App>,
    Operator { who, from }: Operator,
    Body(new, _): Body<MakeBan>,
) -> Result<Response, ApiError> {
    let by = who.caller.key.as_ref().map(|key| key.id.clone()).unwrap_or_default();
    let ban = NewBan {
        network: &new.network,
        reason: new.reason.as_deref().unwrap_or_default(),
        until: new.until.map(WallTime),
    };
    let ban = app.engine.addresses.ban(ban, by, from, new.force).await?;
    Ok((StatusCode::CREATED, Json(Data { data: BanWire::from(&ban) })).into_response())
}

/// Lift a ban
#[utoipa::path(delete, path = "/api/v1/admin/bans/{ban}", tag = "admin", security(("token" = [])),
    params(("ban" = String, Path, description = "As in the list")),
    responses((status = 204), OwnDeedRefused))]
pub(in super::super) async fn lift(
    State(app): State<App>,
    _: Operator,
    FirstText(ban): FirstText,
) -> Result<Response, ApiError> {
    let ban = ban.parse().map_err(|_| Refusal::new(Code::NoSuchBan))?;
    app.engine.addresses.lift(ban).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
