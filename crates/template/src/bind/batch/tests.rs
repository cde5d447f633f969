//! Items of the Batch API.

use serde_json::{Map, Value as Json, json};

use super::Inputs;
use crate::bind::{BindError, BindFaultKind, BindOptions, Bound};
use crate::compiled::Compiled;
use crate::testing::{contents, example, kinds, notable, run};
use crate::value::Value;
use crate::warning::WarningCode;

fn item(json: &Json) -> Map<String, Json> {
    json.as_object().cloned().expect("an object")
}

fn try_bind(compiled: &Compiled, json: &Json) -> Result<Bound, BindError> {
    Inputs::of(compiled).bind(compiled, &item(json), &BindOptions::default())
}

#[test]
fn inputs_fill_document_fields_and_entries() {
    let tips = example("linkedin-tips");
    let bound = try_bind(
        &tips,
        &json!({ "key": 7, "input_1": "Cover", "input_2": "", "input_4": null, "input_5": "One", "input_8": "",
                 "input_11": "Three", "input_13": "https://a.example/3.png", "input_31": "x", "input_0": "x", "extra": "y" }),
    )
    .expect("it binds");
    assert_eq!(
        contents(&run(&tips, &bound)),
        [
            "intro: Cover | 1/4",
            "tip-text#1: 1 | One | 2/4",
            "tip-image#2: https://a.example/3.png | Three | 3/4",
            "outro: Follow for more"
        ]
    );
    assert_eq!(
        notable(&bound.warnings),
        [
            (WarningCode::UnknownLabel, "input_31"),
            (WarningCode::UnknownLabel, "input_0"),
            (WarningCode::UnknownLabel, "extra")
        ]
    );
}

#[test]
fn inputs_fill_lists() {
    let event = example("event-card");
    let bound =
        try_bind(&event, &json!({ "input_1": "T", "input_2": "2027-03-18", "input_8": "Grace", "input_5": "Ada" }))
            .expect("it binds");
    let Value::List(speakers) = &bound.data["speakers"] else { panic!("a list") };
    let names: Vec<String> = speakers
        .iter()
        .map(|speaker| match speaker {
            Value::Map(speaker) => speaker["name"].to_text(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(names, ["Ada", "Grace"]);
}

#[test]
fn faults_are_the_items_own() {
    let tips = example("linkedin-tips");
    let error = try_bind(&tips, &json!({ "input_1": "", "input_6": "only a body" })).expect_err("missing");
    assert_eq!(kinds(&error), [BindFaultKind::MissingField, BindFaultKind::MissingField]);
    assert_eq!(
        error.to_string(),
        "required fields are missing: 'title' (slide 'intro'), 'slide_title' (slide 'tip-text', entry 1)"
    );
}

#[test]
fn image_inputs_are_full_addresses() {
    let inputs = Inputs::of(&example("linkedin-tips"));
    for good in [json!("https://a.example/x.png"), json!("HTTP://a.example/x"), json!(""), json!(null)] {
        assert_eq!(inputs.check(&item(&json!({ "input_3": good })), "requests.0"), []);
    }
    for bad in [json!("a.example/x.png"), json!("assets/x.png"), json!("https://"), json!("ftp://a.example"), json!(5)]
    {
        let faults = inputs.check(&item(&json!({ "input_3": bad })), "requests.0");
        assert_eq!(faults.len(), 1, "{bad}");
        assert_eq!((faults[0].kind, faults[0].place.as_str()), (BindFaultKind::ImageUrl, "requests.0.input_3"));
    }
    let faults = inputs.check(&item(&json!({ "input_1": ["x"] })), "requests.4");
    assert_eq!(faults[0].kind, BindFaultKind::Shape);
}
