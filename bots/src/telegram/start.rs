//! The first words: links that lead to the bot, and the ways in that it hands out.

use engine::{records::PlaceId, refusal::No};

use super::{chat::Chats, message};
use crate::{
    ask::Ask,
    core::{Asker, answer},
    grammar,
    reply::{Button, Reply},
    say,
    words::Locale,
};

/// What the payload of a link begins with that makes two selves one.
const LINK: &str = "link_";

impl Chats {
    /// With an invite, the way in; a private chat without a room becomes the room's remote control. With a code of another
    /// self, what to write so that both become one.
    pub(super) async fn start(&self, asker: &Asker, place: &PlaceId, payload: &str) -> Reply {
        // What Telegram puts behind a link that only adds the bot to a group.
        if payload.is_empty() || payload == "true" {
            return self.hello(asker, place).await;
        }
        if let Some(code) = payload.strip_prefix(LINK) {
            // Not at once: whoever is lured into following such a link would give themselves away to who made it.
            let text = say!(asker.locale, "telegram-link-sure", code = grammar::echo(code));
            return Reply { text, private: true, ..Reply::default() };
        }
        self.invited(asker, place, payload).await.unwrap_or_else(|no| answer(asker.locale, &no))
    }

    async fn hello(&self, asker: &Asker, place: &PlaceId) -> Reply {
        let hello = say!(asker.locale, "telegram-hello");
        let help = self.core.ask(asker, Ask::Help { about: None }).await;
        let mut buttons = Vec::new();
        if place.chat > 0 {
            let url = format!("https://t.me/{}?startgroup=true", self.me.username());
            buttons.push(Button::Link { label: say!(asker.locale, "telegram-add"), url });
        }
        Reply { text: format!("{hello}\n\n{}", help.text), buttons, ..help }
    }

    async fn invited(&self, asker: &Asker, place: &PlaceId, invite: &str) -> Result<Reply, No> {
        let engine = self.core.engine();
        let view = engine.invited(invite, &asker.actor.person.to_string()).await?;
        engine.admit(&view, asker.actor.person, true, None, &asker.actor.person.to_string()).await?;
        // Private chats have positive numbers. A group is not tied by whoever adds the bot to it: its administrators would
        // be co-hosts of somebody else's room.
        if place.chat > 0 {
            engine.places.tie_first(place.clone(), view.id).await?;
        }
        Ok(Reply {
            text: say!(asker.locale, "telegram-invited", title = view.settings.title.to_string()),
            private: true,
            buttons: vec![Button::open(asker.locale, self.core.invite_link(&view))],
            ..Reply::default()
        })
    }

    /// Beside the way in, the way to a remote control in one's private chat.
    pub(super) fn remote(&self, locale: Locale, reply: &Reply) -> Option<Button> {
        let token = reply.buttons.iter().find_map(|button| match button {
            Button::Link { url, .. } => message::invite_of(url),
            Button::Act { .. } => None,
        })?;
        let url = format!("https://t.me/{}?start={token}", self.me.username());
        Some(Button::Link { label: say!(locale, "telegram-remote"), url })
    }
}
