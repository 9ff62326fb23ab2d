//! Finishes what somebody types, from what is at hand: nobody waits for it longer than for a key.

use std::collections::BTreeSet;

use engine::{
    media::Item,
    refusal::No,
    room::{RoomView, clock_text},
    time::Millis,
};

use super::{Asker, Core, people, schedule, settings, show::CHOICE_LABEL, span};
use crate::{
    ask::Until,
    commands::{self, Kind},
    grammar,
    reply::{Choice, shortened},
    say,
    words::Locale,
};

/// How many choices are offered: as many as Discord shows.
pub const CHOICES: usize = 25;
/// How long what is chosen may be, in bytes: Discord's limit.
const VALUE_LIMIT: usize = 100;

impl Core {
    /// What an option of this kind can be, given what is typed of it so far: at most [`CHOICES`]. `given` are the options
    /// before it, by name, as far as they are typed: what a setting can be set to depends on which it is.
    pub async fn complete(&self, asker: &Asker, kind: Kind, typed: &str, given: &[(&str, &str)]) -> Vec<Choice> {
        // Whoever may not see the room is offered nothing, and a failure is said when the command is sent.
        let all = match self.here(asker).await {
            Ok(here) => self.offers(&here, kind, typed.trim(), given).await.unwrap_or_default(),
            Err(_) => Vec::new(),
        };
        fitting(all, typed.trim())
    }

    async fn offers(&self, asker: &Asker, kind: Kind, typed: &str, given: &[(&str, &str)]) -> Result<Vec<Choice>, No> {
        let locale = asker.locale;
        Ok(match kind {
            Kind::Text(_) | Kind::Number(_) => Vec::new(),
            Kind::Link => titles(&*self.seen(asker).await?),
            Kind::Item => items(&*self.seen(asker).await?),
            Kind::Time => times(locale, &*self.seen(asker).await?),
            Kind::Person => {
                let known = people::people(&*self.seen(asker).await?);
                known.into_iter().map(|(id, name)| choice(&name, id.to_string())).collect()
            }
            Kind::Ballot => {
                let words = ["skip", "pause", "play", "back", "shuffle", "clear", "yes", "no"].map(plain);
                words.into_iter().chain(numbers(&*self.seen(asker).await?)).collect()
            }
            Kind::Playlist => {
                let all = self.playlists(asker).await?.into_iter().flatten();
                all.map(|playlist| choice(&playlist.name, playlist.id.to_string())).collect()
            }
            Kind::Length => ["10s", "30s", "1m", "5m", "10m", "1h", "1d", "7d"].map(plain).into(),
            Kind::Speed => ["0.5", "0.75", "1", "1.25", "1.5", "1.75", "2"].map(plain).into(),
            Kind::OneOf(words) => {
                let named = |word: &&str| choice(&say!(locale, &format!("choice-{word}")), (*word).to_owned());
                words.iter().map(named).collect()
            }
            Kind::Command => {
                let all = commands::typed().into_iter();
                all.map(|known| {
                    let name = known.path.split(' ').next().unwrap_or_default().to_owned();
                    choice(&format!("/{}: {}", known.path, known.description(locale)), name)
                })
                .collect()
            }
            Kind::Setting => {
                let place = self.tied(asker).await?;
                let view = self.seen(asker).await?;
                self.shown_settings(asker, &view, place.as_ref()).await?
            }
            Kind::Value => {
                let name = given.iter().find(|(option, _)| *option == "setting").map(|(_, name)| *name);
                settings::values(locale, name.unwrap_or_default())
            }
            Kind::Moment => self.moments(asker, typed).await?,
        })
    }

    /// Moments, with when they are: what is typed first, if it is one.
    async fn moments(&self, asker: &Asker, typed: &str) -> Result<Vec<Choice>, No> {
        let zone = schedule::zone(self.tied(asker).await?.as_ref());
        let now = self.engine.clock.now().wall;
        let mut seen = BTreeSet::new();
        let mut all = Vec::new();
        let common = ["in 30m", "in 1h", "in 2h", "20:00", "20:30", "21:00", "tomorrow 20:00", "tomorrow 20:30"];
        for text in std::iter::once(typed).chain(common).filter(|text| !text.is_empty() && seen.insert(*text)) {
            let Ok(Until::At(when)) = grammar::until(text) else { continue };
            let Ok(at) = schedule::moment(when, now, &zone) else { continue };
            let (at, time) = (schedule::at_text(at, now, &zone), span(asker.locale, at - now));
            all.push(choice(&say!(asker.locale, "moment-choice", input = text, at = at, time = time), text.to_owned()));
        }
        Ok(all)
    }
}

/// Those that fit what is typed: what begins so before what has it somewhere, each value once, within the platforms' limits.
fn fitting(all: Vec<Choice>, typed: &str) -> Vec<Choice> {
    let typed = typed.to_lowercase();
    let rank = |known: &Choice| {
        let (label, value) = (known.label.to_lowercase(), known.value.to_lowercase());
        if label.starts_with(&typed) || value.starts_with(&typed) {
            Some(0)
        } else if label.split(|c: char| !c.is_alphanumeric()).any(|word| word.starts_with(&typed)) {
            Some(1)
        } else {
            label.contains(&typed).then_some(2)
        }
    };
    let mut ranked: Vec<_> = all.into_iter().filter_map(|known| Some((rank(&known)?, known))).collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    let mut seen = BTreeSet::new();
    let fits = |known: &Choice| !known.label.is_empty() && !known.value.is_empty() && known.value.len() <= VALUE_LIMIT;
    let fit = ranked.into_iter().map(|(_, known)| known).filter(fits).filter(|known| seen.insert(known.value.clone()));
    fit.take(CHOICES).collect()
}

pub(super) fn choice(label: &str, value: String) -> Choice {
    Choice { label: shortened(label, CHOICE_LABEL), value }
}

pub(super) fn plain(word: &str) -> Choice {
    choice(word, word.to_owned())
}

/// What is queued, by its identity: a number may mean another item when the command comes.
fn items(view: &RoomView) -> Vec<Choice> {
    let queue = view.queue.iter().enumerate();
    queue.map(|(index, item)| choice(&numbered(index, item), item.id.to_string())).collect()
}

/// The same by number, for where a line of words is typed.
fn numbers(view: &RoomView) -> Vec<Choice> {
    let queue = view.queue.iter().enumerate();
    queue.map(|(index, item)| choice(&numbered(index, item), (index + 1).to_string())).collect()
}

fn numbered(index: usize, item: &Item) -> String {
    format!("{}. {}", index + 1, item.media.label())
}

/// What was on lately, to have it again.
fn titles(view: &RoomView) -> Vec<Choice> {
    let played = view.played.iter().rev().map(|played| &played.item);
    let all = played.chain(&view.current).chain(view.queue.iter());
    all.map(|item| choice(item.media.label(), item.media.url.clone())).collect()
}

/// Places in what is on: behind its parts, and its quarters.
fn times(locale: Locale, view: &RoomView) -> Vec<Choice> {
    let Some(item) = view.current.as_deref().filter(|item| !item.media.live) else { return Vec::new() };
    let mut all = Vec::new();
    for part in item.segments.iter() {
        let (at, what) = (clock_text(part.end), say!(locale, &format!("choice-{}", part.category.name())));
        all.push(choice(&say!(locale, "after-part", what = what, at = &at), at));
    }
    if let Some(length) = item.media.duration {
        for percent in [25, 50, 75] {
            let at = clock_text(Millis(length.0 / 100 * percent));
            all.push(choice(&format!("{percent}% ({at})"), format!("{percent}%")));
        }
    }
    all
}
