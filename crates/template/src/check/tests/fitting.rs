//! Fields, shapes and pages that contradict themselves or are too large.

use serde_json::{Map, Value, json};

use super::{assert_faults, faults_of, with, with_fields, with_node};

#[test]
fn fields_make_sense() {
    let field = |more: Value| {
        let mut field = json!({ "key": "a", "type": "text" });
        more.as_object().into_iter().flatten().for_each(|(key, value)| field[key] = value.clone());
        with_fields(&json!([field]))
    };
    assert_faults(vec![
        (field(json!({ "type": "choice" })), "fields/0", "the choice 'a' needs 'options'"),
        (field(json!({ "type": "list" })), "fields/0", "the list 'a' needs 'of'"),
        (field(json!({ "options": ["x"] })), "fields/0/options", "'options' is for choices; 'a' is a text"),
        (
            field(json!({ "type": "number", "maxLength": 3 })),
            "fields/0/maxLength",
            "'maxLength' is for texts; 'a' is a number",
        ),
        (field(json!({ "minWidth": 3 })), "fields/0/minWidth", "'minWidth' is for images; 'a' is a text"),
        (field(json!({ "type": "number", "min": 3, "max": 2 })), "fields/0/min", "'min' is greater than 'max'"),
        (
            field(json!({ "minLength": 3, "maxLength": 2 })),
            "fields/0/minLength",
            "'minLength' is greater than 'maxLength'",
        ),
        (field(json!({ "pattern": "(" })), "fields/0/pattern", "'pattern' is not a regular expression"),
        (field(json!({ "default": 3 })), "fields/0/default", "the text 'a' takes text, not 3"),
        (
            field(json!({ "maxLength": 2, "sample": "👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦" })),
            "fields/0/sample",
            "'a' takes at most 2 characters, and this has 3",
        ),
        (
            field(json!({ "pattern": "[0-9]+", "default": "12a" })),
            "fields/0/default",
            "'a' takes what matches [0-9]+, not \"12a\"",
        ),
        (
            field(json!({ "type": "number", "min": 1, "default": 0 })),
            "fields/0/default",
            "the number 'a' takes a number from 1, not 0",
        ),
        (
            field(json!({ "type": "number", "default": "1" })),
            "fields/0/default",
            "the number 'a' takes a number, not \"1\"",
        ),
        (
            field(json!({ "type": "bool", "default": "yes" })),
            "fields/0/default",
            "the bool 'a' takes true or false, not \"yes\"",
        ),
        (
            field(json!({ "type": "color", "default": "$acent" })),
            "fields/0/default",
            "the theme has no colour '$acent'; did you mean '$accent'?",
        ),
        (
            field(json!({ "type": "choice", "options": ["EUR", "USD"], "default": "EURO" })),
            "fields/0/default",
            "the choice 'a' takes one of \"EUR\", \"USD\", not \"EURO\"; did you mean 'EUR'?",
        ),
        (
            field(json!({ "type": "choice", "options": ["x", "x"] })),
            "fields/0/options/1",
            "the option 'x' stands here twice",
        ),
        (
            field(json!({ "type": "date", "sample": "2.5.2027" })),
            "fields/0/sample",
            "the date 'a' takes a date such as",
        ),
        (
            field(json!({ "type": "list", "of": [{ "key": "n", "type": "text" }], "sample": [{ "m": "x" }] })),
            "fields/0/sample/0/m",
            "an item of the list 'a' has no field 'm'; did you mean 'n'?",
        ),
        (
            field(json!({ "type": "list", "of": [{ "key": "n", "type": "text", "input": 3 }] })),
            "fields/0/of/0/input",
            "only fields of the document and of slides have a number",
        ),
        (
            with_node(&json!({ "type": "use", "component": "badge", "props": { "name": "a", "size_px": "big" } })),
            "slides/0/children/0/props/size_px",
            "the number 'size_px' takes a number, not \"big\"",
        ),
        (
            with(json!({ "slides": [{ "id": "s", "repeat": { "each": "slides", "min": 3, "max": 2 } }] })),
            "slides/0/repeat/min",
            "'min' is greater than 'max'",
        ),
        (
            with(json!({ "slides": [{ "id": "s", "repeat": { "each": "a + b" } }] })),
            "slides/0/repeat/each",
            "a slide repeats for the entries of a name",
        ),
    ]);
}

