//! What PDF has no words for, soft shadows and blurs, as the smallest pictures that look the same: a blur has no
//! detail finer than a fifth of its σ that one could see, and viewers smooth between pixels.
//!
//! The rasteriser draws them; this is the one place where one output asks the other.

use handbill_template::resolved::{Blend, Rgba};
use krilla::geom::Size;
use krilla::image::Image;
use krilla::surface::Surface;
use kurbo::{Affine, BezPath, Rect, RoundedRect, RoundedRectRadii};

use super::painter::Painter;
use super::pictures::{self, Planes};
use super::{geometry, paints};
use crate::bounds;
use crate::display::{FillRule, Group, Item, ShadowItem, Shape};
use crate::error::RenderError;
use crate::outlines;
use crate::pixmap::Pixmap;
use crate::raster;

/// Less than this is drawn sharp; layout pixels.
const SHARP: f64 = 0.05;

pub(super) fn shadow<'a>(painter: &mut Painter<'a>, surface: &mut Surface<'_>, item: &'a ShadowItem) {
    if item.color.0[3] == 0 || item.shape.rect().is_zero_area() {
        return;
    }
    surface.push_transform(&geometry::transform(item.transform));
    let outside = item.knockout.as_ref().and_then(|shape| geometry::path(&outside(item, shape)));
    if let Some(outside) = &outside {
        surface.push_clip_path(outside, &krilla::paint::FillRule::EvenOdd);
    }
    if item.sigma < SHARP {
        sharp(surface, item);
    } else {
        let picture = shadow_picture(painter, item);
        if let Some((image, area)) = painter.keep(picture) {
            draw(surface, image, area);
        }
    }
    if outside.is_some() {
        surface.pop();
    }
    surface.pop();
}

fn sharp(surface: &mut Surface<'_>, item: &ShadowItem) {
    if let Some(path) = geometry::shape(&Shape::RoundedRect(item.shape)) {
        surface.set_stroke(None);
        surface.set_fill(Some(paints::solid(item.color).fill(FillRule::NonZero)));
        surface.draw_path(&path);
    }
}

/// As far as the shadow reaches, but for the shape.
fn outside(item: &ShadowItem, shape: &Shape) -> BezPath {
    let around = 4.0 * item.sigma + 8.0;
    let mut path = outlines::path(shape);
    let reach = item.shape.rect().union(kurbo::Shape::bounding_box(&path));
    path.extend(outlines::rect(reach.inflate(around, around)));
    path
}

/// The shadow, and where it goes in its own coordinates.
fn shadow_picture(painter: &mut Painter<'_>, item: &ShadowItem) -> Result<(Image, Rect), RenderError> {
    let grid = Grid::around(item.shape.rect(), 3.0 * item.sigma, item.sigma);
    // The rasteriser puts edges on whole pixels: here they are there already.
    let [x, y] = grid.scale;
    let rect = Affine::scale_non_uniform(x, y).transform_rect_bbox(item.shape.rect() - grid.area.origin().to_vec2());
    let black = ShadowItem {
        shape: RoundedRect::from_rect(rect, scaled(item.shape.radii(), (x + y) / 2.0)),
        sigma: item.sigma * (x + y) / 2.0,
        color: Rgba::BLACK,
        knockout: None,
        transform: Affine::IDENTITY,
    };
    let pixmap = grid.draw(painter, Item::Shadow(black), Affine::IDENTITY)?;
    Ok((pictures::picture(Planes::silhouette(&pixmap, item.color))?, grid.area))
}

fn scaled(radii: RoundedRectRadii, by: f64) -> RoundedRectRadii {
    let RoundedRectRadii { top_left, top_right, bottom_right, bottom_left } = radii;
    RoundedRectRadii::new(top_left * by, top_right * by, bottom_right * by, bottom_left * by)
}

/// A blurred group; opacity and blend mode are the caller's.
pub(super) fn group<'a>(painter: &mut Painter<'a>, surface: &mut Surface<'_>, group: &'a Group) {
    let picture = group_picture(painter, group);
    if let Some((image, area)) = painter.keep(picture).flatten() {
        draw(surface, image, area);
    }
}

