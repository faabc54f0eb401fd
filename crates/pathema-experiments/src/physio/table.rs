//! The table that the terminal shows.

use std::fmt::Write;

use super::measures::mark;
use super::{Body, Cell, Examined, Heart, Measures, Physiology, Quality, Skin};
use crate::inspect::{clock, rate, short};

/// The physiology as text, a part a recording.
pub fn table(physiology: &Physiology) -> String {
    let mut text = format!("{}: {}", physiology.path, physiology.format);
    if physiology.simulated {
        text += ", simulated";
    }
    let count = physiology.recordings.len();
    if count != 1 {
        let _ = write!(text, ", {count} recordings");
    }
    text += "\n";
    for recording in &physiology.recordings {
        text += "\n";
        text += &one(recording);
    }
    text
}

fn one(recording: &Examined) -> String {
    let mut text = recording.name.clone();
    if let Some(body) = &recording.body {
        let _ = writeln!(text, "  {}", clock(body.duration));
        text += &signals(body);
        for heart in &body.hearts {
            text += &of_heart(heart);
        }
        for skin in &body.skins {
            text += &of_skin(skin);
        }
        for odd in &body.odd {
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

fn signals(body: &Body) -> String {
    let head = ["signal", "worn", "rate", "lasts", "present"].map(str::to_owned);
    let rows = body.signals.iter().map(|signal| {
        vec![
            sensor(signal.modality, &signal.name, "unknown"),
            signal.placement.to_owned(),
            rate(signal.rate),
            clock(signal.seconds),
            format!("{:.1} %", 100.0 * signal.present),
        ]
    });
    let rows: Vec<Vec<String>> = [head.to_vec()].into_iter().chain(rows).collect();
    aligned(&rows, 2)
}

fn of_heart(heart: &Heart) -> String {
    let mut text = format!(
        "\n  {}: {} beats, {} corrected",
        sensor(heart.modality, &heart.name, heart.placement),
        heart.beats.len(),
        heart.corrections.len()
    );
    let missing: f64 = heart.gaps.iter().map(|gap| gap[1] - gap[0]).sum();
    if missing > 0.0 {
        let _ = write!(
            text,
            ", {missing:.1} s missing in {} gaps",
            heart.gaps.len()
        );
    }
    text += &usable(&heart.quality);
    text += "\n";
    for problem in &heart.problems {
        let _ = writeln!(text, "    ! {problem}");
    }
    text + &of_measures(&heart.measures)
}

/// What a sensor is called: where it was worn, if the file says so, and its own name, if it has another.
fn sensor(modality: &str, name: &str, placement: &str) -> String {
    let mut text = modality.to_owned();
    if placement != "unknown" {
        let _ = write!(text, " {placement}");
    }
    if name != modality {
        let _ = write!(text, " ({name})");
    }
    text
}

/// Which part of the judged windows is usable, as part of a sentence.
fn usable(quality: &[Quality]) -> String {
    if quality.is_empty() {
        return String::new();
    }
    let usable = quality.iter().filter(|window| window.usable).count();
    let part = 100.0 * usable as f64 / quality.len() as f64;
    format!(", {part:.0} % of the windows usable")
}

fn of_skin(skin: &Skin) -> String {
    let mut text = format!(
        "\n  {}: {} responses",
        sensor("EDA", &skin.name, skin.placement),
        skin.responses.len()
    );
    let worst = skin.certificates.iter().map(|one| one.worst());
    if let Some(worst) = worst.reduce(f64::max) {
        let _ = write!(text, ", optimal to {worst:.0e}");
    }
    text += &usable(&skin.quality);
    text += "\n";
    for problem in &skin.problems {
        let _ = writeln!(text, "    ! {problem}");
    }
    text + &of_measures(&skin.measures)
}

fn of_measures(measures: &Measures) -> String {
    if measures.measures.is_empty() {
        return String::new();
    }
    let reasons = measures.reasons();
    let cell = |cell: &Cell| match cell {
        Cell::Value(value) => short(Some(*value)),
        Cell::Undefined(reason) => {
            let number = reasons.iter().position(|known| *known == reason.brief());
            format!("– {}", number.map_or(String::new(), mark))
        }
    };
    let mut rows = vec![vec![String::new(), String::new()]];
    rows[0].extend(measures.over.iter().map(|over| over.name.clone()));
    let mut spans = vec![String::new(), String::new()];
    let span = |start, end| format!("{}–{}", clock(start), clock(end));
    spans.extend(measures.over.iter().map(|over| span(over.start, over.end)));
    rows.push(spans);
    for measure in &measures.measures {
        let mut row = vec![measure.name.to_owned(), measure.unit.to_owned()];
        row.extend(measure.cells.iter().map(cell));
        rows.push(row);
    }
    let mut text = aligned(&rows, 4);
    for (index, reason) in reasons.iter().enumerate() {
        let _ = writeln!(text, "    {}: {reason}", mark(index));
    }
    text
}

/// Rows in columns, two spaces apart.
pub(super) fn aligned(rows: &[Vec<String>], indent: usize) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = " ".repeat(indent);
        for (cell, width) in row.iter().zip(&widths) {
            let padding = width - cell.chars().count();
            let _ = write!(line, "{cell}{}  ", " ".repeat(padding));
        }
        text += line.trim_end();
        text += "\n";
    }
    text
}
