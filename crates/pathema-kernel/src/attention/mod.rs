//! Attention of queries to keys and its gradient, without the scores of all pairs ever being in memory.

mod backward;
mod dispatch;
mod forward;

pub(crate) use backward::Backward as AttendBackward;
pub(crate) use dispatch::Attend;
pub(crate) use forward::Forward as AttendForward;

use crate::error::KernelError;
use crate::simd::{InstructionSet, Real, Vector};
use crate::solve::Engine;
use crate::spare;

/// Sizes of an attention of several heads, whose numbers stand side by side: queries and output are
/// [batch, queries, heads · width], keys and values [batch, keys, heads · width], row by row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attention {
    /// Samples.
    pub batch: usize,
    /// Heads of each sample.
    pub heads: usize,
    /// Instants that ask.
    pub queries: usize,
    /// Instants that are asked.
    pub keys: usize,
    /// Numbers of a head.
    pub width: usize,
}

/// What was attended to, from where it can be gone back.
#[derive(Clone, Debug)]
pub struct Attended<T: Real> {
    /// [batch, queries, heads · width].
    pub output: Vec<T>,
    sizes: Attention,
    instructions: InstructionSet,
    /// Of each query the largest score, in powers of 2, and the inverse of its weights' sum, [batch, heads, queries].
    largest: Vec<T>,
    inverse: Vec<T>,
}

/// What moves the output of an attention.
#[derive(Clone, Debug, PartialEq)]
pub struct AttentionGradients<T: Real> {
    /// By the queries, [batch, queries, heads · width].
    pub query: Vec<T>,
    /// By the keys, [batch, keys, heads · width].
    pub key: Vec<T>,
    /// By the values, [batch, keys, heads · width].
    pub value: Vec<T>,
}

impl<T: Real> Drop for Attended<T> {
    fn drop(&mut self) {
        for numbers in [&mut self.output, &mut self.largest, &mut self.inverse] {
            spare::give_back(std::mem::take(numbers));
        }
    }
}

impl<T: Real> Drop for AttentionGradients<T> {
    fn drop(&mut self) {
        for numbers in [&mut self.query, &mut self.key, &mut self.value] {
            spare::give_back(std::mem::take(numbers));
        }
    }
}

impl Engine {
    /// softmax(Q Kᵀ / √width) V of every sample and head (Vaswani et al. 2017, *Attention is all you need*), by blocks
    /// whose scores are forgotten (Dao et al. 2022, *FlashAttention*): what is kept is two numbers of each query.
    ///
    /// Where there are no keys the output is zero. NaN stays NaN, in the queries that it concerns.
    ///
    /// # Errors
    /// [`KernelError::Shape`] names the slice that does not fit the sizes, [`KernelError::Instructions`] those that are not
    /// here.
    ///
    /// ```
    /// use pathema_kernel::{Attention, Engine};
    ///
    /// // The first key is like the query, the second unlike it: weights 1/(1 + e⁻²) and 1/(1 + e²).
    /// let sizes = Attention { batch: 1, heads: 1, queries: 1, keys: 2, width: 1 };
    /// let (query, key, value) = ([1.0], [1.0, -1.0], [10.0, 20.0]);
    /// let engine = Engine::new();
    /// let attended = engine.attend(sizes, &query, &key, &value)?;
    /// let weight = 1.0 / (1.0 + (-2.0_f64).exp());
    /// assert!((attended.output[0] - (20.0 - 10.0 * weight)).abs() < 1e-12);
    /// let gradients = engine.attend_back(&attended, &query, &key, &value, &[1.0])?;
    /// assert!((gradients.value[0] - weight).abs() < 1e-12);
    /// # Ok::<(), pathema_kernel::KernelError>(())
    /// ```
    pub fn attend<T: Real>(
        &self,
        sizes: Attention,
        query: &[T],
        key: &[T],
        value: &[T],
    ) -> Result<Attended<T>, KernelError> {
        self.instructions.check()?;
        sizes.check(query, key, value)?;
        let kept = sizes.pairs() * sizes.queries;
        let mut attended = Attended {
            output: sizes.room(query.len()),
            sizes,
            instructions: self.instructions,
            largest: sizes.room(kept),
            inverse: sizes.room(kept),
        };
        let (output, largest, inverse) = (
            Places::new(&mut attended.output),
            Places::new(&mut attended.largest),
            Places::new(&mut attended.inverse),
        );
        self.each_share(sizes.pairs(), |pairs| {
            let forward = AttendForward {
                sizes,
                pairs,
                query,
                key,
                value,
                output,
                largest,
                inverse,
            };
            T::attend(self.instructions, forward);
        });
        Ok(attended)
    }

