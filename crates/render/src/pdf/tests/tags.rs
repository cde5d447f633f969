//! Meaning: the tree that screen readers follow, and links.

use krilla::configure::{Accessibility, ConfigurationBuilder, ValidationError};
use krilla::error::KrillaError;

use super::super::compose;
use super::super::painter::Painter;
use super::support::{
    ask, fill, fonts, glyphs, group, has, list, meaning, no_images, page, pages, rect, solid, style, text, write,
};
use crate::display::{DisplayList, DisplayPage, GlyphItem, Group, Item, Meaning, MeaningRole, Shape};
use crate::raster::RasterContext;

fn figure(alt: &str, link: Option<&str>) -> Item {
    let meaning = Meaning { alt: Some(alt.into()), link: link.map(Into::into), ..meaning(MeaningRole::Figure) };
    group(Some(meaning), vec![fill(rect(200.0, 20.0, 100.0, 50.0), solid(200, 0, 0))])
}

fn decoration() -> Item {
    fill(rect(0.0, 0.0, 400.0, 300.0), solid(240, 240, 240))
}

fn body(words: &str, y: f64) -> Item {
    text(words, style("Inter", 16.0, 400.0), 380.0, (10.0, y))
}

/// The words with a link on the second of them.
fn linked_text() -> Item {
    let mut runs = glyphs("Read this page", style("Inter", 16.0, 400.0), 380.0, (10.0, 100.0));
    let mut link = runs[0].clone();
    let mut rest = runs[0].clone();
    link.glyphs.retain(|glyph| (5..9).contains(&glyph.range.start));
    rest.glyphs.retain(|glyph| glyph.range.start >= 9);
    runs[0].glyphs.retain(|glyph| glyph.range.start < 5);
    let target = Meaning { link: Some("https://example.com/ü".into()), ..meaning(MeaningRole::Link) };
    let items = vec![Item::Glyphs(runs.remove(0)), group(Some(target), vec![Item::Glyphs(link)]), Item::Glyphs(rest)];
    group(Some(meaning(MeaningRole::Text)), items)
}

/// The tree as pdfinfo prints it, each line's kind and text without its attributes.
fn tree(list: &DisplayList) -> Vec<String> {
    let said = ask("pdfinfo", &["-struct-text", "{}"], &write(list, &no_images()));
    said.lines()
        .map(|line| line.trim_end().to_owned())
        .filter(|line| !line.is_empty() && line.trim() != "\"\"" && !line.contains("Syntax Error"))
        .filter(|line| !line.trim_start().starts_with('/'))
        .collect()
}

#[test]
fn text_is_paragraphs_and_decoration_is_left_out() {
    if !has("pdfinfo") {
        return;
    }
    let items = vec![decoration(), body("First paragraph\nsecond one", 10.0), decoration(), linked_text()];
    let expected = [
        "Document",
        "  Sect",
        "    P (block)",
        "      \"First paragraph\"",
        "    P (block)",
        "      \"second one\"",
        "    P (block)",
        "      \"Read \"",
        "      Link (inline)",
        "        \"this\"",
        "        Object 0 0",
        "      \" page\"",
    ];
    let tree = tree(&list(items));
    let level = |line: &str| if line.contains("Object") { "        Object 0 0".into() } else { line.to_owned() };
    assert_eq!(tree.iter().map(|line| level(line)).collect::<Vec<_>>(), expected);
}

/// No space is drawn where a line ends, and yet there is one.
#[test]
fn broken_lines_keep_their_spaces() {
    if !has("pdfinfo") {
        return;
    }
    let words = "seven habits of teams that ship every week";
    let item = text(words, style("Inter", 24.0, 700.0), 120.0, (10.0, 10.0));
    assert_eq!(tree(&list(vec![item]))[3..], [format!("      \"{words}\"")]);
}

