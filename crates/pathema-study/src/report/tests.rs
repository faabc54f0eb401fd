use std::collections::BTreeMap;

use super::fixture::{key, small, study};
use super::*;
use crate::records::{Key, Normalisation, Row};
use crate::report::material::{Layout, NamedComparison, Task};

fn written(material: &Material) -> BTreeMap<String, String> {
    let files = files(material).unwrap();
    let names = files.len();
    let files: BTreeMap<_, _> = files
        .into_iter()
        .map(|(name, text)| (name, String::from_utf8(text).unwrap()))
        .collect();
    assert_eq!(files.len(), names, "no file is written twice");
    files
}

/// Walks the tags: fails on the first that does not fit, returns how many elements there are.
#[track_caller]
fn check_nesting(text: &str) -> usize {
    let mut open: Vec<&str> = Vec::new();
    let mut elements = 0;
    let mut rest = text;
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
        let mut attributes: Vec<&str> = tag
            .split('"')
            .step_by(2)
            .map(str::trim)
            .filter(|name| name.ends_with('='))
            .collect();
        let named = attributes.len();
        attributes.sort_unstable();
        attributes.dedup();
        assert_eq!(attributes.len(), named, "an attribute twice: <{tag}>");
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
            !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric()),
            "not a tag: <{tag}>"
        );
        elements += 1;
        if name != "meta" {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "left open: {open:?}");
    elements
}

/// Set `PATHEMA_REPORT_FOLDER` to look at what is written.
#[test]
fn a_whole_study_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let asked = std::env::var_os("PATHEMA_REPORT_FOLDER").map(PathBuf::from);
    for simulated in [false, true] {
        let material = Material {
            simulated,
            ..if asked.is_some() { study() } else { small() }
        };
        let folder = asked
            .as_deref()
            .unwrap_or(folder.path())
            .join(if simulated { "simulated" } else { "real" });
        let paths = write(&material, &folder).unwrap();
        assert!(paths.iter().all(|path| path.is_file()));
        let again: Vec<_> = paths.iter().map(|path| fs::read(path).unwrap()).collect();
        assert_eq!(write(&material, &folder).unwrap(), paths);
        assert!(
            paths
                .iter()
                .zip(again)
                .all(|(path, text)| fs::read(path).unwrap() == text),
            "the same bytes"
        );
    }
}

#[test]
fn page_and_figures_are_well_formed_and_load_nothing() {
    for (name, text) in written(&small()) {
        if !(name.ends_with(".html") || name.ends_with(".svg")) {
            continue;
        }
        let elements = check_nesting(&text);
        assert!(
            elements > if name.ends_with("html") { 3000 } else { 20 },
            "{name}: {elements}"
        );
        assert!(
            !text.contains("NaN") && !text.contains("inf\"") && !text.contains(" -inf"),
            "{name}"
        );
        let text = text.replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
        for sign in [
            "http:", "https:", "//", " src=", "url(", "@import", "<script", "<link", "<iframe",
        ] {
            assert!(!text.contains(sign), "{name}: {sign}");
        }
        for (at, _) in text.match_indices("href=\"") {
            assert_eq!(
                text.as_bytes()[at + 6],
                b'#',
                "{name}: a link that leaves the page"
            );
        }
    }
}

#[test]
fn links_lead_somewhere() {
    let files = written(&small());
    for (name, text) in files.iter().filter(|file| file.0.ends_with(".md")) {
        for (at, _) in text.match_indices("](") {
            let target = text[at + 2..].split(')').next().unwrap();
            assert!(files.contains_key(target), "{name}: {target}");
        }
    }
    let page = &files["index.html"];
    for (at, _) in page.match_indices("href=\"#") {
        let target = page[at + 7..].split('"').next().unwrap();
        assert!(
            page.contains(&format!("<section id=\"{target}\"")),
            "{target}"
        );
    }
}

/// The line of a Markdown table that shows a row's accuracy in a task.
fn shown<'a>(text: &'a str, row: &Row, task: Task) -> Option<&'a str> {
    let accuracy = number::share(task.of(row).accuracy.mean);
    let model = table::escaped(&names::model(&row.key.model));
    text.lines()
        .find(|line| line.starts_with('|') && line.contains(&model) && line.contains(&accuracy))
}

