use std::fmt;

/// Where a sensor was worn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Placement {
    /// On the chest (RespiBAN, BioHarness).
    Chest,
    /// On the wrist, which one is not said (Empatica E4).
    Wrist,
    /// On the left wrist, where both were recorded.
    LeftWrist,
    /// On the right wrist, where both were recorded.
    RightWrist,
    /// The file does not say.
    #[default]
    Unknown,
}

impl Placement {
    /// The name: `chest`, `wrist`, `left wrist`, `right wrist`, `unknown`.
    pub fn name(self) -> &'static str {
        match self {
            Placement::Chest => "chest",
            Placement::Wrist => "wrist",
            Placement::LeftWrist => "left wrist",
            Placement::RightWrist => "right wrist",
            Placement::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Placement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

macro_rules! modalities {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        /// What a sensor measured.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Modality {
            $($(#[$doc])* $name,)*
        }

        impl Modality {
            /// Every modality.
            pub const ALL: &'static [Modality] = &[$(Modality::$name,)*];

            /// The name as papers write it (`ECG`).
            pub fn name(self) -> &'static str {
                match self {
                    $(Modality::$name => $text,)*
                }
            }

            /// The modality of a name, in whatever case it is written.
            ///
            /// ```
            /// use pathema_signal::Modality;
            /// assert_eq!(Modality::from_name("ecg"), Some(Modality::Ecg));
            /// assert_eq!(Modality::from_name("MLII"), None);
            /// ```
            pub fn from_name(name: &str) -> Option<Modality> {
                Modality::ALL
                    .iter()
                    .copied()
                    .find(|modality| modality.name().eq_ignore_ascii_case(name))
            }
        }
    };
}

modalities! {
    /// Acceleration, three axes.
    Acc = "ACC";
    /// Blood volume pulse.
    Bvp = "BVP";
    /// Electrocardiogram.
    Ecg = "ECG";
    /// Electrodermal activity (skin conductance).
    Eda = "EDA";
    /// Electroencephalogram.
    Eeg = "EEG";
    /// Electromyogram.
    Emg = "EMG";
    /// Electrooculogram.
    Eog = "EOG";
    /// Intervals between beats, in seconds.
    Ibi = "IBI";
    /// Heart rate.
    HeartRate = "HR";
    /// Respiration.
    Resp = "RESP";
    /// Breathing rate.
    BreathingRate = "BR";
    /// Oxygen saturation.
    Spo2 = "SPO2";
    /// Stress as someone rated it, continuously.
    Stress = "STRESS";
    /// Skin temperature.
    Temp = "TEMP";
    /// Anything else: the channel's name says what.
    Other = "other";
}

impl fmt::Display for Modality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
