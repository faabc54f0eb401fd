//! `cargo xtask fetch <name>`: brings a public data set here, whole or not at all.
//!
//! What is known of a set (address, size, hashes, terms) is one file in `data/manifests/`. Everything is prepared in the
//! hidden folder `<to>/.<name>.part/`, kept there when interrupted, and appears as `<to>/<name>/` by one rename, with a
//! `MANIFEST.json` that says what it is.

mod archive;
mod catalogue;
mod listing;
mod memory;
mod provenance;
mod terms;
mod unpack;

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use clap::Args;

use self::catalogue::{DataSet, Holding};
use self::memory::Memory;
use self::provenance::Provenance;
use crate::download::{
    Client, EXIT_CODE, Interrupt, Interrupted, Means, Patience, Plain, RealDisk, hold, put,
};
use crate::workspace;

/// Set by our own tests, whose servers have no certificates. It admits nothing but 127.0.0.1.
const LOOPBACK: &str = "PATHEMA_TEST_LOOPBACK";

#[derive(Args)]
pub(crate) struct Options {
    /// Which data set: wesad, affectiveroad, stress-predict or mitdb
    name: String,
    /// The folder that gets the set's folder [default: the workspace's `data`]
    #[arg(long, value_name = "FOLDER")]
    to: Option<PathBuf>,
    /// Take this archive, fetched by other means, instead of the network
    #[arg(long, value_name = "FILE", conflicts_with_all = ["mirror", "proxy"])]
    from: Option<PathBuf>,
    /// Fetch the same files from below this https address instead of their owners'
    #[arg(long, value_name = "BASE-URL")]
    mirror: Option<String>,
    /// Reach the network by this proxy, `http://[user:password@]host:port` [default: HTTPS_PROXY and its like]
    #[arg(long, value_name = "URL")]
    proxy: Option<String>,
    /// Accept the set's terms of use without being asked
    #[arg(long)]
    accept_terms: bool,
    /// Fetch it anew, and replace what was fetched before
    #[arg(long)]
    force: bool,
}

/// What is asked for, with everything that tests have their own of.
struct Order<'a> {
    set: &'a DataSet,
    to: &'a Path,
    from: Option<&'a Path>,
    mirror: Option<&'a str>,
    accept_terms: bool,
    force: bool,
    means: &'a Means<'a>,
    /// Has the user answer a question; nothing where there is no terminal.
    ask: &'a dyn Fn(&str) -> Result<Option<String>>,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let interrupt = Interrupt::by_user()?;
    match with(options, interrupt) {
        Err(error) if error.is::<Interrupted>() => {
            eprintln!("{}", Interrupted::ADVICE);
            Ok(ExitCode::from(EXIT_CODE))
        }
        Err(error) => Err(error),
        Ok(()) => Ok(ExitCode::SUCCESS),
    }
}

fn with(options: &Options, interrupt: &Interrupt) -> Result<()> {
    let root = workspace::root();
    let set = DataSet::read(&root.join("data/manifests"), &options.name)?;
    let to = match &options.to {
        Some(folder) => {
            std::path::absolute(folder).with_context(|| format!("--to {}", folder.display()))?
        }
        None => root.join("data"),
    };
    let plain = match env::var_os(LOOPBACK).as_deref() {
        Some(set) if set == OsStr::new("1") => Plain::Loopback,
        _ => Plain::Nowhere,
    };
    let patience = Patience::USUAL;
    let means = Means {
        client: &Client::new(&patience, plain, options.proxy.as_deref())?,
        patience,
        disk: &RealDisk,
        interrupt,
    };
    fetch(&Order {
        set: &set,
        to: &to,
        from: options.from.as_deref(),
        mirror: options.mirror.as_deref(),
        accept_terms: options.accept_terms,
        force: options.force,
        means: &means,
        ask: &at_the_terminal,
    })
}

fn fetch(order: &Order) -> Result<()> {
    let set = order.set;
    let target = order.to.join(&set.name);
    if is_there(order, &target)? {
        return Ok(());
    }
    let part = order.to.join(format!(".{}.part", set.name));
    fs::create_dir_all(&part).with_context(|| format!("cannot make {}", part.display()))?;
    let _held = hold(&part.join("lock"), "fetch")?;
    // The run we waited for, or one that ended a moment ago, may have done it.
    if is_there(order, &target)? {
        return Ok(());
    }

    let mut memory = Memory::read(order.to)?;
    let accepted = terms::settle(order, &mut memory)?;
    eprintln!("{}: fetching into {}", set.title, target.display());
    let mut provenance = Provenance::new(set, accepted);
    let tree = match &set.holding {
        Holding::Archive(archive) => {
            archive::bring(order, archive, &part, &memory, &mut provenance)?
        }
        Holding::Listing(listing) => listing::bring(order, listing, &part, &mut provenance)?,
    };
    order.means.interrupt.check()?;
    provenance.write(&tree)?;
    put(&tree, &target, &part.join("replaced"))?;
    // What a user hands over says nothing of what is at the source.
    if let Some(archive) = provenance.archive.as_ref().filter(|_| order.from.is_none()) {
        memory.see(&set.name, archive);
        memory.write(order.to)?;
    }
    // The lock file stays: removing it would let a waiting run and a new one work side by side.
    clear(&part)?;
    eprintln!(
        "{} is in {}: {} files. {} says what it is, for whoever cites it.",
        set.title,
        target.display(),
        provenance.files.len(),
        target.join(provenance::FILE).display(),
    );
    Ok(())
}

/// Whether nothing is to be done. What somebody else has put there is left alone.
fn is_there(order: &Order, target: &Path) -> Result<bool> {
    let empty = match fs::read_dir(target) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => {
            return Err(error).with_context(|| format!("cannot read {}", target.display()));
        }
    };
    if empty || (order.force && target.join(provenance::FILE).is_file()) {
        return Ok(false);
    }
    if !target.join(provenance::FILE).is_file() {
        bail!(
            "{} exists and was not put there by `cargo xtask fetch`, so it is left alone: move it away, or name \
             another place by --to",
            target.display()
        );
    }
    eprintln!(
        "{} is in {}: nothing to do (--force fetches it anew).",
        order.set.title,
        target.display()
    );
    Ok(true)
}

/// Removes what was prepared, once it is in its place.
fn clear(part: &Path) -> Result<()> {
    let named = || format!("cannot clear {}", part.display());
    for entry in fs::read_dir(part).with_context(named)? {
        let entry = entry.with_context(named)?;
        if entry.file_name() == "lock" {
            continue;
        }
        let removed = match entry.file_type().with_context(named)?.is_dir() {
            true => fs::remove_dir_all(entry.path()),
            false => fs::remove_file(entry.path()),
        };
        removed.with_context(named)?;
    }
    Ok(())
}

fn at_the_terminal(question: &str) -> Result<Option<String>> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Ok(None);
    }
    eprint!("{question}");
    io::stderr().flush().context("the terminal is gone")?;
    let mut line = String::new();
    io::stdin()
        .read_line(&mut line)
        .context("the terminal cannot be read")?;
    Ok(Some(line.trim().to_owned()))
}

#[cfg(test)]
mod tests;
