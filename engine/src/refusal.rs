//! Two kinds of no.
//!
//! A [`Refusal`] is for the person who asked: a stable code, arguments, and a sentence that names the next step. All else
//! that can go wrong is a [`Fault`]: it is logged once, where it is handled, and the person reads "something went wrong".

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::{Mutex, PoisonError},
};

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

            /// The one of that name.
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|code| code.name() == name)
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
    /// A room's password is asked for.
    RoomPasswordNeeded = "room_password_needed": "This room asks for a password. Join with it, or ask somebody inside for the link.",
    /// Not the room's password.
    WrongRoomPassword = "wrong_room_password": "That is not the password. Ask somebody inside.",
    /// Kept out.
    Banned = "banned": "You are banned from this room. Ask its host.",
    /// Kept from writing.
    Muted = "muted": "You cannot write here at the moment. Ask a moderator.",
    /// Slow mode.
    SlowMode = "slow_mode": "Slow mode is on here. Wait {seconds} s, then write again.",
    /// Moderation: no links of guests.
    NoLinksHere = "no_links_here": "Guests cannot post links here. Ask a moderator to trust you, or leave the link out.",
    /// Moderation: the same line again.
    SaidAlready = "said_already": "You just said that. Write something else.",
    /// As many people as it holds.
    RoomFull = "room_full": "It is full at {limit}. Try again when somebody has left.",
    /// The room is over.
    RoomEnded = "room_ended": "This room has ended. Its host can open it again.",
    /// The room is hidden.
    RoomClosed = "room_closed": "This room is closed. Ask its host.",
    /// The room has a host.
    HasHost = "has_host": "This room belongs to {host} already. Ask them.",
    /// More than the giver has.
    GrantTooHigh = "grant_too_high": "You cannot grant what you may not do yourself: {what}. Ask the host.",
    /// An end before its start.
    EndsBeforeStart = "ends_before_start": "The end must be later than the start.",
    /// Not a speed.
    BadRate = "bad_rate": "A speed is 0.25 to 4 times.",
    /// Not subtitles.
    BadSubtitles = "bad_subtitles": "Subtitles are a link to a .vtt or .srt file.",
    /// In the queue already.
    AlreadyQueued = "already_queued": "That is in the queue already.",
    /// One person's share.
    YourShareIsFull = "your_share_is_full": "You may have {limit} waiting here. Wait until one of yours has played, or remove one.",
    /// Nothing was on before.
    NothingBefore = "nothing_before": "Nothing was on before this.",
    /// Nothing to take back.
    NothingToUndo = "nothing_to_undo": "There is nothing to take back, or it was taken back already.",
    /// The shelf is empty.
    NothingToRestore = "nothing_to_restore": "There is no earlier queue to bring back.",
    /// No such proposal.
    NoSuchProposal = "no_such_proposal": "That vote is over, or there are several: name the one you mean.",
    /// Too many proposals.
    TooManyProposals = "too_many_proposals": "{limit} of yours, or many of others, are being voted on. Wait for them to end.",
    /// Votes are of those who are here.
    NotHere = "not_here": "Only who watches, or did something in the chat lately, votes. Open the room first.",
    /// No such playlist.
    NoSuchPlaylist = "no_such_playlist": "There is no such playlist. Look at the list of them.",
    /// As many playlists as one may have.
    TooManyPlaylists = "too_many_playlists": "There are {limit} playlists already. Delete one first.",
    /// The name is another's.
    NameTaken = "name_taken": "Something is called {name} already. Choose another name.",
    /// No such webhook.
    NoSuchWebhook = "no_such_webhook": "You have no such webhook. Look at the list of them.",
    /// As many webhooks as one may have.
    TooManyWebhooks = "too_many_webhooks": "You have {limit} webhooks already. Delete one first.",
    /// Webhooks are switched off.
    NoWebhooks = "no_webhooks": "This server sends no webhooks. The person who runs it can allow them with webhooks.enabled.",
    /// No directory of films is set.
    NoLibrary = "no_library": "This server keeps no films of its own. The person who runs it can change that with media.dir.",
    /// No such file.
    NoSuchFile = "no_such_file": "There is no such film on this server. Look at the list of them.",
    /// Uploads are switched off.
    UploadsOff = "uploads_off": "Nothing can be uploaded here. The person who runs this server can allow it with media.uploads.",
    /// The upload is unknown, ended or old.
    NoSuchUpload = "no_such_upload": "That upload is not there any more. Begin it again.",
    /// As many unfinished uploads as one may have.
    TooManyUploads = "too_many_uploads": "{limit} uploads of yours are not finished. Finish or cancel one first.",
    /// A piece that does not fit behind what is there.
    WrongOffset = "wrong_offset": "The next byte is number {offset}. Send on from there.",
    /// A file over the limit.
    FileTooLarge = "file_too_large": "A file may have {limit} MB here. Take a smaller one.",
    /// No room for it.
    QuotaFull = "quota_full": "There is room for {left} MB more. Delete one of your files, or take a smaller one.",
    /// A file that browsers do not play.
    NotPlayable = "not_playable": "Browsers cannot play this file. Use MP4, WebM, MP3, Ogg, M4A or FLAC, or subtitles in SRT or VTT.",
    /// A signed link that is too old, or was not signed here.
    LinkExpired = "link_expired": "This link is not good any more. Reload the page.",
    /// No such line.
    NoSuchLine = "no_such_line": "That line is not there any more.",
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
    /// A site that forbids embedding.
    SiteRefused = "site_refused": "{site} does not let other pages play its videos. Use another source.",
    /// A site that protects its media (DRM).
    SiteProtected = "site_protected": "{site} protects its films, so that only its own pages can play them. Use another source.",
    /// A site whose embed has a link of its own.
    EmbedLinkNeeded = "embed_link_needed": "A video of {site} needs the link of its embed. On its page choose Share, then Embed, and paste the link that stands there.",
    /// The provider says that there is no such video, or that it is private.
    VideoUnavailable = "video_unavailable": "{site} has no such video, or it is private. Try another one.",
    /// No search provider is configured.
    NoSearch = "no_search": "Searching by words is not set up on this server. Paste a link.",
    /// Lists of a site can only be read with a key that is not configured.
    NoLists = "no_lists": "Playlists of {site} need a key of that site, which is not set up on this server. Paste the videos one by one.",
    /// A configured provider does not answer, or answers nonsense.
    ProviderDown = "provider_down": "{site} does not answer at the moment. Try again later.",
    /// No valid session or key.
    NotSignedIn = "not_signed_in": "Say who you are first: make a session, or send its token.",
    /// The token is unknown or expired.
    BadToken = "bad_token": "This token is not valid any more. Make a new session.",
    /// No account has this name with this password.
    WrongLogin = "wrong_login": "There is no account of that name and password. Check both, or ask for a new password.",
    /// Not the password of the account.
    WrongPassword = "wrong_password": "That is not your current password. Type it again, or ask for a new one.",
    /// The password must come with what is asked for.
    PasswordNeeded = "password_needed": "Send your current password with this.",
    /// The password is too short.
    PasswordTooShort = "password_too_short": "That password is too short. Take one of {limit} characters or more.",
    /// Not an e-mail address.
    BadEmail = "bad_email": "That is not an e-mail address. Write one such as ana@example.com.",
    /// Somebody has an account of that name.
    UsernameTaken = "username_taken": "Somebody has that username already. Choose another one.",
    /// Somebody has an account with that address.
    EmailTaken = "email_taken": "An account with that e-mail address exists already. Sign in to it, or leave the address out.",
    /// They have an account.
    AlreadyRegistered = "already_registered": "You have an account already. Sign out first to make another one.",
    /// Only somebody with an account may.
    NeedsAccount = "needs_account": "This needs an account. Make one first.",
    /// Only a person may, not a key.
    NeedsSession = "needs_session": "An API key cannot do this. Sign in as yourself.",
    /// The key lacks a scope.
    ScopeMissing = "scope_missing": "This needs a key with the scope {scope}. Ask the person who runs this server for one.",
    /// The way to a new password is unknown, used or old.
    NoSuchRecovery = "no_such_recovery": "This link is good once, for ten minutes, and not any more. Ask for a new one.",
    /// The code that makes two selves one is unknown, used or old.
    NoSuchLinkCode = "no_such_link_code": "That code is not good, or not any more. Ask for a new one on the other side.",
    /// Both of two selves have accounts.
    TwoAccounts = "two_accounts": "Both of you have accounts: the other one is {other}. Delete one of them first.",
    /// Who somebody is on Telegram cannot be known here.
    NoTelegram = "no_telegram": "This server has no Telegram bot, so Telegram cannot say who you are. Open the room in a browser.",
    /// Not what Telegram said.
    BadInitData = "bad_init_data": "This is not what Telegram said about you. Close this window and open the room from Telegram again.",
    /// What Telegram said more than an hour ago.
    InitDataExpired = "init_data_expired": "What Telegram said about you is good for an hour, and older than that. Close this window and open the room from Telegram again.",
    /// What Telegram said, and somebody used already.
    InitDataUsed = "init_data_used": "What Telegram said about you is good once, and was used already. Close this window and open the room from Telegram again.",
    /// No such session of one's own.
    NoSuchSession = "no_such_session": "You have no such session. Look at the list of your sessions.",
    /// No such key.
    NoSuchKey = "no_such_key": "There is no such key. Look at the list of keys.",
    /// This server is no activity of Discord's.
    ActivityOff = "activity_off": "Rooms do not open within Discord on this server. The person who runs it can set that up with discord.activity; in a browser they open as ever.",
    /// Discord does not take the code that somebody came in with.
    CodeRefused = "code_refused": "Discord does not take this sign-in, or not any more. Close the activity and open it again.",
    /// Discord does not count somebody among those who are in the activity.
    NotInInstance = "not_in_instance": "Discord does not see you in this activity. Close it and open it again.",
    /// A request that says that Discord's proxy sent it, and is not signed so.
    BadSignature = "bad_signature": "This request is not signed as Discord signs. Close the activity and open it again.",
    /// Nobody can run this server from elsewhere.
    AdminOff = "admin_off": "Nobody can run this server from here yet. Set auth.bootstrap_key in its configuration and restart it, or make a key with onecouch key create --name me --scope admin.",
    /// Connections from this address are not taken.
    AddressBanned = "address_banned": "This server takes no connections from your address. If that is a mistake, write to the person who runs it.",
    /// A ban that would keep out who makes it.
    BansYourself = "bans_yourself": "{network} is where you come from: you would lock yourself out. Send force to do it all the same.",
    /// There is no such ban of an address.
    NoSuchBan = "no_such_ban": "There is no such ban, or not any more. Look at the list of them.",
    /// Too much at once.
    SlowDown = "slow_down": "That was a lot at once. Wait {seconds} s, then try again.",
    /// More sockets at once than one address or person may have.
    TooManySockets = "too_many_sockets": "{limit} connections are open already, and no more may be. Close one, then wait {seconds} s.",
    /// The room cannot take more at this moment.
    Busy = "busy": "The room is busy. Try again in a moment.",
    /// Whoever would have done it was lost over it, so that nobody knows.
    MaybeDone = "maybe_done": "That may have been done, or not. Look, and try again if it was not.",
    /// The server is stopping or restarting.
    Stopping = "stopping": "The server is restarting. Come back in a few seconds.",
    /// It could not be written to disk.
    NotStored = "not_stored": "That could not be stored, so it did not happen. Try again; the person who runs this server finds the reason in the log.",
    /// It could not be read: the database is away.
    NotRead = "not_read": "That cannot be looked up at the moment. Try again in a few seconds; the person who runs this server finds the reason in the log.",
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

