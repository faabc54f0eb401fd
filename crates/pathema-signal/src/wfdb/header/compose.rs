//! To a header's lines.

use std::fmt::Write;

use super::{Content, Header, Signal, UNCALIBRATED_GAIN, start};

impl Header {
    /// The header as text, as its file holds it: remarks, the record line, the signals or segments, the comments. A start that is an
    /// instant is left out, as headers know no time zone.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        // Writing into a string cannot fail.
        for remark in &self.remarks {
            let _ = writeln!(text, "# {remark}");
        }
        text.push_str(&self.record);
        if let Content::Segments(segments) = &self.content {
            let _ = write!(text, "/{}", segments.len());
        }
        let _ = write!(text, " {} {}", self.signal_count, self.rate);
        let base = self.base_counter.map(|base| format!("({base})"));
        if let (Some(rate), _) | (None, Some(rate)) =
            (self.counter_rate, base.as_ref().map(|_| self.rate))
        {
            let _ = write!(text, "/{rate}{}", base.unwrap_or_default());
        }
        let start = self.start.and_then(start::fields);
        if self.frames.is_some() || start.is_some() {
            let _ = write!(text, " {}", self.frames.unwrap_or(0));
        }
        if let Some(start) = start {
            let _ = write!(text, " {start}");
        }
        text.push('\n');
        for segment in self.segments() {
            let _ = writeln!(text, "{} {}", segment.record, segment.frames);
        }
        for signal in self.signals() {
            signal_line(signal, &mut text);
        }
        for comment in &self.comments {
            let _ = writeln!(text, "# {comment}");
        }
        text
    }
}

fn signal_line(signal: &Signal, text: &mut String) {
    let format = signal.format.map_or(0, super::Format::number);
    let _ = write!(text, "{} {format}", signal.file);
    if signal.samples_per_frame != 1 {
        let _ = write!(text, "x{}", signal.samples_per_frame);
    }
    if signal.skew != 0 {
        let _ = write!(text, ":{}", signal.skew);
    }
    if signal.byte_offset != 0 {
        let _ = write!(text, "+{}", signal.byte_offset);
    }
    let mut calibration = signal.gain.map(|gain| gain.to_string());
    if let Some(baseline) = signal.baseline {
        let gain = calibration.get_or_insert(UNCALIBRATED_GAIN.to_string());
        let _ = write!(gain, "({baseline})");
    }
    if let Some(unit) = &signal.unit {
        let gain = calibration.get_or_insert(UNCALIBRATED_GAIN.to_string());
        let _ = write!(gain, "/{unit}");
    }
    let zero = i64::from(signal.adc_zero.unwrap_or(0));
    // Each field can only stand where all those before it do.
    let fields = [
        (calibration, UNCALIBRATED_GAIN.to_string()),
        (signal.adc_bits.map(|bits| bits.to_string()), "0".to_owned()),
        (signal.adc_zero.map(|zero| zero.to_string()), "0".to_owned()),
        (
            signal.initial.map(|initial| initial.to_string()),
            zero.to_string(),
        ),
        // As a signed number, as WFDB's own programs write it.
        (
            signal.checksum.map(|sum| (sum as i16).to_string()),
            "0".to_owned(),
        ),
        (
            signal.block_size.map(|size| size.to_string()),
            "0".to_owned(),
        ),
        (signal.description.clone(), String::new()),
    ];
    let count = fields
        .iter()
        .rposition(|(field, _)| field.is_some())
        .map_or(0, |last| last + 1);
    for (field, default) in fields.into_iter().take(count) {
        let _ = write!(text, " {}", field.unwrap_or(default));
    }
    text.push('\n');
}
