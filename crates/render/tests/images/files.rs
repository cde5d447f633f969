//! A picture of four quarters, red, green, blue and grey, written in every way there is.

use std::io::Cursor;

use jpeg_encoder::{ColorType as JpegColor, Encoder as JpegEncoder, SamplingFactor};

pub(crate) const WIDTH: u32 = 24;
pub(crate) const HEIGHT: u32 = 16;
pub(crate) const RED: [u8; 4] = [255, 0, 0, 255];
pub(crate) const GREEN: [u8; 4] = [0, 255, 0, 255];
pub(crate) const BLUE: [u8; 4] = [0, 0, 255, 255];
pub(crate) const GREY: [u8; 4] = [200, 200, 200, 255];
/// The colours of the four quarters.
pub(crate) type Quarters = [[u8; 4]; 4];
const QUARTERS: Quarters = [RED, GREEN, BLUE, GREY];
/// Writes a file with an orientation of Exif.
pub(crate) type WriteTurned = fn(u16) -> Vec<u8>;

/// The picture's pixels, each quarter one of four.
fn picture<const N: usize>(quarters: [[u8; N]; 4]) -> Vec<u8> {
    turned(quarters, 1)
}

/// As a camera held in that way stores it: what is upright again when turned by Exif's orientation.
fn turned<const N: usize>(quarters: [[u8; N]; 4], orientation: u16) -> Vec<u8> {
    let (width, height) = stored_size(orientation);
    let mut pixels = Vec::new();
    for y in 0..height {
        for x in 0..width {
            let (right, bottom) = (width - 1 - x, height - 1 - y);
            let (x, y) = match orientation {
                2 => (right, y),
                3 => (right, bottom),
                4 => (x, bottom),
                5 => (y, x),
                6 => (bottom, x),
                7 => (bottom, right),
                8 => (y, right),
                _ => (x, y),
            };
            pixels.extend(quarters[usize::from(y >= HEIGHT / 2) * 2 + usize::from(x >= WIDTH / 2)]);
        }
    }
    pixels
}

fn stored_size(orientation: u16) -> (u32, u32) {
    if orientation < 5 { (WIDTH, HEIGHT) } else { (HEIGHT, WIDTH) }
}

fn rgb() -> Vec<u8> {
    picture(QUARTERS.map(|[r, g, b, _]| [r, g, b]))
}

/// Name, file, and how far its colours may be off.
pub(crate) fn opaque() -> Vec<(String, Vec<u8>, u8)> {
    let mut files = vec![
        ("PNG".to_string(), png(), 0),
        ("PNG with 16 bits".into(), png_16_bits(), 0),
        ("PNG, interlaced".into(), hex(INTERLACED_PNG), 0),
        ("PNG with a palette".into(), png_palette(None), 0),
        ("lossless WebP".into(), webp(&rgb(), image_webp::ColorType::Rgb8, WIDTH, HEIGHT, |_| {}), 0),
        ("lossy WebP".into(), hex(LOSSY_WEBP), 9),
        ("animated WebP".into(), hex(ANIMATED_WEBP), 0),
        ("GIF, animated".into(), gif(), 0),
    ];
    for (progressive, sampling) in
        [(false, SamplingFactor::F_1_1), (false, SamplingFactor::F_2_2), (true, SamplingFactor::F_1_1)]
    {
        let bytes = jpeg(&rgb(), JpegColor::Rgb, WIDTH, HEIGHT, |encoder| {
            encoder.set_progressive(progressive);
            encoder.set_sampling_factor(sampling);
        });
        files.push((format!("JPEG, progressive {progressive}, {sampling:?}"), bytes, 4));
    }
    files
}

/// Name, file and the colours of its quarters.
pub(crate) fn other_pngs() -> Vec<(&'static str, Vec<u8>, Quarters)> {
    let grey = |level: u8, alpha: u8| [level, level, level, alpha];
    let write = |color, depth, data: &[u8]| write_png(WIDTH, HEIGHT, color, depth, data, |_| {});
    let two_bits: Vec<u8> =
        (0..16).flat_map(|y| [0b00_01_00_01_u8 << (y / 8); 3].into_iter().chain([0b10_11_10_11; 3])).collect();
    vec![
        (
            "grey",
            write(png::ColorType::Grayscale, png::BitDepth::Eight, &picture([[0], [90], [180], [255]])),
            [grey(0, 255), grey(90, 255), grey(180, 255), grey(255, 255)],
        ),
        (
            "grey with alpha",
            write(
                png::ColorType::GrayscaleAlpha,
                png::BitDepth::Eight,
                &picture([[0, 255], [90, 255], [200, 0], [255, 51]]),
            ),
            [grey(0, 255), grey(90, 255), grey(0, 0), grey(51, 51)],
        ),
        (
            "grey with 2 bits",
            write(png::ColorType::Grayscale, png::BitDepth::Two, &two_bits),
            // At the middle of each quarter: columns 6 and 18, rows 4 and 12.
            [grey(0, 255), grey(170, 255), grey(0, 255), grey(170, 255)],
        ),
        ("palette with a transparent entry", png_palette(Some(&[255, 255, 0])), [RED, GREEN, [0; 4], GREY]),
    ]
}

