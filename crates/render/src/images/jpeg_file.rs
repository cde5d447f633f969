//! A JPEG file's segments, without looking at its pixels.

const SCAN: u8 = 0xda;
const END: u8 = 0xd9;

/// The segments between the file's start and its pixels, the start of the scan being the last.
pub(super) fn segments(bytes: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let mut at = 2;
    let mut done = false;
    std::iter::from_fn(move || {
        if done {
            return None;
        }
        let (marker, body, next) = segment(bytes, at)?;
        at = next;
        done = marker == SCAN || marker == END;
        Some((marker, body))
    })
}

/// The next marker from `at` on, its body, and where it ends.
fn segment(bytes: &[u8], mut at: usize) -> Option<(u8, &[u8], usize)> {
    loop {
        // Careless writers leave bytes between segments, and any number of fill bytes may stand before a marker.
        at += bytes.get(at..)?.iter().position(|&byte| byte == 0xff)?;
        at += bytes[at..].iter().position(|&byte| byte != 0xff)?;
        let marker = bytes[at];
        at += 1;
        match marker {
            0x00 => {}
            0x01 | 0xd0..=END => return Some((marker, &[], at)),
            _ => {
                let length = usize::from(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
                return Some((marker, bytes.get(at + 2..at + length)?, at + length));
            }
        }
    }
}

/// Where the picture ends, the mark of the end included; None when the file stops before.
pub(super) fn end(bytes: &[u8]) -> Option<usize> {
    let mut at = 2;
    let mut scans = 0;
    loop {
        let (marker, _, next) = segment(bytes, at)?;
        at = next;
        match marker {
            SCAN => scans += 1,
            END if scans > 0 => return Some(at),
            END => return None,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &[u8] = &[
        0xff, 0xd8, // start
        0xff, 0xe1, 0, 6, 0xff, 0xd9, 7, 7, // Exif with an end mark inside
        0xff, 0xff, 0xdb, 0, 3, 9, // fill byte, table
        0xff, 0xda, 0, 2, 1, 2, 0xff, 0, 0xff, 0xd0, 3, // scan with a stuffed byte and a restart
        0xff, 0xc4, 0, 4, 0xff, 0xd9, // a table between scans with an end mark inside
        0xff, 0xda, 0, 2, 4, // another scan
        0xff, 0xd9, // end
        0xff, 0xd8, 1, 2, // a second picture behind it
    ];

    #[test]
    fn the_end_is_after_the_last_scan() {
        assert_eq!(end(FILE), Some(FILE.len() - 4));
        for cut in 0..FILE.len() - 4 {
            assert_eq!(end(&FILE[..cut]), None, "cut at {cut}");
        }
    }
}
