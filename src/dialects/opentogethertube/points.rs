//! What calls cost: points of one window for each address, whatever they ask for, and a block for who asks for too much.

use std::cell::Cell;

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, StatusCode},
    middleware::Next,
    response::Response,
};
use engine::{
    limits::{Standing, whole_seconds},
    time::WallTime,
};
use jiff::{Timestamp, tz::TimeZone};

use super::error::OttError;
use crate::app::App;

/// Keeps its addresses apart from what others count.
const NAME: &str = "opentogethertube";

tokio::task_local! {
    /// Where the address stands that the present call was charged to, and when that gets better.
    static STANDING: Cell<Option<(Standing, WallTime)>>;
}

/// Points that were taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Charged {
    /// How many are left; none where nothing is counted.
    pub remaining: Option<u32>,
}

/// Takes points from an address, before the work that they are for and whatever becomes of it. The answer says by itself
/// what is left.
///
/// # Errors
///
/// `TooManyRequests` where there are not as many.
pub fn charge(app: &App, address: &str, cost: u32) -> Result<Charged, OttError> {
    let Some(policy) = app.opentogethertube.points else { return Ok(Charged { remaining: None }) };
    let now = app.engine.clock.now();
    let standing = app.engine.limits.spend_by(NAME, policy, address, cost, now.play);
    note(standing, now.wall + standing.reset);
    match standing.retry_after {
        None => Ok(Charged { remaining: Some(standing.remaining) }),
        Some(wait) => {
            let mut error = OttError::new(StatusCode::TOO_MANY_REQUESTS, "TooManyRequests", "Too many requests.");
            error.retry_after = Some(whole_seconds(wait).unsigned_abs());
            Err(error)
        }
    }
}

/// Gives points back.
pub fn refund(app: &App, address: &str, points: u32) {
    let Some(policy) = app.opentogethertube.points else { return };
    let now = app.engine.clock.now();
    app.engine.limits.give_back_by(NAME, address, points, now.play);
    let standing = app.engine.limits.spend_by(NAME, policy, address, 0, now.play);
    note(standing, now.wall + standing.reset);
}

/// Remembers where somebody stands until they are answered. Outside of a call there is nobody to tell.
fn note(standing: Standing, better_at: WallTime) {
    let _ = STANDING.try_with(|known| known.set(Some((standing, better_at))));
}

/// Says on every answer that was charged for what is left.
pub async fn told(request: Request, next: Next) -> Response {
    let answer = async {
        let response = next.run(request).await;
        (response, STANDING.with(Cell::get))
    };
    let (mut response, standing) = STANDING.scope(Cell::new(None), answer).await;
    if let Some((standing, better_at)) = standing {
        tell(response.headers_mut(), standing, better_at);
    }
    response
}

fn tell(headers: &mut HeaderMap, standing: Standing, better_at: WallTime) {
    headers.insert("x-ratelimit-limit", standing.limit.into());
    headers.insert("x-ratelimit-remaining", standing.remaining.into());
    if let Ok(date) = HeaderValue::from_str(&date(better_at)) {
        headers.insert("x-ratelimit-reset", date);
    }
}

/// A time as a script of a browser prints it.
fn date(at: WallTime) -> String {
    let at = Timestamp::from_millisecond(at.0).unwrap_or_default().to_zoned(TimeZone::UTC);
    at.strftime("%a %b %d %Y %H:%M:%S GMT+0000 (Coordinated Universal Time)").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_as_a_script_prints_them() {
        assert_eq!(date(WallTime(1_795_218_623_000)), "Fri Nov 20 2026 23:50:23 GMT+0000 (Coordinated Universal Time)");
    }
}