/// The grey quarter half transparent.
pub(crate) fn transparent() -> Vec<(&'static str, Vec<u8>)> {
    let pixels = picture([RED, GREEN, BLUE, [200, 200, 200, 128]]);
    vec![
        ("PNG", png_of(WIDTH, HEIGHT, &pixels)),
        ("lossless WebP", webp(&pixels, image_webp::ColorType::Rgba8, WIDTH, HEIGHT, |_| {})),
        ("lossy WebP", hex(LOSSY_WEBP_WITH_ALPHA)),
    ]
}

/// Files whose metadata says how they are turned.
pub(crate) fn with_orientation() -> [(&'static str, WriteTurned); 3] {
    let jpeg = |orientation| {
        let (width, height) = stored_size(orientation);
        jpeg(&turned(QUARTERS, orientation), JpegColor::Rgba, width, height, |encoder| {
            encoder.add_exif_metadata(&exif(orientation)).unwrap();
        })
    };
    let png = |orientation| {
        let (width, height) = stored_size(orientation);
        write_png(width, height, png::ColorType::Rgba, png::BitDepth::Eight, &turned(QUARTERS, orientation), |info| {
            info.exif_metadata = Some(exif(orientation).into());
        })
    };
    let webp = |orientation| {
        let (width, height) = stored_size(orientation);
        webp(&turned(QUARTERS, orientation), image_webp::ColorType::Rgba8, width, height, |encoder| {
            encoder.set_exif_metadata(exif(orientation));
        })
    };
    [("JPEG", jpeg), ("PNG", png), ("WebP", webp)]
}

/// One colour, tagged as Display P3.
pub(crate) fn display_p3(color: [u8; 3]) -> Vec<(&'static str, Vec<u8>)> {
    let profile = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    let pixels = picture([color; 4]);
    let jpeg = jpeg(&pixels, JpegColor::Rgb, WIDTH, HEIGHT, |encoder| encoder.add_icc_profile(&profile).unwrap());
    let webp = webp(&pixels, image_webp::ColorType::Rgb8, WIDTH, HEIGHT, |encoder| {
        encoder.set_icc_profile(profile.clone());
    });
    vec![("PNG", png_with_profile(color, &profile)), ("JPEG", jpeg), ("WebP", webp)]
}

pub(crate) fn png_with_profile(color: [u8; 3], profile: &[u8]) -> Vec<u8> {
    write_png(WIDTH, HEIGHT, png::ColorType::Rgb, png::BitDepth::Eight, &picture([color; 4]), |info| {
        info.icc_profile = Some(profile.to_vec().into());
    })
}

/// One colour, and a chunk before its pixels.
pub(crate) fn png_with_chunk(color: [u8; 3], name: [u8; 4], body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(Cursor::new(&mut bytes), WIDTH, HEIGHT);
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header().unwrap();
    writer.write_chunk(png::chunk::ChunkType(name), body).unwrap();
    writer.write_image_data(&picture([color; 4])).unwrap();
    writer.finish().unwrap();
    bytes
}

/// Full cyan, full magenta, half black, nothing.
pub(crate) fn cmyk() -> Vec<(&'static str, Vec<u8>)> {
    let ink = picture([[255, 0, 0, 0], [0, 255, 0, 0], [0, 0, 0, 128], [0, 0, 0, 0]]);
    vec![
        ("CMYK", jpeg(&ink, JpegColor::Cmyk, WIDTH, HEIGHT, |_| {})),
        ("YCCK", jpeg(&ink, JpegColor::CmykAsYcck, WIDTH, HEIGHT, |_| {})),
    ]
}

/// The first frame covers the lower half; a second one covers all.
pub(crate) fn gif_with_offset() -> Vec<u8> {
    let lower = picture(QUARTERS)[(WIDTH * HEIGHT / 2 * 4) as usize..].to_vec();
    let mut first = gif::Frame::from_rgba(WIDTH as u16, HEIGHT as u16 / 2, &mut lower.clone());
    first.top = HEIGHT as u16 / 2;
    write_gif(&first)
}

fn gif() -> Vec<u8> {
    write_gif(&gif::Frame::from_rgba(WIDTH as u16, HEIGHT as u16, &mut picture(QUARTERS)))
}

fn write_gif(first: &gif::Frame<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = gif::Encoder::new(&mut bytes, WIDTH as u16, HEIGHT as u16, &[]).unwrap();
    encoder.write_frame(first).unwrap();
    let mut black = picture([[0, 0, 0, 255]; 4]);
    encoder.write_frame(&gif::Frame::from_rgba(WIDTH as u16, HEIGHT as u16, &mut black)).unwrap();
    drop(encoder);
    bytes
}

pub(crate) fn png() -> Vec<u8> {
    write_png(WIDTH, HEIGHT, png::ColorType::Rgb, png::BitDepth::Eight, &rgb(), |_| {})
}

/// Straight RGBA as a PNG.
pub(crate) fn png_of(width: u32, height: u32, rgba: &[u8]) -> Vec<u8> {
    write_png(width, height, png::ColorType::Rgba, png::BitDepth::Eight, rgba, |_| {})
}

fn png_16_bits() -> Vec<u8> {
    let samples: Vec<u8> = rgb().into_iter().flat_map(|sample| [sample, sample]).collect();
    write_png(WIDTH, HEIGHT, png::ColorType::Rgb, png::BitDepth::Sixteen, &samples, |_| {})
}

/// `alpha` of the first entries.
fn png_palette(alpha: Option<&[u8]>) -> Vec<u8> {
    let alpha = alpha.map(<[u8]>::to_vec);
    let indices = picture([[0], [1], [2], [3]]);
    write_png(WIDTH, HEIGHT, png::ColorType::Indexed, png::BitDepth::Eight, &indices, |info| {
        info.palette = Some(QUARTERS.iter().flat_map(|color| color[..3].to_vec()).collect());
        info.trns = alpha.map(Into::into);
    })
}

fn write_png(
    width: u32,
    height: u32,
    color: png::ColorType,
    depth: png::BitDepth,
    data: &[u8],
    set: impl FnOnce(&mut png::Info<'static>),
) -> Vec<u8> {
    let mut info = png::Info::with_size(width, height);
    info.color_type = color;
    info.bit_depth = depth;
    set(&mut info);
    let mut bytes = Vec::new();
    let mut writer = png::Encoder::with_info(Cursor::new(&mut bytes), info).unwrap().write_header().unwrap();
    writer.write_image_data(data).unwrap();
    writer.finish().unwrap();
    bytes
}

fn jpeg(
    pixels: &[u8],
    color: JpegColor,
    width: u32,
    height: u32,
    set: impl FnOnce(&mut JpegEncoder<&mut Vec<u8>>),
) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new(&mut bytes, 100);
    set(&mut encoder);
    encoder.encode(pixels, width as u16, height as u16, color).unwrap();
    bytes
}

fn webp(
    pixels: &[u8],
    color: image_webp::ColorType,
    width: u32,
    height: u32,
    set: impl FnOnce(&mut image_webp::WebPEncoder<&mut Vec<u8>>),
) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = image_webp::WebPEncoder::new(&mut bytes);
    set(&mut encoder);
    encoder.encode(pixels, width, height, color).unwrap();
    bytes
}

