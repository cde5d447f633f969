//! Documents made from the grammar at random: serde takes whatever the schema allows, and writing them is stable.

use proptest::prelude::{ProptestConfig, any, prop_assert, prop_assert_eq, proptest};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::document::Template;
use crate::grammar::{GRAMMAR, ObjectRule, Range, RuleId, Shape};
use crate::read::check_shape;
use crate::write;

/// Texts for every pattern of the schema; of those that fit one is taken.
const TEXTS: [&str; 19] = [
    "a",
    "slide_1",
    "cover-title",
    "#12f",
    "$ink",
    "$ink/40",
    "{{ a }}",
    "rgb(1, 2, 3)",
    "50%",
    "33.3333%",
    "fill",
    "auto",
    "2fr",
    "right bottom",
    "tnum",
    "-liga",
    "en",
    "pt-BR",
    "Grüße \"\\ \u{7f} 👩‍👩‍👧‍👦\n",
];

/// Decisions are taken from bytes, so that fewer bytes make a smaller document.
struct Maker<'a>(std::slice::Iter<'a, u8>);

impl Maker<'_> {
    fn choose(&mut self, count: usize) -> usize {
        usize::from(self.0.next().copied().unwrap_or(0)) % count.max(1)
    }

    fn value(&mut self, rule: RuleId, depth: usize) -> Value {
        let choices = GRAMMAR.choices(rule);
        // Objects first: they are what is interesting, and without bytes the last choice is a plain value.
        let rule = choices[choices.len() - 1 - self.choose(choices.len())];
        match &rule.shape {
            Shape::Any | Shape::Union(_) => self.free(depth),
            Shape::Boolean => json!(self.choose(2) == 1),
            Shape::Number(range) => self.number(range),
            Shape::Keywords(words) => json!(words[self.choose(words.len())]),
            Shape::Text(pattern) => {
                let fits = |text: &&str| pattern.as_ref().is_none_or(|pattern| pattern.is_match(text));
                let fitting: Vec<&str> = TEXTS.into_iter().filter(fits).collect();
                assert!(!fitting.is_empty(), "no text for {pattern:?}");
                json!(fitting[self.choose(fitting.len())])
            }
            Shape::List { item, min, max } => {
                let count = if depth > 12 { *min } else { (min + self.choose(4)).min(*max) };
                (0..count).map(|_| self.value(*item, depth + 1)).collect()
            }
            Shape::Map { key, value } => {
                let count = if depth > 12 { 0 } else { self.choose(4) };
                let fits = |text: &&str| key.as_ref().is_none_or(|key| key.pattern.is_match(text));
                let names: Vec<&str> = TEXTS.into_iter().filter(fits).collect();
                (0..count)
                    .map(|_| (names[self.choose(names.len())].to_owned(), self.value(*value, depth + 1)))
                    .collect()
            }
            Shape::Object(object) => self.object(object, depth),
        }
    }

    fn object(&mut self, object: &ObjectRule, depth: usize) -> Value {
        let one = self.choose(object.one_of.len());
        let mut map = Map::new();
        for (name, property) in &object.properties {
            let given = match object.one_of.iter().position(|other| other == name) {
                Some(index) => index == one,
                None => object.required.contains(name) || (depth < 12 && self.choose(5) == 1),
            };
            if given {
                map.insert(name.clone(), self.value(property.rule, depth + 1));
            }
        }
        Value::Object(map)
    }

    fn number(&mut self, range: &Range) -> Value {
        let low = range.above.map(|above| above + 0.001).or(range.min).unwrap_or(-1000.0);
        let high = range.max.unwrap_or(low + 2000.0);
        let value = match self.choose(6) {
            0 => high,
            1 => low + (high - low) * 0.3333,
            2 => low + (high - low) / 256.0 * self.choose(256) as f64,
            3 => low + 0.000_04,
            4 => high - 0.004_999_9,
            _ => (low + self.choose(256) as f64).min(high),
        };
        if range.whole { json!(value.ceil().min(high) as i64) } else { json!(value) }
    }

    fn free(&mut self, depth: usize) -> Value {
        match self.choose(if depth > 12 { 5 } else { 7 }) {
            0 => json!("text"),
            1 => json!(true),
            2 => json!(1.234_567_89),
            3 => json!(-7),
            4 => json!(3e300),
            5 => (0..self.choose(3)).map(|_| self.free(depth + 1)).collect(),
            _ => json!({ "b": self.free(depth + 1), "a": null }),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_schema_allows_is_read_and_written_stably(bytes in proptest::collection::vec(any::<u8>(), 0..4000)) {
        let document = Maker(bytes.iter()).value(GRAMMAR.root, 0);
        let (faults, _) = check_shape(&document);
        prop_assert!(faults.is_empty(), "{faults:?}");
        let template = match Template::deserialize(&document) {
            Ok(template) => template,
            Err(error) => panic!("the schema allows what serde refuses: {error} in {document:#}"),
        };
        let text = write(&template);
        let written: Value = serde_json::from_str(&text).expect("JSON");
        let (faults, _) = check_shape(&written);
        prop_assert!(faults.is_empty(), "{faults:?}\n{text}");
        prop_assert_eq!(&write(&Template::deserialize(&written).expect("a document")), &text);
    }
}
