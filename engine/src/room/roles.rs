//! Who may do what: the one table, and who has which role.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{Room, RoomView, Turn};
use crate::{
    command::Actor,
    event::{Door, EventKind},
    ids::PersonId,
    refusal::{Code, Refusal},
    time::Now,
};

/// What somebody is in a room; each role may do all that the ones before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Came in by a link or a chat.
    Guest,
    /// Keeps order in chat and queue.
    Moderator,
    /// Helps the host with everything.
    Cohost,
    /// Made the room.
    Host,
}

impl Role {
    /// The stable name, as it is stored and sent.
    pub fn name(self) -> &'static str {
        match self {
            Self::Guest => "guest",
            Self::Moderator => "moderator",
            Self::Cohost => "cohost",
            Self::Host => "host",
        }
    }
}

/// Which rule a room was made with, by the door that made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// Everyone present plays, pauses, seeks and queues: rooms made in a browser or a chat.
    #[default]
    Everyone,
    /// Only hosts and co-hosts do; guests watch and write.
    Hosts,
}

impl Preset {
    /// The stable name, as it is stored and sent.
    pub fn name(self) -> &'static str {
        match self {
            Self::Everyone => "everyone",
            Self::Hosts => "hosts",
        }
    }
}

/// Something that needs to be allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Permission {
    /// Be in the room: see it, be seen.
    Enter,
    /// Play and pause.
    Playback,
    /// Seek.
    Seek,
    /// Leave the current item.
    Skip,
    /// Add to the queue.
    Add,
    /// Order the queue, and choose what plays.
    Order,
    /// Remove from the queue.
    Remove,
    /// Write in the chat.
    Chat,
    /// Title and visibility.
    Settings,
    /// Roles of others.
    Roles,
}

impl Permission {
    /// In words, as in "only the host may …".
    pub fn words(self) -> &'static str {
        match self {
            Self::Enter => "enter",
            Self::Playback => "play and pause",
            Self::Seek => "seek",
            Self::Skip => "skip",
            Self::Add => "add to the queue",
            Self::Order => "order the queue",
            Self::Remove => "remove from the queue",
            Self::Chat => "write here",
            Self::Settings => "change the settings",
            Self::Roles => "give roles",
        }
    }
}

/// The table: the least role that carries a permission.
fn least(preset: Preset, permission: Permission) -> Role {
    match (permission, preset) {
        (Permission::Enter | Permission::Chat, _) => Role::Guest,
        (
            Permission::Playback
            | Permission::Seek
            | Permission::Skip
            | Permission::Add
            | Permission::Order
            | Permission::Remove,
            Preset::Everyone,
        ) => Role::Guest,
        (Permission::Add | Permission::Order | Permission::Remove, Preset::Hosts) => Role::Moderator,
        (Permission::Playback | Permission::Seek | Permission::Skip, Preset::Hosts) => Role::Cohost,
        (Permission::Settings | Permission::Roles, _) => Role::Cohost,
    }
}

/// Who is let in without being invited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Everybody, and lists show it.
    Public,
    /// Everybody who knows the address.
    Unlisted,
    /// Who has the invite link, or was in before.
    #[default]
    Invite,
}

impl Visibility {
    /// The stable name, as it is stored and sent.
    pub fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Unlisted => "unlisted",
            Self::Invite => "invite",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A lasting role, and whose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Their name when they got it.
    pub name: Arc<str>,
    /// What they are.
    pub role: Role,
}

/// What somebody is in a room: the best of what it remembers, what their door vouches for and what anybody is.
pub fn role_of(view: &RoomView, actor: &Actor) -> Option<Role> {
    if actor.door == Door::Room {
        return Some(Role::Host);
    }
    let lasting = view.members.get(&actor.person).map(|member| member.role);
    let anybody = (view.visibility != Visibility::Invite).then_some(Role::Guest);
    lasting.max(actor.granted).max(anybody)
}

/// Refuses what the actor's role does not carry.
pub fn require(view: &RoomView, actor: &Actor, permission: Permission) -> Result<Role, Refusal> {
    let role = role_of(view, actor).ok_or(Code::NotAMember)?;
    let least = least(view.preset, permission);
    if role >= least {
        return Ok(role);
    }
    let host = view.members.values().find(|member| member.role == Role::Host);
    let who = match (least, host) {
        (Role::Host, Some(host)) => host.name.to_string(),
        (Role::Moderator, Some(host)) => format!("{} and moderators", host.name),
        (_, Some(host)) => format!("{} and co-hosts", host.name),
        (_, None) => "the host".to_owned(),
    };
    Err(Refusal::new(Code::NotAllowed)
        .with("what", permission.words())
        .with("who", who)
        .with("permission", format!("{permission:?}").to_lowercase()))
}

impl Room {
    pub(super) fn require(&self, actor: &Actor, permission: Permission) -> Result<Role, Refusal> {
        require(&self.view, actor, permission)
    }

    /// Gives somebody a role below one's own; a host may hand the room over.
    pub(super) fn set_role(
        &mut self,
        now: Now,
        actor: &Actor,
        person: PersonId,
        role: Role,
        turn: &mut Turn,
    ) -> Result<(), Refusal> {
        let own = self.require(actor, Permission::Roles)?;
        let present = self.view.presence.values().find(|presence| presence.who.person == person);
        let name = self
            .view
            .members
            .get(&person)
            .map(|member| member.name.clone())
            .or_else(|| present.map(|presence| presence.who.name.clone()))
            .ok_or(Code::NoSuchPerson)?;
        let before = self.view.members.get(&person).map_or(Role::Guest, |member| member.role);
        if person == actor.person || before >= own || (role >= own && own != Role::Host) {
            return Err(Code::RoleTooHigh.into());
        }
        if before == role {
            return Ok(());
        }
        if role == Role::Host {
            // A room has one host: who hands it over stays as a co-host.
            let host = self.view.members.iter().find(|(_, member)| member.role == Role::Host);
            if let Some((old, name)) = host.map(|(old, member)| (*old, member.name.clone())) {
                let kind = EventKind::RoleChanged { person: old, name, role: Role::Cohost };
                self.emit(now, Some(actor), kind, turn);
            }
        }
        self.emit(now, Some(actor), EventKind::RoleChanged { person, name, role }, turn);
        Ok(())
    }
}
