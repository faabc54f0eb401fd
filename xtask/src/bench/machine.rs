//! What machine this is, in words, and on which of its processors a worker may run.

use std::env::consts::{ARCH, OS};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;

/// The machine as the text before the table tells it.
pub(super) fn in_words() -> String {
    let cores = thread::available_parallelism().map_or(1, |cores| cores.get());
    let named = fs::read_to_string("/proc/cpuinfo").ok();
    let model = named.as_deref().and_then(model).unwrap_or(ARCH);
    let plural = if cores == 1 { "" } else { "s" };
    format!(
        "{model}, {cores} processor{plural}, {OS} on {ARCH}{}",
        instructions()
    )
}

fn model(cpuinfo: &str) -> Option<&str> {
    let line = cpuinfo
        .lines()
        .find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim())
}

/// The widest instructions on vectors that programs find here.
fn instructions() -> &'static str {
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx512f") {
            return " with AVX-512";
        }
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            return " with AVX2 and FMA";
        }
    }
    ""
}

/// The processors that workers of each number of threads are pinned to.
pub(super) struct Processors {
    /// Those this program may use, where the system says.
    allowed: Vec<usize>,
    /// Whether `taskset` is there, by which a program is pinned before it starts.
    pins: bool,
}

impl Processors {
    pub(super) fn look() -> Processors {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let pins = Command::new("taskset")
            .arg("--version")
            .output()
            .is_ok_and(|answer| answer.status.success());
        Processors {
            allowed: status
                .lines()
                .find_map(|line| line.strip_prefix("Cpus_allowed_list:"))
                .map(numbers)
                .unwrap_or_default(),
            pins,
        }
    }

    pub(super) fn are_enough(&self, threads: usize) -> bool {
        let cores = thread::available_parallelism().map_or(1, |cores| cores.get());
        threads <= cores
    }

    pub(super) fn pin(&self) -> bool {
        self.pins && !self.allowed.is_empty()
    }

    /// A command for `program` with as many threads, on as many processors where that can be had.
    ///
    /// The last processors are taken: what else a system does tends to be on the first.
    pub(super) fn command(&self, program: &Path, threads: usize) -> Command {
        let mut command = if self.pin() {
            let first = self.allowed.len().saturating_sub(threads);
            let list: Vec<String> = self
                .allowed
                .iter()
                .skip(first)
                .map(usize::to_string)
                .collect();
            let mut command = Command::new("taskset");
            command.arg("-c").arg(list.join(",")).arg(program);
            command
        } else {
            Command::new(program)
        };
        for variable in [
            "PATHEMA_THREADS",
            "OMP_NUM_THREADS",
            "MKL_NUM_THREADS",
            "OPENBLAS_NUM_THREADS",
        ] {
            command.env(variable, threads.to_string());
        }
        command
    }
}

/// `0-2,5` as 0, 1, 2, 5; what is no number is left out.
fn numbers(list: &str) -> Vec<usize> {
    let mut all = Vec::new();
    for part in list.trim().split(',') {
        let (from, to) = part.split_once('-').unwrap_or((part, part));
        if let (Ok(from), Ok(to)) = (from.parse::<usize>(), to.parse()) {
            all.extend(from..=to);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_processors() {
        assert_eq!(numbers("\t0-2,5\n"), [0, 1, 2, 5]);
        assert_eq!(numbers("3"), [3]);
        assert!(numbers("").is_empty() && numbers("a-b").is_empty());
    }

    #[test]
    fn a_worker_is_pinned_to_the_last_processors() {
        let processors = Processors {
            allowed: vec![0, 1, 4, 5],
            pins: true,
        };
        let command = processors.command(Path::new("program"), 2);
        assert_eq!(command.get_program(), "taskset");
        let arguments: Vec<_> = command.get_args().collect();
        assert_eq!(arguments, ["-c", "4,5", "program"]);
        let threads = command
            .get_envs()
            .find(|(name, _)| *name == "OMP_NUM_THREADS");
        assert_eq!(threads.unwrap().1.unwrap(), "2");
    }

    #[test]
    fn without_taskset_a_worker_is_not_pinned() {
        let processors = Processors {
            allowed: vec![0, 1],
            pins: false,
        };
        assert_eq!(
            processors.command(Path::new("program"), 1).get_program(),
            "program"
        );
    }

    #[test]
    fn the_model_is_named() {
        let text = "processor\t: 0\nmodel name\t: A processor\nflags\t: fpu\n";
        assert_eq!(model(text), Some("A processor"));
        assert_eq!(model("processor : 0\n"), None);
    }
}
