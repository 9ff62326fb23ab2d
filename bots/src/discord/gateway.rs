//! What happens in Discord besides commands: what people write, change and take back, and channels that go away.

use std::{convert::Infallible, sync::Arc, time::Duration};

use engine::records::{PlaceId, Platform};
use poise::serenity_prelude as serenity;
use serenity::{FullEvent, Interaction, MessageType, ShardManager, ShardRunnerInfo};

use super::{
    Shared, asker,
    asking::{Asking, report},
    buttons, forms, threads,
};
use crate::bridge::Written;

/// How often somebody looks whether it answers.
const LOOK: Duration = Duration::from_secs(2);

/// Everything that the gateway tells. Errors end here: what failed is logged, and the next event is another one.
pub(super) async fn happened(ctx: &serenity::Context, shared: &Shared, event: &FullEvent) {
    metrics::counter!("onecouch_bot_updates_total", "platform" => "discord").increment(1);
    match event {
        FullEvent::Ready { .. } | FullEvent::Resume { .. } => is_up(true),
        FullEvent::InteractionCreate { interaction: Interaction::Component(button) } => {
            buttons::pressed(ctx, shared, button).await;
        }
        FullEvent::InteractionCreate { interaction: Interaction::Modal(form) } => forms::sent(ctx, shared, form).await,
        FullEvent::InteractionCreate { interaction: Interaction::Command(command) }
            if command.data.kind == serenity::CommandType::PrimaryEntryPoint =>
        {
            let asking = Asking::new(ctx, shared, command, command.id, &command.token);
            if let Err(error) = asking.launch().await {
                report(&error, "the activity could not be launched");
            }
        }
        FullEvent::Message { new_message } => written(ctx, shared, new_message).await,
        FullEvent::MessageUpdate { event, .. } => edited(shared, event).await,
        FullEvent::MessageDelete { channel_id, deleted_message_id, .. } => {
            deleted(shared, *channel_id, &[*deleted_message_id]).await;
        }
        FullEvent::MessageDeleteBulk { channel_id, multiple_deleted_messages_ids, .. } => {
            deleted(shared, *channel_id, multiple_deleted_messages_ids).await;
        }
        FullEvent::ChannelDelete { channel, .. } => gone(shared, channel.id).await,
        FullEvent::ThreadDelete { thread, .. } => thread_gone(shared, thread.id).await,
        FullEvent::GuildDelete { incomplete, full } if !incomplete.unavailable => {
            left(shared, incomplete.id, full.as_ref()).await;
        }
        _ => {}
    }
}

/// Whether the gateway answers.
pub(super) fn is_up(up: bool) {
    metrics::gauge!("onecouch_bot_up", "platform" => "discord").set(if up { 1.0 } else { 0.0 });
}

/// Notes every two seconds whether it answers on all connections. Of one that is lost nothing is told: serenity takes it out of its
/// list and tries to open another one, as often as it takes.
pub(super) async fn look(shards: Arc<ShardManager>) -> Infallible {
    let mut round = tokio::time::interval(LOOK);
    loop {
        round.tick().await;
        let runners = shards.runners.lock().await;
        let answers = |runner: &ShardRunnerInfo| runner.stage == serenity::ConnectionStage::Connected;
        is_up(!runners.is_empty() && runners.values().all(answers));
    }
}

async fn written(ctx: &serenity::Context, shared: &Shared, message: &serenity::Message) {
    let Ok(id) = i64::try_from(message.id.get()) else { return };
    if let Ok(here) = asker::place(message.channel_id) {
        shared.cards.passed(&here, id);
    }
    let ours = message.author.id == ctx.cache.current_user().id;
    if ours || message.author.bot || message.webhook_id.is_some() || !is_said(message.kind) {
        return;
    }
    let Some(place) = bridged(shared, message.channel_id).await else { return };
    let nick = message.member.as_ref().and_then(|member| member.nick.as_deref());
    let name = nick.or(message.author.global_name.as_deref()).unwrap_or(&message.author.name);
    let people = &shared.core.engine().people;
    let caller = match people.on_platform(Platform::Discord, &message.author.id.to_string(), name).await {
        Ok(caller) => caller,
        Err(no) => return tracing::warn!(%place, %no, "who wrote a line could not be told"),
    };
    let answers = message.message_reference.as_ref().and_then(|reference| reference.message_id);
    let written = Written {
        message: id,
        actor: caller.actor(Platform::Discord.door()).granted(engine::room::Role::Guest),
        text: readable(&message.content, &message.mentions),
        attachments: message.attachments.iter().map(|file| file.url.clone()).collect(),
        answers: answers.and_then(|answered| i64::try_from(answered.get()).ok()),
    };
    shared.bridge.heard(&place, written).await;
}

/// Words of somebody: neither that they joined nor that they pinned something.
fn is_said(kind: MessageType) -> bool {
    matches!(kind, MessageType::Regular | MessageType::InlineReply)
}

