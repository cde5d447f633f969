//! AVIF read and written. The files to read are libavif's (`images/reference/make.py`).

#[path = "images/reference.rs"]
mod reference;

use std::collections::BTreeMap;
use std::sync::Arc;

use handbill_render::images::{ImageCache, ImageFormat, ImageProblem, ImageStore, probe};
use handbill_render::input::{Asset, Compression, Limits};
use handbill_render::pixmap::Pixmap;
use handbill_render::{Format, Options, encode, engine};
use handbill_template::resolved::AssetRef;

use reference::file;

const UPRIGHT: [[u8; 4]; 4] = [[255, 0, 0, 255], [0, 255, 0, 255], [0, 0, 255, 255], [200, 200, 200, 255]];

fn read(bytes: &[u8]) -> Result<Pixmap, ImageProblem> {
    let asset = AssetRef("picture".into());
    let assets = BTreeMap::from([(asset.clone(), Asset::Bytes(Arc::from(bytes)))]);
    let store = ImageStore::new(&assets, &Limits::default(), &ImageCache::new(0));
    store.pixels(store.get(&asset)?)
}

fn assert_quarters(name: &str, pixmap: &Pixmap, expected: [[u8; 4]; 4]) {
    let (w, h) = (pixmap.width(), pixmap.height());
    let places = [(w / 4, h / 4), (w * 3 / 4, h / 4), (w / 4, h * 3 / 4), (w * 3 / 4, h * 3 / 4)];
    for ((x, y), expected) in places.into_iter().zip(expected) {
        let found = pixmap.pixel(x, y);
        let far = found.iter().zip(expected).any(|(a, b)| a.abs_diff(b) > 3);
        assert!(!far, "{name} at {x}, {y}: {found:?} instead of {expected:?}");
    }
}

#[test]
fn every_kind_gives_its_pixels() {
    for kind in ["quarters-444", "quarters-422", "quarters-420", "limited"] {
        let pixmap = read(&file(&format!("{kind}.avif"))).unwrap_or_else(|problem| panic!("{kind} {problem}"));
        assert_eq!((pixmap.width(), pixmap.height()), (64, 48), "{kind}");
        assert!(pixmap.opaque(), "{kind}");
        assert_quarters(kind, &pixmap, UPRIGHT);
    }
    let grey = read(&file("grey.avif")).unwrap();
    assert_quarters("grey", &grey, [0, 90, 180, 255].map(|level| [level, level, level, 255]));
}

#[test]
fn alpha_is_kept_however_it_is_stored() {
    for kind in ["alpha", "premultiplied"] {
        let pixmap = read(&file(&format!("{kind}.avif"))).unwrap_or_else(|problem| panic!("{kind} {problem}"));
        assert!(!pixmap.opaque(), "{kind}");
        let [red, green, blue, _] = UPRIGHT;
        assert_quarters(kind, &pixmap, [red, green, blue, [100, 100, 100, 128]]);
    }
}

#[test]
fn all_orientations_come_out_upright() {
    for orientation in 1..=8 {
        let name = format!("turned-{orientation}");
        let bytes = file(&format!("{name}.avif"));
        let info = probe(&bytes, u64::MAX).unwrap();
        assert_eq!((info.format, info.width, info.height), (ImageFormat::Avif, 64, 48), "{name}");
        assert_eq!(info.stored_size(), if orientation < 5 { (64, 48) } else { (48, 64) }, "{name}");
        assert_quarters(&name, &read(&bytes).unwrap(), UPRIGHT);
    }
}

#[test]
fn grids_are_put_together() {
    let pixmap = read(&file("grid.avif")).unwrap();
    assert_eq!((pixmap.width(), pixmap.height()), (100, 64));
    let near = |x, expected: [u8; 3]| pixmap.pixel(x, 30).iter().zip(expected).all(|(a, b)| a.abs_diff(b) <= 3);
    assert!(near(10, [255, 0, 0]) && near(62, [255, 0, 0]) && near(65, [0, 0, 255]) && near(99, [0, 0, 255]));
}

#[test]
fn photos_come_out_as_little_cms_makes_them() {
    let (largest, mean) = reference::distance(&read(&file("p3.avif")).unwrap(), "p3.avif.png");
    assert!(largest <= 3.0 && mean <= 1.0, "{largest}, on average {mean}");
}

