//! Frequency bands, and the power within them.

use thiserror::Error;

use super::moments::ratio;
use crate::{Undefined, Value};

/// A band of frequencies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    name: &'static str,
    low: f64,
    high: f64,
}

/// Why frequencies make no band.
#[derive(Clone, Copy, Debug, Error, PartialEq)]
#[error(
    "band {name}: {low}–{high} Hz is no range within 1e-6–10 Hz; give the lower frequency first, both in Hz"
)]
pub struct BandError {
    /// The name given.
    pub name: &'static str,
    /// The lowest frequency given, in Hz.
    pub low: f64,
    /// The highest frequency given, in Hz.
    pub high: f64,
}

impl Band {
    /// Ultra low frequencies as the WESAD baseline has them, 0.01–0.04 Hz. (The Task Force's end at 0.0033 Hz.)
    pub const ULF: Band = Band::known("ULF", 0.01, 0.04);
    /// Very low frequencies, 0.0033–0.04 Hz.
    pub const VLF: Band = Band::known("VLF", 0.0033, 0.04);
    /// Low frequencies, 0.04–0.15 Hz.
    pub const LF: Band = Band::known("LF", 0.04, 0.15);
    /// High frequencies, 0.15–0.4 Hz.
    pub const HF: Band = Band::known("HF", 0.15, 0.4);
    /// Ultra high frequencies, 0.4–1 Hz; also called very high.
    ///
    /// Beats sample the rhythm at the heart rate: what lies beyond half of it (0.5 Hz at 60 beats a minute) mirrors
    /// what lies below.
    pub const UHF: Band = Band::known("UHF", 0.4, 1.0);

    /// The bands of the Task Force (1996) for windows of minutes, and what lies above.
    pub const TASK_FORCE: [Band; 4] = [Band::VLF, Band::LF, Band::HF, Band::UHF];
    /// The bands of the WESAD baseline (Schmidt et al. 2018).
    pub const WESAD: [Band; 4] = [Band::ULF, Band::LF, Band::HF, Band::UHF];

    /// A band of one's own, from `low` to `high` Hz.
    ///
    /// # Errors
    /// If the frequencies are not in order within 1e-6–10 Hz.
    ///
    /// ```
    /// use pathema_physio::hrv::Band;
    /// // Newborns breathe fast.
    /// let band = Band::new("HF", 0.3, 1.3)?;
    /// assert!(Band::new("HF", 0.4, 0.15).is_err());
    /// # Ok::<(), pathema_physio::hrv::BandError>(())
    /// ```
    pub fn new(name: &'static str, low: f64, high: f64) -> Result<Band, BandError> {
        if low >= 1e-6 && high <= 10.0 && low < high {
            Ok(Band { name, low, high })
        } else {
            Err(BandError { name, low, high })
        }
    }

    const fn known(name: &'static str, low: f64, high: f64) -> Band {
        Band { name, low, high }
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Its lowest frequency, in Hz.
    pub fn low(&self) -> f64 {
        self.low
    }

    /// Its highest frequency, in Hz.
    pub fn high(&self) -> f64 {
        self.high
    }

    /// Seconds that resolve the band: one period of its lowest frequency.
    ///
    /// In less, its slowest rhythms cannot be told from a drift: 303 s for VLF, 100 s for ULF, 25 s for LF, 6.7 s for HF. The
    /// Task Force advises ten periods (4 min for LF, 1 min for HF); powers of shorter windows are noisy.
    pub fn needs(&self) -> f64 {
        1.0 / self.low
    }

    /// Refuses too few seconds.
    pub(super) fn resolved_by(&self, seconds: f64) -> Result<(), Undefined> {
        if seconds >= self.needs() {
            Ok(())
        } else {
            Err(Undefined::TooShort {
                found: seconds,
                needed: self.needs(),
            })
        }
    }
}

/// The power of a band.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BandPower {
    /// Which band it is.
    pub band: Band,
    /// Its power, in s² (times 10⁶: ms²).
    pub power: Value,
    /// The frequency of its highest density, in Hz.
    pub peak: Value,
    /// Its power over the total, from 0 to 1.
    pub relative: Value,
}

