//! What can be done, and the only place with rules: one file per noun, one function per verb. Knows no HTTP.
//!
//! API, web, workers and command line all come through here, so a rule holds for each of them.

pub mod account;
pub mod brand_kit;
pub mod doctor;
pub mod draw;
mod error;
pub mod first_start;
pub mod font;
mod patience;
pub mod render;
pub mod storage;
pub mod template;
pub mod token;

pub use error::{ActionError, Field, Kind, Result};

/// A part of a list, in its order.
#[derive(Clone, Debug)]
pub struct Page<T, P = i64> {
    pub items: Vec<T>,
    /// What to give as `after` for the next part; nothing if this was the last one.
    pub next: Option<P>,
}

impl<T> Page<T> {
    /// How many items one page may have.
    pub const MAX_LIMIT: i64 = 100;
}

impl<T, P> Page<T, P> {
    /// Of rows that were asked for with one more than the limit.
    fn of(mut items: Vec<T>, limit: i64, id: impl Fn(&T) -> P) -> Page<T, P> {
        let limit = usize::try_from(limit).unwrap_or(0);
        let more = items.len() > limit;
        items.truncate(limit);
        let next = if more { items.last().map(id) } else { None };
        Page { items, next }
    }
}

/// What no text of a record may have: NUL (PostgreSQL cannot keep it) and other control characters, or too many letters.
fn text_fault(name: &str, text: &str, max_chars: usize) -> Option<Field> {
    let message = if text.chars().any(char::is_control) {
        "holds a control character".to_owned()
    } else if text.chars().count() > max_chars {
        format!("is longer than {max_chars} characters")
    } else {
        return None;
    };
    Some(Field::new(name, message))
}
