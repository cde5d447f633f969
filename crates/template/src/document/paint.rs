//! What fills, strokes, shades and masks a node.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Bound, ColorText, Corners, Focus, ImageFit, Number, TextTemplate, Whole};

/// One paint, or several from the lowest to the highest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Paints {
    One(Paint),
    Many(Vec<Paint>),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Paint {
    Color(ColorText),
    Object(PaintObject),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum PaintObject {
    /// Along `angle` degrees, as CSS has it: 0 is upwards, 90 to the right; 180 when absent.
    Linear {
        #[serde(skip_serializing_if = "Option::is_none")]
        angle: Option<Number>,
        #[schemars(length(min = 2))]
        stops: Vec<GradientStop>,
    },
    /// Around a centre; values are fractions of the box, 0.5 when absent.
    Radial {
        #[serde(skip_serializing_if = "Option::is_none")]
        cx: Option<Number>,
        #[serde(skip_serializing_if = "Option::is_none")]
        cy: Option<Number>,
        #[serde(skip_serializing_if = "Option::is_none")]
        r: Option<Number>,
        #[schemars(length(min = 2))]
        stops: Vec<GradientStop>,
    },
    Image {
        src: TextTemplate,
        #[serde(skip_serializing_if = "Option::is_none")]
        fit: Option<Bound<ImageFit>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        focus: Option<Focus>,
        #[serde(skip_serializing_if = "Option::is_none")]
        opacity: Option<Number>,
    },
    /// Whichever of `light` (#ffffff) and `dark` (#111111) has the higher WCAG contrast on `on`.
    Contrast {
        on: ColorText,
        #[serde(skip_serializing_if = "Option::is_none")]
        light: Option<ColorText>,
        #[serde(skip_serializing_if = "Option::is_none")]
        dark: Option<ColorText>,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GradientStop {
    /// 0 to 1.
    pub at: Number,
    pub color: ColorText,
}

/// A shadow in the node's unit: offset, blur (σ = blur / 2), spread, colour (#00000040 when absent).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Shadow {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub y: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blur: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spread: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub color: Option<ColorText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inset: Option<Bound<bool>>,
}

/// What of the node shows; stretched to its box.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Mask {
    Shape(MaskShape),
    Path(MaskPath),
    Image(MaskImage),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MaskShape {
    pub shape: MaskShapeKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corner_radius: Option<Corners>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sides: Option<Whole>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inner_radius: Option<Number>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum MaskShapeKind {
    Rect,
    Ellipse,
    Polygon,
    Star,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MaskPath {
    /// SVG path data.
    pub path: TextTemplate,
    /// `[x, y, width, height]` of the path's own coordinates; the path's bounds when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub view_box: Option<[f64; 4]>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MaskImage {
    pub src: TextTemplate,
    /// Mask by luminance × alpha instead of alpha.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub luminance: Option<Bound<bool>>,
}

/// How a node's colours mix with what is beneath; names as in CSS `mix-blend-mode`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Blend {
    #[default]
    Normal,
    Multiply,
    Screen,
    Overlay,
    Darken,
    Lighten,
    ColorDodge,
    ColorBurn,
    HardLight,
    SoftLight,
    Difference,
    Exclusion,
    Hue,
    Saturation,
    Color,
    Luminosity,
}
