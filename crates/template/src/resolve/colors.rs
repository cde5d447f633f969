//! Colours and paints: theme tokens, bindings, pictures to pick a colour from.

use super::evaluate::{Here, SlideResolver};
use crate::color::{self, ColorSpec, Rgba};
use crate::document::{self, ColorText, Focus as DocumentFocus, FocusKeyword, PaintObject, Paints, ThemeColor};
use crate::resolved::{AssetRef, Color, Focus, Paint, Stop};
use crate::warning::WarningCode;

/// What a theme has without saying so.
const BUILT_IN: [(&str, Rgba); 3] = [
    ("ink", Rgba([0x11, 0x11, 0x11, 255])),
    ("paper", Rgba([255, 255, 255, 255])),
    ("primary", Rgba([0x3b, 0x5b, 0xfd, 255])),
];
const CONTRAST_DARK: Rgba = Rgba([0x11, 0x11, 0x11, 255]);
/// Longest chain of theme colours; a longer one is a circle.
const MAX_CHAIN: usize = 16;

impl SlideResolver<'_> {
    /// A colour; none when its binding is empty or it is no colour (which is a warning).
    pub(super) fn color(&mut self, here: Here<'_>, text: &ColorText) -> Option<Color> {
        self.chained_color(here, text, 0)
    }

    pub(super) fn color_or(&mut self, here: Here<'_>, text: Option<&ColorText>, usual: Rgba) -> Color {
        text.and_then(|text| self.color(here, text)).unwrap_or(Color::Rgba(usual))
    }

    fn chained_color(&mut self, here: Here<'_>, text: &ColorText, depth: usize) -> Option<Color> {
        let value = self.value(here, &text.0).to_text();
        if value.is_empty() {
            return None;
        }
        match color::parse(&value) {
            Ok(ColorSpec::Rgba(rgba)) => Some(Color::Rgba(rgba)),
            Ok(ColorSpec::Theme { name, alpha }) => {
                let found = if depth < MAX_CHAIN { self.theme_color(&name, depth) } else { None };
                if found.is_none() {
                    self.warn(here.node, WarningCode::InvalidValue, format!("the theme has no colour '${name}'"));
                }
                found.map(|color| faded(color, alpha))
            }
            Err(error) => {
                self.warn(here.node, WarningCode::InvalidValue, error.to_string());
                None
            }
        }
    }

    /// The request's brand colours, the template's theme, what is built in: in this order.
    fn theme_color(&mut self, name: &str, depth: usize) -> Option<Color> {
        let shared = self.shared;
        if let Some(text) = shared.bound.brand.colors.get(name) {
            return match color::parse(text) {
                Ok(ColorSpec::Rgba(rgba)) => Some(Color::Rgba(rgba)),
                Ok(ColorSpec::Theme { name: next, alpha }) if depth < MAX_CHAIN => {
                    self.theme_color(&next, depth + 1).map(|color| faded(color, alpha))
                }
                _ => None,
            };
        }
        match shared.compiled.template().theme.colors.get(name) {
            Some(ThemeColor::Value(text)) => self.chained_color(self.slide, text, depth + 1),
            Some(ThemeColor::Picked(picked)) => {
                let fallback = match self.chained_color(self.slide, &picked.fallback, depth + 1) {
                    Some(Color::Rgba(rgba)) => rgba,
                    Some(Color::Picked { fallback, alpha, .. }) => fallback.with_alpha(alpha),
                    None => Rgba::BLACK,
                };
                let src = self.text(self.slide, &picked.from);
                Some(if src.is_empty() {
                    Color::Rgba(fallback)
                } else {
                    let pick = picked.pick.unwrap_or(document::Pick::Dominant);
                    Color::Picked { src: AssetRef(src), pick, fallback, alpha: 1.0 }
                })
            }
            None => BUILT_IN.iter().find(|(built_in, _)| *built_in == name).map(|(_, rgba)| Color::Rgba(*rgba)),
        }
    }

    /// Paints, lowest first; what is empty or no colour is left out. None when the property is not given, or when a
    /// single paint comes to nothing, so that the property's default stands.
    pub(super) fn paints(&mut self, here: Here<'_>, paints: Option<&Paints>) -> Option<Vec<Paint>> {
        match paints? {
            Paints::One(paint) => self.paint(here, paint).map(|paint| vec![paint]),
            Paints::Many(paints) => Some(paints.iter().filter_map(|paint| self.paint(here, paint)).collect()),
        }
    }

    pub(super) fn paint(&mut self, here: Here<'_>, paint: &document::Paint) -> Option<Paint> {
        match paint {
            document::Paint::Color(text) => self.color(here, text).map(Paint::Solid),
            document::Paint::Object(object) => self.paint_object(here, object),
        }
    }

    fn paint_object(&mut self, here: Here<'_>, paint: &PaintObject) -> Option<Paint> {
        Some(match paint {
            PaintObject::Linear { angle, stops } => Paint::Linear {
                angle: self.number(here, angle.as_ref()).unwrap_or(180.0),
                stops: self.stops(here, stops)?,
            },
            PaintObject::Radial { cx, cy, r, stops } => Paint::Radial {
                cx: self.number(here, cx.as_ref()).unwrap_or(0.5),
                cy: self.number(here, cy.as_ref()).unwrap_or(0.5),
                r: self.positive(here, r.as_ref()).unwrap_or(0.5),
                stops: self.stops(here, stops)?,
            },
            PaintObject::Image { src, fit, focus, opacity } => Paint::Image {
                src: AssetRef(self.filled_text(here, Some(src))?),
                fit: self.bound(here, fit.as_ref()).unwrap_or_default(),
                focus: self.focus(here, focus.as_ref()),
                opacity: self.number(here, opacity.as_ref()).unwrap_or(1.0).clamp(0.0, 1.0),
            },
            PaintObject::Contrast { on, light, dark } => Paint::Contrast {
                on: self.color(here, on)?,
                light: self.color_or(here, light.as_ref(), Rgba::WHITE),
                dark: self.color_or(here, dark.as_ref(), CONTRAST_DARK),
            },
        })
    }

    /// Positions never go back: each is at least the one before it, as in CSS.
    fn stops(&mut self, here: Here<'_>, stops: &[document::GradientStop]) -> Option<Vec<Stop>> {
        let mut resolved: Vec<Stop> = Vec::with_capacity(stops.len());
        for stop in stops {
            let Some(color) = self.color(here, &stop.color) else { continue };
            let least = resolved.last().map_or(0.0, |stop| stop.at);
            let at = self.number(here, Some(&stop.at)).unwrap_or(least).clamp(0.0, 1.0).max(least);
            resolved.push(Stop { at, color });
        }
        (!resolved.is_empty()).then_some(resolved)
    }

    pub(super) fn focus(&mut self, here: Here<'_>, focus: Option<&DocumentFocus>) -> Focus {
        match focus {
            None => Focus::Center,
            Some(DocumentFocus::Keyword(keyword)) => focus_of(*keyword),
            Some(DocumentFocus::Point([x, y])) => {
                let x = self.number(here, Some(x)).unwrap_or(0.5);
                let y = self.number(here, Some(y)).unwrap_or(0.5);
                Focus::Point(x.clamp(0.0, 1.0), y.clamp(0.0, 1.0))
            }
            Some(DocumentFocus::Binding(binding)) => {
                let keyword: Option<FocusKeyword> = self.binding(here, binding);
                keyword.map_or(Focus::Center, focus_of)
            }
        }
    }
}

fn focus_of(keyword: FocusKeyword) -> Focus {
    match keyword {
        FocusKeyword::Center => Focus::Center,
        FocusKeyword::Auto => Focus::Auto,
        FocusKeyword::Top => Focus::Point(0.5, 0.0),
        FocusKeyword::Bottom => Focus::Point(0.5, 1.0),
        FocusKeyword::Left => Focus::Point(0.0, 0.5),
        FocusKeyword::Right => Focus::Point(1.0, 0.5),
    }
}

fn faded(color: Color, by: f64) -> Color {
    match color {
        Color::Rgba(rgba) => Color::Rgba(rgba.with_alpha(by)),
        Color::Picked { src, pick, fallback, alpha } => Color::Picked { src, pick, fallback, alpha: alpha * by },
    }
}
