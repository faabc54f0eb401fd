use tch::kind::Element;
use tch::{TchError, Tensor};

/// The numbers of a tensor, row by row: what a function in Rust computes with.
///
/// # Errors
/// If the tensor holds another kind of numbers, or libtorch refuses.
///
/// ```
/// use tch::Tensor;
///
/// let x = Tensor::from_slice(&[1.0_f32, 2.0, 3.0, 4.0]).view([2, 2]);
/// assert_eq!(pathema_autograd::numbers::<f32>(&x.tr())?, [1.0, 3.0, 2.0, 4.0]);
/// assert!(pathema_autograd::numbers::<f64>(&x).is_err());
/// # Ok::<(), tch::TchError>(())
/// ```
pub fn numbers<T: Element + Copy + Default>(tensor: &Tensor) -> Result<Vec<T>, TchError> {
    let flat = tensor.detach().f_contiguous()?;
    let mut numbers = vec![T::default(); flat.numel()];
    flat.f_copy_data(&mut numbers, flat.numel())?;
    Ok(numbers)
}