#[test]
fn figures_have_their_words_also_inside_faded_groups() {
    if !has("pdfinfo") {
        return;
    }
    let faded = |items: Vec<Item>| Item::Group(Group { opacity: 0.5, items, ..Group::default() });
    let kinds = |items: Vec<Item>| -> Vec<String> {
        tree(&list(items))
            .iter()
            .map(|line| line.split([':', ' ']).find(|word| !word.is_empty()).unwrap_or_default().to_owned())
            .collect()
    };
    assert_eq!(kinds(vec![figure("A dog", None)])[2..], ["Figure"]);
    assert_eq!(kinds(vec![faded(vec![figure("A dog", None)])])[2..], ["Figure"]);
    assert_eq!(kinds(vec![faded(vec![body("one", 10.0)])])[2..], ["P", "\"one\""]);
    let several = vec![body("one", 10.0), figure("A dog", Some("https://example.com")), body("two", 30.0)];
    assert_eq!(kinds(vec![faded(several)])[2..6], ["Link", "Figure", "Object", "P"]);
    let hidden = group(Some(meaning(MeaningRole::Artifact)), vec![body("one", 10.0), figure("A dog", None)]);
    assert_eq!(kinds(vec![hidden])[2..], [] as [&str; 0]);
    for items in [vec![figure("A dog", None)], vec![faded(vec![figure("A dog", None), body("x", 9.0)])]] {
        let pdf = write(&list(items), &no_images());
        let words = b"/Alt(A dog)";
        assert!(pdf.windows(words.len()).any(|part| part == words), "the figure's words are in the tree");
    }
}

#[test]
fn links_are_where_their_boxes_are() {
    let link = Meaning {
        link: Some("https://example.com/a b?c=ü".into()),
        bounds: kurbo::Rect::new(40.0, 20.0, 240.0, 60.0),
        ..meaning(MeaningRole::Link)
    };
    let button = fill(Shape::Rect(link.bounds), solid(0, 0, 200));
    let pdf = write(&list(vec![group(Some(link), vec![button])]), &no_images());
    let has = |part: &str| pdf.windows(part.len()).any(|window| window == part.as_bytes());
    assert!(has("/URI(https://example.com/a%20b?c=%C3%BC)"));
    assert!(has("/Rect[30 180 180 210]"), "points, from the bottom");
}

/// Runs of a text node that are on lines below each other.
fn lines(runs: Vec<GlyphItem>) -> Item {
    let below = |(n, run): (usize, GlyphItem)| GlyphItem {
        transform: kurbo::Affine::translate((0.0, 30.0 * n as f64)) * run.transform,
        ..run
    };
    group(Some(meaning(MeaningRole::Text)), runs.into_iter().enumerate().map(below).map(Item::Glyphs).collect())
}

fn run(words: &str, shown: usize, paragraph: usize, mark: bool) -> GlyphItem {
    let mut run = glyphs(words, style("Inter", 16.0, 400.0), 380.0, (10.0, 10.0)).remove(0);
    run.glyphs.retain(|glyph| glyph.range.end <= shown);
    GlyphItem { paragraph, mark, ..run }
}

#[test]
fn lists_are_lists() {
    if !has("pdfinfo") {
        return;
    }
    let runs = [("1.", 0, true), ("one", 0, false), ("2.", 1, true), ("two", 1, false), ("end", 2, false)];
    let runs = runs.map(|(words, paragraph, mark)| run(words, words.len(), paragraph, mark));
    let expected = [
        "    L (block):",
        "      LI (block)",
        "        Lbl (block)",
        "          \"1.\"",
        "        LBody (block)",
        "          \"one\"",
        "      LI (block)",
        "        Lbl (block)",
        "          \"2.\"",
        "        LBody (block)",
        "          \"two\"",
        "    P (block)",
        "      \"end\"",
    ];
    assert_eq!(tree(&list(vec![lines(runs.into())]))[2..], expected);
}

/// A line that was cut or divided was shaped apart.
#[test]
fn a_paragraph_stays_one_when_a_line_has_a_text_of_its_own() {
    if !has("pdfinfo") {
        return;
    }
    let (first, cut) = (run("words that are long", 10, 0, false), run("are l…", 99, 0, false));
    assert_eq!(tree(&list(vec![lines(vec![first, cut])]))[2..], ["    P (block)", "      \"words that are l…\""]);
}

