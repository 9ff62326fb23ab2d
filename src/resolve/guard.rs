//! The one client through which links that people give are fetched: nothing leaves the house unguarded.
//!
//! Only http and https; only public addresses ([`address`](super::address)) unless the host is excepted; redirects by
//! hand, each checked like the first; limits on time, size and hops. The rules are those against server-side request
//! forgery: a link must not let a stranger look around in the network that the server stands in.

use std::{error::Error, fmt, net::SocketAddr, sync::Arc, time::Duration};

use axum::body::Bytes;
use engine::refusal::{Code, Fault, Refusal};
use reqwest::{
    Response, StatusCode,
    dns::{Addrs, Name, Resolve as Lookup, Resolving},
    header::{CONTENT_RANGE, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION, RANGE},
    redirect,
};
use tokio::time::{Instant, timeout_at};
use url::{Host, Url};

use super::address::{Allowed, is_public};

/// How many bytes a link may have. Signed links of large hosts have some 2,000.
pub const LINK_LIMIT: usize = 4096;

/// What we say we are.
pub const USER_AGENT: &str = concat!("onecouch/", env!("CARGO_PKG_VERSION"));

/// How long and how much one look at a link may take.
#[derive(Debug, Clone)]
pub struct Limits {
    /// For one connection with its name look-up and TLS. 3 s: a host that takes longer would not play well either.
    pub connect: Duration,
    /// For the whole look with all its hops and ranges. 8 s: a person waits in a chat for the answer.
    pub total: Duration,
    /// Bytes of one body after decompression. 1 MiB: the longest playlists are some hundred kB.
    pub body: usize,
    /// Redirects of one request: 3.
    pub hops: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(3), total: Duration::from_secs(8), body: 1 << 20, hops: 3 }
    }
}

/// The guarded client.
pub struct Guard {
    /// Never connects to what is not public, whatever the name server says.
    fenced: reqwest::Client,
    /// For hosts that are excepted, and only for those.
    open: reqwest::Client,
    /// The same two for what plays through: not over after so long, but after so long without a byte.
    fenced_stream: reqwest::Client,
    open_stream: reqwest::Client,
    allowed: Allowed,
    limits: Limits,
}

impl Guard {
    /// A guard that asks the system's name servers.
    pub fn new(allow_private: &[String], limits: Limits) -> Result<Self, Fault> {
        let system: Arc<dyn Lookup> = Arc::new(System);
        Self::with_lookup(allow_private, limits, &system)
    }

    /// A guard that asks `lookup` for addresses and believes none that is not public.
    pub fn with_lookup(allow_private: &[String], limits: Limits, lookup: &Arc<dyn Lookup>) -> Result<Self, Fault> {
        let client = |base: reqwest::ClientBuilder, fenced: bool| {
            base.redirect(redirect::Policy::none())
                .dns_resolver(Arc::new(Names { lookup: Arc::clone(lookup), fenced }))
                .build()
                .map_err(|error| Fault::new(format!("the guarded client cannot be built: {error}")))
        };
        Ok(Self {
            fenced: client(plain_client(&limits), true)?,
            open: client(plain_client(&limits), false)?,
            fenced_stream: client(stream_client(&limits), true)?,
            open_stream: client(stream_client(&limits), false)?,
            allowed: Allowed::read(allow_private)?,
            limits,
        })
    }

    /// The limits that it keeps.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// When a look that begins now must be over.
    pub fn deadline(&self) -> Instant {
        Instant::now() + self.limits.total
    }

    /// What the text of a link alone forbids: another scheme, too many bytes, a password in it, an address or a name that
    /// can only be private. Names are looked up only when connecting.
    pub fn check(&self, link: &Url) -> Result<(), Refusal> {
        if !matches!(link.scheme(), "http" | "https") {
            return Err(Code::BadScheme.into());
        }
        if link.as_str().len() > LINK_LIMIT {
            return Err(Refusal::new(Code::TextTooLong).with("limit", LINK_LIMIT));
        }
        if !link.username().is_empty() || link.password().is_some() {
            return Err(Refusal::input("The link carries a name or a password before the @. Paste it without them."));
        }
        let public = match link.host() {
            None => return Err(Code::BadLink.into()),
            Some(Host::Ipv4(address)) => is_public(address.into()),
            Some(Host::Ipv6(address)) => is_public(address.into()),
            Some(Host::Domain(name)) => !is_local_name(name),
        };
        if public || self.allowed.permits(link) { Ok(()) } else { Err(Code::PrivateAddress.into()) }
    }

    /// Whether a link may lead where only the configuration allows it: into this server's own network.
    pub fn excepts(&self, link: &Url) -> bool {
        self.allowed.permits(link)
    }

