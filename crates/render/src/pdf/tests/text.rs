//! Text: copied out equal to what went in, with fonts put in once.

use handbill_template::resolved::Rgba;
use kurbo::{Affine, Stroke};

use super::super::faces::Faces;
use super::super::spaces::Shown;
use super::support::{
    ask, copied, fonts, glyphs, group, has, list, meaning, no_images, page, pages, style, text, write,
};
use crate::display::{GlyphItem, Group, Item, MeaningRole};

/// Right-to-left text with numbers or other scripts on the same line is not among them: pdftotext guesses the order
/// from where things stand, and moves the spaces, whoever made the PDF.
const TEXTS: &[(&str, &str)] = &[
    ("Inter", "The office finished five flats, fixing affluent affairs"),
    ("Playfair Display", "finished fjord official waffle"),
    ("Inter", "naïve café e\u{301}tude Ångström ½ № ™"),
    ("Inter", "Price: 1,299.00 € (−20 %)"),
    ("Inter", "مرحبًا بالعالم"),
    ("Inter", "لا إله إلا الله"),
    ("Inter", "مُحَمَّدٌ"),
    ("Inter", "שלום עולם"),
    ("Inter", "שָׁלוֹם עֲלֵיכֶם"),
    ("Inter", "مرحبا שלום"),
    ("Inter", "नमस्ते दुनिया क्षत्रिय किताब"),
    ("Inter", "こんにちは世界"),
    ("Inter", "สวัสดีชาวโลก ทำน้ำ"),
    ("Inter", "I ❤️ you, and 👍🏽😀 for 🇪🇺!"),
    ("Inter", "A text that takes two lines with its 😀 emoji 👩‍👩‍👧‍👦 in the middle 1️⃣ of some words"),
    ("Inter", "مرحبا 😀 عالم"),
    ("Inter", "❤️ 👩‍👩‍👧‍👦 🏳️‍🌈 1️⃣ 🇪🇺 👍🏽"),
];

#[test]
fn text_is_copied_out_as_it_went_in() {
    if !has("pdftotext") {
        return;
    }
    for &(family, words) in TEXTS {
        let item = text(words, style(family, 20.0, 500.0), 380.0, (10.0, 10.0));
        assert_eq!(copied(&write(&list(vec![item]), &no_images())), words);
    }
}

#[test]
fn lines_and_slanted_text_are_copied_too() {
    if !has("pdftotext") {
        return;
    }
    let words = "A paragraph that is long enough to be broken into several lines,\nand another one behind it";
    let mut runs = glyphs(words, style("Caveat", 30.0, 700.0), 200.0, (10.0, 10.0));
    runs.iter_mut().for_each(|run| run.skew = 0.249);
    assert!(runs.len() > 3);
    let turned = Affine::rotate_about(0.05, (100.0, 100.0));
    runs.iter_mut().for_each(|run| run.transform = turned * run.transform);
    let item = group(Some(meaning(MeaningRole::Text)), runs.into_iter().map(Item::Glyphs).collect());
    assert_eq!(copied(&write(&list(vec![item]), &no_images())), words.replace('\n', " "));
}

/// A second paint, an outline, a shadow and a mask are no second text.
#[test]
fn text_is_there_once() {
    if !has("pdftotext") {
        return;
    }
    let words = "only once";
    let runs = glyphs(words, style("Inter", 30.0, 700.0), 380.0, (10.0, 10.0));
    let items = |runs: &[GlyphItem]| runs.iter().cloned().map(Item::Glyphs).collect::<Vec<_>>();
    let mut outlined = runs.clone();
    outlined.iter_mut().for_each(|run| run.outline = Some((Stroke::new(3.0), run.paint.clone())));
    let shadow = |blur: f64| {
        Item::Group(Group { items: items(&runs), blur, tint: Some(Rgba([0, 0, 0, 128])), ..Group::default() })
    };
    let content = [vec![shadow(0.0), shadow(4.0)], items(&outlined), items(&runs)].concat();
    assert_eq!(copied(&write(&list(content), &no_images())), words);
}

#[test]
fn a_face_is_put_in_once_and_emoji_stay_vectors() {
    if !has("pdffonts") || !has("pdfimages") {
        return;
    }
    let content = || {
        let body = text("one and two 😀", style("Inter", 20.0, 400.0), 380.0, (10.0, 10.0));
        let title = text("three", style("Inter", 20.0, 700.0), 380.0, (10.0, 50.0));
        page(vec![body, title])
    };
    let pdf = write(&pages(vec![content(), content(), content()]), &no_images());
    let fonts = ask("pdffonts", &["{}"], &pdf);
    let count = |part: &str| fonts.lines().filter(|line| line.contains(part)).count();
    assert_eq!((count("Inter"), count("yes yes yes"), fonts.lines().count()), (2, 2, 4), "{fonts}");
    assert_eq!(ask("pdfimages", &["-list", "{}"], &pdf).lines().count(), 2, "the table's head only");
    assert!(pdf.len() < 40_000, "{}", pdf.len());
}

#[test]
fn a_broken_line_ends_in_a_space_in_either_direction() {
    for words in ["seven habits of teams that ship every week", "سبع عادات للفرق التي تسلم كل أسبوع"]
    {
        let runs = glyphs(words, style("Inter", 24.0, 700.0), 120.0, (10.0, 10.0));
        let items: Vec<Item> = runs.iter().cloned().map(Item::Glyphs).collect();
        let shown = Shown::on(&items);
        let mut faces = Faces::new(fonts());
        let mut said: Vec<usize> = Vec::new();
        let mut added = 0;
        for run in &runs {
            let face = faces.get(run.face, &run.coords).expect("a face");
            let glyphs = shown.with_space(run, &face);
            added += glyphs.len() - run.glyphs.len();
            let letters: Vec<f32> = glyphs.iter().filter(|glyph| glyph.advance > 0.0).map(|glyph| glyph.x).collect();
            assert!(letters.is_sorted(), "in visual order");
            said.extend(glyphs.iter().map(|glyph| glyph.range.start));
        }
        let spaces: Vec<usize> = words.match_indices(' ').map(|(at, _)| at).collect();
        assert!(added >= 2, "lines were broken");
        assert!(spaces.iter().all(|space| said.contains(space)), "{words}: {said:?}");
    }
}
