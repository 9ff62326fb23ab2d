//! What a command comes to, in words and buttons that every platform can show.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use engine::{
    command::{Deed, SeekTo},
    ids::{Entropy, ItemId, PersonId, PlaylistId, RoomId},
    room::Rate,
    time::Millis,
};
use uuid::Uuid;

use crate::{
    Ask,
    ask::{ItemRef, PersonRef, Vote},
    say,
    words::Locale,
};

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reply {
    /// The words: plain text without markup, with line feeds. A frontend escapes them as its platform wants.
    pub text: String,
    /// It was a no.
    pub refused: bool,
    /// For the one who asked alone, where the platform can do that.
    pub private: bool,
    /// What can be pressed below it.
    pub buttons: Vec<Button>,
    /// What can be chosen from below it: queued items to play now. Where a platform has no lists of choices, the numbers in
    /// the text do.
    pub choices: Vec<Choice>,
    /// The room it was about, if it came to one: the frontend then sees to the room's card.
    pub room: Option<RoomId>,
    /// Who is meant to read it besides: they are notified, where the platform knows them, and nobody else is.
    pub calls: Vec<PersonId>,
    /// A file that goes with it.
    pub file: Option<File>,
}

impl Reply {
    /// Whether something is voted on below it.
    pub fn takes_votes(&self) -> bool {
        self.buttons.iter().any(|button| matches!(button, Button::Act { action: Action::Ballot(..), .. }))
    }
}

/// A small text file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// What it is called.
    pub name: String,
    /// What is in it.
    pub text: String,
}

/// One of several to choose from; also what completes what somebody types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What people read: at most 100 characters.
    pub label: String,
    /// What is sent when it is chosen: at most 100 bytes.
    pub value: String,
}

/// Something to press.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Button {
    /// Opens a page.
    Link {
        /// What stands on it.
        label: String,
        /// The page.
        url: String,
    },
    /// Does something to the room of the card or answer it hangs on.
    Act {
        /// What stands on it.
        label: String,
        /// What it does.
        action: Action,
    },
}

impl Button {
    /// A button that does something, with its own name on it.
    pub fn act(locale: Locale, action: Action) -> Self {
        Self::Act { label: action.label(locale), action }
    }

    /// The way in.
    pub fn open(locale: Locale, url: String) -> Self {
        Self::Link { label: say!(locale, "button-open"), url }
    }
}

/// What a button does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Pause.
    Pause,
    /// Play on.
    Play,
    /// On to the next.
    Skip,
    /// Back to the one before.
    Back,
    /// Ten seconds earlier.
    Back10,
    /// Ten seconds later.
    Forward10,
    /// Show the queue to who pressed it, from this page on.
    Queue(u16),
    /// I am coming, or not after all.
    Coming,
    /// Play this queued item now.
    Pick(ItemId),
    /// Put this to the vote.
    Propose(Motion),
    /// Put this to the vote, and call those who may decide.
    AskHost(Motion),
    /// A vote on what was put to the vote.
    Ballot(u64, bool),
    /// Yes, empty the queue.
    SureClear,
    /// Yes, end the room.
    SureEnd,
    /// Yes, untie this chat.
    SureUnlink,
    /// Yes, keep them out.
    SureBan(PersonId),
    /// Yes, delete this playlist.
    SureDelete(PlaylistId),
    /// No, leave it as it is: the question goes away.
    Never,
    /// Queue the link in the message that this one answers.
    QueueThat,
    /// Take back what this event did.
    Undo(u64),
}

/// What a button can put to the vote: all that a vote can be about, small enough for a button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Motion {
    /// Play on.
    Play,
    /// Pause.
    Pause,
    /// On to the next.
    Skip,
    /// Back to the one before.
    Back,
    /// To this position.
    Seek(Millis),
    /// At this speed.
    Speed(Rate),
    /// Play this queued item now.
    Pick(ItemId),
    /// Take this item out.
    Remove(ItemId),
    /// An order of chance.
    Shuffle,
    /// An empty queue.
    Clear,
}

