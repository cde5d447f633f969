//! Format, size and orientation of a picture from its header alone: nothing is decoded, nothing of the picture's size
//! is allocated. The server asks before it keeps a file, the store before it decodes one.

use std::fmt;

#[cfg(feature = "avif-decode")]
use super::avif_file;
use super::{ImageProblem, Orientation, exif, jpeg_file};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageFormat {
    Png,
    Jpeg,
    WebP,
    Gif,
    #[cfg(feature = "avif-decode")]
    Avif,
}

impl fmt::Display for ImageFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ImageFormat::Png => "PNG",
            ImageFormat::Jpeg => "JPEG",
            ImageFormat::WebP => "WebP",
            ImageFormat::Gif => "GIF",
            #[cfg(feature = "avif-decode")]
            ImageFormat::Avif => "AVIF",
        })
    }
}

/// What a header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImageInfo {
    pub format: ImageFormat,
    /// Pixels of the upright picture.
    pub width: u32,
    pub height: u32,
    /// How the file's pixels are turned to be upright.
    pub orientation: Orientation,
}

impl ImageInfo {
    /// Width and height as the file stores them.
    pub fn stored_size(&self) -> (u32, u32) {
        if self.orientation.swaps_sides() { (self.height, self.width) } else { (self.width, self.height) }
    }
}

/// Reads a header. `max_pixels` bounds width × height.
pub fn probe(bytes: &[u8], max_pixels: u64) -> Result<ImageInfo, ImageProblem> {
    let format = sniff(bytes)?;
    let header = match format {
        ImageFormat::Png => png(bytes),
        ImageFormat::Jpeg => jpeg(bytes),
        ImageFormat::WebP => webp(bytes),
        ImageFormat::Gif => gif(bytes),
        #[cfg(feature = "avif-decode")]
        ImageFormat::Avif => Some(avif(bytes)?),
    };
    let damaged = |reason: &str| ImageProblem::Damaged { format, reason: reason.into() };
    let header = header.ok_or_else(|| damaged("its header is incomplete"))?;
    if header.width == 0 || header.height == 0 {
        return Err(damaged("it has no pixels"));
    }
    let (width, height) = (u64::from(header.width), u64::from(header.height));
    let max_side = u64::from(crate::pixmap::MAX_SIDE);
    if width * height > max_pixels || width > max_side || height > max_side {
        return Err(ImageProblem::TooLarge { width, height, limit: max_pixels });
    }
    let orientation = header.orientation;
    let (width, height) =
        if orientation.swaps_sides() { (header.height, header.width) } else { (header.width, header.height) };
    Ok(ImageInfo { format, width, height, orientation })
}

/// By the bytes alone: names and content types lie.
fn sniff(bytes: &[u8]) -> Result<ImageFormat, ImageProblem> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        Ok(ImageFormat::Png)
    } else if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
        Ok(ImageFormat::Jpeg)
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        Ok(ImageFormat::WebP)
    } else if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") {
        Ok(ImageFormat::Gif)
    } else if let Some(avif) = sniff_avif(bytes) {
        Ok(avif)
    } else {
        Err(ImageProblem::UnknownFormat(guess(bytes)))
    }
}

#[cfg(feature = "avif-decode")]
fn sniff_avif(bytes: &[u8]) -> Option<ImageFormat> {
    avif_file::is_avif(bytes).then_some(ImageFormat::Avif)
}

#[cfg(not(feature = "avif-decode"))]
fn sniff_avif(_: &[u8]) -> Option<ImageFormat> {
    None
}

/// Kinds that people send by mistake, for the message.
fn guess(bytes: &[u8]) -> Option<&'static str> {
    let start = &bytes[..bytes.len().min(512)];
    let text = || String::from_utf8_lossy(start).to_ascii_lowercase();
    match start {
        [] => Some("an empty file"),
        [b'%', b'P', b'D', b'F', ..] => Some("a PDF"),
        [b'B', b'M', ..] => Some("a BMP"),
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => Some("a TIFF"),
        [_, _, _, _, b'f', b't', b'y', b'p', b'a', b'v', b'i', ..] => Some(AVIF),
        [_, _, _, _, b'f', b't', b'y', b'p', b'h' | b'm', ..] => Some("a HEIC"),
        _ if text().contains("<svg") => Some("an SVG"),
        _ if text().contains("<html") || text().contains("<!doctype") => Some("a web page"),
        _ => None,
    }
}

