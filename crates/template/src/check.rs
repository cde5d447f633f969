//! What a document of the right shape means: names that exist, expressions that parse, things that fit together.
//!
//! One file per subject; each adds its faults to the same list. [`outline`] walks the document once for all of
//! them. [`lint`] is advice about documents that are right.

mod components;
mod expressions;
mod fields;
mod geometry;
mod ids;
mod limits;
mod links;
mod lint;
mod outline;
mod sizes;
mod theme;

#[cfg(test)]
mod tests;

pub(crate) use fields::whole_match;
pub use lint::{Lint, LintCode, lint};

use crate::document::Template;
use crate::fault::{Fault, FaultKind};
use crate::read::Leaf;

/// Every fault of meaning.
pub(crate) fn check_meaning(template: &Template, leaves: &[Leaf<'_>]) -> Vec<Fault> {
    let mut faults = Vec::new();
    limits::check(template, leaves, &mut faults);
    if !faults.is_empty() {
        return faults;
    }
    let outline = outline::Outline::of(template);
    ids::check(&outline, &mut faults);
    fields::check(&outline, &mut faults);
    theme::check(template, leaves, &mut faults);
    components::check(&outline, &mut faults);
    sizes::check(&outline, &mut faults);
    expressions::check(&outline, leaves, &mut faults);
    geometry::check(&outline, &mut faults);
    links::check(leaves, &mut faults);
    faults
}

fn unknown(path: &str, message: String, meant: Option<&str>) -> Fault {
    Fault::new(FaultKind::UnknownName, path, message).meant(meant)
}
