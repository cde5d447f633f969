//! Pictures of every kind read back: made here by encoders, their pixels known.

#[path = "images/files.rs"]
mod files;
#[path = "images/reference.rs"]
mod reference;

use std::collections::BTreeMap;
use std::sync::Arc;

use handbill_render::images::{ImageCache, ImageFormat, ImageProblem, ImageStore, probe};
use handbill_render::input::{Asset, Limits};
use handbill_render::pixmap::Pixmap;
use handbill_template::resolved::{AssetRef, Pick, Rgba};
use kurbo::Rect;

use files::{BLUE, GREEN, GREY, HEIGHT, RED, WIDTH};

fn store(bytes: &[u8], cache: &ImageCache) -> (ImageStore, AssetRef) {
    let asset = AssetRef("picture".into());
    let assets = BTreeMap::from([(asset.clone(), Asset::Bytes(Arc::from(bytes)))]);
    (ImageStore::new(&assets, &Limits::default(), cache), asset)
}

fn read(bytes: &[u8]) -> Result<Pixmap, ImageProblem> {
    let (store, asset) = store(bytes, &ImageCache::new(0));
    store.pixels(store.get(&asset)?)
}

/// The colours in the middle of the four quarters: top left, top right, bottom left, bottom right.
fn quarters(pixmap: &Pixmap) -> [[u8; 4]; 4] {
    let (w, h) = (pixmap.width(), pixmap.height());
    [(w / 4, h / 4), (w * 3 / 4, h / 4), (w / 4, h * 3 / 4), (w * 3 / 4, h * 3 / 4)].map(|(x, y)| pixmap.pixel(x, y))
}

fn assert_near(name: &str, found: [[u8; 4]; 4], expected: [[u8; 4]; 4], tolerance: u8) {
    let far = |a: [u8; 4], b: [u8; 4]| a.iter().zip(b).any(|(a, b)| a.abs_diff(b) > tolerance);
    for (quarter, (found, expected)) in found.into_iter().zip(expected).enumerate() {
        assert!(!far(found, expected), "{name}, quarter {quarter}: {found:?} instead of {expected:?}");
    }
}

const UPRIGHT: [[u8; 4]; 4] = [RED, GREEN, BLUE, GREY];

#[test]
fn every_format_gives_its_pixels() {
    for (name, bytes, tolerance) in files::opaque() {
        let pixmap = read(&bytes).unwrap_or_else(|problem| panic!("{name} {problem}"));
        assert_eq!((pixmap.width(), pixmap.height()), (WIDTH, HEIGHT), "{name}");
        assert!(pixmap.opaque(), "{name}");
        assert_near(&name, quarters(&pixmap), UPRIGHT, tolerance);
    }
}

#[test]
fn grey_and_palettes_and_depths_are_spread_to_eight_bits() {
    for (name, bytes, expected) in files::other_pngs() {
        let pixmap = read(&bytes).unwrap_or_else(|problem| panic!("{name} {problem}"));
        assert_near(name, quarters(&pixmap), expected, 1);
    }
}

#[test]
fn transparency_is_premultiplied() {
    for (name, bytes) in files::transparent() {
        let pixmap = read(&bytes).unwrap_or_else(|problem| panic!("{name} {problem}"));
        assert!(!pixmap.opaque(), "{name}");
        let faint = [100, 100, 100, 128];
        assert_near(name, quarters(&pixmap), [RED, GREEN, BLUE, faint], if name == "lossy WebP" { 9 } else { 0 });
    }
    let gif = read(&files::gif_with_offset()).unwrap();
    assert_near("GIF whose frame begins below the middle", quarters(&gif), [[0; 4], [0; 4], BLUE, GREY], 0);
}

#[test]
fn all_orientations_come_out_upright() {
    for (kind, file) in files::with_orientation() {
        for orientation in 1..=8 {
            let name = format!("{kind} with orientation {orientation}");
            let bytes = file(orientation);
            let info = probe(&bytes, u64::MAX).unwrap();
            assert_eq!((info.width, info.height), (WIDTH, HEIGHT), "{name}");
            assert_eq!(info.stored_size(), if orientation < 5 { (WIDTH, HEIGHT) } else { (HEIGHT, WIDTH) }, "{name}");
            assert_near(&name, quarters(&read(&bytes).unwrap()), UPRIGHT, if kind == "JPEG" { 4 } else { 0 });
        }
    }
}