impl Code {
    /// Whether it is of the moment alone: the same may well be done in a moment, and it says nothing of what was asked for.
    pub fn passes(self) -> bool {
        matches!(self, Self::Busy | Self::MaybeDone | Self::NotStored | Self::NotRead)
    }
}

/// What failed without being anybody's mistake; its text is for the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct Fault {
    text: String,
    passes: bool,
}

impl Fault {
    /// Something that failed.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), passes: false }
    }

    /// Something that cannot be read at the moment and can be again by itself. Whoever asked is told that, as
    /// [`Code::NotRead`]; whoever says it logs why.
    pub fn passing(text: impl Into<String>) -> Self {
        Self { text: text.into(), passes: true }
    }

    /// Whether it passes by itself.
    pub fn passes(&self) -> bool {
        self.passes
    }
}

/// A refusal or a fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(from = "Crossing", into = "Crossing")]
pub enum No {
    /// For the person.
    #[error(transparent)]
    Refusal(#[from] Refusal),
    /// For the log.
    #[error(transparent)]
    Fault(Fault),
}

impl From<Fault> for No {
    fn from(fault: Fault) -> Self {
        if fault.passes { Code::NotRead.into() } else { Self::Fault(fault) }
    }
}

impl No {
    /// The refusal that says how things stand with what was asked for. Itself where it says nothing of that: it failed, or could
    /// not be done or looked up at the moment.
    pub fn decided(self) -> Result<Refusal, Self> {
        match self {
            Self::Refusal(refusal) if refusal.code != Code::Stopping && !refusal.code.passes() => Ok(refusal),
            no => Err(no),
        }
    }
}

impl From<Code> for No {
    fn from(code: Code) -> Self {
        Self::Refusal(code.into())
    }
}

/// A no on its way from one node to another: names in place of what only one process knows them by.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Crossing {
    Refusal { code: String, args: BTreeMap<String, String> },
    Fault(String),
}

