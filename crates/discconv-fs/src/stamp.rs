//! Dates as volumes write them.

use std::fmt;

/// A date and time of the Gregorian calendar, as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stamp {
    /// Year.
    pub year: i32,
    /// Month, 1 to 12.
    pub month: u8,
    /// Day of the month, 1 to 31.
    pub day: u8,
    /// Hour, 0 to 23.
    pub hour: u8,
    /// Minute, 0 to 59.
    pub minute: u8,
    /// Second, 0 to 59.
    pub second: u8,
    /// Nanoseconds.
    pub nanos: u32,
    /// Minutes east of Greenwich that the time is written in; unknown in some volumes.
    pub offset_minutes: Option<i16>,
}

/// Days from 0000-03-01 to 1970-01-01.
const EPOCH_DAYS: i64 = 719_468;
const DAY_SECONDS: i64 = 86_400;

impl Stamp {
    /// A date that exists, at that time; `None` if it does not.
    #[must_use]
    pub fn new(date: (i32, u8, u8), time: (u8, u8, u8), offset_minutes: Option<i16>) -> Option<Stamp> {
        let ((year, month, day), (hour, minute, second)) = (date, time);
        let lengths = [31, if leap(year) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let length = *lengths.get(usize::from(month).checked_sub(1)?)?;
        // A leap second is written as the one before.
        let fits = (1..=length).contains(&day) && hour < 24 && minute < 60 && second <= 60;
        fits.then_some(Stamp { year, month, day, hour, minute, second: second.min(59), nanos: 0, offset_minutes })
    }

    /// Seconds since 1970-01-01 00:00 UTC; a time without offset counts as UTC.
    #[must_use]
    pub fn unix_seconds(&self) -> i64 {
        let (month, day) = (i64::from(self.month), i64::from(self.day));
        // Years begin in March here, so that the leap day is the last.
        let year = i64::from(self.year) - i64::from(month <= 2);
        let era = year.div_euclid(400);
        let of_era = year.rem_euclid(400);
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + day_of_year - EPOCH_DAYS;
        let time = i64::from(self.hour) * 3600 + i64::from(self.minute) * 60 + i64::from(self.second);
        days * DAY_SECONDS + time - i64::from(self.offset_minutes.unwrap_or(0)) * 60
    }

    /// The date of so many seconds since 1970-01-01 00:00 UTC.
    #[must_use]
    pub fn from_unix(seconds: i64) -> Stamp {
        let (days, time) = (seconds.div_euclid(DAY_SECONDS) + EPOCH_DAYS, seconds.rem_euclid(DAY_SECONDS));
        let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * day_of_year + 2) / 153;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        let small = |value: i64| u8::try_from(value).unwrap_or(0);
        Stamp {
            year: i32::try_from(year).unwrap_or(i32::MAX),
            month: small(month),
            day: small(day_of_year - (153 * shifted + 2) / 5 + 1),
            hour: small(time / 3600),
            minute: small(time / 60 % 60),
            second: small(time % 60),
            nanos: 0,
            offset_minutes: Some(0),
        }
    }
}

fn leap(year: i32) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Stamp { year, month, day, hour, minute, second, .. } = self;
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
        match self.offset_minutes {
            None => Ok(()),
            Some(0) => f.write_str("Z"),
            Some(offset) => {
                let sign = if offset < 0 { '-' } else { '+' };
                write!(f, "{sign}{:02}:{:02}", offset.abs() / 60, offset.abs() % 60)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_dates_agree() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"),
            (4_102_444_799, "2099-12-31T23:59:59Z"),
        ] {
            let stamp = Stamp::from_unix(seconds);
            assert_eq!((stamp.to_string().as_str(), stamp.unix_seconds()), (text, seconds));
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for date in [(2001, 2, 29), (1900, 2, 29), (2001, 13, 1), (2001, 0, 1), (2001, 1, 0), (2001, 4, 31)] {
            assert_eq!(Stamp::new(date, (0, 0, 0), None), None, "{date:?}");
        }
        let east = Stamp::new((2001, 1, 1), (1, 0, 0), Some(60)).unwrap();
        assert_eq!((east.unix_seconds(), east.to_string().as_str()), (978_307_200, "2001-01-01T01:00:00+01:00"));
    }
}
