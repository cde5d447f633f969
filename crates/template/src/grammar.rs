//! The generated schema as a tree of Rust values, so that reading and writing need not pick JSON apart.
//!
//! It understands the part of JSON Schema that [`crate::schema`] produces, no more: a schema that says
//! something else is a mistake in this crate, and the tests find it.

mod compile;

use std::sync::LazyLock;

use indexmap::IndexMap;
use regex::Regex;
use serde_json::Value;

pub(crate) static GRAMMAR: LazyLock<Grammar> = LazyLock::new(|| compile::compile(&crate::schema::GENERATED));

/// A place in [`Grammar::rules`].
pub(crate) type RuleId = usize;

#[derive(Debug)]
pub(crate) struct Grammar {
    rules: Vec<Rule>,
    pub(crate) root: RuleId,
}

impl Grammar {
    pub(crate) fn rule(&self, id: RuleId) -> &Rule {
        &self.rules[id]
    }

    /// The object of that name.
    pub(crate) fn rule_named(&self, name: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.name == name && matches!(rule.shape, Shape::Object(_)))
    }

    /// The rule itself, or what a union offers, unions within it taken apart.
    pub(crate) fn choices(&self, id: RuleId) -> Vec<&Rule> {
        match &self.rules[id].shape {
            Shape::Union(choices) => choices.iter().flat_map(|choice| self.choices(*choice)).collect(),
            _ => vec![&self.rules[id]],
        }
    }
}

impl Grammar {
    /// The rule among a place's choices that is meant by a value of this kind; of a right value the one it follows.
    pub(crate) fn pick(&'static self, id: RuleId, value: &Value) -> Option<&'static Rule> {
        let fitting: Vec<&Rule> = self.choices(id).into_iter().filter(|rule| rule.is_kind_of(value)).collect();
        let map = match (value, fitting.as_slice()) {
            (Value::Object(map), [_, _, ..]) => map,
            (Value::String(text), _) => return fitting.into_iter().find(|rule| rule.accepts_text(text)),
            (Value::Array(items), _) => return fitting.into_iter().find(|rule| rule.accepts_count(items.len())),
            _ => return fitting.first().copied(),
        };
        fitting.into_iter().find(|rule| match &rule.shape {
            Shape::Object(object) => match object.tag(self) {
                Some(tag) => map.get("type").is_some_and(|kind| kind == tag),
                None => object.required.iter().all(|name| map.contains_key(name)),
            },
            _ => false,
        })
    }
}

impl Rule {
    /// Whether it takes values of this JSON kind.
    pub(crate) fn is_kind_of(&self, value: &Value) -> bool {
        match self.shape {
            Shape::Any => true,
            Shape::Object(_) | Shape::Map { .. } => value.is_object(),
            Shape::List { .. } => value.is_array(),
            Shape::Text(_) | Shape::Keywords(_) => value.is_string(),
            Shape::Number(_) => value.is_number(),
            Shape::Boolean => value.is_boolean(),
            Shape::Union(_) => false,
        }
    }

    pub(crate) fn accepts_text(&self, text: &str) -> bool {
        match &self.shape {
            Shape::Text(pattern) => pattern.as_ref().is_none_or(|pattern| pattern.is_match(text)),
            Shape::Keywords(words) => words.iter().any(|word| word == text),
            _ => true,
        }
    }

    pub(crate) fn accepts_count(&self, count: usize) -> bool {
        match self.shape {
            Shape::List { min, max, .. } => (min..=max).contains(&count),
            _ => true,
        }
    }
}

/// One schema: what a value may be.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    /// The definition's name in the schema; empty for one without.
    pub(crate) name: String,
    /// In words what a text must be, for those with a pattern.
    pub(crate) title: Option<String>,
    pub(crate) shape: Shape,
}

#[derive(Debug, Clone)]
pub(crate) enum Shape {
    /// Anything at all: `meta`, defaults of fields.
    Any,
    Object(ObjectRule),
    /// Free names, one rule for all values.
    Map {
        key: Option<KeyRule>,
        value: RuleId,
    },
    List {
        item: RuleId,
        min: usize,
        max: usize,
    },
    Text(Option<Regex>),
    Keywords(Vec<String>),
    Number(Range),
    Boolean,
    Union(Vec<RuleId>),
}

#[derive(Debug, Clone)]
pub(crate) struct KeyRule {
    pub(crate) pattern: Regex,
    pub(crate) title: String,
}

/// A closed object; its properties in canonical order.
#[derive(Debug, Clone, Default)]
pub(crate) struct ObjectRule {
    pub(crate) properties: IndexMap<String, Property>,
    pub(crate) required: Vec<String>,
    /// Of these exactly one is given.
    pub(crate) one_of: Vec<String>,
}

impl ObjectRule {
    /// The one value that `type` may have, in objects that are told apart by it.
    pub(crate) fn tag<'a>(&'a self, grammar: &'a Grammar) -> Option<&'a str> {
        match &grammar.rule(self.properties.get("type")?.rule).shape {
            Shape::Keywords(words) if words.len() == 1 => words.first().map(String::as_str),
            _ => None,
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Property {
    pub(crate) rule: RuleId,
    /// What an absent property means, where nothing but the property itself can say so.
    pub(crate) default: Option<Value>,
}

#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Range {
    pub(crate) whole: bool,
    pub(crate) min: Option<f64>,
    /// Exclusive.
    pub(crate) above: Option<f64>,
    pub(crate) max: Option<f64>,
}

impl Range {
    pub(crate) fn holds(&self, value: f64) -> bool {
        (!self.whole || value.fract() == 0.0)
            && self.min.is_none_or(|min| value >= min)
            && self.above.is_none_or(|above| value > above)
            && self.max.is_none_or(|max| value <= max)
    }
}
