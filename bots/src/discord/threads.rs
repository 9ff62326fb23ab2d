//! A thread for each party, where a chat wants one: it hangs on the card, and what is said in the room stands there.

use engine::records::PlaceId;
use poise::serenity_prelude as serenity;
use serde_json::{Value, json};
use serenity::http::{LightMethod, Route};

use super::{Shared, asker, wire::identity};
use crate::{live_card::Card, reply::shortened};

/// After so many minutes without a word Discord puts a thread away: a day.
const QUIET: u16 = 1_440;
/// How long its name may be.
const NAME_LIMIT: usize = 100;

/// The card of a new party was posted: its thread, if there is to be one.
pub(super) async fn begin(shared: &Shared, place: &PlaceId, message: serenity::MessageId, card: &Card) {
    let places = &shared.core.engine().places;
    let tied = places.get(place).await.ok().flatten();
    let wanted = tied.is_some_and(|tied| tied.settings.threads && tied.settings.thread.is_none());
    let Some(channel_id) = identity(place.chat).filter(|_| wanted) else { return };
    let route = Route::ChannelMessageThreads { channel_id: channel_id.into(), message_id: message };
    let body = json!({"name": shortened(&card.title, NAME_LIMIT), "auto_archive_duration": QUIET});
    match shared.wire.ask::<Value>(channel_id.get(), LightMethod::Post, route, Some(&body)).await {
        Ok(thread) => {
            let Some(thread) = thread["id"].as_str().and_then(|id| id.parse().ok()) else { return };
            shared.threads.insert(thread, place.clone());
            if let Err(no) = places.change(place, |settings| settings.thread = Some(thread)).await {
                tracing::error!(%place, %no, "which thread is the party's could not be stored");
            }
        }
        // Who asked to watch is told what is lacking; channels without threads have none.
        Err(refused) => tracing::debug!(%place, ?refused, "no thread for a party"),
    }
}

/// The chat that what is written in a channel belongs to: of a party's thread the one that the thread hangs in.
pub(super) fn place(shared: &Shared, channel: serenity::ChannelId) -> Option<PlaceId> {
    let here = asker::place(channel).ok()?;
    Some(shared.threads.get(&here.chat).map_or(here, |place| place.clone()))
}
