//! What came of a line, as it is written down.

use std::{collections::BTreeSet, fmt::Write as _};

use engine::{
    event::{Event, EventKind, Signal, Who},
    ids::ItemId,
    media::Item,
    room::{Playback, Rate, Waiting},
    time::WallTime,
};

use crate::{
    script::World,
    words::{list, secs},
};

impl World {
    pub fn event(&self, event: &Event) -> String {
        let by = event.by.as_ref().map_or("", |who: &Who| &*who.name);
        let by = if by.is_empty() { String::new() } else { format!(" by {by}") };
        let undoes = event.undoes.map_or(String::new(), |undone| format!(" (undoes #{undone})"));
        let until = |until: &Option<WallTime>| {
            until.map_or(String::new(), |until| format!(" until {}", self.wall_moment(until)))
        };
        let names = |items: &[ItemId]| list(&items.iter().map(|item| self.item_name(*item)).collect::<Vec<_>>());
        let text = match &event.kind {
            EventKind::Founded(_) => "founded".to_owned(),
            EventKind::Changed { changes } => {
                if let Some(title) = &changes.title {
                    format!("renamed {title:?}{by}")
                } else if let Some(visibility) = changes.visibility {
                    format!("now {}{by}", visibility.name())
                } else if changes.grants.is_some() {
                    format!("grants changed{by}")
                } else {
                    format!("set to {}{by}", serde_json::to_string(changes).unwrap())
                }
            }
            EventKind::RoleChanged { person, role, .. } => format!("{} is {role}{by}", self.person_name(*person)),
            EventKind::Playback { playback, cause } => {
                let cause = format!("{cause:?}").to_lowercase();
                return format!("{} ({cause}{by}){undoes}", self.playback(playback));
            }
            EventKind::Played(played) => {
                format!("{} left at {}{by}", self.item_name(played.item.id), secs(played.position))
            }
            EventKind::Added { items, index } => {
                let items: Vec<_> = items.iter().map(|item| item.id).collect();
                format!("{} queued at {index}{by}", names(&items))
            }
            EventKind::Removed { item } => format!("{} removed{by}", self.item_name(*item)),
            EventKind::Moved { item, index } => format!("{} moved to {index}{by}", self.item_name(*item)),
            EventKind::Reordered { items } => format!("queue is {}{by}", names(items)),
            EventKind::Cleared => format!("queue cleared{by}"),
            EventKind::Shelved { kept: true, position } => format!("put on the shelf at {}{by}", secs(*position)),
            EventKind::Shelved { kept: false, position } => format!("put away at {}{by}", secs(*position)),
            EventKind::Unshelved { discarded: false } => format!("taken from the shelf{by}"),
            EventKind::Unshelved { discarded: true } => format!("shelf emptied{by}"),
            EventKind::ItemChanged { item } => format!("{}{by}", self.described(item)),
            EventKind::Voted { item, person, up } => {
                let way = if *up { "for" } else { "off" };
                format!("{} votes {way} {}", self.person_name(*person), self.item_name(*item))
            }
            EventKind::Proposed { deed, until, .. } => {
                format!("{} proposed until {}{by}", deed.name(), self.wall_moment(*until))
            }
            EventKind::Balloted { proposal, person, yes } => {
                format!("{} is {} #{proposal}", self.person_name(*person), if *yes { "for" } else { "against" })
            }
            EventKind::Decided { proposal, verdict } => format!("#{proposal} {}{by}", verdict.name()),
            EventKind::Said(line) => {
                let text: String = line.text.chars().take(40).collect();
                let at = line.position.map_or(String::new(), |position| format!(" at {}", secs(position)));
                format!("said {text:?}{at}{by}")
            }
            EventKind::Erased { line } => format!("#{line} erased{by}"),
            EventKind::Reworded { line, text } => format!("#{line} reworded {text:?}{by}"),
            EventKind::Reacted { emoji, position } => {
                let at = position.map_or(String::new(), |position| format!(" at {}", secs(position)));
                format!("reacted {emoji}{at}{by}")
            }
            EventKind::Joined { person, .. } => format!("{} joined{by}", self.person_name(*person)),
            EventKind::Left { person } => format!("{} left{by}", self.person_name(*person)),
            EventKind::Kicked { person, .. } => format!("{} kicked{by}", self.person_name(*person)),
            EventKind::Banned { person, until: end, reason, .. } => {
                let why = if reason.is_empty() { String::new() } else { format!(" for {reason:?}") };
                format!("{} banned{}{why}{by}", self.person_name(*person), until(end))
            }
            EventKind::Unbanned { person } => format!("{} unbanned{by}", self.person_name(*person)),
            EventKind::Muted { person, until: end, .. } => {
                format!("{} muted{}{by}", self.person_name(*person), until(end))
            }
            EventKind::Unmuted { person } => format!("{} unmuted{by}", self.person_name(*person)),
            EventKind::InviteRenewed { invite, code } => format!("invite is {invite:?}, {code}{by}"),
            EventKind::Scheduled { start, end } => {
                let at = |at: &Option<WallTime>| at.map_or("open".to_owned(), |at| self.wall_moment(at));
                format!("scheduled from {} to {}{by}", at(start), at(end))
            }
            EventKind::StatusChanged { status } => format!("room is {}{by}", status.name()),
            EventKind::Coming { person, coming, .. } => {
                format!("{} {}", self.person_name(*person), if *coming { "comes" } else { "stays away" })
            }
            EventKind::Forgotten { person } => format!("{} forgotten{by}", self.person_name(*person)),
            EventKind::United { gone, stays } => {
                format!("{} is {} now{by}", self.person_name(*gone), self.person_name(*stays))
            }
            EventKind::Deleted => format!("room deleted{by}"),
        };
        text + &undoes
    }

