//! What handlers take out of a request: who asks, from where, and a body that is what it should be.

use std::net::{IpAddr, SocketAddr};

use axum::{
    body::{Bytes, HttpBody},
    extract::{ConnectInfo, FromRequest, FromRequestParts, Query, RawPathParams, Request},
    http::{Extensions, HeaderMap, HeaderValue, StatusCode, header, request::Parts},
};
use axum_extra::extract::CookieJar;
use engine::{
    event::Door,
    ids::RoomId,
    people::Caller,
    records::AliasKind,
    refusal::{Code, No, Refusal},
    secret::Secret,
};
use futures_util::StreamExt;
use ipnet::IpNet;
use serde::de::DeserializeOwned;

use super::error::ApiError;
use crate::app::App;

/// The largest body of a request, in bytes.
const BODY_LIMIT: usize = 100 * 1024;
/// How much of a body that is too large is read for the sake of its sender.
const DRAINED: usize = 32 * 1024 * 1024;

/// The name of our cookie.
pub const COOKIE: &str = "onecouch";

/// The address that a request counts against: an IPv4 address, or the /64 of an IPv6 one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientAddress(pub String);

impl FromRequestParts<App> for ClientAddress {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        Ok(Self(key(client_ip(app, &parts.extensions, &parts.headers))))
    }
}

impl ClientAddress {
    /// The address behind it; of IPv6 the first of its /64.
    pub fn ip(text: &str) -> Option<IpAddr> {
        text.trim_end_matches("/64").parse().ok()
    }
}

/// The address of who sent a request, behind trusted proxies.
pub fn client_ip(app: &App, extensions: &Extensions, headers: &HeaderMap) -> IpAddr {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let peer = peer.unwrap_or(IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED));
    forwarded_for(&app.proxies, peer, headers)
}

fn key(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

/// The first address of what counts as one: an IPv4 address is itself, an IPv6 one the beginning of its /64.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(std::net::Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        four @ IpAddr::V4(_) => four,
    }
}

/// Walks `X-Forwarded-For` from the right to the first hop that is no proxy of ours.
fn forwarded_for(proxies: &[IpNet], peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let mut address = peer;
    let hops = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = hops.flat_map(|value| value.split(',')).map(str::trim).collect();
    for hop in hops.into_iter().rev() {
        if !proxies.iter().any(|net| net.contains(&address.to_canonical())) {
            break;
        }
        let Ok(next) = hop.parse() else { break };
        address = next;
    }
    address
}

/// The token that a request carries, and whether a browser added it by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// The token.
    pub token: Secret,
    /// It came by cookie: whoever asks for a change that way must show an allowed origin.
    pub by_cookie: bool,
}

/// The credential in a request's headers.
pub fn credential(headers: &HeaderMap) -> Option<Credential> {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let bearer =
        bearer.and_then(|value| value.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    if let Some((_, token)) = bearer {
        return Some(Credential { token: Secret::new(token.trim()), by_cookie: false });
    }
    let jar = CookieJar::from_headers(headers);
    jar.get(COOKIE).map(|cookie| Credential { token: Secret::new(cookie.value()), by_cookie: true })
}

/// Whether a request that was authenticated by cookie comes from a page of ours.
pub fn origin_allowed(headers: &HeaderMap, app: &App) -> bool {
    let Some(origin) = headers.get(header::ORIGIN).and_then(|value| value.to_str().ok()) else { return false };
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok());
    let same_host = host.is_some_and(|host| origin.split_once("://").is_some_and(|(_, rest)| rest == host));
    same_host || *origin == *app.origin
}

/// Whether a request comes from our own page, also where that stands in Discord's frame: behind the proxy it has an origin
/// of its own there, and on some phones none at all. Says nothing of cookies, which such a page has none of.
pub fn own_page(headers: &HeaderMap, app: &App) -> bool {
    origin_allowed(headers, app)
        || app.activity.as_ref().is_some_and(|activity| {
            let origin = headers.get(header::ORIGIN).and_then(|value| value.to_str().ok());
            origin.is_some_and(|origin| origin == "null" || activity.origin().is_some_and(|ours| ours == origin))
        })
}

