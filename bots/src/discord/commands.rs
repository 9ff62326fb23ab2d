//! The commands as Discord knows them: each a thin shim that hands what was typed to the core.
//!
//! Names and descriptions come from [`crate::commands::COMMANDS`]; here stand the options alone.

use engine::{ids::RoomId, records::PlaceId};
use poise::serenity_prelude as serenity;

use super::{Shared, answer, asker::Sender, card, posting::Posted};
use crate::{
    Ask, Reply,
    commands::{COMMANDS, CommandInfo},
    core::answer as refuse,
    grammar, live_card,
};

/// What poise calls with each command.
pub(super) type Context<'a> = poise::ApplicationContext<'a, Shared, serenity::Error>;
type Done = Result<(), serenity::Error>;

/// All commands, with the words of the one list.
pub(super) fn all() -> Vec<poise::Command<Shared, serenity::Error>> {
    let mut commands = vec![watch(), queue(), pause(), play(), seek(), skip(), now(), invite(), help()];
    for command in &mut commands {
        command.install_context = Some(vec![serenity::InstallationContext::Guild]);
        command.interaction_context =
            Some(vec![serenity::InteractionContext::Guild, serenity::InteractionContext::BotDm]);
        describe(command, COMMANDS);
    }
    commands
}

fn describe(command: &mut poise::Command<Shared, serenity::Error>, list: &[CommandInfo]) {
    if let Some(info) = list.iter().find(|info| info.name == command.name) {
        command.description = Some(info.description.into());
        for below in &mut command.subcommands {
            describe(below, info.subcommands);
        }
    }
}

#[poise::command(slash_command)]
async fn watch(
    ctx: Context<'_>,
    #[description = "A link, or words to search for"]
    #[max_length = 2048]
    url: String,
) -> Done {
    respond(ctx, Ok(Ask::Watch { link: url })).await
}

#[poise::command(slash_command, subcommands("queue_add", "queue_list", "queue_remove"), subcommand_required)]
#[expect(clippy::unused_async, reason = "the shape that poise wants; Discord only ever sends what is below it")]
async fn queue(_: Context<'_>) -> Done {
    Ok(())
}

#[poise::command(slash_command, rename = "add")]
async fn queue_add(
    ctx: Context<'_>,
    #[description = "A link, or words to search for"]
    #[max_length = 2048]
    url: String,
) -> Done {
    respond(ctx, Ok(Ask::QueueAdd { link: url })).await
}

#[poise::command(slash_command, rename = "list")]
async fn queue_list(ctx: Context<'_>) -> Done {
    respond(ctx, Ok(Ask::QueueList)).await
}

#[poise::command(slash_command, rename = "remove")]
async fn queue_remove(
    ctx: Context<'_>,
    #[description = "Its number in the list"]
    #[min = 1]
    number: u32,
) -> Done {
    respond(ctx, Ok(Ask::QueueRemove { number: number as usize })).await
}

#[poise::command(slash_command)]
async fn pause(ctx: Context<'_>) -> Done {
    respond(ctx, Ok(Ask::Pause)).await
}

#[poise::command(slash_command)]
async fn play(ctx: Context<'_>) -> Done {
    respond(ctx, Ok(Ask::Play)).await
}

#[poise::command(slash_command)]
async fn seek(
    ctx: Context<'_>,
    #[description = "A time such as 1:30, +30, -1m or 50%"]
    #[max_length = 40]
    to: String,
) -> Done {
    respond(ctx, grammar::seek(&to).map(Ask::Seek)).await
}

#[poise::command(slash_command)]
async fn skip(ctx: Context<'_>) -> Done {
    respond(ctx, Ok(Ask::Skip)).await
}

#[poise::command(slash_command)]
async fn now(ctx: Context<'_>) -> Done {
    respond(ctx, Ok(Ask::Now)).await
}

#[poise::command(slash_command)]
async fn invite(ctx: Context<'_>) -> Done {
    respond(ctx, Ok(Ask::Invite)).await
}

#[poise::command(slash_command)]
async fn help(ctx: Context<'_>) -> Done {
    respond(ctx, Ok(Ask::Help)).await
}

