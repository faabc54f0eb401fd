use serde::{Deserialize, Serialize};

/// What really happened in a simulated body, at full precision and without noise.
///
/// [`write()`](super::write()) stores it as `SX_truth.json`, where numbers are rounded to 6 decimals.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Truth {
    /// Always true: nothing in this file was measured on a person.
    pub simulated: bool,
    /// Whether the stress task came before the amusing videos.
    pub stress_first: bool,
    /// Mean of [`effects`](Self::effects): about 1 for a body that answers stress as expected.
    pub stress_effect: f64,
    /// How strongly stress moved each modality.
    pub effects: StressEffects,
    /// Instants of the R peaks, in seconds since the start of the recording.
    pub r_peaks: Vec<f64>,
    /// Instants of the systolic peaks of the wrist's pulse, in seconds.
    pub pulse_peaks: Vec<f64>,
    /// Samples per second of the four courses below; sample `i` lies at `i / eda_rate`.
    pub eda_rate: f64,
    /// Tonic skin conductance of the wrist, µS.
    pub tonic: Vec<f64>,
    /// Phasic skin conductance of the wrist, µS; the wrist's EDA is `tonic + phasic` and noise.
    pub phasic: Vec<f64>,
    /// Tonic skin conductance of the chest, µS.
    pub chest_tonic: Vec<f64>,
    /// Phasic skin conductance of the chest, µS.
    pub chest_phasic: Vec<f64>,
    /// Onsets of the skin conductance responses, in seconds; the same at wrist and chest.
    pub scr_onsets: Vec<f64>,
    /// How much each response adds at its peak at the wrist, µS.
    pub scr_amplitudes: Vec<f64>,
    /// Stretches `[start, end)` in seconds in which the wrist's EDA electrodes had no contact and read 0.
    pub eda_lost: Vec<[f64; 2]>,
    /// The same for the chest's.
    pub chest_eda_lost: Vec<[f64; 2]>,
}

/// Gains on a person's own answer to stress: about 1 where it works, near 0 where it fails, and below 0
/// where it goes the wrong way round. Each fails on its own in about one person of six.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct StressEffects {
    /// Heart rate and its variability.
    pub heart: f64,
    /// Skin conductance.
    pub skin: f64,
    /// Pulse amplitude and transit time.
    pub vessels: f64,
    /// Skin temperature.
    pub temperature: f64,
    /// Breathing rate and depth.
    pub breathing: f64,
    /// Muscle tension.
    pub muscle: f64,
}

impl StressEffects {
    /// The mean over the modalities.
    pub fn mean(&self) -> f64 {
        let StressEffects {
            heart,
            skin,
            vessels,
            temperature,
            breathing,
            muscle,
        } = self;
        (heart + skin + vessels + temperature + breathing + muscle) / 6.0
    }
}

impl Truth {
    /// With every number rounded to `decimals`, for a file of reasonable size.
    pub(super) fn rounded(&self, decimals: i32) -> Truth {
        let scale = 10f64.powi(decimals);
        let round = |x: f64| (x * scale).round() / scale;
        let all = |values: &[f64]| values.iter().copied().map(round).collect();
        let pairs = |values: &[[f64; 2]]| values.iter().map(|pair| pair.map(round)).collect();
        let StressEffects {
            heart,
            skin,
            vessels,
            temperature,
            breathing,
            muscle,
        } = self.effects;
        Truth {
            stress_effect: round(self.stress_effect),
            effects: StressEffects {
                heart: round(heart),
                skin: round(skin),
                vessels: round(vessels),
                temperature: round(temperature),
                breathing: round(breathing),
                muscle: round(muscle),
            },
            r_peaks: all(&self.r_peaks),
            pulse_peaks: all(&self.pulse_peaks),
            tonic: all(&self.tonic),
            phasic: all(&self.phasic),
            chest_tonic: all(&self.chest_tonic),
            chest_phasic: all(&self.chest_phasic),
            scr_onsets: all(&self.scr_onsets),
            scr_amplitudes: all(&self.scr_amplitudes),
            eda_lost: pairs(&self.eda_lost),
            chest_eda_lost: pairs(&self.chest_eda_lost),
            ..*self
        }
    }
}
