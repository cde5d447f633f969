//! From a font file as people have it to an sfnt in memory. Nothing here looks into the font's tables.

use std::sync::Arc;

/// What a font may grow to when it is unpacked.
const MAX_UNPACKED_BYTES: u32 = 64 << 20;

/// The sfnt in a file: as it is, or unpacked from WOFF or WOFF2. Errors are one sentence for people.
pub(super) fn unpack(bytes: &Arc<[u8]>) -> Result<Arc<dyn AsRef<[u8]> + Send + Sync>, String> {
    match bytes.get(..4) {
        Some([0, 1, 0, 0] | b"OTTO" | b"true" | b"ttcf") => Ok(Arc::new(Arc::clone(bytes))),
        Some(b"wOF2") => {
            check_size(bytes)?;
            let sfnt =
                wuff::decompress_woff2(bytes).map_err(|error| format!("the WOFF2 file is damaged ({error:?})"))?;
            Ok(Arc::new(sfnt))
        }
        Some(b"wOFF") => {
            check_size(bytes)?;
            let sfnt =
                wuff::decompress_woff1(bytes).map_err(|error| format!("the WOFF file is damaged ({error:?})"))?;
            Ok(Arc::new(sfnt))
        }
        _ => Err("the file is not a font (TrueType, OpenType, WOFF or WOFF2)".to_owned()),
    }
}

/// Both WOFF headers have the unpacked size at byte 16.
fn check_size(bytes: &[u8]) -> Result<(), String> {
    let size = bytes.get(16..20).and_then(|field| field.try_into().ok()).map(u32::from_be_bytes);
    match size {
        Some(size) if size <= MAX_UNPACKED_BYTES => Ok(()),
        Some(size) => Err(format!("the font would unpack to {size} bytes; at most {MAX_UNPACKED_BYTES} are allowed")),
        None => Err("the file ends within its header".to_owned()),
    }
}