/// Only builds without its decoder get to guess it, or those that meet one without pictures.
const AVIF: &str = if cfg!(feature = "avif-decode") { "an AVIF" } else { "an AVIF, which this build does not read" };

struct Header {
    width: u32,
    height: u32,
    orientation: Orientation,
}

fn be16(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?)))
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn le16(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?)))
}

fn le24(bytes: &[u8], at: usize) -> Option<u32> {
    Some(le16(bytes, at)? | u32::from(*bytes.get(at + 2)?) << 16)
}

fn le32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn png(bytes: &[u8]) -> Option<Header> {
    if bytes.get(12..16)? != b"IHDR" {
        return None;
    }
    let (width, height) = (be32(bytes, 16)?, be32(bytes, 20)?);
    let exif = chunks(bytes, 8, |at| Some((at + 4, at + 8, be32(bytes, at)? as usize, 12)))
        .find_map(|(kind, body)| (kind == b"eXIf").then_some(body));
    Some(Header { width, height, orientation: exif::orientation(exif) })
}

/// The last start-of-frame before the pixels, and the first Exif segment.
fn jpeg(bytes: &[u8]) -> Option<Header> {
    let mut exif = None;
    let mut size = None;
    for (marker, body) in jpeg_file::segments(bytes) {
        match marker {
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => size = Some((be16(body, 3)?, be16(body, 1)?)),
            0xe1 if exif.is_none() => exif = body.strip_prefix(b"Exif\0\0"),
            _ => {}
        }
    }
    let (width, height) = size?;
    Some(Header { width, height, orientation: exif::orientation(exif) })
}

fn webp(bytes: &[u8]) -> Option<Header> {
    let mut size = None;
    let mut exif = None;
    for (kind, body) in chunks(bytes, 12, |at| {
        let length = le32(bytes, at + 4)? as usize;
        Some((at, at + 8, length, 8 + (length & 1)))
    }) {
        match kind {
            b"VP8X" => size = Some((le24(body, 4)? + 1, le24(body, 7)? + 1)),
            b"VP8 " if size.is_none() => size = Some((le16(body, 6)? & 0x3fff, le16(body, 8)? & 0x3fff)),
            b"VP8L" if size.is_none() => {
                let bits = le32(body, 1)?;
                size = Some(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1));
            }
            b"EXIF" if exif.is_none() => exif = Some(body.strip_prefix(b"Exif\0\0").unwrap_or(body)),
            _ => {}
        }
    }
    let (width, height) = size?;
    Some(Header { width, height, orientation: exif::orientation(exif) })
}

fn gif(bytes: &[u8]) -> Option<Header> {
    Some(Header { width: le16(bytes, 6)?, height: le16(bytes, 8)?, orientation: Orientation::UPRIGHT })
}

#[cfg(feature = "avif-decode")]
fn avif(bytes: &[u8]) -> Result<Header, ImageProblem> {
    let file = avif_file::AvifFile::parse(bytes).map_err(|failure| failure.of(ImageFormat::Avif))?;
    Ok(Header { width: file.width, height: file.height, orientation: file.orientation })
}

/// Walks a file of chunks. `parse` gives for a position: where the kind is, where the body is, its length, and
/// the bytes around the body. A body cut short by the file's end is given as far as it goes, as the last one.
fn chunks(
    bytes: &[u8],
    mut at: usize,
    parse: impl Fn(usize) -> Option<(usize, usize, usize, usize)>,
) -> impl Iterator<Item = (&[u8], &[u8])> {
    std::iter::from_fn(move || {
        let (kind, body, length, around) = parse(at)?;
        let kind = bytes.get(kind..kind + 4)?;
        let end = body.saturating_add(length).min(bytes.len());
        at = at.saturating_add(length).saturating_add(around);
        Some((kind, bytes.get(body..end)?))
    })
}