/// Whom a key's program names, to be acted for: its own id of them.
const ACT_FOR: &str = "onecouch-act-for";
/// The name of whom it acts for, percent-encoded UTF-8.
const ACT_NAME: &str = "onecouch-act-name";

/// For whom somebody's key acts where they say so, and only if they may change something where they want to.
async fn acting(app: &App, headers: &HeaderMap, mut caller: Caller, safe: bool) -> Result<Caller, No> {
    let people = &app.engine.people;
    if let Some(subject) = headers.get(ACT_FOR) {
        let text = |value: &HeaderValue| value.to_str().map(str::to_owned).map_err(|_| unreadable());
        let name = headers.get(ACT_NAME).map(named).transpose()?;
        caller = people.act_for(&caller, &text(subject)?, name.as_deref()).await?;
    }
    if !safe {
        caller.may_change()?;
    }
    Ok(caller)
}

fn named(value: &HeaderValue) -> Result<String, Refusal> {
    let name = percent_encoding::percent_decode(value.as_bytes()).decode_utf8();
    name.map(std::borrow::Cow::into_owned).map_err(|_| unreadable())
}

fn unreadable() -> Refusal {
    Refusal::input("Onecouch-Act-For is ASCII, and Onecouch-Act-Name percent-encoded UTF-8: Zo%C3%AB.")
}

/// Who shows this credential; nobody where it is none that is good here. A store that fails is told, not taken for that.
/// `safe` says that nothing is to be changed.
pub async fn shown(app: &App, headers: &HeaderMap, safe: bool) -> Result<Option<Caller>, No> {
    let Some(shown) = credential(headers).filter(|shown| !shown.by_cookie || origin_allowed(headers, app)) else {
        return Ok(None);
    };
    let caller = match app.engine.people.by_token(shown.token.reveal()).await {
        Ok(caller) => acting(app, headers, caller, safe).await,
        Err(no) => Err(no),
    };
    match caller {
        Ok(caller) => Ok(Some(caller)),
        Err(No::Refusal(refusal)) if refusal.code == Code::BadToken => Ok(None),
        Err(no) => Err(no),
    }
}

/// A credential that was looked up before the handler ran, and what it was found to be.
#[derive(Debug, Clone)]
pub struct LookedUp {
    /// As it was shown.
    pub credential: Credential,
    /// Whose it is.
    pub caller: Result<Caller, No>,
}

/// Whose credential this is, as far as it was not looked up already.
async fn holder(parts: &mut Parts, app: &App, credential: &Credential) -> Result<Caller, No> {
    match parts.extensions.remove::<LookedUp>() {
        Some(known) if known.credential == *credential => known.caller,
        _ => app.engine.people.by_token(credential.token.reveal()).await,
    }
}

/// Somebody who showed a valid credential.
#[derive(Debug, Clone)]
pub struct Who {
    /// Who.
    pub caller: Caller,
    /// Their token, for what concerns the session itself.
    pub token: Secret,
    /// The browser's page, or somebody's program.
    pub door: Door,
}

impl FromRequestParts<App> for Who {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let credential = credential(&parts.headers).ok_or(Refusal::new(Code::NotSignedIn))?;
        let safe = parts.method.is_safe();
        if credential.by_cookie && !safe && !origin_allowed(&parts.headers, app) {
            return Err(ApiError::Http {
                status: StatusCode::FORBIDDEN,
                code: "bad_origin",
                message: "A page of another origin cannot act by cookie. Send the token as Authorization: Bearer."
                    .into(),
            });
        }
        let holder = holder(parts, app, &credential).await?;
        let caller = acting(app, &parts.headers, holder, safe).await?;
        let door = if own_page(&parts.headers, app) { Door::Viewer } else { Door::Api };
        Ok(Self { caller, token: credential.token, door })
    }
}