/// A TIFF block with nothing but an orientation.
fn exif(orientation: u16) -> Vec<u8> {
    let mut block = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    block.extend(orientation.to_le_bytes());
    block.extend([0; 6]);
    block
}

fn hex(digits: &str) -> Vec<u8> {
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
}

// What our encoders cannot write; the same four quarters, the WebPs written by libwebp.

const LOSSY_WEBP: &str = "52494646640000005745425056503820580000007003009d012a180010003e6d2c9245a422a19804004006c4b5004e88fff01e25fcf9888000fef2a0bf1c58f9b5cfe4c85ffe418fffc73d818ffffc80ff8ebff81153c5ffffc80efaffa7c2dee1cf92a12cbbbcccb0e00000";

const LOSSY_WEBP_WITH_ALPHA: &str = "524946469000000057454250565038580a000000100000001700000f0000414c5048110000000120d2b6b13ee763833f8d8809f04af24e0056503820580000007003009d012a180010003e6d2c9245a422a19804004006c4b5004e88fff01e25fcf9888000fef2a0bf1c58f9b5cfe4c85ffe418fffc73d818ffffc80ff8ebff81153c5ffffc80efaffa7c2dee1cf92a12cbbbcccb0e00000";

const ANIMATED_WEBP: &str = "52494646ae00000057454250565038580a000000020000001700000f0000414e494d06000000000000000000414e4d464e0000000000000000001700000f0000640000025650384c360000002f17c003001f202420ccf2bf59e58658309955fe5f58621a625ae97f6965fe031f3a2610661b4d729293bcff1144f43fb6a94fa03a06414e4d462c0000000000000000001700000f0000640000005650384c140000002f17c00300075081540820000a9afec78888fe07";

const INTERLACED_PNG: &str = "89504e470d0a1a0a0000000d4948445200000018000000100802000001f44118540000004c4944415478da63f8cfc00044600c22fe9f3871022600113b0106503e4206ae01ae04872ae234e2330b9fa14429c2143b81018853443d370d46dfd1329cc8f4ef3036881855278800c3d820009723fff0fcbd77d50000000049454e44ae426082";
