//! The same boxes laid out, and the same designs drawn, by headless Chromium: the referee that is not ourselves.
//!
//! A page is plain HTML with an `id` on everything that is compared; `#page` is the slide. The fonts are the
//! bundle's own files, so that only layout and shaping are compared.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, ensure};
use handbill_bundle::{BundledFace, default_faces, extra_faces};
use serde::Deserialize;

use crate::compare::Pixels;

/// What the browser made of one element.
#[derive(Debug, Clone, Deserialize)]
pub struct Element {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
    /// The lines of a paragraph, from the top; empty for boxes.
    pub lines: Vec<Line>,
    /// Of a paragraph's first line, from the page's top.
    pub baseline: Option<f64>,
}

/// From the left edge of the first glyph to the right edge of the last.
#[derive(Debug, Clone, Deserialize)]
pub struct Line {
    pub left: f64,
    pub right: f64,
}

/// A started browser would be quicker; one process per page keeps pages from touching each other.
pub fn elements(html: &str, folder: &Path) -> anyhow::Result<BTreeMap<String, Element>> {
    let families =
        ["Inter", "Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans Devanagari", "Noto Sans Thai", "Noto Sans JP"];
    let page = format!("{html}\n<style>{}{RESET}</style>\n<script>{PROBE}</script>\n", font_faces(&families, folder)?);
    let file = folder.join("page.html");
    std::fs::write(&file, page)?;
    let output = chromium(&file, folder, (1400, 1400), &["--dump-dom"])?;
    let dom = String::from_utf8(output)?;
    let start = dom.find("<pre>BOXES:").context("the page's script did not run to its end")? + "<pre>BOXES:".len();
    let end = start + dom[start..].find(":END").context("the page's script did not run to its end")?;
    let json = dom[start..end].replace("&quot;", "\"").replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">");
    serde_json::from_str(&json).with_context(|| format!("unexpected answer: {json}"))
}

/// A design as HTML: its folder's page, whose `#page` is as large as this.
#[derive(Debug, Clone)]
pub struct Design {
    pub name: String,
    pub html: String,
    pub width: u32,
    pub height: u32,
}

/// What the browser draws of each, all in one session: one page holds them in frames beside each other, and one picture of it
/// is cut up again. The files that they name lie in the folder.
pub fn pictures(designs: &[Design], folder: &Path) -> anyhow::Result<Vec<Pixels>> {
    let fonts = font_faces(&["Inter", "Playfair Display", "Noto Sans Arabic"], folder)?;
    let cell =
        designs.iter().fold((1, 1), |(width, height), design| (width.max(design.width), height.max(design.height)));
    let place = |number: usize| (number as u32 % COLUMNS * cell.0, number as u32 / COLUMNS * cell.1);
    let mut sheet = String::from("<!doctype html><style>body{margin:0}iframe{position:absolute;border:0}</style>\n");
    for (number, Design { name, html, width, height }) in designs.iter().enumerate() {
        let file = format!("{name}.html");
        std::fs::write(folder.join(&file), format!("<!doctype html><style>{fonts}{RESET}</style>\n{html}"))?;
        let (left, top) = place(number);
        writeln!(
            sheet,
            "<iframe src='{file}' style='left:{left}px;top:{top}px' width={width} height={height}></iframe>"
        )?;
    }
    let file = folder.join("designs.html");
    std::fs::write(&file, sheet)?;
    let rows = (designs.len() as u32).div_ceil(COLUMNS);
    let picture = folder.join("designs.png");
    let to = format!("--screenshot={}", picture.display());
    chromium(&file, folder, (COLUMNS * cell.0, rows * cell.1), &[&to])?;
    let whole = Pixels::from_png(&std::fs::read(&picture).context("chromium made no picture")?)?;
    let cut = |(number, design): (usize, &Design)| whole.cut(place(number), (design.width, design.height));
    designs.iter().enumerate().map(cut).collect()
}

/// Designs beside each other on the page that is drawn.
const COLUMNS: u32 = 3;