#[test]
fn things_fit_together() {
    let node = "slides/0/children/0";
    let at = |path: &str| format!("{node}/{path}");
    let (pin, crop, view_box, fit, link, src) =
        (at("pin"), at("crop"), at("viewBox"), at("fit/min"), at("link"), at("src"));
    let (spans, colors) = (at("at/story/spans"), at("colors/#12"));
    let child = json!([{ "type": "text", "text": "a" }]);
    assert_faults(vec![
        (with_node(&json!({ "type": "shape", "shape": "path" })), node, "a path needs 'path'"),
        (
            with_node(&json!({ "type": "shape", "shape": "polygon", "points": [[0, 0], [1, 1]] })),
            node,
            "a polygon needs at least 3 'points'",
        ),
        (
            with_node(&json!({ "type": "shape", "shape": "path", "path": "M0 0", "viewBox": [0, 0, 0, 9] })),
            &view_box,
            "the width and height of a 'viewBox'",
        ),
        (
            with_node(&json!({ "type": "image", "src": "a.png", "crop": [0.5, 0, 0.6, 1] })),
            &crop,
            "'crop' is [x, y, width, height]",
        ),
        (
            with_node(&json!({ "type": "text", "text": "a", "fit": { "mode": "fill", "min": 9, "max": 8 } })),
            &fit,
            "'min' is greater than 'max'",
        ),
        (
            with_node(&json!({ "type": "text", "text": "a", "absolute": true, "pin": "right top" })),
            &pin,
            "the pin 'right' needs a 'width'; give one, or pin it to the left",
        ),
        (
            with_node(&json!({ "type": "frame", "children": child })),
            node,
            "a frame with free layout does not grow around its children, so it needs a width and a height",
        ),
        (
            with_node(&json!({ "type": "frame", "width": 10, "children": child })),
            node,
            "a frame with free layout does not grow around its children, so it needs a height",
        ),
        (
            with_node(&json!({ "type": "text", "text": "a", "link": "javascript:alert(1)" })),
            &link,
            "'javascript:alert(1)' is not a link",
        ),
        (
            with_node(&json!({ "type": "image", "src": "../secret.png" })),
            &src,
            "'../secret.png' leaves the template's folder",
        ),
        (with_node(&json!({ "type": "image", "src": "file:///etc/passwd" })), &src, "'file:' cannot be read"),
        (
            with(json!({ "fonts": [{ "family": "F", "src": "https://fonts.example/f.woff2" }] })),
            "fonts/0/src",
            "'https://fonts.example/f.woff2' is not in the template's folder",
        ),
        (
            with_node(&json!({ "type": "text", "text": "a", "at": { "story": { "spans": ["b"] } } })),
            &spans,
            "'spans' would stand beside the node's 'text'",
        ),
        (
            with_node(&json!({ "type": "svg", "svg": "<svg/>", "colors": { "#12": "#fff" } })),
            &colors,
            "'#12' is not a colour",
        ),
        (
            with(json!({ "theme": { "fonts": { "a": "$body" } } })),
            "theme/fonts/a",
            "a font of the theme is a family such as \"Inter\", and '$body' is a token",
        ),
    ]);
}

#[test]
fn templates_have_limits() {
    let mut deep = json!({ "type": "text", "text": "a" });
    for _ in 0..32 {
        deep = json!({ "type": "frame", "layout": "row", "children": [deep] });
    }
    let slides: Vec<Value> = (0..201).map(|index| json!({ "id": format!("s{index}") })).collect();
    let mut laughs = Map::new();
    laughs.insert("c0".into(), json!({ "node": { "type": "text", "text": "ha" } }));
    for level in 1..20 {
        let used = json!({ "type": "use", "component": format!("c{}", level - 1) });
        laughs.insert(
            format!("c{level}"),
            json!({ "node": { "type": "frame", "layout": "row", "children": [used, used, used] } }),
        );
    }
    let laugh =
        json!({ "components": laughs, "slides": [{ "id": "s", "children": [{ "type": "use", "component": "c19" }] }] });
    let mut laugh = with(laugh);
    laugh["slides"][0]["layout"] = json!("row");
    let many = faults_of(laugh);
    assert!(many[0].starts_with("slides: with its components placed the template has "), "{many:?}");
    assert!(many[1].starts_with("slides: frames and components lie 40 deep"), "{many:?}");
    assert_faults(vec![
        (with_node(&deep), "slides", "frames and components lie 33 deep in each other; at most 32 are possible"),
        (with(json!({ "slides": slides })), "slides", "there are 201 slides; at most 200 are possible"),
        (with(json!({ "canvas": { "width": 30000, "height": 10 } })), "canvas", "the page is 30000 × 10 px"),
        (
            with(json!({ "canvas": { "width": 2000, "height": 10, "unit": "mm", "dpi": 300 } })),
            "canvas",
            "the page is 23622 × 118 px",
        ),
        (
            with(json!({ "sizes": { "big": { "width": 15000, "height": 15000 } } })),
            "sizes/big",
            "the page is 15000 × 15000 px",
        ),
        (
            with(json!({ "canvas": { "width": 0.2, "height": 10 } })),
            "canvas",
            "the page is 0 × 10 px; it takes at least 1 px a side",
        ),
        (
            with_node(&json!({ "type": "text", "text": "a".repeat(200_001) })),
            "slides/0/children/0/text",
            "there are 200001 characters",
        ),
    ]);
}
