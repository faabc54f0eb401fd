//! The three lines before the samples.

use jiff::civil::{DateTime, date, time};
use serde_json::{Map, Value};

use super::{Finding, sensors};
use crate::FormatError;
use crate::error::quoted;
use crate::files::Rows;

/// What the head says.
pub(super) struct Head {
    /// Samples per second.
    pub(super) rate: f64,
    pub(super) start: Option<DateTime>,
    /// The channels' sensors, in the order of the channels.
    pub(super) sensors: Vec<(String, usize)>,
    /// For each column after `nSeq`, which channel it goes to.
    pub(super) columns: Vec<usize>,
}

/// Most channels of a device.
pub(super) const MOST: usize = 16;

const WAY_OUT: &str = "see whether it is a text file of OpenSignals, and fetch it again";

/// Reads and checks the head.
pub(super) fn read(rows: &mut Rows, findings: &mut Vec<Finding>) -> Result<Head, FormatError> {
    line(rows, 1, "# OpenSignals Text File Format")?;
    let text = rows.next()?.unwrap_or_default();
    let off = |found: String, expected: &str| rows.off(2, found, expected, WAY_OUT);
    let devices: Map<String, Value> = match text.strip_prefix('#').map(serde_json::from_str) {
        Some(Ok(devices)) => devices,
        _ => return Err(off(quoted(&text), "# and a JSON object of the device")),
    };
    let device = match devices.values().collect::<Vec<_>>()[..] {
        [Value::Object(device)] => device,
        _ => {
            let found = format!("{} devices", devices.len());
            return Err(off(found, "one, as an object"));
        }
    };
    let rate = device.get("sampling rate").and_then(Value::as_f64);
    let Some(rate) = rate.filter(|rate| (1.0..=1e5).contains(rate)) else {
        let found = format!("a sampling rate of {}", shown(device.get("sampling rate")));
        return Err(off(found, "one from 1 to 100000 Hz"));
    };
    let named = texts(device.get("sensor"));
    let Some(named) = named.filter(|named| (1..=MOST).contains(&named.len())) else {
        let found = format!("sensor {}", shown(device.get("sensor")));
        return Err(off(found, "a list of 1 to 16 names"));
    };
    let columns = texts(device.get("column"));
    let agrees = columns.is_some_and(|columns| {
        columns.len() == named.len() + 2 && columns[0] == "nSeq" && columns[1] == "DI"
    });
    if !agrees {
        let found = format!("column {}", shown(device.get("column")));
        let expected = format!("nSeq, DI and one for each of the {} sensors", named.len());
        return Err(off(found, &expected));
    }
    let bits = device.get("resolution").and_then(Value::as_array);
    let sixteen = |bits: &Value| bits.as_f64() == Some(16.0);
    if !bits.is_some_and(|bits| bits.len() == named.len() && bits.iter().all(sixteen)) {
        let found = format!("resolution {}", shown(device.get("resolution")));
        return Err(off(
            found,
            "16 bits for each sensor, as the conversions need",
        ));
    }
    let (sensors, columns) = channels(&named).map_err(|found| {
        off(
            found,
            "XYZ three times or never, and the other sensors once",
        )
    })?;
    for (name, _) in sensors.iter().filter(|(name, _)| !sensors::is_known(name)) {
        if name != DIGITAL {
            findings.push(Finding::UnknownSensor { name: name.clone() });
        }
    }
    let text_of = |key: &str| device.get(key).and_then(Value::as_str);
    let start = text_of("date")
        .zip(text_of("time"))
        .and_then(|(date, time)| moment(date, time));
    if start.is_none() {
        findings.push(Finding::NoStart);
    }
    line(rows, 3, "# EndOfHeader")?;
    Ok(Head {
        rate,
        start,
        sensors,
        columns,
    })
}

/// The digital input's column and channel.
const DIGITAL: &str = "DI";

