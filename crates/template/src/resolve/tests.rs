//! Templates resolved as a request would have it.

use serde_json::{Value as Json, json};

use crate::bind::native::{self, NativeData};
use crate::bind::{BindOptions, Bound, Entry};
use crate::resolve::{Resolution, ResolveError, ResolveOptions, SizeChoice, resolve};
use crate::resolved::{Color, Length, Node, NodeKind, Paint, Rgba};
use crate::testing::{self, compile, outline};
use crate::value::Value;
use crate::warning::WarningCode;

/// A template of one 400×200 page with these nodes.
fn page(children: &Json) -> Json {
    json!({ "format": 1, "id": "t", "canvas": { "width": 400, "height": 200 },
            "slides": [{ "id": "s", "children": children }] })
}

fn data(json: &Json) -> Bound {
    let Value::Map(data) = Value::from_json(json) else { panic!("an object") };
    Bound { data, ..Bound::default() }
}

fn run(template: Json, bound: &Bound) -> Resolution {
    testing::run(&compile(template), bound)
}

fn at_size(template: &Json, size: &str) -> Resolution {
    let options = ResolveOptions { size: SizeChoice::parse(size), ..ResolveOptions::default() };
    resolve(&compile(template.clone()), &Bound::default(), &options).expect("it resolves")
}

fn only_node(resolution: &Resolution) -> &Node {
    &resolution.document.slides[0].frame.children[0]
}

fn codes(resolution: &Resolution) -> Vec<WarningCode> {
    resolution.warnings.iter().map(|warning| warning.code).collect()
}

#[test]
fn conditions_and_empty_content_remove_nodes() {
    let template = page(&json!([
        { "type": "text", "id": "a", "text": "{{title}}", "when": "title" },
        { "type": "text", "id": "b", "text": "{{missing}} {{missing}}" },
        { "type": "text", "id": "c", "text": "{{title}}", "visible": "{{show}}" },
        { "type": "text", "id": "d", "text": "{{title}}!", "visible": false },
        { "type": "image", "id": "e", "src": "{{missing}}" },
        { "type": "image", "id": "f", "src": "{{missing}}", "fallback": "assets/f.png" },
        { "type": "code", "id": "g", "kind": "qr", "value": "{{missing}}" },
        { "type": "svg", "id": "h", "src": "{{missing}}" },
        { "type": "frame", "layout": "row", "children": [{ "type": "text", "text": "in" }, { "type": "text", "text": "{{slide.number}}/{{slide.count}} {{slide.id}}" }] },
    ]));
    let resolved = run(template, &data(&json!({ "title": "Hi", "show": true })));
    assert_eq!(outline(&resolved), ["[s]", "  a Hi", "  c Hi", "  f", "  s/8", "    s/8/0 in", "    s/8/1 1/1 s"]);
    assert!(resolved.warnings.is_empty(), "{:?}", resolved.warnings);
}

#[test]
fn copies_see_their_item() {
    let template = page(&json!([
        { "type": "text", "id": "star", "text": "{{item.number}}{{item.count}}", "repeat": { "each": "rating" } },
        { "type": "frame", "id": "row", "layout": "row", "repeat": { "each": "rows", "as": "r" }, "when": "item.index != 1", "children": [
            { "type": "text", "id": "name", "text": "{{name}}-{{r.name}}-{{item.name}}-{{title}}" },
            { "type": "text", "id": "tag", "repeat": { "each": "r.tags", "as": "tag" }, "text": "{{tag}}" } ] },
    ]));
    let resolved = run(
        template,
        &data(&json!({ "rating": 2, "title": "T", "name": "outer", "rows": [
            { "name": "A", "tags": ["x", "y"] }, { "name": "B" }, { "name": "C" }] })),
    );
    assert_eq!(
        outline(&resolved),
        [
            "[s]",
            "  star#1 12",
            "  star#2 22",
            "  row#1",
            "    name#1 A-A-A-T",
            "    tag#1#1 x",
            "    tag#1#2 y",
            "  row#3",
            "    name#3 C-C-C-T"
        ]
    );
}

#[test]
fn repeating_slides_see_their_entry_by_its_name() {
    let mut template =
        page(&json!([{ "type": "text", "id": "t", "text": "{{entry.word}}-{{item.word}}-{{entry.number}}" }]));
    template["slides"][0]["repeat"] = json!({ "each": "slides", "as": "entry" });
    template["slides"][0]["fields"] = json!([{ "key": "word", "type": "text" }]);
    let compiled = compile(template);
    assert!(compiled.fields().document.is_empty(), "the entry's name is no field");
    let request = json!({ "data": { "slides": [{ "word": "a" }, { "word": "b" }] } });
    let given = NativeData::parse(&request).expect("a request");
    let bound = native::bind(&compiled, &given, &BindOptions::default()).expect("it binds");
    let resolved = resolve(&compiled, &bound, &ResolveOptions::default()).expect("it resolves");
    assert_eq!(outline(&resolved), ["[s#1]", "  t a-a-1", "[s#2]", "  t b-b-2"]);
}

