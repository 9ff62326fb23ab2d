//! The one list of commands. Telegram's menu, Discord's registration, `/help`, the API's list and the page of documentation
//! are all made from it; how each reads stands beside it, what it does in [`Core`](crate::Core).
//!
//! The words are in the language files, by a name that follows from the command's: `cmd-queue-add` is what `/queue add`
//! does, its attribute `slash` what is typed for it in that language, and each option has an attribute of its own name.

mod list;
#[cfg(test)]
mod page;

use engine::refusal::{Code, Refusal};

pub use self::list::COMMANDS;
use crate::{
    Ask,
    grammar::{self, Given},
    words,
    words::Locale,
};

/// Makes a question of what was given to a command.
pub type Read = fn(&mut Given) -> Result<Ask, Refusal>;

/// One command.
#[derive(Debug, Clone, Copy)]
pub struct CommandInfo {
    /// What is typed, without the slash: 1 to 32 characters of `[a-z]`, which every platform takes.
    pub name: &'static str,
    /// What can stand behind it; what must stand there comes first.
    pub options: &'static [OptionInfo],
    /// Makes a question of what was given; nothing where only what is below it can be asked.
    pub read: Option<Read>,
    /// Commands below it. The first is meant where none is named.
    pub subcommands: &'static [CommandInfo],
    /// For those who keep order: where a platform can hide commands from others by default, it does.
    pub steward: bool,
}

/// What can stand behind a command.
#[derive(Debug)]
pub struct OptionInfo {
    /// As it is typed before a colon: 1 to 32 characters of `[a-z]`.
    pub name: &'static str,
    /// What kind of thing it is.
    pub kind: Kind,
    /// Whether the command is nothing without it, or how else it can be given.
    pub given: GivenBy,
}

/// How an option is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GivenBy {
    /// It must stand at its place.
    Place,
    /// It may stand at its place.
    MayPlace,
    /// It may stand anywhere, behind its name and a colon: `title:"Film night"`.
    Name,
}

/// What kind of thing an option is: what a platform offers for it, and what it checks before it asks us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A link, or words to search for.
    Link,
    /// Any words, up to so many characters.
    Text(u16),
    /// A whole number from 1 on, up to this.
    Number(u16),
    /// A queued item: its number, or what is chosen from those that are there.
    Item,
    /// Where to seek to.
    Time,
    /// A length of time.
    Length,
    /// A moment of a day.
    Moment,
    /// How fast.
    Speed,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// Somebody.
    Person,
    /// A saved playlist.
    Playlist,
    /// What can be put to the vote.
    Ballot,
    /// What can be set, and what it can be set to.
    Setting,
    /// What a setting can be set to.
    Value,
    /// A command.
    Command,
}

impl CommandInfo {
    /// What stands in the language files for a path such as `queue add`.
    pub fn key(path: &str) -> String {
        format!("cmd-{}", path.replace(' ', "-"))
    }

    /// Whether an option of it must be given.
    pub fn needs(&self) -> bool {
        self.options.iter().any(|option| option.given == GivenBy::Place)
    }
}

impl OptionInfo {
    /// Whether it must be given.
    pub fn required(&self) -> bool {
        self.given == GivenBy::Place
    }
}

/// A command that can be typed, with the path to it.
#[derive(Debug, Clone)]
pub struct Typed {
    /// Its names from the top, such as `queue add`.
    pub path: String,
    /// The command itself.
    pub info: &'static CommandInfo,
}

impl Typed {
    /// What it does, in one sentence of at most 100 characters, which is Discord's limit.
    pub fn description(&self, locale: Locale) -> String {
        words::say(locale, &CommandInfo::key(&self.path), &[])
    }

    /// The whole line, with what goes in capitals replaced by the one who types.
    pub fn usage(&self, locale: Locale) -> String {
        let mut line = format!("/{}", self.path);
        for option in self.info.options {
            let name = words::say(locale, &format!("opt-{}", option.name), &[]);
            match option.given {
                GivenBy::Place => line.push_str(&format!(" {}", name.to_uppercase())),
                GivenBy::MayPlace => line.push_str(&format!(" [{}]", name.to_uppercase())),
                GivenBy::Name => line.push_str(&format!(" [{}:…]", option.name)),
            }
        }
        line
    }
}

/// All that can be typed, in the order in which help shows it: of a command with others below it, those.
pub fn typed() -> Vec<Typed> {
    let mut typed = Vec::new();
    for info in COMMANDS {
        if info.subcommands.is_empty() {
            typed.push(Typed { path: info.name.to_owned(), info });
        }
        for below in info.subcommands {
            typed.push(Typed { path: format!("{} {}", info.name, below.name), info: below });
        }
    }
    typed
}

