//! The style sheets of a drawing: which of the properties that refer to other elements they set on which element, and
//! what matching them costs.

use simplecss::{AttributeOperator, DeclarationTokenizer, PseudoClass, StyleSheet};
use usvg::roxmltree::{Document, Node};

use super::super::limits::{self, within};
use super::super::{DrawingProblem, Note};

/// Properties whose values name other elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Property {
    Fill,
    Stroke,
    Marker,
    Clip,
    Mask,
    Filter,
}

impl Property {
    pub(super) const ALL: [Property; 6] =
        [Property::Fill, Property::Stroke, Property::Marker, Property::Clip, Property::Mask, Property::Filter];

    pub(super) fn named(name: &str) -> Option<Property> {
        Some(match name {
            "fill" => Property::Fill,
            "stroke" => Property::Stroke,
            "marker" | "marker-start" | "marker-mid" | "marker-end" => Property::Marker,
            "clip-path" => Property::Clip,
            "mask" => Property::Mask,
            "filter" => Property::Filter,
            _ => return None,
        })
    }

    pub(super) fn is_inherited(self) -> bool {
        matches!(self, Property::Fill | Property::Stroke | Property::Marker)
    }
}

pub(super) struct Styles<'d> {
    sheet: StyleSheet<'d>,
    /// Combinators that look at all ancestors, of each rule.
    descents: Vec<u32>,
    pub(super) notes: Vec<Note>,
}

/// # Errors
/// When parsing or matching the sheets would take too long.
pub(super) fn read<'d>(document: &'d Document<'_>) -> Result<Styles<'d>, DrawingProblem> {
    let texts: Vec<&str> =
        document.descendants().filter(|node| node.has_tag_name("style")).filter_map(|node| node.text()).collect();
    let count = |byte: u8| texts.iter().map(|text| text.bytes().filter(|&b| b == byte).count() as u64).sum::<u64>();
    let product = count(b',').saturating_mul(count(b';') + count(b'{'));
    within("the size of its style sheets (commas × declarations)", product, limits::MAX_STYLE_PRODUCT)?;
    let mut sheet = StyleSheet::new();
    texts.iter().for_each(|text| sheet.parse_more(text));
    let descents: Vec<u32> = sheet.rules.iter().map(|rule| descents(&rule.selector.to_string())).collect();
    if descents.iter().any(|&descents| descents > 2) {
        return Err(DrawingProblem::NotDrawn("style selectors of more than three parts".to_owned()));
    }
    let outside = texts.iter().any(|text| text.contains("@import") || names_outside(text));
    let notes = if outside { vec![outside_note("its style sheet")] } else { Vec::new() };
    Ok(Styles { sheet, descents, notes })
}

/// How often a selector goes up all ancestors.
fn descents(selector: &str) -> u32 {
    let parts = selector.split(' ').count() as u32 - 1;
    let steps = selector.split(' ').filter(|part| matches!(*part, ">" | "+")).count() as u32;
    parts.saturating_sub(2 * steps)
}

/// Whether a value has a `url()` that does not name an element of the drawing itself.
pub(super) fn names_outside(value: &str) -> bool {
    urls(value).any(|url| !url.starts_with('#') && !url.starts_with("data:"))
}

pub(super) fn outside_note(what: &str) -> Note {
    Note::left_out(format!("refers to something outside itself ({what}), which is left out"))
}

/// What is in each `url()` of a value, without quotes.
pub(super) fn urls(value: &str) -> impl Iterator<Item = &str> {
    value.split("url(").skip(1).map(|rest| {
        let inside = rest.split(')').next().unwrap_or_default();
        inside.trim_matches(|c: char| c == '"' || c == '\'' || c.is_whitespace())
    })
}

impl Styles<'_> {
    /// Selectors that trying all rules on one element looks at, when elements lie this deep.
    pub(super) fn work(&self, depth: u64) -> u64 {
        self.descents.iter().map(|&descents| depth.max(1).saturating_pow(descents)).sum()
    }

    /// Everything that attributes, sheets and the `style` attribute say about the properties, whichever wins.
    pub(super) fn declared(&self, node: Node<'_, '_>, mut found: impl FnMut(Property, &str)) {
        let mut say = |name: &str, value: &str| {
            if let Some(property) = Property::named(name) {
                found(property, value);
            }
        };
        node.attributes().for_each(|attribute| say(attribute.name(), attribute.value()));
        for rule in &self.sheet.rules {
            let tells = rule.declarations.iter().any(|declaration| Property::named(declaration.name).is_some());
            if tells && rule.selector.matches(&XmlElement(node)) {
                rule.declarations.iter().for_each(|declaration| say(declaration.name, declaration.value));
            }
        }
        for declaration in DeclarationTokenizer::from(node.attribute("style").unwrap_or_default()) {
            say(declaration.name, declaration.value);
        }
    }
}

/// As the drawing library looks at elements.
struct XmlElement<'a, 'input>(Node<'a, 'input>);

impl simplecss::Element for XmlElement<'_, '_> {
    fn parent_element(&self) -> Option<Self> {
        self.0.parent_element().map(XmlElement)
    }

    fn prev_sibling_element(&self) -> Option<Self> {
        self.0.prev_sibling_element().map(XmlElement)
    }

    fn has_local_name(&self, name: &str) -> bool {
        self.0.tag_name().name() == name
    }

    fn attribute_matches(&self, name: &str, operator: AttributeOperator<'_>) -> bool {
        self.0.attribute(name).is_some_and(|value| operator.matches(value))
    }

    fn pseudo_class_matches(&self, class: PseudoClass<'_>) -> bool {
        class == PseudoClass::FirstChild && self.prev_sibling_element().is_none()
    }
}
