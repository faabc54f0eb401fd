//! Every model, every score.

use maud::{Markup, html};

use super::format::{METRICS, Metric, model_class, model_name, score, spread};
use super::{ReportInput, missing};
use crate::run::records::{ModelResults, TaskResults};

pub(super) fn tables(input: &ReportInput) -> Markup {
    let models = &input.results.models;
    if models.is_empty() {
        return missing("results of any model");
    }
    html! {
        p {
            "Mean ± standard deviation over held-out subjects; under it the score of all windows pooled. "
            "The best mean of each column is bold."
        }
        (table("Stress or not", models, |model| &model.binary))
        (table("Baseline, stress or amusement", models, |model| &model.three_class))
        p.caption {
            "ROC-AUC is that of the probability of stress; with three states, the mean over states of one against the "
            "rest. Cross-entropy is in nats. A dash: not defined, as F1 is for a state that neither occurs nor is named. "
            "Pooling puts probabilities of different folds on one scale: a pooled ROC-AUC below 0.5 of a model that "
            "says the same of every window of a fold comes from that alone."
        }
    }
}

fn table(title: &str, models: &[ModelResults], view: fn(&ModelResults) -> &TaskResults) -> Markup {
    html! {
        div.wide {
            table.models {
                caption { (title) }
                thead {
                    tr {
                        th scope="col" { "Model" }
                        @for metric in &METRICS { th.number scope="col" { (metric.name) } }
                    }
                }
                tbody {
                    @for (index, model) in models.iter().enumerate() {
                        @let results = view(model);
                        tr {
                            th scope="row" {
                                i class={ "key " (model_class(&model.model, index)) } {}
                                (model_name(&model.model))
                            }
                            @for metric in &METRICS {
                                @let best = is_best(metric, (metric.of)(&results.mean), models, view);
                                td.number {
                                    span.best[best] {
                                        (spread((metric.of)(&results.mean), (metric.of)(&results.std)))
                                    }
                                    span.pooled { "pooled " (score((metric.of)(&results.pooled))) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Whether no model's mean is better, to the digits shown.
fn is_best(
    metric: &Metric,
    mean: Option<f64>,
    models: &[ModelResults],
    view: fn(&ModelResults) -> &TaskResults,
) -> bool {
    let shown = |value: f64| (value * 1000.0).round();
    mean.is_some_and(|mean| {
        models
            .iter()
            .filter_map(|model| (metric.of)(&view(model).mean))
            .all(|other| {
                if metric.more_is_better {
                    shown(other) <= shown(mean)
                } else {
                    shown(other) >= shown(mean)
                }
            })
    })
}
