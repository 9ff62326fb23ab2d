//! What is put to the vote, or to who decides.

use std::collections::BTreeSet;

use engine::{
    command::{Command, Deed},
    event::{EventKind, Verdict},
    ids::PersonId,
    refusal::{Code, No},
    room::{Proposal, QueueMode, Role, RoomView},
    rooms::Done,
};

use super::{Answer, Asker, Core, about, asks_words, motion_words, say as plain, span};
use crate::{
    ask::Vote,
    reply::{Action, Button, Motion, Reply, label, shortened},
    say, words,
    words::Locale,
};

/// How many open votes an answer has buttons for: two each, in the rows that platforms have.
const VOTES_SHOWN: usize = 4;
/// How many people are called to decide at most.
const CALLED: usize = 5;

impl Core {
    pub(super) async fn vote(&self, asker: &Asker, vote: Vote) -> Answer {
        let (item, ballot) = match vote {
            Vote::Show => {
                let view = self.seen(asker).await?;
                return Ok(self.votes(asker.locale, &view));
            }
            Vote::For(ask) => {
                let view = self.engine.rooms.view(self.room(asker).await?).await?;
                return self.propose(asker, super::play::deed(&ask, &view)?).await;
            }
            Vote::Item(item) => (Some(item), None),
            Vote::Ballot { proposal, yes } => (None, Some((proposal, yes))),
        };
        let room = self.room(asker).await?;
        self.require_voice(asker).await?;
        let before = self.engine.rooms.view(room).await?;
        let locale = asker.locale;
        if let Some(item) = item {
            let item = super::play::queued(&before, item)?;
            let up = !before.votes.get(&item).is_some_and(|votes| votes.contains(&asker.actor.person));
            let view = self.command(asker, room, Command::Vote { item, up }).await?.view;
            let title = view.item(item).map(|item| label(item.media.label())).unwrap_or_default();
            let id = if up { "voted" } else { "voted-not" };
            let mut text = say!(locale, id, title = title, count = view.votes_for(item));
            if view.settings.queue_mode != QueueMode::Vote {
                text = format!("{text} {}", say!(locale, "votes-do-not-order"));
            }
            return Ok(about(room, text));
        }
        let (proposal, yes) = ballot.unwrap_or_default();
        let done = self.command(asker, room, Command::Ballot { proposal, yes }).await?;
        let number = proposal.or_else(|| before.proposals.keys().next().copied()).ok_or(Code::NoSuchProposal)?;
        if done.view.proposals.contains_key(&number) {
            return Ok(self.voting(locale, &done.view, number));
        }
        let verdict = done.events.iter().find_map(|event| match event.kind {
            EventKind::Decided { proposal, verdict } if proposal == number => Some(verdict),
            _ => None,
        });
        let known = before.proposals.get(&number);
        Ok(match (verdict, known) {
            (Some(Verdict::Passed), Some(known)) => self.done(locale, &before, &known.deed, &done),
            (Some(verdict), Some(known)) => {
                let what = motion_words(locale, &known.deed, &before);
                about(room, say!(locale, &format!("vote-{}", verdict.name()), what = what))
            }
            _ => about(room, say!(locale, "vote-over")),
        })
    }

    /// Puts it to the vote, or votes for it where somebody did already.
    pub(super) async fn propose(&self, asker: &Asker, deed: Deed) -> Answer {
        let room = self.room(asker).await?;
        self.require_voice(asker).await?;
        let before = self.engine.rooms.view(room).await?;
        let done = self.command(asker, room, Command::Propose(deed.clone())).await?;
        Ok(self.done(asker.locale, &before, &deed, &done))
    }

    /// Puts it to the vote, and calls those who may decide.
    pub(super) async fn ask_host(&self, asker: &Asker, motion: Motion) -> Answer {
        let deed = motion.deed();
        let reply = self.propose(asker, deed.clone()).await?;
        if !reply.takes_votes() {
            return Ok(reply);
        }
        let view = self.engine.rooms.view(self.room(asker).await?).await?;
        let called = deciders(&view, &deed, asker.actor.person);
        if called.is_empty() {
            return Ok(reply);
        }
        // Everybody in the chat reads it, so it is in the chat's language.
        let locale = self.place_locale(asker).await?;
        let names: Vec<_> = called.iter().map(|(_, name)| name.clone()).collect();
        let asks = asks_words(locale, &asker.actor.name, &deed, &view);
        let text = format!("{asks} {}", say!(locale, "is-that-fine", names = names.join(", ")));
        let calls = called.into_iter().map(|(person, _)| person).collect();
        Ok(Reply { text, calls, private: false, ..reply })
    }