impl Motion {
    /// The deed that it is about. The order of chance is drawn now.
    pub fn deed(self) -> Deed {
        match self {
            Self::Play => Deed::PLAY,
            Self::Pause => Deed::Pause,
            Self::Skip => Deed::Skip,
            Self::Back => Deed::Back,
            Self::Seek(at) => Deed::Seek { to: SeekTo::At(at) },
            Self::Speed(rate) => Deed::SetRate { rate },
            Self::Pick(item) => Deed::Pick { item, keep: false },
            Self::Remove(item) => Deed::Remove { item },
            Self::Shuffle => Deed::Shuffle { seed: Entropy.seed() },
            Self::Clear => Deed::Clear,
        }
    }

    /// What a deed is as a motion, if a vote can be about it: `at` is where a seek by so much would lead.
    pub fn of(deed: &Deed, at: Millis) -> Option<Self> {
        Some(match deed {
            Deed::Play { after } if *after == Millis::ZERO => Self::Play,
            Deed::Play { .. } => return None,
            Deed::Pause => Self::Pause,
            Deed::Skip => Self::Skip,
            Deed::Back => Self::Back,
            Deed::Seek { to: SeekTo::At(at) } => Self::Seek(*at),
            Deed::Seek { .. } => Self::Seek(at),
            Deed::SetRate { rate } => Self::Speed(*rate),
            Deed::Pick { item, .. } => Self::Pick(*item),
            Deed::Remove { item } => Self::Remove(*item),
            Deed::Shuffle { .. } => Self::Shuffle,
            Deed::Clear => Self::Clear,
        })
    }

    fn data(self) -> String {
        match self {
            Self::Play => "pl".to_owned(),
            Self::Pause => "pa".to_owned(),
            Self::Skip => "sk".to_owned(),
            Self::Back => "ba".to_owned(),
            Self::Shuffle => "sh".to_owned(),
            Self::Clear => "cl".to_owned(),
            Self::Seek(at) => format!("se{}", at.0),
            Self::Speed(rate) => format!("sp{}", rate.0),
            Self::Pick(item) => format!("pi{}", short(item.0)),
            Self::Remove(item) => format!("rm{}", short(item.0)),
        }
    }

    fn parse(data: &str) -> Option<Self> {
        let (code, arg) = data.split_at_checked(2)?;
        Some(match (code, arg) {
            ("pl", "") => Self::Play,
            ("pa", "") => Self::Pause,
            ("sk", "") => Self::Skip,
            ("ba", "") => Self::Back,
            ("sh", "") => Self::Shuffle,
            ("cl", "") => Self::Clear,
            ("se", at) => Self::Seek(Millis(at.parse().ok()?)),
            ("sp", rate) => Self::Speed(Rate(rate.parse().ok()?)),
            ("pi", item) => Self::Pick(ItemId(long(item)?)),
            ("rm", item) => Self::Remove(ItemId(long(item)?)),
            _ => return None,
        })
    }
}

impl Action {
    /// What stands on its button.
    pub fn label(self, locale: Locale) -> String {
        let id = match self {
            Self::Pause => "button-pause",
            Self::Play => "button-play",
            Self::Skip => "button-skip",
            Self::Back => "button-back",
            Self::Back10 => "button-back10",
            Self::Forward10 => "button-forward10",
            Self::Queue(0) => "button-queue",
            Self::Queue(_) => "button-more",
            Self::Coming => "button-coming",
            Self::Pick(_) => "button-pick",
            Self::Propose(_) => "button-propose",
            Self::AskHost(_) => "button-ask-host",
            Self::Ballot(_, true) => "button-yes",
            Self::Ballot(_, false) => "button-no",
            Self::SureClear => "button-sure-clear",
            Self::SureEnd => "button-sure-end",
            Self::SureUnlink => "button-sure-unlink",
            Self::SureBan(_) => "button-sure-ban",
            Self::SureDelete(_) => "button-sure-delete",
            Self::Never => "button-never",
            Self::QueueThat => "button-queue-that",
            Self::Undo(_) => "button-undo",
        };
        say!(locale, id)
    }

