use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;

use pathema_study::plan::{Experiment, Family, Planned, Profile, Recipes};
use pathema_study::run::Fitted;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../experiments")
}

fn planned(profile: Profile) -> Vec<Planned> {
    let recipes = Recipes::read(&folder().join("recipes.toml")).unwrap();
    let mut all = Vec::new();
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.file_stem().is_some_and(|stem| stem != "recipes") {
            let experiment = Experiment::read(&path).unwrap();
            all.extend(experiment.jobs(&recipes, profile, None).unwrap());
        }
    }
    all
}

#[test]
fn every_experiment_can_be_planned_and_the_full_profile_has_all_of_the_quick_one() {
    let of = |profile| {
        let planned = planned(profile);
        planned
            .into_iter()
            .map(|own| (own.job.id(), own.key))
            .collect::<HashSet<_>>()
    };
    let (quick, full) = (of(Profile::Quick), of(Profile::Full));
    let lacking: Vec<_> = quick.difference(&full).map(|(_, key)| key).collect();
    assert!(lacking.is_empty(), "{lacking:#?}");
    assert!(full.len() > 2 * quick.len());
}

#[test]
fn classifiers_like_a_network_see_its_channels() {
    let recipes = Recipes::read(&folder().join("recipes.toml")).unwrap();
    let mut seen = 0;
    for own in planned(Profile::Quick) {
        let Fitted::Classical {
            channels,
            normalisation,
            ..
        } = &own.job.model
        else {
            continue;
        };
        let recipe = recipes.get(&own.key.model).unwrap();
        assert_eq!(recipe.family, Family::Classical);
        assert_eq!(
            channels.is_some(),
            recipe.like.is_some(),
            "{}",
            own.key.model
        );
        let Some(channels) = channels else { continue };
        let network = recipes
            .network("cde", own.key.protocol, *normalisation, &[])
            .unwrap();
        assert_eq!(
            (&channels.omit, &channels.modalities),
            (&network.omit, &network.modalities)
        );
        seen += 1;
    }
    assert!(seen > 0);
}

#[test]
fn what_changed_alone_is_computed_anew_alone() {
    let versions: HashSet<(bool, String)> = planned(Profile::Full)
        .iter()
        .map(|own| {
            let curves = match &own.job.model {
                Fitted::Network { candidates, .. } => {
                    candidates.iter().any(|(_, spec)| spec.train.validation > 0)
                }
                _ => false,
            };
            let features = matches!(&own.job.model, Fitted::Classical { channels: None, .. })
                && own.job.tested.len() > 1;
            (curves || features, own.job.version())
        })
        .collect();
    assert_eq!(versions.len(), 2, "{versions:?}");
}
