//! JPEG files cut down to the picture, for embedding: no place, time, camera, thumbnail or remark stays inside.

/// A JPEG with nothing but what decoding needs.
pub(super) struct Bare {
    pub(super) data: Vec<u8>,
    /// The colour profile, which a PDF keeps beside the picture.
    pub(super) profile: Option<Vec<u8>>,
}

const SOI: u8 = 0xd8;
const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;

/// None when a PDF could not show the file as it is: other than 8 bits, grey or YCbCr, damaged.
pub(super) fn bare(file: &[u8]) -> Option<Bare> {
    let mut data = vec![0xff, SOI];
    let mut profile = Profile::default();
    let mut frame = None;
    let mut adobe = None;
    let mut jfif = false;
    let mut at = 2;
    loop {
        let (marker, start) = next_marker(file, at)?;
        if marker == EOI {
            data.extend([0xff, EOI]);
            break;
        }
        let length = usize::from(u16::from_be_bytes([*file.get(start)?, *file.get(start + 1)?]));
        let body = file.get(start + 2..start.checked_add(length)?)?;
        at = start + length;
        match marker {
            0xc0..=0xc2 if frame.is_none() => frame = Some(Frame::read(body)?),
            // Quantization and Huffman tables, restart interval, scan.
            0xdb | 0xc4 | 0xdd | SOS => {}
            0xe0 if body.starts_with(b"JFIF\0") && body.len() >= 14 => {
                jfif = true;
                data.extend([0xff, 0xe0, 0, 16]);
                data.extend(&body[..12]);
                // No thumbnail.
                data.extend([0, 0]);
                continue;
            }
            0xe2 => {
                profile.add(body);
                continue;
            }
            0xee if body.starts_with(b"Adobe") && body.len() >= 12 => adobe = Some(body[11]),
            0xe0..=0xef | 0xfe => continue,
            // Arithmetic coding, lossless and hierarchical files, a second frame, the unknown.
            _ => return None,
        }
        data.extend([0xff, marker]);
        data.extend(file.get(start..at)?);
        if marker == SOS {
            let end = scan_end(file, at)?;
            data.extend(&file[at..end]);
            at = end;
        }
    }
    frame?.is_plain(jfif, adobe).then(|| Bare { data, profile: profile.whole() })
}

/// The first marker from `at` on, and where its segment begins. Careless writers leave bytes between segments.
fn next_marker(file: &[u8], mut at: usize) -> Option<(u8, usize)> {
    loop {
        at += file.get(at..)?.iter().position(|&byte| byte == 0xff)?;
        at += file[at..].iter().position(|&byte| byte != 0xff)? + 1;
        let marker = file[at - 1];
        if marker != 0 {
            return Some((marker, at));
        }
    }
}

/// Where the coded data that begins at `from` ends: at a marker that is neither a restart nor a stuffed byte.
fn scan_end(file: &[u8], from: usize) -> Option<usize> {
    let ends = |pair: &[u8]| pair[0] == 0xff && !matches!(pair[1], 0x00 | 0xd0..=0xd7 | 0xff);
    file.get(from..)?.windows(2).position(ends).map(|offset| from + offset)
}

struct Frame {
    components: Vec<u8>,
}

impl Frame {
    fn read(body: &[u8]) -> Option<Frame> {
        let &[precision, h1, h0, w1, w0, count, ref rest @ ..] = body else { return None };
        let sound = precision == 8 && (h1, h0) != (0, 0) && (w1, w0) != (0, 0) && matches!(count, 1 | 3);
        let components: Vec<u8> = rest.chunks_exact(3).map(|component| component[0]).collect();
        (sound && components.len() == usize::from(count)).then_some(Frame { components })
    }

    /// Grey, or YCbCr beyond doubt: viewers differ in files that say RGB.
    fn is_plain(&self, jfif: bool, adobe: Option<u8>) -> bool {
        self.components.len() == 1
            || match adobe {
                Some(transform) => transform == 1,
                None => jfif || self.components != *b"RGB",
            }
    }
}

/// A profile comes in numbered pieces.
#[derive(Default)]
struct Profile {
    pieces: std::collections::BTreeMap<u8, Vec<u8>>,
    count: u8,
}

impl Profile {
    fn add(&mut self, body: &[u8]) {
        if let Some([number, count, piece @ ..]) = body.strip_prefix(b"ICC_PROFILE\0") {
            self.count = *count;
            self.pieces.insert(*number, piece.to_vec());
        }
    }

