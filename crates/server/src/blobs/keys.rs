//! The names of stored files: which form a key has, which keys there are, and what type a file has by its extension.
//! Keys are made by the server; one that comes from a URL is parsed here before anything touches the disk.

use std::fmt;
use std::io;

const MAX_SEGMENTS: usize = 12;
const MAX_SEGMENT_BYTES: usize = 128;

/// A path of a stored file: segments of letters, digits, `-`, `_` and `.`, none of them beginning with a dot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobKey(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a key of a stored file")]
pub struct BadKey;

impl BlobKey {
    pub fn parse(text: &str) -> Result<Self, BadKey> {
        let is_segment = |segment: &str| {
            !segment.is_empty()
                && segment.len() <= MAX_SEGMENT_BYTES
                && !segment.starts_with('.')
                && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
        };
        let is_key = text.split('/').count() <= MAX_SEGMENTS && text.split('/').all(is_segment);
        if is_key { Ok(Self(text.to_owned())) } else { Err(BadKey) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// By extension. What a browser might run (html, svg) is not on the list, and so is a download.
    pub fn content_type(&self) -> &'static str {
        let extension = self.0.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map(|(_, ending)| ending);
        match extension.map(str::to_ascii_lowercase).as_deref() {
            Some("png") => "image/png",
            Some("jpg" | "jpeg") => "image/jpeg",
            Some("webp") => "image/webp",
            Some("gif") => "image/gif",
            Some("avif") => "image/avif",
            Some("pdf") => "application/pdf",
            Some("json") => "application/json",
            _ => "application/octet-stream",
        }
    }
}

/// What only those may read who have a signed address lies under this.
const PRIVATE: &str = "private/";

impl BlobKey {
    /// Whether it takes a signed address to read it.
    pub fn is_private(&self) -> bool {
        self.0.starts_with(PRIVATE)
    }

    /// The name that a download has.
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }

    /// `Content-Disposition`: pictures and PDFs are shown, the rest is saved.
    pub fn disposition(&self) -> String {
        let content_type = self.content_type();
        let shown = content_type.starts_with("image/") || content_type == "application/pdf";
        format!("{}; filename=\"{}\"", if shown { "inline" } else { "attachment" }, self.file_name())
    }

    /// `Cache-Control`: a file never changes under its name.
    pub(crate) fn caching(&self) -> &'static str {
        if self.is_private() { "private, no-cache" } else { "public, max-age=31536000, immutable" }
    }
}

impl fmt::Display for BlobKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where the files of one attempt at a render lie: `server/{profile_id}/uploads/{random}…`, with 128 random bits, so
/// that a key cannot be guessed and a second attempt never meets the first.
#[derive(Clone, Debug)]
pub struct ResultPlace {
    stem: String,
}

impl ResultPlace {
    /// `random` is new for every attempt, and nobody can guess it.
    pub fn new(profile_id: i64, random: u128) -> Self {
        Self { stem: format!("server/{profile_id}/uploads/{random:032x}") }
    }

    /// The one picture or page of a result that is no carousel.
    pub fn single(&self, extension: &str) -> BlobKey {
        BlobKey(format!("{}-template.{extension}", self.stem))
    }

    /// A carousel as one PDF.
    pub fn carousel_pdf(&self) -> BlobKey {
        BlobKey(format!("{}-carousel-output.pdf", self.stem))
    }

    /// A carousel's slide, from 0.
    pub fn frame(&self, index: usize, extension: &str) -> BlobKey {
        BlobKey(format!("{}/frame-{index}.{extension}", self.stem))
    }
}

/// Where a private file of an account lies: `private/{account_id}/{random}/{name}`.
#[derive(Clone, Debug)]
pub struct PrivatePlace {
    stem: String,
}

impl PrivatePlace {
    /// Fails when the operating system has no random numbers.
    pub fn new(account_id: i64) -> io::Result<Self> {
        Ok(Self { stem: format!("{PRIVATE}{account_id}/{}", random_128()?) })
    }

    /// A name is made of what its owner called the file: letters, digits, `-`, `_` and `.` of it are kept.
    pub fn file(&self, name: &str) -> BlobKey {
        const MOST: usize = 100;
        let plain = |letter: char| match letter {
            letter if letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.') => letter,
            _ => '-',
        };
        let name: String = name.chars().map(plain).collect();
        // The ending says the type, so the beginning is cut.
        let name = name[name.len().saturating_sub(MOST)..].trim_start_matches('.');
        BlobKey(format!("{}/{}", self.stem, if name.is_empty() { "file" } else { name }))
    }
}

/// 128 random bits in hexadecimal.
pub(super) fn random_128() -> io::Result<String> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(format!("{:032x}", u128::from_be_bytes(random)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_cannot_leave_their_folder() {
        let long = "x".repeat(129);
        let deep = "a/".repeat(12) + "a";
        for text in [
            "",
            "/",
            ".",
            "..",
            "a/..",
            "../a",
            "a/../b",
            "a/./b",
            "/etc/passwd",
            "a//b",
            "a/",
            "a\\..\\b",
            "C:\\x",
            ".tmp/x",
            "a/.hidden",
            "a\0b",
            "a b",
            "a%2e",
            "ä",
            "a\n",
            "a:b",
            "~",
            &long,
            &deep,
        ] {
            assert_eq!(BlobKey::parse(text), Err(BadKey), "{text:?}");
        }
        for text in ["a", "server/1/uploads/0f/frame-0.png", "a..b", "a-b_c.d"] {
            assert_eq!(BlobKey::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn results_lie_where_the_contract_says() {
        let place = ResultPlace::new(7, 0xabc);
        let random = "00000000000000000000000000000abc";
        for (key, text) in [
            (place.single("png"), format!("server/7/uploads/{random}-template.png")),
            (place.carousel_pdf(), format!("server/7/uploads/{random}-carousel-output.pdf")),
            (place.frame(0, "png"), format!("server/7/uploads/{random}/frame-0.png")),
            (place.frame(12, "jpg"), format!("server/7/uploads/{random}/frame-12.jpg")),
        ] {
            assert_eq!(BlobKey::parse(&text), Ok(key));
        }
    }

    #[test]
    fn private_names_are_made_plain() {
        let place = PrivatePlace::new(7).unwrap();
        let long = format!("{}.png", "x".repeat(200));
        for (name, kept) in [
            ("Photo 1.JPG", "Photo-1.JPG"),
            ("../../etc/passwd", "-..-etc-passwd"),
            (".hidden", "hidden"),
            ("...", "file"),
            ("", "file"),
            ("Übung\0\".png", "-bung--.png"),
            (&long, &long[long.len() - 100..]),
        ] {
            let key = place.file(name);
            assert_eq!((key.file_name(), key.is_private()), (kept, true), "{name}");
            assert_eq!(BlobKey::parse(key.as_str()), Ok(key));
        }
        assert!(!ResultPlace::new(7, 1).single("png").is_private());
    }

    #[test]
    fn types_go_by_the_extension() {
        for (key, content_type) in [
            ("a.png", "image/png"),
            ("a/b.JPG", "image/jpeg"),
            ("a.webp", "image/webp"),
            ("x-carousel-output.pdf", "application/pdf"),
            ("a.svg", "application/octet-stream"),
            ("a.html", "application/octet-stream"),
            ("a.png.html", "application/octet-stream"),
            ("png", "application/octet-stream"),
            ("a.png/b", "application/octet-stream"),
        ] {
            assert_eq!(BlobKey::parse(key).unwrap().content_type(), content_type, "{key}");
        }
    }
}
