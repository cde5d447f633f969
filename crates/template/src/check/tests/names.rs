//! Names that are not there, or there twice, and expressions.

use serde_json::json;

use super::{assert_faults, faults_of, with, with_fields, with_node};
use crate::read_value;

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn names_that_are_not_there_are_told_with_the_nearest() {
    let node = "slides/0/children/0";
    let at = |path: &str| format!("{node}/{path}");
    let (style, fill, font, size, component) =
        (at("style"), at("fill"), at("fontFamily"), at("at/storry"), at("component"));
    let (text, prop, props, each, nested) =
        (at("text"), at("props/nam"), at("props"), at("repeat/each"), at("at/story/text"));
    assert_faults(vec![
        (
            with_node(&json!({ "type": "text", "text": "a", "style": "tilte" })),
            &style,
            "the theme has no text style 'tilte'; did you mean 'title'?",
        ),
        (
            with_node(&json!({ "type": "text", "text": "a", "fill": "$acent" })),
            &fill,
            "the theme has no colour '$acent'; did you mean '$accent'?",
        ),
        (
            with_node(&json!({ "type": "text", "text": "a", "fill": "blakc" })),
            &fill,
            "'blakc' is not a colour; write #rgb, #rrggbb, #rrggbbaa, rgb(), hsl(), a CSS name or transparent; did you mean 'black'?",
        ),
        (
            with_node(&json!({ "type": "text", "text": "a", "fontFamily": "$hnad" })),
            &font,
            "the theme has no font '$hnad'; did you mean '$hand'?",
        ),
        (
            with_node(&json!({ "type": "text", "text": "a", "at": { "storry": {} } })),
            &size,
            "there is no size 'storry'; 'at' takes the name of a size or landscape, portrait, square; did you mean 'story'?",
        ),
        (
            with_node(&json!({ "type": "use", "component": "bagde" })),
            &component,
            "there is no component 'bagde'; did you mean 'badge'?",
        ),
        (
            with_node(&json!({ "type": "use", "component": "badge", "props": { "name": "a", "nam": "b" } })),
            &prop,
            "the component 'badge' has no field 'nam'; did you mean 'name'?",
        ),
        (
            with_node(&json!({ "type": "use", "component": "badge" })),
            &props,
            "the component 'badge' needs the prop 'name'",
        ),
        (
            with_node(&json!({ "type": "text", "text": "{{brand.nmae}}" })),
            &text,
            "'brand' has no 'nmae'; did you mean 'name'?",
        ),
        (
            with_node(&json!({ "type": "text", "text": "{{slide.nubmer}}" })),
            &text,
            "'slide' has no 'nubmer'; did you mean 'number'?",
        ),
        (
            with_node(&json!({ "type": "text", "text": "{{t.byy}}" })),
            &text,
            "'strings' has no text 'byy'; did you mean 'by'?",
        ),
        (
            with_node(&json!({ "type": "text", "text": "{{size}}" })),
            &text,
            "'size' is not a value by itself; write 'size.name' for example",
        ),
        (
            with_node(&json!({ "type": "text", "text": "{{headline.big}}" })),
            &text,
            "'headline' has no 'big': it is not an object",
        ),
        (
            with_node(&json!({ "type": "text", "text": "{{p.nmae}}", "repeat": { "each": "people", "as": "p" } })),
            &text,
            "an entry 'p' has no field 'nmae'; did you mean 'name'?",
        ),
        (
            with_node(&json!({ "type": "text", "text": "a", "at": { "story": { "text": "{{headlin}}" } } })),
            &nested,
            "nothing else in the template reads 'headlin', and no field declares it; did you mean 'headline'?",
        ),
        (
            with_node(&json!({ "type": "text", "text": "a", "repeat": { "each": "size.nam" } })),
            &each,
            "'size' has no 'nam'; did you mean 'name'?",
        ),
        (
            with(
                json!({ "components": { "c": { "fields": [{ "key": "title", "type": "text" }], "node": { "type": "text", "text": "{{titel}}" } } } }),
            ),
            "components/c/node/text",
            "the component 'c' has no field 'titel', and sees no other; did you mean 'title'?",
        ),
        (
            with(json!({ "theme": { "textStyles": { "a": { "extends": "bb" }, "b": {} } } })),
            "theme/textStyles/a/extends",
            "the theme has no text style to extend 'bb'; did you mean 'b'?",
        ),
        (
            with(json!({ "theme": { "colors": { "a": "$primry" } } })),
            "theme/colors/a",
            "the theme has no colour '$primry'; did you mean '$primary'?",
        ),
    ]);
}

