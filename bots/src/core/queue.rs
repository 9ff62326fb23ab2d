//! What comes next: queueing, and changing the queue.

use std::sync::Arc;

use engine::{
    command::{Command, Spot},
    event::EventKind,
    ids::ItemId,
    intake::{Found, Wish},
    limits::Rule,
    lists,
    media::{Item, Media},
    refusal::{Code, No, Refusal},
    room::{
        Changes, Permission, QueueMode, RoomView, Status, Waiting, clock_text, may_add, roles, settings::TITLE_LIMIT,
    },
    rooms::{Done, NewRoom},
    text,
    time::{Millis, PlayTime},
};

use super::{Answer, Asker, Core, about, span, until};
use crate::{
    ask::{ItemRef, When},
    reply::{Action, Button, File, Reply, label, shortened},
    say, words,
    words::Locale,
};
/// How many links that were left out are named one by one.
const LEFT_OUT_SHOWN: usize = 3;

/// What is wanted beside the links.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    /// How the queue is ordered from now on.
    pub(super) mode: Option<QueueMode>,
    /// What the room is called from now on.
    pub(super) title: Option<String>,
    /// When the room opens.
    pub(super) when: Option<When>,
    /// All of the list that a link is part of.
    pub(super) whole_list: bool,
}

/// What was left out of many links: its place among them, and why.
type LeftOut = Vec<(usize, Refusal)>;

impl Core {
    /// Queues links, in a room that is made now where a chat has none: a link that cannot be watched makes no room.
    pub(super) async fn queue(&self, asker: &Asker, links: &str, spot: Spot, wanted: Wanted) -> Answer {
        let standing = self.standing(asker).await?;
        if let Some(view) = &standing {
            may_add(view, &asker.actor)?;
        }
        let wishes = wishes(links, wanted.whole_list);
        let pasted: Vec<String> = wishes.iter().map(|wish| wish.link.clone()).collect();
        let (found, left_out) = self.look(asker, wishes).await?;
        let room = match standing {
            Some(view) => view.id,
            None => self.new_room(asker).await?,
        };
        let here = Asker { room: Some(room), ..asker.clone() };
        // Before the link, so that the film waits for an hour that is still to come.
        let notes = self.set_wanted(&here, wanted).await?;
        let queued = self.engine.intake.add(room, &here.actor, found, spot).await?;
        let (locale, view) = (asker.locale, &queued.done.view);
        let added = added(&queued.done);
        let mut text = vec![if added > 1 {
            many_text(locale, view, queued.item, added)
        } else {
            queued_text(locale, view, queued.item, self.engine.clock.play_time())
        }];
        text.extend(left_out_text(locale, &pasted, &left_out));
        text.extend(notes);
        let mut buttons = vec![self.open(locale, view)];
        // One too many is taken out by its number; a whole list is not.
        buttons.extend(super::undo(locale, &queued.done).filter(|_| added > 1));
        Ok(Reply { buttons, ..about(room, text.join("\n")) })
    }

    async fn look(&self, asker: &Asker, mut wishes: Vec<Wish>) -> Result<(Found, LeftOut), No> {
        let (intake, from) = (&self.engine.intake, asker.address.as_deref());
        if wishes.len() == 1
            && let Some(wish) = wishes.pop()
        {
            return Ok((intake.look(&asker.actor, from, wish).await?, Vec::new()));
        }
        intake.look_at_many(&asker.actor, from, wishes).await
    }

    /// The room that goes on here; none where one is to be made for the chat.
    pub(super) async fn standing(&self, asker: &Asker) -> Result<Option<Arc<RoomView>>, No> {
        let room = match self.room(asker).await {
            Err(No::Refusal(Refusal { code: Code::NoRoomHere, .. })) if asker.place.is_some() => return Ok(None),
            room => room?,
        };
        match self.engine.rooms.view(room).await {
            // A room that is over, or gone, does not keep a chat from having another.
            Ok(view) if asker.place.is_some() && is_over(&view) => Ok(None),
            Err(No::Refusal(Refusal { code: Code::NoSuchRoom, .. })) if asker.place.is_some() => Ok(None),
            view => view.map(Some),
        }
    }