impl From<No> for Crossing {
    fn from(no: No) -> Self {
        match no {
            No::Refusal(Refusal { code, args }) => {
                let args = args.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
                Self::Refusal { code: code.name().to_owned(), args }
            }
            No::Fault(fault) => Self::Fault(fault.text),
        }
    }
}

impl From<Crossing> for No {
    fn from(crossing: Crossing) -> Self {
        match crossing {
            Crossing::Refusal { code, args } => match Code::named(&code) {
                Some(code) => {
                    let known = |(name, value): (String, String)| Some((lasting(&name)?, value));
                    Refusal { code, args: args.into_iter().filter_map(known).collect() }.into()
                }
                // A newer one's. What it means nobody here can say.
                None => {
                    Fault::new(format!("another node refuses with {code}, which this version does not know")).into()
                }
            },
            Crossing::Fault(text) => Fault::new(text).into(),
        }
    }
}

/// How many names of arguments other nodes may bring: many times more than there are.
const NAMES: usize = 256;

/// The name of an argument that another node brings, as one that is there for ever. Each is kept once.
fn lasting(name: &str) -> Option<&'static str> {
    static KNOWN: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(kept) = known.get(name) {
        return Some(kept);
    }
    if known.len() >= NAMES {
        return None;
    }
    let kept: &'static str = Box::leak(name.into());
    known.insert(kept);
    Some(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crossed(no: &No) -> No {
        serde_json::from_slice(&serde_json::to_vec(no).unwrap()).unwrap()
    }

    #[test]
    fn a_no_crosses_to_another_node_as_it_is() {
        for code in Code::ALL {
            let refusal = Refusal::new(*code).with("limit", 3).with("who", "ana");
            assert_eq!(crossed(&refusal.clone().into()), refusal.into());
        }
        let fault = No::from(Fault::new("the disk is on fire"));
        assert_eq!(crossed(&fault), fault);
    }

    #[test]
    fn a_reason_that_only_a_newer_node_knows_is_a_fault() {
        let newer = r#"{"refusal":{"code":"too_purple","args":{"hue":"violet"}}}"#;
        assert!(matches!(serde_json::from_str(newer), Ok(No::Fault(fault)) if fault.text.contains("too_purple")));
    }
}
