//! Evaluation while one slide is resolved: bindings to values, values to what a property takes, and what goes wrong
//! to warnings.

use serde::de::DeserializeOwned;

use super::page::Setup;
use super::{ResolveError, ResolveLimits};
use crate::bind::{Bound, NodeOverride};
use crate::compiled::{Compiled, Prepared};
use crate::document::{self, Binding, Expression, Number, TextTemplate};
use crate::expression::{EvalError, Interpolation, Scope};
use crate::locale::Locale;
use crate::value::Value;
use crate::warning::{Warning, WarningCode};

/// Most warnings of one render.
const MAX_WARNINGS: usize = 1000;
/// Most bytes that all evaluations of one render may give: texts, but also sources, links and the like.
const MAX_EVALUATED: usize = 64 * 1024 * 1024;

/// What all slides of a render share.
pub(super) struct Shared<'a> {
    pub(super) compiled: &'a Compiled,
    pub(super) prepared: &'a Prepared,
    pub(super) bound: &'a Bound,
    pub(super) setup: &'a Setup,
    pub(super) limits: &'a ResolveLimits,
    /// BCP 47.
    pub(super) lang: String,
    pub(super) locale: &'static Locale,
}

/// What is counted and noticed over all slides.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) nodes: usize,
    pub(super) text_chars: usize,
    /// Bytes that evaluations gave.
    pub(super) evaluated: usize,
    pub(super) warnings: Vec<Warning>,
}

/// Where an expression stands: what it can see, and which node to name in warnings.
#[derive(Clone, Copy)]
pub(super) struct Here<'a> {
    pub(super) scope: &'a Scope<'a>,
    /// The reserved roots alone: what components see beside their props.
    pub(super) roots: &'a Scope<'a>,
    pub(super) node: &'a str,
}

/// Resolves one slide.
pub(super) struct SlideResolver<'a> {
    pub(super) shared: &'a Shared<'a>,
    /// The slide's own place: what theme colours see.
    pub(super) slide: Here<'a>,
    /// From 0, in output order.
    pub(super) index: usize,
    /// Overrides of this slide alone, over those of the request.
    pub(super) overrides: &'a [&'a NodeOverride],
    pub(super) tally: &'a mut Tally,
}

impl<'a> SlideResolver<'a> {
    pub(super) fn warn(&mut self, node: &str, code: WarningCode, message: impl Into<String>) {
        let warning = Warning::new(code, message).on_slide(self.index).on_node(node);
        // A style that is used twice warns once; a loop of copies does not fill the report.
        if self.tally.warnings.len() < MAX_WARNINGS && !self.tally.warnings.contains(&warning) {
            self.tally.warnings.push(warning);
        }
    }

    fn report(&mut self, here: Here<'_>, errors: &[EvalError]) {
        for error in errors {
            self.warn(here.node, WarningCode::ExpressionError, error.to_string());
        }
    }

    /// The value of a text that may hold bindings. Exactly one token keeps its type.
    pub(super) fn value(&mut self, here: Here<'_>, text: &str) -> Value {
        if !Interpolation::is_needed(text) {
            return Value::Text(text.to_owned());
        }
        let mut errors = Vec::new();
        let value = match self.shared.compiled.programs().text(text) {
            Ok(parsed) => parsed.evaluate(here.scope, self.shared.locale, &mut errors),
            Err(error) => {
                errors.push(EvalError { expression: text.to_owned(), message: error.message });
                Value::Absent
            }
        };
        self.report(here, &errors);
        self.counted(value)
    }

    /// The value, or nothing once evaluations have given too much; the next node ends the render then.
    fn counted(&mut self, value: Value) -> Value {
        if let Value::Text(text) = &value {
            self.tally.evaluated = self.tally.evaluated.saturating_add(text.len());
        }
        if self.tally.evaluated > MAX_EVALUATED { Value::Absent } else { value }
    }

    pub(super) fn text(&mut self, here: Here<'_>, text: &TextTemplate) -> String {
        self.value(here, &text.0).to_text()
    }

    /// A text property that is absent when it is empty.
    pub(super) fn filled_text(&mut self, here: Here<'_>, text: Option<&TextTemplate>) -> Option<String> {
        text.map(|text| self.text(here, text)).filter(|text| !text.is_empty())
    }

