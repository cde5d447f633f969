//! The scalar building blocks of the document: bindings, lengths, sides, corners.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Free-form JSON, kept in its order.
pub type JsonObject = serde_json::Map<String, serde_json::Value>;

/// A string that may hold `{{expressions}}`. One that is exactly one token keeps the value's type.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct TextTemplate(pub String);

/// A bare expression, without braces, as `when` and `repeat.each` take it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Expression(pub String);

/// A CSS colour (`#rgb`, `#rgba`, `#rrggbb`, `#rrggbbaa`, `rgb()`, `hsl()`, a CSS name, `transparent`), a theme
/// colour (`$name`, `$name/40` for 40 % alpha), or a binding (`{{accent}}`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(extend("title" = "a colour such as \"#1d1a16\", \"$primary\" or \"{{accent}}\"", "pattern" = COLOR_PATTERN))]
pub struct ColorText(pub String);

/// The names after `#` and `$`, the functions and the CSS names; whether a name or an argument is right is
/// checked when the template is read.
const COLOR_PATTERN: &str = concat!(
    r"^(#[0-9A-Fa-f]{3,4}|#[0-9A-Fa-f]{6}|#[0-9A-Fa-f]{8}",
    r"|\$[A-Za-z0-9_][A-Za-z0-9_-]*(/(100|[1-9]?[0-9]))?",
    r"|[A-Za-z]+\([^()]*\)|[A-Za-z]+|\{\{[\s\S]*\}\})$",
);

/// A binding that stands for a whole value: `"{{…}}"` and nothing around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(extend("title" = "a binding such as \"{{name}}\""))]
pub struct Binding(#[schemars(regex(pattern = r"^\{\{[\s\S]*\}\}$"))] pub String);

/// A literal, or a binding that is evaluated to one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "Bound_{T}")]
pub enum Bound<T> {
    Value(T),
    Binding(Binding),
}

/// A number or a binding to one.
pub type Number = Bound<f64>;

/// A whole number from 0, or a binding to one.
pub type Whole = Bound<u32>;

/// A size: a number in the canvas's unit, `"50%"` of the parent's content box, `"fill"`, `"auto"`, or a binding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Length {
    Value(#[schemars(range(min = 0))] f64),
    #[schemars(extend("title" = "\"50%\", \"fill\", \"auto\" or a binding"))]
    Text(#[schemars(regex(pattern = r"^(auto|fill|\d+(\.\d+)?%|\{\{[\s\S]*\}\})$"))] String),
}

/// One value for all sides, `[vertical, horizontal]`, or `[top, right, bottom, left]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Sides {
    All(Number),
    Two([Number; 2]),
    Four([Number; 4]),
}

/// One radius, or `[top-left, top-right, bottom-right, bottom-left]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Corners {
    All(Number),
    Four([Number; 4]),
}

/// One gap, or `[row, column]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Gap {
    Both(Number),
    RowColumn([Number; 2]),
}
