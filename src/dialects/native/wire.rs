//! What the native dialect says, and how: the wire types of `docs/API.md`, made from the engine's.

pub mod crowd;
pub mod event;
pub mod settings;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::websocket::Utf8Bytes;
use engine::{
    command::{Deed, SeekTo},
    embeds::embed,
    event::{Event, EventKind, Phase, Played, Presence, Who},
    media::{Caption, Item, Media, Segment},
    room::{Playback, Proposal, RoomView, Schedule, Waiting},
    time::Now,
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub use self::event::{announcement, event, frames, resumed, snapshot, welcome, whole, you};
use self::{crowd::Named, settings::SettingsWire};
use crate::links::Links;

/// Who did something, and through which door.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct WhoWire {
    /// The person.
    pub person: Uuid,
    /// Their name at that moment.
    #[schema(value_type = String)]
    pub name: Arc<str>,
    /// `viewer`, `api`, `discord`, `telegram` or `room`.
    pub door: &'static str,
}

impl From<&Who> for WhoWire {
    fn from(who: &Who) -> Self {
        Self { person: who.person.0, name: who.name.clone(), door: who.door.name() }
    }
}

/// The playback vector: `position(t) = position_ms + rate · (t − at)` while playing and `t ≥ at`, else `position_ms`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlaybackWire {
    /// What is on; null where nothing is.
    pub item: Option<Uuid>,
    /// Where it stood, or will stand, at `at`.
    pub position_ms: i64,
    /// 1.0 is as fast as life.
    pub rate: f64,
    /// Whether it moves.
    pub playing: bool,
    /// When it starts to move, on the server's playback clock.
    pub at: i64,
    /// Why it stands though nobody paused it: `viewer` (for the first one), `start` (for the hour at which the room opens),
    /// `ready` (for those who watch to have loaded it), `stall` (for somebody whose player fetches); else null.
    pub waiting: Option<&'static str>,
}

impl From<&Playback> for PlaybackWire {
    fn from(playback: &Playback) -> Self {
        Self {
            item: playback.item.map(|item| item.0),
            position_ms: playback.position.0,
            rate: playback.rate.factor(),
            playing: playback.playing,
            at: playback.at.0,
            waiting: playback.waiting.map(Waiting::name),
        }
    }
}

/// A medium.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MediaWire {
    /// Its link.
    pub url: String,
    /// `video`, `audio`, `hls`, `dash`, `youtube`, `vimeo`, `twitch`, `dailymotion` or `embed`.
    pub player: &'static str,
    /// The provider's own id of it.
    pub provider_id: Option<String>,
    /// Once known.
    pub title: Option<String>,
    /// Once known.
    pub duration_ms: Option<i64>,
    /// A still picture.
    pub thumbnail: Option<String>,
    /// Has no length and no end by the clock.
    pub live: bool,
}

impl From<&Media> for MediaWire {
    fn from(media: &Media) -> Self {
        Self {
            url: media.url.clone(),
            player: media.player.name(),
            provider_id: media.provider_id.clone(),
            title: media.title.clone(),
            duration_ms: media.duration.map(|duration| duration.0),
            thumbnail: media.thumbnail.clone(),
            live: media.live,
        }
    }
}

/// An item of a queue.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ItemWire {
    /// Its identity in the room.
    pub id: Uuid,
    /// What it plays.
    #[serde(flatten)]
    pub media: MediaWire,
    /// Who put it there.
    pub added_by: WhoWire,
    /// When, in Unix milliseconds.
    pub added_at: i64,
    /// Where it begins, if not at its beginning.
    pub start_ms: Option<i64>,
    /// Where it ends, if not at its end.
    pub end_ms: Option<i64>,
    /// Link of its subtitles.
    #[schema(value_type = Option<String>)]
    pub subtitles: Option<Arc<str>>,
    /// The subtitles there are, as this server answers them.
    pub captions: Vec<CaptionWire>,
    /// A path on this server from which the same medium plays.
    pub relay_url: Option<String>,
    /// Its parts that may be skipped.
    pub segments: Vec<SegmentWire>,
}

