//! Which properties of the format the cases show. Both sides are computed: what there is from the JSON Schema, what is shown
//! from the cases' templates; nothing is declared by hand but what draws nothing ([`silent`]).
//!
//! A property is named by what has it: `text.letterSpacing`, `image.filters.sepia`, `paint.linear.angle`, `slides.padding`;
//! a keyword adds its value: `text.wrap=balance`. What every kind of node can say is listed for each kind (`svg.rotation`),
//! but its parts and values once: `shadow.blur`, `blend=multiply`. A value that is the default is no use of its own.

mod places;
pub mod proof;
pub mod silent;

use std::collections::BTreeSet;

use serde_json::Value;

use places::Places;

/// A property that a template gives.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Use {
    /// Its name in the list.
    pub name: String,
    /// Where it stands, a JSON pointer.
    pub pointer: String,
}

/// Every property of the format, and every value of its keywords.
#[must_use]
pub fn listed() -> BTreeSet<String> {
    Places::of_the_format().names()
}

/// What a template gives, in its order. Inside `at` nothing is looked for: it says again what nodes can say.
#[must_use]
pub fn used(template: &Value) -> Vec<Use> {
    Places::of_the_format().uses(template)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_list_names_properties_by_what_has_them() {
        let listed = listed();
        for name in [
            "text.letterSpacing",
            "image.filters.sepia",
            "svg.rotation",
            "use.opacity",
            "shadow.blur",
            "mask.luminance",
            "paint.radial.stops.color",
            "slides.padding",
            "theme.colors.pick=vibrant",
            "textStyle.extends",
            "span.fontWeight",
            "mark.fontWeight",
            "blend=multiply",
            "text.wrap=balance",
            "shape.shape=star",
            "width=%",
            "pin.x=stretch",
            "frame.columns=fr",
            "canvas.unit=mm",
        ] {
            assert!(listed.contains(name), "{name} is not listed");
        }
        for name in ["text.blend=multiply", "text.shadow.blur", "frame.at.width", "text.wrap=normal"] {
            assert!(!listed.contains(name), "{name} is listed");
        }
    }

    #[test]
    fn uses_are_found_where_they_stand() {
        let template = json!({
            "format": 1, "id": "x", "canvas": { "width": 10, "height": 10 },
            "slides": [{ "id": "page", "children": [
                { "type": "shape", "shape": "rect", "width": "50%", "pin": "right top", "mask": { "path": "M0 0" },
                  "fill": ["#fff", { "type": "linear", "stops": [{ "at": 0, "color": "red" }] }] },
                { "type": "text", "spans": ["plain", { "text": "bold", "fontWeight": 800 }], "wrap": "{{wrap}}" },
            ] }],
        });
        let uses = used(&template);
        let has = |name: &str, pointer: &str| {
            assert!(
                uses.iter().any(|found| found.name == name && found.pointer == pointer),
                "no {name} at {pointer} in {uses:#?}"
            );
        };
        has("shape.shape=rect", "/slides/0/children/0/shape");
        has("width=%", "/slides/0/children/0/width");
        has("pin.y=top", "/slides/0/children/0/pin");
        has("mask.path", "/slides/0/children/0/mask/path");
        has("paint.linear.stops.at", "/slides/0/children/0/fill/1/stops/0/at");
        has("span.fontWeight", "/slides/0/children/1/spans/1/fontWeight");
        has("text.wrap", "/slides/0/children/1/wrap");
        assert!(!uses.iter().any(|found| found.name.starts_with("text.wrap=")));
        let listed = listed();
        for found in &uses {
            assert!(listed.contains(&found.name), "{} is used, not listed", found.name);
        }
    }
}
