//! The page of documentation, `docs/COMMANDS.md`: made from the list, and held against it by the test at the end.
//!
//! `UPDATE_EXPECT=1 cargo test -p bots commands_page` writes it anew. What the list does not know stands here: examples, and
//! which permissions of the room a command needs.

use engine::room::{Permission, Preset, Role};

use super::{COMMANDS, CommandInfo, GivenBy, Kind, Typed, typed};
use crate::{grammar, words, words::Locale};

/// Who may.
enum Who {
    /// Whoever may be in the room.
    Everybody,
    /// Whoever has all of these.
    With(&'static [Permission]),
    /// The same; whoever has not can put it to the vote.
    OrVote(&'static [Permission]),
    /// It depends.
    Words(&'static str),
}

/// An example, without the slash, and who may.
fn told(path: &str) -> (&'static str, Who) {
    use Permission as P;
    use Who::{Everybody, OrVote, With, Words};
    match path {
        "watch" => (
            "watch https://example.com/film.mp4 title:\"Film night\" when:20:30",
            Words(
                "whoever may add to the queue: everybody. In a chat without a room, whoever writes it first. `mode`, `title` \
                 and `when` are settings of the room",
            ),
        ),
        "queue list" => ("queue list", Everybody),
        "queue add" => ("queue add https://example.com/film.mp4", With(&[P::Add])),
        "queue next" => ("queue next https://example.com/film.mp4", With(&[P::Add, P::Order])),
        "queue remove" => ("queue remove 2", OrVote(&[P::Remove])),
        "queue move" => ("queue move 5 1", With(&[P::Order])),
        "queue shuffle" => ("queue shuffle", OrVote(&[P::Order])),
        "queue clear" => ("queue clear", OrVote(&[P::Remove])),
        "queue import" => ("queue import https://www.youtube.com/playlist?list=PL123", With(&[P::Add])),
        "queue export" => ("queue export json", Everybody),
        "play" => ("play", OrVote(&[P::Playback])),
        "pause" => ("pause", OrVote(&[P::Playback])),
        "seek" => ("seek 1:30", OrVote(&[P::Seek])),
        "forward" => ("forward 30", OrVote(&[P::Seek])),
        "rewind" => ("rewind 1:00", OrVote(&[P::Seek])),
        "skip" => ("skip", OrVote(&[P::Skip])),
        "back" => ("back", OrVote(&[P::Skip])),
        "now" => ("now", Everybody),
        "mode" => ("mode vote", Words("everybody may look; for changing it, whoever may change how the queue works")),
        "speed" => ("speed 1.25", OrVote(&[P::Rate])),
        "vote" => ("vote skip", With(&[P::Vote])),
        "history" => ("history 5", Everybody),
        "playlist list" => ("playlist list", Everybody),
        "playlist save" => ("playlist save Friday", With(&[P::Add])),
        "playlist load" => ("playlist load Friday", With(&[P::Add])),
        "playlist delete" => ("playlist delete Friday", With(&[P::Add])),
        "invite" => ("invite", Everybody),
        "who" => ("who", Everybody),
        "role" => (
            "role @ben moderator",
            Words(
                "moderators make people trusted; co-hosts make moderators and co-hosts; the host gives the room away",
            ),
        ),
        "kick" => ("kick @ben", With(&[P::Kick])),
        "ban" => ("ban @ben length:2h reason:\"spoilers\"", With(&[P::Ban])),
        "unban" => ("unban @ben", With(&[P::Ban])),
        "settings" => ("settings", Words("everybody may look; for changing one, whoever may change that one")),
        "schedule" => ("schedule 20:30 until:23:00", With(&[P::Schedule])),
        "link" => (
            "link",
            Words(
                "for tying a chat, its administrators; for tying your own selves, you: in Telegram alone with the bot, where nobody else reads the code",
            ),
        ),
        "unlink" => ("unlink", Words("administrators of the chat")),
        "end" => ("end", With(&[P::End])),
        "help" => ("help seek", Everybody),
        _ => panic!("say in {} who may use /{path}, with an example", file!()),
    }
}

/// Who may, in a room that a chat makes.
fn who(who: &Who) -> String {
    let least = |permissions: &[Permission]| {
        let grants = Preset::Everyone.grants();
        match permissions.iter().map(|permission| grants.least(*permission)).max() {
            None | Some(Role::Guest) => "everybody",
            Some(Role::Registered) => "people with an account",
            Some(Role::Trusted) => "trusted people, moderators, co-hosts and the host",
            Some(Role::Moderator) => "moderators, co-hosts and the host",
            Some(Role::Cohost) => "co-hosts and the host",
            Some(Role::Host) => "the host",
        }
    };
    let needs = |permissions: &[Permission]| {
        let words: Vec<_> = permissions.iter().map(|permission| format!("`{}`", permission.name())).collect();
        format!("{} ({})", least(permissions), words.join(", "))
    };
    match who {
        Who::Everybody => "everybody".to_owned(),
        Who::With(permissions) => needs(permissions),
        Who::OrVote(permissions) => format!("{}; others can put it to the vote", needs(permissions)),
        Who::Words(words) => (*words).to_owned(),
    }
}

/// What can stand there.
fn kind(kind: Kind) -> String {
    match kind {
        Kind::Link => "link or words".to_owned(),
        Kind::Text(limit) => format!("text, {limit} characters at most"),
        Kind::Number(most) => format!("1 to {most}"),
        Kind::Item => "number or title".to_owned(),
        Kind::Time => "time".to_owned(),
        Kind::Length => "length".to_owned(),
        Kind::Moment => "moment".to_owned(),
        Kind::Speed => "speed".to_owned(),
        Kind::OneOf(words) => words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", "),
        Kind::Person => "person".to_owned(),
        Kind::Playlist => "playlist".to_owned(),
        Kind::Ballot => "what is voted on".to_owned(),
        Kind::Setting => "setting".to_owned(),
        Kind::Value => "value".to_owned(),
        Kind::Command => "command".to_owned(),
    }
}

/// What it is called on Discord in other languages, where that differs.
fn elsewhere(path: &str) -> Option<String> {
    let name = |locale, path: &str| {
        let own = || path.rsplit(' ').next().unwrap_or(path).to_owned();
        words::attribute(locale, &CommandInfo::key(path), "slash").unwrap_or_else(own)
    };
    let named: Vec<_> = Locale::ALL
        .into_iter()
        .filter(|locale| *locale != Locale::English)
        .filter_map(|locale| {
            let whole = match path.split_once(' ') {
                Some((above, _)) => format!("{} {}", name(locale, above), name(locale, path)),
                None => name(locale, path),
            };
            (whole != path).then(|| format!("{} `/{whole}`", locale.own_name()))
        })
        .collect();
    (!named.is_empty()).then(|| named.join(", "))
}

fn section(command: &Typed) -> String {
    let locale = Locale::English;
    let (example, may) = told(&command.path);
    let level = if command.path.contains(' ') { "###" } else { "##" };
    let mut text = format!("{level} /{}\n\n{}\n\n", command.path, command.description(locale));
    text.push_str(&format!("- Written: `{}`, for example `/{example}`\n", command.usage(locale)));
    text.push_str(&format!("- Who may: {}\n", who(&may)));
    if let Some(names) = elsewhere(&command.path) {
        text.push_str(&format!("- On Discord also: {names}\n"));
    }
    if !command.info.options.is_empty() {
        text.push_str("\n| option | takes | |\n|---|---|---|\n");
        for option in command.info.options {
            let about = words::attribute(locale, &CommandInfo::key(&command.path), option.name).unwrap_or_default();
            let name = match option.given {
                GivenBy::Place => format!("`{}`", option.name),
                GivenBy::MayPlace => format!("`{}`, may be left out", option.name),
                GivenBy::Name => format!("`{}:`, may be left out", option.name),
            };
            text.push_str(&format!("| {name} | {} | {about} |\n", kind(option.kind)));
        }
    }
    text
}

fn page() -> String {
    let mut text = String::from(
        "# Commands\n\n\
         <!-- Made from bots/src/commands/list.rs: UPDATE_EXPECT=1 cargo test -p bots commands_page -->\n\n\
         The same commands are understood in Discord, in Telegram and in the chat box of the page. Discord asks for each option by \
         its name. Elsewhere they are typed behind the command: what stands in capitals is replaced, what stands in brackets may \
         be left out, and what has a colon is written with its name, in quotes where it has several words. A command with \
         others below it does the first of them where none is named. On Discord the names follow the language that your \
         Discord speaks; the English ones are understood everywhere.\n\n\
         Who may what is decided by the room, whatever the door. What is said here holds for a room that a chat or the page \
         made; in brackets stands the permission, which a room can grant to others (see [API.md](API.md)). Administrators of a \
         chat come with a role of their own.\n\n\
         A program finds this list at `GET /api/v1/commands`.\n\n\
         | command | does |\n|---|---|\n",
    );
    for command in typed() {
        let anchor = command.path.replace(' ', "-");
        let usage = command.usage(Locale::English);
        text.push_str(&format!("| [`{usage}`](#{anchor}) | {} |\n", command.description(Locale::English)));
    }
    for command in COMMANDS {
        let about = words::say(Locale::English, &CommandInfo::key(command.name), &[]);
        if !command.subcommands.is_empty() {
            text.push_str(&format!("\n## /{}\n\n{about}\n", command.name));
        }
        for typed in typed().iter().filter(|typed| typed.path.split(' ').next() == Some(command.name)) {
            text.push('\n');
            text.push_str(&section(typed));
        }
    }
    text
}

#[test]
fn the_commands_page_says_what_the_list_says() {
    expect_test::expect_file!["../../../docs/COMMANDS.md"].assert_eq(&page());
}

#[test]
fn every_example_of_the_commands_page_is_understood() {
    for command in typed() {
        let line = format!("/{}", told(&command.path).0);
        grammar::parse(&line).unwrap_or_else(|refusal| panic!("{line}: {refusal}"));
    }
}
