//! A template made ready to be filled many times: every expression parsed, `at` merged for each size it is asked for.
//!
//! Nothing here depends on a request. A server keeps one `Compiled` per template version.

mod prepared;
mod programs;
mod scan;

use std::sync::OnceLock;

use indexmap::IndexMap;
use regex::Regex;
use thiserror::Error;

use crate::check::whole_match;
use crate::document::{Field, Node, Template, TextStyle};
use crate::fields::Inventory;

pub(crate) use prepared::{Prepared, PreparedNode, PreparedSlide, moves, replace_properties};
pub(crate) use programs::Programs;
pub(crate) use scan::{Found, own_json, scan_node, scan_value};

/// A template ready to be filled.
#[derive(Debug)]
pub struct Compiled {
    template: Template,
    programs: Programs,
    fields: Inventory,
    /// The patterns of fields, compiled.
    patterns: IndexMap<String, Regex>,
    /// Text styles with what they extend folded in.
    styles: IndexMap<String, TextStyle>,
    /// The slides by the `at` keys that were merged into them, filled when first needed.
    prepared: IndexMap<AtKeys, OnceLock<Result<Prepared, CompileError>>>,
}

/// A template that cannot be filled: every fault, each with its place.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{}", .faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct CompileError {
    pub faults: Vec<CompileFault>,
}

/// One fault of a template.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{place}: {message}")]
pub struct CompileFault {
    /// A node's id or path, and the property: `title.text`.
    pub place: String,
    pub message: String,
}

/// Which `at` entries hold for an output: a class, then a size's name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct AtKeys {
    pub(crate) class: Option<SizeClass>,
    pub(crate) name: Option<String>,
}

/// A page's shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SizeClass {
    /// At least 1.2 times as wide as high.
    Landscape,
    /// At most 0.85 times as wide as high.
    Portrait,
    Square,
}

impl SizeClass {
    pub const ALL: [SizeClass; 3] = [SizeClass::Landscape, SizeClass::Portrait, SizeClass::Square];

    pub fn of(width: f64, height: f64) -> SizeClass {
        match width / height {
            ratio if ratio >= 1.2 => SizeClass::Landscape,
            ratio if ratio <= 0.85 => SizeClass::Portrait,
            _ => SizeClass::Square,
        }
    }

    /// The name under which `at` has it.
    pub fn name(self) -> &'static str {
        match self {
            SizeClass::Landscape => "landscape",
            SizeClass::Portrait => "portrait",
            SizeClass::Square => "square",
        }
    }
}

impl Compiled {
    /// Parses every expression of a template and folds its text styles. All faults are reported at once.
    pub fn new(template: Template) -> Result<Compiled, CompileError> {
        let programs = Programs::of(&template)?;
        let styles = template.theme.text_styles.keys().map(|name| (name.clone(), folded_style(&template, name)));
        let styles = styles.collect();
        let prepared = all_at_keys(&template).map(|keys| (keys, OnceLock::new())).collect();
        let fields = Inventory::of(&template);
        let patterns = all_fields(&template).filter_map(|field| field.pattern.as_ref());
        let patterns = patterns.filter_map(|pattern| Some((pattern.clone(), whole_match(pattern).ok()?))).collect();
        let compiled = Compiled { template, programs, fields, patterns, styles, prepared };
        compiled.prepared(&AtKeys::default())?;
        Ok(compiled)
    }

    pub fn template(&self) -> &Template {
        &self.template
    }

    /// Every value the template can be given.
    pub fn fields(&self) -> &Inventory {
        &self.fields
    }

    pub(crate) fn programs(&self) -> &Programs {
        &self.programs
    }

    pub(crate) fn style(&self, name: &str) -> Option<&TextStyle> {
        self.styles.get(name)
    }

    /// An image field of that key that asks for a least size, wherever it is declared.
    pub(crate) fn image_field(&self, key: &str) -> Option<&Field> {
        all_fields(&self.template)
            .find(|field| field.key == key && (field.min_width.is_some() || field.min_height.is_some()))
    }

    /// The slides and components without any `at` merged.
    pub(crate) fn prepared_as_designed(&self) -> Result<&Prepared, CompileError> {
        self.prepared(&AtKeys::default())
    }

