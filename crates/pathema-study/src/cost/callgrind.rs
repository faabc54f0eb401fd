use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use super::{Measured, Model, Stage, Training};

/// What the program `pathema-study-cost` is asked, as JSON on its standard input.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// What is measured.
    pub model: Model,
    /// What models that are not networks learn from; `None` for simulated people.
    pub training: Option<Training>,
    /// Rounds of which the fastest counts.
    pub rounds: usize,
    /// Windows whose instructions are counted; 0 for none.
    pub windows: usize,
    /// Only this stage is run, to be counted: as the program asks itself under callgrind.
    #[serde(default)]
    pub stage: Option<Stage>,
}

/// The one function whose instructions callgrind counts: it does the work.
///
/// # Errors
/// The work's.
#[inline(never)]
pub fn counted(work: &mut dyn FnMut() -> Result<()>) -> Result<()> {
    work()
}

/// Instructions of a stage over `order.windows` windows (sensing: once over the recording), counted while `program`, which is
/// `pathema-study-cost`, runs under callgrind. `None` where there is no valgrind.
///
/// The processor that valgrind shows knows no AVX-512, so code that would use it takes the next best way.
///
/// # Errors
/// If valgrind or the program fails, or counted nothing.
pub fn instructions(program: &Path, order: &Order, stage: Stage) -> Result<Option<f64>> {
    let order = Order {
        stage: Some(stage),
        ..order.clone()
    };
    let mut command = Command::new("valgrind");
    command
        .args([
            "--tool=callgrind",
            "--callgrind-out-file=/dev/null",
            "--collect-atstart=no",
            "--toggle-collect=*cost::callgrind::counted*",
        ])
        .arg(program)
        .arg("--order");
    let child = match piped(&mut command).spawn() {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        child => child.context("cannot run valgrind")?,
    };
    let output = given(child, &order)?;
    let said = String::from_utf8_lossy(&output.stderr);
    match collected(&said) {
        Some(count) if count > 0 => Ok(Some(count as f64)),
        Some(_) => bail!(
            "callgrind counted nothing in {}: is it stripped of its symbols?",
            program.display()
        ),
        None => bail!("callgrind did not say what it counted: {said}"),
    }
}

/// All of a model's costs, measured by `pathema-study-cost` in a process of its own: with peak memory and, where there is
/// valgrind, instructions.
///
/// # Errors
/// If the program fails.
pub fn measured_apart(program: &Path, order: &Order) -> Result<Measured> {
    let mut command = Command::new(program);
    command.arg("--order");
    let child = piped(&mut command).spawn();
    let child = child.with_context(|| format!("cannot run {}", program.display()))?;
    let output = given(child, order)?;
    serde_json::from_slice(&output.stdout)
        .with_context(|| format!("{} said something else than costs", program.display()))
}

fn piped(command: &mut Command) -> &mut Command {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
}

/// What a process says to an order.
fn given(mut child: Child, order: &Order) -> Result<Output> {
    let mut input = child.stdin.take().context("no way into the process")?;
    // It reads all before it says anything, so neither waits for the other.
    input.write_all(&serde_json::to_vec(order)?)?;
    drop(input);
    let output = child.wait_with_output()?;
    if !output.status.success() {
        bail!(
            "measuring failed ({}): {}",
            output.status,
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(output)
}

/// The first number of the line `==7== Collected : 123`.
fn collected(said: &str) -> Option<u64> {
    let line = said.lines().find(|line| line.contains("Collected :"))?;
    let (_, counts) = line.split_once("Collected :")?;
    counts.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_is_found_among_what_callgrind_says() {
        let said = "==12== Events    : Ir\n==12== Collected : 4815162342\n==12==\n==12== I   refs: 4,815,162,342";
        assert_eq!(collected(said), Some(4_815_162_342));
        assert_eq!(collected("==12== Events : Ir"), None);
        assert_eq!(collected("==12== Collected :"), None);
    }
}
