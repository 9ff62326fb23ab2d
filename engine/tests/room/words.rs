//! The words of a script: what somebody does, as a command.

use std::sync::Arc;

use engine::{
    command::{Actor, Command, Deed, Edit, Report, SeekTo, Spot},
    event::{Door, Event, Phase},
    ids::{ConnectionId, MessageId},
    media::{Category, Item, Media, Player, Segment},
    room::{Changes, Grants, Permission, Permissions, Preset, Rate, Role, Status},
    time::{Millis, WallTime},
};
use uuid::Uuid;

use crate::script::World;

impl World {
    /// What somebody does, in words. `ana/2` is ana's second connection.
    pub fn command(&mut self, actor: &Actor, who: &str, deed: &[&str]) -> Option<Command> {
        let connection = ConnectionId(self.connections.number(who));
        Some(match *deed {
            ["arrives"] => Command::Arrive { connection, watches: true },
            ["listens"] => Command::Arrive { connection, watches: false },
            ["is", "on", window] => Command::Introduce { connection: ConnectionId(self.connections.number(window)) },
            ["departs"] => Command::Depart { connection },
            ["reports", ref how @ ..] => Command::Report { connection, report: self.report(how)? },
            ["types"] => Command::Type,
            ["proposes", ref deed @ ..] => Command::Propose(self.deed(deed)?),
            ["agrees"] => Command::Ballot { proposal: None, yes: true },
            ["agrees", number] => Command::Ballot { proposal: Some(number.parse().ok()?), yes: true },
            ["objects"] => Command::Ballot { proposal: None, yes: false },
            ["objects", number] => Command::Ballot { proposal: Some(number.parse().ok()?), yes: false },
            ["adds", "nothing"] => Command::Add { items: Vec::new(), spot: Spot::End },
            ["adds", "next", ref what @ ..] => Command::Add { items: self.new_items(actor, what), spot: Spot::Next },
            ["adds", "instead", ref what @ ..] => {
                Command::Add { items: self.new_items(actor, what), spot: Spot::Instead }
            }
            ["adds", "now", ref what @ ..] => Command::Add { items: self.new_items(actor, what), spot: Spot::Now },
            ["adds", ref what @ ..] => Command::Add { items: self.new_items(actor, what), spot: Spot::End },
            ["moves", item, index] => Command::Move { item: self.item(item), index: index.parse().ok()? },
            ["edits", item, ref how @ ..] => Command::Edit { item: self.item(item), edit: edit(how)? },
            ["votes", "for", item] => Command::Vote { item: self.item(item), up: true },
            ["votes", "off", item] => Command::Vote { item: self.item(item), up: false },
            ["undoes"] => Command::Undo { seq: None },
            ["undoes", number] => Command::Undo { seq: Some(number.parse().ok()?) },
            ["restores"] => Command::Restore { discard: false },
            ["discards"] => Command::Restore { discard: true },
            ["describes", item, ref as_what @ ..] => {
                Command::Describe { item: self.item(item), media: Arc::new(media(item, as_what)) }
            }
            ["segments", item, ref parts @ ..] => {
                Command::Segment { item: self.item(item), segments: segments(parts)? }
            }
            ["says", id, ref text @ ..] => {
                Command::Say { id: self.message(id), text: text.join(" ").replace('_', " ") }
            }
            ["writes", id, length] => Command::Say { id: self.message(id), text: "я".repeat(length.parse().ok()?) },
            ["erases", line] => Command::Erase { line: line.parse().ok()?, author: None },
            ["erases", line, "of", name] => {
                Command::Erase { line: line.parse().ok()?, author: Some(self.person(name)) }
            }
            ["rewords", line, "of", name, "to", ref text @ ..] => Command::Reword {
                line: line.parse().ok()?,
                author: Some(self.person(name)),
                text: text.join(" ").replace('_', " "),
            },
            ["rewords", line, "to", ref text @ ..] => {
                let mine = |told: &&Arc<Event>| told.by.as_ref().is_some_and(|by| by.person == actor.person);
                let line = match line {
                    "last" => self.room.view().chat.iter().rfind(mine).map_or(0, |told| told.seq),
                    number => number.parse().ok()?,
                };
                Command::Reword { line, author: None, text: text.join(" ").replace('_', " ") }
            }
            ["reacts", emoji] => Command::React { emoji: emoji.replace('_', " ") },
            ["renames", ref title @ ..] => {
                let title = Some(title.join(" ").replace('_', " ").into());
                Command::Change(Box::new(Changes { title, ..Changes::default() }))
            }
            ["opens", which] => change("visibility", which.into()),
            ["sets", ref what @ ..] => Command::Change(serde_json::from_value(settings_of(what).into()).ok()?),
            ["grants", role, ref which @ ..] => {
                let grants = Some(grants(self.room.view().settings.grants, role_of(role), which)?);
                Command::Change(Box::new(Changes { grants, ..Changes::default() }))
            }
            ["makes", name, role] => Command::SetRole { person: self.person(name), role: role_of(role) },
            ["claims"] => Command::Claim,
            ["kicks", name] => Command::Kick { person: self.person(name) },
            ["bans", name, ref how @ ..] => {
                let (until, reason) = self.until(how)?;
                Command::Ban { person: self.person(name), until, reason }
            }
            ["unbans", name] => Command::Unban { person: self.person(name) },
            ["mutes", name, ref how @ ..] => Command::Mute { person: self.person(name), until: self.until(how)?.0 },
            ["unmutes", name] => Command::Unmute { person: self.person(name) },
            ["renews", "invite"] => Command::RenewInvite { invite: "another".into(), code: "CODE45".into() },
            ["schedules", ref when @ ..] => self.schedule(when)?,
            ["turns", status] => Command::SetStatus { status: status_of(status) },
            ["joins"] => Command::Join,
            ["leaves", "for", "good"] => Command::Leave,
            ["comes"] => Command::Come { coming: true },
            ["stays", "away"] => Command::Come { coming: false },
            ["forgets", name] => Command::Forget { person: self.person(name) },
            ["unites", gone, stays] => Command::Unite { gone: self.person(gone), stays: self.person(stays) },
            ["deletes"] => Command::Delete,
            _ => Command::Do(self.deed(deed)?),
        })
    }

