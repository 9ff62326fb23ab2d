//! Writes what the bot says: answers to people, and what becomes of them. Cards and lines are [`screen`](super::screen)'s.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use dashmap::DashMap;
use engine::{
    ids::PersonId,
    records::{PlaceId, Platform},
};
use teloxide::{
    ApiError, Bot, RequestError,
    payloads::{
        EditMessageReplyMarkupSetters, EditMessageTextSetters, SendDocumentSetters, SendMessageSetters, SendPollSetters,
    },
    requests::Requester,
    types::{
        ChatId, InlineKeyboardMarkup, InputFile, InputPollOption, LinkPreviewOptions, Me, Message, MessageEntityKind,
        MessageId, ReplyParameters, ThreadId, UserId,
    },
};
use tokio::sync::mpsc;

use super::{
    gate::Gate,
    message::{self as written, Called, Ways, Words},
    ranks::Ranks,
};
use crate::{core::Core, reply::Reply};

/// How often an answer is tried again when Telegram asks to wait, or for less; after that it is too late to be one.
const TRIES: u32 = 4;
/// How many answers may be on their way to one chat: where Telegram asks to wait, more would only make it ask for longer,
/// and one noisy group must not hold up all others.
const WAITING: usize = 8;
/// The longest wait that is worth an answer.
const WORTH: Duration = Duration::from_mins(1);

/// A group that is known by another identity from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moved {
    pub(super) from: ChatId,
    pub(super) to: ChatId,
    /// It had a card, which stayed behind.
    pub(super) had_card: bool,
}

/// The bot's pen.
pub(super) struct Pen {
    pub(super) bot: Bot,
    pub(super) core: Core,
    pub(super) me: UserId,
    pub(super) gate: Arc<Gate>,
    pub(super) ranks: Arc<Ranks>,
    /// Where the Mini App is, if there is one.
    app: Option<String>,
    /// How many answers are on their way, per chat that has any.
    waiting: DashMap<i64, usize>,
    moved: mpsc::Sender<Moved>,
    /// Telegram could not be reached the last time.
    down: AtomicBool,
}

/// What was tried already in vain.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attempt {
    /// Buttons may open pages.
    links: bool,
    /// A picture may be shown.
    picture: bool,
}

impl Attempt {
    pub(super) const FIRST: Self = Self { links: true, picture: true };

    /// Whether less may do where this was refused; then less it is.
    pub(super) fn simpler(&mut self, error: &RequestError) -> bool {
        let RequestError::Api(error) = error else { return false };
        match error {
            ApiError::ButtonUrlInvalid if self.links => self.links = false,
            ApiError::WrongHttpUrl | ApiError::FailedToGetUrlContent | ApiError::ImageProcessFailed if self.picture => {
                self.picture = false;
            }
            ApiError::Unknown(text) if self.picture && text.to_ascii_lowercase().contains("webpage") => {
                self.picture = false;
            }
            _ => return false,
        }
        true
    }
}

impl Pen {
    pub(super) fn new(bot: Bot, core: Core, me: &Me, app: Option<&str>, moved: mpsc::Sender<Moved>) -> Self {
        let clock = core.engine().clock;
        let ranks = Arc::new(Ranks::new(bot.clone(), clock));
        let app = app.map(|app| format!("https://t.me/{}/{app}", me.username()));
        let (gate, down) = (Arc::new(Gate::new(clock)), AtomicBool::new(false));
        Self { bot, core, me: me.id, gate, ranks, app, waiting: DashMap::new(), moved, down }
    }

    pub(super) fn ways(&self, attempt: Attempt) -> Ways {
        Ways { links: attempt.links, app: self.app.clone() }
    }

    /// Answers a message; the answer's identity, if it came there. A failure is logged here; there is nobody else to tell.
    pub(super) async fn answer(&self, place: &PlaceId, to: MessageId, reply: &Reply) -> Option<MessageId> {
        {
            let mut waiting = self.waiting.entry(place.chat).or_default();
            if *waiting >= WAITING {
                tracing::debug!(%place, "an answer was left out: the chat has too many on their way");
                return None;
            }
            *waiting += 1;
        }
        let called = self.called(&reply.calls).await;
        let sent = self
            .surely(place, |chat, attempt| {
                let words = written::reply(reply, &called, &self.ways(attempt));
                self.send_reply(chat, place, to, words, reply)
            })
            .await;
        self.waiting.entry(place.chat).and_modify(|waiting| *waiting = waiting.saturating_sub(1));
        self.waiting.remove_if(&place.chat, |_, waiting| *waiting == 0);
        sent.map(|message| message.id)
    }

