//! Asking providers that the person who runs the server configures: oEmbed endpoints, a search, YouTube's API, SponsorBlock.
//!
//! Their addresses do not come from strangers, so a plain client asks them, wherever they are; the limits are the guard's.

use engine::refusal::{Code, Fault, Refusal};
use reqwest::{StatusCode, redirect};
use serde::de::DeserializeOwned;
use tokio::time::timeout;
use url::Url;

use super::guard::{Limits, plain_client};

/// The client. Cheap to clone; the clones share their connections.
#[derive(Debug, Clone)]
pub(super) struct Provider {
    client: reqwest::Client,
    limits: Limits,
}

/// Why a provider told nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trouble {
    /// It answered with a status that is no good.
    Status(StatusCode),
    /// It cannot be reached, or what it says is too long or makes no sense.
    Odd,
    /// It took too long.
    Slow,
}

impl Provider {
    pub(super) fn new(limits: &Limits) -> Result<Self, Fault> {
        let client = plain_client(limits)
            .redirect(redirect::Policy::limited(limits.hops))
            .build()
            .map_err(|error| Fault::new(format!("the client for configured providers cannot be built: {error}")))?;
        Ok(Self { client, limits: limits.clone() })
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// One answer in JSON, within the limits on time and size.
    pub(super) async fn ask<T: DeserializeOwned>(&self, question: Url) -> Result<T, Trouble> {
        timeout(self.limits.total, self.answer(question)).await.unwrap_or(Err(Trouble::Slow))
    }

    async fn answer<T: DeserializeOwned>(&self, question: Url) -> Result<T, Trouble> {
        let asked = self.client.get(question).send().await;
        let mut response = asked.map_err(|error| if error.is_timeout() { Trouble::Slow } else { Trouble::Odd })?;
        if !response.status().is_success() {
            return Err(Trouble::Status(response.status()));
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|_| Trouble::Odd)? {
            if body.len() + chunk.len() > self.limits.body {
                return Err(Trouble::Odd);
            }
            body.extend_from_slice(&chunk);
        }
        serde_json::from_slice(&body).map_err(|_| Trouble::Odd)
    }
}

impl Trouble {
    /// As who asked reads it. The log gets the reason, but not the question: a key may stand in it.
    pub(super) fn refusal(self, site: &'static str) -> Refusal {
        tracing::info!(site, trouble = ?self, "a provider told nothing");
        Refusal::new(Code::ProviderDown).with("site", site)
    }
}

/// The address of a call, below the address that is configured.
pub(super) fn call(base: &Url, path: &[&str]) -> Url {
    let mut url = base.clone();
    // Only links such as `mailto:` have no path, and those are never configured: `check` of the configuration sees to it.
    if let Ok(mut parts) = url.path_segments_mut() {
        parts.pop_if_empty().extend(path);
    }
    url
}
