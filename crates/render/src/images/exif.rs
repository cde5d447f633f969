//! The one thing we take from Exif: how the picture is turned.

use super::Orientation;

/// The orientation that a TIFF block (what follows "Exif\0\0") gives; upright when it gives none or is damaged.
pub(super) fn orientation(tiff: Option<&[u8]>) -> Orientation {
    tiff.and_then(read).and_then(Orientation::from_exif).unwrap_or(Orientation::UPRIGHT)
}

/// Tag 0x0112 of the first directory.
fn read(tiff: &[u8]) -> Option<u16> {
    let little = match tiff.get(..4)? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let u16_at = |at: usize| {
        let bytes = tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    };
    let u32_at = |at: usize| {
        let bytes = tiff.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    };
    const SHORT: u16 = 3;
    let directory = u32_at(4)? as usize;
    let entries = usize::from(u16_at(directory)?);
    for entry in 0..entries {
        let at = directory + 2 + entry * 12;
        if u16_at(at)? == 0x0112 && u16_at(at + 2)? == SHORT {
            return u16_at(at + 8);
        }
    }
    None
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A TIFF block with nothing but an orientation.
    pub(in crate::images) fn block(value: u16, little: bool) -> Vec<u8> {
        let mut out = if little { b"II*\0".to_vec() } else { b"MM\0*".to_vec() };
        let mut push = |value: u32, size: usize| {
            let bytes = if little { value.to_le_bytes() } else { value.to_be_bytes() };
            out.extend_from_slice(if little { &bytes[..size] } else { &bytes[4 - size..] });
        };
        for (value, size) in [(8, 4), (1, 2), (0x0112, 2), (3, 2), (1, 4), (u32::from(value), 2), (0, 2), (0, 4)] {
            push(value, size);
        }
        out
    }

    #[test]
    fn reads_both_byte_orders() {
        for value in 1..=8 {
            for little in [true, false] {
                assert_eq!(orientation(Some(&block(value, little))), Orientation::from_exif(value).unwrap());
            }
        }
    }

    #[test]
    fn damage_means_upright() {
        let whole = block(6, true);
        for cut in 0..whole.len() - 6 {
            assert_eq!(orientation(Some(&whole[..cut])), Orientation::UPRIGHT, "cut at {cut}");
        }
        for (value, bytes) in [(0, block(0, true)), (9, block(9, false))] {
            assert_eq!(orientation(Some(&bytes)), Orientation::UPRIGHT, "{value}");
        }
        let mut far = block(6, true);
        far[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(orientation(Some(&far)), Orientation::UPRIGHT);
    }
}