    /// The address of every node on the slides.
    pub(crate) fn node_addresses(&self) -> Vec<&str> {
        fn collect<'a>(nodes: &'a [PreparedNode], found: &mut Vec<&'a str>) {
            for node in nodes {
                found.push(&node.address);
                collect(&node.children, found);
            }
        }
        let mut found = Vec::new();
        let slides = self.prepared_as_designed().map_or(&[][..], |prepared| &prepared.slides);
        slides.iter().for_each(|slide| collect(&slide.children, &mut found));
        found
    }

    /// The node at an address: `id`, or `use-id/inner-id` into a component; numbers of copies (`#2`) mean nothing here.
    pub(crate) fn node_at(&self, address: &str) -> Option<&Node> {
        let prepared = self.prepared_as_designed().ok()?;
        let parts = address.split('/').map(|part| part.split('#').next().unwrap_or_default());
        let address = parts.collect::<Vec<_>>().join("/");
        prepared.slides.iter().find_map(|slide| prepared.find(&slide.children, &address))
    }

    /// The regular expression of a field's `pattern`.
    pub(crate) fn pattern(&self, pattern: &str) -> Option<&Regex> {
        self.patterns.get(pattern)
    }

    /// The slides and components with these `at` entries merged.
    pub(crate) fn prepared(&self, keys: &AtKeys) -> Result<&Prepared, CompileError> {
        let slot = self.prepared.get(keys).or_else(|| self.prepared.get(&AtKeys::default()));
        let unknown = || CompileError {
            faults: vec![CompileFault { place: "sizes".to_owned(), message: format!("no size {:?}", keys.name) }],
        };
        let prepared = slot.ok_or_else(unknown)?.get_or_init(|| Prepared::new(&self.template, keys));
        prepared.as_ref().map_err(Clone::clone)
    }
}

/// Every declared field, wherever it is declared, and the parts of lists.
fn all_fields(template: &Template) -> impl Iterator<Item = &Field> {
    let slides = template.slides.iter().flat_map(|slide| &slide.fields);
    let components = template.components.values().flat_map(|component| &component.fields);
    let declared = template.fields.iter().chain(slides).chain(components);
    declared.flat_map(|field| std::iter::once(field).chain(&field.of))
}

/// Every combination of `at` entries that an output of this template can ask for.
fn all_at_keys(template: &Template) -> impl Iterator<Item = AtKeys> {
    let classes = [None].into_iter().chain(SizeClass::ALL.map(Some));
    classes.flat_map(|class| {
        let names = [None].into_iter().chain(template.sizes.keys().cloned().map(Some));
        names.map(move |name| AtKeys { class, name })
    })
}

/// A text style over the ones it extends. A circle ends where it closes.
fn folded_style(template: &Template, name: &str) -> TextStyle {
    let mut folded = TextStyle::default();
    let mut seen = Vec::new();
    let mut next = Some(name);
    while let Some(name) = next.filter(|name| !seen.contains(name)) {
        seen.push(name);
        let Some(style) = template.theme.text_styles.get(name) else { break };
        folded = over(folded, style);
        next = style.extends.as_deref();
    }
    folded
}

/// `top`, and what it leaves open from `base`.
fn over(top: TextStyle, base: &TextStyle) -> TextStyle {
    TextStyle {
        extends: None,
        font_family: top.font_family.or_else(|| base.font_family.clone()),
        font_size: top.font_size.or_else(|| base.font_size.clone()),
        font_weight: top.font_weight.or_else(|| base.font_weight.clone()),
        italic: top.italic.or_else(|| base.italic.clone()),
        font_axes: top.font_axes.or_else(|| base.font_axes.clone()),
        font_features: top.font_features.or_else(|| base.font_features.clone()),
        line_height: top.line_height.or_else(|| base.line_height.clone()),
        letter_spacing: top.letter_spacing.or_else(|| base.letter_spacing.clone()),
        paragraph_spacing: top.paragraph_spacing.or_else(|| base.paragraph_spacing.clone()),
        text_case: top.text_case.or_else(|| base.text_case.clone()),
        decoration: top.decoration.or_else(|| base.decoration.clone()),
        align: top.align.or_else(|| base.align.clone()),
        hyphenate: top.hyphenate.or_else(|| base.hyphenate.clone()),
        fill: top.fill.or_else(|| base.fill.clone()),
        stroke: top.stroke.or_else(|| base.stroke.clone()),
        stroke_width: top.stroke_width.or_else(|| base.stroke_width.clone()),
        stroke_join: top.stroke_join.or_else(|| base.stroke_join.clone()),
    }
}