#[test]
fn repeats_outside_their_bounds_are_faults() {
    let template =
        || page(&json!([{ "type": "text", "id": "x", "text": "x", "repeat": { "each": "n", "min": 1, "max": 3 } }]));
    for n in [json!(0), json!(4), json!(null)] {
        let result = resolve(&compile(template()), &data(&json!({ "n": n })), &ResolveOptions::default());
        let error = result.expect_err("out of bounds");
        assert!(error.to_string().contains("it takes 1 to 3"), "{error}");
    }
}

#[test]
fn components_see_only_their_props() {
    let mut template = page(&json!([
        { "type": "use", "id": "u", "component": "card", "props": { "who": "{{title}}", "scale": 12 }, "width": "{{w}}", "opacity": 0.5 },
        { "type": "use", "component": "card", "repeat": { "each": "2" }, "props": { "who": "{{item.number}}" } },
    ]));
    template["components"] = json!({ "card": {
        "fields": [{ "key": "who", "type": "text" }, { "key": "scale", "type": "number", "default": 7 }],
        "node": { "type": "frame", "id": "root", "width": 10, "height": 20, "children": [
            { "type": "text", "id": "t", "text": "{{who}} {{scale + 1}} {{slide.number}}" } ] } } });
    let resolved = run(template, &data(&json!({ "title": "Hi", "w": 33 })));
    assert_eq!(
        outline(&resolved),
        ["[s]", "  u", "    u/t Hi 13 1", "  s/1#1", "    s/1#1/t 1 8 1", "  s/1#2", "    s/1#2/t 2 8 1"]
    );
    let root = only_node(&resolved);
    assert_eq!(root.placement.width, Length::Px(33.0));
    assert_eq!(root.placement.height, Length::Px(20.0));
    assert!((root.effects.opacity - 0.5).abs() < 1e-9);
}

#[test]
fn theme_colours_are_followed() {
    let mut template = page(&json!([
        { "type": "shape", "id": "a", "shape": "rect", "fill": ["$brandy", "$brandy/40", "{{accent}}", "$primary", "{{none}}", "{{wrong}}", "red"] },
    ]));
    template["theme"] = json!({ "colors": { "brandy": "$deep", "deep": "#102030" } });
    let mut bound = data(&json!({ "accent": "$deep/50", "wrong": "$nope" }));
    bound.brand.colors.insert("primary".to_owned(), "#00ff00".to_owned());
    let resolved = run(template, &bound);
    let NodeKind::Shape(shape) = &only_node(&resolved).kind else { panic!("a shape") };
    let rgba: Vec<[u8; 4]> = shape
        .fill
        .iter()
        .map(|paint| match paint {
            Paint::Solid(Color::Rgba(Rgba(rgba))) => *rgba,
            other => panic!("{other:?}"),
        })
        .collect();
    let deep = |alpha| [0x10, 0x20, 0x30, alpha];
    assert_eq!(rgba, [deep(255), deep(102), deep(128), [0, 255, 0, 255], [255, 0, 0, 255]]);
    assert_eq!(codes(&resolved), [WarningCode::InvalidValue]);
}