/// Sensors with their axes in the order of the columns, the digital input last, and which of them each column after
/// `nSeq` goes to.
#[allow(
    clippy::type_complexity,
    reason = "two lists that are told apart where they are used"
)]
fn channels(named: &[&str]) -> Result<(Vec<(String, usize)>, Vec<usize>), String> {
    let mut sensors: Vec<(String, usize)> = Vec::new();
    let mut columns = vec![0];
    for &name in named {
        let at = sensors.iter().position(|(known, _)| known == name);
        let at = at.unwrap_or_else(|| {
            sensors.push((name.to_owned(), 0));
            sensors.len() - 1
        });
        sensors[at].1 += 1;
        columns.push(at);
    }
    let wrong = |(name, axes): &&(String, usize)| {
        *axes != if name == "XYZ" { 3 } else { 1 } || name == DIGITAL
    };
    if let Some((name, axes)) = sensors.iter().find(wrong) {
        return Err(format!("sensor {} {axes} times", quoted(name)));
    }
    columns[0] = sensors.len();
    sensors.push((DIGITAL.to_owned(), 1));
    Ok((sensors, columns))
}

fn line(rows: &mut Rows, number: u64, expected: &str) -> Result<(), FormatError> {
    let text = rows.next()?.unwrap_or_default();
    let same = |text: &str| text.split_whitespace().eq(expected.split_whitespace());
    if same(&text) {
        return Ok(());
    }
    Err(rows.off(number, quoted(&text), &quoted(expected), WAY_OUT))
}

fn texts(list: Option<&Value>) -> Option<Vec<&str>> {
    list?.as_array()?.iter().map(Value::as_str).collect()
}

fn shown(value: Option<&Value>) -> String {
    value.map_or("nothing".to_owned(), |value| quoted(&value.to_string()))
}

/// A date and a time as `2017-5-22` and `9:14:21.0`.
fn moment(day: &str, clock: &str) -> Option<DateTime> {
    let numbers = |text: &str, between: char| -> Option<[i16; 3]> {
        let parts: Option<Vec<i16>> = text
            .split(between)
            .map(|part| part.trim().parse().ok())
            .collect();
        parts?.try_into().ok()
    };
    let small = |number: i16| i8::try_from(number).ok();
    let (clock, fraction) = clock.trim().split_once('.').unwrap_or((clock, "0"));
    let [year, month, day] = numbers(day, '-')?;
    let [hour, minute, second] = numbers(clock, ':')?;
    if !(1..=9).contains(&fraction.len()) || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let nanoseconds: i32 = format!("{fraction:0<9}").parse().ok()?;
    let (month, day) = (small(month)?, small(day)?);
    let (hour, minute, second) = (small(hour)?, small(minute)?, small(second)?);
    let valid = (1..=9999).contains(&year)
        && jiff::civil::Date::new(year, month, day).is_ok()
        && jiff::civil::Time::new(hour, minute, second, nanoseconds).is_ok();
    valid.then(|| date(year, month, day).to_datetime(time(hour, minute, second, nanoseconds)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_times_without_leading_zeros() {
        let moment = |day, clock| moment(day, clock).map(|moment| moment.to_string());
        assert_eq!(
            moment("2017-5-22", "9:14:21.0").as_deref(),
            Some("2017-05-22T09:14:21")
        );
        assert_eq!(
            moment("2017-05-22", "09:14:21").as_deref(),
            Some("2017-05-22T09:14:21")
        );
        assert_eq!(
            moment("2017-5-22", "9:14:21.25").as_deref(),
            Some("2017-05-22T09:14:21.25")
        );
        for (day, clock) in [
            ("2017-13-1", "9:0:0"),
            ("2017-1", "9:0:0"),
            ("2017-1-1", "25:0:0"),
            ("", ""),
            ("2017-1-1", "9:0:0.x"),
        ] {
            assert_eq!(moment(day, clock), None, "{day} {clock}");
        }
    }
}