#[test]
fn every_row_is_in_a_table_and_on_the_page() {
    let material = study();
    let files = written(&material);
    for row in &material.rows {
        let text = &files[&format!("{}.md", row.key.experiment)];
        for task in Task::ALL {
            assert!(shown(text, row, task).is_some(), "{:?} {task:?}", row.key);
            assert!(files["index.html"].contains(&number::share(task.of(row).accuracy.mean)));
        }
    }
}

#[test]
fn what_was_chosen_is_told() {
    let files = written(&study());
    let told = "as the recipe: 10; omit = […], train.epochs = 16: 5";
    assert!(files["comparison.md"].contains("**What inner subjects chose**"));
    assert!(files["index.html"].contains(told));
    assert!(!files["honesty.md"].contains("What inner subjects chose"));
    let subjects = &files["comparison-subjects.csv"];
    assert!(subjects.contains("\"omit = [\"\"mean x\"\", \"\"mean y\"\"], train.epochs = 16\""));
}

#[test]
fn what_changes_a_figure_is_tested_from_level_to_level() {
    let files = written(&study());
    let page = &files["honesty.md"];
    for change in [
        "population → causal",
        "causal → causal-from-start †",
        "causal → transductive †",
        "LOSO → random split ‡",
        "as it is → without TEMP",
    ] {
        assert!(page.contains(&format!("| {change} |")), "{change}");
    }
    assert!(page.contains("360 windows of meditation of 15 subjects"));
}

#[test]
fn the_aims_say_how_other_networks_did() {
    let files = written(&study());
    let told = "Beside other models of the same windows and channels (networks choose among the same): LOSO, population";
    assert!(files["README.md"].matches(told).count() == 2);
    assert!(files["index.html"].contains(told));
    assert!(files["method.md"].contains("training and validation, 3 classes"));
}

#[test]
fn the_clock_is_tested_against_the_reference_beside_it() {
    let mut material = small();
    let clock = |material: &Material| {
        let mut rows = material.rows.iter();
        let found = rows.find(|row| row.key.model == "clock" && row.key.experiment == "comparison");
        found.unwrap().clone()
    };
    let row = clock(&material);
    let mut under = |normalisation: Normalisation, difference: f64| {
        let against = Key {
            model: "cde-attention".into(),
            normalisation,
            ..row.key.clone()
        };
        material.comparisons.insert(
            0,
            NamedComparison {
                key: row.key.clone(),
                against,
                task: Task::Binary,
                difference,
                interval: (0.0, 0.0),
                detectable: None,
                p: 1.0,
                p_holm: 1.0,
                test: "sign-flip permutation".into(),
            },
        );
    };
    under(Normalisation::Population, 0.1);
    under(Normalisation::Causal, 0.2);
    for (normalisation, difference) in [
        (Normalisation::Population, 0.1),
        (Normalisation::Causal, 0.2),
    ] {
        let found = block::comparison(&material, &row, normalisation, Task::Binary);
        assert_eq!(found.unwrap().difference, difference);
    }
}

#[test]
fn unknown_layouts_and_names_come_out() {
    let mut material = small();
    material.experiments.clear();
    (material.headline, material.aims) = (String::new(), Vec::new());
    let files = written(&material);
    for row in &material.rows {
        assert!(Task::ALL.iter().all(|&task| {
            shown(&files[&format!("{}.md", row.key.experiment)], row, task).is_some()
        }));
    }
}

