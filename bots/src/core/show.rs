//! What is only looked at.

use engine::{
    event::EventKind,
    ids::RoomId,
    media::Item,
    refusal::{Code, Refusal},
    room::{QueueMode, RoomView, Visibility, clock_text},
    time::Millis,
};

use super::{
    Answer, Asker, Core, about,
    queue::{named, starts_in},
    span, until,
};
use crate::{
    reply::{Action, Button, Choice, Reply, label, people, shortened},
    say, words,
    words::Locale,
};

/// How many entries of the queue a page of an answer shows: what a message may hold is more, what people read is less.
pub(super) const QUEUE_SHOWN: usize = 15;
/// How many characters a choice may have.
pub(super) const CHOICE_LABEL: usize = 100;
/// How many entries of the past an answer shows at most.
const HISTORY_SHOWN: usize = 50;

impl Core {
    pub(super) async fn now(&self, asker: &Asker) -> Answer {
        let view = self.seen(asker).await?;
        let buttons = vec![self.open(asker.locale, &view)];
        Ok(Reply { buttons, ..about(view.id, self.now_text(asker.locale, &view)) })
    }

    pub(super) async fn invite(&self, asker: &Asker) -> Answer {
        let view = self.seen(asker).await?;
        let buttons = vec![self.open(asker.locale, &view)];
        let link = say!(asker.locale, "come-and-watch", link = self.invite_link(&view));
        let alone = view.settings.visibility != Visibility::Private || view.settings.password.is_some();
        // To a private room the code is no way in.
        let code = alone.then(|| say!(asker.locale, "or-the-code", code = &*view.code));
        let text = std::iter::once(link).chain(code).collect::<Vec<_>>().join("\n");
        Ok(Reply { buttons, ..about(view.id, text) })
    }

    /// One page of the queue.
    pub(super) async fn queue_list(&self, asker: &Asker, page: u16) -> Answer {
        let view = self.seen(asker).await?;
        let first = usize::from(page) * QUEUE_SHOWN;
        // A page that is not there any more: the queue went on since the button was shown.
        let first = if first < view.queue.len() { first } else { 0 };
        let mut reply = about(view.id, self.queue_text(asker.locale, &view, first));
        let shown = view.queue.iter().enumerate().skip(first).take(QUEUE_SHOWN);
        reply.choices = shown.map(|(index, item)| choice(view.id, index, item)).collect();
        if view.queue.len() > first + QUEUE_SHOWN {
            let next = u16::try_from(first / QUEUE_SHOWN + 1).unwrap_or(u16::MAX);
            reply.buttons.push(Button::act(asker.locale, Action::Queue(next)));
        }
        Ok(reply)
    }

    pub(super) async fn history(&self, asker: &Asker, count: usize) -> Answer {
        let view = self.seen(asker).await?;
        let played = self.engine.rooms.history(view.id, None, count.clamp(1, HISTORY_SHOWN)).await?;
        let now = self.engine.clock.now().wall;
        let mut lines = Vec::new();
        for event in &played {
            let EventKind::Played(played) = &event.kind else { continue };
            let (title, name) = (named(&played.item), played.item.added_by.name.to_string());
            let since = now - event.at;
            let line = if since < Millis::seconds(60) {
                say!(asker.locale, "history-line-now", title = title, name = name)
            } else {
                let time = span(asker.locale, since);
                say!(asker.locale, "history-line", title = title, name = name, time = time)
            };
            lines.push(format!("{}. {line}", lines.len() + 1));
        }
        if lines.is_empty() {
            lines.push(say!(asker.locale, "history-none"));
        }
        Ok(Reply { private: true, ..about(view.id, lines.join("\n")) })
    }

    fn queue_text(&self, locale: Locale, view: &RoomView, first: usize) -> String {
        let now = self.engine.clock.play_time();
        let mut lines = Vec::new();
        if let Some(item) = view.current.as_ref().filter(|_| first == 0) {
            lines.push(say!(locale, "now-playing", title = label(item.media.label())));
        }
        if view.queue.is_empty() {
            lines.push(words::refusal(locale, &Refusal::new(Code::QueueEmpty)));
        }
        for (index, item) in view.queue.iter().enumerate().skip(first).take(QUEUE_SHOWN) {
            let name = item.added_by.name.to_string();
            let mut line = say!(locale, "queue-line", title = named(item), name = name);
            if view.settings.queue_mode == QueueMode::Vote {
                line = format!("{line}, {}", say!(locale, "queue-votes", count = view.votes_for(item.id)));
            }
            if let Some(ahead) = starts_in(view, index, now) {
                line = format!("{line}, {}", say!(locale, "queue-in", time = span(locale, ahead)));
            }
            lines.push(format!("{}. {line}", index + 1));
        }
        let shown = first + QUEUE_SHOWN;
        if view.queue.len() > shown {
            lines.push(say!(locale, "and-more", count = view.queue.len() - shown));
        }
        lines.join("\n")
    }

    fn now_text(&self, locale: Locale, view: &RoomView) -> String {
        let Some(item) = &view.current else {
            return words::refusal(locale, &Refusal::new(Code::NothingPlaying));
        };
        let at = clock_text(view.position(self.engine.clock.play_time()));
        let at = match item.media.duration {
            _ if item.media.live => say!(locale, "at-live"),
            Some(length) => say!(locale, "at-of", at = at, length = clock_text(length)),
            None => say!(locale, "at", at = at),
        };
        let state = match (view.playback.playing, view.playback.waiting) {
            (true, _) => say!(locale, "now-playing-for", people = people(locale, view.watching()), at = at),
            (false, Some(waiting)) => say!(locale, "now-starts", when = until(locale, waiting), at = at),
            (false, None) => say!(locale, "now-paused", at = at),
        };
        format!("{}\n{state}\n{}", label(item.media.label()), next_text(locale, view))
    }
}

/// What comes next, in a sentence.
pub(crate) fn next_text(locale: Locale, view: &RoomView) -> String {
    match view.queue.first() {
        Some(next) => say!(locale, "next-is", title = label(next.media.label()), count = view.queue.len()),
        None => say!(locale, "nothing-next"),
    }
}

/// A queued item to be played now.
fn choice(room: RoomId, index: usize, item: &Item) -> Choice {
    let label = shortened(&format!("{}. {}", index + 1, item.media.label()), CHOICE_LABEL);
    Choice { label, value: Action::Pick(item.id).data(room) }
}
