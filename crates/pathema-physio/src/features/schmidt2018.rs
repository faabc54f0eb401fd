//! The features of the WESAD baseline (Schmidt, Reiss, Dürichen, Marberger & Van Laerhoven 2018, table 1).
//!
//! The paper names its features and gives few formulas. Where it is silent the definition here is the field's usual one,
//! and the page of features says so in its column of sources.

use super::set::{Feature, FeatureSet, Modality};

// Before its first use: a macro is seen only after it.
macro_rules! heart {
    ($signal:literal) => {
        [
            feature(
                concat!($signal, "_hr_mean"),
                "1/min",
                "mean of 60 / NN",
                OURS,
            ),
            feature(
                concat!($signal, "_hr_std"),
                "1/min",
                "standard deviation of 60 / NN, divisor n − 1",
                OURS,
            ),
            feature(
                concat!($signal, "_hrv_mean"),
                "ms",
                "mean of NN",
                TASK_FORCE,
            ),
            feature(
                concat!($signal, "_hrv_std"),
                "ms",
                "SDNN: standard deviation of NN, divisor n − 1",
                TASK_FORCE,
            ),
            feature(
                concat!($signal, "_nn50"),
                "",
                "adjacent NN that differ by more than 50 ms",
                TASK_FORCE,
            ),
            feature(
                concat!($signal, "_pnn50"),
                "%",
                "100 · NN50 / pairs of adjacent NN",
                TASK_FORCE,
            ),
            feature(
                concat!($signal, "_tinn"),
                "ms",
                "base of the triangle that fits the histogram of NN (bins of 1/128 s) best",
                TASK_FORCE,
            ),
            feature(
                concat!($signal, "_rms"),
                "ms",
                "RMSSD: root mean square of the differences of adjacent NN",
                TASK_FORCE,
            ),
            feature(
                concat!($signal, "_ulf"),
                "ms²",
                "power of the Lomb–Scargle spectrum of NN, .01–.04 Hz",
                OURS,
            ),
            feature(concat!($signal, "_lf"), "ms²", "the same, .04–.15 Hz", OURS),
            feature(concat!($signal, "_hf"), "ms²", "the same, .15–.4 Hz", OURS),
            feature(concat!($signal, "_uhf"), "ms²", "the same, .4–1 Hz", OURS),
            feature(concat!($signal, "_lf_hf"), "", "LF / HF", TASK_FORCE),
            feature(
                concat!($signal, "_sum"),
                "ms²",
                "sum of the four powers that a window resolves",
                OURS,
            ),
            feature(concat!($signal, "_rel_ulf"), "", "ULF / sum", OURS),
            feature(concat!($signal, "_rel_lf"), "", "LF / sum", OURS),
            feature(concat!($signal, "_rel_hf"), "", "HF / sum", OURS),
            feature(concat!($signal, "_rel_uhf"), "", "UHF / sum", OURS),
            feature(concat!($signal, "_lf_n"), "", "LF / (LF + HF)", TASK_FORCE),
            feature(concat!($signal, "_hf_n"), "", "HF / (LF + HF)", TASK_FORCE),
        ]
    };
}

const PAPER: &str = "Schmidt 2018";
const TASK_FORCE: &str = "Schmidt 2018; Task Force 1996";
const OURS: &str = "Schmidt 2018; formula ours";

/// The chest device: RespiBAN, 700 Hz.
pub(super) const CHEST: FeatureSet = FeatureSet {
    name: "schmidt2018-chest",
    about: "The chest features of the WESAD baseline (Schmidt et al. 2018, table 1).",
    modalities: &[
        ACC,
        Modality {
            name: "ecg",
            features: &heart!("ecg"),
            last: None,
        },
        EDA,
        EMG,
        RESP,
        TEMP,
    ],
};

/// The wrist device: Empatica E4.
pub(super) const WRIST: FeatureSet = FeatureSet {
    name: "schmidt2018-wrist",
    about: "The wrist features of the WESAD baseline (Schmidt et al. 2018, table 1).",
    modalities: &[
        ACC,
        Modality {
            name: "bvp",
            features: &heart!("bvp"),
            last: None,
        },
        EDA,
        TEMP,
    ],
};

