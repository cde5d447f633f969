//! Requests of the Render API as tables: what they fill, what they are told.

use serde_json::{Value as Json, json};

use super::{bind, parse};
use crate::bind::{BindError, BindFaultKind, BindOptions, Bound};
use crate::compiled::Compiled;
use crate::resolved::{Color, Length, NodeKind, Paint, Rgba};
use crate::testing::{compile, contents, example, kinds, node, notable, run};
use crate::warning::WarningCode;

fn try_bind(compiled: &Compiled, mut body: Json) -> Result<Bound, BindError> {
    body["template_id"] = json!(123);
    bind(compiled, &parse(&body, None)?, &BindOptions::default())
}

fn bound(compiled: &Compiled, body: Json) -> Bound {
    try_bind(compiled, body).unwrap_or_else(|error| panic!("{error}"))
}

/// What comes out of a request: its slides' contents.
fn shown(compiled: &Compiled, body: Json) -> Vec<String> {
    contents(&run(compiled, &bound(compiled, body)))
}

#[test]
fn the_shape_is_checked_without_a_template() {
    let body = json!({ "template_id": 123, "tool": "carousel-maker", "output": "PDF", "token": "x", "profile_id": 5,
        "ai_carousel": true, "branding": { "name": "Jane", "email": "x", "bio": null },
        "metadata": { "a": 1 }, "webhook_url": "https://a.example/hook", "strict": true });
    let request = parse(&body, None).expect("it parses");
    assert_eq!(request.template_id, "123");
    assert_eq!(request.output, "pdf");
    assert!(request.carousel_tool && request.strict && request.carousel.is_none());
    assert_eq!(request.branding.keys().collect::<Vec<_>>(), ["name"]);
    assert_eq!(
        notable(&request.warnings),
        [(WarningCode::UnknownLabel, "branding.email"), (WarningCode::UnknownLabel, "ai_carousel")]
    );
    assert_eq!(request.metadata, Some(json!({ "a": 1 })));

    let table = [
        (json!([]), "the body must be a JSON object"),
        (json!({}), "template_id is required"),
        (json!({ "template_id": "" }), "template_id is required"),
        (json!({ "template_id": 1.5 }), "template_id must be a string or an integer"),
        (
            json!({ "template_id": "a", "output": "gif" }),
            "output must be one of png, jpg, jpeg, pdf, webp, avif, not \"gif\"",
        ),
        (json!({ "template_id": "a", "branding": [] }), "branding must be an object"),
        (json!({ "template_id": "a", "branding": { "name": [] } }), "branding.name must be a string"),
        (json!({ "template_id": "a", "content_update": {} }), "content_update must be an array"),
        (
            json!({ "template_id": "a", "carousel": "x" }),
            "carousel must be an array, or an object with intro_slide, slides, ending_slide",
        ),
        (
            json!({ "template_id": "a", "carousel": [{ "content_fields": {} }] }),
            "carousel[0].content_fields must be an array",
        ),
        (json!({ "template_id": "a", "carousel": { "slides": {} } }), "carousel.slides must be an array"),
        (json!({ "template_id": "a", "strict": "yes" }), "strict must be true or false"),
        (
            json!({ "template_id": "a", "content_update": [{ "label": "x" }, { "type": "textbox" }, { "type": "video", "label": "x" }, 5] }),
            "content_update[0].type is required; content_update[1].label is required; \
             content_update[2].type must be textbox, image or shape, not 'video'; \
             content_update[3] must be an object with type, label and value",
        ),
    ];
    for (body, expected) in table {
        let error = parse(&body, None).expect_err(&body.to_string());
        assert_eq!(error.to_string(), expected, "{body}");
    }
}

#[test]
fn the_tool_is_read_from_body_and_query() {
    let table = [
        (json!({}), None, false, 0),
        (json!({}), Some("carousel-maker"), true, 0),
        (json!({ "tool": "" }), Some("carousel-maker"), true, 0),
        (json!({ "tool": "carousel-maker" }), None, true, 0),
        (json!({ "tool": "video" }), None, false, 1),
        (json!({}), Some("other"), false, 1),
    ];
    for (mut body, query, expected, warnings) in table {
        body["template_id"] = json!("x");
        let request = parse(&body, query).expect("it parses");
        assert_eq!((request.carousel_tool, request.warnings.len()), (expected, warnings), "{body} {query:?}");
    }
}

