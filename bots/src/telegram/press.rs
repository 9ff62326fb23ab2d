//! What people press: answered at once and once, and what it comes to is shown where the button hung.

use std::{sync::Arc, time::Duration};

use engine::{
    ids::RoomId,
    records::{PlaceId, Platform},
};
use teloxide::{
    payloads::AnswerCallbackQuerySetters,
    requests::Requester,
    types::{CallbackQuery, Chat, MessageId},
};

use super::{
    answered::answered,
    chat::{Chats, locale_of, place_of},
    links, message,
};
use crate::{
    ask::Ask,
    core::{Asker, answer},
    live_card::Screen,
    reply::{Action, Button, Reply},
    say, words,
};

/// After so long a button stops turning, whatever it comes to: a slow link is looked at for longer.
const TURNS: Duration = Duration::from_secs(5);

/// A button that was pressed.
struct Pressed<'a> {
    asker: Asker,
    action: Action,
    room: RoomId,
    place: PlaceId,
    chat: &'a Chat,
    /// The message that it hung on.
    message: MessageId,
}

impl Chats {
    pub(super) async fn pressed(self: &Arc<Self>, query: CallbackQuery) {
        let pressed = match self.press(&query).await {
            Ok(pressed) => pressed,
            Err(reply) => return self.toast(&query, &reply).await,
        };
        let leaves = matches!(pressed.action, Action::SureUnlink);
        let card = if leaves { self.place(&pressed.place).await.and_then(|place| place.card) } else { None };
        let work = self.act(&pressed, &query);
        tokio::pin!(work);
        let reply = if let Ok(reply) = tokio::time::timeout(TURNS, &mut work).await {
            self.toast(&query, &reply).await;
            reply
        } else {
            self.toast(&query, &Reply::default()).await;
            work.await
        };
        self.show(&pressed, &query, &reply).await;
        if leaves && !reply.refused {
            self.leave(&pressed.place, card).await;
        }
    }

    /// The chat has no room any more: nothing is told there, and its card has nothing left to press.
    async fn leave(&self, place: &PlaceId, card: Option<i64>) {
        self.cards.forget(place);
        self.bridge.forget(place);
        if let Some(card) = card
            && let Err(error) = self.pen.disarm(place, card).await
        {
            tracing::debug!(%place, %error, "the card of a chat without a room kept its buttons");
        }
    }

    /// Answers the press: without that the button would keep turning. A list or a no stays until it is read; what was done
    /// shows on the card.
    async fn toast(&self, query: &CallbackQuery, reply: &Reply) {
        let text = message::toast(&reply.text);
        let alert = reply.refused || text.contains('\n');
        let answered = self.pen.bot.answer_callback_query(query.id.clone()).text(text).show_alert(alert).await;
        if let Err(error) = answered {
            tracing::debug!(problem = self.pen.hidden(&error), "a pressed button was not answered");
        }
    }

    /// Who pressed what; what to say where nobody can know.
    async fn press<'a>(&self, query: &'a CallbackQuery) -> Result<Pressed<'a>, Reply> {
        let known = query.data.as_deref().and_then(Action::parse);
        let (Some((action, room)), Some(message)) = (known, &query.message) else {
            return Err(answer(locale_of(&query.from), &words::hint("telegram-old-button").into()));
        };
        let (chat, place) = match message.regular_message() {
            Some(message) => (&message.chat, place_of(message)),
            // Too old for Telegram to say more than its chat.
            None => {
                let chat = message.chat();
                (chat, PlaceId { platform: Platform::Telegram, chat: chat.id.0, topic: None })
            }
        };
        match self.asker(chat, place.clone(), &query.from, None).await {
            Ok(asker) => Ok(Pressed { asker, action, room, place, chat, message: message.id() }),
            Err(no) => Err(answer(locale_of(&query.from), &no)),
        }
    }

    async fn act(&self, pressed: &Pressed<'_>, query: &CallbackQuery) -> Reply {
        let reply = if pressed.action == Action::QueueThat {
            self.queue_that(pressed, query).await
        } else {
            self.core.press(&pressed.asker, pressed.action, pressed.room).await
        };
        if let Some(room) = reply.room {
            self.cards.see(&pressed.place, room);
        }
        reply
    }

    /// Queues the film in the message that the offer answers: Telegram sends that message along, so the offer needs no memory.
    async fn queue_that(&self, pressed: &Pressed<'_>, query: &CallbackQuery) -> Reply {
        // Whether the offer is of this chat's room is for the core to say.
        let checked = self.core.press(&pressed.asker, Action::QueueThat, pressed.room).await;
        if checked.refused {
            return checked;
        }
        let offer = query.message.as_ref().and_then(|message| message.regular_message());
        let found = offer.and_then(answered).map(links::of).unwrap_or_default();
        let Some(link) = found.into_iter().find(|link| links::watchable(link)) else {
            return answer(pressed.asker.locale, &words::hint("telegram-gone").into());
        };
        let reply = self.core.ask(&pressed.asker, Ask::QueueAdd { links: link, next: false }).await;
        if let Some(room) = reply.room.filter(|_| !reply.refused) {
            self.cards.show(&pressed.place, room);
        }
        reply
    }

    /// Shows what a press came to on the message that the button hung on, or below it.
    async fn show(self: &Arc<Self>, pressed: &Pressed<'_>, query: &CallbackQuery, reply: &Reply) {
        let Pressed { asker, action, place, chat, message, .. } = pressed;
        let on_card = self.place(place).await.is_some_and(|place| place.card == Some(i64::from(message.0)));
        let acts = reply.buttons.iter().any(|button| matches!(button, Button::Act { .. }));
        if reply.refused {
            // What could be done instead hangs on a message of its own, where there is none that asks already.
            if acts && (on_card || !matches!(action, Action::Propose(_) | Action::AskHost(_))) {
                self.reply(asker, place, chat, *message, &named(query, reply, asker)).await;
            }
            return;
        }
        match action {
            Action::QueueThat => self.pen.remove(place, *message).await,
            _ if !reply.calls.is_empty() || reply.file.is_some() => {
                if !on_card {
                    self.pen.strip(place, *message).await;
                }
                self.reply(asker, place, chat, *message, reply).await;
            }
            // A list was in the notice already.
            Action::Queue(_) if on_card => {}
            _ if on_card && acts => self.reply(asker, place, chat, *message, reply).await,
            _ if on_card => {}
            Action::Propose(_) => {
                if self.put_to_poll(asker, place, chat, *message, reply).await {
                    self.pen.strip(place, *message).await;
                } else {
                    self.pen.rewrite(place, *message, reply).await;
                }
            }
            Action::Ballot(..)
            | Action::Undo(_)
            | Action::Queue(_)
            | Action::Never
            | Action::SureClear
            | Action::SureEnd
            | Action::SureUnlink
            | Action::SureBan(_)
            | Action::SureDelete(_) => self.pen.rewrite(place, *message, reply).await,
            _ => {}
        }
    }
}

/// An answer for one among many: there are no messages for one person alone.
fn named(query: &CallbackQuery, reply: &Reply, asker: &Asker) -> Reply {
    let text = say!(asker.locale, "telegram-to", name = query.from.full_name(), text = reply.text.clone());
    Reply { text, ..reply.clone() }
}
