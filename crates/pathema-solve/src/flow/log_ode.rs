//! The log-ODE method: over a step, dz/ds = F(z) for s from 0 to 1, F made of the field and the path's log-signature
//! (Morrill et al. 2021, *Neural rough differential equations*, section 2; Walker et al. 2024, *Log neural controlled
//! differential equations*).
//!
//! With f_i the field along channel i and V_i g = Dg[f_i], F = Σ L_i f_i + Σ L_ij V_i f_j + Σ L_ijk V_i V_j f_k, L the
//! log-signature's coordinates in words. Since L is a Lie element, this is its combination of the fields' brackets.

use pathema_autograd::{Graph, is_grad_enabled, vjp, with_grad};
use pathema_path::{Depth, LogSignature};
use tch::{Device, Kind, Tensor};

use crate::BatchPath;
use crate::error::Cause;
use crate::field::VectorField;

/// F(z) of rows, from the words of their log-signatures, [rows, channels + channels² + …].
pub(crate) fn slope(
    field: &(impl VectorField + ?Sized),
    words: &Tensor,
    z: &Tensor,
    channels: i64,
    depth: Depth,
) -> Result<Tensor, Cause> {
    let rows = z.size()[0];
    let mut level = Vec::new();
    let mut first = 0;
    for k in 1..=depth as u32 {
        let count = channels.pow(k);
        // Words that begin with the same channel stand together.
        level.push(
            words
                .f_narrow(1, first, count)?
                .f_view([rows, -1, channels])?,
        );
        first += count;
    }
    let mut sum = field.contract(z, &level[0].f_select(1, 0)?);
    for words in &level[1..] {
        sum += derived(field, words, z, channels)?;
    }
    Ok(sum)
}

/// Σ L_ij V_i f_j for words [rows, channels, channels], Σ L_ijk V_i V_j f_k for [rows, channels², channels].
fn derived(
    field: &(impl VectorField + ?Sized),
    words: &Tensor,
    z: &Tensor,
    channels: i64,
) -> Result<Tensor, Cause> {
    let rows = z.size()[0];
    let rest = words.size()[1] / channels;
    // Every row once for each first channel i, along which the rest of its words is differentiated.
    let words = words
        .f_view([rows, channels, rest, channels])?
        .f_transpose(0, 1)?
        .f_reshape([channels * rows, rest, channels])?;
    let repeated = z.f_repeat([channels, 1])?;
    let unit = Tensor::f_eye(channels, (z.kind(), z.device()))?
        .f_repeat_interleave_self_int(rows, 0, None)?;
    let direction = field.contract(&repeated, &unit);
    let along = |z: &Tensor| -> Result<Tensor, Cause> {
        if rest == 1 {
            Ok(field.contract(z, &words.f_select(1, 0)?))
        } else {
            derived(field, &words, z, channels)
        }
    };
    let changes = directional(&along, &repeated, &direction)?;
    let dims: &[i64] = &[0];
    Ok(changes
        .f_view([channels, rows, -1])?
        .f_sum_dim_intlist(dims, false, None)?)
}

/// Dg(z)[direction] of each row, as the derivative of a vector–Jacobian product by its vector.
fn directional(
    g: &dyn Fn(&Tensor) -> Result<Tensor, Cause>,
    z: &Tensor,
    direction: &Tensor,
) -> Result<Tensor, Cause> {
    // Else the graph made here would hold on to every step before.
    let keeps = is_grad_enabled() && (z.requires_grad() || direction.requires_grad());
    let changes = with_grad(|| -> Result<Option<Tensor>, Cause> {
        let z = if z.requires_grad() {
            z.shallow_clone()
        } else {
            z.detach().set_requires_grad(true)
        };
        let value = g(&z)?;
        if !value.requires_grad() {
            return Ok(None);
        }
        let vector = value.zeros_like().set_requires_grad(true);
        let Some(product) = vjp(&[&value], &[&z], &[&vector], Graph::Create)?
            .pop()
            .flatten()
        else {
            return Ok(None);
        };
        if !product.requires_grad() {
            return Ok(None);
        }
        Ok(vjp(&[&product], &[&vector], &[direction], Graph::Create)?
            .pop()
            .flatten())
    })?;
    let changes = changes.unwrap_or_else(|| z.zeros_like());
    Ok(if keeps { changes } else { changes.detach() })
}

/// The words of the log-signature of each window of a path, [windows, channels + channels² + …].
pub(crate) fn words(
    path: &BatchPath,
    windows: &[(usize, f64, f64)],
    depth: Depth,
) -> Result<Tensor, Cause> {
    let words = words_of(path, windows, depth)?;
    let (kind, device) = (path.coefficients.kind(), path.coefficients.device());
    let rows = windows.len() as i64;
    Ok(crate::flow::tensor(&words, kind, device).f_view([rows, -1])?)
}

/// As [`words`], one window's after the other's.
pub(crate) fn words_of(
    path: &BatchPath,
    windows: &[(usize, f64, f64)],
    depth: Depth,
) -> Result<Vec<f64>, Cause> {
    let mut words = Vec::new();
    for &(sample, from, to) in windows {
        let fit = |source| Cause::Fit { sample, source };
        let forward = from <= to;
        let (from, to) = if forward { (from, to) } else { (to, from) };
        let signature = LogSignature::of(path.path(sample), from, to, depth).map_err(fit)?;
        // Gone through backward, a path has the log-signature −L.
        let sign = if forward { 1.0 } else { -1.0 };
        words.extend(signature.terms().iter().map(|term| sign * term));
    }
    Ok(words)
}

/// Adds the gradients of windows' words to those of coefficients and knots, laid out as the batch's.
pub(crate) fn pull_back(
    path: &BatchPath,
    windows: &[(usize, f64, f64)],
    depth: Depth,
    gradient: &Tensor,
    coefficients: &mut [f64],
    knots: &mut [f64],
) -> Result<(), Cause> {
    let gradient = gradient.f_to_device(Device::Cpu)?.f_to_kind(Kind::Double)?;
    let gradient: Vec<f64> = Vec::try_from(gradient.f_reshape([-1])?)?;
    let each = gradient.len() / windows.len().max(1);
    let (rows, row) = (path.rows_each(), 4 * path.channels() as usize);
    for (&(sample, from, to), gradient) in windows.iter().zip(gradient.chunks_exact(each.max(1))) {
        let forward = from <= to;
        let (from, to) = if forward { (from, to) } else { (to, from) };
        let sign = if forward { 1.0 } else { -1.0 };
        let gradient: Vec<f64> = gradient.iter().map(|term| sign * term).collect();
        let pulled = LogSignature::pull_back(path.path(sample), from, to, depth, &gradient)
            .map_err(|source| Cause::Fit { sample, source })?;
        let own = &mut coefficients[sample * rows * row..];
        own.iter_mut()
            .zip(&pulled.coefficients)
            .for_each(|(sum, term)| *sum += term);
        let own = &mut knots[sample * rows..];
        own.iter_mut()
            .zip(&pulled.knots)
            .for_each(|(sum, term)| *sum += term);
    }
    Ok(())
}
