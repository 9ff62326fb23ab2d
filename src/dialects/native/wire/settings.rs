//! What a room is set to, as it is told and as it is changed.

use std::{collections::BTreeSet, sync::Arc};

use engine::{
    media::Category,
    room::{Changes, Grants, Permission, Permissions, QueueMode, Restore, RoomSettings, Visibility, WaitFor},
    time::{Millis, WallTime},
};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::framed;
use crate::links::Links;

/// What each role may do beyond the ones before it; co-hosts and the host may do all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct GrantsWire {
    /// Everybody.
    #[schema(value_type = Vec<String>)]
    pub guest: BTreeSet<Permission>,
    /// Those with an account.
    #[schema(value_type = Vec<String>)]
    pub registered: BTreeSet<Permission>,
    /// Trusted people.
    #[schema(value_type = Vec<String>)]
    pub trusted: BTreeSet<Permission>,
    /// Moderators.
    #[schema(value_type = Vec<String>)]
    pub moderator: BTreeSet<Permission>,
}

impl From<Grants> for GrantsWire {
    fn from(grants: Grants) -> Self {
        let names = |set: Permissions| set.iter().collect();
        Self {
            guest: names(grants.guest),
            registered: names(grants.registered),
            trusted: names(grants.trusted),
            moderator: names(grants.moderator),
        }
    }
}

impl From<&GrantsWire> for Grants {
    fn from(wire: &GrantsWire) -> Self {
        let set = |names: &BTreeSet<Permission>| names.iter().fold(Permissions::NONE, |set, one| set.with(*one));
        Self {
            guest: set(&wire.guest),
            registered: set(&wire.registered),
            trusted: set(&wire.trusted),
            moderator: set(&wire.moderator),
        }
    }
}

