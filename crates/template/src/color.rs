//! Colours as text: the CSS forms that the format takes, and theme references (`$name`, `$name/40`).

mod names;

use thiserror::Error;

pub use crate::resolved::Rgba;

/// A colour text that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("'{text}' is not a colour; write #rgb, #rrggbb, #rrggbbaa, rgb(), hsl(), a CSS name or transparent")]
pub struct ColorError {
    pub text: String,
}

/// A colour text without bindings: a CSS colour, or a theme colour's name with its alpha.
#[derive(Debug, Clone, PartialEq)]
pub enum ColorSpec {
    Rgba(Rgba),
    /// `$name` or `$name/40`; alpha is 0 to 1.
    Theme {
        name: String,
        alpha: f64,
    },
}

/// Reads a CSS colour: `#rgb`, `#rgba`, `#rrggbb`, `#rrggbbaa`, `rgb()`, `rgba()`, `hsl()`, `hsla()`, a CSS name,
/// `transparent`. Letters may have any case.
pub fn parse_css(text: &str) -> Result<Rgba, ColorError> {
    let lower = text.trim().to_ascii_lowercase();
    let parsed = if let Some(digits) = lower.strip_prefix('#') {
        hex(digits)
    } else if let Some((function, arguments)) = lower.strip_suffix(')').and_then(|rest| rest.split_once('(')) {
        match function {
            "rgb" | "rgba" => rgb(arguments),
            "hsl" | "hsla" => hsl(arguments),
            _ => None,
        }
    } else {
        named(&lower)
    };
    parsed.ok_or_else(|| ColorError { text: text.to_owned() })
}

/// Reads a CSS colour or a theme reference. Whether the theme has that name is not looked at.
pub fn parse(text: &str) -> Result<ColorSpec, ColorError> {
    let Some(reference) = text.trim().strip_prefix('$') else {
        return parse_css(text).map(ColorSpec::Rgba);
    };
    let fault = || ColorError { text: text.to_owned() };
    let (name, percent) = match reference.split_once('/') {
        Some((name, percent)) => (name, percent.parse::<f64>().map_err(|_| fault())?),
        None => (reference, 100.0),
    };
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
    if !is_name || !(0.0..=100.0).contains(&percent) {
        return Err(fault());
    }
    Ok(ColorSpec::Theme { name: name.to_owned(), alpha: percent / 100.0 })
}

/// The CSS names of colours, for suggestions.
pub(crate) fn css_names() -> impl Iterator<Item = &'static str> {
    names::NAMES.iter().map(|(name, _)| *name)
}

impl Rgba {
    /// The same colour with its alpha multiplied by `alpha` (0 to 1).
    pub fn with_alpha(self, alpha: f64) -> Rgba {
        let Rgba([r, g, b, a]) = self;
        Rgba([r, g, b, channel(f64::from(a) * alpha)])
    }
}

fn named(name: &str) -> Option<Rgba> {
    if name == "transparent" {
        return Some(Rgba::TRANSPARENT);
    }
    let index = names::NAMES.binary_search_by_key(&name, |(name, _)| name).ok()?;
    let [_, r, g, b] = names::NAMES[index].1.to_be_bytes();
    Some(Rgba([r, g, b, 255]))
}

fn hex(digits: &str) -> Option<Rgba> {
    let values: Vec<u8> = digits.chars().map(|c| c.to_digit(16).map(|d| d as u8)).collect::<Option<_>>()?;
    match values[..] {
        [r, g, b] => Some(Rgba([r * 17, g * 17, b * 17, 255])),
        [r, g, b, a] => Some(Rgba([r * 17, g * 17, b * 17, a * 17])),
        [r, r2, g, g2, b, b2] => Some(Rgba([r * 16 + r2, g * 16 + g2, b * 16 + b2, 255])),
        [r, r2, g, g2, b, b2, a, a2] => Some(Rgba([r * 16 + r2, g * 16 + g2, b * 16 + b2, a * 16 + a2])),
        _ => None,
    }
}

/// `1, 2, 3`, `1, 2, 3, 0.5`, `1 2 3`, `1 2 3 / 50%`: the three channels and alpha, 0 to 1.
fn arguments(text: &str) -> Option<([&str; 3], f64)> {
    let (channels, alpha) = match text.split_once('/') {
        Some((channels, alpha)) => (channels, Some(alpha)),
        None => (text, None),
    };
    let parts: Vec<&str> = if channels.contains(',') {
        channels.split(',').map(str::trim).collect()
    } else {
        channels.split_whitespace().collect()
    };
    let (channels, alpha) = match (&parts[..], alpha) {
        ([a, b, c], alpha) => ([*a, *b, *c], alpha),
        ([a, b, c, alpha], None) if text.contains(',') => ([*a, *b, *c], Some(*alpha)),
        _ => return None,
    };
    let alpha = match alpha.map(str::trim) {
        None => 1.0,
        Some(text) => match text.strip_suffix('%') {
            Some(percent) => number(percent)? / 100.0,
            None => number(text)?,
        },
    };
    Some((channels, alpha.clamp(0.0, 1.0)))
}

