//! Links and sources: addresses that may be used, paths that stay in the template's folder.

use crate::fault::{Fault, FaultKind};
use crate::read::Leaf;

pub(super) fn check(leaves: &[Leaf<'_>], faults: &mut Vec<Fault>) {
    for leaf in leaves {
        let message = match leaf.property {
            "link" => link(leaf.text),
            "src" | "fallback" if leaf.kind != "ColorText" => source(leaf.text, leaf.owner != "FontFile"),
            _ => None,
        };
        faults.extend(message.map(|message| Fault::new(FaultKind::WrongValue, leaf.path.clone(), message)));
    }
}

/// The scheme of an address that begins with one; none when it begins with a binding.
fn scheme(text: &str) -> Option<&str> {
    let (scheme, _) = text.split_once(':')?;
    let name = !scheme.is_empty() && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    name.then_some(scheme)
}

fn link(text: &str) -> Option<String> {
    if text.starts_with("{{") || text.is_empty() {
        return None;
    }
    match scheme(text) {
        Some(scheme) if ["http", "https", "mailto", "tel"].contains(&scheme.to_ascii_lowercase().as_str()) => None,
        _ => Some(format!("'{text}' is not a link: it begins with https:, http:, mailto: or tel:")),
    }
}

fn source(text: &str, may_be_remote: bool) -> Option<String> {
    match scheme(text) {
        Some(scheme) if ["http", "https"].contains(&scheme.to_ascii_lowercase().as_str()) => {
            let message =
                format!("'{text}' is not in the template's folder; put the font there and name it by its path");
            (!may_be_remote).then_some(message)
        }
        Some(scheme) => Some(format!(
            "'{scheme}:' cannot be read: it takes a path in the template's folder{}",
            if may_be_remote { " or an address with https: or http:" } else { "" }
        )),
        None if text.starts_with(['/', '\\']) || text.split(['/', '\\']).any(|part| part == "..") => {
            Some(format!("'{text}' leaves the template's folder; write it from there, such as assets/photo.jpg"))
        }
        None => None,
    }
}
