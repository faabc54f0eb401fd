use super::InstructionSet;

/// Loops over slices that are compiled once for each instruction set, so that the compiler makes vectors of that width of
/// them. As nothing is reordered and no two operations are fused, results are the same bit for bit whichever set runs them.
pub trait Loops {
    /// What they make.
    type Output;

    /// Works through them. Only what is inlined is compiled for the set: write `#[inline(always)]` before this function
    /// and before all that its loops call.
    fn run(self) -> Self::Output;
}

impl InstructionSet {
    /// Runs loops by these instructions, or by what every machine has if this one lacks them.
    ///
    /// ```
    /// use pathema_kernel::{InstructionSet, Loops};
    ///
    /// struct Twice<'a>(&'a mut [f32]);
    /// impl Loops for Twice<'_> {
    ///     type Output = ();
    ///     #[inline(always)]
    ///     fn run(self) {
    ///         self.0.iter_mut().for_each(|x| *x *= 2.0);
    ///     }
    /// }
    /// let mut numbers = [1.0, 2.0, 3.0];
    /// InstructionSet::best().run(Twice(&mut numbers));
    /// assert_eq!(numbers, [2.0, 4.0, 6.0]);
    /// ```
    pub fn run<L: Loops>(self, loops: L) -> L::Output {
        #[cfg(target_arch = "x86_64")]
        {
            #[target_feature(enable = "avx512f")]
            fn by_512_bits<L: Loops>(loops: L) -> L::Output {
                loops.run()
            }
            #[target_feature(enable = "avx2,fma")]
            fn by_256_bits<L: Loops>(loops: L) -> L::Output {
                loops.run()
            }
            if self == InstructionSet::Avx512 && self.is_here() {
                // SAFETY: the instructions are here.
                return unsafe { by_512_bits(loops) };
            }
            if self == InstructionSet::Avx2 && self.is_here() {
                // SAFETY: as above.
                return unsafe { by_256_bits(loops) };
            }
        }
        loops.run()
    }
}