fn rgb(text: &str) -> Option<Rgba> {
    let (channels, alpha) = arguments(text)?;
    let mut rgba = [0, 0, 0, channel(alpha * 255.0)];
    for (value, text) in rgba.iter_mut().zip(channels) {
        *value = channel(match text.strip_suffix('%') {
            Some(percent) => number(percent)? * 255.0 / 100.0,
            None => number(text)?,
        });
    }
    Some(Rgba(rgba))
}

fn hsl(text: &str) -> Option<Rgba> {
    let ([hue, saturation, lightness], alpha) = arguments(text)?;
    let hue = number(hue.strip_suffix("deg").unwrap_or(hue))?.rem_euclid(360.0) / 30.0;
    let saturation = number(saturation.strip_suffix('%').unwrap_or(saturation))?.clamp(0.0, 100.0) / 100.0;
    let lightness = number(lightness.strip_suffix('%').unwrap_or(lightness))?.clamp(0.0, 100.0) / 100.0;
    let spread = saturation * lightness.min(1.0 - lightness);
    let part = |offset: f64| {
        let k = (offset + hue) % 12.0;
        channel((lightness - spread * (k - 3.0).min(9.0 - k).clamp(-1.0, 1.0)) * 255.0)
    };
    Some(Rgba([part(0.0), part(8.0), part(4.0), channel(alpha * 255.0)]))
}

fn number(text: &str) -> Option<f64> {
    let plain = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '+'));
    text.parse::<f64>().ok().filter(|_| plain)
}

fn channel(value: f64) -> u8 {
    value.round().clamp(0.0, 255.0) as u8
}

#[cfg(test)]
mod tests {
    use super::{ColorSpec, Rgba, parse, parse_css};

    #[test]
    fn reads_css_colours() {
        let table: &[(&str, [u8; 4])] = &[
            ("#abc", [0xaa, 0xbb, 0xcc, 255]),
            ("#abcd", [0xaa, 0xbb, 0xcc, 0xdd]),
            ("#3B5BFD", [0x3b, 0x5b, 0xfd, 255]),
            ("#00000040", [0, 0, 0, 0x40]),
            (" #fff ", [255, 255, 255, 255]),
            ("rgb(1, 2, 3)", [1, 2, 3, 255]),
            ("rgba(1,2,3,0.5)", [1, 2, 3, 128]),
            ("rgb(1 2 3 / 50%)", [1, 2, 3, 128]),
            ("rgb(100% 0% 50%)", [255, 0, 128, 255]),
            ("rgb(300 -5 3.6)", [255, 0, 4, 255]),
            ("hsl(0, 100%, 50%)", [255, 0, 0, 255]),
            ("hsl(120deg 100% 25%)", [0, 128, 0, 255]),
            ("hsl(-120 100% 50% / .5)", [0, 0, 255, 128]),
            ("hsla(210, 50%, 40%, 1)", [51, 102, 153, 255]),
            ("hsl(0 0% 100%)", [255, 255, 255, 255]),
            ("RebeccaPurple", [0x66, 0x33, 0x99, 255]),
            ("aliceblue", [0xf0, 0xf8, 0xff, 255]),
            ("yellowgreen", [0x9a, 0xcd, 0x32, 255]),
            ("transparent", [0, 0, 0, 0]),
        ];
        for (text, expected) in table {
            assert_eq!(parse_css(text), Ok(Rgba(*expected)), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_colour() {
        for text in
            ["", "#", "#12", "#12345", "#ggg", "rgb(1,2)", "rgb(1,2,3", "rgb(1 2 3 4)", "rgb(inf,0,0)", "blu", "$x"]
        {
            assert!(parse_css(text).is_err(), "{text}");
        }
    }

    #[test]
    fn reads_theme_references() {
        let theme = |name: &str, alpha| Ok(ColorSpec::Theme { name: name.to_owned(), alpha });
        assert_eq!(parse("$primary"), theme("primary", 1.0));
        assert_eq!(parse("$primary/40"), theme("primary", 0.4));
        assert_eq!(parse("#fff"), Ok(ColorSpec::Rgba(Rgba::WHITE)));
        for text in ["$", "$/40", "$primary/", "$primary/140", "$a b", "$a/b"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
