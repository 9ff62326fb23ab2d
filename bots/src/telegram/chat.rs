//! What people write, as questions to the core.

use std::sync::Arc;

use engine::{
    records::{Place, PlaceId, PlaceSettings, Platform},
    refusal::{Code, No, Refusal},
    room::Role,
    text,
};
use teloxide::types::{
    Chat, ChatId, ChatMemberUpdated, Me, Message, MessageEntityKind, MessageId, Update, UpdateKind, User,
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{
    answered::{answered, completed, has_film},
    links,
    pen::{Moved, Pen},
    polls::Polls,
};
use crate::{
    ask::Ask,
    bridge::{Bridge, Written},
    commands,
    core::{Asker, Core, answer},
    grammar,
    live_card::Cards,
    reply::{Action, Button, Reply},
    say,
    words::{self, Locale},
};

/// All chats.
pub(super) struct Chats {
    pub(super) core: Core,
    pub(super) pen: Arc<Pen>,
    pub(super) cards: Cards,
    pub(super) bridge: Bridge,
    pub(super) me: Me,
    pub(super) polls: Polls,
    pub(super) stop: CancellationToken,
}

/// What is left of a message for us.
enum Line {
    /// A command, or a link sent to the bot alone.
    Command(String),
    /// Somebody pressed the start button, or followed a link to the bot that carries this.
    Start(String),
    /// A film as a file, sent to the bot alone.
    File,
    /// Anything else.
    Chatter,
    /// A command of another bot.
    Nothing,
}

impl Chats {
    pub(super) fn new(
        core: Core,
        pen: Arc<Pen>,
        cards: Cards,
        bridge: Bridge,
        me: Me,
        stop: CancellationToken,
    ) -> Self {
        Self { core, pen, cards, bridge, me, polls: Polls::default(), stop }
    }

    pub(super) async fn update(self: &Arc<Self>, update: Update) {
        match update.kind {
            UpdateKind::Message(message) => self.message(&message).await,
            UpdateKind::EditedMessage(message) => self.edited(&message).await,
            UpdateKind::CallbackQuery(query) => self.pressed(query).await,
            UpdateKind::InlineQuery(query) => self.asked_inline(query).await,
            UpdateKind::PollAnswer(answer) => self.polled(answer).await,
            UpdateKind::ChatMember(change) => self.pen.ranks.forget(change.chat.id),
            UpdateKind::MyChatMember(change) => self.own_rank(&change).await,
            _ => {}
        }
    }

    /// The bot was made something else, or thrown out.
    async fn own_rank(&self, change: &ChatMemberUpdated) {
        self.pen.ranks.forget(change.chat.id);
        if change.new_chat_member.is_present() {
            return;
        }
        // A forum has a place per topic.
        let places = match self.core.engine().places.on(Platform::Telegram).await {
            Ok(places) => places,
            Err(no) => return tracing::error!(%no, "the bot was thrown out of a chat, whose places could not be read"),
        };
        for place in places.into_iter().filter(|place| place.id.chat == change.chat.id.0).map(|place| place.id) {
            self.cards.forget(&place);
            self.bridge.forget(&place);
            // Who only blocked the bot finds everything as it was.
            if !change.chat.is_private()
                && let Err(no) = self.core.engine().places.untie(&place).await
            {
                tracing::error!(%place, %no, "a chat without the bot stays tied to its room");
            }
        }
    }

    async fn message(self: &Arc<Self>, message: &Message) {
        if let Some(new) = message.migrate_to_chat_id() {
            return self.pen.moved(message.chat.id, *new).await;
        }
        if let Some(old) = message.migrate_from_chat_id() {
            return self.pen.moved(*old, message.chat.id).await;
        }
        let place = place_of(message);
        self.cards.passed(&place, i64::from(message.id.0));
        let Some(from) = message.from.as_ref().filter(|from| is_somebody(from)) else { return };
        let line = self.line(message);
        let (asker, line) = match line {
            Line::Nothing => return,
            Line::Chatter => {
                if !self.overheard(message, &place, from).await && message.chat.is_private() {
                    self.hint(message, &place, from, "telegram-chatter").await;
                }
                return;
            }
            Line::File => return self.hint(message, &place, from, "telegram-file").await,
            line => match self.asker(&message.chat, place.clone(), from, message.sender_chat.as_ref()).await {
                Ok(asker) => (asker, line),
                Err(no) => {
                    let reply = answer(locale_of(from), &no);
                    self.pen.answer(&place, message.id, &reply).await;
                    return;
                }
            },
        };
        let reply = match line {
            Line::Command(line) => self.command(&asker, &place, message, &line).await,
            Line::Start(payload) => Some(self.start(&asker, &place, &payload).await),
            Line::File | Line::Chatter | Line::Nothing => None,
        };
        if let Some(reply) = reply {
            self.reply(&asker, &place, &message.chat, message.id, &reply).await;
        }
    }

    /// Says what to do instead.
    async fn hint(&self, message: &Message, place: &PlaceId, from: &User, id: &'static str) {
        if message.text().is_none() && !has_film(message) {
            return;
        }
        let reply = answer(locale_of(from), &words::hint(id).into());
        self.pen.answer(place, message.id, &reply).await;
    }

    /// Says it in the chat: a vote as a poll, where the chat wants that.
    pub(super) async fn reply(
        self: &Arc<Self>,
        asker: &Asker,
        place: &PlaceId,
        chat: &Chat,
        to: MessageId,
        reply: &Reply,
    ) {
        if !self.put_to_poll(asker, place, chat, to, reply).await {
            self.pen.answer(place, to, reply).await;
        }
    }

    /// What a message is to us. In a group most are none of our business.
    fn line(&self, message: &Message) -> Line {
        let private = message.chat.is_private();
        let text = mentioned(message);
        let text = text.trim();
        let Some(command) = text.strip_prefix('/') else {
            let link = text.starts_with("http://") || text.starts_with("https://");
            return match (private, link) {
                (true, true) => Line::Command(format!("/watch {text}")),
                (true, false) if has_film(message) => Line::File,
                _ => Line::Chatter,
            };
        };
        let (word, rest) = command.split_once(char::is_whitespace).unwrap_or((command, ""));
        let (name, to) = word.split_once('@').map_or((word, None), |(name, to)| (name, Some(to)));
        let ours = to.is_some_and(|to| to.eq_ignore_ascii_case(self.me.username()));
        if to.is_some() && !ours {
            return Line::Nothing;
        }
        if name.eq_ignore_ascii_case("start") && (private || ours) {
            return Line::Start(rest.trim().to_owned());
        }
        // A group has other bots, with commands of their own.
        let known = commands::COMMANDS.iter().any(|command| command.name.eq_ignore_ascii_case(name));
        if known || private || ours {
            Line::Command(format!("/{name} {rest}").trim().to_owned())
        } else {
            Line::Nothing
        }
    }

    /// Runs a command and sees to the chat's card; the answer, unless the card is the answer.
    async fn command(&self, asker: &Asker, place: &PlaceId, message: &Message, line: &str) -> Option<Reply> {
        let ask = match completed(line, message).and_then(|line| grammar::parse(&line)) {
            Ok(ask) => ask,
            Err(refusal) => return Some(answer(asker.locale, &refusal.into())),
        };
        if place.chat < 0 && matches!(ask, Ask::Link { to: None }) {
            // All would read the code there, and whoever types it first becomes one with who asked for it.
            return Some(answer(asker.locale, &words::hint("telegram-link-alone").into()));
        }
        let first = matches!(ask, Ask::Watch { .. }) && !self.has_card(place).await;
        let wanted = matches!(ask, Ask::Watch { .. } | Ask::QueueAdd { .. } | Ask::Now);
        let (invites, sets) = (matches!(ask, Ask::Invite), matches!(ask, Ask::Set { .. } | Ask::Link { .. }));
        // The answer tells what came of it: the chat need not hear it twice.
        self.bridge.asked(place, asker.actor.person);
        let mut reply = self.core.ask(asker, ask).await;
        if invites && place.chat < 0 {
            reply.buttons.extend(self.remote(asker.locale, &reply));
        }
        let Some(room) = reply.room else { return Some(reply) };
        if sets {
            self.bridge.see(place, room);
        }
        if wanted && !reply.refused {
            self.cards.show(place, room);
            // More than one line tells what no card does: links that were left out, what was wanted besides.
            return (!first || reply.text.contains('\n')).then_some(reply);
        }
        self.cards.see(place, room);
        Some(reply)
    }

    async fn has_card(&self, place: &PlaceId) -> bool {
        self.place(place).await.is_some_and(|place| place.card.is_some())
    }

    /// What is known of a chat, if a room is tied to it.
    pub(super) async fn place(&self, place: &PlaceId) -> Option<Place> {
        self.core.engine().places.get(place).await.ok().flatten()
    }

    /// Somebody writes to the others: carried on where the chat wants that, and a film in it is offered to be queued.
    /// Whether the chat wants it.
    async fn overheard(&self, message: &Message, place: &PlaceId, from: &User) -> bool {
        let by_us = message.via_bot.as_ref().is_some_and(|bot| bot.id == self.me.id);
        let Some(known) = self.place(place).await.filter(|place| place.settings.lines_in && !by_us) else {
            return false;
        };
        let locale = locale_in(&known.settings, from);
        let text = described(message, locale);
        if text.is_empty() {
            // A service message.
            return true;
        }
        let behind = message.sender_chat.as_ref();
        match self.asker(&message.chat, place.clone(), from, behind).await {
            Ok(asker) => {
                let (message_id, answers) = (i64::from(message.id.0), answered(message).map(|it| i64::from(it.id.0)));
                let attachments = Vec::new();
                let written = Written { message: message_id, actor: asker.actor, text, attachments, answers };
                self.bridge.heard(place, written).await;
            }
            Err(no) => tracing::error!(%place, %no, "nobody knows who wrote a line"),
        }
        if links::of(message).iter().any(|link| links::watchable(link)) {
            let buttons = vec![Button::act(locale, Action::QueueThat)];
            let text = say!(locale, "telegram-offer");
            let offer = Reply { text, buttons, room: Some(known.room), ..Reply::default() };
            self.pen.answer(place, message.id, &offer).await;
        }
        true
    }

    async fn edited(&self, message: &Message) {
        let Some(from) = message.from.as_ref().filter(|from| is_somebody(from)) else { return };
        let place = place_of(message);
        if !matches!(self.line(message), Line::Chatter) {
            return;
        }
        if let Some(known) = self.place(&place).await.filter(|place| place.settings.lines_in) {
            let text = described(message, locale_in(&known.settings, from));
            self.bridge.edited(&place, i64::from(message.id.0), &text).await;
        }
    }

    /// Who wrote or pressed that. Who writes in the name of a group or channel is that group or channel.
    pub(super) async fn asker(
        &self,
        chat: &Chat,
        place: PlaceId,
        from: &User,
        behind: Option<&Chat>,
    ) -> Result<Asker, No> {
        let people = &self.core.engine().people;
        let behind = behind.filter(|_| from.id.is_anonymous() || from.id.is_channel());
        let (caller, rank) = if let Some(behind) = behind {
            let name = behind.title().unwrap_or("Telegram");
            let caller = people.on_platform(Platform::Telegram, &format!("chat:{}", behind.id), name).await?;
            // Only administrators can write in the name of their own group.
            (caller, if behind.id == chat.id { Role::Cohost } else { Role::Guest })
        } else {
            let caller = people.on_platform(Platform::Telegram, &from.id.to_string(), &from.full_name()).await?;
            // What the chat vouches for.
            let leads = !chat.is_private() && self.pen.ranks.leads(chat.id, from.id).await;
            (caller, if leads { Role::Cohost } else { Role::Guest })
        };
        let settings = self.place(&place).await.map(|place| place.settings).unwrap_or_default();
        let place_name = chat.title().and_then(|title| text::clipped(title, 100));
        Ok(Asker {
            actor: caller.actor(Platform::Telegram.door()).granted(rank),
            room: None,
            place: Some(place),
            place_name,
            community: None,
            steward: rank >= Role::Cohost || chat.is_private(),
            leads: rank >= Role::Cohost,
            in_voice: None,
            locale: locale_of(from),
            place_locale: locale_in(&settings, from),
            address: None,
        })
    }

    /// Groups that moved: their rooms have, what is kept of them in memory has to.
    pub(super) async fn follow(self: Arc<Self>, mut moves: mpsc::Receiver<Moved>, stop: CancellationToken) {
        while let Some(Some(Moved { from, to, had_card })) = stop.run_until_cancelled(moves.recv()).await {
            let place = |chat: ChatId| PlaceId { platform: Platform::Telegram, chat: chat.0, topic: None };
            self.cards.forget(&place(from));
            self.bridge.forget(&place(from));
            self.pen.ranks.forget(from);
            match self.core.engine().room_of(&place(to)).await {
                Ok(room) => {
                    self.bridge.see(&place(to), room);
                    if had_card {
                        self.cards.show(&place(to), room);
                    }
                }
                Err(No::Refusal(Refusal { code: Code::NoRoomHere, .. })) => {}
                Err(no) => tracing::error!(%to, %no, "a group moved, but its card could not follow"),
            }
        }
    }
}

/// The words of a message, or those below a picture. Who is marked as a person without an @name stands there as `tg:ID`.
fn mentioned(message: &Message) -> String {
    let mut text = message.text().or(message.caption()).unwrap_or_default().to_owned();
    let marked = message.parse_entities().or_else(|| message.parse_caption_entities()).unwrap_or_default();
    for entity in marked.iter().rev() {
        if let MessageEntityKind::TextMention { user } = entity.kind()
            && text.starts_with('/')
            && text.get(entity.range()).is_some()
        {
            text.replace_range(entity.range(), &format!("tg:{}", user.id));
        }
    }
    text
}

/// What somebody wrote, as those elsewhere read it: files are named, as there is no public link to them.
fn described(message: &Message, locale: Locale) -> String {
    let text = message.text().or(message.caption()).unwrap_or_default().trim();
    let Some(kind) = attached(message) else { return text.to_owned() };
    let kind = say!(locale, kind);
    if text.is_empty() { format!("[{kind}]") } else { format!("[{kind}] {text}") }
}

/// What hangs on a message.
fn attached(message: &Message) -> Option<&'static str> {
    Some(match message {
        _ if message.photo().is_some() => "telegram-photo",
        _ if message.video().is_some() || message.video_note().is_some() => "telegram-video",
        // An animation is a document too.
        _ if message.animation().is_some() => "telegram-animation",
        _ if message.document().is_some() => "telegram-document",
        _ if message.voice().is_some() => "telegram-voice",
        _ if message.audio().is_some() => "telegram-audio",
        _ if message.sticker().is_some() => "telegram-sticker",
        _ if message.poll().is_some() => "telegram-poll",
        _ if message.location().is_some() => "telegram-location",
        _ if message.contact().is_some() => "telegram-contact",
        _ => return None,
    })
}

