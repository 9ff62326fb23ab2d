//! MP4: the boxes on the way to `moov/mvhd` (length) and `moov/udta/meta/ilst` (title), wherever in the file they stand.

use mp4_atom::{Atom, DecodeMaybe, Header, Mehd, Mvhd, Sidx};

use engine::time::Millis;

use super::{Facts, Sparse, Step, ticks};

/// Boxes that one look walks over at most; fragmented films have thousands of them, the one that matters stands early.
const BOXES: usize = 256;

/// Reads the length and the title.
pub(super) fn read(file: &Sparse) -> Step {
    let mut at = 0;
    let mut facts = None;
    for _ in 0..BOXES {
        let found = match box_at(file, at) {
            Ok(Some(found)) => found,
            Ok(None) => break,
            // What may stand behind the index is not worth another request.
            Err(missing) if facts.is_none() => return Step::Missing(Facts::default(), missing),
            Err(_) => break,
        };
        match (&found.kind, &mut facts) {
            (b"moov", None) => match movie(file, &found) {
                Step::Done(known) if known.duration.is_none() => facts = Some(known),
                step => return step,
            },
            (b"sidx", Some(known)) => {
                known.duration = indexed(file, &found);
                break;
            }
            (b"moof", Some(_)) => break,
            _ => {}
        }
        let Some(end) = found.end else { break };
        at = end;
    }
    Step::Done(facts.unwrap_or_default())
}

/// The length of a film in fragments by its index of segments, if that covers the whole file: some files have one such
/// index for each fragment.
fn indexed(file: &Sparse, found: &Found) -> Option<Millis> {
    let index: Sidx = decoded(file, found)?;
    let bytes: u64 = index.references.iter().map(|part| u64::from(part.referenced_size)).sum();
    let covered = found.end?.checked_add(index.first_offset)?.checked_add(bytes)?;
    let total = file.total()?;
    // An index for random access may stand behind the last fragment.
    let whole = covered >= total - total / 50;
    let length = index.references.iter().map(|part| u64::from(part.subsegment_duration)).sum();
    whole.then(|| ticks(length, index.timescale)).flatten()
}

/// A box: its kind, where its content begins, where it ends (nowhere, where it goes on to the end of the file).
struct Found {
    kind: [u8; 4],
    body: u64,
    end: Option<u64>,
}

/// The box that begins here; nothing at the end of the file or where there is none; an error names a place not held.
fn box_at(file: &Sparse, at: u64) -> Result<Option<Found>, u64> {
    if file.total().is_some_and(|total| at >= total) {
        return Ok(None);
    }
    let held = file.from(at);
    let mut rest = held;
    match Header::decode_maybe(&mut rest) {
        Ok(Some(header)) => {
            let body = at + (held.len() - rest.len()) as u64;
            let end = header.size.and_then(|size| body.checked_add(size as u64));
            Ok(Some(Found { kind: header.kind.into(), body, end }))
        }
        Ok(None) => Err(at),
        Err(_) => Ok(None),
    }
}

/// The content of a box, if all of it is held.
fn body<'a>(file: &'a Sparse, found: &Found) -> Option<&'a [u8]> {
    let length = usize::try_from(found.end?.checked_sub(found.body)?).ok()?;
    file.from(found.body).get(..length)
}

fn decoded<A: Atom>(file: &Sparse, found: &Found) -> Option<A> {
    let mut body = body(file, found)?;
    A::decode_body(&mut body).ok()
}

/// Walks through a box that holds boxes, as far as it is held; gives back the first place that is not.
fn walk(file: &Sparse, parent: &Found, mut each: impl FnMut(&Found)) -> Option<u64> {
    let mut at = parent.body;
    for _ in 0..BOXES {
        if parent.end.is_some_and(|end| at >= end) {
            return None;
        }
        match box_at(file, at) {
            Ok(Some(found)) => {
                each(&found);
                at = found.end?;
            }
            Ok(None) => return None,
            Err(missing) => return Some(missing),
        }
    }
    None
}

fn movie(file: &Sparse, moov: &Found) -> Step {
    let mut facts = Facts::default();
    let mut scale = None;
    let missing = walk(file, moov, |child| match &child.kind {
        b"mvhd" => {
            if let Some(mvhd) = decoded::<Mvhd>(file, child) {
                scale = Some(mvhd.timescale);
                // All ones mean "unknown".
                let known = mvhd.duration != u64::from(u32::MAX) && mvhd.duration != u64::MAX;
                facts.duration = known.then(|| ticks(mvhd.duration, mvhd.timescale)).flatten();
            }
        }
        // A film in fragments has no length of its own; this box may say it for them.
        b"mvex" => {
            walk(file, child, |extension| {
                if extension.kind == *b"mehd"
                    && facts.duration.is_none()
                    && let Some(mehd) = decoded::<Mehd>(file, extension)
                {
                    facts.duration = scale.and_then(|scale| ticks(mehd.fragment_duration, scale));
                }
            });
        }
        b"udta" => facts.title = title(file, child),
        _ => {}
    });
    match missing {
        // The title alone is not worth another request.
        Some(at) if facts.duration.is_none() => Step::Missing(facts, at),
        _ => Step::Done(facts),
    }
}

fn title(file: &Sparse, udta: &Found) -> Option<String> {
    let mut title = None;
    walk(file, udta, |meta| {
        if meta.kind != *b"meta" {
            return;
        }
        // Four bytes of version and flags stand before the boxes inside, but not in QuickTime's own files.
        let quicktime = file.from(meta.body).get(4..8) == Some(b"hdlr");
        let inside = Found { body: meta.body + if quicktime { 0 } else { 4 }, ..*meta };
        walk(file, &inside, |child| {
            if child.kind == *b"ilst" {
                walk(file, child, |entry| {
                    // mp4-atom knows this list, but not the entry that holds the name.
                    if entry.kind == *b"\xa9nam" {
                        title = text(file, entry);
                    }
                });
            }
        });
    });
    title
}

/// The text of an entry of Apple's list of tags: in a box named `data`, behind four bytes of type and four of language.
fn text(file: &Sparse, entry: &Found) -> Option<String> {
    let mut text = None;
    walk(file, entry, |data| {
        if data.kind == *b"data" {
            text = body(file, data).and_then(|body| Some(String::from_utf8_lossy(body.get(8..)?).into_owned()));
        }
    });
    text
}
