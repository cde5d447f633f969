//! A font's file: refused in words before it is used, or texts in it can be drawn.

use std::sync::Arc;

use handbill_render::Format;
use handbill_server::fonts::vet;
use handbill_template::WarningCode;

use crate::page::{Page, draw};

pub fn font(bytes: &[u8]) {
    let shared: Arc<[u8]> = bytes.into();
    match vet(&shared) {
        Ok(facts) => {
            assert!(facts.characters > 0, "a font without characters is taken");
            let format = if bytes.len().is_multiple_of(4) { Format::Pdf } else { Format::Png };
            let report = draw(&Page::text(), "font", bytes, format);
            for warning in report.warnings.iter().filter(|warning| warning.code == WarningCode::FontFallback) {
                assert!(warning.message.contains("Damaged"), "the family is not named: {}", warning.message);
            }
        }
        Err(error) => assert!(error.to_string().contains("font"), "refused without a reason: {error}"),
    }
}
