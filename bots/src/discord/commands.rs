//! The commands as Discord knows them, made from the one list: names, descriptions and options in every language, and one
//! function behind all of them that hands what was given to the core.
//!
//! None is hidden from anybody by default (`default_member_permissions`), not even those of stewards: Discord could only ask
//! for permissions of its own, and would hide them from those whom the room or a role of the guild made its moderators. Who
//! may not is told so.

use std::borrow::Cow;

use poise::serenity_prelude as serenity;
use serenity::{CommandOptionType, CreateCommandOption, ResolvedValue};

use super::{Shared, asking::Asking, completing, menus, watching};
use crate::{
    Ask, Locale,
    commands::{COMMANDS, CommandInfo, Kind, OptionInfo},
    grammar::Given,
    words,
};

/// What poise calls with each command.
pub(super) type Context<'a> = poise::ApplicationContext<'a, Shared, serenity::Error>;
pub(super) type Command = poise::Command<Shared, serenity::Error>;
pub(super) type Localized = Cow<'static, [(Cow<'static, str>, Cow<'static, str>)]>;
pub(super) type Running<'a> = poise::BoxFuture<'a, Result<(), poise::FrameworkError<'a, Shared, serenity::Error>>>;

/// All commands.
pub(super) fn all() -> Vec<Command> {
    let listed = COMMANDS.iter().map(|info| command(info.name, info));
    let mut commands: Vec<_> = listed.chain(menus::all()).collect();
    for command in &mut commands {
        command.install_context = Some(everywhere().0);
        command.interaction_context = Some(everywhere().1);
    }
    commands
}

/// How the bot can be installed, and where it can be used: in guilds, and by people wherever they write.
pub(super) fn everywhere() -> (Vec<serenity::InstallationContext>, Vec<serenity::InteractionContext>) {
    use serenity::{InstallationContext as By, InteractionContext as In};
    (vec![By::Guild, By::User], vec![In::Guild, In::BotDm, In::PrivateChannel])
}

/// The same as Discord is told of them. Names in menus are in every language too, which poise knows of typed ones only.
pub(super) fn created(commands: &[Command]) -> Vec<serenity::CreateCommand> {
    let typed = commands.iter().filter_map(Command::create_as_slash_command);
    let menus = commands.iter().filter_map(|command| {
        let names = command.name_localizations.iter();
        let created = command.create_as_context_menu_command()?;
        Some(names.fold(created, |created, (tag, name)| created.name_localized(tag.as_ref(), name.as_ref())))
    });
    typed.chain(menus).collect()
}

fn command(path: &str, info: &'static CommandInfo) -> Command {
    let key = CommandInfo::key(path);
    Command {
        name: info.name.into(),
        qualified_name: path.to_owned().into(),
        name_localizations: localized(|locale| words::attribute(locale, &key, "slash")),
        description: Some(words::say(Locale::English, &key, &[]).into()),
        description_localizations: localized(|locale| words::find(locale, &key, &[])),
        slash_action: Some(run),
        subcommands: info.subcommands.iter().map(|below| command(&format!("{path} {}", below.name), below)).collect(),
        subcommand_required: !info.subcommands.is_empty(),
        parameters: info.options.iter().map(|option| parameter(&key, option)).collect(),
        // What poise calls the data of a command: what it is in our list.
        custom_data: Box::new(info),
        ..Command::default()
    }
}

