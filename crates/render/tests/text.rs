//! Text, with the embedded fonts.

#[path = "text/support.rs"]
mod support;

#[path = "text/breaking.rs"]
mod breaking;
