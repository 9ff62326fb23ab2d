//! What a file of our own says of itself: as a look at a link does it, from the disk instead.

use std::{
    io::{Read, Seek, SeekFrom},
    path::Path,
};

use engine::{media::Player, time::Millis};

use super::format;
use crate::resolve::{
    container::{self, Sparse, Step},
    manifest,
};

/// Bytes of the beginning, and of each further piece.
const PIECE: u64 = 512 * 1024;
/// Further pieces at most.
const PIECES: usize = 6;
/// The longest manifest that is read, in bytes.
const MANIFEST: u64 = 4 << 20;

/// What is known of a film.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Known {
    /// Its length.
    pub duration: Option<Millis>,
    /// It has no end.
    pub live: bool,
    /// Browsers cannot play it.
    pub unplayable: bool,
}

/// Reads as little of the file as tells.
pub async fn read(path: &Path, player: Player) -> Known {
    match player {
        Player::Hls => hls(path).await,
        Player::Dash => match piece(path, 0, MANIFEST).await {
            Some((text, total)) => {
                let all = text.len() as u64 == total;
                let facts = manifest::dash(text, all).await.unwrap_or_default();
                Known { duration: facts.duration.filter(|_| !facts.live), live: facts.live, unplayable: false }
            }
            None => Known::default(),
        },
        _ => container(path).await.unwrap_or_default(),
    }
}

async fn hls(path: &Path) -> Known {
    let mut path = path.to_owned();
    // A list of variants, then the first of them.
    for _ in 0..2 {
        let Some((text, total)) = piece(&path, 0, MANIFEST).await else { break };
        let all = text.len() as u64 == total;
        match manifest::hls(text, all).await {
            Ok(manifest::Hls::Media(facts)) => {
                return Known { duration: facts.duration.filter(|_| !facts.live), live: facts.live, unplayable: false };
            }
            Ok(manifest::Hls::Master(Some(variant))) => {
                let folder = path.parent().unwrap_or(&path);
                let Some(next) = super::place::Place::of_link(variant.split(['?', '#']).next().unwrap_or(&variant))
                else {
                    break;
                };
                path = next.under(folder);
            }
            _ => break,
        }
    }
    Known::default()
}

async fn container(path: &Path) -> Option<Known> {
    let (head, total) = piece(path, 0, PIECE).await?;
    let unplayable = !format::is_playable(&head);
    let mut sparse = Sparse::new(head, Some(total));
    for _ in 0..=PIECES {
        let at = match container::read(sparse.clone()).await {
            Step::Done(facts) => return Some(Known { duration: facts.duration, live: false, unplayable }),
            Step::Missing(_, at) => at,
        };
        // Near the end, all up to the end: readers go back and forth there.
        let first = if total.saturating_sub(at) < PIECE { total.saturating_sub(PIECE) } else { at };
        let (bytes, _) = piece(path, first, PIECE).await?;
        if bytes.is_empty() {
            break;
        }
        sparse.add(first, bytes);
    }
    Some(Known { duration: None, live: false, unplayable })
}

/// A piece of a file, and the length of the whole.
pub(super) async fn piece(path: &Path, at: u64, length: u64) -> Option<(Vec<u8>, u64)> {
    let path = path.to_owned();
    let read = tokio::task::spawn_blocking(move || {
        let mut file = std::fs::File::open(path)?;
        let total = file.metadata()?.len();
        file.seek(SeekFrom::Start(at))?;
        let mut bytes = Vec::new();
        file.take(length).read_to_end(&mut bytes)?;
        Ok::<_, std::io::Error>((bytes, total))
    });
    read.await.ok()?.ok()
}
