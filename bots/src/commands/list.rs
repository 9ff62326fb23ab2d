//! The list itself, in the order in which help shows it.

use engine::room::{QueueMode, Role};

use super::{
    CommandInfo,
    GivenBy::{self, MayPlace, Name, Place},
    Kind::{
        self, Ballot, Command, Item, Length, Link, Moment, Number, OneOf, Person, Playlist, Setting, Speed, Text, Time,
        Value,
    },
    OptionInfo, Read,
};
use crate::{
    Ask,
    ask::{ItemRef, Until},
    grammar::Given,
};

/// How the queue can be ordered, as it is typed.
pub const MODES: &[&str] = &["manual", "vote", "loop", "dj", "fair"];
/// The roles that can be given.
const ROLES: &[&str] = &["guest", "trusted", "moderator", "cohost", "host"];
/// The forms in which a queue is exported.
const FORMS: &[&str] = &["links", "json"];
/// The longest link.
pub const LINK_LIMIT: u16 = 2048;

const fn opt(name: &'static str, kind: Kind, given: GivenBy) -> OptionInfo {
    OptionInfo { name, kind, given }
}

const fn plain(name: &'static str, read: Read) -> CommandInfo {
    with(name, &[], read)
}

const fn with(name: &'static str, options: &'static [OptionInfo], read: Read) -> CommandInfo {
    CommandInfo { name, options, read: Some(read), subcommands: &[], steward: false }
}

const fn group(name: &'static str, subcommands: &'static [CommandInfo]) -> CommandInfo {
    CommandInfo { name, options: &[], read: None, subcommands, steward: false }
}

const fn steward(info: CommandInfo) -> CommandInfo {
    CommandInfo { steward: true, ..info }
}

