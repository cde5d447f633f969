//! Small pages with one thing on them that comes from outside, and the engine that draws them.

use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use handbill_render::{Asset, Engine, Format, Input, Limits, Options, RenderError, Report};
use handbill_server::fonts;
use handbill_template::bind::BindOptions;
use handbill_template::bind::native::{self, NativeData};
use handbill_template::resolve::ResolveOptions;
use handbill_template::resolved::{AssetRef, Document};
use handbill_template::{Compiled, read, resolve};

/// A document that draws one asset.
pub struct Page(&'static Document);

static PHOTO: LazyLock<Document> = LazyLock::new(|| {
    document(
        r#"{ "id": "photo", "type": "image", "src": "photo", "width": 40, "height": 30, "cornerRadius": 6 },
           { "id": "frame", "type": "frame", "x": 40, "width": 40, "height": 30,
             "fill": { "type": "image", "src": "photo" }, "opacity": 0.5 }"#,
    )
});

static DRAWING: LazyLock<Document> = LazyLock::new(|| {
    document(
        r##"{ "id": "drawing", "type": "svg", "src": "drawing", "width": 80, "height": 60, "colors": { "#000000": "#3b5bfd" } }"##,
    )
});

static TEXT: LazyLock<Document> = LazyLock::new(|| {
    document(
        r#"{ "id": "text", "type": "text", "fontFamily": "Damaged", "fontSize": 18, "width": 80,
             "text": "Office 12 fi – Ñandú\nWAVE", "fontWeight": 700, "fit": "shrink", "height": 60 }"#,
    )
});

impl Page {
    #[must_use]
    pub fn photo() -> Page {
        Page(&PHOTO)
    }

    #[must_use]
    pub fn drawing() -> Page {
        Page(&DRAWING)
    }

    #[must_use]
    pub fn text() -> Page {
        Page(&TEXT)
    }
}

/// A template that is known to be good, prepared.
#[must_use]
pub fn compiled(json: &str) -> Compiled {
    let template = read(json).unwrap_or_else(|faults| panic!("a template of the tests is refused: {faults}"));
    Compiled::new(template).expect("a good template can be prepared")
}

fn document(children: &str) -> Document {
    let json = format!(
        r#"{{ "format": 1, "id": "page", "name": "Page", "canvas": {{ "width": 80, "height": 60 }},
             "fonts": [{{ "family": "Damaged", "src": "font" }}],
             "slides": [{{ "id": "one", "children": [{children}] }}] }}"#
    );
    let compiled = compiled(&json);
    let sample = BindOptions { preview: true, ..BindOptions::default() };
    let bound = native::bind(&compiled, &NativeData::default(), &sample).expect("nothing is asked for");
    resolve(&compiled, &bound, &ResolveOptions::default()).expect("a good template can be filled").document
}

/// Draws a page with the bytes as one of its assets.
///
/// # Panics
/// When the engine fails: damage to what a page shows is never a reason not to draw the rest.
pub fn draw(page: &Page, name: &str, bytes: &[u8], format: Format) -> Report {
    // Nothing is kept from one attempt to the next.
    static ENGINE: LazyLock<Mutex<Engine>> = LazyLock::new(|| {
        let library = fonts::library(false, &[]).expect("the bundled fonts are good");
        Mutex::new(Engine::with_image_cache(library, 0))
    });
    let assets = BTreeMap::from([(AssetRef(name.to_owned()), Asset::Bytes(bytes.into()))]);
    let limits = Limits { max_image_pixels: 1 << 20, ..Limits::default() };
    let input = Input { document: page.0.clone(), assets, options: Options { format, limits, ..Options::default() } };
    let rendered = ENGINE.lock().unwrap_or_else(PoisonError::into_inner).render(&input, &mut |_| {});
    match rendered {
        Ok(rendered) => rendered.report,
        // Glyphs or pictures that only a PDF's writer looks at closely.
        Err(RenderError::Output { reason, .. }) if format == Format::Pdf => {
            assert!(!reason.is_empty(), "no reason is given");
            Report::default()
        }
        Err(error) => panic!("the page is not drawn: {error}"),
    }
}
