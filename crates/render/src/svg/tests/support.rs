//! A drawing on a page of 100 × 100 pixels.

use std::collections::BTreeMap;
use std::sync::Arc;

use handbill_template::Warning;
use handbill_template::resolved::{AssetRef, Document, FrameLayout, ImageFit, NodeKind, Svg, SvgSource};

use crate::Engine;
use crate::engine::{paint, read_drawings};
use crate::fixtures::{fonts, node, page, placed};
use crate::input::{Asset, Input, Options};

pub(super) struct Drawn {
    pixels: Vec<u8>,
    width: usize,
    pub(super) warnings: Vec<Warning>,
}

impl Drawn {
    pub(super) fn at(&self, x: usize, y: usize) -> [u8; 3] {
        let start = (y * self.width + x) * 3;
        [self.pixels[start], self.pixels[start + 1], self.pixels[start + 2]]
    }

    #[track_caller]
    pub(super) fn assert(&self, x: usize, y: usize, expected: [u8; 3], tolerance: u8) {
        let found = self.at(x, y);
        let near = found.iter().zip(expected).all(|(a, b)| a.abs_diff(b) <= tolerance);
        assert!(near, "({x}, {y}) is {found:?} instead of {expected:?}; {:?}", self.messages());
    }

    pub(super) fn messages(&self) -> Vec<&str> {
        self.warnings.iter().map(|warning| warning.message.as_str()).collect()
    }

    /// Whether any pixel is near a colour.
    pub(super) fn has(&self, color: [u8; 3]) -> bool {
        self.pixels.chunks_exact(3).any(|pixel| pixel.iter().zip(color).all(|(a, b)| a.abs_diff(b) < 8))
    }

    /// Whether nothing but the page is there.
    pub(super) fn is_blank(&self) -> bool {
        self.pixels.iter().all(|&channel| channel == 255)
    }
}

pub(super) fn inline(text: &str) -> Svg {
    Svg { source: SvgSource::Inline(text.to_owned()), colors: Vec::new(), fit: ImageFit::Contain, crop: None }
}

pub(super) fn document(svg: Svg, place: [f64; 4]) -> Document {
    page(100.0, 100.0, FrameLayout::Free, vec![placed(node("logo", NodeKind::Svg(svg)), place)])
}

pub(super) fn draw(document: Document, assets: BTreeMap<AssetRef, Asset>) -> Drawn {
    let input = Input { document, assets, options: Options::default() };
    let rendered = Engine::new(fonts()).render(&input, &mut |_| {}).expect("the page can be drawn");
    let mut reader = png::Decoder::new(std::io::Cursor::new(&rendered.pictures[0].bytes)).read_info().expect("a PNG");
    let mut data = vec![0; reader.output_buffer_size().expect("its size is known")];
    let info = reader.next_frame(&mut data).expect("a whole PNG");
    let channels = info.color_type.samples();
    let rgb = |pixel: &[u8]| if channels < 3 { [pixel[0]; 3] } else { [pixel[0], pixel[1], pixel[2]] };
    let pixels = data.chunks_exact(channels).flat_map(rgb).collect();
    Drawn { pixels, width: info.width as usize, warnings: rendered.report.warnings }
}

/// A drawing over all of the page.
pub(super) fn drawn(svg: Svg) -> Drawn {
    draw(document(svg, [0.0, 0.0, 100.0, 100.0]), BTreeMap::new())
}

/// Elements in a drawing of 100 × 100 over all of the page.
pub(super) fn elements(content: &str) -> Drawn {
    drawn(inline(&svg(content)))
}

pub(super) fn svg(content: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" \
         viewBox=\"0 0 100 100\">{content}</svg>"
    )
}

pub(super) fn file(bytes: &[u8]) -> Drawn {
    let src = AssetRef("drawing.svg".to_owned());
    let svg = Svg { source: SvgSource::Asset(src.clone()), ..inline("") };
    let assets = BTreeMap::from([(src, Asset::Bytes(Arc::from(bytes)))]);
    draw(document(svg, [0.0, 0.0, 100.0, 100.0]), assets)
}

/// Reads a drawing as a render does, and draws it into a list.
pub(super) fn read(text: &str) {
    let input = Input {
        document: document(inline(text), [0.0, 0.0, 100.0, 100.0]),
        assets: BTreeMap::new(),
        options: Options::default(),
    };
    let mut engine = Engine::new(fonts());
    let drawings = read_drawings(&input, &fonts());
    let images = engine.open_images(&input, &drawings);
    let laid = engine.lay_out(&input.document, &fonts(), &images, &drawings);
    paint(&input.document, &input.options, &laid, &images, &drawings).expect("a page can always be painted");
}

/// The colour that only a file beside the drawings has.
pub(super) const SECRET: [u8; 3] = [255, 0, 255];

/// A folder with a picture, a drawing and a text that nobody may see.
pub(super) fn secret_file() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, 8, 8);
    encoder.set_color(png::ColorType::Rgb);
    encoder.write_header().and_then(|mut png| png.write_image_data(&SECRET.repeat(64))).expect("a PNG in memory");
    let drawing = svg("<rect id='s' width='100' height='100' fill='#f0f'/>");
    for (name, bytes) in
        [("secret.png", file.as_slice()), ("secret.svg", drawing.as_bytes()), ("secret.txt", b"secret")]
    {
        std::fs::write(folder.path().join(name), bytes).expect("the folder can be written to");
    }
    folder
}