    pub(super) async fn undo(&self, asker: &Asker, seq: u64) -> Answer {
        let room = self.room(asker).await?;
        self.command(asker, room, Command::Undo { seq: Some(seq) }).await?;
        Ok(about(room, say!(asker.locale, "taken-back")))
    }

    /// Where only who is in the voice channel votes, refuses others.
    pub(super) async fn require_voice(&self, asker: &Asker) -> Result<(), No> {
        if asker.in_voice == Some(false) && self.tied(asker).await?.is_some_and(|place| place.settings.voice) {
            return Err(words::hint("hint-voice").into());
        }
        Ok(())
    }

    /// A vote that goes on, with the buttons to take part.
    pub(super) fn voting(&self, locale: Locale, view: &RoomView, number: u64) -> Reply {
        let Some(proposal) = view.proposals.get(&number) else { return about(view.id, say!(locale, "vote-over")) };
        let buttons = [true, false].map(|yes| Button::act(locale, Action::Ballot(number, yes)));
        Reply { buttons: buttons.into(), ..about(view.id, self.tally(locale, view, proposal)) }
    }

    /// All that is voted on.
    fn votes(&self, locale: Locale, view: &RoomView) -> Reply {
        let open: Vec<_> = view.proposals.iter().collect();
        match &open[..] {
            [] => Reply { private: true, room: Some(view.id), ..plain(say!(locale, "no-votes")) },
            [(number, _)] => self.voting(locale, view, **number),
            all => {
                let line = |(number, proposal): &(&u64, &Proposal)| {
                    format!("#{number} {}", self.tally(locale, view, proposal))
                };
                let mut buttons = Vec::new();
                for (number, proposal) in all.iter().take(VOTES_SHOWN) {
                    let what = shortened(&motion_words(locale, &proposal.deed, view), 30);
                    for (yes, id) in [(true, "button-yes-to"), (false, "button-no-to")] {
                        let label = say!(locale, id, what = &what);
                        buttons.push(Button::Act { label, action: Action::Ballot(**number, yes) });
                    }
                }
                let lines: Vec<_> = all.iter().map(line).collect();
                Reply { buttons, ..about(view.id, lines.join("\n")) }
            }
        }
    }

    /// What is voted on, how it stands and how long it is open.
    fn tally(&self, locale: Locale, view: &RoomView, proposal: &Proposal) -> String {
        let (yes, no) = view.tally(proposal);
        let left = proposal.until - self.engine.clock.now().wall;
        let (what, time) = (motion_words(locale, &proposal.deed, view), span(locale, left));
        let text = say!(locale, "vote-tally", what = what, yes = yes, needed = view.votes_needed(), time = time);
        if no == 0 { text } else { format!("{text} {}", say!(locale, "vote-against", count = no)) }
    }
}

/// Those who may decide on it at once, the host first; where all vote, nobody.
fn deciders(view: &RoomView, deed: &Deed, asker: PersonId) -> Vec<(PersonId, String)> {
    if *deed == Deed::Skip && view.settings.vote_skip {
        return Vec::new();
    }
    let permission = deed.permission();
    let may = |role: Role| view.settings.grants.of(role).has(permission);
    let members = view.members.iter().map(|(person, member)| (*person, member.role, member.name.to_string()));
    let here = view.presence.values().map(|seat| (seat.who.person, seat.role, seat.who.name.to_string()));
    let mut known: Vec<_> = members.chain(here).filter(|(person, role, _)| *person != asker && may(*role)).collect();
    known.sort_by_key(|(_, role, _)| std::cmp::Reverse(*role));
    let mut seen = BTreeSet::new();
    known.retain(|(person, ..)| seen.insert(*person));
    known.into_iter().take(CALLED).map(|(person, _, name)| (person, name)).collect()
}

/// The vote that a command began or took part in, if it is not over with that.
pub(super) fn proposed(done: &Done, deed: &Deed) -> Option<u64> {
    if done.events.is_empty() {
        // Who voted for it already changes nothing.
        return done.view.proposals.iter().find(|(_, known)| known.deed == *deed).map(|(number, _)| *number);
    }
    let number = done.events.iter().find_map(|event| match event.kind {
        EventKind::Proposed { .. } => Some(event.seq),
        EventKind::Balloted { proposal, .. } => Some(proposal),
        _ => None,
    })?;
    done.view.proposals.contains_key(&number).then_some(number)
}