/// Asks the core and answers, within what Discord waits for.
async fn respond(ctx: Context<'_>, ask: Result<Ask, engine::refusal::Refusal>) -> Done {
    let shared = ctx.data();
    let wants_card = matches!(ask, Ok(Ask::Watch { .. }));
    let work = async {
        let ask = match ask {
            Ok(ask) => ask,
            Err(refusal) => return (refuse(&refusal.into()), None),
        };
        let asker = match Sender::from(ctx.interaction).asker(&shared.core).await {
            Ok(asker) => asker,
            Err(no) => return (refuse(&no), None),
        };
        let reply = shared.core.ask(&asker, ask).await;
        (reply, asker.place)
    };
    let hold = async {
        if let Err(error) = ctx.defer().await {
            tracing::warn!(%error, "Discord could not be told that an answer takes longer");
        }
    };
    let ((reply, place), late) = answer::in_time(work, hold).await;
    let (Some(place), Some(room), false) = (place, reply.room, reply.refused) else {
        return send(ctx, &reply, late).await;
    };
    if !wants_card {
        let sent = send(ctx, &reply, late).await;
        shared.cards.see(&place, room);
        return sent;
    }
    match CardHere::find(shared, &place, room).await {
        CardHere::Wanted(card, posting) => {
            let message = poise::CreateReply::default()
                .embed(card::embed(&card))
                .components(card::buttons(&card))
                .allowed_mentions(answer::nobody());
            let sent = ctx.send(message).await?;
            match sent.into_message().await {
                Ok(message) => adopt(shared, &place, message.id, *card).await,
                Err(error) => tracing::warn!(%place, %error, "an answer could not become the live card"),
            }
            drop(posting);
            Ok(())
        }
        CardHere::Coming => {
            let sent = send(ctx, &reply, late).await;
            shared.posting.over(&place).await;
            shared.cards.show(&place, room);
            sent
        }
        CardHere::There => {
            let sent = send(ctx, &reply, late).await;
            shared.cards.show(&place, room);
            sent
        }
    }
}

/// Makes a message the live card.
async fn adopt(shared: &Shared, place: &PlaceId, message: serenity::MessageId, shown: live_card::Card) {
    let Ok(message) = i64::try_from(message.get()) else { return };
    // The cards write it down too, but later: whoever asks next must know already.
    if let Err(no) = shared.core.engine().places.set_card(place, Some(message)).await {
        tracing::error!(%place, %no, "which message is the live card could not be stored");
    }
    shared.cards.adopt(place, message, shown);
}

/// Whether a chat has a card when somebody asks to watch something.
enum CardHere<'a> {
    /// None: this one is the answer. Until the guard is dropped nobody else posts one.
    Wanted(Box<live_card::Card>, Posted<'a>),
    /// Somebody else's answer is about to be the card.
    Coming,
    /// There is one, or was until somebody deleted it.
    There,
}

impl<'a> CardHere<'a> {
    async fn find(shared: &'a Shared, place: &'a PlaceId, room: RoomId) -> Self {
        let Some(posting) = shared.posting.begin(place) else { return Self::Coming };
        let engine = shared.core.engine();
        let tied = engine.places.get(place).await;
        if matches!(&tied, Ok(Some(tied)) if tied.card.is_none())
            && let Ok(view) = engine.rooms.view(room).await
        {
            let card = live_card::card(&view, engine.clock.now(), &shared.core);
            return Self::Wanted(Box::new(card), posting);
        }
        Self::There
    }
}

async fn send(ctx: Context<'_>, reply: &Reply, late: bool) -> Done {
    if late && reply.private {
        // Who sees an answer was settled when it was put off: for everybody. So that one is taken back.
        ctx.interaction.delete_response(ctx.http()).await?;
    }
    let message = poise::CreateReply::default()
        .content(answer::words(reply))
        .components(answer::buttons(reply))
        .ephemeral(reply.private)
        .allowed_mentions(answer::nobody());
    ctx.send(message).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn discord_knows_exactly_the_commands_of_the_one_list() {
        let names = |commands: &[poise::Command<Shared, serenity::Error>]| -> Vec<(String, String)> {
            let named = |command: &poise::Command<Shared, serenity::Error>| {
                (command.name.clone().into_owned(), command.description.clone().unwrap_or_default().into_owned())
            };
            commands.iter().map(named).collect()
        };
        let listed = |list: &[CommandInfo]| -> Vec<(String, String)> {
            list.iter().map(|info| (info.name.to_owned(), info.description.to_owned())).collect()
        };
        let commands = all();
        assert_eq!(names(&commands), listed(COMMANDS));
        for (command, info) in commands.iter().zip(COMMANDS) {
            assert_eq!(names(&command.subcommands), listed(info.subcommands), "/{}", command.name);
        }
    }
}
