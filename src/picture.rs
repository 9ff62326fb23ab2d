//! The picture that chats show of a link: a room's title over the couch, 1200 × 630, drawn here.
//!
//! An SVG with text in it, drawn by resvg with fonts of our own; see [`fonts`] for letters that these do not have. A drawing
//! takes a processor for a while, so one is made at a time, apart from the threads that answer, and the last ones are kept.

mod fonts;
mod line;

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::body::Bytes;
use engine::{
    people,
    refusal::{Code, Fault, No},
};
use moka::sync::Cache;
use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::Tree,
};
use tokio::sync::Semaphore;

use self::{
    fonts::{Fonts, TEXT, TITLE},
    line::{broken, fitted},
};

/// How wide a picture is, in pixels.
pub const WIDTH: u32 = 1200;
/// How high, in pixels.
pub const HEIGHT: u32 = 630;

/// How much memory the last pictures take at most, in bytes.
const KEPT: u64 = 16 * 1024 * 1024;
/// How long a picture is kept.
const KEPT_FOR: Duration = Duration::from_hours(1);
/// How long to wait for a turn.
const PATIENCE: Duration = Duration::from_secs(8);
/// How wide the words may be, in pixels: beside the couch.
const ROOM: f32 = 600.0;
/// Where they begin.
const LEFT: f32 = 64.0;

const CARD: &str = include_str!("picture/card.svg");
const HOLE: &str = "<!--words-->";

/// What stands on a picture.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Words {
    /// A small line above.
    pub above: String,
    /// The large line.
    pub title: String,
    /// A small line below.
    pub below: String,
}

impl Words {
    /// What stands there where nothing may be told of the room, or nothing can be drawn of its title.
    pub fn of_any_room() -> Self {
        Self {
            above: "You are invited to".to_owned(),
            title: "Watch together".to_owned(),
            below: "One link, everybody on the same frame".to_owned(),
        }
    }

    /// A short name of this picture: another where other words stand on it. Part of its address, for whoever keeps pictures
    /// by their addresses.
    pub fn name(&self) -> String {
        let mut name = people::hash(&format!("{}\n{}\n{}", self.above, self.title, self.below));
        name.truncate(12);
        name
    }
}

/// Draws pictures, and keeps the last ones.
#[derive(Clone)]
pub struct Painter {
    /// Loaded for the first picture.
    fonts: Arc<OnceLock<Fonts>>,
    kept: Cache<Words, Bytes>,
    /// Who draws.
    turn: Arc<Semaphore>,
    /// How long to wait for that.
    patience: Duration,
}

impl Default for Painter {
    fn default() -> Self {
        let weight = |_: &Words, picture: &Bytes| u32::try_from(picture.len()).unwrap_or(u32::MAX);
        Self {
            fonts: Arc::default(),
            kept: Cache::builder().weigher(weight).max_capacity(KEPT).time_to_live(KEPT_FOR).build(),
            turn: Arc::new(Semaphore::new(1)),
            patience: PATIENCE,
        }
    }
}

impl Painter {
    /// The picture with these words, as PNG. Refuses with `busy` where too many are being drawn.
    pub async fn draw(&self, words: Words) -> Result<Bytes, No> {
        if let Some(picture) = self.kept.get(&words) {
            return Ok(picture);
        }
        let turn = tokio::time::timeout(self.patience, self.turn.clone().acquire_owned()).await;
        let Ok(Ok(turn)) = turn else { return Err(Code::Busy.into()) };
        // Whoever waited may have waited for just this one.
        if let Some(picture) = self.kept.get(&words) {
            return Ok(picture);
        }
        let painter = self.clone();
        let drawing = tokio::task::spawn_blocking(move || {
            // Kept until the end, also where nobody waits for the picture any more.
            let _turn = turn;
            let picture = Bytes::from(png(painter.fonts.get_or_init(Fonts::load), &words)?);
            painter.kept.insert(words, picture.clone());
            Ok(picture)
        });
        drawing.await.map_err(|panic| Fault::new(format!("a picture could not be drawn: {panic}")))?
    }
}

