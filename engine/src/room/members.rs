//! Who has a lasting role, who is kept out, and who may not write.

use std::sync::Arc;

use super::{
    Room, Turn,
    roles::{self, Permission, Role},
};
use crate::{
    command::Actor,
    event::{EventKind, Out, Presence, Signal},
    ids::PersonId,
    refusal::{Code, Refusal},
    text,
    time::{Now, WallTime},
};

/// How many characters the reason of a ban may have.
const REASON_LIMIT: usize = 200;
/// How many lasting roles, bans and mutes a room remembers, each.
const REMEMBERED: usize = 10_000;
/// How many people are known by name alone: what follows an introduction follows at once.
const INTRODUCED: usize = 100;

impl Room {
    pub(super) fn require_entry(&self, actor: &Actor) -> Result<Role, Refusal> {
        roles::enter(&self.view, actor)
    }

    /// The name of somebody who is here, was on lately or has a role; who was never seen has none.
    fn name_of(&self, person: PersonId) -> Option<Arc<str>> {
        let view = &self.view;
        let member = view.members.get(&person).map(|member| &member.name);
        let here = || view.presence.values().find(|seat| seat.who.person == person).map(|seat| &seat.who.name);
        let penalty = || view.bans.get(&person).or_else(|| view.mutes.get(&person)).map(|penalty| &penalty.name);
        let wrote = || {
            let mut lines = view.chat.iter().rev().filter_map(|line| line.by.as_ref());
            lines.find(|by| by.person == person).map(|by| &by.name)
        };
        let added = || {
            let mut items = view.current.iter().chain(view.queue.iter());
            items.find(|item| item.added_by.person == person).map(|item| &item.added_by.name)
        };
        member
            .or_else(here)
            .or_else(penalty)
            .or_else(wrote)
            .or_else(added)
            .or_else(|| view.participants.get(&person).map(|known| &known.name))
            .or_else(|| view.coming.get(&person))
            .or_else(|| self.introduced.get(&person))
            .cloned()
    }

    fn role_of(&self, person: PersonId) -> Role {
        let lasting = self.view.members.get(&person).map(|member| member.role);
        // A door vouches for more than the room remembers: an administrator of the chat is a co-host while they are here.
        let here = self.view.presence.values().filter(|seat| seat.who.person == person).map(|seat| seat.role).max();
        lasting.max(here).unwrap_or(Role::Guest)
    }

    /// Remembers a name for a while: whoever is given a role or kept out is remembered by that.
    pub(super) fn mention(&mut self, actor: &Actor, person: PersonId, name: Arc<str>) -> Result<(), Refusal> {
        self.require_entry(actor)?;
        if self.introduced.len() >= INTRODUCED {
            self.introduced.clear();
        }
        self.introduced.insert(person, name);
        Ok(())
    }

    /// Gives somebody a role up to one's own; a host may hand the room over.
    pub(super) fn set_role(
        &mut self,
        now: Now,
        actor: &Actor,
        person: PersonId,
        role: Role,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        let own = self.require_entry(actor)?;
        if role == Role::Registered {
            return Err(Refusal::input("Nobody is made registered: it is who has an account."));
        }
        let before = self.view.members.get(&person).map_or(Role::Guest, |member| member.role);
        // Up needs the right to make somebody that, down the right to make somebody that no more; oneself anybody may.
        let needed = if role > before { promote(role) } else { demote(before) };
        if let Some(permission) = needed.filter(|_| person != actor.person || role > before) {
            self.require(actor, permission)?;
        }
        let name = self.name_of(person).ok_or(Code::NoSuchPerson)?;
        if person == actor.person && role > before {
            return Err(Code::RoleTooHigh.into());
        }
        if person != actor.person && (before >= own || (role >= own && own != Role::Host)) {
            return Err(Code::RoleTooHigh.into());
        }
        if before == role {
            return Ok(());
        }
        if before == Role::Host {
            // Else nobody could ever change anything again.
            return Err(Refusal::input("A host cannot step down. Make somebody else the host."));
        }
        if before == Role::Guest && self.view.members.len() >= REMEMBERED {
            return Err(Refusal::new(Code::RoomFull).with("limit", REMEMBERED));
        }
        if role == Role::Host {
            // A room has one host: who hands it over stays as a co-host.
            let host = self.view.host().map(|(person, member)| (person, member.name.clone()));
            if let Some((old, name)) = host {
                let kind = EventKind::RoleChanged { person: old, name, role: Role::Cohost };
                self.emit(now, Some(actor), kind, turn);
            }
        }
        self.emit(now, Some(actor), EventKind::RoleChanged { person, name, role }, turn);
        Ok(())
    }

