//! What the bot would need and may not: told once for each channel, to the one who asked for what it is needed for.

use engine::records::PlaceId;
use poise::serenity_prelude as serenity;
use serenity::Permissions;

use super::asking::Asking;
use crate::{Ask, say};

/// What it can lack, and where its name stands.
const NAMES: [(Permissions, &str); 5] = [
    (Permissions::VIEW_CHANNEL, "discord-permission-view"),
    (Permissions::SEND_MESSAGES, "discord-permission-send"),
    (Permissions::SEND_MESSAGES_IN_THREADS, "discord-permission-send-in-threads"),
    (Permissions::CREATE_PUBLIC_THREADS, "discord-permission-threads"),
    (Permissions::CREATE_EVENTS, "discord-permission-events"),
];

/// What something takes beyond an answer.
pub(super) fn needs(ask: &Ask) -> Permissions {
    let card = Permissions::VIEW_CHANNEL | Permissions::SEND_MESSAGES;
    match ask {
        Ask::Watch { when: Some(_), .. } => card | Permissions::CREATE_EVENTS,
        Ask::Watch { .. } => card,
        Ask::Schedule { start: Some(_), .. } => Permissions::CREATE_EVENTS,
        _ => Permissions::empty(),
    }
}

/// Tells what is lacking, if something is.
pub(super) async fn tell(asking: &Asking<'_>, place: &PlaceId, needs: Permissions) -> Result<(), serenity::Error> {
    let sender = &asking.sender;
    let (Some(_), Some(ours), false) = (sender.guild, sender.ours, needs.is_empty()) else { return Ok(()) };
    let mut needs = needs;
    let engine = asking.shared.core.engine();
    let threads = engine.places.get(place).await.ok().flatten().is_some_and(|place| place.settings.threads);
    let in_thread = sender.channel.is_some_and(|channel| channel.thread_metadata.is_some() || is_thread(channel.kind));
    if in_thread && needs.contains(Permissions::SEND_MESSAGES) {
        needs = needs.difference(Permissions::SEND_MESSAGES) | Permissions::SEND_MESSAGES_IN_THREADS;
    } else if threads && needs.contains(Permissions::SEND_MESSAGES) {
        needs |= Permissions::CREATE_PUBLIC_THREADS | Permissions::SEND_MESSAGES_IN_THREADS;
    }
    let lacking = needs.difference(ours);
    if lacking.is_empty() || !asking.shared.told.insert((sender.channel_id.get(), lacking.bits())) {
        return Ok(());
    }
    let locale = sender.locale();
    let names = NAMES.iter().filter(|(permission, _)| lacking.contains(*permission));
    let names: Vec<_> = names.map(|(_, id)| say!(locale, *id)).collect();
    asking.whisper(say!(locale, "discord-lacking", permission = names.join(", "))).await
}

fn is_thread(kind: serenity::ChannelType) -> bool {
    use serenity::ChannelType::{NewsThread, PrivateThread, PublicThread};
    matches!(kind, NewsThread | PrivateThread | PublicThread)
}
