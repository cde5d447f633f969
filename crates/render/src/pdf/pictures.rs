//! Pictures: JPEGs as they came, without what else was in the file; others without loss, with their alpha.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use krilla::geom::Size;
use krilla::image::{BitsPerComponent, CustomImage, Image, ImageColorspace};
use krilla::surface::Surface;
use kurbo::{Affine, Rect};

use super::painter::Painter;
use super::{failed, geometry, jpeg};
use crate::display::{ImageItem, ImagePaint, Shape};
use crate::encode;
use crate::error::RenderError;
use crate::images::{ColorFilter, ImageFormat, ImageId, ImageProblem, ImageStore};
use crate::pixmap::{Pixmap, div255};
use handbill_template::resolved::Rgba;

/// Quality of a photo that has to be encoded again.
const QUALITY: u8 = 92;

/// The pictures of the PDF; each is put in once a document.
pub(super) struct Pictures<'a> {
    images: &'a ImageStore,
    made: Vec<(Key, Picture)>,
}

/// A picture, the part of it when only one may be put in, and what is done to its colours.
#[derive(Clone, PartialEq)]
struct Key {
    id: ImageId,
    part: Option<Rect>,
    filter: Option<ColorFilter>,
}

#[derive(Clone)]
struct Picture {
    image: Image,
    /// From the file's pixels to those of the upright picture.
    upright: Affine,
    /// What `source` counts from.
    origin: kurbo::Vec2,
    /// Of the upright picture.
    size: kurbo::Size,
}

pub(super) fn image(painter: &mut Painter<'_>, surface: &mut Surface<'_>, item: &ImageItem) {
    let part = item.cropped.then_some(item.source);
    let picture = painter.pictures.get(&Key { id: item.image, part, filter: item.filter.clone() });
    let Some(picture) = painter.keep(picture) else { return };
    surface.push_transform(&geometry::transform(item.transform));
    let clip = item.clip.as_ref().map(|clip| (geometry::shape(clip), is_within(clip, item.target)));
    match clip {
        // Nothing is inside a clip without area.
        Some((None, _)) => {}
        Some((Some(path), is_within)) => {
            surface.push_clip_path(&path, &krilla::paint::FillRule::NonZero);
            place(surface, &picture, item.source, item.target, item.opacity, !is_within);
            surface.pop();
        }
        None => place(surface, &picture, item.source, item.target, item.opacity, true),
    }
    surface.pop();
}

/// A picture as a paint, in the coordinates that are in force.
pub(super) fn paint(painter: &mut Painter<'_>, surface: &mut Surface<'_>, paint: &ImagePaint) {
    let picture = painter.pictures.get(&Key { id: paint.image, part: None, filter: None });
    if let Some(picture) = painter.keep(picture) {
        place(surface, &picture, paint.source, paint.target, paint.opacity, true);
    }
}

fn is_within(shape: &Shape, target: Rect) -> bool {
    let bounds = match shape {
        Shape::Rect(rect) | Shape::Ellipse(rect) => *rect,
        Shape::RoundedRect(rounded) => rounded.rect(),
        Shape::Path(path) => kurbo::Shape::bounding_box(path),
    };
    target.inflate(1e-3, 1e-3).contains_rect(bounds)
}

/// Draws the whole picture so that `source` comes to lie on `target`. `clip`: nothing may show around it.
fn place(surface: &mut Surface<'_>, picture: &Picture, source: Rect, target: Rect, opacity: f64, clip: bool) {
    let stored = picture.upright.inverse().transform_rect_bbox(picture.size.to_rect());
    let Some(size) = Size::from_wh(stored.width() as f32, stored.height() as f32) else { return };
    let Some(edge) = geometry::rect_path(target) else { return };
    if source.width() <= 0.0 || source.height() <= 0.0 {
        return;
    }
    let source = source - picture.origin;
    let whole = source.inflate(0.01, 0.01).contains_rect(picture.size.to_rect());
    let clip = clip && !whole;
    if clip {
        surface.push_clip_path(&edge, &krilla::paint::FillRule::NonZero);
    }
    let to_target = Affine::translate(target.origin().to_vec2())
        * Affine::scale_non_uniform(target.width() / source.width(), target.height() / source.height())
        * Affine::translate(-source.origin().to_vec2());
    surface.push_opacity(geometry::share(opacity));
    surface.push_transform(&geometry::transform(to_target * picture.upright));
    surface.draw_image(picture.image.clone(), size);
    surface.pop();
    surface.pop();
    if clip {
        surface.pop();
    }
}

