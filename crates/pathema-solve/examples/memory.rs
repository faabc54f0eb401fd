//! Memory of the four gradients against the length of the path: a table, and with an argument the plot.
//!
//! `cargo run -p pathema-solve --example memory [-- docs/solvers-memory.svg]`, some ten minutes
//!
//! Each number comes from a process of its own with [`COUNTER`] before glibc's allocator, which knows to the byte what
//! libtorch and Rust hold. Pages would be too coarse: the smaller gradients take less than a hundred and fifty of them,
//! and find them among those freed before. Linux with glibc and a C compiler only.

use std::error::Error;
use std::fmt::Write;
use std::path::PathBuf;
use std::process::{self, Command};
use std::time::Instant;
use std::{env, fs, hint};

use pathema_path::{ControlPath, Observations, Scheme};
use pathema_solve::field::{Activation, MlpField, MlpFieldConfig};
use pathema_solve::{BatchPath, Gradient, SaveAt, Solve, cdeint, solvers};
use tch::{Device, Kind, Tensor};

const LENGTHS: [usize; 5] = [240, 760, 2_400, 7_600, 24_000];
/// The length at which steps are timed.
const TIMED: usize = 2_400;
const BATCH: usize = 32;
const CONFIG: MlpFieldConfig = MlpFieldConfig {
    hidden: 32,
    channels: 4,
    width: 64,
    layers: 3,
    activation: Activation::Silu,
    final_tanh: true,
};

/// The gradients by name.
pub const GRADIENTS: [(&str, Gradient); 4] = [
    ("direct", Gradient::Direct),
    ("checkpointed", Gradient::checkpointed()),
    ("reversible", Gradient::reversible()),
    ("continuous", Gradient::continuous()),
];

/// What tells a process to measure, and what.
pub const TASK: &str = "PATHEMA_MEMORY_TASK";

/// Counts the bytes allocated. A request for [`MARK`] of them, which no machine has, sets base and peak to what is allocated
/// then; the next one tells how far the peak lies above.
const COUNTER: &str = r#"
#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#define MARK 0x5eed00000000

void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t), __libc_free(void *);

static long live, peak, base;
static int marked;

