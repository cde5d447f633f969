//! Dates as fields take them: `2027-05-02` or RFC 3339 (`2027-03-18T17:00:00+01:00`). No clock, no time zone names.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A day, perhaps with a time and an offset. It keeps the wall clock it was written with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Date {
    pub year: i32,
    /// 1 to 12
    pub month: u8,
    /// 1 to 31
    pub day: u8,
    pub time: Option<Time>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Time {
    pub hour: u8,
    pub minute: u8,
    pub second: u8,
    /// Minutes east of UTC.
    pub offset: i16,
}

impl Date {
    /// Reads `YYYY-MM-DD` or an RFC 3339 time (`T` or a blank between; seconds and their fraction may be absent).
    pub fn parse(text: &str) -> Option<Date> {
        let text = text.trim();
        if !text.is_ascii() || text.len() < 10 {
            return None;
        }
        let (day, rest) = text.split_at(10);
        let mut date = parse_day(day)?;
        if !rest.is_empty() {
            date.time = Some(parse_time(rest.strip_prefix(['T', 't', ' '])?)?);
        }
        Some(date)
    }

    /// 0 is Sunday.
    pub fn weekday(&self) -> usize {
        (days_from_epoch(self.year, self.month, self.day) + 4).rem_euclid(7) as usize
    }

    /// Seconds from 1970-01-01T00:00Z; a day without time starts at midnight UTC.
    pub fn instant(&self) -> i64 {
        let days = days_from_epoch(self.year, self.month, self.day) * 86_400;
        self.time.map_or(days, |time| {
            let clock = i64::from(time.hour) * 3600 + i64::from(time.minute) * 60 + i64::from(time.second);
            days + clock - i64::from(time.offset) * 60
        })
    }

    /// The same instant on the wall clock `offset` minutes east of UTC. A day without time stays as it is.
    pub fn at_offset(&self, offset: i16) -> Date {
        if self.time.is_none() {
            return *self;
        }
        let local = self.instant() + i64::from(offset) * 60;
        let (year, month, day) = day_from_epoch(local.div_euclid(86_400));
        let clock = local.rem_euclid(86_400);
        let time =
            Time { hour: (clock / 3600) as u8, minute: (clock / 60 % 60) as u8, second: (clock % 60) as u8, offset };
        Date { year, month, day, time: Some(time) }
    }
}

/// Reads an offset such as `+02:00`, `-0530`, `+2`, `Z` or `UTC`, in minutes east of UTC.
pub fn parse_offset(text: &str) -> Option<i16> {
    if matches!(text, "Z" | "z" | "UTC" | "GMT") {
        return Some(0);
    }
    let (sign, digits) = match text.strip_prefix('+') {
        Some(digits) => (1, digits),
        None => (-1, text.strip_prefix('-')?),
    };
    let (hours, minutes) = match (digits.split_once(':'), digits.len()) {
        (Some(parts), _) => parts,
        (None, 4) if digits.is_ascii() => digits.split_at(2),
        (None, _) => (digits, "0"),
    };
    let (hours, minutes): (i16, i16) = (digits_of(hours, 1..=2)?, digits_of(minutes, 1..=2)?);
    (hours <= 18 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)?;
        let Some(time) = self.time else { return Ok(()) };
        write!(f, "T{:02}:{:02}:{:02}", time.hour, time.minute, time.second)?;
        match time.offset {
            0 => write!(f, "Z"),
            offset => {
                let sign = if offset < 0 { '-' } else { '+' };
                write!(f, "{sign}{:02}:{:02}", offset.abs() / 60, offset.abs() % 60)
            }
        }
    }
}

fn digits_of<T: std::str::FromStr>(text: &str, length: std::ops::RangeInclusive<usize>) -> Option<T> {
    let plain = length.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| plain)
}

