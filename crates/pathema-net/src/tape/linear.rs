use super::way::add_rows;
use super::{Tape, Var};
use crate::number::{Number, View, product};
use crate::parameters::Parameter;

impl<T: Number> Tape<'_, T> {
    /// x Wᵀ + b: x \[n, inputs\], W \[outputs, inputs\], b \[1, outputs\]; \[n, outputs\].
    ///
    /// # Panics
    /// If the shapes do not fit.
    pub fn linear(&mut self, x: Var, weight: Parameter, bias: Option<Parameter>) -> Var {
        let (rows, inputs) = self.shape(x);
        let (outputs, terms) = self.parameters.shape(weight);
        assert_eq!(inputs, terms, "columns of x and of the weight");
        let values = self.affine(self.values(x), (rows, inputs, outputs), weight, bias);
        self.add_to_cost(rows * inputs * outputs);
        self.record_if(
            self.records,
            (rows, outputs),
            values,
            move |way, of_output| {
                let of_output = View::new(&of_output, rows, outputs);
                let (values, weights) = (way.values(x), way.parameter(weight));
                way.give_affine(of_output, View::new(values, rows, inputs), weight, bias);
                way.give_product(x, of_output, View::new(weights, outputs, inputs));
                Ok(())
            },
        )
    }

    /// x Wᵀ + y: x \[n, inputs\], W \[outputs, inputs\], y \[n, outputs\].
    ///
    /// # Panics
    /// If the shapes do not fit.
    pub fn linear_plus(&mut self, x: Var, weight: Parameter, y: Var) -> Var {
        let (rows, inputs) = self.shape(x);
        let (outputs, terms) = self.parameters.shape(weight);
        assert_eq!(inputs, terms, "columns of x and of the weight");
        assert_eq!(self.shape(y), (rows, outputs), "shape of what is added");
        let mut values = self.values(y).to_vec();
        let weights = View::new(self.parameters.values(weight), outputs, inputs);
        let left = View::new(self.values(x), rows, inputs);
        product(left, weights.turned(), true, &mut values);
        self.add_to_cost(rows * inputs * outputs);
        self.record_if(
            self.records,
            (rows, outputs),
            values,
            move |way, of_output| {
                let of = View::new(&of_output, rows, outputs);
                let (values, weights) = (way.values(x), way.parameter(weight));
                way.give_affine(of, View::new(values, rows, inputs), weight, None);
                way.give_product(x, of, View::new(weights, outputs, inputs));
                way.give(y, of_output);
                Ok(())
            },
        )
    }

    /// x Wᵀ + b of plain numbers.
    pub(super) fn affine(
        &self,
        x: &[T],
        (rows, inputs, outputs): (usize, usize, usize),
        weight: Parameter,
        bias: Option<Parameter>,
    ) -> Vec<T> {
        let mut values = match bias {
            Some(bias) => {
                let bias = self.parameters.values(bias);
                assert_eq!(bias.len(), outputs, "columns of the bias");
                bias.repeat(rows)
            }
            None => vec![T::default(); rows * outputs],
        };
        let weight = View::new(self.parameters.values(weight), outputs, inputs);
        let x = View::new(x, rows, inputs);
        product(x, weight.turned(), bias.is_some(), &mut values);
        values
    }
}

impl<T: Number> super::Way<'_, T> {
    /// Adds to the gradients of weight and bias.
    pub(super) fn give_affine(
        &mut self,
        of_output: View<'_, T>,
        x: View<'_, T>,
        weight: Parameter,
        bias: Option<Parameter>,
    ) {
        let of_weight = self.gradients.of_mut(weight);
        product(of_output.turned(), x, true, of_weight);
        if let Some(bias) = bias {
            add_rows(self.gradients.of_mut(bias), of_output.values());
        }
    }
}