    /// A room without a host belongs to the first with an account who wants it.
    pub(super) fn claim(&mut self, now: Now, actor: &Actor, turn: &mut Turn) -> Result<(), Refusal> {
        self.require_entry(actor)?;
        if let Some((_, host)) = self.view.host() {
            return Err(Refusal::new(Code::HasHost).with("host", &host.name));
        }
        if !actor.registered {
            return Err(Code::NeedsAccount.into());
        }
        let (person, name) = (actor.person, actor.name.clone());
        self.emit(now, Some(actor), EventKind::RoleChanged { person, name, role: Role::Host }, turn);
        Ok(())
    }

    /// Who is shown the door, kept out or silenced must be below who does it.
    fn require_over(&self, actor: &Actor, person: PersonId, permission: Permission) -> Result<Arc<str>, Refusal> {
        let own = self.require(actor, permission)?;
        let name = self.name_of(person).ok_or(Code::NoSuchPerson)?;
        if person == actor.person || self.role_of(person) >= own {
            return Err(Code::RoleTooHigh.into());
        }
        Ok(name)
    }

    pub(super) fn kick(&mut self, now: Now, actor: &Actor, person: PersonId, turn: &mut Turn) -> Result<(), Refusal> {
        let name = self.require_over(actor, person, Permission::Kick)?;
        if !self.view.is_here(person) && !self.view.has_place(person) {
            return Err(Code::NoSuchPerson.into());
        }
        self.emit(now, Some(actor), EventKind::Kicked { person, name }, turn);
        self.throw_out(now, person, Out::Kicked, turn);
        Ok(())
    }

    pub(super) fn ban(
        &mut self,
        now: Now,
        actor: &Actor,
        person: PersonId,
        until: Option<WallTime>,
        reason: &str,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        let name = self.require_over(actor, person, Permission::Ban)?;
        check_until(now, until)?;
        let reason: Arc<str> = match text::line(reason, REASON_LIMIT) {
            Err(refusal) if refusal.code == Code::TextEmpty => "".into(),
            reason => reason?.into(),
        };
        if self.view.bans.len() >= REMEMBERED {
            return Err(Refusal::new(Code::RoomFull).with("limit", REMEMBERED));
        }
        self.emit(now, Some(actor), EventKind::Banned { person, name, until, reason }, turn);
        self.throw_out(now, person, Out::Banned, turn);
        Ok(())
    }

    pub(super) fn unban(&mut self, now: Now, actor: &Actor, person: PersonId, turn: &mut Turn) -> Result<(), Refusal> {
        self.require(actor, Permission::Ban)?;
        if !self.view.bans.contains_key(&person) {
            return Err(Code::NoSuchPerson.into());
        }
        self.emit(now, Some(actor), EventKind::Unbanned { person }, turn);
        Ok(())
    }

    pub(super) fn mute(
        &mut self,
        now: Now,
        actor: &Actor,
        person: PersonId,
        until: Option<WallTime>,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        let name = self.require_over(actor, person, Permission::Mute)?;
        check_until(now, until)?;
        if self.view.mutes.len() >= REMEMBERED {
            return Err(Refusal::new(Code::RoomFull).with("limit", REMEMBERED));
        }
        self.emit(now, Some(actor), EventKind::Muted { person, name, until }, turn);
        Ok(())
    }

    pub(super) fn unmute(&mut self, now: Now, actor: &Actor, person: PersonId, turn: &mut Turn) -> Result<(), Refusal> {
        self.require(actor, Permission::Mute)?;
        if !self.view.mutes.contains_key(&person) {
            return Err(Code::NoSuchPerson.into());
        }
        self.emit(now, Some(actor), EventKind::Unmuted { person }, turn);
        Ok(())
    }

    /// Closes all connections of somebody.
    pub(super) fn throw_out(&mut self, now: Now, person: PersonId, why: Out, turn: &mut Turn) {
        self.close_those(now, |seat| seat.who.person == person, why, turn);
    }

    /// Closes some connections.
    pub(super) fn close_those(&mut self, now: Now, which: impl Fn(&Presence) -> bool, why: Out, turn: &mut Turn) {
        let theirs = self.view.presence.values().filter(|seat| which(seat));
        let theirs: Vec<_> = theirs.map(|seat| seat.connection).collect();
        if theirs.is_empty() {
            return;
        }
        for connection in &theirs {
            self.depart(now, *connection, turn);
        }
        turn.signals.push(Signal::Out { connections: theirs, why });
    }

