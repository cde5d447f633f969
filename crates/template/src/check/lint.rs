//! Advice about documents that are right: what is probably not what was meant.

use std::collections::BTreeSet;

use serde::Serialize;

use super::expressions::{Meaning, meaning, reads, similar};
use super::outline::{Outline, Parent};
use crate::document::{Field, Layout, Node, Template, Unit};
use crate::fault::join;
use crate::nearest::nearest;
use crate::read::{Leaf, check_shape};

/// What a piece of advice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LintCode {
    /// A token that no field declares: it becomes an optional text field (a picture, if it is a source).
    AutoDeclared,
    /// A field that no expression reads.
    UnusedField,
    /// A text style that nothing names.
    UnusedStyle,
    /// A component that nothing uses.
    UnusedComponent,
    /// A picture, drawing or code that says nothing to those who cannot see it.
    MissingAlt,
    /// A value of `sample` that no field takes.
    UnknownSample,
    /// A property that does nothing where it stands.
    NoEffect,
}

/// One piece of advice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lint {
    /// Where, as in [`crate::Fault::path`].
    pub path: String,
    pub code: LintCode,
    pub message: String,
    /// What was probably meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
}

/// Advice about a template that [`crate::read`] accepts.
pub fn lint(template: &Template) -> Vec<Lint> {
    let Ok(document) = serde_json::to_value(template) else { return Vec::new() };
    let (_, leaves) = check_shape(&document);
    let outline = Outline::of(template);
    let mut advice = Advice(Vec::new());
    let declared = names(&outline, &leaves, &mut advice);
    samples(template, &declared, &mut advice);
    unused(&outline, &leaves, &mut advice);
    nodes(&outline, &mut advice);
    if template.canvas.unit.unwrap_or(Unit::Px) == Unit::Px && template.canvas.dpi.is_some() {
        advice.add("canvas/dpi", LintCode::NoEffect, "'dpi' does nothing in a px document; ask for a scale instead");
    }
    advice.0
}

struct Advice(Vec<Lint>);

impl Advice {
    fn add(&mut self, path: impl Into<String>, code: LintCode, message: impl Into<String>) -> &mut Lint {
        self.0.push(Lint { path: path.into(), code, message: message.into(), suggestion: None });
        let last = self.0.len() - 1;
        &mut self.0[last]
    }
}

/// Tokens that declare themselves, at their first use, and fields that nobody reads. The result are the names that
/// declared themselves.
fn names(outline: &Outline<'_>, leaves: &[Leaf<'_>], advice: &mut Advice) -> BTreeSet<String> {
    let reads = reads(outline, leaves, &mut Vec::new());
    let mut told = BTreeSet::new();
    for read in &reads {
        let name = read.path[0].as_str();
        if !matches!(meaning(outline, read), Meaning::Undeclared) || !told.insert((read.scope, name)) {
            continue;
        }
        let kind = if read.image { "picture" } else { "text" };
        let meant = similar(outline, read.scope, name);
        let hint = meant.map(|meant| format!("; did you mean '{meant}'?")).unwrap_or_default();
        let message = format!("'{name}' is not declared; it becomes an optional {kind} field{hint}");
        advice.add(&read.at, LintCode::AutoDeclared, message).suggestion = meant.map(str::to_owned);
    }
    let used: BTreeSet<&str> = reads.iter().flat_map(|read| read.path.iter().map(String::as_str)).collect();
    let mut fields = |path: &str, fields: &[Field]| {
        for (index, field) in fields.iter().enumerate().filter(|(_, field)| !used.contains(field.key.as_str())) {
            let message = format!("nothing reads the field '{}'", field.key);
            advice.add(join(path, index), LintCode::UnusedField, message);
        }
    };
    fields("fields", &outline.template.fields);
    for (name, component) in &outline.template.components {
        fields(&join(&join("components", name), "fields"), &component.fields);
    }
    for (index, slide) in outline.template.slides.iter().enumerate() {
        fields(&format!("slides/{index}/fields"), &slide.fields);
    }
    told.into_iter().map(|(_, name)| name.to_owned()).collect()
}

