//! What the room and the chat are set to: one table, from which they are shown, set and completed.

mod value;

use engine::{
    media::Category,
    places::Places,
    records::{Place, PlaceSettings, Platform},
    refusal::{No, Refusal},
    room::{Changes, Preset, Restore, Role, RoomView, Visibility, WaitFor},
};
use jiff::tz::TimeZone;

use self::value::{
    a_language, categories, is_off, language, length, length_or_off, number, number_or_off, on_off, one_of, or_off,
    percent, preset_of, ranks_text, some_categories, switch, word,
};
use super::{
    Answer, Asker, Core, about,
    complete::{choice, plain},
};
use crate::{
    grammar,
    reply::{Choice, Reply},
    say, words,
    words::Locale,
};

/// One that can be set.
struct Setting {
    /// As it is typed.
    name: &'static str,
    /// What it can be.
    can_be: CanBe,
    /// Where it is kept, how it reads and how it is written.
    kept: Kept,
}

/// What a setting can be.
#[derive(Clone, Copy)]
enum CanBe {
    /// On or off.
    Switch,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// Some of these words, all or off.
    Some,
    /// A whole number; off where there need be none.
    Number,
    /// A part of a hundred.
    Percent,
    /// A length of time, or off.
    Length,
    /// Words; off where there need be none.
    Text,
    /// A language.
    Language,
    /// A time zone.
    Zone,
    /// A role of the platform, and what people with it are.
    Rank,
}

/// Where a setting is kept.
enum Kept {
    /// With the room.
    Room { read: fn(Locale, &RoomView) -> String, write: fn(&str) -> Result<Changes, Refusal> },
    /// With the room, as a hash.
    Password,
    /// With the chat.
    Chat { read: fn(Locale, &PlaceSettings) -> String, write: fn(&mut PlaceSettings, &str) -> Result<(), Refusal> },
    /// The same, on or off: only on this platform, where there is one.
    Flag { only: Option<Platform>, read: fn(&PlaceSettings) -> bool, write: fn(&mut PlaceSettings, bool) },
    /// With the community.
    Ranks,
}

