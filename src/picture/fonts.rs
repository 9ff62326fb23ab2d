//! Which font a letter is drawn with: ours for Latin, Cyrillic and Greek, for all others what this machine has.
//!
//! A letter that no font has is left out, and so are emoji: their fonts are pictures, and a box says nothing to anybody.

use std::sync::Arc;

use moka::sync::Cache;
use resvg::usvg::{
    FontResolver, Options,
    fontdb::{Database, FaceInfo, ID, Style},
};
use skrifa::{FontRef, MetadataProvider as _};

/// The letters of running text.
pub(super) const TEXT: Face = Face { family: "Inter", weight: 400 };
/// The letters of titles.
pub(super) const TITLE: Face = Face { family: "Inter Display", weight: 600 };

const REGULAR: &[u8] = include_bytes!("../../assets/fonts/Inter-Regular.ttf");
const SEMI_BOLD: &[u8] = include_bytes!("../../assets/fonts/InterDisplay-SemiBold.ttf");
/// How many letters are remembered with their fonts: looking into all fonts of a machine takes milliseconds.
const REMEMBERED: u64 = 20_000;

/// Says that what stands beside it is written from right to left; nobody draws it.
pub(super) const RIGHT_TO_LEFT: char = '\u{200f}';

/// A font, as it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Face {
    pub(super) family: &'static str,
    pub(super) weight: u16,
}

/// A stretch of text that one font draws.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) family: String,
    pub(super) weight: u16,
    pub(super) text: String,
}

/// All fonts.
pub(super) struct Fonts {
    /// Ours and the machine's, in this order.
    all: Arc<Database>,
    /// Which font has which letter, by the weight that is wanted.
    found: Cache<(char, u16), Option<ID>>,
}

impl Fonts {
    /// Ours, and those of this machine: reads its folders, which takes a while.
    pub(super) fn load() -> Self {
        let mut all = Self::ours();
        all.load_system_fonts();
        Self::of(all)
    }

    fn ours() -> Database {
        let mut all = Database::new();
        all.load_font_data(REGULAR.to_vec());
        all.load_font_data(SEMI_BOLD.to_vec());
        all.set_sans_serif_family(TEXT.family);
        all.set_serif_family(TEXT.family);
        all
    }

    fn of(all: Database) -> Self {
        Self { all: Arc::new(all), found: Cache::new(REMEMBERED) }
    }

    /// Only ours, so that a test tells the same everywhere.
    #[cfg(test)]
    pub(super) fn bundled() -> Self {
        Self::of(Self::ours())
    }

