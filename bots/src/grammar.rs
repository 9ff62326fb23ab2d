//! How typed commands read: from a line to an [`Ask`]. The same on Telegram, in the room's chat box and, for the options
//! of its commands, on Discord.

mod values;

use std::collections::BTreeMap;

use engine::{
    command::SeekTo,
    refusal::{Code, Refusal},
    room::Rate,
    time::Millis,
};

use crate::{
    Ask,
    ask::{PersonRef, Until, Vote, When},
    commands::{self, COMMANDS, CommandInfo, GivenBy},
    words::{self, Locale},
};

pub(crate) use self::values::echo;
use self::values::first_word;
pub use self::values::{is_word, item, long, mode, number, person, role, seek, speed, until, vote, when};

/// Reads a command line, with or without its slash, with or without the name of a bot, in any language: `/seek@couch_bot
/// 1:30`.
pub fn parse(line: &str) -> Result<Ask, Refusal> {
    let line = line.trim();
    let (word, rest) = first_word(line.strip_prefix('/').unwrap_or(line));
    let name = word.split('@').next().unwrap_or(word);
    let unknown = || Refusal::new(Code::NoSuchCommand).with("command", format_args!("/{}", echo(name)));
    let info = commands::named(COMMANDS, "", name).ok_or_else(unknown)?;
    let Some(first) = info.subcommands.first() else { return read(info.name, info, rest) };
    let (word, below) = first_word(rest);
    if word.is_empty() {
        return read(&format!("{} {}", info.name, first.name), first, "");
    }
    let found = commands::named(info.subcommands, info.name, word).ok_or_else(|| {
        let names: Vec<_> = info.subcommands.iter().map(|below| format!("/{} {}", info.name, below.name)).collect();
        words::hint("hint-subcommand").with("all", names.join(", "))
    })?;
    read(&format!("{} {}", info.name, found.name), found, below)
}

/// Makes a question of a command and what stands behind it.
fn read(path: &str, info: &'static CommandInfo, rest: &str) -> Result<Ask, Refusal> {
    let mut given = Given::typed(path, info, rest);
    match info.read {
        Some(read) => read(&mut given),
        None => Err(Code::NoSuchCommand.into()),
    }
}

/// What was given to a command, by the names of its options.
#[derive(Debug, Default)]
pub struct Given {
    path: String,
    values: BTreeMap<&'static str, String>,
}

impl Given {
    /// What a platform gives by name.
    pub fn named(path: &str, values: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        Self { path: path.to_owned(), values: values.into_iter().collect() }
    }

    /// What stands behind a typed command: first what is named, such as `title:"Film night"`, then the rest in order. The
    /// last one takes all that is left.
    fn typed(path: &str, info: &'static CommandInfo, rest: &str) -> Self {
        let mut values = BTreeMap::new();
        let mut left = rest.trim().to_owned();
        for option in info.options.iter().filter(|option| option.given == GivenBy::Name) {
            if let Some((value, without)) = names(option.name).iter().find_map(|name| take_named(&left, name)) {
                values.insert(option.name, value);
                left = without;
            }
        }
        let places: Vec<_> = info.options.iter().filter(|option| option.given != GivenBy::Name).collect();
        let mut left = left.as_str();
        for (index, option) in places.iter().enumerate() {
            let (value, after) = match (index + 1 == places.len(), left.strip_prefix(['"', '“', '„', '«'])) {
                (_, Some(quoted)) => quoted.split_once(['"', '”', '“', '»']).unwrap_or((quoted, "")),
                (true, None) => (left, ""),
                (false, None) => first_word(left),
            };
            if !value.trim().is_empty() {
                values.insert(option.name, value.trim().to_owned());
            }
            left = after.trim();
        }
        Self { path: path.to_owned(), values }
    }

    /// What was given, if it was.
    pub fn maybe(&mut self, name: &'static str) -> Option<String> {
        self.values.remove(name).filter(|value| !value.trim().is_empty())
    }

    /// What was given; what is missing is named.
    pub fn need(&mut self, name: &'static str) -> Result<String, Refusal> {
        self.maybe(name).ok_or_else(|| {
            let usage = commands::typed().into_iter().find(|typed| typed.path == self.path);
            let usage = usage.map(|typed| typed.usage(Locale::English)).unwrap_or_default();
            words::hint("hint-missing").with("usage", usage)
        })
    }

    /// A whole number from 1 on.
    pub fn number(&mut self, name: &'static str) -> Result<usize, Refusal> {
        number(&self.need(name)?)
    }

    /// The same, if it was given.
    pub fn maybe_number(&mut self, name: &'static str) -> Result<Option<usize>, Refusal> {
        self.maybe(name).map(|text| number(&text)).transpose()
    }

