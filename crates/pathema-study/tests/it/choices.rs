//! Settings chosen on inner subjects.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use pathema_signal::Label;
use pathema_study::models::{Answer, NetSpec};
use pathema_study::records::Protocol;
use pathema_study::run::{Chosen, Data, Held, choice_for, choose, fits};

use crate::support::{data, six, small, subject};

fn candidates() -> Vec<NetSpec> {
    let mut quick = small();
    quick.train.epochs = 1;
    quick.train.steps = 2;
    let late = NetSpec {
        answer: Answer::Late,
        ..quick.clone()
    };
    let mut longer = quick.clone();
    longer.train.steps = 4;
    vec![quick, late, longer]
}

fn chosen(data: &Data, protocol: Protocol) -> Vec<Chosen> {
    let store_of = |spec: &NetSpec| Arc::new(data.store(spec));
    let stop = AtomicBool::new(false);
    choose(
        data,
        protocol,
        &candidates(),
        &store_of,
        0,
        2,
        &|| {},
        &stop,
    )
    .unwrap()
    .unwrap()
}

#[test]
fn a_choice_knows_nothing_of_whom_it_is_for() {
    let before = chosen(&six(), Protocol::Loso);
    // The third subject's labels are turned round: nothing that is chosen for its group may change, and nothing that it judged may
    // stay as it was.
    let mut subjects: Vec<_> = (0..6).map(|who| subject(who, who % 2 == 0)).collect();
    for run in &mut subjects[2].labels {
        run.label = match run.label {
            Label::Stress => Label::Amusement,
            Label::Amusement => Label::Stress,
            other => other,
        };
    }
    let after = chosen(&data(subjects), Protocol::Loso);
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(before.held, after.held);
        let same = before.scores == after.scores;
        assert_eq!(same, before.held.contains(&2), "{:?}", before.held);
        if same {
            assert_eq!(before.choice, after.choice);
            assert_eq!(before.inner, after.inner);
        }
    }
}

#[test]
fn a_choice_serves_no_subject_that_had_a_say() {
    let data = six();
    let chosen = chosen(&data, Protocol::Loso);
    for who in 0..6 {
        let own = choice_for(&data, &Held::Subjects(vec![who]), &chosen).unwrap();
        assert!(own.held.contains(&who));
        let names = data.cohort.subjects();
        assert!(own.inner.iter().all(|said| said.subject != names[who]));
    }
    let foreign = chosen.iter().find(|own| !own.held.contains(&0)).unwrap();
    let error = data
        .cohort
        .with_group(&[0], |fold| {
            fold.training.adopt(&foreign.choice).map(|_| ())
        })
        .unwrap_err();
    assert_eq!(error.subject, "S2");
    assert!(
        choice_for(&data, &Held::Subjects(vec![0, 1]), &chosen).is_err(),
        "of two groups"
    );
    assert!(choice_for(&data, &Held::Part(0), &chosen).is_err());
}

#[test]
fn candidates_that_answer_differently_share_a_fit() {
    let data = six();
    // Five groups, of which four judge in turn; two fits of three candidates.
    assert_eq!(fits(&data, Protocol::Loso, &candidates()), 5 * 4 * 2);
    let orders = data.cohort.orders();
    assert_eq!(orders, [vec![0, 2, 4], vec![1, 3, 5]]);
    let chosen = chosen(&data, Protocol::CrossOrder);
    assert_eq!(chosen.len(), 2);
    assert_eq!(chosen[0].held, orders[0]);
    assert_ne!(chosen[0].scores[0], chosen[0].scores[1]);
}
