//! Times as text: ISO 8601, and the form of the first version, which names no zone and means UTC.

use engine::time::WallTime;
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

/// The moment that a text names.
pub(super) fn read(text: &str) -> Option<WallTime> {
    let text = text.trim();
    let zoned = text.parse::<Timestamp>().ok();
    let moment = zoned.or_else(|| {
        // An offset that makes no sense would be passed over here.
        let plain = text.bytes().all(|byte| byte.is_ascii_digit() || b"-:. Tt".contains(&byte));
        let civil = plain.then(|| text.parse::<DateTime>().ok())??;
        TimeZone::UTC.to_timestamp(civil).ok()
    })?;
    Some(WallTime(moment.as_millisecond()))
}

/// ISO 8601 with milliseconds, in UTC.
pub(super) fn iso(at: WallTime) -> String {
    written(at, "%Y-%m-%dT%H:%M:%S%.3fZ")
}

/// Without a zone, as bans have it.
pub(super) fn naive(at: WallTime) -> String {
    written(at, "%Y-%m-%d %H:%M:%S")
}

fn written(at: WallTime, format: &str) -> String {
    // No time that is stored is out of range: it was read above.
    Timestamp::from_millisecond(at.0).unwrap_or_default().strftime(format).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_versions_write_the_same_moment() {
        let moment = WallTime(1_735_623_212_000);
        for text in [
            "2024-12-31 05:33:32",
            "2024-12-31T05:33:32",
            "2024-12-31T05:33:32Z",
            "2024-12-31T05:33:32.000Z",
            "2024-12-31 05:33:32Z",
            "2024-12-31T07:33:32+02:00",
            " 2024-12-31T05:33:32.0Z ",
        ] {
            assert_eq!(read(text), Some(moment), "{text}");
        }
        assert_eq!(read("2025-08-14T09:02:15.250Z"), Some(WallTime(1_755_162_135_250)));
        assert_eq!(iso(moment), "2024-12-31T05:33:32.000Z");
        assert_eq!(iso(WallTime(1_755_162_135_250)), "2025-08-14T09:02:15.250Z");
        assert_eq!(naive(moment), "2024-12-31 05:33:32");
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "soon",
            "1735623212",
            "2024-13-31 05:33:32",
            "2024-02-30 05:33:32",
            "2024-12-31 25:33:32",
            "31.12.2024 05:33",
            "2024-12-31 05:33:32+99:00",
            "2024-12-31T05:33:32.000Zjunk",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
