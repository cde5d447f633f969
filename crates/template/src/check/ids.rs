//! Ids: unique among slides and nodes; inside a component, unique there.

use std::collections::BTreeMap;

use super::outline::Outline;
use crate::fault::{Fault, FaultKind, join};

pub(super) fn check(outline: &Outline<'_>, faults: &mut Vec<Fault>) {
    let mut taken: BTreeMap<(Option<&str>, &str), String> = BTreeMap::new();
    let slides = outline.template.slides.iter().enumerate();
    let slides = slides.map(|(index, slide)| (None, Some(slide.id.as_str()), format!("slides/{index}")));
    let nodes = outline.nodes.iter();
    let nodes = nodes.map(|placed| (placed.component, placed.node.common().id.as_deref(), placed.path.clone()));
    for (component, id, path) in slides.chain(nodes) {
        let Some(id) = id else { continue };
        if let Some(first) = taken.get(&(component, id)) {
            let message = format!("the id '{id}' is taken by {first}; ids are unique");
            faults.push(Fault::new(FaultKind::TakenName, join(&path, "id"), message));
        } else {
            taken.insert((component, id), path);
        }
    }
}
