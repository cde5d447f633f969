//! Whether a case's picture says anything about a property: without it, or with another keyword, it must look different.

use std::collections::BTreeSet;
use std::path::PathBuf;

use handbill_render::{Engine, Options};
use serde_json::Value;

use crate::compare::{Pixels, compare};
use crate::{cases, draw};

use super::{Use, used};

/// A case as it is drawn, with what its template gives.
#[derive(Debug)]
pub struct Shown {
    pub name: String,
    pub uses: Vec<Use>,
    template: Value,
    pages: Vec<Pixels>,
}

impl Shown {
    /// # Errors
    /// When the case cannot be read or drawn.
    pub fn draw(engine: &mut Engine, file: &PathBuf) -> anyhow::Result<Shown> {
        let template: Value = serde_json::from_str(&std::fs::read_to_string(file)?)?;
        let pages = pages(engine, template.clone())?;
        Ok(Shown { name: cases::name(file), uses: used(&template), template, pages })
    }

    /// Whether the picture is another without what stands at the pointer. A keyword that cannot be left out has to
    /// look different from one of the others; anything else that cannot be left out is what is drawn.
    #[must_use]
    pub fn proves(&self, engine: &mut Engine, shown: &Use, listed: &BTreeSet<String>) -> bool {
        let mut without = self.template.clone();
        remove(&mut without, &shown.pointer);
        match pages(engine, without) {
            Ok(pages) => self.differs(&pages),
            Err(_) => {
                let others = others(&shown.name, listed);
                others.is_empty() || others.iter().any(|other| self.differs_with(engine, &shown.pointer, other))
            }
        }
    }

    fn differs_with(&self, engine: &mut Engine, pointer: &str, keyword: &str) -> bool {
        let mut changed = self.template.clone();
        if let Some(place) = changed.pointer_mut(pointer) {
            *place = keyword.into();
        }
        pages(engine, changed).is_ok_and(|pages| self.differs(&pages))
    }

    fn differs(&self, pages: &[Pixels]) -> bool {
        let same = |(ours, theirs): (&Pixels, &Pixels)| matches!(compare(ours, theirs), Ok(None));
        self.pages.len() != pages.len() || !self.pages.iter().zip(pages).all(same)
    }
}

fn pages(engine: &mut Engine, template: Value) -> anyhow::Result<Vec<Pixels>> {
    let document = cases::resolved(handbill_template::read_value(template)?)?;
    let rendered =
        engine.render(&draw::with_assets(document, &cases::root().join("cases"), Options::default()), &mut |_| ())?;
    rendered.pictures.iter().map(|picture| Pixels::from_png(&picture.bytes)).collect()
}

/// The other keywords of the same property.
fn others(name: &str, listed: &BTreeSet<String>) -> Vec<String> {
    let Some((property, own)) = name.split_once('=') else { return Vec::new() };
    let values = listed.iter().filter_map(|other| other.strip_prefix(property)?.strip_prefix('='));
    values.filter(|value| *value != own).map(str::to_owned).collect()
}

fn remove(template: &mut Value, pointer: &str) {
    let Some((parent, key)) = pointer.rsplit_once('/') else { return };
    match template.pointer_mut(parent) {
        Some(Value::Object(entries)) => drop(entries.shift_remove(&key.replace("~1", "/").replace("~0", "~"))),
        Some(Value::Array(items)) => {
            if let Ok(at) = key.parse::<usize>() {
                items.remove(at);
            }
        }
        _ => {}
    }
}
