//! A room's settings, as its clients name them.

use engine::room::{Changes, RoomView};
use serde_json::{Map, Value};

use super::{error::OttError, grants, room, validate};

/// What of a room is to be changed. What is not named stays as it is, grants too.
pub fn changes(value: &Map<String, Value>, view: &RoomView) -> Result<Changes, OttError> {
    validate::settings(value)?;
    let text = |name: &str| value.get(name).and_then(Value::as_str);
    let mut check = validate::Check::new(value);
    let categories = check.categories("autoSkipSegmentCategories");
    let masks = value.get("grants").and_then(grants::read);
    let restore = value.get("restoreQueueBehavior").and_then(Value::as_u64);
    Ok(Changes {
        title: text("title").map(room::titled),
        about: text("description").map(Into::into),
        visibility: text("visibility").map(|word| room::visible(word, Some(view.settings.visibility))).transpose()?,
        queue_mode: text("queueMode").and_then(|word| room::mode(word, Some(view.settings.queue_mode))),
        skip_segments: categories.map(|categories| categories.into_iter().collect()),
        restore: restore.and_then(room::restored),
        vote_skip: value.get("enableVoteSkip").and_then(Value::as_bool),
        grants: masks.map(|masks| grants::set(&view.settings.grants, &masks)),
        ..Changes::default()
    })
}
