//! Who is there, what their roles are, and who must go.

use std::collections::BTreeSet;

use engine::{
    command::Command,
    event::Door,
    ids::PersonId,
    refusal::{Code, No},
    room::{Permission, Role, RoomView, roles},
    time::Millis,
};

use super::{Answer, Asker, Core, about, queue::sure, span};
use crate::{
    ask::PersonRef,
    reply::{Action, Reply},
    say, words,
    words::Locale,
};

/// How many names an answer lists.
const NAMES_SHOWN: usize = 30;

impl Core {
    pub(super) async fn who(&self, asker: &Asker) -> Answer {
        let view = self.seen(asker).await?;
        let locale = asker.locale;
        let mut seen = BTreeSet::new();
        let mut here: Vec<_> = view.presence.values().filter(|seat| seen.insert(seat.who.person)).collect();
        here.sort_by_key(|seat| (std::cmp::Reverse(seat.role), seat.since));
        let mut lines = Vec::new();
        if here.is_empty() {
            lines.push(say!(locale, "who-nobody"));
        } else {
            lines.push(say!(locale, "who-here", count = here.len()));
        }
        for seat in here.iter().take(NAMES_SHOWN) {
            let door = door_text(locale, seat.who.door);
            let name = seat.who.name.to_string();
            lines.push(match role_text(locale, seat.role) {
                Some(role) => say!(locale, "who-line-role", name = name, role = role, door = door),
                None => say!(locale, "who-line", name = name, door = door),
            });
        }
        if here.len() > NAMES_SHOWN {
            lines.push(say!(locale, "and-more", count = here.len() - NAMES_SHOWN));
        }
        if !view.coming.is_empty() {
            let names: Vec<_> = view.coming.values().take(NAMES_SHOWN).map(ToString::to_string).collect();
            lines.push(say!(locale, "who-coming", count = view.coming.len(), names = names.join(", ")));
        }
        Ok(Reply { private: true, ..about(view.id, lines.join("\n")) })
    }

    pub(super) async fn role(&self, asker: &Asker, person: &PersonRef, role: Role) -> Answer {
        let view = self.seen(asker).await?;
        let (person, name) = self.find(asker, &view, person).await?;
        let done = self.command(asker, view.id, Command::SetRole { person, role }).await?;
        let locale = asker.locale;
        let text = match (role, done.events.is_empty()) {
            (Role::Guest, _) => say!(locale, "role-none", name = name),
            (_, true) => say!(locale, "role-already", name = name, role = role_name(locale, role)),
            (Role::Host, false) => say!(locale, "role-host", name = name),
            (_, false) => say!(locale, "role-is", name = name, role = role_name(locale, role)),
        };
        Ok(about(view.id, text))
    }

    pub(super) async fn kick(&self, asker: &Asker, person: &PersonRef) -> Answer {
        let view = self.seen(asker).await?;
        let (person, name) = self.find(asker, &view, person).await?;
        self.command(asker, view.id, Command::Kick { person }).await?;
        Ok(about(view.id, say!(asker.locale, "kicked", name = name)))
    }

    /// Keeps somebody out. A button can carry only whom: so it is asked whether they are sure where neither length nor
    /// reason is given, and who gives one of them has thought about it.
    pub(super) async fn ban(
        &self,
        asker: &Asker,
        person: &PersonRef,
        length: Option<Millis>,
        reason: String,
        sure_of_it: bool,
    ) -> Answer {
        let view = self.seen(asker).await?;
        let (person, name) = self.find(asker, &view, person).await?;
        let locale = asker.locale;
        if !sure_of_it && asker.can_confirm() && length.is_none() && reason.is_empty() {
            // Who may not is told now, not after they are sure.
            roles::require(&view, &asker.actor, Permission::Ban)?;
            let text = say!(locale, "sure-ban", name = name);
            return Ok(sure(locale, view.id, text, Action::SureBan(person)));
        }
        let until = length.map(|length| self.engine.clock.now().wall + length);
        self.command(asker, view.id, Command::Ban { person, until, reason }).await?;
        let text = match length {
            Some(length) => say!(locale, "banned-for", name = &name, time = span(locale, length)),
            None => say!(locale, "banned", name = &name),
        };
        Ok(about(view.id, text))
    }

