//! Drawings: fitted into their box as pictures are, their colours replaced, cut where they leave their own edges.

use handbill_template::resolved::{Svg, SvgSource};
use handbill_template::{Warning, WarningCode};
use kurbo::{Affine, Point, Rect};

use super::effects::page_bounds;
use super::fitting::{self, Fitted};
use super::{Drawing, Painter, Site};
use crate::bounds;
use crate::display::{Clip, FillRule, Group, Item, Shape};
use crate::layout::NaturalSize;
use crate::svg::{self, DrawingProblem, Drawings, Ink, Note};

impl Painter<'_> {
    pub(super) fn svg(&mut self, node: &Svg, site: Site<'_>) -> Drawing {
        let items = match self.drawings.get(&node.source) {
            Ok(drawing) => self.drawing(node, drawing, site),
            Err(problem) => Err(problem.clone()),
        };
        Drawing::plain(items.unwrap_or_else(|problem| {
            self.warn_no_drawing(&node.source, &problem, site);
            Vec::new()
        }))
    }

    fn drawing(&mut self, node: &Svg, drawing: &svg::Drawing, site: Site<'_>) -> Result<Vec<Item>, DrawingProblem> {
        let source = fitting::cut(drawing.size().to_rect(), node.crop);
        let Some(fitted) = fitting::fit_rect(source, site.area(), node.fit, Point::new(0.5, 0.5)) else {
            return Ok(Vec::new());
        };
        let ink = Ink {
            colors: node.colors.iter().map(|(from, to)| (*from, self.color(to))).collect(),
            to_page: site.transform * onto(&fitted),
            seen: page_bounds(fitted.target, site.transform),
            images: self.images,
            budget: &mut self.budget,
        };
        let (items, notes) = svg::draw(drawing, ink)?;
        drawing.notes().iter().chain(&notes).for_each(|note| self.warn_note(&node.source, note, site));
        Ok(cut(items, fitted.target, site.transform))
    }

    fn warn_no_drawing(&mut self, source: &SvgSource, problem: &DrawingProblem, site: Site<'_>) {
        let message = format!("{}: {} {problem}; nothing is shown in its place", site.id, named(source));
        let mut warning = Warning::new(WarningCode::ImageFailed, message);
        if let SvgSource::Asset(src) = source {
            warning.from = Some(src.0.as_str().into());
        }
        self.warn(warning, site.id);
    }

    fn warn_note(&mut self, source: &SvgSource, note: &Note, site: Site<'_>) {
        let mut warning = Warning::new(note.code, format!("{}: {} {}", site.id, named(source), note.words));
        warning.from = note.from.as_deref().map(Into::into);
        warning.to = note.to.as_deref().map(Into::into);
        self.warn(warning, site.id);
    }
}

fn named(source: &SvgSource) -> String {
    match source {
        SvgSource::Asset(src) => format!("the drawing {}", super::image::quoted(src)),
        SvgSource::Inline(_) => "the drawing".to_owned(),
    }
}

/// From the drawing's coordinates to the box's.
fn onto(fitted: &Fitted) -> Affine {
    let Fitted { source, target } = fitted;
    Affine::translate(target.origin().to_vec2())
        * Affine::scale_non_uniform(target.width() / source.width(), target.height() / source.height())
        * Affine::translate(-source.origin().to_vec2())
}

/// What lies outside `target` does not show.
fn cut(items: Vec<Item>, target: Rect, transform: Affine) -> Vec<Item> {
    let [_, b, c, ..] = transform.as_coeffs();
    // The bounds of items are a pixel wider than what is drawn.
    let drawn = bounds::items(&items, Affine::IDENTITY).inset(-1.0);
    let inside = b == 0.0 && c == 0.0 && page_bounds(target, transform).inflate(1e-3, 1e-3).contains_rect(drawn);
    if inside || items.is_empty() {
        return items;
    }
    let clip = Some(Clip { shape: Shape::Rect(target), rule: FillRule::NonZero, transform });
    vec![Item::Group(Group { items, clip, ..Group::default() })]
}

/// A drawing's own size: one of its pixels is a layout pixel.
pub fn natural_size(node: &Svg, drawings: &Drawings) -> Option<NaturalSize> {
    let drawing = drawings.get(&node.source).ok()?;
    let size = fitting::cut(drawing.size().to_rect(), node.crop).size();
    Some(NaturalSize { width: size.width, height: size.height })
}
