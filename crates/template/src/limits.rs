//! How large a template may be. Checked when it is read, before anything is laid out or drawn.

/// Bytes of a `template.json`.
pub const MAX_BYTES: usize = 8 * 1024 * 1024;
/// Objects and arrays inside each other, in the JSON text.
pub const MAX_JSON_DEPTH: usize = 100;
/// Frames inside each other, components included.
pub const MAX_NODE_DEPTH: usize = 32;
/// Slides of a template.
pub const MAX_SLIDES: usize = 200;
/// Nodes of a template with its components placed, before anything repeats.
pub const MAX_NODES: usize = 10_000;
/// Fields of one list of fields.
pub const MAX_FIELDS: usize = 500;
/// Components; colours, fonts and text styles of the theme, each.
pub const MAX_NAMES: usize = 500;
/// Texts that stand anywhere in a template: names, colours, expressions, bindings.
pub const MAX_TEXTS: usize = 200_000;
/// Output sizes of a template.
pub const MAX_SIZES: usize = 100;
/// Characters of one text, path or other string.
pub const MAX_TEXT_CHARS: usize = 200_000;
/// Characters of an inline drawing.
pub const MAX_SVG_CHARS: usize = 1_000_000;
/// Pixels along one side of the page, at 1 × and its own dpi.
pub const MAX_SIDE_PX: f64 = 20_000.0;
/// Pixels of the page, at 1 × and its own dpi.
pub const MAX_PIXELS: f64 = 100_000_000.0;
/// Entries of one `repeat`.
pub const MAX_REPEAT: u32 = 1_000;
/// Faults that are reported; a document with more is reported as having more.
pub const MAX_FAULTS: usize = 100;