    /// Where to seek to.
    pub fn time(&mut self, name: &'static str) -> Result<SeekTo, Refusal> {
        self.maybe(name).ok_or_else(|| words::hint("hint-seek")).and_then(|text| seek(&text))
    }

    /// A length of time, if it was given.
    pub fn length(&mut self, name: &'static str) -> Result<Option<Millis>, Refusal> {
        let bad = |text: &str| Refusal::new(Code::BadTime).with("input", echo(text));
        self.maybe(name).map(|text| long(&text).ok_or_else(|| bad(&text))).transpose()
    }

    /// How fast.
    pub fn speed(&mut self, name: &'static str) -> Result<Rate, Refusal> {
        self.need(name).and_then(|text| speed(&text))
    }

    /// A moment, if one was given.
    pub fn when(&mut self, name: &'static str) -> Result<Option<When>, Refusal> {
        self.maybe(name).map(|text| when(&text)).transpose()
    }

    /// The same, where there may be none any more.
    pub fn moment(&mut self, name: &'static str) -> Result<Option<Until>, Refusal> {
        self.maybe(name).map(|text| until(&text)).transpose()
    }

    /// Somebody.
    pub fn person(&mut self, name: &'static str) -> Result<PersonRef, Refusal> {
        Ok(person(&self.need(name)?))
    }

    /// What to vote on, or for what.
    pub fn vote(&mut self, name: &'static str) -> Result<Vote, Refusal> {
        self.maybe(name).map_or(Ok(Vote::Show), |text| vote(&text))
    }
}

/// What an option is called, in all languages.
fn names(name: &str) -> Vec<String> {
    let key = format!("opt-{name}");
    let others = Locale::ALL.iter().filter_map(|locale| words::find(*locale, &key, &[]));
    std::iter::once(name.to_owned()).chain(others).collect()
}