/// The help text: one line for each thing that can be typed.
pub fn help(locale: Locale) -> String {
    let line = |command: &Typed| format!("{}: {}", command.usage(locale), command.description(locale));
    typed().iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The help for one command, by any of its names; for all where none is named.
pub fn help_about(locale: Locale, about: Option<&str>) -> Result<String, Refusal> {
    let word = about.and_then(|about| about.split_whitespace().next()).map(|word| word.trim_start_matches('/'));
    let Some(word) = word.filter(|word| !word.is_empty()) else { return Ok(help(locale)) };
    let unknown = || Refusal::new(Code::NoSuchCommand).with("command", format_args!("/{}", grammar::echo(word)));
    let name = named(COMMANDS, "", word).ok_or_else(unknown)?.name;
    let mut lines = Vec::new();
    for command in typed().into_iter().filter(|command| command.path.split(' ').next() == Some(name)) {
        lines.push(format!("{}: {}", command.usage(locale), command.description(locale)));
        let key = CommandInfo::key(&command.path);
        for option in command.info.options {
            let about = words::attribute(locale, &key, option.name).unwrap_or_default();
            lines.push(format!("  {}: {about}", option.name));
        }
    }
    Ok(lines.join("\n"))
}

/// The command that a word names, in any language.
pub fn named(list: &'static [CommandInfo], above: &str, word: &str) -> Option<&'static CommandInfo> {
    let word = word.to_lowercase();
    list.iter().find(|info| info.name == word).or_else(|| {
        list.iter().find(|info| {
            let path = if above.is_empty() { info.name.to_owned() } else { format!("{above} {}", info.name) };
            let key = CommandInfo::key(&path);
            Locale::ALL.iter().any(|locale| words::attribute(*locale, &key, "slash").is_some_and(|name| name == word))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_fits_both_platforms() {
        let all: Vec<_> = COMMANDS.iter().flat_map(|info| std::iter::once(info).chain(info.subcommands)).collect();
        assert!(COMMANDS.len() <= 100 && COMMANDS.iter().all(|info| info.subcommands.len() <= 25));
        for info in all {
            assert!((1..=32).contains(&info.name.len()), "{info:?}");
            assert!(info.name.bytes().all(|b| b.is_ascii_lowercase()), "{info:?}");
            assert!(info.options.len() <= 25, "{info:?}");
            let order: Vec<_> = info.options.iter().map(|option| option.given as u8).collect();
            assert!(order.is_sorted(), "{}: what must be given comes first", info.name);
            for option in info.options {
                if let Kind::OneOf(words) = option.kind {
                    assert!(words.len() <= 25, "{info:?}");
                }
            }
        }
    }

    #[test]
    fn every_command_and_option_is_described_in_every_language_as_short_as_platforms_want_it() {
        for locale in Locale::ALL {
            let fits = |key: &str, text: Option<String>| {
                let text = text.unwrap_or_else(|| panic!("{key} is missing in {locale:?}"));
                assert!((3..=100).contains(&text.chars().count()), "{key} in {locale:?}: {text}");
            };
            for info in COMMANDS {
                let key = CommandInfo::key(info.name);
                fits(&key, words::find(locale, &key, &[]));
                let below = info.subcommands.iter().map(|below| (format!("{key}-{}", below.name), below));
                for (key, info) in std::iter::once((key.clone(), info)).chain(below) {
                    fits(&key, words::find(locale, &key, &[]));
                    for option in info.options {
                        fits(&format!("{key}.{}", option.name), words::attribute(locale, &key, option.name));
                        let named = words::find(locale, &format!("opt-{}", option.name), &[]).unwrap_or_default();
                        let fine = (1..=32).contains(&named.chars().count()) && named == named.to_lowercase();
                        assert!(fine && !named.contains(char::is_whitespace), "opt-{} in {locale:?}", option.name);
                        if let Kind::OneOf(words) = option.kind {
                            for word in words {
                                let choice = format!("choice-{word}");
                                assert!(words::find(locale, &choice, &[]).is_some(), "{choice} in {locale:?}");
                            }
                        }
                    }
                    if let Some(name) = words::attribute(locale, &key, "slash") {
                        let fine = (1..=32).contains(&name.chars().count()) && name == name.to_lowercase();
                        let letters = name.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_');
                        assert!(fine && letters, "{key} in {locale:?}: {name}");
                    }
                }
            }
        }
    }

    #[test]
    fn no_two_commands_share_a_name_in_a_language() {
        for locale in Locale::ALL {
            for (above, list) in
                std::iter::once(("", COMMANDS)).chain(COMMANDS.iter().map(|info| (info.name, info.subcommands)))
            {
                let mut names: Vec<String> = list
                    .iter()
                    .map(|info| {
                        let path =
                            if above.is_empty() { info.name.to_owned() } else { format!("{above} {}", info.name) };
                        words::attribute(locale, &CommandInfo::key(&path), "slash").unwrap_or(info.name.to_owned())
                    })
                    .collect();
                names.sort();
                let all = names.len();
                names.dedup();
                assert_eq!(names.len(), all, "{locale:?}: {names:?}");
            }
        }
    }

    /// What is typed as the help shows it reads as that command, with all of its options.
    #[test]
    fn every_listed_command_is_understood_and_in_the_help() {
        let help = help(Locale::English);
        for typed in typed() {
            assert!(help.contains(&typed.usage(Locale::English)), "{} is not in the help", typed.path);
            let mut line = format!("/{}", typed.path);
            for option in typed.info.options {
                let value = sample(option.kind);
                match option.given {
                    GivenBy::Name => line.push_str(&format!(" {}:\"{value}\"", option.name)),
                    _ => line.push_str(&format!(" {value}")),
                }
            }
            grammar::parse(&line).unwrap_or_else(|refusal| panic!("{line}: {refusal}"));
        }
    }

    fn sample(kind: Kind) -> &'static str {
        match kind {
            Kind::Link => "https://a.example/b.mp4",
            Kind::Text(_) | Kind::Person | Kind::Playlist => "Ana",
            Kind::Number(_) | Kind::Item => "1",
            Kind::Time => "1:30",
            Kind::Length => "10m",
            Kind::Moment => "20:30",
            Kind::Speed => "1.5",
            Kind::OneOf(words) => words[0],
            Kind::Ballot => "skip",
            Kind::Setting => "title",
            Kind::Value => "on",
            Kind::Command => "seek",
        }
    }
}
