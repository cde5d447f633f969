//! Lists in parts: `?limit=&cursor=` in, `{"data": […], "next_cursor": …}` out. A cursor is not for reading: it may come to
//! mean something else, and lives as long as a list is gone through.

use std::fmt::Display;
use std::str::FromStr;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::problem::Problem;
use crate::actions::Page;
use crate::app::App;

const DEFAULT_LIMIT: i64 = 25;
const MAX_LIMIT: i64 = Page::<()>::MAX_LIMIT;

/// Which part of a list is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Paging<P = i64> {
    pub(crate) limit: i64,
    /// Where the last part ended; 0 at the beginning.
    pub(crate) after: P,
}

/// What a list takes in its query.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PagingParams {
    /// How many, 1 to 100; 25 if nothing is said.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 100)]
    limit: Option<String>,
    /// The `next_cursor` of the part before.
    cursor: Option<String>,
}

/// A part of a list.
#[derive(Serialize, ToSchema)]
pub(crate) struct ListView<T> {
    data: Vec<T>,
    /// For `cursor`, to get the next part; null at the end.
    next_cursor: Option<String>,
}

impl<T> ListView<T> {
    pub(crate) fn of<I, P: Display>(page: Page<I, P>, view: impl Fn(I) -> T) -> ListView<T> {
        ListView { data: page.items.into_iter().map(view).collect(), next_cursor: page.next.map(cursor) }
    }
}

impl<P: FromStr + Default> FromRequestParts<App> for Paging<P> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Paging<P>, Problem> {
        let sent = Query::<PagingParams>::try_from_uri(&parts.uri);
        let Query(PagingParams { limit, cursor }) =
            sent.map_err(|error| Problem::parameter("query", format!("cannot be read: {error}")))?;
        let limit = match limit.as_deref().map(str::parse::<i64>) {
            None => DEFAULT_LIMIT,
            Some(Ok(limit)) if (1..=MAX_LIMIT).contains(&limit) => limit,
            Some(_) => return Err(Problem::parameter("limit", format!("must be a number from 1 to {MAX_LIMIT}"))),
        };
        let after = match cursor.as_deref() {
            None => P::default(),
            Some(cursor) => position(cursor)
                .ok_or_else(|| Problem::parameter("cursor", "must be the next_cursor of another part of this list"))?,
        };
        Ok(Paging { limit, after })
    }
}

fn cursor(position: impl Display) -> String {
    URL_SAFE_NO_PAD.encode(format!("p{position}"))
}

fn position<P: FromStr>(cursor: &str) -> Option<P> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    std::str::from_utf8(&bytes).ok()?.strip_prefix('p')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_leads_back_to_its_position() {
        for number in [0, 1, 99, i64::MAX] {
            assert_eq!(position(&cursor(number)), Some(number));
        }
        for bad in ["", "cA", "!", "7", "cDE="] {
            assert_eq!(position::<i64>(bad), None, "{bad}");
        }
    }
}
