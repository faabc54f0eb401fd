//! Who was recorded when: the head's fields on patient, recording, date and time.

use jiff::ToSpan;
use jiff::civil::{Date, Time};

use super::decimal::Decimal;
use super::header::{Header, Layout};
use crate::error::quoted;
use crate::{FormatError, Place, Recording, Sex, Start};

const MONTHS: [&str; 12] = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];

/// What stands before each kind of note on a person.
const NAME: &str = "name: ";
const BIRTHDATE: &str = "birthdate: ";
const PATIENT: &str = "patient: ";
const ADMINISTRATION: &str = "administration code: ";
const TECHNICIAN: &str = "technician: ";
const EQUIPMENT: &str = "equipment: ";
const RECORDING: &str = "recording: ";

/// The recording's subject, person and start. `first` is when the first data record began, in seconds since the head's
/// start.
pub(super) fn read(file: &str, header: &Header, first: Decimal) -> Result<Recording, FormatError> {
    let mut recording = Recording::default();
    let date = start_date(file, header)?;
    let time = time(&header.time).ok_or_else(|| {
        FormatError::content(
            file,
            Place::Byte(176),
            quoted(&header.time),
            "a start time as hh.mm.ss",
            "correct the field in the header",
        )
    })?;
    let late = || {
        FormatError::content(
            file,
            Place::Record(1),
            format!("the time {} s", first.text()),
            "seconds since the header's start time, at least 0 and fewer than 1",
            "correct the record's time, or the start in the header",
        )
    };
    let second = Decimal::from_nanoseconds(1_000_000_000);
    if first.is_negative() || first >= second {
        return Err(late());
    }
    let nanoseconds = i64::try_from(first.nanoseconds()).map_err(|_| late())?;
    recording.start = match date {
        Some(date) => {
            let start = date
                .to_datetime(time)
                .checked_add(nanoseconds.nanoseconds());
            Some(Start::Local(start.map_err(|_| late())?))
        }
        None if time == Time::midnight() && first == Decimal::ZERO => None,
        None => Some(Start::TimeOfDay(
            time.wrapping_add(nanoseconds.nanoseconds()),
        )),
    };
    if header.layout == Layout::Plain {
        recording.subject = header.patient.clone();
        note(&mut recording, RECORDING, &header.recording);
        return Ok(recording);
    }
    patient(&mut recording, &header.patient, date);
    let mut fields = header.recording.split_ascii_whitespace().peekable();
    if fields.peek() == Some(&"Startdate") {
        fields.nth(1);
        for kind in [ADMINISTRATION, TECHNICIAN, EQUIPMENT] {
            note(&mut recording, kind, &known(fields.next()));
        }
    }
    let rest: Vec<String> = fields.map(|field| known(Some(field))).collect();
    note(&mut recording, RECORDING, &rest.join(" "));
    Ok(recording)
}

fn patient(recording: &mut Recording, field: &str, start: Option<Date>) {
    let mut fields = field.split_ascii_whitespace();
    recording.subject = known(fields.next());
    let mut rest = Vec::new();
    match fields.next() {
        Some("F") => recording.person.sex = Some(Sex::Female),
        Some("M") => recording.person.sex = Some(Sex::Male),
        other => rest.extend(Some(known(other)).filter(|text| !text.is_empty())),
    }
    let birth = known(fields.next());
    note(recording, NAME, &known(fields.next()));
    match long_date(&birth) {
        Some(birth) => {
            note(recording, BIRTHDATE, &birth.to_string());
            recording.person.age = start.and_then(|start| years(birth, start));
        }
        None => note(recording, BIRTHDATE, &birth),
    }
    for field in fields {
        let person = &mut recording.person;
        let number = |key: &str| {
            let value: f64 = field.strip_prefix(key)?.parse().ok()?;
            value.is_finite().then_some(value)
        };
        match (number("age="), number("height="), number("weight=")) {
            (Some(age), ..) => person.age = Some(age),
            (_, Some(height), _) => person.height = Some(height),
            (.., Some(weight)) => person.weight = Some(weight),
            _ => rest.push(known(Some(field))),
        }
    }
    note(recording, PATIENT, &rest.join(" "));
}