    /// The same as a command, where it is one; what is left is done by [`Core::press`](crate::Core::press) itself.
    pub fn ask(self) -> Option<Ask> {
        Some(match self {
            Self::Pause => Ask::Pause,
            Self::Play => Ask::Play,
            Self::Skip => Ask::Skip,
            Self::Back => Ask::Back,
            Self::Back10 => Ask::Rewind(None),
            Self::Forward10 => Ask::Forward(None),
            Self::Queue(page) => Ask::QueueList { page },
            Self::Coming => Ask::Coming,
            Self::Pick(item) => Ask::Pick { item: ItemRef::Id(item) },
            Self::Ballot(proposal, yes) => Ask::Vote(Vote::Ballot { proposal: Some(proposal), yes }),
            Self::SureClear => Ask::QueueClear { sure: true },
            Self::SureEnd => Ask::End { sure: true },
            Self::SureUnlink => Ask::Unlink { sure: true },
            Self::SureBan(person) => {
                Ask::Ban { person: PersonRef::Id(person), length: None, reason: String::new(), sure: true }
            }
            Self::SureDelete(playlist) => Ask::PlaylistDelete { playlist: playlist.0.to_string(), sure: true },
            Self::Propose(_) | Self::AskHost(_) | Self::Never | Self::QueueThat | Self::Undo(_) => return None,
        })
    }

    /// What the platform keeps with the button: at most 49 bytes of ASCII, of the 64 that Telegram and the 100 that Discord
    /// allow. It holds all there is to know, so a button works after a restart.
    pub fn data(self, room: RoomId) -> String {
        let (code, arg) = match self {
            Self::Pause => ("pa", String::new()),
            Self::Play => ("pl", String::new()),
            Self::Skip => ("sk", String::new()),
            Self::Back => ("ba", String::new()),
            Self::Back10 => ("bk", String::new()),
            Self::Forward10 => ("fw", String::new()),
            Self::Queue(page) => ("qu", page.to_string()),
            Self::Coming => ("co", String::new()),
            Self::Pick(item) => ("pi", short(item.0)),
            Self::Propose(motion) => ("pr", motion.data()),
            Self::AskHost(motion) => ("ah", motion.data()),
            Self::Ballot(proposal, true) => ("vy", proposal.to_string()),
            Self::Ballot(proposal, false) => ("vn", proposal.to_string()),
            Self::SureClear => ("xc", String::new()),
            Self::SureEnd => ("xe", String::new()),
            Self::SureUnlink => ("xu", String::new()),
            Self::SureBan(person) => ("xb", short(person.0)),
            Self::SureDelete(playlist) => ("xd", short(playlist.0)),
            Self::Never => ("no", String::new()),
            Self::QueueThat => ("qt", String::new()),
            Self::Undo(seq) => ("un", seq.to_string()),
        };
        format!("2{code}{}{arg}", short(room.0))
    }

    /// Reads that back. Whoever reads it must still ask whether the room is the one of the chat it came from: a chat
    /// client can be made to send anything.
    pub fn parse(data: &str) -> Option<(Self, RoomId)> {
        let (code, rest) = data.strip_prefix('2')?.split_at_checked(2)?;
        let (room, arg) = rest.split_at_checked(SHORT)?;
        let action = match (code, arg) {
            ("pa", "") => Self::Pause,
            ("pl", "") => Self::Play,
            ("sk", "") => Self::Skip,
            ("ba", "") => Self::Back,
            ("bk", "") => Self::Back10,
            ("fw", "") => Self::Forward10,
            ("qu", page) => Self::Queue(page.parse().ok()?),
            ("co", "") => Self::Coming,
            ("pi", item) => Self::Pick(ItemId(long(item)?)),
            ("pr", motion) => Self::Propose(Motion::parse(motion)?),
            ("ah", motion) => Self::AskHost(Motion::parse(motion)?),
            ("vy", proposal) => Self::Ballot(proposal.parse().ok()?, true),
            ("vn", proposal) => Self::Ballot(proposal.parse().ok()?, false),
            ("xc", "") => Self::SureClear,
            ("xe", "") => Self::SureEnd,
            ("xu", "") => Self::SureUnlink,
            ("xb", person) => Self::SureBan(PersonId(long(person)?)),
            ("xd", playlist) => Self::SureDelete(PlaylistId(long(playlist)?)),
            ("no", "") => Self::Never,
            ("qt", "") => Self::QueueThat,
            ("un", seq) => Self::Undo(seq.parse().ok()?),
            _ => return None,
        };
        Some((action, RoomId(long(room)?)))
    }
}

