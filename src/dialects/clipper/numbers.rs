//! What was counted: of one party, and of all that somebody made.

use axum::{extract::State, response::Response};
use engine::{ids::PersonId, room::RoomView};
use serde_json::json;

use super::{
    access,
    answer::done,
    auth::Asker,
    error::ClipperError,
    lists::{LOOKED_AT, people_of},
    party::{audience, is_over, seen},
};
use crate::{app::App, http::extract::FirstText};

/// What one party came to. Of a private one the host is told, of one among friends or with a password who was there, of any
/// other everybody.
pub(super) async fn analytics(
    State(app): State<App>,
    asker: Asker,
    FirstText(id): FirstText,
) -> Result<Response, ClipperError> {
    let view = access::known(&app, &id).await?;
    may_count(&app, &view, &asker).await?;
    let attendance = app.engine.rooms.attendance(&view).await?;
    let (people, peak) = people_of(&app, &view).await?;
    let here = if is_over(&view) { view.people() } else { view.taking_part().len() };
    let visits = i64::try_from(attendance.visits.max(1)).unwrap_or(i64::MAX);
    let tally = view.tally;
    Ok(done(json!({
        "party_id": view.id.0,
        "unique_viewers": people,
        "peak_concurrent": peak,
        "current_viewers": here,
        "avg_duration_seconds": attendance.stayed.0 / 1_000 / visits,
        "chat_messages": tally.lines,
        "reactions": tally.reactions,
        "total_engagement": tally.lines + tally.reactions,
    })))
}

async fn may_count(app: &App, view: &RoomView, asker: &Asker) -> Result<(), ClipperError> {
    let hosts = view.host().is_some_and(|(host, _)| host == asker.person()) || asker.caller.is_admin();
    if audience(view) == "private" && !hosts {
        return Err(ClipperError::forbidden("unauthorized: only host can view analytics"));
    }
    let among_themselves = audience(view) == "friends" || view.settings.password.is_some();
    if !access::may_look(app, view, Some(asker)).await?
        || among_themselves && !hosts && !access::was_in(app, view, &asker.caller).await?
    {
        return Err(ClipperError::forbidden("unauthorized: not a participant"));
    }
    Ok(())
}

/// What all parties came to that whoever asks hosts, the latest of them: about oneself only.
pub(super) async fn stats(
    State(app): State<App>,
    asker: Asker,
    FirstText(user): FirstText,
) -> Result<Response, ClipperError> {
    let person: PersonId = user.parse().map_err(|_| ClipperError::invalid("Invalid user ID"))?;
    if person != asker.person() {
        return Err(ClipperError::forbidden("You can only view your own watch party statistics"));
    }
    asker.pay(&app, app.costs.link)?;
    let (mut parties, mut viewers, mut lines, mut reactions) = (0_u32, 0_u64, 0_u64, 0_u64);
    for head in app.engine.rooms.hosted(person, None, LOOKED_AT).await? {
        let Some(view) = seen(&app, head.id).await? else { continue };
        parties += 1;
        viewers += people_of(&app, &view).await?.0;
        lines += view.tally.lines;
        reactions += view.tally.reactions;
    }
    #[expect(clippy::cast_precision_loss, reason = "nobody has 2^52 viewers")]
    let mean = viewers as f64 / f64::from(parties.max(1));
    Ok(done(json!({
        "total_parties_hosted": parties,
        "total_viewers": viewers,
        "avg_viewers_per_party": mean,
        "total_chat_messages": lines,
        "total_reactions": reactions,
    })))
}
