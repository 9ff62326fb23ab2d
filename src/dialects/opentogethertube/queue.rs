//! What comes next: added, given subtitles, removed, each by service and id.

use axum::{extract::State, response::Response};
use engine::{
    command::{Command, Deed, Edit, Spot},
    intake::{MANY, Wish},
    media::Item,
    refusal::{Code, No, Refusal},
    room::RoomView,
};
use serde_json::{Value, json};
use url::Url;

use super::{
    answer,
    auth::Asker,
    command,
    error::OttError,
    points, room,
    validate::{Check, Fields},
    video::{self, VideoId},
};
use crate::{app::App, http::extract::FirstText};

/// What a change of the queue costs.
const COST: u32 = 5;
/// What each of several videos costs that are added at once.
const COST_OF_MANY: u32 = 3;

/// A video to add, or to be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Add {
    video: VideoId,
    subtitles: Option<String>,
}

/// What shall be added: videos, or what a link leads to.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    Videos(Vec<Add>),
    Video(Add),
    Link(String),
}

/// Adds to the queue.
pub(super) async fn add(
    State(app): State<App>,
    asker: Asker,
    FirstText(name): FirstText,
    Fields(fields): Fields,
) -> Result<Response, OttError> {
    let mut check = Check::new(&fields);
    let wanted = wanted(&mut check);
    check.end()?;
    let cost = match &wanted {
        Wanted::Videos(videos) => COST_OF_MANY.saturating_mul(u32::try_from(videos.len()).unwrap_or(u32::MAX)),
        Wanted::Video(_) | Wanted::Link(_) => COST,
    };
    points::charge(&app, &asker.address, cost)?;
    let found = room::find(&app, &asker.caller, &name).await?;
    let (intake, from) = (&app.engine.intake, Some(asker.address.as_str()));
    let wish = match wanted {
        Wanted::Videos(videos) => {
            // Which of them a refusal is about is said by its place among all of them.
            let (mut wishes, mut places, mut left_out) = (Vec::new(), Vec::new(), Vec::new());
            for (place, add) in videos.iter().enumerate() {
                match add.video.wish(add.subtitles.clone()) {
                    Ok(wish) => {
                        wishes.push(Wish { looked_at: true, ..wish });
                        places.push(place);
                    }
                    Err(refusal) => left_out.push((place, refusal.into())),
                }
            }
            if wishes.is_empty() {
                return Err(left_out.swap_remove(0).1);
            }
            let queued = intake.queue_many(found.id, &found.actor, from, wishes, Spot::End).await?;
            let later = queued.left_out.iter();
            left_out.extend(later.filter_map(|(n, refusal)| Some((*places.get(*n)?, OttError::from(refusal)))));
            left_out.sort_by_key(|(place, _)| *place);
            return Ok(answer::done(told(&left_out)));
        }
        Wanted::Video(add) => add.video.wish(add.subtitles.clone())?,
        Wanted::Link(link) => {
            if let Some(site) = Url::parse(&link).ok().as_ref().and_then(video::refused_site) {
                return Err(Refusal::new(Code::SiteRefused).with("site", site).into());
            }
            link.as_str().into()
        }
    };
    let by_id = fields.contains_key("id");
    let queued = intake.queue_from(found.id, &found.actor, from, wish, Spot::End).await;
    queued.map_err(|no| match no {
        // A service knows no such video where its link leads to none.
        No::Refusal(refusal) if by_id && refusal.code == Code::NotMedia => {
            OttError { name: "InvalidVideoIdException", ..refusal.into() }
        }
        no => no.into(),
    })?;
    Ok(answer::done(json!({})))
}

/// What of many was left out, where anything was.
fn told(left_out: &[(usize, OttError)]) -> Value {
    if left_out.is_empty() {
        return json!({});
    }
    let entry = |(place, error): &(usize, OttError)| json!({ "index": place, "error": { "name": error.name, "message": error.message } });
    json!({ "leftOut": left_out.iter().map(entry).collect::<Vec<_>>() })
}

/// Reads what shall be added: videos if there are any, else a video, else a link.
fn wanted(check: &mut Check<'_>) -> Wanted {
    if let Some(videos) = check.list("videos") {
        if videos.is_empty() || videos.len() > MANY {
            let more = json!({ "type": "array", "minimum": 1, "maximum": MANY, "inclusive": true });
            let code = if videos.is_empty() { "too_small" } else { "too_big" };
            check.note(code, &["videos".into()], format!("1 to {MANY} videos at once"), more);
            return Wanted::Videos(Vec::new());
        }
        let read = videos.iter().enumerate().map(|(place, value)| {
            let below = ["videos".into(), place.into()];
            check.below(&below, value, |inner| add_of(inner, true))
        });
        return Wanted::Videos(read.flatten().collect());
    }
    if check.field("service").is_some() || check.field("id").is_some() {
        return Wanted::Video(add_of(check, true));
    }
    if check.field("url").is_some() || check.field("videos").is_some() {
        let link = check.text("url").unwrap_or_default().trim();
        if check.field("url").is_some() && (link.is_empty() || link.chars().any(char::is_whitespace)) {
            check.note("invalid_string", &["url".into()], "Expected a link", json!({ "validation": "url" }));
        }
        return Wanted::Link(link.to_owned());
    }
    let message = "Expected videos, or service and id, or url";
    check.note("invalid_union", &[], message, json!({ "unionErrors": [] }));
    Wanted::Videos(Vec::new())
}

