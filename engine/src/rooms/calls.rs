//! Calls that somebody makes again because nobody answered.

use std::sync::Arc;

use super::Rooms;
use crate::{
    event::Event,
    ids::{CallId, PersonId, RoomId},
    refusal::No,
    time::WallTime,
};

/// What became of a call before.
pub(crate) enum Earlier {
    /// It said or queued something: these events, oldest first.
    Made(Vec<Arc<Event>>),
    /// Nothing: it is made for the first time. What it makes is called after this, if anything.
    Nothing(Option<CallId>),
}

impl Rooms {
    /// What became of a call, if it is one that may be made again.
    pub(crate) async fn earlier(&self, room: RoomId, person: PersonId, call: Option<CallId>) -> Result<Earlier, No> {
        let Some(call) = call else { return Ok(Earlier::Nothing(None)) };
        let made = self.shared.store.made_by(room, person, call).await?;
        Ok(Earlier::of(call, made, self.shared.clock.now().wall))
    }
}

impl Earlier {
    fn of(call: CallId, mut made: Vec<Event>, now: WallTime) -> Self {
        if made.is_empty() {
            return Self::Nothing(Some(call));
        }
        made.retain(|event| event.at.0 > now.0 - CallId::KNOWN.0);
        if made.is_empty() {
            // Somebody uses an old key for something new, which has to be called otherwise than what it made then.
            return Self::Nothing(None);
        }
        Self::Made(made.into_iter().map(Arc::new).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{ChatLine, EventKind};

    #[test]
    fn a_key_means_something_new_when_it_has_not_been_used_for_a_day() {
        let (call, hour) = (CallId::new([7; 16]), 3_600_000);
        let line = ChatLine { id: call.line(), text: "hello".into(), position: None };
        let said = |at| Event { seq: 2, at: WallTime(at), by: None, undoes: None, kind: EventKind::Said(line.clone()) };
        let earlier = |made, now| match Earlier::of(call, made, WallTime(now)) {
            Earlier::Made(events) => format!("{} of them", events.len()),
            Earlier::Nothing(call) => format!("none, called after it: {}", call.is_some()),
        };
        assert_eq!(earlier(vec![], 30 * hour), "none, called after it: true");
        assert_eq!(earlier(vec![said(7 * hour)], 30 * hour), "1 of them");
        assert_eq!(earlier(vec![said(6 * hour)], 30 * hour), "none, called after it: false");
        assert_eq!(earlier(vec![said(6 * hour), said(29 * hour)], 30 * hour), "1 of them");
    }
}