impl<'a> Pictures<'a> {
    pub(super) fn new(images: &'a ImageStore) -> Self {
        Pictures { images, made: Vec::new() }
    }

    /// The picture, or only the part that a template cuts out of it, with its colours as they are to be.
    fn get(&mut self, key: &Key) -> Result<Picture, RenderError> {
        if let Some((_, picture)) = self.made.iter().find(|(made, _)| made == key) {
            return Ok(picture.clone());
        }
        let picture = match key.part {
            Some(part) => self.part(key, part),
            None => self.whole(key),
        }?;
        self.made.push((key.clone(), picture.clone()));
        Ok(picture)
    }

    fn whole(&self, key: &Key) -> Result<Picture, RenderError> {
        let info = self.images.info(key.id).map_err(|problem| lost(&problem))?;
        let size = kurbo::Size::new(f64::from(info.width), f64::from(info.height));
        let origin = kurbo::Vec2::ZERO;
        let as_it_came = key.filter.is_none().then(|| self.passed_through(key.id, info.format)).flatten();
        if let Some(image) = as_it_came {
            let (width, height) = info.stored_size();
            let upright = info.orientation.transform(f64::from(width), f64::from(height));
            return Ok(Picture { image, upright, origin, size });
        }
        let pixmap = self.images.pixels(key.id).map_err(|problem| lost(&problem))?;
        let image = self.encoded(key, info.format, &pixmap)?;
        Ok(Picture { image, upright: Affine::IDENTITY, origin, size })
    }

    fn passed_through(&self, id: ImageId, format: ImageFormat) -> Option<Image> {
        let bytes = self.images.file(id).ok().filter(|_| format == ImageFormat::Jpeg)?;
        let jpeg::Bare { data, profile } = jpeg::bare(bytes)?;
        Image::from_jpeg_with_icc(data.into(), profile.map(Into::into), true).ok()
    }

    fn part(&self, key: &Key, part: Rect) -> Result<Picture, RenderError> {
        let info = self.images.info(key.id).map_err(|problem| lost(&problem))?;
        let upright = Rect::new(0.0, 0.0, f64::from(info.width), f64::from(info.height));
        let part = whole_pixels(part).intersect(upright);
        let side = |length: f64| length.round().clamp(1.0, 65_535.0) as u16;
        let scaled = self.images.scaled(key.id, part, side(part.width()), side(part.height()));
        let pixmap = scaled
            .map_err(|problem| lost(&problem))?
            .ok_or_else(|| failed("a picture's part lies outside the picture"))?;
        let image = self.encoded(key, info.format, &pixmap)?;
        let size = kurbo::Size::new(f64::from(pixmap.width()), f64::from(pixmap.height()));
        Ok(Picture { image, upright: Affine::IDENTITY, origin: part.origin().to_vec2(), size })
    }

    /// Pixels as a picture of the PDF. A photo that came with loss would be many times as large without.
    fn encoded(&self, key: &Key, format: ImageFormat, pixmap: &Pixmap) -> Result<Image, RenderError> {
        let filtered = key.filter.as_ref().map(|filter| filter.apply(pixmap));
        let pixmap = filtered.as_ref().unwrap_or(pixmap);
        let lossy = match format {
            ImageFormat::Jpeg => true,
            ImageFormat::WebP => self.images.file(key.id).is_ok_and(is_lossy_webp),
            ImageFormat::Png | ImageFormat::Gif => false,
            #[cfg(feature = "avif-decode")]
            ImageFormat::Avif => true,
        };
        if lossy && pixmap.opaque() {
            let data = encode::jpeg::encode(pixmap, QUALITY)?;
            return Image::from_jpeg(data.into(), true).map_err(failed);
        }
        self::picture(Planes::of(pixmap))
    }
}

