//! The upgrade to the room's socket.

use axum::{
    extract::{State, WebSocketUpgrade, ws::rejection::WebSocketUpgradeRejection},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use engine::event::Door;

use crate::{
    app::App,
    http::{
        error::ApiError,
        extract::{ClientAddress, InRoom, own_page, shown},
    },
    socket::{FRAME_LIMIT, READ_BUFFER, Visitor, WRITE_BUFFER, serve},
};

/// Opens the socket. Who authenticates by cookie must show an allowed origin; a token may come from anywhere.
pub(super) async fn open(
    State(app): State<App>,
    InRoom(room): InRoom,
    ClientAddress(from): ClientAddress,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    let upgrade = upgrade.map_err(|error| ApiError::Http {
        status: StatusCode::UPGRADE_REQUIRED,
        code: "bad_input",
        message: format!("This path is a WebSocket: {error}. Read docs/API.md."),
    })?;
    let caller = shown(&app, &headers, true).await?;
    let seat = app.engine.limits.seat_from(&from)?;
    let door = if own_page(&headers, &app) { Door::Viewer } else { Door::Api };
    let visitor = Visitor { caller, door, address: from.into(), seat };
    let tracker = app.tasks.clone();
    Ok(upgrade
        .max_message_size(FRAME_LIMIT)
        .max_frame_size(FRAME_LIMIT)
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .on_upgrade(move |ws| tracker.track_future(serve(app, ws, room, visitor))))
}
