//! Every starter template: without faults and advice, written as Handbill writes, and fit for what people will fill it
//! with: its samples, the least that a request may give, and texts as long as its fields allow.

use handbill_render::{Input, Options};
use handbill_template::bind::BindOptions;
use handbill_template::bind::native::{NativeData, bind};
use handbill_template::compiled::Compiled;
use handbill_template::document::{Field, FieldType};
use handbill_template::resolve::{ResolveOptions, SizeChoice, resolve};
use handbill_template::{Warning, WarningCode};
use handbill_visual::{draw, starters};
use serde_json::{Map, Value, json};

/// Words of common lengths, as a text of any length is made of.
const WORDS: &str = "Large plans fail quietly because nobody can hold them in their head. Write the smallest thing that would be worth having, \
     put a date on it, and tell somebody outside. ";

fn compiled(name: &str) -> Compiled {
    starters::compiled(name).unwrap_or_else(|fault| panic!("{name}: {fault}"))
}

#[test]
fn starters_are_written_canonically_and_leave_nothing_to_advise() {
    let names = starters::names().unwrap();
    assert!(names.len() > 1, "{names:?}");
    for name in names {
        let json = starters::source(&name).unwrap();
        let template = handbill_template::read(&json).unwrap_or_else(|faults| panic!("{name}: {faults}"));
        assert_eq!(template.id, name, "the folder is named as the template");
        assert_eq!(template.license.as_deref(), Some("CC0-1.0"), "{name}");
        assert_eq!(handbill_template::lint(&template), [], "{name}");
        assert!(
            handbill_template::write(&template) == json,
            "{name} is not as `handbill template check --write` writes it"
        );
    }
}

#[test]
fn starters_draw_their_samples_without_a_warning() {
    at_once(|name| {
        let warnings = draw_all_sizes(name, &json!({}), &preview());
        assert_eq!(told(warnings, &[]), "", "{name}");
    });
}

#[test]
fn starters_draw_the_least_that_a_request_may_give() {
    at_once(|name| {
        let request = filled(&compiled(name), &|field| field.required == Some(true), &|_| "Go".to_owned());
        let warnings = draw_all_sizes(name, &request, &BindOptions::default());
        assert_eq!(told(warnings, &[WarningCode::Unfilled, WarningCode::TextShrunk]), "", "{name}");
    });
}

#[test]
fn starters_hold_texts_as_long_as_their_fields_allow() {
    at_once(|name| {
        let long = |field: &Field| -> String {
            let most = field.max_length.unwrap_or_else(|| panic!("{name}: {} has no maxLength", field.key));
            WORDS.chars().cycle().take(most as usize).collect::<String>().trim_end().to_owned()
        };
        let request = filled(&compiled(name), &|field| field.kind == FieldType::Text, &long);
        let warnings = draw_all_sizes(name, &request, &preview());
        assert_eq!(told(warnings, &[WarningCode::Unfilled, WarningCode::TextShrunk]), "", "{name}");
    });
}

/// Each starter in a thread of its own.
fn at_once(check: impl Fn(&str) + Sync) {
    let names = starters::names().unwrap();
    std::thread::scope(|scope| {
        for name in &names {
            scope.spawn(|| check(name));
        }
    });
}

fn preview() -> BindOptions {
    BindOptions { preview: true, ..BindOptions::default() }
}

/// A line for each warning but the expected ones.
fn told(warnings: Vec<(String, Warning)>, expected: &[WarningCode]) -> String {
    let unexpected = warnings.into_iter().filter(|(_, warning)| !expected.contains(&warning.code));
    unexpected.map(|(size, warning)| format!("{size}: {:?}: {}\n", warning.code, warning.message)).collect()
}

/// A request with a value for each chosen field, and one entry for a repeat group.
fn filled(compiled: &Compiled, chosen: &dyn Fn(&Field) -> bool, text: &dyn Fn(&Field) -> String) -> Value {
    let template = compiled.template();
    let values = |fields: &[Field]| -> Map<String, Value> {
        fields.iter().filter(|field| chosen(field)).map(|field| (field.key.clone(), example(field, text))).collect()
    };
    let mut data = values(&template.fields);
    for slide in &template.slides {
        match &slide.repeat {
            Some(repeat) => drop(data.insert(repeat.each.0.clone(), json!([values(&slide.fields)]))),
            None => data.append(&mut values(&slide.fields)),
        }
    }
    json!({ "data": data })
}

fn example(field: &Field, text: &dyn Fn(&Field) -> String) -> Value {
    match field.kind {
        FieldType::Text => Value::String(text(field)),
        _ => field
            .sample
            .clone()
            .or_else(|| field.default.clone())
            .unwrap_or_else(|| panic!("{} has no sample", field.key)),
    }
}

/// What drawing the canvas and all sizes had to say, with the size's name.
fn draw_all_sizes(name: &str, request: &Value, options: &BindOptions) -> Vec<(String, Warning)> {
    let compiled = compiled(name);
    let native = NativeData::parse(request).unwrap();
    let bound = bind(&compiled, &native, options).unwrap_or_else(|error| panic!("{name}: {error}"));
    let mut engine = draw::engine().unwrap();
    let mut warnings = Vec::new();
    for size in std::iter::once("").chain(compiled.template().sizes.keys().map(String::as_str)) {
        let resolve_options = ResolveOptions { size: SizeChoice::parse(size), ..ResolveOptions::default() };
        let resolution =
            resolve(&compiled, &bound, &resolve_options).unwrap_or_else(|error| panic!("{name} {size}: {error}"));
        let assets = starters::assets(name, &resolution.document);
        let input = Input { document: resolution.document, assets, options: Options::default() };
        let rendered = engine.render(&input, &mut |_| ()).unwrap_or_else(|error| panic!("{name} {size}: {error}"));
        assert!(!rendered.pictures.is_empty(), "{name} {size}");
        let told = resolution.warnings.into_iter().chain(rendered.report.warnings);
        warnings.extend(told.map(|warning| (size.to_owned(), warning)));
    }
    warnings
}
