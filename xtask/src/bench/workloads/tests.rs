use std::collections::BTreeSet;

use super::*;

fn full() -> Vec<Comparison> {
    all(Path::new("folder"), &Extent::FULL)
}

fn find(words: &str) -> Comparison {
    let found = full().into_iter().find(|c| c.words == words);
    found.unwrap_or_else(|| panic!("no comparison is {words}"))
}

#[test]
fn every_comparison_has_words_of_its_own() {
    let all = full();
    let words: BTreeSet<_> = all.iter().map(|c| &c.words).collect();
    assert_eq!(words.len(), all.len());
    for comparison in &all {
        assert!(!comparison.ours.is_empty() && !comparison.peers.is_empty());
        assert!(comparison.peers.iter().all(|peer| !peer.asked.is_empty()));
    }
}

#[test]
fn aims_go_with_the_batch() {
    for (words, least) in [
        ("midpoint, linear, batch 32", 6.0),
        ("rk4, natural, batch 32", 6.0),
        ("midpoint, linear, batch 256", 2.5),
        ("rk4, hermite, batch 256, 2 threads", 2.5),
    ] {
        let aim = find(words).peers.first().unwrap().aim.unwrap();
        assert_eq!(aim.least, least, "{words}");
    }
}

#[test]
fn all_programs_get_the_same_inputs() {
    for comparison in full().iter().filter(|c| c.by != By::Memory) {
        let ours = comparison.ours.first().unwrap();
        let step = |w: &&Workload| w.kind == ours.kind;
        for asked in comparison
            .peers
            .iter()
            .flat_map(|peer| &peer.asked)
            .filter(step)
        {
            assert_eq!(asked.data, ours.data, "{}", comparison.words);
            assert_eq!(asked.sizes, ours.sizes);
            assert_eq!(asked.threads, ours.threads);
            assert_eq!(asked.interpolation, ours.interpolation);
            assert_eq!(asked.method, ours.method);
        }
    }
}

#[test]
fn the_products_are_those_of_the_step() {
    for (words, evaluations) in [
        ("midpoint, linear, batch 32", 478),
        ("rk4, linear, batch 256", 956),
    ] {
        let peers = find(words).peers;
        let products = peers.iter().find(|peer| peer.name.contains("sgemm"));
        let asked = products.unwrap().asked.first().unwrap();
        assert_eq!(asked.evaluations, evaluations, "{words}");
    }
}

#[test]
fn files_are_told_apart() {
    let files: BTreeSet<_> = full()
        .into_iter()
        .flat_map(|c| {
            c.ours
                .into_iter()
                .chain(c.peers.into_iter().flat_map(|p| p.asked))
        })
        .filter_map(|w| w.data)
        .collect();
    let expected = ["256-240", "32-240-missing", "32-240", "32-24000"];
    let expected =
        expected.map(|name| Path::new("folder").join(format!("data-{name}.safetensors")));
    assert_eq!(files, expected.into());
}