#[test]
fn the_three_shapes_of_a_carousel() {
    let tips = example("linkedin-tips");
    let array = json!({
        "branding": { "name": "Jane", "handle": "@jane" },
        "content_update": [{ "type": "textbox", "label": "title", "value": "Cover" }, { "type": "textbox", "label": "cta", "value": "Go" }],
        "carousel": [
            { "content_fields": [{ "type": "textbox", "label": "slide_title", "value": "One" }, { "type": "textbox", "label": "Explanation", "value": "Body" }] },
            { "content_fields": [{ "type": "textbox", "label": "Slide Title", "value": "Two" }, { "type": "image", "label": "image", "value": "https://a.example/2.png" }] },
        ]
    });
    let object = json!({
        "branding": { "name": "Jane", "handle": "@jane" },
        "carousel": {
            "intro_slide": { "heading": "Cover" },
            "slides": [{ "heading": "One", "description": "Body" }, { "heading": "Two", "image": "https://a.example/2.png" }],
            "ending_slide": { "heading": "Go" } }
    });
    let elements = json!({
        "branding": { "name": "Jane", "handle": "@jane" },
        "carousel_content": {
            "intro_slide": { "elements": { "heading": { "type": "text", "value": "Cover" } } },
            "slides": [
                { "elements": { "slide_title": { "type": "text", "value": "One" }, "text": { "type": "text", "value": "Body" } } },
                { "elements": { "heading": { "type": "text", "value": "Two" }, "image": { "type": "image", "value": "https://a.example/2.png" } } } ],
            "ending_slide": { "elements": { "heading": { "type": "text", "value": "Go" } } } }
    });
    let expected = [
        "intro: Cover | Jane | @jane | 1/4",
        "tip-text#1: 1 | One | Body | Jane | @jane | 2/4",
        "tip-image#2: https://a.example/2.png | Two | Jane | @jane | 3/4",
        "outro: Go",
    ];
    for body in [array, object, elements] {
        let bound = bound(&tips, body.clone());
        assert_eq!(notable(&bound.warnings), [], "{body}");
        let resolved = run(&tips, &bound);
        assert_eq!(contents(&resolved), expected, "{body}");
        assert!(resolved.document.carousel);
    }
}

#[test]
fn roles_mean_fields_by_their_place_when_no_label_says_so() {
    let compiled = compile(json!({ "format": 1, "id": "t", "canvas": { "width": 100, "height": 100 }, "slides": [
        { "id": "first", "children": [{ "type": "text", "text": "{{top}}/{{below}}" }, { "type": "image", "src": "{{pic}}" }] },
        { "id": "mid", "repeat": { "each": "points" }, "children": [{ "type": "text", "text": "{{point}}-{{detail}}-{{from_first}}" }] },
        { "id": "last", "children": [{ "type": "text", "text": "{{bye}}" }] } ] }));
    let shown = shown(
        &compiled,
        json!({ "carousel": {
        "intro_slide": { "heading": "H", "description": "D", "image": "https://a.example/p.png" },
        "slides": [{ "heading": "A", "description": "a" }, { "heading": "B", "top": "only here" }],
        "ending_slide": { "heading": "Bye" } } }),
    );
    assert_eq!(shown, ["first: H/D | https://a.example/p.png", "mid#1: A-a-", "mid#2: B--", "last: Bye"]);
}

#[test]
fn document_values_in_an_entry_hold_for_its_slide_only() {
    let compiled = compile(json!({ "format": 1, "id": "t", "canvas": { "width": 100, "height": 100 },
        "fields": [{ "key": "mood", "type": "text", "default": "calm" }], "slides": [
        { "id": "a", "repeat": { "each": "slides" }, "children": [{ "type": "text", "text": "{{point}} {{mood}}" }] },
        { "id": "z", "children": [{ "type": "text", "text": "end {{mood}}" }] } ] }));
    let entry = |fields: Json| json!({ "content_fields": fields });
    let text = |label: &str, value: &str| json!({ "type": "textbox", "label": label, "value": value });
    let body = json!({ "content_update": [text("mood", "loud"), text("mood", "louder")], "carousel": [
        entry(json!([text("point", "1"), text("mood", "quiet")])), entry(json!([text("point", "2")])) ] });
    assert_eq!(shown(&compiled, body), ["a#1: 1 quiet", "a#2: 2 louder", "z: end louder"]);
}

