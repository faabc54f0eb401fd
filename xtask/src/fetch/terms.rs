//! Terms of use: shown, asked for once, and remembered with the date and the hash of the text.

use anyhow::{Result, bail};
use sha2::{Digest as _, Sha256};

use super::Order;
use super::memory::{Accepted, Memory, now};
use crate::download::hexadecimal;

/// Sees to it that the terms are accepted, and says when they were.
pub(super) fn settle(order: &Order, memory: &mut Memory) -> Result<Accepted> {
    let set = order.set;
    let mut hasher = Sha256::new();
    hasher.update(&set.terms);
    let sha256 = hexadecimal(hasher);
    let before = memory.terms.get(&set.name);
    if let Some(accepted) = before.filter(|accepted| accepted.sha256 == sha256) {
        return Ok(accepted.clone());
    }

    let other = if before.is_some() {
        " (they are not those that were accepted before)"
    } else {
        ""
    };
    eprintln!(
        "Terms of use of {}{other}:\n\n{}\n",
        set.title,
        set.terms.trim()
    );
    if !order.accept_terms {
        match (order.ask)("Type yes to accept them: ")? {
            Some(answer) if answer.eq_ignore_ascii_case("yes") => {}
            Some(_) => bail!("the terms were not accepted, so nothing was fetched"),
            None => bail!(
                "the terms above must be accepted, and there is no terminal to ask at: read them, then add --accept-terms"
            ),
        }
    }
    let accepted = Accepted {
        date: now(),
        sha256,
    };
    memory.terms.insert(set.name.clone(), accepted.clone());
    memory.write(order.to)?;
    Ok(accepted)
}
