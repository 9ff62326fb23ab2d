//! Live cards and lines, as a [`Screen`]: what nobody asked for, and what therefore waits where Telegram is busy.

use async_trait::async_trait;
use engine::records::PlaceId;
use teloxide::{
    ApiError, RequestError,
    payloads::{PinChatMessageSetters, UnpinChatMessageSetters},
    requests::Requester,
    types::{ChatId, MessageId, UserId},
};

use super::{
    message::{self as written, Called},
    pen::{Attempt, Pen},
};
use crate::live_card::{Card, Line, Screen, ScreenError};

/// How many people a line calls at most: each is looked up.
const CALLS: usize = 5;

impl Pen {
    /// Calls, unless Telegram asked to wait; with less where it refuses a part.
    async fn drawn<T, F>(&self, place: &PlaceId, call: impl Fn(Attempt) -> F) -> Result<T, ScreenError>
    where
        F: Future<Output = Result<T, RequestError>>,
    {
        let mut attempt = Attempt::FIRST;
        loop {
            let turn = self.gate.for_screen(place.chat).await.map_err(ScreenError::RetryAfter)?;
            match turn.came(call(attempt).await) {
                Ok(drawn) => return Ok(drawn),
                Err(error) if attempt.simpler(&error) => {}
                Err(error) => return Err(self.judge(place, error).await),
            }
        }
    }

    async fn judge(&self, place: &PlaceId, error: RequestError) -> ScreenError {
        match error {
            RequestError::RetryAfter(seconds) => ScreenError::RetryAfter(seconds.duration()),
            RequestError::MigrateToChatId(new) => {
                self.moved(ChatId(place.chat), new).await;
                ScreenError::Gone
            }
            RequestError::Api(error) if is_gone(&error) => ScreenError::Gone,
            error => ScreenError::Failed(self.hidden(&error)),
        }
    }

    /// Pins a card, or takes the pin from one, where the bot may. Nobody waits for it, and a no is no news.
    fn pin(&self, place: &PlaceId, message: MessageId, pinned: bool) {
        if place.chat > 0 {
            return;
        }
        let (bot, me, chat) = (self.bot.clone(), self.me, ChatId(place.chat));
        let (gate, ranks) = (self.gate.clone(), self.ranks.clone());
        tokio::spawn(async move {
            if !ranks.leads(chat, me).await {
                return;
            }
            let Ok(turn) = gate.for_screen(chat.0).await else { return };
            let pin = if pinned {
                bot.pin_chat_message(chat, message).disable_notification(true).await
            } else {
                bot.unpin_chat_message(chat).message_id(message).await
            };
            if let Err(error) = turn.came(pin) {
                tracing::debug!(%chat, problem = error.to_string().replace(bot.token(), "•••"), "a card was not pinned");
            }
        });
    }

    /// Whether somebody is in a chat. Where Telegram does not say, as in groups that hide who is in them, nobody is kept out.
    pub(super) async fn is_there(&self, place: &PlaceId, user: UserId) -> bool {
        match self.bot.get_chat_member(ChatId(place.chat), user).await {
            Ok(member) => member.is_present(),
            Err(RequestError::Api(ApiError::UserNotFound)) => false,
            Err(_) => true,
        }
    }

    /// Those of a chat whom a line calls, by the names that they have there.
    async fn there(&self, place: &PlaceId, calls: &[String]) -> Vec<Called> {
        let mut called = Vec::new();
        for user in calls.iter().take(CALLS).filter_map(|id| id.parse().ok()).map(UserId) {
            if let Ok(member) = self.bot.get_chat_member(ChatId(place.chat), user).await {
                called.push((user, member.user.full_name()));
            }
        }
        called
    }
}

#[async_trait]
impl Screen for Pen {
    async fn show(&self, place: &PlaceId, card: &Card) -> Result<i64, ScreenError> {
        let send = |attempt| {
            self.send(ChatId(place.chat), place, None, written::card(card, &self.ways(attempt)), Some(attempt))
        };
        let message = self.drawn(place, send).await?.id;
        self.pin(place, message, true);
        Ok(i64::from(message.0))
    }

    async fn edit(&self, place: &PlaceId, message: i64, card: &Card) -> Result<(), ScreenError> {
        let message = message_id(message)?;
        self.drawn(place, |attempt| async move {
            let words = written::card(card, &self.ways(attempt));
            match self.redraw(ChatId(place.chat), message, words, Some(attempt)).await {
                // The end moved by seconds, and the card shows minutes; or it shows this since before a restart.
                Err(RequestError::Api(ApiError::MessageNotModified)) => Ok(()),
                redrawn => redrawn.map(drop),
            }
        })
        .await
    }

    async fn disarm(&self, place: &PlaceId, message: i64) -> Result<(), ScreenError> {
        let message = message_id(message)?;
        self.drawn(place, |_| self.bare(ChatId(place.chat), message)).await?;
        self.pin(place, message, false);
        Ok(())
    }

    async fn say(&self, place: &PlaceId, line: &Line) -> Result<i64, ScreenError> {
        let called = self.there(place, &line.calls).await;
        let send = |attempt| {
            let words = written::line(line, &called, &self.ways(attempt));
            self.send(ChatId(place.chat), place, None, words, None)
        };
        Ok(i64::from(self.drawn(place, send).await?.id.0))
    }

    async fn reword(&self, place: &PlaceId, message: i64, line: &Line) -> Result<(), ScreenError> {
        let message = message_id(message)?;
        self.drawn(place, |attempt| async move {
            // Who was called once is not called again.
            let words = written::line(line, &[], &self.ways(attempt));
            match self.redraw(ChatId(place.chat), message, words, None).await {
                Err(RequestError::Api(ApiError::MessageNotModified)) => Ok(()),
                redrawn => redrawn.map(drop),
            }
        })
        .await
    }

    async fn erase(&self, place: &PlaceId, message: i64) -> Result<(), ScreenError> {
        let message = message_id(message)?;
        self.drawn(place, |_| async move {
            match self.bot.delete_message(ChatId(place.chat), message).await {
                Err(RequestError::Api(ApiError::MessageToDeleteNotFound)) => Ok(()),
                erased => erased.map(drop),
            }
        })
        .await
    }
}

fn message_id(message: i64) -> Result<MessageId, ScreenError> {
    i32::try_from(message).map(MessageId).map_err(|_| ScreenError::Gone)
}

/// Whether the message, or our place in its chat, is not there any more.
pub(super) fn is_gone(error: &ApiError) -> bool {
    match error {
        ApiError::MessageToEditNotFound
        | ApiError::MessageIdInvalid
        | ApiError::MessageCantBeEdited
        | ApiError::MessageCantBeDeleted
        | ApiError::ChatNotFound
        | ApiError::GroupDeactivated
        | ApiError::BotBlocked
        | ApiError::BotKicked
        | ApiError::BotKickedFromSupergroup
        | ApiError::BotKickedFromChannel
        | ApiError::UserDeactivated
        | ApiError::CantInitiateConversation
        | ApiError::NotEnoughRightsToPostMessages => true,
        // What the library has no name for.
        ApiError::Unknown(text) => {
            let text = text.to_ascii_lowercase();
            text.starts_with("forbidden")
                || [
                    "not enough rights",
                    "chat_write_forbidden",
                    "message thread not found",
                    "topic_closed",
                    "topic_deleted",
                ]
                .iter()
                .any(|reason| text.contains(reason))
        }
        _ => false,
    }
}
