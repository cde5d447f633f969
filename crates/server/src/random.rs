//! Random bytes from the operating system, and their spelling. Every secret and every name that nobody may guess starts here.

/// 5 bits a letter; without i, l, o and u, which are misread.
pub(crate) const BASE32: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// 6 bits a letter; the usual Base64.
pub(crate) const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("without the system's random numbers no secret is safe, so nothing can go on");
    bytes
}

/// Spells the bytes in the letters of an alphabet of 2ⁿ. The last letter is filled up with zero bits; there is no padding.
pub(crate) fn spell(bytes: &[u8], alphabet: &[u8]) -> String {
    let bits = alphabet.len().ilog2();
    let mut text = String::with_capacity((bytes.len() * 8).div_ceil(bits as usize));
    let (mut held, mut count) = (0_u32, 0);
    for byte in bytes {
        held = held << 8 | u32::from(*byte);
        count += 8;
        while count >= bits {
            count -= bits;
            text.push(char::from(alphabet[(held >> count) as usize % alphabet.len()]));
        }
    }
    if count > 0 {
        text.push(char::from(alphabet[(held << (bits - count)) as usize % alphabet.len()]));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spells_bits_in_order() {
        for (bytes, base32, base64) in [
            (&b""[..], "", ""),
            (b"\x00", "00", "AA"),
            (b"\xff\xff\xff\xff\xff", "zzzzzzzz", "//////8"),
            (b"Man", "9ngpw", "TWFu"),
            (b"hello!", "d1jprv3f44", "aGVsbG8h"),
        ] {
            assert_eq!(spell(bytes, BASE32), base32, "{bytes:?}");
            assert_eq!(spell(bytes, BASE64), base64, "{bytes:?}");
        }
    }

    #[test]
    fn bytes_differ_each_time() {
        assert_ne!(bytes::<16>(), bytes::<16>());
    }
}