#[test]
fn expressions_must_be_understood() {
    let node = "slides/0/children/0";
    let (text, when, width) = (format!("{node}/text"), format!("{node}/when"), format!("{node}/width"));
    for (document, path) in [
        (with_node(&json!({ "type": "text", "text": "{{ headline" })), &text),
        (with_node(&json!({ "type": "text", "text": "{% if headline %}" })), &text),
        (with_node(&json!({ "type": "text", "text": "{{ headline | uper }}" })), &text),
        (with_node(&json!({ "type": "text", "text": "a", "when": "headline ==" })), &when),
        (with_node(&json!({ "type": "text", "text": "a", "width": "{{headline}}{{headline}}" })), &width),
    ] {
        let faults = read_value(document.clone()).expect_err(&document.to_string());
        let [fault] = faults.0.as_slice() else { panic!("{faults}") };
        assert_eq!((&fault.path, fault.kind), (path, crate::FaultKind::Expression), "{fault}");
    }
}

#[test]
fn names_are_taken_once() {
    let text = |id: &str| json!({ "type": "text", "id": id, "text": "a" });
    assert_faults(vec![
        (
            with(json!({ "slides": [{ "id": "s" }, { "id": "s" }] })),
            "slides/1/id",
            "the id 's' is taken by slides/0; ids are unique",
        ),
        (
            with(json!({ "slides": [{ "id": "s", "layout": "row", "children": [text("a"), text("a")] }] })),
            "slides/0/children/1/id",
            "the id 'a' is taken by slides/0/children/0",
        ),
        (
            with(json!({ "slides": [{ "id": "s", "children": [text("s")] }] })),
            "slides/0/children/0/id",
            "the id 's' is taken by slides/0",
        ),
        (
            with_fields(&json!([{ "key": "a", "type": "text" }, { "key": "a", "type": "text" }])),
            "fields/1/key",
            "the field 'a' is declared at fields/0 already",
        ),
        (
            with(
                json!({ "fields": [{ "key": "a", "type": "text" }], "slides": [{ "id": "s", "fields": [{ "key": "a", "type": "text" }] }] }),
            ),
            "slides/0/fields/0/key",
            "the field 'a' is declared at fields/0 already",
        ),
        (
            with_fields(&json!([{ "key": "brand", "type": "text" }])),
            "fields/0/key",
            "'brand' cannot be a field: brand, slide, item, size, t are always there",
        ),
        (
            with_node(&json!({ "type": "text", "text": "a", "repeat": { "each": "people", "as": "item" } })),
            "slides/0/children/0/repeat/as",
            "'item' cannot name the entry",
        ),
        (
            with_node(&json!({ "type": "text", "text": "a", "repeat": { "each": "people", "as": "a b" } })),
            "slides/0/children/0/repeat/as",
            "'a b' cannot name the entry",
        ),
        (
            with_fields(
                &json!([{ "key": "a", "type": "text", "input": 1 }, { "key": "b", "type": "text", "input": 1 }]),
            ),
            "fields/1/input",
            "the number 1 is taken by fields/0",
        ),
    ]);
    // Entries of a repeating slide, and the insides of components, are worlds of their own.
    let own = with(json!({
        "fields": [{ "key": "a", "type": "text" }],
        "components": { "c": { "node": text("x") }, "d": { "node": text("x") } },
        "slides": [{ "id": "s", "repeat": { "each": "slides" }, "fields": [{ "key": "a", "type": "text" }], "layout": "row", "children": [text("x")] }],
    }));
    assert_eq!(faults_of(own), Vec::<String>::new());
}

#[test]
fn circles_are_found() {
    let uses = |name: &str| json!({ "node": { "type": "frame", "layout": "row", "children": [{ "type": "use", "component": name }] } });
    for (keys, paths) in [
        (
            json!({ "theme": { "colors": { "a": "$b", "b": "$a/50", "c": "$a" } } }),
            vec!["theme/colors/a", "theme/colors/b"],
        ),
        (json!({ "theme": { "colors": { "a": { "from": "{{x}}", "fallback": "$a" } } } }), vec!["theme/colors/a"]),
        (json!({ "theme": { "textStyles": { "a": { "extends": "a" } } } }), vec!["theme/textStyles/a"]),
        (
            json!({ "components": { "a": uses("b"), "b": uses("c"), "c": uses("b") } }),
            vec!["components/b", "components/c"],
        ),
    ] {
        let faults = read_value(with(keys)).expect_err("a circle");
        let found: Vec<&str> = faults.0.iter().map(|fault| fault.path.as_str()).collect();
        assert_eq!(found, paths);
        assert!(
            faults.0.iter().all(|fault| fault.kind == crate::FaultKind::Cycle && fault.message.contains('→')),
            "{faults}"
        );
    }
}
