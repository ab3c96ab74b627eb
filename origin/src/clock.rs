//! Times as they are stored: RFC 3339 in UTC to the second, so that they compare as texts.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

pub fn text(milliseconds: u64) -> String {
    let seconds = i64::try_from(milliseconds / 1000).unwrap_or_default();
    let time = OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    time.format(&Rfc3339).unwrap_or_default()
}

/// The time of a text, in milliseconds since 1970; `None` where it has another form.
pub fn milliseconds(time: &str) -> Option<u64> {
    let parsed = OffsetDateTime::parse(time, &Rfc3339).ok()?;
    let seconds = u64::try_from(parsed.unix_timestamp()).ok()?;
    // Another spelling of a time would not compare as a text.
    (text(seconds * 1000) == time).then_some(seconds * 1000)
}

pub const MINUTE: u64 = 60_000;
pub const HOUR: u64 = 60 * MINUTE;
pub const DAY: u64 = 24 * HOUR;

#[cfg(test)]
mod tests {
    #[test]
    fn times_are_written_to_the_second() {
        assert_eq!(super::text(1_773_480_600_999), "2026-03-14T09:30:00Z");
        assert_eq!(super::milliseconds("2026-03-14T09:30:00Z"), Some(1_773_480_600_000));
        for other in
            ["2026-03-14T09:30:00.5Z", "2026-03-14T10:30:00+01:00", "2026-03-14", "", "1960-01-01T00:00:00Z"]
        {
            assert_eq!(super::milliseconds(other), None, "{other}");
        }
    }
}