/// Subtitles of an item or a film.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CaptionWire {
    /// What to ask for.
    pub track: usize,
    /// A BCP 47 tag.
    pub language: Option<String>,
    /// What else tells them apart: `forced`, `sdh`.
    pub label: Option<String>,
}

impl CaptionWire {
    /// Tracks, numbered.
    pub fn list(captions: impl Iterator<Item = Caption>) -> Vec<Self> {
        let track =
            |(track, caption): (usize, Caption)| Self { track, language: caption.language, label: caption.label };
        captions.enumerate().map(track).collect()
    }
}

/// A part of a video.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SegmentWire {
    /// From here.
    pub start_ms: i64,
    /// To here.
    pub end_ms: i64,
    /// `sponsor`, `intro`, `outro`, `interaction`, `selfpromo`, `music_offtopic` or `preview`.
    pub category: &'static str,
}

impl From<&Segment> for SegmentWire {
    fn from(segment: &Segment) -> Self {
        Self { start_ms: segment.start.0, end_ms: segment.end.0, category: segment.category.name() }
    }
}

impl ItemWire {
    /// An item, with where it plays from.
    pub fn new(item: &Item, links: &Links) -> Self {
        Self { relay_url: links.relayed(&item.media), ..Self::abroad(item) }
    }

    /// An item for who plays nothing: programs, and cards that anybody sees.
    pub fn abroad(item: &Item) -> Self {
        Self {
            id: item.id.0,
            media: MediaWire::from(&*item.media),
            added_by: WhoWire::from(&item.added_by),
            added_at: item.added_at.0,
            start_ms: item.start.map(|start| start.0),
            end_ms: item.end.map(|end| end.0),
            subtitles: item.subtitles.clone(),
            captions: CaptionWire::list(item.captions()),
            relay_url: None,
            segments: item.segments.iter().map(SegmentWire::from).collect(),
        }
    }
}

/// Somebody with a lasting role.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MemberWire {
    /// The person.
    pub person: Uuid,
    /// Their name.
    #[schema(value_type = String)]
    pub name: Arc<str>,
    /// `trusted`, `moderator`, `cohost` or `host`.
    pub role: &'static str,
}

/// One connection of somebody who is here.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PresenceWire {
    /// Its number.
    pub connection: u64,
    /// Whose it is.
    #[serde(flatten)]
    pub who: WhoWire,
    /// What they may do.
    pub role: &'static str,
    /// Whether it shows the film.
    pub watches: bool,
    /// Since when, in Unix milliseconds.
    pub since: i64,
    /// `idle`, `buffering`, `ready`, `blocked` or `failed`.
    pub phase: &'static str,
    /// Distance to the room's time, ahead is positive.
    pub drift_ms: Option<i32>,
    /// Round trip.
    pub rtt_ms: Option<u32>,
    /// The room does not wait for it.
    pub lagging: bool,
    /// Its page lies in the background.
    pub hidden: bool,
}

impl From<&Presence> for PresenceWire {
    fn from(presence: &Presence) -> Self {
        Self {
            connection: presence.connection.0,
            who: WhoWire::from(&presence.who),
            role: presence.role.name(),
            watches: presence.watches,
            since: presence.since.0,
            phase: phase_name(presence.phase),
            drift_ms: presence.drift_ms,
            rtt_ms: presence.rtt_ms,
            lagging: presence.lagging,
            hidden: presence.hidden,
        }
    }
}

/// A line of chat.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LineWire {
    /// The number of the event that it was.
    pub seq: u64,
    /// When, in Unix milliseconds.
    pub at: i64,
    /// Who wrote it.
    pub by: Option<WhoWire>,
    /// Its identity.
    pub id: Uuid,
    /// The text.
    #[schema(value_type = String)]
    pub text: Arc<str>,
    /// Where the film stood.
    pub position_ms: Option<i64>,
}

