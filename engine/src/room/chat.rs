//! What people write, and what the room is called.

use std::sync::Arc;

use super::{Room, Turn, roles::Permission};
use crate::{
    command::Actor,
    event::{ChatLine, EventKind},
    ids::MessageId,
    refusal::Refusal,
    text,
    time::Now,
};

/// How many characters one line may have.
pub const LINE_LIMIT: usize = 2_000;
/// How many characters a room's title may have.
pub const TITLE_LIMIT: usize = 100;
/// How many lines a loaded room remembers; the rest is in the store.
pub const LINES_KEPT: usize = 50;

impl Room {
    pub(super) fn say(
        &mut self,
        now: Now,
        actor: &Actor,
        id: MessageId,
        text: &str,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        self.require(actor, Permission::Chat)?;
        let text = text::lines(text, LINE_LIMIT)?;
        let said = |kind: &EventKind| matches!(kind, EventKind::Said(line) if line.id == id);
        if self.view.chat.iter().any(|event| said(&event.kind)) {
            return Ok(());
        }
        let position = self.view.current.is_some().then(|| self.view.position(now.play));
        let line = ChatLine { id, text: text.into(), position };
        self.emit(now, Some(actor), EventKind::Said(line), turn);
        Ok(())
    }

    pub(super) fn rename(&mut self, now: Now, actor: &Actor, title: &str, turn: &mut Turn) -> Result<(), Refusal> {
        self.require(actor, Permission::Settings)?;
        let title: Arc<str> = text::line(title, TITLE_LIMIT)?.into();
        if title != self.view.title {
            self.emit(now, Some(actor), EventKind::Renamed { title }, turn);
        }
        Ok(())
    }
}