/// All of them, in the order in which they are shown.
const SETTINGS: &[Setting] = &[
    room(
        "title",
        CanBe::Text,
        |_, view| view.settings.title.to_string(),
        |value| Ok(Changes { title: Some(value.into()), ..Changes::default() }),
    ),
    room(
        "about",
        CanBe::Text,
        |locale, view| or_off(locale, &view.settings.about),
        |value| {
            let about = if is_off(value) { "" } else { value };
            Ok(Changes { about: Some(about.into()), ..Changes::default() })
        },
    ),
    room(
        "visibility",
        CanBe::OneOf(VISIBILITY),
        |locale, view| word(locale, view.settings.visibility.name()),
        |value| {
            let all = [Visibility::Public, Visibility::Unlisted, Visibility::Invite, Visibility::Private];
            let visibility = Some(one_of(value, &all, Visibility::name)?);
            Ok(Changes { visibility, ..Changes::default() })
        },
    ),
    Setting { name: "password", can_be: CanBe::Text, kept: Kept::Password },
    room(
        "capacity",
        CanBe::Number,
        |locale, view| number_or_off(locale, view.settings.capacity),
        |value| Ok(Changes { capacity: Some(number(value)?), ..Changes::default() }),
    ),
    room(
        "preset",
        CanBe::OneOf(PRESETS),
        |locale, view| word(locale, preset_of(view)),
        |value| {
            let preset = one_of(value, &[Preset::Everyone, Preset::Open, Preset::Hosts], Preset::name)?;
            Ok(Changes { grants: Some(preset.grants()), ..Changes::default() })
        },
    ),
    room(
        "vote_skip",
        CanBe::Switch,
        |locale, view| on_off(locale, view.settings.vote_skip),
        |value| Ok(Changes { vote_skip: Some(switch(value)?), ..Changes::default() }),
    ),
    room(
        "vote_percent",
        CanBe::Percent,
        |_, view| format!("{}%", view.settings.vote_percent),
        |value| Ok(Changes { vote_percent: Some(percent(value)?), ..Changes::default() }),
    ),
    room(
        "duplicates",
        CanBe::Switch,
        |locale, view| on_off(locale, view.settings.duplicates),
        |value| Ok(Changes { duplicates: Some(switch(value)?), ..Changes::default() }),
    ),
    room(
        "items_per_person",
        CanBe::Number,
        |locale, view| number_or_off(locale, view.settings.items_per_person),
        |value| Ok(Changes { items_per_person: Some(number(value)?), ..Changes::default() }),
    ),
    room(
        "minutes_per_person",
        CanBe::Number,
        |locale, view| number_or_off(locale, view.settings.minutes_per_person),
        |value| Ok(Changes { minutes_per_person: Some(number(value)?), ..Changes::default() }),
    ),
    room(
        "wait",
        CanBe::OneOf(WAIT),
        |locale, view| word(locale, view.settings.wait_for.name()),
        |value| {
            let wait_for = one_of(value, &[WaitFor::None, WaitFor::Host, WaitFor::All], WaitFor::name)?;
            Ok(Changes { wait_for: Some(wait_for), ..Changes::default() })
        },
    ),
    room(
        "ready",
        CanBe::Switch,
        |locale, view| on_off(locale, view.settings.ready_start),
        |value| Ok(Changes { ready_start: Some(switch(value)?), ..Changes::default() }),
    ),
    room(
        "skip_segments",
        CanBe::Some,
        |locale, view| categories(locale, &view.settings.skip_segments),
        |value| Ok(Changes { skip_segments: Some(some_categories(value)?), ..Changes::default() }),
    ),
    room(
        "slow_mode",
        CanBe::Length,
        |locale, view| length_or_off(locale, view.settings.slow_mode),
        |value| Ok(Changes { slow_mode: Some(length(value)?), ..Changes::default() }),
    ),
    room(
        "moderation",
        CanBe::Switch,
        |locale, view| on_off(locale, view.settings.moderation),
        |value| Ok(Changes { moderation: Some(switch(value)?), ..Changes::default() }),
    ),
    room(
        "profanity",
        CanBe::Switch,
        |locale, view| on_off(locale, view.settings.profanity_filter),
        |value| Ok(Changes { profanity_filter: Some(switch(value)?), ..Changes::default() }),
    ),
    room(
        "restore",
        CanBe::OneOf(RESTORE),
        |locale, view| word(locale, view.settings.restore.name()),
        |value| {
            let restore = one_of(value, &[Restore::Always, Restore::Prompt, Restore::Never], Restore::name)?;
            Ok(Changes { restore: Some(restore), ..Changes::default() })
        },
    ),
    chat("language", CanBe::Language, language, |set, value| {
        set.locale = Some(a_language(value)?.code().to_owned());
        Ok(())
    }),
    chat(
        "timezone",
        CanBe::Zone,
        |_, set| set.zone.clone().unwrap_or_else(|| "UTC".to_owned()),
        |set, value| {
            let known = TimeZone::get(value.trim()).ok();
            let name = known.as_ref().and_then(TimeZone::iana_name).ok_or_else(|| words::hint("hint-zone"))?;
            set.zone = Some(name.to_owned());
            Ok(())
        },
    ),
    flag("bridge", None, |set| set.lines_in && set.lines_out, |set, on| (set.lines_in, set.lines_out) = (on, on)),
    flag("chat_in", None, |set| set.lines_in, |set, on| set.lines_in = on),
    flag("chat_out", None, |set| set.lines_out, |set, on| set.lines_out = on),
    flag("notices", None, |set| set.notices, |set, on| set.notices = on),
    flag("threads", Some(Platform::Discord), |set| set.threads, |set, on| set.threads = on),
    flag("voice", Some(Platform::Discord), |set| set.voice, |set, on| set.voice = on),
    flag("polls", Some(Platform::Telegram), |set| set.polls, |set, on| set.polls = on),
    Setting { name: "dj", can_be: CanBe::Rank, kept: Kept::Ranks },
];

