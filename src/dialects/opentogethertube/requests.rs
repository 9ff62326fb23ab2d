//! What a client asks of a room: requests by their numbers, as the room's commands.

use std::sync::Arc;

use engine::{
    command::{Actor, Command, Deed, Edit, Spot},
    ids::{Entropy, RoomId},
    intake::Wish,
    refusal::{Code, No, Refusal},
    room::{Rate, Role, RoomView},
};
use serde::Deserialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{
    grants, meant, settings, users,
    video::{self, VideoId},
};
use crate::app::App;

/// The numbers of its requests.
pub mod kind {
    /// Somebody came. Sockets do that by opening; asked for, it means nothing.
    pub const JOIN: u64 = 0;
    /// Somebody went. The same.
    pub const LEAVE: u64 = 1;
    /// Play or stand still.
    pub const PLAYBACK: u64 = 2;
    /// On to the next.
    pub const SKIP: u64 = 3;
    /// Go elsewhere.
    pub const SEEK: u64 = 4;
    /// Into the queue.
    pub const ADD: u64 = 5;
    /// Out of the queue.
    pub const REMOVE: u64 = 6;
    /// Elsewhere in the queue.
    pub const ORDER: u64 = 7;
    /// Vote for a queued video, or take the vote back.
    pub const VOTE: u64 = 8;
    /// Give somebody a role.
    pub const PROMOTE: u64 = 9;
    /// Somebody is not as before. Who it is and how they are is not for a client to say; it is looked up again.
    pub const USER: u64 = 10;
    /// Write a line.
    pub const CHAT: u64 = 11;
    /// Take something back.
    pub const UNDO: u64 = 12;
    /// Change settings.
    pub const SETTINGS: u64 = 13;
    /// Play a video now; what is on goes on after it.
    pub const PLAY_NOW: u64 = 14;
    /// Put the queue into an order of chance.
    pub const SHUFFLE: u64 = 15;
    /// Another speed.
    pub const SPEED: u64 = 16;
    /// What becomes of the queue of those who were here before.
    pub const RESTORE: u64 = 17;
    /// Show somebody the door.
    pub const KICK: u64 = 18;
    /// Change a video of the queue.
    pub const EDIT: u64 = 19;
}

/// A video as it is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VideoAdd {
    #[serde(flatten)]
    video: VideoId,
    #[serde(default)]
    subtitle_url: Option<String>,
}

impl VideoAdd {
    fn wish(self) -> Result<Wish, Refusal> {
        self.video.wish(self.subtitle_url)
    }
}

#[derive(Deserialize)]
struct Playback {
    state: bool,
}

#[derive(Deserialize)]
struct Seek {
    value: Option<f64>,
}

#[derive(Deserialize)]
struct Add {
    videos: Option<Vec<VideoAdd>>,
    video: Option<VideoAdd>,
    url: Option<String>,
}

