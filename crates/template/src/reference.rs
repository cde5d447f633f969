//! The tables of every property, as Markdown, made from the schema: `docs/template-reference.md`.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Map, Value};

use crate::schema::GENERATED;

/// The parts of the reference: a definition of the schema and its heading.
const PARTS: [(&str, &str); 33] = [
    ("", "Template"),
    ("Canvas", "Canvas"),
    ("Size", "Size"),
    ("Guide", "Guide"),
    ("Theme", "Theme"),
    ("PickedColor", "Picked colour"),
    ("FontFile", "Font file"),
    ("Field", "Field"),
    ("Brand", "Brand"),
    ("Component", "Component"),
    ("Slide", "Slide"),
    ("Repeat", "Repeat"),
    (COMMON, "Every node"),
    ("FrameNode", "Frame"),
    ("TextNode", "Text"),
    ("TextStyle", "Text style"),
    ("SpanObject", "Span"),
    ("FitObject", "Fit"),
    ("Highlight", "Highlight"),
    ("ImageNode", "Image"),
    ("ImageFilters", "Image filters"),
    ("ShapeNode", "Shape"),
    ("SvgNode", "Svg"),
    ("CodeNode", "Code"),
    ("UseNode", "Use"),
    ("PaintObject/linear", "Linear gradient"),
    ("PaintObject/radial", "Radial gradient"),
    ("PaintObject/image", "Image paint"),
    ("PaintObject/contrast", "Contrast paint"),
    ("GradientStop", "Gradient stop"),
    ("Shadow", "Shadow"),
    ("MaskShape", "Mask by a shape, path or picture"),
    ("", "Values"),
];

/// What all nodes have; not a definition of the schema.
const COMMON: &str = "common";

