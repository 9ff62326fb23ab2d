//! Logging in with Discord, and tying an account to a self there.
//!
//! A browser is sent to Discord and comes back with a code. What it brings back besides, `state`, is sealed and belongs to
//! the session that began it: nobody is logged in by a link that somebody else sent them.

use std::{fmt, sync::Arc};

use anyhow::bail;
use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bots::discord::oauth::OAuth;
use engine::{
    limits::Rule,
    people::Caller,
    records::Platform,
    refusal::{Code, No},
    secret::Secret,
    time::{Millis, WallTime},
};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use url::Url;

use super::{auth::shown, error::OttError};
use crate::{app::App, config::Config, http::extract::ClientAddress};

/// How long somebody may take at Discord.
const GOOD_FOR: Millis = Millis::seconds(10 * 60);
/// Where Discord sends them back to.
const CALLBACK: &str = "/api/auth/discord/callback";
/// The longest path to go on at, in bytes.
const PATH_LIMIT: usize = 1_000;

/// Logging in with Discord, where it is set up.
#[derive(Clone)]
pub struct DiscordLogin(Arc<Inner>);

struct Inner {
    oauth: OAuth,
    /// As it is configured; else the activity knows it.
    application: Option<u64>,
    /// Where browsers are sent.
    authorize: Url,
    /// Where they come back to.
    callback: String,
    /// Seals states, on all nodes alike.
    key: Secret,
}

impl fmt::Debug for DiscordLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DiscordLogin").field("callback", &self.0.callback).finish_non_exhaustive()
    }
}

impl DiscordLogin {
    /// Reads the configuration; nothing where it does not name an application with its secret.
    pub fn new(config: &Config, public_url: &str) -> anyhow::Result<Option<Self>> {
        let discord = &config.discord;
        let Some(secret) =
            discord.client_secret.as_ref().filter(|_| discord.application_id.is_some() || discord.activity)
        else {
            return Ok(None);
        };
        let site = config.oauth.discord_url.as_ref().map_or("https://discord.com", Url::as_str);
        let Ok(authorize) = Url::parse(&format!("{}/oauth2/authorize", site.trim_end_matches('/'))) else {
            bail!("oauth.discord_url is {site}: write an address that begins with https://");
        };
        Ok(Some(Self(Arc::new(Inner {
            oauth: OAuth::new(discord.api_url.as_ref(), secret.reveal())?,
            application: discord.application_id,
            authorize,
            callback: format!("{public_url}{CALLBACK}"),
            key: secret.of_purpose("logging in"),
        }))))
    }

    async fn application(&self, app: &App) -> Result<u64, OttError> {
        match (self.0.application, &app.activity) {
            (Some(application), _) => Ok(application),
            (None, Some(activity)) => Ok(activity.application().await?),
            (None, None) => Err(off()),
        }
    }

    fn seal(&self, until: i64, path: &str, token: &Secret) -> Hmac<Sha256> {
        // HMAC takes keys of any length.
        let mut mac =
            Hmac::<Sha256>::new_from_slice(self.0.key.reveal().as_bytes()).expect("HMAC takes keys of any length");
        mac.update(format!("{until}\n{path}\n{}", token.reveal()).as_bytes());
        mac
    }

    /// A state for a session that goes on at `path` when it is back.
    fn state(&self, token: &Secret, path: &str, now: WallTime) -> String {
        let until = (now + GOOD_FOR).0;
        let path = URL_SAFE_NO_PAD.encode(path);
        let seal = URL_SAFE_NO_PAD.encode(self.seal(until, &path, token).finalize().into_bytes());
        format!("{until}.{seal}.{path}")
    }

    /// Where a session goes on; nothing where the state is not its own, or too old.
    fn read(&self, state: &str, token: &Secret, now: WallTime) -> Option<String> {
        let mut parts = state.splitn(3, '.');
        let (until, seal, path) = (parts.next()?, parts.next()?, parts.next()?);
        let until: i64 = until.parse().ok()?;
        let seal = URL_SAFE_NO_PAD.decode(seal).ok()?;
        self.seal(until, path, token).verify_slice(&seal).ok()?;
        let path = URL_SAFE_NO_PAD.decode(path).ok().and_then(|path| String::from_utf8(path).ok())?;
        (now.0 < until).then_some(path)
    }
}

fn off() -> OttError {
    OttError::disabled(StatusCode::FORBIDDEN, "Logging in with Discord is not set up on this server.")
}

/// Whose browser this is. A key is nobody's.
async fn session(app: &App, headers: &HeaderMap) -> Result<(Caller, Secret), OttError> {
    let message = "Missing auth token. Get a token from /api/auth/grant first.";
    let missing = || OttError::token(StatusCode::BAD_REQUEST, message);
    let (token, _) = shown(headers).ok_or_else(missing)?;
    match app.engine.people.by_token(token.reveal()).await {
        Ok(caller) if caller.key.is_none() => Ok((caller, token)),
        Ok(_) => Err(missing()),
        Err(No::Refusal(refusal)) if refusal.code == Code::BadToken => Err(missing()),
        Err(no) => Err(no.into()),
    }
}