    /// Opens a link and follows its redirects; the headers are there, the body is not read yet.
    ///
    /// With `range`, asks for these bytes (first and last); a server may give all of them instead. Statuses from 400 on
    /// are `link_broken`.
    pub async fn open(&self, link: &Url, range: Option<(u64, u64)>, deadline: Instant) -> Result<Answer, Refusal> {
        match self.open_until(link, range, deadline, |_| false).await? {
            Opened::Answer(answer) => Ok(answer),
            // Nothing stops it.
            Opened::Stopped(_) => Err(Code::LinkUnreachable.into()),
        }
    }

    /// Sends a body to a link, and says with which status it was answered. Follows no redirect and reads no answer.
    pub async fn post(
        &self,
        link: &Url,
        headers: HeaderMap,
        body: Bytes,
        deadline: Instant,
    ) -> Result<StatusCode, Refusal> {
        self.check(link)?;
        let client = if self.allowed.permits(link) { &self.open } else { &self.fenced };
        let request = client.post(link.clone()).headers(headers).body(body);
        let response = timeout_at(deadline, request.send())
            .await
            .map_err(|_| Refusal::from(Code::LinkUnreachable))?
            .map_err(|error| refused(&error))?;
        Ok(response.status())
    }

    /// As [`open`](Self::open), but asks `stop` before each request, and gives back the first link that it stops at,
    /// unasked.
    pub async fn open_until(
        &self,
        link: &Url,
        range: Option<(u64, u64)>,
        deadline: Instant,
        stop: impl Fn(&Url) -> bool + Send,
    ) -> Result<Opened, Refusal> {
        let mut headers = HeaderMap::new();
        if let Some((first, last)) = range
            && let Ok(value) = HeaderValue::from_str(&format!("bytes={first}-{last}"))
        {
            headers.insert(RANGE, value);
        }
        self.follow(link, [&self.open, &self.fenced], &headers, deadline, stop).await
    }

    /// Opens a link for somebody who plays what is behind it. The body takes as long as it takes, and is not unpacked; it is
    /// over when no byte came for as long as a look may take. `headers` are sent along at each hop.
    pub async fn stream(&self, link: &Url, headers: &HeaderMap) -> Result<Answer, Refusal> {
        let clients = [&self.open_stream, &self.fenced_stream];
        match self.follow(link, clients, headers, self.deadline(), |_| false).await? {
            Opened::Answer(answer) => Ok(answer),
            // Nothing stops it.
            Opened::Stopped(_) => Err(Code::LinkUnreachable.into()),
        }
    }

    /// Goes from hop to hop, each checked like the first.
    async fn follow(
        &self,
        link: &Url,
        [open, fenced]: [&reqwest::Client; 2],
        headers: &HeaderMap,
        deadline: Instant,
        stop: impl Fn(&Url) -> bool + Send,
    ) -> Result<Opened, Refusal> {
        let mut link = link.clone();
        for _ in 0..=self.limits.hops {
            self.check(&link)?;
            if stop(&link) {
                return Ok(Opened::Stopped(link));
            }
            let client = if self.allowed.permits(&link) { open } else { fenced };
            let request = client.get(link.clone()).headers(headers.clone());
            let response = timeout_at(deadline, request.send())
                .await
                .map_err(|_| Refusal::from(Code::LinkUnreachable))?
                .map_err(|error| refused(&error))?;
            let status = response.status();
            if status.is_redirection() {
                link = target(&link, &response).ok_or_else(|| broken(status))?;
                continue;
            }
            if !status.is_success() {
                return Err(broken(status));
            }
            return Ok(Opened::Answer(Answer { link, response, deadline, limit: self.limits.body }));
        }
        Err(Refusal::new(Code::LinkBroken).with("status", "with too many redirects"))
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard").field("allowed", &self.allowed).field("limits", &self.limits).finish_non_exhaustive()
    }
}

/// What every client of the resolver has in common; redirects and names are left to the caller.
pub(super) fn plain_client(limits: &Limits) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .no_proxy()
        .referer(false)
        .connect_timeout(limits.connect)
        .timeout(limits.total)
        .http2_max_header_list_size(32 * 1024)
        .pool_max_idle_per_host(2)
        .pool_idle_timeout(Duration::from_secs(10))
}

/// The same for what plays through.
fn stream_client(limits: &Limits) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .no_proxy()
        .referer(false)
        .no_gzip()
        .connect_timeout(limits.connect)
        .read_timeout(limits.total)
        .http2_max_header_list_size(32 * 1024)
        .pool_max_idle_per_host(8)
        .pool_idle_timeout(Duration::from_secs(10))
}

/// Where following a link ended.
#[derive(Debug)]
pub enum Opened {
    /// At something that answered.
    Answer(Answer),
    /// At a link at which the caller wanted to stop.
    Stopped(Url),
}