#[derive(Deserialize)]
struct Video {
    video: VideoId,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Order {
    from_idx: usize,
    to_idx: usize,
}

#[derive(Deserialize)]
struct Vote {
    video: VideoId,
    add: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Promote {
    target_client_id: Uuid,
    role: i64,
}

#[derive(Deserialize)]
struct Chat {
    text: String,
}

#[derive(Deserialize)]
struct Undo {
    event: Value,
}

#[derive(Deserialize)]
struct Settings {
    settings: Map<String, Value>,
}

#[derive(Deserialize)]
struct PlayNow {
    video: VideoAdd,
}

#[derive(Deserialize)]
struct Speed {
    speed: f64,
}

#[derive(Deserialize)]
struct Restore {
    #[serde(default)]
    discard: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kick {
    client_id: Uuid,
}

#[derive(Deserialize)]
struct EditVideo {
    video: VideoId,
    update: Map<String, Value>,
}

/// What of a video is changed; null takes away.
fn edit(update: &Map<String, Value>) -> Result<Edit, Refusal> {
    let time = |name| {
        let read = |value: &Value| match value {
            Value::Null => Ok(None),
            value => value.as_f64().and_then(video::millis).map(Some).ok_or_else(odd),
        };
        update.get(name).map(read).transpose()
    };
    let subtitles = update.get("subtitleUrl").map(|value| match value {
        Value::Null => Ok(None),
        // An empty one is none.
        Value::String(link) => Ok(Some(link.clone()).filter(|link| !link.is_empty())),
        _ => Err(odd()),
    });
    Ok(Edit { start: time("startAt")?, end: time("endAt")?, subtitles: subtitles.transpose()? })
}

fn odd() -> Refusal {
    Refusal::input("This request is not understood.")
}

fn fields<T: for<'de> Deserialize<'de>>(request: Value) -> Result<T, Refusal> {
    serde_json::from_value(request)
        .map_err(|error| Refusal::input(format_args!("This request is not understood: {error}.")))
}

/// Reads a request as each of the kinds that it could be; the links of what it would add.
#[cfg(any(test, fuzzing))]
pub(super) fn fuzzed(request: &Value, view: &RoomView) -> Vec<String> {
    let read = |request: &Value| request.clone();
    let asked = fields::<Add>(read(request)).ok();
    let videos = asked.and_then(|add| add.videos.or_else(|| add.video.map(|video| vec![video])));
    let mut wishes: Vec<_> = videos.into_iter().flatten().filter_map(|video| video.wish().ok()).collect();
    wishes.extend(fields::<PlayNow>(read(request)).ok().and_then(|play| play.video.wish().ok()));
    if let Some(to) = fields::<Seek>(read(request)).ok().and_then(|seek| video::target(view, seek.value?)) {
        assert!(matches!(to, engine::command::SeekTo::At(at) if at >= engine::time::Millis::ZERO), "{to:?}");
    }
    if let Ok(Speed { speed }) = fields::<Speed>(read(request)) {
        assert!(Rate::of(speed).is_ok_and(|rate| rate.checked().is_ok()) || !(0.25..=4.0).contains(&speed));
    }
    if let Ok(EditVideo { video, update }) = fields(read(request)) {
        let _ = (video.queued(view).is_ok(), edit(&update).is_ok());
    }
    if let Ok(Undo { event }) = fields(read(request)) {
        let _ = meant::seq_of(&event, view);
    }
    if let Ok(Settings { settings }) = fields(read(request)) {
        let _ = settings::changes(&settings, view);
        let _ = super::validate::settings(&settings);
    }
    let _ = fields::<Playback>(read(request)).map(|playback| playback.state);
    let _ = fields::<Vote>(read(request)).map(|vote| vote.video.queued(view).is_ok() && vote.add);
    let _ = fields::<Order>(read(request)).map(|order| order.from_idx.max(order.to_idx));
    let _ = fields::<Promote>(read(request)).map(|asked| promote(view, &asked));
    let _ = fields::<Chat>(read(request)).map(|chat| chat.text);
    let _ = fields::<Restore>(read(request)).map(|restore| restore.discard);
    let _ = fields::<Kick>(read(request)).map(|kick| users::person_of(kick.client_id, view));
    wishes.into_iter().map(|wish| wish.link).collect()
}

/// Does what somebody asks for. What a request means that is none, or that only a server says, is nothing.
pub async fn perform(app: &App, room: RoomId, actor: Actor, from: Arc<str>, request: Value) -> Result<(), No> {
    let Some(sort) = request.get("type").and_then(Value::as_u64) else { return Err(odd().into()) };
    let engine = &app.engine;
    let view = engine.rooms.view(room).await?;
    let command = match sort {
        kind::PLAYBACK => if fields::<Playback>(request)?.state { Deed::PLAY } else { Deed::Pause }.into(),
        kind::SKIP => skip(&view, &actor),
        kind::SEEK => {
            let Some(value) = fields::<Seek>(request)?.value else { return Ok(()) };
            Deed::Seek { to: video::target(&view, value).ok_or_else(odd)? }.into()
        }
        kind::ADD => return add(app, room, &actor, &from, fields(request)?).await,
        kind::REMOVE => Deed::Remove { item: fields::<Video>(request)?.video.queued(&view)?.id }.into(),
        kind::ORDER => {
            let Order { from_idx, to_idx } = fields(request)?;
            let item = view.queue.get(from_idx).filter(|_| to_idx < view.queue.len()).ok_or(Code::NoSuchItem)?;
            Command::Move { item: item.id, index: to_idx }
        }
        kind::VOTE => {
            let Vote { video, add } = fields(request)?;
            Command::Vote { item: video.queued(&view)?.id, up: add }
        }
        kind::PROMOTE => promote(&view, &fields(request)?)?,
        kind::CHAT => {
            let Chat { text } = fields(request)?;
            engine.say(room, actor, Some(&from), text).await?;
            return Ok(());
        }
        kind::UNDO => {
            let Undo { event } = fields(request)?;
            Command::Undo { seq: Some(meant::seq_of(&event, &view).ok_or(Code::NothingToUndo)?) }
        }
        kind::SETTINGS => {
            let Settings { settings } = fields(request)?;
            let changes = settings::changes(&settings, &view).map_err(|error| Refusal::input(error.message))?;
            engine.change(room, actor, changes).await?;
            return Ok(());
        }
        kind::PLAY_NOW => {
            let PlayNow { video } = fields(request)?;
            if view.current.as_ref().is_some_and(|current| video.video.names(&current.media)) {
                return Ok(());
            }
            match video.video.queued(&view) {
                Ok(item) => Deed::Pick { item: item.id, keep: true }.into(),
                Err(_) => {
                    engine.intake.queue_from(room, &actor, Some(&from), video.wish()?, Spot::Instead).await?;
                    return Ok(());
                }
            }
        }
        kind::SHUFFLE => Deed::Shuffle { seed: Entropy.seed() }.into(),
        kind::SPEED => Deed::SetRate { rate: Rate::of(fields::<Speed>(request)?.speed)? }.into(),
        kind::RESTORE => Command::Restore { discard: fields::<Restore>(request)?.discard },
        kind::KICK => {
            let Kick { client_id } = fields(request)?;
            Command::Kick { person: users::person_of(client_id, &view).ok_or(Code::NoSuchPerson)? }
        }
        kind::EDIT => {
            let EditVideo { video, update } = fields(request)?;
            let current = view.current.as_deref().filter(|current| video.names(&current.media));
            let item = current.map_or_else(|| video.queued(&view), Ok)?.id;
            Command::Edit { item, edit: edit(&update)? }
        }
        // Who came, who went and who somebody is: a socket's client is not believed about that.
        _ => return Ok(()),
    };
    engine.rooms.command(room, actor, command).await?;
    Ok(())
}

/// Skips; where the room votes on that, one's voice is given, and taken back by asking again.
fn skip(view: &RoomView, actor: &Actor) -> Command {
    let open = view.proposals.iter().find(|(_, proposal)| proposal.deed == Deed::Skip);
    match open {
        Some((number, proposal)) if view.settings.vote_skip && proposal.yes.contains(&actor.person) => {
            Command::Ballot { proposal: Some(*number), yes: false }
        }
        _ => Deed::Skip.into(),
    }
}

async fn add(app: &App, room: RoomId, actor: &Actor, from: &str, add: Add) -> Result<(), No> {
    let intake = &app.engine.intake;
    match add {
        Add { videos: Some(videos), .. } => {
            // What cannot be named is left out, as what cannot be watched is.
            let wishes: Vec<_> = videos.into_iter().filter_map(|video| video.wish().ok()).collect();
            intake.queue_many(room, actor, Some(from), wishes, Spot::End).await?;
        }
        Add { video: Some(video), .. } => {
            intake.queue_from(room, actor, Some(from), video.wish()?, Spot::End).await?;
        }
        Add { url: Some(url), .. } => {
            intake.queue_from(room, actor, Some(from), &url, Spot::End).await?;
        }
        Add { .. } => return Err(odd().into()),
    }
    Ok(())
}

fn promote(view: &RoomView, asked: &Promote) -> Result<Command, Refusal> {
    let person = users::person_of(asked.target_client_id, view).ok_or(Code::NoSuchPerson)?;
    let role = match grants::role(asked.role).ok_or_else(odd)? {
        // Whoever has an account is that by itself.
        Role::Registered => Role::Guest,
        // Its clients make nobody the owner.
        Role::Host => return Err(odd()),
        role => role,
    };
    Ok(Command::SetRole { person, role })
}
