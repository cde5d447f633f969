//! Pictures: fitted into their box, cut by its corners, with a stroke and an overlay; and what stands in for them.

use handbill_template::resolved::{AssetRef, Image, ImageFit, Shadow, WantedSize};
use handbill_template::{Warning, WarningCode};
use kurbo::{Point, Rect};

use super::fitting::{self, Fitted};
use super::{Drawing, Painter, Silhouette, Site, outline};
use crate::display::{Clip, FillRule, Group, ImageItem, Item, Shape};
use crate::images::{ColorFilter, ImageId, ImageStore};
use crate::layout::NaturalSize;

/// Enlarging by less than this is rounding.
const UPSCALE_TOLERANCE: f64 = 1.01;

impl Painter<'_> {
    pub(super) fn image(&mut self, image: &Image, shadows: &[Shadow], site: Site<'_>) -> Drawing {
        let area = site.area();
        let shape = outline::corners(area, image.corner_radius);
        let Some(id) = self.image_or_fallback(image, site) else { return Drawing::plain(Vec::new()) };
        let Some(fitted) = self.fit_picture(id, image.crop, area, image.fit, image.focus) else {
            return Drawing::plain(Vec::new());
        };
        self.warn_upscaled(id, &fitted, image.wanted.as_ref(), site);
        let clip = if shape == Shape::Rect(area) { None } else { Some(shape.clone()) };
        let mut items = self.picture(id, image, &fitted, clip, &shape, site);
        let covers = matches!(image.fit, ImageFit::Cover | ImageFit::Fill);
        let opaque = covers && fitting::is_opaque(self.images, id);
        items.extend(self.inset_shadows(shadows, &shape, site));
        items.extend(self.fill(&image.overlay, &shape, FillRule::NonZero, site));
        items.extend(self.stroke(&image.stroke, &shape, site));
        // One that is transparent in places casts the shadow of what is in it.
        let silhouette = opaque.then_some(Silhouette { shape, opaque });
        Drawing { items, silhouette }
    }

    fn picture(
        &self,
        id: ImageId,
        image: &Image,
        fitted: &Fitted,
        clip: Option<Shape>,
        shape: &Shape,
        site: Site<'_>,
    ) -> Vec<Item> {
        let blur = image.filters.blur.filter(|sigma| *sigma > 0.0);
        let tint = image.filters.tint.as_ref().map(|tint| self.color(tint));
        let item = Item::Image(ImageItem {
            image: id,
            source: fitted.source,
            target: fitted.target,
            clip: if blur.is_some() { None } else { clip },
            cropped: image.crop.is_some(),
            filter: ColorFilter::new(&image.filters, tint),
            opacity: 1.0,
            transform: site.transform,
        });
        let Some(blur) = blur else { return vec![item] };
        // The blur's soft edge is cut by the box, as a filter on the picture and not on the node.
        let clip = Some(Clip { shape: shape.clone(), rule: FillRule::NonZero, transform: site.transform });
        let blurred = Item::Group(Group { items: vec![item], blur, ..Group::default() });
        vec![Item::Group(Group { items: vec![blurred], clip, ..Group::default() })]
    }

    /// The picture, or its fallback when it cannot be had. What happened is reported.
    fn image_or_fallback(&mut self, image: &Image, site: Site<'_>) -> Option<ImageId> {
        let problem = match image.src.as_ref().map(|src| (src, self.images.get(src))) {
            Some((_, Ok(id))) => return Some(id),
            Some((src, Err(problem))) => Some((src, problem.to_string())),
            None => None,
        };
        let stand_in = image.fallback.as_ref().map(|fallback| (fallback, self.images.get(fallback)));
        match (problem, stand_in) {
            (None, Some((_, Ok(id)))) => Some(id),
            (Some((src, reason)), Some((fallback, Ok(id)))) => {
                let message = format!("the picture {} of '{}' {reason}; its fallback is shown", quoted(src), site.id);
                let warning = Warning::new(WarningCode::ImageReplaced, message);
                self.warn(warning.from_to(src.0.as_str(), fallback.0.as_str()), site.id);
                Some(id)
            }
            (problem, stand_in) => {
                if let Some((src, reason)) = problem {
                    self.warn_failed(src, &reason, site.id);
                }
                if let Some((fallback, Err(reason))) = stand_in {
                    self.warn_failed(fallback, &reason.to_string(), site.id);
                }
                None
            }
        }
    }

    pub(super) fn warn_failed(&mut self, src: &AssetRef, reason: &str, node: &str) {
        let message = format!("the picture {} of '{node}' {reason}", quoted(src));
        let mut warning = Warning::new(WarningCode::ImageFailed, message);
        warning.from = Some(src.0.as_str().into());
        self.warn(warning, node);
    }

    /// Tells when a picture has fewer pixels than its field asks for, or than it is drawn with.
    pub(super) fn warn_upscaled(&mut self, id: ImageId, fitted: &Fitted, wanted: Option<&WantedSize>, site: Site<'_>) {
        let (width, height) = self.images.size(id);
        let own = format!("{width}×{height}");
        if let Some(wanted) = wanted.filter(|wanted| width < wanted.min_width || height < wanted.min_height) {
            let least = least_size(wanted);
            let message = format!("{}: the picture is {own} pixels; '{}' asks for {least}", site.id, wanted.field);
            let warning = Warning::new(WarningCode::ImageUpscaled, message).for_label(&wanted.field);
            return self.warn(warning.from_to(own, least), site.id);
        }
        let device = Rect::from_origin_size(Point::ORIGIN, fitted.target.size() * self.device_scale);
        let factor = (device.width() / fitted.source.width()).max(device.height() / fitted.source.height());
        if factor > UPSCALE_TOLERANCE {
            let needed = |own: u32| (f64::from(own) * factor).ceil();
            let needed = format!("{}×{}", needed(width), needed(height));
            let message = format!("{}: the picture is {own} pixels and drawn as if it were {needed}", site.id);
            self.warn(Warning::new(WarningCode::ImageUpscaled, message).from_to(own, needed), site.id);
        }
    }
}

fn least_size(wanted: &WantedSize) -> String {
    match (wanted.min_width, wanted.min_height) {
        (width, 0) => format!("a width of {width}"),
        (0, height) => format!("a height of {height}"),
        (width, height) => format!("{width}×{height}"),
    }
}

/// An address for people: data URLs are as long as their picture.
pub(super) fn quoted(src: &AssetRef) -> String {
    const SHOWN: usize = 200;
    match src.0.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("'{}…'", &src.0[..end]),
        None => format!("'{}'", src.0),
    }
}

/// A picture's own size: one of its pixels is a layout pixel. Its fallback's where it cannot be had.
pub fn natural_size(image: &Image, images: &ImageStore) -> Option<NaturalSize> {
    let candidates = image.src.iter().chain(&image.fallback);
    let id = candidates.filter_map(|src| images.get(src).ok()).next()?;
    let size = fitting::cropped(images, id, image.crop).size();
    Some(NaturalSize { width: size.width, height: size.height })
}
