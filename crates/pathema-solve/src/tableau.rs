/// An explicit Runge–Kutta method as data (Hairer, Nørsett & Wanner, *Solving Ordinary Differential
/// Equations I*, II.1).
///
/// Stage j is f(t + c_j h, y + h Σ_{l<j} a_jl k_l), the step y + h Σ b_j k_j.
#[derive(Debug, PartialEq)]
pub struct Tableau {
    /// The method's name.
    pub name: &'static str,
    /// Order of convergence.
    pub order: u32,
    /// Rows of the strictly lower triangle; the first, which is empty, is left out.
    pub a: &'static [&'static [f64]],
    /// Weights of the stages.
    pub b: &'static [f64],
    /// Nodes, the first of which is 0.
    pub c: &'static [f64],
    /// b minus the weights of the embedded method; empty where there is none.
    pub error: &'static [f64],
    /// Weights of the state half-way through the step, for dense output; empty where there are none.
    pub middle: &'static [f64],
}

impl Tableau {
    /// Number of stages.
    pub fn stages(&self) -> usize {
        self.b.len()
    }

    /// Weights of the earlier stages in stage `j`.
    pub(crate) fn row(&self, j: usize) -> &'static [f64] {
        if j == 0 { &[] } else { self.a[j - 1] }
    }

    /// Whether the last stage of a step is the first of the next (*first same as last*).
    pub fn is_fsal(&self) -> bool {
        let (last, head) = (self.row(self.stages() - 1), &self.b[..self.stages() - 1]);
        self.b.last() == Some(&0.0) && last == head
    }
}
