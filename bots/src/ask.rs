//! A command as a value: what [`grammar`](crate::grammar) reads and [`Core`](crate::Core) does.

use engine::{
    command::SeekTo,
    ids::{ItemId, PersonId},
    records::Platform,
    room::{QueueMode, Rate, Role},
    time::Millis,
};

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// Play this, or queue it where something is on; makes the chat's room where there is none.
    Watch {
        /// A link, or words to search for.
        link: String,
        /// How the queue is ordered from now on.
        mode: Option<QueueMode>,
        /// What the room is called from now on.
        title: Option<String>,
        /// When the room opens.
        when: Option<When>,
    },
    /// Queue one or several.
    QueueAdd {
        /// Links, one in a line, or words to search for.
        links: String,
        /// Before all others.
        next: bool,
    },
    /// Show what comes next.
    QueueList {
        /// From 0.
        page: u16,
    },
    /// Take this out of the queue.
    QueueRemove {
        /// Which.
        item: ItemRef,
    },
    /// Put it elsewhere.
    QueueMove {
        /// Which.
        item: ItemRef,
        /// As people see it, from 1.
        to: usize,
    },
    /// Into an order of chance.
    QueueShuffle,
    /// Empty it.
    QueueClear {
        /// Was asked whether they are.
        sure: bool,
    },
    /// Queue all of a list.
    QueueImport {
        /// Its link, or the list itself.
        from: String,
    },
    /// Have the queue as a file.
    QueueExport {
        /// As JSON; else as links, one in a line.
        json: bool,
    },
    /// Play a queued item now.
    Pick {
        /// Which.
        item: ItemRef,
    },
    /// Pause.
    Pause,
    /// Play on.
    Play,
    /// Go elsewhere.
    Seek(SeekTo),
    /// So much later; ten seconds where nothing is said.
    Forward(Option<Millis>),
    /// So much earlier; ten seconds where nothing is said.
    Rewind(Option<Millis>),
    /// On to the next.
    Skip,
    /// Back to the one before.
    Back,
    /// Show what is on.
    Now,
    /// How the queue is ordered from now on; show it where nothing is said.
    Mode(Option<QueueMode>),
    /// How fast.
    Speed(Rate),
    /// Vote, or show what is voted on.
    Vote(Vote),
    /// What was on.
    History {
        /// How many.
        count: usize,
    },
    /// The saved playlists.
    PlaylistList,
    /// Save what is on and what comes.
    PlaylistSave {
        /// As what.
        name: String,
    },
    /// Queue all of one.
    PlaylistLoad {
        /// Its name, or its identity.
        playlist: String,
    },
    /// Delete one.
    PlaylistDelete {
        /// Its name, or its identity.
        playlist: String,
        /// Was asked whether they are.
        sure: bool,
    },
    /// Show the way in.
    Invite,
    /// Who is there.
    Who,
    /// Give somebody another role.
    Role {
        /// Whom.
        person: PersonRef,
        /// Which.
        role: Role,
    },
    /// Show somebody the door.
    Kick {
        /// Whom.
        person: PersonRef,
    },
    /// Keep somebody out.
    Ban {
        /// Whom.
        person: PersonRef,
        /// For so long; for ever where none.
        length: Option<Millis>,
        /// Why, or nothing.
        reason: String,
        /// Was asked whether they are.
        sure: bool,
    },
    /// Let somebody in again.
    Unban {
        /// Whom.
        person: PersonRef,
    },
    /// What is set.
    Settings,
    /// Set something, or show what it is set to.
    Set {
        /// What, as it is typed.
        name: String,
        /// To what, as it is typed.
        value: Option<String>,
    },
    /// When the room opens and closes.
    ShowSchedule,
    /// It opens and closes then; no time takes both away.
    Schedule {
        /// It opens.
        start: Option<When>,
        /// It closes.
        end: Option<When>,
    },
    /// I am coming, or not after all.
    Coming,
    /// Tie this chat to a room that is elsewhere, or one's selves together.
    Link {
        /// An invite, or a code; a code is made where nothing is said.
        to: Option<String>,
    },
    /// Untie this chat from its room.
    Unlink {
        /// Was asked whether they are.
        sure: bool,
    },
    /// End the room.
    End {
        /// Was asked whether they are.
        sure: bool,
    },
    /// Show all commands, or one.
    Help {
        /// Which, as it is typed.
        about: Option<String>,
    },
}

/// A queued item, as somebody names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemRef {
    /// By its number in the list, from 1.
    Number(usize),
    /// As a list of choices named it.
    Id(ItemId),
}

/// Somebody, as somebody else names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PersonRef {
    /// As a button or a list of choices named them.
    Id(PersonId),
    /// By who they are on a platform.
    Subject(Platform, String),
    /// By their name.
    Name(String),
}

/// A vote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Vote {
    /// Show what is voted on.
    Show,
    /// Put to the vote what this asks for, or vote for it where somebody did already.
    For(Box<Ask>),
    /// For a queued item; back again where one voted for it.
    Item(ItemRef),
    /// On what was put to the vote.
    Ballot {
        /// Which; the only one where there is one.
        proposal: Option<u64>,
        /// For it.
        yes: bool,
    },
}

/// A moment, as somebody names it; which one it is depends on where they live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// So much later than now.
    In(Millis),
    /// A time of day.
    At {
        /// On which day.
        day: Day,
        /// The hour, 0 to 23.
        hour: i8,
        /// The minute, 0 to 59.
        minute: i8,
    },
}

/// A day, as somebody names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Day {
    /// Today, or tomorrow where the time of day is over.
    Next,
    /// In so many days.
    Ahead(i8),
    /// This one.
    On {
        /// The year.
        year: i16,
        /// The month, 1 to 12.
        month: i8,
        /// The day of the month, 1 to 31.
        day: i8,
    },
}

/// A moment, or none any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// Then.
    At(When),
    /// Never.
    Off,
}
