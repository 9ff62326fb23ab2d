//! Requests to Discord's REST interface of which the answer's headers matter: those of cards, lines, threads and events.
//!
//! What the headers say about a channel is kept to before the next request, and never asked to be waited for here: who draws
//! decides what to do meanwhile.

use std::time::Duration;

use dashmap::DashMap;
use poise::serenity_prelude as serenity;
use serde::{Serialize, de::DeserializeOwned};
use serenity::http::{HttpError, LightMethod, Request, Route};
use tokio::time::Instant;

use super::{DiscordError, DiscordSettings, http};
use crate::live_card::ScreenError;

/// How long one request may take, with all the waiting that serenity does for Discord's limits.
const PATIENCE: Duration = Duration::from_mins(1);
/// How long to wait where Discord asks to wait and does not say how long.
const SOME_TIME: Duration = Duration::from_secs(5);

/// The way to Discord.
pub(super) struct Wire {
    http: serenity::Http,
    /// Set where serenity's own limiter is off: it hides how long Discord asks to wait, so requests go past it.
    raw: Option<reqwest::Client>,
    /// Until when nothing is sent, by what it is about: a channel or a guild. Only what is in the future stays.
    held: DashMap<u64, Instant>,
}

/// Why Discord did not do it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refused {
    /// Not so fast.
    Wait(Duration),
    /// No: the HTTP status, and Discord's own number for why (0 where it gives none).
    No { status: u16, code: i64 },
    /// It was not heard, or its answer was not.
    Unheard(String),
}

impl Refused {
    /// Deleted, or somewhere that we may not look or write.
    pub(super) fn is_gone(&self) -> bool {
        matches!(self, Self::No { status: 403 | 404, .. })
    }

    /// Bad from Discord's point of view: no repetition makes it better.
    pub(super) fn is_bad(&self) -> bool {
        matches!(self, Self::No { status: 400, .. })
    }
}

impl From<Refused> for ScreenError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Wait(wait) => Self::RetryAfter(wait),
            no if no.is_gone() => Self::Gone,
            Refused::No { status, code } => Self::Failed(format!("Discord answers {status} (code {code})")),
            Refused::Unheard(problem) => Self::Failed(problem),
        }
    }
}

impl Wire {
    pub(super) fn new(settings: &DiscordSettings) -> Result<Self, DiscordError> {
        let raw = match &settings.api_url {
            Some(_) => {
                Some(reqwest::Client::builder().build().map_err(|error| DiscordError::Other(error.to_string()))?)
            }
            None => None,
        };
        Ok(Self { http: http(settings), raw, held: DashMap::new() })
    }

    /// Sends something about a channel or guild and reads the answer.
    pub(super) async fn ask<T: DeserializeOwned>(
        &self,
        about: u64,
        method: LightMethod,
        route: Route<'_>,
        body: Option<&(impl Serialize + Sync)>,
    ) -> Result<T, Refused> {
        let response = self.send(about, method, route, body).await?;
        response.json().await.map_err(|error| Refused::Unheard(error.to_string()))
    }

    /// The same where the answer does not matter.
    pub(super) async fn tell(
        &self,
        about: u64,
        method: LightMethod,
        route: Route<'_>,
        body: Option<&(impl Serialize + Sync)>,
    ) -> Result<(), Refused> {
        self.send(about, method, route, body).await.map(drop)
    }

    async fn send(
        &self,
        about: u64,
        method: LightMethod,
        route: Route<'_>,
        body: Option<&(impl Serialize + Sync)>,
    ) -> Result<reqwest::Response, Refused> {
        if let Some(wait) = self.held(about) {
            return Err(Refused::Wait(wait));
        }
        let body = body.map(serde_json::to_vec).transpose().map_err(|error| Refused::Unheard(error.to_string()))?;
        let request = Request::new(route, method).body(body);
        let late = |_| Refused::Unheard(format!("Discord did not answer within {} s", PATIENCE.as_secs()));
        let response = tokio::time::timeout(PATIENCE, self.request(request)).await.map_err(late)?;
        match &response {
            Ok(response) if header(response, "x-ratelimit-remaining") == Some(0.0) => {
                // The next one would be refused: whoever comes before that hears it from us.
                self.hold(about, seconds(response, "x-ratelimit-reset-after"));
            }
            Err(Refused::Wait(wait)) => {
                metrics::counter!("onecouch_bot_waits_total", "platform" => "discord").increment(1);
                self.hold(about, Some(*wait));
            }
            _ => {}
        }
        response
    }

    async fn request(&self, request: Request<'_>) -> Result<reqwest::Response, Refused> {
        let Some(client) = &self.raw else {
            return self.http.request(request).await.map_err(|error| refused(&error));
        };
        let request = request.build(client, self.http.token(), self.http.proxy.as_deref());
        let request = request.map_err(|error| Refused::Unheard(error.to_string()))?;
        let response = request.send().await.map_err(|error| Refused::Unheard(error.to_string()))?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        if status == 429 {
            return Err(Refused::Wait(seconds(&response, "retry-after").unwrap_or(SOME_TIME)));
        }
        let no: serde_json::Value = response.json().await.unwrap_or_default();
        Err(Refused::No { status: status.as_u16(), code: no["code"].as_i64().unwrap_or_default() })
    }

    fn hold(&self, about: u64, wait: Option<Duration>) {
        if let Some(until) = wait.and_then(|wait| Instant::now().checked_add(wait)) {
            self.held.insert(about, until);
        }
    }

    fn held(&self, about: u64) -> Option<Duration> {
        let until = *self.held.get(&about)?;
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            self.held.remove_if(&about, |_, now| *now == until);
            return None;
        }
        Some(left)
    }
}

fn refused(error: &serenity::Error) -> Refused {
    match error {
        serenity::Error::Http(HttpError::UnsuccessfulRequest(response)) if response.status_code == 429 => {
            Refused::Wait(SOME_TIME)
        }
        serenity::Error::Http(HttpError::UnsuccessfulRequest(response)) => Refused::No {
            status: response.status_code.as_u16(),
            code: i64::try_from(response.error.code).unwrap_or_default(),
        },
        error => Refused::Unheard(error.to_string()),
    }
}

fn header(response: &reqwest::Response, name: &str) -> Option<f64> {
    response.headers().get(name)?.to_str().ok()?.parse().ok()
}

fn seconds(response: &reqwest::Response, name: &str) -> Option<Duration> {
    header(response, name).and_then(|wait| Duration::try_from_secs_f64(wait).ok())
}

/// Discord's identities are never zero, and serenity panics where one is.
pub(super) fn identity(stored: i64) -> Option<std::num::NonZeroU64> {
    u64::try_from(stored).ok().and_then(std::num::NonZeroU64::new)
}
