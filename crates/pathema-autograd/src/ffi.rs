//! The border to `cpp/node.cpp`: all of the crate's `unsafe` is here.
//!
//! Tensors cross as tch's own pointers to `at::Tensor`. Texts of errors are written through a [`Sink`] of
//! the side that wants them, so neither side frees what the other has allocated.

use std::any::Any;
use std::ffi::{c_char, c_int, c_void};
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::{ptr, slice};

use tch::Tensor;
use torch_sys::C_tensor;

use crate::AutogradError;

/// A backward pass: a gradient per output, and which inputs want one, to a gradient per input or the reason
/// why there is none.
pub(crate) type Backward =
    Box<dyn Fn(&[Option<Tensor>], &[bool]) -> Result<Vec<Option<Tensor>>, String> + Send>;

#[repr(C)]
struct Sink {
    to: *mut c_void,
    write: unsafe extern "C" fn(to: *mut c_void, text: *const c_char, length: usize),
}

#[repr(C)]
struct Closure {
    data: *mut c_void,
    call: unsafe extern "C" fn(
        data: *const c_void,
        grads: *const *const C_tensor,
        outputs: usize,
        wanted: *const bool,
        made: *mut *mut C_tensor,
        inputs: usize,
        error: Sink,
    ) -> bool,
    drop: unsafe extern "C" fn(data: *mut c_void),
}

// As declared in cpp/node.cpp.
unsafe extern "C" {
    fn pathema_autograd_attach(
        name: *const c_char,
        name_length: usize,
        closure: Closure,
        inputs: *const *const C_tensor,
        input_count: usize,
        outputs: *const *const C_tensor,
        output_count: usize,
        made: *mut *mut C_tensor,
        error: Sink,
    ) -> bool;

    fn pathema_autograd_vjp(
        outputs: *const *const C_tensor,
        cotangents: *const *const C_tensor,
        output_count: usize,
        inputs: *const *const C_tensor,
        input_count: usize,
        keep_graph: bool,
        create_graph: bool,
        made: *mut *mut C_tensor,
        error: Sink,
    ) -> bool;

    fn pathema_autograd_memory(tensor: *const C_tensor) -> *const c_void;
}

/// The outputs with a history, or `None` for each where grad mode is off or no input requires a gradient.
pub(crate) fn attach(
    name: &str,
    inputs: &[&Tensor],
    outputs: &[&Tensor],
    backward: Backward,
) -> Result<Vec<Option<Tensor>>, AutogradError> {
    let closure = Closure {
        data: Box::into_raw(Box::new(backward)).cast(),
        call: call_closure,
        drop: drop_closure,
    };
    let (inputs, outputs) = (pointers(inputs), pointers(outputs));
    receive(outputs.len(), |made, error| {
        // SAFETY: every pointer leads to as many elements as the count beside it says, and all outlive the
        // call. The closure is given away: C++ drops it once, and runs it in one thread at a time, which
        // is all that `Send` allows.
        unsafe {
            pathema_autograd_attach(
                name.as_ptr().cast(),
                name.len(),
                closure,
                inputs.as_ptr(),
                inputs.len(),
                outputs.as_ptr(),
                outputs.len(),
                made,
                error,
            )
        }
    })
}

/// A gradient per input. `cotangents` has one for each of `outputs`.
pub(crate) fn vjp(
    outputs: &[&Tensor],
    inputs: &[&Tensor],
    cotangents: &[&Tensor],
    keep_graph: bool,
    create_graph: bool,
) -> Result<Vec<Option<Tensor>>, AutogradError> {
    assert_eq!(outputs.len(), cotangents.len());
    let (outputs, cotangents) = (pointers(outputs), pointers(cotangents));
    let inputs = pointers(inputs);
    receive(inputs.len(), |made, error| {
        // SAFETY: every pointer leads to as many elements as the count beside it says (the cotangents are
        // as many as the outputs, see above), and all outlive the call.
        unsafe {
            pathema_autograd_vjp(
                outputs.as_ptr(),
                cotangents.as_ptr(),
                outputs.len(),
                inputs.as_ptr(),
                inputs.len(),
                keep_graph,
                create_graph,
                made,
                error,
            )
        }
    })
}

/// Equal for two tensors that share their memory.
pub(crate) fn memory(tensor: &Tensor) -> *const c_void {
    // SAFETY: the tensor is alive, and is only looked at.
    unsafe { pathema_autograd_memory(tensor.as_ptr()) }
}

/// Switches this thread's grad mode, and says what it was.
pub(crate) fn set_grad_mode(on: bool) -> bool {
    // SAFETY: sets a flag of this thread and touches nothing else.
    let before = unsafe { torch_sys::at_grad_set_enabled(c_int::from(on)) };
    before != 0
}