/// What is there was given, also where it is null.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// One list: the field on the wire, the engine's setting that it is, and its type.
macro_rules! settings {
    ($($(#[$doc:meta])* $(#schema[$($schema:tt)*])? $field:ident = $setting:ident: $type:ty,)*) => {
        /// What a room is set to.
        #[derive(Debug, Clone, Serialize, ToSchema)]
        pub struct SettingsWire {
            $($(#[$doc])* $(#[schema($($schema)*)])? pub $field: $type,)*
            /// Whether a password is asked for.
            pub has_password: bool,
            /// What each role may do.
            pub grants: GrantsWire,
        }

        /// What to change; what is not there stays, and where null is allowed it takes away.
        #[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, ToSchema)]
        #[serde(deny_unknown_fields)]
        pub struct ChangeRoom {
            $(
                $(#[$doc])*
                $(#[schema($($schema)*)])?
                #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
                pub $field: Option<$type>,
            )*
            /// A new password of 4 to 100 characters; null asks for none any more.
            #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
            #[schema(value_type = Option<String>)]
            pub password: Option<Option<String>>,
            /// What each role may do.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub grants: Option<GrantsWire>,
        }

        impl From<&RoomSettings> for SettingsWire {
            fn from(settings: &RoomSettings) -> Self {
                Self {
                    $($field: settings.$setting.clone(),)*
                    has_password: settings.password.is_some(),
                    grants: settings.grants.into(),
                }
            }
        }

        impl From<&Changes> for ChangeRoom {
            /// Without the password, of which nobody is told more than that it is there.
            fn from(changes: &Changes) -> Self {
                Self {
                    $($field: changes.$setting.clone(),)*
                    password: None,
                    grants: changes.grants.map(GrantsWire::from),
                }
            }
        }

        impl ChangeRoom {
            /// As the engine has it, with the hash of the password.
            pub fn into_changes(self, password: Option<Option<Arc<str>>>) -> Changes {
                Changes {
                    $($setting: self.$field,)*
                    password,
                    grants: self.grants.as_ref().map(Grants::from),
                    // What another dialect remembers is none of ours.
                    ..Changes::default()
                }
            }
        }
    };
}

settings! {
    /// 1 to 255 characters.
    #schema[value_type = String, example = "Friday film club"]
    title = title: Arc<str>,
    /// Up to 4,000 characters.
    #schema[value_type = String]
    about = about: Arc<str>,
    /// Link of a picture.
    #schema[value_type = Option<String>]
    picture = picture: Option<Arc<str>>,
    /// Background colour, as `#rrggbb`.
    #schema[value_type = Option<String>, example = "#224466"]
    colour = colour: Option<Arc<str>>,
    /// How strong that colour is, 0 to 100.
    #schema[minimum = 0, maximum = 100]
    opacity = opacity: u8,
    /// `public`, `unlisted`, `invite` or `private`.
    #schema[value_type = String, example = "invite"]
    visibility = visibility: Visibility,
    /// How many people there may be at once: 2 to 100,000.
    capacity = capacity: Option<u32>,
    /// `manual`, `vote`, `loop`, `dj` or `fair`.
    #schema[value_type = String, example = "vote"]
    queue_mode = queue_mode: QueueMode,
    /// Whether the same link may stand in the queue twice.
    duplicates = duplicates: bool,
    /// How many items of one person may wait at once.
    items_per_person = items_per_person: Option<u32>,
    /// How many minutes of one person may wait at once.
    minutes_per_person = minutes_per_person: Option<u32>,
    /// Whether who may skip only votes for it.
    vote_skip = vote_skip: bool,
    /// How many of a hundred voters make a proposal pass, 1 to 100.
    #schema[minimum = 1, maximum = 100]
    vote_percent = vote_percent: u8,
    /// Whether an item's start waits until those who watch have loaded it.
    ready_start = ready_start: bool,
    /// Whether a seek of more than five seconds does.
    ready_seek = ready_seek: bool,
    /// Whether going on after a pause does.
    ready_resume = ready_resume: bool,
    /// How long it waits at most, 0 to 5,000.
    #schema[value_type = i64, minimum = 0, maximum = 5000]
    ready_patience_ms = ready_patience: Millis,
    /// For whom it stands still while their player fetches: `none`, `host` or `all`.
    #schema[value_type = String, example = "none"]
    wait_for = wait_for: WaitFor,
    /// Parts of a video that are skipped: `sponsor`, `intro`, `outro`, `interaction`, `selfpromo`, `music_offtopic`,
    /// `preview`.
    #schema[value_type = Vec<String>]
    skip_segments = skip_segments: BTreeSet<Category>,
    /// What becomes of the queue when everybody left: `always` (it stays), `prompt` or `never`.
    #schema[value_type = String, example = "always"]
    restore = restore: Restore,
    /// How loud players begin, 0 to 100.
    #schema[minimum = 0, maximum = 100]
    volume = volume: Option<u8>,
    /// The pause between two lines of one person.
    #schema[value_type = i64, minimum = 0]
    slow_mode_ms = slow_mode: Millis,
    /// Whether guests may post no links and nobody the same line twice in a row.
    moderation = moderation: bool,
    /// Whether profanity is masked.
    profanity_filter = profanity_filter: bool,
    /// Words that it masks besides.
    #schema[value_type = Vec<String>]
    profanity_words = profanity_words: BTreeSet<Arc<str>>,
    /// Whether people may speak, for clients that have voice.
    voice = voice: bool,
    /// Where a stream of this event is sent out from.
    #schema[value_type = Option<String>]
    stream_url = stream_url: Option<Arc<str>>,
    /// Where it can be watched.
    #schema[value_type = Option<String>]
    source_url = source_url: Option<Arc<str>>,
    /// Where its recording is.
    #schema[value_type = Option<String>]
    record_url = record_url: Option<Arc<str>>,
    /// When the stream begins, as announced, in Unix milliseconds.
    #schema[value_type = Option<i64>]
    stream_start = stream_start: Option<WallTime>,
    /// When it ends, as announced.
    #schema[value_type = Option<i64>]
    stream_end = stream_end: Option<WallTime>,
    /// Where a page shows the video, in words of its own.
    #schema[value_type = Option<String>]
    video_position = video_position: Option<Arc<str>>,
    /// After how long without anybody the room is gone; null keeps it.
    #schema[value_type = Option<i64>]
    expires_after_ms = expires_after: Option<Millis>,
}

/// Settings that changed, as an event tells them: a password is only told to be there, or not.
#[derive(Debug, Clone, Serialize)]
#[expect(clippy::option_option, reason = "what did not change is left out, what was taken away is null")]
pub struct ChangedWire {
    #[serde(flatten)]
    changes: ChangeRoom,
    #[serde(skip_serializing_if = "Option::is_none")]
    has_password: Option<bool>,
    /// The frame of a new `source_url`; null where it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    embed_url: Option<Option<String>>,
    /// The same of a new `stream_url`.
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_embed_url: Option<Option<String>>,
}

impl ChangedWire {
    /// What changed; without links for who shows nothing.
    pub(super) fn new(changes: &Changes, links: Option<&Links>) -> Self {
        let frame = |page: &Option<Option<Arc<str>>>| {
            let (page, links) = (page.as_ref()?, links?);
            Some(framed(page.as_deref(), links.public_url()))
        };
        Self {
            changes: changes.into(),
            has_password: changes.password.as_ref().map(Option::is_some),
            embed_url: frame(&changes.source_url),
            stream_embed_url: frame(&changes.stream_url),
        }
    }
}
