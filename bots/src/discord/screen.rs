//! Draws live cards over Discord's REST interface.

use std::time::Duration;

use async_trait::async_trait;
use engine::records::PlaceId;
use poise::serenity_prelude as serenity;
use serde::Deserialize;
use serenity::http::{HttpError, LightMethod, Request, Route};

use super::{DiscordError, DiscordSettings, answer, card, http};
use crate::live_card::{Card, Screen, ScreenError};

/// How long one drawing may take, with all the waiting that serenity does for Discord's limits.
const PATIENCE: Duration = Duration::from_mins(1);
/// How long to wait where Discord asks to wait and does not say how long.
const SOME_TIME: Duration = Duration::from_secs(5);

/// Discord's messages as a screen.
pub(super) struct DiscordScreen {
    http: serenity::Http,
    /// Set where serenity's own limiter is off: it hides how long Discord asks to wait, so requests go past it.
    raw: Option<reqwest::Client>,
}

impl DiscordScreen {
    pub(super) fn new(settings: &DiscordSettings) -> Result<Self, DiscordError> {
        let raw = match &settings.api_url {
            Some(_) => {
                Some(reqwest::Client::builder().build().map_err(|error| DiscordError::Other(error.to_string()))?)
            }
            None => None,
        };
        Ok(Self { http: http(settings), raw })
    }

    async fn send(&self, request: Request<'_>) -> Result<reqwest::Response, ScreenError> {
        let sent = async {
            match &self.raw {
                None => self.http.request(request).await.map_err(|error| failed(&error)),
                Some(client) => {
                    let request = request.build(client, self.http.token(), self.http.proxy.as_deref());
                    let request = request.map_err(|error| failed(&error))?;
                    let response = request.send().await.map_err(|error| ScreenError::Failed(error.to_string()))?;
                    if response.status().is_success() {
                        return Ok(response);
                    }
                    let wait = response.headers().get("retry-after").and_then(|wait| wait.to_str().ok());
                    let wait =
                        wait.and_then(|wait| wait.parse().ok()).and_then(|wait| Duration::try_from_secs_f64(wait).ok());
                    Err(refused(response.status(), wait))
                }
            }
        };
        let late = |_| ScreenError::Failed(format!("Discord did not answer within {} s", PATIENCE.as_secs()));
        tokio::time::timeout(PATIENCE, sent).await.map_err(late)?
    }
}

fn failed(error: &serenity::Error) -> ScreenError {
    match error {
        serenity::Error::Http(HttpError::UnsuccessfulRequest(response)) => refused(response.status_code, None),
        error => ScreenError::Failed(error.to_string()),
    }
}

fn refused(status: reqwest::StatusCode, wait: Option<Duration>) -> ScreenError {
    match status.as_u16() {
        429 => ScreenError::RetryAfter(wait.unwrap_or(SOME_TIME)),
        // Deleted, or a channel in which we may answer but not write.
        403 | 404 => ScreenError::Gone,
        status => ScreenError::Failed(format!("Discord answers {status}")),
    }
}

/// The part of a message that we need.
#[derive(Deserialize)]
struct Posted {
    id: serenity::MessageId,
}

#[async_trait]
impl Screen for DiscordScreen {
    async fn show(&self, place: &PlaceId, shown: &Card) -> Result<i64, ScreenError> {
        let message = serenity::CreateMessage::new()
            .embed(card::embed(shown))
            .components(card::buttons(shown))
            .allowed_mentions(answer::nobody());
        let route = Route::ChannelMessages { channel_id: channel(place)? };
        let request = Request::new(route, LightMethod::Post).body(Some(body(&message)?));
        let posted = self.send(request).await?.json::<Posted>().await;
        let posted = posted.map_err(|error| ScreenError::Failed(error.to_string()))?;
        i64::try_from(posted.id.get()).map_err(|error| ScreenError::Failed(error.to_string()))
    }

    async fn edit(&self, place: &PlaceId, message: i64, shown: &Card) -> Result<(), ScreenError> {
        let edited = serenity::EditMessage::new()
            .embed(card::embed(shown))
            .components(card::buttons(shown))
            .allowed_mentions(answer::nobody());
        let message_id = identity(message).ok_or(ScreenError::Gone)?.into();
        let route = Route::ChannelMessage { channel_id: channel(place)?, message_id };
        let request = Request::new(route, LightMethod::Patch).body(Some(body(&edited)?));
        self.send(request).await.map(drop)
    }
}

fn channel(place: &PlaceId) -> Result<serenity::ChannelId, ScreenError> {
    identity(place.chat).map(Into::into).ok_or(ScreenError::Gone)
}

/// Discord's identities are never zero, and serenity panics where one is.
fn identity(stored: i64) -> Option<std::num::NonZeroU64> {
    u64::try_from(stored).ok().and_then(std::num::NonZeroU64::new)
}

fn body(message: &impl serde::Serialize) -> Result<Vec<u8>, ScreenError> {
    serde_json::to_vec(message).map_err(|error| ScreenError::Failed(error.to_string()))
}
