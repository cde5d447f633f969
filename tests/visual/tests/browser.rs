//! Boxes, lines and baselines against headless Chromium, for layouts written twice: as a template and, by hand, as HTML.

use std::collections::BTreeMap;

use handbill_render::layout::{LaidBox, LaidContent, lay_out};
use handbill_render::text::TextContext;
use handbill_server::fonts;
use handbill_visual::browser::{Element, Line, elements};
use handbill_visual::cases;

/// Layout pixels. Chromium itself rounds to 1/64 px, and baselines to whole pixels.
const BOX_TOLERANCE: f64 = 1.0;
const LINE_TOLERANCE: f64 = 1.5;

#[test]
fn every_layout_is_as_the_browser_lays_it_out() {
    let fonts = fonts::library(true, &[]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut faults = Vec::new();
    let files = cases::files("browser").unwrap();
    assert!(files.len() >= 12, "only {} layouts", files.len());
    for file in files {
        let document = cases::document(&file).unwrap();
        let laid = lay_out(&document, &fonts, &mut TextContext::new(), &mut |_| None);
        let mut ours = BTreeMap::new();
        collect(&laid.slides[0].children, (0.0, 0.0), &mut ours);
        let html = std::fs::read_to_string(file.with_extension("html")).unwrap();
        let theirs = elements(&html, folder.path()).unwrap();
        for (id, theirs) in theirs.iter().filter(|(id, _)| *id != "page") {
            let place = format!("{}: {id}", cases::name(&file));
            match ours.remove(id.as_str()) {
                Some(ours) => faults.extend(differences(&ours, theirs).map(|fault| format!("{place}: {fault}"))),
                None => faults.push(format!("{place} is in the HTML only")),
            }
        }
        faults.extend(ours.keys().map(|id| format!("{}: {id} is in the template only", cases::name(&file))));
    }
    assert!(faults.is_empty(), "{} differences\n{}", faults.len(), faults.join("\n"));
}

fn collect(boxes: &[LaidBox], (left, top): (f64, f64), found: &mut BTreeMap<String, Element>) {
    for laid in boxes {
        let (x, y) = (left + laid.x, top + laid.y);
        let mut element = Element { x, y, width: laid.width, height: laid.height, lines: Vec::new(), baseline: None };
        match &laid.content {
            LaidContent::Frame(children) => collect(children, (x, y), found),
            LaidContent::Text(text) => {
                let lines = &text.placed.lines;
                element.lines =
                    lines.iter().map(|line| Line { left: x + line.rect.x0, right: x + line.rect.x1 }).collect();
                element.baseline = lines.first().map(|line| y + line.baseline);
            }
            LaidContent::Leaf => {}
        }
        found.insert(laid.node.id.clone(), element);
    }
}

fn differences(ours: &Element, theirs: &Element) -> impl Iterator<Item = String> {
    let mut found = Vec::new();
    let mut compare = |what: &str, ours: f64, theirs: f64, tolerance: f64| {
        if (ours - theirs).abs() > tolerance {
            found.push(format!("{what} is {ours:.2} here and {theirs:.2} there"));
        }
    };
    for (what, ours, theirs) in [
        ("x", ours.x, theirs.x),
        ("y", ours.y, theirs.y),
        ("width", ours.width, theirs.width),
        ("height", ours.height, theirs.height),
    ] {
        compare(what, ours, theirs, BOX_TOLERANCE);
    }
    compare("the number of lines", ours.lines.len() as f64, theirs.lines.len() as f64, 0.0);
    for (number, (ours, theirs)) in ours.lines.iter().zip(&theirs.lines).enumerate() {
        compare(&format!("line {}'s left", number + 1), ours.left, theirs.left, LINE_TOLERANCE);
        compare(&format!("line {}'s right", number + 1), ours.right, theirs.right, LINE_TOLERANCE);
    }
    if let (Some(ours), Some(theirs)) = (ours.baseline, theirs.baseline) {
        compare("the first baseline", ours, theirs, LINE_TOLERANCE);
    }
    found.into_iter()
}
