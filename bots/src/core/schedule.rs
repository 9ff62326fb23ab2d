//! When the room opens and closes, and who is coming.

use engine::{
    command::Command,
    records::Place,
    refusal::No,
    room::{Schedule, Status},
    time::{Millis, WallTime},
};
use jiff::{Timestamp, ToSpan, Zoned, civil, tz::TimeZone};

use super::{Answer, Asker, Core, about, span};
use crate::{
    ask::{Day, When},
    reply::{Action, Button, Reply},
    say, words,
    words::Locale,
};

/// How far ahead a room can be scheduled: who writes more has mistaken something.
const FARTHEST: Millis = Millis::seconds(366 * 86_400);

impl Core {
    pub(super) async fn show_schedule(&self, asker: &Asker) -> Answer {
        let view = self.seen(asker).await?;
        let zone = zone(self.tied(asker).await?.as_ref());
        let text = self.schedule_text(asker.locale, view.schedule, &zone);
        let coming = (view.schedule.status == Status::Soon).then(|| Button::act(asker.locale, Action::Coming));
        let mut lines = vec![text];
        if !view.coming.is_empty() {
            lines.push(say!(asker.locale, "coming-count", count = view.coming.len()));
        }
        let buttons = coming.into_iter().collect();
        Ok(Reply { private: true, buttons, ..about(view.id, lines.join("\n")) })
    }

    /// Sets both times; `now` opens the room at once. No time at all takes both away.
    pub(super) async fn schedule(&self, asker: &Asker, start: Option<When>, end: Option<When>) -> Answer {
        let view = self.seen(asker).await?;
        let locale = asker.locale;
        let place = self.tied(asker).await?;
        let zone = zone(place.as_ref());
        let now = self.engine.clock.now().wall;
        if start == Some(When::In(Millis::ZERO)) {
            let done = self.command(asker, view.id, Command::SetStatus { status: Status::Live }).await?;
            if end.is_none() {
                let id = if done.events.is_empty() { "open-already" } else { "open-now" };
                return Ok(about(view.id, say!(locale, id)));
            }
        }
        let off = start.is_none() && end.is_none();
        let by_the_clock = [start, end].iter().any(|when| matches!(when, Some(When::At { .. })));
        let start = start.filter(|start| *start != When::In(Millis::ZERO));
        let at = |when: When| moment(when, now, &zone);
        let end = end.map(at).transpose()?;
        let start = match start.map(at).transpose()? {
            // Who names only when it closes leaves when it opens.
            None if end.is_some() => view.schedule.start.filter(|start| *start > now),
            start => start,
        };
        // An hour at which it closes stays where it is still later than the one at which it opens.
        let kept = || view.schedule.end.filter(|end| !off && start.is_some_and(|start| *end > start));
        let end = end.or_else(kept);
        let done = self.command(asker, view.id, Command::Schedule { start, end }).await?;
        let mut text = self.schedule_text(locale, done.view.schedule, &zone);
        if by_the_clock && place.is_some_and(|place| place.settings.zone.is_none()) {
            text.push_str(&format!(" {}", say!(locale, "zone-hint")));
        }
        let coming = (done.view.schedule.status == Status::Soon).then(|| Button::act(locale, Action::Coming));
        Ok(Reply { buttons: coming.into_iter().collect(), ..about(view.id, text) })
    }

    pub(super) async fn coming(&self, asker: &Asker) -> Answer {
        let view = self.seen(asker).await?;
        let coming = !view.coming.contains_key(&asker.actor.person);
        let done = self.command(asker, view.id, Command::Come { coming }).await?;
        let id = if coming { "you-are-coming" } else { "you-are-not-coming" };
        let text = say!(asker.locale, id, count = done.view.coming.len());
        Ok(Reply { private: true, ..about(view.id, text) })
    }

    /// When a room opens and closes, in words.
    fn schedule_text(&self, locale: Locale, schedule: Schedule, zone: &TimeZone) -> String {
        let now = self.engine.clock.now().wall;
        let line = |id: &str, at: WallTime| {
            let (at, time) = (at_text(at, now, zone), span(locale, at - now));
            say!(locale, id, at = at, zone = zone_name(zone), time = time)
        };
        let start = schedule.start.filter(|start| schedule.status == Status::Soon && *start > now);
        let end = schedule.end.filter(|end| schedule.status.is_open() && *end > now);
        let lines: Vec<_> =
            start.map(|at| line("opens-at", at)).into_iter().chain(end.map(|at| line("closes-at", at))).collect();
        match schedule.status {
            _ if !lines.is_empty() => lines.join(" "),
            Status::Ended | Status::Record => say!(locale, "schedule-ended"),
            Status::Disabled => say!(locale, "schedule-closed"),
            Status::Soon | Status::Live => say!(locale, "schedule-none"),
        }
    }
}

