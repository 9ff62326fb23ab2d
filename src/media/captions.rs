//! Subtitles of items, as WebVTT, wherever they are: beside a film of ours, or behind a link.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use engine::refusal::{Code, Refusal};
use moka::sync::Cache;
use tokio::sync::{OnceCell, Semaphore};
use url::Url;

use super::{facts, library::Library, webvtt::webvtt};
use crate::resolve::Resolver;

/// Bytes of all subtitles that are remembered together.
const REMEMBERED: u64 = 32 << 20;
/// How long they are good: who mends their subtitles sees it soon.
const FRESH: Duration = Duration::from_mins(10);
/// Bytes of one file of ours; behind links the guard's limit holds.
const LARGEST: u64 = 4 << 20;
/// How many are made at a time.
const AT_ONCE: usize = 2;
/// How many that are being read are known, so that who asks for the same waits for them.
const UNDERWAY: u64 = 1_000;
/// How long one that is being read is waited for: longer than the guard lets it take.
const UNDERWAY_FOR: Duration = Duration::from_mins(1);

/// What becomes of one that is being read.
type Outcome = Arc<OnceCell<Result<Bytes, Refusal>>>;

/// Reads subtitles, and remembers what it read.
pub struct Captions {
    resolver: Arc<Resolver>,
    library: Option<Arc<Library>>,
    made: Cache<String, Bytes>,
    /// Being read at this moment. One whose callers all went away is forgotten after a while.
    underway: Cache<String, Outcome>,
    turns: Arc<Semaphore>,
}

impl Captions {
    /// Nothing read yet.
    pub fn new(resolver: Arc<Resolver>, library: Option<Arc<Library>>) -> Self {
        let weight = |link: &String, text: &Bytes| u32::try_from(link.len() + text.len()).unwrap_or(u32::MAX);
        let made = Cache::builder().max_capacity(REMEMBERED).weigher(weight).time_to_live(FRESH).build();
        let underway = Cache::builder().max_capacity(UNDERWAY).time_to_live(UNDERWAY_FOR).build();
        Self { resolver, library, made, underway, turns: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// What is behind a link, as WebVTT. `bad_subtitles` where that is none; what the guard refuses.
    pub async fn webvtt(&self, link: &str) -> Result<Bytes, Refusal> {
        let url = Url::parse(link).map_err(|_| Refusal::new(Code::BadSubtitles))?;
        let own = self.library.as_ref().and_then(|library| Some((library, library.place_of(&url)?)));
        match own {
            Some((library, place)) => {
                let file = library.file(&place?).await?;
                let name = format!("{link} {}", file.tag);
                let read = async {
                    let (bytes, total) = facts::piece(&file.path, 0, LARGEST).await.ok_or(Code::NoSuchFile)?;
                    Ok((bytes, total <= LARGEST))
                };
                self.once(name, read).await
            }
            None => {
                let read = async {
                    let guard = self.resolver.guard();
                    Ok(guard.open(&url, None, guard.deadline()).await?.read(usize::MAX).await)
                };
                self.once(link.to_owned(), read).await
            }
        }
    }

    /// What is remembered by this name; else what is read, and whether that is all of it, as WebVTT. Who asks while it is
    /// read gets the same.
    async fn once(
        &self,
        name: String,
        read: impl Future<Output = Result<(Vec<u8>, bool), Refusal>> + Send,
    ) -> Result<Bytes, Refusal> {
        if let Some(text) = self.made.get(&name) {
            return Ok(text);
        }
        let outcome = self.underway.get_with_by_ref(&name, Outcome::default);
        let told = outcome.get_or_init(|| async {
            // Whoever was underway may have come to an end since.
            if let Some(text) = self.made.get(&name) {
                return Ok(text);
            }
            let (bytes, all) = read.await?;
            let text = self.made_of(bytes, all).await?;
            self.made.insert(name.clone(), text.clone());
            Ok(text)
        });
        let told = told.await.clone();
        self.underway.invalidate(&name);
        told
    }

    /// As WebVTT, when it is its turn.
    async fn made_of(&self, bytes: Vec<u8>, all: bool) -> Result<Bytes, Refusal> {
        if !all {
            return Err(Code::BadSubtitles.into());
        }
        let turn = self.turns.clone().acquire_owned().await.map_err(|_| Refusal::new(Code::Busy))?;
        let making = tokio::task::spawn_blocking(move || {
            // Kept until the end, also where nobody waits for it any more.
            let _turn = turn;
            webvtt(&bytes)
        });
        let made = making.await.ok().flatten();
        Ok(Bytes::from(made.ok_or(Code::BadSubtitles)?))
    }
}
