//! What people write and press, as questions to the core.

use std::{sync::Arc, time::Duration};

use dashmap::DashMap;
use engine::{
    records::{PlaceId, Platform},
    refusal::{Code, No, Refusal},
    room::Role,
    text,
    time::{Millis, PlayTime},
};
use teloxide::{
    Bot,
    payloads::AnswerCallbackQuerySetters,
    requests::Requester,
    types::{CallbackQuery, Chat, ChatId, Me, Message, Update, UpdateKind, User, UserId},
};

use super::{screen::Messages, words};
use crate::{
    commands,
    core::{Ask, Asker, Core, answer},
    grammar,
    live_card::Cards,
    reply::{Action, Button, Reply},
};

/// How long it is remembered whether somebody is an administrator.
const RANK_KEPT: Millis = Millis::seconds(300);
/// How many of these are remembered.
const RANKS: usize = 10_000;
/// How long Telegram may think about it before somebody counts as none.
const RANK_PATIENCE: Duration = Duration::from_millis(1_500);

/// All chats.
pub(super) struct Chats {
    core: Core,
    bot: Bot,
    messages: Arc<Messages>,
    cards: Cards,
    me: Me,
    /// Who is an administrator where, and when that was found.
    ranks: DashMap<(ChatId, UserId), (bool, PlayTime)>,
}

/// What is left of a message for us.
enum Line {
    /// A command, or a link sent to the bot alone.
    Command(String),
    /// Somebody pressed the start button, or followed a link to the bot that carries this.
    Start(String),
    /// Words that are no command, sent to the bot alone.
    Chatter,
    /// Nothing that is for us.
    Nothing,
}

impl Chats {
    pub(super) fn new(core: Core, bot: Bot, messages: Arc<Messages>, cards: Cards, me: Me) -> Self {
        Self { core, bot, messages, cards, me, ranks: DashMap::new() }
    }

    pub(super) async fn update(&self, update: Update) {
        match update.kind {
            UpdateKind::Message(message) => self.message(&message).await,
            UpdateKind::CallbackQuery(query) => self.pressed(query).await,
            UpdateKind::MyChatMember(change) if !change.new_chat_member.is_present() => {
                let place = PlaceId { platform: Platform::Telegram, chat: change.chat.id.0, topic: None };
                self.cards.forget(&place);
            }
            _ => {}
        }
    }

    async fn message(&self, message: &Message) {
        if let Some(new) = message.migrate_to_chat_id() {
            return self.moved(message.chat.id, *new).await;
        }
        if let Some(old) = message.migrate_from_chat_id() {
            return self.moved(*old, message.chat.id).await;
        }
        let Some(from) = &message.from else { return };
        if from.is_bot && !from.id.is_anonymous() && !from.id.is_channel() {
            return;
        }
        let private = message.chat.is_private();
        let line = self.line(message.text().unwrap_or_default(), private);
        if matches!(line, Line::Nothing) {
            return;
        }
        let place = place_of(message);
        let reply = match self.asker(&message.chat, place.clone(), from, message.sender_chat.as_ref()).await {
            Ok(asker) => match line {
                Line::Command(line) => self.command(&asker, &place, &line).await,
                Line::Start(payload) => Some(self.start(&asker, &place, &payload).await),
                Line::Chatter => {
                    let hint = Refusal::input("Send me a link to watch it together, or /help to see all commands.");
                    Some(answer(&hint.into()))
                }
                Line::Nothing => None,
            },
            Err(no) => Some(answer(&no)),
        };
        if let Some(reply) = reply {
            self.messages.answer(&place, message.id, &reply).await;
        }
    }