fn parse_day(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let date = Date {
        year: digits_of(year, 4..=4)?,
        month: digits_of(month, 2..=2)?,
        day: digits_of(day, 2..=2)?,
        time: None,
    };
    let valid = parts.next().is_none()
        && (1..=12).contains(&date.month)
        && (1..=days_in_month(date.year, date.month)).contains(&date.day);
    valid.then_some(date)
}

fn parse_time(text: &str) -> Option<Time> {
    let zone_at = text.find(['Z', 'z', '+', '-'])?;
    let (clock, zone) = text.split_at(zone_at);
    let mut parts = clock.split(':');
    let hour = digits_of(parts.next()?, 2..=2)?;
    let minute = digits_of(parts.next()?, 2..=2)?;
    let second = match parts.next() {
        None => 0,
        Some(text) => {
            let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
            digits_of::<u32>(fraction, 1..=9)?;
            digits_of(whole, 2..=2)?
        }
    };
    let time = Time { hour, minute, second, offset: parse_offset(zone)? };
    let valid = parts.next().is_none() && hour < 24 && minute < 60 && second <= 60;
    valid.then_some(time)
}

fn days_in_month(year: i32, month: u8) -> u8 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 in the proleptic Gregorian calendar, counted in eras of 400 years that start in March.
fn days_from_epoch(year: i32, month: u8, day: u8) -> i64 {
    let year = i64::from(year) - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((i64::from(month) + 9) % 12) + 2) / 5 + i64::from(day) - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn day_from_epoch(days: i64) -> (i32, u8, u8) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    ((era * 400 + year_of_era + i64::from(month <= 2)) as i32, month as u8, day as u8)
}

#[cfg(test)]
mod tests {
    use super::{Date, day_from_epoch, days_from_epoch, parse_offset};

    #[test]
    fn reads_and_writes() {
        let table = [
            ("2027-05-02", "2027-05-02"),
            ("2024-02-29", "2024-02-29"),
            ("2027-03-18T17:00:00+01:00", "2027-03-18T17:00:00+01:00"),
            ("2027-03-18 17:00Z", "2027-03-18T17:00:00Z"),
            ("2027-03-18t17:00:05.123-05:30", "2027-03-18T17:00:05-05:30"),
        ];
        for (text, expected) in table {
            assert_eq!(Date::parse(text).map(|date| date.to_string()).as_deref(), Some(expected), "{text}");
        }
        for text in [
            "",
            "tomorrow",
            "2027-5-2",
            "2027-13-01",
            "2027-02-29",
            "02.05.2027",
            "2027-05-02T",
            "2027-05-02T25:00Z",
            "2027-05-02T10:00",
            "+027-05-02",
            "2027-05-02x",
            "2027-05-02T10:00:00.Z",
            "20270502T1",
        ] {
            assert_eq!(Date::parse(text), None, "{text}");
        }
    }

    #[test]
    fn moves_between_offsets() {
        let date = Date::parse("2027-12-31T23:30:00Z").expect("a date");
        assert_eq!(date.at_offset(60).to_string(), "2028-01-01T00:30:00+01:00");
        assert_eq!(date.at_offset(-600).to_string(), "2027-12-31T13:30:00-10:00");
        assert_eq!(date.instant(), date.at_offset(330).instant());
        assert_eq!(Date::parse("2027-05-02").expect("a date").weekday(), 0);
    }

    #[test]
    fn counts_days_both_ways() {
        for days in (-800_000..800_000).step_by(373) {
            let (year, month, day) = day_from_epoch(days);
            assert_eq!(days_from_epoch(year, month, day), days);
        }
        assert_eq!(days_from_epoch(1970, 1, 1), 0);
        assert_eq!(days_from_epoch(2000, 3, 1), 11_017);
    }

    #[test]
    fn reads_offsets() {
        let table = [
            ("Z", Some(0)),
            ("+2", Some(120)),
            ("+02:00", Some(120)),
            ("-0530", Some(-330)),
            ("Europe/Berlin", None),
            ("+99:00", None),
            ("2", None),
        ];
        for (text, expected) in table {
            assert_eq!(parse_offset(text), expected, "{text}");
        }
    }
}
