//! What the drawing library is shown in place of a picture: the beginning of a PNG of the same size, followed by the
//! picture's number. So it never sees the pixels, and the picture comes out upright and through our own decoders.

const SIGNATURE: &[u8; 8] = b"\x89PNG\r\n\x1a\n";
/// Signature, length and name of the first chunk.
const SIZE_AT: usize = 16;
const NUMBER_AT: usize = 33;

pub(super) fn header(width: u32, height: u32, number: u32) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(NUMBER_AT + 4);
    bytes.extend(SIGNATURE);
    bytes.extend(13u32.to_be_bytes());
    bytes.extend(b"IHDR");
    debug_assert_eq!(bytes.len(), SIZE_AT);
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend([8, 6, 0, 0, 0, 0, 0, 0, 0]);
    debug_assert_eq!(bytes.len(), NUMBER_AT);
    bytes.extend(number.to_be_bytes());
    bytes
}

/// The number of the picture that a header stands for.
pub(super) fn number(header: &[u8]) -> Option<u32> {
    let number = header.get(NUMBER_AT..)?.try_into().ok()?;
    Some(u32::from_be_bytes(number))
}
