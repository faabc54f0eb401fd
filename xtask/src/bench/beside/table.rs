//! The table, with the memory that both take.

use std::fmt::Write as _;

use indicatif::BinaryBytes;
use serde_json::{Value, json};

use super::judge::Measured;
use super::workloads::Suite;
use crate::bench::table::{self, Row, number, plain};

/// What the page says beside the table.
pub(super) struct Page<'a> {
    pub(super) suite: &'a Suite,
    pub(super) measured: &'a [Measured],
    pub(super) rounds: usize,
    pub(super) pinned: bool,
    /// The peers' versions, as pip reads them.
    pub(super) requirements: &'a str,
    pub(super) machine: &'a str,
    pub(super) commit: Option<&'a str>,
}

pub(super) fn page(page: &Page) -> String {
    let rounds = page.rounds;
    let pinned = if page.pinned {
        "pinned to as many processors as it has threads, one unless the row says two"
    } else {
        "not pinned (there is no `taskset` here)"
    };
    let versions: Vec<String> = page
        .requirements
        .lines()
        .filter_map(|line| line.split_once("=="))
        .map(|(name, version)| format!("{name} {version}"))
        .collect();
    let commit = page.commit.map_or_else(String::new, |commit| {
        format!(" Measured at commit {commit}.")
    });
    format!(
        "# {heading}\n\n\
         How long the same work takes elsewhere, as a multiple of what it takes here: theirs over ours, higher is better.\n\n\
         ```console\n$ PATHEMA_DATA=… cargo xtask bench --{name}\n```\n\n\
         - **How**: programs are started in turn, {rounds} rounds to and fro in one go, each {pinned}; a ratio is one of medians over all\n  \
         repeats. Starting a program and importing libraries are not timed. The file is in the system's cache.\n\
         - **Memory** is the most a process has held, all of it, while it did the work once. Against its arrays, which both must hold, ours may have\n  \
         64 MiB more: the ratio is of that limit over ours.\n\
         {about}\n\
         - **Versions**: {versions}. **Machine**: {machine}.{commit}\n\n\
         {summary}\n\n{table}",
        heading = page.suite.heading,
        name = page.suite.name,
        about = page.suite.about,
        versions = versions.join(", "),
        machine = page.machine,
        summary = summary(page.measured),
        table = markdown(page.measured),
    )
}

pub(super) fn markdown(measured: &[Measured]) -> String {
    let mut text = String::from(
        "| workload | peer | theirs / ours | aim | stretch | ours | theirs | peak, ours | peak, theirs | remark |\n\
         |---|---|---:|---:|---:|---:|---:|---:|---:|---|\n",
    );
    for one in measured {
        for (index, row) in one.rows().iter().enumerate() {
            let times = one.times().filter(|_| index == 0);
            let [ours, theirs] =
                times.map_or([String::new(), String::new()], |times| times.map(seconds));
            let [peak, their_peak] = one.peaks().map(|peak| {
                let shown = peak.map(|bytes| BinaryBytes(bytes).to_string());
                shown
                    .filter(|_| index == 0 || row.ratio.is_some())
                    .unwrap_or_default()
            });
            let ratio = row.ratio.map_or_else(|| "–".to_owned(), number);
            let least = row.aim.map_or_else(String::new, |aim| plain(aim.least));
            let stretch = row
                .aim
                .and_then(|aim| aim.stretch)
                .map_or_else(String::new, plain);
            // What went wrong may hold what would end a cell.
            let remark = row.remark.replace('|', "\\|").replace('\n', " ");
            let Row { workload, peer, .. } = row;
            // Writing to a string cannot fail.
            let _ = writeln!(
                text,
                "| {workload} | {peer} | {ratio} | {least} | {stretch} | {ours} | {theirs} | {peak} | {their_peak} | {remark} |"
            );
        }
    }
    text
}

/// A line a row, for whoever watches.
pub(super) fn short(measured: &Measured) -> String {
    table::short(&measured.rows())
}

pub(super) fn summary(measured: &[Measured]) -> String {
    let rows: Vec<Row> = measured.iter().flat_map(Measured::rows).collect();
    table::summary(&rows)
}

pub(super) fn json(measured: &[Measured]) -> Value {
    let rows = measured.iter().flat_map(|one| {
        let [peak, their_peak] = one.peaks();
        let [ours, theirs] = &one.seconds;
        one.rows().into_iter().map(move |row| {
            json!({
                "workload": row.workload,
                "peer": row.peer,
                "ratio": row.ratio,
                "aim": row.aim.map(|aim| aim.least),
                "remark": row.remark,
                "seconds": ours,
                "their_seconds": theirs,
                "peak_bytes": peak,
                "their_peak_bytes": their_peak,
            })
        })
    });
    rows.collect()
}

/// `1.23 s` or `4.56 ms`.
fn seconds(seconds: f64) -> String {
    if seconds < 1.0 {
        format!("{} ms", number(seconds * 1e3))
    } else {
        format!("{} s", number(seconds))
    }
}

#[cfg(test)]
mod tests {
    use super::super::program::Answer;
    use super::super::workloads;
    use super::*;

    fn measured() -> [Measured; 2] {
        let all = (workloads::FORMATS.workloads)();
        let mut one = Measured::new(&all[2]);
        for (who, peak) in [(0, 5 << 20), (1, 80 << 20)] {
            let answer = Answer {
                peak_bytes: Some(peak),
                ..Answer::default()
            };
            one.first(who, answer);
        }
        one.add(0, &[0.004]);
        one.add(1, &[1.5]);
        [one, Measured::skipped(&all[3], "skipped: a|b".into())]
    }

    #[test]
    fn rows_as_people_read_them() {
        let [one, other] = measured();
        let text = markdown(&[one, other]);
        let lines: Vec<&str> = text.lines().skip(2).collect();
        assert_eq!(
            lines,
            [
                "| WFDB record and annotations, format 212 (mitdb 100) | wfdb | 375 | 5 |  | 4.00 ms | 1.50 s | 5.00 MiB | 80.00 MiB |  |",
                "| Empatica E4 session, folder (WESAD S2) | pandas | – | 5 |  |  |  |  |  | skipped: a\\|b |",
            ]
        );
    }

    #[test]
    fn rows_as_programs_read_them() {
        let rows = json(&measured());
        assert_eq!(rows[0]["ratio"], 375.0);
        assert_eq!(rows[0]["peak_bytes"], 5 << 20);
        assert_eq!(rows[0]["their_seconds"], json!([1.5]));
        assert_eq!(rows[1]["ratio"], Value::Null);
        assert_eq!(rows[1]["remark"], "skipped: a|b");
    }

    #[test]
    fn the_page_says_what_was_asked() {
        let text = page(&Page {
            suite: &workloads::FORMATS,
            measured: &measured(),
            rounds: 5,
            pinned: true,
            requirements: "# peers\nnumpy==2.0\nwfdb==4.3\n",
            machine: "a machine",
            commit: Some("abc"),
        });
        for part in [
            "5 rounds",
            "pinned to as many processors",
            "numpy 2.0, wfdb 4.3",
            "at commit abc.",
            "1 of 1 aims are met; not measured: 1.",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
    }
}
