//! What deeds are in words: for answers, votes and notices alike.

use engine::{
    command::{Deed, SeekTo},
    ids::ItemId,
    room::{RoomView, clock_text},
    time::Millis,
};

use crate::{reply::label, say, words::Locale};

/// What a deed is, as a heading: "Skip", "Go to 7:30".
pub(crate) fn motion_words(locale: Locale, deed: &Deed, view: &RoomView) -> String {
    words(locale, "motion", deed, view, "")
}

/// The same, as what somebody asks for: "Ana asks to go to 7:30."
pub(crate) fn asks_words(locale: Locale, name: &str, deed: &Deed, view: &RoomView) -> String {
    words(locale, "asks", deed, view, name)
}

fn words(locale: Locale, family: &str, deed: &Deed, view: &RoomView, name: &str) -> String {
    let title = |item: &ItemId| view.item(*item).map(|item| label(item.media.label())).unwrap_or_default();
    let (kind, what) = match deed {
        Deed::Play { .. } => ("play", String::new()),
        Deed::Pause => ("pause", String::new()),
        Deed::Skip => ("skip", String::new()),
        Deed::Back => ("back", String::new()),
        Deed::Seek { to: SeekTo::At(at) } => ("seek", clock_text(*at)),
        Deed::Seek { to: SeekTo::By(by) } if by.0 < 0 => ("rewind", clock_text(Millis(by.0.saturating_neg()))),
        Deed::Seek { to: SeekTo::By(by) } => ("forward", clock_text(*by)),
        Deed::Seek { to: SeekTo::Fraction(part) } => ("seek", format!("{}%", factor(f64::from(*part) / 1000.0))),
        Deed::SetRate { rate } => ("speed", factor(rate.factor())),
        Deed::Pick { item, .. } => ("pick", title(item)),
        Deed::Remove { item } => ("remove", title(item)),
        Deed::Shuffle { .. } => ("shuffle", String::new()),
        Deed::Clear => ("clear", String::new()),
    };
    say!(locale, &format!("{family}-{kind}"), name = name, what = what)
}

/// A speed as people read it: 1, 1.5, 0.75.
pub(crate) fn factor(factor: f64) -> String {
    let text = format!("{factor:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
