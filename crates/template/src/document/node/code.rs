//! `code`: machine-readable codes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::super::{Bound, ColorText, TextTemplate, Whole};
use super::Common;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CodeNode {
    #[serde(flatten)]
    pub common: Common,
    pub kind: BarcodeKind,
    /// What the code says.
    pub value: TextTemplate,
    /// #000000 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fill: Option<ColorText>,
    /// #ffffff when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub background: Option<ColorText>,
    /// `M` when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<Bound<ErrorCorrection>>,
    /// Empty modules around the code; 4 when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
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
