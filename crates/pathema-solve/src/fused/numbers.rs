use pathema_kernel::Real;
use tch::Tensor;
use tch::kind::Element;

use crate::error::Cause;

/// Numbers that both tensors and the engine hold.
pub(super) trait Number: Real + Element {}

impl Number for f32 {}
impl Number for f64 {}

/// The numbers of a tensor of their kind, row by row.
pub(super) fn numbers<T: Number>(tensor: &Tensor) -> Result<Vec<T>, Cause> {
    let flat = tensor.detach().f_contiguous()?;
    let mut numbers = vec![T::default(); flat.numel()];
    flat.f_copy_data(&mut numbers, flat.numel())?;
    Ok(numbers)
}
