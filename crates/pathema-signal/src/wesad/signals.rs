//! From a pickle's dict to a checked recording.

use super::pickle::{Array, Pickle, Value};
use super::{Finding, WesadError, labels};
use crate::empatica;
use crate::recording::{Channel, Conversion, Modality, Placement, Recording, Samples, Timing};

/// The recording of a subject's pickle.
pub(super) fn recording(
    file: &str,
    subject: &str,
    mut pickle: Pickle,
    findings: &mut Vec<Finding>,
) -> Result<Recording, WesadError> {
    let root = pickle.root();
    let content = |name: &str, found: Option<Value<'_>>, expected: &str| WesadError::Content {
        file: file.to_owned(),
        name: name.to_owned(),
        found: describe(found),
        expected: expected.to_owned(),
    };
    if root.entries().is_none() {
        let expected = "a dict of signal, label and subject";
        return Err(content("the pickle", Some(root), expected));
    }
    let signal = root.get("signal");
    let Some(signal) = signal.filter(|signal| signal.entries().is_some()) else {
        return Err(content("signal", signal, "a dict of chest, wrist or both"));
    };
    if !root.get("subject").is_some_and(|named| named.is(subject)) {
        findings.push(Finding::Subject {
            folder: subject.to_owned(),
            pickle: root.get("subject").map(short),
        });
    }
    findings.extend(unknown("the pickle", root, &["signal", "label", "subject"]));
    findings.extend(unknown("signal", signal, &["chest", "wrist"]));

    let mut sensors = Vec::new();
    for (name, specs) in [("signal.chest", &CHEST[..]), ("signal.wrist", &WRIST[..])] {
        let Some(device) = signal.get(name.trim_start_matches("signal.")) else {
            continue;
        };
        if device.entries().is_none() {
            return Err(content(name, Some(device), "a dict of arrays"));
        }
        let keys: Vec<&str> = specs.iter().map(|spec| spec.key).collect();
        findings.extend(unknown(name, device, &keys));
        for spec in specs {
            let name = format!("{name}.{}", spec.key);
            match device.get(spec.key) {
                Some(value) => match value.array().filter(|array| spec.fits(*array)) {
                    Some(array) => sensors.push((name, spec, value.id(), array.shape()[0])),
                    None => return Err(content(&name, Some(value), &spec.expected())),
                },
                None => findings.push(Finding::MissingChannel { name }),
            }
        }
    }
    if sensors.is_empty() {
        return Err(content(
            "signal",
            Some(signal),
            "a dict with arrays in chest, wrist or both",
        ));
    }
    let label = root.get("label");
    let codes = labels::codes(file, label)?;
    let mut extents = vec![Extent {
        name: "label",
        samples: codes.len(),
        rate: labels::RATE,
    }];
    extents.extend(sensors.iter().map(|&(ref name, spec, _, samples)| Extent {
        name,
        samples,
        rate: spec.rate,
    }));
    findings.extend(durations(file, &extents)?);
    let labels = labels::runs(file, codes)?;
    let channels = sensors
        .iter()
        .enumerate()
        .map(|(index, &(ref name, spec, id, _))| {
            // Two keys may hold the very same array.
            let again = sensors[index + 1..]
                .iter()
                .any(|&(_, _, other, _)| other == id);
            spec.channel(name, pickle.take(id, again), findings)
        })
        .collect();
    Ok(Recording {
        subject: subject.to_owned(),
        channels,
        labels,
        ..Recording::default()
    })
}

/// What a value is, for messages.
pub(super) fn describe(value: Option<Value<'_>>) -> String {
    let Some(value) = value else {
        return "missing".to_owned();
    };
    if let Some(array) = value.array() {
        return format!(
            "an array of shape {:?} and type {}",
            array.shape(),
            array.dtype()
        );
    }
    match value.entries() {
        Some(entries) => format!("a dict of {} entries", entries.len()),
        None => format!("of type {}", value.kind()),
    }
}

/// What a device's array must be.
struct Spec {
    placement: Placement,
    key: &'static str,
    modality: Modality,
    axes: usize,
    rate: f64,
    unit: &'static str,
}

impl Spec {
    const fn chest(key: &'static str, modality: Modality, axes: usize, unit: &'static str) -> Spec {
        Spec {
            placement: Placement::Chest,
            key,
            modality,
            axes,
            rate: 700.0,
            unit,
        }
    }