fn pointers(tensors: &[&Tensor]) -> Vec<*const C_tensor> {
    tensors.iter().map(|tensor| tensor.as_ptr()).collect()
}

/// Takes what a call makes: up to `count` tensors, or an error.
fn receive(
    count: usize,
    call: impl FnOnce(*mut *mut C_tensor, Sink) -> bool,
) -> Result<Vec<Option<Tensor>>, AutogradError> {
    let mut made = vec![ptr::null_mut(); count];
    let mut error = String::new();
    let sink = Sink {
        to: (&raw mut error).cast(),
        write: write_string,
    };
    let ok = call(made.as_mut_ptr(), sink);
    let owned = |pointer: *mut C_tensor| {
        // SAFETY: what is not null was made by `new at::Tensor` for us, and is owned by nobody else.
        (!pointer.is_null()).then(|| unsafe { Tensor::from_ptr(pointer) })
    };
    // Before the look at the error: what was made in spite of it is freed.
    let made = made.into_iter().map(owned).collect();
    if ok {
        Ok(made)
    } else {
        Err(AutogradError::Torch(error))
    }
}

/// `Sink::write` where `to` is a `String`.
unsafe extern "C" fn write_string(to: *mut c_void, text: *const c_char, length: usize) {
    // SAFETY: `to` is the string that `receive` keeps alive during its call, and nobody else uses it then;
    // `text` are `length` bytes, which C++ keeps as long.
    let (string, bytes) = unsafe {
        (
            &mut *to.cast::<String>(),
            slice::from_raw_parts(text.cast::<u8>(), length),
        )
    };
    *string = String::from_utf8_lossy(bytes).into_owned();
}

/// `Closure::call`.
unsafe extern "C" fn call_closure(
    data: *const c_void,
    grads: *const *const C_tensor,
    outputs: usize,
    wanted: *const bool,
    made: *mut *mut C_tensor,
    inputs: usize,
    error: Sink,
) -> bool {
    let run = || {
        // SAFETY: `data` is the box of `attach`, which C++ keeps until this returns, and lends to no other
        // thread meanwhile. The arrays have the lengths beside them and last as long; none is empty (a
        // function with a gradient to pass on has outputs and inputs), so none is null.
        let (backward, grads, wanted) = unsafe {
            (
                &*data.cast::<Backward>(),
                slice::from_raw_parts(grads, outputs),
                slice::from_raw_parts(wanted, inputs),
            )
        };
        let lent = |grad: &*const C_tensor| {
            // SAFETY: what is not null is an `at::Tensor` that lives until this returns; of it a handle of
            // our own is made.
            (!grad.is_null()).then(|| unsafe { Tensor::clone_from_ptr(grad.cast_mut()) })
        };
        let grads: Vec<Option<Tensor>> = grads.iter().map(lent).collect();
        let gradients = backward(&grads, wanted)?;
        if gradients.len() == inputs {
            Ok(gradients)
        } else {
            Err(format!(
                "returned {} gradients for {inputs} inputs: return one per input, `None` where there is none",
                gradients.len()
            ))
        }
    };
    // What the closure leaves behind after a panic is its own business: no memory can be unsound by it.
    let why = match catch_unwind(AssertUnwindSafe(run)) {
        Ok(Ok(gradients)) => {
            for (i, gradient) in gradients.into_iter().enumerate() {
                if let Some(gradient) = gradient {
                    // SAFETY: `made` has `inputs` places, and there are as many gradients (see above). The
                    // tensor is not dropped here: C++ owns it from now on.
                    unsafe { *made.add(i) = ManuallyDrop::new(gradient).as_mut_ptr() };
                }
            }
            return true;
        }
        Ok(Err(why)) => why,
        Err(payload) => format!("panicked: {}", panic_message(payload.as_ref())),
    };
    // SAFETY: C++ gave the sink with this function, and the text outlives the call.
    unsafe { (error.write)(error.to, why.as_ptr().cast(), why.len()) };
    false
}

/// `Closure::drop`.
unsafe extern "C" fn drop_closure(data: *mut c_void) {
    // SAFETY: the box of `attach`; C++ calls this once, when nobody runs the closure any more.
    let backward = unsafe { Box::from_raw(data.cast::<Backward>()) };
    // There is nobody to tell: the panic hook has.
    let _ = catch_unwind(AssertUnwindSafe(|| drop(backward)));
}

fn panic_message(payload: &(dyn Any + Send)) -> &str {
    if let Some(text) = payload.downcast_ref::<&str>() {
        text
    } else if let Some(text) = payload.downcast_ref::<String>() {
        text
    } else {
        "with something that is no text"
    }
}