/// A JSON body that is what it should be, with its bytes.
#[derive(Debug, Clone)]
pub struct Body<T>(pub T, pub Bytes);

impl<T: DeserializeOwned> FromRequest<App> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &App) -> Result<Self, ApiError> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
        let kind = kind.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
        if !(kind == "application/json" || kind.ends_with("+json")) {
            return Err(ApiError::Http {
                status: StatusCode::UNSUPPORTED_MEDIA_TYPE,
                code: "bad_content_type",
                message: "Send JSON, with Content-Type: application/json.".into(),
            });
        }
        let bytes = read_body(request.into_body()).await?;
        // A list of the fields' values would be understood as well, and nobody means that.
        if !bytes.trim_ascii_start().starts_with(b"{") {
            return Err(Refusal::input("A body is one JSON object: {…}.").into());
        }
        let value = serde_json::from_slice(&bytes)
            .map_err(|error| Refusal::input(format_args!("This body is not understood: {error}.")))?;
        Ok(Self(value, bytes))
    }
}

/// A JSON body, or none, which says as much as `{}`.
#[derive(Debug, Clone)]
pub struct MaybeBody<T>(pub T);

impl<T: DeserializeOwned + Default> FromRequest<App> for MaybeBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        if request.body().is_end_stream() {
            return Ok(Self(T::default()));
        }
        let Body(value, _) = Body::from_request(request, app).await?;
        Ok(Self(value))
    }
}

/// A body up to the limit. A larger one is read to its end, within reason, and thrown away: a client that is still
/// sending when the answer comes would see a broken connection instead of the answer.
pub async fn read_body(body: axum::body::Body) -> Result<Bytes, ApiError> {
    let mut stream = body.into_data_stream();
    let mut kept = Vec::new();
    let mut seen = 0;
    while let Some(piece) = stream.next().await {
        let piece = piece
            .map_err(|_| ApiError::from(Refusal::input("The body could not be read to its end. Send it again.")))?;
        seen += piece.len();
        if seen <= BODY_LIMIT {
            kept.extend_from_slice(&piece);
        } else if seen > DRAINED {
            break;
        }
    }
    if seen > BODY_LIMIT {
        return Err(ApiError::Http {
            status: StatusCode::PAYLOAD_TOO_LARGE,
            code: "body_too_large",
            message: "The body is too large: 100 kB at most.".into(),
        });
    }
    Ok(kept.into())
}

/// A query that is what it should be.
#[derive(Debug, Clone)]
pub struct Params<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<App> for Params<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let query = Query::<T>::from_request_parts(parts, app).await;
        query.map(|Query(value)| Self(value)).map_err(|error| Refusal::input(error.body_text()).into())
    }
}

/// The room that the first part of a path names: by its identity, its invite token or its spoken code.
#[derive(Debug, Clone, Copy)]
pub struct InRoom(pub RoomId);

impl FromRequestParts<App> for InRoom {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let name = part(parts, app, 0).await.ok_or(Refusal::new(Code::NoSuchRoom))?;
        if let Ok(room) = name.parse() {
            return Ok(Self(room));
        }
        let ClientAddress(from) = ClientAddress::from_request_parts(parts, app).await?;
        Ok(Self(room_named(app, &name, &from).await?))
    }
}

/// The room of a name in a path. Names that could be guessed cost the guesser.
pub async fn room_named(app: &App, name: &str, from: &str) -> Result<RoomId, ApiError> {
    if let Ok(room) = name.parse() {
        return Ok(room);
    }
    let kind = if name.len() == 6 { AliasKind::Code } else { AliasKind::Invite };
    let value = if kind == AliasKind::Code { name.to_ascii_uppercase() } else { name.to_owned() };
    let room = app.engine.named(kind, &value, from).await?;
    Ok(room.ok_or(Refusal::new(Code::NoSuchRoom))?)
}