    fn described(&self, item: &Item) -> String {
        let length = item.media.duration.map_or("of unknown length".to_owned(), secs);
        let mut text = format!("{} is {:?}, {length}", self.item_name(item.id), item.media.label());
        if item.media.live {
            text.push_str(", live");
        }
        if let Some(start) = item.start {
            write!(text, ", from {}", secs(start)).unwrap();
        }
        if let Some(end) = item.end {
            write!(text, ", till {}", secs(end)).unwrap();
        }
        if let Some(subtitles) = &item.subtitles {
            write!(text, ", with {subtitles}").unwrap();
        }
        for part in &*item.segments {
            write!(text, ", {} {}-{}", part.category.name(), secs(part.start), secs(part.end)).unwrap();
        }
        text
    }

    pub fn playback(&self, playback: &Playback) -> String {
        let Some(item) = playback.item.map(|item| self.item_name(item)) else { return "nothing on".to_owned() };
        let position = secs(playback.position);
        let rate = if playback.rate == Rate::ONE { String::new() } else { format!(" {}x", playback.rate.factor()) };
        match (playback.playing, playback.waiting) {
            (true, _) => format!("{item} plays{rate} from {position} at {}", self.moment(playback.at)),
            (false, None) => format!("{item} stands at {position}"),
            (false, Some(Waiting::Viewer)) => format!("{item} waits at {position}"),
            (false, Some(what)) => format!("{item} waits at {position} for {}", what.name()),
        }
    }

    pub fn signal(&mut self, signal: &Signal) -> Result<String, String> {
        let delta = match signal {
            Signal::Typing(who) => return Ok(format!("{} is writing", who.name)),
            Signal::Out { connections, why } => {
                let names: Vec<_> = connections.iter().map(|id| self.connections.name(id.0)).collect();
                return Ok(format!("out ({}): {}", format!("{why:?}").to_lowercase(), list(&names)));
            }
            Signal::Presence(delta) => delta,
        };
        let mut seen = BTreeSet::new();
        let mut parts = Vec::new();
        for presence in &delta.here {
            if !seen.insert(presence.connection) {
                return Err("a batch tells of one connection twice".to_owned());
            }
            self.told.insert(presence.connection);
            parts.push(self.connections.name(presence.connection.0).to_owned());
        }
        let mut text = if parts.is_empty() { String::new() } else { format!("here: {}", list(&parts)) };
        parts.clear();
        for gone in &delta.gone {
            if !seen.insert(*gone) {
                return Err("a batch tells of one connection twice".to_owned());
            }
            self.told.remove(gone);
            parts.push(self.connections.name(gone.0).to_owned());
        }
        if !parts.is_empty() {
            let gap = if text.is_empty() { "" } else { "; " };
            write!(text, "{gap}gone: {}", list(&parts)).unwrap();
        }
        Ok(text)
    }