#[test]
fn templates_without_a_repeating_slide_take_entries_too() {
    let entry = |value: &str| json!({ "content_fields": [{ "type": "textbox", "label": "title", "value": value }] });
    let single = compile(json!({ "format": 1, "id": "t", "canvas": { "width": 100, "height": 100 }, "slides": [
        { "id": "only", "fields": [{ "key": "title", "type": "text", "required": true }, { "key": "foot", "type": "text" }],
          "children": [{ "type": "text", "text": "{{title}} {{foot}} {{slide.number}}/{{slide.count}}" }] } ] }));
    let body = json!({ "content_update": [{ "type": "textbox", "label": "foot", "value": "f" }], "carousel": [entry("A"), entry("B")] });
    assert_eq!(shown(&single, body), ["only#1: A f 1/2", "only#2: B f 2/2"]);
    assert!(bound(&single, json!({ "carousel": [entry("A")] })).carousel);
    let error = try_bind(&single, json!({ "carousel": [entry("A"), {}] })).expect_err("no title");
    assert_eq!(error.to_string(), "a required field is missing: 'title' (slide 'only', entry 2)");

    let field =
        |key: &str, required: bool| json!({ "key": key, "type": "text", "required": required, "aliases": ["title"] });
    let slide = |id: &str, key: &str, required: bool| json!({ "id": id, "fields": [field(key, required)], "children": [{ "type": "text", "text": format!("{{{{{key}}}}}!") }] });
    let deck = compile(json!({ "format": 1, "id": "t", "canvas": { "width": 100, "height": 100 }, "slides": [
        slide("s1", "a", true), slide("s2", "b", true), slide("s3", "c", true), slide("s4", "d", false) ] }));
    assert_eq!(shown(&deck, json!({ "carousel": [entry("A"), entry("B")] })), ["s1: A!", "s2: B!", "s4: !"]);
    let shape = json!({ "carousel": { "intro_slide": { "heading": "I" }, "slides": [{ "title": "S" }], "ending_slide": { "heading": "E" } } });
    assert_eq!(shown(&deck, shape), ["s1: I!", "s2: S!", "s4: E!"]);
    let five: Vec<Json> = (0..5).map(|_| entry("x")).collect();
    let error = try_bind(&deck, json!({ "carousel": five })).expect_err("too many");
    assert_eq!(error.to_string(), "the template has 4 slides to fill, and 5 entries are given");
}

#[test]
fn labels_that_do_not_fit_are_named() {
    let tips = example("linkedin-tips");
    let update = |kind: &str, label: &str| json!({ "type": kind, "label": label, "value": "x" });
    let title = update("textbox", "title");
    let entries = json!([{ "content_fields": [update("textbox", "slide_title")] }]);
    let body = |updates: Json| json!({ "content_update": updates, "carousel": entries });

    let warned = bound(
        &tips,
        body(json!([
            title,
            update("textbox", "sub_titel"),
            update("textbox", "slide_title"),
            update("textbox", "zzzzzz")
        ])),
    );
    let messages: Vec<&str> =
        warned.warnings.iter().filter(|w| w.code == WarningCode::UnknownLabel).map(|w| w.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "content_update[1]: the template has no 'sub_titel'; did you mean 'subtitle'?",
            "content_update[2]: the template has no 'slide_title'; it is a field of the carousel's slides: give it in their entries",
            "content_update[3]: the template has no 'zzzzzz'; there are title, subtitle, main_image, cta",
        ]
    );
    assert_eq!(warned.warnings[0].to, Some(json!("subtitle")));

    let mut strict = body(json!([title, update("textbox", "sub_titel")]));
    strict["strict"] = json!(true);
    let error = try_bind(&tips, strict).expect_err("strict");
    assert_eq!(kinds(&error), [BindFaultKind::UnknownLabel]);

    let wrong = body(json!([
        update("image", "title"),
        update("textbox", "main_image"),
        update("shape", "cta"),
        update("image", "outro-cta")
    ]));
    let error = try_bind(&tips, wrong).expect_err("kinds");
    let messages: Vec<&str> = error.faults.iter().map(|fault| fault.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "content_update[0]: 'title' is a text field, and an image cannot fill it; its type is \"textbox\"",
            "content_update[1]: 'main_image' is an image field, and a textbox cannot fill it; its type is \"image\"",
            "content_update[2]: 'cta' is a text field, and a shape cannot fill it; its type is \"textbox\"",
            "content_update[3]: 'outro-cta' is a text node, and an image cannot fill it; its type is \"textbox\"",
            "'title' (slide 'intro')",
        ]
    );

    let ambiguous = bound(&tips, body(json!([title, update("textbox", "heading")])));
    assert_eq!(notable(&ambiguous.warnings), [(WarningCode::AmbiguousLabel, "heading")]);
}

