//! What a card shows: a room in words and buttons, without a word about any platform.

use engine::{
    command::Deed,
    media::Item,
    room::{RoomView, clock_text, schedule::Status},
    time::{Now, PlayTime, WallTime},
};

use super::Card;
use crate::{
    core::{Core, next_text, until},
    reply::{Action, Button, label, people},
    say,
    words::Locale,
};

/// What a room's card shows, in the language of its place.
pub fn card(view: &RoomView, now: Now, core: &Core, locale: Locale) -> Card {
    let link = core.invite_link(view);
    let blank = Card {
        room: view.id,
        locale,
        title: label(&view.settings.title),
        status: String::new(),
        lines: Vec::new(),
        buttons: vec![Button::open(locale, link.clone())],
        link,
        image: None,
        ends_at_wall_ms: None,
        opens_at_wall_ms: None,
        paused_at: None,
    };
    match (view.schedule.status, &view.current) {
        (Status::Live, Some(item)) => on(view, item, now, blank),
        (Status::Live, None) => {
            Card { status: say!(locale, "card-nothing"), lines: vec![say!(locale, "card-add-something")], ..blank }
        }
        (Status::Soon, _) => soon(view, blank),
        (Status::Ended | Status::Record | Status::Disabled, _) => Card { status: say!(locale, "card-ended"), ..blank },
    }
}

/// Something is on.
fn on(view: &RoomView, item: &Item, now: Now, blank: Card) -> Card {
    let locale = blank.locale;
    let media = &item.media;
    let playback = &view.playback;
    let at = view.position(now.play);
    let status = if playback.playing {
        let id = if media.live { "card-live" } else { "card-playing" };
        say!(locale, id, people = people(locale, view.watching()))
    } else if let Some(waiting) = playback.waiting {
        let when = until(locale, waiting);
        if at.0 > 0 {
            say!(locale, "card-starts-at", at = clock_text(at), when = when)
        } else {
            say!(locale, "card-starts", when = when)
        }
    } else {
        match media.duration {
            Some(length) => say!(locale, "card-paused-of", at = clock_text(at), length = clock_text(length)),
            None => say!(locale, "card-paused", at = clock_text(at)),
        }
    };
    let added = say!(locale, "card-added-by", name = item.added_by.name.to_string());
    let act = |action| Button::act(locale, action);
    let mut buttons = vec![act(if playback.playing { Action::Pause } else { Action::Play })];
    if !media.live {
        buttons.extend([act(Action::Back10), act(Action::Forward10)]);
    }
    buttons.extend([skip(locale, view), act(Action::Queue(0)), act(Action::Coming)]);
    buttons.extend(blank.buttons);
    Card {
        title: label(media.label()),
        status,
        lines: vec![format!("{added} {}", next_text(locale, view))],
        buttons,
        image: media.thumbnail.clone(),
        ends_at_wall_ms: item.ends().and_then(|end| playback.time_of(end)).map(|end| wall_second(end, now)),
        paused_at: (!playback.playing && playback.waiting.is_none()).then_some(at),
        ..blank
    }
}

/// It is not open yet.
fn soon(view: &RoomView, blank: Card) -> Card {
    let locale = blank.locale;
    let opens = view.schedule.start;
    let first = view.current.as_ref().or(view.queue.first());
    let mut lines = Vec::new();
    if let Some(item) = first {
        lines.push(say!(locale, "card-first-is", title = label(item.media.label())));
    }
    if !view.coming.is_empty() {
        lines.push(say!(locale, "card-coming", count = view.coming.len()));
    }
    let act = |action| Button::act(locale, action);
    let buttons = [act(Action::Coming), act(Action::Queue(0))].into_iter().chain(blank.buttons).collect();
    Card {
        status: say!(locale, if opens.is_some() { "card-opens" } else { "card-not-open" }),
        lines,
        buttons,
        image: first.and_then(|item| item.media.thumbnail.clone()),
        opens_at_wall_ms: opens.map(|WallTime(at)| at.div_euclid(1000) * 1000),
        ..blank
    }
}

/// The button to skip; with how many want it while that is voted on.
fn skip(locale: Locale, view: &RoomView) -> Button {
    let asked = view.proposals.values().find(|proposal| proposal.deed == Deed::Skip);
    match asked {
        Some(proposal) => {
            let (votes, _) = view.tally(proposal);
            let label = say!(locale, "card-skip-votes-of", votes = votes, needed = view.votes_needed());
            Button::Act { label, action: Action::Skip }
        }
        None => Button::act(locale, Action::Skip),
    }
}

/// A moment of the playback clock on the wall, in whole seconds. The distance of the two clocks is rounded by itself:
/// else the milliseconds in which it trembles would now and then make another second, and an equal card a new one.
fn wall_second(at: PlayTime, now: Now) -> i64 {
    let apart = (now.wall.0 - now.play.0 + 500).div_euclid(1000);
    (at.0.div_euclid(1000) + apart) * 1000
}
