//! Skin conductance of one signal, taken apart and measured.

use pathema_physio::eda::{CvxEda, Scr, ScrSettings, Stretch, responses};
use pathema_physio::statistics::{mean, std};
use pathema_physio::{Undefined, Value, quality};

use super::{whole, windows};
use crate::physio::signal::Signal;
use crate::physio::{Certificate, Measures, Over, Response, Skin};

/// Seconds of the windows whose quality is judged.
const QUALITY_WINDOW: f64 = 60.0;

/// Skin conductance as one signal shows it. What cannot be computed is told in [`Skin::problems`].
pub(super) fn analyse(signal: Signal, over: &[Over]) -> Skin {
    let mut skin = Skin::of(&signal);
    let settings = CvxEda::default();
    skin.method = format!(
        "cvxEDA (Greco et al. 2016) on z-scores: τ {} s and {} s, a knot every {} s, α {:e}, γ {:e}",
        settings.tau0, settings.tau1, settings.knot_distance, settings.alpha, settings.gamma
    );
    match settings.decompose(&signal.values, signal.rate) {
        Ok(parts) => {
            match responses(&parts.phasic, signal.rate, &ScrSettings::default()) {
                Ok(found) => {
                    skin.responses = found.iter().map(|one| response(one, &signal)).collect()
                }
                Err(error) => skin.problems.push(error.to_string()),
            }
            skin.certificates = parts
                .stretches
                .iter()
                .filter_map(|stretch| certificate(stretch, &signal))
                .collect();
            skin.traces.tonic = parts.tonic;
            skin.traces.phasic = parts.phasic;
            skin.traces.driver = parts.driver;
        }
        Err(error) => skin.problems.push(error.to_string()),
    }
    if signal.unit == "µS" {
        skin.quality = windows(&signal, QUALITY_WINDOW, |values| {
            quality::eda(values, signal.rate, None)
        });
    }
    let mut measures = Measures::default();
    measures.push(
        whole(&signal),
        &measured(&skin, [signal.start, signal.end()]),
    );
    for stretch in over {
        let span = [stretch.start, stretch.end];
        measures.push(stretch.clone(), &measured(&skin, span));
    }
    skin.measures = measures;
    skin
}

fn response(response: &Scr, signal: &Signal) -> Response {
    Response {
        onset: signal.start + response.onset,
        peak: signal.start + response.peak,
        amplitude: response.amplitude,
        rise_time: response.rise_time,
        half_recovery: response.half_recovery.ok(),
    }
}

/// `None` where there was nothing to solve: a stretch that is constant, or too short.
fn certificate(stretch: &Stretch, signal: &Signal) -> Option<Certificate> {
    let kkt = stretch.kkt?;
    let time = |sample: usize| signal.start + sample as f64 / signal.rate;
    Some(Certificate {
        span: [time(stretch.range.start), time(stretch.range.end)],
        stationarity: kkt.stationarity,
        primal: kkt.primal,
        dual: kkt.dual,
        gap: kkt.gap,
        objective: kkt.objective,
    })
}

/// Name, unit and value of each measure of a stretch.
fn measured(skin: &Skin, span: [f64; 2]) -> Vec<(&'static str, &'static str, Value)> {
    let traces = &skin.traces;
    let range = traces.range(span);
    let part = |values: &'_ Vec<f64>| values.get(range.clone()).unwrap_or_default().to_vec();
    let (measured, tonic, phasic) = (
        part(&traces.measured),
        part(&traces.tonic),
        part(&traces.phasic),
    );
    let inside = |response: &&Response| (span[0]..span[1]).contains(&response.peak);
    let found: Vec<&Response> = skin.responses.iter().filter(inside).collect();
    let of = |value: fn(&Response) -> Option<f64>| -> Vec<f64> {
        found
            .iter()
            .filter_map(|response| value(response))
            .collect()
    };
    let amplitudes = of(|response| Some(response.amplitude));
    let typical = |values: &[f64], what| mean(values).map_err(|_| Undefined::Absent { what });
    let there = measured.iter().filter(|value| value.is_finite()).count();
    let minutes = there as f64 / traces.rate / 60.0;
    let decomposed = |value: Value| match traces.phasic.is_empty() {
        true => Err(Undefined::Absent {
            what: "decomposition",
        }),
        false => value,
    };
    let per_minute = match minutes > 0.0 {
        true => Ok(amplitudes.len() as f64 / minutes),
        false => Err(Undefined::TooFew {
            what: "samples",
            found: 0,
            needed: 1,
        }),
    };
    let unit = unit(&skin.unit);
    vec![
        ("level", unit, mean(&measured)),
        ("level SD", unit, std(&measured)),
        ("tonic mean", unit, decomposed(mean(&tonic))),
        ("tonic SD", unit, decomposed(std(&tonic))),
        ("phasic mean", unit, decomposed(mean(&phasic))),
        ("phasic SD", unit, decomposed(std(&phasic))),
        ("responses", "", decomposed(Ok(amplitudes.len() as f64))),
        ("responses a minute", "1/min", decomposed(per_minute)),
        (
            "mean amplitude",
            unit,
            decomposed(typical(&amplitudes, "response")),
        ),
        (
            "mean rise time",
            "s",
            decomposed(typical(
                &of(|response| Some(response.rise_time)),
                "response",
            )),
        ),
        (
            "mean half recovery",
            "s",
            decomposed(typical(
                &of(|response| response.half_recovery),
                "response that recovers",
            )),
        ),
        (
            "sum of amplitudes",
            unit,
            decomposed(Ok(amplitudes.iter().sum())),
        ),
    ]
}

/// The unit as a measure has it.
fn unit(unit: &str) -> &'static str {
    match unit {
        "µS" | "uS" => "µS",
        _ => "",
    }
}
