//! Fitting over a frame and over slides, and what is told of it.

use handbill_render::{Options, RenderError, Rendered};
use handbill_template::WarningCode;
use serde_json::{Value as Json, json};

use crate::drawing::{render, try_render};

const LOREM: &str = "Small rules beat big plans, because small rules are kept on the days when nobody has the time to \
                     read the big plan again, and those are most days.";

/// Node, size as designed and as chosen of all texts that fit themselves.
fn sizes(rendered: &Rendered) -> Vec<(usize, &str, f64, f64)> {
    rendered.report.text_sizes.iter().map(|size| (size.slide, size.node.as_str(), size.designed, size.chosen)).collect()
}

/// Which node each warning is about.
fn warnings(rendered: &Rendered) -> Vec<(WarningCode, &str)> {
    let found = rendered.report.warnings.iter();
    found.map(|warning| (warning.code, warning.node.as_deref().unwrap_or_default())).collect()
}

/// A frame of 400 × 200 whose texts need more room.
fn crowded(min_scale: &Json) -> Json {
    json!({
        "format": 1, "id": "t", "canvas": { "width": 500, "height": 400 },
        "slides": [{ "id": "s", "children": [{
            "type": "frame", "id": "card", "layout": "column", "x": 10, "y": 10, "width": 400, "height": 200,
            "fitContent": "shrink", "minScale": min_scale,
            "children": [
                { "type": "text", "id": "title", "text": LOREM, "width": "fill", "fontSize": 36, "fit": "shrink" },
                { "type": "text", "id": "body", "text": LOREM, "width": "fill", "fontSize": 18, "fit": "shrink" },
                { "type": "text", "id": "note", "text": "As it is", "width": "fill", "fontSize": 12 },
            ],
        }] }],
    })
}

#[test]
fn fit_content_shrinks_by_one_factor_and_tells() {
    let rendered = render(&crowded(&json!(0.2)), "", Options::default());
    let [(_, "title", 36.0, title), (_, "body", 18.0, body)] = sizes(&rendered)[..] else {
        panic!("{:?}", sizes(&rendered))
    };
    let factor = title / 36.0;
    assert!(factor > 0.2 && factor < 0.9 && (factor - body / 18.0).abs() < 1e-6, "{title} {body}");
    assert_eq!(warnings(&rendered), [(WarningCode::TextShrunk, "title"), (WarningCode::TextShrunk, "body")]);
    let told = &rendered.report.warnings[0];
    assert_eq!(told.from.as_ref().and_then(Json::as_f64), Some(36.0));
    assert!(told.to.as_ref().and_then(Json::as_f64).is_some_and(|to| (to - title).abs() <= 0.005), "{told:?}");
}

#[test]
fn fit_content_stops_at_min_scale_and_tells_what_leaves() {
    let rendered = render(&crowded(&json!(0.9)), "", Options::default());
    let chosen: Vec<f64> = sizes(&rendered).iter().map(|size| (size.3 * 1000.0).round() / 1000.0).collect();
    assert_eq!(chosen, [32.4, 16.2]);
    assert!(warnings(&rendered).contains(&(WarningCode::FrameOverflow, "card")), "{:?}", warnings(&rendered));
    let strict = Options { strict: true, ..Options::default() };
    assert!(matches!(try_render(&crowded(&json!(0.9)), "", strict), Err(RenderError::Strict(_))));
}

/// Slides with a title each, all of one group; the second one's is long.
fn grouped(second: &Json) -> Json {
    let title = |id: &str, words: &str, size: f64| {
        json!({ "type": "text", "id": id, "text": words, "x": 10, "y": 10, "width": 280, "height": 60,
                "fontSize": size, "maxLines": 1, "fit": { "mode": "shrink", "min": 8, "group": "titles" } })
    };
    let mut long = title("long", "Write the release note before anything else", 40.0);
    if let (Some(long), Json::Object(changes)) = (long.as_object_mut(), second.clone()) {
        long.extend(changes);
    }
    json!({
        "format": 1, "id": "t", "canvas": { "width": 300, "height": 200 },
        "slides": [
            { "id": "one", "children": [title("short", "Short", 40.0)] },
            { "id": "two", "children": [long] },
            { "id": "three", "children": [title("other", "Tiny", 60.0)] },
        ],
    })
}

#[test]
fn groups_take_the_smallest_size_of_those_that_are_seen() {
    let rendered = render(&grouped(&json!({})), "", Options::default());
    let [(0, "short", _, short), (1, "long", _, long), (2, "other", _, other)] = sizes(&rendered)[..] else {
        panic!("{:?}", sizes(&rendered))
    };
    assert!(long < 20.0 && (short - long).abs() < 1e-9 && (other - long).abs() < 1e-9, "{short} {long} {other}");
    for unseen in [json!({ "visible": false }), json!({ "when": "1 > 2" }), json!({ "text": "" })] {
        let rendered = render(&grouped(&unseen), "", Options::default());
        let sizes = sizes(&rendered);
        assert_eq!(sizes, [(0, "short", 40.0, 40.0), (2, "other", 60.0, 40.0)], "{unseen}");
    }
    // one of another group, or of none, counts neither
    for apart in [json!({ "mode": "shrink", "min": 8, "group": "else" }), json!({ "mode": "shrink", "min": 8 })] {
        let rendered = render(&grouped(&json!({ "fit": apart })), "", Options::default());
        let chosen: Vec<f64> = sizes(&rendered).iter().map(|size| size.3).collect();
        assert!(chosen[0] == 40.0 && chosen[1] < 20.0 && chosen[2] == 40.0, "{chosen:?}");
    }
}

#[test]
fn overflow_error_names_the_node_and_its_slide() {
    let template = |words: &str, bound: &Json| {
        let mut text = json!({ "type": "text", "id": "tight", "text": words, "fontSize": 20, "width": "fill",
                               "overflow": "error" });
        if let (Some(text), Json::Object(bound)) = (text.as_object_mut(), bound.clone()) {
            text.extend(bound);
        }
        json!({
            "format": 1, "id": "t", "canvas": { "width": 200, "height": 200 },
            "slides": [
                { "id": "one", "children": [{ "type": "text", "id": "fits", "text": "Fits", "overflow": "error" }] },
                { "id": "two", "layout": "column", "padding": 10, "children": [
                    { "type": "frame", "id": "in", "layout": "column", "width": "fill", "children": [text] } ] },
            ],
        })
    };
    for bound in [json!({ "maxLines": 2 }), json!({ "height": 30 }), json!({ "wrap": "none" })] {
        let error = try_render(&template(LOREM, &bound), "", Options::default()).err();
        let expected = RenderError::TextOverflow { node: "tight".to_owned(), slide: 1 };
        assert_eq!(error, Some(expected), "{bound}");
        let fits = try_render(&template("It fits", &bound), "", Options::default());
        assert!(fits.is_ok_and(|rendered| rendered.report.warnings.is_empty()), "{bound}");
    }
    // a fit that finds a size is no overflow, one that finds none is
    let fitting = |min: u32| json!({ "height": 60, "fit": { "mode": "shrink", "min": min } });
    assert!(try_render(&template(LOREM, &fitting(4)), "", Options::default()).is_ok());
    assert!(try_render(&template(LOREM, &fitting(18)), "", Options::default()).is_err());
}
