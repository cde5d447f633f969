//! Clips and masks.

use kurbo::{Affine, BezPath, Shape as _};
use usvg::{ClipPath, MaskType, Node};

use super::super::DrawingProblem;
use super::Drawer;
use super::geometry::{self, affine, fill_rule};
use crate::display::{Clip, FillRule, Group, Item, Mask, Shape};

/// More shapes than this in one clip are drawn as a mask without looking whether they overlap.
const MOST_SHAPES: usize = 32;

impl Drawer<'_> {
    /// `to_page` is of what is clipped.
    pub(super) fn clipped(
        &mut self,
        items: Vec<Item>,
        clip: &ClipPath,
        to_page: Affine,
    ) -> Result<Vec<Item>, DrawingProblem> {
        self.budget.item()?;
        let to_clip = to_page * affine(clip.transform());
        let mut group = Group { items, ..Group::default() };
        match one_shape(clip.root()) {
            Some((path, rule)) => {
                self.budget.segments(path.elements().len())?;
                geometry::check_range(&path, to_clip)?;
                group.clip = Some(Clip { shape: Shape::Path(path), rule, transform: to_clip });
            }
            None => {
                let items = self.uncolored(|drawer| drawer.group(clip.root(), to_clip))?;
                group.mask = Some(Mask { items, luminance: false });
            }
        }
        let items = vec![Item::Group(group)];
        match clip.clip_path() {
            Some(outer) => self.clipped(items, outer, to_page),
            None => Ok(items),
        }
    }

    /// A mask, itself masked by its own.
    pub(super) fn mask(&mut self, mask: &usvg::Mask, to_page: Affine) -> Result<Mask, DrawingProblem> {
        self.budget.item()?;
        let mut items = self.uncolored(|drawer| drawer.group(mask.root(), to_page))?;
        if let Some(inner) = mask.mask() {
            let mask = Some(self.mask(inner, to_page)?);
            items = vec![Item::Group(Group { items, mask, ..Group::default() })];
        }
        let clip =
            Clip { shape: Shape::Rect(geometry::rect(mask.rect())), rule: FillRule::NonZero, transform: to_page };
        let items = vec![Item::Group(Group { items, clip: Some(clip), ..Group::default() })];
        Ok(Mask { items, luminance: mask.kind() == MaskType::Luminance })
    }

    /// What only says where something shows keeps its colours.
    fn uncolored<T>(&mut self, draw: impl FnOnce(&mut Self) -> T) -> T {
        let colors = std::mem::take(&mut self.colors);
        let drawn = draw(self);
        self.colors = colors;
        drawn
    }
}

/// The shapes of a clip as one, if that is the same: a single shape, or some that lie apart from each other.
fn one_shape(root: &usvg::Group) -> Option<(BezPath, FillRule)> {
    let mut shapes = Vec::new();
    collect(root, Affine::IDENTITY, &mut shapes)?;
    let rule = shapes.first()?.1;
    let bounds: Vec<_> = shapes.iter().map(|(path, _)| path.bounding_box()).collect();
    let apart = |(n, one): (usize, &kurbo::Rect)| bounds[..n].iter().all(|other| !other.overlaps(*one));
    if shapes.iter().any(|(_, other)| *other != rule) || !bounds.iter().enumerate().all(apart) {
        return None;
    }
    let mut whole = BezPath::new();
    shapes.into_iter().for_each(|(path, _)| whole.extend(path));
    Some((whole, rule))
}

/// None when it is more than a few shapes.
fn collect(group: &usvg::Group, to_clip: Affine, shapes: &mut Vec<(BezPath, FillRule)>) -> Option<()> {
    let to_clip = to_clip * affine(group.transform());
    if group.clip_path().is_some() || group.mask().is_some() || !group.filters().is_empty() {
        return None;
    }
    for node in group.children() {
        match node {
            Node::Group(inner) => collect(inner, to_clip, shapes)?,
            Node::Text(_) | Node::Image(_) => return None,
            Node::Path(path) => {
                if let Some(fill) = path.fill().filter(|_| path.is_visible()) {
                    shapes.push((to_clip * geometry::path(path.data()), fill_rule(fill.rule())));
                }
            }
        }
        if shapes.len() > MOST_SHAPES {
            return None;
        }
    }
    Some(())
}