/// A path on this server, and nothing that leads elsewhere.
fn local(path: &str) -> Option<String> {
    if path.len() > PATH_LIMIT || !path.starts_with('/') || path.chars().any(char::is_control) {
        return None;
    }
    // As a browser understands it: `//elsewhere` and `/\elsewhere` are other hosts.
    let here = Url::parse("http://here.invalid/").ok()?;
    let there = here.join(path).ok()?;
    let kept = there.host_str() == here.host_str() && there.scheme() == here.scheme() && there.port().is_none();
    let path = &there[url::Position::BeforePath..];
    (kept && !path.starts_with("//")).then(|| path.to_owned())
}

fn parameter(query: &str, name: &str) -> Option<String> {
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    pairs.find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

fn found(to: &str) -> Response {
    let to = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::FOUND, [(header::LOCATION, to)]).into_response()
}

/// `GET /api/auth/discord?redirect=…`
pub(super) async fn begin(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, OttError> {
    let login = app.discord_login.as_ref().ok_or_else(off)?;
    let (_, token) = session(&app, &headers).await?;
    let path = parameter(&query.unwrap_or_default(), "redirect").and_then(|path| local(&path));
    let path = path.unwrap_or_else(|| "/".to_owned());
    let state = login.state(&token, &path, app.engine.clock.now().wall);
    let application = login.application(&app).await?.to_string();
    let mut to = login.0.authorize.clone();
    to.query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", &application)
        .append_pair("redirect_uri", &login.0.callback)
        .append_pair("scope", "identify")
        .append_pair("state", &state);
    Ok(found(to.as_str()))
}

/// `GET /api/auth/discord/callback`: ties the account to who they are there, where they are logged in; else logs them in.
pub(super) async fn callback(
    State(app): State<App>,
    ClientAddress(from): ClientAddress,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, OttError> {
    let login = app.discord_login.as_ref().ok_or_else(off)?;
    let (caller, token) = session(&app, &headers).await?;
    let query = query.unwrap_or_default();
    let state = parameter(&query, "state").unwrap_or_default();
    let Some(path) = login.read(&state, &token, app.engine.clock.now().wall) else {
        let message = "This login was not begun here, or it took too long. Begin again.";
        return Err(OttError::bad("Error", message));
    };
    let Some(code) = parameter(&query, "code").filter(|code| !code.is_empty()) else {
        // They said no to Discord.
        return Ok(found(&path));
    };
    // Paid before Discord is asked, and given back where it knew them.
    let (limits, key) = (&app.engine.limits, format!("discord login {from}"));
    limits.take(Rule::Guests, &key, app.engine.clock.play_time())?;
    let application = login.application(&app).await?;
    let me = async {
        let access = login.0.oauth.exchange(application, &code, Some(&login.0.callback)).await?;
        login.0.oauth.me(&access).await
    };
    let me = me.await.map_err(|no| match no {
        // Discord does not take the application's secret.
        No::Refusal(refusal) if refusal.code == Code::ActivityOff => off(),
        no => no.into(),
    })?;
    limits.give_back(Rule::Guests, &key, app.engine.clock.play_time());
    if caller.registered {
        app.engine.link_platform(caller.person.id, Platform::Discord, &me.id, me.name()).await?;
    } else {
        app.engine.people.log_in_by(token.reveal(), Platform::Discord, &me.id, me.name()).await?;
    }
    Ok(found(&path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_path_of_this_server_is_gone_on_at() {
        for (path, kept) in
            [("/", "/"), ("/room/abc?x=1#y", "/room/abc?x=1#y"), ("/a/../b", "/b"), ("/%2F/x", "/%2F/x")]
        {
            assert_eq!(local(path).as_deref(), Some(kept));
        }
        for bad in [
            "",
            "room",
            "https://elsewhere.example/",
            "//elsewhere.example",
            "/\\elsewhere.example",
            "/\t/elsewhere.example",
            "/\n",
            "\\\\elsewhere",
            "javascript:alert(1)",
            "/.//elsewhere.example",
        ] {
            assert_eq!(local(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_state_is_good_for_the_session_that_began_it_and_for_ten_minutes() {
        let mut config = Config::default();
        config.discord.application_id = Some(1);
        config.discord.client_secret = Some(Secret::new("secret"));
        let login = DiscordLogin::new(&config, "http://here.example").unwrap().unwrap();
        let (own, other) = (Secret::new("a"), Secret::new("b"));
        let state = login.state(&own, "/room/x", WallTime(0));
        assert_eq!(login.read(&state, &own, WallTime(1)).as_deref(), Some("/room/x"));
        assert_eq!(login.read(&state, &other, WallTime(1)), None, "of somebody else");
        assert_eq!(login.read(&state, &own, WallTime(GOOD_FOR.0)), None, "too old");
        let elsewhere = URL_SAFE_NO_PAD.encode("//elsewhere.example");
        let (begin, _) = state.rsplit_once('.').unwrap();
        assert_eq!(login.read(&format!("{begin}.{elsewhere}"), &own, WallTime(1)), None, "forged");
        let node = DiscordLogin::new(&config, "http://here.example").unwrap().unwrap();
        assert_eq!(node.read(&state, &own, WallTime(1)).as_deref(), Some("/room/x"), "at another node");
        config.discord.client_secret = Some(Secret::new("another"));
        let stranger = DiscordLogin::new(&config, "http://here.example").unwrap().unwrap();
        assert_eq!(stranger.read(&state, &own, WallTime(1)), None, "of another application");
        for junk in ["", ".", "..", "a.b.c", "1.AAAA.AAAA"] {
            assert_eq!(login.read(junk, &own, WallTime(0)), None);
        }
    }
}
