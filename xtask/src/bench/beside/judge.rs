//! From what was measured to ratios.

use super::program::Answer;
use super::workloads::{Peer, Workload};
use crate::bench::table::{Row, median};
use crate::bench::workloads::Aim;

/// How much more than its arrays a reader may hold: the program itself, buffers, what grows by doubling.
const BESIDE: u64 = 64 << 20;

/// One workload, ours and theirs.
pub(super) struct Measured {
    pub(super) words: &'static str,
    pub(super) peer: &'static str,
    aim: Option<Aim>,
    is_lean: bool,
    /// The time that stands in a peer's place.
    limit: Option<f64>,
    /// Of every timed reading, ours and theirs.
    pub(super) seconds: [Vec<f64>; 2],
    first: [Answer; 2],
    trouble: Option<String>,
}

impl Measured {
    pub(super) fn new(workload: &Workload) -> Measured {
        Measured {
            words: workload.words,
            peer: workload.peer.name(),
            limit: match workload.peer {
                Peer::Limit { seconds, .. } => Some(seconds),
                Peer::Script { .. } => None,
            },
            aim: workload.aim,
            is_lean: workload.is_lean,
            seconds: [Vec::new(), Vec::new()],
            first: [Answer::default(), Answer::default()],
            trouble: None,
        }
    }

    pub(super) fn skipped(workload: &Workload, why: String) -> Measured {
        Measured {
            trouble: Some(why),
            ..Measured::new(workload)
        }
    }

    /// What a single reading told of memory and values.
    pub(super) fn first(&mut self, who: usize, answer: Answer) {
        self.first[who] = answer;
        let [ours, theirs] = &self.first;
        if let (Some(ours), Some(theirs)) = (ours.samples, theirs.samples)
            && ours != theirs
        {
            self.trouble = Some(format!("not the same: {ours} values, theirs {theirs}"));
        }
    }

    pub(super) fn add(&mut self, who: usize, seconds: &[f64]) {
        self.seconds[who].extend(seconds);
    }

    /// Medians, ours and theirs.
    pub(super) fn times(&self) -> Option<[f64; 2]> {
        let [ours, theirs] = &self.seconds;
        let theirs = self.limit.or_else(|| median(theirs));
        Some([median(ours)?, theirs?])
    }

    /// Theirs over ours.
    pub(super) fn time(&self) -> Option<f64> {
        let [ours, theirs] = self.times().filter(|_| self.trouble.is_none())?;
        Some(theirs / ours)
    }

    pub(super) fn peaks(&self) -> [Option<u64>; 2] {
        [self.first[0].peak_bytes, self.first[1].peak_bytes]
    }

    /// A row for the time, and one for the memory where that is judged.
    pub(super) fn rows(&self) -> Vec<Row> {
        let row = |peer, aim, ratio, remark: &str| Row {
            workload: self.words.to_owned(),
            peer,
            ratio,
            aim,
            remark: remark.to_owned(),
        };
        let trouble = self.trouble.as_deref().unwrap_or_default();
        let mut rows = vec![row(self.peer, self.aim, self.time(), trouble)];
        if self.is_lean {
            let [ours, theirs] = &self.first;
            let arrays = ours.array_bytes.or(theirs.array_bytes);
            let ratio = arrays
                .zip(ours.peak_bytes)
                .filter(|_| self.trouble.is_none());
            let ratio = ratio.map(|(arrays, peak)| (arrays + BESIDE) as f64 / peak as f64);
            let remark = match (ratio, trouble) {
                (None, "") => "one of the two tells no memory".to_owned(),
                (None, trouble) => trouble.to_owned(),
                (Some(_), _) => "peak memory".to_owned(),
            };
            rows.push(row("its arrays + 64 MiB", Aim::least(1.0), ratio, &remark));
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::super::workloads;
    use super::*;

    /// The first workload, a pickle, with these answers.
    fn measured(ours: Answer, theirs: Answer) -> Measured {
        let mut measured = Measured::new(&(workloads::FORMATS.workloads)()[0]);
        measured.first(0, ours);
        measured.first(1, theirs);
        measured.add(0, &[1.0, 9.0, 2.0]);
        measured.add(1, &[12.0]);
        measured
    }

    fn answer(peak: u64, samples: Option<u64>, arrays: Option<u64>) -> Answer {
        Answer {
            seconds: vec![5.0],
            peak_bytes: Some(peak),
            samples,
            array_bytes: arrays,
        }
    }

    #[test]
    fn a_ratio_is_one_of_medians() {
        let rows = measured(
            answer(96 << 20, None, None),
            answer(1 << 30, Some(3), Some(32 << 20)),
        )
        .rows();
        assert_eq!(rows.len(), 2);
        assert_eq!(
            (rows[0].peer, rows[0].ratio, rows[0].is_met()),
            ("pickle.load", Some(6.0), Some(true))
        );
        // 32 MiB of arrays and 64 beside them are just what ours takes.
        assert_eq!((rows[1].ratio, rows[1].is_met()), (Some(1.0), Some(true)));
        let rows = measured(
            answer(192 << 20, None, Some(32 << 20)),
            answer(1, None, None),
        )
        .rows();
        assert_eq!((rows[1].ratio, rows[1].is_met()), (Some(0.5), Some(false)));
    }

    #[test]
    fn others_values_are_no_comparison() {
        let rows = measured(answer(1, Some(3), Some(1)), answer(1, Some(4), None)).rows();
        for row in rows {
            assert_eq!(row.ratio, None);
            assert_eq!(row.remark, "not the same: 3 values, theirs 4");
        }
    }

    #[test]
    fn what_is_skipped_says_why() {
        let workload = &(workloads::FORMATS.workloads)()[0];
        for row in Measured::skipped(workload, "skipped: no data".into()).rows() {
            assert_eq!((row.ratio, row.remark.as_str()), (None, "skipped: no data"));
        }
        let rows = measured(answer(1, None, None), answer(1, None, None)).rows();
        assert_eq!(rows[1].remark, "one of the two tells no memory");
    }
}
