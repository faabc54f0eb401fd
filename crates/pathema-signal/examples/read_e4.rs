//! Times the reading of an Empatica E4 session: `read_e4 PATH REPEATS` prints JSON for the benchmarks.

use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use pathema_signal::empatica;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [path, repeats] = &arguments[..] else {
        return Err("give the path of an E4 session and how often to read it".into());
    };
    let repeats: usize = repeats.parse()?;
    let mut seconds = Vec::with_capacity(repeats);
    let mut samples = 0;
    for _ in 0..repeats {
        let start = Instant::now();
        let session = empatica::read(Path::new(path))?;
        seconds.push(start.elapsed().as_secs_f64());
        let channels = session.recording.channels.iter();
        samples = channels.map(|channel| channel.samples.len()).sum();
    }
    let result = serde_json::json!({
        "seconds": seconds,
        "peak_bytes": peak(),
        "samples": samples,
    });
    writeln!(std::io::stdout(), "{result}")?;
    Ok(())
}

/// Most memory the process has held, in bytes; `None` where the system does not say.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}
