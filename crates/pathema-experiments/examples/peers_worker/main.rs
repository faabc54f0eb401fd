//! Our side of `cargo xtask bench --peers`: trains, fits and multiplies on request, and says how long it took.
//!
//! A line of JSON in, a line out, as the peers' scripts in bench/peers do it; `protocol` names the fields. Built and
//! started by the benchmark, with as many threads as PATHEMA_THREADS says.

mod data;
mod epoch;
mod fit;
mod memory;
mod problem;
mod products;
mod protocol;
mod step;
mod truth;

use std::collections::BTreeMap;
use std::env;
use std::io::{self, BufRead as _, Write as _};
use std::time::Instant;

use protocol::{Answer, Fallible, Unsupported, Workload};

#[global_allocator]
static HEAP: memory::Counting = memory::Counting;

/// How many prepared workloads are kept: no comparison has as many.
const KEPT: usize = 16;

/// What is timed, ready to be done again and again.
trait Prepared {
    /// Does it once.
    fn run(&mut self) -> Fallible<()>;

    /// What the last run found, beside its time.
    fn report(&self) -> Fallible<Answer>;
}

fn main() -> Fallible<()> {
    let threads: usize = match env::var("PATHEMA_THREADS") {
        Ok(threads) => threads
            .parse()
            .map_err(|_| format!("PATHEMA_THREADS is {threads:?} and must be a number"))?,
        Err(_) => 1,
    };
    tch::set_num_threads(threads.try_into()?);
    if env::args().nth(1).as_deref() == Some(memory::ALONE) {
        return answer_with(&memory::alone(&read(&io::read_to_string(io::stdin())?)?)?);
    }
    let mut prepared = Vec::new();
    for line in io::stdin().lock().lines() {
        let answer = read(&line?).and_then(|asked| answered(&asked, threads, &mut prepared));
        let answer = answer.unwrap_or_else(|error| match error.downcast::<Unsupported>() {
            Ok(why) => Answer {
                unsupported: Some(why.to_string()),
                ..Answer::default()
            },
            Err(error) => Answer {
                failed: Some(error.to_string()),
                ..Answer::default()
            },
        });
        answer_with(&answer)?;
    }
    Ok(())
}

fn read(line: &str) -> Fallible<Workload> {
    Ok(serde_json::from_str(line).map_err(|error| format!("{error} in the workload {line:?}"))?)
}

fn answer_with(answer: &Answer) -> Fallible<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{}", serde_json::to_string(answer)?)?;
    Ok(out.flush()?)
}

fn answered(
    asked: &Workload,
    threads: usize,
    prepared: &mut Vec<(Workload, Box<dyn Prepared>)>,
) -> Fallible<Answer> {
    match asked.kind.as_str() {
        "hello" => return Ok(versions()),
        "data" => return data::write(asked),
        "truth" => return truth::write(asked),
        _ if asked.threads == threads => {}
        _ => {
            let wanted = asked.threads;
            return Err(format!("{wanted} threads asked of a worker with {threads}").into());
        }
    }
    let key = Workload {
        runs: 0,
        ..asked.clone()
    };
    let place = match prepared.iter().position(|(known, _)| *known == key) {
        Some(place) => place,
        None => {
            if prepared.len() >= KEPT {
                prepared.remove(0);
            }
            let mut new = prepare(asked)?;
            // What is fetched once is fetched here.
            new.run()?;
            prepared.push((key, new));
            prepared.len() - 1
        }
    };
    let work = &mut prepared[place].1;
    let mut seconds = Vec::with_capacity(asked.runs);
    for _ in 0..asked.runs {
        let start = Instant::now();
        work.run()?;
        seconds.push(start.elapsed().as_secs_f64());
    }
    Ok(Answer {
        seconds,
        ..work.report()?
    })
}

fn prepare(asked: &Workload) -> Fallible<Box<dyn Prepared>> {
    Ok(match asked.kind.as_str() {
        "step" => Box::new(step::Step::new(asked)?),
        "fit" => Box::new(fit::Fit::new(asked)?),
        "sgemm" => Box::new(products::Products::new(asked)?),
        "memory" => Box::new(memory::Peak::new(asked)?),
        "epoch" => Box::new(epoch::Epoch::new(asked)?),
        kind => return Err(Unsupported::choice("kind", kind)),
    })
}

fn versions() -> Answer {
    Answer {
        versions: BTreeMap::from([
            ("pathema".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
            (
                "libtorch".to_owned(),
                option_env!("PATHEMA_LIBTORCH_VERSION")
                    .unwrap_or("of an unknown version")
                    .to_owned(),
            ),
        ]),
        ..Answer::default()
    }
}

#[cfg(test)]
mod tests;