/// Somebody, or a group or channel that somebody writes in the name of; other bots are nobody.
fn is_somebody(from: &User) -> bool {
    !from.is_bot || from.id.is_anonymous() || from.id.is_channel()
}

/// The language somebody has their Telegram in.
pub(super) fn locale_of(from: &User) -> Locale {
    Locale::of(from.language_code.as_deref().unwrap_or_default())
}

/// The language of a chat; as long as nobody chose one, that of who writes.
fn locale_in(settings: &PlaceSettings, from: &User) -> Locale {
    settings.locale.as_deref().map_or_else(|| locale_of(from), Locale::of)
}

/// The chat of a message, or the topic within it.
pub(super) fn place_of(message: &Message) -> PlaceId {
    let topic = message.thread_id.filter(|_| message.is_topic_message).map(|topic| i64::from(topic.0.0));
    PlaceId { platform: Platform::Telegram, chat: message.chat.id.0, topic }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telegram::fixture::message;

    #[test]
    fn somebody_without_a_name_can_be_named() {
        let line = message(
            r#"{"text": "/kick Бен now", "entities": [{"type": "bot_command", "offset": 0, "length": 5},
            {"type": "text_mention", "offset": 6, "length": 3, "user": {"id": 9, "is_bot": false, "first_name": "Бен"}}]}"#,
        );
        assert_eq!(mentioned(&line), "/kick tg:9 now");
    }

    #[test]
    fn a_picture_is_named_where_there_is_no_link_to_it() {
        let photo = r#""photo": [{"file_id": "a", "file_unique_id": "a", "file_size": 1, "width": 1, "height": 1}]"#;
        let read = |json: &str| described(&message(json), Locale::English);
        assert_eq!(read(&format!("{{{photo}}}")), "[photo]");
        assert_eq!(read(&format!(r#"{{{photo}, "caption": "look"}}"#)), "[photo] look");
        assert_eq!(read(r#"{"text": " look "}"#), "look");
    }
}
