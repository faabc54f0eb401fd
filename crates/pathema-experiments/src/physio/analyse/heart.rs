//! Beats of one signal, corrected and measured.

use pathema_physio::hrv::{
    Band, Method, Repair, Tachogram, Window, correct_artefacts, frequency_domain, nonlinear,
    time_domain,
};
use pathema_physio::spectrum::{LombScargle, SpectrumError, lomb_scargle};
use pathema_physio::{Value, pulse_peaks, quality, r_peaks};
use pathema_signal::Modality;

use super::{whole, windows};
use crate::physio::heart::{Correction, Intervals, SILENCE, Spectrum};
use crate::physio::signal::Signal;
use crate::physio::{Heart, Measures, Over, Quality};

/// Seconds of the windows whose quality is judged.
const QUALITY_WINDOW: f64 = 10.0;
/// Part of the windows that may not be usable before it is told.
const MOSTLY: f64 = 0.5;
/// Seconds of the windows whose spectra are averaged: the Task Force's short recording.
const SPECTRUM_WINDOW: f64 = 300.0;
/// Hz. The highest frequency that is drawn.
const SPECTRUM_HIGHEST: f64 = 0.5;
/// Part of a window that intervals must cover for its spectrum to count.
const SPECTRUM_COVERED: f64 = 0.8;

/// The heart as one signal shows it, or why it cannot be seen there.
pub(super) fn analyse(signal: Signal, over: &[Over]) -> Result<Heart, String> {
    let found = match signal.modality {
        Modality::Bvp => pulse_peaks(&signal.values, signal.rate),
        _ => r_peaks(&signal.values, signal.rate),
    };
    let beats = found.map_err(|error| error.to_string())?;
    let mut heart = Heart::of(&signal);
    heart.beats = beats.iter().map(|beat| signal.start + beat.time).collect();
    let given = broken(&heart.beats, &heart.gaps);
    let corrected = correct_artefacts(&given).map_err(|error| error.to_string())?;
    heart.corrections = corrected
        .corrections
        .iter()
        .filter_map(|change| {
            let time = *given.get(change.beat)?;
            time.is_finite().then_some(Correction {
                time,
                what: what(change.repair),
            })
        })
        .collect();
    let tachogram = corrected.tachogram().map_err(|error| error.to_string())?;
    heart.intervals = intervals(&tachogram);
    heart.spectrum = spectrum(&tachogram);
    let mut measures = Measures::default();
    let mut measure = |over: Over, window: &Window| {
        let column = measured(window).map_err(|error| error.to_string())?;
        measures.push(over, &column);
        Ok::<(), String>(())
    };
    measure(whole(&signal), &tachogram.whole())?;
    for stretch in over {
        let window = tachogram.window(stretch.start, stretch.end);
        measure(stretch.clone(), &window)?;
    }
    heart.measures = measures;
    heart.quality = quality(&signal);
    let unusable = heart.quality.iter().filter(|window| !window.usable);
    let part = unusable.count() as f64 / heart.quality.len().max(1) as f64;
    if part > MOSTLY {
        heart.problems.push(format!(
            "{:.0} % of the windows are not usable: many of the beats may be movement, and the variability with them",
            100.0 * part
        ));
    }
    heart.values = signal.values;
    heart.choose_strips();
    Ok(heart)
}

/// How good each ten seconds are.
fn quality(signal: &Signal) -> Vec<Quality> {
    windows(signal, QUALITY_WINDOW, |values| match signal.modality {
        // Sensors' own filters leave too little of the pulse's skewness for a bound.
        Modality::Bvp => quality::bvp(values, signal.rate, f64::NEG_INFINITY),
        _ => quality::ecg(values, signal.rate),
    })
}

/// Times of beats with NaN where they are broken: at gaps, and where the sensor was silent.
fn broken(beats: &[f64], gaps: &[[f64; 2]]) -> Vec<f64> {
    let mut times = Vec::with_capacity(beats.len() + gaps.len());
    let mut next = 0;
    for (index, &time) in beats.iter().enumerate() {
        if let Some(before) = index.checked_sub(1).map(|before| beats[before]) {
            while next < gaps.len() && gaps[next][1] <= before {
                next += 1;
            }
            let missing = gaps.get(next).is_some_and(|gap| gap[0] < time);
            if missing || time - before > SILENCE {
                times.push(f64::NAN);
            }
        }
        times.push(time);
    }
    times
}

fn what(repair: Repair) -> &'static str {
    match repair {
        Repair::Inserted => "inserted",
        Repair::Removed => "removed",
        Repair::Moved => "moved",
        Repair::LeftOut => "left out",
    }
}