#[test]
fn values_read_back_as_the_same_numbers() {
    let material = small();
    let files = written(&material);
    let read = |name: &str| -> Vec<BTreeMap<String, String>> {
        csv::Reader::from_reader(files[name].as_bytes())
            .deserialize()
            .map(Result::unwrap)
            .collect()
    };
    for text in block::experiments(&material) {
        let rows = block::rows_of(&material, &text);
        let lines = read(&format!("{}.csv", text.name));
        assert_eq!(lines.len(), 2 * rows.len());
        let summaries = rows
            .iter()
            .flat_map(|row| Task::ALL.map(|task| (*row, task.of(row))));
        for (line, (row, summary)) in lines.iter().zip(summaries) {
            let number = |name: &str| line[name].parse::<f64>().ok();
            assert_eq!(number("accuracy"), Some(summary.accuracy.mean));
            assert_eq!(number("macro_f1_low"), Some(summary.macro_f1.interval.0));
            assert_eq!(number("ece"), Some(summary.ece));
            assert_eq!(number("roc_auc"), summary.roc_auc);
            assert_eq!(
                number("meditation_stress"),
                row.meditation.map(|found| found.called_stress.mean)
            );
            assert_eq!(
                line["confounded"],
                row.key.normalisation.is_confounded().to_string()
            );
        }
        let subjects: usize = rows.iter().map(|row| 2 * row.binary.subjects.len()).sum();
        assert_eq!(read(&format!("{}-subjects.csv", text.name)).len(), subjects);
        assert_eq!(
            read(&format!("{}-confusion.csv", text.name)).len(),
            rows.len() * (4 + 9)
        );
    }
    let costs: Vec<material::Cost> = csv::Reader::from_reader(files["cost.csv"].as_bytes())
        .deserialize()
        .map(Result::unwrap)
        .collect();
    assert_eq!(costs, material.costs);
}

#[test]
fn confounded_figures_are_marked_wherever_they_stand() {
    let files = written(&small());
    for (name, text) in files.iter().filter(|file| {
        file.0.ends_with(".md") || file.0.ends_with(".svg") || file.0.ends_with(".html")
    }) {
        for word in ["causal-from-start", "transductive"] {
            for (at, _) in text.match_indices(word) {
                let after = &text[at + word.len()..];
                let in_a_name = text[..at].ends_with('-');
                assert!(
                    in_a_name || after.starts_with(" †"),
                    "{name}: …{}",
                    &text[at.saturating_sub(40)..at + word.len()]
                );
            }
        }
    }
}

#[test]
fn clock_and_majority_are_in_every_table_of_scores() {
    let files = written(&small());
    for name in ["comparison.md", "method.md", "ablation.md", "honesty.md"] {
        let tables = files[name]
            .split("**")
            .filter(|part| part.contains("| cross-entropy |"))
            .count();
        assert!(tables > 1);
        for part in files[name]
            .split("\n\n**")
            .filter(|part| part.contains("| cross-entropy |"))
        {
            for reference in ["clock", "majority"] {
                assert!(
                    part.contains(&format!("| *{reference}* |"))
                        || part.contains("Not run under this protocol"),
                    "{name}: {part}"
                );
            }
        }
    }
}

#[test]
fn simulated_numbers_say_so() {
    let files = written(&Material {
        simulated: true,
        ..small()
    });
    for (name, text) in files
        .iter()
        .filter(|file| !file.0.starts_with("cost") && !file.0.starts_with("reliability"))
    {
        assert!(text.to_lowercase().contains("simulated"), "{name}");
    }
    let page = &files["index.html"];
    assert_eq!(
        page.matches("<caption>").count(),
        page.matches("<span class=\"simulated\">simulated</span></caption>")
            .count()
    );
    assert_eq!(
        page.matches("<figcaption>").count(),
        page.matches("<span class=\"simulated\">simulated</span></figcaption>")
            .count()
    );
    // One experiment's rows alone.
    let files = written(&small());
    assert!(files["affective-road.md"].contains("**simulated**"));
    assert!(!files["comparison.md"].contains("simulated"));
}

#[test]
fn signals_of_people_are_not_drawn() {
    let real = &written(&small())["figures/timeline.svg"];
    assert!(!real.contains("µS") && !real.contains("heart rate"));
    let simulated = &written(&Material {
        simulated: true,
        ..small()
    })["figures/timeline.svg"];
    assert!(simulated.contains("µS") && simulated.contains("heart rate"));
}

#[test]
fn text_of_the_records_is_escaped() {
    let hostile = "a|b<script>alert(\"1\")</script>";
    let mut material = small();
    for row in &mut material.rows {
        row.key.model = row.key.model.replace("lstm", hostile);
        row.key.variant = row.key.variant.replace("hidden=8", hostile);
        row.binary
            .subjects
            .iter_mut()
            .for_each(|subject| subject.0 = subject.0.replace("S9", hostile));
    }
    (material.title, material.data, material.machine) =
        (hostile.into(), hostile.into(), hostile.into());
    for (name, text) in written(&material) {
        if !name.ends_with(".csv") {
            assert!(
                !text.contains("<script") && !text.contains("</script"),
                "{name}"
            );
        }
        if name.ends_with(".html") || name.ends_with(".svg") {
            check_nesting(&text);
        }
        // Every line of a table has as many cells as its head.
        if name.ends_with(".md") {
            let cells = |line: &str| line.replace("\\|", "").matches('|').count();
            for lines in text.lines().collect::<Vec<_>>().windows(2) {
                if lines.iter().all(|line| line.starts_with('|')) {
                    assert_eq!(cells(lines[0]), cells(lines[1]), "{name}: {}", lines[1]);
                }
            }
        }
    }
}