#[test]
fn every_missing_field_is_named_with_its_slide() {
    let tips = example("linkedin-tips");
    let body = json!({ "carousel": [{ "content_fields": [] }, { "content_fields": [{ "type": "textbox", "label": "slide_title", "value": "" }] }] });
    let error = try_bind(&tips, body).expect_err("missing");
    assert_eq!(
        error.to_string(),
        "required fields are missing: 'title' (slide 'intro'), 'slide_title' (slide 'tip-text', entry 1), \
         'slide_title' (slide 'tip-text', entry 2)"
    );
    let ad = example("product-ad");
    let update = |label: &str, value: Json| json!({ "type": "textbox", "label": label, "value": value });
    let error = try_bind(&ad, json!({ "content_update": [update("price", json!("much"))] })).expect_err("missing");
    assert_eq!(
        error.to_string(),
        "required fields are missing: 'product' (slide 'ad'), 'photo' (slide 'ad'), 'price' (slide 'ad', 'much' is not a number)"
    );
}

#[test]
fn entries_are_counted() {
    let tips = example("linkedin-tips");
    let entry = json!({ "content_fields": [{ "type": "textbox", "label": "slide_title", "value": "x" }] });
    let title = json!([{ "type": "textbox", "label": "title", "value": "T" }]);
    let body = |carousel: Json| json!({ "content_update": title, "carousel": carousel });
    for none in [json!([]), json!(null), json!({})] {
        let bound = bound(&tips, body(none));
        assert_eq!(notable(&bound.warnings), [(WarningCode::EntryCount, "slides")]);
        assert_eq!(contents(&run(&tips, &bound)), ["intro: T | 1/2", "outro: Follow for more"]);
    }
    let many = vec![entry.clone(); 19];
    let error = try_bind(&tips, body(json!(many))).expect_err("too many");
    assert_eq!(error.to_string(), "'slides' takes 1 to 18 entries, and 19 are given");
    let mut strict = body(json!([]));
    strict["strict"] = json!(true);
    let error = try_bind(&tips, strict).expect_err("strict");
    assert_eq!(kinds(&error), [BindFaultKind::EntryCount]);
    assert_eq!(error.to_string(), "no entries are given for 'slides'; a strict request gives at least one");
}

#[test]
fn null_means_the_default_and_an_empty_text_is_empty() {
    let tips = example("linkedin-tips");
    let body = |cta: Json| json!({ "content_update": [{ "type": "textbox", "label": "title", "value": "T" }, { "type": "textbox", "label": "cta", "value": cta }] });
    let last = |body: Json| shown(&tips, body).pop();
    assert_eq!(last(body(json!(null))).as_deref(), Some("outro: Follow for more"));
    assert_eq!(last(body(json!(""))).as_deref(), Some("outro: "));
    assert_eq!(last(body(json!(7))).as_deref(), Some("outro: 7"));
}

#[test]
fn looks_reach_the_nodes_that_show_a_field() {
    let tips = example("linkedin-tips");
    let body = json!({
        "content_update": [
            { "type": "textbox", "label": "title", "value": "T", "fontSize": "48px", "fontColor": "#ff0000", "textboxMaxHeight": 300 },
            { "type": "image", "label": "main_image", "value": "https://a.example/a.png", "opacity": 0.4 },
            { "type": "shape", "label": "number-disc", "fill": "rgb(0, 255, 0)", "opacity": "0.5" },
            { "type": "textbox", "label": "subtitle", "value": "S", "fontSize": "big", "fontColor": "reddish" } ],
        "carousel": [
            { "content_fields": [{ "type": "textbox", "label": "slide_title", "value": "One", "fontSize": 20 }] },
            { "content_fields": [{ "type": "textbox", "label": "slide_title", "value": "Two" }] } ]
    });
    let bound = bound(&tips, body);
    assert_eq!(
        notable(&bound.warnings),
        [
            (WarningCode::InvalidValue, "content_update[3].fontSize"),
            (WarningCode::InvalidValue, "content_update[3].fontColor")
        ]
    );
    let resolved = run(&tips, &bound);
    let title = node(&resolved, "title");
    let NodeKind::Text(text) = &title.kind else { panic!("a text") };
    assert!((text.base.size - 48.0).abs() < 1e-9);
    assert_eq!(text.base.fill, [Paint::Solid(Color::Rgba(Rgba([255, 0, 0, 255])))]);
    assert_eq!(title.placement.max_height, Some(Length::Px(300.0)));
    assert!((node(&resolved, "hero").effects.opacity - 0.4).abs() < 1e-9);
    let disc = node(&resolved, "number-disc");
    let NodeKind::Shape(shape) = &disc.kind else { panic!("a shape") };
    assert_eq!(shape.fill, [Paint::Solid(Color::Rgba(Rgba([0, 255, 0, 255])))]);
    assert!((disc.effects.opacity - 0.5).abs() < 1e-9);
    let sizes: Vec<f64> = resolved.document.slides[1..3]
        .iter()
        .map(|slide| {
            let NodeKind::Frame(copy) = &slide.frame.children[2].kind else { panic!("a frame") };
            let NodeKind::Text(text) = &copy.children[0].kind else { panic!("a text") };
            text.base.size
        })
        .collect();
    assert_eq!(sizes, [20.0, 76.0]);
}

