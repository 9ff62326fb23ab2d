//! Buttons and menus of choices, through the event handler: all they need stands in themselves, so that they work after a
//! restart.

use engine::refusal::Code;
use poise::serenity_prelude as serenity;
use serenity::ComponentInteractionDataKind;

use super::{
    Shared, answer,
    asking::{Asking, report},
    forms, menus,
};
use crate::{Action, Ask, Asker, Reply, core::answer as refuse, words};

/// Somebody pressed one, or chose something.
pub(super) async fn pressed(ctx: &serenity::Context, shared: &Shared, button: &serenity::ComponentInteraction) {
    let asking = Asking::new(ctx, shared, button, button.id, &button.token);
    let done = if button.data.custom_id == forms::ADD {
        asking.open(forms::form(asking.sender.locale())).await
    } else {
        respond(&asking, button).await
    };
    if let Err(error) = done {
        report(&error, "a button could not be answered");
    }
}

async fn respond(asking: &Asking<'_>, button: &serenity::ComponentInteraction) -> Result<(), serenity::Error> {
    // Of a menu, what was chosen is the button.
    let data = match &button.data.kind {
        ComponentInteractionDataKind::StringSelect { values } => values.first().map_or("", String::as_str),
        _ => &button.data.custom_id,
    };
    let action = Action::parse(data);
    let settles = action.is_some_and(|(action, _)| answer::settles(action));
    let wait = async {
        if let Err(error) = asking.hear().await {
            report(&error, "Discord could not be told that a button takes longer");
        }
    };
    // What a core does is large: it does not lie in every future above.
    let (reply, held) = answer::in_time(Box::pin(press(asking, action, button)), wait).await;
    let Some(reply) = reply else {
        // The card shows what came of it.
        return if held { Ok(()) } else { asking.hear().await };
    };
    if settles {
        return asking.settle(&reply).await;
    }
    let lists = matches!(action, Some((Action::Queue(_), _))) && !reply.refused;
    let more = if lists { vec![forms::button(asking.sender.locale())] } else { Vec::new() };
    asking.reply(&reply, more).await
}

/// Does what the button says. Answers with what its presser must read, if anything.
async fn press(
    asking: &Asking<'_>,
    action: Option<(Action, engine::ids::RoomId)>,
    button: &serenity::ComponentInteraction,
) -> Option<Reply> {
    let (shared, locale) = (asking.shared, asking.sender.locale());
    let Some((action, room)) = action else {
        return Some(refuse(locale, &words::hint("hint-old-card").into()));
    };
    let asker = match asking.sender.asker(&shared.core, &asking.ctx.cache).await {
        Ok(asker) => asker,
        Err(no) => return Some(refuse(locale, &no)),
    };
    let reply = match action {
        Action::QueueThat => queue_that(asking, &asker, button).await,
        action => shared.core.press(&asker, action, room).await,
    };
    if let (Some(place), false, false) = (&asker.place, reply.refused, asking.sender.foreign) {
        shared.see(&asker, place, room).await;
        shared.cards.see(place, room);
    }
    (reply.refused
        || answer::settles(action)
        || !reply.text.is_empty()
            && !matches!(action, Action::Pause | Action::Play | Action::Back10 | Action::Forward10))
    .then_some(reply)
}

/// Queues the link in the message that the one with the button answers.
async fn queue_that(asking: &Asking<'_>, asker: &Asker, button: &serenity::ComponentInteraction) -> Reply {
    let message = &button.message;
    let link = match (&message.referenced_message, &message.message_reference) {
        (Some(answered), _) => menus::link_in(answered),
        (None, Some(reference)) => match reference.message_id {
            Some(id) => {
                let answered = asking.ctx.http.get_message(reference.channel_id, id).await;
                answered.ok().and_then(|answered| menus::link_in(&answered))
            }
            None => None,
        },
        (None, None) => None,
    };
    match link {
        Some(links) => asking.shared.core.ask(asker, Ask::QueueAdd { links, next: false }).await,
        None if message.message_reference.is_none() => refuse(asker.locale, &Code::NoSuchCommand.into()),
        None => refuse(asker.locale, &words::hint("discord-no-link").into()),
    }
}