#[test]
fn profiles_are_brought_to_srgb() {
    // Worked out from both spaces' primaries and the curve they share: (214.9, 92.6, 31.0).
    for (name, bytes) in files::display_p3([200, 100, 50]) {
        let pixel = read(&bytes).unwrap().pixel(4, 4);
        assert_near(name, [pixel; 4], [[215, 93, 31, 255]; 4], 2);
    }
    // The same by numbers instead of a profile: Display P3 with sRGB's curve. PQ is HDR.
    let by_numbers = |transfer: u8| files::png_with_chunk([200, 100, 50], *b"cICP", &[12, transfer, 0, 1]);
    assert_near("cICP", [read(&by_numbers(13)).unwrap().pixel(4, 4); 4], [[215, 93, 31, 255]; 4], 2);
    let hdr = read(&by_numbers(16)).map(|_| ()).unwrap_err().to_string();
    assert!(hdr.contains("its brightness is HDR"), "{hdr}");
    let odd = files::png_with_profile([200, 100, 50], b"not a profile");
    assert_eq!(read(&odd).unwrap().pixel(4, 4), [200, 100, 50, 255], "a damaged profile is left aside");
}

/// Photos in the colours of a printing press and of a wide screen, against another program's colour management.
#[test]
fn photos_come_out_as_little_cms_makes_them() {
    for (name, expected) in [
        ("p3.jpg", "p3.jpg.png"),
        ("cmyk.jpg", "cmyk.jpg.png"),
        // The same photo: only the order of its data is another.
        ("cmyk-progressive.jpg", "cmyk.jpg.png"),
    ] {
        let pixmap = read(&reference::file(name)).unwrap_or_else(|problem| panic!("{name} {problem}"));
        let (largest, mean) = reference::distance(&pixmap, expected);
        assert!(largest <= 3.0, "{name}: {largest}, on average {mean}");
        assert!(mean <= 1.0, "{name}: {mean} on average");
    }
}

#[test]
fn inks_become_colours() {
    for (name, bytes) in files::cmyk() {
        let pixmap = read(&bytes).unwrap_or_else(|problem| panic!("{name} {problem}"));
        // Full cyan, full magenta, half black, none.
        let expected = [[0, 255, 255, 255], [255, 0, 255, 255], [127, 127, 127, 255], [255; 4]];
        assert_near(name, quarters(&pixmap), expected, 3);
    }
}

#[test]
fn headers_are_probed_without_the_rest() {
    for (name, bytes, _) in files::opaque() {
        let whole = probe(&bytes, u64::MAX).unwrap();
        let head = &bytes[..bytes.len() - 20];
        assert_eq!(probe(head, u64::MAX), Ok(whole), "{name}");
    }
    let png = files::png();
    let limit = u64::from(WIDTH * HEIGHT);
    assert_eq!(probe(&png, limit).unwrap().format, ImageFormat::Png);
    let too_large = ImageProblem::TooLarge { width: WIDTH.into(), height: HEIGHT.into(), limit: limit - 1 };
    assert_eq!(probe(&png, limit - 1), Err(too_large.clone()));
    assert_eq!(
        too_large.to_string(),
        "is 24 × 16 pixels; at most 383 pixels in all, and 65,535 on a side, are allowed"
    );
}

