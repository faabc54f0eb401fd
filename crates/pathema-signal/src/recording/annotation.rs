/// Something marked in a recording: a beat, a tag, an event.
#[derive(Clone, Debug, PartialEq)]
pub struct Annotation {
    /// What happened from when to when, in seconds since the start of the recording; an instant ends where it starts.
    pub span: super::Span,
    /// What the file calls it (`N`, `Sleep stage W`, `tag`).
    pub text: String,
    /// The channel that it is about, by name; `None` where it is about the whole recording.
    pub channel: Option<String>,
}

impl Annotation {
    /// A mark of one instant, about the whole recording.
    pub fn at(time: f64, text: impl Into<String>) -> Annotation {
        Annotation::over(time, time, text)
    }

    /// A stretch, about the whole recording.
    pub fn over(start: f64, end: f64, text: impl Into<String>) -> Annotation {
        Annotation {
            span: super::Span { start, end },
            text: text.into(),
            channel: None,
        }
    }
}
