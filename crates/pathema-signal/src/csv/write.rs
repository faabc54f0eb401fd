use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::lines;
use super::schema::{
    ChannelSchema, Column, Mark, Schema, Stored, TableSchema, TimeSchema, start_text,
};
use crate::error::quoted;
use crate::{
    Channel, Conversion, FormatError, Modality, Placement, Recording, Samples, Sex, Timing,
};

/// Writes a recording as CSV files beside a schema that says what they hold.
///
/// Channels of the same times share a file; there is one more for each other rate, so that nothing is repeated and no cell
/// is empty. With the schema `night.toml` the files are `night.csv`, or `night.1.csv`, `night.2.csv` and so on. Numbers are
/// the shortest that read back as what was stored; regular times are in the schema, irregular ones in a column `time`.
///
/// # Errors
/// If a file cannot be written, or a channel holds what a schema cannot say.
///
/// ```
/// use pathema_signal::{Channel, Modality, Recording, Samples, Timing, csv};
/// let folder = tempfile::tempdir()?;
/// let schema = folder.path().join("wrist.toml");
/// let channel = |name, modality, rate, count| {
///     Channel::new(name, modality, "", Timing::regular(rate), Samples::F64(vec![0.1; count]))
/// };
/// let recording = Recording {
///     channels: vec![channel("EDA", Modality::Eda, 4.0, 8), channel("BVP", Modality::Bvp, 64.0, 128)],
///     ..Recording::default()
/// };
/// csv::write(&recording, &schema)?;
/// assert_eq!(csv::read_described(&schema)?, recording);
/// assert!(folder.path().join("wrist.2.csv").exists());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write(recording: &Recording, schema: &Path) -> Result<(), FormatError> {
    let stem = schema.file_stem().and_then(|stem| stem.to_str());
    let stem = stem.ok_or_else(|| {
        refused(
            &schema.display().to_string(),
            "the name is not Unicode",
            "choose another name",
        )
    })?;
    let (described, groups) = describe(recording, stem)?;
    let folder = schema.parent().unwrap_or(Path::new(""));
    for (table, group) in described.tables.iter().zip(&groups) {
        let path = folder.join(table.file.as_deref().unwrap_or_default());
        let write = || {
            let mut out = BufWriter::with_capacity(1 << 16, File::create(&path)?);
            rows(&mut out, group)?;
            out.flush()
        };
        write().map_err(FormatError::io(path.display()))?;
    }
    let text = described.to_toml()?;
    std::fs::write(schema, text).map_err(FormatError::io(schema.display()))
}

/// Writes a recording as [`write()`] does, to memory: the schema, and each file's bytes.
///
/// # Errors
/// As [`write()`].
pub fn write_to(recording: &Recording, stem: &str) -> Result<(Schema, Vec<Vec<u8>>), FormatError> {
    let (schema, groups) = describe(recording, stem)?;
    let mut files = Vec::new();
    for group in &groups {
        let mut bytes = Vec::new();
        rows(&mut bytes, group).map_err(FormatError::io(stem))?;
        files.push(bytes);
    }
    Ok((schema, files))
}

