//! A drawing's bytes as text: unpacked (`.svgz`), UTF-8, and without the means to make a small file a huge one.

use std::io::Read;

use flate2::read::GzDecoder;

use super::DrawingProblem;
use super::limits::{MAX_BYTES, MAX_ENTITIES, within};

/// The text of an SVG file.
///
/// # Errors
/// When it is no text, is too large, or grows too much.
pub(super) fn text(bytes: &[u8]) -> Result<String, DrawingProblem> {
    let unpacked = if bytes.starts_with(&[0x1f, 0x8b]) { unpack(bytes)? } else { bytes.to_vec() };
    within("its size in bytes", unpacked.len() as u64, MAX_BYTES)?;
    let text = String::from_utf8(unpacked).map_err(|_| DrawingProblem::NotSvg("it is not UTF-8 text".to_owned()))?;
    if !text.contains('<') {
        return Err(DrawingProblem::NotSvg("it has no elements".to_owned()));
    }
    check_entities(&text)?;
    Ok(text)
}

fn unpack(bytes: &[u8]) -> Result<Vec<u8>, DrawingProblem> {
    let mut unpacked = Vec::new();
    let read = GzDecoder::new(bytes).take(MAX_BYTES + 1).read_to_end(&mut unpacked);
    read.map_err(|error| DrawingProblem::NotSvg(format!("it begins as gzip and cannot be unpacked: {error}")))?;
    Ok(unpacked)
}

/// Entities are fine (drawing programs write namespaces so) unless they multiply the text. Every `&` counts as a
/// reference to the longest, and none may refer to another.
fn check_entities(text: &str) -> Result<(), DrawingProblem> {
    let declarations = text.match_indices("<!ENTITY").map(|(start, _)| &text[start..]);
    within("the number of its entities", declarations.clone().count() as u64, MAX_ENTITIES)?;
    let mut longest = 0;
    for value in declarations.filter_map(quoted) {
        if value.contains('&') {
            return Err(DrawingProblem::NotDrawn("entities inside entities".to_owned()));
        }
        longest = longest.max(value.len());
    }
    let references = text.bytes().filter(|&byte| byte == b'&').count();
    within("its size in bytes with its entities", references.saturating_mul(longest) as u64, MAX_BYTES)
}

/// The first quoted text.
fn quoted(text: &str) -> Option<&str> {
    let open = text.find(['"', '\''])?;
    let quote = &text[open..=open];
    text[open + 1..].split(quote).next()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::text;

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn files_are_unpacked_within_bounds() {
        assert_eq!(text(&packed(b"<svg/>")).as_deref(), Ok("<svg/>"));
        let cases: [(&str, Vec<u8>, &str); 7] = [
            ("a gzip bomb", packed(&vec![b' '; 50_000_000]), "its size in bytes is 8388609"),
            ("cut", packed(b"<svg/>")[..15].to_vec(), "cannot be unpacked"),
            ("bytes", vec![0xff, 0xfe, 0x3c, 0], "not UTF-8"),
            ("words", b"hello".to_vec(), "no elements"),
            ("nothing", Vec::new(), "no elements"),
            (
                "an entity in an entity",
                b"<!DOCTYPE svg [<!ENTITY a 'x'><!ENTITY b '>&a;&a;'>]><svg>&b;</svg>".to_vec(),
                "entities inside entities",
            ),
            ("many entities", "<!ENTITY".repeat(1001).into_bytes(), "the number of its entities is 1001"),
        ];
        for (name, bytes, expected) in cases {
            let problem = text(&bytes).unwrap_err().to_string();
            assert!(problem.contains(expected), "{name}: {problem}");
        }
    }

    #[test]
    fn entities_may_not_multiply_the_text() {
        let with = |value: usize, times: usize| {
            let (value, uses) = ("x".repeat(value), "&a;".repeat(times));
            text(format!("<!DOCTYPE svg [<!ENTITY a \"{value}\">]><svg>{uses}</svg>").as_bytes())
        };
        assert!(with(100, 100).is_ok());
        let problem = with(100_000, 100_000).unwrap_err().to_string();
        assert!(problem.contains("with its entities is 10000000000"), "{problem}");
    }
}