    async fn send_reply(
        &self,
        chat: ChatId,
        place: &PlaceId,
        to: MessageId,
        words: Words,
        reply: &Reply,
    ) -> Result<Message, RequestError> {
        let Some(file) = &reply.file else { return self.send(chat, place, Some(to), words, None).await };
        let content = InputFile::memory(file.text.clone().into_bytes()).file_name(file.name.clone());
        let mut document = self
            .bot
            .send_document(chat, content)
            .caption(written::caption(&words.text))
            .reply_parameters(ReplyParameters::new(to).allow_sending_without_reply());
        if let Some(topic) = thread_of(place) {
            document = document.message_thread_id(topic);
        }
        if let Some(keyboard) = words.keyboard {
            document = document.reply_markup(keyboard);
        }
        document.await
    }

    /// Makes one of the bot's messages say this, with these buttons or with none.
    pub(super) async fn rewrite(&self, place: &PlaceId, message: MessageId, reply: &Reply) {
        self.surely(place, |chat, attempt| async move {
            let words = written::reply(reply, &[], &self.ways(attempt));
            match self.redraw(chat, message, words, None).await {
                Err(RequestError::Api(ApiError::MessageNotModified)) => Ok(()),
                redrawn => redrawn.map(drop),
            }
        })
        .await;
    }

    /// Takes a message of the bot away; where it may not, its buttons.
    pub(super) async fn remove(&self, place: &PlaceId, message: MessageId) {
        let removed = self
            .surely(place, |chat, _| async move {
                match self.bot.delete_message(chat, message).await {
                    Err(RequestError::Api(ApiError::MessageToDeleteNotFound)) => Ok(true),
                    Err(RequestError::Api(_)) => Ok(false),
                    removed => removed.map(|_| true),
                }
            })
            .await;
        if removed == Some(false) {
            self.strip(place, message).await;
        }
    }

    /// Takes the buttons of a message away.
    pub(super) async fn strip(&self, place: &PlaceId, message: MessageId) {
        self.surely(place, |chat, _| async move {
            match self.bare(chat, message).await {
                Err(RequestError::Api(_)) => Ok(()),
                stripped => stripped,
            }
        })
        .await;
    }

    pub(super) async fn bare(&self, chat: ChatId, message: MessageId) -> Result<(), RequestError> {
        let bare = self.bot.edit_message_reply_markup(chat, message).reply_markup(no_buttons()).await;
        match bare {
            Err(RequestError::Api(ApiError::MessageNotModified)) => Ok(()),
            bare => bare.map(drop),
        }
    }

    /// Asks the chat a question with two answers, for so many seconds.
    pub(super) async fn poll(
        &self,
        place: &PlaceId,
        to: MessageId,
        question: &str,
        answers: [String; 2],
        seconds: u16,
    ) -> Option<Message> {
        self.surely(place, |chat, _| {
            let answers = answers.clone().map(InputPollOption::new);
            let mut poll = self
                .bot
                .send_poll(chat, written::question(question), answers)
                .is_anonymous(false)
                .open_period(seconds)
                .reply_parameters(ReplyParameters::new(to).allow_sending_without_reply());
            if let Some(topic) = thread_of(place) {
                poll = poll.message_thread_id(topic);
            }
            async move { poll.await }
        })
        .await
    }

    /// Ends a poll; that it ended already is as well.
    pub(super) async fn stop_poll(&self, place: &PlaceId, message: MessageId) {
        self.surely(place, |chat, _| async move {
            match self.bot.stop_poll(chat, message).await {
                Err(RequestError::Api(_)) => Ok(()),
                stopped => stopped.map(drop),
            }
        })
        .await;
    }

    /// Calls until it is through, as long as that is worth it: waits where Telegram asks to wait, does with less where it
    /// refuses a part, and follows a group that moved.
    async fn surely<T, F>(&self, place: &PlaceId, call: impl Fn(ChatId, Attempt) -> F) -> Option<T>
    where
        F: Future<Output = Result<T, RequestError>>,
    {
        let mut chat = ChatId(place.chat);
        let mut attempt = Attempt::FIRST;
        for _ in 0..TRIES {
            let Some(turn) = self.gate.for_answer(chat.0, WORTH).await else { break };
            match turn.came(call(chat, attempt).await) {
                Ok(done) => {
                    self.reached();
                    return Some(done);
                }
                Err(RequestError::RetryAfter(_)) => {}
                Err(RequestError::MigrateToChatId(new)) => {
                    self.moved(chat, new).await;
                    chat = new;
                }
                Err(error) if attempt.simpler(&error) => {}
                Err(error) => {
                    self.failed(place, &error);
                    return None;
                }
            }
        }
        tracing::warn!(%place, "an answer was not sent: Telegram asks to wait for too long");
        None
    }