/// Adds a note, unless there is nothing to say.
fn note(recording: &mut Recording, kind: &str, text: &str) {
    if !text.is_empty() {
        recording.person.notes.push(format!("{kind}{text}"));
    }
}

/// A subfield's text: `X` stands for nothing, `_` for a space.
fn known(field: Option<&str>) -> String {
    match field {
        None | Some("X") => String::new(),
        Some(text) => text.replace('_', " "),
    }
}

/// What [`read`] would make a subfield's text again.
fn subfield(text: &str) -> String {
    if text.is_empty() {
        "X".to_owned()
    } else {
        text.replace(' ', "_")
    }
}

/// The fields of a + file on who was recorded and when.
pub(super) struct Identity {
    pub(super) patient: String,
    pub(super) recording: String,
    pub(super) date: String,
    pub(super) time: String,
    /// When the first data record begins, in seconds since that date and time: less than 1.
    pub(super) first: Decimal,
}

/// The head's fields for a recording that began at `start`.
pub(super) fn write(recording: &Recording, start: Option<Start>) -> Identity {
    let (date, moment) = match start {
        None => (None, Time::midnight()),
        Some(Start::TimeOfDay(time)) => (None, time),
        Some(Start::Local(local)) => (Some(local.date()), local.time()),
        Some(Start::Instant(instant)) => {
            let local = instant.to_zoned(jiff::tz::TimeZone::UTC).datetime();
            (Some(local.date()), local.time())
        }
    };
    let person = &recording.person;
    let noted = |kind: &str| {
        let note = person.notes.iter().find_map(|note| note.strip_prefix(kind));
        note.unwrap_or_default()
    };
    let birth: Option<Date> = noted(BIRTHDATE).parse().ok();
    let birthdate = birth.map_or_else(|| subfield(noted(BIRTHDATE)), long);
    let sex = match person.sex {
        Some(Sex::Female) => "F",
        Some(Sex::Male) => "M",
        None => "X",
    };
    let mut patient = format!(
        "{} {sex} {birthdate} {}",
        subfield(&recording.subject),
        subfield(noted(NAME))
    );
    let told = birth.zip(date).and_then(|(birth, date)| years(birth, date));
    let numbers = [
        ("age", person.age.filter(|_| person.age != told)),
        ("height", person.height),
        ("weight", person.weight),
    ];
    for (key, value) in numbers {
        patient.extend(value.map(|value| format!(" {key}={value}")));
    }
    let mut recorded = format!("Startdate {}", date.map_or("X".to_owned(), long));
    for kind in [ADMINISTRATION, TECHNICIAN, EQUIPMENT] {
        recorded.push_str(&format!(" {}", subfield(noted(kind))));
    }
    for (text, kind) in [(&mut patient, PATIENT), (&mut recorded, RECORDING)] {
        if !noted(kind).is_empty() {
            text.push_str(&format!(" {}", subfield(noted(kind))));
        }
    }
    let short = match date {
        None => "01.01.85".to_owned(),
        Some(date) if (1985..=2084).contains(&date.year()) => {
            format!(
                "{:02}.{:02}.{:02}",
                date.day(),
                date.month(),
                date.year() % 100
            )
        }
        // So EDF+ has it for other years.
        Some(date) => format!("{:02}.{:02}.yy", date.day(), date.month()),
    };
    Identity {
        patient,
        recording: recorded,
        date: short,
        time: format!(
            "{:02}.{:02}.{:02}",
            moment.hour(),
            moment.minute(),
            moment.second()
        ),
        first: Decimal::from_nanoseconds(i64::from(moment.subsec_nanosecond())),
    }
}

