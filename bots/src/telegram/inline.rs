//! The bot's name typed in any chat: rooms to show there, and links to watch together.

use std::{collections::HashSet, sync::Arc};

use engine::{
    ids::RoomId,
    records::{PlaceId, Platform},
    refusal::No,
    room::{RoomView, may_enter},
};
use teloxide::{
    payloads::AnswerInlineQuerySetters,
    requests::Requester,
    types::{
        InlineKeyboardMarkup, InlineQuery, InlineQueryResult, InlineQueryResultArticle, InputMessageContent,
        InputMessageContentText, LinkPreviewOptions, MessageEntity,
    },
};

use super::{
    chat::{Chats, locale_of},
    links, message,
    pen::Attempt,
};
use crate::{
    live_card,
    reply::{Button, Reply, label},
    say,
    words::Locale,
};

/// How many rooms are offered, and of each kind looked at.
const ROOMS: usize = 20;
/// How long Telegram may answer the same by itself, in seconds.
const KEPT: u32 = 5;

impl Chats {
    pub(super) async fn asked_inline(&self, query: InlineQuery) {
        let locale = locale_of(&query.from);
        let results = self.results(&query, locale).await.unwrap_or_else(|no| {
            // There is nobody to tell: an empty list says as much.
            tracing::debug!(%no, "an inline query came to nothing");
            Vec::new()
        });
        let answered = self.pen.bot.answer_inline_query(query.id, results).cache_time(KEPT).is_personal(true).await;
        if let Err(error) = answered {
            tracing::debug!(problem = self.pen.hidden(&error), "an inline query was not answered");
        }
    }

    async fn results(&self, query: &InlineQuery, locale: Locale) -> Result<Vec<InlineQueryResult>, No> {
        let words = query.query.trim();
        if links::watchable(words) {
            // A command in the name of who sends it: nothing is made until it stands in a chat that the bot is in.
            let text = format!("/watch@{} {words}", self.me.username());
            let content = InputMessageContent::Text(InputMessageContentText::new(text));
            let title = say!(locale, "telegram-inline-watch");
            let article = InlineQueryResultArticle::new("watch", title, content).description(words);
            return Ok(vec![article.into()]);
        }
        let words = words.to_lowercase();
        let rooms = self.rooms_of(query).await?;
        let wanted = rooms.iter().filter(|view| {
            let on = view.current.as_ref().map(|item| item.media.label().to_lowercase());
            view.settings.title.to_lowercase().contains(&words) || on.is_some_and(|on| on.contains(&words))
        });
        Ok(wanted.take(ROOMS).map(|view| self.shown(view, locale).into()).collect())
    }

    /// The rooms that somebody has to do with and may be in: their private chat's, those that they host, and those that
    /// they were in, the latest first.
    async fn rooms_of(&self, query: &InlineQuery) -> Result<Vec<Arc<RoomView>>, No> {
        let engine = self.core.engine();
        let (id, name) = (query.from.id.to_string(), query.from.full_name());
        let caller = engine.people.on_platform(Platform::Telegram, &id, &name).await?;
        let chat = i64::try_from(query.from.id.0).unwrap_or_default();
        let private = PlaceId { platform: Platform::Telegram, chat, topic: None };
        let mut rooms: Vec<RoomId> = self.place(&private).await.map(|place| place.room).into_iter().collect();
        rooms.extend(engine.rooms.visited(caller.person.id, None, ROOMS).await?.into_iter().map(|(room, _)| room));
        rooms.extend(engine.rooms.hosted(caller.person.id, None, ROOMS).await?.into_iter().map(|head| head.id));
        let mut known = HashSet::new();
        rooms.retain(|room| known.insert(*room));
        let mut views = Vec::new();
        for room in rooms.into_iter().take(2 * ROOMS) {
            let Ok(actor) = engine.actor(&caller, room, Platform::Telegram.door()).await else { continue };
            if let Ok(view) = engine.rooms.view(room).await
                && may_enter(&view, &actor).is_ok()
            {
                views.push(view);
            }
        }
        Ok(views)
    }

    /// A room as it stands in a chat that the bot may not be in: there nothing but a link works.
    fn shown(&self, view: &RoomView, locale: Locale) -> InlineQueryResultArticle {
        let card = live_card::card(view, self.core.engine().clock.now(), &self.core, locale);
        let title = label(&view.settings.title);
        let on = view.current.as_ref().map(|_| format!("{}\n{}", card.title, card.status));
        let text = on.clone().map_or_else(|| title.clone(), |on| format!("{title}\n{on}"));
        let reply = Reply { text, buttons: vec![Button::open(locale, card.link)], ..Reply::default() };
        let words = message::reply(&reply, &[], &self.pen.ways(Attempt::FIRST));
        let content = InputMessageContentText::new(words.text)
            .entities([MessageEntity::bold(0, message::quiet(&title).encode_utf16().count())])
            .link_preview_options(LinkPreviewOptions {
                is_disabled: true,
                url: None,
                prefer_small_media: false,
                prefer_large_media: false,
                show_above_text: false,
            });
        let article =
            InlineQueryResultArticle::new(view.id.0.simple().to_string(), title, InputMessageContent::Text(content))
                .description(on.unwrap_or(card.status));
        match words.keyboard {
            Some(InlineKeyboardMarkup { inline_keyboard }) => {
                article.reply_markup(InlineKeyboardMarkup { inline_keyboard })
            }
            None => article,
        }
    }
}