/// What it prints.
fn chromium(page: &Path, folder: &Path, window: (u32, u32), flags: &[&str]) -> anyhow::Result<Vec<u8>> {
    let output = Command::new("chromium")
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--allow-file-access-from-files", "--hide-scrollbars", "--force-device-scale-factor=1"])
        .args(["--font-render-hinting=none", "--disable-lcd-text", "--force-color-profile=srgb"])
        .arg(format!("--window-size={},{}", window.0, window.1))
        .arg(format!("--user-data-dir={}", folder.join("profile").display()))
        .arg(format!("--virtual-time-budget={}", Duration::from_secs(20).as_millis()))
        .args(flags)
        .arg(format!("file://{}", page.display()))
        .output()
        .context("cannot start chromium")?;
    ensure!(output.status.success(), "chromium ended with {}", output.status);
    Ok(output.stdout)
}

/// `@font-face` rules for files written beside the page.
fn font_faces(families: &[&str], folder: &Path) -> anyhow::Result<String> {
    let mut css = String::new();
    let faces = default_faces().iter().chain(extra_faces()).filter(|face| families.contains(&face.family));
    for (number, face) in faces.enumerate() {
        let file = folder.join(format!("face-{number}.ttf"));
        if !file.exists() {
            std::fs::write(&file, face.data)?;
        }
        writeln!(
            css,
            "@font-face{{font-family:'{}';src:url('file://{}');font-weight:{} {};font-style:{};unicode-range:{}}}",
            face.family,
            file.display(),
            face.weight.0,
            face.weight.1,
            if face.italic { "italic" } else { "normal" },
            unicode_range(face)
        )?;
    }
    Ok(css)
}

fn unicode_range(face: &BundledFace) -> String {
    let ranges: Vec<String> = face.unicode_ranges.iter().map(|(from, to)| format!("U+{from:X}-{to:X}")).collect();
    ranges.join(",")
}

const RESET: &str = "*{box-sizing:border-box;margin:0;padding:0;min-width:0;min-height:0}\
html{font-family:Inter;line-height:1.2;font-kerning:normal;text-rendering:geometricPrecision}\
p{max-width:100%}#page{position:absolute;left:0;top:0;overflow:hidden}";

/// Measures everything with an id. The zero-sized inline block in front of a paragraph stands on its first baseline.
const PROBE: &str = r#"
const round = value => Math.round(value * 1000) / 1000;
function lines(paragraph) {
  const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
  const rows = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const rect of range.getClientRects()) {
      if (rect.width === 0) continue;
      const middle = (rect.top + rect.bottom) / 2;
      let row = rows.find(row => middle > row.top && middle < row.bottom);
      if (!row) rows.push(row = { left: rect.left, right: rect.right, top: rect.top, bottom: rect.bottom });
      row.left = Math.min(row.left, rect.left);
      row.right = Math.max(row.right, rect.right);
      row.top = Math.min(row.top, rect.top);
      row.bottom = Math.max(row.bottom, rect.bottom);
    }
  }
  rows.sort((a, b) => a.top - b.top);
  return rows.map(row => ({ left: round(row.left), right: round(row.right) }));
}
function baseline(paragraph) {
  const mark = document.createElement('span');
  mark.style.cssText = 'display:inline-block;width:0;height:0';
  paragraph.prepend(mark);
  const bottom = mark.getBoundingClientRect().bottom;
  mark.remove();
  return round(bottom);
}
document.fonts.ready.then(async () => {
  for (const face of document.fonts) await face.load();
  const found = {};
  for (const element of document.querySelectorAll('[id]')) {
    const box = element.getBoundingClientRect();
    const text = element.tagName === 'P';
    found[element.id] = {
      x: round(box.x), y: round(box.y), width: round(box.width), height: round(box.height),
      lines: text ? lines(element) : [], baseline: text ? baseline(element) : null,
    };
  }
  const answer = document.createElement('pre');
  answer.textContent = 'BOXES:' + JSON.stringify(found) + ':END';
  document.body.append(answer);
});
"#;
