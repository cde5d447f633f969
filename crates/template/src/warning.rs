//! Warnings: what a render did differently from what was asked, in a list with fixed codes.
//!
//! Binding and resolving add some, the engine the others; together they are the `warnings` of a report.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The one list of warning codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WarningCode {
    /// `fit` made a text smaller: `from` and `to` are font sizes in px.
    TextShrunk,
    /// A text was cut: `from` is what was given, `to` what is shown.
    TextTruncated,
    /// A word is wider than its box.
    WordBroken,
    /// A picture is drawn larger than its own pixels, or smaller than its field asks for.
    ImageUpscaled,
    /// A picture could not be had or read and nothing took its place.
    ImageFailed,
    /// A picture could not be had or read and its fallback took its place.
    ImageReplaced,
    /// A family is not there: `from` is the one asked for, `to` the one used.
    FontFallback,
    /// No font has a character.
    MissingGlyph,
    /// The template has no such label; `to` is the nearest one.
    UnknownLabel,
    /// A label means several things; the first was taken.
    AmbiguousLabel,
    /// A value is longer than its field allows.
    TooLong,
    /// An optional field has neither value nor default.
    Unfilled,
    /// A value cannot be converted to its field's type and was left out.
    InvalidValue,
    /// An expression failed and gave nothing.
    ExpressionError,
    /// A carousel has more or fewer entries than it can use.
    EntryCount,
    /// Something in the flow leaves its frame.
    FrameOverflow,
    /// The modules of a code are too small for scanners: `from` is their side in pixels of the output, `to` the least.
    CodeTooSmall,
    /// Text is hard to read on what is behind it: `from` is its WCAG contrast, `to` what letters of its size
    /// need; or the same of a code's modules, which must be the darker ones.
    LowContrast,
}

/// One thing that is worth knowing about a render that went on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Warning {
    pub code: WarningCode,
    /// The slide, from 0, in output order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slide: Option<usize>,
    /// The node's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// The label or field it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// One sentence for people.
    pub message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Value>,
}

impl Warning {
    pub fn new(code: WarningCode, message: impl Into<String>) -> Self {
        Warning { code, slide: None, node: None, label: None, message: message.into(), from: None, to: None }
    }

    pub fn on_slide(mut self, slide: usize) -> Self {
        self.slide = Some(slide);
        self
    }

    pub fn on_node(mut self, node: impl Into<String>) -> Self {
        self.node = Some(node.into());
        self
    }

    pub fn for_label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    pub fn from_to(mut self, from: impl Into<Value>, to: impl Into<Value>) -> Self {
        self.from = Some(from.into());
        self.to = Some(to.into());
        self
    }
}
