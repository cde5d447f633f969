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

/// A colour, a gradient, a picture, or whichever of two colours is easier to see.
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
        /// Degrees.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schemars(extend("default" = 180))]
        angle: Option<Number>,
        /// At least two.
        #[schemars(length(min = 2))]
        stops: Vec<GradientStop>,
    },
    /// Around a centre; values are fractions of the box, 0.5 when absent.
    Radial {
        /// Of the width.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schemars(extend("default" = 0.5))]
        cx: Option<Number>,
        /// Of the height.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schemars(extend("default" = 0.5))]
        cy: Option<Number>,
        /// Of the box.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schemars(extend("minimum" = 0, "default" = 0.5))]
        r: Option<Number>,
        /// At least two.
        #[schemars(length(min = 2))]
        stops: Vec<GradientStop>,
    },
    /// A picture.
    Image {
        /// A URL, a path in the template's folder, or a binding.
        src: TextTemplate,
        /// How the picture fills the box.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schemars(extend("default" = "cover"))]
        fit: Option<Bound<ImageFit>>,
        /// What stays in view when the picture is cut.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schemars(extend("default" = "center"))]
        focus: Option<Focus>,
        /// 0 to 1.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schemars(extend("minimum" = 0, "maximum" = 1, "default" = 1))]
        opacity: Option<Number>,
    },
    /// Whichever of `light` (#ffffff) and `dark` (#111111) has the higher WCAG contrast on `on`.
    Contrast {
        /// The colour behind.
        on: ColorText,
        /// Taken on dark colours.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schemars(extend("default" = "#ffffff"))]
        light: Option<ColorText>,
        /// Taken on light colours.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schemars(extend("default" = "#111111"))]
        dark: Option<ColorText>,
    },
}

/// A colour at a place of a gradient.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GradientStop {
    /// Where, from 0 to 1.
    #[schemars(extend("minimum" = 0, "maximum" = 1))]
    pub at: Number,
    /// The colour there.
    pub color: ColorText,
}

/// A shadow in the node's unit: offset, blur (σ = blur / 2), spread, colour (#00000040 when absent).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Shadow {
    /// To the right.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = 0))]
    pub x: Option<Number>,
    /// Downwards.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = 0))]
    pub y: Option<Number>,
    /// σ = blur / 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 0, "default" = 0))]
    pub blur: Option<Number>,
    /// How far it grows beyond the node.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = 0))]
    pub spread: Option<Number>,
    /// Its colour.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "#00000040"))]
    pub color: Option<ColorText>,
    /// Inside the node instead of beneath it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = false))]
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

/// A built-in shape as a mask.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MaskShape {
    /// Which part of the box shows.
    pub shape: MaskShapeKind,
    /// Of a rectangle.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 0, "items" = { "minimum": 0 }))]
    pub corner_radius: Option<Corners>,
    /// Of a polygon or star.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 3, "maximum" = 100, "default" = 5))]
    pub sides: Option<Whole>,
    /// Of a star, as a fraction of the outer radius.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 0, "maximum" = 1, "default" = 0.382))]
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

/// A path as a mask.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MaskPath {
    /// SVG path data.
    pub path: TextTemplate,
    /// `[x, y, width, height]` of the path's own coordinates; the path's bounds when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub view_box: Option<[f64; 4]>,
}

/// A picture as a mask.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MaskImage {
    /// A URL, a path in the template's folder, or a binding.
    pub src: TextTemplate,
    /// Mask by luminance × alpha instead of alpha.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = false))]
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
