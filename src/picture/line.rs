//! A line of text as wide as it may be: measured, shortened, or broken in two.

use resvg::usvg::Tree;

use super::fonts::{Face, Fonts, RIGHT_TO_LEFT, Run};
use crate::http::pages::escape;

/// A line, and what it takes to draw it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    runs: Vec<Run>,
    /// Height of the letters, in pixels.
    size: f32,
}

/// Space between letters, as a part of their size: large letters stand closer together.
fn spacing(size: f32) -> f32 {
    if size > 48.0 { -0.018 * size } else { 0.0 }
}

impl Line {
    /// The text in this size; nothing where the fonts do not have it.
    pub(super) fn new(fonts: &Fonts, text: &str, face: Face, size: f32) -> Option<Self> {
        let mut text = one_line(text);
        if is_right_to_left(&text) {
            // The library reads every line from the left: so marks and ellipses at the ends stay on their side.
            text = format!("{RIGHT_TO_LEFT}{text}{RIGHT_TO_LEFT}");
        }
        Some(Self { runs: fonts.runs(&text, face)?, size })
    }

    /// The markup that draws it, its baseline beginning at `x`, `y`.
    pub(super) fn svg(&self, x: f32, y: f32, colour: &str) -> String {
        let (size, spacing) = (self.size, spacing(self.size));
        let mut svg = format!(
            r#"<text x="{x}" y="{y}" font-size="{size}" letter-spacing="{spacing}" fill="{colour}" xml:space="preserve">"#
        );
        for Run { family, weight, text } in &self.runs {
            let (family, text) = (escape(family), escape(text));
            svg.push_str(&format!(r#"<tspan font-family="'{family}'" font-weight="{weight}">{text}</tspan>"#));
        }
        svg.push_str("</text>");
        svg
    }

    /// Height of the letters, in pixels.
    pub(super) fn size(&self) -> f32 {
        self.size
    }

    /// How wide it is, in pixels.
    pub(super) fn width(&self, fonts: &Fonts) -> f32 {
        let svg = format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10">{}</svg>"#,
            self.svg(0.0, 0.0, "#000")
        );
        Tree::from_str(&svg, &fonts.options()).map_or(0.0, |tree| tree.root().abs_bounding_box().width())
    }
}

/// The longest beginning of a text that fits, with an ellipsis where it is not all of it.
pub(super) fn fitted(fonts: &Fonts, text: &str, face: Face, size: f32, room: f32) -> Option<Line> {
    let whole = Line::new(fonts, text, face, size)?;
    if whole.width(fonts) <= room {
        return Some(whole);
    }
    let text = one_line(text);
    let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    let cut = |letters: usize| {
        let end = ends.get(letters).copied().unwrap_or(text.len());
        let (kept, rest) = text.split_at(end);
        // Rather between words than within one, unless that leaves little.
        let between = kept.rfind(' ').filter(|at| !rest.starts_with(' ') && at * 2 > kept.len());
        let kept = between.map_or(kept, |at| kept.get(..at).unwrap_or(kept));
        let kept = kept.trim_end_matches(|c: char| !c.is_alphanumeric());
        Line::new(fonts, &format!("{kept}…"), face, size)
    };
    // Wider with each letter, near enough: the widest that fits is found by halves.
    let (mut fits, mut wide) = (0, ends.len());
    while wide - fits > 1 {
        let middle = fits.midpoint(wide);
        let narrow = cut(middle).is_none_or(|line| line.width(fonts) <= room);
        (fits, wide) = if narrow { (middle, wide) } else { (fits, middle) };
    }
    cut(fits)
}

/// A text on one line or two, in the first of these sizes in which it fits; in the last one shortened.
pub(super) fn broken(fonts: &Fonts, text: &str, face: Face, sizes: &[f32], room: f32) -> Option<Vec<Line>> {
    let (first, others) = sizes.split_first()?;
    let whole = Line::new(fonts, text, face, *first)?;
    if whole.width(fonts) <= room {
        return Some(vec![whole]);
    }
    let text = one_line(text);
    for size in others {
        let fits = |part: &str| Line::new(fonts, part, face, *size).is_some_and(|line| line.width(fonts) <= room);
        if fits(&text) {
            return Line::new(fonts, &text, face, *size).map(|line| vec![line]);
        }
        // The latest break after which the first line still fits.
        let mut breaks = text.match_indices(' ').map(|(at, _)| at).filter(|at| fits(text.get(..*at).unwrap_or("")));
        let Some(at) = breaks.next_back() else { continue };
        let (above, below) = text.split_at(at);
        if fits(below.trim()) || Some(size) == others.last() {
            let above = Line::new(fonts, above, face, *size)?;
            let below = fitted(fonts, below.trim(), face, *size, room);
            return Some(std::iter::once(above).chain(below).collect());
        }
    }
    let last = sizes.last().copied().unwrap_or(*first);
    Some(vec![fitted(fonts, &text, face, last, room)?])
}

/// Without line breaks and other control characters, and with single spaces.
fn one_line(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a text begins in Hebrew, Arabic, or another script of their direction.
fn is_right_to_left(text: &str) -> bool {
    let first = text.chars().find(|letter| letter.is_alphabetic());
    first.is_some_and(
        |letter| matches!(letter, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}'),
    )
}

#[cfg(test)]
mod tests {
    use super::{super::fonts::TITLE, *};

    fn words(line: &Line) -> String {
        line.runs.iter().map(|run| run.text.as_str()).collect()
    }

    #[test]
    fn a_line_is_cut_where_it_would_not_fit_and_says_so() {
        let fonts = Fonts::bundled();
        let short = fitted(&fonts, "Friday film club", TITLE, 80.0, 640.0).unwrap();
        assert_eq!(words(&short), "Friday film club");
        let long = fitted(&fonts, &"Friday film club ".repeat(20), TITLE, 80.0, 640.0).unwrap();
        assert!(words(&long).starts_with("Friday film") && words(&long).ends_with('…'), "{}", words(&long));
        assert!((400.0..=640.0).contains(&long.width(&fonts)), "{}", long.width(&fonts));
        assert!(
            ["Friday", "film", "club"].contains(&words(&long).trim_end_matches('…').split(' ').next_back().unwrap())
        );
        // Width counts, not letters.
        let narrow = fitted(&fonts, &"i".repeat(200), TITLE, 80.0, 640.0).unwrap();
        let wide = fitted(&fonts, &"W".repeat(200), TITLE, 80.0, 640.0).unwrap();
        assert!(words(&narrow).len() > 2 * words(&wide).len());
    }

    #[test]
    fn a_long_title_takes_two_lines_and_then_gets_smaller() {
        let fonts = Fonts::bundled();
        let lines = |text: &str| broken(&fonts, text, TITLE, &[80.0, 60.0, 48.0], 620.0).unwrap();
        assert_eq!(lines("Friday film club").len(), 1);
        let two = lines("The very long evenings of the neighbours");
        assert_eq!(two.len(), 2);
        assert!(two.iter().all(|line| line.width(&fonts) <= 620.0));
        let endless = lines(&"Donaudampfschifffahrt".repeat(20));
        assert_eq!(endless.len(), 1);
        assert!(words(&endless[0]).ends_with('…'));
        let cut = lines(&"word ".repeat(60));
        assert!(cut.len() == 2 && words(&cut[1]).ends_with('…'));
    }

    #[test]
    fn markup_in_a_title_is_text() {
        let fonts = Fonts::bundled();
        let line = Line::new(&fonts, "</text><image href=\"x\"/> & 'so'\u{0}\n on", TITLE, 40.0).unwrap();
        let svg = line.svg(0.0, 0.0, "#fff");
        assert!(svg.contains("&lt;/text&gt;&lt;image href=&quot;x&quot;/&gt; &amp; 'so' on"), "{svg}");
        assert!(line.width(&fonts) > 100.0);
    }
}
