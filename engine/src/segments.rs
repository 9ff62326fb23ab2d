//! Parts of videos that a room may skip: made fit to act on.

use crate::{media::Segment, time::Millis};

/// How far behind the end of a video a part may end: those who mark parts round.
const ROUNDING: Millis = Millis(2_000);

/// The parts that can be: not before the beginning, with a length, and within the video where its length is known. What ends
/// a little behind the video's end ends with it.
pub fn possible(parts: Vec<Segment>, duration: Option<Millis>) -> Vec<Segment> {
    let within = |mut part: Segment| {
        if let Some(duration) = duration {
            if part.end > duration + ROUNDING {
                return None;
            }
            part.end = part.end.min(duration);
        }
        (part.start >= Millis::ZERO && part.end > part.start).then_some(part)
    };
    parts.into_iter().filter_map(within).collect()
}

/// The same parts in order, each two that overlap or touch made one: a room that skips one skips both, in one jump. The one
/// is called what the longest in it is.
pub fn merged(mut parts: Vec<Segment>) -> Vec<Segment> {
    parts.sort_by_key(|part| (part.start, part.end));
    let mut merged: Vec<Segment> = Vec::with_capacity(parts.len());
    let mut longest = Millis::ZERO;
    for part in parts {
        let length = Millis(part.end.0.saturating_sub(part.start.0));
        match merged.last_mut() {
            Some(last) if part.start <= last.end => {
                last.end = last.end.max(part.end);
                if length > longest {
                    last.category = part.category;
                    longest = length;
                }
            }
            _ => {
                merged.push(part);
                longest = length;
            }
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::Category;

    fn part(start: i64, end: i64, category: Category) -> Segment {
        Segment { start: Millis(start), end: Millis(end), category }
    }

    #[test]
    fn parts_that_overlap_are_skipped_in_one_jump() {
        let parts = vec![
            part(50, 60, Category::Outro),
            part(10, 20, Category::Intro),
            part(12, 14, Category::Preview),
            part(20, 45, Category::Sponsor),
            part(70, 80, Category::Outro),
        ];
        assert_eq!(
            merged(parts),
            [part(10, 45, Category::Sponsor), part(50, 60, Category::Outro), part(70, 80, Category::Outro)]
        );
    }

    #[test]
    fn a_part_that_cannot_be_is_none() {
        let parts = vec![
            part(-5, 10, Category::Intro),
            part(10, 10, Category::Intro),
            part(20, 10, Category::Intro),
            part(0, 10, Category::Intro),
            part(90_000, 101_000, Category::Outro),
            part(90_000, 103_000, Category::Outro),
            part(100_500, 101_000, Category::Outro),
        ];
        let kept = possible(parts.clone(), Some(Millis(100_000)));
        assert_eq!(kept, [part(0, 10, Category::Intro), part(90_000, 100_000, Category::Outro)]);
        assert_eq!(possible(parts, None).len(), 4);
    }
}
