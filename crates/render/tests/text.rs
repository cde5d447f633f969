//! Text, with the embedded fonts.

#[path = "support/bundled.rs"]
mod bundled;
#[path = "text/support.rs"]
mod support;

#[path = "text/align.rs"]
mod align;
#[path = "text/breaking.rs"]
mod breaking;
#[path = "text/ellipsis.rs"]
mod ellipsis;
#[path = "text/emoji.rs"]
mod emoji;
#[path = "text/faces.rs"]
mod faces;
#[path = "text/fitting.rs"]
mod fitting;
#[path = "text/hyphens.rs"]
mod hyphens;
#[path = "text/odd.rs"]
mod odd;
#[path = "text/ranges.rs"]
mod ranges;
#[path = "text/spans.rs"]
mod spans;
