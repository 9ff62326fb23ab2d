//! Who may do what: the one table of permissions, the roles that carry them, and the rule that reads both.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Room, RoomView};
use crate::{
    command::Actor,
    event::Door,
    refusal::{Code, Refusal},
};

/// What somebody is in a room; each role may do all that the ones before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Came in by a link or a chat.
    Guest,
    /// Has an account on this server. Nobody is made this: one is, or is not.
    Registered,
    /// Is known to behave.
    Trusted,
    /// Keeps order in chat and queue.
    Moderator,
    /// Helps the host with everything.
    Cohost,
    /// Owns the room.
    Host,
}

impl Role {
    /// All of them, from the least on.
    pub const ALL: [Self; 6] =
        [Self::Guest, Self::Registered, Self::Trusted, Self::Moderator, Self::Cohost, Self::Host];

    /// The stable name, as it is stored and sent.
    pub fn name(self) -> &'static str {
        match self {
            Self::Guest => "guest",
            Self::Registered => "registered",
            Self::Trusted => "trusted",
            Self::Moderator => "moderator",
            Self::Cohost => "cohost",
            Self::Host => "host",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Who is let in without being invited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Everybody, and lists show it.
    Public,
    /// Everybody who knows the address.
    Unlisted,
    /// Who has the invite link or the spoken code, or was in before.
    #[default]
    Invite,
    /// Who has the invite link or the password, or was in before. The spoken code alone is not enough, and nobody else is
    /// told that the room exists.
    Private,
}

impl Visibility {
    /// The stable name, as it is stored and sent.
    pub fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Unlisted => "unlisted",
            Self::Invite => "invite",
            Self::Private => "private",
        }
    }

    /// Whether somebody may come in who was not invited.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Public | Self::Unlisted)
    }
}

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $bit:literal $text:literal from $least:ident: $words:literal,)*) => {
        /// Something that needs to be allowed. 0 to 26 are OpenTogetherTube's, in its order; the others are ours.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Permission {
            $($(#[$doc])* #[serde(rename = $text)] $name = $bit,)*
        }

        impl Permission {
            /// All of them, in the order of their numbers.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The stable name, as it is sent.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// In words, as in "only the host may …".
            pub fn words(self) -> &'static str {
                match self { $(Self::$name => $words,)* }
            }

            /// The least role that it may ever be granted to.
            pub fn least(self) -> Role {
                match self { $(Self::$name => Role::$least,)* }
            }
        }
    };
}