fn intervals(tachogram: &Tachogram) -> Intervals {
    let mut intervals = Intervals::default();
    for stretch in tachogram.whole().stretches() {
        intervals.times.extend_from_slice(stretch.times());
        intervals.seconds.extend_from_slice(stretch.intervals());
        let count = stretch.intervals().len();
        intervals.adjacent.extend((0..count).map(|index| index > 0));
    }
    intervals
}

/// The mean of the spectra of half overlapping windows of five minutes. A shorter recording is one window.
fn spectrum(tachogram: &Tachogram) -> Option<Spectrum> {
    let all = tachogram.whole();
    let length = SPECTRUM_WINDOW.min(all.end() - all.start());
    let lines = (SPECTRUM_HIGHEST * length).floor();
    if lines.is_nan() || lines < 2.0 {
        return None;
    }
    let frequencies: Vec<f64> = (1..=lines as usize)
        .map(|line| line as f64 / length)
        .collect();
    let mut density = vec![0.0; frequencies.len()];
    let mut windows = 0;
    let mut start = all.start();
    // A hair of slack: the last beat must not fall off by rounding.
    while start + length <= all.end() + 1e-6 {
        let window = tachogram.window(start, start + length + 1e-6);
        let covered: f64 = window.intervals().iter().sum();
        if covered >= SPECTRUM_COVERED * length
            && let Ok(found) = lomb_scargle(
                window.times(),
                window.intervals(),
                &frequencies,
                &LombScargle::default(),
            )
        {
            for (sum, value) in density.iter_mut().zip(found.density) {
                *sum += value;
            }
            windows += 1;
        }
        start += 0.5 * length;
    }
    if windows == 0 {
        return None;
    }
    for value in &mut density {
        *value /= f64::from(windows);
    }
    let bands = Band::TASK_FORCE
        .iter()
        .map(|band| (band.name(), [band.low(), band.high()]));
    Some(Spectrum {
        frequencies,
        density,
        bands: bands.collect(),
        method: match windows {
            1 => format!("Lomb–Scargle, one window of {length:.0} s"),
            _ => format!("mean of {windows} Lomb–Scargle periodograms of {length:.0} s"),
        },
    })
}

/// Name, unit and value of each measure.
type Column = Vec<(&'static str, &'static str, Value)>;

/// The measures of a window.
fn measured(window: &Window) -> Result<Column, SpectrumError> {
    let time = time_domain(window);
    let frequency = frequency_domain(window, &Method::LombScargle, &Band::TASK_FORCE)?;
    let other = nonlinear(window);
    let count = |count: usize| Ok(count as f64);
    let ms = |value: Value| value.map(|seconds| 1e3 * seconds);
    let ms2 = |value: Value| value.map(|square| 1e6 * square);
    let percent = |value: Value| value.map(|part| 100.0 * part);
    let power = |index: usize| ms2(frequency.bands[index].power);
    Ok(vec![
        ("intervals", "", count(time.intervals)),
        ("mean HR", "1/min", time.heart_rate),
        ("SD HR", "1/min", time.heart_rate_deviation),
        ("mean NN", "ms", ms(time.mean)),
        ("median NN", "ms", ms(time.median)),
        ("SDNN", "ms", ms(time.sdnn)),
        ("RMSSD", "ms", ms(time.rmssd)),
        ("SDSD", "ms", ms(time.sdsd)),
        ("CVNN", "%", percent(time.cvnn)),
        ("NN50", "", time.nn50),
        ("pNN50", "%", time.pnn50),
        ("pNN20", "%", time.pnn20),
        ("SDANN", "ms", ms(time.sdann)),
        ("SDNN index", "ms", ms(time.sdnn_index)),
        ("triangular index", "", time.triangular_index),
        ("TINN", "ms", ms(time.tinn)),
        ("VLF", "ms²", power(0)),
        ("LF", "ms²", power(1)),
        ("HF", "ms²", power(2)),
        ("LF peak", "Hz", frequency.bands[1].peak),
        ("HF peak", "Hz", frequency.bands[2].peak),
        ("total power", "ms²", ms2(frequency.total)),
        ("LF/HF", "", frequency.lf_hf),
        ("LF normalised", "%", percent(frequency.lf_normalised)),
        ("HF normalised", "%", percent(frequency.hf_normalised)),
        ("SD1", "ms", ms(other.poincare.sd1)),
        ("SD2", "ms", ms(other.poincare.sd2)),
        ("SD1/SD2", "", other.poincare.ratio),
        ("CSI", "", other.poincare.csi),
        ("CVI", "", other.poincare.cvi),
        ("sample entropy", "", other.sample_entropy),
        ("approximate entropy", "", other.approximate_entropy),
        ("DFA α1", "", other.dfa_alpha1),
        ("DFA α2", "", other.dfa_alpha2),
        ("Higuchi dimension", "", other.higuchi),
    ])
}
