//! Our own worker: an example of a crate, built as users build.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::setup::Libtorch;
use crate::workspace;

/// The example that answers as the peers' scripts do.
const EXAMPLE: &str = "peers_worker";

/// Builds the worker and says where it is.
pub(super) fn build(root: &Path, libtorch: &Libtorch) -> Result<PathBuf> {
    let command = building("pathema-experiments", &[EXAMPLE]);
    let mut found = built(root, command, &[EXAMPLE], |command| libtorch.tell(command))?;
    Ok(found.swap_remove(0))
}

/// Builds examples of a crate that needs no libtorch, and says where they are, in the same order.
pub(super) fn build_examples(
    root: &Path,
    package: &str,
    examples: &[&str],
) -> Result<Vec<PathBuf>> {
    built(root, building(package, examples), examples, |_| Ok(()))
}

fn building(package: &str, examples: &[&str]) -> Command {
    let mut command = workspace::cargo();
    command.args(["build", "--release", "--package", package]);
    for example in examples {
        command.args(["--example", example]);
    }
    command
}

fn built(
    root: &Path,
    mut command: Command,
    examples: &[&str],
    tell: impl FnOnce(&mut Command) -> Result<()>,
) -> Result<Vec<PathBuf>> {
    command.current_dir(root);
    eprintln!("$ {}", workspace::shown(&command));
    // Cargo knows where its folder for programs is, which the environment may have moved.
    command
        .arg("--message-format=json-render-diagnostics")
        .stderr(Stdio::inherit());
    tell(&mut command)?;
    let answer = command.output().context("cargo did not start")?;
    let named = examples.join(", ");
    if !answer.status.success() {
        bail!("not built: {named}; the errors are above");
    }
    let messages = String::from_utf8_lossy(&answer.stdout);
    let found = examples
        .iter()
        .map(|example| executable(&messages, example));
    found
        .collect::<Option<_>>()
        .with_context(|| format!("cargo does not say where it put {named}"))
}

/// The program of an example among cargo's messages.
fn executable(messages: &str, example: &str) -> Option<PathBuf> {
    let messages = messages.lines().map(serde_json::from_str::<Value>);
    messages.flatten().find_map(|message| {
        let ours = message["target"]["name"] == example;
        message["executable"]
            .as_str()
            .filter(|_| ours)
            .map(PathBuf::from)
    })
}

/// The variables with which it finds libtorch when it runs.
pub(super) fn environment(libtorch: &Libtorch) -> Result<Vec<(OsString, OsString)>> {
    let mut command = Command::new("");
    libtorch.tell(&mut command)?;
    let variables = command.get_envs();
    Ok(variables
        .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_says_where_the_worker_is() {
        let messages = r#"not JSON
{"reason":"compiler-artifact","target":{"name":"pathema_path"},"executable":null}
{"reason":"compiler-artifact","target":{"name":"spirals"},"executable":"/t/spirals"}
{"reason":"compiler-artifact","target":{"name":"peers_worker"},"executable":"/t/peers_worker"}
{"reason":"build-finished","success":true}"#;
        assert_eq!(
            executable(messages, EXAMPLE),
            Some(PathBuf::from("/t/peers_worker"))
        );
        assert_eq!(executable("", EXAMPLE), None);
    }
}