const VISIBILITY: &[&str] = &["public", "unlisted", "invite", "private"];
const PRESETS: &[&str] = &["everyone", "open", "hosts"];
const WAIT: &[&str] = &["none", "host", "all"];
const RESTORE: &[&str] = &["always", "prompt", "never"];
/// What a role of a platform can make people.
const RANKS: [Role; 4] = [Role::Guest, Role::Trusted, Role::Moderator, Role::Cohost];

const fn room(
    name: &'static str,
    can_be: CanBe,
    read: fn(Locale, &RoomView) -> String,
    write: fn(&str) -> Result<Changes, Refusal>,
) -> Setting {
    Setting { name, can_be, kept: Kept::Room { read, write } }
}

const fn chat(
    name: &'static str,
    can_be: CanBe,
    read: fn(Locale, &PlaceSettings) -> String,
    write: fn(&mut PlaceSettings, &str) -> Result<(), Refusal>,
) -> Setting {
    Setting { name, can_be, kept: Kept::Chat { read, write } }
}

const fn flag(
    name: &'static str,
    only: Option<Platform>,
    read: fn(&PlaceSettings) -> bool,
    write: fn(&mut PlaceSettings, bool),
) -> Setting {
    Setting { name, can_be: CanBe::Switch, kept: Kept::Flag { only, read, write } }
}

impl Core {
    /// All settings, with what they are set to.
    pub(super) async fn settings(&self, asker: &Asker) -> Answer {
        let view = self.seen(asker).await?;
        let place = self.tied(asker).await?;
        let locale = asker.locale;
        let mut lines = vec![say!(locale, "settings-of-room")];
        let mut of_chat = false;
        for setting in SETTINGS.iter().filter(|setting| setting.is_for(place.as_ref())) {
            if setting.is_of_chat() && !of_chat {
                of_chat = true;
                lines.push(say!(locale, "settings-of-chat"));
            }
            lines.push(self.line(asker, setting, &view, place.as_ref()).await?);
        }
        lines.push(say!(locale, "settings-how"));
        Ok(Reply { private: true, ..about(view.id, lines.join("\n")) })
    }

    /// Sets one, or shows it with what it can be.
    pub(super) async fn set(&self, asker: &Asker, name: &str, value: Option<&str>) -> Answer {
        let view = self.seen(asker).await?;
        let place = self.tied(asker).await?;
        let locale = asker.locale;
        let setting = named(name).ok_or_else(|| words::hint("hint-setting").with("all", all_names(place.as_ref())))?;
        if !setting.is_for(place.as_ref()) {
            let id = if place.is_none() { "hint-chat-only" } else { "hint-other-platform" };
            return Err(words::hint(id).into());
        }
        let Some(value) = value.map(str::trim).filter(|value| !value.is_empty()) else {
            let what = say!(locale, &format!("setting-{}", setting.name));
            let can_be = setting.can_be_text(locale);
            let text = format!("{}\n{what}\n{can_be}", self.line(asker, setting, &view, place.as_ref()).await?);
            return Ok(Reply { private: true, ..about(view.id, text) });
        };
        let mut hint = None;
        match &setting.kept {
            Kept::Room { write, .. } => {
                let changes = write(value)?;
                self.engine.change(view.id, asker.actor.clone(), changes).await?;
            }
            Kept::Password => self.set_password(asker, &view, value).await?,
            Kept::Chat { write, .. } => {
                // Tried on a copy first: a value that is none changes nothing.
                let mut tried = place.as_ref().map(|place| place.settings.clone()).unwrap_or_default();
                write(&mut tried, value)?;
                self.change_place(asker, |settings| drop(write(settings, value))).await?;
            }
            Kept::Flag { write, .. } => {
                let on = switch(value)?;
                self.change_place(asker, |settings| write(settings, on)).await?;
                let platform = asker.place.as_ref().map(|place| place.platform);
                if on && matches!(setting.name, "bridge" | "chat_in") {
                    hint = platform.filter(|platform| !self.reads(*platform)).map(|platform| match platform {
                        Platform::Discord => say!(locale, "cannot-read-discord"),
                        Platform::Telegram => say!(locale, "cannot-read-telegram"),
                    });
                }
            }
            Kept::Ranks => self.set_rank(asker, place.as_ref(), value).await?,
        }
        let view = self.engine.rooms.view(view.id).await?;
        let place = self.tied(asker).await?;
        let line = self.line(asker, setting, &view, place.as_ref()).await?;
        let text = std::iter::once(line).chain(hint).collect::<Vec<_>>().join("\n");
        // A line about a password must not stand there with the password above it.
        Ok(Reply { private: matches!(setting.kept, Kept::Password), ..about(view.id, text) })
    }

