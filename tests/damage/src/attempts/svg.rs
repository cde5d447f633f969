//! A drawing's file: drawn, or its failure is told by its name.

use handbill_render::Format;
use handbill_template::WarningCode;

use crate::page::{Page, draw};

pub fn svg(bytes: &[u8]) {
    let format = if bytes.len().is_multiple_of(4) { Format::Pdf } else { Format::Png };
    let report = draw(&Page::drawing(), "drawing", bytes, format);
    for warning in report.warnings.iter().filter(|warning| warning.code == WarningCode::ImageFailed) {
        let named = warning.message.contains("drawing") || warning.node.as_deref() == Some("drawing");
        assert!(named, "the drawing is not named: {}", warning.message);
    }
}
