//! From a font file as people have it to an sfnt in memory. Nothing here looks into the font's tables.

use std::sync::Arc;

/// What a font may grow to when it is unpacked.
const MAX_UNPACKED_BYTES: u64 = 64 << 20;

/// The sfnt in a file: as it is, or unpacked from WOFF or WOFF2. Errors are one sentence for people.
pub(super) fn unpack(bytes: &Arc<[u8]>) -> Result<Arc<dyn AsRef<[u8]> + Send + Sync>, String> {
    match bytes.get(..4) {
        Some([0, 1, 0, 0] | b"OTTO" | b"true" | b"ttcf") => Ok(Arc::new(Arc::clone(bytes))),
        Some(b"wOF2") => {
            // Bounds what it unpacks itself (128 MiB, and a hundredfold).
            let sfnt =
                wuff::decompress_woff2(bytes).map_err(|error| format!("the WOFF2 file is damaged ({error:?})"))?;
            Ok(Arc::new(sfnt))
        }
        Some(b"wOFF") => {
            check_woff_size(bytes)?;
            let sfnt =
                wuff::decompress_woff1(bytes).map_err(|error| format!("the WOFF file is damaged ({error:?})"))?;
            Ok(Arc::new(sfnt))
        }
        _ => Err("the file is not a font (TrueType, OpenType, WOFF or WOFF2)".to_owned()),
    }
}

/// Adds up what the table directory of a WOFF file says of its tables: 20 bytes each, the unpacked size the fourth field.
fn check_woff_size(bytes: &[u8]) -> Result<(), String> {
    let tables = bytes.get(12..14).map_or(0, |count| usize::from(u16::from_be_bytes([count[0], count[1]])));
    let directory = bytes.get(44..44 + tables * 20).ok_or("the file ends within its header")?;
    let lengths = directory
        .chunks_exact(20)
        .map(|entry| u64::from(u32::from_be_bytes([entry[12], entry[13], entry[14], entry[15]])));
    match lengths.sum::<u64>() {
        size if size <= MAX_UNPACKED_BYTES => Ok(()),
        size => Err(format!("the font would unpack to {size} bytes; at most {MAX_UNPACKED_BYTES} are allowed")),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::unpack;

    fn reason(bytes: &[u8]) -> String {
        unpack(&Arc::from(bytes)).err().expect("is refused")
    }

    #[test]
    fn what_is_no_font_is_refused_with_its_reason() {
        assert!(reason(b"").contains("not a font"));
        assert!(reason(b"<svg xmlns=''/>").contains("not a font"));
        assert!(reason(b"wOF2 and then nothing of use").contains("damaged"));
        assert!(reason(b"wOFF\0\x01\0\0\0\0\0\x10\0\x09\0\0").contains("ends within its header"));
    }

    #[test]
    fn a_woff_that_would_grow_without_bound_is_refused() {
        let mut file = b"wOFF".to_vec();
        file.resize(44, 0);
        file[13] = 1;
        file.extend(b"glyf\0\0\0\x40\0\0\0\x10\xff\xff\xff\xff\0\0\0\0");
        assert!(reason(&file).contains("would unpack to 4294967295 bytes"), "{}", reason(&file));
    }
}
