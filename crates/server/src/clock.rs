//! The time of day, as the store keeps it: milliseconds since 1970, UTC.

use std::time::{SystemTime, UNIX_EPOCH};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Now.
pub fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// `2026-08-05T14:03:09.25Z`.
pub fn rfc3339(at_ms: i64) -> String {
    let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(at_ms) * 1_000_000);
    at.ok().and_then(|at| at.format(&Rfc3339).ok()).unwrap_or_else(|| format!("{at_ms} ms"))
}

/// `2026-08-05T14:03:09.250Z`: always with milliseconds, as the Render API writes times.
pub fn rfc3339_ms(at_ms: i64) -> String {
    let (seconds, ms) = (at_ms.div_euclid(1000), at_ms.rem_euclid(1000));
    let whole = rfc3339(seconds.saturating_mul(1000));
    format!("{}.{ms:03}Z", whole.trim_end_matches('Z'))
}

/// The time that an RFC 3339 text says.
pub fn parse_rfc3339(text: &str) -> Option<i64> {
    let at = OffsetDateTime::parse(text.trim(), &Rfc3339).ok()?;
    i64::try_from(at.unix_timestamp_nanos().div_euclid(1_000_000)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_in_utc() {
        assert_eq!(rfc3339(0), "1970-01-01T00:00:00Z");
        assert_eq!(rfc3339(1_786_111_389_250), "2026-08-07T14:03:09.25Z");
        assert_eq!(rfc3339(i64::MAX), format!("{} ms", i64::MAX));
        assert_eq!(rfc3339_ms(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(rfc3339_ms(1_786_111_389_250), "2026-08-07T14:03:09.250Z");
        assert_eq!(parse_rfc3339("2026-08-07T16:03:09.25+02:00"), Some(1_786_111_389_250));
        assert_eq!(parse_rfc3339("tomorrow"), None);
        assert!(now_ms() > 1_700_000_000_000);
    }
}