    /// What a text is to us. In a group most texts are none of our business.
    fn line(&self, text: &str, private: bool) -> Line {
        let text = text.trim();
        let Some(command) = text.strip_prefix('/') else {
            let link = text.starts_with("http://") || text.starts_with("https://");
            return match (private, link) {
                (true, true) => Line::Command(format!("/watch {text}")),
                (true, false) if !text.is_empty() => Line::Chatter,
                _ => Line::Nothing,
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
        if known || private || ours { Line::Command(text.to_owned()) } else { Line::Nothing }
    }

    /// Runs a command and sees to the chat's card; the answer, unless the card is the answer.
    async fn command(&self, asker: &Asker, place: &PlaceId, line: &str) -> Option<Reply> {
        let ask = match grammar::parse(line) {
            Ok(ask) => ask,
            Err(refusal) => return Some(answer(&refusal.into())),
        };
        let first = matches!(ask, Ask::Watch { .. }) && !self.has_card(place).await;
        let wanted = matches!(ask, Ask::Watch { .. } | Ask::QueueAdd { .. } | Ask::Now);
        let reply = self.core.ask(asker, ask).await;
        match reply.room {
            Some(room) if wanted => {
                self.cards.show(place, room);
                (!first).then_some(reply)
            }
            Some(room) => {
                self.cards.see(place, room);
                Some(reply)
            }
            None => Some(reply),
        }
    }

    async fn has_card(&self, place: &PlaceId) -> bool {
        let known = self.core.engine().places.get(place).await;
        known.is_ok_and(|place| place.is_some_and(|place| place.card.is_some()))
    }

    /// The first words. With an invite, the way in; a private chat without a room becomes the room's remote control.
    async fn start(&self, asker: &Asker, place: &PlaceId, invite: &str) -> Reply {
        if invite.is_empty() {
            let hello = "Send me a link, and I make a room in which everybody sees the same moment of it.";
            let help = self.core.ask(asker, Ask::Help).await;
            return Reply { text: format!("{hello}\n\n{}", help.text), ..help };
        }
        self.invited(asker, place, invite).await.unwrap_or_else(|no| answer(&no))
    }

    async fn invited(&self, asker: &Asker, place: &PlaceId, invite: &str) -> Result<Reply, No> {
        let engine = self.core.engine();
        let view = engine.invited(invite, &asker.actor.person.to_string()).await?;
        engine.people.admit(view.id, asker.actor.person).await?;
        // Private chats have positive numbers. A group is not tied by whoever adds the bot to it: its administrators would
        // be co-hosts of somebody else's room.
        if place.chat > 0 {
            engine.places.tie_first(place.clone(), view.id).await?;
        }
        Ok(Reply {
            text: format!("You are invited to {}.", view.settings.title),
            refused: false,
            private: true,
            buttons: vec![Button::open(self.core.invite_link(&view))],
            room: None,
        })
    }

    async fn pressed(&self, query: CallbackQuery) {
        let reply = self.press(&query).await;
        let text = words::toast(&reply.text);
        // A list or a no stays until it is read; what was done shows on the card.
        let alert = reply.refused || text.contains('\n');
        // Without an answer the button would keep turning.
        let answered = self.bot.answer_callback_query(query.id).text(text).show_alert(alert).await;
        if let Err(error) = answered {
            tracing::debug!(problem = self.messages.hidden(&error), "a pressed button was not answered");
        }
    }

    async fn press(&self, query: &CallbackQuery) -> Reply {
        let pressed = query.data.as_deref().and_then(Action::parse);
        let (Some((action, room)), Some(message)) = (pressed, &query.message) else {
            return answer(&Refusal::input("This button is of an older version. Write /now for what is on.").into());
        };
        let place = match message.regular_message() {
            Some(message) => place_of(message),
            // Too old for Telegram to say more than its chat.
            None => PlaceId { platform: Platform::Telegram, chat: message.chat().id.0, topic: None },
        };
        match self.asker(message.chat(), place.clone(), &query.from, None).await {
            Ok(asker) => {
                let reply = self.core.press(&asker, action, room).await;
                if let Some(room) = reply.room {
                    self.cards.see(&place, room);
                }
                reply
            }
            Err(no) => answer(&no),
        }
    }

    /// Who wrote or pressed that. Who writes in the name of a group or channel is that group or channel.
    async fn asker(&self, chat: &Chat, place: PlaceId, from: &User, behind: Option<&Chat>) -> Result<Asker, No> {
        let people = &self.core.engine().people;
        let behind = behind.filter(|_| from.id.is_anonymous() || from.id.is_channel());
        let (caller, rank) = if let Some(behind) = behind {
            let name = behind.title().unwrap_or("Telegram");
            let caller = people.on_platform(Platform::Telegram, &format!("chat:{}", behind.id), name).await?;
            // Only administrators can write in the name of their own group.
            (caller, if behind.id == chat.id { Role::Cohost } else { Role::Guest })
        } else {
            let caller = people.on_platform(Platform::Telegram, &from.id.to_string(), &from.full_name()).await?;
            (caller, self.rank(chat, from.id).await)
        };
        let actor = caller.actor(Platform::Telegram.door()).granted(rank);
        let place_name = chat.title().and_then(|title| text::clipped(title, 100));
        Ok(Asker { actor, room: None, place: Some(place), place_name, address: None })
    }

    /// What the chat vouches for.
    async fn rank(&self, chat: &Chat, user: UserId) -> Role {
        if chat.is_private() {
            return Role::Guest;
        }
        let now = self.core.engine().clock.play_time();
        let key = (chat.id, user);
        let known = self.ranks.get(&key).map(|rank| *rank).filter(|(_, found)| now - *found < RANK_KEPT);
        let leads = if let Some((leads, _)) = known {
            leads
        } else {
            let asked = tokio::time::timeout(RANK_PATIENCE, self.bot.get_chat_member(chat.id, user)).await;
            // Who cannot be looked up is what everybody is; the next command asks again.
            let Ok(Ok(member)) = asked else { return Role::Guest };
            let leads = member.is_privileged();
            if self.ranks.len() >= RANKS {
                self.ranks.retain(|_, (_, found)| now - *found < RANK_KEPT);
            }
            if self.ranks.len() < RANKS {
                self.ranks.insert(key, (leads, now));
            }
            leads
        };
        if leads { Role::Cohost } else { Role::Guest }
    }

    /// A group became a supergroup: its room goes with it, and gets a new card there.
    async fn moved(&self, from: ChatId, to: ChatId) {
        let place = |chat: ChatId| PlaceId { platform: Platform::Telegram, chat: chat.0, topic: None };
        let had_card = self.has_card(&place(from)).await;
        self.messages.moved(from, to).await;
        self.cards.forget(&place(from));
        match self.core.engine().room_of(&place(to)).await {
            Ok(room) if had_card => self.cards.show(&place(to), room),
            Ok(_) | Err(No::Refusal(Refusal { code: Code::NoRoomHere, .. })) => {}
            Err(no) => tracing::error!(%to, %no, "a group moved, but its card could not follow"),
        }
    }
}

/// The chat of a message, or the topic within it.
fn place_of(message: &Message) -> PlaceId {
    let topic = message.thread_id.filter(|_| message.is_topic_message).map(|topic| i64::from(topic.0.0));
    PlaceId { platform: Platform::Telegram, chat: message.chat.id.0, topic }
}
