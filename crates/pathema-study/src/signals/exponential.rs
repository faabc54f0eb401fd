//! Exponential filters in continuous time: samples may come at any times.

/// A filter with the time constant τ is settled after so many of them: what came before a longer gap says nothing any more.
const SETTLED: f64 = 5.0;

/// A low pass of first order or, cascaded, of higher order: y += (1 − exp(−Δt/τ)) (x − y) at each sample, which is exact where x
/// held its new value since the sample before. After a gap of more than 5 τ it starts anew, at the sample.
#[derive(Clone, Debug)]
pub(super) struct LowPass<const ORDER: usize> {
    tau: f64,
    last: f64,
    state: [f64; ORDER],
}

impl<const ORDER: usize> LowPass<ORDER> {
    /// `tau` in seconds.
    pub(super) fn new(tau: f64) -> Self {
        LowPass {
            tau,
            last: f64::NEG_INFINITY,
            state: [f64::NAN; ORDER],
        }
    }

    /// Filters a sample, and says whether the filter started anew with it.
    pub(super) fn push(&mut self, time: f64, sample: f64) -> (f64, bool) {
        let passed = time - self.last;
        let anew = passed > SETTLED * self.tau;
        self.last = time;
        if anew {
            self.state = [sample; ORDER];
            return (sample, true);
        }
        let gain = -(-passed / self.tau).exp_m1();
        let mut input = sample;
        for state in &mut self.state {
            *state += gain * (input - *state);
            input = *state;
        }
        (input, false)
    }
}

/// A mean that forgets: of what was seen, each weighed by how long it lasted and by exp(−age/τ). It has no start to get over, and
/// stays what it is where nothing is seen.
#[derive(Clone, Debug)]
pub(super) struct LeakyMean {
    tau: f64,
    last: f64,
    sum: f64,
    weight: f64,
}

impl LeakyMean {
    /// `tau` in seconds.
    pub(super) fn new(tau: f64) -> Self {
        LeakyMean {
            tau,
            last: f64::NEG_INFINITY,
            sum: 0.0,
            weight: 0.0,
        }
    }

    /// The mean after `value` lasted for `duration` seconds until `time`.
    pub(super) fn push(&mut self, time: f64, duration: f64, value: f64) -> f64 {
        let passed = time - self.last;
        let keep = if passed > SETTLED * self.tau {
            0.0
        } else {
            (-passed / self.tau).exp()
        };
        let gain = -(-duration / self.tau).exp_m1();
        self.sum = keep * self.sum + gain * value;
        self.weight = keep * self.weight + gain;
        self.last = time;
        self.sum / self.weight
    }
}
