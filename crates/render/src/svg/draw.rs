//! The drawing library's tree → items of the display list.

mod budget;
mod clips;
mod filters;
mod geometry;
mod paints;
mod texts;

use handbill_template::resolved::{AssetRef, Blend, Rgba};
use kurbo::{Affine, Rect};
use usvg::{BlendMode, ImageKind, Node, PaintOrder};

use super::limits::{MAX_DRAWN_DEPTH, within};
use super::texts::Texts;
use super::{Drawing, DrawingProblem, Note, stand_in};
use crate::display::{Clip, FillItem, FillRule, Group, ImageItem, Item, Shape, StrokeItem};
use crate::images::ImageStore;
pub(crate) use budget::Budget;
use geometry::affine;

/// How a drawing is drawn.
pub(crate) struct Ink<'a> {
    /// Colours in the drawing, and what they become.
    pub(crate) colors: Vec<(Rgba, Rgba)>,
    /// From the drawing's own coordinates, its top left at the origin.
    pub(crate) to_page: Affine,
    /// Where on the page it shows.
    pub(crate) seen: Rect,
    pub(crate) images: &'a ImageStore,
    pub(crate) budget: &'a mut Budget,
}

/// The items of a drawing, and what is missing from it.
///
/// # Errors
/// When it has something that is not drawn, or draws too much.
pub(crate) fn draw(drawing: &Drawing, ink: Ink<'_>) -> Result<(Vec<Item>, Vec<Note>), DrawingProblem> {
    let Ink { colors, to_page, seen, images, budget } = ink;
    let Drawing { tree, texts, pictures, .. } = drawing;
    let mut drawer = Drawer { pictures, texts, images, colors, budget, depth: 0, notes: Vec::new() };
    let mut items = drawer.group(tree.root(), to_page)?;
    drawer.budget.paint(&items, seen)?;
    if has_blend(&items) {
        items = vec![Item::Group(Group { items, isolated: true, ..Group::default() })];
    }
    Ok((items, drawer.notes))
}

struct Drawer<'a> {
    pictures: &'a [AssetRef],
    texts: &'a Texts,
    images: &'a ImageStore,
    colors: Vec<(Rgba, Rgba)>,
    budget: &'a mut Budget,
    /// Of groups and filters inside each other.
    depth: u64,
    notes: Vec<Note>,
}

