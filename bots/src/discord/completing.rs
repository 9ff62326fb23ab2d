//! Finishes what somebody types in an option. Discord waits three seconds and shows nothing else meanwhile, so that nothing
//! is better than something late.

use poise::serenity_prelude as serenity;
use serenity::{AutocompleteChoice, CreateAutocompleteResponse, ResolvedValue};

use super::{answer::AT_ONCE, asker::Sender, commands::Context};
use crate::{
    CHOICES,
    commands::{CommandInfo, Kind},
    reply::shortened,
};

/// How long a choice may be, both what people read and what is sent.
const LIMIT: usize = 100;

/// Whether what is typed there can be finished. Choices of few words are registered instead, and numbers are numbers.
pub(super) fn can_be(kind: Kind) -> bool {
    match kind {
        Kind::Link
        | Kind::Item
        | Kind::Time
        | Kind::Moment
        | Kind::Person
        | Kind::Playlist
        | Kind::Ballot
        | Kind::Setting
        | Kind::Value
        | Kind::Command => true,
        Kind::Text(_) | Kind::Number(_) | Kind::Length | Kind::Speed | Kind::OneOf(_) => false,
    }
}

/// What could be meant.
pub(super) fn complete<'a>(ctx: Context<'a>, typed: &'a str) -> poise::BoxFuture<'a, CreateAutocompleteResponse> {
    Box::pin(async move {
        let choices = tokio::time::timeout(AT_ONCE, choices(ctx, typed)).await.ok().flatten().unwrap_or_default();
        CreateAutocompleteResponse::new().set_choices(choices)
    })
}

async fn choices(ctx: Context<'_>, typed: &str) -> Option<Vec<AutocompleteChoice>> {
    let info = ctx.command().custom_data.downcast_ref::<&'static CommandInfo>()?;
    let focused = ctx.args.iter().find(|given| matches!(given.value, ResolvedValue::Autocomplete { .. }))?;
    let option = info.options.iter().find(|option| option.name == focused.name)?;
    let core = &ctx.data().core;
    let asker = Sender::from(ctx.interaction).asker(core, &ctx.serenity_context().cache).await.ok()?;
    // What a setting can be set to depends on which it is.
    let given: Vec<_> = ctx
        .args
        .iter()
        .filter_map(|given| match given.value {
            ResolvedValue::String(text) => Some((given.name, text)),
            _ => None,
        })
        .collect();
    let found = core.complete(&asker, option.kind, typed, &given).await;
    let fits = found
        .into_iter()
        .filter(|choice| !choice.label.trim().is_empty() && (1..=LIMIT).contains(&choice.value.chars().count()));
    Some(
        fits.take(CHOICES)
            .map(|choice| AutocompleteChoice::new(shortened(&choice.label, LIMIT), choice.value))
            .collect(),
    )
}
