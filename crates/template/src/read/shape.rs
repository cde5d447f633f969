//! Is the document of the right shape? Every value against the grammar, every fault with its place.
//!
//! What names mean and whether expressions parse is not looked at here; the texts that have such a meaning
//! are handed on as [`Leaf`]s, so that whoever looks at them need not walk the document again.

use serde_json::{Map, Value};

use super::words::{a, expected, noun, shown, subject};
use crate::fault::{Fault, FaultKind, Path, join};
use crate::grammar::{GRAMMAR, Grammar, ObjectRule, Rule, RuleId, Shape};
use crate::nearest::nearest;

/// A text in the document: where it is and what kind of text.
#[derive(Debug)]
pub(crate) struct Leaf<'a> {
    pub(crate) path: String,
    /// The definition of the object that holds it, such as `TextNode`, `TextAt` or `Shadow`.
    pub(crate) owner: &'static str,
    /// The property of that object, also for texts in a list or map beneath it.
    pub(crate) property: &'static str,
    /// The definition of the text, such as `ColorText` or `Expression`; empty for plain text.
    pub(crate) kind: &'static str,
    pub(crate) text: &'a str,
}

/// Checks the whole document.
pub(crate) fn check_shape(document: &Value) -> (Vec<Fault>, Vec<Leaf<'_>>) {
    let grammar: &'static Grammar = &GRAMMAR;
    let mut checker =
        Checker { grammar, path: Path::default(), owner: "", property: "", faults: Vec::new(), leaves: Vec::new() };
    checker.value(grammar.root, document);
    (checker.faults, checker.leaves)
}

/// Checks one property as the object of that name would have it, `TextAt` for example.
pub(crate) fn check_property(object: &str, key: &str, value: &Value) -> Vec<Fault> {
    let grammar: &'static Grammar = &GRAMMAR;
    let Some(rule) = grammar.rule_named(object) else { return Vec::new() };
    let map = Map::from_iter([(key.to_owned(), value.clone())]);
    let mut checker =
        Checker { grammar, path: Path::default(), owner: "", property: "", faults: Vec::new(), leaves: Vec::new() };
    checker.object(&[rule], &map);
    checker.faults
}

struct Checker<'a> {
    grammar: &'static Grammar,
    path: Path,
    owner: &'static str,
    property: &'static str,
    faults: Vec<Fault>,
    leaves: Vec<Leaf<'a>>,
}

impl<'a> Checker<'a> {
    fn fault(&mut self, kind: FaultKind, message: String) -> &mut Fault {
        self.faults.push(Fault::new(kind, self.path.as_str(), message));
        let last = self.faults.len() - 1;
        &mut self.faults[last]
    }

    fn value(&mut self, id: RuleId, value: &'a Value) {
        let grammar = self.grammar;
        let choices = grammar.choices(id);
        if choices.iter().any(|choice| matches!(choice.shape, Shape::Any)) {
            return;
        }
        if value.is_null() {
            let message = format!("{} is null; leave it out instead", subject(self.path.as_str()));
            self.fault(FaultKind::WrongValue, message);
            return;
        }
        let fitting: Vec<&'static Rule> = choices.iter().copied().filter(|choice| choice.is_kind_of(value)).collect();
        match (value, fitting.as_slice()) {
            (_, []) => self.wrong(&choices, value),
            (Value::Object(map), rules) => self.object(rules, map),
            (Value::Array(items), rules) => self.list(rules, items, &choices),
            (Value::String(text), rules) => match rules.iter().find(|rule| rule.accepts_text(text)) {
                Some(rule) => self.leaf(rule, text),
                None => self.wrong(&choices, value),
            },
            (Value::Number(number), rules) => {
                let number = number.as_f64().unwrap_or(f64::NAN);
                let fits = |rule: &&Rule| match &rule.shape {
                    Shape::Number(range) => range.holds(number),
                    _ => true,
                };
                if !rules.iter().any(fits) {
                    self.wrong(&choices, value);
                }
            }
            _ => {}
        }
    }

