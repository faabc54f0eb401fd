//! The table, as Markdown for people and as JSON for programs.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::workloads::{Aim, Peer};

/// One row: theirs over ours, so that higher is better.
#[derive(PartialEq, Debug)]
pub(super) struct Row {
    pub(super) workload: String,
    pub(super) peer: &'static str,
    /// `None` where there is nothing to compare; the remark says why.
    pub(super) ratio: Option<f64>,
    pub(super) aim: Option<Aim>,
    pub(super) remark: String,
}

impl Row {
    pub(super) fn with(words: &str, peer: &Peer, ratio: f64, remark: &str) -> Row {
        Row {
            workload: words.to_owned(),
            peer: peer.name,
            ratio: Some(ratio),
            aim: peer.aim,
            remark: remark.to_owned(),
        }
    }

    pub(super) fn without(words: &str, peer: &Peer, why: &str) -> Row {
        Row {
            ratio: None,
            ..Row::with(words, peer, 0.0, why)
        }
    }

    /// Whether the aim is met; `None` without an aim or a ratio.
    pub(super) fn is_met(&self) -> Option<bool> {
        Some(self.ratio? >= self.aim?.least)
    }
}

/// The middle one, or the mean of the two in the middle.
pub(super) fn median(of: &[f64]) -> Option<f64> {
    let mut sorted = of.to_vec();
    sorted.sort_by(f64::total_cmp);
    let upper = *sorted.get(sorted.len() / 2)?;
    if sorted.len() % 2 == 1 {
        return Some(upper);
    }
    let lower = *sorted.get(sorted.len() / 2 - 1)?;
    Some((lower + upper) / 2.0)
}

pub(super) fn markdown(rows: &[Row]) -> String {
    let mut text = String::from(
        "| workload | peer | theirs / ours | aim | stretch | remark |\n|---|---|---:|---:|---:|---|\n",
    );
    for row in rows {
        let ratio = row.ratio.map_or_else(|| "–".to_owned(), number);
        let least = row.aim.map_or_else(String::new, |aim| plain(aim.least));
        let stretch = row
            .aim
            .and_then(|aim| aim.stretch)
            .map_or_else(String::new, plain);
        // What a program says may hold what would end a cell.
        let remark = row.remark.replace('|', "\\|").replace('\n', " ");
        let (workload, peer) = (&row.workload, row.peer);
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "| {workload} | {peer} | {ratio} | {least} | {stretch} | {remark} |"
        );
    }
    text
}

/// A line a row, for whoever watches.
pub(super) fn short(rows: &[Row]) -> String {
    rows.iter().fold(String::new(), |mut text, row| {
        let ratio = row.ratio.map_or_else(|| "–".to_owned(), number);
        let verdict = row
            .is_met()
            .map_or("", |met| if met { "" } else { ", below the aim" });
        let _ = writeln!(text, "  {}: {ratio}{verdict} {}", row.peer, row.remark);
        text
    })
}

/// How many aims are met.
pub(super) fn summary<'a>(rows: impl IntoIterator<Item = &'a Row> + Clone) -> String {
    let judged: Vec<bool> = rows.clone().into_iter().filter_map(Row::is_met).collect();
    let met = judged.iter().filter(|met| **met).count();
    let open = rows.into_iter().filter(|row| row.ratio.is_none()).count();
    let mut text = format!("{met} of {} aims are met", judged.len());
    if open > 0 {
        let _ = write!(text, "; not measured: {open}");
    }
    text + "."
}

pub(super) fn json(rows: &[Row]) -> Value {
    rows.iter()
        .map(|row| {
            json!({
                "workload": row.workload,
                "peer": row.peer,
                "ratio": row.ratio,
                "aim": row.aim.map(|aim| aim.least),
            })
        })
        .collect()
}

/// Three digits that say something.
pub(super) fn number(ratio: f64) -> String {
    let decimals = match ratio {
        100.0.. => 0,
        10.0..100.0 => 1,
        _ => 2,
    };
    format!("{ratio:.decimals$}")
}

/// As short as it can be said: `6`, `2.5`.
pub(super) fn plain(number: f64) -> String {
    format!("{number}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(ratio: Option<f64>, aim: Option<Aim>) -> Row {
        Row {
            workload: "midpoint, linear, batch 32".into(),
            peer: "torchcde",
            ratio,
            aim,
            remark: String::new(),
        }
    }

    const SIX: Option<Aim> = Some(Aim {
        least: 6.0,
        stretch: Some(8.5),
    });

    #[test]
    fn medians() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3.0]), Some(3.0));
        assert_eq!(median(&[9.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 1.0, 2.0, 100.0]), Some(3.0));
    }

    #[test]
    fn a_row_as_people_read_it() {
        let mut odd = row(None, None);
        odd.remark = "a|b\nc".into();
        let text = markdown(&[row(Some(7.256), SIX), odd]);
        let lines: Vec<&str> = text.lines().skip(2).collect();
        assert_eq!(
            lines,
            [
                "| midpoint, linear, batch 32 | torchcde | 7.26 | 6 | 8.5 |  |",
                "| midpoint, linear, batch 32 | torchcde | – |  |  | a\\|b c |",
            ]
        );
    }

    #[test]
    fn a_row_as_programs_read_it() {
        let rows = json(&[row(Some(7.0), SIX), row(None, None)]);
        let workload = "midpoint, linear, batch 32";
        assert_eq!(
            rows,
            json!([
                {"workload": workload, "peer": "torchcde", "ratio": 7.0, "aim": 6.0},
                {"workload": workload, "peer": "torchcde", "ratio": null, "aim": null},
            ])
        );
    }

    #[test]
    fn aims_are_counted() {
        let rows = [
            row(Some(6.0), SIX),
            row(Some(5.9), SIX),
            row(Some(1.0), None),
        ];
        assert_eq!(summary(&rows), "1 of 2 aims are met.");
        let rows = [row(None, SIX)];
        assert_eq!(summary(&rows), "0 of 0 aims are met; not measured: 1.");
    }

    #[test]
    fn numbers_have_three_digits() {
        for (ratio, expected) in [
            (0.4567, "0.46"),
            (7.256, "7.26"),
            (31.46, "31.5"),
            (812.4, "812"),
        ] {
            assert_eq!(number(ratio), expected);
        }
    }
}