/// A video in fields; `new` where it is to be added, so that its service must be one that there is.
fn add_of(check: &mut Check<'_>, new: bool) -> Add {
    let service = check.needed_text("service");
    let id = check.needed_text("id");
    if new && !service.is_empty() && !VideoId::is_service(service) {
        let options: Vec<&str> = video::services().collect();
        let message = format!("Unknown service: {service}");
        let more = json!({ "received": service, "options": options });
        check.note("invalid_enum_value", &["service".into()], message, more);
    }
    let subtitles = check.text("subtitleUrl");
    if subtitles.is_some_and(|link| !link.is_empty() && Url::parse(link).is_err()) {
        check.note("invalid_string", &["subtitleUrl".into()], "Expected a link", json!({ "validation": "url" }));
    }
    let video = VideoId { service: service.to_owned(), id: id.to_owned() };
    Add { video, subtitles: subtitles.filter(|link| !link.is_empty()).map(str::to_owned) }
}

/// Gives a queued video other subtitles, or takes them away.
pub(super) async fn edit(
    State(app): State<App>,
    asker: Asker,
    FirstText(name): FirstText,
    Fields(mut fields): Fields,
) -> Result<Response, OttError> {
    let away = fields.get("subtitleUrl").is_some_and(Value::is_null) && fields.remove("subtitleUrl").is_some();
    let mut check = Check::new(&fields);
    let add = add_of(&mut check, false);
    check.end()?;
    points::charge(&app, &asker.address, COST)?;
    let found = room::find(&app, &asker.caller, &name).await?;
    let item = known(&found.view, &add.video)?.id;
    // Said, and empty: they go.
    let said = away || fields.contains_key("subtitleUrl");
    let edit = Edit { subtitles: said.then_some(add.subtitles), ..Edit::default() };
    command(&app, &found, Command::Edit { item, edit }).await?;
    Ok(answer::done(json!({})))
}

/// The item of that name: a queued one, else the one that is on.
fn known<'a>(view: &'a RoomView, video: &VideoId) -> Result<&'a Item, Refusal> {
    let on = view.current.as_deref().filter(|item| video.names(&item.media));
    video.queued(view).or_else(|refusal| on.ok_or(refusal))
}

/// Takes a video out of the queue.
pub(super) async fn remove(
    State(app): State<App>,
    asker: Asker,
    FirstText(name): FirstText,
    Fields(fields): Fields,
) -> Result<Response, OttError> {
    let video = video_in(&fields)?;
    points::charge(&app, &asker.address, COST)?;
    let found = room::find(&app, &asker.caller, &name).await?;
    let item = video.queued(&found.view)?.id;
    command(&app, &found, Deed::Remove { item }).await?;
    Ok(answer::done(json!({})))
}

/// The video that fields name.
pub(super) fn video_in(fields: &serde_json::Map<String, Value>) -> Result<VideoId, OttError> {
    let mut check = Check::new(fields);
    let video = VideoId { service: check.needed_text("service").to_owned(), id: check.needed_text("id").to_owned() };
    check.end()?;
    Ok(video)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &Value) -> Result<Wanted, OttError> {
        let mut check = Check::new(body.as_object().unwrap());
        let read = wanted(&mut check);
        check.end().map(|()| read)
    }

    #[test]
    fn videos_come_before_a_video_and_that_before_a_link() {
        let clip = Add { video: VideoId { service: "youtube".into(), id: "dQw4w9WgXcQ".into() }, subtitles: None };
        let one =
            json!({ "service": "youtube", "id": "dQw4w9WgXcQ", "url": "https://films.example/a.mp4", "startAt": 5 });
        assert_eq!(read(&one).unwrap(), Wanted::Video(clip.clone()));
        let many = json!({ "videos": [one], "service": "vimeo", "id": "1" });
        assert_eq!(read(&many).unwrap(), Wanted::Videos(vec![clip]));
        let link = json!({ "url": " https://films.example/a.mp4 " });
        assert_eq!(read(&link).unwrap(), Wanted::Link("https://films.example/a.mp4".into()));
    }

    #[test]
    fn what_is_none_of_them_is_refused_with_its_place() {
        for (odd, code, path) in [
            (json!({}), "invalid_union", json!([])),
            (json!({ "videos": [] }), "too_small", json!(["videos"])),
            (json!({ "videos": 5 }), "invalid_type", json!(["videos"])),
            (json!({ "videos": [5] }), "invalid_type", json!(["videos", 0])),
            (json!({ "videos": [{ "service": "youtube" }] }), "invalid_type", json!(["videos", 0, "id"])),
            (json!({ "service": "youtube" }), "invalid_type", json!(["id"])),
            (json!({ "service": "netflix", "id": "1" }), "invalid_enum_value", json!(["service"])),
            (json!({ "service": "youtube", "id": 7 }), "invalid_type", json!(["id"])),
            (json!({ "service": "youtube", "id": "" }), "too_small", json!(["id"])),
            (json!({ "service": "vimeo", "id": "1", "subtitleUrl": "x" }), "invalid_string", json!(["subtitleUrl"])),
            (json!({ "url": "two words" }), "invalid_string", json!(["url"])),
            (json!({ "url": null }), "invalid_type", json!(["url"])),
        ] {
            let error = read(&odd).unwrap_err();
            let issue = &error.more["details"][0];
            assert_eq!(
                (error.name, &issue["code"], &issue["path"]),
                ("ZodValidationError", &json!(code), &path),
                "{odd}"
            );
        }
    }
}