fn group_picture(painter: &mut Painter<'_>, group: &Group) -> Result<Option<(Image, Rect)>, RenderError> {
    let drawn = bounds::group(group, Affine::IDENTITY);
    let page = painter.page_area.inflate(3.0 * group.blur, 3.0 * group.blur);
    let shown = bounds::overlap(drawn, page);
    if shown.is_zero_area() {
        return Ok(None);
    }
    let grid = Grid::around(shown, 0.0, group.blur);
    let [x, y] = grid.scale;
    let to_grid = Affine::scale_non_uniform(x, y) * Affine::translate(-grid.area.origin().to_vec2());
    let tint = group.tint.map(|_| Rgba::BLACK);
    let alone = Group { opacity: 1.0, blend: Blend::Normal, tint, meaning: None, ..group.clone() };
    let pixmap = grid.draw(painter, Item::Group(alone), to_grid)?;
    let planes = match group.tint {
        Some(color) => Planes::silhouette(&pixmap, color),
        None => Planes::of(&pixmap),
    };
    Ok(Some((pictures::picture(planes)?, grid.area)))
}

fn draw(surface: &mut Surface<'_>, image: Image, area: Rect) {
    let Some(size) = Size::from_wh(area.width() as f32, area.height() as f32) else { return };
    surface.push_transform(&geometry::transform(Affine::translate(area.origin().to_vec2())));
    surface.draw_image(image, size);
    surface.pop();
}

/// Pixels over an area: drawn finely enough that the rasteriser's whole pixels do not show, kept coarsely.
struct Grid {
    area: Rect,
    /// Drawn pixels per layout pixel.
    scale: [f64; 2],
    /// Drawn pixels.
    size: (u16, u16),
    /// So many drawn pixels a side become one.
    factor: usize,
}

impl Grid {
    /// More drawn pixels than this on a side are not worth it.
    const LARGEST: f64 = 8192.0;

    /// Pixels over `rect`, whose edges lie between pixels, and `reach` around it.
    fn around(rect: Rect, reach: f64, sigma: f64) -> Grid {
        let longest = rect.width().max(rect.height()) + 2.0 * reach;
        let density = (3.0 / sigma).clamp(1.0, 2.0).min(Self::LARGEST / longest);
        let factor = (sigma * density / 5.0).floor().max(1.0);
        let axis = |from: f64, length: f64| {
            let scale = (length * density).round().max(1.0) / length;
            let before = (reach * scale).ceil();
            let pixels = ((2.0 * before + length * scale).round() / factor).ceil() * factor;
            let start = from - before / scale;
            (start, start + pixels / scale, scale, pixels as u16)
        };
        let (x0, x1, scale_x, width) = axis(rect.x0, rect.width());
        let (y0, y1, scale_y, height) = axis(rect.y0, rect.height());
        Grid {
            area: Rect::new(x0, y0, x1, y1),
            scale: [scale_x, scale_y],
            size: (width, height),
            factor: factor as usize,
        }
    }

    fn draw(&self, painter: &mut Painter<'_>, item: Item, to_grid: Affine) -> Result<Pixmap, RenderError> {
        let Painter { fonts, images, raster, .. } = painter;
        let drawn = raster::draw_items(&[item], fonts, images, raster, to_grid, self.size)?;
        Ok(shrink(&drawn, self.factor))
    }
}

/// Averages of `factor` × `factor` pixels; the sides are multiples of it.
fn shrink(pixmap: &Pixmap, factor: usize) -> Pixmap {
    if factor == 1 {
        return pixmap.clone();
    }
    let (width, height) = (pixmap.width() as usize / factor, pixmap.height() as usize / factor);
    let mut sums = vec![0u32; width * height * 4];
    for (y, row) in pixmap.data().chunks_exact(pixmap.width() as usize * 4).enumerate() {
        let sums = &mut sums[y / factor * width * 4..][..width * 4];
        for (x, pixel) in row.chunks_exact(4).enumerate() {
            let sum = &mut sums[x / factor * 4..][..4];
            sum.iter_mut().zip(pixel).for_each(|(sum, &channel)| *sum += u32::from(channel));
        }
    }
    let count = (factor * factor) as u32;
    let data = sums.into_iter().map(|sum| ((sum + count / 2) / count) as u8).collect();
    Pixmap::from_premultiplied(data, width as u16, height as u16, false)
}