#[test]
fn a_bomb_is_refused_by_its_header() {
    // 60,000 × 60,000 pixels in 57 bytes: nothing of that size may be allocated to find out.
    let mut png = files::png();
    png[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
    let problem = read(&png).unwrap_err();
    assert_eq!(problem, ImageProblem::TooLarge { width: 60_000, height: 60_000, limit: 50_000_000 });
}

#[test]
fn what_is_no_picture_is_named() {
    let cases: [(&[u8], &str); 6] = [
        (b"", "is not a picture of a kind that can be read (it looks like an empty file); use PNG, JPEG, WebP"),
        (b"<!DOCTYPE html><title>404</title>", "a web page"),
        (b"<?xml version=\"1.0\"?><svg/>", "an SVG"),
        (b"%PDF-1.7", "a PDF"),
        (b"\0\0\0\x1cftypheic", "a HEIC"),
        (b"hello", "is not a picture of a kind that can be read; use PNG, JPEG, WebP"),
    ];
    for (bytes, expected) in cases {
        let problem = read(bytes).unwrap_err().to_string();
        assert!(problem.contains(expected), "{problem}");
    }
}

#[cfg(not(feature = "avif-decode"))]
#[test]
fn a_build_without_avif_says_so() {
    let problem = read(b"\0\0\0\x18ftypavif\0\0\0\0avifmif1").unwrap_err().to_string();
    assert!(problem.contains("it looks like an AVIF, which this build does not read"), "{problem}");
}

#[test]
fn missing_and_failed_assets_say_why() {
    let failed = AssetRef("failed".into());
    let assets = BTreeMap::from([(failed.clone(), Asset::Failed("the server answered 404".into()))]);
    let store = ImageStore::new(&assets, &Limits::default(), &ImageCache::new(0));
    assert_eq!(store.get(&failed).unwrap_err().to_string(), "could not be fetched: the server answered 404");
    assert_eq!(store.get(&AssetRef("other".into())), Err(ImageProblem::Missing));
}

#[test]
fn files_cut_short_are_damaged() {
    // Of an animation the first frame is enough.
    for (name, bytes, _) in files::opaque().into_iter().filter(|(name, ..)| !name.contains("animated")) {
        for cut in [bytes.len() / 2, bytes.len() * 3 / 4] {
            let problem = read(&bytes[..cut]).map(|_| ()).unwrap_err();
            let text = problem.to_string();
            assert!(matches!(problem, ImageProblem::Damaged { .. }), "{name} cut at {cut}: {text}");
            assert!(text.starts_with("is a damaged "), "{text}");
        }
    }
}

/// Bytes changed at random places (a fixed generator): any answer but a panic, and of the right size.
#[test]
fn damaged_files_never_panic() {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    let files = files::opaque().into_iter().map(|(name, bytes, _)| (name, bytes));
    let oriented = files::with_orientation().map(|(name, file)| (name.to_string(), file(6)));
    let tagged = files::display_p3([1, 2, 3]).into_iter().chain(files::cmyk()).chain(files::transparent());
    for (name, whole) in files.chain(oriented).chain(tagged.map(|(name, file)| (name.to_string(), file))) {
        for _ in 0..60 {
            let mut bytes = whole.clone();
            for _ in 0..=random(4) {
                let at = random(bytes.len());
                bytes[at] = random(256) as u8;
            }
            if let Ok(pixmap) = read(&bytes) {
                assert_eq!(pixmap.data().len(), (pixmap.width() * pixmap.height() * 4) as usize, "{name}");
            }
        }
    }
}

#[test]
fn scaled_copies_keep_colour_off_transparent_edges() {
    // Opaque red beside transparent green: no green may appear between them.
    let pixels = (0..32).flat_map(|n| if n % 8 < 4 { [255, 0, 0, 255] } else { [0, 255, 0, 0] });
    let bytes = files::png_of(8, 4, &pixels.collect::<Vec<u8>>());
    let (store, asset) = store(&bytes, &ImageCache::new(1 << 20));
    let id = store.get(&asset).unwrap();
    for (width, height) in [(4, 2), (3, 3), (16, 8), (50, 5)] {
        let copy = store.scaled(id, Rect::new(0.0, 0.0, 8.0, 4.0), width, height).unwrap().unwrap();
        for pixel in copy.data().chunks(4) {
            assert_eq!(pixel[1], 0, "{width} × {height}: {pixel:?}");
            assert!(pixel[0] <= pixel[3], "{width} × {height}: {pixel:?}");
        }
    }
}

#[test]
fn parts_are_cut_out_where_they_are() {
    let bytes = files::png();
    let (store, asset) = store(&bytes, &ImageCache::new(1 << 20));
    let id = store.get(&asset).unwrap();
    let part = |x0, y0, x1, y1| store.scaled(id, Rect::new(x0, y0, x1, y1), 6, 4).unwrap().unwrap().pixel(3, 2);
    assert_eq!(part(0.0, 0.0, 11.5, 7.5), RED);
    assert_eq!(part(12.5, 0.0, 24.0, 7.5), GREEN);
    assert_eq!(part(0.0, 8.5, 11.5, 16.0), BLUE);
    assert_eq!(part(12.5, 8.5, 24.0, 16.0), GREY);
    assert!(store.scaled(id, Rect::new(30.0, 0.0, 40.0, 4.0), 6, 4).unwrap().is_none(), "outside is nothing");
}

#[test]
fn colours_and_windows_are_found_in_pictures() {
    let bytes = files::png();
    let (store, asset) = store(&bytes, &ImageCache::new(1 << 20));
    let id = store.get(&asset).unwrap();
    let Some(Rgba(vibrant)) = store.pick(id, Pick::Vibrant).unwrap() else { panic!("there are colours") };
    assert!([RED, GREEN, BLUE].contains(&vibrant), "{vibrant:?}");
    let window = store.focus(id, Rect::new(0.0, 0.0, 24.0, 16.0), 1.0).unwrap();
    assert_eq!((window.width(), window.height()), (16.0, 16.0));
}

#[test]
fn a_second_render_finds_everything_in_the_cache() {
    let cache = ImageCache::new(1 << 20);
    let bytes = files::png();
    let source = Rect::new(0.0, 0.0, 20.0, 16.0);
    for round in 0..2 {
        let (store, asset) = store(&bytes, &cache);
        let id = store.get(&asset).unwrap();
        store.scaled(id, source, 10, 8).unwrap();
        let usage = cache.usage();
        assert_eq!(usage.misses, 2, "round {round}: {usage:?}");
    }
    // Soundness, the decoded picture for the first copy; then soundness and the copy.
    assert_eq!(cache.usage().hits, 3);
}
