//! Base time and base date of a header.

use jiff::civil::{Date, DateTime, Time};

use crate::Start;

/// `HH:MM:SS`, `MM:SS` or `SS`, each with or without a fraction of a second.
pub(super) fn parse_time(text: &str) -> Option<Time> {
    let mut parts = text.rsplit(':');
    let seconds = parts.next()?;
    let minutes = parts.next().unwrap_or("0");
    let hours = parts.next().unwrap_or("0");
    if parts.next().is_some() {
        return None;
    }
    let (seconds, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
    if fraction.len() > 9 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let nanoseconds: i32 = format!("{fraction:0<9}").parse().ok()?;
    Time::new(
        number(hours)?,
        number(minutes)?,
        number(seconds)?,
        nanoseconds,
    )
    .ok()
}

/// `DD/MM/YYYY`.
pub(super) fn parse_date(text: &str) -> Option<Date> {
    let mut parts = text.split('/');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() > 4 || !year.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Date::new(year.parse().ok()?, number(month)?, number(day)?).ok()
}

fn number(text: &str) -> Option<i8> {
    let digits = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok())?
}

/// The fields of a header's record line; `None` for an instant, as a header knows no time zone.
pub(super) fn fields(start: Start) -> Option<String> {
    match start {
        Start::Instant(_) => None,
        Start::TimeOfDay(time) => Some(clock(time)),
        Start::Local(at) => {
            let date = at.date();
            let (day, month, year) = (date.day(), date.month(), date.year());
            (year >= 0).then(|| format!("{} {day:02}/{month:02}/{year:04}", clock(at.time())))
        }
    }
}

pub(super) fn start(time: Time, date: Option<Date>) -> Start {
    match date {
        Some(date) => Start::Local(DateTime::from_parts(date, time)),
        None => Start::TimeOfDay(time),
    }
}

fn clock(time: Time) -> String {
    let whole = format!(
        "{:02}:{:02}:{:02}",
        time.hour(),
        time.minute(),
        time.second()
    );
    match time.subsec_nanosecond() {
        0 => whole,
        nanoseconds => format!(
            "{whole}.{}",
            format!("{nanoseconds:09}").trim_end_matches('0')
        ),
    }
}