    /// Makes the room of a chat. What the platform knows of the chat is written down with it.
    pub(super) async fn new_room(&self, asker: &Asker) -> Result<engine::ids::RoomId, No> {
        let Some(place) = &asker.place else { return Err(Code::NoRoomHere.into()) };
        let title = asker.place_name.as_deref().and_then(|name| text::clipped(name, TITLE_LIMIT));
        let room = match asker.room {
            None => self.engine.room_for(place, &asker.actor, title).await?,
            Some(over) => {
                self.engine.limits.take_for(Rule::Rooms, asker.actor.person, None, self.engine.clock.play_time())?;
                let made = self.engine.rooms.create(&asker.actor, NewRoom::titled(title)).await?;
                self.engine.places.tie_instead(place, over, made.id).await?
            }
        };
        let known = self.engine.places.change(place, |settings| {
            settings.locale.get_or_insert_with(|| asker.place_locale.code().to_owned());
            settings.community = asker.community.or(settings.community);
        });
        known.await?;
        Ok(room)
    }

    /// Sets what is wanted, as far as it may be: a no to that keeps no film from being queued. What came of it, in words.
    async fn set_wanted(&self, asker: &Asker, wanted: Wanted) -> Result<Vec<String>, No> {
        let (room, mut notes) = (self.room(asker).await?, Vec::new());
        if let Some(title) = wanted.title {
            let changes = Changes { title: Some(title.trim().into()), ..Changes::default() };
            match self.engine.change(room, asker.actor.clone(), changes).await {
                Ok(done) if done.events.is_empty() => {}
                Ok(done) => notes.push(say!(asker.locale, "room-called", title = &*done.view.settings.title)),
                Err(no) => notes.push(refused(asker.locale, no)?),
            }
        }
        if let Some(mode) = wanted.mode {
            let changes = Changes { queue_mode: Some(mode), ..Changes::default() };
            match self.engine.change(room, asker.actor.clone(), changes).await {
                Ok(done) if done.events.is_empty() => {}
                Ok(_) => notes.push(mode_text(asker.locale, mode)),
                Err(no) => notes.push(refused(asker.locale, no)?),
            }
        }
        if wanted.when.is_some() {
            match self.schedule(asker, wanted.when, None).await {
                Ok(reply) => notes.push(reply.text),
                Err(no) => notes.push(refused(asker.locale, no)?),
            }
        }
        Ok(notes)
    }

    /// Asks whether they are sure; who may not is told so first.
    pub(super) async fn queue_clear(&self, asker: &Asker) -> Answer {
        let view = self.seen(asker).await?;
        if view.queue.is_empty() {
            return Err(Code::QueueEmpty.into());
        }
        if !asker.can_confirm() || roles::require(&view, &asker.actor, Permission::Remove).is_err() {
            // Who may not is told who may, and what else can be done.
            return self.do_deed(asker, &crate::Ask::QueueClear { sure: true }).await;
        }
        let text = say!(asker.locale, "sure-clear", count = view.queue.len());
        Ok(sure(asker.locale, view.id, text, Action::SureClear))
    }

    pub(super) async fn queue_move(&self, asker: &Asker, item: ItemRef, to: usize) -> Answer {
        let room = self.room(asker).await?;
        let before = self.engine.rooms.view(room).await?;
        let item = super::play::queued(&before, item)?;
        let done = self.command(asker, room, Command::Move { item, index: to.saturating_sub(1) }).await?;
        let view = &done.view;
        let title = view.item(item).map(|item| label(item.media.label())).unwrap_or_default();
        let number = view.queue.iter().position(|queued| queued.id == item).map_or(to, |index| index + 1);
        let buttons = super::undo(asker.locale, &done).into_iter().collect();
        Ok(Reply { buttons, ..about(room, say!(asker.locale, "moved", title = title, number = number)) })
    }