async fn edited(shared: &Shared, event: &serenity::MessageUpdateEvent) {
    let by_bot = event.author.as_ref().is_some_and(|author| author.bot);
    // Without a time of edit it is Discord that unfolded a link.
    let (Some(text), Some(_), false) = (&event.content, &event.edited_timestamp, by_bot) else { return };
    let Ok(id) = i64::try_from(event.id.get()) else { return };
    if let Some(place) = bridged(shared, event.channel_id).await {
        let mentions = event.mentions.as_deref().unwrap_or_default();
        shared.bridge.edited(&place, id, &readable(text, mentions)).await;
    }
}

async fn deleted(shared: &Shared, channel: serenity::ChannelId, messages: &[serenity::MessageId]) {
    let Some(place) = threads::place(shared, channel) else { return };
    let messages: Vec<i64> = messages.iter().filter_map(|id| i64::try_from(id.get()).ok()).collect();
    shared.bridge.deleted(&place, &messages).await;
}

/// The chat that a channel belongs to, if its lines are carried: nobody is written down who writes elsewhere.
async fn bridged(shared: &Shared, channel: serenity::ChannelId) -> Option<PlaceId> {
    let place = threads::place(shared, channel)?;
    let tied = shared.core.engine().places.get(&place).await.ok().flatten()?;
    tied.settings.lines_in.then_some(place)
}

async fn gone(shared: &Shared, channel: serenity::ChannelId) {
    if let Ok(place) = asker::place(channel) {
        forget(shared, &place).await;
    }
}

async fn thread_gone(shared: &Shared, thread: serenity::ChannelId) {
    gone(shared, thread).await;
    let Ok(here) = asker::place(thread) else { return };
    let Some((_, place)) = shared.threads.remove(&here.chat) else { return };
    let places = &shared.core.engine().places;
    let untied =
        places.change(&place, |settings| settings.thread = settings.thread.filter(|known| *known != here.chat));
    if let Err(no) = untied.await {
        tracing::error!(%place, %no, "that a thread is gone could not be stored");
    }
}

/// We are not in that guild any more.
async fn left(shared: &Shared, guild: serenity::GuildId, full: Option<&serenity::Guild>) {
    let community = i64::try_from(guild.get()).ok();
    let channels =
        full.into_iter().flat_map(|guild| guild.channels.keys().chain(guild.threads.iter().map(|one| &one.id)));
    let known: Vec<_> = channels.filter_map(|channel| asker::place(*channel).ok()).collect();
    let places = match shared.core.engine().places.on(Platform::Discord).await {
        Ok(places) => places,
        Err(no) => return tracing::error!(%no, "which chats are gone with a guild could not be read"),
    };
    for place in places {
        if known.contains(&place.id) || (community.is_some() && place.settings.community == community) {
            forget(shared, &place.id).await;
        }
    }
}

/// A chat is gone: its room goes on without it.
async fn forget(shared: &Shared, place: &PlaceId) {
    shared.cards.forget(place);
    shared.bridge.forget(place);
    shared.threads.retain(|_, of| of != place);
    let places = &shared.core.engine().places;
    if matches!(places.get(place).await, Ok(None)) {
        return;
    }
    if let Err(no) = places.untie(place).await {
        tracing::error!(%place, %no, "a chat that is gone could not be untied");
    }
}

/// What somebody wrote, with names where Discord has numbers.
fn readable(text: &str, mentions: &[serenity::User]) -> String {
    let mut text = text.to_owned();
    for user in mentions {
        let name = format!("@{}", user.global_name.as_deref().unwrap_or(&user.name));
        for mark in [format!("<@{}>", user.id), format!("<@!{}>", user.id)] {
            text = text.replace(&mark, &name);
        }
    }
    without_emoji_numbers(&text)
}

/// `<:party:123>` as `:party:`.
fn without_emoji_numbers(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("<:").into_iter().chain(rest.find("<a:")).min() {
        shown.push_str(&rest[..at]);
        let inner = &rest[at..];
        let emoji = inner.split_once('>').and_then(|(mark, after)| {
            let (name, number) = mark.split_once(':')?.1.split_once(':')?;
            let fits = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
            let numbered = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
            (fits && numbered).then_some((name, after))
        });
        match emoji {
            Some((name, after)) => {
                shown.extend([":", name, ":"]);
                rest = after;
            }
            None => {
                shown.push('<');
                rest = &inner[1..];
            }
        }
    }
    shown.push_str(rest);
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_emoji_of_a_guild_is_carried_by_its_name() {
        for (written, carried) in [
            ("hey <:party:123> you <a:dance:45>", "hey :party: you :dance:"),
            ("a <: b <a: c <:x> <:x:y> <@1>", "a <: b <a: c <:x> <:x:y> <@1>"),
            ("1 < 2", "1 < 2"),
            ("<:é:1>", ":é:"),
        ] {
            assert_eq!(without_emoji_numbers(written), carried);
        }
    }
}