permissions! {
    /// Play and pause.
    Playback = 0 "playback" from Guest: "play and pause",
    /// Leave the current item; go back to the one before.
    Skip = 1 "skip" from Guest: "skip",
    /// Seek.
    Seek = 2 "seek" from Guest: "seek",
    /// Add to the queue.
    Add = 3 "add" from Guest: "add to the queue",
    /// Remove from the queue.
    Remove = 4 "remove" from Guest: "remove from the queue",
    /// Order the queue.
    Order = 5 "order" from Guest: "order the queue",
    /// Vote for what comes next.
    Vote = 6 "vote" from Guest: "vote",
    /// Write in the chat, and react.
    Chat = 7 "chat" from Guest: "write here",
    /// Title.
    Title = 8 "title" from Guest: "change the title",
    /// What the room is about.
    About = 9 "about" from Guest: "change what the room says of itself",
    /// Who is let in.
    Visibility = 10 "visibility" from Guest: "change who is let in",
    /// How the queue is ordered.
    QueueMode = 11 "queue_mode" from Guest: "change how the queue works",
    /// What moderators may do.
    GrantModerators = 12 "grant_moderators" from Cohost: "change what moderators may do",
    /// What trusted people may do.
    GrantTrusted = 13 "grant_trusted" from Moderator: "change what trusted people may do",
    /// What people with an account may do.
    GrantRegistered = 14 "grant_registered" from Trusted: "change what people with an account may do",
    /// What guests may do.
    GrantGuests = 15 "grant_guests" from Registered: "change what guests may do",
    /// Make co-hosts.
    PromoteCohost = 16 "promote_cohost" from Cohost: "make co-hosts",
    /// Unmake co-hosts.
    DemoteCohost = 17 "demote_cohost" from Cohost: "unmake co-hosts",
    /// Make moderators.
    PromoteModerator = 18 "promote_moderator" from Moderator: "make moderators",
    /// Unmake moderators.
    DemoteModerator = 19 "demote_moderator" from Moderator: "unmake moderators",
    /// Make people trusted.
    PromoteTrusted = 20 "promote_trusted" from Trusted: "make people trusted",
    /// Make people not trusted.
    DemoteTrusted = 21 "demote_trusted" from Trusted: "make people not trusted",
    /// All settings that have no permission of their own.
    Settings = 22 "settings" from Guest: "change the settings",
    /// How fast the film runs.
    Rate = 23 "rate" from Guest: "change the speed",
    /// Show somebody the door.
    Kick = 24 "kick" from Trusted: "show people the door",
    /// Choose what plays.
    PlayNow = 25 "play_now" from Guest: "choose what plays",
    /// Change start, end and subtitles of queued items.
    Edit = 26 "edit" from Guest: "change what is queued",
    /// Keep somebody out.
    Ban = 32 "ban" from Trusted: "ban people",
    /// Keep somebody from writing.
    Mute = 33 "mute" from Trusted: "mute people",
    /// Slow mode, profanity filter, moderation; delete the lines of others.
    Moderate = 34 "moderate" from Trusted: "moderate the chat",
    /// Invites: see them, make them, take them back.
    Invite = 35 "invite" from Guest: "manage invites",
    /// Password and capacity.
    Access = 36 "access" from Trusted: "change password and capacity",
    /// When the room opens and closes, and its status.
    Schedule = 37 "schedule" from Trusted: "change the schedule",
    /// End the room.
    End = 38 "end" from Trusted: "end the room",
    /// Read who did what.
    Audit = 39 "audit" from Guest: "read who did what",
    /// Put to the vote what one may not do.
    Propose = 40 "propose" from Guest: "propose things",
    /// Give the room away; delete it.
    Own = 41 "own" from Host: "do that",
    /// Bring films of one's own onto the server.
    Upload = 42 "upload" from Guest: "upload films",
}

/// A set of permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Permissions(u64);

impl Permissions {
    /// None.
    pub const NONE: Self = Self(0);

    /// These.
    pub fn of(list: &[Permission]) -> Self {
        list.iter().fold(Self::NONE, |set, permission| set.with(*permission))
    }

    /// All that there are.
    pub fn all() -> Self {
        Self::of(Permission::ALL)
    }

    /// From a number whose bits are the permissions' numbers; bits that mean nothing are dropped.
    pub fn from_bits(bits: u64) -> Self {
        Self(bits & Self::all().0)
    }

    /// As a number whose bits are the permissions' numbers.
    pub fn bits(self) -> u64 {
        self.0
    }

    /// This one too.
    #[must_use]
    pub fn with(self, permission: Permission) -> Self {
        Self(self.0 | 1 << permission as u64)
    }

    /// Those in either.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Those in this and not in the other.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether it is in.
    pub fn has(self, permission: Permission) -> bool {
        self.0 & 1 << permission as u64 != 0
    }

    /// Those in it, in the order of their numbers.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.iter().copied().filter(move |permission| self.has(*permission))
    }

    /// All that a role may ever be granted.
    pub fn possible(role: Role) -> Self {
        let possible: Vec<_> =
            Permission::ALL.iter().copied().filter(|permission| permission.least() <= role).collect();
        Self::of(&possible)
    }
}

/// What each role is granted beyond the ones before it. Co-hosts may do all but own the room; the host may do all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Grants {
    /// To everybody.
    pub guest: Permissions,
    /// To those with an account.
    pub registered: Permissions,
    /// To trusted people.
    pub trusted: Permissions,
    /// To moderators.
    pub moderator: Permissions,
}

