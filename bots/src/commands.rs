//! The one list of commands. Telegram's menu, Discord's registration, `/help` and the API's list are all made from it.

use serde::Serialize;

/// One command, as people see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct CommandInfo {
    /// What is typed, without the slash: 1 to 32 characters of `[a-z]`, which every platform takes.
    pub name: &'static str,
    /// The whole line, with what goes in capitals replaced by the one who types.
    pub usage: &'static str,
    /// What it does, in one sentence of at most 100 characters, which is Discord's limit.
    pub description: &'static str,
    /// Commands below it.
    pub subcommands: &'static [CommandInfo],
}

const fn plain(name: &'static str, usage: &'static str, description: &'static str) -> CommandInfo {
    CommandInfo { name, usage, description, subcommands: &[] }
}

/// All of them, in the order in which help shows them.
pub const COMMANDS: &[CommandInfo] = &[
    plain("watch", "/watch LINK", "Watch something together: plays it, or queues it when something is on."),
    CommandInfo {
        name: "queue",
        usage: "/queue",
        description: "What comes next.",
        subcommands: &[
            plain("add", "/queue add LINK", "Put something behind the last one."),
            plain("list", "/queue list", "Show what is on and what comes next."),
            plain("remove", "/queue remove NUMBER", "Take one out, by its number in the list."),
        ],
    },
    plain("pause", "/pause", "Pause for everybody."),
    plain("play", "/play", "Play on for everybody."),
    plain("seek", "/seek TIME", "Go to a time such as 1:30, +30, -1m or 50%."),
    plain("skip", "/skip", "Go on to the next one."),
    plain("now", "/now", "Show what is on and where it stands."),
    plain("invite", "/invite", "Show the link that lets people in."),
    plain("help", "/help", "Show all commands."),
];

/// The help text: one line for each thing that can be typed.
pub fn help() -> String {
    let mut lines = Vec::new();
    for command in COMMANDS {
        let shown = if command.subcommands.is_empty() { std::slice::from_ref(command) } else { command.subcommands };
        lines.extend(shown.iter().map(|command| format!("{}: {}", command.usage, command.description)));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grammar;

    #[test]
    fn every_command_fits_both_platforms() {
        for command in COMMANDS.iter().flat_map(|command| std::iter::once(command).chain(command.subcommands)) {
            assert!((1..=32).contains(&command.name.len()), "{command:?}");
            assert!(command.name.bytes().all(|b| b.is_ascii_lowercase()), "{command:?}");
            assert!((3..=100).contains(&command.description.chars().count()), "{command:?}");
        }
    }

    #[test]
    fn every_listed_command_is_understood_and_in_the_help() {
        let help = help();
        for command in COMMANDS {
            let shown =
                if command.subcommands.is_empty() { std::slice::from_ref(command) } else { command.subcommands };
            for command in shown {
                assert!(help.contains(command.usage), "{} is not in the help", command.usage);
                let line = command.usage.replace("LINK", "https://a.example/b.mp4").replace("NUMBER", "1");
                let line = line.replace("TIME", "1:30");
                grammar::parse(&line).unwrap_or_else(|refusal| panic!("{line}: {refusal}"));
            }
        }
    }
}