    /// What the drawing library asks.
    pub(super) fn options(&self) -> Options<'_> {
        let resolver = FontResolver {
            select_font: FontResolver::default_font_selector(),
            select_fallback: Box::new(|letter, used, fonts| {
                let weight = used.first().and_then(|id| fonts.face(*id)).map_or(TEXT.weight, |face| face.weight.0);
                self.find(letter, weight).filter(|id| !used.contains(id))
            }),
        };
        let (font_family, fontdb) = (TEXT.family.to_owned(), self.all.clone());
        Options { font_family, fontdb, font_resolver: resolver, ..Options::default() }
    }

    /// The text as stretches of one font each, without the letters that none has. Nothing where less than half of what was
    /// to be read is left.
    pub(super) fn runs(&self, text: &str, face: Face) -> Option<Vec<Run>> {
        let mut runs: Vec<Run> = Vec::new();
        let (mut read, mut absent) = (0_usize, 0_usize);
        let mut before = String::new();
        for letter in text.chars() {
            if letter == RIGHT_TO_LEFT {
                runs.last_mut().map_or(&mut before, |last| &mut last.text).push(letter);
                continue;
            }
            // A gap where a letter was left out is no wider than one between words.
            if letter == ' ' && runs.last().is_none_or(|last| last.text.ends_with(' ')) {
                continue;
            }
            let counts = usize::from(letter.is_alphanumeric());
            read += counts;
            let Some(info) = self.find(letter, face.weight).and_then(|id| self.all.face(id)) else {
                absent += counts;
                continue;
            };
            let ours = self.is_ours(info);
            let (family, weight) = if ours { (face.family, face.weight) } else { (name_of(info), info.weight.0) };
            match runs.last_mut() {
                // Spaces and marks stay with the letters before them.
                Some(last) if !letter.is_alphanumeric() && self.has(&last.family, last.weight, letter) => {
                    last.text.push(letter);
                }
                Some(last) if last.family == family && last.weight == weight => last.text.push(letter),
                _ => {
                    let text = format!("{}{letter}", std::mem::take(&mut before));
                    runs.push(Run { family: family.to_owned(), weight, text });
                }
            }
        }
        if let Some(last) = runs.last_mut() {
            last.text.truncate(last.text.trim_end().len());
        }
        (read > 0 && absent * 2 <= read).then_some(runs)
    }

    /// The best font that has a letter.
    fn find(&self, letter: char, weight: u16) -> Option<ID> {
        self.found.get_with((letter, weight), || {
            let has = |face: &&FaceInfo| !is_picture(face) && self.face_has(face.id, letter);
            self.all.faces().filter(has).min_by_key(|face| self.unlike(face, weight)).map(|face| face.id)
        })
    }

    /// How little a font is what is wanted: ours first, then upright ones without serifs, then the nearest weight.
    fn unlike(&self, face: &FaceInfo, weight: u16) -> (bool, bool, bool, bool, u16) {
        (
            !self.is_ours(face),
            face.style != Style::Normal,
            face.monospaced,
            !name_of(face).contains("Sans"),
            face.weight.0.abs_diff(weight),
        )
    }

    fn is_ours(&self, face: &FaceInfo) -> bool {
        self.all.faces().take(2).any(|ours| ours.id == face.id)
    }

    fn has(&self, family: &str, weight: u16, letter: char) -> bool {
        let face = self.all.faces().find(|face| name_of(face) == family && face.weight.0 == weight);
        face.is_some_and(|face| self.face_has(face.id, letter))
    }

    fn face_has(&self, id: ID, letter: char) -> bool {
        let has = |data: &[u8], index| {
            FontRef::from_index(data, index).is_ok_and(|font| font.charmap().map(letter).is_some())
        };
        self.all.with_face_data(id, has).unwrap_or(false)
    }
}

fn name_of(face: &FaceInfo) -> &str {
    face.families.first().map_or("", |(name, _)| name)
}

fn is_picture(face: &FaceInfo) -> bool {
    name_of(face).contains("Emoji")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(runs: Option<Vec<Run>>) -> Option<String> {
        runs.map(|runs| runs.into_iter().map(|run| run.text).collect())
    }

    #[test]
    fn our_fonts_have_latin_cyrillic_and_greek() {
        let fonts = Fonts::bundled();
        for words in [
            "Ärgerliche Ñandú, œuvre – “naïve” 100 %",
            "Пятничный киноклуб, Ґанок",
            "Κινηματογραφική λέσχη",
            "Đêm phim",
        ] {
            assert_eq!(text(fonts.runs(words, TITLE)).as_deref(), Some(words));
            assert_eq!(fonts.runs(words, TITLE).unwrap().len(), 1);
        }
    }

    #[test]
    fn what_no_font_has_is_left_out_and_a_line_that_would_be_holes_is_none() {
        let fonts = Fonts::bundled();
        assert_eq!(text(fonts.runs("Movie night 🍿", TITLE)).as_deref(), Some("Movie night"));
        assert_eq!(text(fonts.runs("映画 and friends", TITLE)).as_deref(), Some("and friends"));
        assert_eq!(text(fonts.runs("One 🍿 two", TITLE)).as_deref(), Some("One two"));
        assert_eq!(fonts.runs("映画の夜", TITLE), None);
        assert_eq!(fonts.runs("🍿🍿", TITLE), None);
        assert_eq!(fonts.runs("", TITLE), None);
    }
}