    fn deed(&mut self, deed: &[&str]) -> Option<Deed> {
        Some(match *deed {
            ["plays"] => Deed::PLAY,
            ["plays", "in", after] => Deed::Play { after: signed(after)? },
            ["pauses"] => Deed::Pause,
            ["seeks", "to", place] => Deed::Seek { to: SeekTo::At(signed(place)?) },
            ["seeks", place] => {
                let to = match place.strip_suffix('%') {
                    Some(percent) => SeekTo::Fraction(percent.parse::<u32>().ok()? * 1000),
                    None if place.starts_with(['+', '-']) => SeekTo::By(signed(place)?),
                    None => SeekTo::At(span(place)?),
                };
                Deed::Seek { to }
            }
            ["skips"] => Deed::Skip,
            ["goes", "back"] => Deed::Back,
            ["runs", rate] => Deed::SetRate { rate: Rate(u32::try_from(span(&format!("{rate}s"))?.0).ok()?) },
            ["picks", item] => Deed::Pick { item: self.item(item), keep: false },
            ["picks", item, "keeping"] => Deed::Pick { item: self.item(item), keep: true },
            ["removes", item] => Deed::Remove { item: self.item(item) },
            ["shuffles", seed] => Deed::Shuffle { seed: seed.parse().ok()? },
            ["clears"] => Deed::Clear,
            _ => return None,
        })
    }

    fn message(&mut self, id: &str) -> MessageId {
        MessageId(Uuid::from_u128(u128::from(self.lines.number(id))))
    }

    /// `until 100s because rude_words`
    fn until(&self, how: &[&str]) -> Option<(Option<WallTime>, String)> {
        let (mut until, mut reason) = (None, String::new());
        for pair in how.chunks(2) {
            match *pair {
                ["until", at] => until = Some(self.wall_at(signed(at)?)),
                ["because", why] => reason = why.replace('_', " "),
                _ => return None,
            }
        }
        Some((until, reason))
    }

    /// `from 100s to 200s`, or a part of it, or `nothing`
    fn schedule(&self, when: &[&str]) -> Option<Command> {
        let (mut start, mut end) = (None, None);
        for pair in when.chunks(2) {
            match *pair {
                ["from", at] => start = Some(self.wall_at(signed(at)?)),
                ["to", at] => end = Some(self.wall_at(signed(at)?)),
                ["nothing"] => {}
                _ => return None,
            }
        }
        Some(Command::Schedule { start, end })
    }

