//! QR codes.

use handbill_template::resolved::{Code, ErrorCorrection};
use handbill_template::{Warning, WarningCode};
use kurbo::{Rect, Size};
use qrcode::{Color, EcLevel, QrCode};

use super::{Drawing, Painter, Silhouette, Site};
use crate::bounds;
use crate::display::{FillItem, FillRule, Item, ModulesItem, Paint, Shape};
use crate::error::RenderError;
use crate::layout::NaturalSize;

/// Layout pixels per module of a code that is given no size.
const MODULE: f64 = 4.0;

/// Device pixels that a module needs to be told apart in a photo of a screen, or printed at 300 dpi (a quarter of a
/// millimetre).
const LEAST_PIXELS: f64 = 3.0;

impl Painter<'_> {
    pub(super) fn code(&mut self, code: &Code, site: Site<'_>) -> Result<Drawing, RenderError> {
        let qr =
            encode(code).map_err(|reason| RenderError::Output { what: format!("{}: the QR code", site.id), reason })?;
        let (fill, background) = (self.color(&code.fill), self.color(&code.background));
        let shape = Shape::Rect(site.area());
        let mut items = Vec::new();
        if background.0[3] > 0 {
            items.push(Item::Fill(FillItem {
                shape: shape.clone(),
                rule: FillRule::NonZero,
                paint: Paint::Solid(background),
                transform: site.transform,
            }));
        }
        let size = qr.width();
        let target = modules_area(site.area(), size, code.quiet_zone);
        self.warn_if_small(target.width() / size as f64, site);
        items.push(Item::Modules(ModulesItem {
            node: site.id.into(),
            size,
            dark: qr.to_colors().into_iter().map(|color| color == Color::Dark).collect(),
            target,
            color: fill,
            transform: site.transform,
        }));
        let silhouette = (background.0[3] > 0).then_some(Silhouette { shape, opaque: background.0[3] == 255 });
        Ok(Drawing { items, silhouette })
    }
}

impl Painter<'_> {
    /// `module`: the side of one, in the node's own pixels.
    fn warn_if_small(&mut self, module: f64, site: Site<'_>) {
        let scale = bounds::scale(site.transform) * self.device_scale;
        // Whole pixels are what the rasteriser gives a module.
        let pixels = (module * scale).floor();
        if pixels < LEAST_PIXELS {
            let message = format!(
                "{}: a module of its code is {pixels} pixels wide; scanners need {LEAST_PIXELS}: make it larger or its text shorter",
                site.id
            );
            self.warn(Warning::new(WarningCode::CodeTooSmall, message).from_to(pixels, LEAST_PIXELS), site.id);
        }
    }
}

/// The square of the modules: the largest with its quiet zone in the middle of the box.
fn modules_area(area: Rect, modules: usize, quiet_zone: u32) -> Rect {
    let with_quiet = modules as f64 + 2.0 * f64::from(quiet_zone);
    let side = area.width().min(area.height()) * modules as f64 / with_quiet;
    Rect::from_center_size(area.center(), Size::new(side, side))
}

fn encode(code: &Code) -> Result<QrCode, String> {
    let level = match code.level {
        ErrorCorrection::L => EcLevel::L,
        ErrorCorrection::M => EcLevel::M,
        ErrorCorrection::Q => EcLevel::Q,
        ErrorCorrection::H => EcLevel::H,
    };
    QrCode::with_error_correction_level(&code.value, level).map_err(|_| {
        let bytes = code.value.len();
        format!("its text has {bytes} bytes, more than a code of level {:?} holds; shorten it", code.level)
    })
}

/// A code's own size, a square. None when its text cannot be encoded, which painting tells.
pub fn natural_size(code: &Code) -> Option<NaturalSize> {
    let side = (encode(code).ok()?.width() as f64 + 2.0 * f64::from(code.quiet_zone)) * MODULE;
    Some(NaturalSize { width: side, height: side })
}

#[cfg(test)]
mod tests;
