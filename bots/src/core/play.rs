//! What moves the film or the queue at once: deeds, which can also be put to the vote.

use engine::{
    command::{Deed, SeekTo},
    ids::{Entropy, ItemId},
    refusal::{Code, No, Refusal},
    room::{Permission, RoomView, Waiting, clock_text, roles},
    rooms::Done,
    time::Millis,
};

use super::{Answer, Asker, Core, about, factor, until};
use crate::{
    Ask,
    ask::ItemRef,
    reply::{Action, Button, Motion, Reply, label},
    say, words,
    words::Locale,
};

/// How far `/forward` and `/rewind` go where nothing is said.
const STEP: Millis = Millis::seconds(10);

impl Core {
    /// Does it, and says where the room stands; who may not is offered to put it to the others or to who decides.
    pub(super) async fn do_deed(&self, asker: &Asker, ask: &Ask) -> Answer {
        let room = self.room(asker).await?;
        let before = self.engine.rooms.view(room).await?;
        let deed = deed(ask, &before)?;
        if deed == Deed::Skip && before.settings.vote_skip {
            self.require_voice(asker).await?;
        }
        match self.command(asker, room, deed.clone()).await {
            Ok(done) => Ok(self.done(asker.locale, &before, &deed, &done)),
            Err(No::Refusal(refusal)) if refusal.code == Code::NotAllowed => {
                Ok(self.not_allowed(asker, &before, &deed, &refusal))
            }
            Err(no) => Err(no),
        }
    }

    /// What came of it, in words.
    pub(super) fn done(&self, locale: Locale, before: &RoomView, deed: &Deed, done: &Done) -> Reply {
        let view = &done.view;
        if let Some(number) = super::votes::proposed(done, deed) {
            return self.voting(locale, view, number);
        }
        let now = self.engine.clock.play_time();
        let title = |id: &ItemId| before.item(*id).map(|item| label(item.media.label())).unwrap_or_default();
        let text = match deed {
            Deed::Pause => say!(locale, "paused", at = clock_text(view.playback.position)),
            Deed::Play { .. } => match view.playback.waiting {
                Some(waiting @ (Waiting::Viewer | Waiting::Start)) => {
                    say!(locale, "starts", when = until(locale, waiting))
                }
                _ => say!(locale, "playing-from", at = clock_text(view.position(now))),
            },
            Deed::Seek { .. } => say!(locale, "now-at", at = clock_text(view.playback.position)),
            Deed::Skip | Deed::Back | Deed::Pick { .. } => match &view.current {
                Some(item) => say!(locale, "now-playing", title = label(item.media.label())),
                None => say!(locale, "that-was-the-last"),
            },
            Deed::SetRate { rate } => say!(locale, "speed-is", rate = factor(rate.factor())),
            Deed::Remove { item } => say!(locale, "removed", title = title(item)),
            Deed::Shuffle { .. } => say!(locale, "shuffled", count = view.queue.len()),
            Deed::Clear => say!(locale, "cleared"),
        };
        let back = match deed {
            Deed::Play { .. } | Deed::Pause | Deed::SetRate { .. } => None,
            _ => super::undo(locale, done),
        };
        Reply { buttons: back.into_iter().collect(), ..about(view.id, text) }
    }

    /// A no, with what can be done about it: ask who decides, or ask the others.
    fn not_allowed(&self, asker: &Asker, view: &RoomView, deed: &Deed, refusal: &Refusal) -> Reply {
        let locale = asker.locale;
        let now = self.engine.clock.play_time();
        let by = if let Deed::Seek { to: SeekTo::By(by) } = deed { *by } else { Millis::ZERO };
        let at = Millis((view.position(now).0 + by.0).max(0));
        let plain = Reply { room: Some(view.id), ..super::answer(locale, &refusal.clone().into()) };
        let may_propose = roles::require(view, &asker.actor, Permission::Propose).is_ok();
        let Some(motion) = Motion::of(deed, at).filter(|_| may_propose) else { return plain };
        let (who, what) = (who_may(locale, view, deed.permission()), what(locale, refusal));
        let host = view.host().map(|(_, member)| crate::reply::shortened(&member.name, 30));
        let (text, ask) = match host {
            Some(host) => (
                say!(locale, "only-who-ask", who = who, what = what, host = &host),
                say!(locale, "button-ask", name = host),
            ),
            None => (say!(locale, "only-who", who = who, what = what), say!(locale, "button-ask-host")),
        };
        let buttons = vec![
            Button::Act { label: ask, action: Action::AskHost(motion) },
            Button::act(locale, Action::Propose(motion)),
        ];
        Reply { text, buttons, ..plain }
    }
}

/// Who may do it, in words: the least role that carries it, and the host by name.
fn who_may(locale: Locale, view: &RoomView, permission: Permission) -> String {
    let host = view.host().map(|(_, member)| &*member.name);
    words::who_may(locale, view.settings.grants.least(permission), host)
}

/// What somebody may not, in words: English ones are the engine's.
fn what(locale: Locale, refusal: &Refusal) -> String {
    let english = || refusal.args.get("what").cloned().unwrap_or_default();
    let permission = refusal.args.get("permission").map(|name| format!("permission-{name}"));
    permission.and_then(|id| words::find(locale, &id, &[])).unwrap_or_else(english)
}

/// What an ask does to the room, if it is one that can be voted on.
pub(super) fn deed(ask: &Ask, view: &RoomView) -> Result<Deed, No> {
    let by = |length: Option<Millis>| length.unwrap_or(STEP);
    Ok(match ask {
        Ask::Play => Deed::PLAY,
        Ask::Pause => Deed::Pause,
        Ask::Seek(to) => Deed::Seek { to: *to },
        Ask::Forward(length) => Deed::Seek { to: SeekTo::By(by(*length)) },
        Ask::Rewind(length) => Deed::Seek { to: SeekTo::By(Millis(-by(*length).0)) },
        Ask::Skip => Deed::Skip,
        Ask::Back => Deed::Back,
        Ask::Speed(rate) => Deed::SetRate { rate: *rate },
        Ask::Pick { item } => Deed::Pick { item: queued(view, *item)?, keep: false },
        Ask::QueueRemove { item } => Deed::Remove { item: queued(view, *item)? },
        Ask::QueueShuffle => Deed::Shuffle { seed: Entropy.seed() },
        Ask::QueueClear { .. } => Deed::Clear,
        _ => return Err(words::hint("hint-vote").into()),
    })
}

/// The queued item that somebody names.
pub(super) fn queued(view: &RoomView, item: ItemRef) -> Result<ItemId, No> {
    match item {
        ItemRef::Id(id) => Ok(id),
        ItemRef::Number(number) => {
            let found = number.checked_sub(1).and_then(|index| view.queue.get(index));
            Ok(found.ok_or(Code::NoSuchItem)?.id)
        }
    }
}
