//! Schema to grammar.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use regex::Regex;
use serde_json::{Map, Value};

use super::{Grammar, KeyRule, ObjectRule, Property, Range, Rule, RuleId, Shape};

pub(super) fn compile(schema: &Value) -> Grammar {
    let mut compiler = Compiler { schema, rules: Vec::new(), named: BTreeMap::new() };
    let root = compiler.reserve("Template");
    compiler.fill(root, schema);
    Grammar { rules: compiler.rules, root }
}

struct Compiler<'a> {
    schema: &'a Value,
    rules: Vec<Rule>,
    named: BTreeMap<String, RuleId>,
}

impl Compiler<'_> {
    fn reserve(&mut self, name: &str) -> RuleId {
        self.rules.push(Rule { name: name.to_owned(), title: None, shape: Shape::Any });
        self.rules.len() - 1
    }

    fn fill(&mut self, id: RuleId, schema: &Value) {
        self.rules[id].title = schema["title"].as_str().map(str::to_owned);
        let name = self.rules[id].name.clone();
        self.rules[id].shape = self.shape(schema, &name);
    }

    /// The rule of a schema; a reference with more beside it gives a narrowed copy of what it refers to.
    fn rule(&mut self, schema: &Value) -> RuleId {
        let Some(name) = schema["$ref"].as_str().and_then(|reference| reference.strip_prefix("#/$defs/")) else {
            let id = self.reserve("");
            self.fill(id, schema);
            return id;
        };
        let referred = self.definition(name);
        if !Narrowing::says_something(schema) {
            return referred;
        }
        self.narrowed(referred, &Narrowing::of(schema))
    }

    fn definition(&mut self, name: &str) -> RuleId {
        if let Some(id) = self.named.get(name) {
            return *id;
        }
        let id = self.reserve(name);
        self.named.insert(name.to_owned(), id);
        let schema = self.schema;
        self.fill(id, &schema["$defs"][name]);
        id
    }

    fn shape(&mut self, schema: &Value, name: &str) -> Shape {
        let words = |value: &Value| value.as_str().map(str::to_owned);
        if let Some(keywords) = schema["enum"].as_array() {
            return Shape::Keywords(keywords.iter().filter_map(words).collect());
        }
        if let Some(keyword) = words(&schema["const"]) {
            return Shape::Keywords(vec![keyword]);
        }
        match schema["type"].as_str() {
            Some("object") => self.object(schema),
            Some("array") => Shape::List {
                item: self.rule(&schema["items"]),
                min: count(&schema["minItems"]).unwrap_or(0),
                max: count(&schema["maxItems"]).unwrap_or(usize::MAX),
            },
            Some("string") => Shape::Text(schema["pattern"].as_str().map(pattern)),
            Some(kind @ ("number" | "integer")) => Shape::Number(Range {
                whole: kind == "integer",
                min: schema["minimum"].as_f64(),
                above: schema["exclusiveMinimum"].as_f64(),
                max: schema["maximum"].as_f64(),
            }),
            Some("boolean") => Shape::Boolean,
            Some(other) => panic!("the schema uses type {other}, which the grammar does not know"),
            None => match schema["anyOf"].as_array().or(schema["oneOf"].as_array()) {
                Some(choices) => self.union(choices, name),
                None if schema.get("$ref").is_some() => Shape::Union(vec![self.rule(schema)]),
                None => Shape::Any,
            },
        }
    }

    /// Choices without a name of their own take the union's. Keywords that stand apart only for their descriptions
    /// become one list.
    fn union(&mut self, choices: &[Value], name: &str) -> Shape {
        let choices: Vec<RuleId> = choices.iter().map(|choice| self.rule(choice)).collect();
        for id in &choices {
            if self.rules[*id].name.is_empty() {
                name.clone_into(&mut self.rules[*id].name);
            }
        }
        let mut all = Vec::new();
        for id in &choices {
            match &self.rules[*id].shape {
                Shape::Keywords(words) => all.extend(words.iter().cloned()),
                _ => return Shape::Union(choices),
            }
        }
        Shape::Keywords(all)
    }

    fn object(&mut self, schema: &Value) -> Shape {
        let Some(properties) = schema["properties"].as_object() else {
            let key = schema["propertyNames"]["pattern"].as_str().map(|text| KeyRule {
                pattern: pattern(text),
                title: schema["propertyNames"]["title"].as_str().unwrap_or_default().to_owned(),
            });
            return match &schema["additionalProperties"] {
                value @ Value::Object(_) => Shape::Map { key, value: self.rule(value) },
                _ => {
                    let value = self.reserve("");
                    Shape::Map { key, value }
                }
            };
        };
        assert_eq!(schema["additionalProperties"], Value::Bool(false), "an object of the schema is open");
        let properties = self.properties(properties);
        let names = |list: &Value| -> Vec<String> {
            list.as_array().into_iter().flatten().filter_map(|name| name.as_str().map(str::to_owned)).collect()
        };
        let one_of = schema["oneOf"].as_array().into_iter().flatten().flat_map(|choice| names(&choice["required"]));
        Shape::Object(ObjectRule { properties, required: names(&schema["required"]), one_of: one_of.collect() })
    }

    fn properties(&mut self, properties: &Map<String, Value>) -> IndexMap<String, Property> {
        let property = |(name, schema): (&String, &Value)| {
            (name.clone(), Property { rule: self.rule(schema), default: schema.get("default").cloned() })
        };
        properties.iter().map(property).collect()
    }

    /// A copy of a rule with tighter bounds: for numbers and texts, wherever in it they stand.
    fn narrowed(&mut self, id: RuleId, by: &Narrowing) -> RuleId {
        let mut rule = self.rules[id].clone();
        match &mut rule.shape {
            Shape::Number(range) => {
                range.min = by.min.or(range.min);
                range.above = by.above.or(range.above);
                range.max = by.max.or(range.max);
            }
            Shape::Text(pattern) if by.pattern.is_some() => {
                pattern.clone_from(&by.pattern);
                rule.title.clone_from(&by.title);
            }
            Shape::Union(choices) => {
                for choice in choices {
                    *choice = self.narrowed(*choice, by);
                }
            }
            Shape::List { item, .. } => {
                if let Some(by) = &by.items {
                    *item = self.narrowed(*item, by);
                }
            }
            _ => {}
        }
        self.rules.push(rule);
        self.rules.len() - 1
    }
}

/// What stands beside a reference.
struct Narrowing {
    min: Option<f64>,
    above: Option<f64>,
    max: Option<f64>,
    pattern: Option<Regex>,
    title: Option<String>,
    items: Option<Box<Narrowing>>,
}

impl Narrowing {
    fn says_something(schema: &Value) -> bool {
        ["minimum", "exclusiveMinimum", "maximum", "pattern", "items"].iter().any(|key| schema.get(*key).is_some())
    }

    fn of(schema: &Value) -> Narrowing {
        Narrowing {
            min: schema["minimum"].as_f64(),
            above: schema["exclusiveMinimum"].as_f64(),
            max: schema["maximum"].as_f64(),
            pattern: schema["pattern"].as_str().map(pattern),
            title: schema["title"].as_str().map(str::to_owned),
            items: schema.get("items").map(|items| Box::new(Narrowing::of(items))),
        }
    }
}

fn count(value: &Value) -> Option<usize> {
    value.as_u64().and_then(|count| usize::try_from(count).ok())
}

fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap_or_else(|error| panic!("the schema has a bad pattern: {error}"))
}
