//! What a command comes to, in words and buttons that every platform can show.

use engine::{command::SeekTo, ids::RoomId, time::Millis};
use uuid::Uuid;

use crate::Ask;

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The words: plain text without markup, with line feeds. A frontend escapes them as its platform wants.
    pub text: String,
    /// It was a no.
    pub refused: bool,
    /// For the one who asked alone, where the platform can do that.
    pub private: bool,
    /// What can be pressed below it.
    pub buttons: Vec<Button>,
    /// The room it was about, if it came to one: the frontend then sees to the room's card.
    pub room: Option<RoomId>,
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
    pub fn act(action: Action) -> Self {
        Self::Act { label: action.label().to_owned(), action }
    }

    /// The way in.
    pub fn open(url: String) -> Self {
        Self::Link { label: "Open the room".to_owned(), url }
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
    /// Ten seconds earlier.
    Back10,
    /// Ten seconds later.
    Forward10,
    /// Show the queue to who pressed it.
    Queue,
}

impl Action {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Pause, Self::Play, Self::Skip, Self::Back10, Self::Forward10, Self::Queue];

    /// What stands on its button.
    pub fn label(self) -> &'static str {
        match self {
            Self::Pause => "Pause",
            Self::Play => "Play",
            Self::Skip => "Skip",
            Self::Back10 => "−10 s",
            Self::Forward10 => "+10 s",
            Self::Queue => "Queue",
        }
    }

    /// The same as a command.
    pub fn ask(self) -> Ask {
        match self {
            Self::Pause => Ask::Pause,
            Self::Play => Ask::Play,
            Self::Skip => Ask::Skip,
            Self::Back10 => Ask::Seek(SeekTo::By(Millis::seconds(-10))),
            Self::Forward10 => Ask::Seek(SeekTo::By(Millis::seconds(10))),
            Self::Queue => Ask::QueueList,
        }
    }

    fn code(self) -> &'static str {
        match self {
            Self::Pause => "pa",
            Self::Play => "pl",
            Self::Skip => "sk",
            Self::Back10 => "bk",
            Self::Forward10 => "fw",
            Self::Queue => "qu",
        }
    }

    /// What the platform keeps with the button: 38 bytes of ASCII, of the 64 that Telegram and the 100 that Discord allow.
    /// It holds all there is to know, so a button works after a restart.
    pub fn data(self, room: RoomId) -> String {
        format!("v1:{}:{}", self.code(), room.0.simple())
    }

    /// Reads that back. Whoever reads it must still ask whether the room is the one of the chat it came from: a chat
    /// client can be made to send anything.
    pub fn parse(data: &str) -> Option<(Self, RoomId)> {
        let (code, room) = data.strip_prefix("v1:")?.split_once(':')?;
        let action = Self::ALL.into_iter().find(|action| action.code() == code)?;
        Some((action, RoomId(Uuid::try_parse(room).ok()?)))
    }
}

/// How much of a title an answer shows, in characters.
const TITLE_SHOWN: usize = 100;

/// A title as answers and cards show it.
pub(crate) fn label(title: &str) -> String {
    match title.char_indices().nth(TITLE_SHOWN) {
        Some((end, _)) => format!("{}…", &title[..end]),
        None => title.to_owned(),
    }
}

/// So many people, in words.
pub(crate) fn people(count: usize) -> String {
    match count {
        0 => "nobody yet".to_owned(),
        1 => "1 person".to_owned(),
        count => format!("{count} people"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_button_remembers_what_it_does_within_what_platforms_keep() {
        let room = RoomId(Uuid::from_u128(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef));
        for action in Action::ALL {
            let data = action.data(room);
            assert!(data.len() <= 64, "{data}");
            assert_eq!(Action::parse(&data), Some((action, room)));
        }
    }

    #[test]
    fn what_is_no_button_of_ours_is_nothing() {
        for data in ["", "v1", "v1:pa", "v1:pa:", "v1:xx:0123456789abcdef0123456789abcdef", "v2:pa:0", "v1:pa:é", "::"]
        {
            assert_eq!(Action::parse(data), None, "{data}");
        }
    }
}