#[test]
fn picked_colours_keep_their_picture_and_fallback() {
    let mut template =
        page(&json!([{ "type": "text", "id": "a", "text": "x", "fill": { "type": "contrast", "on": "$tone/50" } }]));
    template["theme"] =
        json!({ "colors": { "tone": { "from": "{{photo}}", "pick": "vibrant", "fallback": "$primary" } } });
    let on = |bound: &Bound| {
        let resolved = run(template.clone(), bound);
        let NodeKind::Text(text) = &only_node(&resolved).kind else { panic!("a text") };
        match &text.base.fill[..] {
            [Paint::Contrast { on, .. }] => serde_json::to_value(on).expect("json"),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(
        on(&data(&json!({ "photo": "assets/p.jpg" }))),
        json!({ "Picked": { "src": "assets/p.jpg", "pick": "vibrant", "fallback": [0x3b, 0x5b, 0xfd, 255], "alpha": 0.5 } })
    );
    assert_eq!(on(&Bound::default()), json!({ "Rgba": [0x3b, 0x5b, 0xfd, 128] }));
}

#[test]
fn styles_lie_over_each_other() {
    let mut template = page(&json!([
        { "type": "text", "id": "a", "style": "h1", "fontSize": 50, "markup": "inline",
          "marks": { "bold": { "fill": "#ff0000", "fontWeight": 900 } },
          "spans": ["a **b** ", { "text": "*c*", "style": "small", "link": "https://a.example" }] },
    ]));
    template["theme"] = json!({ "fonts": { "heading": "Anton" }, "textStyles": {
        "body": { "fontFamily": "$body", "fontSize": 20, "lineHeight": 1.5 },
        "h1": { "extends": "body", "fontFamily": "$heading", "fontSize": 80 },
        "small": { "fontSize": 12 } } });
    let resolved = run(template, &Bound::default());
    let NodeKind::Text(text) = &only_node(&resolved).kind else { panic!("a text") };
    let seen: Vec<_> = text
        .spans
        .iter()
        .map(|span| {
            let style = &span.style;
            (span.text.as_str(), style.family.as_str(), style.size, style.weight, style.italic, style.line_height)
        })
        .collect();
    assert_eq!(
        seen,
        [
            ("a ", "Anton", 50.0, 400.0, false, 1.5),
            ("b", "Anton", 50.0, 900.0, false, 1.5),
            (" ", "Anton", 50.0, 400.0, false, 1.5),
            ("c", "Anton", 12.0, 400.0, true, 1.5),
        ]
    );
    assert_eq!(text.spans[3].link.as_deref(), Some("https://a.example"));
}

#[test]
fn text_styles_see_the_slide_also_inside_components() {
    let mut template = page(&json!([{ "type": "use", "id": "u", "component": "c" }]));
    template["fields"] = json!([{ "key": "accent", "type": "color" }]);
    template["theme"] = json!({ "textStyles": { "loud": { "fill": "{{accent}}", "fontSize": 40 } } });
    template["components"] = json!({ "c": { "node": { "type": "text", "id": "in", "style": "loud", "text": "x" } } });
    let resolved = run(template, &data(&json!({ "accent": "#ff0000" })));
    let NodeKind::Text(text) = &only_node(&resolved).kind else { panic!("a text") };
    assert_eq!(text.base.fill, [Paint::Solid(Color::Rgba(Rgba([255, 0, 0, 255])))]);
}

#[test]
fn at_is_merged_class_first_then_name() {
    let mut template = page(&json!([
        { "type": "text", "id": "a", "text": "wide", "x": 1, "width": 100,
          "at": { "portrait": { "text": "portrait", "width": 50 }, "tall": { "text": "tall" } } },
        { "type": "shape", "id": "b", "shape": "rect", "x": 5, "at": { "square": { "x": 9 } } },
    ]));
    template["sizes"] = json!({ "tall": { "width": 200, "height": 400 }, "wide": { "width": 800, "height": 300 } });
    let seen = |size: &str| {
        let resolved = at_size(&template, size);
        let a = only_node(&resolved);
        let NodeKind::Text(text) = &a.kind else { panic!("a text") };
        (text.spans[0].text.clone(), a.placement.width, a.placement.placed_for_size)
    };
    assert_eq!(seen(""), ("wide".to_owned(), Length::Px(100.0), false));
    assert_eq!(seen("tall"), ("tall".to_owned(), Length::Px(50.0), true));
    assert_eq!(seen("wide"), ("wide".to_owned(), Length::Px(100.0), false));
    assert_eq!(seen("300x900"), ("portrait".to_owned(), Length::Px(50.0), true));
    let square = at_size(&template, "500x500");
    let b = &square.document.slides[0].frame.children[1];
    assert!((b.placement.x - 9.0).abs() < 1e-9 && b.placement.placed_for_size);
}

#[test]
fn sizes_become_pages() {
    let mut template = page(&json!([]));
    template["sizes"] = json!({ "story": { "width": 1080, "height": 1920 }, "half": { "width": 200, "height": 100 } });
    let table = [
        ("", (400.0, 200.0), (400, 200), 0.75),
        ("story", (1080.0, 1920.0), (1080, 1920), 0.75),
        ("800x400", (400.0, 200.0), (800, 400), 1.5),
        ("200x100", (200.0, 100.0), (200, 100), 0.75),
        ("540x960", (1080.0, 1920.0), (540, 960), 0.375),
        ("541x960", (1080.0, 1916.4510166358595), (541, 960), 0.75 * 541.0 / 1080.0),
        ("300x300", (200.0, 200.0), (300, 300), 1.125),
        ("1000x400", (500.0, 200.0), (1000, 400), 1.5),
    ];
    for (size, (width, height), pixels, pt_per_px) in table {
        let page = at_size(&template, size).document.page;
        assert!((page.width - width).abs() < 1e-6 && (page.height - height).abs() < 1e-6, "{size}: {page:?}");
        assert_eq!((page.width_px, page.height_px), pixels, "{size}");
        assert!((page.pt_per_px - pt_per_px).abs() < 1e-9, "{size}: {page:?}");
    }
    let unknown = ResolveOptions { size: SizeChoice::parse("stori"), ..ResolveOptions::default() };
    let error = resolve(&compile(template.clone()), &Bound::default(), &unknown).expect_err("unknown");
    assert_eq!(error.to_string(), "the template has no size 'stori'; it has canvas, story, half");
    let large = ResolveOptions { size: SizeChoice::parse("20000x20000"), ..ResolveOptions::default() };
    let error = resolve(&compile(template), &Bound::default(), &large).expect_err("too large");
    assert!(matches!(error, ResolveError::Limit { what: "pixels in a picture", .. }), "{error}");
}

#[test]
fn physical_units_become_layout_pixels() {
    let mut template =
        page(&json!([{ "type": "text", "id": "a", "text": "x", "fontSize": 12, "width": 25.4, "x": 2.54 }]));
    template["canvas"] = json!({ "width": 297, "height": 210, "unit": "mm", "dpi": 300, "bleed": 3 });
    let resolved = run(template, &Bound::default());
    let page = resolved.document.page;
    assert_eq!((page.width_px, page.height_px), (3508, 2480));
    assert!((page.width - 1_122.519_685).abs() < 1e-5 && (page.bleed - 11.338_582).abs() < 1e-5);
    let a = only_node(&resolved);
    let NodeKind::Text(text) = &a.kind else { panic!("a text") };
    assert!((text.base.size - 16.0).abs() < 1e-9 && (a.placement.x - 9.6).abs() < 1e-9);
    assert!(matches!(a.placement.width, Length::Px(width) if (width - 96.0).abs() < 1e-9));
}

#[test]
fn strings_follow_the_locale() {
    let mut template =
        page(&json!([{ "type": "text", "id": "a", "text": "{{t.hello}} {{t.only}} {{ 1234.5 | number }}" }]));
    template["strings"] =
        json!({ "en": { "hello": "Hello", "only": "x" }, "de": { "hello": "Hallo" }, "de-AT": { "hello": "Servus" } });
    for (locale, expected) in [
        (None, "Hello x 1,234.5"),
        (Some("de"), "Hallo x 1.234,5"),
        (Some("de-AT"), "Servus x 1 234,5"),
        (Some("de-CH"), "Hallo x 1'234.5"),
    ] {
        let options = ResolveOptions { locale: locale.map(str::to_owned), ..ResolveOptions::default() };
        let resolved = resolve(&compile(template.clone()), &Bound::default(), &options).expect("it resolves");
        assert_eq!(outline(&resolved)[1].replace('\u{a0}', " "), format!("  a {expected}"), "{locale:?}");
        assert_eq!(resolved.document.lang, locale.unwrap_or("en"));
    }
}

#[test]
fn slides_and_the_document_say_what_and_whose_they_are() {
    let mut template = page(&json!([{ "type": "text", "text": "x" }]));
    template["author"] = json!("A studio");
    template["slides"][0]["name"] = json!(" Cover ");
    let tips = json!({ "id": "tip", "name": "Tip", "repeat": { "each": "tips" }, "children": [] });
    template["slides"].as_array_mut().expect("slides").push(tips);
    let mut bound = Bound::default();
    bound.entries.insert("tips".to_owned(), vec![Entry::default(), Entry::default()]);
    let document = run(template.clone(), &bound).document;
    let names: Vec<&str> = document.slides.iter().filter_map(|slide| slide.name.as_deref()).collect();
    assert_eq!(names, ["Cover", "Tip 1", "Tip 2"]);
    assert_eq!(document.author.as_deref(), Some("A studio"));
    bound.brand.values.insert("name".to_owned(), Value::Text("Jane Doe".to_owned()));
    assert_eq!(run(template, &bound).document.author.as_deref(), Some("Jane Doe"));
}

#[test]
fn limits_hold_before_layout() {
    let template = || page(&json!([{ "type": "text", "id": "x", "text": "{{x}}", "repeat": { "each": "n" } }]));
    let table = [
        (json!({ "n": 20_000, "x": "x" }), "nodes"),
        (json!({ "n": 9_999_999_999_u64, "x": "x" }), "nodes"),
        (json!({ "n": 300, "x": "x".repeat(1000) }), "characters of text"),
    ];
    for (values, expected) in table {
        let result = resolve(&compile(template()), &data(&values), &ResolveOptions::default());
        assert!(matches!(result, Err(ResolveError::Limit { what, .. }) if what == expected), "{expected}");
    }
}

#[test]
fn values_of_data_are_never_evaluated() {
    let template = page(&json!([{ "type": "text", "id": "a", "text": "{{x}}", "markup": "inline" }]));
    let resolved = run(template, &data(&json!({ "x": "{{secret}} $primary {% x %}", "secret": "s" })));
    assert_eq!(outline(&resolved)[1], "  a {{secret}} $primary {% x %}");
}
