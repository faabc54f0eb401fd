//! Found beats against reference beats.

/// How well found beats match reference beats.
#[derive(Debug)]
pub(crate) struct Score {
    pub(crate) reference: usize,
    pub(crate) found: usize,
    pub(crate) matched: usize,
    /// Mean and standard deviation of found − reference over the matches, in seconds.
    pub(crate) offset: f64,
    pub(crate) jitter: f64,
}

impl Score {
    /// Pairs each reference beat with at most one found beat no farther than `tolerance` seconds, in order of time.
    pub(crate) fn new(reference: &[f64], found: &[f64], tolerance: f64) -> Score {
        let (mut i, mut j) = (0, 0);
        let mut errors = Vec::new();
        while let (Some(reference), Some(found)) = (reference.get(i), found.get(j)) {
            let error = found - reference;
            if error.abs() <= tolerance {
                errors.push(error);
                (i, j) = (i + 1, j + 1);
            } else if error < 0.0 {
                j += 1;
            } else {
                i += 1;
            }
        }
        let count = errors.len() as f64;
        let offset = errors.iter().sum::<f64>() / count;
        let square = |error: &f64| (error - offset).powi(2);
        Score {
            reference: reference.len(),
            found: found.len(),
            matched: errors.len(),
            offset,
            jitter: (errors.iter().map(square).sum::<f64>() / count).sqrt(),
        }
    }

    pub(crate) fn sensitivity(&self) -> f64 {
        self.matched as f64 / self.reference as f64
    }

    pub(crate) fn predictivity(&self) -> f64 {
        self.matched as f64 / self.found as f64
    }
}
