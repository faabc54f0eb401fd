use crate::ffi;

/// Runs `f` with grad mode on, and puts it back as it was, also when `f` panics.
///
/// A backward pass runs with grad mode off; this is for those that build a graph of their own to take a
/// [`vjp`](crate::vjp()) through. (`tch::with_grad` leaves grad mode on after a panic.)
pub fn with_grad<T>(f: impl FnOnce() -> T) -> T {
    let _restored = Restore(ffi::set_grad_mode(true));
    f()
}

/// Whether this thread's operations are remembered for a backward pass now.
pub fn is_grad_enabled() -> bool {
    let enabled = ffi::set_grad_mode(true);
    ffi::set_grad_mode(enabled);
    enabled
}

struct Restore(bool);

impl Drop for Restore {
    fn drop(&mut self) {
        ffi::set_grad_mode(self.0);
    }
}
