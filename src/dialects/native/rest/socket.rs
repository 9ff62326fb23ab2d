//! The upgrade to the room's socket.

use axum::{
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use engine::event::Door;

use crate::{
    app::App,
    dialects::native::session::serve,
    http::{
        error::ApiError,
        extract::{ClientAddress, InRoom, credential, own_page, shown},
    },
    socket::{self, Visitor},
    websocket::{NoUpgrade, Upgrade},
};

/// Opens the socket. Who authenticates by cookie must show an allowed origin; a token may come from anywhere.
pub(super) async fn open(
    State(app): State<App>,
    InRoom(room): InRoom,
    ClientAddress(from): ClientAddress,
    headers: HeaderMap,
    upgrade: Result<Upgrade, NoUpgrade>,
) -> Result<Response, ApiError> {
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(no) => {
            let message = format!("This path is a WebSocket: {no}. Read docs/API.md.");
            let mut response = ApiError::Http { status: no.status, code: "bad_input", message }.into_response();
            no.tell(response.headers_mut());
            return Ok(response);
        }
    };
    let caller = shown(&app, &headers, true).await?;
    let token = credential(&headers).map(|shown| shown.token);
    let seat = app.engine.limits.seat_from(&from)?;
    let door = if own_page(&headers, &app) { Door::Viewer } else { Door::Api };
    let visitor = Box::new(Visitor { caller, token, door, address: from.into(), seat });
    let served = app.clone();
    Ok(socket::upgrade(&app, upgrade, move |ws| serve(served, ws, room, visitor)))
}