/// Draws.
fn png(fonts: &Fonts, words: &Words) -> Result<Vec<u8>, No> {
    let fault = |why: &dyn std::fmt::Display| Fault::new(format!("a picture could not be drawn: {why}"));
    let svg = CARD.replacen(HOLE, &lines(fonts, words), 1);
    let tree = Tree::from_str(&svg, &fonts.options()).map_err(|error| fault(&error))?;
    let mut canvas = Pixmap::new(WIDTH, HEIGHT).ok_or_else(|| fault(&"no canvas"))?;
    resvg::render(&tree, Transform::identity(), &mut canvas.as_mut());
    Ok(canvas.encode_png().map_err(|error| fault(&error))?)
}

/// The three lines: the title as large as it fits, the others around it.
fn lines(fonts: &Fonts, words: &Words) -> String {
    const SMALL: f32 = 30.0;
    let title = broken(fonts, &words.title, TITLE, &[80.0, 66.0, 56.0, 48.0], ROOM);
    // A title in letters that this machine cannot draw: better the words of any room than a picture without any.
    let title = title.or_else(|| broken(fonts, &Words::of_any_room().title, TITLE, &[80.0], ROOM)).unwrap_or_default();
    let mut svg = String::new();
    // From the bottom upwards.
    let mut baseline = 564.0;
    if let Some(below) = fitted(fonts, &words.below, TEXT, SMALL, ROOM) {
        svg.push_str(&below.svg(LEFT, baseline, "#f1efec"));
        baseline -= 56.0;
    }
    for (index, line) in title.iter().rev().enumerate() {
        if index > 0 {
            baseline -= 1.06 * line.size();
        }
        svg.push_str(&line.svg(LEFT - 3.0, baseline, "#fff"));
    }
    if let Some(above) = fitted(fonts, &words.above, TEXT, SMALL, ROOM) {
        // Over its capitals.
        baseline -= title.first().map_or(0.0, |line| 0.74 * line.size() + 24.0);
        svg.push_str(&above.svg(LEFT, baseline, "#ece7df"));
    }
    svg
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(title: &str) -> Words {
        Words { title: title.to_owned(), ..Words::of_any_room() }
    }

    #[tokio::test]
    async fn a_picture_is_a_png_of_the_size_that_chats_want_and_is_drawn_once() {
        let painter = Painter::default();
        let first = painter.draw(words("Friday film club")).await.unwrap();
        assert!(first.starts_with(b"\x89PNG\r\n\x1a\n"));
        let size = |at: usize| u32::from_be_bytes(first[at..at + 4].try_into().unwrap());
        assert_eq!((size(16), size(20)), (WIDTH, HEIGHT));
        assert!(first.len() < 1_000_000, "{} bytes", first.len());
        let again = painter.draw(words("Friday film club")).await.unwrap();
        assert_eq!(first.as_ptr(), again.as_ptr(), "drawn twice");
        assert_ne!(first, painter.draw(words("Saturday film club")).await.unwrap());
    }

    #[tokio::test]
    async fn who_waits_too_long_for_a_turn_is_told_so() {
        let painter = Painter { patience: Duration::ZERO, ..Painter::default() };
        let _held = painter.turn.clone().acquire_owned().await.unwrap();
        assert_eq!(painter.draw(words("Friday")).await, Err(Code::Busy.into()));
    }

    #[test]
    fn no_title_breaks_the_drawing() {
        let fonts = Fonts::load();
        let bare = png(&fonts, &words("Watch together")).unwrap();
        let titles = [
            "",
            "\u{0}",
            "<script>",
            "&amp;</svg>",
            "ליל הסרטים של יום שישי",
            "ليلة الأفلام",
            "\u{202e}abc",
            "🍿",
            "a\u{301}\u{302}\u{303}",
        ];
        for title in titles.iter().map(ToString::to_string).chain([String::from("W").repeat(5_000)]) {
            assert!(png(&fonts, &words(&title)).unwrap().len() > bare.len() / 2, "{title:.20}");
        }
    }
}