impl Drawer<'_> {
    /// Draws something that may have more of its kind inside.
    fn deeper(
        &mut self,
        draw: impl FnOnce(&mut Self) -> Result<Vec<Item>, DrawingProblem>,
    ) -> Result<Vec<Item>, DrawingProblem> {
        self.depth += 1;
        within("the number of groups and filters inside each other", self.depth, MAX_DRAWN_DEPTH)?;
        self.budget.item()?;
        let items = draw(self);
        self.depth -= 1;
        items
    }

    fn group(&mut self, group: &usvg::Group, to_parent: Affine) -> Result<Vec<Item>, DrawingProblem> {
        self.deeper(|drawer| drawer.finished(group, to_parent))
    }

    /// Order: what is in it, filters, clip, mask, then opacity and blend mode.
    fn finished(&mut self, group: &usvg::Group, to_parent: Affine) -> Result<Vec<Item>, DrawingProblem> {
        let to_page = to_parent * affine(group.transform());
        let mut items = self.filtered(group, group.filters().len(), to_page)?;
        if items.is_empty() {
            return Ok(items);
        }
        if let Some(clip) = group.clip_path() {
            items = self.clipped(items, clip, to_page)?;
        }
        let mask = group.mask().map(|mask| self.mask(mask, to_page)).transpose()?;
        let blend = blend(group.blend_mode())?;
        let opacity = f64::from(group.opacity().get());
        if let ([item], None, Blend::Normal) = (items.as_mut_slice(), &mask, blend)
            && item.fade(opacity)
        {
            return Ok(items);
        }
        let group = Group { opacity, blend, mask, isolated: group.isolate() && has_blend(&items), ..Group::default() };
        if !group.isolates() {
            return Ok(items);
        }
        Ok(vec![Item::Group(Group { items, ..group })])
    }

    fn nodes(&mut self, nodes: &[Node], to_page: Affine) -> Result<Vec<Item>, DrawingProblem> {
        let mut items = Vec::new();
        for node in nodes {
            match node {
                Node::Group(group) => items.extend(self.group(group, to_page)?),
                Node::Path(path) => self.path(path, to_page, &mut items)?,
                Node::Image(image) => items.extend(self.image(image, to_page)?),
                Node::Text(text) => items.extend(self.text(text, to_page)?),
            }
        }
        Ok(items)
    }

    fn path(&mut self, path: &usvg::Path, to_page: Affine, items: &mut Vec<Item>) -> Result<(), DrawingProblem> {
        if !path.is_visible() {
            return Ok(());
        }
        self.budget.segments(path.data().len())?;
        let outline = geometry::path(path.data());
        geometry::check_range(&outline, to_page)?;
        let fill = match path.fill() {
            Some(fill) => self.paint(fill.paint(), fill.opacity())?.map(|paint| {
                let (shape, rule) = (Shape::Path(outline.clone()), geometry::fill_rule(fill.rule()));
                Item::Fill(FillItem { shape, rule, paint, transform: to_page })
            }),
            None => None,
        };
        let stroke = match path.stroke() {
            Some(stroke) => self.paint(stroke.paint(), stroke.opacity())?.map(|paint| {
                let (shape, stroke) = (Shape::Path(outline), geometry::stroke(stroke));
                Item::Stroke(StrokeItem { shape, stroke, paint, transform: to_page })
            }),
            None => None,
        };
        let both = match path.paint_order() {
            PaintOrder::FillAndStroke => [fill, stroke],
            PaintOrder::StrokeAndFill => [stroke, fill],
        };
        for item in both.into_iter().flatten() {
            self.budget.item()?;
            items.push(item);
        }
        Ok(())
    }

    fn image(&mut self, image: &usvg::Image, to_page: Affine) -> Result<Option<Item>, DrawingProblem> {
        if !image.is_visible() {
            return Ok(None);
        }
        self.budget.item()?;
        let target = Rect::new(0.0, 0.0, f64::from(image.size().width()), f64::from(image.size().height()));
        match image.kind() {
            ImageKind::SVG(tree) => {
                let items = self.group(tree.root(), to_page)?;
                let clip = Some(Clip { shape: Shape::Rect(target), rule: FillRule::NonZero, transform: to_page });
                Ok((!items.is_empty()).then(|| Item::Group(Group { items, clip, ..Group::default() })))
            }
            ImageKind::PNG(header) => {
                let asset = stand_in::number(header).and_then(|number| self.pictures.get(number as usize));
                let Some(asset) = asset else { return Ok(None) };
                match self.images.get(asset) {
                    Ok(id) => {
                        let (width, height) = self.images.size(id);
                        Ok(Some(Item::Image(ImageItem {
                            image: id,
                            source: Rect::new(0.0, 0.0, f64::from(width), f64::from(height)),
                            target,
                            clip: None,
                            cropped: false,
                            filter: None,
                            opacity: 1.0,
                            transform: to_page,
                        })))
                    }
                    Err(problem) => {
                        self.note(Note::left_out(format!("has a picture that {problem}; it is left out")));
                        Ok(None)
                    }
                }
            }
            // Nothing else is let in.
            ImageKind::JPEG(_) | ImageKind::GIF(_) | ImageKind::WEBP(_) => Ok(None),
        }
    }

    fn note(&mut self, note: Note) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }
}

fn has_blend(items: &[Item]) -> bool {
    items.iter().any(|item| match item {
        Item::Group(group) => group.blend != Blend::Normal || has_blend(&group.items),
        _ => false,
    })
}

fn blend(mode: BlendMode) -> Result<Blend, DrawingProblem> {
    Ok(match mode {
        BlendMode::Normal => Blend::Normal,
        BlendMode::Multiply => Blend::Multiply,
        BlendMode::Screen => Blend::Screen,
        BlendMode::Overlay => Blend::Overlay,
        BlendMode::Darken => Blend::Darken,
        BlendMode::Lighten => Blend::Lighten,
        BlendMode::ColorDodge => Blend::ColorDodge,
        BlendMode::ColorBurn => Blend::ColorBurn,
        BlendMode::HardLight => Blend::HardLight,
        BlendMode::SoftLight => Blend::SoftLight,
        BlendMode::Difference => Blend::Difference,
        BlendMode::Exclusion => Blend::Exclusion,
        BlendMode::Hue => Blend::Hue,
        BlendMode::Saturation => Blend::Saturation,
        BlendMode::Color => Blend::Color,
        BlendMode::Luminosity => Blend::Luminosity,
        BlendMode::PlusLighter => return Err(DrawingProblem::NotDrawn("the blend mode 'plus-lighter'".to_owned())),
    })
}