    pub(super) async fn queue_export(&self, asker: &Asker, json: bool) -> Answer {
        let view = self.seen(asker).await?;
        let all: Vec<&Media> = view.current.iter().chain(view.queue.iter()).map(|item| &*item.media).collect();
        if all.is_empty() {
            return Err(Code::QueueEmpty.into());
        }
        let text = say!(asker.locale, "exported", count = all.len());
        let file = if json {
            File { name: "onecouch-queue.json".to_owned(), text: lists::export_json(all) }
        } else {
            File { name: "onecouch-queue.txt".to_owned(), text: lists::export(all) }
        };
        Ok(Reply { private: true, file: Some(file), ..about(view.id, text) })
    }

    pub(super) async fn mode(&self, asker: &Asker, mode: Option<QueueMode>) -> Answer {
        let view = self.seen(asker).await?;
        let Some(mode) = mode else {
            return Ok(Reply { private: true, ..about(view.id, mode_text(asker.locale, view.settings.queue_mode)) });
        };
        let changes = Changes { queue_mode: Some(mode), ..Changes::default() };
        self.engine.change(view.id, asker.actor.clone(), changes).await?;
        Ok(about(view.id, mode_text(asker.locale, mode)))
    }
}

/// A question whether somebody is sure, to them alone.
pub(super) fn sure(locale: Locale, room: engine::ids::RoomId, text: String, yes: Action) -> Reply {
    let buttons = [yes, Action::Never].map(|action| Button::act(locale, action));
    Reply { private: true, buttons: buttons.into(), ..about(room, text) }
}

/// A no in words; what failed without being anybody's mistake goes on.
fn refused(locale: Locale, no: No) -> Result<String, No> {
    match no {
        No::Refusal(refusal) => Ok(words::refusal(locale, &refusal)),
        fault @ No::Fault(_) => Err(fault),
    }
}

pub(super) fn is_over(view: &RoomView) -> bool {
    matches!(view.schedule.status, Status::Ended | Status::Record)
}

/// How the queue is ordered, in a sentence.
fn mode_text(locale: Locale, mode: QueueMode) -> String {
    say!(locale, &format!("mode-{}", mode.name()))
}

/// What somebody pasted, as links; as words to search for where it has none.
///
/// A list in any of the forms of [`lists`] is read as that. Several links in a line, and a link in the middle of words,
/// are found too.
fn wishes(pasted: &str, whole_list: bool) -> Vec<Wish> {
    let listed = lists::parse(pasted);
    let words = pasted.split_whitespace().map(|word| word.trim_matches(['<', '>', ',', ';']));
    let told = |word: &&str| word.starts_with("https://") || word.starts_with("http://");
    let mut links: Vec<&str> = words.clone().filter(told).collect();
    if links.is_empty() && words.clone().count() > 1 && words.clone().all(|word| !lists::parse(word).is_empty()) {
        // Nothing but links as people type them: youtu.be/x.
        links = words.collect();
    }
    if listed.is_empty() && links.is_empty() {
        return vec![Wish { whole_list, ..Wish::from(pasted) }];
    }
    if links.len() > listed.len() {
        return links.into_iter().take(lists::LIMIT).map(|link| Wish { whole_list, ..Wish::from(link) }).collect();
    }
    listed.into_iter().map(|(link, title)| Wish { title, whole_list, ..Wish::from(&link) }).collect()
}

/// How many items a command queued.
pub(super) fn added(done: &Done) -> usize {
    let items = |kind: &EventKind| if let EventKind::Added { items, .. } = kind { items.len() } else { 0 };
    done.events.iter().map(|event| items(&event.kind)).sum()
}

/// A title, with the length where it is known.
pub(super) fn named(item: &Item) -> String {
    let length = item.media.duration.map(|length| format!(" ({})", clock_text(length))).unwrap_or_default();
    format!("{}{length}", label(item.media.label()))
}

