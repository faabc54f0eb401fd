use super::fixture::{Records, run};
use super::*;

/// Elements that HTML closes by itself.
const VOID: [&str; 2] = ["meta", "br"];

/// Walks the page's tags: fails on the first that does not fit, returns how many elements there are.
#[track_caller]
fn check_nesting(page: &str) -> usize {
    let mut open: Vec<&str> = Vec::new();
    let mut elements = 0;
    let mut rest = page;
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        let end = rest.find('>').expect("a tag that ends");
        let tag = &rest[..end];
        rest = &rest[end + 1..];
        if tag.starts_with('!') {
            continue;
        }
        assert!(!tag.contains('<'), "a tag in a tag: <{tag}>");
        assert_eq!(tag.matches('"').count() % 2, 0, "an open quote: <{tag}>");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(
                open.pop(),
                Some(name),
                "</{name}> closes what is not open last"
            );
            continue;
        }
        let name = tag.split([' ', '\n']).next().unwrap();
        assert!(
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric()),
            "not a tag: <{tag}>"
        );
        elements += 1;
        if !VOID.contains(&name) {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "left open: {open:?}");
    elements
}

#[test]
fn the_page_is_well_formed_and_whole() {
    let records = run();
    let page = render(&records.input());
    assert!(check_nesting(&page) > 1000);
    for subject in &records.results.subjects {
        assert!(
            page.contains(&format!("<th scope=\"row\">{subject}</th>")),
            "{subject}"
        );
        assert!(
            page.contains(&format!("<b>{subject}</b>")),
            "session of {subject}"
        );
    }
    for text in [
        "Neural CDE",
        "Majority",
        "Clock",
        "Read this against the clock",
    ] {
        assert!(page.contains(text), "{text}");
    }
    assert!(!page.contains("This run has no"), "nothing is missing");
    assert!(!page.contains("Simulated data"));
    assert!(!page.contains("NaN"));
}

#[test]
fn the_page_loads_nothing() {
    let page = render(&run().input());
    for sign in [
        "http:", "https:", "//", "src=", "url(", "@import", "<script", "<link", "<iframe",
    ] {
        assert!(!page.contains(sign), "{sign}");
    }
    assert!(page.contains("default-src 'none'"));
    for (at, _) in page.match_indices("href=\"") {
        assert_eq!(
            page.as_bytes()[at + "href=\"".len()],
            b'#',
            "a link that leaves the page"
        );
    }
}

#[test]
fn numbers_are_those_of_the_records() {
    let records = run();
    let page = render(&records.input());
    let model = &records.results.models[0];
    for task in [&model.binary, &model.three_class] {
        for metric in &format::METRICS {
            assert!(
                page.contains(&format::score((metric.of)(&task.mean))),
                "{}",
                metric.name
            );
            assert!(
                page.contains(&format::score((metric.of)(&task.pooled))),
                "{}",
                metric.name
            );
        }
        for windows in task.confusion.iter().flatten() {
            assert!(page.contains(&format!(">{}</text>", format::count(*windows))));
        }
    }
}

#[test]
fn text_of_the_records_is_escaped() {
    let hostile = "S2<script>alert(\"1\")</script>";
    let mut records = run();
    for name in &mut records.results.subjects {
        *name = name.replace("S10", hostile);
    }
    for model in &mut records.results.models {
        model.model = model.model.replace("majority", hostile);
        for task in [&mut model.binary, &mut model.three_class] {
            for subject in &mut task.per_subject {
                subject.subject = subject.subject.replace("S10", hostile);
            }
        }
    }
    for fold in &mut records.results.folds {
        fold.held_out = fold.held_out.replace("S10", hostile);
        for name in fold.fitted_on.iter_mut().chain(&mut fold.validated_on) {
            *name = name.replace("S10", hostile);
        }
    }
    for epoch in &mut records.epochs {
        epoch.fold = epoch.fold.replace("S10", hostile);
    }
    for prediction in &mut records.predictions {
        prediction.subject = prediction.subject.replace("S10", hostile);
    }
    let mut input = records.input();
    (input.config_toml, input.command, input.data) = (hostile, hostile, hostile);
    (input.created, input.version) = (hostile, hostile);
    let page = render(&input);
    assert!(!page.contains("<script") && !page.contains("</script"));
    let escaped = "S2&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;";
    assert!(page.matches(escaped).count() > 30);
    check_nesting(&page);
}

#[test]
fn simulated_data_are_called_so() {
    let mut records = run();
    records.results.simulated = true;
    let page = render(&records.input());
    let banner = page.find("Simulated data.").expect("a banner");
    assert!(banner < page.find("<main>").unwrap(), "before all numbers");
}

#[test]
fn what_is_missing_is_said() {
    let mut records = run();
    records.results.models.clear();
    records.results.folds.clear();
    records.results.subjects.clear();
    records.epochs.clear();
    records.predictions.clear();
    let page = render(&records.input());
    check_nesting(&page);
    assert_eq!(page.matches("This run has no").count(), 9);
}

#[test]
fn a_fold_that_leaks_is_called_so() {
    let sentence = "These folds are not sound, since a subject has more than one part in them: S4.";
    let mut records = run();
    assert!(!render(&records.input()).contains("not sound"));
    records.results.folds[2].fitted_on.push("S4".into());
    assert!(render(&records.input()).contains(sentence));
    records.results.folds[2] = run().results.folds[2].clone();
    let validated_on = records.results.folds[2].validated_on.clone();
    records.results.folds[2].fitted_on.extend(validated_on);
    assert!(render(&records.input()).contains(sentence));
}

/// Records that no run writes, but that a file may hold.
#[test]
fn absurd_records_are_drawn_without_harm() {
    let check = |break_it: fn(&mut Records)| {
        let mut records = run();
        break_it(&mut records);
        let page = render(&records.input());
        check_nesting(&page);
        assert!(page.len() < 2_000_000);
        assert!(
            !page.contains("\"NaN") && !page.contains("inf\""),
            "no such length"
        );
    };
    check(|r| r.predictions.iter_mut().for_each(|p| p.truth = usize::MAX));
    check(|r| r.predictions.iter_mut().for_each(|p| p.start *= 1e300));
    check(|r| r.predictions.iter_mut().for_each(|p| p.length = f64::NAN));
    check(|r| {
        r.predictions
            .iter_mut()
            .for_each(|p| p.p_stress_binary = f64::NAN)
    });
    check(|r| r.predictions.iter_mut().for_each(|p| p.start = -p.start));
    check(|r| {
        r.epochs
            .iter_mut()
            .for_each(|e| e.train_loss = f64::INFINITY)
    });
    check(|r| r.epochs.iter_mut().for_each(|e| e.learning_rate = -1e300));
    check(|r| {
        r.epochs
            .iter_mut()
            .for_each(|e| e.validation.binary.accuracy = f64::NEG_INFINITY)
    });
    check(|r| r.epochs.iter_mut().for_each(|e| e.epoch = usize::MAX));
    check(|r| r.epochs.truncate(1));
    check(|r| {
        for model in &mut r.results.models {
            model.binary.confusion = vec![vec![u64::MAX], vec![]];
            model.three_class.confusion.clear();
            model.binary.roc = vec![(f64::NAN, 2.0), (-1e300, f64::INFINITY)];
            model.binary.mean.accuracy = Some(f64::NAN);
            model.binary.per_subject[0].scores.accuracy = Some(1e300);
            model.three_class.per_subject.clear();
        }
    });
    check(|r| (r.results.seconds, r.results.parameters) = (f64::INFINITY, usize::MAX));
}
