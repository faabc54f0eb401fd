//! What is done, by whom, and what is aimed at.

use super::inputs::Input;
use crate::bench::workloads::Aim;

/// Workloads of one kind.
pub(in crate::bench) struct Suite {
    /// The name of its option, of its scripts' folder and of its page.
    pub(super) name: &'static str,
    /// The crate whose examples are ours.
    pub(super) package: &'static str,
    pub(super) heading: &'static str,
    /// What the page says of the work, as items of a list.
    pub(super) about: &'static str,
    /// What the peers take of the disk.
    pub(super) takes: &'static str,
    pub(super) workloads: fn() -> Vec<Workload>,
}

/// Work on a file, our example that does it, and theirs.
pub(super) struct Workload {
    pub(super) words: &'static str,
    pub(super) input: Input,
    /// The example of ours.
    pub(super) example: &'static str,
    pub(super) peer: Peer,
    /// The sampling rate, where programs are told it after the file.
    pub(super) rate: Option<&'static str>,
    /// What the peer's script is told in the end.
    pub(super) peer_arguments: &'static [&'static str],
    pub(super) aim: Option<Aim>,
    /// Whether our peak is to stay near the arrays' own size.
    pub(super) is_lean: bool,
    /// Repeats a round, ours and theirs: enough of them to take some tenths of a second.
    pub(super) repeats: [usize; 2],
    /// Of each program.
    pub(super) threads: usize,
}

/// What we are compared with.
#[derive(Clone, Copy)]
pub(super) enum Peer {
    /// A script that does the same.
    Script {
        name: &'static str,
        file: &'static str,
    },
    /// A time that is not to be passed, in seconds.
    Limit { name: &'static str, seconds: f64 },
}

impl Peer {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Peer::Script { name, .. } | Peer::Limit { name, .. } => name,
        }
    }
}

pub(in crate::bench) const FORMATS: Suite = Suite {
    name: "formats",
    package: "pathema-signal",
    heading: "Reading files beside Python",
    about: "- **Simulated** is a pickle in WESAD's layout with chest signals, written by `bench/formats/simulate_pickle.py`.",
    takes: "about 200 MB",
    workloads: formats,
};

pub(in crate::bench) const PHYSIO: Suite = Suite {
    name: "physio",
    package: "pathema-physio",
    heading: "Physiology beside Python",
    about: "- **Work**: reading the file is not timed. R peaks are those of 30 min of an ECG at 360 Hz; NeuroKit2 cleans the signal and finds\n  \
            peaks by its own method, as its users do, or finds them on the signal as it is. cvxEDA is asked for 24,000 samples by both, with its\n  \
            published settings; ours in double precision down to residuals of 1e-8, CVXOPT's at its default tolerances.",
    takes: "about 1 GB",
    workloads: physio,
};

fn formats() -> Vec<Workload> {
    let pickle = |words, input, repeats| Workload {
        words,
        input,
        example: "read_pickle",
        peer: Peer::Script {
            name: "pickle.load",
            file: "pickle_peer.py",
        },
        rate: None,
        peer_arguments: &[],
        aim: Aim::stretching(5.0, 10.0),
        is_lean: true,
        repeats,
        threads: 1,
    };
    vec![
        pickle(
            "pickle at protocol 0, wrist only, 93 MB (WESAD S2)",
            Input::Member("WESAD/S2/S2.pkl"),
            [5, 1],
        ),
        pickle(
            "pickle at protocol 0, chest and wrist, about 1 GB (simulated)",
            Input::Simulated,
            [1, 1],
        ),
        Workload {
            words: "WFDB record and annotations, format 212 (mitdb 100)",
            input: Input::Record("mitdb/100"),
            example: "read_wfdb",
            peer: Peer::Script {
                name: "wfdb",
                file: "wfdb_peer.py",
            },
            rate: None,
            peer_arguments: &[],
            aim: Aim::least(5.0),
            is_lean: false,
            repeats: [20, 5],
            threads: 1,
        },
        Workload {
            words: "Empatica E4 session, folder (WESAD S2)",
            input: Input::Inner("WESAD/S2/S2_E4_Data.zip"),
            example: "read_e4",
            peer: Peer::Script {
                name: "pandas",
                file: "e4_peer.py",
            },
            rate: None,
            peer_arguments: &[],
            aim: Aim::least(5.0),
            is_lean: false,
            repeats: [5, 2],
            threads: 1,
        },
        Workload {
            words: "Empatica E4 session, zip (WESAD S2)",
            input: Input::Member("WESAD/S2/S2_E4_Data.zip"),
            example: "read_e4",
            peer: Peer::Script {
                name: "pandas",
                file: "e4_peer.py",
            },
            rate: None,
            peer_arguments: &[],
            aim: Aim::least(5.0),
            is_lean: false,
            repeats: [5, 2],
            threads: 1,
        },
    ]
}

fn physio() -> Vec<Workload> {
    let peaks = |words, name, peer_arguments, aim, repeats| Workload {
        words,
        input: Input::Prepared("ecg"),
        example: "r_peaks",
        peer: Peer::Script {
            name,
            file: "peaks_peer.py",
        },
        rate: Some("360"),
        peer_arguments,
        aim: Aim::least(aim),
        is_lean: false,
        repeats,
        threads: 1,
    };
    vec![
        peaks(
            "R peaks of 30 min (mitdb 100)",
            "NeuroKit2",
            &["neurokit-clean"][..],
            5.0,
            [20, 5],
        ),
        peaks(
            "R peaks of 30 min (mitdb 100)",
            "NeuroKit2, not cleaned",
            &["neurokit"],
            5.0,
            [20, 5],
        ),
        peaks(
            "R peaks of 30 min (mitdb 100)",
            "wfdb XQRS",
            &["xqrs"],
            100.0,
            [20, 1],
        ),
        Workload {
            words: "cvxEDA of 24,000 samples (WESAD S2, wrist, 4 Hz)",
            input: Input::Prepared("eda"),
            example: "cvxeda",
            peer: Peer::Script {
                name: "cvxEDA with cvxopt",
                file: "cvxeda_peer.py",
            },
            rate: Some("4"),
            peer_arguments: &["cvxeda"],
            aim: Aim::least(5.0),
            is_lean: false,
            repeats: [5, 1],
            threads: 1,
        },
        Workload {
            words: "wrist features of 15 subjects every 0.25 s, 2 threads",
            input: Input::Archive,
            example: "wrist_features",
            peer: Peer::Limit {
                name: "a minute",
                seconds: 60.0,
            },
            rate: None,
            peer_arguments: &[],
            aim: Aim::least(1.0),
            is_lean: false,
            repeats: [1, 0],
            threads: 2,
        },
    ]
}
