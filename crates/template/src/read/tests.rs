//! Tables of documents that are wrong in their JSON or their shape, and what is said about them.

use serde_json::{Value, json};

use super::{read, read_value};
use crate::fault::FaultKind;

/// A right document with one node.
fn with_node(node: &Value) -> Value {
    json!({
        "format": 1,
        "id": "t",
        "canvas": { "width": 100, "height": 100 },
        "slides": [{ "id": "s", "children": [node] }],
    })
}

fn faults_of(document: Value) -> Vec<String> {
    match read_value(document) {
        Ok(_) => Vec::new(),
        Err(faults) => faults.0.iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn right_nodes_are_right() {
    for node in [
        json!({ "type": "text", "text": "a" }),
        json!({ "type": "text", "spans": ["a", { "text": "b", "fill": "red" }], "width": "50%" }),
        json!({ "type": "shape", "shape": "rect", "fill": "#fff", "cornerRadius": [1, 2, 3, 4], "opacity": "{{ o }}" }),
        json!({ "type": "frame", "width": 10, "height": 10, "padding": [4, 8], "columns": [100, "1fr", "30%", "auto"] }),
        json!({ "type": "image", "src": "a.png", "focus": [0.5, 1], "mask": { "path": "M0 0" } }),
        json!({ "type": "svg", "svg": "<svg/>", "colors": { "#000": "$ink/40" } }),
        json!({ "type": "code", "kind": "qr", "value": "x", "level": "H" }),
        json!({ "type": "text", "text": "a", "at": { "landscape": { "fontSize": 3, "align": "{{ slide.id }}" } } }),
    ] {
        assert_eq!(faults_of(with_node(&node)), Vec::<String>::new(), "{node}");
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn wrong_nodes_are_told_what_would_be_right() {
    let at = "slides/0/children/0";
    for (node, path, message) in [
        (
            json!({ "type": "text", "text": "a", "fontsize": 3 }),
            "",
            "'fontsize' is not a property of a text; did you mean 'fontSize'?",
        ),
        (
            json!({ "type": "text", "text": "a", "color": "red" }),
            "",
            "'color' is not a property of a text; did you mean 'fill'?",
        ),
        (json!({ "type": "frame", "zzz": 1 }), "", "'zzz' is not a property of a frame"),
        (
            json!({ "type": "txt", "text": "a" }),
            "/type",
            "there is no type \"txt\"; it is one of 'frame', 'text', 'image', 'shape', 'svg', 'code' or 'use'; did you mean 'text'?",
        ),
        (
            json!({ "text": "a" }),
            "",
            "'type' is missing; it is one of 'frame', 'text', 'image', 'shape', 'svg', 'code' or 'use'",
        ),
        (json!("text"), "", "item 1 of 'children' is \"text\"; it takes an object"),
        (json!({ "type": "image" }), "", "'src' is missing; an image needs it"),
        (json!({ "type": "text" }), "", "a text needs 'text' or 'spans'"),
        (
            json!({ "type": "text", "text": "a", "spans": [] }),
            "",
            "a text takes only one of 'text' or 'spans'; take the others out",
        ),
        (json!({ "type": "svg" }), "", "an svg needs 'src' or 'svg'"),
        (
            json!({ "type": "text", "text": "a", "align": "centre" }),
            "/align",
            "'align' is \"centre\"; it takes \"start\", \"center\", \"end\", \"justify\" or a binding such as \"{{name}}\"; did you mean 'center'?",
        ),
        (
            json!({ "type": "text", "text": "a", "fontSize": "24" }),
            "/fontSize",
            "'fontSize' is \"24\"; it takes a number above 0 or a binding such as \"{{name}}\"",
        ),
        (
            json!({ "type": "text", "text": "a", "fontSize": -1 }),
            "/fontSize",
            "'fontSize' is -1; it takes a number above 0 or a binding such as \"{{name}}\"",
        ),
        (
            json!({ "type": "text", "text": "a", "maxLines": 1.5 }),
            "/maxLines",
            "'maxLines' is 1.5; it takes a whole number from 1 or a binding such as \"{{name}}\"",
        ),
        (json!({ "type": "text", "text": null }), "/text", "'text' is null; leave it out instead"),
        (
            json!({ "type": "text", "text": "a", "width": "half" }),
            "/width",
            "'width' is \"half\"; it takes a number from 0 or \"50%\", \"fill\", \"auto\" or a binding",
        ),
        (
            json!({ "type": "text", "text": "a", "width": -4 }),
            "/width",
            "'width' is -4; it takes a number from 0 or \"50%\", \"fill\", \"auto\" or a binding",
        ),
        (
            json!({ "type": "text", "text": "a", "opacity": 2 }),
            "/opacity",
            "'opacity' is 2; it takes a number from 0 to 1 or a binding such as \"{{name}}\"",
        ),
        (
            json!({ "type": "text", "text": "a", "visible": "yes" }),
            "/visible",
            "'visible' is \"yes\"; it takes true, false or a binding such as \"{{name}}\"",
        ),
        (
            json!({ "type": "text", "text": "a", "pin": "top left" }),
            "/pin",
            "'pin' is \"top left\"; it takes two words such as \"right bottom\": left, right, center, stretch, scale or auto, then top, bottom, center, stretch, scale or auto",
        ),
        (
            json!({ "type": "text", "text": "a", "fill": "#12" }),
            "/fill",
            "'fill' is \"#12\"; it takes a colour such as \"#1d1a16\", \"$primary\" or \"{{accent}}\", an object or a list",
        ),
        (
            json!({ "type": "text", "text": "a", "fill": { "type": "lineer", "stops": [] } }),
            "/fill/type",
            "there is no type \"lineer\"; it is one of 'linear', 'radial', 'image' or 'contrast'; did you mean 'linear'?",
        ),
        (
            json!({ "type": "text", "text": "a", "fill": { "type": "linear", "stops": [] } }),
            "/fill/stops",
            "'stops' is a list of 0 items; it takes a list of at least 2",
        ),
        (json!({ "type": "text", "text": "a", "extends": "h1" }), "", "'extends' is not a property of a text"),
        (
            json!({ "type": "frame", "padding": [1, 2, 3] }),
            "/padding",
            "'padding' is a list of 3 items; it takes a number from 0, a binding such as \"{{name}}\", a list of 2 or a list of 4",
        ),
        (
            json!({ "type": "frame", "padding": [1, -2] }),
            "/padding/1",
            "item 2 of 'padding' is -2; it takes a number from 0 or a binding such as \"{{name}}\"",
        ),
        (json!({ "type": "image", "src": "a", "mask": {} }), "/mask", "'mask' needs one of 'shape', 'path' or 'src'"),
        (
            json!({ "type": "text", "text": "a", "at": { "landscape": { "fontsize": 3 } } }),
            "/at/landscape",
            "'fontsize' is not a property of a text's 'at'; did you mean 'fontSize'?",
        ),
        (
            json!({ "type": "text", "text": "a", "at": { "landscape": { "id": "b" } } }),
            "/at/landscape",
            "'id' is not a property of a text's 'at'",
        ),
        (
            json!({ "type": "text", "text": "a", "shadow": [{ "blurr": 3 }] }),
            "/shadow/0",
            "'blurr' is not a property of a shadow; did you mean 'blur'?",
        ),
        (
            json!({ "type": "text", "text": "a", "id": "a b" }),
            "/id",
            "'id' is \"a b\"; it takes letters, digits and _ . : -, such as \"cover-title\"",
        ),
        (
            json!({ "type": "text", "text": "a", "fontAxes": { "weight": 3 } }),
            "/fontAxes/weight",
            "'weight' cannot be a name here; a name is four letters such as \"wght\"",
        ),
        (
            json!({ "type": "frame", "columns": 0 }),
            "/columns",
            "'columns' is 0; it takes a whole number from 1 to 100 or a list of 1 to 100",
        ),
    ] {
        assert_eq!(faults_of(with_node(&node)), [format!("{at}{path}: {message}")], "{node}");
    }
}

#[test]
fn all_faults_come_at_once() {
    let mut document = with_node(&json!({ "type": "text", "text": "a", "fontsize": 3, "align": "middel" }));
    document["nmae"] = json!("x");
    document["canvas"] = json!({ "width": 0 });
    document["slides"][0]["children"][0]["grow"] = json!(true);
    let faults = read_value(document).expect_err("much is wrong");
    let found: Vec<(&str, FaultKind)> = faults.0.iter().map(|fault| (fault.path.as_str(), fault.kind)).collect();
    assert_eq!(
        found,
        [
            ("canvas/width", FaultKind::WrongValue),
            ("canvas", FaultKind::Missing),
            ("slides/0/children/0", FaultKind::UnknownProperty),
            ("slides/0/children/0/align", FaultKind::WrongValue),
            ("slides/0/children/0/grow", FaultKind::WrongValue),
            ("", FaultKind::UnknownProperty),
        ]
    );
}

#[test]
fn broken_json_is_told_with_its_place() {
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    for (json, line, column, message) in [
        ("{\n  \"format\": 1,\n}", 3, 1, "this is not JSON: trailing comma"),
        ("", 1, 1, "this is not JSON: EOF while parsing a value"),
        ("{} x", 1, 4, "this is not JSON: trailing characters"),
        ("{ \"format\": 1, \"format\": 1 }", 1, 16, "'format' stands here twice; take one out"),
        ("{ \"meta\":\n { \"é\": \"\\\"\", \"a\": [1, {}], \"é\": 2 } }", 2, 29, "'é' stands here twice; take one out"),
        (&deep, 1, 101, "objects and lists stand more than 100 deep in each other"),
        ("{ \"x\": 1e999 }", 1, 12, "this is not JSON: number out of range"),
    ] {
        let faults = read(json).expect_err(json);
        let fault = &faults.0[0];
        assert_eq!((fault.message.as_str(), fault.line, fault.column), (message, Some(line), Some(column)), "{json}");
        assert_eq!(faults.0.len(), 1);
    }
}

#[test]
fn faults_are_bounded() {
    let nodes: Vec<Value> = (0..300).map(|_| json!({ "type": "frame", "zzz": 1 })).collect();
    let mut document = with_node(&json!({ "type": "frame" }));
    document["slides"][0]["children"] = Value::Array(nodes);
    let faults = read_value(document).expect_err("all are wrong");
    assert_eq!(faults.0.len(), 101);
    assert_eq!(faults.0[100].message, "and 200 more faults");
}

#[test]
fn a_byte_order_mark_and_whole_floats_are_fine() {
    let json = "\u{feff}{ \"format\": 1.0, \"id\": \"t\", \"canvas\": { \"width\": 1e2, \"height\": 50.0 }, \"slides\": [{ \"id\": \"s\", \"children\": [{ \"type\": \"text\", \"text\": \"\", \"maxLines\": 2.0 }] }] }";
    let template = read(json).expect("a right template");
    assert_eq!((template.canvas.width, template.canvas.height), (100.0, 50.0));
}