    /// Bans and mutes that are over.
    pub(super) fn end_penalties(&mut self, now: Now, turn: &mut Turn) {
        let over = |until: Option<WallTime>| until.is_some_and(|until| until <= now.wall);
        let bans: Vec<_> = self.view.bans.iter().filter(|(_, ban)| over(ban.until)).map(|(who, _)| *who).collect();
        let mutes: Vec<_> = self.view.mutes.iter().filter(|(_, mute)| over(mute.until)).map(|(who, _)| *who).collect();
        for person in bans {
            self.emit(now, None, EventKind::Unbanned { person }, turn);
        }
        for person in mutes {
            self.emit(now, None, EventKind::Unmuted { person }, turn);
        }
    }

    pub(super) fn penalty_deadline(&self) -> Option<WallTime> {
        self.view.bans.values().chain(self.view.mutes.values()).filter_map(|penalty| penalty.until).min()
    }

    pub(super) fn renew_invite(
        &mut self,
        now: Now,
        actor: &Actor,
        invite: Arc<str>,
        code: Arc<str>,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        self.require(actor, Permission::Invite)?;
        self.emit(now, Some(actor), EventKind::InviteRenewed { invite, code }, turn);
        Ok(())
    }

    /// Only the room's own hand does it, when somebody asked the whole server.
    pub(super) fn forget(&mut self, now: Now, actor: &Actor, person: PersonId, turn: &mut Turn) -> Result<(), Refusal> {
        require_hand(actor)?;
        self.introduced.remove(&person);
        self.emit(now, None, EventKind::Forgotten { person }, turn);
        // Whoever is still here would go on under that name.
        self.throw_out(now, person, Out::Forgotten, turn);
        for visit in turn.visits.iter_mut().filter(|visit| visit.person == person) {
            visit.person = PersonId(uuid::Uuid::nil());
        }
        Ok(())
    }

    /// The same for two selves of one person, who came to be one somewhere else. A room that remembers nothing of the one
    /// has nothing to do.
    pub(super) fn unite(
        &mut self,
        now: Now,
        actor: &Actor,
        gone: PersonId,
        stays: PersonId,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        require_hand(actor)?;
        let view = &self.view;
        let known = view.members.contains_key(&gone)
            || view.bans.contains_key(&gone)
            || view.mutes.contains_key(&gone)
            || view.coming.contains_key(&gone)
            || view.participants.contains_key(&gone)
            || view.votes.values().any(|people| people.contains(&gone))
            || view.proposals.values().any(|known| known.yes.contains(&gone) || known.no.contains(&gone));
        if known {
            self.emit(now, None, EventKind::United { gone, stays }, turn);
        }
        // Whichever of the two it is as whom they are here.
        if self.view.bans.contains_key(&stays) && self.role_of(stays) < Role::Host {
            for person in [stays, gone] {
                self.throw_out(now, person, Out::Banned, turn);
            }
        }
        Ok(())
    }
}

pub(super) fn require_hand(actor: &Actor) -> Result<(), Refusal> {
    if actor.door == crate::event::Door::Room { Ok(()) } else { Err(Refusal::input("Only the server does that.")) }
}

fn check_until(now: Now, until: Option<WallTime>) -> Result<(), Refusal> {
    if until.is_some_and(|until| until <= now.wall) {
        return Err(Refusal::input("That time has passed. Name one in the future, or none for ever."));
    }
    Ok(())
}

/// What one must be allowed to make somebody this.
fn promote(role: Role) -> Option<Permission> {
    match role {
        Role::Guest | Role::Registered => None,
        Role::Trusted => Some(Permission::PromoteTrusted),
        Role::Moderator => Some(Permission::PromoteModerator),
        Role::Cohost => Some(Permission::PromoteCohost),
        Role::Host => Some(Permission::Own),
    }
}

/// What one must be allowed to make somebody this no more.
fn demote(role: Role) -> Option<Permission> {
    match role {
        Role::Guest | Role::Registered => None,
        Role::Trusted => Some(Permission::DemoteTrusted),
        Role::Moderator => Some(Permission::DemoteModerator),
        Role::Cohost => Some(Permission::DemoteCohost),
        Role::Host => Some(Permission::Own),
    }
}
