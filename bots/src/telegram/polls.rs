//! Votes as polls of Telegram, where a chat wants that: whoever chooses there votes here.
//!
//! Which poll is which vote is kept in memory alone. After a restart a poll is only a poll; the vote goes on by `/vote` and
//! by the cards elsewhere.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use dashmap::DashMap;
use engine::{ids::RoomId, records::PlaceId, rooms::Listening, time::Millis};
use teloxide::types::{Chat, MaybeAnonymousUser, MessageId, PollAnswer};

use super::chat::Chats;
use crate::{
    core::Asker,
    reply::{Action, Button, Reply},
    say,
};

/// How many polls are open at once; further votes have buttons.
const POLLS: usize = 1_000;
/// How long Telegram lets a poll be open, in seconds.
const OPEN: (i64, i64) = (5, 600);
/// How long an answer waits that comes while a poll is being made.
const MADE: Duration = Duration::from_millis(300);

/// The polls that are open.
#[derive(Default)]
pub(super) struct Polls {
    open: DashMap<String, Poll>,
    /// How many are on their way to Telegram.
    opening: AtomicUsize,
}

/// A vote that is a poll.
#[derive(Clone)]
struct Poll {
    room: RoomId,
    proposal: u64,
    place: PlaceId,
    chat: Chat,
    message: MessageId,
}

/// The one vote that an answer asks to take part in; none where it is several or none.
fn proposal(reply: &Reply) -> Option<u64> {
    let mut proposals = reply.buttons.iter().filter_map(|button| match button {
        Button::Act { action: Action::Ballot(proposal, _), .. } => Some(*proposal),
        _ => None,
    });
    let first = proposals.next()?;
    proposals.all(|other| other == first).then_some(first)
}

impl Chats {
    /// Makes a poll of an answer that asks to vote, where the chat wants polls. Whether it did.
    pub(super) async fn put_to_poll(
        self: &Arc<Self>,
        asker: &Asker,
        place: &PlaceId,
        chat: &Chat,
        to: MessageId,
        reply: &Reply,
    ) -> bool {
        let (Some(proposal), Some(room)) = (proposal(reply), reply.room) else { return false };
        let wanted = place.chat < 0 && self.place(place).await.is_some_and(|place| place.settings.polls);
        if !wanted || self.polls.open.len() >= POLLS {
            return false;
        }
        if self.polls.open.iter().any(|poll| (poll.room, poll.proposal, &poll.place) == (room, proposal, place)) {
            // It hangs there already: who asked again finds it above.
            let text = Reply { buttons: Vec::new(), ..reply.clone() };
            self.pen.answer(place, to, &text).await;
            return true;
        }
        let engine = self.core.engine();
        let Ok(view) = engine.rooms.view(room).await else { return false };
        let Some(until) = view.proposals.get(&proposal).map(|proposal| proposal.until) else { return false };
        let left = until - engine.clock.now().wall;
        let seconds = u16::try_from((left.0 / 1_000).clamp(OPEN.0, OPEN.1)).unwrap_or(60);
        let locale = asker.place_locale;
        let answers = [say!(locale, "button-yes"), say!(locale, "button-no")];
        if !reply.calls.is_empty() {
            // A poll cannot call anybody.
            self.pen.answer(place, to, &Reply { buttons: Vec::new(), ..reply.clone() }).await;
        }
        self.polls.opening.fetch_add(1, Ordering::Relaxed);
        let sent = self.pen.poll(place, to, &reply.text, answers, seconds).await;
        let opened = sent.and_then(|message| {
            let id = message.poll()?.id.0.clone();
            let (place, chat) = (place.clone(), chat.clone());
            let poll = Poll { room, proposal, place, chat, message: message.id };
            self.polls.open.insert(id.clone(), poll.clone());
            Some((id, poll))
        });
        self.polls.opening.fetch_sub(1, Ordering::Relaxed);
        let Some((id, poll)) = opened else { return false };
        tokio::spawn(self.clone().ends(id, poll, left));
        true
    }

    /// Ends a poll when its vote is over, through whichever door.
    async fn ends(self: Arc<Self>, id: String, poll: Poll, left: Millis) {
        let over = async {
            let Ok(Listening { mut view, mut heard, .. }) = self.core.engine().rooms.listen(poll.room).await else {
                return;
            };
            while view.proposals.contains_key(&poll.proposal) {
                match heard.recv().await {
                    Some(turn) => view = turn.view.clone(),
                    None => return,
                }
            }
        };
        // A little later than the room, which says by itself that it is over.
        let late = tokio::time::sleep(left.duration() + Duration::from_secs(2));
        tokio::select! {
            () = self.stop.cancelled() => return,
            () = late => {}
            () = over => {}
        }
        self.polls.open.remove(&id);
        self.pen.stop_poll(&poll.place, poll.message).await;
    }

    /// Somebody chose in a poll. Whoever takes a choice back has voted all the same.
    pub(super) async fn polled(self: &Arc<Self>, answer: PollAnswer) {
        let MaybeAnonymousUser::User(user) = &answer.voter else { return };
        let Some(yes) = answer.option_ids.first().map(|option| *option == 0) else { return };
        let find = || self.polls.open.get(&answer.poll_id.0).map(|poll| poll.clone());
        let mut found = find();
        if found.is_none() && self.polls.opening.load(Ordering::Relaxed) > 0 {
            tokio::time::sleep(MADE).await;
            found = find();
        }
        let Some(poll) = found else { return };
        if !self.pen.is_there(&poll.place, user.id).await {
            // A poll can be carried on into other chats; this one vouches for its own people only.
            return;
        }
        let asker = match self.asker(&poll.chat, poll.place.clone(), user, None).await {
            Ok(asker) => asker,
            Err(no) => return tracing::error!(place = %poll.place, %no, "nobody knows who chose in a poll"),
        };
        let reply = self.core.press(&asker, Action::Ballot(poll.proposal, yes), poll.room).await;
        if !reply.refused && !reply.takes_votes() {
            // That decided it.
            let text = Reply { buttons: Vec::new(), ..reply };
            self.pen.answer(&poll.place, poll.message, &text).await;
        }
    }
}
