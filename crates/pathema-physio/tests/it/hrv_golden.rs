//! Heart rate variability against NeuroKit2 and SciPy, by the numbers that `golden/make_hrv.py` wrote.
//!
//! NeuroKit2's mean, SDNN, RMSSD, SDSD, CVNN, CVSD, median, MAD, IQR, minimum, maximum, triangular index, SDANN and SDNN index, SD1, SD2,
//! their ratio, area, CSI and modified CSI, CVI, sample and approximate entropy, DFA and Higuchi's dimension are ours, in ms. Its pNN20 and
//! pNN50 divide by the number of intervals, ours by that of differences. Its TINN lets both flanks end anywhere on the
//! bins with a search of its own; ours is within two bins of it. Its LFn and HFn divide by the total of all its bands.
//! Its spectra integrate other frequencies with other segments: they agree within some percent (Welch), or only in LF/HF (Lomb). SciPy's
//! spectra, integrated as ours are, are ours.

use std::collections::HashMap;

use pathema_physio::hrv::{Artefact, Corrected};
use pathema_physio::hrv::{
    Band, Method, Tachogram, correct_artefacts, detrended_fluctuation, frequency_domain, higuchi,
    nonlinear, time_domain,
};

fn golden() -> HashMap<&'static str, Vec<f64>> {
    crate::golden::read(include_str!("golden/hrv.txt"))
        .into_iter()
        .collect()
}

/// One of two series, and what was measured of it.
struct Series {
    name: &'static str,
    golden: HashMap<&'static str, Vec<f64>>,
    tachogram: Tachogram,
}

impl Series {
    fn both() -> [Series; 2] {
        ["short", "long"].map(|name| {
            let golden = golden();
            let times = &golden[format!("{name} times").as_str()];
            let tachogram = Tachogram::from_beat_times(times).unwrap();
            Series {
                name,
                golden,
                tachogram,
            }
        })
    }

    fn expected(&self, measure: &str) -> f64 {
        self.golden[format!("{} {measure}", self.name).as_str()][0]
    }

    #[track_caller]
    fn check(&self, measure: &str, found: pathema_physio::Value, scale: f64, tolerance: f64) {
        let (found, expected) = (scale * found.unwrap(), self.expected(measure));
        assert!(
            (found / expected - 1.0).abs() < tolerance,
            "{} {measure}: {found}, expected {expected}",
            self.name
        );
    }
}

#[test]
fn time_domain_equals_neurokit() {
    for series in Series::both() {
        let hrv = time_domain(&series.tachogram.whole());
        for (measure, found) in [
            ("MeanNN", hrv.mean),
            ("SDNN", hrv.sdnn),
            ("RMSSD", hrv.rmssd),
            ("SDSD", hrv.sdsd),
            ("MedianNN", hrv.median),
            ("MadNN", hrv.mad),
            ("IQRNN", hrv.iqr),
            ("MinNN", hrv.shortest),
            ("MaxNN", hrv.longest),
        ] {
            series.check(measure, found, 1e3, 1e-9);
        }
        series.check("CVNN", hrv.cvnn, 1.0, 1e-9);
        series.check("CVSD", hrv.cvsd, 1.0, 1e-9);
        series.check("HTI", hrv.triangular_index, 1.0, 1e-12);
        let part = hrv.pairs as f64 / hrv.intervals as f64;
        series.check("pNN50", hrv.pnn50, part, 1e-12);
        series.check("pNN20", hrv.pnn20, part, 1e-12);
        let base = 1e3 * hrv.tinn.unwrap();
        let bin = 1e3 / 128.0;
        assert!(
            (base - series.expected("TINN")).abs() < 2.01 * bin,
            "{base} {}",
            series.expected("TINN")
        );
        if series.name == "long" {
            // Its segments part the beats at other beats, one before or after ours.
            series.check("SDANN5", hrv.sdann, 1e3, 5e-3);
            series.check("SDNNI5", hrv.sdnn_index, 1e3, 5e-3);
        }
    }
}

#[test]
fn nonlinear_equals_neurokit() {
    for series in Series::both() {
        let window = series.tachogram.whole();
        let hrv = nonlinear(&window);
        let plot = hrv.poincare;
        series.check("SD1", plot.sd1, 1e3, 1e-9);
        series.check("SD2", plot.sd2, 1e3, 1e-9);
        series.check("SD1SD2", plot.ratio, 1.0, 1e-9);
        series.check("S", plot.area, 1e6, 1e-9);
        series.check("CSI", plot.csi, 1.0, 1e-9);
        series.check("CVI", plot.cvi, 1.0, 1e-9);
        series.check("CSI_Modified", plot.csi_modified, 1e3, 1e-9);
        series.check("SampEn", hrv.sample_entropy, 1.0, 1e-9);
        series.check("ApEn", hrv.approximate_entropy, 1.0, 1e-9);
        series.check("DFA 4 16", hrv.dfa_alpha1, 1.0, 1e-7);
        series.check(
            "DFA 16 64",
            detrended_fluctuation(&window, 16..=64),
            1.0,
            1e-7,
        );
        series.check("HFD", higuchi(&window, 10), 1.0, 1e-3);
    }
}

#[test]
fn frequency_domain_equals_scipy() {
    for series in Series::both() {
        let bands = [Band::LF, Band::HF, Band::UHF];
        let minute = series.tachogram.window(60.0, 120.0);
        let lomb = frequency_domain(&minute, &Method::LombScargle, &bands).unwrap();
        let whole = series.tachogram.whole();
        let welch = frequency_domain(&whole, &Method::WELCH, &bands).unwrap();
        for (lomb, welch) in lomb.bands.iter().zip(&welch.bands) {
            let name = lomb.band.name();
            series.check(&format!("lomb {name}"), lomb.power, 1e6, 1e-9);
            series.check(&format!("welch {name}"), welch.power, 1e6, 1e-9);
        }
        series.check("neurokit welch LF", welch.bands[0].power, 1e6, 0.06);
        series.check("neurokit welch HF", welch.bands[1].power, 1e6, 0.06);
        series.check("neurokit welch LFHF", welch.lf_hf, 1.0, 0.06);
        let lomb = frequency_domain(&whole, &Method::LombScargle, &bands).unwrap();
        series.check("neurokit lomb LFHF", lomb.lf_hf, 1.0, 0.1);
    }
}

#[test]
fn artefacts_are_those_that_neurokit_finds() {
    let golden = golden();
    let Corrected { corrections, .. } = correct_artefacts(&golden["artefacts times"]).unwrap();
    let found = |kind| -> Vec<f64> {
        let of_kind = corrections
            .iter()
            .filter(|correction| correction.artefact == kind);
        of_kind.map(|correction| correction.beat as f64).collect()
    };
    assert_eq!(found(Artefact::Missed), golden["artefacts missed"]);
    assert_eq!(found(Artefact::Extra), golden["artefacts extra"]);
    // It names the difference behind a beat out of place, which is centred on the next interval.
    let ectopic: Vec<f64> = golden["artefacts ectopic"]
        .iter()
        .map(|beat| beat - 1.0)
        .collect();
    assert_eq!(found(Artefact::Ectopic), ectopic);
    // Those it finds long or short are neighbours of these, once more.
    for beat in &golden["artefacts longshort"] {
        assert!(
            corrections
                .iter()
                .any(|correction| (correction.beat as f64 - beat).abs() <= 1.0)
        );
    }
    assert!(found(Artefact::Long).is_empty() && found(Artefact::Short).is_empty());
}
