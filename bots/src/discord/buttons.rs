//! Buttons, through the event handler: all they need stands in themselves, so that they work after a restart.

use engine::refusal::Refusal;
use poise::serenity_prelude as serenity;

use super::{Shared, answer, asker::Sender};
use crate::{Action, Reply, core::answer as refuse};

/// Somebody pressed one.
pub(super) async fn pressed(ctx: &serenity::Context, shared: &Shared, button: &serenity::ComponentInteraction) {
    if let Err(error) = respond(ctx, shared, button).await {
        tracing::warn!(%error, channel = %button.channel_id, "a button could not be answered");
    }
}

async fn respond(
    ctx: &serenity::Context,
    shared: &Shared,
    button: &serenity::ComponentInteraction,
) -> Result<(), serenity::Error> {
    let (reply, held) = answer::in_time(press(shared, button), async {
        if let Err(error) = button.create_response(ctx, serenity::CreateInteractionResponse::Acknowledge).await {
            tracing::warn!(%error, "Discord could not be told that a button takes longer");
        }
    })
    .await;
    let Some(reply) = reply else {
        // The card shows what came of it.
        if !held {
            button.create_response(ctx, serenity::CreateInteractionResponse::Acknowledge).await?;
        }
        return Ok(());
    };
    if held {
        let message = serenity::CreateInteractionResponseFollowup::new()
            .content(answer::words(&reply))
            .components(answer::buttons(&reply))
            .ephemeral(true)
            .allowed_mentions(answer::nobody());
        return button.create_followup(ctx, message).await.map(drop);
    }
    let message = serenity::CreateInteractionResponseMessage::new()
        .content(answer::words(&reply))
        .components(answer::buttons(&reply))
        .ephemeral(true)
        .allowed_mentions(answer::nobody());
    button.create_response(ctx, serenity::CreateInteractionResponse::Message(message)).await
}

/// Does what the button says. Answers with what its presser must read, if anything.
async fn press(shared: &Shared, button: &serenity::ComponentInteraction) -> Option<Reply> {
    let Some((action, room)) = Action::parse(&button.data.custom_id) else {
        let unknown = Refusal::input("This button does nothing any more. Use the newest card, or write /now.");
        return Some(refuse(&unknown.into()));
    };
    let asker = match Sender::from(button).asker(&shared.core).await {
        Ok(asker) => asker,
        Err(no) => return Some(refuse(&no)),
    };
    let reply = shared.core.press(&asker, action, room).await;
    if let (Some(place), false) = (&asker.place, reply.refused) {
        shared.cards.see(place, room);
    }
    (reply.refused || action == Action::Queue).then_some(reply)
}