/// How long until a queued item starts, if nobody stops the film: only where all lengths before it are known.
pub(super) fn starts_in(view: &RoomView, index: usize, now: PlayTime) -> Option<Millis> {
    let current = view.current.as_deref().filter(|_| view.playback.playing)?;
    if view.settings.queue_mode == QueueMode::Dj {
        return None;
    }
    let rest = Millis((current.ends()?.0 - view.position(now).0).max(0));
    let before = view.queue.iter().take(index).map(|item| item.length());
    let film = before.into_iter().try_fold(rest, |sum, length| Some(sum + length?))?;
    Some(Millis(film.0.saturating_mul(1000) / i64::from(view.playback.rate.0.max(1))))
}

/// What became of a queued item.
pub(super) fn queued_text(locale: Locale, view: &RoomView, id: ItemId, now: PlayTime) -> String {
    match (&view.current, view.queue.iter().position(|item| item.id == id)) {
        (_, Some(index)) => {
            let queued = say!(locale, "queued-as", number = index + 1, title = named(&view.queue[index]));
            match starts_in(view, index, now) {
                Some(ahead) => format!("{queued} {}", say!(locale, "starts-in", time = span(locale, ahead))),
                None => queued,
            }
        }
        (Some(item), None) if item.id == id => {
            let playing = say!(locale, "now-playing", title = named(item));
            match view.playback.waiting {
                Some(waiting @ (Waiting::Viewer | Waiting::Start)) => {
                    format!("{playing} {}", say!(locale, "starts", when = until(locale, waiting)))
                }
                _ => playing,
            }
        }
        _ => say!(locale, "queued"),
    }
}

/// What became of many.
pub(super) fn many_text(locale: Locale, view: &RoomView, first: ItemId, count: usize) -> String {
    let title = view.item(first).map(|item| named(item)).unwrap_or_default();
    match view.queue.iter().position(|item| item.id == first) {
        Some(index) => say!(locale, "queued-many", count = count, number = index + 1, title = title),
        None => format!(
            "{} {}",
            say!(locale, "now-playing", title = title),
            say!(locale, "queued-more", count = count.saturating_sub(1))
        ),
    }
}

fn left_out_text(locale: Locale, asked: &[String], left_out: &LeftOut) -> Vec<String> {
    let line = |(place, refusal): &(usize, Refusal)| {
        let link = asked.get(*place).map(|link| shortened(link, 60)).unwrap_or_default();
        say!(locale, "left-out", link = link, why = words::refusal(locale, refusal))
    };
    let mut lines: Vec<_> = left_out.iter().take(LEFT_OUT_SHOWN).map(line).collect();
    if left_out.len() > LEFT_OUT_SHOWN {
        lines.push(say!(locale, "left-out-more", count = left_out.len() - LEFT_OUT_SHOWN));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(pasted: &str) -> Vec<String> {
        wishes(pasted, false).into_iter().map(|wish| wish.link).collect()
    }

    #[test]
    fn whatever_is_pasted_its_links_are_found() {
        for (pasted, found) in [
            ("https://a.example/1", vec!["https://a.example/1"]),
            ("<https://a.example/1>", vec!["https://a.example/1"]),
            ("youtu.be/x", vec!["https://youtu.be/x"]),
            ("https://a.example/1 https://a.example/2", vec!["https://a.example/1", "https://a.example/2"]),
            ("https://a.example/1, https://a.example/2", vec!["https://a.example/1", "https://a.example/2"]),
            ("youtu.be/x youtu.be/y", vec!["youtu.be/x", "youtu.be/y"]),
            ("https://a.example/1\nhttps://a.example/2\n", vec!["https://a.example/1", "https://a.example/2"]),
            ("look at https://a.example/1 it is great", vec!["https://a.example/1"]),
            ("#EXTM3U\n#EXTINF:9,One\nhttps://a.example/1", vec!["https://a.example/1"]),
            ("a film about bunnies", vec!["a film about bunnies"]),
            ("bunny", vec!["bunny"]),
            ("ftp://a.example/1", vec!["ftp://a.example/1"]),
        ] {
            assert_eq!(links(pasted), found, "{pasted}");
        }
        assert_eq!(wishes("https://a.example/1 One more", false)[0].title.as_deref(), Some("One more"));
    }
}