/// A start moved on by some seconds.
pub(super) fn moved(start: Start, seconds: f64) -> Option<Start> {
    let nanoseconds = Decimal::from_f64(seconds)?.nanoseconds();
    let by = i64::try_from(nanoseconds).ok()?.nanoseconds();
    Some(match start {
        Start::Instant(instant) => {
            let local = instant.to_zoned(jiff::tz::TimeZone::UTC).datetime();
            Start::Local(local.checked_add(by).ok()?)
        }
        Start::Local(local) => Start::Local(local.checked_add(by).ok()?),
        Start::TimeOfDay(time) => Start::TimeOfDay(time.wrapping_add(by)),
    })
}

/// The day on which a file says that it began; `None` where a + file says that it is not known.
fn start_date(file: &str, header: &Header) -> Result<Option<Date>, FormatError> {
    let wrong = |found: &str, at: u64, expected: &str| {
        FormatError::content(
            file,
            Place::Byte(at),
            quoted(found),
            expected,
            "correct the field in the header",
        )
    };
    let mut fields = header.recording.split_ascii_whitespace();
    let mut long = None;
    if header.layout != Layout::Plain && fields.next() == Some("Startdate") {
        match fields.next() {
            None | Some("X") => return Ok(None),
            Some(text) => {
                long = Some(long_date(text).ok_or_else(|| {
                    wrong(text, 88, "a start date as dd-MMM-yyyy, as 02-MAR-2002")
                })?);
            }
        }
    }
    let parts: Vec<&str> = header.date.split(separator).collect();
    let &[day, month, year] = &parts[..] else {
        return Err(wrong(&header.date, 168, "a start date as dd.mm.yy"));
    };
    let short = short_date(day, month, year);
    match (long, short) {
        (Some(long), _) if year.eq_ignore_ascii_case("yy") => Ok(Some(long)),
        (None, Some(short)) => Ok(Some(short)),
        (Some(long), Some(short)) => {
            // The short form knows a hundred years only.
            let same = (long.day(), long.month()) == (short.day(), short.month())
                && (long.year() - short.year()) % 100 == 0;
            if !same {
                let expected = format!("the day of the field on the recording, {long}");
                return Err(wrong(&header.date, 168, &expected));
            }
            Ok(Some(long))
        }
        (_, None) => Err(wrong(&header.date, 168, "a start date as dd.mm.yy")),
    }
}

fn separator(c: char) -> bool {
    matches!(c, '.' | ':' | '/' | '-')
}

/// Of two digits, 85 to 99 are of the last century and 00 to 84 of this one.
fn short_date(day: &str, month: &str, year: &str) -> Option<Date> {
    let year: i16 = year.parse().ok().filter(|year| (0..100).contains(year))?;
    let century = if year >= 85 { 1900 } else { 2000 };
    Date::new(century + year, month.parse().ok()?, day.parse().ok()?).ok()
}

/// `02-MAR-2002`, in whatever case.
fn long_date(text: &str) -> Option<Date> {
    let mut parts = text.split(['-', ' ']);
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let month = MONTHS
        .iter()
        .position(|name| name.eq_ignore_ascii_case(month))?;
    let date = Date::new(year.parse().ok()?, month as i8 + 1, day.parse().ok()?).ok();
    date.filter(|_| parts.next().is_none())
}

fn long(date: Date) -> String {
    let month = MONTHS[usize::from(date.month().unsigned_abs()) - 1];
    format!("{:02}-{month}-{:04}", date.day(), date.year())
}

fn time(text: &str) -> Option<Time> {
    let parts: Option<Vec<i8>> = text
        .split(separator)
        .map(|part| part.parse().ok())
        .collect();
    match parts?[..] {
        [hour, minute, second] => Time::new(hour, minute, second, 0).ok(),
        _ => None,
    }
}

/// Whole years of life on a day.
fn years(birth: Date, day: Date) -> Option<f64> {
    let before = (day.month(), day.day()) < (birth.month(), birth.day());
    let years = i32::from(day.year()) - i32::from(birth.year()) - i32::from(before);
    (years >= 0).then_some(f64::from(years))
}
