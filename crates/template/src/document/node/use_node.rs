//! `use`: a component, placed. Common properties given here replace those of the component's root.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Common;

/// A component, placed. Common properties given here replace those of the component's root.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct UseNode {
    #[serde(flatten)]
    pub common: Common,
    /// The component's name.
    pub component: String,
    /// Values for its fields.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub props: IndexMap<String, serde_json::Value>,
}
