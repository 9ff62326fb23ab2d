//! Two kinds of no.
//!
//! A [`Refusal`] is for the person who asked: a stable code, arguments, and a sentence that names the next step. All else
//! that can go wrong is a [`Fault`]: it is logged once, where it is handled, and the person reads "something went wrong".

use std::{borrow::Cow, collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Refusal {
    /// Which no it is.
    pub code: Code,
    /// What the sentence is filled with: `permission`, `limit`, `duration_ms`, `retry_after_ms`, …
    pub args: BTreeMap<&'static str, String>,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal : $sentence:literal,)*) => {
        /// Every reason that there is. The names are part of the API: they never change.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum Code {
            $($(#[$doc])* #[serde(rename = $text)] $name,)*
        }

        impl Code {
            /// All of them, for documents and tests.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The stable name.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The English sentence, with `{argument}` where an argument goes.
            pub fn sentence(self) -> &'static str {
                match self { $(Self::$name => $sentence,)* }
            }
        }
    };
}

codes! {
    /// There is no such room.
    NoSuchRoom = "no_such_room": "There is no such room. Ask for a new invite link.",
    /// The invite link is unknown or was taken back.
    NoSuchInvite = "no_such_invite": "This invite link does not work any more. Ask for a new one.",
    /// No room is tied to this chat yet.
    NoRoomHere = "no_room_here": "Nothing is on in this chat yet. Start with /watch and a link.",
    /// The room is only for those who were invited.
    NotAMember = "not_a_member": "This room is by invitation. Ask somebody inside for the link.",
    /// The role does not carry the permission.
    NotAllowed = "not_allowed": "Only {who} may {what} here. Ask them.",
    /// Nobody by that identity is a member.
    NoSuchPerson = "no_such_person": "Nobody by that name is in this room. Look at who is here.",
    /// A role above one's own cannot be given or taken.
    RoleTooHigh = "role_too_high": "You can only change roles below your own. Ask the host.",
    /// Nothing is on.
    NothingPlaying = "nothing_playing": "Nothing is on. Add something with /watch and a link.",
    /// The queue is empty.
    QueueEmpty = "queue_empty": "The queue is empty. Add something with /watch and a link.",
    /// The queue holds as many items as it may.
    QueueFull = "queue_full": "The queue is full at {limit} items. Remove one first.",
    /// No such item in the queue.
    NoSuchItem = "no_such_item": "That item is not in the queue. Look at /queue list.",
    /// Position past the end of the item.
    SeekPastEnd = "seek_past_end": "That is past the end: it is {duration} long. Skip to the next one with /skip.",
    /// Live media have no position.
    SeekLive = "seek_live": "This is live: there is nowhere to seek to.",
    /// A part of an unknown length.
    LengthUnknown = "length_unknown": "The length is not known yet. Seek to a time such as 1:30.",
    /// The text does not read as a time.
    BadTime = "bad_time": "{input} is not a time. Write 1:30, 90, +30, -1m or 50%.",
    /// A text is empty.
    TextEmpty = "text_empty": "There is no text in it. Write something first.",
    /// A text is too long.
    TextTooLong = "text_too_long": "That is too long: {limit} characters at most.",
    /// Not a link.
    BadLink = "bad_link": "That is not a link. Paste one that begins with https://.",
    /// Not http or https.
    BadScheme = "bad_scheme": "Only http and https links can be watched.",
    /// The address is private, loopback or link-local.
    PrivateAddress = "private_address": "That address is not on the public internet. The person who runs this server can allow it with resolve.allow_private.",
    /// A host that cannot be found or reached.
    LinkUnreachable = "link_unreachable": "That link cannot be reached. Open it in a browser to check it, then try again.",
    /// The host answered with an error.
    LinkBroken = "link_broken": "That link answers {status}. Open it in a browser to check it.",
    /// Nothing there that a player could play.
    NotMedia = "not_media": "There is nothing to play behind that link. Use a video file, an HLS or DASH stream, YouTube, Vimeo, Twitch or Dailymotion.",
    /// A site that forbids embedding or protects its media.
    SiteRefused = "site_refused": "{site} does not let other pages play its videos. Use another source.",
    /// The provider says that there is no such video, or that it is private.
    VideoUnavailable = "video_unavailable": "{site} has no such video, or it is private. Try another one.",
    /// No search provider is configured.
    NoSearch = "no_search": "Searching by words is not set up on this server. Paste a link.",
    /// No valid session or key.
    NotSignedIn = "not_signed_in": "Say who you are first: make a session, or send its token.",
    /// The token is unknown or expired.
    BadToken = "bad_token": "This token is not valid any more. Make a new session.",
    /// Too much at once.
    SlowDown = "slow_down": "That was a lot at once. Wait {seconds} s, then try again.",
    /// The room cannot take more at this moment.
    Busy = "busy": "The room is busy. Try again in a moment.",
    /// The server is stopping or restarting.
    Stopping = "stopping": "The server is restarting. Come back in a few seconds.",
    /// It could not be written to disk.
    NotStored = "not_stored": "That could not be stored, so it did not happen. Try again; the person who runs this server finds the reason in the log.",
    /// The input is malformed.
    BadInput = "bad_input": "{problem}",
    /// The same idempotency key with another request.
    KeyReused = "idempotency_key_reused": "This Idempotency-Key was used for another request. Use a new one.",
    /// There is no such command.
    NoSuchCommand = "no_such_command": "There is no command {command}. Look at /help.",
}

impl Refusal {
    /// A refusal without arguments.
    pub fn new(code: Code) -> Self {
        Self { code, args: BTreeMap::new() }
    }

    /// The same with one argument more.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.args.insert(name, value.to_string());
        self
    }

    /// `bad_input`, with the problem in words that name the next step.
    pub fn input(problem: impl fmt::Display) -> Self {
        Self::new(Code::BadInput).with("problem", problem)
    }
}

impl From<Code> for Refusal {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}

/// In English, for APIs and logs; frontends with languages of their own render code and arguments.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = Cow::Borrowed(self.code.sentence());
        for (name, value) in &self.args {
            let hole = format!("{{{name}}}");
            if text.contains(&hole) {
                text = Cow::Owned(text.replace(&hole, value));
            }
        }
        f.write_str(&text)
    }
}

/// What failed without being anybody's mistake; its text is for the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Fault(pub String);

/// A refusal or a fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum No {
    /// For the person.
    #[error(transparent)]
    Refusal(#[from] Refusal),
    /// For the log.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<Code> for No {
    fn from(code: Code) -> Self {
        Self::Refusal(code.into())
    }
}
