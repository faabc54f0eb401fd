use super::random::{Purpose, Random};
use super::{Protocol, SimulationConfig};
use crate::{Label, LabelRun};

/// Seconds that the labels leave out at each end of a questionnaire interval, as in WESAD.
pub(super) const TRIM: f64 = 10.0;

/// One condition of the protocol as the questionnaire file lists it, in whole seconds.
#[derive(Clone, Debug, PartialEq)]
pub struct Interval {
    /// WESAD's name: `Base`, `TSST`, `Fun`, `Medi 1`, `Medi 2`, `bRead`, `sRead` or `fRead`.
    pub name: &'static str,
    /// The label that its inside gets.
    pub label: Label,
    /// Its start, in seconds since the start of the recording.
    pub start: f64,
    /// Its end.
    pub end: f64,
}

/// Who does what when.
pub(super) struct Schedule {
    pub(super) stress_first: bool,
    /// In the order of time.
    pub(super) intervals: Vec<Interval>,
    /// Whole seconds.
    pub(super) duration: f64,
}

impl Schedule {
    pub(super) fn new(config: &SimulationConfig, index: usize) -> Schedule {
        // Of each two neighbours one is stressed first, so that any even number of people is split in half.
        let flip = Random::new(config.seed, index / 2, Purpose::Order).chance(0.5);
        let stress_first = index.is_multiple_of(2) != flip;
        let random = &mut Random::new(config.seed, index, Purpose::Schedule);
        let mut intervals = Vec::new();
        let mut now = 0.0;
        for part in parts(stress_first) {
            if config.protocol == Protocol::Short && matches!(part.label(), Label::Ignored(_)) {
                continue;
            }
            let (gap, length) = part.seconds(config.protocol, intervals.is_empty());
            let start = now + random.uniform(gap.0, gap.1).round();
            now = start + random.uniform(length.0, length.1).round();
            intervals.push(Interval {
                name: part.name(),
                label: part.label(),
                start,
                end: now,
            });
        }
        let rest = match config.protocol {
            Protocol::Short => random.uniform(15.0, 25.0),
            Protocol::Full => random.uniform(120.0, 300.0),
        };
        Schedule {
            stress_first,
            intervals,
            duration: now + rest.round(),
        }
    }

    /// The interval at an instant, if it is not between two.
    pub(super) fn at(&self, t: f64) -> Option<&Interval> {
        self.intervals.iter().find(|i| i.start <= t && t < i.end)
    }

    /// The interval at an instant, or the next one from the middle of the gap on, or the last one.
    pub(super) fn nearest(&self, t: f64) -> Option<&Interval> {
        let away = |i: &Interval| (i.start - t).max(t - i.end);
        self.intervals
            .iter()
            .min_by(|a, b| away(a).total_cmp(&away(b)))
    }

    /// The labels: each interval without its ends, and transient between.
    pub(super) fn label_runs(&self) -> Vec<LabelRun> {
        let mut runs = Vec::new();
        let mut now = 0.0;
        let mut push = |label, start, end| runs.push(LabelRun { label, start, end });
        for interval in &self.intervals {
            let (start, end) = (interval.start + TRIM, interval.end - TRIM);
            push(Label::Transient, now, start);
            push(interval.label, start, end);
            now = end;
        }
        push(Label::Transient, now, self.duration);
        runs
    }
}

/// What WESAD calls the subject of an index: S1 and S12 do not exist.
pub(super) fn subject(index: usize) -> String {
    format!("S{}", if index < 10 { index + 2 } else { index + 3 })
}

#[derive(Clone, Copy)]
enum Part {
    Baseline,
    BaselineReading,
    Stress,
    StressReading,
    Amusement,
    AmusementReading,
    FirstMeditation,
    SecondMeditation,
}

fn parts(stress_first: bool) -> [Part; 8] {
    use Part::*;
    let stress = [Stress, StressReading];
    let amusement = [Amusement, AmusementReading];
    let ([a, b], [c, d]) = if stress_first {
        (stress, amusement)
    } else {
        (amusement, stress)
    };
    [
        Baseline,
        BaselineReading,
        a,
        b,
        FirstMeditation,
        c,
        d,
        SecondMeditation,
    ]
}

impl Part {
    fn name(self) -> &'static str {
        match self {
            Part::Baseline => "Base",
            Part::BaselineReading => "bRead",
            Part::Stress => "TSST",
            Part::StressReading => "sRead",
            Part::Amusement => "Fun",
            Part::AmusementReading => "fRead",
            Part::FirstMeditation => "Medi 1",
            Part::SecondMeditation => "Medi 2",
        }
    }

    fn label(self) -> Label {
        match self {
            Part::Baseline => Label::Baseline,
            Part::Stress => Label::Stress,
            Part::Amusement => Label::Amusement,
            Part::FirstMeditation | Part::SecondMeditation => Label::Meditation,
            Part::BaselineReading => Label::Ignored(5),
            Part::StressReading => Label::Ignored(6),
            Part::AmusementReading => Label::Ignored(7),
        }
    }

    /// Ranges of the gap before the part and of the part itself.
    fn seconds(self, protocol: Protocol, first: bool) -> ((f64, f64), (f64, f64)) {
        use Part::*;
        match protocol {
            Protocol::Short => {
                let gap = if first { (25.0, 45.0) } else { (15.0, 35.0) };
                let length = match self {
                    Baseline => (290.0, 310.0),
                    Stress => (200.0, 220.0),
                    Amusement => (170.0, 190.0),
                    _ => (80.0, 90.0),
                };
                (gap, length)
            }
            Protocol::Full => match self {
                Baseline => ((120.0, 400.0), (1180.0, 1210.0)),
                Stress => ((240.0, 480.0), (610.0, 660.0)),
                Amusement => ((200.0, 420.0), (370.0, 395.0)),
                FirstMeditation | SecondMeditation => ((150.0, 500.0), (405.0, 425.0)),
                BaselineReading => ((20.0, 60.0), (70.0, 100.0)),
                StressReading | AmusementReading => ((60.0, 260.0), (65.0, 95.0)),
            },
        }
    }
}
