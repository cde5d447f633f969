//! Pixels → a WebP file, by libwebp. There is no encoder in Rust that writes the lossy kind.
//!
//! A crate of its own because calling C is `unsafe`, which everything else in the workspace forbids: what has to be
//! believed is in this file, and each step says why it holds.
//!
//! The same pixels give the same bytes on every x86-64 processor. Of libwebp's variants for newer instructions only the
//! SSE2 one, which all of them have, is compiled (libwebp-sys builds the others behind features that are off), and it
//! uses one thread. What C's `pow` gives is cut to whole numbers, and for no quality lies nearer than 1e-5 to where it is
//! cut, so that no library's last bit matters. C's `log` weighs ways to code lossless pictures, in 1/8,388,608 of a bit.

use std::mem::MaybeUninit;

use libwebp_sys as sys;

/// The longest side that the format can say.
pub const MAX_SIDE: u32 = 16_383;

/// What is kept of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quality {
    /// Every visible pixel as it is.
    Lossless,
    /// 1 to 100; transparency is kept as it is.
    Lossy(u8),
}

/// Why there is no file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("it is {width} × {height} pixels, and a WebP has at least 1 and at most {MAX_SIDE} on a side")]
    Size { width: u32, height: u32 },
    #[error("there are {actual} bytes of pixels instead of {expected}")]
    Length { actual: usize, expected: usize },
    #[error("there is not enough memory")]
    OutOfMemory,
    /// libwebp's own name for it.
    #[error("libwebp says {0}")]
    Refused(String),
}

/// Encodes straight (not premultiplied) RGBA, rows top down. A picture without transparency is written without alpha.
///
/// # Errors
/// When the pixels are not `width × height × 4` bytes, a side is too long for the format, or memory runs out.
pub fn encode(rgba: &[u8], width: u32, height: u32, quality: Quality) -> Result<Vec<u8>, Error> {
    let sides = 1..=MAX_SIDE;
    if !sides.contains(&width) || !sides.contains(&height) {
        return Err(Error::Size { width, height });
    }
    let expected = width as usize * height as usize * 4;
    if rgba.len() != expected {
        return Err(Error::Length { actual: rgba.len(), expected });
    }
    let config = config(quality)?;
    let mut picture = Picture::new(width, height)?;
    picture.import(rgba)?;
    picture.encode(&config)
}

fn config(quality: Quality) -> Result<sys::WebPConfig, Error> {
    let mut config = sys::WebPConfig::new().map_err(|()| refused("the version of its settings"))?;
    match quality {
        Quality::Lossless => {
            config.lossless = 1;
            // On designs half the bytes of a PNG in 70 to 260 ms; what is tried beyond this takes longer and finds nothing.
            config.method = 2;
            config.quality = 50.0;
        }
        Quality::Lossy(quality) => {
            config.quality = f32::from(quality.clamp(1, 100));
            config.method = 4;
            // Colour is stored at half resolution; this keeps red letters on white from running, for twice the time.
            config.use_sharp_yuv = 1;
        }
    }
    Ok(config)
}

/// libwebp's picture, whose planes are freed with it.
struct Picture(sys::WebPPicture);

impl Picture {
    fn new(width: u32, height: u32) -> Result<Picture, Error> {
        let mut picture = sys::WebPPicture::new().map_err(|()| refused("the version of its picture"))?;
        // Also for lossy ones: the better way to half resolution begins at the pixels as they are.
        picture.use_argb = 1;
        // At most 16,383 each.
        picture.width = width as i32;
        picture.height = height as i32;
        Ok(Picture(picture))
    }

    /// `rgba` holds as many pixels as the picture.
    fn import(&mut self, rgba: &[u8]) -> Result<(), Error> {
        let stride = self.0.width * 4;
        // SAFETY: the picture was initialized by libwebp and not moved into C's hands. It is read `height` rows of `width`
        // pixels with 4 bytes each, `stride` apart: exactly the bytes of `rgba`, whose length `encode` has checked.
        // libwebp copies them into planes of its own and keeps no pointer.
        let imported = unsafe { sys::WebPPictureImportRGBA(&raw mut self.0, rgba.as_ptr(), stride) };
        if imported == 0 { Err(Error::OutOfMemory) } else { Ok(()) }
    }

    fn encode(&mut self, config: &sys::WebPConfig) -> Result<Vec<u8>, Error> {
        let mut output = Output::new();
        self.0.writer = Some(sys::WebPMemoryWrite);
        self.0.custom_ptr = (&raw mut output.0).cast();
        // SAFETY: both structures were initialized by libwebp, the picture's planes by the import. `WebPMemoryWrite` takes
        // `custom_ptr` for a `WebPMemoryWriter`, which it is; it lives until after this call, and nothing else touches it
        // meanwhile.
        let encoded = unsafe { sys::WebPEncode(config, &raw mut self.0) };
        self.0.custom_ptr = std::ptr::null_mut();
        match (encoded, self.0.error_code) {
            (0, sys::WebPEncodingError::VP8_ENC_ERROR_OUT_OF_MEMORY)
            | (0, sys::WebPEncodingError::VP8_ENC_ERROR_BITSTREAM_OUT_OF_MEMORY) => Err(Error::OutOfMemory),
            (0, code) => Err(refused(&format!("{code:?}"))),
            _ => Ok(output.bytes().to_vec()),
        }
    }
}

impl Drop for Picture {
    fn drop(&mut self) {
        // SAFETY: initialized by libwebp, which frees what it allocated for the picture and nothing else.
        unsafe { sys::WebPPictureFree(&raw mut self.0) }
    }
}