/// Heart rate variability in the frequency domain.
#[derive(Clone, Debug, PartialEq)]
pub struct FrequencyDomain {
    /// The bands asked for, in their order.
    pub bands: Vec<BandPower>,
    /// The sum of their powers, in s².
    ///
    /// Bands that a window of this length cannot resolve, wherever its beats lie, are left out of the sum: ULF is, of every window of
    /// 60 s. If any other is undefined, because beats are missing, the sum is undefined too.
    pub total: Value,
    /// The power of LF over that of HF.
    pub lf_hf: Value,
    /// The power of LF over that of LF and HF, from 0 to 1.
    pub lf_normalised: Value,
    /// The power of HF over that of LF and HF, from 0 to 1.
    pub hf_normalised: Value,
}

/// What follows from the powers of bands.
pub(super) struct Summary {
    pub(super) total: Value,
    pub(super) lf_hf: Value,
    pub(super) lf_normalised: Value,
    pub(super) hf_normalised: Value,
}

impl Summary {
    /// The power of a band over the total.
    pub(super) fn relative(&self, power: Value) -> Value {
        ratio(power, self.total, "total power")
    }

    /// `length` is what the window was meant to last.
    pub(super) fn of(
        bands: &[Band],
        powers: &[Value],
        length: f64,
        lf: Value,
        hf: Value,
    ) -> Summary {
        let mut total = Ok(0.0);
        let mut resolved = 0;
        for (band, power) in bands.iter().zip(powers) {
            if band.resolved_by(length).is_ok() {
                resolved += 1;
                total = total.and_then(|sum| Ok(sum + (*power)?));
            }
        }
        if resolved == 0 {
            // The reason of the first band stands for all.
            total = powers
                .first()
                .copied()
                .unwrap_or(Err(Undefined::Absent { what: "band" }));
        }
        let both = lf.and_then(|lf| Ok(lf + hf?));
        Summary {
            total,
            lf_hf: ratio(lf, hf, "power of HF"),
            lf_normalised: ratio(lf, both, "power of LF and HF"),
            hf_normalised: ratio(hf, both, "power of LF and HF"),
        }
    }
}

/// Power and peak of a density over `low..=high` by the trapezoidal rule; at the edges the density is interpolated.
///
/// Undefined where the density is not known at both edges.
pub(super) fn integrate(
    frequencies: &[f64],
    density: &[f64],
    band: &Band,
) -> Result<(f64, f64), Undefined> {
    let known =
        |at: f64| frequencies.last().is_some_and(|last| *last >= at) && frequencies[0] <= at;
    if !known(band.high) || !known(band.low) {
        return Err(Undefined::Rate {
            rate: 2.0 * frequencies.last().copied().unwrap_or(0.0),
            needed: band.high,
        });
    }
    let at = |frequency: f64| {
        let above = frequencies
            .partition_point(|&f| f < frequency)
            .max(1)
            .min(frequencies.len() - 1);
        let (left, right) = (frequencies[above - 1], frequencies[above]);
        let part = (frequency - left) / (right - left);
        density[above - 1] + part * (density[above] - density[above - 1])
    };
    let inner = frequencies.partition_point(|&f| f <= band.low)
        ..frequencies.partition_point(|&f| f < band.high);
    let points = std::iter::once((band.low, at(band.low)))
        .chain(inner.map(|index| (frequencies[index], density[index])))
        .chain([(band.high, at(band.high))]);
    let mut power = 0.0;
    let mut peak = (band.low, f64::NEG_INFINITY);
    let mut before: Option<(f64, f64)> = None;
    for point in points {
        if let Some(before) = before {
            power += 0.5 * (point.0 - before.0) * (point.1 + before.1);
        }
        if point.1 > peak.1 {
            peak = point;
        }
        before = Some(point);
    }
    Ok((power, peak.0))
}

/// The frequency of the highest density, given the power around it.
pub(super) fn peak(power: f64, frequency: f64) -> Value {
    if power > 0.0 {
        Ok(frequency)
    } else {
        Err(Undefined::Absent {
            what: "peak in a band without power",
        })
    }
}