static void *more(void *block) {
    long now = __atomic_add_fetch(&live, malloc_usable_size(block), __ATOMIC_RELAXED);
    long most = __atomic_load_n(&peak, __ATOMIC_RELAXED);
    while (now > most &&
           !__atomic_compare_exchange_n(&peak, &most, now, 0, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {}
    return block;
}
static void less(void *block) {
    __atomic_sub_fetch(&live, malloc_usable_size(block), __ATOMIC_RELAXED);
}
static void *mark(void) {
    if (marked) {
        fprintf(stderr, "counted: %ld\n", peak - base);
    } else {
        base = peak = live;
        marked = 1;
    }
    errno = ENOMEM;
    return NULL;
}
void *malloc(size_t size) { return size == MARK ? mark() : more(__libc_malloc(size)); }
void *calloc(size_t count, size_t size) { return more(__libc_calloc(count, size)); }
void *memalign(size_t align, size_t size) { return more(__libc_memalign(align, size)); }
void *aligned_alloc(size_t align, size_t size) { return memalign(align, size); }
int posix_memalign(void **block, size_t align, size_t size) {
    return (*block = memalign(align, size)) ? 0 : ENOMEM;
}
void *realloc(void *block, size_t size) {
    long before = malloc_usable_size(block);
    void *moved = __libc_realloc(block, size);
    if (moved || !size) __atomic_sub_fetch(&live, before, __ATOMIC_RELAXED);
    return moved ? more(moved) : NULL;
}
void free(void *block) { less(block); __libc_free(block); }
"#;
const MARK: usize = 0x5eed_0000_0000;

/// [`COUNTER`], compiled.
#[derive(Debug)]
pub struct Counter {
    folder: PathBuf,
}

impl Counter {
    /// `None` where there is no C compiler, or no glibc.
    pub fn compiled() -> Fallible<Option<Counter>> {
        if !cfg!(all(target_os = "linux", target_env = "gnu")) {
            return Ok(None);
        }
        let folder = env::temp_dir().join(format!("pathema-memory-{}", process::id()));
        fs::create_dir_all(&folder)?;
        let counter = Counter { folder };
        let source = counter.folder.join("count.c");
        fs::write(&source, COUNTER)?;
        let mut compiler = Command::new(env::var_os("CC").unwrap_or_else(|| "cc".into()));
        let compiler = compiler.args(["-O2", "-shared", "-fPIC", "-fno-builtin", "-o"]);
        match compiler.arg(counter.library()).arg(source).output() {
            Ok(output) if output.status.success() => Ok(Some(counter)),
            Ok(output) => Err(String::from_utf8_lossy(&output.stderr).into()),
            Err(_) => Ok(None),
        }
    }

    fn library(&self) -> PathBuf {
        self.folder.join("count.so")
    }

    /// What a solve and its gradient take beyond what holds inputs and outputs, at their peak, in MiB: counted in a process
    /// that `program` starts and that runs [`measure`] on [`TASK`].
    pub fn peak(
        &self,
        mut program: Command,
        gradient: usize,
        knots: usize,
        ends: Ends,
    ) -> Fallible<f64> {
        program.env("LD_PRELOAD", self.library());
        let ends = match ends {
            Ends::Together => "together",
            Ends::Apart => "apart",
        };
        let counted = told(
            program,
            &format!("peak {gradient} {knots} {ends}"),
            "counted: ",
        )?;
        Ok(counted[0] / f64::from(1 << 20))
    }
}

impl Drop for Counter {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A failure in words.
pub type Fallible<T> = Result<T, Box<dyn Error>>;

/// Where the paths of a batch end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// All at the time of the state asked for.
    Together,
    /// Each at a time of its own, most before that.
    Apart,
}

/// An equation to be solved and differentiated.
struct Case {
    path: BatchPath,
    field: MlpField,
    z0: Tensor,
    end: f64,
}

impl Case {
    /// On random walks of so many knots, each sample's at times of its own.
    fn new(knots: usize, ends: Ends) -> Fallible<Case> {
        let mut numbers = Numbers(7);
        let mut paths = Vec::with_capacity(BATCH);
        for sample in 0..BATCH {
            let own = match ends {
                Ends::Together => knots,
                Ends::Apart => knots - knots * sample / (4 * BATCH),
            };
            let time = |k: usize, jitter: f64| 0.01 * (k as f64 + jitter);
            let mut times: Vec<f64> = (0..own).map(|k| time(k, 0.4 * numbers.next())).collect();
            times[0] = 0.0;
            times[own - 1] = time(own - 1, 0.0);
            let mut at = [0.0; CONFIG.channels as usize];
            let mut values = Vec::with_capacity(own * at.len());
            for _ in 0..own {
                for x in &mut at {
                    *x += 0.1 * numbers.next();
                }
                values.extend(at);
            }
            let seen = Observations::new(times, values, at.len())?;
            paths.push(ControlPath::fit(Scheme::Linear, &seen)?);
        }
        let layers = CONFIG.shapes().into_iter().map(|(inputs, outputs)| {
            let size = 1.0 / (inputs as f64).sqrt();
            let weight = numbers.tensor(&[outputs, inputs], size);
            let bias = numbers.tensor(&[outputs], size);
            (weight.set_requires_grad(true), bias.set_requires_grad(true))
        });
        Ok(Case {
            path: BatchPath::stack(&paths, Kind::Float, Device::Cpu)?,
            field: MlpField::new(CONFIG, layers.collect()),
            z0: numbers
                .tensor(&[BATCH as i64, CONFIG.hidden], 1.0)
                .set_requires_grad(true),
            end: 0.01 * (knots - 1) as f64,
        })
    }

    /// From the state at the start of the path to the gradients.
    fn run(&self, until: f64, gradient: Gradient) -> Fallible<()> {
        let how = Solve::knots(&solvers::MIDPOINT).with_gradient(gradient);
        let save = SaveAt::End(until);
        let solution = cdeint(&self.field, &self.path, &self.z0, 0.0, save, &how)?;
        solution.z.square().mean(Kind::Float).f_backward()?;
        Ok(())
    }

    /// With few steps, so that libtorch loads and keeps what it needs, and the gradients have their tensors.
    fn warm_up(&self, gradient: Gradient) -> Fallible<()> {
        self.run(0.04, gradient)?;
        self.run(0.04, gradient)
    }
}

/// Numbers from −1 to 1 of a generator of its own, on every machine the same.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> f64 {
        // Splitmix64 (Steele, Lea & Flood 2014).
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        2.0 * ((x ^ (x >> 31)) as f64 / u64::MAX as f64) - 1.0
    }

    fn tensor(&mut self, shape: &[i64], size: f64) -> Tensor {
        let count = shape.iter().product::<i64>();
        let numbers: Vec<f64> = (0..count).map(|_| size * self.next()).collect();
        Tensor::from_slice(&numbers)
            .to_kind(Kind::Float)
            .view(shape)
    }
}