/// The schema of a recording, and which channels share a file.
fn describe<'a>(
    recording: &'a Recording,
    stem: &str,
) -> Result<(Schema, Vec<Vec<&'a Channel>>), FormatError> {
    let mut groups: Vec<Vec<&Channel>> = Vec::new();
    let mut schema = Schema {
        subject: recording.subject.clone(),
        start: recording.start.map(start_text),
        age: recording.person.age,
        sex: recording.person.sex.map(|sex| match sex {
            Sex::Female => "F".to_owned(),
            Sex::Male => "M".to_owned(),
        }),
        height: recording.person.height,
        weight: recording.person.weight,
        notes: recording.person.notes.clone(),
        labels: recording
            .labels
            .iter()
            .map(|run| (run.label.code(), run.start, run.end))
            .collect(),
        annotations: recording
            .annotations
            .iter()
            .map(|annotation| Mark {
                start: annotation.span.start,
                end: Some(annotation.span.end).filter(|&end| end != annotation.span.start),
                text: annotation.text.clone(),
                channel: annotation.channel.clone(),
            })
            .collect(),
        ..Schema::default()
    };
    for channel in &recording.channels {
        if channel.axes == 0 || channel.name.contains(['\n', '\r']) {
            return Err(refused(
                &channel.name,
                "it has no axis, or a line's end in its name",
                "correct the channel",
            ));
        }
        let same = |group: &Vec<&Channel>| {
            group[0].timing == channel.timing && group[0].len() == channel.len()
        };
        let table = groups.iter().position(same).unwrap_or_else(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        // The first column is that of the times, where each row has its own.
        let time = usize::from(channel.rate().is_none());
        let before: usize = groups[table].iter().map(|channel| channel.axes).sum();
        let columns = (0..channel.axes).map(|axis| Column::Number(time + before + axis + 1));
        schema
            .channels
            .push(entry(channel, table, columns.collect())?);
        groups[table].push(channel);
    }
    let several = groups.len() > 1;
    for (index, group) in groups.iter().enumerate() {
        let file = if several {
            format!("{stem}.{}.csv", index + 1)
        } else {
            format!("{stem}.csv")
        };
        let time = match &group[0].timing {
            Timing::Irregular(times) => {
                if times.windows(2).any(|pair| pair[0] >= pair[1])
                    || times.iter().any(|time| !time.is_finite())
                {
                    return Err(refused(
                        &group[0].name,
                        "its times do not ascend",
                        "put its samples in order",
                    ));
                }
                TimeSchema {
                    column: Some(Column::Name("time".to_owned())),
                    ..TimeSchema::default()
                }
            }
            Timing::Regular { rate, segments } => TimeSchema {
                rate: Some(*rate),
                segments: match &segments[..] {
                    [only] if only.start == 0.0 => Vec::new(),
                    all => all
                        .iter()
                        .map(|segment| (segment.start, segment.first))
                        .collect(),
                },
                ..TimeSchema::default()
            },
        };
        schema.tables.push(TableSchema {
            file: Some(file),
            time,
            ..TableSchema::default()
        });
    }
    Ok((schema, groups))
}

fn entry(
    channel: &Channel,
    table: usize,
    columns: Vec<Column>,
) -> Result<ChannelSchema, FormatError> {
    let mut entry = ChannelSchema {
        name: channel.name.clone(),
        table: Some(table + 1).filter(|&table| table > 1),
        columns,
        modality: Some(channel.modality)
            .filter(|&modality| {
                modality != Modality::from_name(&channel.name).unwrap_or(Modality::Other)
            })
            .map(|modality| modality.name().to_owned()),
        placement: Some(channel.placement)
            .filter(|&placement| placement != Placement::Unknown)
            .map(|placement| placement.name().to_owned()),
        unit: channel.unit.clone().into_owned(),
        stored: match channel.samples {
            Samples::I16(_) => Stored::I16,
            Samples::U16(_) => Stored::U16,
            Samples::I32(_) => Stored::I32,
            Samples::F32(_) => Stored::F32,
            Samples::F64(_) => Stored::F64,
        },
        ..ChannelSchema::default()
    };
    match channel.conversion {
        Conversion::None => {}
        Conversion::Linear { scale, offset } => {
            (entry.scale, entry.offset) = (Some(scale), Some(offset));
        }
        Conversion::Adc {
            baseline,
            gain,
            missing,
        } => {
            (entry.baseline, entry.gain, entry.missing) = (Some(baseline), Some(gain), missing);
        }
        Conversion::Thermistor(_) => {
            return Err(refused(
                &channel.name,
                "a schema has no equation of a thermistor",
                "write its values in degrees instead",
            ));
        }
    }
    entry
        .conversion()
        .map_err(|error| refused(&channel.name, &error.to_string(), "correct its conversion"))?;
    Ok(entry)
}

fn refused(what: &str, problem: &str, way_out: &str) -> FormatError {
    FormatError::Unwritable {
        what: quoted(what),
        format: "CSV with a schema",
        problem: problem.to_owned(),
        way_out: way_out.to_owned(),
    }
}

/// The header and the rows of channels that share their times.
fn rows(out: &mut impl Write, channels: &[&Channel]) -> io::Result<()> {
    let mut names: Vec<String> = Vec::new();
    let times = match &channels[0].timing {
        Timing::Irregular(times) => {
            names.push("time".to_owned());
            Some(times)
        }
        Timing::Regular { .. } => None,
    };
    for channel in channels {
        names.extend((0..channel.axes).map(|axis| match (channel.axes, axis) {
            (1, _) => channel.name.clone(),
            (3, axis) => format!("{} {}", channel.name, ["x", "y", "z"][axis]),
            (_, axis) => format!("{} {}", channel.name, axis + 1),
        }));
    }
    // A line of nothing would be passed over.
    let fields = names.iter().map(|name| {
        if name.is_empty() {
            "\"\"".to_owned()
        } else {
            lines::field(name, ',')
        }
    });
    writeln!(out, "{}", fields.collect::<Vec<_>>().join(","))?;
    for row in 0..channels[0].len() {
        let mut between = "";
        if let Some(times) = times {
            write!(out, "{:?}", times[row])?;
            between = ",";
        }
        for channel in channels {
            for index in row * channel.axes..(row + 1) * channel.axes {
                out.write_all(between.as_bytes())?;
                between = ",";
                match &channel.samples {
                    Samples::I16(values) => write!(out, "{}", values[index])?,
                    Samples::U16(values) => write!(out, "{}", values[index])?,
                    Samples::I32(values) => write!(out, "{}", values[index])?,
                    // As single precision: fewer digits that mean the same value.
                    Samples::F32(values) => write!(out, "{:?}", values[index])?,
                    Samples::F64(values) => write!(out, "{:?}", values[index])?,
                }
            }
        }
        out.write_all(b"\n")?;
    }
    Ok(())
}
