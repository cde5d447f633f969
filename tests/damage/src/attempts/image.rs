//! A picture's file: drawn, or its failure is told by its name.

use handbill_render::Format;
use handbill_template::WarningCode;

use crate::page::{Page, draw};

pub fn image(bytes: &[u8]) {
    let format = if bytes.len().is_multiple_of(4) { Format::Pdf } else { Format::Png };
    let report = draw(&Page::photo(), "photo", bytes, format);
    for warning in report.warnings.iter().filter(|warning| warning.code == WarningCode::ImageFailed) {
        assert!(warning.message.contains("photo"), "the picture is not named: {}", warning.message);
    }
}