    /// The connection works: said once after it did not.
    fn reached(&self) {
        if self.down.swap(false, Ordering::Relaxed) {
            tracing::info!("answers reach Telegram again");
        }
    }

    fn failed(&self, place: &PlaceId, error: &RequestError) {
        let problem = self.hidden(error);
        match error {
            // The bot was thrown out or blocked: nobody waits for the answer.
            RequestError::Api(error) if super::screen::is_gone(error) => {
                tracing::debug!(%place, problem, "an answer was not sent");
            }
            RequestError::Api(_) => tracing::warn!(%place, problem, "an answer was not sent"),
            _ if !self.down.swap(true, Ordering::Relaxed) => {
                tracing::warn!(%place, problem, "answers do not reach Telegram");
            }
            _ => tracing::debug!(%place, problem, "an answer was not sent"),
        }
    }

    /// A group became a supergroup: its room goes with it.
    pub(super) async fn moved(&self, from: ChatId, to: ChatId) {
        let place = |chat: ChatId| PlaceId { platform: Platform::Telegram, chat: chat.0, topic: None };
        let places = &self.core.engine().places;
        let before = places.get(&place(from)).await;
        if let Err(no) = places.moved(&place(from), place(to)).await {
            tracing::error!(%from, %to, %no, "a group moved, but its room could not follow");
        }
        let had_card = before.is_ok_and(|before| before.is_some_and(|before| before.card.is_some()));
        // Full only where a thousand groups move at once; then its card comes with the next command.
        let _ = self.moved.try_send(Moved { from, to, had_card });
    }

    /// Who of these people is on Telegram, and by which name.
    async fn called(&self, people: &[PersonId]) -> Vec<Called> {
        let mut called = Vec::new();
        for person in people {
            let Ok(identities) = self.core.engine().people.identities(*person).await else { continue };
            called.extend(
                identities.into_iter().filter(|identity| identity.platform == Platform::Telegram).filter_map(
                    |identity| {
                        let user = UserId(identity.subject.parse().ok()?);
                        Some((user, identity.name.map_or(identity.subject, |name| name.to_string())))
                    },
                ),
            );
        }
        called
    }

    pub(super) async fn send(
        &self,
        chat: ChatId,
        place: &PlaceId,
        to: Option<MessageId>,
        words: Words,
        attempt: Option<Attempt>,
    ) -> Result<Message, RequestError> {
        let preview = preview(&words, attempt);
        // What answers nobody and calls nobody rings nowhere.
        let calls = words.entities.iter().any(|entity| matches!(entity.kind, MessageEntityKind::TextMention { .. }));
        let mut message = self
            .bot
            .send_message(chat, words.text)
            .entities(words.entities)
            .link_preview_options(preview)
            .disable_notification(to.is_none() && !calls);
        if let Some(to) = to {
            message = message.reply_parameters(ReplyParameters::new(to).allow_sending_without_reply());
        }
        if let Some(topic) = thread_of(place) {
            message = message.message_thread_id(topic);
        }
        if let Some(keyboard) = words.keyboard {
            message = message.reply_markup(keyboard);
        }
        message.await
    }

    pub(super) async fn redraw(
        &self,
        chat: ChatId,
        message: MessageId,
        words: Words,
        attempt: Option<Attempt>,
    ) -> Result<Message, RequestError> {
        let preview = preview(&words, attempt);
        self.bot
            .edit_message_text(chat, message, words.text)
            .entities(words.entities)
            .link_preview_options(preview)
            // Without a keyboard Telegram would leave the old one.
            .reply_markup(words.keyboard.unwrap_or_else(no_buttons))
            .await
    }

    /// An error without the bot's secret: addresses in it may hold the token.
    pub(super) fn hidden(&self, error: &RequestError) -> String {
        error.to_string().replace(self.bot.token(), "•••")
    }
}

pub(super) fn thread_of(place: &PlaceId) -> Option<ThreadId> {
    place.topic.and_then(|topic| i32::try_from(topic).ok()).map(|topic| ThreadId(MessageId(topic)))
}

fn no_buttons() -> InlineKeyboardMarkup {
    InlineKeyboardMarkup::new(Vec::<Vec<_>>::new())
}

/// The picture above a card, as the preview of a link that does not stand in its text; no previews otherwise.
fn preview(words: &Words, attempt: Option<Attempt>) -> LinkPreviewOptions {
    let picture = words.picture.as_ref().filter(|_| attempt.is_some_and(|attempt| attempt.picture));
    LinkPreviewOptions {
        is_disabled: picture.is_none(),
        url: picture.map(ToString::to_string),
        prefer_small_media: false,
        prefer_large_media: picture.is_some(),
        show_above_text: picture.is_some(),
    }
}
