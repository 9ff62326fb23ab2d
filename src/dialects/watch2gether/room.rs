//! A room by its streamkey, who is in it, and how it is told: the 23 fields that its clients know.

use std::{collections::BTreeSet, sync::Arc};

use axum::{
    Extension, Json,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use engine::{
    command::{Actor, Command},
    event::Door,
    ids::{Entropy, PersonId, RoomId},
    limits::Rule,
    people::Caller,
    records::AliasKind,
    refusal::{Fault, No},
    room::{Grants, Permission, Permissions, Preset, RoomView, may_enter},
    rooms::Done,
    time::WallTime,
};
use serde::Serialize;
use serde_json::{Number, json};

use super::{
    Answered,
    call::{self, Call},
    error::W2gError,
    fields::Fields,
};
use crate::{app::App, http::extract::FirstText};

/// How many characters a streamkey has.
const STREAMKEY: usize = 18;
/// What a room without a colour is told to have.
const NO_COLOUR: &str = "FFFFFF";
/// How many of somebody's last rooms count as ones that they were in.
const VISITED: usize = 200;

/// A room, and who asks it.
#[derive(Debug, Clone)]
pub struct Found {
    pub view: Arc<RoomView>,
    pub actor: Actor,
}

/// Whether this may be a streamkey.
pub fn is_streamkey(text: &str) -> bool {
    text.len() == STREAMKEY && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

/// A new streamkey: 93 bits.
pub fn draw_streamkey() -> String {
    Entropy.token().split_off(64 - STREAMKEY)
}

/// What this dialect calls a room; one that another door made gets its name now.
pub async fn streamkey(app: &App, room: RoomId) -> Result<String, No> {
    app.engine.rooms.name_drawn(room, AliasKind::Watch2Gether, draw_streamkey).await
}

/// The room of a streamkey.
pub async fn named(app: &App, name: &str) -> Result<Option<RoomId>, No> {
    if is_streamkey(name) { app.engine.rooms.find(AliasKind::Watch2Gether, name).await } else { Ok(None) }
}

/// The room that a call names, whoever may be in it.
pub async fn any(app: &App, call: &Call, name: &str) -> Result<Arc<RoomView>, W2gError> {
    if let Some(room) = named(app, name).await? {
        return Ok(app.engine.rooms.view(room).await?);
    }
    // People paste the key of a link where that of the room belongs. An invite of ours has 16 characters.
    let invited = name.len() == 16 && app.engine.named(AliasKind::Invite, name, &call.from).await?.is_some();
    Err(W2gError::no_such_room(if invited {
        "This is an access_key and no streamkey. Send it as access_key to POST /rooms/default/join_room, which answers \
         with the streamkey."
    } else {
        "There is no room with this streamkey. A streamkey has 18 characters; make a new room if this one is gone."
    }))
}

/// The room that a call names, for somebody who is in it.
pub async fn found(app: &App, call: &Call, caller: &Caller, name: &str) -> Result<Found, W2gError> {
    let view = any(app, call, name).await?;
    let actor = app.engine.actor(caller, view.id, Door::Watch2Gether).await?;
    may_enter(&view, &actor)?;
    // An open room admits everybody who opens it; a key that was never there is a stranger all the same.
    let person = caller.person.id;
    let known = actor.granted.is_some() || view.members.contains_key(&person) || view.is_here(person);
    if !known && !app.engine.people.is_admitted(view.id, person).await? && !visited(app, view.id, person).await? {
        return Err(W2gError::not_a_member());
    }
    Ok(Found { view, actor })
}

async fn visited(app: &App, room: RoomId, person: PersonId) -> Result<bool, No> {
    let visited = app.engine.rooms.visited(person, None, VISITED).await?;
    Ok(visited.iter().any(|(known, _)| *known == room))
}

/// The same for a call that changes something.
pub async fn to_change(app: &App, call: &Call, name: &str) -> Result<Found, W2gError> {
    let caller = call.caller()?;
    caller.may_change()?;
    found(app, call, caller, name).await
}

/// Does a command in somebody's name, within what one caller may do.
pub async fn command(app: &App, found: &Found, command: impl Into<Command>) -> Result<Done, W2gError> {
    app.engine.limits.take(Rule::Commands, &found.actor.person, app.engine.clock.play_time())?;
    Ok(app.engine.rooms.command(found.view.id, found.actor.clone(), command.into()).await?)
}

/// Which flag keeps what for moderators.
const MODERATED: [(&str, &[Permission]); 6] = {
    use Permission as P;
    [
        ("moderated", &[P::Playback, P::Skip, P::Seek, P::Rate, P::PlayNow]),
        ("moderated_item", &[P::PlayNow, P::Skip]),
        ("moderated_playlist", &[P::Add, P::Remove, P::Order, P::Edit]),
        ("moderated_videourl", &[P::Add, P::PlayNow]),
        ("moderated_suggestions", &[P::Propose, P::Vote]),
        ("moderated_chat", &[P::Chat]),
    ]
};

/// What everybody may do in a room that is made with these flags.
pub fn grants(fields: &Fields) -> Grants {
    let mut grants = Preset::Everyone.grants();
    for (_, kept) in MODERATED.iter().filter(|(flag, _)| fields.flag(flag) == Some(true)) {
        let kept = Permissions::of(kept);
        grants.guest = grants.guest.without(kept);
        grants.moderator = grants.moderator.or(kept);
    }
    grants
}

/// Whether a flag is up, as far as what guests may do tells.
fn is_moderated(view: &RoomView, flag: &str) -> bool {
    let kept = MODERATED.iter().find(|(known, _)| *known == flag).map_or(&[][..], |(_, kept)| *kept);
    !kept.is_empty() && kept.iter().all(|permission| !view.settings.grants.guest.has(*permission))
}

/// A room as the answer to its making tells it: these 23 fields in this order, no more and no less, for some clients take no
/// other.
#[expect(clippy::struct_excessive_bools, reason = "the fields that its clients know")]
#[derive(Debug, Serialize)]
pub struct RoomWire {
    id: u32,
    pub streamkey: String,
    created_at: String,
    persistent: bool,
    persistent_name: Option<Arc<str>>,
    deleted: bool,
    moderated: bool,
    location: &'static str,
    stream_created: bool,
    background: Option<Arc<str>>,
    moderated_background: bool,
    moderated_playlist: bool,
    bg_color: Arc<str>,
    bg_opacity: Number,
    moderated_item: bool,
    theme_bg: Option<String>,
    playlist_id: u32,
    members_only: bool,
    moderated_suggestions: bool,
    moderated_chat: bool,
    moderated_user: bool,
    moderated_cam: bool,
    moderated_videourl: bool,
}

impl RoomWire {
    /// Of a room.
    pub async fn of(app: &App, view: &RoomView) -> Result<Self, No> {
        let rooms = &app.engine.rooms;
        // Its clients keep it in 32 bits with a sign.
        let draw = || (Entropy.seed() & 0x7fff_ffff).max(1).to_string();
        let id = rooms.name_drawn(view.id, AliasKind::Number, draw).await?;
        let id = id.parse().map_err(|_| Fault::new(format!("the number of room {} is {id:?}", view.id)))?;
        let settings = &view.settings;
        let persistent = settings.expires_after.is_none();
        let opacity = match settings.opacity {
            100 if settings.colour.is_none() => Number::from(100),
            opacity => Number::from_f64(f64::from(opacity)).unwrap_or_else(|| 100.into()),
        };
        Ok(Self {
            id,
            streamkey: streamkey(app, view.id).await?,
            created_at: moment(view.made_at),
            persistent,
            persistent_name: persistent.then(|| settings.title.clone()),
            deleted: false,
            moderated: is_moderated(view, "moderated"),
            location: "EU",
            stream_created: false,
            background: settings.picture.clone(),
            moderated_background: false,
            moderated_playlist: is_moderated(view, "moderated_playlist"),
            bg_color: settings.colour.clone().unwrap_or_else(|| NO_COLOUR.into()),
            bg_opacity: opacity,
            moderated_item: is_moderated(view, "moderated_item"),
            theme_bg: None,
            playlist_id: number(view.id.0),
            members_only: !settings.visibility.is_open(),
            moderated_suggestions: is_moderated(view, "moderated_suggestions"),
            moderated_chat: is_moderated(view, "moderated_chat"),
            moderated_user: false,
            moderated_cam: false,
            moderated_videourl: is_moderated(view, "moderated_videourl"),
        })
    }
}

/// A number of 31 bits for what has an identity of 128, always the same: of its random part.
pub fn number(id: uuid::Uuid) -> u32 {
    let [.., a, b, c, d] = *id.as_bytes();
    (u32::from_be_bytes([a, b, c, d]) & 0x7fff_ffff).max(1)
}

/// A moment as `2025-02-02T16:47:27.000Z`.
pub fn moment(at: WallTime) -> String {
    let at = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default();
    format!("{at:.3}")
}

/// Who is known in a room: here now, or with a lasting role.
#[derive(Debug, Serialize)]
pub struct UserWire {
    nname: Arc<str>,
    role: &'static str,
    online: bool,
}

/// Everybody who is known in a room, those who are here first.
pub fn users(view: &RoomView) -> Vec<UserWire> {
    let host = view.host().map(|(host, _)| host);
    let user = |person: PersonId, name: &Arc<str>, online| UserWire {
        nname: name.clone(),
        role: if host == Some(person) { "owner" } else { "member" },
        online,
    };
    let mut told = BTreeSet::new();
    let here = view.presence.values().map(|here| (here.who.person, &here.who.name, true));
    let members = view.members.iter().map(|(person, member)| (*person, &member.name, false));
    let all = here.chain(members).filter(|(person, ..)| told.insert(*person));
    all.map(|(person, name, online)| user(person, name, online)).collect()
}

/// What a call that has nothing to tell answers.
pub fn done() -> Response {
    Json(json!({ "success": true })).into_response()
}

/// `POST /rooms/{streamkey}/delete`
pub(super) async fn delete(
    State(app): State<App>,
    Extension(call): Extension<Call>,
    FirstText(name): FirstText,
) -> Answered {
    end(&app, &call, &name).await
}

/// `DELETE /rooms/{streamkey}`
pub(super) async fn remove(State(app): State<App>, FirstText(name): FirstText, request: Request) -> Response {
    call::within(&app, request, async |call, _| end(&app, &call, &name).await).await
}

async fn end(app: &App, call: &Call, name: &str) -> Answered {
    let found = to_change(app, call, name).await?;
    command(app, &found, Command::Delete).await?;
    Ok(done())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streamkeys_are_drawn_as_they_are_known() {
        assert!(is_streamkey(&draw_streamkey()) && is_streamkey("k3v9x0q7m2t5b8n1zd"));
        assert!(!is_streamkey("k3v9x0q7m2t5b8n1z") && !is_streamkey("K3v9x0q7m2t5b8n1zd"));
    }

    #[test]
    fn a_moment_has_milliseconds_and_a_number_fits_into_31_bits() {
        assert_eq!(moment(WallTime(1_738_514_847_000)), "2025-02-02T16:47:27.000Z");
        assert_eq!(number(uuid::Uuid::from_u128(u128::MAX)), 0x7fff_ffff);
        assert_eq!(number(uuid::Uuid::from_u128(0)), 1);
    }
}
