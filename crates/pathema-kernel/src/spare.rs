//! Memory of solves that are over, kept for the next ones: what a system gives anew it clears page by page, which took a
//! seventh of a training step.

use std::any::Any;
use std::sync::{Mutex, PoisonError};

/// Bytes kept at most, by a process.
const MOST: usize = 512 << 20;
/// Smaller pieces are left to the allocator.
const LEAST: usize = 64 << 10;

struct Spare {
    pieces: Vec<(usize, Box<dyn Any + Send>)>,
    bytes: usize,
}

static SPARE: Mutex<Spare> = Mutex::new(Spare {
    pieces: Vec::new(),
    bytes: 0,
});

/// So many numbers, whichever.
pub(crate) fn take<T: Clone + Default + Send + 'static>(count: usize) -> Vec<T> {
    let bytes = count * size_of::<T>();
    if bytes >= LEAST {
        let mut spare = SPARE.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = |(own, piece): &(usize, Box<dyn Any + Send>)| {
            *own >= bytes && *own <= 2 * bytes && piece.is::<Vec<T>>()
        };
        if let Some(place) = spare.pieces.iter().position(fits) {
            let (own, piece) = spare.pieces.swap_remove(place);
            spare.bytes -= own;
            drop(spare);
            if let Ok(mut numbers) = piece.downcast::<Vec<T>>() {
                numbers.resize(count, T::default());
                return *numbers;
            }
        }
    }
    vec![T::default(); count]
}

/// Takes back what [`take`] gave.
pub(crate) fn give_back<T: Send + 'static>(numbers: Vec<T>) {
    let bytes = numbers.capacity() * size_of::<T>();
    let mut spare = SPARE.lock().unwrap_or_else(PoisonError::into_inner);
    if bytes >= LEAST && spare.bytes + bytes <= MOST {
        spare.bytes += bytes;
        spare.pieces.push((bytes, Box::new(numbers)));
    }
}