impl LineWire {
    /// The line that an event is, if it is one.
    pub fn of(event: &Event) -> Option<Self> {
        let EventKind::Said(line) = &event.kind else { return None };
        Some(Self {
            seq: event.seq,
            at: event.at.0,
            by: event.by.as_ref().map(WhoWire::from),
            id: line.id.0,
            text: line.text.clone(),
            position_ms: line.position.map(|position| position.0),
        })
    }
}

/// What somebody proposed, in the words of a command.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DeedWire {
    /// `play`, `pause`, `seek`, `skip`, `back`, `set_rate`, `pick`, `remove`, `shuffle` or `clear`.
    pub r#do: &'static str,
    /// Of `pick` and `remove`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<Uuid>,
    /// Of `seek`: from the start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position_ms: Option<i64>,
    /// Of `seek`: from here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_ms: Option<i64>,
    /// Of `seek`: of the length.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub percent: Option<f64>,
    /// Of `set_rate`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<f64>,
}

impl From<&Deed> for DeedWire {
    fn from(deed: &Deed) -> Self {
        let name = deed.name();
        let blank = Self { r#do: name, item: None, position_ms: None, by_ms: None, percent: None, rate: None };
        match deed {
            Deed::Pick { item, .. } | Deed::Remove { item } => Self { item: Some(item.0), ..blank },
            Deed::Seek { to: SeekTo::At(position) } => Self { position_ms: Some(position.0), ..blank },
            Deed::Seek { to: SeekTo::By(distance) } => Self { by_ms: Some(distance.0), ..blank },
            Deed::Seek { to: SeekTo::Fraction(part) } => Self { percent: Some(f64::from(*part) / 1000.0), ..blank },
            Deed::SetRate { rate } => Self { rate: Some(rate.factor()), ..blank },
            _ => blank,
        }
    }
}

/// Something that is put to the vote.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProposalWire {
    /// Its number: that of the event which proposed it.
    pub id: u64,
    /// What.
    pub what: DeedWire,
    /// Who proposed it.
    pub by: WhoWire,
    /// For which item; with another it is void.
    pub item: Option<Uuid>,
    /// Until when votes are counted, in Unix milliseconds.
    pub until: i64,
    /// Who is for it.
    pub yes: Vec<Uuid>,
    /// Who is against it.
    pub no: Vec<Uuid>,
}

impl ProposalWire {
    /// A proposal and its number.
    pub fn new(id: u64, proposal: &Proposal) -> Self {
        Self {
            id,
            what: DeedWire::from(&proposal.deed),
            by: WhoWire::from(&proposal.by),
            item: proposal.item.map(|item| item.0),
            until: proposal.until.0,
            yes: proposal.yes.iter().map(|person| person.0).collect(),
            no: proposal.no.iter().map(|person| person.0).collect(),
        }
    }
}

/// Something that can be taken back.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UndoableWire {
    /// Its number: that of the event.
    pub seq: u64,
    /// Who did it.
    pub person: Uuid,
}

/// Somebody who is kept from something.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PenaltyWire {
    /// The person.
    pub person: Uuid,
    /// Their name when it began.
    #[schema(value_type = String)]
    pub name: Arc<str>,
    /// Until when, in Unix milliseconds; for ever where null.
    pub until: Option<i64>,
    /// Why, or nothing.
    #[schema(value_type = String)]
    pub reason: Arc<str>,
}

/// When a room opens and closes.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ScheduleWire {
    /// `live`, `soon`, `ended`, `disabled` or `record`.
    pub status: &'static str,
    /// When it opens by itself, in Unix milliseconds.
    pub start: Option<i64>,
    /// When it closes by itself.
    pub end: Option<i64>,
}

impl From<Schedule> for ScheduleWire {
    fn from(schedule: Schedule) -> Self {
        let Schedule { status, start, end, .. } = schedule;
        Self { status: status.name(), start: start.map(|at| at.0), end: end.map(|at| at.0) }
    }
}