    fn whole(self) -> Option<Vec<u8>> {
        let complete = self.count > 0 && self.pieces.keys().copied().eq(1..=self.count);
        complete.then(|| self.pieces.into_values().flatten().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
        [&[0xff, marker], &(body.len() as u16 + 2).to_be_bytes()[..], body].concat()
    }

    fn frame(marker: u8, precision: u8, components: &[u8]) -> Vec<u8> {
        let mut body = vec![precision, 0, 9, 0, 7, components.len() as u8];
        components.iter().for_each(|&component| body.extend([component, 0x11, 0]));
        segment(marker, &body)
    }

    fn file(segments: &[Vec<u8>]) -> Vec<u8> {
        [&[0xff, SOI], segments.concat().as_slice(), &[0xff, EOI]].concat()
    }

    fn jfif() -> Vec<u8> {
        segment(0xe0, b"JFIF\0\x01\x02\0\0\x01\0\x01\x01\x01rgb")
    }

    fn adobe(transform: u8) -> Vec<u8> {
        segment(0xee, &[b"Adobe\0\x64\0\0\0\0".as_slice(), &[transform]].concat())
    }

    /// Stuffed bytes, a restart mark, and an end mark that is data of a segment.
    fn scan() -> Vec<u8> {
        [segment(SOS, &[1, 2, 3]), vec![5, 0xff, 0, 0xff, 0xd0, 6]].concat()
    }

    #[test]
    fn only_the_picture_stays() {
        let secrets = [
            segment(0xe1, b"Exif\0\0secret\xff\xd9"),
            segment(0xfe, b"secret"),
            segment(0xed, b"Photoshop 3.0\0secret"),
            segment(0xe0, b"JFXX\0secret"),
            segment(0xe2, b"MPF\0secret"),
            segment(0xef, b"secret"),
        ]
        .concat();
        let (tables, frame) = (segment(0xdb, &[0; 65]), frame(0xc2, 8, &[1, 2, 3]));
        let junk = vec![7, 0xff, 0, 0xff];
        let parts = [jfif(), secrets.clone(), tables.clone(), junk, frame.clone(), scan(), secrets, scan()];
        let behind = [file(&parts), b"secret".to_vec()].concat();
        let bare = bare(&behind).expect("a plain file");
        let plain_jfif = segment(0xe0, b"JFIF\0\x01\x02\0\0\x01\0\x01\0\0");
        assert_eq!(bare.data, file(&[plain_jfif, tables, frame, scan(), scan()]));
        assert_eq!(bare.profile, None);
    }

    #[test]
    fn a_profile_in_pieces_is_put_together() {
        let piece = |number: u8, count: u8, data: &[u8]| {
            segment(0xe2, &[b"ICC_PROFILE\0".as_slice(), &[number, count], data].concat())
        };
        let with = |pieces: &[Vec<u8>]| {
            let bare = bare(&file(&[pieces.concat(), frame(0xc0, 8, &[1]), scan()])).expect("a plain file");
            bare.profile
        };
        assert_eq!(with(&[piece(2, 2, b"lo"), piece(1, 2, b"hel")]), Some(b"hello".to_vec()));
        assert_eq!(with(&[piece(1, 2, b"hel")]), None, "a piece is missing");
    }

    #[test]
    fn only_plain_files_are_taken() {
        let rgb = frame(0xc0, 8, b"RGB");
        let plain = frame(0xc0, 8, &[1, 2, 3]);
        let cases = [
            (true, vec![plain.clone()]),
            (true, vec![jfif(), plain.clone()]),
            (true, vec![adobe(1), plain.clone()]),
            (true, vec![frame(0xc1, 8, &[1])]),
            (false, vec![adobe(0), plain.clone()]),
            (false, vec![rgb.clone()]),
            (true, vec![jfif(), rgb]),
            (false, vec![adobe(2), frame(0xc0, 8, &[1, 2, 3, 4])]),
            (false, vec![frame(0xc0, 12, &[1])]),
            (false, vec![frame(0xc9, 8, &[1])]),
            (false, vec![plain.clone(), plain.clone()]),
            (false, vec![segment(0xcc, &[0, 0]), plain.clone()]),
            (false, vec![]),
        ];
        for (n, (taken, mut segments)) in cases.into_iter().enumerate() {
            segments.push(scan());
            assert_eq!(bare(&file(&segments)).is_some(), taken, "case {n}");
        }
        let whole = file(&[plain, scan()]);
        for cut in 0..whole.len() {
            assert!(bare(&whole[..cut]).is_none(), "cut at {cut}");
        }
    }
}
