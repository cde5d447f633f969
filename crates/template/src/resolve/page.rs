//! The page: which size is asked for, how large its layout is, and which `at` entries hold for it.

use super::{ResolveError, ResolveLimits};
use crate::compiled::{AtKeys, SizeClass};
use crate::document::{Template, Unit};
use crate::resolved::Page;

/// The output size that is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum SizeChoice {
    /// The canvas as it was designed.
    #[default]
    Canvas,
    /// A size of the template, by name.
    Named(String),
    /// Any size, in picture pixels.
    Pixels { width: u32, height: u32 },
}

impl SizeChoice {
    /// Reads `square`, `1200x628` or `1200×628`; the canvas for an empty text.
    pub fn parse(text: &str) -> SizeChoice {
        let text = text.trim();
        let sides = text.split_once(['x', 'X', '×']).and_then(|(w, h)| Some((w.parse().ok()?, h.parse().ok()?)));
        match sides {
            Some((width, height)) => SizeChoice::Pixels { width, height },
            None if text.is_empty() => SizeChoice::Canvas,
            None => SizeChoice::Named(text.to_owned()),
        }
    }
}

/// The page of one render.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Setup {
    pub(super) page: Page,
    pub(super) keys: AtKeys,
    /// `size.name` in expressions.
    pub(super) name: String,
    /// Layout pixels per unit of the document.
    pub(super) px_per_unit: f64,
    /// Layout pixels per unit of font size.
    pub(super) px_per_font_unit: f64,
    /// The canvas, in layout pixels: what pins refer to.
    pub(super) designed: [f64; 2],
}

/// A W×H this near to a declared aspect is that size, scaled.
const SAME_ASPECT: f64 = 0.01;

impl Setup {
    pub(super) fn new(template: &Template, choice: &SizeChoice) -> Result<Setup, ResolveError> {
        let canvas = &template.canvas;
        let px_per_unit = px_per_unit(canvas.unit.unwrap_or(Unit::Px));
        let is_px = canvas.unit.unwrap_or(Unit::Px) == Unit::Px;
        let designed = [canvas.width * px_per_unit, canvas.height * px_per_unit];
        // Of a physical page, a picture has dpi/96 pixels per layout pixel.
        let density = if is_px { 1.0 } else { canvas.dpi.unwrap_or(96.0) / 96.0 };
        let mut setup = Setup {
            page: page(designed, density, canvas.bleed.unwrap_or(0.0) * px_per_unit),
            keys: AtKeys::default(),
            name: "canvas".to_owned(),
            px_per_unit,
            px_per_font_unit: if is_px { 1.0 } else { 96.0 / 72.0 },
            designed,
        };
        match choice {
            SizeChoice::Canvas => {}
            SizeChoice::Named(name) if name == "canvas" && !template.sizes.contains_key(name) => {}
            SizeChoice::Named(name) => setup.take_named(template, name, density)?,
            SizeChoice::Pixels { width, height } => setup.take_pixels(template, *width, *height)?,
        }
        Ok(setup)
    }

    fn take_named(&mut self, template: &Template, name: &str, density: f64) -> Result<(), ResolveError> {
        let unknown = || ResolveError::UnknownSize {
            name: name.to_owned(),
            known: ["canvas"].into_iter().chain(template.sizes.keys().map(String::as_str)).map(str::to_owned).collect(),
        };
        let size = template.sizes.get(name).ok_or_else(unknown)?;
        let sides = [size.width * self.px_per_unit, size.height * self.px_per_unit];
        self.page = page(sides, density, self.page.bleed);
        self.become_size(Some(name), sides);
        Ok(())
    }

    /// A declared size of the same shape, scaled; or the design at a factor that keeps type as heavy as it was.
    fn take_pixels(&mut self, template: &Template, width: u32, height: u32) -> Result<(), ResolveError> {
        if width == 0 || height == 0 {
            return Err(ResolveError::EmptySize { width, height });
        }
        let wanted = [f64::from(width), f64::from(height)];
        let canvas = (None, self.designed);
        let sizes = template.sizes.iter();
        let sizes = sizes.map(|(name, s)| (Some(name), [s.width * self.px_per_unit, s.height * self.px_per_unit]));
        let distance = |sides: &[f64; 2]| ((sides[0] / sides[1]) / (wanted[0] / wanted[1]) - 1.0).abs();
        let same = std::iter::once(canvas)
            .chain(sizes)
            .filter(|(_, sides)| distance(sides) <= SAME_ASPECT)
            .min_by(|(_, a), (_, b)| nearer(*a, *b, wanted, &distance));
        let factor = match &same {
            Some((_, sides)) => wanted[0] / sides[0],
            None => wanted[0].min(wanted[1]) / self.designed[0].min(self.designed[1]),
        };
        let sides = [wanted[0] / factor, wanted[1] / factor];
        self.page = Page {
            width: sides[0],
            height: sides[1],
            bleed: self.page.bleed,
            width_px: width,
            height_px: height,
            pt_per_px: 0.75 * factor,
        };
        match same {
            Some((name, declared)) => self.become_size(name.map(String::as_str), declared),
            None => {
                self.become_size(None, sides);
                "custom".clone_into(&mut self.name);
            }
        }
        Ok(())
    }

    fn become_size(&mut self, name: Option<&str>, sides: [f64; 2]) {
        let class = SizeClass::of(sides[0], sides[1]);
        let own = SizeClass::of(self.designed[0], self.designed[1]);
        self.keys = AtKeys { class: Some(class).filter(|class| *class != own), name: name.map(str::to_owned) };
        name.unwrap_or("canvas").clone_into(&mut self.name);
    }

    pub(super) fn check_pixels(&self, limits: &ResolveLimits) -> Result<(), ResolveError> {
        let pixels = f64::from(self.page.width_px) * f64::from(self.page.height_px) * limits.scale * limits.scale;
        if pixels > limits.max_output_pixels as f64 {
            let found = pixels.min(u64::MAX as f64) as u64;
            return Err(ResolveError::Limit { what: "pixels in a picture", found, limit: limits.max_output_pixels });
        }
        Ok(())
    }
}

fn page(sides: [f64; 2], density: f64, bleed: f64) -> Page {
    let pixels = |side: f64| (side * density).round().clamp(1.0, f64::from(u32::MAX)) as u32;
    Page {
        width: sides[0],
        height: sides[1],
        bleed,
        width_px: pixels(sides[0]),
        height_px: pixels(sides[1]),
        pt_per_px: 0.75,
    }
}

/// Nearer in shape; of the same shape, nearer in size.
fn nearer(a: [f64; 2], b: [f64; 2], wanted: [f64; 2], distance: &impl Fn(&[f64; 2]) -> f64) -> std::cmp::Ordering {
    let scale = |sides: [f64; 2]| (wanted[0] / sides[0]).max(sides[0] / wanted[0]);
    distance(&a).total_cmp(&distance(&b)).then(scale(a).total_cmp(&scale(b)))
}

fn px_per_unit(unit: Unit) -> f64 {
    match unit {
        Unit::Px => 1.0,
        Unit::Mm => 96.0 / 25.4,
        Unit::Cm => 96.0 / 2.54,
        Unit::In => 96.0,
        Unit::Pt => 96.0 / 72.0,
    }
}