/// Where libwebp collects the file.
struct Output(sys::WebPMemoryWriter);

impl Output {
    fn new() -> Output {
        let mut writer = MaybeUninit::uninit();
        // SAFETY: the pointer is to memory of the right size and alignment, which the call fills.
        unsafe { sys::WebPMemoryWriterInit(writer.as_mut_ptr()) };
        // SAFETY: it has just been filled.
        Output(unsafe { writer.assume_init() })
    }

    fn bytes(&self) -> &[u8] {
        if self.0.mem.is_null() {
            return &[];
        }
        // SAFETY: `mem` is libwebp's own allocation, of which `size` bytes have been written; it is freed with `self`, and
        // nobody writes to it while `self` is borrowed.
        unsafe { std::slice::from_raw_parts(self.0.mem, self.0.size) }
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        // SAFETY: initialized by libwebp; frees its allocation, if there is one.
        unsafe { sys::WebPMemoryWriterClear(&raw mut self.0) }
    }
}

fn refused(what: &str) -> Error {
    Error::Refused(what.to_owned())
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    /// Soft waves with some noise, one quarter more and more transparent.
    fn picture(width: u32, height: u32, alpha: bool) -> Vec<u8> {
        let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        let pixels = pixels.flat_map(|(x, y)| {
            let wave = |n: u32| ((x * n / 2 + y * (5 - n)) % 200 + (x * 7 + y * 13) % 9) as u8;
            let faint = alpha && x < width / 2 && y < height / 2;
            [wave(1), wave(2), wave(3), if faint { (x * 4 % 256) as u8 } else { 255 }]
        });
        pixels.collect()
    }

    fn read(file: &[u8]) -> (bool, Vec<u8>) {
        let mut decoder = image_webp::WebPDecoder::new(Cursor::new(file)).unwrap();
        let mut pixels = vec![0; decoder.output_buffer_size().unwrap()];
        decoder.read_image(&mut pixels).unwrap();
        (decoder.has_alpha(), pixels)
    }

    #[test]
    fn lossless_keeps_every_pixel() {
        let opaque = picture(61, 47, false);
        let (has_alpha, pixels) = read(&encode(&opaque, 61, 47, Quality::Lossless).unwrap());
        assert!(!has_alpha);
        assert!(pixels.chunks(3).eq(opaque.chunks(4).map(|pixel| &pixel[..3])));

        let faint = picture(61, 47, true);
        let (has_alpha, pixels) = read(&encode(&faint, 61, 47, Quality::Lossless).unwrap());
        assert!(has_alpha);
        for (read, given) in pixels.chunks(4).zip(faint.chunks(4)) {
            assert!(read == given || (read[3] == 0 && given[3] == 0), "{read:?} {given:?}");
        }
    }

    #[test]
    fn lossy_is_near_and_keeps_alpha() {
        for alpha in [false, true] {
            let given = picture(160, 120, alpha);
            let (has_alpha, pixels) = read(&encode(&given, 160, 120, Quality::Lossy(95)).unwrap());
            assert_eq!(has_alpha, alpha);
            let channels = if alpha { 4 } else { 3 };
            let pairs = pixels.chunks(channels).zip(given.chunks(4));
            assert!(!alpha || pairs.clone().all(|(read, given)| read[3] == given[3]), "alpha is kept as it is");
            let visible = pairs.filter(|(_, given)| given[3] > 0);
            let (sum, count) = visible.fold((0, 0), |(sum, count), (read, given)| {
                let off = (0..3).map(|n| u64::from(read[n].abs_diff(given[n]))).sum::<u64>();
                (sum + off, count + 3)
            });
            assert!(sum / count < 6, "off by {} on average", sum / count);
        }
    }

    #[test]
    fn red_letters_keep_their_edges() {
        // Red strokes of two pixels on white, half of them across the pixels that share a colour: half resolution alone
        // gives them 150.
        let is_stroke = |x: u32| matches!(x % 7, 0 | 1);
        let pixel = |x: u32| if is_stroke(x) { [220, 0, 30, 255] } else { [255, 255, 255, 255] };
        let given: Vec<u8> = (0..48).flat_map(|_| (0..98).flat_map(pixel)).collect();
        let (_, pixels) = read(&encode(&given, 98, 48, Quality::Lossy(90)).unwrap());
        let strokes: Vec<&[u8]> =
            pixels.chunks(3).zip(0..).filter(|(_, n)| is_stroke(n % 98)).map(|(p, _)| p).collect();
        let redness = strokes.iter().map(|p| u64::from(p[0].saturating_sub(p[1]))).sum::<u64>() / strokes.len() as u64;
        assert!(redness > 160, "{redness}");
    }

    #[test]
    fn less_quality_is_fewer_bytes() {
        let given = picture(160, 120, true);
        let sizes = [20, 60, 90].map(|quality| encode(&given, 160, 120, Quality::Lossy(quality)).unwrap().len());
        assert!(sizes.is_sorted(), "{sizes:?}");
        assert!(sizes[0] * 2 < sizes[2], "{sizes:?}");
    }

    #[test]
    fn what_cannot_be_written_is_said() {
        assert_eq!(
            encode(&[], 0, 4, Quality::Lossless).unwrap_err().to_string(),
            "it is 0 × 4 pixels, and a WebP has at least 1 and at most 16383 on a side"
        );
        let too_wide = encode(&[0; 16_384 * 4], 16_384, 1, Quality::Lossy(80));
        assert_eq!(too_wide, Err(Error::Size { width: 16_384, height: 1 }));
        assert_eq!(encode(&[0; 15], 2, 2, Quality::Lossless), Err(Error::Length { actual: 15, expected: 16 }));
    }
}
