use super::{Tape, Var};
use crate::number::{Number, View, product};
use crate::parameters::Parameter;

/// Of which steps a convolution makes which.
#[derive(Clone, Copy)]
struct Taps {
    length: usize,
    channels: usize,
    width: usize,
    dilation: usize,
    stride: usize,
}

impl<T: Number> Tape<'_, T> {
    /// A convolution along sequences: x \[batch · length, channels\], weight \[outputs, width · channels\] (the channels of
    /// the first tap first), bias \[1, outputs\]; \[batch · ⌈length / stride⌉, outputs\].
    ///
    /// Taps are `dilation` steps apart, ⌊(width − 1) / 2⌋ of them before the step that they make: with an odd width the
    /// middle one lies on it. Beyond the ends there are zeros. Every `stride`th step is made, the first one first.
    ///
    /// # Panics
    /// If the shapes do not fit.
    #[allow(
        clippy::too_many_arguments,
        reason = "those of a convolution everywhere"
    )]
    pub fn convolve(
        &mut self,
        x: Var,
        weight: Parameter,
        bias: Option<Parameter>,
        length: usize,
        width: usize,
        dilation: usize,
        stride: usize,
    ) -> Var {
        let ((rows, channels), (outputs, terms)) = (self.shape(x), self.parameters.shape(weight));
        let whole = length > 0 && stride > 0 && rows.is_multiple_of(length);
        assert!(
            whole,
            "{rows} rows in sequences of {length}, every {stride}th"
        );
        assert_eq!(terms, width * channels, "columns of the weight");
        let taps = Taps {
            length,
            channels,
            width,
            dilation,
            stride,
        };
        let made = rows / length * length.div_ceil(stride);
        let unrolled = taps.unroll(self.values(x));
        let values = self.affine(&unrolled, (made, terms, outputs), weight, bias);
        self.add_to_cost(made * terms * outputs);
        self.record_if(
            self.records,
            (made, outputs),
            values,
            move |way, of_output| {
                let of_output = View::new(&of_output, made, outputs);
                let weights = way.parameter(weight);
                way.give_affine(of_output, View::new(&unrolled, made, terms), weight, bias);
                if let Some(sum) = way.of(x) {
                    let mut of_unrolled = vec![T::default(); made * terms];
                    let weights = View::new(weights, outputs, terms);
                    product(of_output, weights, false, &mut of_unrolled);
                    taps.roll_up(&of_unrolled, sum);
                }
                Ok(())
            },
        )
    }
}

impl Taps {
    /// For each step that is made the steps under its taps, \[made, width · channels\].
    fn unroll<T: Number>(self, x: &[T]) -> Vec<T> {
        let own = x.len() / self.sequence().max(1) * self.length.div_ceil(self.stride);
        let mut unrolled = Vec::with_capacity(own * self.width * self.channels);
        for sequence in x.chunks_exact(self.sequence().max(1)) {
            self.each(|step| match step {
                Some(step) => {
                    unrolled.extend_from_slice(&sequence[step * self.channels..][..self.channels])
                }
                None => unrolled.resize(unrolled.len() + self.channels, T::default()),
            });
        }
        unrolled
    }

    /// Adds what was unrolled where it came from.
    fn roll_up<T: Number>(self, unrolled: &[T], x: &mut [T]) {
        let mut rows = unrolled.chunks_exact(self.channels.max(1));
        for sequence in x.chunks_exact_mut(self.sequence().max(1)) {
            self.each(|step| {
                if let (Some(row), Some(step)) = (rows.next(), step) {
                    super::way::add(&mut sequence[step * self.channels..][..self.channels], row);
                }
            });
        }
    }

    fn sequence(self) -> usize {
        self.length * self.channels
    }

    /// The step under each tap, if it lies within the sequence.
    fn each(self, mut f: impl FnMut(Option<usize>)) {
        let before = (self.width.max(1) - 1) / 2 * self.dilation;
        for made in (0..self.length).step_by(self.stride) {
            for tap in 0..self.width {
                let step = (made + tap * self.dilation).checked_sub(before);
                f(step.filter(|&step| step < self.length));
            }
        }
    }
}
