//! A text as a box: its present factor on the font sizes, and its measure for taffy.

use handbill_template::resolved::{FitMode, Overflow, Text, Wrap};
use taffy::{AvailableSpace, Size};

use super::boxes::BoxId;
use crate::text::{PreparedText, TextContext};

/// Sizes handed to taffy are rounded up to this, so that 32-bit arithmetic never leaves a line less room than it had
/// when it was measured.
const GRAIN: f64 = 1.0 / 64.0;

/// What may be missing before something counts as too large, in layout pixels: rounding, not overflow.
pub(crate) const TOLERANCE: f64 = 0.1;

pub(crate) struct TextBox<'d> {
    pub text: &'d Text,
    pub id: BoxId,
    pub prepared: PreparedText,
    /// Present factor on the font sizes.
    pub factor: f64,
    /// The least and greatest factor that fitting may choose.
    pub floor: f64,
    pub ceiling: f64,
    /// The greatest factor that the frames around it leave it.
    pub cap: f64,
    /// The width it may take before it must wrap, from the last time it was asked without a width.
    pub room: Option<f64>,
}

impl<'d> TextBox<'d> {
    pub(crate) fn new(text: &'d Text, id: BoxId, prepared: PreparedText) -> Self {
        let (floor, ceiling) = prepared.fit_bounds();
        TextBox { text, id, prepared, factor: 1.0, floor, ceiling, cap: ceiling, room: None }
    }

    pub(crate) fn fits(&self) -> bool {
        self.text.fit.mode != FitMode::None
    }

    pub(crate) fn measure(
        &mut self,
        context: &mut TextContext,
        known: Size<Option<f32>>,
        available: Size<AvailableSpace>,
    ) -> Size<f32> {
        let wrap_at = match (known.width, available.width) {
            (Some(width), _) => Some(f64::from(width)),
            (None, AvailableSpace::Definite(width)) => {
                self.room = Some(f64::from(width));
                Some(f64::from(width))
            }
            (None, AvailableSpace::MinContent) => Some(0.0),
            (None, AvailableSpace::MaxContent) => None,
        };
        let measured = self.prepared.measure(context, self.factor, wrap_at);
        // A text that wraps takes the room it has, as in CSS: its box does not shrink around the longest line.
        let natural = match available.width {
            AvailableSpace::MinContent => measured.widest_word,
            AvailableSpace::Definite(_) if self.keeps_its_line() => measured.width,
            AvailableSpace::Definite(limit) => {
                self.prepared.measure(context, self.factor, None).width.min(f64::from(limit))
            }
            AvailableSpace::MaxContent => measured.width,
        };
        Size {
            width: known.width.unwrap_or_else(|| round_up(natural)),
            height: known.height.unwrap_or_else(|| round_up(measured.height)),
        }
    }

    /// Whether nothing is done about a line that is too long: its box is then as wide as the line.
    fn keeps_its_line(&self) -> bool {
        let may_leave = matches!(self.text.overflow, None | Some(Overflow::Visible));
        self.text.wrap == Wrap::None && may_leave && self.text.max_lines.is_none() && !self.fits()
    }

    /// From the top to the first line's baseline at a width.
    pub(crate) fn baseline(&self, context: &mut TextContext, width: f32) -> Option<f32> {
        let placed = self.prepared.place(context, self.factor, f64::from(width), None);
        placed.lines.first().map(|line| line.baseline as f32)
    }
}

fn round_up(size: f64) -> f32 {
    ((size / GRAIN).ceil() * GRAIN) as f32
}