    /// From the gradient of the output, [batch, queries, heads · width], to those of what made it, by the instructions of
    /// the way forward; queries, keys and values as they were.
    ///
    /// # Errors
    /// [`KernelError::Shape`] names the slice that does not fit the sizes.
    pub fn attend_back<T: Real>(
        &self,
        attended: &Attended<T>,
        query: &[T],
        key: &[T],
        value: &[T],
        of_output: &[T],
    ) -> Result<AttentionGradients<T>, KernelError> {
        let sizes = attended.sizes;
        sizes.check(query, key, value)?;
        KernelError::unless_fits("the gradient of the output", of_output.len(), query.len())?;
        // It is open to all.
        KernelError::unless_fits("the output", attended.output.len(), query.len())?;
        let mut gradients = AttentionGradients {
            query: sizes.room(query.len()),
            key: sizes.room(key.len()),
            value: sizes.room(value.len()),
        };
        let (of_query, of_key, of_value) = (
            Places::new(&mut gradients.query),
            Places::new(&mut gradients.key),
            Places::new(&mut gradients.value),
        );
        self.each_share(sizes.pairs(), |pairs| {
            let backward = AttendBackward {
                attended,
                pairs,
                query,
                key,
                value,
                of_output,
                of_query,
                of_key,
                of_value,
            };
            T::attend_back(attended.instructions, backward);
        });
        Ok(gradients)
    }

    /// As many shares of the pairs as there are threads; each pair is worked on by itself, whatever share it is in.
    fn each_share(&self, pairs: usize, work: impl Fn(std::ops::Range<usize>) + Sync) {
        let shares = self.threads.clamp(1, pairs.max(1));
        self.each_group(shares, |share| {
            work(pairs * share / shares..pairs * (share + 1) / shares);
        });
    }
}

impl Attention {
    fn check<T>(&self, query: &[T], key: &[T], value: &[T]) -> Result<(), KernelError> {
        // No slice is as long as what a product that overflows becomes.
        let numbers = |instants: usize| {
            [instants, self.heads, self.width]
                .into_iter()
                .fold(self.batch, usize::saturating_mul)
        };
        KernelError::unless_fits("the query", query.len(), numbers(self.queries))?;
        KernelError::unless_fits("the key", key.len(), numbers(self.keys))?;
        KernelError::unless_fits("the value", value.len(), numbers(self.keys))
    }

    /// Pairs of a sample and a head, one sample after the other; none if nothing is asked or nobody answers.
    fn pairs(&self) -> usize {
        if self.queries == 0 || self.keys == 0 || self.width == 0 {
            0
        } else {
            self.batch * self.heads
        }
    }

    /// So many numbers that all pairs together fill, or zeros where there are none.
    fn room<T: Real>(&self, count: usize) -> Vec<T> {
        match self.pairs() {
            0 => vec![T::default(); count],
            _ => spare::take(count),
        }
    }

    /// Where a pair's first instant begins, of so many that a sample has.
    fn first(&self, pair: usize, instants: usize) -> usize {
        (pair / self.heads * instants) * self.row() + pair % self.heads * self.width
    }

    /// From one instant to the next.
    fn row(&self) -> usize {
        self.heads * self.width
    }

    fn scale(&self) -> f64 {
        1.0 / (self.width as f64).sqrt()
    }

    /// What queries are multiplied by, so that weights are powers of 2.
    fn factor<T: Real>(&self) -> T {
        T::of(self.scale() * std::f64::consts::LOG2_E)
    }
}

/// Multiplies all numbers, of which there are whole vectors.
///
/// # Safety
/// The machine has the vector's instructions.
#[inline(always)]
unsafe fn scale<V: Vector>(factor: V, numbers: &mut [V::Item]) {
    for numbers in numbers.chunks_exact_mut(V::LANES) {
        // SAFETY: as asked of the caller; a chunk is a vector.
        unsafe {
            V::load(numbers.as_ptr())
                .mul(factor)
                .store(numbers.as_mut_ptr())
        };
    }
}

/// Where the numbers of pairs go, which stand among each other, each in places of its own.
struct Places<T>(*mut T);

impl<T> Places<T> {
    fn new(numbers: &mut [T]) -> Places<T> {
        Places(numbers.as_mut_ptr())
    }

    /// # Safety
    /// There are more than `place` numbers, and they are still there.
    unsafe fn at(self, place: usize) -> *mut T {
        // SAFETY: as asked of the caller.
        unsafe { self.0.add(place) }
    }
}

impl<T> Clone for Places<T> {
    fn clone(&self) -> Places<T> {
        *self
    }
}

impl<T> Copy for Places<T> {}

// SAFETY: no two threads work on the same pair, and pairs have no place in common.
unsafe impl<T: Send> Send for Places<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Sync for Places<T> {}
