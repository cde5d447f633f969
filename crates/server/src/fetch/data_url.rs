//! Pictures that are written into the URL itself: `data:image/png;base64,…`. Decoding only; the bytes are sniffed
//! like any others, and the media type that the URL states is ignored.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::error::FetchFault;

const FORGIVING: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The bytes of what follows `data:`, at most `max_bytes` of them.
pub(crate) fn decode(after_scheme: &str, max_bytes: u64) -> Result<Vec<u8>, FetchFault> {
    let Some((media_type, data)) = after_scheme.split_once(',') else {
        return Err(FetchFault::BadUrl("a data: URL has a comma before its data, as in data:image/png;base64,…"));
    };
    let is_base64 = media_type.rsplit(';').next().is_some_and(|last| last.trim().eq_ignore_ascii_case("base64"));
    let too_large = FetchFault::TooLarge { limit_bytes: max_bytes };
    // Percent signs can treble a byte and base64 adds a third; line breaks are few. Beyond that no decoding can help.
    if data.len() as u64 > max_bytes.saturating_mul(5) {
        return Err(too_large);
    }
    let mut bytes: Vec<u8> = percent_encoding::percent_decode_str(data).collect();
    if is_base64 {
        bytes.retain(|byte| !byte.is_ascii_whitespace());
        bytes = FORGIVING.decode(&bytes).map_err(|_| FetchFault::BadUrl("the data of the data: URL is no base64"))?;
    }
    if bytes.len() as u64 > max_bytes { Err(too_large) } else { Ok(bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_in_the_wild_decode() {
        for (url, bytes) in [
            ("image/png;base64,AQID", &[1, 2, 3][..]),
            ("image/png;charset=x;BASE64,AQIDBA==", &[1, 2, 3, 4]),
            (";base64,AQIDBA", &[1, 2, 3, 4]),
            (";base64,AQ%49D%0ABA%3D%3D", &[1, 2, 3, 4]),
            (";base64,AQ ID\n", &[1, 2, 3]),
            ("image/gif,GIF89a%00", b"GIF89a\0"),
            (",", b""),
        ] {
            assert_eq!(decode(url, 100).unwrap(), bytes, "{url}");
        }
    }

    #[test]
    fn damage_and_size_are_refused() {
        assert!(matches!(decode("image/png;base64", 100), Err(FetchFault::BadUrl(_))));
        assert!(matches!(decode(";base64,A*ID", 100), Err(FetchFault::BadUrl(_))));
        let limit_bytes = 2;
        for url in [";base64,AQID", ",abc", &format!(",{}", "a".repeat(1000))] {
            assert_eq!(decode(url, limit_bytes), Err(FetchFault::TooLarge { limit_bytes }), "{url}");
        }
    }
}