/// A response whose body is still to come.
#[derive(Debug)]
pub struct Answer {
    /// Where it came from in the end: what relative links in it are relative to.
    pub link: Url,
    response: Response,
    deadline: Instant,
    limit: usize,
}

impl Answer {
    /// Its headers.
    pub fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// The media type without parameters, in small letters.
    pub fn content_type(&self) -> Option<String> {
        let value = self.headers().get(CONTENT_TYPE)?.to_str().ok()?;
        let bare = value.split(';').next().unwrap_or(value).trim().to_ascii_lowercase();
        (!bare.is_empty()).then_some(bare)
    }

    /// Whether the server gave only a range, as asked.
    pub fn partial(&self) -> bool {
        self.response.status() == StatusCode::PARTIAL_CONTENT
    }

    /// The first byte of this body within the whole, and the length of the whole, where known.
    pub fn place(&self) -> (u64, Option<u64>) {
        if !self.partial() {
            return (0, self.response.content_length());
        }
        let range = self.headers().get(CONTENT_RANGE).and_then(|value| value.to_str().ok());
        let Some((span, total)) = range.and_then(|range| range.trim().strip_prefix("bytes ")?.split_once('/')) else {
            return (0, None);
        };
        let first = span.split('-').next().and_then(|first| first.trim().parse().ok());
        (first.unwrap_or(0), total.trim().parse().ok())
    }

    /// Its status.
    pub fn status(&self) -> StatusCode {
        self.response.status()
    }

    /// The next bytes of the body; none at its end. Of a [`stream`](Guard::stream) alone: it keeps no deadline.
    pub async fn next(&mut self) -> Result<Option<Bytes>, reqwest::Error> {
        self.response.chunk().await
    }

    /// Reads at most `limit` bytes (never more than the guard's limit) and whether that was all.
    ///
    /// What came before the time was over or the connection broke is given back as it is: the beginning of an endless
    /// stream is enough to know what it is.
    pub async fn read(mut self, limit: usize) -> (Vec<u8>, bool) {
        let limit = limit.min(self.limit);
        let mut body = Vec::new();
        loop {
            match timeout_at(self.deadline, self.response.chunk()).await {
                Ok(Ok(Some(chunk))) => {
                    let room = limit - body.len();
                    body.extend_from_slice(&chunk[..chunk.len().min(room)]);
                    if chunk.len() > room {
                        return (body, false);
                    }
                }
                Ok(Ok(None)) => return (body, true),
                Ok(Err(_)) | Err(_) => return (body, false),
            }
        }
    }
}

/// Where a redirect leads. The fragment of the old link is of no use here.
fn target(link: &Url, response: &Response) -> Option<Url> {
    // 300 and 304 name no place of their own.
    let location = response.headers().get(LOCATION)?;
    link.join(std::str::from_utf8(location.as_bytes()).ok()?).ok()
}

fn broken(status: StatusCode) -> Refusal {
    Refusal::new(Code::LinkBroken).with("status", status.as_u16())
}

/// A failed request, as a refusal: the fence's own error is somewhere among the causes.
fn refused(error: &reqwest::Error) -> Refusal {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.is::<NotPublic>() {
            return Code::PrivateAddress.into();
        }
        cause = error.source();
    }
    Code::LinkUnreachable.into()
}

/// Names that mean this machine or its neighbours by definition (RFC 6761, RFC 6762, RFC 8375, ICANN's `.internal`).
fn is_local_name(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let last = name.rsplit('.').next().unwrap_or(&name);
    matches!(last, "localhost" | "local" | "internal") || name == "home.arpa" || name.ends_with(".home.arpa")
}

/// The system's name servers.
struct System;

impl Lookup for System {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            // The port is set by the connector.
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// The names of one client. A fenced one lets through only names all of whose addresses are public: one private address
/// among public ones is a trick, not a host. The connector uses these addresses and asks nobody again, so that a second,
/// different answer of the name server changes nothing.
struct Names {
    lookup: Arc<dyn Lookup>,
    fenced: bool,
}

impl Lookup for Names {
    fn resolve(&self, name: Name) -> Resolving {
        let asked = self.lookup.resolve(name);
        let fenced = self.fenced;
        Box::pin(async move {
            let found: Vec<SocketAddr> = asked.await?.collect();
            if !fenced || found.iter().all(|address| is_public(address.ip())) {
                Ok(Box::new(found.into_iter()) as Addrs)
            } else {
                Err(Box::new(NotPublic) as Box<dyn Error + Send + Sync>)
            }
        })
    }
}

/// What the fence says to the connector.
#[derive(Debug)]
struct NotPublic;

impl fmt::Display for NotPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name leads to an address that is not public")
    }
}

impl Error for NotPublic {}