/// Sample data that goes nowhere.
fn samples(template: &Template, declared: &BTreeSet<String>, advice: &mut Advice) {
    let slides = || template.slides.iter();
    let fields = template.fields.iter().chain(slides().flat_map(|slide| &slide.fields));
    let known: BTreeSet<&str> =
        fields.map(|field| field.key.as_str()).chain(declared.iter().map(String::as_str)).collect();
    let groups: BTreeSet<&str> =
        slides().filter_map(|slide| slide.repeat.as_ref()).map(|repeat| repeat.each.0.trim()).collect();
    let mut check = |path: &str, key: &str, names: &BTreeSet<&str>| {
        if !names.contains(key) {
            let meant = nearest(key, names.iter().copied());
            let hint = meant.map(|meant| format!("; did you mean '{meant}'?")).unwrap_or_default();
            let message = format!("the template has no field '{key}'{hint}");
            advice.add(join(path, key), LintCode::UnknownSample, message).suggestion = meant.map(str::to_owned);
        }
    };
    let outside: BTreeSet<&str> = known.union(&groups).copied().collect();
    let inside: BTreeSet<&str> = known.iter().copied().chain(["slide"]).collect();
    for (key, value) in template.sample.iter().flatten() {
        check("sample", key, &outside);
        let entries = value.as_array().filter(|_| groups.contains(key.as_str()));
        for (index, entry) in entries.into_iter().flatten().enumerate() {
            let path = join(&join("sample", key), index);
            entry.as_object().into_iter().flatten().for_each(|(key, _)| check(&path, key, &inside));
        }
    }
}

fn unused(outline: &Outline<'_>, leaves: &[Leaf<'_>], advice: &mut Advice) {
    let named = |properties: &[&str]| -> BTreeSet<&str> {
        leaves.iter().filter(|leaf| properties.contains(&leaf.property)).map(|leaf| leaf.text).collect()
    };
    let styles = named(&["style", "extends"]);
    for name in outline.template.theme.text_styles.keys().filter(|name| !styles.contains(name.as_str())) {
        let message = format!("nothing has the text style '{name}'");
        advice.add(join("theme/textStyles", name), LintCode::UnusedStyle, message);
    }
    let components = named(&["component"]);
    for name in outline.template.components.keys().filter(|name| !components.contains(name.as_str())) {
        let message = format!("nothing uses the component '{name}'");
        advice.add(join("components", name), LintCode::UnusedComponent, message);
    }
}

fn nodes(outline: &Outline<'_>, advice: &mut Advice) {
    for placed in &outline.nodes {
        let common = placed.node.common();
        if matches!(placed.node, Node::Image(_) | Node::Svg(_) | Node::Code(_)) && common.alt.is_none() {
            let message = "say what it shows in 'alt', for those who cannot see it; \"\" if it is only decoration";
            advice.add(&placed.path, LintCode::MissingAlt, message);
        }
        let Parent::Frame { layout: Some(layout), .. } = placed.parent else { continue };
        let out_of_flow = common.absolute.is_some() || common.at.values().any(|at| at.contains_key("absolute"));
        if layout == Layout::Free || out_of_flow {
            continue;
        }
        for (name, given) in [("x", common.x.is_some()), ("y", common.y.is_some()), ("pin", common.pin.is_some())] {
            if given {
                let message =
                    format!("'{name}' does nothing in a frame that lays out its children, unless 'absolute' is true");
                advice.add(join(&placed.path, name), LintCode::NoEffect, message);
            }
        }
        let in_grid = layout == Layout::Grid;
        for (name, given) in [("column", common.column.is_some()), ("row", common.row.is_some())] {
            if given && !in_grid {
                advice.add(
                    join(&placed.path, name),
                    LintCode::NoEffect,
                    format!("'{name}' does nothing outside a grid"),
                );
            }
        }
    }
}
