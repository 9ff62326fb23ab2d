//! What can be set of a room: one list, from which come the settings, their changes, and who may change what.

use std::{collections::BTreeSet, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize};

use super::{
    Room, Turn,
    roles::{Grants, Permission, Permissions, Preset, Visibility},
};
use crate::{
    command::Actor,
    event::EventKind,
    ids::PlaylistId,
    media::Category,
    refusal::{Code, Refusal},
    text,
    time::{Millis, Now, WallTime},
};

/// How many characters a room's title may have.
pub const TITLE_LIMIT: usize = 255;
/// How many characters a room may say about itself.
pub const ABOUT_LIMIT: usize = 4_000;
/// The longest link in a setting.
pub const LINK_LIMIT: usize = 2_048;
/// How many words a room may add to the profanity filter, and how long each may be.
const WORDS_LIMIT: usize = 200;
const WORD_LIMIT: usize = 48;
/// The most people that a capacity can be set to, and the fewest: somebody beside the host.
const CAPACITY: std::ops::RangeInclusive<u32> = 2..=100_000;
/// The longest that a barrier may hold a room.
const PATIENCE_LIMIT: Millis = Millis::seconds(5);
/// The longest pause between two lines of one person in slow mode.
const SLOW_LIMIT: Millis = Millis::seconds(6 * 3600);

/// How the queue is ordered, and what becomes of an item that was played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum QueueMode {
    /// As people put it.
    #[default]
    Manual,
    /// By votes; where they are equal, as before.
    Vote,
    /// Manual, and what was played goes to the end.
    Loop,
    /// Manual, and what was played starts again until somebody picks another.
    Dj,
    /// In turns by who added it, so that nobody waits behind somebody's twenty.
    Fair,
}

impl QueueMode {
    /// The stable name, as it is stored and sent.
    pub fn name(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Vote => "vote",
            Self::Loop => "loop",
            Self::Dj => "dj",
            Self::Fair => "fair",
        }
    }
}

/// For whom a room stands still while their player fetches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum WaitFor {
    /// For nobody.
    #[default]
    None,
    /// For hosts and co-hosts.
    Host,
    /// For everybody.
    All,
}

impl WaitFor {
    /// The stable name, as it is stored and sent.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Host => "host",
            Self::All => "all",
        }
    }
}

/// What becomes of the queue of a room that everybody left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Restore {
    /// It is there when somebody comes back.
    #[default]
    Always,
    /// It is put on a shelf, and who comes back is asked.
    Prompt,
    /// It is gone.
    Never,
}

impl Restore {
    /// The stable name, as it is stored and sent.
    pub fn name(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::Prompt => "prompt",
            Self::Never => "never",
        }
    }
}

