//! What a link is: the engine's `Resolve` port over the network.
//!
//! Four questions, asked in this order: is it a link that we may follow ([`guard`]), is it a site whose player we embed or
//! one that forbids it ([`sites`]), what kind of file is it ([`kind`]), and how long does it last ([`manifest`], [`container`]).
//!
//! Links that people give go through the [`Guard`] and nowhere else. Only what the person who runs the server configures is
//! asked by a plain client ([`provider`]): titles ([`oembed`]), lengths and playlists ([`youtube`]), words ([`search`]), parts
//! to skip ([`sponsorblock`]).

pub mod address;
pub mod container;
pub mod files;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
pub mod guard;
pub mod kind;
mod lists;
pub mod manifest;
pub mod oembed;
mod provider;
mod search;
pub mod sites;
mod sponsorblock;
#[cfg(test)]
mod tests;
mod youtube;

use std::sync::Arc;

use async_trait::async_trait;
use engine::{
    lists::List,
    media::{Category, Media, Player, Segment},
    ports::Resolve,
    refusal::{Code, Fault, Refusal},
};
use tokio::time::Instant;
use url::Url;

use crate::media::{library::Library, place::Place};

use self::{
    files::Look, lists::Behind, oembed::Asker, provider::Provider, search::Search, sites::Found,
    sponsorblock::SponsorBlock, youtube::Youtube,
};
pub use self::{
    guard::{Guard, Limits},
    oembed::OEmbed,
    youtube::YoutubeApi,
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
    /// YouTube's Data API: lengths, playlists, and a search. None by default.
    pub youtube: Option<YoutubeApi>,
    /// An Invidious server that finds videos by words, asked rather than YouTube. None by default.
    pub search: Option<Url>,
    /// A SponsorBlock server. None by default.
    pub sponsorblock: Option<Url>,
    /// How long and how much one look at a link may take. Tests make them small.
    pub limits: Limits,
}

/// The `Resolve` port over the network. Cheap to share behind an `Arc`; keeps its connections.
#[derive(Debug)]
pub struct Resolver {
    guard: Guard,
    asker: Asker,
    youtube: Option<Youtube>,
    search: Search,
    sponsorblock: Option<SponsorBlock>,
    /// Films that are kept here.
    library: Option<Arc<Library>>,
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
        let provider = Provider::new(&settings.limits)?;
        Ok(Self {
            guard,
            asker: Asker::new(settings.oembed, provider.clone()),
            youtube: settings.youtube.map(|api| Youtube::new(api, provider.clone())),
            search: Search::new(settings.search, provider.clone()),
            sponsorblock: settings.sponsorblock.map(|server| SponsorBlock::new(server, provider)),
            library: None,
        })
    }

    /// The same with films of its own: their links are looked up there, and words find them first.
    #[must_use]
    pub fn with_library(mut self, library: Option<Arc<Library>>) -> Self {
        self.library = library;
        self
    }

    /// The film of ours that a link leads to, where it leads to one.
    fn own(&self, link: &Url) -> Option<Result<(&Library, Place), Refusal>> {
        let library = self.library.as_deref()?;
        Some(library.place_of(link)?.map(|place| (library, place)))
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

    /// What its site says of a video. YouTube's API knows most; where it is in trouble, the title is enough.
    async fn ask(&self, found: Found) -> Result<Media, Refusal> {
        if let (Player::Youtube, Some(id), Some(youtube)) =
            (found.media.player, &found.media.provider_id, &self.youtube)
        {
            match youtube.video(id).await {
                Ok(told) => return told,
                Err(trouble) => tracing::info!(?trouble, "the API of YouTube told nothing of a video"),
            }
        }
        self.asker.ask(found).await
    }

    /// The playlist of a site that a link names, if it names one.
    async fn playlist(&self, link: &Url) -> Result<Option<List>, Refusal> {
        let Some(playlist) = sites::playlist(link) else {
            // Sites that let nobody embed say so; other pages of known sites are no lists.
            return match sites::find(link) {
                Some(Err(refusal)) if refusal.code != Code::NotMedia => Err(refusal),
                _ => Ok(None),
            };
        };
        match &self.youtube {
            Some(youtube) => youtube.playlist(&playlist).await,
            None => Err(Refusal::new(Code::NoLists).with("site", "YouTube")),
        }
    }
}

impl Resolver {
    async fn look(&self, link: &Url) -> Result<Media, Refusal> {
        if let Some(own) = self.own(link) {
            let (library, place) = own?;
            return library.look(&place).await;
        }
        if let Some(found) = self.read(link)? {
            return self.ask(found).await;
        }
        match files::look(&self.guard, link).await? {
            Look::Media(media) => Ok(media),
            Look::Site(site) => match self.read(&site)? {
                Some(found) => self.ask(found).await,
                None => Err(Code::NotMedia.into()),
            },
        }
    }
}

#[async_trait]
impl Resolve for Resolver {
    fn recognise(&self, link: &Url) -> Result<Option<Media>, Refusal> {
        if let Some(own) = self.own(link) {
            let (library, place) = own?;
            return library.guess(&place).map(Some);
        }
        if let Some(found) = self.read(link)? {
            return Ok(Some(found.media));
        }
        Ok(kind::by_name(link).map(|player| file(link, player)))
    }

    async fn probe(&self, link: &Url) -> Result<Media, Refusal> {
        let from = Instant::now();
        let found = self.look(link).await;
        metrics::histogram!("onecouch_lookup_duration_seconds").record(from.elapsed());
        let outcome = if found.is_ok() { "found" } else { "refused" };
        metrics::counter!("onecouch_lookups_total", "outcome" => outcome).increment(1);
        found
    }

    async fn search(&self, words: &str) -> Result<Vec<Media>, Refusal> {
        let Some(library) = &self.library else { return self.search.find(words, self.youtube.as_ref()).await };
        let (films, _) = library.find(words, None, search::FOUND).await;
        let mut found = Vec::new();
        for film in films {
            let known = library.known(&film).await;
            if !known.unplayable {
                found.push(Media { duration: known.duration, live: known.live, ..library.media(&film) });
            }
        }
        if found.len() < search::FOUND {
            match self.search.find(words, self.youtube.as_ref()).await {
                Ok(others) => found.extend(others),
                // What is here is found, whoever else cannot be asked.
                Err(refusal) if found.is_empty() => return Err(refusal),
                Err(_) => {}
            }
        }
        found.truncate(search::FOUND);
        Ok(found)
    }

    async fn segments(&self, media: &Media, categories: &[Category]) -> Result<Vec<Segment>, Refusal> {
        match &self.sponsorblock {
            Some(sponsorblock) => sponsorblock.segments(media, categories).await,
            None => Ok(Vec::new()),
        }
    }

    async fn list(&self, link: &Url) -> Result<Option<List>, Refusal> {
        if self.own(link).is_some() {
            return Ok(None);
        }
        self.guard.check(link)?;
        if sites::find(link).is_some() {
            return self.playlist(link).await;
        }
        match lists::look(self, link).await? {
            Behind::List(list) => Ok(Some(list)),
            Behind::Site(site) => self.playlist(&site).await,
            Behind::Other => Ok(None),
        }
    }
}

/// A file or manifest of which only the link is known; the fragment is not part of it.
fn file(link: &Url, player: Player) -> Media {
    let mut link = link.clone();
    link.set_fragment(None);
    Media::bare(link, player)
}
