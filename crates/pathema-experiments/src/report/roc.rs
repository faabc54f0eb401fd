//! Pooled ROC curves.

use maud::{Markup, html};

use super::format::{model_class, model_name, score};
use super::plot::{Axis, Frame, polyline, px};
use super::{ReportInput, missing};
use crate::run::records::{ModelResults, TaskResults};

/// Its answer differs between folds only: pooled, its curve shows the folds' frequencies and no skill.
const WITHOUT_A_CURVE: &str = "majority";

pub(super) fn curves(input: &ReportInput) -> Markup {
    let models: Vec<(usize, &ModelResults)> = input
        .results
        .models
        .iter()
        .enumerate()
        .filter(|(_, model)| model.model != WITHOUT_A_CURVE)
        .collect();
    if models.is_empty() {
        return missing("results of any model");
    }
    html! {
        p {
            "The share of stress found against the share of the rest taken for it, as the threshold on the probability "
            "of stress falls. All held-out subjects pooled."
        }
        div.pair {
            (plot("By the output for stress or not", &models, |m| &m.binary))
            (plot("By the output for three states", &models, |m| &m.three_class))
        }
    }
}

fn plot(
    title: &str,
    models: &[(usize, &ModelResults)],
    view: fn(&ModelResults) -> &TaskResults,
) -> Markup {
    let x = Axis::new((0.0, 1.0), (46.0, 336.0));
    let y = Axis::new((0.0, 1.0), (320.0, 30.0));
    let frame = Frame {
        x,
        y,
        x_ticks: x.ticks(5),
        y_ticks: y.ticks(5),
        x_label: "rest taken for stress",
        y_label: "stress found",
    };
    html! {
        figure {
            figcaption { (title) }
            svg viewBox="0 0 350 358" role="img" aria-label={ "ROC curves: " (title) } {
                (frame.axes())
                path.chance d=(polyline([Some((x.at(0.0), y.at(0.0))), Some((x.at(1.0), y.at(1.0)))])) {}
                // The recogniser last, so that it lies on top.
                @for &(index, model) in models.iter().rev() {
                    @let curve = &view(model).roc;
                    path class={ "roc " (model_class(&model.model, index)) }
                        d=(polyline(curve.iter().map(|&(false_rate, rate)| Some((x.at(false_rate), y.at(rate)))))) {
                        title { (model_name(&model.model)) }
                    }
                }
                @for (row, &(index, model)) in models.iter().enumerate() {
                    @let height = 300.0 - 20.0 * (models.len() - 1 - row) as f64;
                    g class={ "key " (model_class(&model.model, index)) } {
                        line x1="152" x2="170" y1=(px(height)) y2=(px(height)) {}
                        text x="177" y=(px(height)) dy="0.35em" {
                            (model_name(&model.model)) ", AUC " (score(area(&view(model).roc)))
                        }
                    }
                }
            }
        }
    }
}

/// The area under a curve, by trapezoids: exact, since between its points a ROC curve is straight.
fn area(curve: &[(f64, f64)]) -> Option<f64> {
    (!curve.is_empty()).then(|| {
        curve
            .windows(2)
            .map(|w| (w[1].0 - w[0].0) * (w[0].1 + w[1].1) / 2.0)
            .sum()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn area_is_by_trapezoids() {
        assert_eq!(area(&[]), None);
        assert_eq!(area(&[(0.0, 0.0), (1.0, 1.0)]), Some(0.5));
        assert_eq!(
            area(&[(0.0, 0.0), (0.0, 0.5), (0.5, 1.0), (1.0, 1.0)]),
            Some(0.875)
        );
    }
}
