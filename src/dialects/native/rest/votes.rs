//! What is put to the vote.

use axum::extract::State;
use engine::command::{Command, Deed};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    Data, DoneWire, command,
    refused::{ReadRefused, WriteRefused},
    visible,
};
use crate::{
    app::App,
    dialects::native::{frames::DeedFields, wire::ProposalWire},
    http::{
        error::ApiError,
        extract::{Body, InRoom, Numbered, Who},
    },
};

/// Something to put to the vote.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Propose {
    /// What, in the words of the socket's commands.
    what: DeedFields,
}

/// A vote.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Ballot {
    /// For it.
    #[schema(example = true)]
    yes: bool,
}

/// What is put to the vote
#[utoipa::path(get, path = "/api/v1/rooms/{id}/proposals", tag = "votes", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code")),
    responses((status = 200, body = Data<Vec<ProposalWire>>), ReadRefused))]
pub(super) async fn read(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
) -> Result<Data<Vec<ProposalWire>>, ApiError> {
    let (view, _) = visible(&app, &who, room).await?;
    let wire = |(id, proposal): (&u64, &engine::room::Proposal)| ProposalWire::new(*id, proposal);
    Ok(Data { data: view.proposals.iter().map(wire).collect() })
}

/// Put to the vote what you may not do yourself
#[utoipa::path(post, path = "/api/v1/rooms/{id}/proposals",
    request_body(content = Propose, example = json!({ "what": { "do": "skip" } })), tag = "votes", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code")),
    responses((status = 200, body = Data<DoneWire>), WriteRefused))]
pub(super) async fn propose(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
    Body(propose, _): Body<Propose>,
) -> Result<Data<DoneWire>, ApiError> {
    command(&app, &who, room, Command::Propose(Deed::try_from(propose.what)?)).await
}

/// Vote
#[utoipa::path(put, path = "/api/v1/rooms/{id}/proposals/{proposal}/ballot",
    request_body(content = Ballot, example = json!({ "yes": true })), tag = "votes", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code"), ("proposal" = u64, Path, description = "Its number")),
    responses((status = 200, body = Data<DoneWire>), WriteRefused))]
pub(super) async fn ballot(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
    Numbered(proposal): Numbered,
    Body(ballot, _): Body<Ballot>,
) -> Result<Data<DoneWire>, ApiError> {
    command(&app, &who, room, Command::Ballot { proposal: Some(proposal), yes: ballot.yes }).await
}