#[test]
fn the_largest_text_is_the_heading() {
    if !has("pdfinfo") {
        return;
    }
    let large = |words: &str| text(words, style("Inter", 40.0, 800.0), 380.0, (10.0, 50.0));
    let kinds = |items: Vec<Item>| -> Vec<String> { tree(&list(items))[2..].to_vec() };
    // A number or a sign alone is no heading, however large.
    let sign = text("“ 01", style("Inter", 90.0, 800.0), 380.0, (10.0, 10.0));
    let items = vec![body("small words", 10.0), sign, large("Two lines\nof a heading"), body("more", 200.0)];
    let expected = [
        "    P (block)",
        "      \"small words\"",
        "    P (block)",
        "      \"“ 01\"",
        "    H1 \"Two lines of a heading\" (block)",
        "      \"Two lines\"",
        "      \"of a heading\"",
        "    P (block)",
        "      \"more\"",
    ];
    assert_eq!(kinds(items), expected);
    let faded = Item::Group(Group { opacity: 0.5, items: vec![large("Title")], ..Group::default() });
    assert_eq!(kinds(vec![faded, body("words", 200.0)])[0], "    H1 \"Title\" (block)");
    assert!(kinds(vec![body("one", 10.0), body("two", 50.0)]).iter().all(|line| !line.contains("H1")));
}

#[test]
fn bookmarks_list_the_slides() {
    if !has("qpdf") {
        return;
    }
    let titled = || vec![text("A title", style("Inter", 40.0, 800.0), 380.0, (10.0, 50.0)), body("words", 10.0)];
    let named = DisplayPage { name: Some("Größe".into()), ..page(titled()) };
    let pdf = write(&pages(vec![named, page(titled()), page(Vec::new())]), &no_images());
    let json: serde_json::Value =
        serde_json::from_str(&ask("qpdf", &["--json", "--json-key=outlines", "{}"], &pdf)).expect("JSON");
    let of = |n: usize| (&json["outlines"][n]["title"], &json["outlines"][n]["destpageposfrom1"]);
    let expected = ["Größe", "A title", "3"];
    for (n, title) in expected.iter().enumerate() {
        assert_eq!(of(n), (&(*title).into(), &(n + 1).into()), "{json}");
    }
}

/// The library's own check of the rules that PDF/UA-1 has for structure, alt text, bookmarks and fonts.
#[test]
fn documents_pass_the_accessibility_check() {
    let faults = |items: Vec<Item>| -> Vec<ValidationError> {
        let standard = ConfigurationBuilder::new().with_accessibility_validator(Accessibility::UA1).finish();
        let (list, images, mut raster) = (list(items), no_images(), RasterContext::new());
        let mut painter = Painter::new(fonts(), &images, &mut raster);
        let document = compose(&list, &mut painter, standard.expect("a standard"), &mut |_| {});
        match document.expect("a document").finish() {
            Ok(_) => Vec::new(),
            Err(KrillaError::Validation(faults)) => faults.into_iter().map(|(fault, _)| fault).collect(),
            other => panic!("{other:?}"),
        }
    };
    let items = vec![body("kept together", 150.0), figure("A cat", None)];
    let faded = Item::Group(Group { items, opacity: 0.5, ..Group::default() });
    let title = text("A title", style("Inter", 40.0, 800.0), 380.0, (10.0, 220.0));
    let words = body("The first words مرحبًا 😀\nand more", 10.0);
    let items = vec![decoration(), words, figure("A dog", Some("mailto:dog@example.com")), linked_text(), faded, title];
    assert_eq!(faults(items), []);
    let silent = group(Some(meaning(MeaningRole::Figure)), vec![decoration()]);
    let missing = faults(vec![silent]);
    assert!(missing == [ValidationError::MissingAltText(None)], "{missing:?}");
}
