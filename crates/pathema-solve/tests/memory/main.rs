//! The reversible gradient and the continuous adjoint take no more memory along a longer path; the example measures
//! further.

#[path = "../../examples/memory.rs"]
#[allow(dead_code, unreachable_pub, reason = "written as a program of its own")]
mod memory;

use std::env;
use std::process::Command;

use memory::{Counter, Ends, TASK, measure};

/// Measures, in the processes that the test below starts.
#[test]
#[allow(clippy::print_stdout, reason = "it tells the test below")]
fn a_process_of_its_own() {
    if let Ok(task) = env::var(TASK) {
        println!("{}", measure(&task).unwrap());
    }
}

#[test]
#[allow(clippy::print_stdout, reason = "nobody should take it for checked")]
fn only_the_direct_gradient_grows_with_the_path() {
    let Some(counter) = Counter::compiled().unwrap() else {
        println!("skipped: memory is measured on Linux with glibc and a C compiler only");
        return;
    };
    // Ten times as long a path.
    let growth = |gradient: usize, ends: Ends| {
        let [short, long] = [240, 2_400].map(|knots| {
            let mut program = Command::new(env::current_exe().unwrap());
            program.args(["a_process_of_its_own", "--exact", "--nocapture"]);
            let peak = counter.peak(program, gradient, knots, ends);
            peak.unwrap()
        });
        assert!(short > 0.1, "{short} MiB: was anything counted?");
        long / short
    };
    let direct = growth(0, Ends::Together);
    assert!(direct > 5.0, "direct: {direct}");
    for ends in [Ends::Together, Ends::Apart] {
        let [checkpointed, reversible, continuous] =
            [1, 2, 3].map(|gradient| growth(gradient, ends));
        assert!(checkpointed < 1.1, "{ends:?}, checkpointed: {checkpointed}");
        assert!(reversible < 1.05, "{ends:?}, reversible: {reversible}");
        assert!(continuous < 1.05, "{ends:?}, continuous: {continuous}");
    }
}
