//! Reading: the five examples are right, and what is wrong is told with its place.

use handbill_template::{FaultKind, read};

const EXAMPLES: [(&str, &str); 5] = [
    ("certificate", include_str!("examples/certificate.template.json")),
    ("event-card", include_str!("examples/event-card.template.json")),
    ("linkedin-tips", include_str!("examples/linkedin-tips.template.json")),
    ("product-ad", include_str!("examples/product-ad.template.json")),
    ("quote-card", include_str!("examples/quote-card.template.json")),
];

#[test]
fn the_examples_are_right() {
    for (name, json) in EXAMPLES {
        if let Err(faults) = read(json) {
            panic!("{name}:\n{faults}");
        }
    }
}

#[test]
fn a_misspelt_key_is_told_with_the_right_one() {
    let json = EXAMPLES[2].1.replacen("\"fontWeight\": 700, \"fill\": \"{{ink}}\"", "\"fontweight\": 700", 1);
    let faults = read(&json).expect_err("a key is wrong");
    let [fault] = faults.0.as_slice() else { panic!("{faults}") };
    assert_eq!(fault.path, "components/byline/node/children/1/children/0");
    assert_eq!(fault.message, "'fontweight' is not a property of a text; did you mean 'fontWeight'?");
    assert_eq!((fault.kind, fault.suggestion.as_deref()), (FaultKind::UnknownProperty, Some("fontWeight")));
    let line = json.lines().nth(fault.line.expect("a line") - 1).expect("that line");
    assert!(line[fault.column.expect("a column") - 1..].starts_with("\"fontweight\""));
}