/// The numbers that a process set on this task tells after a word of its own.
fn told(mut program: Command, task: &str, word: &str) -> Fallible<Vec<f64>> {
    let output = program.env(TASK, task).output()?;
    let text =
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    let text = text.join("\n");
    let line = text.lines().find_map(|line| line.split_once(word));
    let line = line.ok_or_else(|| format!("`{task}` told nothing: {text}"))?;
    let numbers = line.1.split_whitespace().map(str::parse);
    Ok(numbers.collect::<Result<Vec<f64>, _>>()?)
}

/// What a process started for it does: goes through `task`, and tells what it measured.
pub fn measure(task: &str) -> Fallible<String> {
    tch::set_num_threads(1);
    let words: Vec<&str> = task.split_whitespace().collect();
    match words[..] {
        ["peak", gradient, knots, ends] => {
            let ends = match ends {
                "apart" => Ends::Apart,
                _ => Ends::Together,
            };
            let case = Case::new(knots.parse()?, ends)?;
            let gradient = GRADIENTS[gradient.parse::<usize>()?].1;
            case.warm_up(gradient)?;
            mark();
            case.run(case.end, gradient)?;
            mark();
            Ok("done".into())
        }
        ["times"] => {
            let times: Vec<String> = times()?.iter().map(f64::to_string).collect();
            Ok(format!("timed: {}", times.join(" ")))
        }
        _ => Err(format!("there is no task `{task}`").into()),
    }
}

/// Lets the [`COUNTER`] begin, and then tell.
fn mark() {
    let mut block = Vec::<u8>::new();
    let _ = hint::black_box(block.try_reserve_exact(MARK));
    hint::black_box(&block);
}

/// Milliseconds a step of each gradient, there and back: the best of five rounds.
fn times() -> Fallible<Vec<f64>> {
    let case = Case::new(TIMED, Ends::Together)?;
    let mut best = vec![f64::INFINITY; GRADIENTS.len()];
    for round in 0..6 {
        for (best, (_, gradient)) in best.iter_mut().zip(GRADIENTS) {
            if round == 0 {
                case.warm_up(gradient)?;
                continue;
            }
            let start = Instant::now();
            case.run(case.end, gradient)?;
            let each = start.elapsed().as_secs_f64() * 1e3 / (TIMED - 1) as f64;
            *best = each.min(*best);
        }
    }
    Ok(best)
}

fn table(peaks: &[Vec<f64>], times: &[f64]) -> String {
    let mut text = String::from("| gradient |");
    for length in LENGTHS {
        let _ = write!(text, " {} |", grouped(length));
    }
    let _ = writeln!(text, " 24,000 : 240 | a step at {} |", grouped(TIMED));
    let _ = writeln!(text, "|---|{}", "---:|".repeat(LENGTHS.len() + 2));
    for (((name, _), peaks), time) in GRADIENTS.iter().zip(peaks).zip(times) {
        let _ = write!(text, "| {name} |");
        for peak in peaks {
            let _ = write!(text, " {} |", significant(*peak));
        }
        let ratio = peaks[peaks.len() - 1] / peaks[0];
        let slower = time / times[0];
        let _ = writeln!(text, " {ratio:.3} | {time:.2} ms, {slower:.1} × |");
    }
    text
}

/// With three digits, or all of them before the point.
fn significant(x: f64) -> String {
    match x {
        x if x < 10.0 => format!("{x:.2}"),
        x if x < 100.0 => format!("{x:.1}"),
        x => grouped(x.round() as usize),
    }
}

fn grouped(x: usize) -> String {
    if x < 1_000 {
        x.to_string()
    } else {
        format!("{},{:03}", x / 1_000, x % 1_000)
    }
}

