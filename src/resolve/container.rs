//! The length and the title that a media file carries inside, read from the few pieces of it that we have.
//!
//! MP4 is walked box by box with `mp4-atom`, because only two small boxes matter and the index between them has megabytes in a
//! long film; everything else is left to symphonia's readers.

mod mp4;
mod sparse;

use engine::time::Millis;
use symphonia::core::{
    formats::{FormatOptions, FormatReader, probe::Hint},
    io::{MediaSourceStream, MediaSourceStreamOptions},
    meta::{MetadataOptions, MetadataRevision, StandardTag},
};

pub use self::sparse::Sparse;
use super::{files::Facts, manifest::millis};

/// How far reading came.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// No more is to be had.
    Done(Facts),
    /// The reader wanted the byte at this place, which is not there; so far it knew this.
    Missing(Facts, u64),
}

/// Reads what the pieces tell, on a thread of its own: a file that is made to trip a reader costs only its own length.
pub async fn read(file: Sparse) -> Step {
    tokio::task::spawn_blocking(move || read_now(&file)).await.unwrap_or(Step::Done(Facts::default()))
}

pub(super) fn read_now(file: &Sparse) -> Step {
    let head = file.head();
    if head.get(4..8).is_some_and(|kind| matches!(kind, b"ftyp" | b"moov" | b"styp" | b"wide" | b"mdat" | b"free")) {
        return mp4::read(file);
    }
    // Matroska says its length at the beginning; with seeking allowed, the reader would want its index at the end too.
    let seek = !head.starts_with(b"\x1a\x45\xdf\xa3");
    let source = file.reader(seek);
    let missed = source.missed();
    let stream = MediaSourceStream::new(Box::new(source), MediaSourceStreamOptions::default());
    let opened = symphonia::default::get_probe().probe(
        &Hint::new(),
        stream,
        FormatOptions::default(),
        MetadataOptions::default(),
    );
    let facts = opened.map_or_else(|_| Facts::default(), |mut reader| facts_of(reader.as_mut()));
    match missed.first() {
        Some(at) if facts.duration.is_none() => Step::Missing(facts, at),
        _ => Step::Done(facts),
    }
}

fn facts_of(reader: &mut dyn FormatReader) -> Facts {
    // Bare AAC frames have no length anywhere; symphonia guesses it from the first few, and may be minutes off.
    let guessed = reader.format_info().short_name == "aac";
    let info = reader.media_info();
    let duration = info
        .duration
        .filter(|_| !guessed)
        .and_then(|length| Some(info.time_base?.calc_duration(length)?.as_secs_f64()));
    let title = reader.metadata().skip_to_latest().and_then(title_of);
    Facts { duration: duration.and_then(millis), title, live: false }
}

fn title_of(revision: &MetadataRevision) -> Option<String> {
    revision.media.tags.iter().find_map(|tag| match tag.std.as_ref()? {
        StandardTag::TrackTitle(title) | StandardTag::MovieTitle(title) => Some(title.as_ref().clone()),
        _ => None,
    })
}

/// A number of ticks as a length; none where the clock stands still.
fn ticks(count: u64, per_second: u32) -> Option<Millis> {
    (per_second > 0).then(|| count as f64 / f64::from(per_second)).and_then(millis)
}

#[cfg(test)]
mod tests {
    use std::{fs, time::Duration};

    use super::*;

    /// A sequence of numbers that look random and are the same every time.
    struct Dice(u64);

    impl Dice {
        fn below(&mut self, limit: usize) -> usize {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            usize::try_from(self.0 >> 16).unwrap() % limit
        }
    }

    #[tokio::test]
    async fn a_damaged_file_costs_its_own_length_and_neither_time_nor_the_process() {
        let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
        let names = ["film.mp4", "film-tail.mp4", "film.webm", "song.mp3", "song.ogg"];
        for name in names {
            let whole = fs::read(format!("{}/tests/it/assets/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
            for round in 0..500 {
                let mut bytes = whole.clone();
                // Most of what matters stands in the first kilobyte.
                let reach = if round % 2 == 0 { bytes.len().min(1024) } else { bytes.len() };
                for _ in 0..=dice.below(12) {
                    let value = [0, 0xff, 0x7f, 0x80][dice.below(4)];
                    bytes[dice.below(reach)] = if round % 3 == 0 { value } else { dice.below(256).to_le_bytes()[0] };
                }
                bytes.truncate(bytes.len() - dice.below(bytes.len()) / 2);
                let total = [Some(bytes.len() as u64), Some(u64::MAX), Some(whole.len() as u64), None][dice.below(4)];
                let reading = tokio::task::spawn_blocking(move || read_now(&Sparse::new(bytes, total)));
                let read = tokio::time::timeout(Duration::from_secs(10), reading).await;
                assert!(read.is_ok_and(|read| read.is_ok()), "{name}, round {round}");
            }
        }
    }
}
