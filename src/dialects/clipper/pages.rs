//! The page that an invite address of its opens.

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use engine::{ids::RoomId, room::Visibility};

use super::access;
use crate::{
    app::App,
    http::{
        extract::{ClientAddress, FirstText},
        pages,
    },
};

/// `/watch-parties/{code}`: to where one joins, by a spoken code or by a link's token. An identity leads to the room, as its
/// address does. Looking consumes nothing.
pub async fn invited(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    FirstText(code): FirstText,
) -> Response {
    if let Ok(room) = code.parse::<RoomId>() {
        return Redirect::temporary(&format!("/r/{room}")).into_response();
    }
    match access::opened(&app, &code, &from).await {
        // Its own link, or one more that somebody made.
        Ok(view) if *view.code != *code.to_ascii_uppercase() => {
            Redirect::temporary(&format!("/j/{code}")).into_response()
        }
        // What is spoken is enough for all but a private one.
        Ok(view) if view.settings.visibility != Visibility::Private => {
            Redirect::temporary(&format!("/j/{}", view.invite)).into_response()
        }
        Ok(_) => pages::not_found(&app),
        Err(no) => match no.decided() {
            Ok(_) => pages::not_found(&app),
            Err(no) => pages::failed(no),
        },
    }
}
