//! What people do in a room, each in one plain line.

use engine::{
    event::{Cause, Event, EventKind, Verdict},
    ids::{ItemId, PersonId},
    room::{RoomView, clock_text, schedule::Status},
};

use crate::{
    core::{asks_words, factor, motion_words},
    reply::{Action, Button, label},
    say,
    words::Locale,
};

/// One line for a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Notice {
    /// What it says.
    pub text: String,
    /// Of several in a row with the same key the last one says it all.
    pub key: Option<(Flurry, PersonId)>,
    /// What can be pressed below it.
    pub buttons: Vec<Button>,
}

/// What people do again and again until it is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flurry {
    /// Seek.
    Seek,
    /// Change the speed.
    Rate,
    /// Move this item.
    Move(ItemId),
}

/// What an event is to those who read along; nothing where it is the room's own doing, or nobody's business.
pub(super) fn notice(event: &Event, before: &RoomView, after: &RoomView, locale: Locale) -> Option<Notice> {
    let name = event.by.as_ref().map(|by| by.name.to_string());
    let mut key = None;
    let mut buttons = Vec::new();
    let title = |item: ItemId| {
        let known = before.item(item).or_else(|| after.item(item));
        known.map(|item| label(item.media.label())).unwrap_or_default()
    };
    let person = event.by.as_ref().map(|by| by.person);
    // What the room does by itself is seen on the card; what it opens, ends and decides is told all the same.
    let text = match (&event.kind, name) {
        (EventKind::StatusChanged { status: Status::Live }, _) => say!(locale, "notice-opened"),
        (EventKind::StatusChanged { status: Status::Ended }, Some(name)) => {
            say!(locale, "notice-ended-by", name = name)
        }
        (EventKind::StatusChanged { status: Status::Ended }, None) => say!(locale, "notice-ended"),
        (EventKind::Decided { verdict: Verdict::Void, .. }, _) => return None,
        (EventKind::Decided { proposal, verdict }, _) => {
            let what = motion_words(locale, &before.proposals.get(proposal)?.deed, before);
            say!(locale, &format!("vote-{}", verdict.name()), what = what)
        }
        (_, None) => return None,
        (EventKind::Playback { playback, cause }, Some(name)) => {
            let at = clock_text(playback.position);
            let on = playback.item.map(title).filter(|title| !title.is_empty());
            match (cause, on) {
                (Cause::Pause, _) => say!(locale, "notice-paused", name = name, at = at),
                (Cause::Play, _) => say!(locale, "notice-played", name = name, at = at),
                (Cause::Seek, _) => {
                    key = Some(Flurry::Seek);
                    say!(locale, "notice-seeked", name = name, at = at)
                }
                (Cause::Skip, Some(title)) => say!(locale, "notice-skipped", name = name, title = title),
                (Cause::Skip, None) => say!(locale, "notice-skipped-last", name = name),
                (Cause::Back, Some(title)) => say!(locale, "notice-back", name = name, title = title),
                (Cause::Pick, Some(title)) => say!(locale, "notice-picked", name = name, title = title),
                (Cause::Rate, _) => {
                    key = Some(Flurry::Rate);
                    say!(locale, "notice-rate", name = name, rate = factor(playback.rate.factor()))
                }
                _ => return None,
            }
        }
        (EventKind::Added { items, .. }, Some(name)) => {
            let first = label(items.first()?.media.label());
            match items.len() {
                1 => say!(locale, "notice-added", name = name, title = first),
                count => say!(locale, "notice-added-many", name = name, title = first, count = count),
            }
        }
        (EventKind::Removed { item }, Some(name)) => say!(locale, "notice-removed", name = name, title = title(*item)),
        (EventKind::Moved { item, index }, Some(name)) => {
            key = Some(Flurry::Move(*item));
            say!(locale, "notice-moved", name = name, title = title(*item), number = index + 1)
        }
        (EventKind::Reordered { .. }, Some(name)) => say!(locale, "notice-shuffled", name = name),
        (EventKind::Cleared, Some(name)) => say!(locale, "notice-cleared", name = name),
        (EventKind::Unshelved { discarded: false }, Some(name)) => say!(locale, "notice-unshelved", name = name),
        (EventKind::Proposed { deed, .. }, Some(name)) => {
            if after.proposals.contains_key(&event.seq) {
                buttons = [true, false].map(|yes| Button::act(locale, Action::Ballot(event.seq, yes))).into();
            }
            asks_words(locale, &name, deed, before)
        }
        (EventKind::RoleChanged { name: whom, role, .. }, Some(name)) => {
            let role = say!(locale, &format!("choice-{}", role.name()));
            say!(locale, "notice-role", name = name, whom = whom.to_string(), role = role)
        }
        (EventKind::Kicked { name: whom, .. }, Some(name)) => {
            say!(locale, "notice-kicked", name = name, whom = whom.to_string())
        }
        (EventKind::Banned { name: whom, .. }, Some(name)) => {
            say!(locale, "notice-banned", name = name, whom = whom.to_string())
        }
        (EventKind::Unbanned { person }, Some(name)) => {
            let whom = before.bans.get(person)?.name.to_string();
            say!(locale, "notice-unbanned", name = name, whom = whom)
        }
        _ => return None,
    };
    if after.undo.iter().any(|known| known.seq == event.seq) {
        buttons.push(Button::act(locale, Action::Undo(event.seq)));
    }
    Some(Notice { text, key: key.zip(person), buttons })
}