macro_rules! settings {
    ($($(#[$doc:meta])* $name:ident: $type:ty, $permission:ident;)*) => {
        /// What a room is set to.
        ///
        /// A setting that an older onecouch did not know is stored by none of its rooms: it is as it is in a new one.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default)]
        pub struct RoomSettings {
            $($(#[$doc])* pub $name: $type,)*
            /// What each role may do.
            pub grants: Grants,
        }

        /// What to change; what is not there stays.
        #[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
        pub struct Changes {
            $(
                $(#[$doc])*
                #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
                pub $name: Option<$type>,
            )*
            /// What each role may do.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub grants: Option<Grants>,
        }

        impl Changes {
            /// Leaves out what is so already.
            fn minus(&mut self, now: &RoomSettings) {
                $(self.$name = self.$name.take().filter(|value| *value != now.$name);)*
                self.grants = self.grants.take().filter(|grants| *grants != now.grants);
            }

            /// What one must be allowed to make them, without the grants.
            fn permissions(&self) -> Permissions {
                let mut needed = Permissions::NONE;
                $(if self.$name.is_some() {
                    needed = needed.with(Permission::$permission);
                })*
                needed
            }
        }

        impl RoomSettings {
            /// As it is after some changes.
            pub(crate) fn change(&mut self, changes: &Changes) {
                $(if let Some(value) = &changes.$name {
                    self.$name = value.clone();
                })*
                if let Some(grants) = changes.grants {
                    self.grants = grants;
                }
            }
        }
    };
}

settings! {
    /// What it is called: 1 to 255 characters.
    title: Arc<str>, Title;
    /// What it is about: up to 4,000 characters; empty where nobody said.
    about: Arc<str>, About;
    /// Link of a picture.
    picture: Option<Arc<str>>, Settings;
    /// Background colour, as `#rrggbb`.
    colour: Option<Arc<str>>, Settings;
    /// How strong that colour is, in percent.
    opacity: u8, Settings;
    /// Who is let in.
    visibility: Visibility, Visibility;
    /// The same in a word of whose clients have more words for it than there are kinds: up to 32 characters. Another kind
    /// that is set without a word takes it away.
    audience: Option<Arc<str>>, Visibility;
    /// The hash of the password, where one is asked for.
    password: Option<Arc<str>>, Access;
    /// How many people there may be at once, the host included: 2 to 100,000.
    capacity: Option<u32>, Access;
    /// How the queue is ordered.
    queue_mode: QueueMode, QueueMode;
    /// Whether the same link may stand in the queue twice.
    duplicates: bool, QueueMode;
    /// How many items of one person may wait at once; moderators may add more.
    items_per_person: Option<u32>, Settings;
    /// How many minutes of one person may wait at once; moderators may add more.
    minutes_per_person: Option<u32>, Settings;
    /// Whether who may skip only votes for it.
    vote_skip: bool, Settings;
    /// How many of a hundred voters make a proposal pass: 1 to 100.
    vote_percent: u8, Settings;
    /// Whether an item's start waits until those who watch have loaded it.
    ready_start: bool, Settings;
    /// Whether a seek of more than five seconds does.
    ready_seek: bool, Settings;
    /// Whether going on after a pause does.
    ready_resume: bool, Settings;
    /// How long it waits at most, 0 to 5 s; twice as long for the first item.
    ready_patience: Millis, Settings;
    /// For whom it stands still while their player fetches.
    wait_for: WaitFor, Settings;
    /// Which parts of a video are skipped.
    skip_segments: BTreeSet<Category>, Settings;
    /// What becomes of the queue when everybody left.
    restore: Restore, Settings;
    /// How loud players begin, in percent.
    volume: Option<u8>, Settings;
    /// The pause between two lines of one person; none at 0.
    slow_mode: Millis, Moderate;
    /// Whether guests may post no links and nobody the same line twice in a row.
    moderation: bool, Moderate;
    /// Whether profanity is masked.
    profanity_filter: bool, Moderate;
    /// Words that it masks besides.
    profanity_words: BTreeSet<Arc<str>>, Moderate;
    /// Whether people may speak: for clients that have voice.
    voice: bool, Settings;
    /// Where a stream of this event is sent out from.
    stream_url: Option<Arc<str>>, Settings;
    /// Where it can be watched: a page of a platform, whose embed the viewer shows.
    source_url: Option<Arc<str>>, Settings;
    /// Where its recording is.
    record_url: Option<Arc<str>>, Settings;
    /// When the stream begins, as announced.
    stream_start: Option<WallTime>, Schedule;
    /// When it ends, as announced.
    stream_end: Option<WallTime>, Schedule;
    /// Where a page shows the video, in words of its own: up to 32 characters.
    video_position: Option<Arc<str>>, Settings;
    /// The saved playlist that it was made to play.
    playlist: Option<PlaylistId>, Settings;
    /// After how long without anybody a temporary room is gone; a permanent one has none.
    expires_after: Option<Millis>, End;
}

/// What is there was given, also where it is null.
pub(crate) fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

impl Default for RoomSettings {
    fn default() -> Self {
        Self::new("".into(), Preset::default())
    }
}

impl RoomSettings {
    /// What a room begins with.
    pub fn new(title: Arc<str>, preset: Preset) -> Self {
        Self {
            title,
            about: "".into(),
            picture: None,
            colour: None,
            opacity: 100,
            visibility: Visibility::default(),
            audience: None,
            password: None,
            capacity: None,
            queue_mode: QueueMode::default(),
            duplicates: true,
            items_per_person: None,
            minutes_per_person: None,
            vote_skip: false,
            vote_percent: 50,
            ready_start: true,
            ready_seek: false,
            ready_resume: false,
            ready_patience: Millis(1_500),
            wait_for: WaitFor::default(),
            skip_segments: BTreeSet::new(),
            restore: Restore::default(),
            volume: None,
            slow_mode: Millis::ZERO,
            moderation: false,
            profanity_filter: false,
            profanity_words: BTreeSet::new(),
            voice: false,
            stream_url: None,
            source_url: None,
            record_url: None,
            stream_start: None,
            stream_end: None,
            video_position: None,
            playlist: None,
            expires_after: None,
            grants: preset.grants(),
        }
    }
}

impl Changes {
    /// Texts made safe to show, and what is out of range refused.
    pub(crate) fn checked(mut self) -> Result<Self, Refusal> {
        if let Some(title) = &self.title {
            self.title = Some(text::line(title, TITLE_LIMIT)?.into());
        }
        if let Some(about) = &self.about {
            let blank = about.trim().is_empty();
            self.about = Some(if blank { "".into() } else { text::lines(about, ABOUT_LIMIT)?.into() });
        }
        for link in [&self.picture, &self.stream_url, &self.source_url, &self.record_url] {
            if let Some(Some(link)) = link
                && (link.len() > LINK_LIMIT || link.chars().any(char::is_control))
            {
                return Err(Refusal::input(format_args!("A link has at most {LINK_LIMIT} characters.")));
            }
        }
        if let Some(Some(picture)) = &self.picture
            && !(picture.starts_with("https://") || picture.starts_with("http://"))
        {
            return Err(Code::BadScheme.into());
        }
        if let Some(Some(colour)) = &self.colour {
            let hex = colour.strip_prefix('#').filter(|hex| hex.len() == 6);
            if !hex.is_some_and(|hex| hex.bytes().all(|byte| byte.is_ascii_hexdigit())) {
                return Err(Refusal::input("A colour is written as #rrggbb."));
            }
        }
        for word in [&mut self.video_position, &mut self.audience] {
            if let Some(Some(text)) = word {
                *word = Some(Some(text::line(text, 32)?.into()));
            }
        }
        if self.visibility.is_some() && self.audience.is_none() {
            self.audience = Some(None);
        }
        if let Some(words) = &self.profanity_words {
            let clean = words.iter().map(|word| text::line(word, WORD_LIMIT).map(|word| word.to_lowercase().into()));
            let words: BTreeSet<Arc<str>> = clean.collect::<Result<_, _>>()?;
            if words.len() > WORDS_LIMIT {
                return Err(Refusal::input(format_args!("A room's own list has at most {WORDS_LIMIT} words.")));
            }
            self.profanity_words = Some(words);
        }
        let percent = |value: Option<u8>, least: u8| value.is_none_or(|value| (least..=100).contains(&value));
        if !percent(self.opacity, 0) || !percent(self.volume.flatten(), 0) || !percent(self.vote_percent, 1) {
            return Err(Refusal::input("That is a percentage: at most 100, and a vote needs at least 1."));
        }
        if self.capacity.flatten().is_some_and(|capacity| !CAPACITY.contains(&capacity)) {
            return Err(Refusal::input("A capacity is 2 to 100,000 people."));
        }
        let between = |value: Option<Millis>, most: Millis| value.is_none_or(|value| (0..=most.0).contains(&value.0));
        if !between(self.ready_patience, PATIENCE_LIMIT) {
            return Err(Refusal::input("A start waits for 0 to 5 seconds."));
        }
        if !between(self.slow_mode, SLOW_LIMIT) {
            return Err(Refusal::input("Slow mode is 0 seconds to 6 hours."));
        }
        if self.expires_after.flatten().is_some_and(|after| !(60_000..=366 * 86_400_000).contains(&after.0)) {
            return Err(Refusal::input("A temporary room is gone after one minute to one year without anybody."));
        }
        if let (Some(Some(start)), Some(Some(end))) = (self.stream_start, self.stream_end)
            && end <= start
        {
            return Err(Code::EndsBeforeStart.into());
        }
        self.grants = self.grants.map(Grants::possible);
        Ok(self)
    }
}

impl Room {
    pub(super) fn change(&mut self, now: Now, actor: &Actor, changes: Changes, turn: &mut Turn) -> Result<(), Refusal> {
        let mut changes = changes.checked()?;
        let settings = &self.view.settings;
        changes.minus(settings);
        self.require_entry(actor)?;
        for permission in changes.permissions().iter() {
            self.require(actor, permission)?;
        }
        if let Some(grants) = changes.grants {
            self.check_grants(actor, grants)?;
        }
        let mode = changes.queue_mode;
        if changes != Changes::default() {
            self.emit(now, Some(actor), EventKind::Changed { changes: Box::new(changes) }, turn);
        }
        if let Some(mode) = mode {
            self.order_by(now, actor, mode, turn);
        }
        Ok(())
    }

    /// Who grants must be allowed to grant to that role, and gives nothing that they have not.
    fn check_grants(&self, actor: &Actor, wanted: Grants) -> Result<(), Refusal> {
        let known = self.view.settings.grants;
        let role = self.require_entry(actor)?;
        let own = known.of(role);
        for (permission, before, after) in [
            (Permission::GrantGuests, known.guest, wanted.guest),
            (Permission::GrantRegistered, known.registered, wanted.registered),
            (Permission::GrantTrusted, known.trusted, wanted.trusted),
            (Permission::GrantModerators, known.moderator, wanted.moderator),
        ] {
            if before != after {
                self.require(actor, permission)?;
            }
            let given = after.without(before);
            if let Some(above) = given.without(own).iter().next() {
                return Err(Refusal::new(Code::GrantTooHigh).with("what", above.words()));
            }
        }
        Ok(())
    }
}
