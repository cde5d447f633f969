//! Small pages and how they are drawn.

use std::collections::BTreeMap;
use std::sync::Arc;

use handbill_render::display::{DisplayPage, FillItem, FillRule, Item, Paint, Shape};
use handbill_render::fonts::FontLibrary;
use handbill_render::images::{ImageCache, ImageId, ImageStore};
use handbill_render::input::{Asset, Limits};
use handbill_render::pixmap::Pixmap;
use handbill_render::raster::{RasterContext, draw};
use handbill_template::resolved::{AssetRef, Rgba};
use kurbo::{Affine, Rect};

use crate::bundled::bundled;

pub(crate) const RED: Rgba = Rgba([255, 0, 0, 255]);
pub(crate) const GREEN: Rgba = Rgba([0, 255, 0, 255]);
pub(crate) const BLUE: Rgba = Rgba([0, 0, 255, 255]);

/// The page's side in layout pixels.
pub(crate) const SIDE: u32 = 100;

/// The fonts that are always there.
pub(crate) fn fonts() -> &'static FontLibrary {
    bundled(false)
}

pub(crate) fn fill(shape: Shape, paint: Paint) -> Item {
    Item::Fill(FillItem { shape, rule: FillRule::NonZero, paint, transform: Affine::IDENTITY })
}

pub(crate) fn rect(x0: f64, y0: f64, x1: f64, y1: f64, color: Rgba) -> Item {
    fill(Shape::Rect(Rect::new(x0, y0, x1, y1)), Paint::Solid(color))
}

/// A page of 100 × 100 layout pixels, drawn at a scale.
pub(crate) fn page(items: Vec<Item>, scale: u32) -> Pixmap {
    Pictures::default().page(items, scale)
}

/// Pages with pictures.
#[derive(Default)]
pub(crate) struct Pictures {
    assets: BTreeMap<AssetRef, Asset>,
}

impl Pictures {
    /// One PNG of straight RGBA pixels.
    pub(crate) fn of(width: u32, height: u32, rgba: &[u8]) -> Self {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_color(png::ColorType::Rgba);
        encoder.write_header().unwrap().write_image_data(rgba).unwrap();
        Pictures::file(&bytes)
    }

    pub(crate) fn file(bytes: &[u8]) -> Self {
        Pictures { assets: BTreeMap::from([(AssetRef("picture".into()), Asset::Bytes(Arc::from(bytes)))]) }
    }

    /// The one picture.
    pub(crate) const ID: ImageId = ImageId(0);

    pub(crate) fn page(&self, items: Vec<Item>, scale: u32) -> Pixmap {
        let images = ImageStore::new(&self.assets, &Limits::default(), &ImageCache::new(1 << 24));
        self.assets.keys().for_each(|asset| assert_eq!(images.get(asset), Ok(Pictures::ID)));
        let page = DisplayPage { name: None, width: SIDE.into(), height: SIDE.into(), bleed: 0.0, items };
        draw(&page, fonts(), &images, &mut RasterContext::new(), SIDE * scale, SIDE * scale).unwrap()
    }
}

/// Fails unless a pixel is of a colour, straight, give or take `tolerance`.
#[track_caller]
pub(crate) fn assert_pixel(pixmap: &Pixmap, x: u32, y: u32, expected: [u8; 4], tolerance: u8) {
    let found = pixmap.pixel(x, y);
    let near = found.iter().zip(expected).all(|(a, b)| a.abs_diff(b) <= tolerance);
    assert!(near, "pixel ({x}, {y}) is {found:?} instead of {expected:?}");
}
