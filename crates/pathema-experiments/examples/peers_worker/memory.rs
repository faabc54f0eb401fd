//! The memory that a training step takes beyond its inputs, at its peak.

use std::alloc::{GlobalAlloc, Layout, System};
use std::env;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use pathema_solve::Engine;
use tch::Kind;

use crate::Prepared;
use crate::problem::Problem;
use crate::protocol::{Answer, Fallible, Unsupported, Workload};
use crate::step::how;

/// The argument that tells a process of its own to measure and end.
pub(crate) const ALONE: &str = "memory";

/// The system's allocator, counting. What libtorch allocates it does not see.
pub(crate) struct Counting;

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

/// A peak that was measured once; it is the same every time.
pub(crate) struct Peak(Answer);

impl Peak {
    /// Measured in a process of its own: in this one the engine keeps memory of former solves and would take that.
    pub(crate) fn new(asked: &Workload) -> Fallible<Peak> {
        let mut alone = Command::new(env::current_exe()?)
            .arg(ALONE)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut input = alone.stdin.take().ok_or("no pipe to the process alone")?;
        writeln!(input, "{}", serde_json::to_string(asked)?)?;
        drop(input);
        let output = alone.wait_with_output()?;
        let text = String::from_utf8(output.stdout)?;
        let answer: Answer = serde_json::from_str(&text)
            .map_err(|error| format!("the process alone said {text:?}: {error}"))?;
        match answer.unsupported {
            Some(why) => Err(Unsupported(why).into()),
            None => Ok(Peak(answer)),
        }
    }
}

impl Prepared for Peak {
    fn run(&mut self) -> Fallible<()> {
        Ok(())
    }

    fn report(&self) -> Fallible<Answer> {
        Ok(Answer {
            peak: self.0.peak,
            loss: self.0.loss,
            ..Answer::default()
        })
    }
}

/// What the process of its own does: one step, from nothing kept.
pub(crate) fn alone(asked: &Workload) -> Fallible<Answer> {
    let (problem, how) = (Problem::read(asked, Kind::Float, 0)?, how(asked)?);
    let base = LIVE.load(Relaxed);
    PEAK.store(base, Relaxed);
    let found = problem.train(&how)?;
    if found.stats.engine != Engine::Fused {
        let why = "only the fused engine's memory is counted, and another did the work";
        return Ok(Answer {
            unsupported: Some(why.to_owned()),
            ..Answer::default()
        });
    }
    Ok(Answer {
        loss: Some(found.loss),
        peak: Some((PEAK.load(Relaxed) - base) as f64),
        ..Answer::default()
    })
}
