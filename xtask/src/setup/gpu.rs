//! Whether this machine can run CUDA, and so whether gigabytes are worth fetching.

use std::process::Command;

use super::Variant;

/// The oldest driver branch that runs CUDA 13, which libtorch 2.11 is built with.
const OLDEST_DRIVER: u32 = 580;

/// What suits this machine, and why, in words.
pub(super) fn suitable() -> (Variant, String) {
    if !cfg!(target_os = "linux") {
        return (Variant::Cpu, "this platform's wheel has no CUDA".to_owned());
    }
    let asked = Command::new("nvidia-smi")
        .args(["--query-gpu=driver_version", "--format=csv,noheader"])
        .output();
    match asked {
        Ok(output) if output.status.success() => judge(&String::from_utf8_lossy(&output.stdout)),
        _ => (Variant::Cpu, "no NVIDIA GPU found".to_owned()),
    }
}

/// Reads nvidia-smi's answer: one driver version a line, one line a GPU.
fn judge(answer: &str) -> (Variant, String) {
    let driver = answer.lines().next().unwrap_or("").trim();
    let major = driver
        .split('.')
        .next()
        .and_then(|major| major.parse::<u32>().ok());
    match major {
        Some(major) if major >= OLDEST_DRIVER => (
            Variant::Cuda,
            format!("an NVIDIA GPU with driver {driver} is here"),
        ),
        Some(_) => (
            Variant::Cpu,
            format!("the NVIDIA driver is {driver}, and CUDA 13 needs {OLDEST_DRIVER} or newer"),
        ),
        None => (Variant::Cpu, "no NVIDIA GPU found".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(answer: &str, variant: Variant, reason: &str) {
        let (found, why) = judge(answer);
        assert_eq!(found, variant);
        assert!(why.contains(reason), "{why}");
    }

    #[test]
    fn drivers() {
        check("580.65.06\n", Variant::Cuda, "580.65.06");
        check("590.1\n590.1\n", Variant::Cuda, "590.1");
        check(
            "575.57.08\n",
            Variant::Cpu,
            "575.57.08, and CUDA 13 needs 580",
        );
        check("", Variant::Cpu, "no NVIDIA GPU");
        check("No devices were found\n", Variant::Cpu, "no NVIDIA GPU");
    }
}
