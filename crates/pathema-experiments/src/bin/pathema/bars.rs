use std::collections::BTreeMap;
use std::io::{IsTerminal, stderr};
use std::sync::Mutex;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use pathema_experiments::run::FoldResult;
use pathema_experiments::run::records::EpochRecord;
use pathema_experiments::train::Observer;

/// A bar over all folds and one for each fold at work; plain lines where nobody watches a terminal.
pub(crate) struct Bars {
    all: MultiProgress,
    total: ProgressBar,
    folds: Mutex<BTreeMap<String, Fold>>,
    watched: bool,
}

struct Fold {
    bar: ProgressBar,
    batches: usize,
}

impl Bars {
    pub(crate) fn new(folds: usize, finished: usize) -> Bars {
        let all = MultiProgress::new();
        // In thousandths of a fold, so that time left is known long before the first fold is done.
        let total = all.add(ProgressBar::new(folds as u64 * 1000));
        total.set_style(style(
            "{prefix:>10} {wide_bar} {percent:>3} %  {elapsed} · {eta} left",
        ));
        total.set_prefix("all folds");
        total.set_position(finished as u64 * 1000);
        total.reset_eta();
        total.enable_steady_tick(Duration::from_millis(500));
        Bars {
            all,
            total,
            folds: Mutex::default(),
            watched: stderr().is_terminal(),
        }
    }

    pub(crate) fn clear(&self) {
        let _ = self.all.clear();
    }

    fn with_fold(&self, fold: &str, work: impl FnOnce(&Fold)) {
        if let Ok(folds) = self.folds.lock()
            && let Some(fold) = folds.get(fold)
        {
            work(fold);
        }
    }
}

/// A bar for reading or writing subjects.
pub(crate) fn subjects(verb: &'static str) -> ProgressBar {
    let bar = ProgressBar::new(0);
    bar.set_style(style(
        "{prefix:>10} {wide_bar} {pos}/{len} {msg}  {eta} left",
    ));
    bar.set_prefix(verb);
    bar
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

impl Observer for Bars {
    fn fold_started(&self, fold: &str, done: usize, epochs: usize, batches: usize) {
        let bar = self.all.add(ProgressBar::new((epochs * batches) as u64));
        bar.set_style(style("{prefix:>10} {wide_bar} {msg}"));
        bar.set_prefix(fold.to_owned());
        bar.set_position((done * batches) as u64);
        self.total.inc((done * 1000 / epochs.max(1)) as u64);
        if let Ok(mut folds) = self.folds.lock() {
            folds.insert(fold.to_owned(), Fold { bar, batches });
        }
        if !self.watched {
            eprintln!("{fold}: from epoch {} of {epochs}", done + 1);
        }
    }

    fn batch(&self, fold: &str, epoch: usize, batch: usize) {
        self.with_fold(fold, |fold| {
            let before = fold.bar.position();
            fold.bar
                .set_position(((epoch - 1) * fold.batches + batch) as u64);
            let length = fold.bar.length().unwrap_or(1).max(1);
            let parts = |position: u64| position * 1000 / length;
            self.total.inc(parts(fold.bar.position()) - parts(before));
        });
    }

    fn epoch(&self, record: &EpochRecord) {
        let line = format!(
            "epoch {} · loss {:.3} · validation: stress {:.1} %, 3 classes {:.1} %",
            record.epoch,
            record.train_loss,
            100.0 * record.validation.binary.accuracy,
            100.0 * record.validation.three_class.accuracy,
        );
        if self.watched {
            self.with_fold(&record.fold, |fold| fold.bar.set_message(line));
        } else {
            eprintln!("{}: {line} · {:.1} s", record.fold, record.seconds);
        }
    }

    fn fold_finished(&self, result: &FoldResult) {
        if let Ok(mut folds) = self.folds.lock()
            && let Some(fold) = folds.remove(&result.summary.held_out)
        {
            fold.bar.finish_and_clear();
            self.all.remove(&fold.bar);
        }
        if !self.watched {
            let summary = &result.summary;
            eprintln!(
                "{}: done, epoch {} chosen",
                summary.held_out, summary.chosen_epoch
            );
        }
    }
}
