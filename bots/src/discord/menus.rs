//! What stands in the menu of a message and of somebody: queue the video in it, invite them.

use poise::serenity_prelude as serenity;
use url::Url;

use super::{
    asking::Asking,
    commands::{Command, Context, Running, localized},
    watching,
};
use crate::{Ask, Locale, Reply, core::answer as refuse, say, words};

const QUEUE: &str = "discord-menu-queue";
const INVITE: &str = "discord-menu-invite";

/// All of them.
pub(super) fn all() -> Vec<Command> {
    use poise::ContextMenuCommandAction::{Message, User};
    [(QUEUE, Message(queue)), (INVITE, User(invite))]
        .into_iter()
        .map(|(key, action)| {
            let name = say!(Locale::English, key);
            Command {
                name: name.clone().into(),
                qualified_name: name.clone().into(),
                context_menu_name: Some(name.into()),
                name_localizations: localized(|locale| words::find(locale, key, &[])),
                context_menu_action: Some(action),
                ..Command::default()
            }
        })
        .collect()
}

/// Somebody picked a message.
fn queue(ctx: Context<'_>, message: serenity::Message) -> Running<'_> {
    Box::pin(async move {
        let interaction = ctx.interaction;
        let asking = Asking::new(ctx.serenity_context(), ctx.data(), interaction, interaction.id, &interaction.token);
        let ask = link_in(&message).map(|links| Ask::QueueAdd { links, next: false });
        let done = watching::carry_out(&asking, ask.ok_or_else(|| words::hint("discord-no-link"))).await;
        done.map_err(|error| poise::FrameworkError::new_command(ctx.into(), error))
    })
}

/// Somebody picked somebody.
fn invite(ctx: Context<'_>, guest: serenity::User) -> Running<'_> {
    Box::pin(async move {
        let interaction = ctx.interaction;
        let asking = Asking::new(ctx.serenity_context(), ctx.data(), interaction, interaction.id, &interaction.token);
        let done = invited(&asking, &guest).await;
        done.map_err(|error| poise::FrameworkError::new_command(ctx.into(), error))
    })
}

async fn invited(asking: &Asking<'_>, guest: &serenity::User) -> Result<(), serenity::Error> {
    let (core, locale) = (&asking.shared.core, asking.sender.locale());
    if guest.bot {
        return asking.reply(&refuse(locale, &words::hint("discord-no-bots").into()), Vec::new()).await;
    }
    let asker = match asking.sender.asker(core, &asking.ctx.cache).await {
        Ok(asker) => asker,
        Err(no) => return asking.reply(&refuse(locale, &no), Vec::new()).await,
    };
    let reply = Box::pin(core.ask(&asker, Ask::Invite)).await;
    if reply.refused {
        return asking.reply(&reply, Vec::new()).await;
    }
    // Everybody there sees it and one person is called: a letter of ours would reach fewer, and surprise them.
    asking.reply_calling(&Reply { private: false, ..reply }, Vec::new(), &[guest.id.get()]).await
}

/// The first link in a message: in its words, in what Discord shows of a link, or a video that hangs on it.
pub(super) fn link_in(message: &serenity::Message) -> Option<String> {
    let in_words = first_link(&message.content);
    let mut embeds = message.embeds.iter().flat_map(|embed| {
        [embed.url.clone(), embed.video.as_ref().map(|video| video.url.clone())].into_iter().flatten()
    });
    let is_film = |file: &&serenity::Attachment| {
        file.content_type.as_deref().is_some_and(|kind| kind.starts_with("video/") || kind.starts_with("audio/"))
    };
    let film = || message.attachments.iter().find(is_film).map(|file| file.url.clone());
    in_words.or_else(|| embeds.find_map(|link| first_link(&link))).or_else(film)
}

fn first_link(text: &str) -> Option<String> {
    text.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '|' | '`' | '"')).find_map(|word| {
        // `[words](link)`, and a full stop at the end of a sentence.
        let word = word.rsplit_once("](").map_or(word, |(_, link)| link);
        let word = &word[word.find("http")?..];
        let word = word.trim_end_matches(['.', ',', '!', '?', ';', ':', '*', '_']);
        let word = if word.contains('(') { word } else { word.trim_end_matches(')') };
        let url = Url::parse(word).ok()?;
        (matches!(url.scheme(), "http" | "https") && url.host().is_some()).then(|| word.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_link_of_a_text_is_found_whatever_stands_around_it() {
        for (text, link) in [
            ("https://a.example/b", Some("https://a.example/b")),
            ("look: <https://a.example/b>!", Some("https://a.example/b")),
            ("(see https://a.example/b).", Some("https://a.example/b")),
            ("[film](https://a.example/b) and https://a.example/c", Some("https://a.example/b")),
            ("||https://a.example/b||", Some("https://a.example/b")),
            ("https://a.example/x_(film)", Some("https://a.example/x_(film)")),
            ("**https://a.example/b?c=d&e=f**", Some("https://a.example/b?c=d&e=f")),
            ("https:// nothing, http nothing, ftp://a.example", None),
            ("just words", None),
        ] {
            assert_eq!(first_link(text).as_deref(), link, "{text}");
        }
    }
}
