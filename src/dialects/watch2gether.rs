//! Watch2Gether's API, so that a bot written for it works against this server with another host and another key.
//!
//! Three calls of it are documented by its makers (make a room, play this now, add these). Others are what its own pages and
//! programs were seen to call, and the rest is what people asked for and it never had: under the same key, in the same
//! spelling, and told apart in `docs/API.md`. Rules are the engine's.

mod call;
mod create;
mod error;
mod fields;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod items;
mod join;
mod key;
mod lists;
mod lookup;
pub mod pages;
mod player;
mod room;
pub mod state;

use axum::{
    Router, middleware,
    response::{IntoResponse, Response},
    routing::{any, get, post},
};

use self::error::W2gError;
use crate::app::App;
use engine::refusal::Refusal;

/// What a handler answers with.
type Answered = Result<Response, W2gError>;

/// A no, as it says it.
pub(super) fn refused(refusal: Refusal) -> Response {
    W2gError::from(refusal).into_response()
}

/// All its routes.
pub fn router(app: &App) -> Router<App> {
    let calls = Router::new()
        .route("/rooms/create.json", get(create::make).post(create::make))
        .route("/rooms/create", get(create::make_and_lead).post(create::make_and_lead))
        .route("/rooms/{streamkey}/sync_update", post(items::replace))
        .route("/rooms/{streamkey}/join_room", post(join::join))
        .route("/rooms/{streamkey}/sync_state", get(state::sync_state))
        .route("/rooms/{streamkey}/delete", post(room::delete))
        .route("/rooms/{streamkey}/play", post(player::play))
        .route("/rooms/{streamkey}/pause", post(player::pause))
        .route("/rooms/{streamkey}/seek", post(player::seek))
        .route("/rooms/{streamkey}/skip", post(player::skip))
        .route("/rooms/{streamkey}/next", post(player::next))
        .route("/rooms/{streamkey}/previous", post(player::previous))
        .route("/rooms/{streamkey}/playlists", get(lists::list))
        .route("/rooms/{streamkey}/playlists/create", post(lists::create))
        .route("/rooms/{streamkey}/playlists/sync_update", post(lists::activate))
        .route("/rooms/{streamkey}/playlists/{playlist}", axum::routing::delete(lists::delete))
        .route("/rooms/{streamkey}/playlists/{playlist}/clear", post(lists::clear))
        .route("/rooms/{streamkey}/playlists/{playlist}/delete", post(lists::delete))
        .route("/rooms/{streamkey}/playlists/{playlist}/playlist_items", get(items::list))
        .route("/rooms/{streamkey}/playlists/{playlist}/playlist_items/sync_update", post(items::append))
        .route("/streams/{streamkey}/playlists/{playlist}/playlist_items", get(items::list))
        .route("/w2g_search/lookup", get(lookup::look_up).post(lookup::look_up))
        .route("/w2g_key/verify", get(key::verify).post(key::verify))
        .route("/w2g_key/update", post(key::update))
        .route("/rooms/{streamkey}/{*rest}", any(call::no_such_path))
        .route("/w2g_key/{*rest}", any(call::no_such_path))
        .route("/auth/sign_in.json", any(call::not_supported))
        .route("/streams", any(call::not_supported))
        .method_not_allowed_fallback(call::bad_method)
        .layer(middleware::from_fn_with_state(app.clone(), call::heard));
    // This address is OpenTogetherTube's too, so that nothing of the request is read before it is known whose room it is.
    calls.route("/rooms/{streamkey}", axum::routing::delete(room::remove).options(call::preflight))
}