    /// `rtt 100 drift -40 length 60s ended buffering hidden knows 5 on clip`, in any order; of the current item if none is
    /// named.
    fn report(&mut self, mut how: &[&str]) -> Option<Report> {
        let item = self.room.view().current.as_ref().map(|item| item.id);
        let mut report = Report { item, phase: Phase::Ready, ..Report::default() };
        loop {
            how = match *how {
                [] => return Some(report),
                ["rtt", ms, ref rest @ ..] => {
                    report.rtt_ms = Some(ms.parse().ok()?);
                    rest
                }
                ["drift", ms, ref rest @ ..] => {
                    report.drift_ms = Some(ms.parse().ok()?);
                    rest
                }
                ["length", length, ref rest @ ..] => {
                    report.duration = Some(signed(length)?);
                    rest
                }
                ["on", "nothing", ref rest @ ..] => {
                    report.item = None;
                    rest
                }
                ["on", item, ref rest @ ..] => {
                    report.item = Some(self.item(item));
                    rest
                }
                ["knows", seq, ref rest @ ..] => {
                    report.seq = Some(seq.parse().ok()?);
                    rest
                }
                [word, ref rest @ ..] => {
                    match word {
                        "ended" => report.ended = true,
                        "hidden" => report.hidden = true,
                        "idle" => report.phase = Phase::Idle,
                        "buffering" => report.phase = Phase::Buffering,
                        "ready" => report.phase = Phase::Ready,
                        "blocked" => report.phase = Phase::Blocked,
                        "failed" => report.phase = Phase::Failed,
                        "advert" => report.phase = Phase::Advert,
                        _ => return None,
                    }
                    rest
                }
            }
        }
    }

    /// `clip 60s, short 10s, channel live, riddle, part 60s from 10s till 50s, again like clip`
    fn new_items(&mut self, actor: &Actor, what: &[&str]) -> Vec<Arc<Item>> {
        let text = what.join(" ");
        let (mut items, added_at) = (Vec::new(), self.now().wall);
        for one in text.split(", ") {
            let (name, mut rest) = one.split_once(' ').unwrap_or((one, ""));
            let mut item = Item::new(self.item(name), media(name, &[]), actor.who(), added_at);
            let (mut like, mut known) = (name, Vec::new());
            while let Some((word, more)) = next_word(rest) {
                rest = more;
                let mut value = || {
                    let (value, more) = next_word(rest).unwrap();
                    rest = more;
                    value
                };
                match word {
                    "from" => item.start = signed(value()),
                    "till" => item.end = signed(value()),
                    "subtitles" => item.subtitles = Some(value().into()),
                    "like" => like = value(),
                    word => known.push(word),
                }
            }
            item.media = Arc::new(media(like, &known));
            items.push(Arc::new(item));
        }
        items
    }
}

fn next_word(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start();
    (!text.is_empty()).then(|| text.split_once(' ').unwrap_or((text, "")))
}

/// `start 10s end none subtitles https://films.example/x.vtt`
fn edit(how: &[&str]) -> Option<Edit> {
    let mut edit = Edit::default();
    for pair in how.chunks(2) {
        match *pair {
            ["start", "none"] => edit.start = Some(None),
            ["start", at] => edit.start = Some(Some(signed(at)?)),
            ["end", "none"] => edit.end = Some(None),
            ["end", at] => edit.end = Some(Some(signed(at)?)),
            ["subtitles", "none"] => edit.subtitles = Some(None),
            ["subtitles", link] => edit.subtitles = Some(Some(link.to_owned())),
            _ => return None,
        }
    }
    Some(edit)
}

/// `10s-20s sponsor 30s-35s intro`
fn segments(parts: &[&str]) -> Option<Arc<[Segment]>> {
    let part = |pair: &[&str]| {
        let (start, end) = pair.first()?.split_once('-')?;
        let category = Category::ALL.iter().copied().find(|category| Some(&category.name()) == pair.get(1))?;
        Some(Segment { start: span(start)?, end: span(end)?, category })
    };
    parts.chunks(2).map(part).collect()
}