    /// What of a room is not in its events: `look voices`, `look ben`, `look shelf` and so on.
    pub fn seen(&mut self, at: &[&str]) -> Option<String> {
        let person = at.first().map(|name| self.person(name));
        let view = self.room.view();
        Some(match *at {
            ["roles"] => {
                let each = view.members.iter().map(|(who, member)| {
                    format!("{} {}", member.name, member.role)
                        + &{
                            if self.person_name(*who) == &*member.name {
                                String::new()
                            } else {
                                " (other name)".to_owned()
                            }
                        }
                });
                list(&each.collect::<Vec<_>>())
            }
            ["shelf"] => list(&view.shelf.iter().map(|item| self.item_name(item.id)).collect::<Vec<_>>()),
            ["played"] => list(&view.played.iter().map(|played| self.item_name(played.item.id)).collect::<Vec<_>>()),
            ["votes"] => {
                let each =
                    view.queue.iter().map(|item| format!("{}:{}", self.item_name(item.id), view.votes_for(item.id)));
                list(&each.collect::<Vec<_>>())
            }
            ["votings"] => {
                let each = view.proposals.iter().map(|(number, known)| {
                    format!(
                        "#{number} {} {}:{} by {}",
                        known.deed.name(),
                        known.yes.len(),
                        known.no.len(),
                        known.by.name
                    )
                });
                list(&each.collect::<Vec<_>>())
            }
            ["lines"] => list(&view.chat.iter().map(|line| format!("#{}", line.seq)).collect::<Vec<_>>()),
            ["said"] => {
                let said = view.chat.iter().filter_map(|told| match &told.kind {
                    EventKind::Said(line) => Some(format!("#{} {:?}", told.seq, line.text)),
                    _ => None,
                });
                list(&said.collect::<Vec<_>>())
            }
            ["coming"] => list(&view.coming.values().collect::<Vec<_>>()),
            ["places"] => {
                let each = view.participants.values().map(|known| {
                    let left = known.left.map_or(String::new(), |left| format!(" till {}", self.wall_moment(left)));
                    format!("{} from {}{left}", known.name, self.wall_moment(known.since))
                });
                list(&each.collect::<Vec<_>>())
            }
            ["bans"] => list(&view.bans.values().map(|ban| &ban.name).collect::<Vec<_>>()),
            ["mutes"] => list(&view.mutes.values().map(|mute| &mute.name).collect::<Vec<_>>()),
            ["undo"] => list(&view.undo.iter().map(|known| format!("#{}", known.seq)).collect::<Vec<_>>()),
            ["tally"] => format!("{:?}", view.tally),
            ["drift"] => format!("{:?}", view.drift()),
            ["names"] => {
                let items = view.current.iter().chain(view.queue.iter()).chain(view.shelf.iter());
                let items = items.chain(view.played.iter().map(|played| &played.item));
                let each = items.map(|item| format!("{}:{}", self.item_name(item.id), item.added_by.name));
                list(&each.collect::<Vec<_>>())
            }
            [_] => {
                let theirs = view.presence.values().filter(|seat| Some(seat.who.person) == person);
                let each = theirs.map(|seat| {
                    let lagging = if seat.lagging { " lagging" } else { "" };
                    format!("{} {}{lagging}", self.connections.name(seat.connection.0), seat.role)
                });
                list(&each.collect::<Vec<_>>())
            }
            _ => return None,
        })
    }
}