/// What was counted since the room was made.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TallyWire {
    /// Lines of chat.
    pub lines: u64,
    /// Reactions.
    pub reactions: u64,
    /// Items that were played.
    pub played: u64,
}

/// An item that was on.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PlayedWire {
    /// What.
    pub item: ItemWire,
    /// Where it stood when it was left.
    pub position_ms: i64,
    /// Since when it was on, in Unix milliseconds.
    pub since: i64,
}

impl PlayedWire {
    /// What was played.
    pub fn new(played: &Played, links: Option<&Links>) -> Self {
        Self { item: item(&played.item, links), position_ms: played.position.0, since: played.since.0 }
    }
}

/// All that can be seen of a room.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RoomWire {
    /// The room.
    pub id: Uuid,
    /// Which life of the room this is.
    pub epoch: u64,
    /// Number of its last event.
    pub seq: u64,
    /// What it is set to.
    #[serde(flatten)]
    pub settings: SettingsWire,
    /// `everyone`, `open` or `hosts`: by which table its grants began.
    pub preset: &'static str,
    /// The page of `source_url` as it can be framed, where its platform has one.
    pub embed_url: Option<String>,
    /// The same of `stream_url`.
    pub stream_embed_url: Option<String>,
    /// The token of its invite link.
    #[schema(value_type = String)]
    pub invite: Arc<str>,
    /// Its invite link.
    pub invite_url: String,
    /// The code to be spoken.
    #[schema(value_type = String)]
    pub code: Arc<str>,
    /// When it was made, in Unix milliseconds.
    pub made_at: i64,
    /// When it opens and closes.
    pub schedule: ScheduleWire,
    /// How many said that they are coming.
    pub coming: usize,
    /// Where the film stands.
    pub playback: PlaybackWire,
    /// What is on.
    pub current: Option<ItemWire>,
    /// What comes next.
    pub queue: Vec<ItemWire>,
    /// Who voted for which queued item.
    #[schema(value_type = BTreeMap<String, Vec<Uuid>>)]
    pub votes: BTreeMap<Uuid, BTreeSet<Uuid>>,
    /// The queue of those who were here before, while nobody said what shall become of it.
    pub shelf: Vec<ItemWire>,
    /// What is put to the vote.
    pub proposals: Vec<ProposalWire>,
    /// What was on before.
    pub before: Option<ItemWire>,
    /// What can be taken back, the last one at the end.
    pub undo: Vec<UndoableWire>,
    /// What was counted.
    pub tally: TallyWire,
    /// Who has a lasting role.
    pub members: Vec<MemberWire>,
    /// Who may not write.
    pub mutes: Vec<PenaltyWire>,
    /// Who is here. Of more than 200 connections the first 200, and those of people with a lasting role.
    pub here: Vec<PresenceWire>,
    /// How many connections there are beside those.
    pub others: usize,
    /// The last lines of chat, oldest first.
    pub chat: Vec<LineWire>,
}

/// A page as it can be framed on the server at this address, where its platform has a frame for it.
fn framed(page: Option<&str>, public_url: &str) -> Option<String> {
    page.and_then(|page| embed(page, public_url))
}

impl RoomWire {
    /// A room, as it is seen on the server of these links.
    pub fn new(view: &RoomView, links: &Links) -> Self {
        let public_url = &**links.public_url();
        let named = Named::of(view);
        Self {
            id: view.id.0,
            epoch: view.epoch,
            seq: view.seq,
            settings: SettingsWire::from(&*view.settings),
            preset: view.preset.name(),
            embed_url: framed(view.settings.source_url.as_deref(), public_url),
            stream_embed_url: framed(view.settings.stream_url.as_deref(), public_url),
            invite: view.invite.clone(),
            invite_url: invite_url(public_url, &view.invite),
            code: view.code.clone(),
            made_at: view.made_at.0,
            schedule: view.schedule.into(),
            coming: view.coming.len(),
            playback: PlaybackWire::from(&view.playback),
            current: view.current.as_deref().map(|item| ItemWire::new(item, links)),
            queue: items(&view.queue, Some(links)),
            votes: votes(view),
            shelf: items(&view.shelf, Some(links)),
            proposals: view.proposals.iter().map(|(id, proposal)| ProposalWire::new(*id, proposal)).collect(),
            before: view.played.back().map(|played| ItemWire::new(&played.item, links)),
            undo: view.undo.iter().map(|one| UndoableWire { seq: one.seq, person: one.person.0 }).collect(),
            tally: tally(view),
            members: members(view),
            mutes: penalties(&view.mutes),
            here: named.wire(),
            others: named.others,
            chat: view.chat.iter().filter_map(|event| LineWire::of(event)).collect(),
        }
    }
}

