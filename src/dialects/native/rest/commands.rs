//! Slash commands, as the chat box takes them.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Data, refused::WriteRefused, visible};
use crate::{
    app::App,
    http::{
        error::{ApiError, ErrorBody},
        extract::{Body, ClientAddress, InRoom, Who},
        language::Speaks,
    },
};

/// A line to run.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Run {
    /// With its slash.
    #[schema(example = "/seek 1:30")]
    line: String,
}

/// What it says.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReplyWire {
    /// Plain text.
    text: String,
    /// Meant for who asked alone.
    private: bool,
    /// It was a no.
    refused: bool,
}

/// A command that there is.
#[derive(Debug, Serialize, ToSchema)]
pub struct CommandWire {
    /// Without its slash; what is below another one has the name of both.
    name: String,
    /// How it is written.
    usage: String,
    /// What it does.
    description: String,
}

/// Run a line
#[utoipa::path(post, path = "/api/v1/rooms/{id}/commands",
    request_body(content = Run, example = json!({ "line": "/seek 0:01" })), tag = "commands", security(("token" = [])),
    params(("id" = String, Path, description = "Identity, invite token or spoken code")),
    responses((status = 200, body = Data<ReplyWire>), WriteRefused))]
pub(super) async fn run(
    State(app): State<App>,
    who: Who,
    InRoom(room): InRoom,
    ClientAddress(from): ClientAddress,
    Speaks(locale): Speaks,
    Body(run, _): Body<Run>,
) -> Result<Data<ReplyWire>, ApiError> {
    // The command core counts it. Who may not see the room is told so as everywhere.
    let (_, actor) = visible(&app, &who, room).await?;
    let reply = app.slash(room, actor, from.into(), locale, run.line.trim()).await;
    Ok(Data { data: ReplyWire { text: reply.text, private: reply.private, refused: reply.refused } })
}

/// The commands there are
#[utoipa::path(get, path = "/api/v1/commands", tag = "commands", 
    params(("Accept-Language" = Option<String>, Header, description = "The language of usages and descriptions")),
    responses((status = 200, body = Data<Vec<CommandWire>>), (status = 429, body = ErrorBody)))]
pub(super) async fn list(Speaks(locale): Speaks) -> Data<Vec<CommandWire>> {
    let wire = |command: bots::commands::Typed| CommandWire {
        usage: command.usage(locale),
        description: command.description(locale),
        name: command.path,
    };
    Data { data: bots::commands::typed().into_iter().map(wire).collect() }
}
