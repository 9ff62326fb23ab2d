//! All that a person can ask of a room, as one value. Every door makes the same one.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{
    event::{Door, Phase, Who},
    ids::{ConnectionId, ItemId, MessageId, PersonId},
    media::{Item, Media, Segment},
    room::{Changes, Rate, Role, Status, settings::given},
    time::{Millis, WallTime},
};

/// Who asks: a person, the door they came through, and what that door grants them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The person.
    pub person: PersonId,
    /// Their name, as it will stand beside the deed.
    pub name: Arc<str>,
    /// The door.
    pub door: Door,
    /// The socket it came over, if it was one.
    pub connection: Option<ConnectionId>,
    /// What the door vouches for: a member of the chat that the room is tied to is at least a guest, an administrator of
    /// it a co-host, a valid invite a guest. The room keeps the rule of what each may do.
    pub granted: Option<Role>,
    /// Whether the person has an account here.
    pub registered: bool,
}

impl Actor {
    /// What stands beside a deed of theirs.
    pub fn who(&self) -> Who {
        Who { person: self.person, name: self.name.clone(), door: self.door }
    }

    /// The same person, with what a door vouches for.
    #[must_use]
    pub fn granted(mut self, role: Role) -> Self {
        self.granted = self.granted.max(Some(role));
        self
    }
}

/// Where to seek to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeekTo {
    /// A position from the start.
    At(Millis),
    /// So much later, or earlier where it is negative; earlier than the start is the start.
    By(Millis),
    /// A part of the length in thousandths of a percent, 0 to 100,000.
    Fraction(u32),
}

/// Where in the queue new items go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Spot {
    /// Where the mode of the queue puts them: behind the last, or in turn.
    #[default]
    End,
    /// Before the first: plays when the current one ends.
    Next,
    /// Plays at once; the current one is left.
    Now,
    /// Plays at once; the current one goes to the front of the queue, to go on from where it stands.
    Instead,
}

/// How one connection is doing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Report {
    /// The item it speaks of.
    pub item: Option<ItemId>,
    /// How its player is doing.
    pub phase: Phase,
    /// Whether its page lies in the background, where browsers load little: nobody waits for it then.
    pub hidden: bool,
    /// Distance to the room's time in ms, ahead is positive.
    pub drift_ms: Option<i32>,
    /// Round trip in ms.
    pub rtt_ms: Option<u32>,
    /// The room's last event that it knew: what it says of the time before is old.
    pub seq: Option<u64>,
    /// The length of the item as its player found it; taken where the room knows none.
    pub duration: Option<Millis>,
    /// Its player came to the end of the item; counts where the room knows no length.
    pub ended: bool,
}

/// What of a queued item is to be changed; what is not there stays, and an inner nothing takes away.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Edit {
    /// Where it begins.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub start: Option<Option<Millis>>,
    /// Where it ends.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub end: Option<Option<Millis>>,
    /// Link of its subtitles: WebVTT or SRT.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub subtitles: Option<Option<String>>,
}

