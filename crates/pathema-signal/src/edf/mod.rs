//! EDF, EDF+, BDF and BDF+: what sleep laboratories and polysomnographs write.
//!
//! A file is a head and data records of one length, and in each record every signal has its fixed number of samples, of
//! 16 bits in EDF and 24 in BDF, little-endian. The head is text: 256 bytes on the recording and 256 a signal, field by
//! field. Sources: Kemp et al., *A simple format for exchange of digitized polygraphic recordings* (1992), Kemp and Olivan,
//! *European data format 'plus'* (2003), both with their full specifications at edfplus.info, and BioSemi's page on BDF.
//!
//! | In the file | In the [`Recording`](crate::Recording) |
//! |---|---|
//! | signal | [`Channel`](crate::Channel) of [`Samples::I16`](crate::Samples) (EDF) or `I32` (BDF) |
//! | physical and digital extremes | [`Conversion::Linear`](crate::Conversion): scale = (pₘₐₓ − pₘᵢₙ) / (dₘₐₓ − dₘᵢₙ), offset = pₘᵢₙ − dₘᵢₙ · scale |
//! | samples a record, seconds a record | rate in Hz, their quotient |
//! | records' times in a discontinuous file | segments of [`Timing::Regular`](crate::Timing), in seconds |
//! | annotations | [`Annotation`](crate::Annotation)s; `text@@label` is about the channel `label` |
//! | date and time | [`Start::Local`](crate::Start), the years 85 to 99 of the last century, 00 to 84 of this one; `Startdate X`: `TimeOfDay`, or none at midnight |
//! | patient of a + file | subject (the code), sex, age by the birthdate; `name: …`, `birthdate: …` and the rest as notes |
//! | patient of a first edition | subject |
//! | recording, transducers, prefilters | notes, as `equipment: …`, `prefilter of EEG Fpz-Cz: …` |
//!
//! Time 0 is when the first data record began. Units are as the file spells them, except for those that EDF+ spells without
//! its alphabet's letters: `uV`, `uS`, `uA` are `µV`, `µS`, `µA`, `degC`, `degF` are `°C`, `°F`, and `Ohm`, `kOhm`, `MOhm`
//! are `Ω`, `kΩ`, `MΩ`.
//!
//! What was measured is guessed by the first word of the label that is listed here; case does not count:
//!
//! | Word | Modality |
//! |---|---|
//! | a modality's own name: `ACC`, `BVP`, `ECG`, `EDA`, `EEG`, `EMG`, `EOG`, `IBI`, `HR`, `RESP`, `BR`, `SPO2`, `STRESS`, `TEMP` | that |
//! | `EKG` | `Ecg` |
//! | `GSR` | `Eda` |
//! | `PPG`, `Pleth`, `Plethysmogram` | `Bvp` |
//! | `Respiration`, `Thorax`, `Abdomen`, `Airflow` | `Resp` |
//! | `SaO2` | `Spo2` |
//! | `Temperature` | `Temp` |
//! | `Acceleration`, `Accelerometer` | `Acc` |
//!
//! [`write()`] says what a label does not in the transducer's field: `wrist ACC axis 1 of 3` is the first signal of a
//! channel of three axes, worn at the wrist, and read so again. WESAD's label runs are annotations `WESAD label 2`, age,
//! height and weight subfields of the patient (`age=27 height=175`).
//!
//! [`Reader`] reads any stretch, with no more memory than that stretch and the file's annotations need; [`read`] reads all.

mod channels;
mod decimal;
mod field;
mod head;
mod header;
mod identity;
mod index;
mod names;
mod range;
mod reader;
mod schedule;
mod tal;
mod write;

pub use header::{Format, Header, Layout, Signal};
pub use reader::{Reader, read};
pub use write::{Options, Quantise, write, write_to};