impl Grants {
    /// All that a role may do.
    pub fn of(&self, role: Role) -> Permissions {
        match role {
            Role::Guest => self.guest,
            Role::Registered => self.of(Role::Guest).or(self.registered),
            Role::Trusted => self.of(Role::Registered).or(self.trusted),
            Role::Moderator => self.of(Role::Trusted).or(self.moderator),
            Role::Cohost => Permissions::possible(Role::Cohost),
            Role::Host => Permissions::all(),
        }
    }

    /// The least role that may do this.
    pub fn least(&self, permission: Permission) -> Role {
        Role::ALL.into_iter().find(|role| self.of(*role).has(permission)).unwrap_or(Role::Host)
    }

    /// The same without what a role may never be granted.
    #[must_use]
    pub fn possible(self) -> Self {
        let within = |set: Permissions, role| Permissions(set.0 & Permissions::possible(role).0);
        Self {
            guest: within(self.guest, Role::Guest),
            registered: within(self.registered, Role::Registered),
            trusted: within(self.trusted, Role::Trusted),
            moderator: within(self.moderator, Role::Moderator),
        }
    }
}

/// Which rule a room is made with, by the door that makes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// Everyone present plays, pauses, seeks and queues; settings are the co-hosts'. Rooms made in a browser or a chat.
    #[default]
    Everyone,
    /// The same, and everyone changes title and settings too: OpenTogetherTube's default.
    Open,
    /// Only hosts and co-hosts do; guests watch and write. Clipper's rule.
    Hosts,
}

impl Preset {
    /// The stable name, as it is stored and sent.
    pub fn name(self) -> &'static str {
        match self {
            Self::Everyone => "everyone",
            Self::Open => "open",
            Self::Hosts => "hosts",
        }
    }

    /// The table.
    pub fn grants(self) -> Grants {
        use Permission as P;
        let present = [P::Vote, P::Chat, P::Propose];
        let player = [P::Playback, P::Skip, P::Seek, P::Add, P::Remove, P::Order, P::Rate, P::PlayNow, P::Edit];
        let steward = [P::Kick, P::Mute, P::Moderate, P::PromoteTrusted, P::DemoteTrusted, P::Audit];
        let look = [P::Title, P::About, P::Visibility, P::QueueMode, P::Settings];
        let guest = match self {
            Self::Everyone => Permissions::of(&present).or(Permissions::of(&player)),
            Self::Open => Permissions::of(&present).or(Permissions::of(&player)).or(Permissions::of(&look)),
            Self::Hosts => Permissions::of(&present),
        };
        let queue = Permissions::of(&[P::Add, P::Order, P::Remove, P::Edit]);
        Grants {
            guest,
            registered: Permissions::NONE,
            trusted: Permissions::of(&[P::Invite, P::Upload]),
            moderator: Permissions::of(&steward).or(queue).with(P::Ban),
        }
    }
}

/// What somebody is in a room: the best of what it remembers, what their door vouches for and what anybody is. Who is in
/// is in: a room that closes its door throws nobody out.
pub fn role_of(view: &RoomView, actor: &Actor) -> Option<Role> {
    if actor.door == Door::Room {
        return Some(Role::Host);
    }
    let lasting = view.members.get(&actor.person).map(|member| member.role);
    let anybody = || (is_open(view) || view.is_here(actor.person)).then_some(Role::Guest);
    let role = lasting.max(actor.granted).or_else(anybody)?;
    Some(if actor.registered { role.max(Role::Registered) } else { role })
}

/// Whether anybody may be in a room.
fn is_open(view: &RoomView) -> bool {
    view.settings.visibility.is_open() && view.settings.password.is_none()
}

/// Whether somebody may be in a room, even if no connection of theirs is: the last of them may close before what they ask is heard.
pub(crate) fn needs_no_seat(view: &RoomView, actor: &Actor) -> bool {
    actor.door == Door::Room || actor.granted.is_some() || view.members.contains_key(&actor.person) || is_open(view)
}

/// What somebody's door vouches for, whatever the room remembers.
pub(super) fn vouched(actor: &Actor) -> Role {
    let account = if actor.registered { Role::Registered } else { Role::Guest };
    actor.granted.map_or(account, |granted| granted.max(account))
}