/// Takes `name:value` or `name:"a value"` out of a line; the value, and the line without it.
fn take_named(line: &str, name: &str) -> Option<(String, String)> {
    let at = line.match_indices(name).map(|(at, _)| at).find(|at| {
        let begins = line[..*at].chars().next_back().is_none_or(char::is_whitespace);
        begins && line[at + name.len()..].starts_with([':', '='])
    })?;
    let (before, value) = (&line[..at], &line[at + name.len() + 1..]);
    let (value, after) = match value.strip_prefix(['"', '“', '„', '«']) {
        Some(quoted) => quoted.split_once(['"', '”', '“', '»']).unwrap_or((quoted, "")),
        None => value.split_once(char::is_whitespace).unwrap_or((value, "")),
    };
    Some((value.trim().to_owned(), format!("{} {}", before.trim(), after.trim()).trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use engine::{
        ids::{ItemId, PersonId},
        records::Platform,
        room::{QueueMode, Role},
    };
    use uuid::Uuid;

    use super::*;
    use crate::ask::{Day, ItemRef};

    fn at(seconds: i64) -> SeekTo {
        SeekTo::At(Millis::seconds(seconds))
    }

    #[test]
    fn commands_are_understood_with_and_without_slash_and_bot_name() {
        for line in ["/seek 1:30", "seek 1:30", "/seek@couch_bot 1:30", "  /SEEK   1:30 "] {
            assert_eq!(parse(line), Ok(Ask::Seek(at(90))), "{line}");
        }
        assert_eq!(
            parse("/watch https://a/b c"),
            Ok(Ask::Watch { link: "https://a/b c".to_owned(), mode: None, title: None, when: None })
        );
        assert_eq!(parse("/queue"), Ok(Ask::QueueList { page: 0 }));
        assert_eq!(parse("/queue remove #3"), Ok(Ask::QueueRemove { item: ItemRef::Number(3) }));
        assert_eq!(parse("/queue\nadd\nhttps://a"), Ok(Ask::QueueAdd { links: "https://a".to_owned(), next: false }));
    }

    #[test]
    fn what_is_missing_is_named() {
        let said = |line: &str| words::refusal(Locale::English, &parse(line).unwrap_err());
        assert_eq!(said("/watch"), "Something is missing: /watch LINK [mode:…] [title:…] [when:…]");
        assert!(said("/queue dance").starts_with("Write one of /queue list, /queue add"), "{}", said("/queue dance"));
        assert_eq!(said("/seek"), "Say where to go, such as /seek 1:30, /seek +30 or /seek 50%.");
        assert_eq!(parse("/queue remove 0").unwrap_err().code, Code::BadInput);
        assert_eq!(parse("/queue remove all").unwrap_err().code, Code::BadInput);
        assert_eq!(parse("/seek").unwrap_err().code, Code::BadInput);
        assert_eq!(parse("/dance").unwrap_err().to_string(), "There is no command /dance. Look at /help.");
        assert_eq!(parse("").unwrap_err().code, Code::NoSuchCommand);
    }

    #[test]
    fn options_by_name_stand_anywhere_and_may_be_quoted() {
        let wanted = Ok(Ask::Watch {
            link: "https://a.example/b".to_owned(),
            mode: Some(QueueMode::Fair),
            title: Some("Film night".to_owned()),
            when: Some(When::At { day: Day::Ahead(1), hour: 20, minute: 30 }),
        });
        for line in [
            "/watch https://a.example/b mode:fair title:\"Film night\" when:\"tomorrow 20:30\"",
            "/watch title:“Film night” when=\"tomorrow 8:30pm\" mode:FAIR https://a.example/b",
            "/watch when:\"tomorrow 20:30\" https://a.example/b title:\"Film night\" mode:fair",
        ] {
            assert_eq!(parse(line), wanted, "{line}");
        }
        // What a link holds is no option.
        let line = "/watch https://a.example/b?title:x=1&mode:dj";
        assert!(matches!(parse(line), Ok(Ask::Watch { mode: None, title: None, .. })));
        assert_eq!(
            parse("/ban Ana Cruz length:2h reason:\"too loud\""),
            Ok(Ask::Ban {
                person: PersonRef::Name("Ana Cruz".to_owned()),
                length: Some(Millis::seconds(7_200)),
                reason: "too loud".to_owned(),
                sure: false
            })
        );
        assert_eq!(
            parse("/schedule 20:30 until:23:00"),
            Ok(Ask::Schedule {
                start: Some(When::At { day: Day::Next, hour: 20, minute: 30 }),
                end: Some(When::At { day: Day::Next, hour: 23, minute: 0 }),
            })
        );
    }

    #[test]
    fn an_option_goes_by_its_name_in_every_language() {
        for name in Locale::ALL.iter().filter_map(|locale| words::find(*locale, "opt-title", &[])) {
            let line = format!("/watch https://a.example/b {name}:\"Film night\"");
            let Ok(Ask::Watch { title, .. }) = parse(&line) else { panic!("{line}") };
            assert_eq!(title.as_deref(), Some("Film night"), "{line}");
        }
    }

    #[test]
    fn who_is_meant_is_read_as_people_and_platforms_write_it() {
        let id = Uuid::from_u128(7);
        for (text, meant) in [
            ("<@42>".to_owned(), PersonRef::Subject(Platform::Discord, "42".to_owned())),
            ("<@!42>".to_owned(), PersonRef::Subject(Platform::Discord, "42".to_owned())),
            ("tg:42".to_owned(), PersonRef::Subject(Platform::Telegram, "42".to_owned())),
            (id.to_string(), PersonRef::Id(PersonId(id))),
            ("@ana".to_owned(), PersonRef::Name("ana".to_owned())),
            ("Ana Cruz".to_owned(), PersonRef::Name("Ana Cruz".to_owned())),
        ] {
            assert_eq!(parse(&format!("/kick {text}")), Ok(Ask::Kick { person: meant }), "{text}");
        }
        assert_eq!(
            parse("/role \"Ana Cruz\" moderator"),
            Ok(Ask::Role { person: PersonRef::Name("Ana Cruz".to_owned()), role: Role::Moderator })
        );
        assert_eq!(parse(&format!("/queue remove {id}")), Ok(Ask::QueueRemove { item: ItemRef::Id(ItemId(id)) }));
    }

    /// Whatever is typed, there is an answer, and none that is longer than a message may be.
    #[test]
    fn no_line_brings_it_down() {
        const PIECES: &[&str] = &[
            "/",
            "@",
            "seek",
            "queue",
            "remove",
            "add",
            "watch",
            " ",
            "\n",
            ":",
            "+",
            "-",
            "%",
            ".",
            "0",
            "9",
            "99999999",
            "h",
            "m",
            "s",
            "\u{2212}",
            "é",
            "\u{202E}",
            "\u{0}",
            "👩‍👩‍👧",
            "١",
            "#",
            "ß",
            "İ",
        ];
        // A fixed sequence of Knuth's generator: the same lines each time.
        let mut state = 42_u64;
        let mut draw = |below: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(state >> 33).unwrap() % below
        };
        for _ in 0..50_000 {
            let mut line = String::new();
            for _ in 0..draw(12) {
                line.push_str(PIECES[draw(PIECES.len())]);
            }
            let _ = seek(&line);
            if let Err(refusal) = parse(&format!("/seek {line}")).and(parse(&line)) {
                assert!(refusal.to_string().chars().count() < 200, "{line:?}: {refusal}");
            }
        }
    }
}
