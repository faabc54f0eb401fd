//! The head of a file to be written, and whether all that the recording says stands in it.

use super::channels;
use super::decimal::Decimal;
use super::field::padded;
use super::header::{Format, Header, PART};
use super::identity::Identity;
use super::index::Index;
use super::names::{self, Sensor};
use super::range::Digital;
use super::write::{Options, text};
use crate::error::quoted;
use crate::{Channel, FormatError, Person, Placement, Recording, Start};

/// One signal's fields, padded.
pub(super) struct SignalHead {
    fields: [String; 10],
}

/// The widths of a signal's fields, in the order in which they stand.
const WIDTHS: [usize; 10] = [16, 80, 8, 8, 8, 8, 8, 80, 8, 32];

impl SignalHead {
    pub(super) fn of(
        recording: &Recording,
        channel: &Channel,
        axis: usize,
        digital: &Digital<'_>,
        samples: usize,
        options: &Options,
    ) -> Result<SignalHead, FormatError> {
        let format = options.format;
        let label = names::axis_label(&channel.name, axis, channel.axes);
        if label == format.annotations() {
            let problem = "this is what the signal of annotations is called".to_owned();
            return Err(refused(&of(channel), format, problem, "rename the channel"));
        }
        let noted = |kind: &str| {
            let key = format!("{kind} of {}: ", channel.name);
            let mut notes = recording.person.notes.iter();
            notes
                .find_map(|note| note.strip_prefix(&key))
                .unwrap_or_default()
        };
        let sensor = Sensor {
            placement: channel.placement,
            modality: channel.modality,
            axis: (axis, channel.axes),
        };
        let told = channel.placement == Placement::Unknown
            && channel.axes == 1
            && names::modality(&label) == channel.modality;
        let transducer = if told {
            noted("transducer").to_owned()
        } else {
            sensor.text()
        };
        let field = |what: &str, text: &str, width: usize| {
            fit(&of(channel), what, text, width, format, options.lossy)
        };
        Ok(SignalHead {
            fields: [
                field("name", &label, 16)?,
                field("transducer", &transducer, 80)?,
                field("unit", &names::spelling(&channel.unit), 8)?,
                text(digital.physical.0),
                text(digital.physical.1),
                format!("{:<8}", digital.digital.0),
                format!("{:<8}", digital.digital.1),
                field("prefilter", noted("prefilter"), 80)?,
                format!("{samples:<8}"),
                " ".repeat(32),
            ],
        })
    }

    pub(super) fn annotations(format: Format, samples: usize) -> SignalHead {
        let (low, high) = format.range();
        let texts = [
            format.annotations().to_owned(),
            String::new(),
            String::new(),
            "-1".to_owned(),
            "1".to_owned(),
            low.to_string(),
            high.to_string(),
            String::new(),
            samples.to_string(),
            String::new(),
        ];
        let mut widths = WIDTHS.into_iter();
        SignalHead {
            fields: texts.map(|text| format!("{text:0$}", widths.next().unwrap_or(0))),
        }
    }
}

fn of(channel: &Channel) -> String {
    format!("the channel {}", quoted(&channel.name))
}

/// A text that stays as it is in a field, or with `lossy` what can be kept of it.
fn fit(
    whose: &str,
    what: &str,
    text: &str,
    width: usize,
    format: Format,
    lossy: bool,
) -> Result<String, FormatError> {
    if let Some(padded) = padded(text, width) {
        return Ok(padded);
    }
    if lossy {
        let kept: String = text
            .chars()
            .map(|c| if (' '..='~').contains(&c) { c } else { '?' })
            .take(width)
            .collect();
        return Ok(format!("{kept:width$}"));
    }
    Err(refused(
        whose,
        format,
        format!(
            "its {what} {} is not of at most {width} ASCII characters",
            quoted(text)
        ),
        "shorten it and write it in ASCII, or allow for loss",
    ))
}

