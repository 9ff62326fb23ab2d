//! Lists of parties: the public ones, those where most is on, those that somebody was in.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
    sync::Arc,
};

use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use engine::{
    ids::{PersonId, RoomId},
    refusal::No,
    room::RoomView,
    time::{Millis, WallTime},
};
use serde::Serialize;
use serde_json::json;
use url::form_urlencoded;
use uuid::Uuid;

use super::{
    answer::done,
    auth::{Asker, MaybeAsker},
    error::ClipperError,
    party::{self, Party, is_over, seen},
};
use crate::app::App;

/// How many rooms are looked at for a list, the newest first: each is loaded for it.
pub(super) const LOOKED_AT: usize = 500;

/// A parameter that is a number in a range; anything else is the usual, as there.
fn number(query: Option<&str>, name: &str, range: &RangeInclusive<usize>, usual: usize) -> usize {
    let mut pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let said = pairs.find(|(known, _)| known == name).and_then(|(_, value)| value.parse().ok());
    said.filter(|said| range.contains(said)).unwrap_or(usual)
}

/// The public parties that go on: those that are awake by how many take part, then the newest of the others. Which those are is
/// known without loading them.
async fn open(app: &App) -> Result<(Vec<Arc<RoomView>>, Vec<RoomId>), No> {
    let rooms = &app.engine.rooms;
    let mut awake: Vec<_> = rooms.all_awake().into_iter().filter(|view| view.head().public).collect();
    awake.retain(|view| !view.taking_part().is_empty());
    awake.sort_by_cached_key(|view| (Reverse(view.taking_part().len()), Reverse((view.made_at, view.id))));
    let known: BTreeSet<_> = awake.iter().map(|view| view.id).collect();
    let heads = rooms.public(None, LOOKED_AT).await?;
    let others = heads.into_iter().map(|head| head.id).filter(|room| !known.contains(room)).collect();
    Ok((awake, others))
}

/// Public parties.
pub(super) async fn public(
    State(app): State<App>,
    by: MaybeAsker,
    RawQuery(query): RawQuery,
) -> Result<Response, ClipperError> {
    by.pay(&app, app.costs.link)?;
    let limit = number(query.as_deref(), "limit", &(1..=100), 20);
    let offset = number(query.as_deref(), "offset", &(0..=usize::MAX), 0);
    let (awake, others) = open(&app).await?;
    let total = awake.len() + others.len();
    let mut page: Vec<_> = awake.iter().skip(offset).take(limit).cloned().collect();
    for room in others.into_iter().skip(offset.saturating_sub(awake.len())).take(limit - page.len()) {
        page.extend(seen(&app, room).await?.filter(|view| view.head().public));
    }
    let s = app.engine.clock.play_time();
    let parties: Vec<_> = page.iter().map(|view| Party::of(view, s)).collect();
    Ok(done(json!({ "parties": parties, "total_count": total, "limit": limit, "offset": offset })))
}

/// The public parties that somebody takes part in.
pub(super) async fn trending(
    State(app): State<App>,
    by: MaybeAsker,
    RawQuery(query): RawQuery,
) -> Result<Response, ClipperError> {
    by.pay(&app, app.costs.link)?;
    let limit = number(query.as_deref(), "limit", &(1..=50), 10);
    let ((busy, _), s) = (open(&app).await?, app.engine.clock.play_time());
    let parties: Vec<_> = busy.iter().take(limit).map(|view| Party::of(view, s)).collect();
    Ok(done(json!({ "parties": parties })))
}

/// A party that is over.
#[derive(Debug, Serialize)]
struct Past {
    id: Uuid,
    host_user_id: Uuid,
    title: String,
    visibility: String,
    /// How many ever took part.
    participant_count: u64,
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    started_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_seconds: Option<i64>,
}

impl Past {
    async fn of(app: &App, view: &RoomView) -> Result<Self, No> {
        let (started, ended) = (party::started(view), party::ended(view));
        let lasted = |(from, to): (WallTime, WallTime)| (to - from).max(Millis::ZERO).0 / 1_000;
        Ok(Self {
            id: view.id.0,
            host_user_id: view.host().map_or(Uuid::nil(), |(host, _)| host.0),
            title: view.settings.title.to_string(),
            visibility: party::audience(view).to_owned(),
            participant_count: people_of(app, view).await?.0,
            created_at: party::time(view.made_at),
            started_at: started.map(party::time),
            ended_at: ended.map(party::time),
            duration_seconds: started.zip(ended).map(lasted),
        })
    }
}

/// How many ever took part in a party and how many at once, whether they had a place there, a connection, or both.
pub(super) async fn people_of(app: &App, view: &RoomView) -> Result<(u64, u64), No> {
    let attendance = app.engine.rooms.attendance(view).await?;
    let (ever, now) = (view.participants.len() as u64, view.taking_part().len() as u64);
    Ok((attendance.people.max(ever), attendance.peak.max(now)))
}

/// The rooms that somebody was in, by whatever door, and when they were last known to be: the latest first.
async fn rooms_of(app: &App, person: PersonId) -> Result<Vec<RoomId>, No> {
    let engine = &app.engine;
    let hosted = engine.rooms.hosted(person, None, LOOKED_AT).await?.into_iter().map(|head| (head.id, head.made_at));
    let visited = engine.rooms.visited(person, None, LOOKED_AT).await?;
    let admitted = engine.people.admissions(person).await?;
    let mut latest = BTreeMap::new();
    for (room, at) in hosted.chain(visited).chain(admitted) {
        let known = latest.entry(room).or_insert(at);
        *known = at.max(*known);
    }
    let mut rooms: Vec<_> = latest.into_iter().collect();
    rooms.sort_by_key(|(room, at)| Reverse((*at, *room)));
    Ok(rooms.into_iter().take(LOOKED_AT).map(|(room, _)| room).collect())
}

/// The parties that whoever asks was in and that are over, the last to end first.
pub(super) async fn history(
    State(app): State<App>,
    asker: Asker,
    RawQuery(query): RawQuery,
) -> Result<Response, ClipperError> {
    asker.pay(&app, app.costs.link)?;
    let page = number(query.as_deref(), "page", &(1..=usize::MAX), 1);
    let limit = number(query.as_deref(), "limit", &(1..=100), 20);
    let mut views = Vec::new();
    for room in rooms_of(&app, asker.person()).await? {
        let kept = |view: &Arc<RoomView>| is_over(view) && !view.bans.contains_key(&asker.person());
        views.extend(seen(&app, room).await?.filter(kept));
    }
    views.sort_by_cached_key(|view| Reverse((party::ended(view), view.id)));
    let mut history = Vec::new();
    for view in views.iter().skip((page - 1).saturating_mul(limit)).take(limit) {
        history.push(Past::of(&app, view).await?);
    }
    let pages = views.len().div_ceil(limit);
    let pagination = json!({ "page": page, "limit": limit, "total_count": views.len(), "total_pages": pages });
    Ok(done(json!({ "history": history, "pagination": pagination })))
}
