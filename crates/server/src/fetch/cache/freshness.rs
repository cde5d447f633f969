//! How long an answer holds, by its headers (RFC 9111, for a cache that serves one account by each of its entries). Pure.

use reqwest::header::{AGE, CACHE_CONTROL, DATE, ETAG, EXPIRES, HeaderMap, HeaderName, LAST_MODIFIED, VARY};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

use super::Validators;

/// Where the origin says nothing: long enough that a batch fetches its logo once.
const UNSAID_MS: i64 = 60_000;
/// The most that an origin is believed.
const MOST_MS: i64 = 7 * 86_400_000;
const MOST_HEADER_CHARS: usize = 500;

/// What a stored answer is worth.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::fetch) struct Holds {
    /// It is used without asking for so long.
    pub(in crate::fetch) fresh_ms: i64,
    pub(in crate::fetch) validators: Validators,
}

impl Holds {
    /// Nothing, when the answer must not be kept or is of no use once kept. `moved`: it was reached by a redirect that may
    /// lead elsewhere tomorrow; then it holds for a moment only, and cannot be asked about by itself.
    pub(in crate::fetch) fn of(headers: &HeaderMap, moved: bool) -> Option<Self> {
        let directives = Directives::of(headers);
        if directives.no_store || header(headers, &VARY).is_some_and(|vary| vary.split(',').any(|v| v.trim() == "*")) {
            return None;
        }
        let said_ms = if directives.no_cache { Some(0) } else { directives.max_age_ms.or_else(|| expires_ms(headers)) };
        let age_ms = header(headers, &AGE).and_then(|age| age.trim().parse::<i64>().ok()).unwrap_or(0).max(0) * 1000;
        let fresh_ms = said_ms.map_or(UNSAID_MS, |ms| ms.saturating_sub(age_ms).clamp(0, MOST_MS));
        let holds = match moved {
            true => Self { fresh_ms: fresh_ms.min(UNSAID_MS), validators: Validators::default() },
            false => Self { fresh_ms, validators: Validators::of(headers) },
        };
        (holds.fresh_ms > 0 || !holds.validators.is_empty()).then_some(holds)
    }
}

impl Validators {
    fn of(headers: &HeaderMap) -> Self {
        let short = |name| header(headers, name).filter(|text| text.len() <= MOST_HEADER_CHARS).map(str::to_owned);
        Self { etag: short(&ETAG), last_modified: short(&LAST_MODIFIED) }
    }

    /// Those of the answer "not modified", and what it leaves out from before.
    pub(in crate::fetch) fn or(self, before: &Self) -> Self {
        Self {
            etag: self.etag.or_else(|| before.etag.clone()),
            last_modified: self.last_modified.or_else(|| before.last_modified.clone()),
        }
    }
}

#[derive(Default)]
struct Directives {
    no_store: bool,
    no_cache: bool,
    max_age_ms: Option<i64>,
}

impl Directives {
    fn of(headers: &HeaderMap) -> Self {
        let mut found = Self::default();
        let values = headers.get_all(CACHE_CONTROL).iter().filter_map(|value| value.to_str().ok());
        for directive in values.flat_map(|value| value.split(',')) {
            let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
            match name.trim().to_ascii_lowercase().as_str() {
                "no-store" => found.no_store = true,
                "no-cache" => found.no_cache = true,
                // What cannot be read is as good as over.
                "max-age" => {
                    let seconds: i64 = value.trim().trim_matches('"').parse().unwrap_or(0);
                    found.max_age_ms = Some(seconds.clamp(0, MOST_MS / 1000) * 1000);
                }
                _ => {}
            }
        }
        found
    }
}

/// From the answer's own date to its end, by the origin's clock.
fn expires_ms(headers: &HeaderMap) -> Option<i64> {
    let expires = header(headers, &EXPIRES)?;
    let of = |text: &str| OffsetDateTime::parse(&text.trim().replace("GMT", "+0000"), &Rfc2822).ok();
    let Some(until) = of(expires) else { return Some(0) }; // `0` and `-1` are in use
    let since = header(headers, &DATE).and_then(of)?;
    i64::try_from((until - since).whole_milliseconds()).ok()
}

fn header<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seconds that an answer with these headers holds without asking; -1 when it is not kept.
    fn holds_s(headers: &[(&'static str, &str)], moved: bool) -> i64 {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        Holds::of(&map, moved).map_or(-1, |holds| holds.fresh_ms / 1000)
    }

    #[test]
    fn the_origin_says_how_long() {
        let cc = "cache-control";
        let date = ("date", "Sun, 22 Nov 2026 08:00:00 GMT");
        for (headers, seconds) in [
            (vec![], 60),
            (vec![(cc, "public, max-age=3600")], 3600),
            (vec![(cc, "Max-Age=\"120\"")], 120),
            (vec![(cc, "private"), (cc, "max-age=10")], 10),
            (vec![(cc, "max-age=999999999999")], 7 * 86_400),
            (vec![(cc, "max-age=3600"), ("age", "3000")], 600),
            (vec![(cc, "no-store, max-age=3600")], -1),
            (vec![(cc, "max-age=3600"), ("vary", "accept, *")], -1),
            (vec![(cc, "max-age=3600"), ("vary", "accept")], 3600),
            (vec![(cc, "max-age=0")], -1),
            (vec![(cc, "max-age=soon")], -1),
            (vec![(cc, "max-age=0"), ("etag", "\"a\"")], 0),
            (vec![(cc, "no-cache, max-age=60"), ("last-modified", "x")], 0),
            (vec![("expires", "Sun, 22 Nov 2026 08:10:00 GMT"), date], 600),
            (vec![("expires", "Sun, 22 Nov 2026 08:10:00 GMT"), date, (cc, "max-age=5")], 5),
            (vec![("expires", "0"), ("etag", "\"a\"")], 0),
            (vec![("expires", "Sun, 22 Nov 2026 07:00:00 GMT"), date], -1),
        ] {
            assert_eq!(holds_s(&headers, false), seconds, "{headers:?}");
        }
        assert_eq!(holds_s(&[(cc, "max-age=3600"), ("etag", "\"a\"")], true), 60);
        assert_eq!(holds_s(&[(cc, "max-age=5")], true), 5);
        assert_eq!(holds_s(&[(cc, "no-cache"), ("etag", "\"a\"")], true), -1);
    }
}
