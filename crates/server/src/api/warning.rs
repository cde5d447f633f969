//! A warning as answers show it.

use handbill_template::Warning;
use serde_json::Value;

/// A warning without the whole picture when it came as a data: URL.
pub(super) fn shown(warning: &Warning) -> Value {
    const MOST: usize = 500;
    let mut warning = warning.clone();
    for value in [&mut warning.from, &mut warning.to].into_iter().flatten() {
        if let Value::String(text) = value
            && text.chars().count() > MOST
        {
            *text = text.chars().take(MOST).chain(['…']).collect();
        }
    }
    serde_json::to_value(warning).unwrap_or_default()
}
