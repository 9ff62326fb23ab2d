//! A file of which we hold some pieces: reading where there is none notes the place and fails.

use std::{
    io::{self, Read, Seek, SeekFrom},
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use symphonia::core::io::MediaSource;

/// 1 TiB: no film that a browser plays is longer.
const LARGEST: u64 = 1 << 40;

/// The pieces. A clone shares them.
#[derive(Debug, Clone)]
pub struct Sparse {
    pieces: Vec<(u64, Bytes)>,
    total: Option<u64>,
}

impl Sparse {
    /// A file that begins so and has `total` bytes, where that is known. A length that no file has is none: readers
    /// calculate with it.
    pub fn new(head: Vec<u8>, total: Option<u64>) -> Self {
        let total = total.filter(|total| (head.len() as u64..=LARGEST).contains(total));
        Self { pieces: vec![(0, head.into())], total }
    }

    /// Puts another piece in its place.
    pub fn add(&mut self, at: u64, piece: Vec<u8>) {
        self.pieces.push((at, piece.into()));
    }

    /// Its length.
    pub fn total(&self) -> Option<u64> {
        self.total
    }

    /// The first piece.
    pub fn head(&self) -> &[u8] {
        self.pieces.first().map_or(&[], |(_, piece)| piece)
    }

    /// What is held from this place on, as far as it reaches without a gap; empty where nothing is held.
    pub fn from(&self, at: u64) -> &[u8] {
        self.pieces
            .iter()
            .filter_map(|(start, piece)| piece.get(usize::try_from(at.checked_sub(*start)?).ok()?..))
            .max_by_key(|rest| rest.len())
            .unwrap_or(&[])
    }

    /// A reader for symphonia; `seek` says whether it may jump.
    pub fn reader(&self, seek: bool) -> Reader {
        Reader { file: self.clone(), at: 0, seek: seek && self.total.is_some(), missed: Missed::default() }
    }
}

/// The first place at which something was wanted that is not held.
#[derive(Debug, Clone, Default)]
pub struct Missed(Arc<Mutex<Option<u64>>>);

impl Missed {
    /// That place.
    pub fn first(&self) -> Option<u64> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, at: u64) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(at);
    }
}

/// Reads the pieces as one file.
#[derive(Debug)]
pub struct Reader {
    file: Sparse,
    at: u64,
    seek: bool,
    missed: Missed,
}

impl Reader {
    /// Where it will have failed.
    pub fn missed(&self) -> Missed {
        self.missed.clone()
    }
}

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() || self.file.total.is_some_and(|total| self.at >= total) {
            return Ok(0);
        }
        let held = self.file.from(self.at);
        if held.is_empty() {
            self.missed.note(self.at);
            return Err(io::Error::other("this part of the file was not fetched"));
        }
        let count = held.len().min(buffer.len());
        buffer[..count].copy_from_slice(&held[..count]);
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Reader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.file.total.and_then(|total| total.checked_add_signed(by)),
        };
        self.at = place.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}

impl MediaSource for Reader {
    fn is_seekable(&self) -> bool {
        self.seek
    }

    fn byte_len(&self) -> Option<u64> {
        self.file.total
    }
}
