//! The sheet as a template of its own, so that our engine draws it: sections of rows of cells, each a strip of slides with
//! a caption.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context as _;
use handbill_render::Picture;
use handbill_template::{Compiled, read_value};
use serde_json::{Value, json};

use super::SLIDE_HEIGHT;
use crate::templates::{StoredTemplate, TemplateFiles};

pub(super) struct Section {
    pub(super) title: String,
    pub(super) rows: Vec<Row>,
}

pub(super) struct Row {
    pub(super) caption: &'static str,
    pub(super) cells: Vec<Cell>,
}

#[derive(Clone, Default)]
pub(super) struct Cell {
    pub(super) caption: String,
    pub(super) notes: String,
    pub(super) pictures: Vec<Picture>,
}

/// A template without fields, and the pictures as the files beside it.
pub(super) struct Page {
    pub(super) stored: Arc<StoredTemplate>,
}

const MARGIN: f64 = 48.0;
const CAPTION_WIDTH: f64 = 130.0;
const BETWEEN_SLIDES: f64 = 10.0;
const BETWEEN_CELLS: f64 = 44.0;
const TITLE_HEIGHT: f64 = 76.0;
/// What a cell takes at least: its caption, and all of one that was not drawn.
const EMPTY_CELL: f64 = 200.0;
/// Slides, the caption beneath, and room to the next row.
const ROW_HEIGHT: f64 = SLIDE_HEIGHT + 52.0;

impl Page {
    /// Fails when the page is larger than a page may be.
    pub(super) fn of(sections: Vec<Section>) -> anyhow::Result<Page> {
        let mut writer = Writer::default();
        for section in sections {
            writer.section(section);
        }
        let template = json!({
            "format": 1,
            "id": "contact-sheet",
            "name": "Contact sheet",
            "canvas": { "width": (writer.right + MARGIN).ceil(), "height": writer.y + MARGIN, "background": "#d9d6cf" },
            "slides": [{ "id": "sheet", "children": writer.nodes }],
        });
        let template = read_value(template).context("the sheet cannot be made; name fewer templates")?;
        let compiled = Compiled::new(template)?;
        let files = TemplateFiles::Memory(Arc::new(writer.files));
        Ok(Page { stored: Arc::new(StoredTemplate::new(0, 0, compiled, files)) })
    }
}

#[derive(Default)]
struct Writer {
    nodes: Vec<Value>,
    files: BTreeMap<String, Arc<[u8]>>,
    y: f64,
    right: f64,
}

impl Writer {
    fn section(&mut self, section: Section) {
        self.y += MARGIN / 2.0;
        self.text(MARGIN, self.y, 2000.0, 40, 700, &section.title);
        self.y += TITLE_HEIGHT;
        for row in section.rows {
            self.text(MARGIN, self.y + 8.0, CAPTION_WIDTH, 22, 600, row.caption);
            let mut x = MARGIN + CAPTION_WIDTH;
            for cell in row.cells {
                x = self.cell(cell, x) + BETWEEN_CELLS;
            }
            self.y += ROW_HEIGHT;
        }
    }

    /// Answers where it ends.
    fn cell(&mut self, cell: Cell, left: f64) -> f64 {
        let mut x = left;
        for picture in cell.pictures {
            let name = format!("{}.png", self.files.len());
            let (width, height) = (f64::from(picture.width), f64::from(picture.height));
            self.nodes.push(json!({
                "type": "image", "id": format!("picture-{}", self.files.len()), "src": name, "alt": "",
                "x": x, "y": self.y, "width": width, "height": height, "pin": "left top",
            }));
            self.files.insert(name, picture.bytes.into());
            x += width + BETWEEN_SLIDES;
        }
        let right = (x - BETWEEN_SLIDES).max(left + EMPTY_CELL);
        let caption = match cell.notes.as_str() {
            "" => cell.caption,
            notes => format!("{}: {notes}", cell.caption),
        };
        self.text(left, self.y + SLIDE_HEIGHT + 6.0, (right - left).max(EMPTY_CELL), 15, 400, &caption);
        self.right = self.right.max(right);
        right
    }

    fn text(&mut self, x: f64, y: f64, width: f64, size: u32, weight: u32, text: &str) {
        let id = format!("text-{}", self.nodes.len());
        self.nodes.push(json!({
            "type": "text", "id": id, "text": escaped(text), "x": x, "y": y, "width": width, "pin": "left top",
            "fontSize": size, "fontWeight": weight, "fill": "#2a2a2e", "maxLines": 1,
        }));
    }
}

/// Names are not expressions.
fn escaped(text: &str) -> String {
    text.replace("{{", "{ {")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_picture_has_a_file_and_a_place() {
        let picture = Picture { bytes: vec![1], width: 224, height: 280 };
        let cell = Cell { caption: "square".into(), notes: "1 word_broken".into(), pictures: vec![picture; 3] };
        let row = Row { caption: "long", cells: vec![cell.clone(), cell] };
        let page = Page::of(vec![Section { title: "A {{name}}".into(), rows: vec![row] }]).unwrap();
        let template = page.stored.template();
        assert!(page.stored.files.read("5.png").is_ok() && page.stored.files.read("6.png").is_err());
        let right = MARGIN + CAPTION_WIDTH + 2.0 * (3.0 * 224.0 + 2.0 * BETWEEN_SLIDES) + BETWEEN_CELLS + MARGIN;
        assert_eq!(template.canvas.width, right);
        assert_eq!(template.slides[0].children.len(), 6 + 4);
    }
}
