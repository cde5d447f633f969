//! Damaged and malicious documents: always faults, never a panic, and never for long.

use handbill_template::{lint, read, write};
use proptest::prelude::{ProptestConfig, any, prop_assert, prop_assert_eq, proptest};

const EXAMPLES: [&str; 3] = [
    include_str!("examples/event-card.template.json"),
    include_str!("examples/linkedin-tips.template.json"),
    include_str!("examples/product-ad.template.json"),
];

/// Pieces that mean something to some part of the reader.
const PIECES: [&str; 24] = [
    "null",
    "{",
    "}",
    "[",
    "]",
    ",",
    "\"",
    "\\u0000",
    "-1",
    "1e308",
    "0.1e-300",
    "{{",
    "}}",
    "{{ a | b(",
    "$ink",
    "/",
    "~",
    "\"type\": \"use\"",
    "\"at\": {\"story\": ",
    "\"repeat\": {\"each\": \"x\"}",
    "💥",
    "\u{202e}",
    "true",
    "\"$ink/50\"",
];

/// Checks what must hold of whatever is read.
fn survives(json: &str) -> Result<(), proptest::test_runner::TestCaseError> {
    match read(json) {
        Ok(template) => {
            lint(&template);
            let text = write(&template);
            let again = read(&text);
            prop_assert!(again.is_ok(), "{:?}", again.err());
            prop_assert_eq!(write(&again.expect("just checked")), text);
        }
        Err(faults) => {
            prop_assert!(!faults.0.is_empty());
            for fault in &faults.0 {
                prop_assert!(!fault.message.is_empty());
                let lines = json.lines().count().max(1) + 1;
                prop_assert!(fault.line.is_none_or(|line| (1..=lines).contains(&line)), "{fault}");
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_templates_are_survived(
        example in 0..EXAMPLES.len(),
        damages in proptest::collection::vec((any::<u32>(), 0usize..40, 0..PIECES.len()), 1..4),
    ) {
        let mut json = EXAMPLES[example].to_owned();
        for (at, length, piece) in damages {
            let mut start = at as usize % json.len();
            while !json.is_char_boundary(start) {
                start -= 1;
            }
            let mut end = (start + length).min(json.len());
            while !json.is_char_boundary(end) {
                end += 1;
            }
            json.replace_range(start..end, PIECES[piece]);
        }
        survives(&json)?;
    }

    #[test]
    fn damaged_values_are_survived(example in 0..EXAMPLES.len(), at in any::<u32>(), piece in 0..PIECES.len()) {
        // Only what stands in quotes is replaced, so that the document stays JSON and gets further.
        let json = EXAMPLES[example];
        let quotes: Vec<usize> = json.match_indices('"').map(|(index, _)| index).collect();
        let open = quotes[at as usize % quotes.len()];
        let piece = PIECES[piece].replace(['"', '\\'], "'");
        survives(&format!("{}\"{piece}{}", &json[..open], &json[open + 1..]))?;
    }
}

#[test]
fn deep_expressions_are_faults() {
    for text in [
        format!("{{{{ {}a{} }}}}", "(".repeat(900), ")".repeat(900)),
        format!("{{{{ {}a }}}}", "not ".repeat(450)),
        format!("{{{{ {}1 }}}}", "-".repeat(1900)),
        format!("{{{{ a{} }}}}", ".b".repeat(900)),
        format!("{{{{ a{} }}}}", "|upper".repeat(300)),
        format!("{{{{ a{} }}}}", " ~ a".repeat(480)),
        "{{ ".repeat(5000),
    ] {
        let json = serde_json::json!({
            "format": 1,
            "id": "t",
            "canvas": { "width": 10, "height": 10 },
            "slides": [{ "id": "s", "layout": "row", "children": [{ "type": "text", "text": text }] }],
        });
        // Whether it is refused is up to the expression's own limits; the process must be there afterwards.
        let _ = read(&json.to_string());
    }
}

#[test]
fn large_wrong_documents_are_told_in_bounded_time() {
    let nodes: Vec<String> = (0..20_000)
        .map(|index| format!(r#"{{"type":"text","text":"{{{{ nmae{index}.x }}}}","style":"s{index}"}}"#))
        .collect();
    let json = format!(
        r#"{{"format":1,"id":"t","canvas":{{"width":10,"height":10}},"slides":[{{"id":"s","layout":"row","children":[{}]}}]}}"#,
        nodes.join(",")
    );
    let faults = read(&json).expect_err("styles are missing");
    assert_eq!(faults.0.len(), 101);
}
