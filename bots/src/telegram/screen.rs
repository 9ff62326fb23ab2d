//! Sends and edits messages: answers, and live cards as a [`Screen`].

use std::time::Duration;

use async_trait::async_trait;
use dashmap::DashMap;
use engine::records::{PlaceId, Platform};
use teloxide::{
    ApiError, Bot, RequestError,
    payloads::{EditMessageTextSetters, SendMessageSetters},
    requests::Requester,
    types::{ChatId, InlineKeyboardMarkup, LinkPreviewOptions, Message, MessageId, ReplyParameters, ThreadId},
};

use super::words::{self, Words};
use crate::{
    core::Core,
    live_card::{Card, Screen, ScreenError},
    reply::Reply,
};

/// How often an answer is tried again when Telegram asks to wait; after that it is too late to be one.
const TRIES: u32 = 3;
/// How many answers may be on their way to one chat: where Telegram asks to wait, more would only make it ask for longer,
/// and one noisy group must not hold up all others.
const WAITING: usize = 8;
/// The longest wait that is worth an answer.
const WORTH: Duration = Duration::from_mins(1);

/// The bot's pen.
pub(super) struct Messages {
    bot: Bot,
    core: Core,
    /// How many answers are on their way, per chat that has any.
    waiting: DashMap<i64, usize>,
}

impl Messages {
    pub(super) fn new(bot: Bot, core: Core) -> Self {
        Self { bot, core, waiting: DashMap::new() }
    }

    /// Sends an answer to a message. A failure is logged here; there is nobody else to tell.
    pub(super) async fn answer(&self, place: &PlaceId, to: MessageId, reply: &Reply) {
        {
            let mut waiting = self.waiting.entry(place.chat).or_default();
            if *waiting >= WAITING {
                return tracing::debug!(%place, "an answer was left out: the chat has too many on their way");
            }
            *waiting += 1;
        }
        self.deliver(place, to, reply).await;
        self.waiting.entry(place.chat).and_modify(|waiting| *waiting = waiting.saturating_sub(1));
        self.waiting.remove_if(&place.chat, |_, waiting| *waiting == 0);
    }

    async fn deliver(&self, place: &PlaceId, to: MessageId, reply: &Reply) {
        let mut chat = ChatId(place.chat);
        let mut links = true;
        for _ in 0..TRIES {
            match self.send(chat, place, Some(to), words::reply(reply, links)).await {
                Ok(_) => return,
                Err(RequestError::RetryAfter(seconds)) if seconds.duration() <= WORTH => {
                    tokio::time::sleep(seconds.duration()).await;
                }
                Err(RequestError::Api(ApiError::ButtonUrlInvalid)) if links => links = false,
                Err(RequestError::MigrateToChatId(new)) => {
                    self.moved(chat, new).await;
                    chat = new;
                }
                Err(error) => return tracing::warn!(%place, problem = self.hidden(&error), "an answer was not sent"),
            }
        }
        tracing::warn!(%place, "an answer was not sent: Telegram asks to wait for too long");
    }

    /// A group became a supergroup: its room goes with it.
    pub(super) async fn moved(&self, from: ChatId, to: ChatId) {
        let place = |chat: ChatId| PlaceId { platform: Platform::Telegram, chat: chat.0, topic: None };
        if let Err(no) = self.core.engine().places.moved(&place(from), place(to)).await {
            tracing::error!(%from, %to, %no, "a group moved, but its room could not follow");
        }
    }

    async fn send(
        &self,
        chat: ChatId,
        place: &PlaceId,
        to: Option<MessageId>,
        words: Words,
    ) -> Result<Message, RequestError> {
        let mut message =
            self.bot.send_message(chat, words.text).entities(words.entities).link_preview_options(no_preview());
        if let Some(to) = to {
            message = message.reply_parameters(ReplyParameters::new(to).allow_sending_without_reply());
        }
        if let Some(topic) = place.topic.and_then(|topic| i32::try_from(topic).ok()) {
            message = message.message_thread_id(ThreadId(MessageId(topic)));
        }
        if let Some(keyboard) = words.keyboard {
            message = message.reply_markup(keyboard);
        }
        message.await
    }

    async fn redraw(&self, chat: ChatId, message: MessageId, words: Words) -> Result<Message, RequestError> {
        self.bot
            .edit_message_text(chat, message, words.text)
            .entities(words.entities)
            .link_preview_options(no_preview())
            // Without a keyboard Telegram would leave the old one.
            .reply_markup(words.keyboard.unwrap_or_else(|| InlineKeyboardMarkup::new(Vec::<Vec<_>>::new())))
            .await
    }

    /// An error without the bot's secret: addresses in it may hold the token.
    pub(super) fn hidden(&self, error: &RequestError) -> String {
        error.to_string().replace(self.bot.token(), "•••")
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
}

#[async_trait]
impl Screen for Messages {
    async fn show(&self, place: &PlaceId, card: &Card) -> Result<i64, ScreenError> {
        let chat = ChatId(place.chat);
        let mut sent = self.send(chat, place, None, words::card(card, true)).await;
        if matches!(sent, Err(RequestError::Api(ApiError::ButtonUrlInvalid))) {
            sent = self.send(chat, place, None, words::card(card, false)).await;
        }
        match sent {
            Ok(message) => Ok(i64::from(message.id.0)),
            Err(error) => Err(self.judge(place, error).await),
        }
    }

    async fn edit(&self, place: &PlaceId, message: i64, card: &Card) -> Result<(), ScreenError> {
        let chat = ChatId(place.chat);
        let message = MessageId(i32::try_from(message).map_err(|_| ScreenError::Gone)?);
        let mut drawn = self.redraw(chat, message, words::card(card, true)).await;
        if matches!(drawn, Err(RequestError::Api(ApiError::ButtonUrlInvalid))) {
            drawn = self.redraw(chat, message, words::card(card, false)).await;
        }
        match drawn {
            // The end moved by seconds, and the card shows minutes; or it shows this since before a restart.
            Ok(_) | Err(RequestError::Api(ApiError::MessageNotModified)) => Ok(()),
            Err(error) => Err(self.judge(place, error).await),
        }
    }
}

fn no_preview() -> LinkPreviewOptions {
    LinkPreviewOptions {
        is_disabled: true,
        url: None,
        prefer_small_media: false,
        prefer_large_media: false,
        show_above_text: false,
    }
}

/// Whether the message, or our place in its chat, is not there any more.
fn is_gone(error: &ApiError) -> bool {
    match error {
        ApiError::MessageToEditNotFound
        | ApiError::MessageIdInvalid
        | ApiError::MessageCantBeEdited
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
