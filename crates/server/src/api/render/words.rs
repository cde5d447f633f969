//! Times in words, as this family's clients know them: "2-5 minutes".

use std::time::Duration;

/// About how long something will take.
pub(super) fn estimated(time: Duration) -> String {
    let seconds = whole_seconds(time);
    match seconds {
        ..=1 => "about 1 second".to_owned(),
        2..=50 => format!("about {} seconds", rounded(seconds)),
        51..=75 => "about 1 minute".to_owned(),
        76..=120 => "1-2 minutes".to_owned(),
        121..=300 => "2-5 minutes".to_owned(),
        301..=600 => "5-10 minutes".to_owned(),
        601..=1800 => "10-30 minutes".to_owned(),
        1801..=3600 => "30-60 minutes".to_owned(),
        3601..=86_400 => format!("{}-{} hours", seconds / 3600, seconds / 3600 + 1),
        _ => format!("about {} days", seconds.div_ceil(86_400)),
    }
}

/// "30 seconds"
pub(super) fn exact(seconds: u64) -> String {
    if seconds == 1 { "1 second".to_owned() } else { format!("{seconds} seconds") }
}

/// At least 1.
pub(super) fn whole_seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_millis() > 0 || time.is_zero())
}

/// When it is worth looking again at something that takes so long: often at first, at least once a minute.
pub(super) fn look_again_after(left: Duration) -> u64 {
    (whole_seconds(left) / 2).clamp(1, 60)
}

/// To the next 5 above 10.
fn rounded(seconds: u64) -> u64 {
    if seconds <= 10 { seconds } else { seconds.div_ceil(5) * 5 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_as_people_tell_them() {
        for (ms, words) in [
            (0, "about 1 second"),
            (900, "about 1 second"),
            (1_100, "about 2 seconds"),
            (11_000, "about 15 seconds"),
            (60_000, "about 1 minute"),
            (100_000, "1-2 minutes"),
            (150_000, "2-5 minutes"),
            (301_000, "5-10 minutes"),
            (3_000_000, "30-60 minutes"),
            (7_300_000, "2-3 hours"),
            (200_000_000, "about 3 days"),
        ] {
            assert_eq!(estimated(Duration::from_millis(ms)), words);
        }
        for (seconds, again) in [(0, 1), (3, 1), (60, 30), (1000, 60)] {
            assert_eq!(look_again_after(Duration::from_secs(seconds)), again);
        }
        assert_eq!((exact(1), exact(30)), ("1 second".to_owned(), "30 seconds".to_owned()));
    }
}
