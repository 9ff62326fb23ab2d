//! The links of its own that this server gives out: to rooms, and to media that play from here.

use std::{fmt, sync::Arc};

use engine::{
    media::{Media, Player},
    time::Clock,
};
use url::Url;

use crate::media::relay::Signer;

/// Where this server keeps films, below its public address.
pub const FILES: &str = "/media/files/";

/// What wire types need to know of this server. Cheap to clone.
#[derive(Clone)]
pub struct Links {
    public_url: Arc<str>,
    /// Signs what is relayed; none where nothing is.
    signer: Option<Arc<Signer>>,
    clock: Clock,
}

impl Links {
    /// Of a server that people reach at `public_url`.
    pub fn new(public_url: &str, signer: Option<Arc<Signer>>, clock: Clock) -> Self {
        Self { public_url: public_url.trim_end_matches('/').into(), signer, clock }
    }

    /// Where people reach this server, without a slash at the end.
    pub fn public_url(&self) -> &Arc<str> {
        &self.public_url
    }

    /// The path on this server from which a medium plays, where there is one: of a film that is kept here, or of one that is
    /// relayed.
    pub fn relayed(&self, media: &Media) -> Option<String> {
        let rest = media.url.strip_prefix(&*self.public_url);
        if let Some(path) = rest.filter(|path| path.starts_with(FILES)) {
            return Some(path.to_owned());
        }
        let signer = self.signer.as_ref()?;
        if !matches!(media.player, Player::Video | Player::Audio | Player::Hls) {
            return None;
        }
        let link = Url::parse(&media.url).ok()?;
        Some(signer.path(&link, self.clock.now().wall))
    }
}

impl fmt::Debug for Links {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Links").field("public_url", &self.public_url).finish_non_exhaustive()
    }
}