const ACC: Modality = Modality {
    name: "acc",
    features: &[
        feature("acc_x_mean", "g", "mean of x", PAPER),
        feature(
            "acc_x_std",
            "g",
            "standard deviation of x, divisor n",
            PAPER,
        ),
        feature("acc_x_abs_integral", "g s", "Σ abs(x) / rate", OURS),
        feature("acc_y_mean", "g", "mean of y", PAPER),
        feature(
            "acc_y_std",
            "g",
            "standard deviation of y, divisor n",
            PAPER,
        ),
        feature("acc_y_abs_integral", "g s", "Σ abs(y) / rate", OURS),
        feature("acc_z_mean", "g", "mean of z", PAPER),
        feature(
            "acc_z_std",
            "g",
            "standard deviation of z, divisor n",
            PAPER,
        ),
        feature("acc_z_abs_integral", "g s", "Σ abs(z) / rate", OURS),
        feature("acc_3d_mean", "g", "mean of ‖a‖ = √(x² + y² + z²)", PAPER),
        feature(
            "acc_3d_std",
            "g",
            "standard deviation of ‖a‖ = √(x² + y² + z²), divisor n",
            PAPER,
        ),
        feature("acc_3d_abs_integral", "g s", "Σ abs(‖a‖) / rate", OURS),
        feature(
            "acc_x_peak_frequency",
            "Hz",
            "where the periodogram (Hann window, mean taken off) of x has its maximum",
            OURS,
        ),
        feature(
            "acc_y_peak_frequency",
            "Hz",
            "where the periodogram (Hann window, mean taken off) of y has its maximum",
            OURS,
        ),
        feature(
            "acc_z_peak_frequency",
            "Hz",
            "where the periodogram (Hann window, mean taken off) of z has its maximum",
            OURS,
        ),
    ],
    last: Some(5.0),
};

const EDA: Modality = Modality {
    name: "eda",
    features: &[
        feature("eda_mean", "µS", "mean", PAPER),
        feature("eda_std", "µS", "standard deviation, divisor n", PAPER),
        feature("eda_min", "µS", "least value", PAPER),
        feature("eda_max", "µS", "largest value", PAPER),
        feature(
            "eda_slope",
            "µS/s",
            "slope of the least-squares line over time",
            OURS,
        ),
        feature("eda_range", "µS", "largest − least value", PAPER),
        feature(
            "eda_scl_mean",
            "µS",
            "mean of the tonic level, by a smoothness prior within the window (gain ½ at 0.05 Hz)",
            PAPER,
        ),
        feature(
            "eda_scl_std",
            "µS",
            "standard deviation of the tonic level, divisor n",
            PAPER,
        ),
        feature(
            "eda_scl_correlation",
            "",
            "Pearson correlation of the tonic level with time",
            PAPER,
        ),
        feature(
            "eda_scr_mean",
            "µS",
            "mean of the phasic part, which is the signal less its tonic level",
            PAPER,
        ),
        feature(
            "eda_scr_std",
            "µS",
            "standard deviation of the phasic part, divisor n",
            PAPER,
        ),
        feature(
            "eda_scr_count",
            "",
            "skin-conductance responses of .01 µS or more",
            PAPER,
        ),
        feature(
            "eda_scr_amplitude_sum",
            "µS",
            "sum of their amplitudes, from trough to peak",
            PAPER,
        ),
        feature(
            "eda_scr_duration_sum",
            "s",
            "sum of their durations, from onset to half recovery; without one, to the next onset or the end",
            OURS,
        ),
        feature(
            "eda_scr_area",
            "µS s",
            "Σ of the phasic part above the level of its onset, over the responses, / rate",
            OURS,
        ),
    ],
    last: None,
};

