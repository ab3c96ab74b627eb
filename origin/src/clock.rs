//! Times as they are stored: RFC 3339 in UTC to the second, so that they compare as texts.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

pub fn text(milliseconds: u64) -> String {
    let seconds = i64::try_from(milliseconds / 1000).unwrap_or_default();
    let time = OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    time.format(&Rfc3339).unwrap_or_default()
}

/// Milliseconds of an RFC 3339 time to the second, with any offset.
pub fn read(text: &str) -> Option<u64> {
    let time = OffsetDateTime::parse(text, &Rfc3339).ok().filter(|time| time.nanosecond() == 0)?;
    u64::try_from(time.unix_timestamp()).ok()?.checked_mul(1000)
}

/// Seconds since 1970 of a time as it is stored.
pub fn seconds(text: &str) -> u64 {
    let time = OffsetDateTime::parse(text, &Rfc3339).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    u64::try_from(time.unix_timestamp()).unwrap_or_default()
}

pub const MINUTE: u64 = 60_000;
pub const HOUR: u64 = 60 * MINUTE;
pub const DAY: u64 = 24 * HOUR;

#[cfg(test)]
mod tests {
    #[test]
    fn times_are_written_to_the_second() {
        assert_eq!(super::text(1_773_480_600_999), "2026-03-14T09:30:00Z");
        assert_eq!(super::seconds("2026-03-14T09:30:00Z"), 1_773_480_600);
    }

    #[test]
    fn times_are_read_to_the_second_from_any_offset() {
        for text in ["2026-03-14T09:30:00Z", "2026-03-14T10:30:00+01:00", "2026-03-14t09:30:00.000z"] {
            assert_eq!(super::read(text), Some(1_773_480_600_000), "{text}");
        }
        for text in [
            "2026-03-14T09:30:00.5Z",
            "2026-03-14",
            "2026-03-14T09:30:00",
            "1950-01-01T00:00:00Z",
            "soon",
            "",
        ] {
            assert_eq!(super::read(text), None, "{text}");
        }
    }
}