/// What is said of a file in which some bytes are others.
fn problem_of(name: &str, from: &[u8], to: &[u8]) -> String {
    let mut bytes = file(name);
    let at = bytes.windows(from.len()).position(|part| part == from).expect("the bytes that are changed");
    bytes[at..at + to.len()].copy_from_slice(to);
    read(&bytes).map(|_| ()).unwrap_err().to_string()
}

#[test]
fn what_cannot_be_shown_is_named() {
    // sRGB's curve becomes PQ.
    let hdr = problem_of("quarters-444.avif", b"nclx\0\x01\0\x0d", b"nclx\0\x01\0\x10");
    assert!(hdr.contains("AVIF file of a kind that cannot be read: its brightness is HDR"), "{hdr}");
    let kind = problem_of("quarters-444.avif", b"av01Color", b"hvc1");
    assert!(kind.contains("its picture is of the kind 'hvc1'"), "{kind}");
    // The grid's second tile is the grid itself.
    let tile = problem_of("grid.avif", b"dimg\0\x01\0\x02\0\x02\0\x03", b"dimg\0\x01\0\x02\0\x02\0\x01");
    assert!(tile.contains("a damaged AVIF file: a tile of its grid is no picture"), "{tile}");
    let bomb =
        problem_of("quarters-444.avif", b"ispe\0\0\0\0\0\0\0\x40\0\0\0\x30", b"ispe\0\0\0\0\0\0\xff\xff\0\0\xff\xff");
    assert_eq!(bomb, "is 65535 × 65535 pixels; at most 50000000 pixels in all, and 65,535 on a side, are allowed");
    let lie = problem_of("quarters-444.avif", b"ispe\0\0\0\0\0\0\0\x40\0\0\0\x30", b"ispe\0\0\0\0\0\0\0\x41\0\0\0\x30");
    assert!(lie.contains("its header and its pixels differ in size"), "{lie}");
}

#[test]
fn files_cut_short_are_damaged() {
    for name in ["quarters-420.avif", "alpha.avif", "grid.avif", "p3.avif"] {
        let whole = file(name);
        for cut in [40, whole.len() / 2, whole.len() - 9] {
            let problem = read(&whole[..cut]).map(|_| ()).unwrap_err();
            assert!(matches!(problem, ImageProblem::Damaged { .. }), "{name} cut at {cut}: {problem}");
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
    for name in ["quarters-420.avif", "premultiplied.avif", "grid.avif", "turned-7.avif", "p3.avif"] {
        let whole = file(name);
        for _ in 0..40 {
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

/// Four quarters, the last of them half transparent.
fn glass() -> Pixmap {
    let color = |x: u32, y: u32| match (x < 24, y < 16) {
        (true, true) => UPRIGHT[0],
        (false, true) => UPRIGHT[1],
        (true, false) => UPRIGHT[2],
        (false, false) => [200, 200, 200, 128],
    };
    let pixels: Vec<u8> = (0..32).flat_map(|y| (0..48).flat_map(move |x| color(x, y))).collect();
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, 48, 32);
    encoder.set_color(png::ColorType::Rgba);
    encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
    read(&png).unwrap()
}

#[test]
fn what_is_written_can_be_read_with_its_alpha() {
    let drawn = glass();
    let bytes = encode::avif::encode(&drawn, 90).unwrap();
    assert_eq!(probe(&bytes, u64::MAX).unwrap().format, ImageFormat::Avif);
    let again = read(&bytes).unwrap();
    assert!(!again.opaque());
    assert_quarters("written", &again, [UPRIGHT[0], UPRIGHT[1], UPRIGHT[2], [100, 100, 100, 128]]);
    let opaque = read(&encode::avif::encode(&read(&file("quarters-444.avif")).unwrap(), 90).unwrap()).unwrap();
    assert!(opaque.opaque());
    assert_quarters("written without alpha", &opaque, UPRIGHT);
}

#[test]
fn the_same_pixels_give_the_same_bytes() {
    let drawn = glass();
    let png = encode::png::encode(&drawn, Compression::Fast).unwrap();
    let options = Options { quality: Some(60), ..Options::with_format(Format::Avif) };
    let first = engine::encode(&drawn, &options).unwrap();
    assert!(first == engine::encode(&read(&png).unwrap(), &options).unwrap());
    let better = engine::encode(&drawn, &Options { quality: Some(95), ..options }).unwrap();
    assert!(first.len() < better.len());
}