    const fn wrist(
        key: &'static str,
        modality: Modality,
        axes: usize,
        rate: f64,
        unit: &'static str,
    ) -> Spec {
        Spec {
            placement: Placement::Wrist,
            key,
            modality,
            axes,
            rate,
            unit,
        }
    }

    fn fits(&self, array: Array<'_>) -> bool {
        match *array.shape() {
            [_] => self.axes == 1,
            [_, axes] => self.axes == axes,
            _ => false,
        }
    }

    fn expected(&self) -> String {
        match self.axes {
            1 => "an array of shape (n, 1) or (n)".to_owned(),
            axes => format!("an array of shape (n, {axes})"),
        }
    }

    fn channel(&self, name: &str, samples: Samples, findings: &mut Vec<Finding>) -> Channel {
        let count = samples.not_finite();
        if count > 0 {
            findings.push(Finding::NotFinite {
                name: name.to_owned(),
                count,
            });
        }
        let timing = Timing::regular(self.rate);
        let conversion = match (self.placement, self.modality) {
            (Placement::Wrist, Modality::Acc) => empatica::ACCELERATION,
            _ => Conversion::None,
        };
        Channel::new(self.key, self.modality, self.unit, timing, samples)
            .worn(self.placement)
            .with_axes(self.axes)
            .converted(conversion)
    }
}

/// RespiBAN.
const CHEST: [Spec; 6] = [
    Spec::chest("ACC", Modality::Acc, 3, "g"),
    Spec::chest("ECG", Modality::Ecg, 1, "mV"),
    Spec::chest("EMG", Modality::Emg, 1, "mV"),
    Spec::chest("EDA", Modality::Eda, 1, "µS"),
    Spec::chest("Temp", Modality::Temp, 1, "°C"),
    Spec::chest("Resp", Modality::Resp, 1, "%"),
];

/// Empatica E4.
const WRIST: [Spec; 4] = [
    Spec::wrist("ACC", Modality::Acc, 3, 32.0, "g"),
    Spec::wrist("BVP", Modality::Bvp, 1, 64.0, "a.u."),
    Spec::wrist("EDA", Modality::Eda, 1, 4.0, "µS"),
    Spec::wrist("TEMP", Modality::Temp, 1, 4.0, "°C"),
];

/// How long an array is.
struct Extent<'a> {
    name: &'a str,
    samples: usize,
    rate: f64,
}

impl Extent<'_> {
    fn seconds(&self) -> f64 {
        self.samples as f64 / self.rate
    }
}

/// Seconds by which arrays of one recording may differ.
const TOLERANCE: f64 = 1.0;

/// Checks that all arrays last equally long. What most of them agree on is right, the labels in a tie.
fn durations(file: &str, extents: &[Extent<'_>]) -> Result<Vec<Finding>, WesadError> {
    let agree = |a: f64, b: f64| (a - b).abs() <= TOLERANCE;
    let votes = |seconds: f64| {
        let agreeing = |extent: &&Extent<'_>| agree(extent.seconds(), seconds);
        extents.iter().filter(agreeing).count()
    };
    let (mut others, mut most) = (0.0, 0);
    for extent in extents {
        let votes = votes(extent.seconds());
        if votes > most {
            (others, most) = (extent.seconds(), votes);
        }
    }
    let mut findings = Vec::new();
    for extent in extents {
        let seconds = extent.seconds();
        if !agree(seconds, others) {
            return Err(WesadError::Length {
                file: file.to_owned(),
                name: extent.name.to_owned(),
                found: extent.samples,
                expected: (others * extent.rate).round() as usize,
                rate: extent.rate,
                implied: extent.samples as f64 / others,
                seconds: others,
            });
        }
        // Less than a sample's time is no difference at all; the slowest rate is 4 Hz.
        if (seconds - others).abs() > 0.25 {
            findings.push(Finding::UnevenEnd {
                name: extent.name.to_owned(),
                seconds,
                others,
            });
        }
    }
    Ok(findings)
}

/// The entries of a dict that the format does not know.
fn unknown(name: &'static str, dict: Value<'_>, known: &[&str]) -> Option<Finding> {
    let mut unknown = dict
        .entries()?
        .map(|(key, _)| key)
        .filter(|key| !known.iter().any(|known| key.is(known)));
    let first = unknown.next()?;
    Some(Finding::UnknownKeys {
        dict: name,
        first: short(first),
        count: 1 + unknown.count(),
    })
}

/// A value for a message, whatever a stranger put there.
fn short(value: Value<'_>) -> String {
    match value.text() {
        Some(text) => text.chars().take(40).collect(),
        None => describe(Some(value)),
    }
}