fn parameter(key: &str, option: &OptionInfo) -> poise::CommandParameter<Shared, serenity::Error> {
    let named = format!("opt-{}", option.name);
    let choices: Vec<_> = match option.kind {
        Kind::OneOf(words) => words.iter().map(|word| choice(word)).collect(),
        _ => Vec::new(),
    };
    let type_setter: fn(CreateCommandOption) -> CreateCommandOption = match option.kind {
        // What is sent is which of the choices it is.
        Kind::OneOf(_) => |option| option.kind(CommandOptionType::Integer),
        Kind::Number(_) => |option| option.kind(CommandOptionType::Integer).min_int_value(1),
        Kind::Link => |option| option.kind(CommandOptionType::String).max_length(4_000),
        _ => |option| option.kind(CommandOptionType::String).max_length(500),
    };
    poise::CommandParameter {
        name: option.name.into(),
        name_localizations: localized(|locale| words::find(locale, &named, &[])),
        description: words::attribute(Locale::English, key, option.name).map(Cow::from),
        description_localizations: localized(|locale| words::attribute(locale, key, option.name)),
        required: option.required(),
        channel_types: None,
        choices: choices.into(),
        type_setter: Some(type_setter),
        autocomplete_callback: completing::can_be(option.kind).then_some(completing::complete),
        __non_exhaustive: (),
    }
}

fn choice(word: &str) -> poise::CommandParameterChoice {
    let key = format!("choice-{word}");
    poise::CommandParameterChoice {
        name: words::say(Locale::English, &key, &[]).into(),
        localizations: localized(|locale| words::find(locale, &key, &[])),
        __non_exhaustive: (),
    }
}

/// A text in every language but English, under all names that Discord has for them.
pub(super) fn localized(text: impl Fn(Locale) -> Option<String>) -> Localized {
    let others = Locale::ALL.into_iter().filter(|locale| *locale != Locale::English);
    let all = others.filter_map(|locale| text(locale).map(|text| (locale, text))).flat_map(|(locale, text)| {
        locale.on_discord().iter().map(move |tag| (Cow::from(*tag), Cow::from(text.clone())))
    });
    all.collect::<Vec<_>>().into()
}

/// What is behind every command.
fn run(ctx: Context<'_>) -> Running<'_> {
    Box::pin(async move {
        let Some(info) = ctx.command().custom_data.downcast_ref::<&'static CommandInfo>() else {
            return Ok(());
        };
        let ask = match info.read {
            Some(read) => read(&mut given(ctx, info)),
            None => Ok(Ask::Help { about: Some(info.name.to_owned()) }),
        };
        let interaction = ctx.interaction;
        let asking = Asking::new(ctx.serenity_context(), ctx.data(), interaction, interaction.id, &interaction.token);
        let done = watching::carry_out(&asking, ask).await;
        done.map_err(|error| poise::FrameworkError::new_command(ctx.into(), error))
    })
}

/// What was given, as it would have been typed.
fn given(ctx: Context<'_>, info: &CommandInfo) -> Given {
    let text = |option: &OptionInfo, value: &ResolvedValue<'_>| match (value, option.kind) {
        (ResolvedValue::Integer(index), Kind::OneOf(words)) => {
            usize::try_from(*index).ok().and_then(|index| words.get(index)).map(|word| (*word).to_owned())
        }
        (ResolvedValue::Integer(number), _) => Some(number.to_string()),
        (ResolvedValue::String(text), _) => Some((*text).to_owned()),
        _ => None,
    };
    let values = ctx.args.iter().filter_map(|given| {
        let option = info.options.iter().find(|option| option.name == given.name)?;
        Some((option.name, text(option, &given.value)?))
    });
    Given::named(&ctx.command().qualified_name, values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn discord_knows_exactly_the_commands_of_the_one_list() {
        let same = |commands: &[Command], list: &[CommandInfo]| {
            assert_eq!(commands.len(), list.len());
            for (command, info) in commands.iter().zip(list) {
                assert_eq!(command.name, info.name);
                let options: Vec<_> = command.parameters.iter().map(|one| one.name.clone().into_owned()).collect();
                assert_eq!(options, info.options.iter().map(|one| one.name).collect::<Vec<_>>(), "{}", info.name);
            }
        };
        let commands: Vec<_> = all().into_iter().filter(|command| command.slash_action.is_some()).collect();
        same(&commands, COMMANDS);
        for (command, info) in commands.iter().zip(COMMANDS) {
            same(&command.subcommands, info.subcommands);
        }
    }
}
