use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::super::{FitError, Labels};
use super::split::{Cut, Entropy, Sample, Search};
use super::{Codes, Node, Tree};

/// On which columns a node may be split.
pub(in super::super) enum Draw<'a> {
    /// Any.
    All,
    /// So many drawn anew for each node; more, should all of these be constant in it.
    Some(usize, &'a mut ChaCha8Rng),
}

/// Grows a tree on the rows whose weight is above zero.
///
/// Rows count as rows where `min_split` limits them, whatever their weights.
pub(in super::super) fn grow(
    codes: &Codes,
    labels: &Labels,
    weights: &[f64],
    min_split: usize,
    draw: Draw<'_>,
) -> Result<Tree, FitError> {
    if codes.rows() != labels.len() {
        return Err(FitError::Lengths {
            rows: codes.rows(),
            labels: labels.len(),
        });
    }
    // Classes that are none cost a little time and change nothing: 0 ln 0 is 0.
    Ok(match labels.occurring() {
        0..=2 => Grower::<2>::new(codes, labels, weights, min_split, draw).grow(),
        3 => Grower::<3>::new(codes, labels, weights, min_split, draw).grow(),
        _ => Grower::<8>::new(codes, labels, weights, min_split, draw).grow(),
    })
}

struct Grower<'a, const K: usize> {
    codes: &'a Codes,
    labels: &'a Labels,
    min_split: usize,
    draw: Draw<'a>,
    /// The columns, in the order in which they were last drawn.
    order: Vec<u32>,
    samples: Vec<Sample>,
    entropy: Entropy,
    search: Search<K>,
    nodes: Vec<Node>,
    shares: Vec<f64>,
}

impl<'a, const K: usize> Grower<'a, K> {
    fn new(
        codes: &'a Codes,
        labels: &'a Labels,
        weights: &[f64],
        min_split: usize,
        draw: Draw<'a>,
    ) -> Self {
        let samples = labels.rows().iter().zip(weights).enumerate();
        Grower {
            codes,
            labels,
            min_split,
            draw,
            order: (0..codes.columns() as u32).collect(),
            samples: samples
                .filter(|(_, (_, weight))| **weight > 0.0)
                .map(|(row, (&class, &weight))| Sample {
                    row: row as u32,
                    class,
                    weight,
                })
                .collect(),
            entropy: Entropy::new(weights),
            search: Search::new(),
            nodes: Vec::new(),
            shares: Vec::new(),
        }
    }

    fn grow(mut self) -> Tree {
        // Depth first, the left child right after its parent. A right child tells its parent where it is.
        let mut open = vec![(0, self.samples.len(), None)];
        while let Some((from, to, parent)) = open.pop() {
            let here = self.nodes.len();
            if let Some(parent) = parent
                && let Node::Split { right, .. } = &mut self.nodes[parent]
            {
                *right = here as u32;
            }
            let total = self.total(from, to);
            match self.split(from, to, &total) {
                Some((column, cut)) => {
                    let middle = self.part(from, to, column, cut);
                    self.nodes.push(Node::Split {
                        column,
                        threshold: self
                            .codes
                            .column(column as usize)
                            .threshold(cut.lower, cut.upper),
                        right: 0,
                    });
                    open.push((middle, to, Some(here)));
                    open.push((from, middle, None));
                }
                None => self.leaf(&total),
            }
        }
        Tree {
            nodes: self.nodes,
            shares: self.shares,
            columns: self.codes.columns(),
            spread: self.labels.spread(),
        }
    }

    fn total(&self, from: usize, to: usize) -> [f64; K] {
        let mut total = [0.0; K];
        for sample in &self.samples[from..to] {
            total[usize::from(sample.class)] += sample.weight;
        }
        total
    }

    fn leaf(&mut self, total: &[f64; K]) {
        let classes = self.labels.occurring();
        let sum: f64 = total.iter().sum();
        self.nodes
            .push(Node::Leaf((self.shares.len() / classes) as u32));
        self.shares
            .extend(total[..classes].iter().map(|weight| weight / sum));
    }

    fn split(&mut self, from: usize, to: usize, total: &[f64; K]) -> Option<(u32, Cut)> {
        let pure = total.iter().filter(|&&weight| weight > 0.0).count() < 2;
        if pure || to - from < self.min_split.max(2) {
            return None;
        }
        let samples = &self.samples[from..to];
        let wanted = match &self.draw {
            Draw::All => self.order.len(),
            Draw::Some(wanted, _) => (*wanted).max(1),
        };
        let mut best: Option<(u32, Cut)> = None;
        for place in 0..self.order.len() {
            if place >= wanted && best.is_some() {
                break;
            }
            if let Draw::Some(_, rng) = &mut self.draw {
                let other = rng.random_range(place..self.order.len());
                self.order.swap(place, other);
            }
            let column = self.order[place];
            let cut = self.search.best(
                self.codes.column(column as usize),
                samples,
                total,
                &self.entropy,
            );
            if let Some(cut) = cut
                && best.is_none_or(|(_, best)| cut.score > best.score)
            {
                best = Some((column, cut));
            }
        }
        best
    }

    /// Brings the rows that go left to the front and says where the others begin.
    fn part(&mut self, from: usize, to: usize, column: u32, cut: Cut) -> usize {
        let codes = &self.codes.column(column as usize).codes;
        let samples = &mut self.samples[from..to];
        let mut left = 0;
        for place in 0..samples.len() {
            if codes[samples[place].row as usize] <= cut.lower {
                samples.swap(left, place);
                left += 1;
            }
        }
        from + left
    }
}
