//! API keys: made, listed, revoked.

use std::collections::BTreeSet;

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use engine::records::{ApiKey, Scope};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Data,
    refused::{OwnDeedRefused, OwnReadRefused, OwnWriteRefused},
    spend,
};
use crate::{
    app::App,
    http::{
        error::ApiError,
        extract::{Body, FirstText, Who},
    },
};

/// A key to be made.
#[derive(Debug, Deserialize, ToSchema)]
pub struct MakeKey {
    /// 1 to 48 characters. The bootstrap key makes keys whose person is called so.
    #[schema(example = "Film bot")]
    name: String,
    /// `read`, `rooms`; with the bootstrap key also `act`, `platforms`, `admin`.
    #[schema(value_type = Vec<String>, example = json!(["rooms"]))]
    scopes: BTreeSet<Scope>,
}

/// A key, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeyWire {
    /// Its public id.
    id: String,
    /// What it is for.
    name: String,
    /// What it may do.
    #[schema(value_type = Vec<String>)]
    scopes: BTreeSet<Scope>,
    /// In whose name it acts.
    person: Uuid,
    /// When it was made, in Unix milliseconds.
    made_at: i64,
    /// When it was used last, to the minute.
    last_used_at: Option<i64>,
}

impl From<ApiKey> for KeyWire {
    fn from(key: ApiKey) -> Self {
        Self {
            id: key.id,
            name: key.name,
            scopes: key.scopes,
            person: key.person.0,
            made_at: key.made_at.0,
            last_used_at: key.last_used_at.map(|at| at.0),
        }
    }
}

/// A key that was just made.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewKeyWire {
    /// The key.
    #[serde(flatten)]
    key: KeyWire,
    /// Told once. Send it as `Authorization: Bearer`.
    secret: String,
}

/// Make a key
#[utoipa::path(post, path = "/api/v1/keys",
    request_body(content = MakeKey, example = json!({ "name": "Film bot", "scopes": ["rooms"] })), tag = "keys", security(("token" = [])),
    responses((status = 201, body = Data<NewKeyWire>), OwnWriteRefused))]
pub(super) async fn make(State(app): State<App>, who: Who, Body(new, _): Body<MakeKey>) -> Result<Response, ApiError> {
    // No idempotency here, as with sessions: a kept answer would be a stored secret.
    spend(&app, &who)?;
    let made = app.engine.people.make_key(&who.caller, &new.name, new.scopes).await?;
    let data = NewKeyWire { key: made.key.into(), secret: made.secret.reveal().to_owned() };
    Ok((StatusCode::CREATED, Json(Data { data })).into_response())
}

/// My keys; with the bootstrap key, all keys
#[utoipa::path(get, path = "/api/v1/keys", tag = "keys", security(("token" = [])),
    responses((status = 200, body = Data<Vec<KeyWire>>), OwnReadRefused))]
pub(super) async fn list(State(app): State<App>, who: Who) -> Result<Response, ApiError> {
    let keys = app.engine.people.keys(&who.caller).await?;
    Ok(Json(Data { data: keys.into_iter().map(KeyWire::from).collect::<Vec<_>>() }).into_response())
}

/// Take a key back
#[utoipa::path(delete, path = "/api/v1/keys/{id}", tag = "keys", security(("token" = [])),
    params(("id" = String, Path, description = "The public id")),
    responses((status = 204), OwnDeedRefused))]
pub(super) async fn revoke(State(app): State<App>, who: Who, FirstText(id): FirstText) -> Result<Response, ApiError> {
    spend(&app, &who)?;
    app.engine.people.revoke_key(&who.caller, &id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