const EMG: Modality = Modality {
    name: "emg",
    features: &[
        feature("emg_mean", "mV", "mean", PAPER),
        feature("emg_std", "mV", "standard deviation, divisor n", PAPER),
        feature("emg_range", "mV", "largest − least value", PAPER),
        feature("emg_abs_integral", "mV s", "Σ abs(value) / rate", PAPER),
        feature("emg_median", "mV", "median", PAPER),
        feature(
            "emg_p10",
            "mV",
            "10th percentile, linear between ranks",
            PAPER,
        ),
        feature(
            "emg_p90",
            "mV",
            "90th percentile, linear between ranks",
            PAPER,
        ),
        feature(
            "emg_mean_frequency",
            "Hz",
            "Σ f P / Σ P of the Welch spectrum",
            PAPER,
        ),
        feature(
            "emg_median_frequency",
            "Hz",
            "where the Welch spectrum has half its power below",
            PAPER,
        ),
        feature(
            "emg_peak_frequency",
            "Hz",
            "where the Welch spectrum has its maximum",
            PAPER,
        ),
        feature(
            "emg_power_0_50",
            "mV²",
            "power of the Welch spectrum, 0–50 Hz",
            PAPER,
        ),
        feature(
            "emg_power_50_100",
            "mV²",
            "power of the Welch spectrum, 50–100 Hz",
            PAPER,
        ),
        feature(
            "emg_power_100_150",
            "mV²",
            "power of the Welch spectrum, 100–150 Hz",
            PAPER,
        ),
        feature(
            "emg_power_150_200",
            "mV²",
            "power of the Welch spectrum, 150–200 Hz",
            PAPER,
        ),
        feature(
            "emg_power_200_250",
            "mV²",
            "power of the Welch spectrum, 200–250 Hz",
            PAPER,
        ),
        feature(
            "emg_power_250_300",
            "mV²",
            "power of the Welch spectrum, 250–300 Hz",
            PAPER,
        ),
        feature(
            "emg_power_300_350",
            "mV²",
            "power of the Welch spectrum, 300–350 Hz",
            PAPER,
        ),
        feature(
            "emg_peak_count",
            "",
            "peaks of the signal from 0.5 to 50 Hz, in the whole window",
            PAPER,
        ),
        feature(
            "emg_peak_amplitude_mean",
            "mV",
            "mean of their heights",
            PAPER,
        ),
        feature(
            "emg_peak_amplitude_std",
            "mV",
            "standard deviation of their heights, divisor n",
            PAPER,
        ),
        feature(
            "emg_peak_amplitude_sum",
            "mV",
            "sum of their heights",
            PAPER,
        ),
        feature(
            "emg_peak_amplitude_norm",
            "mV/s",
            "sum of their heights / seconds of the window",
            OURS,
        ),
    ],
    last: Some(5.0),
};

const RESP: Modality = Modality {
    name: "resp",
    features: &[
        feature(
            "resp_inhale_mean",
            "s",
            "mean of the durations of inhalations",
            PAPER,
        ),
        feature(
            "resp_inhale_std",
            "s",
            "standard deviation of them, divisor n",
            PAPER,
        ),
        feature(
            "resp_exhale_mean",
            "s",
            "mean of the durations of exhalations",
            PAPER,
        ),
        feature(
            "resp_exhale_std",
            "s",
            "standard deviation of them, divisor n",
            PAPER,
        ),
        feature("resp_ie_ratio", "", "inhale mean / exhale mean", PAPER),
        feature(
            "resp_stretch",
            "%",
            "mean height of a breath from its onset to its peak",
            PAPER,
        ),
        feature(
            "resp_volume",
            "% s",
            "mean area under an inhalation, above its onset",
            OURS,
        ),
        feature(
            "resp_rate",
            "1/min",
            "60 s / mean duration of a breath",
            PAPER,
        ),
        feature("resp_duration", "s", "mean duration of a breath", PAPER),
    ],
    last: None,
};

const TEMP: Modality = Modality {
    name: "temp",
    features: &[
        feature("temp_mean", "°C", "mean", PAPER),
        feature("temp_std", "°C", "standard deviation, divisor n", PAPER),
        feature("temp_min", "°C", "least value", PAPER),
        feature("temp_max", "°C", "largest value", PAPER),
        feature("temp_range", "°C", "largest − least value", PAPER),
        feature(
            "temp_slope",
            "°C/s",
            "slope of the least-squares line over time",
            OURS,
        ),
    ],
    last: None,
};

const fn feature(
    name: &'static str,
    unit: &'static str,
    formula: &'static str,
    source: &'static str,
) -> Feature {
    Feature {
        name,
        unit,
        formula,
        source,
    }
}