/// Numbers that no study makes, but that a file may hold.
#[test]
fn absurd_numbers_are_drawn_without_harm() {
    let check = |spoil: fn(&mut Material)| {
        let mut material = small();
        spoil(&mut material);
        for (name, text) in written(&material) {
            if name.ends_with(".html") || name.ends_with(".svg") {
                check_nesting(&text);
                assert!(!text.contains("NaN") && !text.contains("inf\""), "{name}");
            }
        }
    };
    check(|m| {
        m.rows
            .iter_mut()
            .for_each(|row| row.binary.accuracy.mean = f64::NAN)
    });
    check(|m| {
        m.rows
            .iter_mut()
            .for_each(|row| row.three_class.accuracy.interval = (f64::NAN, f64::INFINITY))
    });
    check(|m| {
        m.rows
            .iter_mut()
            .for_each(|row| row.binary.accuracy.mean = -1e300)
    });
    check(|m| {
        m.rows
            .iter_mut()
            .for_each(|row| row.binary.subjects.clear())
    });
    check(|m| {
        m.rows
            .iter_mut()
            .for_each(|row| row.three_class.confusion = vec![vec![f64::NAN], vec![]])
    });
    check(|m| {
        m.rows
            .iter_mut()
            .for_each(|row| row.key.tested = "random-4000000000000".into())
    });
    check(|m| {
        m.rows
            .iter_mut()
            .flat_map(|row| &mut row.info.curves)
            .for_each(|epoch| epoch.loss = f64::INFINITY)
    });
    check(|m| {
        m.rows
            .iter_mut()
            .flat_map(|row| &mut row.info.curves)
            .for_each(|epoch| epoch.epoch = usize::MAX)
    });
    check(|m| {
        m.costs
            .iter_mut()
            .for_each(|cost| cost.multiply_adds_per_second = f64::NAN)
    });
    check(|m| {
        m.costs
            .iter_mut()
            .for_each(|cost| (cost.weight_bytes, cost.train_seconds) = (u64::MAX, -1.0))
    });
    check(|m| {
        m.reliability
            .iter_mut()
            .for_each(|curve| curve.before.clear())
    });
    check(|m| {
        m.roc
            .iter_mut()
            .for_each(|curve| curve.points = vec![(f64::NAN, 2.0)])
    });
    check(|m| m.wall_seconds = f64::NAN);
    check(|m| {
        let inside = m.inside.as_mut().unwrap();
        inside.attention.as_mut().unwrap().starts.truncate(1);
        inside
            .trajectory
            .iter_mut()
            .for_each(|point| point.class = usize::MAX);
        inside
            .timeline
            .as_mut()
            .unwrap()
            .windows
            .iter_mut()
            .for_each(|window| window.start = f64::NAN);
    });
    check(|m| {
        m.inside
            .as_mut()
            .unwrap()
            .attention
            .as_mut()
            .unwrap()
            .weights
            .clear();
        m.rows.truncate(1);
    });
    check(|m| m.rows.clear());
}

#[test]
fn names_that_cannot_name_a_file_are_refused() {
    for name in ["../escape", "", "README", "a b", "index"] {
        let mut material = small();
        material.rows.push(Row {
            key: key(name, "lstm"),
            ..material.rows[0].clone()
        });
        let error = files(&material).unwrap_err();
        assert!(
            matches!(&error, ReportError::Name { name: told } if told == name),
            "{error}"
        );
    }
    let mut material = small();
    let text = material::ExperimentText::new("Comparison", "twice", "", Layout::Generic);
    material.rows.push(Row {
        key: key("Comparison", "lstm"),
        ..material.rows[0].clone()
    });
    material.experiments.push(text);
    assert!(matches!(files(&material), Err(ReportError::Twice { .. })));
}
