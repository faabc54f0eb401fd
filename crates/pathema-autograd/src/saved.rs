use tch::Tensor;

use crate::AutogradError;
use crate::error::TensorSpec;

/// A tensor kept for the backward pass that notices when it is changed in place.
///
/// It shares its memory with the tensor it is made from, not its history: a closure that holds it, even of
/// one of its own outputs, makes no cycle.
///
/// ```
/// use pathema_autograd::Saved;
/// use tch::Tensor;
///
/// let mut x = Tensor::from_slice(&[1.0, 2.0]);
/// let saved = Saved::new(&x)?;
/// assert_eq!(saved.get()?, x);
/// x += 1.0;
/// assert!(saved.get().is_err());
/// # Ok::<(), pathema_autograd::AutogradError>(())
/// ```
#[derive(Debug)]
pub struct Saved {
    tensor: Tensor,
    version: i64,
}

impl Saved {
    /// Keeps `tensor` as it is now.
    ///
    /// # Errors
    /// When `tensor` is undefined.
    pub fn new(tensor: &Tensor) -> Result<Self, AutogradError> {
        if !tensor.defined() {
            return Err(AutogradError::Undefined {
                what: "the tensor to save".to_owned(),
            });
        }
        let tensor = tensor.f_detach()?;
        let version = tensor.f_internal_version()?;
        Ok(Self { tensor, version })
    }

    /// The tensor, without history: a handle of its own, which may be made to require a gradient.
    ///
    /// # Errors
    /// When it was modified in place after it was saved.
    pub fn get(&self) -> Result<Tensor, AutogradError> {
        let found = self.tensor.f_internal_version()?;
        if found != self.version {
            return Err(AutogradError::Modified {
                tensor: TensorSpec::of(&self.tensor)?,
                saved: self.version,
                found,
            });
        }
        Ok(self.tensor.f_detach()?)
    }
}