/// Items, in order; without links for who plays nothing.
pub fn items(items: &[Arc<Item>], links: Option<&Links>) -> Vec<ItemWire> {
    items.iter().map(|one| item(one, links)).collect()
}

/// One item; without links for who plays nothing.
fn item(item: &Item, links: Option<&Links>) -> ItemWire {
    links.map_or_else(|| ItemWire::abroad(item), |links| ItemWire::new(item, links))
}

/// Who voted for which queued item.
pub fn votes(view: &RoomView) -> BTreeMap<Uuid, BTreeSet<Uuid>> {
    let of = |people: &BTreeSet<engine::ids::PersonId>| people.iter().map(|person| person.0).collect();
    view.votes.iter().map(|(item, people)| (item.0, of(people))).collect()
}

/// What was counted.
pub fn tally(view: &RoomView) -> TallyWire {
    TallyWire { lines: view.tally.lines, reactions: view.tally.reactions, played: view.tally.played }
}

/// Who is kept from something.
pub fn penalties(of: &BTreeMap<engine::ids::PersonId, engine::room::Penalty>) -> Vec<PenaltyWire> {
    let wire = |(person, penalty): (&engine::ids::PersonId, &engine::room::Penalty)| PenaltyWire {
        person: person.0,
        name: penalty.name.clone(),
        until: penalty.until.map(|until| until.0),
        reason: penalty.reason.clone(),
    };
    of.iter().map(wire).collect()
}

/// The invite link of a token.
pub fn invite_url(public_url: &str, token: &str) -> String {
    format!("{}/j/{token}", public_url.trim_end_matches('/'))
}

/// Who has a lasting role.
pub fn members(view: &RoomView) -> Vec<MemberWire> {
    let member = |(person, member): (&engine::ids::PersonId, &engine::room::Member)| MemberWire {
        person: person.0,
        name: member.name.clone(),
        role: member.role.name(),
    };
    view.members.iter().map(member).collect()
}

/// Who is here.
pub fn here(view: &RoomView) -> Vec<PresenceWire> {
    view.presence.values().map(|presence| PresenceWire::from(&**presence)).collect()
}

/// Where a room's film stands, with the position at this moment.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PositionWire {
    /// The vector.
    #[serde(flatten)]
    pub playback: PlaybackWire,
    /// Where it stands now.
    pub now_ms: i64,
    /// The present on the playback clock.
    pub s: i64,
    /// What is on.
    pub current: Option<ItemWire>,
}

impl PositionWire {
    /// A room's position at `now`.
    pub fn new(view: &RoomView, now: Now, links: &Links) -> Self {
        Self {
            playback: PlaybackWire::from(&view.playback),
            now_ms: view.position(now.play).0,
            s: now.play.0,
            current: view.current.as_deref().map(|item| ItemWire::new(item, links)),
        }
    }
}

fn phase_name(phase: Phase) -> &'static str {
    match phase {
        Phase::Idle => "idle",
        Phase::Buffering => "buffering",
        Phase::Ready => "ready",
        Phase::Blocked => "blocked",
        Phase::Failed => "failed",
        Phase::Advert => "advert",
    }
}

/// JSON of a value that has no map with keys that are not text, and so always has one.
pub fn text(value: &impl Serialize) -> Utf8Bytes {
    serde_json::to_string(value).unwrap_or_default().into()
}