    async fn set_password(&self, asker: &Asker, view: &RoomView, value: &str) -> Result<(), No> {
        let password = if is_off(value) { None } else { Some(self.engine.room_password(value).await?) };
        let changes = Changes { password: Some(password), ..Changes::default() };
        self.engine.change(view.id, asker.actor.clone(), changes).await.map(drop)
    }

    async fn change_place(&self, asker: &Asker, change: impl FnOnce(&mut PlaceSettings)) -> Result<(), No> {
        let Some(place) = &asker.place else { return Err(words::hint("hint-chat-only").into()) };
        if !asker.steward {
            return Err(words::hint("hint-steward").into());
        }
        self.engine.places.change(place, change).await.map(drop)
    }

    /// `@role moderator` makes people with that role moderators, `@role off` nothing by it, `off` does that for all.
    async fn set_rank(&self, asker: &Asker, place: Option<&Place>, value: &str) -> Result<(), No> {
        if !asker.leads {
            return Err(words::hint("hint-leads").into());
        }
        let (platform, community) = community(asker, place).ok_or_else(|| words::hint("hint-no-roles"))?;
        let places: &Places = &self.engine.places;
        if is_off(value) {
            let known = places.community(platform, community).await?.map(|known| known.ranks).unwrap_or_default();
            for role in known.into_keys() {
                places.set_rank(platform, community, role, None).await?;
            }
            return Ok(());
        }
        let bad = || words::hint("hint-dj");
        let (role, rank) = value.split_once(char::is_whitespace).unwrap_or((value, "moderator"));
        let role = role.trim_start_matches("<@&").trim_end_matches('>').parse().map_err(|_| bad())?;
        let rank = if is_off(rank) {
            None
        } else {
            Some(grammar::role(rank).ok().filter(|rank| RANKS.contains(rank)).ok_or_else(bad)?)
        };
        places.set_rank(platform, community, role, rank).await.map(drop)
    }

    /// `name: value`.
    async fn line(
        &self,
        asker: &Asker,
        setting: &Setting,
        view: &RoomView,
        place: Option<&Place>,
    ) -> Result<String, No> {
        let locale = asker.locale;
        let nothing = PlaceSettings::default();
        let set = place.map_or(&nothing, |place| &place.settings);
        let value = match &setting.kept {
            Kept::Room { read, .. } => read(locale, view),
            Kept::Password => on_off(locale, view.settings.password.is_some()),
            Kept::Chat { read, .. } => read(locale, set),
            Kept::Flag { read, .. } => on_off(locale, read(set)),
            Kept::Ranks => {
                let known = match community(asker, place) {
                    Some((platform, id)) => self.engine.places.community(platform, id).await?,
                    None => None,
                };
                ranks_text(locale, &known.map(|known| known.ranks).unwrap_or_default())
            }
        };
        Ok(say!(locale, "setting-line", name = setting.name, value = value))
    }

    /// The same as choices.
    pub(super) async fn shown_settings(
        &self,
        asker: &Asker,
        view: &RoomView,
        place: Option<&Place>,
    ) -> Result<Vec<Choice>, No> {
        let mut all = Vec::new();
        for setting in SETTINGS.iter().filter(|setting| setting.is_for(place)) {
            all.push(choice(&self.line(asker, setting, view, place).await?, setting.name.to_owned()));
        }
        Ok(all)
    }
}

