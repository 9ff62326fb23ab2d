//! Draws live cards and writes lines, over Discord's REST interface.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use async_trait::async_trait;
use engine::records::PlaceId;
use poise::serenity_prelude as serenity;
use serde::Deserialize;
use serde_json::{Value, json};
use serenity::http::{LightMethod, Route};

use super::{
    answer,
    card::{self, Look},
    text,
    wire::{Refused, Wire, identity},
};
use crate::{
    Core,
    live_card::{Card, Line, Screen, ScreenError},
};

/// The flag of a message whose links are not unfolded.
const NO_PREVIEWS: u64 = 1 << 2;
/// What Discord says where a thread must be taken out of its archive first.
const ARCHIVED: i64 = 50_083;
const NOTHING: Option<&Value> = None;

/// Discord's messages as a screen.
pub(super) struct DiscordScreen {
    wire: Arc<Wire>,
    core: Core,
    looks: Arc<Looks>,
}

/// How cards are drawn in this process.
#[derive(Default)]
pub(super) struct Looks {
    /// Discord refused a message of components: it is asked no second time.
    plain: AtomicBool,
}

impl Looks {
    pub(super) fn now(&self) -> Look {
        if self.plain.load(Ordering::Relaxed) { Look::Embed } else { Look::Components }
    }

    /// Discord took a card that looks so: an embed only after it took no components. From now on there are embeds.
    pub(super) fn took(&self, look: Look) {
        if look == Look::Embed && !self.plain.swap(true, Ordering::Relaxed) {
            tracing::warn!("Discord does not take messages of components: live cards are embeds until the next start");
        }
    }
}

impl DiscordScreen {
    pub(super) fn new(core: Core, wire: Arc<Wire>, looks: Arc<Looks>) -> Self {
        Self { wire, core, looks }
    }

    async fn post(&self, channel: serenity::ChannelId, body: &Value) -> Result<i64, Refused> {
        let route = Route::ChannelMessages { channel_id: channel };
        let posted: Posted = self.wire.ask(channel.get(), LightMethod::Post, route, Some(body)).await?;
        i64::try_from(posted.id.get()).map_err(|error| Refused::Unheard(error.to_string()))
    }

    async fn change(&self, channel: serenity::ChannelId, message: i64, body: &Value) -> Result<(), Refused> {
        let route = route(channel, message)?;
        let changed = self.wire.tell(channel.get(), LightMethod::Patch, route, Some(body)).await;
        if !matches!(changed, Err(Refused::No { code: ARCHIVED, .. })) {
            return changed;
        }
        let open = json!({"archived": false});
        let thread = Route::Channel { channel_id: channel };
        self.wire.tell(channel.get(), LightMethod::Patch, thread, Some(&open)).await?;
        self.wire.tell(channel.get(), LightMethod::Patch, self::route(channel, message)?, Some(body)).await
    }

    /// Where lines of a place stand: in its party's thread, else in the chat itself.
    async fn lines_of(&self, place: &PlaceId) -> Result<serenity::ChannelId, ScreenError> {
        let known = self.core.engine().places.get(place).await;
        let thread = known.ok().flatten().and_then(|place| place.settings.thread).and_then(identity);
        thread.map_or_else(|| channel(place), |thread| Ok(thread.into()))
    }

    /// Does something to a line: where lines stand now, or in the chat itself, where those from before the thread are.
    async fn on_line<'a, F>(
        &'a self,
        place: &PlaceId,
        attempt: impl Fn(serenity::ChannelId) -> F,
    ) -> Result<(), ScreenError>
    where
        F: Future<Output = Result<(), Refused>> + 'a,
    {
        let (here, chat) = (self.lines_of(place).await?, channel(place)?);
        match attempt(here).await {
            Err(refused) if refused.is_gone() && here != chat => Ok(attempt(chat).await?),
            done => Ok(done?),
        }
    }
}