/// An identity in a path, behind the room's.
#[derive(Debug, Clone, Copy)]
pub struct Second(pub uuid::Uuid);

impl FromRequestParts<App> for Second {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let id = part(parts, app, 1).await.and_then(|name| uuid::Uuid::parse_str(&name).ok());
        Ok(Self(id.ok_or_else(|| Refusal::input("That part of the path is not an identity: send a UUID."))?))
    }
}

/// The first part of a path, as it is; empty where it is no UTF-8, which is the name of nothing.
#[derive(Debug, Clone)]
pub struct FirstText(pub String);

impl FromRequestParts<App> for FirstText {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        Ok(Self(part(parts, app, 0).await.unwrap_or_default()))
    }
}

/// The second part of a path, as it is.
#[derive(Debug, Clone)]
pub struct SecondText(pub String);

impl FromRequestParts<App> for SecondText {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        Ok(Self(part(parts, app, 1).await.unwrap_or_default()))
    }
}

/// The number that the second part of a path names: of an event or a proposal.
#[derive(Debug, Clone, Copy)]
pub struct Numbered(pub u64);

impl FromRequestParts<App> for Numbered {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let number = part(parts, app, 1).await.and_then(|name| name.parse().ok());
        Ok(Self(number.ok_or_else(|| Refusal::input("That part of the path is not a number."))?))
    }
}

async fn part(parts: &mut Parts, app: &App, index: usize) -> Option<String> {
    let names = RawPathParams::from_request_parts(parts, app).await.ok()?;
    names.iter().nth(index).map(|(_, value)| value.to_owned())
}

/// Headers of anybody: what is no proxy's is believed nothing, and what a proxy says is an address.
#[cfg(any(test, fuzzing))]
pub fn fuzzed(headers: &HeaderMap) {
    let peer = IpAddr::from([203, 0, 113, 9]);
    assert_eq!(forwarded_for(&[], peer, headers), peer);
    let net = IpNet::from(peer);
    let told = forwarded_for(&[net], peer, headers);
    let told = key(told);
    assert!(told.parse::<IpAddr>().is_ok() || told.ends_with("::/64"), "{told}");
    let shown = credential(headers);
    assert!(shown.is_none_or(|shown| !shown.token.reveal().contains(['\r', '\n'])));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forwarded(values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn only_a_trusted_proxy_is_believed_and_only_about_the_next_hop() {
        let proxies = ["10.0.0.0/8".parse().unwrap()];
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let headers = forwarded(&["6.6.6.6, 1.2.3.4", "10.0.0.2"]);
        assert_eq!(forwarded_for(&proxies, ip("10.0.0.1"), &headers), ip("1.2.3.4"));
        assert_eq!(forwarded_for(&proxies, ip("9.9.9.9"), &headers), ip("9.9.9.9"), "a stranger says what they like");
        assert_eq!(forwarded_for(&proxies, ip("10.0.0.1"), &forwarded(&["junk"])), ip("10.0.0.1"));
        assert_eq!(forwarded_for(&[], ip("127.0.0.1"), &headers), ip("127.0.0.1"));
    }

    #[test]
    fn an_ipv6_client_counts_by_its_network() {
        assert_eq!(key("2001:db8:1:2:3:4:5:6".parse().unwrap()), key("2001:db8:1:2::9".parse().unwrap()));
        assert_eq!(key("::ffff:1.2.3.4".parse().unwrap()), "1.2.3.4");
        for (address, behind) in [("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"), ("1.2.3.4", "1.2.3.4"), ("::1", "::")] {
            assert_eq!(ClientAddress::ip(&key(address.parse().unwrap())), Some(behind.parse().unwrap()), "{address}");
        }
    }
}
