//! Texts that were laid out by our own rules, in the drawing's paints.

use handbill_template::resolved::Rgba;
use kurbo::Affine;
use usvg::{PaintOrder, Text, TextSpan};

use super::super::DrawingProblem;
use super::super::texts::Line;
use super::{Drawer, geometry};
use crate::display::{FillItem, FillRule, Item, Paint, Shape};
use crate::text::PlacedRun;

impl Drawer<'_> {
    pub(super) fn text(&mut self, text: &Text, to_page: Affine) -> Result<Vec<Item>, DrawingProblem> {
        let texts = self.texts;
        let Some(lines) = texts.get(text) else { return self.group(text.flattened(), to_page) };
        let mut items = Vec::new();
        for line in lines {
            let spans = text.chunks()[line.chunk].spans();
            for run in &line.runs {
                if let Some(span) = shown(spans, run.span) {
                    self.run(span, run, to_page, &mut items)?;
                }
            }
            self.rules(line, spans, to_page, &mut items)?;
        }
        Ok(items)
    }

    fn run(
        &mut self,
        span: &TextSpan,
        run: &PlacedRun,
        to_page: Affine,
        items: &mut Vec<Item>,
    ) -> Result<(), DrawingProblem> {
        let fill = match span.fill() {
            Some(fill) => self.paint(fill.paint(), fill.opacity())?,
            None => None,
        };
        let stroke = match span.stroke() {
            Some(stroke) => {
                self.paint(stroke.paint(), stroke.opacity())?.map(|paint| (geometry::stroke(stroke), paint))
            }
            None => None,
        };
        let nothing = || Paint::Solid(Rgba::TRANSPARENT);
        let below = span.paint_order() == PaintOrder::StrokeAndFill;
        let both = match (fill, stroke) {
            (Some(fill), Some(stroke)) if !below => vec![(fill, None), (nothing(), Some(stroke))],
            (fill, stroke) if fill.is_some() || stroke.is_some() => vec![(fill.unwrap_or_else(nothing), stroke)],
            _ => Vec::new(),
        };
        for (paint, outline) in both {
            self.budget.item()?;
            items.push(run.to_item(paint, outline, to_page));
        }
        Ok(())
    }

    /// Lines under and through the letters.
    fn rules(
        &mut self,
        line: &Line,
        spans: &[TextSpan],
        to_page: Affine,
        items: &mut Vec<Item>,
    ) -> Result<(), DrawingProblem> {
        for rule in &line.rules {
            let Some(span) = shown(spans, rule.span) else { continue };
            let decoration = span.decoration();
            let style = decoration.underline().or(decoration.line_through());
            let Some(fill) = style.and_then(|style| style.fill()) else { continue };
            if let Some(paint) = self.paint(fill.paint(), fill.opacity())? {
                self.budget.item()?;
                let (shape, rule) = (Shape::Rect(rule.rect), FillRule::NonZero);
                items.push(Item::Fill(FillItem { shape, rule, paint, transform: to_page }));
            }
        }
        Ok(())
    }
}

/// The span that something belongs to, if it shows.
fn shown(spans: &[TextSpan], number: Option<usize>) -> Option<&TextSpan> {
    spans.get(number.unwrap_or(0)).filter(|span| span.is_visible())
}