/// The whole page.
pub fn reference() -> String {
    let mut out = String::from(
        "# Template reference\n\n\
         Every property of a template. How things are done is told in [template-format.md](template-format.md). This page is \
         made from the schema by\n`cargo run -p handbill-template --example reference > docs/template-reference.md`.\n\n",
    );
    for (def, heading) in PARTS {
        let _ = write!(out, "## {heading}\n\n");
        match def {
            "" if heading == "Values" => values(&mut out),
            "MaskShape" => {
                for mask in ["MaskShape", "MaskPath", "MaskImage"] {
                    table(&mut out, &object(mask), &BTreeSet::new());
                }
            }
            _ => part(&mut out, def),
        }
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

fn part(out: &mut String, def: &str) {
    let schema = object(def);
    let mut known_elsewhere = BTreeSet::new();
    if def.ends_with("Node") {
        known_elsewhere = properties(&object(COMMON)).keys().cloned().collect();
    }
    if let Some(text) = schema["description"].as_str().filter(|_| !def.is_empty()) {
        let _ = write!(out, "{text}\n\n");
    }
    if def == "TextNode" {
        out.push_str("It also takes everything of a [text style](#text-style) but `extends`.\n\n");
        known_elsewhere.extend(properties(&object("TextStyle")).keys().cloned());
    }
    if def == "TextStyle" {
        out.push_str("In the theme it may also have `extends`: the text style that it starts from.\n\n");
    }
    if def == "SpanObject" {
        out.push_str("It also takes everything of a [text style](#text-style) but `extends`.\n\n");
        known_elsewhere = properties(&object("TextStyle")).keys().cloned().collect();
    }
    table(out, &schema, &known_elsewhere);
}

/// A definition; for `Name/tag` the branch of a union with that `type`; for [`COMMON`] what all nodes share.
fn object(def: &str) -> Value {
    let defs = &GENERATED["$defs"];
    if def.is_empty() {
        return GENERATED.clone();
    }
    if let Some((union, tag)) = def.split_once('/') {
        let mut branches = defs[union]["oneOf"].as_array().into_iter().flatten();
        let branch = branches.find(|branch| branch["properties"]["type"]["const"] == tag);
        return branch.cloned().unwrap_or_default();
    }
    if def != COMMON {
        return defs[def].clone();
    }
    let kinds = ["TextNode", "ImageNode", "ShapeNode", "SvgNode", "CodeNode", "UseNode"];
    let mut common = defs["FrameNode"].clone();
    common["description"] = Value::from("What every node may say, beside its `type`.");
    common["required"] = Value::Array(Vec::new());
    if let Some(properties) = common["properties"].as_object_mut() {
        properties
            .retain(|name, _| name != "type" && kinds.iter().all(|kind| defs[*kind]["properties"].get(name).is_some()));
    }
    common
}

fn properties(schema: &Value) -> Map<String, Value> {
    schema["properties"].as_object().cloned().unwrap_or_default()
}

fn table(out: &mut String, schema: &Value, without: &BTreeSet<String>) {
    out.push_str("| property | takes | default | meaning |\n| --- | --- | --- | --- |\n");
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for (name, property) in properties(schema).iter().filter(|(name, _)| !without.contains(*name)) {
        let default = match property.get("default") {
            _ if required.contains(&name.as_str()) => "required".to_owned(),
            Some(default) => format!("`{default}`"),
            None => String::new(),
        };
        let meaning = property["description"].as_str().unwrap_or_default();
        let _ = writeln!(out, "| `{name}` | {} | {default} | {} |", cell(&takes(property)), cell(meaning));
    }
    out.push('\n');
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// What a value may be, in a few words.
fn takes(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|reference| reference.strip_prefix("#/$defs/")) {
        return reference_to(name, schema);
    }
    if let Some(text) = schema["const"].as_str() {
        return format!("`\"{text}\"`");
    }
    if let Some(words) = schema["enum"].as_array() {
        return words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
    }
    match schema["type"].as_str() {
        Some("string") => "text".to_owned(),
        Some("boolean") => "`true`, `false`".to_owned(),
        Some("integer") => format!("whole number{}", range(schema)),
        Some("number") => format!("number{}", range(schema)),
        Some("array") => {
            let count = match (schema["minItems"].as_u64(), schema["maxItems"].as_u64()) {
                (Some(min), Some(max)) if min == max => format!("list of {min}"),
                (Some(min), Some(max)) => format!("list of {min} to {max}"),
                (Some(min), None) => format!("list of at least {min}"),
                _ => "list".to_owned(),
            };
            format!("{count}: {}", takes(&schema["items"]))
        }
        Some("object") => match &schema["additionalProperties"] {
            value @ Value::Object(_) => format!("name → {}", takes(value)),
            Value::Bool(true) => "any object".to_owned(),
            _ => "object".to_owned(),
        },
        _ => match schema["anyOf"].as_array().or(schema["oneOf"].as_array()) {
            Some(choices) => choices.iter().map(takes).collect::<Vec<_>>().join(", "),
            None => "anything".to_owned(),
        },
    }
}

fn range(schema: &Value) -> String {
    match (&schema["minimum"], &schema["exclusiveMinimum"], &schema["maximum"]) {
        (Value::Number(min), _, Value::Number(max)) if min == max => format!(" {min}"),
        (Value::Number(min), _, Value::Number(max)) => format!(" {min} to {max}"),
        (Value::Number(min), _, _) => format!(" from {min}"),
        (_, Value::Number(above), _) => format!(" above {above}"),
        (_, _, Value::Number(max)) => format!(" to {max}"),
        _ => String::new(),
    }
}

fn reference_to(name: &str, beside: &Value) -> String {
    let link =
        |text: &str, heading: &str| format!("[{text}](#{})", heading.to_lowercase().replace(' ', "-").replace(',', ""));
    match name {
        "Number" => format!("number{}", range(beside)),
        "Whole" => format!("whole number{}", range(beside)),
        "Boolean" => "`true`, `false`".to_owned(),
        "TextTemplate" if beside.get("pattern").is_some() => "text, see below".to_owned(),
        "TextTemplate" => "text with `{{…}}`".to_owned(),
        "Expression" => "expression".to_owned(),
        "ColorText" => link("colour", "Values"),
        "Binding" => "binding".to_owned(),
        "Node" => link("node", "Every node"),
        "Length" | "Sides" | "Corners" | "Gap" | "Paint" | "Paints" | "Track" | "Weight" | "Focus" => {
            link(&name.to_lowercase(), "Values")
        }
        "TrackList" => link("tracks", "Values"),
        "ThemeColor" => format!("{}, {}", link("colour", "Values"), link("picked colour", "Picked colour")),
        "ThemeStyle" => link("text style", "Text style"),
        "Mask" => link("mask", "Mask by a shape, path or picture"),
        "Span" => format!("text with `{{{{…}}}}`, {}", link("span", "Span")),
        "Fit" => format!("`\"none\"`, `\"shrink\"`, `\"fill\"`, {}", link("fit", "Fit")),
        _ => match PARTS.iter().find(|(def, _)| *def == name) {
            Some((_, heading)) => link(&heading.to_lowercase(), heading),
            None if name.ends_with("At") => "what differs".to_owned(),
            None => keywords(name),
        },
    }
}

/// The words of a list of keywords, bindings left out: the page says once that they are possible.
fn keywords(name: &str) -> String {
    let def = &GENERATED["$defs"][name.trim_end_matches("OrBinding")];
    takes(def)
}

/// The building blocks that many properties share.
fn values(out: &mut String) {
    let _ = write!(
        out,
        "Numbers, flags, keywords and colours of slides and nodes may be a binding instead: `\"{{{{size_px}}}}\"`. What \
         holds the structure together may not: `id`, `type`, `shape`, `kind`, `mode`, `style`, `component`, `repeat`.\n\n\
         | value | takes | meaning |\n| --- | --- | --- |\n"
    );
    for (name, def) in [
        ("colour", "ColorText"),
        ("length", "Length"),
        ("sides", "Sides"),
        ("corners", "Corners"),
        ("gap", "Gap"),
        ("tracks", "TrackList"),
        ("track", "Track"),
        ("weight", "Weight"),
        ("focus", "Focus"),
        ("paint", "Paint"),
        ("paints", "Paints"),
    ] {
        let schema = &GENERATED["$defs"][def];
        let meaning = schema["description"].as_str().unwrap_or_default();
        let takes = match def {
            "Paint" => "[colour](#values), [linear gradient](#linear-gradient), [radial gradient](#radial-gradient), \
                        [image paint](#image-paint), [contrast paint](#contrast-paint)"
                .to_owned(),
            _ => takes(schema),
        };
        let _ = writeln!(out, "| {name} | {} | {} |", cell(&takes), cell(meaning));
    }
    out.push('\n');
    let pin = &GENERATED["$defs"]["FrameNode"]["properties"]["pin"];
    let _ = writeln!(out, "A pin is {}.", pin["title"].as_str().unwrap_or_default());
}
