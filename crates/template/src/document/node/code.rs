//! `code`: machine-readable codes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::{Bound, ColorText, TextTemplate, Whole};
use super::Common;

/// A machine-readable code.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CodeNode {
    #[serde(flatten)]
    pub common: Common,
    /// Which code it is.
    pub kind: BarcodeKind,
    /// What the code says.
    pub value: TextTemplate,
    /// The colour of the modules.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "#000000"))]
    pub fill: Option<ColorText>,
    /// The colour behind them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "#ffffff"))]
    pub background: Option<ColorText>,
    /// How much of the code may be damaged: `L` 7 %, `M` 15 %, `Q` 25 %, `H` 30 %.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "M"))]
    pub level: Option<Bound<ErrorCorrection>>,
    /// Empty modules around the code.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("maximum" = 20, "default" = 4))]
    pub quiet_zone: Option<Whole>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum BarcodeKind {
    Qr,
}

/// How much of a QR code may be damaged: about 7, 15, 25 and 30 %.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum ErrorCorrection {
    L,
    #[default]
    M,
    Q,
    H,
}