/// How long an identity is on a button.
const SHORT: usize = 22;

fn short(id: Uuid) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(id.as_bytes())
}

fn long(text: &str) -> Option<Uuid> {
    Uuid::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}

/// How much of a title an answer shows, in characters.
const TITLE_SHOWN: usize = 100;

/// A title as answers and cards show it.
pub(crate) fn label(title: &str) -> String {
    shortened(title, TITLE_SHOWN)
}

/// At most so many characters of a text.
pub(crate) fn shortened(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some(_) => text.chars().take(limit.saturating_sub(1)).chain(['…']).collect(),
        None => text.to_owned(),
    }
}

/// So many people, in words.
pub(crate) fn people(locale: Locale, count: usize) -> String {
    say!(locale, "people", count = count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<Action> {
        let id = Uuid::from_u128(u128::MAX);
        let motions = [
            Motion::Play,
            Motion::Pause,
            Motion::Skip,
            Motion::Back,
            Motion::Seek(Millis(i64::MAX)),
            Motion::Speed(Rate(4000)),
            Motion::Pick(ItemId(id)),
            Motion::Remove(ItemId(id)),
            Motion::Shuffle,
            Motion::Clear,
        ];
        let mut all = vec![
            Action::Pause,
            Action::Play,
            Action::Skip,
            Action::Back,
            Action::Back10,
            Action::Forward10,
            Action::Queue(u16::MAX),
            Action::Coming,
            Action::Pick(ItemId(id)),
            Action::Ballot(u64::MAX, true),
            Action::Ballot(u64::MAX, false),
            Action::SureClear,
            Action::SureEnd,
            Action::SureUnlink,
            Action::SureBan(PersonId(id)),
            Action::SureDelete(PlaylistId(id)),
            Action::Never,
            Action::QueueThat,
            Action::Undo(u64::MAX),
        ];
        all.extend(motions.into_iter().flat_map(|motion| [Action::Propose(motion), Action::AskHost(motion)]));
        all
    }

    #[test]
    fn a_button_remembers_what_it_does_within_what_platforms_keep() {
        let room = RoomId(Uuid::from_u128(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef));
        for action in all() {
            let data = action.data(room);
            assert!(data.len() <= 64, "{data}");
            assert_eq!(Action::parse(&data), Some((action, room)), "{data}");
        }
    }

    #[test]
    fn what_is_no_button_of_ours_is_nothing() {
        let room = short(Uuid::from_u128(1));
        for data in ["", "2", "2pa", "v1:pa:0123456789abcdef0123456789abcdef", "2xx", "::", "2paééééééééééé"]
        {
            assert_eq!(Action::parse(data), None, "{data}");
        }
        for data in [format!("2pa{room}x"), format!("2vy{room}x"), format!("2pr{room}zz"), format!("3pa{room}")] {
            assert_eq!(Action::parse(&data), None, "{data}");
        }
    }

    #[test]
    fn what_a_vote_is_about_is_the_same_deed_again() {
        let item = ItemId(Uuid::from_u128(3));
        for deed in [Deed::PLAY, Deed::Pause, Deed::Skip, Deed::Pick { item, keep: false }, Deed::Clear] {
            assert_eq!(Motion::of(&deed, Millis::ZERO).unwrap().deed(), deed);
        }
        let by = Deed::Seek { to: SeekTo::By(Millis::seconds(30)) };
        assert_eq!(Motion::of(&by, Millis::seconds(90)), Some(Motion::Seek(Millis::seconds(90))));
        assert_eq!(Motion::of(&Deed::Play { after: Millis(1) }, Millis::ZERO), None);
    }
}