/// Both axes logarithmic, a line a gradient with its name at its end.
fn plot(peaks: &[Vec<f64>]) -> String {
    const COLOURS: [&str; 4] = ["#b3261e", "#8a5a00", "#00629d", "#3d6b21"];
    // Two lines may run one on the other.
    const DASHES: [&str; 4] = ["", " stroke-dasharray=\"8 6\"", "", ""];
    let (left, right, top, bottom) = (70.0, 560.0, 56.0, 410.0);
    let (low, high) = (1.0 / 16.0, 8192.0_f64);
    let (short, long) = (LENGTHS[0] as f64, LENGTHS[LENGTHS.len() - 1] as f64);
    let x = |length: f64| left + (right - left) * (length / short).ln() / (long / short).ln();
    let y = |mib: f64| bottom - (bottom - top) * (mib / low).ln() / (high / low).ln();
    let mut svg = String::from(concat!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 720 470\" width=\"720\" height=\"470\" ",
        "font-family=\"system-ui, sans-serif\" font-size=\"13\" fill=\"#222\">\n",
        "<title>Peak memory of the four gradients against the length of the path</title>\n",
        "<rect width=\"720\" height=\"470\" fill=\"#fff\"/>\n",
        "<text x=\"70\" y=\"24\" font-size=\"15\" font-weight=\"600\">Peak memory beyond inputs and outputs</text>\n",
        "<text x=\"70\" y=\"43\" fill=\"#555\">MiB; 32 paths of 4 channels, 32 hidden units, midpoint ",
        "steps from knot to knot, on a CPU</text>\n",
    ));
    for (mib, name) in [
        (0.25, "0.25"),
        (1.0, "1"),
        (4.0, "4"),
        (16.0, "16"),
        (64.0, "64"),
        (256.0, "256"),
        (1024.0, "1,024"),
        (4096.0, "4,096"),
    ] {
        let at = y(mib);
        let _ = writeln!(
            svg,
            "<path d=\"M{left} {at:.1}H{right}\" stroke=\"#ddd\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{name}</text>",
            left - 8.0,
            at + 4.5
        );
    }
    for length in LENGTHS {
        let at = x(length as f64);
        let _ = writeln!(
            svg,
            "<path d=\"M{at:.1} {bottom}v5\" stroke=\"#888\"/>\
             <text x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            bottom + 20.0,
            grouped(length)
        );
    }
    let _ = writeln!(
        svg,
        "<path d=\"M{left} {bottom}H{right}\" stroke=\"#888\"/>\
         <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#555\">knots of each path</text>",
        0.5 * (left + right),
        bottom + 44.0
    );
    for k in [0, 2, 3, 1] {
        let colour = COLOURS[k];
        let points = LENGTHS.iter().zip(&peaks[k]);
        let points: Vec<(f64, f64)> = points
            .map(|(&length, peak)| (x(length as f64), y(*peak)))
            .collect();
        let line: Vec<String> = points
            .iter()
            .map(|(x, y)| format!("{x:.1},{y:.1}"))
            .collect();
        let _ = writeln!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"{}/>",
            line.join(" "),
            DASHES[k]
        );
        for (x, y) in points {
            let _ = writeln!(
                svg,
                "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" fill=\"{colour}\"/>"
            );
        }
    }
    // Names beside the ends of their lines, from the top down, each clear of that before.
    let last = LENGTHS.len() - 1;
    let ends = peaks.iter().enumerate();
    let mut ends: Vec<(f64, usize)> = ends.map(|(k, peaks)| (y(peaks[last]), k)).collect();
    ends.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut free = f64::NEG_INFINITY;
    for (end, k) in ends {
        let at = end.max(free + 18.0);
        free = at;
        let _ = writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" fill=\"{}\" font-weight=\"600\">{} {}</text>",
            right + 10.0,
            at + 4.5,
            COLOURS[k],
            GRADIENTS[k].0,
            significant(peaks[k][last])
        );
    }
    svg.push_str("</svg>\n");
    svg
}

fn again() -> Fallible<Command> {
    Ok(Command::new(env::current_exe()?))
}

#[allow(clippy::print_stdout, reason = "a program")]
fn main() -> Fallible<()> {
    if let Ok(task) = env::var(TASK) {
        println!("{}", measure(&task)?);
        return Ok(());
    }
    let Some(counter) = Counter::compiled()? else {
        println!("skipped: memory is measured on Linux with glibc and a C compiler only");
        return Ok(());
    };
    let all = |ends: Ends| -> Fallible<Vec<Vec<f64>>> {
        let of = |gradient: usize| -> Fallible<Vec<f64>> {
            let peaks = LENGTHS.iter();
            peaks
                .map(|&knots| counter.peak(again()?, gradient, knots, ends))
                .collect()
        };
        (0..GRADIENTS.len()).map(of).collect()
    };
    let times = told(again()?, "times", "timed: ")?;
    let (together, apart) = (all(Ends::Together)?, all(Ends::Apart)?);
    println!("MiB allocated at the peak beyond inputs and outputs, by knots of each path:\n");
    println!("{}", table(&together, &times));
    println!("The same where each path ends at a time of its own:\n");
    println!("{}", table(&apart, &times));
    if let Some(file) = env::args().nth(1) {
        fs::write(&file, plot(&together))?;
        println!("The plot is in {file}.");
    }
    Ok(())
}
