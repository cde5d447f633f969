//! Fields: keys that are free, limits that make sense, defaults and samples of the right type.

mod values;

use std::collections::{BTreeMap, BTreeSet};

use super::outline::{Outline, RESERVED};
use crate::document::{Field, FieldType, Repeat};
use crate::expression::Expr;
use crate::fault::{Fault, FaultKind, join};

pub(super) use values::value_fault;
pub(crate) use values::whole_match;

pub(super) fn check(outline: &Outline<'_>, faults: &mut Vec<Fault>) {
    let template = outline.template;
    let mut checker = Checker { outline, faults, inputs: BTreeMap::new() };
    let mut document = BTreeMap::new();
    checker.list("fields", &template.fields, &mut document, Inputs::Numbered);
    for (name, component) in &template.components {
        let path = join(&join("components", name), "fields");
        checker.list(&path, &component.fields, &mut BTreeMap::new(), Inputs::Refused("a component's props are"));
    }
    for (index, slide) in template.slides.iter().enumerate() {
        let path = format!("slides/{index}/fields");
        if slide.repeat.is_some() {
            checker.list(&path, &slide.fields, &mut BTreeMap::new(), Inputs::Numbered);
        } else {
            checker.list(&path, &slide.fields, &mut document, Inputs::Numbered);
        }
        if let Some(repeat) = &slide.repeat {
            checker.repeat(&join(&format!("slides/{index}"), "repeat"), repeat);
            checker.entries(&format!("slides/{index}/repeat/each"), repeat);
        }
    }
    for placed in &outline.nodes {
        if let Some(repeat) = &placed.node.common().repeat {
            checker.repeat(&join(&placed.path, "repeat"), repeat);
        }
    }
}

/// Whether fields may have a number in the Batch API.
#[derive(Clone, Copy)]
enum Inputs {
    Numbered,
    /// With the reason.
    Refused(&'static str),
}

struct Checker<'a> {
    outline: &'a Outline<'a>,
    faults: &'a mut Vec<Fault>,
    inputs: BTreeMap<u32, String>,
}

impl<'a> Checker<'a> {
    fn fault(&mut self, kind: FaultKind, path: String, message: String) {
        self.faults.push(Fault::new(kind, path, message));
    }

    /// The fields of one list; `taken` are the keys of the namespace so far.
    fn list(&mut self, path: &str, fields: &'a [Field], taken: &mut BTreeMap<&'a str, String>, inputs: Inputs) {
        for (index, field) in fields.iter().enumerate() {
            let path = format!("{path}/{index}");
            self.key(&path, field, taken);
            self.input(&path, field, inputs);
            self.applies(&path, field);
            self.bounds(&path, field);
            self.values(&path, field);
            self.list(&join(&path, "of"), &field.of, &mut BTreeMap::new(), Inputs::Refused("a list's items are"));
        }
    }

    fn key(&mut self, path: &str, field: &'a Field, taken: &mut BTreeMap<&'a str, String>) {
        let here = join(path, "key");
        if RESERVED.contains(&field.key.as_str()) {
            let message = format!("'{}' cannot be a field: {} are always there", field.key, RESERVED.join(", "));
            self.fault(FaultKind::TakenName, here, message);
        } else if let Some(first) = taken.get(field.key.as_str()) {
            let message = format!(
                "the field '{}' is declared at {first} already; fields of the document and of slides that don't repeat \
                 share their names",
                field.key
            );
            self.fault(FaultKind::TakenName, here, message);
        } else {
            taken.insert(&field.key, path.to_owned());
        }
    }

    fn input(&mut self, path: &str, field: &Field, inputs: Inputs) {
        let Some(number) = field.input else { return };
        let here = join(path, "input");
        if let Inputs::Refused(whose) = inputs {
            let message =
                format!("only fields of the document and of slides have a number; {whose} not given by number");
            self.fault(FaultKind::Conflict, here, message);
        } else if let Some(first) = self.inputs.get(&number) {
            let message = format!("the number {number} is taken by {first}");
            self.fault(FaultKind::TakenName, here, message);
        } else {
            self.inputs.insert(number, path.to_owned());
        }
    }

