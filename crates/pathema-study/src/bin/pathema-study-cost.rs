//! Measures what a model of the study costs, and says it as JSON.

use std::alloc::{GlobalAlloc, Layout, System};
use std::env;
use std::fs;
use std::io::{Write, stdin, stdout};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use anyhow::{Context, Result, bail};
use clap::Parser;
use pathema_experiments::config::ClassifierKind;
use pathema_study::cost::{Bench, Measured, Model, Order, Stage, Workload, counted, instructions};

/// Seed of the people simulated.
const SEED: u64 = 2018;

/// Measures what a model costs, on simulated people and one core.
///
/// Says as JSON: parameters, multiply-adds and field evaluations of a window, bytes of weights, state and the heap's peak, and
/// for each stage nanoseconds and instructions: sensing of a second of signal, preparing and predicting of a window.
#[derive(Debug, Parser)]
#[command(version)]
struct Args {
    /// A network's settings, a TOML file; what it leaves out is the neural CDE's.
    #[arg(long, value_name = "FILE", conflicts_with = "model")]
    spec: Option<PathBuf>,
    /// lda, logistic, tree, forest, adaboost, knn, majority or clock.
    #[arg(long, value_name = "NAME")]
    model: Option<String>,
    /// Windows whose instructions callgrind counts; 0 for none.
    #[arg(long, default_value_t = 0)]
    windows: usize,
    /// Rounds of which the fastest counts.
    #[arg(long, default_value_t = 7)]
    rounds: usize,
    /// Reads a whole order as JSON from standard input instead.
    #[arg(long, conflicts_with_all = ["spec", "model", "windows", "rounds"])]
    order: bool,
}

fn main() -> Result<()> {
    let order = order(&Args::parse())?;
    let bench = Bench::simulated(SEED)?;
    let mut workload = Workload::new(&bench, &order.model, order.training.as_ref())?;
    if let Some(stage) = order.stage {
        return run(&mut workload, stage, order.windows);
    }
    // Before anything is warm: what is kept from one window to the next then counts too.
    let peak = peak(&mut workload)?;
    let mut measured = workload.measure(order.rounds)?;
    measured.peak_bytes = Some(peak + measured.weight_bytes);
    if order.windows > 0 {
        count(&order, &workload, &mut measured)?;
    }
    let mut out = stdout().lock();
    serde_json::to_writer_pretty(&mut out, &measured)?;
    writeln!(out)?;
    Ok(())
}

fn order(args: &Args) -> Result<Order> {
    if args.order {
        return serde_json::from_reader(stdin().lock()).context("standard input holds no order");
    }
    let model = match (&args.spec, args.model.as_deref()) {
        (Some(path), _) => {
            let text = fs::read_to_string(path)
                .with_context(|| format!("cannot read {}", path.display()))?;
            let spec = toml::from_str(&text).with_context(|| path.display().to_string())?;
            Model::Network(spec)
        }
        (None, Some("majority")) => Model::Majority,
        (None, Some("clock")) => Model::Clock,
        (None, Some(name)) => {
            let known = ClassifierKind::ALL;
            match known.into_iter().find(|kind| kind.name() == name) {
                Some(kind) => Model::Classifier(kind),
                None => bail!(
                    "no model is called {name}: there are {}, majority, clock; networks are named by --spec",
                    known.map(ClassifierKind::name).join(", ")
                ),
            }
        }
        (None, None) => bail!("name a network's settings by --spec, or another model by --model"),
    };
    Ok(Order {
        model,
        training: None,
        rounds: args.rounds,
        windows: args.windows,
        stage: None,
    })
}

/// Does a stage's work while callgrind counts. One run that is not counted comes first.
fn run(workload: &mut Workload<'_>, stage: Stage, windows: usize) -> Result<()> {
    workload.run(stage, 0)?;
    let windows = match stage {
        Stage::Sensing => 1,
        Stage::Preparing | Stage::Predicting => windows,
    };
    counted(&mut || (0..windows).try_for_each(|window| workload.run(stage, window)))
}

fn count(order: &Order, workload: &Workload<'_>, measured: &mut Measured) -> Result<()> {
    let program = env::current_exe()?;
    for stage in Stage::ALL {
        // What comes before a classifier does not depend on it: it need not learn from many windows, slowly, under callgrind.
        let order = &match stage {
            Stage::Predicting => order.clone(),
            Stage::Sensing | Stage::Preparing => Order {
                training: None,
                ..order.clone()
            },
        };
        let counted = instructions(&program, order, stage)?;
        let runs = match stage {
            Stage::Sensing => 1.0,
            Stage::Preparing | Stage::Predicting => order.windows as f64,
        };
        let each = counted.map(|counted| counted / runs / workload.share(stage));
        match stage {
            Stage::Sensing => measured.sensing.instructions = each,
            Stage::Preparing => measured.preparing.instructions = each,
            Stage::Predicting => measured.predicting.instructions = each,
        }
    }
    Ok(())
}

/// Bytes of the heap that preparing and predicting a window take at their peak.
fn peak(workload: &mut Workload<'_>) -> Result<u64> {
    let before = LIVE.load(Relaxed);
    PEAK.store(before, Relaxed);
    workload.run(Stage::Preparing, 0)?;
    workload.run(Stage::Predicting, 0)?;
    Ok((PEAK.load(Relaxed) - before) as u64)
}

/// The system's allocator, counting.
struct Counting;

#[global_allocator]
static COUNTING: Counting = Counting;

static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

fn more(bytes: usize) {
    PEAK.fetch_max(LIVE.fetch_add(bytes, Relaxed) + bytes, Relaxed);
}

fn less(bytes: usize) {
    LIVE.fetch_sub(bytes, Relaxed);
}

// SAFETY: all is the system's allocator's; counting touches no memory of its.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        more(layout.size());
        // SAFETY: the caller keeps to the contract, which is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        more(layout.size());
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // While a block moves there are two of them.
        more(size);
        // SAFETY: as above.
        let moved = unsafe { System.realloc(block, layout, size) };
        less(if moved.is_null() { size } else { layout.size() });
        moved
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        less(layout.size());
        // SAFETY: as above.
        unsafe { System.dealloc(block, layout) }
    }
}