/// What a setting can be set to, as choices.
pub(super) fn values(locale: Locale, name: &str) -> Vec<Choice> {
    let Some(setting) = named(name) else { return Vec::new() };
    let worded = |name: &str| choice(&word(locale, name), name.to_owned());
    match setting.can_be {
        CanBe::Switch => ["on", "off"].map(worded).into(),
        CanBe::OneOf(words) => words.iter().copied().map(worded).collect(),
        CanBe::Some => {
            let all = Category::ALL.iter().map(|category| category.name());
            ["all", "off"].into_iter().chain(all).map(worded).collect()
        }
        CanBe::Number => ["off", "5", "10", "20", "50"].map(plain).into(),
        CanBe::Percent => ["25%", "50%", "67%", "75%", "100%"].map(plain).into(),
        CanBe::Length => ["off", "5s", "10s", "30s", "1m", "5m"].map(plain).into(),
        CanBe::Language => Locale::ALL.map(|locale| choice(locale.own_name(), locale.code().to_owned())).into(),
        CanBe::Zone => jiff::tz::db().available().map(|name| plain(name.as_str())).collect(),
        CanBe::Rank => vec![plain("off")],
        CanBe::Text => Vec::new(),
    }
}

impl Setting {
    fn is_of_chat(&self) -> bool {
        !matches!(self.kept, Kept::Room { .. } | Kept::Password)
    }

    /// Whether it means anything there.
    fn is_for(&self, place: Option<&Place>) -> bool {
        let platform = place.map(|place| place.id.platform);
        match self.kept {
            Kept::Room { .. } | Kept::Password => true,
            Kept::Chat { .. } => platform.is_some(),
            Kept::Flag { only, .. } => platform.is_some() && (only.is_none() || only == platform),
            Kept::Ranks => platform == Some(Platform::Discord),
        }
    }

    fn can_be_text(&self, locale: Locale) -> String {
        let (id, all) = match self.can_be {
            CanBe::Switch => ("can-be-switch", Vec::new()),
            CanBe::OneOf(words) => ("can-be-one-of", words.to_vec()),
            CanBe::Some => ("can-be-some", Category::ALL.iter().map(|category| category.name()).collect()),
            CanBe::Number => ("can-be-number", Vec::new()),
            CanBe::Percent => ("can-be-percent", Vec::new()),
            CanBe::Length => ("can-be-length", Vec::new()),
            CanBe::Text => ("can-be-text", Vec::new()),
            CanBe::Language => ("can-be-one-of", Locale::ALL.map(Locale::code).into()),
            CanBe::Zone => ("can-be-zone", Vec::new()),
            CanBe::Rank => ("can-be-rank", Vec::new()),
        };
        say!(locale, id, all = all.join(", "))
    }
}

fn named(name: &str) -> Option<&'static Setting> {
    let name = name.trim().to_lowercase().replace(['-', ' '], "_");
    SETTINGS.iter().find(|setting| setting.name == name)
}

fn all_names(place: Option<&Place>) -> String {
    let all = SETTINGS.iter().filter(|setting| setting.is_for(place)).map(|setting| setting.name);
    all.collect::<Vec<_>>().join(", ")
}

/// The community whose roles are meant.
fn community(asker: &Asker, place: Option<&Place>) -> Option<(Platform, i64)> {
    let place = place?;
    let id = asker.community.or(place.settings.community)?;
    Some((place.id.platform, id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_says_what_it_is() {
        for setting in SETTINGS {
            let id = format!("setting-{}", setting.name);
            assert!(words::find(Locale::English, &id, &[]).is_some(), "{id}");
            assert!(!setting.can_be_text(Locale::English).starts_with("can-be"), "{}", setting.name);
            for value in values(Locale::English, setting.name) {
                assert!(!value.label.starts_with("choice-"), "{}: {}", setting.name, value.label);
            }
        }
    }
}