    pub(super) async fn unban(&self, asker: &Asker, person: &PersonRef) -> Answer {
        let view = self.seen(asker).await?;
        let (person, name) = self.find(asker, &view, person).await?;
        if !view.bans.contains_key(&person) {
            roles::require(&view, &asker.actor, Permission::Ban)?;
            return Err(words::hint("hint-not-banned").with("name", name).into());
        }
        self.command(asker, view.id, Command::Unban { person }).await?;
        Ok(about(view.id, say!(asker.locale, "unbanned", name = name)))
    }

    /// Whom somebody means: by a mention, a choice, or a name or the beginning of one that only one person has.
    async fn find(&self, asker: &Asker, view: &RoomView, person: &PersonRef) -> Result<(PersonId, String), No> {
        let known = people(view);
        let name_of = |id: PersonId| known.iter().find(|(person, _)| *person == id).map(|(_, name)| name.clone());
        let id = match person {
            PersonRef::Id(id) => Some(*id),
            PersonRef::Subject(platform, subject) => self.engine.people.known_as(*platform, subject).await?,
            PersonRef::Name(name) => return by_name(&known, name, asker),
        };
        let id = id.ok_or_else(|| words::hint("hint-unknown-person"))?;
        Ok((id, name_of(id).ok_or_else(|| words::hint("hint-unknown-person"))?))
    }
}

fn by_name(known: &[(PersonId, String)], name: &str, asker: &Asker) -> Result<(PersonId, String), No> {
    let wanted = name.trim().to_lowercase();
    let exact: Vec<_> = known.iter().filter(|(_, name)| name.to_lowercase() == wanted).collect();
    let found = if exact.is_empty() {
        known.iter().filter(|(_, name)| name.to_lowercase().starts_with(&wanted)).collect()
    } else {
        exact
    };
    match &found[..] {
        [] => Err(Code::NoSuchPerson.into()),
        [one] => Ok((*one).clone()),
        several => {
            let names: Vec<_> = several
                .iter()
                .take(NAMES_SHOWN)
                .map(|(id, name)| {
                    let you = *id == asker.actor.person;
                    if you { say!(asker.locale, "you-as", name = name) } else { name.clone() }
                })
                .collect();
            Err(words::hint("hint-several-people").with("names", names.join(", ")).into())
        }
    }
}

/// All whom the room knows by name, each once: who is here before who was.
pub(super) fn people(view: &RoomView) -> Vec<(PersonId, String)> {
    let here = view.presence.values().map(|seat| (seat.who.person, &seat.who.name));
    let members = view.members.iter().map(|(person, member)| (*person, &member.name));
    let coming = view.coming.iter().map(|(person, name)| (*person, name));
    let kept_out = view.bans.iter().chain(view.mutes.iter()).map(|(person, penalty)| (*person, &penalty.name));
    let wrote = view.chat.iter().rev().filter_map(|line| line.by.as_ref()).map(|by| (by.person, &by.name));
    let added = view.current.iter().chain(view.queue.iter()).map(|item| (item.added_by.person, &item.added_by.name));
    let mut seen = BTreeSet::new();
    here.chain(members)
        .chain(coming)
        .chain(kept_out)
        .chain(wrote)
        .chain(added)
        .filter(|(person, _)| seen.insert(*person))
        .map(|(person, name)| (person, name.to_string()))
        .collect()
}

/// What a role is called.
pub(super) fn role_name(locale: Locale, role: Role) -> String {
    say!(locale, &format!("choice-{}", role.name()))
}

/// The same, where it is more than anybody has.
fn role_text(locale: Locale, role: Role) -> Option<String> {
    (role > Role::Registered).then(|| role_name(locale, role))
}

fn door_text(locale: Locale, door: Door) -> String {
    say!(locale, &format!("door-{}", door.name()))
}
