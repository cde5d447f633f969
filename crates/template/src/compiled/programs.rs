//! Every expression of a template, parsed once.

use std::borrow::Cow;

use indexmap::IndexMap;

use super::{CompileError, CompileFault, Found, own_json, scan_node, scan_value};
use crate::document::{Node, Template};
use crate::expression::{Expr, Interpolation, SyntaxError};

/// Parsed expressions by their text.
#[derive(Debug, Default)]
pub(crate) struct Programs {
    texts: IndexMap<String, Interpolation>,
    bare: IndexMap<String, Expr>,
}

impl Programs {
    pub(super) fn of(template: &Template) -> Result<Programs, CompileError> {
        let mut reader = Reader::default();
        let theme = serde_json::to_value(&template.theme).unwrap_or_default();
        scan_value("theme", &theme, &mut |found| reader.add("theme", found));
        let background = serde_json::to_value(&template.canvas.background).unwrap_or_default();
        scan_value("background", &background, &mut |found| reader.add("canvas", found));
        for (name, component) in &template.components {
            reader.node(&format!("components/{name}"), &component.node);
        }
        for slide in &template.slides {
            scan_node(&own_json(slide), &mut |found| reader.add(&slide.id, found));
            for (index, node) in slide.children.iter().enumerate() {
                reader.node(&format!("{}/{index}", slide.id), node);
            }
        }
        if reader.faults.is_empty() { Ok(reader.programs) } else { Err(CompileError { faults: reader.faults }) }
    }

    /// The parsed form of a text; one that the template does not have (an override's) is parsed now.
    pub(crate) fn text(&self, text: &str) -> Result<Cow<'_, Interpolation>, SyntaxError> {
        match self.texts.get(text) {
            Some(parsed) => Ok(Cow::Borrowed(parsed)),
            None => Interpolation::parse(text).map(Cow::Owned),
        }
    }

    /// The parsed form of a bare expression.
    pub(crate) fn bare(&self, text: &str) -> Result<Cow<'_, Expr>, SyntaxError> {
        match self.bare.get(text) {
            Some(parsed) => Ok(Cow::Borrowed(parsed)),
            None => Expr::parse(text).map(Cow::Owned),
        }
    }
}

#[derive(Default)]
struct Reader {
    programs: Programs,
    faults: Vec<CompileFault>,
}

impl Reader {
    fn node(&mut self, address: &str, node: &Node) {
        let place = node.common().id.as_deref().unwrap_or(address);
        scan_node(&own_json(node), &mut |found| self.add(place, found));
        for (index, child) in node.children().iter().enumerate() {
            self.node(&format!("{place}/{index}"), child);
        }
    }

    fn add(&mut self, place: &str, found: Found<'_>) {
        let result = if found.bare {
            Expr::parse(found.text).map(|parsed| _ = self.programs.bare.insert(found.text.to_owned(), parsed))
        } else if Interpolation::is_needed(found.text) {
            let parsed = Interpolation::parse(found.text);
            parsed.map(|parsed| _ = self.programs.texts.insert(found.text.to_owned(), parsed))
        } else {
            Ok(())
        };
        if let Err(error) = result {
            let place = format!("{place}.{}", found.property);
            self.faults.push(CompileFault { place, message: error.message });
        }
    }
}
