//! Native data, previews, and node overrides.

use serde_json::{Value as Json, json};

use super::{NativeData, bind};
use crate::bind::{BindError, BindFaultKind, BindOptions, Bound};
use crate::compiled::Compiled;
use crate::resolved::{Color, NodeKind, Paint, Rgba};
use crate::testing::{compile, contents, example, kinds, node, notable, outline, run};
use crate::value::Value;
use crate::warning::WarningCode;

fn try_bind(compiled: &Compiled, body: &Json, options: &BindOptions) -> Result<Bound, BindError> {
    bind(compiled, &NativeData::parse(body)?, options)
}

fn bound(compiled: &Compiled, body: &Json) -> Bound {
    try_bind(compiled, body, &BindOptions::default()).unwrap_or_else(|error| panic!("{error}"))
}

fn preview(compiled: &Compiled, body: &Json) -> Bound {
    let options = BindOptions { preview: true, ..BindOptions::default() };
    try_bind(compiled, body, &options).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn data_brand_and_nodes_are_bound() {
    let tips = example("linkedin-tips");
    let body = json!({
        "data": { "title": "T", "Cover Image": "https://a.example/c.jpg", "slides": [
            { "slide_title": "One", "slide": "tip-image" }, { "heading": "Two", "body": "**b**" } ] },
        "brand": { "name": "Acme", "website_url": "https://acme.example", "colors": { "primary": "#00ff00" }, "fonts": { "heading": "Anton" } },
        "nodes": { "outro-qr": { "visible": false }, "title": { "text": "{{brand.name}}", "maxLines": 2 }, "intro-byline/page": { "text": "p" } }
    });
    let bound = bound(&tips, &body);
    assert_eq!(notable(&bound.warnings), []);
    let resolved = run(&tips, &bound);
    assert_eq!(
        contents(&resolved),
        [
            "intro: https://a.example/c.jpg | {{brand.name}} | Acme | p",
            "tip-image#1: One | Acme | 2/4",
            "tip-text#2: 2 | Two | **b** | Acme | 3/4",
            "outro: Follow for more",
        ]
    );
    let NodeKind::Text(title) = &node(&resolved, "title").kind else { panic!("a text") };
    assert_eq!((title.base.family.as_str(), title.max_lines), ("Anton", Some(2)));
    assert_eq!(resolved.document.slides[3].background, [Paint::Solid(Color::Rgba(Rgba([0, 255, 0, 255])))]);
}

#[test]
fn what_is_wrong_is_told() {
    let tips = example("linkedin-tips");
    let body = json!({ "data": { "title": "T", "titel": "x", "slides": [{ "slide_title": "a", "slide": "nope" }] },
        "brand": { "email": "x", "colors": { "primary": "greenish" } }, "nodes": { "titel": { "visible": false }, "title": { "fontsize": 3, "maxLines": "many", "when": "x", "fontSize": 20 } } });
    let warned = bound(&tips, &body);
    assert_eq!(
        notable(&warned.warnings),
        [
            (WarningCode::UnknownLabel, "titel"),
            (WarningCode::UnknownLabel, "brand.email"),
            (WarningCode::InvalidValue, "brand.colors.primary"),
            (WarningCode::UnknownLabel, "titel"),
            (WarningCode::InvalidValue, "nodes.title.fontsize"),
            (WarningCode::InvalidValue, "nodes.title.maxLines"),
            (WarningCode::InvalidValue, "nodes.title.when"),
            (WarningCode::UnknownLabel, "nope"),
        ]
    );
    assert_eq!(warned.overrides[0].set, json!({ "fontSize": 20 }).as_object().cloned().expect("an object"));
    let strict = BindOptions { strict: true, ..BindOptions::default() };
    assert_eq!(try_bind(&tips, &body, &strict).expect_err("strict").faults.len(), 7);

    let table = [
        (json!({ "data": [] }), BindFaultKind::Shape),
        (json!({ "data": { "title": "T", "slides": 3 } }), BindFaultKind::Shape),
        (json!({ "data": { "title": "T", "slides": [3] } }), BindFaultKind::Shape),
        (json!({ "data": { "title": "T" }, "brand": { "name": 3 } }), BindFaultKind::Shape),
        (json!({ "data": { "title": "T" }, "nodes": { "title": 3 } }), BindFaultKind::Shape),
        (json!({ "data": {} }), BindFaultKind::MissingField),
    ];
    for (body, kind) in table {
        let error = try_bind(&tips, &body, &BindOptions::default()).expect_err(&body.to_string());
        assert_eq!(kinds(&error), [kind], "{body}");
    }
}

#[test]
fn entries_are_cut_when_asked() {
    let tips = example("linkedin-tips");
    let entries: Vec<Json> = (0..30).map(|n| json!({ "slide_title": n })).collect();
    let options = BindOptions { truncate: true, ..BindOptions::default() };
    let bound = try_bind(&tips, &json!({ "data": { "title": "T", "slides": entries } }), &options).expect("cut");
    assert_eq!(bound.entries["slides"].len(), 18);
    assert_eq!(notable(&bound.warnings), [(WarningCode::EntryCount, "slides")]);
}

#[test]
fn lists_have_required_parts_and_bounds() {
    let event = example("event-card");
    let data = |speakers: Json| json!({ "data": { "title": "T", "starts": "2027-03-18", "speakers": speakers } });
    let error = |speakers| try_bind(&event, &data(speakers), &BindOptions::default()).expect_err("wrong").to_string();
    assert_eq!(
        error(json!([{ "name": "A" }, { "job": "x" }])),
        "a required field is missing: 'speakers[1].name' (slide 'event')"
    );
    assert_eq!(error(json!([])), "a required field is missing: 'speakers' (slide 'event')");
    let seven = vec![json!({ "name": "A" }); 7];
    assert_eq!(error(json!(seven)), "'speakers' takes 1 to 6 items, and 7 are given");
}

#[test]
fn slides_of_a_group_require_their_own_fields() {
    let compiled = compile(json!({ "format": 1, "id": "t", "canvas": { "width": 100, "height": 100 }, "slides": [
        { "id": "photo", "repeat": { "each": "slides" }, "when": "image", "fields": [
            { "key": "image", "type": "image" }, { "key": "credit", "type": "text", "required": true } ],
          "children": [{ "type": "image", "src": "{{image}}" }, { "type": "text", "text": "{{credit}}" }] },
        { "id": "words", "repeat": { "each": "slides" }, "fields": [{ "key": "line", "type": "text", "required": true }],
          "children": [{ "type": "text", "text": "{{line}}" }] } ] }));
    let slides = json!([{ "image": "assets/a.png", "credit": "me" }, { "line": "l" }, { "image": "assets/a.png" }, {}]);
    let error =
        try_bind(&compiled, &json!({ "data": { "slides": slides } }), &BindOptions::default()).expect_err("missing");
    assert_eq!(
        error.to_string(),
        "required fields are missing: 'credit' (slide 'photo', entry 3), 'line' (slide 'words', entry 4)"
    );
}

#[test]
fn optional_fields_without_a_value_are_noted_once() {
    let tips = example("linkedin-tips");
    let bound = bound(
        &tips,
        &json!({ "data": { "title": "T", "slides": [{ "slide_title": "a" }, { "slide_title": "b", "body": "" }] } }),
    );
    let unfilled: Vec<&str> =
        bound.warnings.iter().filter(|w| w.code == WarningCode::Unfilled).map(|w| w.message.as_str()).collect();
    assert_eq!(
        unfilled,
        [
            "'subtitle' was given no value and has no default",
            "'main_image' was given no value and has no default",
            "'body' was given no value in 1 of 2 entries",
            "'image' was given no value in 2 of 2 entries",
        ]
    );
}

#[test]
fn a_refused_value_is_told_once() {
    let compiled = compile(json!({ "format": 1, "id": "t", "canvas": { "width": 100, "height": 100 },
        "fields": [{ "key": "date", "type": "date" }], "slides": [
        { "id": "a", "repeat": { "each": "slides" }, "fields": [{ "key": "price", "type": "number" }],
          "children": [{ "type": "text", "text": "{{date}} {{price}}" }] } ] }));
    let given = json!({ "data": { "date": "soon", "slides": [{ "price": "much" }, {}, { "price": 1 }] } });
    let told: Vec<(WarningCode, String)> =
        bound(&compiled, &given).warnings.into_iter().map(|w| (w.code, w.message)).collect();
    let codes: Vec<WarningCode> = told.iter().map(|(code, _)| *code).collect();
    assert_eq!(codes, [WarningCode::InvalidValue, WarningCode::InvalidValue, WarningCode::Unfilled], "{told:?}");
    assert_eq!(told[2].1, "'price' was given no value in 1 of 3 entries");
}

#[test]
fn absent_entry_fields_hide_document_fields() {
    let compiled = compile(json!({ "format": 1, "id": "t", "canvas": { "width": 100, "height": 100 },
        "fields": [{ "key": "image", "type": "text", "default": "document's" }], "slides": [
        { "id": "a", "repeat": { "each": "slides" }, "fields": [{ "key": "image", "type": "text" }],
          "children": [{ "type": "text", "text": "[{{image}}]" }] } ] }));
    let bound = bound(&compiled, &json!({ "data": { "slides": [{}, { "image": "own" }] } }));
    assert_eq!(contents(&run(&compiled, &bound)), ["a#1: []", "a#2: [own]"]);
}

#[test]
fn groups_rotate_their_plain_slides() {
    let slide = |id: &str, when: Json| {
        let mut slide = json!({ "id": id, "repeat": { "each": "slides" }, "children": [{ "type": "text", "text": "{{item.number}} {{x}}" }] });
        if when.is_string() {
            slide["when"] = when;
        }
        slide
    };
    let rotating = compile(json!({ "format": 1, "id": "t", "canvas": { "width": 1, "height": 1 },
        "slides": [slide("big", json!("x == 'big'")), slide("a", json!(null)), slide("b", json!(null))] }));
    let entries =
        json!({ "data": { "slides": [{ "x": "1" }, { "x": "big" }, { "x": "2" }, { "slide": "b" }, { "x": "3" }] } });
    let ids = |compiled: &Compiled| -> Vec<String> {
        run(compiled, &bound(compiled, &entries)).document.slides.iter().map(|slide| slide.id.clone()).collect()
    };
    assert_eq!(ids(&rotating), ["a#1", "big#2", "b#3", "b#4", "a#5"]);
    let conditional = compile(json!({ "format": 1, "id": "t", "canvas": { "width": 1, "height": 1 },
        "slides": [slide("first", json!("x == 'never'")), slide("big", json!("x == 'big'"))] }));
    assert_eq!(ids(&conditional), ["first#1", "big#2", "first#3", "first#4", "first#5"]);
}

#[test]
fn previews_are_filled_from_samples() {
    let tips = example("linkedin-tips");
    let resolved = run(&tips, &preview(&tips, &json!({})));
    assert_eq!(
        contents(&resolved),
        [
            "intro: assets/cover.jpg | 7 habits of teams that ship every week | Small rules that beat big plans | assets/avatar.jpg | Jane Doe | @janedoe | 1/4",
            "tip-text#1: 1 | Write the release note first | If you can't explain the change in two lines, the change is ==too big==. | assets/avatar.jpg | Jane Doe | @janedoe | 2/4",
            "tip-image#2: assets/cover.jpg | Demo on Fridays | Ten minutes, no slides. | assets/avatar.jpg | Jane Doe | @janedoe | 3/4",
            "outro: assets/avatar.jpg | Follow for more | Helping teams ship | https://jane.example",
        ]
    );
    let partly = preview(
        &tips,
        &json!({ "data": { "title": "Mine", "slides": [{ "slide_title": "Only" }] }, "brand": { "name": "Me" } }),
    );
    assert_eq!(partly.data["title"], Value::from("Mine"));
    assert_eq!(partly.entries["slides"].len(), 1);
    assert_eq!(
        (&partly.brand.values["name"], &partly.brand.values["handle"]),
        (&Value::from("Me"), &Value::from("@janedoe"))
    );
}

#[test]
fn the_brand_of_the_template_is_for_previews_only() {
    let tips = example("linkedin-tips");
    let bound = bound(&tips, &json!({ "data": { "title": "T" } }));
    assert_eq!(contents(&run(&tips, &bound))[0], "intro: T | 1/2");
}

#[test]
fn the_examples_resolve_with_their_samples() {
    let lines = |name: &str| {
        let compiled = example(name);
        let resolved = run(&compiled, &preview(&compiled, &json!({})));
        assert!(resolved.warnings.is_empty(), "{name}: {:?}", resolved.warnings);
        outline(&resolved)
    };
    assert_eq!(
        lines("event-card"),
        [
            "[event]",
            "  head",
            "    title Building calm software teams",
            "    when Thursday, 18 March 2027 · 17:00 · Online",
            "  grid-3",
            "    speaker-3#1",
            "      speaker-3#1/initials",
            "        speaker-3#1/letters AL",
            "      speaker-3#1/name Ada Lovelace",
            "      speaker-3#1/job Analyst, Engine Co.",
            "    speaker-3#2",
            "      speaker-3#2/initials",
            "        speaker-3#2/letters GH",
            "      speaker-3#2/name Grace Hopper",
            "      speaker-3#2/job Rear admiral",
            "    speaker-3#3",
            "      speaker-3#3/initials",
            "        speaker-3#3/letters ED",
            "      speaker-3#3/name Edsger W. Dijkstra",
            "  join",
            "    join-label Save your seat"
        ]
    );
    let certificate = lines("certificate").join("\n");
    assert!(certificate.contains("what has completed Introduction to typography (40 hours)."), "{certificate}");
    assert!(certificate.contains("issued 2 May 2027"), "{certificate}");
    assert!(!certificate.contains("seal") && certificate.contains("signature-text Head of studies"), "{certificate}");
    let ad = lines("product-ad").join("\n");
    assert!(ad.contains("was €119.00") && ad.contains("now €89.90") && ad.contains("ribbon-text Sale"), "{ad}");
    let quote = lines("quote-card").join("\n");
    assert!(quote.contains("quote-short Simplicity") && !quote.contains("quote-long"), "{quote}");
}

#[test]
fn a_misspelt_label_is_named_with_the_field_that_is_missing_for_it() {
    let body = json!({ "data": { "titel": "A", "slides": [{ "slide_title": "B" }] } });
    let error = try_bind(&example("linkedin-tips"), &body, &BindOptions::default()).expect_err("the title is missing");
    let error = error.to_string();
    assert!(error.contains("'title'") && error.contains("did you mean 'title'?"), "{error}");
}
