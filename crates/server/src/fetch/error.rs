//! Why something could not be fetched, in words for the caller. What the caller must not learn (addresses that names
//! resolve to, where a redirect led) is not kept here at all, so that it cannot leak.

use super::kind::ImageKind;

/// One fetch that failed: which URL, and why. `Display` is the public text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the image {url} {fault}")]
pub struct FetchError {
    /// The URL as it may be shown: shortened, without query, user or password.
    pub url: String,
    pub fault: FetchFault,
}

impl FetchError {
    /// A stable word for programs.
    pub fn code(&self) -> &'static str {
        match self.fault {
            FetchFault::BadUrl(_) => "bad_url",
            FetchFault::AddressNotAllowed => "address_not_allowed",
            FetchFault::Unreachable(_) => "unreachable",
            FetchFault::TimedOut { .. } => "timed_out",
            FetchFault::TooLarge { .. } | FetchFault::TooLargeTogether { .. } => "too_large",
            FetchFault::TooManyRedirects { .. } => "too_many_redirects",
            FetchFault::BadStatus(_) => "bad_status",
            FetchFault::NotAnImage(_) => "not_an_image",
        }
    }
}

/// What went wrong; each text continues "the image URL …".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchFault {
    #[error("cannot be fetched: {0}")]
    BadUrl(&'static str),
    #[error(
        "is at an address that is closed to this server (private, local or reserved), or redirects to one; use an \
         address on the public internet, or have the operator open the network (outbound.allow_networks)"
    )]
    AddressNotAllowed,
    #[error("could not be reached: {0}")]
    Unreachable(&'static str),
    #[error("did not arrive within {} s; use a faster host or a smaller file", fmt_seconds(*.limit_ms))]
    TimedOut { limit_ms: u64 },
    #[error("is larger than {}; use a smaller file", fmt_megabytes(*.limit_bytes))]
    TooLarge { limit_bytes: u64 },
    #[error(
        "does not fit: all images of one request together may have {}; use smaller or fewer files",
        fmt_megabytes(*.limit_bytes)
    )]
    TooLargeTogether { limit_bytes: u64 },
    #[error("redirects more than {limit} times; use the address it ends at")]
    TooManyRedirects { limit: usize },
    #[error("was answered with HTTP status {0} instead of 200; check that the address is right and needs no sign-in")]
    BadStatus(u16),
    #[error("is {0}; a picture must be {accepted}", accepted = ImageKind::ACCEPTED)]
    NotAnImage(&'static str),
}

fn fmt_seconds(ms: u64) -> String {
    if ms.is_multiple_of(1000) { (ms / 1000).to_string() } else { format!("{}.{:03}", ms / 1000, ms % 1000) }
}

fn fmt_megabytes(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{} MB", bytes / 1_000_000),
    }
}

/// A URL as it may be shown and logged: no user, password, query or fragment (they hold secrets), and not for ever long.
pub(crate) fn shown_url(url: &str) -> String {
    const MAX_CHARS: usize = 120;
    let url = url.trim();
    if url.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:")) {
        let head: String = url.chars().take_while(|&c| c != ',').take(40).collect();
        return format!("\"{}…\" ({} characters)", head.escape_debug(), url.len());
    }
    let mut text = url.split(['?', '#']).next().unwrap_or_default().to_owned();
    if let Some(start) = text.find("//").map(|at| at + 2) {
        let end = text[start..].find(['/', '\\']).map_or(text.len(), |at| start + at);
        if let Some(at) = text[start..end].rfind('@') {
            text.replace_range(start..start + at + 1, "");
        }
    }
    let cut = url.contains('?') || text.chars().count() > MAX_CHARS;
    let text: String = text.chars().take(MAX_CHARS).collect();
    format!("\"{}{}\"", text.escape_debug(), if cut { "…" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_of_a_url_are_not_shown() {
        let long = format!("https://a.example/{}", "x".repeat(300));
        for (url, shown) in [
            ("https://a.example/p.png", "\"https://a.example/p.png\""),
            ("https://a.example/p.png?sig=SECRET#x", "\"https://a.example/p.png…\""),
            ("https://me:SECRET@a.example/p@2x.png", "\"https://a.example/p@2x.png\""),
            ("http://me:SEC@RET@a.example\\x", "\"http://a.example\\\\x\""),
            ("data:image/png;base64,AAAA", "\"data:image/png;base64…\" (26 characters)"),
            ("nonsense\n", "\"nonsense\""),
            ("a\nb", "\"a\\nb\""),
        ] {
            assert_eq!(shown_url(url), shown);
        }
        assert!(shown_url(&long).chars().count() < 130);
    }

    #[test]
    fn texts_say_what_would_be_right() {
        let error = |fault| FetchError { url: "\"https://a.example/x\"".into(), fault };
        let text = error(FetchFault::NotAnImage("an SVG drawing")).to_string();
        assert_eq!(
            text,
            "the image \"https://a.example/x\" is an SVG drawing; a picture must be PNG, JPEG, WebP or GIF"
        );
        let text = error(FetchFault::TimedOut { limit_ms: 1500 }).to_string();
        assert!(text.contains("within 1.500 s"), "{text}");
        let text = error(FetchFault::TooLarge { limit_bytes: 25_000_000 }).to_string();
        assert!(text.contains("larger than 25 MB"), "{text}");
    }
}