/// What somebody may do in a room; nothing where they may not be in it.
pub fn permissions_of(view: &RoomView, actor: &Actor) -> Permissions {
    role_of(view, actor).map_or(Permissions::NONE, |role| view.settings.grants.of(role))
}

/// What a room says to who is nothing in it. Of a private one they do not learn that it is there; where a password is asked for,
/// it is.
pub fn keeps_out(view: &RoomView) -> Refusal {
    let secret = view.settings.visibility == Visibility::Private;
    Refusal::new(match view.settings.password {
        Some(_) => Code::RoomPasswordNeeded,
        None if secret => Code::NoSuchRoom,
        None => Code::NotAMember,
    })
}

/// What somebody is, if they may be in the room.
pub fn enter(view: &RoomView, actor: &Actor) -> Result<Role, Refusal> {
    let role = role_of(view, actor).ok_or_else(|| keeps_out(view))?;
    if let Some(ban) = view.bans.get(&actor.person)
        && role < Role::Host
    {
        let refusal = Refusal::new(Code::Banned);
        return Err(match ban.until {
            Some(until) => refusal.with("until", until.0),
            None => refusal,
        });
    }
    if view.schedule.status == super::Status::Disabled && role < Role::Cohost {
        return Err(Code::RoomClosed.into());
    }
    Ok(role)
}

/// Refuses what the actor's role does not carry.
pub fn require(view: &RoomView, actor: &Actor, permission: Permission) -> Result<Role, Refusal> {
    let role = enter(view, actor)?;
    if view.settings.grants.of(role).has(permission) {
        return Ok(role);
    }
    let least = view.settings.grants.least(permission);
    let host = view.members.values().find(|member| member.role == Role::Host);
    let who = match (least, host) {
        (Role::Host, Some(host)) => host.name.to_string(),
        (Role::Registered, _) => "people with an account".to_owned(),
        (Role::Trusted, Some(host)) => format!("{} and trusted people", host.name),
        (Role::Moderator, Some(host)) => format!("{} and moderators", host.name),
        (_, Some(host)) => format!("{} and co-hosts", host.name),
        (_, None) => "the host".to_owned(),
    };
    let refusal = Refusal::new(Code::NotAllowed)
        .with("what", permission.words())
        .with("who", who)
        .with("permission", permission.name())
        .with("least", least);
    // For who says `who` in another language.
    Err(match host {
        Some(host) => refusal.with("host", &host.name),
        None => refusal,
    })
}

impl Room {
    pub(super) fn require(&self, actor: &Actor, permission: Permission) -> Result<Role, Refusal> {
        require(&self.view, actor, permission)
    }

    pub(super) fn may(&self, actor: &Actor, permission: Permission) -> bool {
        self.require(actor, permission).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_open_preset_is_the_default_that_opentogethertube_publishes() {
        let grants = Preset::Open.grants();
        let published = |role| grants.of(role).bits() & 0x07ff_ffff;
        assert_eq!(published(Role::Guest), 113_250_303);
        assert_eq!(published(Role::Registered), 113_250_303);
        assert_eq!(published(Role::Trusted), 113_250_303);
        assert_eq!(published(Role::Moderator), 133_173_247);
        assert_eq!(published(Role::Cohost), 134_217_727);
        assert_eq!(published(Role::Host), 134_217_727);
    }

    #[test]
    fn no_preset_grants_what_a_role_may_never_have() {
        for preset in [Preset::Everyone, Preset::Open, Preset::Hosts] {
            assert_eq!(preset.grants(), preset.grants().possible());
        }
    }

    #[test]
    fn whatever_is_granted_each_role_may_do_all_that_the_ones_before_it_may() {
        let grants = Preset::Hosts.grants();
        for pair in Role::ALL.windows(2) {
            assert_eq!(grants.of(pair[0]).without(grants.of(pair[1])), Permissions::NONE);
        }
        assert_eq!(grants.least(Permission::Add), Role::Moderator);
        assert_eq!(grants.least(Permission::Own), Role::Host);
    }
}
