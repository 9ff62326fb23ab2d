//! What is stored of chats beside the room they are tied to: what each is set to, and what holds for a whole community.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{PlaceId, Platform};
use crate::{command::Actor, room::Role, time::WallTime};

/// What a chat is set to. Nothing is on until somebody puts it on.
///
/// A record of before a setting existed reads as one in which it is off, and one of a later release still reads here.
#[expect(clippy::struct_excessive_bools, reason = "switches that people flip one by one")]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PlaceSettings {
    /// Language of its card and notices, BCP 47; the platform's own where none.
    pub locale: Option<String>,
    /// Lines of the chat go to the room.
    pub lines_in: bool,
    /// Lines of the room go to the chat.
    pub lines_out: bool,
    /// What people do is told in the chat.
    pub notices: bool,
    /// Discord: each party has a thread.
    pub threads: bool,
    /// Discord: only who is in a voice channel votes.
    pub voice: bool,
    /// Telegram: votes are polls of the platform.
    pub polls: bool,
    /// Discord: the guild that it is in.
    pub community: Option<i64>,
    /// The thread or forum topic that was opened for the party.
    pub thread: Option<i64>,
    /// Identity of the platform's scheduled event that mirrors the room's schedule.
    pub event: Option<String>,
    /// The last opening of its room at which those who are coming were called there: when that was. Nobody is called twice.
    pub reminded: Option<WallTime>,
    /// Where its people live, as an IANA name such as `Europe/Berlin`: what times of day mean there; UTC where none.
    pub zone: Option<String>,
    /// It was tied by somebody who is no co-host of the room: whatever else the chat vouches for, its people are guests
    /// there.
    pub guests_only: bool,
}

impl PlaceSettings {
    /// Somebody who asks from the chat, with no more than it may vouch for in its room. Whatever comes from a chat passes
    /// here before it reaches the room: commands, buttons, lines.
    #[must_use]
    pub fn vouched(&self, mut actor: Actor) -> Actor {
        if self.guests_only {
            actor.granted = actor.granted.min(Some(Role::Guest));
        }
        actor
    }
}

/// What a chat vouches for somebody who comes in from within it, as its platform's activities do: the role that counts in
/// the room that the chat is tied to, and nowhere else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vouched {
    /// The chat.
    pub place: PlaceId,
    /// What being there grants.
    pub role: Role,
}

/// What holds for all chats of a community: a guild of Discord.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Community {
    /// The platform.
    pub platform: Platform,
    /// The platform's id of it.
    pub id: i64,
    /// What somebody is in rooms by what they are in the community: the platform's ids of its roles.
    #[serde(default, with = "pairs")]
    pub ranks: BTreeMap<i64, Role>,
    /// Language of what is said in it, BCP 47; the platform's own where none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
}

impl Community {
    /// How many of its roles may have a rank.
    pub const RANKS_LIMIT: usize = 50;

    /// One of which nothing is known yet.
    pub fn new(platform: Platform, id: i64) -> Self {
        Self { platform, id, ranks: BTreeMap::new(), locale: None }
    }

    /// What somebody with these roles of the community is in its rooms: the highest of their ranks; none where none of the
    /// roles has one.
    pub fn rank(&self, roles: &[i64]) -> Option<Role> {
        roles.iter().filter_map(|role| self.ranks.get(role)).max().copied()
    }
}

/// A record is read through serde's buffer for tagged enums, which gives the keys of a map back as texts and not as
/// numbers.
mod pairs {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serializer};

    use crate::room::Role;

    pub(super) fn serialize<S: Serializer>(ranks: &BTreeMap<i64, Role>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(ranks)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<i64, Role>, D::Error> {
        Ok(Vec::<(i64, Role)>::deserialize(deserializer)?.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::{Place, Record};

    #[test]
    fn a_place_of_before_it_could_be_set_and_one_of_later_are_read() {
        let before = r#"{"record":"place","id":{"platform":"discord","chat":7},
            "room":"018f6a1c-0000-7000-8000-000000000001","card":9}"#;
        let Record::Place(place) = serde_json::from_str(before).unwrap() else { panic!("not a place") };
        assert_eq!((place.card, &place.settings), (Some(9), &PlaceSettings::default()));

        let later = before.replace(r#""card":9"#, r#""settings":{"notices":true,"thread":5,"confetti":[1]},"of":{}"#);
        let Record::Place(place) = serde_json::from_str(&later).unwrap() else { panic!("not a place") };
        let settings = PlaceSettings { notices: true, thread: Some(5), ..PlaceSettings::default() };
        assert_eq!((place.card, &place.settings), (None, &settings));
        let record = Record::Place(Place { settings, ..place });
        assert_eq!(serde_json::from_str::<Record>(&serde_json::to_string(&record).unwrap()).unwrap(), record);
    }

    #[test]
    fn a_chat_that_a_guest_tied_vouches_for_guests_and_never_for_more_than_there_was() {
        let administrator = |granted| Actor {
            person: crate::ids::PersonId(uuid::Uuid::from_u128(1)),
            name: "Ana".into(),
            door: crate::event::Door::Telegram,
            connection: None,
            granted,
            registered: false,
        };
        let own = PlaceSettings::default();
        let tied_by_a_guest = PlaceSettings { guests_only: true, ..PlaceSettings::default() };
        let granted = |settings: &PlaceSettings, role| settings.vouched(administrator(role)).granted;
        assert_eq!(granted(&own, Some(Role::Cohost)), Some(Role::Cohost));
        assert_eq!(granted(&tied_by_a_guest, Some(Role::Cohost)), Some(Role::Guest));
        assert_eq!(granted(&tied_by_a_guest, None), None);
    }

    #[test]
    fn a_community_is_read_as_it_was_stored() {
        let mut community = Community::new(Platform::Discord, 1_234_567_890_123_456_789);
        for record in [community.clone(), {
            community.ranks = BTreeMap::from([(i64::MAX, Role::Cohost), (-5, Role::Trusted)]);
            community.locale = Some("pt-BR".into());
            community
        }] {
            let record = Record::Community(record);
            assert_eq!(serde_json::from_str::<Record>(&serde_json::to_string(&record).unwrap()).unwrap(), record);
        }
        let bare = r#"{"record":"community","platform":"discord","id":1}"#;
        let bare: Record = serde_json::from_str(bare).unwrap();
        assert_eq!(bare, Record::Community(Community::new(Platform::Discord, 1)));
    }

    #[test]
    fn the_highest_of_somebodys_ranks_counts() {
        let ranks = BTreeMap::from([(1, Role::Trusted), (2, Role::Cohost), (3, Role::Moderator)]);
        let community = Community { ranks, ..Community::new(Platform::Discord, 1) };
        assert_eq!(community.rank(&[3, 1]), Some(Role::Moderator));
        assert_eq!(community.rank(&[1, 2, 3, 9]), Some(Role::Cohost));
        assert_eq!(community.rank(&[9]), None);
        assert_eq!(community.rank(&[]), None);
    }
}