/// Every pixel that shows at all, as it is: one that is cut by the edge must not be mixed with its hidden neighbour.
fn whole_pixels(part: Rect) -> Rect {
    const ROUNDING: f64 = 1e-6;
    Rect::new(
        (part.x0 + ROUNDING).floor(),
        (part.y0 + ROUNDING).floor(),
        (part.x1 - ROUNDING).ceil(),
        (part.y1 - ROUNDING).ceil(),
    )
}

fn is_lossy_webp(bytes: &[u8]) -> bool {
    let mut at = 12;
    while let Some(header) = bytes.get(at..at + 8) {
        match &header[..4] {
            b"VP8 " => return true,
            b"VP8L" => return false,
            _ => {}
        }
        let length = u32::from_le_bytes([header[4], header[5], header[6], header[7]]) as usize;
        at = at.saturating_add(8).saturating_add(length.saturating_add(length & 1));
    }
    false
}

fn lost(problem: &ImageProblem) -> RenderError {
    RenderError::Output { what: "a picture of the PDF".into(), reason: format!("it {problem}") }
}

/// Pixels without loss.
pub(super) fn picture(planes: Planes) -> Result<Image, RenderError> {
    Image::from_custom(Pixels(Arc::new(planes)), true).map_err(failed)
}

/// What the PDF library asks for pixels by; cheap to clone.
#[derive(Clone)]
struct Pixels(Arc<Planes>);

/// Pixels as PDF keeps them: colour and alpha apart.
#[derive(Hash)]
pub(super) struct Planes {
    width: u32,
    height: u32,
    /// One byte a pixel when all of it is grey, else three.
    color: Vec<u8>,
    alpha: Option<Vec<u8>>,
}

impl Planes {
    pub(super) fn of(pixmap: &Pixmap) -> Planes {
        let straight = pixmap.data().chunks_exact(4).map(straight);
        let grey = straight.clone().all(|[r, g, b, _]| r == g && g == b);
        let color = if grey {
            straight.clone().map(|[r, ..]| r).collect()
        } else {
            straight.clone().flat_map(|[r, g, b, _]| [r, g, b]).collect()
        };
        let alpha = (!pixmap.opaque()).then(|| straight.map(|[.., a]| a).collect());
        Planes { width: pixmap.width(), height: pixmap.height(), color, alpha }
    }

    /// The picture's alpha in one colour.
    pub(super) fn silhouette(pixmap: &Pixmap, Rgba([r, g, b, a]): Rgba) -> Planes {
        let alpha: Vec<u8> =
            pixmap.data().chunks_exact(4).map(|pixel| div255(u32::from(pixel[3]) * u32::from(a))).collect();
        let color = if r == g && g == b { vec![r; alpha.len()] } else { [r, g, b].repeat(alpha.len()) };
        Planes { width: pixmap.width(), height: pixmap.height(), color, alpha: Some(alpha) }
    }
}

/// Colours divided by their alpha.
fn straight(pixel: &[u8]) -> [u8; 4] {
    let alpha = u32::from(pixel[3]);
    let channel = |n: usize| match alpha {
        0 => 0,
        255 => pixel[n],
        _ => ((u32::from(pixel[n]) * 255 + alpha / 2) / alpha).min(255) as u8,
    };
    [channel(0), channel(1), channel(2), pixel[3]]
}

impl Hash for Pixels {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl CustomImage for Pixels {
    fn color_channel(&self) -> &[u8] {
        &self.0.color
    }

    fn alpha_channel(&self) -> Option<&[u8]> {
        self.0.alpha.as_deref()
    }

    fn bits_per_component(&self) -> BitsPerComponent {
        BitsPerComponent::Eight
    }

    fn size(&self) -> (u32, u32) {
        (self.0.width, self.0.height)
    }

    fn icc_profile(&self) -> Option<&[u8]> {
        None
    }

    fn color_space(&self) -> ImageColorspace {
        let pixels = self.0.width as usize * self.0.height as usize;
        if self.0.color.len() == pixels { ImageColorspace::Luma } else { ImageColorspace::Rgb }
    }
}
