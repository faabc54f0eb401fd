use std::error::Error;

use pathema_autograd::{Saved, attach, numbers};
use pathema_kernel::{Attention, Engine, Real};
use tch::kind::Element;
use tch::{Device, Kind, Tensor};

use crate::FusionError;

/// softmax(Q Kᵀ / √d) V of several heads: queries [batch, instants, d_model], keys and values [batch, others, d_model], the
/// heads side by side; the result is laid out as the queries.
///
/// On a CPU in native code, whose gradient has no gradient of its own; elsewhere by libtorch.
pub(crate) fn attend(
    query: &Tensor,
    key: &Tensor,
    value: &Tensor,
    heads: i64,
) -> Result<Tensor, FusionError> {
    match (query.device(), query.kind()) {
        (Device::Cpu, Kind::Float) => natively::<f32>(query, key, value, heads),
        (Device::Cpu, Kind::Double) => natively::<f64>(query, key, value, heads),
        _ => by_libtorch(query, key, value, heads),
    }
}

fn natively<T: Real + Element>(
    query: &Tensor,
    key: &Tensor,
    value: &Tensor,
    heads: i64,
) -> Result<Tensor, FusionError> {
    let size = query.size();
    let sizes = Attention {
        batch: size[0] as usize,
        heads: heads as usize,
        queries: size[1] as usize,
        keys: key.size()[1] as usize,
        width: (size[2] / heads) as usize,
    };
    let engine = Engine {
        threads: tch::get_num_threads().max(1) as usize,
        ..Engine::new()
    };
    let [q, k, v] = [query, key, value].map(numbers::<T>);
    let attended = engine.attend(sizes, &q?, &k?, &v?)?;
    let output = Tensor::from_slice(&attended.output).f_view(size.as_slice())?;
    let saved = [Saved::new(query)?, Saved::new(key)?, Saved::new(value)?];
    let backward = move |gradients: &[Option<Tensor>], _: &pathema_autograd::Wanted<'_>| {
        let Some(of_output) = &gradients[0] else {
            return Ok(vec![None, None, None]);
        };
        let [q, k, v] = [saved[0].get()?, saved[1].get()?, saved[2].get()?];
        let [nq, nk, nv, of_output] = [&q, &k, &v, of_output].map(numbers::<T>);
        let found = engine.attend_back(&attended, &nq?, &nk?, &nv?, &of_output?)?;
        let shaped = |numbers: &[T], like: &Tensor| -> Result<_, Box<dyn Error + Send + Sync>> {
            let size = like.size();
            Ok(Some(Tensor::from_slice(numbers).f_view(size.as_slice())?))
        };
        Ok(vec![
            shaped(&found.query, &q)?,
            shaped(&found.key, &k)?,
            shaped(&found.value, &v)?,
        ])
    };
    let attached = attach(
        "cross-modal attention on the CPU",
        &[query, key, value],
        vec![output.shallow_clone()],
        backward,
    )?;
    Ok(attached.into_iter().next().unwrap_or(output))
}

fn by_libtorch(
    query: &Tensor,
    key: &Tensor,
    value: &Tensor,
    heads: i64,
) -> Result<Tensor, FusionError> {
    // [batch, instants, d_model] → [batch, heads, instants, d_head].
    let apart = |x: &Tensor| {
        let size = x.size();
        x.f_view([size[0], size[1], heads, size[2] / heads])?
            .f_transpose(1, 2)
    };
    let found = Tensor::f_scaled_dot_product_attention::<Tensor>(
        &apart(query)?,
        &apart(key)?,
        &apart(value)?,
        None,
        0.0,
        false,
        None,
        false,
    )?;
    Ok(found.f_transpose(1, 2)?.f_flatten(2, 3)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn natively_as_by_libtorch() {
        for (kind, close) in [(Kind::Double, 1e-12), (Kind::Float, 2e-5)] {
            let drawn = |instants: i64| Tensor::randn([3, instants, 6], (kind, Device::Cpu));
            let inputs = [drawn(5), drawn(7), drawn(7)].map(|x| x.set_requires_grad(true));
            let [q, k, v] = &inputs;
            let weights = drawn(5);
            let found = [attend(q, k, v, 2), by_libtorch(q, k, v, 2)].map(|found| {
                let found = found.unwrap();
                let loss = (&found * &weights).sum(None);
                let mut all = Tensor::run_backward(&[loss], &inputs, false, false);
                all.push(found);
                all
            });
            for (ours, theirs) in found[0].iter().zip(&found[1]) {
                assert!(ours.allclose(theirs, close, close, false), "{kind:?}");
            }
        }
    }
}