/// All of them.
pub const COMMANDS: &[CommandInfo] = &[
    with(
        "watch",
        &[
            opt("link", Link, Place),
            opt("mode", OneOf(MODES), Name),
            opt("title", Text(255), Name),
            opt("when", Moment, Name),
        ],
        |given| {
            let (mode, title, when) = (given.mode("mode")?, given.maybe("title"), given.when("when")?);
            Ok(Ask::Watch { link: given.need("link")?, mode, title, when })
        },
    ),
    group(
        "queue",
        &[
            plain("list", |_| Ok(Ask::QueueList { page: 0 })),
            with("add", &[opt("link", Link, Place)], |given| {
                Ok(Ask::QueueAdd { links: given.need("link")?, next: false })
            }),
            with("next", &[opt("link", Link, Place)], |given| {
                Ok(Ask::QueueAdd { links: given.need("link")?, next: true })
            }),
            with("remove", &[opt("item", Item, Place)], |given| Ok(Ask::QueueRemove { item: given.item("item")? })),
            with("move", &[opt("item", Item, Place), opt("to", Number(10_000), Place)], |given| {
                Ok(Ask::QueueMove { item: given.item("item")?, to: given.number("to")? })
            }),
            plain("shuffle", |_| Ok(Ask::QueueShuffle)),
            plain("clear", |_| Ok(Ask::QueueClear { sure: false })),
            with("import", &[opt("link", Link, Place)], |given| Ok(Ask::QueueImport { from: given.need("link")? })),
            with("export", &[opt("form", OneOf(FORMS), MayPlace)], |given| {
                Ok(Ask::QueueExport { json: given.maybe("form").is_some_and(|form| form == "json") })
            }),
        ],
    ),
    plain("play", |_| Ok(Ask::Play)),
    plain("pause", |_| Ok(Ask::Pause)),
    with("seek", &[opt("time", Time, Place)], |given| Ok(Ask::Seek(given.time("time")?))),
    with("forward", &[opt("length", Length, MayPlace)], |given| Ok(Ask::Forward(given.length("length")?))),
    with("rewind", &[opt("length", Length, MayPlace)], |given| Ok(Ask::Rewind(given.length("length")?))),
    plain("skip", |_| Ok(Ask::Skip)),
    plain("back", |_| Ok(Ask::Back)),
    plain("now", |_| Ok(Ask::Now)),
    with("mode", &[opt("mode", OneOf(MODES), MayPlace)], |given| Ok(Ask::Mode(given.mode("mode")?))),
    with("speed", &[opt("speed", Speed, Place)], |given| Ok(Ask::Speed(given.speed("speed")?))),
    with("vote", &[opt("what", Ballot, MayPlace)], |given| given.vote("what").map(Ask::Vote)),
    with("history", &[opt("count", Number(50), MayPlace)], |given| {
        Ok(Ask::History { count: given.maybe_number("count")?.unwrap_or(10) })
    }),
    group(
        "playlist",
        &[
            plain("list", |_| Ok(Ask::PlaylistList)),
            with("save", &[opt("name", Text(100), Place)], |given| Ok(Ask::PlaylistSave { name: given.need("name")? })),
            with("load", &[opt("playlist", Playlist, Place)], |given| {
                Ok(Ask::PlaylistLoad { playlist: given.need("playlist")? })
            }),
            with("delete", &[opt("playlist", Playlist, Place)], |given| {
                Ok(Ask::PlaylistDelete { playlist: given.need("playlist")?, sure: false })
            }),
        ],
    ),
    plain("invite", |_| Ok(Ask::Invite)),
    plain("who", |_| Ok(Ask::Who)),
    steward(with("role", &[opt("person", Person, Place), opt("role", OneOf(ROLES), Place)], |given| {
        Ok(Ask::Role { person: given.person("person")?, role: given.role("role")? })
    })),
    steward(with("kick", &[opt("person", Person, Place)], |given| Ok(Ask::Kick { person: given.person("person")? }))),
    steward(with(
        "ban",
        &[opt("person", Person, Place), opt("length", Length, Name), opt("reason", Text(200), Name)],
        |given| {
            let (length, reason) = (given.length("length")?, given.maybe("reason").unwrap_or_default());
            Ok(Ask::Ban { person: given.person("person")?, length, reason, sure: false })
        },
    )),
    steward(with("unban", &[opt("person", Person, Place)], |given| Ok(Ask::Unban { person: given.person("person")? }))),
    with("settings", &[opt("setting", Setting, MayPlace), opt("value", Value, MayPlace)], |given| {
        Ok(match given.maybe("setting") {
            Some(name) => Ask::Set { name, value: given.maybe("value") },
            None => Ask::Settings,
        })
    }),
    with("schedule", &[opt("when", Moment, MayPlace), opt("until", Moment, Name)], |given| {
        Ok(match (given.moment("when")?, given.when("until")?) {
            (None, None) => Ask::ShowSchedule,
            (Some(Until::Off), _) => Ask::Schedule { start: None, end: None },
            (Some(Until::At(start)), end) => Ask::Schedule { start: Some(start), end },
            (None, end) => Ask::Schedule { start: None, end },
        })
    }),
    with("link", &[opt("to", Text(LINK_LIMIT), MayPlace)], |given| Ok(Ask::Link { to: given.maybe("to") })),
    plain("unlink", |_| Ok(Ask::Unlink { sure: false })),
    plain("end", |_| Ok(Ask::End { sure: false })),
    with("help", &[opt("command", Command, MayPlace)], |given| Ok(Ask::Help { about: given.maybe("command") })),
];

impl Given {
    /// A queued item.
    fn item(&mut self, name: &'static str) -> Result<ItemRef, engine::refusal::Refusal> {
        crate::grammar::item(&self.need(name)?)
    }

    fn mode(&mut self, name: &'static str) -> Result<Option<QueueMode>, engine::refusal::Refusal> {
        self.maybe(name).map(|word| crate::grammar::mode(&word)).transpose()
    }

    fn role(&mut self, name: &'static str) -> Result<Role, engine::refusal::Refusal> {
        crate::grammar::role(&self.need(name)?)
    }
}
