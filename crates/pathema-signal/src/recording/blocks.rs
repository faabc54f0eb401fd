use super::Recording;
use crate::FormatError;

/// A recording that is read stretch by stretch, so that memory need not hold it.
pub trait Blocks {
    /// All but the samples: the channels as they will come, each of no sample, and whatever the file's head says.
    fn header(&self) -> &Recording;

    /// The next stretch, about `seconds` long, of all channels at once; `None` at the end.
    ///
    /// Its times are still those since the start of the whole recording: a channel's [`Timing`](super::Timing) begins
    /// where the stretch does. Channels stand in the order of the header; one that has nothing in this stretch is empty.
    ///
    /// # Errors
    /// If the file cannot be read or what stands there is not what its format asks for.
    fn next_block(&mut self, seconds: f64) -> Result<Option<Recording>, FormatError>;

    /// What is odd about the files, in words, as far as they have been read.
    fn odd(&self) -> Vec<String>;
}

/// A recording in memory, as one block.
#[derive(Debug)]
pub struct Whole {
    header: Recording,
    recording: Option<Recording>,
    odd: Vec<String>,
}

impl Whole {
    /// Gives `recording` as the only block.
    pub fn new(recording: Recording) -> Whole {
        Whole {
            header: Recording {
                channels: recording
                    .channels
                    .iter()
                    .map(|channel| channel.part(0..0))
                    .collect(),
                ..recording.clone_head()
            },
            recording: Some(recording),
            odd: Vec::new(),
        }
    }

    /// The same, of files about which this is odd.
    pub fn with_odd(self, odd: Vec<String>) -> Whole {
        Whole { odd, ..self }
    }
}

impl Blocks for Whole {
    fn header(&self) -> &Recording {
        &self.header
    }

    fn next_block(&mut self, _seconds: f64) -> Result<Option<Recording>, FormatError> {
        Ok(self.recording.take())
    }

    fn odd(&self) -> Vec<String> {
        self.odd.clone()
    }
}

impl Recording {
    /// Everything but the channels.
    pub(crate) fn clone_head(&self) -> Recording {
        Recording {
            subject: self.subject.clone(),
            person: self.person.clone(),
            start: self.start,
            channels: Vec::new(),
            labels: self.labels.clone(),
            annotations: self.annotations.clone(),
        }
    }
}