    /// A value that none of the choices takes.
    fn wrong(&mut self, choices: &[&Rule], value: &Value) {
        let keywords = choices.iter().filter_map(|choice| match &choice.shape {
            Shape::Keywords(words) => Some(words),
            _ => None,
        });
        let meant = value.as_str().and_then(|text| nearest(text, keywords.flatten().map(String::as_str)));
        let what = subject(self.path.as_str());
        let message = format!("{what} is {}; it takes {}", shown(value), expected(choices));
        let fault = self.fault(FaultKind::WrongValue, message);
        *fault = fault.clone().meant(meant);
    }

    fn leaf(&mut self, rule: &'static Rule, text: &'a str) {
        let (owner, property) = (self.owner, self.property);
        self.leaves.push(Leaf { path: self.path.as_str().to_owned(), owner, property, kind: &rule.name, text });
    }

    fn list(&mut self, rules: &[&'static Rule], items: &'a [Value], choices: &[&Rule]) {
        let fits = rules.iter().find_map(|rule| match &rule.shape {
            Shape::List { item, .. } if rule.accepts_count(items.len()) => Some(*item),
            _ => None,
        });
        let Some(item_rule) = fits else {
            let count = if items.len() == 1 { "1 item".to_owned() } else { format!("{} items", items.len()) };
            let message =
                format!("{} is a list of {count}; it takes {}", subject(self.path.as_str()), expected(choices));
            self.fault(FaultKind::WrongValue, message);
            return;
        };
        for (index, item) in items.iter().enumerate() {
            let before = self.path.enter(index);
            self.value(item_rule, item);
            self.path.leave(before);
        }
    }

    fn object(&mut self, rules: &[&'static Rule], map: &'a Map<String, Value>) {
        match rules {
            [rule] => match &rule.shape {
                Shape::Map { .. } => self.map(rule, map),
                Shape::Object(object) => self.closed(rule, object, map),
                _ => {}
            },
            several => {
                if let Some((rule, object)) = self.branch(several, map) {
                    self.closed(rule, object, map);
                }
            }
        }
    }

    fn map(&mut self, rule: &'static Rule, map: &'a Map<String, Value>) {
        let Shape::Map { key: key_rule, value: value_rule } = &rule.shape else { return };
        for (key, value) in map {
            let before = self.path.enter(key);
            if let Some(rule) = key_rule.as_ref().filter(|rule| !rule.pattern.is_match(key)) {
                let message = format!("'{key}' cannot be a name here; a name is {}", rule.title);
                self.fault(FaultKind::WrongValue, message);
            }
            self.value(*value_rule, value);
            self.path.leave(before);
        }
    }

    /// Which of several kinds of object this is meant to be: by `type`, or by a property that only one has.
    fn branch(
        &mut self,
        rules: &[&'static Rule],
        map: &Map<String, Value>,
    ) -> Option<(&'static Rule, &'static ObjectRule)> {
        let objects: Vec<(&'static Rule, &'static ObjectRule)> = rules
            .iter()
            .copied()
            .filter_map(|rule| match &rule.shape {
                Shape::Object(object) => Some((rule, object)),
                _ => None,
            })
            .collect();
        let tags: Vec<&str> = objects.iter().filter_map(|(_, object)| object.tag(self.grammar)).collect();
        if tags.is_empty() {
            let found = objects.iter().find(|(_, object)| object.required.iter().all(|name| map.contains_key(name)));
            if found.is_none() {
                let keys: Vec<&str> =
                    objects.iter().flat_map(|(_, object)| &object.required).map(String::as_str).collect();
                let message = format!("{} needs one of {}", subject(self.path.as_str()), quoted(&keys));
                self.fault(FaultKind::Missing, message);
            }
            return found.copied();
        }
        let list = quoted(&tags);
        let Some(given) = map.get("type") else {
            let meant = map.keys().find(|key| nearest(key, ["type"]).is_some()).map(|_| "type");
            let fault =
                Fault::new(FaultKind::Missing, self.path.as_str(), format!("'type' is missing; it is one of {list}"));
            self.faults.push(fault.meant(meant));
            return None;
        };
        let found = objects.iter().find(|(_, object)| object.tag(self.grammar) == given.as_str());
        if found.is_none() {
            let meant = given.as_str().and_then(|given| nearest(given, tags.iter().copied()));
            let message = format!("there is no type {}; it is one of {list}", shown(given));
            self.faults.push(Fault::new(FaultKind::WrongValue, join(self.path.as_str(), "type"), message).meant(meant));
        }
        found.copied()
    }

    fn closed(&mut self, rule: &'static Rule, object: &'static ObjectRule, map: &'a Map<String, Value>) {
        let outside = (self.owner, self.property);
        self.owner = &rule.name;
        for (key, value) in map {
            let Some((property, known)) = object.properties.get_key_value(key) else {
                self.unknown(rule, object, key, map);
                continue;
            };
            self.property = property;
            let before = self.path.enter(key);
            self.value(known.rule, value);
            self.path.leave(before);
        }
        (self.owner, self.property) = outside;
        for name in object.required.iter().filter(|name| !map.contains_key(*name)) {
            let message = format!("'{name}' is missing; {} needs it", a(&noun(rule, self.grammar)));
            self.fault(FaultKind::Missing, message);
        }
        self.exactly_one(rule, object, map);
    }

    fn unknown(&mut self, rule: &Rule, object: &ObjectRule, key: &str, map: &Map<String, Value>) {
        let free = object.properties.keys().map(String::as_str).filter(|name| !map.contains_key(*name));
        let meant =
            nearest(key, free).or_else(|| elsewhere(key).iter().copied().find(|n| object.properties.contains_key(*n)));
        let message = format!("'{key}' is not a property of {}", a(&noun(rule, self.grammar)));
        self.faults.push(Fault::new(FaultKind::UnknownProperty, self.path.as_str(), message).about(key).meant(meant));
    }

    fn exactly_one(&mut self, rule: &Rule, object: &ObjectRule, map: &Map<String, Value>) {
        let given: Vec<&str> =
            object.one_of.iter().map(String::as_str).filter(|name| map.contains_key(*name)).collect();
        let names: Vec<&str> = object.one_of.iter().map(String::as_str).collect();
        let noun = a(&noun(rule, self.grammar));
        if names.is_empty() || given.len() == 1 {
            return;
        }
        if given.is_empty() {
            self.fault(FaultKind::Missing, format!("{noun} needs {}", quoted(&names)));
        } else {
            self.fault(
                FaultKind::Conflict,
                format!("{noun} takes only one of {}; take the others out", quoted(&given)),
            );
        }
    }
}

fn quoted(names: &[&str]) -> String {
    super::words::either(names.iter().map(|name| format!("'{name}'")))
}

/// What CSS, Figma and other formats call things.
fn elsewhere(key: &str) -> &'static [&'static str] {
    match key {
        "color" | "fontColor" => &["fill"],
        "background" | "backgroundColor" | "fills" => &["fill", "background"],
        "borderRadius" | "radius" => &["cornerRadius"],
        "borderColor" | "border" | "strokes" => &["stroke"],
        "borderWidth" => &["strokeWidth"],
        "textAlign" => &["align"],
        "textTransform" => &["textCase"],
        "textDecoration" => &["decoration"],
        "fontStyle" => &["italic"],
        "font" => &["fontFamily"],
        "size" => &["fontSize"],
        "content" | "value" | "characters" => &["text"],
        "url" | "href" | "source" => &["src", "link"],
        "left" => &["x"],
        "top" => &["y"],
        "display" | "flexDirection" | "direction" => &["layout"],
        "flexGrow" | "flex" => &["grow"],
        "flexShrink" => &["shrink"],
        "objectFit" => &["fit"],
        "objectPosition" => &["focus"],
        "boxShadow" | "effects" => &["shadow"],
        "mixBlendMode" | "blendMode" => &["blend"],
        "rotate" | "angle" => &["rotation"],
        "transform" => &["rotation", "flip", "matrix"],
        "hyphens" | "hyphenation" => &["hyphenate"],
        "hidden" | "if" => &["visible", "when"],
        "constraints" => &["pin"],
        "nodes" | "layers" | "elements" => &["children"],
        "pages" | "artboards" => &["slides"],
        _ => &[],
    }
}