    /// The value of a bare expression.
    pub(super) fn expression(&mut self, here: Here<'_>, expression: &Expression) -> Value {
        let parsed = self.shared.compiled.programs().bare(&expression.0);
        let result = match &parsed {
            Ok(parsed) => parsed.evaluate(here.scope, self.shared.locale),
            Err(error) => Err(EvalError { expression: expression.0.clone(), message: error.message.clone() }),
        };
        result.unwrap_or_else(|error| {
            self.report(here, &[error]);
            Value::Absent
        })
    }

    /// A property's value: as it is written, or what its binding gives. What the property cannot take is absent.
    pub(super) fn bound<T>(&mut self, here: Here<'_>, property: Option<&document::Bound<T>>) -> Option<T>
    where
        T: Clone + DeserializeOwned,
    {
        match property? {
            document::Bound::Value(value) => Some(value.clone()),
            document::Bound::Binding(binding) => self.binding(here, binding),
        }
    }

    pub(super) fn binding<T: DeserializeOwned>(&mut self, here: Here<'_>, binding: &Binding) -> Option<T> {
        let value = self.value(here, &binding.0);
        if value.is_empty() {
            return None;
        }
        let converted = converted(&value);
        if converted.is_none() {
            let message =
                format!("'{}' gives {} ('{}'), which is not allowed here", binding.0, value.kind(), value.to_text());
            self.warn(here.node, WarningCode::InvalidValue, message);
        }
        converted
    }

    pub(super) fn number(&mut self, here: Here<'_>, property: Option<&Number>) -> Option<f64> {
        self.bound(here, property)
    }

    /// A number that cannot be negative.
    pub(super) fn positive(&mut self, here: Here<'_>, property: Option<&Number>) -> Option<f64> {
        self.number(here, property).map(|number| number.max(0.0))
    }

    /// A length in layout pixels.
    pub(super) fn px(&mut self, here: Here<'_>, property: Option<&Number>) -> Option<f64> {
        self.number(here, property).map(|number| number * self.shared.setup.px_per_unit)
    }

    /// A length in layout pixels that cannot be negative.
    pub(super) fn positive_px(&mut self, here: Here<'_>, property: Option<&Number>) -> Option<f64> {
        self.px(here, property).map(|number| number.max(0.0))
    }

    /// A font size in layout pixels.
    pub(super) fn font_px(&mut self, here: Here<'_>, property: Option<&Number>) -> Option<f64> {
        self.positive(here, property).map(|number| number * self.shared.setup.px_per_font_unit)
    }

    /// A link that may be followed: http, https, mailto or tel.
    pub(super) fn link(&mut self, here: Here<'_>, link: Option<&TextTemplate>) -> Option<String> {
        let link = self.filled_text(here, link)?;
        if is_link(&link) {
            return Some(link);
        }
        let message = format!("'{link}' is no link: links start with http://, https://, mailto: or tel:");
        self.warn(here.node, WarningCode::InvalidValue, message);
        None
    }

    pub(super) fn count_node(&mut self) -> Result<(), ResolveError> {
        self.tally.nodes += 1;
        if self.tally.evaluated > MAX_EVALUATED {
            let (found, limit) = (self.tally.evaluated as u64, MAX_EVALUATED as u64);
            return Err(ResolveError::Limit { what: "bytes out of expressions", found, limit });
        }
        let limit = self.shared.limits.max_nodes;
        if self.tally.nodes > limit {
            return Err(ResolveError::Limit { what: "nodes", found: self.tally.nodes as u64, limit: limit as u64 });
        }
        Ok(())
    }

    pub(super) fn count_text(&mut self, text: &str) -> Result<(), ResolveError> {
        self.tally.text_chars += text.chars().count();
        let (found, limit) = (self.tally.text_chars as u64, self.shared.limits.max_text_chars as u64);
        if found > limit {
            return Err(ResolveError::Limit { what: "characters of text", found, limit });
        }
        Ok(())
    }
}

pub(crate) fn is_link(link: &str) -> bool {
    let lower = link.trim_start().to_ascii_lowercase();
    ["http://", "https://", "mailto:", "tel:"].iter().any(|scheme| lower.starts_with(scheme))
}

/// The value as a property's type; a text of a number or a truth value stands for it.
fn converted<T: DeserializeOwned>(value: &Value) -> Option<T> {
    let direct = serde_json::from_value(value.to_json()).ok();
    direct.or_else(|| match value {
        Value::Text(text) => serde_json::from_str(text.trim()).ok(),
        _ => None,
    })
}
