//! Two coupled solutions whose steps can be undone, so that nothing but their end is kept.
//!
//! With Ψ_h the increment of a step, y₁ = λ y₀ + (1 − λ) z₀ + Ψ_h(z₀) and z₁ = z₀ − Ψ_{−h}(y₁) (McCallum & Foster 2024,
//! *Efficient, accurate and stable gradients for neural ODEs*, equation 3).

use crate::fixed::{Tape, add_weighted};
use crate::parameters::Gathered;
use crate::simd::{Real, Vector};
use crate::task::Task;

impl<T: Real> Task<'_, T> {
    /// # Safety
    /// As of [`stages`](Self::stages).
    #[inline(always)]
    pub(crate) unsafe fn forward_coupled<
        V: Vector<Item = T>,
        const ROWS: usize,
        const WIDE: usize,
    >(
        &self,
        z0: &[T],
        saved: &mut [T],
        coupling: f64,
    ) -> Tape<T> {
        let mut z = self.spread(z0);
        let mut y = z.clone();
        let mut rooms = self.rooms();
        let mut records = vec![T::default(); self.step_records()];
        let weights = &self.method.b[..self.method.needed()];
        let minus: Vec<f64> = weights.iter().map(|b| -b).collect();
        let (own, other) = (T::of(coupling), T::of(1.0 - coupling));
        self.save(&y, 0, saved);
        for step in 0..self.steps {
            // SAFETY: as asked of the caller.
            unsafe { self.stages::<V, ROWS, WIDE>((step, false), &z, &mut records, &mut rooms) };
            for (y, &z) in y.iter_mut().zip(&z) {
                *y = own * *y + other * z;
            }
            add_weighted(weights, &rooms.slopes, &mut y);
            // SAFETY: as asked of the caller.
            unsafe { self.stages::<V, ROWS, WIDE>((step, true), &y, &mut records, &mut rooms) };
            add_weighted(&minus, &rooms.slopes, &mut z);
            self.save(&y, step + 1, saved);
        }
        y.extend(z);
        Tape {
            records: Vec::new(),
            end: y,
        }
    }

    /// # Safety
    /// As of [`backward`](Self::backward).
    #[inline(always)]
    pub(crate) unsafe fn backward_coupled<
        V: Vector<Item = T>,
        const ROWS: usize,
        const WIDE: usize,
        const HIGH: usize,
    >(
        &self,
        tape: &Tape<T>,
        of_saved: &[T],
        of_z0: &mut [T],
        gathered: &mut Gathered<T>,
        coupling: f64,
    ) {
        gathered.made_again += 2 * self.steps * self.method.needed();
        let (y, z) = tape.end.split_at(self.state());
        let (mut y, mut z) = (y.to_vec(), z.to_vec());
        let mut of_y = vec![T::default(); self.state()];
        let mut of_z = of_y.clone();
        let mut rooms = self.rooms();
        let mut records = vec![T::default(); self.step_records()];
        let weights = &self.method.b[..self.method.needed()];
        let minus: Vec<f64> = weights.iter().map(|b| -b).collect();
        let (own, other) = (T::of(coupling), T::of(1.0 - coupling));
        for step in (0..self.steps).rev() {
            self.add_saved(of_saved, step + 1, &mut of_y);
            // z₁ = z₀ − Ψ_{−h}(y₁).
            let of_increment: Vec<T> = of_z.iter().map(|&of_z| -of_z).collect();
            // SAFETY: as asked of the caller.
            unsafe {
                self.stages::<V, ROWS, WIDE>((step, true), &y, &mut records, &mut rooms);
                add_weighted(weights, &rooms.slopes, &mut z);
                self.back_through_stages::<V, ROWS, WIDE, HIGH>(
                    step,
                    &records,
                    &of_increment,
                    &mut of_y,
                    &mut rooms,
                    gathered,
                );
            }
            // y₁ = λ y₀ + (1 − λ) z₀ + Ψ_h(z₀).
            // SAFETY: as asked of the caller.
            unsafe {
                self.stages::<V, ROWS, WIDE>((step, false), &z, &mut records, &mut rooms);
                add_weighted(&minus, &rooms.slopes, &mut y);
                for (y, &z) in y.iter_mut().zip(&z) {
                    *y = (*y - other * z) / own;
                }
                self.back_through_stages::<V, ROWS, WIDE, HIGH>(
                    step, &records, &of_y, &mut of_z, &mut rooms, gathered,
                );
            }
            for (of_z, of_y) in of_z.iter_mut().zip(&mut of_y) {
                *of_z += other * *of_y;
                *of_y = *of_y * own;
            }
        }
        self.add_saved(of_saved, 0, &mut of_y);
        for (of_y, &of_z) in of_y.iter_mut().zip(&of_z) {
            *of_y += of_z;
        }
        // SAFETY: as asked of the caller.
        unsafe { gathered.sum::<V, HIGH>(self.network) };
        self.gather(&of_y, of_z0);
    }
}