/// `+skip -seek`, for one role.
fn grants(mut grants: Grants, role: Role, which: &[&str]) -> Option<Grants> {
    let set = match role {
        Role::Guest => &mut grants.guest,
        Role::Registered => &mut grants.registered,
        Role::Trusted => &mut grants.trusted,
        _ => &mut grants.moderator,
    };
    for word in which {
        let named = Permission::ALL.iter().copied().find(|permission| permission.name() == &word[1..])?;
        *set = if word.starts_with('+') { set.with(named) } else { set.without(Permissions::of(&[named])) };
    }
    Some(grants)
}

/// `vote_skip true, ready_patience 2s, skip_segments ["sponsor"], password null`
pub fn settings_of(what: &[&str]) -> serde_json::Map<String, serde_json::Value> {
    let text = what.join(" ");
    let pairs = text.split(", ").map(|pair| pair.split_once(' ').unwrap());
    pairs
        .map(|(name, value)| {
            let length = span(value).map(|length| length.0.into());
            let value = length.or_else(|| serde_json::from_str(value).ok());
            (name.to_owned(), value.unwrap_or_else(|| pair_text(&text, name).into()))
        })
        .collect()
}

fn pair_text(text: &str, name: &str) -> String {
    let pair = text.split(", ").find_map(|pair| pair.strip_prefix(name)).unwrap();
    pair.trim().replace('_', " ")
}

fn change(name: &str, value: serde_json::Value) -> Command {
    let changes: serde_json::Map<_, _> = [(name.to_owned(), value)].into_iter().collect();
    Command::Change(serde_json::from_value(changes.into()).unwrap())
}

fn media(name: &str, what: &[&str]) -> Media {
    let mut media = Media::bare(format!("https://films.example/{name}"), Player::Video);
    for word in what {
        match span(word) {
            Some(length) => media.duration = Some(length),
            None if *word == "live" => media.live = true,
            None if *word == "embed" => media.player = Player::Embed,
            None => media.title = Some((*word).to_owned()),
        }
    }
    media
}

pub fn words(line: &str) -> Vec<&str> {
    line.split_whitespace().collect()
}

pub fn role_of(name: &str) -> Role {
    Role::ALL.into_iter().find(|role| role.name() == name).unwrap_or_else(|| panic!("no role {name}"))
}

pub fn preset_of(name: &str) -> Preset {
    let all = [Preset::Everyone, Preset::Open, Preset::Hosts];
    all.into_iter().find(|which| which.name() == name).unwrap_or_else(|| panic!("no preset {name}"))
}

pub fn door_of(name: &str) -> Door {
    let all = [Door::Viewer, Door::Api, Door::Discord, Door::Telegram, Door::OpenTogetherTube];
    all.into_iter().find(|which| which.name() == name).unwrap_or_else(|| panic!("no door {name}"))
}

fn status_of(name: &str) -> Status {
    let all = [Status::Live, Status::Soon, Status::Ended, Status::Disabled, Status::Record];
    all.into_iter().find(|which| which.name() == name).unwrap_or_else(|| panic!("no status {name}"))
}

/// `90s`, `1.5s`, `20m`, `25h`.
pub fn span(word: &str) -> Option<Millis> {
    let (number, unit) = word.split_at_checked(word.len().checked_sub(1)?)?;
    let unit = match unit {
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
    let part: i64 = format!("{part:0<3}").parse().ok()?;
    Some(Millis(whole.parse::<u32>().ok().map(i64::from)? * unit + part * unit / 1000))
}

pub fn signed(word: &str) -> Option<Millis> {
    match word.strip_prefix('-') {
        Some(rest) => span(rest).map(|length| Millis(-length.0)),
        None => span(word.strip_prefix('+').unwrap_or(word)),
    }
}

/// `12s`, `0.5s`, `-0.001s`.
pub fn secs(length: Millis) -> String {
    let sign = if length.0 < 0 { "-" } else { "" };
    let (whole, part) = (length.0.abs() / 1000, length.0.abs() % 1000);
    let text = format!("{sign}{whole}.{part:03}");
    format!("{}s", text.trim_end_matches('0').trim_end_matches('.'))
}

pub fn list(names: &[impl AsRef<str>]) -> String {
    match names {
        [] => "none".to_owned(),
        [first @ .., _] if first.len() >= 8 => format!("{} of them", names.len()),
        _ => names.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(" "),
    }
}
