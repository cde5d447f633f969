//! Pictures: passed through, stripped, turned, cut.

use handbill_template::resolved::ImageFilters;
use kurbo::Rect;

use super::support::{ask, has, image, list, page, pages, store, write};
use crate::display::{ImageItem, Item};
use crate::encode;
use crate::images::ColorFilter;
use crate::input::Compression;
use crate::pixmap::Pixmap;

/// A chequered photo; `segments` go in after the file's start.
pub(super) fn photo(width: u16, height: u16, segments: &[u8]) -> Vec<u8> {
    let pixel = |x: u16, y: u16| {
        [(x * 2) as u8, (y * 3) as u8, if (x / 10 + y / 10).is_multiple_of(2) { 200 } else { 60 }, 255]
    };
    let data = (0..height).flat_map(|y| (0..width).flat_map(move |x| pixel(x, y))).collect();
    let file = encode::jpeg::encode(&Pixmap::from_premultiplied(data, width, height, true), 90).expect("a photo");
    [&file[..2], segments, &file[2..]].concat()
}

/// Half transparent towards the left.
pub(super) fn glass() -> Vec<u8> {
    let pixel = |x: u8, y: u8| [0, (u32::from(y) * 4 * u32::from(x) * 4 / 255) as u8, x * 4, x * 4];
    let data = (0..64).flat_map(|y| (0..64).flat_map(move |x| pixel(x, y))).collect();
    encode::png::encode(&Pixmap::from_premultiplied(data, 64, 64, false), Compression::Fast).expect("a picture")
}

fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
    [&[0xff, marker], &(body.len() as u16 + 2).to_be_bytes()[..], body].concat()
}

/// Exif that turns the picture and tells a secret.
pub(super) fn exif(orientation: u8) -> Vec<u8> {
    let mut body = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    body.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
    body.extend(b"GPS 51.5N 0.1W");
    segment(0xe1, &body)
}

fn contains(whole: &[u8], part: &[u8]) -> bool {
    whole.windows(part.len()).any(|window| window == part)
}

/// From the start of the scan to the file's end.
fn scan(file: &[u8]) -> &[u8] {
    let start = file.windows(2).position(|pair| pair == [0xff, 0xda]).expect("a scan");
    &file[start..]
}

fn whole(width: f64, height: f64) -> Rect {
    Rect::new(0.0, 0.0, width, height)
}

#[test]
fn photos_are_passed_through_without_their_secrets() {
    let xmp = segment(0xe1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>secret</x:xmpmeta>");
    let comment = segment(0xfe, b"a secret remark");
    let mut file = photo(120, 80, &[exif(6), xmp, comment].concat());
    file.extend(b"a secret behind the picture");
    let (images, ids) = store(&[&file]);
    // Cut by its frame, as `cover` does.
    let shown = ImageItem { ..image(ids[0], Rect::new(0.0, 20.0, 80.0, 100.0), Rect::new(0.0, 0.0, 200.0, 200.0)) };
    let pdf = write(&list(vec![Item::Image(shown)]), &images);
    let end = file.len() - b"a secret behind the picture".len();
    assert!(contains(&pdf, scan(&file[..end])), "the photo's own bytes are in the PDF");
    for secret in ["secret", "GPS", "Exif"] {
        assert!(!contains(&pdf, secret.as_bytes()), "{secret}");
    }
}

#[test]
fn what_a_template_cuts_away_is_not_in_the_file() {
    if !has("pdfimages") {
        return;
    }
    let file = photo(120, 80, &[]);
    let (images, ids) = store(&[&file, &glass()]);
    let whole_photo = |id| image(id, whole(120.0, 80.0), Rect::new(0.0, 0.0, 200.0, 200.0));
    let cut = |n: usize| ImageItem {
        cropped: true,
        ..image(ids[n], Rect::new(10.0, 20.0, 50.0, 60.0), Rect::new(0.0, 0.0, 200.0, 200.0))
    };
    let grey = ColorFilter::new(&ImageFilters { grayscale: Some(1.0), ..ImageFilters::default() }, None);
    let pdf = write(&list(vec![Item::Image(ImageItem { filter: grey, ..whole_photo(ids[0]) })]), &images);
    assert!(!contains(&pdf, scan(&file)), "nor are colours that a filter takes away");
    let pdf = write(&list(vec![Item::Image(cut(0)), Item::Image(cut(1))]), &images);
    assert!(!contains(&pdf, scan(&file)));
    let rows = ask("pdfimages", &["-list", "{}"], &pdf);
    let sizes: Vec<Vec<&str>> =
        rows.lines().skip(2).map(|row| row.split_whitespace().skip(2).take(3).collect()).collect();
    assert_eq!(sizes, [["image", "40", "40"], ["image", "40", "40"], ["smask", "40", "40"]]);
}

/// Pixels that are cut through are there, or the picture would not reach the edge of its box.
#[test]
fn a_cut_through_pixels_leaves_no_gap() {
    if !has("pdfimages") {
        return;
    }
    let (images, ids) = store(&[&photo(120, 80, &[])]);
    let source = Rect::new(10.4, 20.0 + 1e-9, 50.3, 60.0 - 1e-9);
    let cut = ImageItem { cropped: true, ..image(ids[0], source, Rect::new(0.0, 0.0, 400.0, 300.0)) };
    let rows = ask("pdfimages", &["-list", "{}"], &write(&list(vec![Item::Image(cut)]), &images));
    let size: Vec<&str> = rows.lines().nth(2).unwrap().split_whitespace().skip(3).take(2).collect();
    assert_eq!(size, ["41", "40"]);
}

#[test]
fn a_picture_is_put_in_once() {
    let file = photo(200, 200, &[]);
    let (images, ids) = store(&[&file]);
    let slide = || page(vec![Item::Image(image(ids[0], whole(200.0, 200.0), Rect::new(0.0, 0.0, 400.0, 300.0)))]);
    let one = write(&pages(vec![slide()]), &images).len();
    let ten = write(&pages((0..10).map(|_| slide()).collect()), &images).len();
    assert!(ten - one < 9 * 1500, "{one} bytes, then {ten}");
    assert!(one < file.len() + 4000, "{one} bytes with a photo of {}", file.len());
}

#[test]
fn pictures_keep_their_kind() {
    if !has("pdfimages") {
        return;
    }
    let grey = {
        let data = (0..64u32 * 64).flat_map(|n| [[(n % 251) as u8; 3].as_slice(), &[255]].concat()).collect();
        encode::png::encode(&Pixmap::from_premultiplied(data, 64, 64, true), Compression::Fast).expect("a picture")
    };
    let (images, ids) = store(&[&photo(120, 80, &[]), &glass(), &grey]);
    let items = ids.iter().map(|&id| {
        let (width, height) = images.size(id);
        Item::Image(image(id, whole(width.into(), height.into()), Rect::new(0.0, 0.0, 100.0, 100.0)))
    });
    let rows = ask("pdfimages", &["-list", "{}"], &write(&list(items.collect()), &images));
    let kinds: Vec<Vec<&str>> = rows
        .lines()
        .skip(2)
        .map(|row| row.split_whitespace().collect::<Vec<_>>())
        .map(|row| vec![row[2], row[5], row[8]])
        .collect();
    assert_eq!(
        kinds,
        [["image", "rgb", "jpeg"], ["image", "rgb", "image"], ["smask", "gray", "image"], ["image", "gray", "image"]]
    );
}
