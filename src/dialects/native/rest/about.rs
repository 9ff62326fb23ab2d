//! What this server is, for whoever stands at its door.

use axum::extract::State;
use bots::discord::install_link;
use engine::records::Platform;
use serde::Serialize;
use utoipa::ToSchema;

use super::Data;
use crate::{app::App, http::error::ErrorBody};

/// This server.
#[derive(Debug, Serialize, ToSchema)]
pub struct AboutWire {
    /// The program.
    name: &'static str,
    /// Its version.
    version: &'static str,
    /// Where its source is, where the build knows it.
    source: Option<&'static str>,
    /// The link that adds the Discord bot to a server, once the bot is on Discord.
    discord: Option<String>,
    /// The link that adds the Telegram bot to a group, once the bot is on Telegram.
    telegram: Option<String>,
}

/// This server
#[utoipa::path(get, path = "/api/v1/about", tag = "about",
    responses((status = 200, body = Data<AboutWire>), (status = 429, body = ErrorBody)))]
pub(super) async fn read(State(app): State<App>) -> Data<AboutWire> {
    let telegram = |name: String| format!("https://t.me/{name}?startgroup=true");
    Data {
        data: AboutWire {
            name: "onecouch",
            version: env!("CARGO_PKG_VERSION"),
            source: Some(env!("CARGO_PKG_REPOSITORY")).filter(|link| !link.is_empty()),
            discord: app.core.known_as(Platform::Discord).map(|application| install_link(&application)),
            telegram: app.core.known_as(Platform::Telegram).map(telegram),
        },
    }
}
