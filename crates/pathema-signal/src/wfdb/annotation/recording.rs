//! Between a file's annotations and a recording's.

use super::{Annotation, Annotations, Code};
use crate::FormatError;

/// Ticks a second where marks do not lie on frames.
const MICROSECONDS: f64 = 1e6;

impl Annotations {
    /// The annotations as a recording has them, in the order of their times: in seconds, by symbol, with the text behind
    /// it where there is one (`+ (AFIB`). `rate` is the record's frames per second, `channels` its channels' names.
    ///
    /// Where any annotation of the file is about another signal than the first, each names its channel; else the file does
    /// not say.
    ///
    /// ```
    /// use pathema_signal::wfdb::{Annotation, Annotations, Code};
    /// let annotations = Annotations { items: vec![Annotation::new(720, Code::PVC)], ..Annotations::default() };
    /// let marks = annotations.to_recording(360.0, &["MLII", "V5"]);
    /// assert_eq!((marks[0].span.start, marks[0].text.as_str(), &marks[0].channel), (2.0, "V", &None));
    /// ```
    pub fn to_recording(&self, rate: f64, channels: &[&str]) -> Vec<crate::Annotation> {
        let rate = self.resolution.unwrap_or(rate);
        let told = self.items.iter().any(|item| item.channel != 0);
        let mut marks: Vec<crate::Annotation> = self
            .items
            .iter()
            .map(|item| {
                let mut mark = crate::Annotation::at(item.sample as f64 / rate, self.label(item));
                if told {
                    mark.channel = channels
                        .get(usize::from(item.channel))
                        .map(|&name| name.to_owned());
                }
                mark
            })
            .collect();
        marks.sort_by(|a, b| a.span.start.total_cmp(&b.span.start));
        marks
    }

    /// The symbol, the file's own where it defines one, and the text.
    fn label(&self, item: &Annotation) -> String {
        let own = self
            .definitions
            .iter()
            .find(|definition| definition.code == item.code);
        let symbol = own.map_or_else(|| item.code.symbol(), |own| own.symbol.as_str().into());
        match &*item.text() {
            "" => symbol.into_owned(),
            text => format!("{symbol} {text}"),
        }
    }

    /// A recording's annotations as a file has them; the way back of [`to_recording`](Annotations::to_recording). What does
    /// not begin with one of WFDB's symbols becomes a note (`"`).
    ///
    /// Times become frames where they all lie on frames, and microseconds otherwise.
    ///
    /// # Errors
    /// If an annotation lasts, names a channel that is not among `channels`, or has more than 255 bytes of text.
    pub fn from_recording(
        annotations: &[crate::Annotation],
        rate: f64,
        channels: &[&str],
    ) -> Result<Annotations, FormatError> {
        let on = |rate: f64| {
            annotations.iter().all(|mark| {
                let ticks = mark.span.start * rate;
                (ticks - ticks.round()).abs() < 1e-6
            })
        };
        let resolution = (!on(rate)).then_some(MICROSECONDS);
        let ticks = resolution.unwrap_or(rate);
        let mut items = Vec::with_capacity(annotations.len());
        for mark in annotations {
            let refuse = |problem: &str, way_out: &str| FormatError::Unwritable {
                what: format!("the annotation {:?} at {} s", mark.text, mark.span.start),
                format: "a WFDB annotation file",
                problem: problem.to_owned(),
                way_out: way_out.to_owned(),
            };
            if mark.span.end != mark.span.start {
                return Err(refuse(
                    "it lasts, and WFDB marks instants",
                    "mark its start and its end",
                ));
            }
            let sample = (mark.span.start * ticks).round();
            if !sample.is_finite() || sample.abs() > 1e12 {
                return Err(refuse(
                    "its time is no recording's",
                    "give seconds since the start",
                ));
            }
            let (symbol, text) = mark.text.split_once(' ').unwrap_or((&mark.text, ""));
            let (code, text) = match Code::from_symbol(symbol) {
                Some(code) => (code, text),
                None => (Code::NOTE, mark.text.as_str()),
            };
            if text.len() > 255 {
                return Err(refuse("its text has more than 255 bytes", "shorten it"));
            }
            let channel = match &mark.channel {
                None => 0,
                Some(name) => {
                    let index = channels.iter().position(|channel| channel == name);
                    index
                        .and_then(|index| u8::try_from(index).ok())
                        .ok_or_else(|| {
                            refuse(
                                "its channel is none of the recording's first 256",
                                "name one of them, or none",
                            )
                        })?
                }
            };
            let aux = text.as_bytes().to_vec();
            items.push(Annotation {
                channel,
                aux,
                ..Annotation::new(sample as i64, code)
            });
        }
        Ok(Annotations {
            items,
            resolution,
            ..Annotations::default()
        })
    }
}
