//! What a link is: the engine's `Resolve` port over the network.
//!
//! Four questions, asked in this order: is it a link that we may follow ([`guard`]), is it a site whose player we embed or
//! one that forbids it ([`sites`]), what kind of file is it ([`kind`]), and how long does it last ([`manifest`], [`container`]).
//!
//! Links that people give go through the [`Guard`] and nowhere else. Only the oEmbed endpoints, which the person who runs
//! the server configures, are asked by a plain client ([`oembed`]).

pub mod address;
pub mod container;
pub mod files;
pub mod guard;
pub mod kind;
pub mod manifest;
pub mod oembed;
pub mod sites;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;
use engine::{
    media::{Media, Player},
    ports::Resolve,
    refusal::{Code, Fault, Refusal},
};
use url::Url;

use self::{files::Look, oembed::Asker, sites::Found};
pub use self::{
    guard::{Guard, Limits},
    oembed::OEmbed,
};

/// How many characters of a title are kept.
pub const TITLE_LIMIT: usize = 200;

/// What a [`Resolver`] is built from: the `resolve` section of the configuration, and the limits.
#[derive(Debug, Clone, Default)]
pub struct ResolveSettings {
    /// Hosts that may be asked although their address is not on the public internet: `nas.local` for every port of it,
    /// `127.0.0.1:8096` or `[::1]:8096` for one. None by default.
    pub allow_private: Vec<String>,
    /// Where titles of embedded videos are asked for. The providers' own endpoints by default.
    pub oembed: OEmbed,
    /// How long and how much one look at a link may take. Tests make them small.
    pub limits: Limits,
}

/// The `Resolve` port over the network. Cheap to share behind an `Arc`; keeps its connections.
#[derive(Debug)]
pub struct Resolver {
    guard: Guard,
    asker: Asker,
}

impl Resolver {
    /// Builds the clients. A fault where an entry of `allow_private` cannot be read or TLS cannot be set up.
    pub fn new(settings: ResolveSettings) -> Result<Self, Fault> {
        let guard = Guard::new(&settings.allow_private, settings.limits.clone())?;
        Self::with_guard(guard, settings)
    }

    /// The same with names looked up by `lookup` instead of the system: for tests of what a hostile name server can do.
    pub fn with_lookup(settings: ResolveSettings, lookup: &Arc<dyn reqwest::dns::Resolve>) -> Result<Self, Fault> {
        let guard = Guard::with_lookup(&settings.allow_private, settings.limits.clone(), lookup)?;
        Self::with_guard(guard, settings)
    }

    fn with_guard(guard: Guard, settings: ResolveSettings) -> Result<Self, Fault> {
        let asker = Asker::new(settings.oembed, &settings.limits)?;
        Ok(Self { guard, asker })
    }

    /// The guarded client, for whoever else must fetch what people link to.
    pub fn guard(&self) -> &Guard {
        &self.guard
    }

    /// The link as far as its text tells.
    fn read(&self, link: &Url) -> Result<Option<Found>, Refusal> {
        self.guard.check(link)?;
        if let Some(found) = sites::find(link) {
            return found.map(Some);
        }
        Ok(None)
    }
}

#[async_trait]
impl Resolve for Resolver {
    fn recognise(&self, link: &Url) -> Result<Option<Media>, Refusal> {
        if let Some(found) = self.read(link)? {
            return Ok(Some(found.media));
        }
        Ok(kind::by_name(link).map(|player| file(link, player)))
    }

    async fn probe(&self, link: &Url) -> Result<Media, Refusal> {
        if let Some(found) = self.read(link)? {
            return self.asker.ask(found).await;
        }
        match files::look(&self.guard, link).await? {
            Look::Media(media) => Ok(media),
            Look::Site(site) => match self.read(&site)? {
                Some(found) => self.asker.ask(found).await,
                None => Err(Code::NotMedia.into()),
            },
        }
    }

    async fn search(&self, _words: &str) -> Result<Vec<Media>, Refusal> {
        Err(Code::NoSearch.into())
    }
}

/// A file or manifest of which only the link is known; the fragment is not part of it.
fn file(link: &Url, player: Player) -> Media {
    let mut link = link.clone();
    link.set_fragment(None);
    Media::bare(link, player)
}
