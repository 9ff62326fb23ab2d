//! The way in from within Discord.

use axum::{Json, extract::State, http::StatusCode};
use bots::discord::activity::Ticket;
use engine::{
    limits::Rule,
    refusal::{Code, No, Refusal},
    secret::Secret,
    time::Millis,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Data, refused::ActivityRefused, sessions::PersonWire};
use crate::{
    app::App,
    http::{
        error::ApiError,
        extract::{Body, ClientAddress},
    },
};

/// How long a session of an activity is good: longer than anybody leaves one open, and short because what their channel
/// vouches for was asked of Discord once, at its beginning.
const GOOD_FOR: Millis = Millis::seconds(24 * 3600);

/// What Discord's client gave the page.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ComeIn {
    /// What `authorize` of Discord's SDK answered.
    #[schema(value_type = String, example = "fGtRs7qXo2")]
    code: Secret,
    /// The `instanceId` of the SDK.
    #[schema(example = "i-1276580072400224306-gc-912952092627435520-912954213460484116")]
    instance_id: String,
}

/// You are in.
#[derive(Debug, Serialize, ToSchema)]
pub struct CameInWire {
    /// The session's token, told once. Send it as `Authorization: Bearer`.
    token: String,
    /// Who you are.
    person: PersonWire,
    /// Until when the token is good, in Unix milliseconds.
    expires_at: i64,
    /// The room of the channel that the activity runs in.
    room: Uuid,
    /// Discord's own token, for `authenticate` of its SDK.
    access_token: String,
}

/// Come in from a Discord activity
#[utoipa::path(post, path = "/api/v1/discord/activity",
    request_body(content = ComeIn, example = json!({
        "code": "fGtRs7qXo2", "instance_id": "i-1276580072400224306-gc-912952092627435520-912954213460484116"
    })), tag = "sessions",
    responses((status = 201, body = Data<CameInWire>), ActivityRefused))]
pub(super) async fn come_in(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    Body(ComeIn { code, instance_id }, _): Body<ComeIn>,
) -> Result<(StatusCode, Json<Data<CameInWire>>), ApiError> {
    let activity = app.activity.as_ref().ok_or(Refusal::new(Code::ActivityOff))?;
    let ticket = Ticket::new(code.reveal(), &instance_id)?;
    // Paid before Discord is asked, and given back where it knew them: all who come through its proxy have few addresses.
    let (limits, key) = (&app.engine.limits, format!("activity {from}"));
    limits.take(Rule::Guests, &key, app.engine.clock.play_time())?;
    let arrived = activity.arrive(ticket).await;
    let guessed = matches!(
        &arrived,
        Err(No::Refusal(refusal)) if matches!(refusal.code, Code::CodeRefused | Code::NotInInstance)
    );
    if !guessed {
        limits.give_back(Rule::Guests, &key, app.engine.clock.play_time());
    }
    let arrived = arrived?;
    let people = &app.engine.people;
    let session = people.sign_in_from(&arrived.caller.person, GOOD_FOR, arrived.vouched).await?;
    tracing::debug!(room = %arrived.room, "somebody came in from a Discord activity");
    let data = CameInWire {
        token: session.token.reveal().to_owned(),
        person: PersonWire::from(&session.person),
        expires_at: session.expires_at.0,
        room: arrived.room.0,
        access_token: arrived.access_token,
    };
    Ok((StatusCode::CREATED, Json(Data { data })))
}
