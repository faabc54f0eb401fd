//! Times the reading of an Empatica E4 session: `read_e4 PATH REPEATS` prints JSON for the benchmarks.

mod peak;

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
        "peak_bytes": peak::peak_bytes(),
        "samples": samples,
    });
    writeln!(std::io::stdout(), "{result}")?;
    Ok(())
}
