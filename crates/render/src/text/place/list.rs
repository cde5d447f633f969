//! The marks of lists: a disc, a number, or a check beside the first line of each paragraph that has text.

use handbill_template::resolved::ListStyle;
use kurbo::{Affine, BezPath};

use super::super::breaking::Line;
use super::super::lines::TextLine;
use super::super::source::Source;
use super::super::{PlacedMark, PlacedText, PreparedText, TextContext, prepare};
use super::line::{Content, LinePlacer};

/// Between a mark and its text, em.
const DISTANCE: f64 = 0.45;

/// A check in a square em, as a closed outline: y down, the baseline is 0.
const CHECK: &[(f64, f64)] =
    &[(0.0, -0.33), (0.085, -0.415), (0.27, -0.23), (0.685, -0.645), (0.77, -0.56), (0.27, -0.06)];

/// The width of the check, em.
const CHECK_WIDTH: f64 = 0.77;

/// Places the mark of the paragraph that a line begins.
pub(super) struct MarkPlacer<'a> {
    pub(super) text: &'a PreparedText,
    pub(super) line: &'a TextLine,
    /// Of the paragraph among those with text, from 1.
    pub(super) number: usize,
    pub(super) k: f64,
    /// Of the text's box, layout pixels.
    pub(super) width: f64,
    /// Of the line's box, layout pixels.
    pub(super) top: f64,
}

impl MarkPlacer<'_> {
    pub(super) fn place(&self, cx: &mut TextContext, placed: &mut PlacedText) {
        match self.text.settings.list {
            ListStyle::None => {}
            ListStyle::Check => self.place_check(placed),
            ListStyle::Disc => self.place_words(cx, "•", placed),
            ListStyle::Number => self.place_words(cx, &format!("{}.", self.number), placed),
        }
    }

    fn place_check(&self, placed: &mut PlacedText) {
        let em = self.text.settings.base_size * self.k;
        let baseline = self.top + self.line.metrics.baseline * self.k;
        let to_page = Affine::new([em, 0.0, 0.0, em, self.left(CHECK_WIDTH * em), baseline]);
        placed.marks.push(PlacedMark { path: to_page * check() });
    }

    fn place_words(&self, cx: &mut TextContext, words: &str, placed: &mut PlacedText) {
        let source = Source { text: words.to_owned(), styles: vec![(0, self.text.base_style())] };
        let paragraph = prepare::reshape(cx, self.text, source, self.right_to_left());
        let line = Line::whole(&paragraph);
        let left = self.left(line.width * self.k);
        let content = Content {
            paragraph: &paragraph,
            number: self.line.paragraph,
            mark: true,
            line,
            ellipsis: false,
            last: true,
        };
        let &MarkPlacer { text, k, width, top, .. } = self;
        LinePlacer { text, k, width, top, metrics: self.line.metrics, content }.place_runs(left, 0.0, placed);
    }

    /// Where a mark of some width begins, so that it ends a little before the text.
    fn left(&self, mark_width: f64) -> f64 {
        let end = (self.text.settings.indent - DISTANCE * self.text.settings.base_size) * self.k;
        if self.right_to_left() { self.width - end } else { end - mark_width }
    }

    fn right_to_left(&self) -> bool {
        self.text.paragraphs[self.line.paragraph].right_to_left
    }
}

fn check() -> BezPath {
    let mut path = BezPath::new();
    for (index, &point) in CHECK.iter().enumerate() {
        if index == 0 { path.move_to(point) } else { path.line_to(point) }
    }
    path.close_path();
    path
}