    /// Properties that do nothing on this type are misunderstandings.
    fn applies(&mut self, path: &str, field: &Field) {
        let text = matches!(field.kind, FieldType::Text | FieldType::Richtext | FieldType::Url);
        let counted = matches!(field.kind, FieldType::Number | FieldType::List);
        let image = field.kind == FieldType::Image;
        let (choice, list) = (field.kind == FieldType::Choice, field.kind == FieldType::List);
        for (name, given, applies, to) in [
            ("minLength", field.min_length.is_some(), text, "texts"),
            ("maxLength", field.max_length.is_some(), text, "texts"),
            ("pattern", field.pattern.is_some(), text, "texts"),
            ("min", field.min.is_some(), counted, "numbers and lists"),
            ("max", field.max.is_some(), counted, "numbers and lists"),
            ("minWidth", field.min_width.is_some(), image, "images"),
            ("minHeight", field.min_height.is_some(), image, "images"),
            ("options", !field.options.is_empty(), choice, "choices"),
            ("of", !field.of.is_empty(), list, "lists"),
        ] {
            if given && !applies {
                let message = format!("'{name}' is for {to}; '{}' is a {}", field.key, values::kind_name(field.kind));
                self.fault(FaultKind::Conflict, join(path, name), message);
            }
        }
        if choice && field.options.is_empty() {
            self.fault(FaultKind::Missing, path.to_owned(), format!("the choice '{}' needs 'options'", field.key));
        }
        if list && field.of.is_empty() {
            let message = format!("the list '{}' needs 'of': the fields of its items", field.key);
            self.fault(FaultKind::Missing, path.to_owned(), message);
        }
        let mut seen = BTreeSet::new();
        for (index, option) in field.options.iter().enumerate().filter(|(_, option)| !seen.insert(option.as_str())) {
            let path = join(&join(path, "options"), index);
            self.fault(FaultKind::TakenName, path, format!("the option '{option}' stands here twice"));
        }
    }

    fn bounds(&mut self, path: &str, field: &Field) {
        if field.min.zip(field.max).is_some_and(|(min, max)| min > max) {
            self.fault(FaultKind::Conflict, join(path, "min"), "'min' is greater than 'max'".to_owned());
        }
        if field.min_length.zip(field.max_length).is_some_and(|(min, max)| min > max) {
            self.fault(
                FaultKind::Conflict,
                join(path, "minLength"),
                "'minLength' is greater than 'maxLength'".to_owned(),
            );
        }
        if let Some(Err(error)) = field.pattern.as_deref().map(values::whole_match) {
            let message = format!("'pattern' is not a regular expression: {error}");
            self.fault(FaultKind::WrongValue, join(path, "pattern"), message);
        }
    }

    fn values(&mut self, path: &str, field: &Field) {
        for (name, value) in [("default", &field.default), ("sample", &field.sample)] {
            if let Some(value) = value {
                self.faults.extend(value_fault(self.outline.template, field, value, &join(path, name)));
            }
        }
    }

    fn repeat(&mut self, path: &str, repeat: &Repeat) {
        if repeat.min.zip(repeat.max).is_some_and(|(min, max)| min > max) {
            self.fault(FaultKind::Conflict, join(path, "min"), "'min' is greater than 'max'".to_owned());
        }
        let Some(name) = &repeat.name else { return };
        let is_name = Expr::parse(name).is_ok_and(|expr| expr.as_path().is_some_and(|path| path.len() == 1));
        if RESERVED.contains(&name.as_str()) {
            let message = format!("'{name}' cannot name the entry: {} are always there", RESERVED.join(", "));
            self.fault(FaultKind::TakenName, join(path, "as"), message);
        } else if !is_name {
            let message = format!("'{name}' cannot name the entry; it takes letters, digits and underscores");
            self.fault(FaultKind::WrongValue, join(path, "as"), message);
        }
    }

    /// A slide's `each` is the entries' name in requests, not an expression.
    fn entries(&mut self, path: &str, repeat: &Repeat) {
        let each = Expr::parse(&repeat.each.0);
        if !each.is_ok_and(|expr| expr.as_path().is_some_and(|path| path.len() == 1)) {
            let message =
                format!("a slide repeats for the entries of a name such as \"slides\", not for '{}'", repeat.each.0);
            self.fault(FaultKind::Expression, path.to_owned(), message);
        }
    }
}
