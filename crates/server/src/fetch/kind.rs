//! What a run of bytes is, judged by its first bytes alone: names and Content-Type are never asked.
//! It says nothing about whether the file is whole; decoding finds that out.

/// The kinds of picture that are accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ImageKind {
    Png,
    Jpeg,
    WebP,
    Gif,
    /// Only accepted by builds that read it.
    Avif,
}

impl ImageKind {
    /// The accepted kinds, for messages.
    pub const ACCEPTED: &str = handbill_render::images::READABLE;

    /// What the origin is told that it may send.
    pub(crate) const ACCEPT_HEADER: &str = if cfg!(feature = "avif") {
        "image/avif,image/webp,image/png,image/jpeg,image/gif"
    } else {
        "image/webp,image/png,image/jpeg,image/gif"
    };

    pub fn content_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::WebP => "image/webp",
            Self::Gif => "image/gif",
            Self::Avif => "image/avif",
        }
    }

    /// Recognises a picture by its first bytes; else says in words what the bytes are ("an HTML page").
    pub fn sniff(bytes: &[u8]) -> Result<Self, &'static str> {
        match bytes {
            [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Ok(Self::Png),
            [0xff, 0xd8, 0xff, ..] => Ok(Self::Jpeg),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Ok(Self::Gif),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Ok(Self::WebP),
            [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] => media_container(brand, bytes),
            _ => Err(name_of(bytes)),
        }
    }
}

/// ISO media files (AVIF, HEIC, MP4 …) differ by their brands only: a major one, a version, then compatible ones.
fn media_container(after_ftyp: &[u8], bytes: &[u8]) -> Result<ImageKind, &'static str> {
    let box_len = u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) as usize;
    let brands = &after_ftyp[..after_ftyp.len().min(box_len.saturating_sub(8)).min(64)];
    let has =
        |names: &[&[u8]]| brands.chunks_exact(4).enumerate().any(|(place, brand)| place != 1 && names.contains(&brand));
    if has(&[b"avif", b"avis"]) {
        if cfg!(feature = "avif") {
            Ok(ImageKind::Avif)
        } else {
            Err("an AVIF picture, which this build does not read")
        }
    } else if has(&[b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"]) {
        Err("a HEIC picture")
    } else {
        Err("a video")
    }
}

fn name_of(bytes: &[u8]) -> &'static str {
    match bytes {
        [] => "empty",
        [b'%', b'P', b'D', b'F', b'-', ..] => "a PDF document",
        [b'I', b'I', 0x2a, 0, ..] | [b'M', b'M', 0, 0x2a, ..] => "a TIFF picture",
        [b'B', b'M', ..] if bytes.len() > 26 && bytes[6..10] == [0; 4] => "a BMP picture",
        [0, 0, 1, 0, ..] => "an icon (ICO)",
        [b'8', b'B', b'P', b'S', ..] => "a Photoshop file",
        [0xff, 0x0a, ..] | [0, 0, 0, 0x0c, b'J', b'X', b'L', b' ', ..] => "a JPEG XL picture",
        [0, 0, 0, 0x0c, b'j', b'P', b' ', b' ', ..] => "a JPEG 2000 picture",
        [b'P', b'K', 3, 4, ..] => "a ZIP archive",
        [0x1f, 0x8b, ..] => "gzip data",
        [0x1a, 0x45, 0xdf, 0xa3, ..] => "a video",
        [b'R', b'I', b'F', b'F', ..] => "an audio or video file",
        _ => name_of_text(bytes),
    }
}

fn name_of_text(bytes: &[u8]) -> &'static str {
    let head = &bytes[..bytes.len().min(512)];
    if head.iter().any(|&byte| byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c)) {
        return "of an unknown kind";
    }
    let text = String::from_utf8_lossy(head).to_ascii_lowercase();
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.contains("<svg") {
        "an SVG drawing"
    } else if text.starts_with("<!doctype html") || text.contains("<html") || text.contains("<head") {
        "an HTML page"
    } else if text.starts_with('<') {
        "an XML or HTML document"
    } else if text.starts_with(['{', '[']) {
        "JSON"
    } else {
        "plain text"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_told_by_their_first_bytes() {
        let table: [(&[u8], ImageKind); 6] = [
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", ImageKind::Png),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", ImageKind::Jpeg),
            (b"\xff\xd8\xff\xdb", ImageKind::Jpeg),
            (b"GIF87a", ImageKind::Gif),
            (b"GIF89a\x01\0\x01\0", ImageKind::Gif),
            (b"RIFF\x24\0\0\0WEBPVP8 ", ImageKind::WebP),
        ];
        for (bytes, kind) in table {
            assert_eq!(ImageKind::sniff(bytes), Ok(kind), "{bytes:?}");
        }
    }

    #[test]
    fn avif_is_read_by_builds_with_it() {
        for bytes in [&b"\0\0\0\x1cftypavif\0\0\0\0mif1avifmiaf"[..], b"\0\0\0\x18ftypmif1\0\0\0\0avifmiaf"] {
            match cfg!(feature = "avif") {
                true => assert_eq!(ImageKind::sniff(bytes), Ok(ImageKind::Avif)),
                false => assert_eq!(ImageKind::sniff(bytes), Err("an AVIF picture, which this build does not read")),
            }
        }
    }

    #[test]
    fn anything_else_is_named() {
        let table: [(&[u8], &str); 22] = [
            (b"", "empty"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "an SVG drawing"),
            (b"<?xml version='1.0'?>\n<!-- x -->\n<svg/>", "an SVG drawing"),
            (b"\xef\xbb\xbf  <!DOCTYPE html><title>Sign in", "an HTML page"),
            (b"<HTML><body>", "an HTML page"),
            (b"<?xml version='1.0'?><Error/>", "an XML or HTML document"),
            (b"{\"error\":1}", "JSON"),
            (b"hello", "plain text"),
            (b"BM is how this sentence begins, and it is long enough", "plain text"),
            (b"%PDF-1.7", "a PDF document"),
            (b"II*\0rest", "a TIFF picture"),
            (b"BM\x36\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x01\0\0\0\x01\0\0\0\x01\0", "a BMP picture"),
            (b"\0\0\x01\0\x01\0", "an icon (ICO)"),
            (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "a HEIC picture"),
            (b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41", "a video"),
            (b"\0\0\0\x10ftypisom\0\0\0\0avif", "a video"),
            (b"\0\0\0\x14ftypisomavifisom", "a video"),
            (b"PK\x03\x04", "a ZIP archive"),
            (b"\x1f\x8b\x08", "gzip data"),
            (b"\xff\x0a", "a JPEG XL picture"),
            (b"RIFF\x24\0\0\0WAVEfmt ", "an audio or video file"),
            (b"\x01\x02\x03\x04", "of an unknown kind"),
        ];
        for (bytes, name) in table {
            assert_eq!(ImageKind::sniff(bytes), Err(name), "{bytes:?}");
        }
    }
}
