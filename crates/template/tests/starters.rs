//! Every template of the gallery, filled with its samples at all its sizes, and with hostile data.

use std::path::PathBuf;

use handbill_template::bind::native::{self, NativeData};
use handbill_template::bind::{BindOptions, render_api};
use handbill_template::document::JsonObject;
use handbill_template::resolve::{ResolveOptions, SizeChoice, resolve};
use handbill_template::{Compiled, read};
use serde_json::{Value, json};

fn starters() -> Vec<(String, Compiled)> {
    let gallery = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../templates");
    let mut folders: Vec<PathBuf> =
        std::fs::read_dir(&gallery).expect("the gallery").map(|entry| entry.expect("an entry").path()).collect();
    folders.sort();
    let compile = |folder: PathBuf| {
        let json = std::fs::read_to_string(folder.join("template.json")).expect("a template.json");
        let template = read(&json).unwrap_or_else(|faults| panic!("{}: {faults}", folder.display()));
        (template.id.clone(), Compiled::new(template).unwrap_or_else(|error| panic!("{error}")))
    };
    let found: Vec<_> =
        folders.into_iter().filter(|folder| folder.join("template.json").exists()).map(compile).collect();
    assert!(found.len() >= 2);
    found
}

#[test]
fn samples_fill_every_size_without_a_warning() {
    let preview = BindOptions { preview: true, ..BindOptions::default() };
    for (id, compiled) in starters() {
        let bound = native::bind(&compiled, &NativeData::default(), &preview).expect("samples bind");
        let declared = compiled.template().sizes.keys().map(String::as_str);
        for size in declared.chain(["", "600x600", "1920x700", "500x1500"]) {
            let options = ResolveOptions { size: SizeChoice::parse(size), ..ResolveOptions::default() };
            let resolved = resolve(&compiled, &bound, &options).unwrap_or_else(|error| panic!("{id} {size}: {error}"));
            assert!(resolved.warnings.is_empty(), "{id} {size}: {:?}", resolved.warnings);
            assert!(!resolved.document.slides.is_empty(), "{id} {size}");
        }
    }
}

#[test]
fn the_same_input_gives_the_same_document() {
    let preview = BindOptions { preview: true, ..BindOptions::default() };
    for (id, compiled) in starters() {
        let run = |compiled: &Compiled| {
            let bound = native::bind(compiled, &NativeData::default(), &preview).expect("samples bind");
            serde_json::to_string(&resolve(compiled, &bound, &ResolveOptions::default()).expect("resolves").document)
        };
        let again = Compiled::new(compiled.template().clone()).expect("it compiles");
        assert_eq!(run(&compiled).expect("json"), run(&again).expect("json"), "{id}");
    }
}

#[test]
fn hostile_values_are_survived() {
    let long = "é👩‍👩‍👧‍👦\u{202e}".repeat(3000);
    let nested = (0..100).fold(json!("x"), |inner, _| json!([inner]));
    let values = [
        json!(null),
        json!(true),
        json!(-1),
        json!(1e308),
        json!(0.1),
        json!(u64::MAX),
        json!(""),
        json!(" "),
        json!(long),
        json!("\0\n\r\t"),
        json!("{{title}}{% for x in y %}{#"),
        json!("$primary/40"),
        json!("javascript:alert(1)"),
        json!("file:///etc/passwd"),
        json!("../../x"),
        json!("data:image/svg+xml,<svg/>"),
        json!("2027-02-30"),
        json!("NaN"),
        json!([]),
        json!({}),
        json!([null, 1, {}]),
        nested,
        json!({ "title": { "title": [] } }),
    ];
    for (id, compiled) in starters() {
        let keys: Vec<String> = compiled.fields().document.iter().map(|known| known.field.key.clone()).collect();
        for value in &values {
            let mut data: JsonObject = keys.iter().map(|key| (key.clone(), value.clone())).collect();
            let entry: JsonObject = ["slide_title", "body", "image", "slide", "nope"]
                .map(|key| (key.to_owned(), value.clone()))
                .into_iter()
                .collect();
            data.insert("slides".to_owned(), json!([entry, value]));
            let native = NativeData { data: data.clone(), brand: data.clone(), nodes: data };
            for preview in [false, true] {
                let options = BindOptions { preview, ..BindOptions::default() };
                // Whatever it says, it answers.
                if let Ok(bound) = native::bind(&compiled, &native, &options) {
                    _ = resolve(&compiled, &bound, &ResolveOptions::default());
                }
            }
            let update = |label: &str| json!({ "type": "textbox", "label": label, "value": value, "fontSize": value, "fontColor": value });
            let body = json!({ "template_id": id, "branding": { "name": value }, "content_update": keys.iter().map(|key| update(key)).collect::<Vec<Value>>(),
                "carousel": { "intro_slide": value, "slides": [{ "heading": value, "elements": value }], "ending_slide": { "heading": value } } });
            if let Ok(request) = render_api::parse(&body, None)
                && let Ok(bound) = render_api::bind(&compiled, &request, &BindOptions::default())
            {
                _ = resolve(&compiled, &bound, &ResolveOptions::default());
            }
        }
    }
}