#[test]
fn looks_reach_into_components_and_past_fill() {
    let compiled = compile(json!({ "format": 1, "id": "t", "canvas": { "width": 100, "height": 100 },
        "components": { "c": { "fields": [{ "key": "what", "type": "text" }],
            "node": { "type": "frame", "id": "r", "layout": "row", "children": [{ "type": "text", "id": "in", "text": "{{what}}", "maxHeight": 30, "width": 50, "height": 20, "fit": { "mode": "fill", "max": 90 } }] } } },
        "slides": [{ "id": "s", "children": [{ "type": "use", "id": "u", "component": "c", "props": { "what": "{{title}}" } }] }] }));
    let body = json!({ "content_update": [{ "type": "textbox", "label": "title", "value": "T", "fontSize": 24, "textboxMaxHeight": "auto" }] });
    let resolved = run(&compiled, &bound(&compiled, body));
    let inner = node(&resolved, "u/in");
    let NodeKind::Text(text) = &inner.kind else { panic!("a text") };
    assert_eq!((text.base.size, text.fit.max, inner.placement.max_height), (24.0, Some(24.0), None));
}

#[test]
fn a_label_may_mean_a_node_and_its_value_stays_literal() {
    let compiled = compile(
        json!({ "format": 1, "id": "t", "canvas": { "width": 100, "height": 100 }, "slides": [{ "id": "s", "children": [
        { "type": "text", "id": "main-title", "text": "fixed {{brand.name}}" },
        { "type": "text", "name": "Fine Print", "spans": ["a", "b"] },
        { "type": "image", "id": "pic", "src": "assets/a.png" } ] }] }),
    );
    let update = |kind: &str, label: &str, value: &str| json!({ "type": kind, "label": label, "value": value });
    let body = json!({ "branding": { "name": "Jane" }, "content_update": [
        update("textbox", "Main Title", "{{brand.name}} {% x %}"), update("textbox", "fine print", "small"), update("image", "pic", "https://a.example/{{x}}.png") ] });
    assert_eq!(shown(&compiled, body), ["s: {{brand.name}} {% x %} | small | https://a.example/{{x}}.png"]);
}

#[test]
fn only_types_that_work_are_named() {
    let compiled = compile(json!({ "format": 1, "id": "t", "canvas": { "width": 100, "height": 100 },
        "components": { "c": { "node": { "type": "text", "text": "x" } } },
        "slides": [{ "id": "s", "children": [{ "type": "frame", "id": "box" }, { "type": "use", "id": "badge", "component": "c" },
            { "type": "code", "id": "link", "kind": "qr", "value": "x", "width": 50 }] }] }));
    for (label, told) in [
        ("box", "'box' is a frame node, and a textbox cannot fill it; its type is \"shape\""),
        ("badge", "'badge' is a use node, which no update can fill; give the fields that it shows"),
        ("link", "'link' is a code node, which no update can fill; give the fields that it shows"),
    ] {
        let body = json!({ "content_update": [{ "type": "textbox", "label": label, "value": "x" }] });
        let error = try_bind(&compiled, body).expect_err(label);
        assert_eq!(error.to_string(), format!("content_update[0]: {told}"));
    }
}

#[test]
fn values_are_converted_and_measured() {
    let ad = example("product-ad");
    let update = |kind: &str, label: &str, value: Json| json!({ "type": kind, "label": label, "value": value });
    let required = [
        update("textbox", "product", json!("A product name that is much longer than forty characters")),
        update("image", "photo", json!("https://a.example/p.png")),
        update("textbox", "price", json!("49.90")),
    ];
    let optional = [
        update("textbox", "old_price", json!("60")),
        update("textbox", "currency", json!("YEN")),
        update("textbox", "on_sale", json!("1")),
    ];
    let bound = bound(&ad, json!({ "content_update": required.iter().chain(&optional).collect::<Vec<_>>() }));
    assert_eq!(notable(&bound.warnings), [(WarningCode::TooLong, "product"), (WarningCode::InvalidValue, "currency")]);
    let shown = contents(&run(&ad, &bound)).join("");
    assert!(shown.contains("€60.00 | €49.90 | Sale"), "{shown}");
}