/// The part of a message that we need.
#[derive(Deserialize)]
struct Posted {
    id: serenity::MessageId,
}

#[async_trait]
impl Screen for DiscordScreen {
    async fn show(&self, place: &PlaceId, shown: &Card) -> Result<i64, ScreenError> {
        let channel = channel(place)?;
        let mut no = ScreenError::Gone;
        for (look, body) in card::tries(shown, self.looks.now()) {
            match self.post(channel, &body).await {
                Err(refused) if refused.is_bad() => no = refused.into(),
                posted => {
                    let posted = posted?;
                    self.looks.took(look);
                    return Ok(posted);
                }
            }
        }
        Err(no)
    }

    async fn edit(&self, place: &PlaceId, message: i64, shown: &Card) -> Result<(), ScreenError> {
        let channel = channel(place)?;
        // A card that was an embed becomes one of components by this; the other way there is none.
        for (look, body) in card::tries(shown, self.looks.now()) {
            match self.change(channel, message, &body).await {
                Err(refused) if refused.is_bad() => {}
                changed => {
                    changed?;
                    self.looks.took(look);
                    return Ok(());
                }
            }
        }
        // It is made of components, which are not taken any more: another message must show the card.
        Err(ScreenError::Gone)
    }

    async fn disarm(&self, place: &PlaceId, message: i64) -> Result<(), ScreenError> {
        let channel = channel(place)?;
        let route = route(channel, message)?;
        let known: Value = self.wire.ask(channel.get(), LightMethod::Get, route, NOTHING).await?;
        Ok(self.change(channel, message, &card::disarmed(&known)).await?)
    }

    async fn say(&self, place: &PlaceId, line: &Line) -> Result<i64, ScreenError> {
        let (here, chat) = (self.lines_of(place).await?, channel(place)?);
        let mut body = said(line);
        body["flags"] = NO_PREVIEWS.into();
        match self.post(here, &body).await {
            Err(refused) if refused.is_gone() && here != chat => {
                // Somebody deleted the thread of the party: what is said from now on stands in the chat.
                let forgotten = self.core.engine().places.change(place, |settings| settings.thread = None).await;
                if let Err(no) = forgotten {
                    tracing::error!(%place, %no, "that a thread is gone could not be stored");
                }
                Ok(self.post(chat, &body).await?)
            }
            posted => Ok(posted?),
        }
    }

    async fn reword(&self, place: &PlaceId, message: i64, line: &Line) -> Result<(), ScreenError> {
        let body = said(line);
        let body = &body;
        self.on_line(place, |channel| async move { self.change(channel, message, body).await }).await
    }

    async fn erase(&self, place: &PlaceId, message: i64) -> Result<(), ScreenError> {
        let erase = |channel: serenity::ChannelId| async move {
            self.wire.tell(channel.get(), LightMethod::Delete, route(channel, message)?, NOTHING).await
        };
        self.on_line(place, erase).await
    }
}

/// A line as a message: who wrote it in bold, all of it harmless.
fn said(line: &Line) -> Value {
    let text = text::plain(&line.text);
    let text = match &line.name {
        Some(name) => format!("**{}** {text}", text::plain(name).replace('\n', " ")),
        None => text,
    };
    let calls: Vec<u64> = line.calls.iter().filter_map(|user| user.parse().ok()).collect();
    json!({
        "content": answer::called(&text, &calls, text::MESSAGE_LIMIT),
        "components": answer::rows(&line.buttons, line.room, false),
        "allowed_mentions": answer::mentions(&calls),
    })
}

fn channel(place: &PlaceId) -> Result<serenity::ChannelId, ScreenError> {
    identity(place.chat).map(Into::into).ok_or(ScreenError::Gone)
}

fn route(channel_id: serenity::ChannelId, message: i64) -> Result<Route<'static>, Refused> {
    let message_id = identity(message).ok_or(Refused::No { status: 404, code: 0 })?.into();
    Ok(Route::ChannelMessage { channel_id, message_id })
}
