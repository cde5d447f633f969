//! Divided words: their hyphens are seen, and are no letters of what is copied.

use super::support::{copied, glyphs, has, list, no_images, style, write};
use crate::display::Item;

#[test]
fn a_divided_word_is_copied_with_soft_hyphens_only() {
    if !has("pdftotext") {
        return;
    }
    let words = "Extraordinary considerations notwithstanding, well-known representatives underestimated them";
    for family in ["Inter", "Noto Sans"] {
        let mut divided = style(family, 20.0, 400.0);
        divided.hyphenate = true;
        let runs = glyphs(words, divided, 120.0, (10.0, 10.0));
        let said = copied(&write(&list(runs.into_iter().map(Item::Glyphs).collect()), &no_images()));
        assert!(said.matches('\u{AD}').count() >= 3, "{said:?}");
        let whole = said.replace("\u{AD}\n", "").replace("\u{AD} ", "").replace('\u{AD}', "");
        assert_eq!(whole, words);
    }
}