/// The whole head.
pub(super) fn compose(
    identity: &Identity,
    format: Format,
    gaps: bool,
    records: usize,
    duration: f64,
    signals: &[SignalHead],
    lossy: bool,
) -> Result<Vec<u8>, FormatError> {
    if signals.len() > 9999 {
        let problem = format!("it has {} signals, and 9999 can be counted", signals.len());
        return Err(refused(
            "the recording",
            format,
            problem,
            "write it in parts",
        ));
    }
    let mut bytes = format.magic().to_vec();
    let mut put = |text: &str, width: usize| bytes.extend(format!("{text:width$}").bytes());
    for (what, text) in [
        ("person's code, name and numbers", &identity.patient),
        ("date, technician and equipment", &identity.recording),
    ] {
        put(&fit("the recording", what, text, 80, format, lossy)?, 80);
    }
    put(&identity.date, 8);
    put(&identity.time, 8);
    put(&(PART * (1 + signals.len())).to_string(), 8);
    put(
        &format!("{}+{}", format.name(), if gaps { 'D' } else { 'C' }),
        44,
    );
    put(&records.to_string(), 8);
    put(&text(duration), 8);
    put(&signals.len().to_string(), 4);
    for (field, width) in WIDTHS.into_iter().enumerate() {
        for signal in signals {
            put(&signal.fields[field], width);
        }
    }
    Ok(bytes)
}

/// Reads the head back and compares: what would be lost is refused, unless the options allow for it.
pub(super) fn check(
    recording: &Recording,
    head: &[u8],
    start: Option<Start>,
    first: Decimal,
    options: &Options,
) -> Result<(), FormatError> {
    if options.lossy {
        return Ok(());
    }
    let header = Header::parse("the head", head)?;
    let (read, _) = channels::head("the head", &header, &Index::starting(first))?;
    let lost = |what: String, problem: String, way_out: &str| {
        Err(refused(&what, options.format, problem, way_out))
    };
    let whole = || "the recording".to_owned();
    if read.subject != recording.subject {
        let problem = format!(
            "its subject {} would become {}",
            quoted(&recording.subject),
            quoted(&read.subject)
        );
        return lost(
            whole(),
            problem,
            "use spaces, not underscores, and not X alone; or allow for loss",
        );
    }
    let start = start.map(|start| match start {
        Start::Instant(instant) => {
            Start::Local(instant.to_zoned(jiff::tz::TimeZone::UTC).datetime())
        }
        other => other,
    });
    if read.start != start {
        let problem = format!("its start {start:?} would become {:?}", read.start);
        return lost(
            whole(),
            problem,
            "give it a date, or none and no time; or allow for loss",
        );
    }
    let bare = |person: &Person| Person {
        notes: Vec::new(),
        ..person.clone()
    };
    if bare(&read.person) != bare(&recording.person) {
        return lost(
            whole(),
            "what is known of the person would become another".to_owned(),
            "correct the person, or allow for loss",
        );
    }
    if let Some(note) = recording
        .person
        .notes
        .iter()
        .find(|note| !read.person.notes.contains(note))
    {
        return lost(
            whole(),
            format!("there is no field for the note {}", quoted(note)),
            "take the note out, or allow for loss",
        );
    }
    let mut found = read.channels.iter();
    for channel in &recording.channels {
        let same = found.next().is_some_and(|found| {
            (&found.name, found.placement, found.modality, found.axes)
                == (
                    &channel.name,
                    channel.placement,
                    channel.modality,
                    channel.axes,
                )
                && names::spelling(&found.unit) == names::spelling(&channel.unit)
        });
        if !same {
            let problem =
                "its name, unit, place, modality or axes would not be read as they are".to_owned();
            return lost(
                of(channel),
                problem,
                "use no spaces at a name's ends and 9999 axes at most, or allow for loss",
            );
        }
    }
    Ok(())
}

pub(super) fn refused(what: &str, format: Format, problem: String, way_out: &str) -> FormatError {
    FormatError::Unwritable {
        what: what.to_owned(),
        format: format.name(),
        problem,
        way_out: way_out.to_owned(),
    }
}
