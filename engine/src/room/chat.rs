//! What people write, and how they react.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    Room, Turn,
    roles::{Permission, Role},
};
use crate::{
    command::Actor,
    event::{ChatLine, EventKind},
    ids::{MessageId, PersonId},
    refusal::{Code, Refusal},
    text,
    time::{Now, PlayTime},
    words,
};

/// How many characters one line may have.
pub const LINE_LIMIT: usize = 2_000;
/// How many lines a loaded room remembers; the rest is in the store.
pub const LINES_KEPT: usize = 50;
/// How many characters a reaction may have: the longest emoji are families of ten.
const EMOJI_LIMIT: usize = 16;
/// How many people's last lines are remembered for slow mode and moderation.
const SPOKEN_KEPT: usize = 1_000;

/// Who wrote what lately.
pub(super) type Spoken = BTreeMap<PersonId, (PlayTime, Arc<str>)>;

impl Room {
    pub(super) fn say(
        &mut self,
        now: Now,
        actor: &Actor,
        id: MessageId,
        text: &str,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        let role = self.require_voice(now, actor)?;
        let text = text::lines(text, LINE_LIMIT)?;
        if self.view.chat.iter().any(|event| event.kind.is_line(id)) {
            return Ok(());
        }
        if role < Role::Moderator {
            self.require_manners(now, actor, role, &text)?;
        }
        let text = self.masked(text);
        if self.spoken.len() >= SPOKEN_KEPT {
            let slow = self.view.settings.slow_mode;
            self.spoken.retain(|_, (at, _)| *at + slow > now.play);
        }
        if self.spoken.len() < SPOKEN_KEPT {
            self.spoken.insert(actor.person, (now.play, text.clone()));
        }
        let position = self.view.current.is_some().then(|| self.view.position(now.play));
        self.emit(now, Some(actor), EventKind::Said(ChatLine { id, text, position }), turn);
        Ok(())
    }

    /// Whether somebody may be heard at all.
    fn require_voice(&self, now: Now, actor: &Actor) -> Result<Role, Refusal> {
        let role = self.require(actor, Permission::Chat)?;
        self.require_open()?;
        match self.view.mutes.get(&actor.person) {
            Some(mute) if role < Role::Host => {
                let refusal = Refusal::new(Code::Muted);
                Err(match mute.until {
                    Some(until) => refusal.with("until", until.0).with("seconds", (until.0 - now.wall.0).max(0) / 1000),
                    None => refusal,
                })
            }
            _ => Ok(role),
        }
    }

    /// Slow mode and moderation, which do not hold for those who keep order.
    fn require_manners(&self, now: Now, actor: &Actor, role: Role, text: &str) -> Result<(), Refusal> {
        let settings = &self.view.settings;
        let last = self.spoken.get(&actor.person);
        if let Some((at, _)) = last {
            let wait = (*at + settings.slow_mode) - now.play;
            if wait.0 > 0 {
                return Err(Refusal::new(Code::SlowMode)
                    .with("seconds", (wait.0 + 999) / 1000)
                    .with("retry_after_ms", wait.0));
            }
        }
        self.require_no_link(role, text)?;
        if settings.moderation && last.is_some_and(|(_, before)| **before == *text) {
            return Err(Code::SaidAlready.into());
        }
        Ok(())
    }

    /// Where there is moderation, guests post no links.
    fn require_no_link(&self, role: Role, text: &str) -> Result<(), Refusal> {
        let link = || text.contains("://") || text.split_whitespace().any(|word| word.starts_with("www."));
        if self.view.settings.moderation && role < Role::Trusted && link() {
            return Err(Code::NoLinksHere.into());
        }
        Ok(())
    }

    /// What of a text is shown.
    fn masked(&self, text: String) -> Arc<str> {
        let settings = &self.view.settings;
        let masked = settings.profanity_filter.then(|| words::mask(&text, &settings.profanity_words)).flatten();
        masked.unwrap_or(text).into()
    }

    /// Takes a line away. Whoever wrote it may, as long as somebody remembers that they did.
    pub(super) fn erase(
        &mut self,
        now: Now,
        actor: &Actor,
        line: u64,
        author: Option<PersonId>,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        self.require_entry(actor)?;
        let known = self.view.chat.iter().find(|told| told.seq == line);
        let author = known.and_then(|told| told.by.as_ref()).map(|by| by.person).or(author);
        let Some(author) = author else { return Err(Code::NoSuchLine.into()) };
        if author != actor.person {
            self.require(actor, Permission::Moderate)?;
        }
        self.emit(now, Some(actor), EventKind::Erased { line }, turn);
        Ok(())
    }

    /// Gives a line another wording. Only whoever wrote it may: nobody puts words into another's mouth.
    ///
    /// Neither slow mode nor the rule against saying the same twice hold: no line is added.
    pub(super) fn reword(
        &mut self,
        now: Now,
        actor: &Actor,
        line: u64,
        author: Option<PersonId>,
        text: &str,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        let role = self.require_voice(now, actor)?;
        let text = text::lines(text, LINE_LIMIT)?;
        let known = self.view.chat.iter().find(|told| told.seq == line);
        // What is newer than the oldest line that is remembered and is not remembered was taken away, though the store may
        // not have heard of it yet.
        let gone = known.is_none() && self.view.chat.front().is_some_and(|first| first.seq < line);
        let author = known.and_then(|told| told.by.as_ref()).map(|by| by.person).or(author.filter(|_| !gone));
        let Some(author) = author else { return Err(Code::NoSuchLine.into()) };
        if author != actor.person {
            return Err(Refusal::new(Code::NotAllowed).with("who", "who wrote it").with("what", "reword this line"));
        }
        self.require_no_link(role, &text)?;
        let text = self.masked(text);
        if known.is_some_and(|told| matches!(&told.kind, EventKind::Said(said) if said.text == text)) {
            return Ok(());
        }
        self.emit(now, Some(actor), EventKind::Reworded { line, text }, turn);
        Ok(())
    }

    pub(super) fn react(&mut self, now: Now, actor: &Actor, emoji: &str, turn: &mut Turn) -> Result<(), Refusal> {
        self.require_voice(now, actor)?;
        let emoji: Arc<str> = text::line(emoji, EMOJI_LIMIT)?.into();
        let position = self.view.current.is_some().then(|| self.view.position(now.play));
        self.emit(now, Some(actor), EventKind::Reacted { emoji, position }, turn);
        Ok(())
    }

    pub(super) fn typing(&mut self, actor: &Actor, turn: &mut Turn) -> Result<(), Refusal> {
        self.require(actor, Permission::Chat)?;
        if !self.view.mutes.contains_key(&actor.person) {
            turn.signals.push(crate::event::Signal::Typing(actor.who()));
        }
        Ok(())
    }
}