/// All that can be asked of a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// A connection opened. `watches` is false for one that only listens.
    Arrive {
        /// The new connection.
        connection: ConnectionId,
        /// Whether it plays the film.
        watches: bool,
    },
    /// Whoever is on a connection is called otherwise now, or is somebody else: logged in, or out. They stay where they are.
    Introduce {
        /// Which.
        connection: ConnectionId,
    },
    /// A connection closed.
    Depart {
        /// Which.
        connection: ConnectionId,
    },
    /// How a connection is doing.
    Report {
        /// Which.
        connection: ConnectionId,
        /// How it is doing.
        report: Report,
    },
    /// Take a place in the room, which one keeps whether a connection is open or not. Who has one keeps it.
    Join,
    /// Give it up, and what one has open through the same door.
    Leave,
    /// I am writing.
    Type,
    /// Something that can also be put to the vote.
    Do(Deed),
    /// Put to the vote what one may not do oneself.
    Propose(Deed),
    /// Say yes or no to what somebody proposed. Who may do it themself decides it.
    Ballot {
        /// Which; the only one where there is one.
        proposal: Option<u64>,
        /// For it.
        yes: bool,
    },
    /// Put items into the queue; where nothing plays, the first one starts.
    Add {
        /// In this order.
        items: Vec<Arc<Item>>,
        /// Where.
        spot: Spot,
    },
    /// Put a queued item elsewhere.
    Move {
        /// Which.
        item: ItemId,
        /// Its new place from 0; past the end is the end.
        index: usize,
    },
    /// Change start, end or subtitles of an item.
    Edit {
        /// Which.
        item: ItemId,
        /// What.
        edit: Edit,
    },
    /// Vote for a queued item, or take the vote back.
    Vote {
        /// Which.
        item: ItemId,
        /// For it.
        up: bool,
    },
    /// Take back the last change, or the one with this number.
    Undo {
        /// Its number.
        seq: Option<u64>,
    },
    /// What lay on the shelf goes back into the queue, or away.
    Restore {
        /// Away.
        discard: bool,
    },
    /// More is known about an item now.
    Describe {
        /// Which.
        item: ItemId,
        /// All that is known.
        media: Arc<Media>,
    },
    /// The parts of an item that may be skipped are known now.
    Segment {
        /// Which.
        item: ItemId,
        /// In order.
        segments: Arc<[Segment]>,
    },
    /// Write a line.
    Say {
        /// Its identity, made by the caller so that the same line sent twice is one.
        id: MessageId,
        /// The text, as it was typed.
        text: String,
    },
    /// Take a line of chat away: one's own, or anybody's for who moderates.
    Erase {
        /// The number of the event that it was.
        line: u64,
        /// Who wrote it, where the room does not remember it any more: looked up by the engine.
        author: Option<PersonId>,
    },
    /// Give a line of chat another wording: one's own, nobody else's.
    Reword {
        /// The number of the event that it was.
        line: u64,
        /// Who wrote it, where the room does not remember it any more: looked up by the engine.
        author: Option<PersonId>,
        /// The text, as it was typed.
        text: String,
    },
    /// React to what is on.
    React {
        /// An emoji: 1 to 16 characters.
        emoji: String,
    },
    /// Change settings.
    Change(Box<Changes>),
    /// Give somebody another role.
    SetRole {
        /// Whom: somebody who is here, or has a role already.
        person: PersonId,
        /// Which.
        role: Role,
    },
    /// Make somebody known by name of whom the room may know nothing yet, so that they can be given a role or kept out
    /// before they come. Who they are and what they are called was looked up by the door.
    Mention {
        /// Who.
        person: PersonId,
        /// Their name.
        name: Arc<str>,
    },
    /// Become the host of a room that has none.
    Claim,
    /// Show somebody the door; they may come again.
    Kick {
        /// Whom.
        person: PersonId,
    },
    /// Keep somebody out.
    Ban {
        /// Whom.
        person: PersonId,
        /// Until when; for ever where none.
        until: Option<WallTime>,
        /// Why: up to 200 characters.
        reason: String,
    },
    /// Let somebody in again.
    Unban {
        /// Whom.
        person: PersonId,
    },
    /// Keep somebody from writing.
    Mute {
        /// Whom.
        person: PersonId,
        /// Until when; for ever where none.
        until: Option<WallTime>,
    },
    /// Let somebody write again.
    Unmute {
        /// Whom.
        person: PersonId,
    },
    /// Replace the invite link and the spoken code; the old ones have been taken back.
    RenewInvite {
        /// The new token.
        invite: Arc<str>,
        /// The new code.
        code: Arc<str>,
    },
    /// When the room opens and closes.
    Schedule {
        /// It opens by itself.
        start: Option<WallTime>,
        /// It closes by itself.
        end: Option<WallTime>,
    },
    /// Open, close, hide the room now.
    SetStatus {
        /// From now on.
        status: Status,
    },
    /// I am coming: tell me when it starts.
    Come {
        /// Or not.
        coming: bool,
    },
    /// Forget who somebody was: their name is taken out of all that the room remembers.
    Forget {
        /// Whom.
        person: PersonId,
    },
    /// Two of somebody's selves are one person now: what the room remembers of the one is the other's.
    Unite {
        /// Who is not any more.
        gone: PersonId,
        /// Who stays.
        stays: PersonId,
    },
    /// End for good: nobody comes in any more, and what is stored of it may go.
    Delete,
}

/// What a command does to playback or queue, where it can be put to the vote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Deed {
    /// Play on from where the room stands.
    Play {
        /// So much later, for a countdown: up to an hour.
        #[serde(default)]
        after: Millis,
    },
    /// Stand still, at once.
    Pause,
    /// Go elsewhere in the current item.
    Seek {
        /// Where.
        to: SeekTo,
    },
    /// Leave the current item for the next one.
    Skip,
    /// Go back to the item before.
    Back,
    /// Another speed.
    SetRate {
        /// 0.25 to 4 times.
        rate: Rate,
    },
    /// Play this queued item now.
    Pick {
        /// Which.
        item: ItemId,
        /// What is on goes to the front of the queue, to go on from where it stands.
        #[serde(default)]
        keep: bool,
    },
    /// Take an item out of the queue.
    Remove {
        /// Which.
        item: ItemId,
    },
    /// Put the queue into an order of chance.
    Shuffle {
        /// From which chance the order comes.
        seed: u64,
    },
    /// Empty the queue; the current item plays on.
    Clear,
}

impl Deed {
    /// Play on at once.
    pub const PLAY: Self = Self::Play { after: Millis::ZERO };

    /// The stable name, as it is stored and sent.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Play { .. } => "play",
            Self::Pause => "pause",
            Self::Seek { .. } => "seek",
            Self::Skip => "skip",
            Self::Back => "back",
            Self::SetRate { .. } => "set_rate",
            Self::Pick { .. } => "pick",
            Self::Remove { .. } => "remove",
            Self::Shuffle { .. } => "shuffle",
            Self::Clear => "clear",
        }
    }
}

impl From<Deed> for Command {
    fn from(deed: Deed) -> Self {
        Self::Do(deed)
    }
}

impl Command {
    /// Puts one medium into the queue, in the name of `actor`.
    pub fn add(id: ItemId, media: Media, actor: &Actor, at: WallTime, spot: Spot) -> Self {
        Self::Add { items: vec![Arc::new(Item::new(id, media, actor.who(), at))], spot }
    }
}
