//! The table that the terminal shows.

use std::fmt::Write;

use pathema_signal::inspect::{ChannelReport, Report};

use super::{Inspected, Inspection, clock, rate, short};

/// The inspection as text, a table a recording.
pub fn table(inspection: &Inspection) -> String {
    let mut text = format!("{}: {}", inspection.path, inspection.format);
    if inspection.simulated {
        text += ", simulated";
    }
    let count = inspection.recordings.len();
    if count != 1 {
        let _ = write!(text, ", {count} recordings");
    }
    text += "\n";
    for recording in &inspection.recordings {
        text += "\n";
        text += &one(recording);
    }
    text
}

fn one(recording: &Inspected) -> String {
    let mut text = recording.name.clone();
    if let Some(report) = &recording.report {
        let _ = write!(text, "  {}", clock(report.duration));
        if let Some(start) = &report.start {
            let _ = write!(text, ", from {start}");
        }
        text += "\n";
        text += &channels(report);
        text += &marks(report);
        for odd in &report.odd {
            let _ = writeln!(text, "  ! {odd}");
        }
    } else {
        text += "\n";
    }
    if let Some(error) = &recording.error {
        let _ = writeln!(text, "  error: {error}");
    }
    text
}

const HEAD: [&str; 8] = [
    "channel",
    "worn",
    "rate",
    "samples",
    "from – to",
    "low … mean … high",
    "unit",
    "what is odd",
];

fn channels(report: &Report) -> String {
    let mut rows = vec![HEAD.map(str::to_owned)];
    rows.extend(report.channels.iter().map(|channel| row(channel, report)));
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let widths: Vec<usize> = (0..HEAD.len())
        .map(|column| width(column).unwrap_or(0))
        .collect();
    let mut text = String::new();
    for row in &rows {
        let mut line = String::from(" ");
        for (cell, &width) in row.iter().zip(&widths) {
            let padding = width - cell.chars().count();
            let _ = write!(line, " {cell}{} ", " ".repeat(padding));
        }
        text += line.trim_end();
        text += "\n";
    }
    text
}

fn row(channel: &ChannelReport, report: &Report) -> [String; 8] {
    let span = match (channel.start, channel.end) {
        (Some(start), Some(end)) => format!("{} – {}", clock(start), clock(end)),
        _ => "–".to_owned(),
    };
    let values = format!(
        "{} … {} … {}",
        short(channel.low),
        short(channel.mean),
        short(channel.high)
    );
    [
        match channel.axes {
            1 => channel.name.clone(),
            axes => format!("{} ×{axes}", channel.name),
        },
        channel.placement.to_owned(),
        rate(channel.rate),
        channel.samples.to_string(),
        span,
        values,
        channel.unit.clone(),
        odd(channel, report).join(", "),
    ]
}

/// What is odd about a channel, in words.
pub(super) fn odd(channel: &ChannelReport, report: &Report) -> Vec<String> {
    let mut odd = Vec::new();
    if channel.samples == 0 {
        odd.push("empty".to_owned());
    }
    let values = channel.samples * channel.axes as u64;
    let share = |count: u64| {
        let percent = 100.0 * count as f64 / values.max(1) as f64;
        if percent < 0.1 {
            format!("{count}")
        } else {
            format!("{count} ({percent:.1} %)")
        }
    };
    if channel.missing > 0 {
        odd.push(format!("{} missing", share(channel.missing)));
    }
    if channel.gaps > 0 {
        odd.push(format!(
            "{} gaps of {} in all",
            channel.gaps,
            clock(channel.gap_seconds)
        ));
    }
    if channel.flat_seconds > 0.0 {
        let first = channel.first_flat.first().map_or(0.0, |span| span[0]);
        odd.push(format!(
            "flat for {}, first at {}",
            clock(channel.flat_seconds),
            clock(first)
        ));
    }
    if channel.clipped > 0 {
        odd.push(format!("{} clipped", share(channel.clipped)));
    }
    if channel.out_of_range > 0 {
        odd.push(format!("{} out of range", share(channel.out_of_range)));
    }
    let name = format!("{} {}", channel.placement, channel.name);
    if let Some(apart) = report
        .unsynchronised
        .iter()
        .find(|apart| apart.channel == name)
    {
        odd.push(format!(
            "begins {:+.1} s and ends {:+.1} s apart from the others",
            apart.begins_late, apart.ends_late
        ));
    }
    odd
}

fn marks(report: &Report) -> String {
    let mut text = String::new();
    if !report.labels.is_empty() {
        let labels: Vec<String> = report
            .labels
            .iter()
            .map(|label| {
                format!(
                    "{} {} ({})",
                    label.name,
                    clock(label.seconds),
                    label.runs.len()
                )
            })
            .collect();
        let _ = writeln!(text, "  labels: {}", labels.join(", "));
    }
    if !report.annotations.is_empty() {
        let shown = report.annotations.iter().take(12);
        let mut kinds: Vec<String> = shown
            .map(|(kind, count)| format!("{kind} {count}"))
            .collect();
        let rest = report
            .annotations
            .iter()
            .skip(12)
            .map(|(_, count)| count)
            .sum::<u64>();
        if rest + report.other_annotations > 0 {
            kinds.push(format!("others {}", rest + report.other_annotations));
        }
        let _ = writeln!(text, "  annotations: {}", kinds.join(", "));
    }
    text
}
