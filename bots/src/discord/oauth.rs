//! Who somebody is, as Discord says who let us know it: a code of theirs is exchanged, with the application's secret, for a
//! token that asks.

use std::{fmt, time::Duration};

use engine::refusal::{Code, Fault, No, Refusal};
use serde::{Deserialize, de::DeserializeOwned};
use url::Url;

use super::DiscordError;

/// How long Discord may take to answer one of our questions. There are four in a row at most, and whoever waits for them is told
/// after 20 s that it takes too long.
pub(super) const PATIENCE: Duration = Duration::from_secs(4);

/// The exchange of codes.
#[derive(Clone)]
pub struct OAuth {
    client: reqwest::Client,
    base: String,
    secret: String,
}

impl fmt::Debug for OAuth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OAuth").field("base", &self.base).finish_non_exhaustive()
    }
}

/// An answer to an exchange.
#[derive(Deserialize)]
struct Exchanged {
    access_token: String,
}

/// An answer to who somebody is.
#[derive(Debug, Clone, Deserialize)]
pub struct Me {
    /// Discord's id of them.
    pub id: String,
    /// Unique among all.
    pub username: String,
    /// What they call themself.
    #[serde(default)]
    pub global_name: Option<String>,
    /// The language of their client.
    #[serde(default)]
    pub locale: Option<String>,
}

impl Me {
    /// What they are called here.
    pub fn name(&self) -> &str {
        self.global_name.as_deref().unwrap_or(&self.username)
    }
}

/// Why a question was not answered.
pub(super) enum Unanswered {
    /// Discord is out of reach, or too busy.
    Down,
    /// It said no, by this status and in these words.
    No { status: u16, body: serde_json::Value },
}

impl From<Unanswered> for No {
    fn from(unanswered: Unanswered) -> Self {
        match unanswered {
            Unanswered::Down => down(),
            Unanswered::No { status, body } => Fault::new(format!("Discord answers {status}: {body}")).into(),
        }
    }
}

pub(super) fn down() -> No {
    Refusal::new(Code::ProviderDown).with("site", "Discord").into()
}

impl OAuth {
    /// With an application's secret. `api_url` is where Discord is found, if not at its own address.
    pub fn new(api_url: Option<&Url>, secret: &str) -> Result<Self, DiscordError> {
        let other = |error: reqwest::Error| DiscordError::Other(error.to_string());
        let client = reqwest::Client::builder().timeout(PATIENCE).build().map_err(other)?;
        let base = api_url.map_or("https://discord.com", Url::as_str);
        Ok(Self { client, base: format!("{}/api/v10", base.trim_end_matches('/')), secret: secret.trim().to_owned() })
    }

    /// Gives a code back to Discord for a token of the person's. `redirect` is the address that they were sent to with the
    /// code, where a browser was.
    ///
    /// # Errors
    ///
    /// `code_refused`, `provider_down`, and `activity_off` where Discord does not take the application's secret.
    pub async fn exchange(&self, application: u64, code: &str, redirect: Option<&str>) -> Result<String, No> {
        let application = application.to_string();
        let mut form = vec![
            ("client_id", application.as_str()),
            ("client_secret", &self.secret),
            ("grant_type", "authorization_code"),
            ("code", code),
        ];
        form.extend(redirect.map(|redirect| ("redirect_uri", redirect)));
        let request = self.client.post(format!("{}/oauth2/token", self.base)).form(&form);
        match answer::<Exchanged>(request).await {
            Ok(exchanged) => Ok(exchanged.access_token),
            Err(Unanswered::No { body, .. }) if body["error"] == "invalid_client" => {
                tracing::warn!(
                    "Discord does not take discord.client_secret: Reset Secret on the OAuth2 page of the application shows \
                     a new one. Until then nobody comes in from an activity, or logs in with Discord"
                );
                Err(Code::ActivityOff.into())
            }
            Err(Unanswered::No { status: 400 | 401 | 403, .. }) => Err(Code::CodeRefused.into()),
            Err(unanswered) => Err(unanswered.into()),
        }
    }

    /// Whose token this is.
    ///
    /// # Errors
    ///
    /// `code_refused`, `provider_down`.
    pub async fn me(&self, access_token: &str) -> Result<Me, No> {
        match answer(self.get("users/@me").bearer_auth(access_token)).await {
            Err(Unanswered::No { status: 401 | 403, .. }) => Err(Code::CodeRefused.into()),
            answered => Ok(answered?),
        }
    }

    /// A question, yet to be signed.
    pub(super) fn get(&self, path: &str) -> reqwest::RequestBuilder {
        self.client.get(format!("{}/{path}", self.base))
    }
}

/// Discord's answer to a question.
pub(super) async fn answer<T: DeserializeOwned>(request: reqwest::RequestBuilder) -> Result<T, Unanswered> {
    let lost = |error: reqwest::Error| {
        tracing::warn!(error = %error.without_url(), "Discord does not answer who somebody is");
        Unanswered::Down
    };
    let answer = request.send().await.map_err(lost)?;
    match answer.status().as_u16() {
        200..=299 => answer.json().await.map_err(lost),
        429 | 500..=599 => Err(Unanswered::Down),
        status => Err(Unanswered::No { status, body: answer.json().await.unwrap_or_default() }),
    }
}