/// What times of day mean in a chat.
pub(super) fn zone(place: Option<&Place>) -> TimeZone {
    let name = place.and_then(|place| place.settings.zone.as_deref());
    // A name that was good once and is not any more is as none.
    name.and_then(|name| TimeZone::get(name).ok()).unwrap_or(TimeZone::UTC)
}

fn zone_name(zone: &TimeZone) -> String {
    zone.iana_name().unwrap_or("UTC").to_owned()
}

/// The moment that somebody means, if it is ahead and not too far.
pub(super) fn moment(when: When, now: WallTime, zone: &TimeZone) -> Result<WallTime, No> {
    let bad = |id| No::from(words::hint(id));
    let at = match when {
        When::In(length) => now + length,
        When::At { day, hour, minute } => {
            let today = local(now, zone).ok_or_else(|| bad("hint-when-bad"))?.date();
            let at = |date: civil::Date| {
                let time = civil::Time::new(hour, minute, 0, 0).ok()?;
                let zoned = date.to_datetime(time).to_zoned(zone.clone()).ok()?;
                Some(WallTime(zoned.timestamp().as_millisecond()))
            };
            let ahead = |days: i8| today.checked_add(i64::from(days).days()).ok().and_then(at);
            let at = match day {
                Day::Next => ahead(0).filter(|at| *at > now).or_else(|| ahead(1)),
                Day::Ahead(days) => ahead(days),
                Day::On { year, month, day } => civil::Date::new(year, month, day).ok().and_then(at),
            };
            at.ok_or_else(|| bad("hint-when-bad"))?
        }
    };
    if at <= now {
        return Err(bad("hint-when-past"));
    }
    if at - now > FARTHEST {
        return Err(bad("hint-when-far"));
    }
    Ok(at)
}

fn local(at: WallTime, zone: &TimeZone) -> Option<Zoned> {
    Some(Timestamp::from_millisecond(at.0).ok()?.to_zoned(zone.clone()))
}

/// A moment as people of a zone read it: the time of day, and the day where it is another one.
pub(super) fn at_text(at: WallTime, now: WallTime, zone: &TimeZone) -> String {
    let (Some(at), Some(now)) = (local(at, zone), local(now, zone)) else { return String::new() };
    let form = if at.date() == now.date() { "%H:%M" } else { "%Y-%m-%d %H:%M" };
    at.strftime(form).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wall(text: &str) -> WallTime {
        WallTime(text.parse::<Timestamp>().unwrap().as_millisecond())
    }

    #[test]
    fn a_time_of_day_is_that_of_the_zone_and_the_next_one_ahead() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let now = wall("2026-07-01T18:00:00Z");
        let at = |day, hour, minute| moment(When::At { day, hour, minute }, now, &berlin);
        assert_eq!(at(Day::Next, 20, 30), Ok(wall("2026-07-01T18:30:00Z")));
        assert_eq!(at(Day::Next, 19, 0), Ok(wall("2026-07-02T17:00:00Z")));
        assert_eq!(at(Day::Ahead(1), 20, 30), Ok(wall("2026-07-02T18:30:00Z")));
        assert_eq!(at(Day::On { year: 2026, month: 12, day: 31 }, 23, 59), Ok(wall("2026-12-31T22:59:00Z")));
        assert_eq!(moment(When::In(Millis::seconds(60)), now, &berlin), Ok(wall("2026-07-01T18:01:00Z")));
        assert_eq!(at_text(wall("2026-07-01T18:30:00Z"), now, &berlin), "20:30");
        assert_eq!(at_text(wall("2026-07-01T22:30:00Z"), now, &berlin), "2026-07-02 00:30");
    }

    #[test]
    fn what_is_over_or_no_day_or_too_far_is_refused() {
        let now = wall("2026-07-01T18:00:00Z");
        let at = |day| moment(When::At { day, hour: 12, minute: 0 }, now, &TimeZone::UTC);
        for day in [
            Day::Ahead(0),
            Day::On { year: 2026, month: 2, day: 30 },
            Day::On { year: 2026, month: 6, day: 30 },
            Day::On { year: 2029, month: 1, day: 1 },
        ] {
            assert!(at(day).is_err(), "{day:?}");
        }
        assert!(moment(When::In(Millis::seconds(400 * 86_400)), now, &TimeZone::UTC).is_err());
    }
}
