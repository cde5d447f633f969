//! The engine: all stages in their order. Each stage is public by itself, so that it can be timed and tried alone.
//!
//! ```text
//! check ─► fonts ─► read drawings ─► open pictures ─► lay out ─► paint ─► contrast ─► report
//!                                                             └─► per page: draw, encode; or all pages: PDF
//! ```

use handbill_template::resolved::{Document, FontFile};
use handbill_template::{Warning, WarningCode};

use crate::display::{DisplayList, DisplayPage};
use crate::encode;
use crate::error::RenderError;
use crate::fonts::{FaceSource, FontLibrary};
use crate::images::{ImageCache, ImageStore};
use crate::input::{Asset, Format, Input, Options};
use crate::layout::{self, LaidOut};
use crate::limits;
use crate::output::{Picture, Progress, Rendered, Report};
use crate::paint::{self, Painted};
use crate::pdf;
use crate::pixmap::Pixmap;
use crate::raster::{self, RasterContext};
use crate::svg::Drawings;
use crate::text::TextContext;
use crate::{contrast, report};

/// Bytes of decoded and scaled pictures that stay warm between renders.
pub const DEFAULT_IMAGE_CACHE_BYTES: usize = 128 * 1024 * 1024;

/// Draws documents. What it has read and computed once stays warm for the next render and changes nothing about it.
pub struct Engine {
    fonts: FontLibrary,
    images: ImageCache,
    text: TextContext,
    raster: RasterContext,
}

impl Engine {
    /// An engine that draws with these fonts and those that a document brings.
    pub fn new(fonts: FontLibrary) -> Self {
        Engine::with_image_cache(fonts, DEFAULT_IMAGE_CACHE_BYTES)
    }

    /// As [`Engine::new`], with another bound on the pictures kept; 0 keeps none.
    pub fn with_image_cache(fonts: FontLibrary, bytes: usize) -> Self {
        Engine { fonts, images: ImageCache::new(bytes), text: TextContext::new(), raster: RasterContext::new() }
    }

    /// Renders a document. `progress` is told after every slide.
    ///
    /// # Errors
    /// When a limit is exceeded, something cannot be drawn, or the request is strict and its picture would be spoiled.
    pub fn render(&mut self, input: &Input, progress: &mut dyn FnMut(Progress)) -> Result<Rendered, RenderError> {
        check(&input.document, &input.options)?;
        let (fonts, mut warnings) = self.document_fonts(input);
        let drawings = read_drawings(input, &fonts);
        let images = self.open_images(input, &drawings);
        let laid = self.lay_out(&input.document, &fonts, &images, &drawings);
        let Painted { list, warnings: painting } = paint(&input.document, &input.options, &laid, &images, &drawings)?;
        warnings.extend(painting);
        warnings.extend(self.low_contrast(&laid, &list, &fonts, &images));
        let report = report(&laid, warnings, &input.options)?;
        let pictures = self.pictures(input, &list, &fonts, &images, progress)?;
        Ok(Rendered { pictures, report })
    }

    /// The document's pictures, and those in its drawings; each is read when it is first asked for.
    pub fn open_images(&self, input: &Input, drawings: &Drawings) -> ImageStore {
        let pictures = drawings.pictures();
        if pictures.is_empty() {
            return ImageStore::new(&input.assets, &input.options.limits, &self.images);
        }
        let own = input.assets.iter().chain(pictures).map(|(name, asset)| (name.clone(), asset.clone()));
        ImageStore::new(&own.collect(), &input.options.limits, &self.images)
    }

    /// The engine's fonts with the document's own, and a warning for each of those that cannot be used.
    pub fn document_fonts(&self, input: &Input) -> (FontLibrary, Vec<Warning>) {
        let mut warnings = Vec::new();
        let mut faces = Vec::new();
        for font in &input.document.fonts {
            match face(font, input.assets.get(&font.src)) {
                Ok(face) => faces.push(face),
                Err(reason) => warnings.push(font_warning(&font.family, &reason)),
            }
        }
        let (fonts, errors) = self.fonts.with_document_faces(faces);
        warnings.extend(errors.iter().map(|error| Warning::new(WarningCode::FontFallback, error.to_string())));
        (fonts, warnings)
    }

    /// Every box and glyph in its place.
    pub fn lay_out<'d>(
        &mut self,
        document: &'d Document,
        fonts: &FontLibrary,
        images: &ImageStore,
        drawings: &Drawings,
    ) -> LaidOut<'d> {
        layout::lay_out(document, fonts, &mut self.text, &mut |node| paint::natural_size(node, images, drawings))
    }

    /// A warning for each text that is hard to read on what is behind it.
    pub fn low_contrast(
        &mut self,
        laid: &LaidOut<'_>,
        list: &DisplayList,
        fonts: &FontLibrary,
        images: &ImageStore,
    ) -> Vec<Warning> {
        contrast::warnings(laid, list, &mut contrast::Drawing { fonts, images, raster: &mut self.raster })
    }

    /// One page as pixels.
    ///
    /// # Errors
    /// When a picture can no longer be read, or a side is longer than a picture may be.
    pub fn draw(
        &mut self,
        page: &DisplayPage,
        fonts: &FontLibrary,
        images: &ImageStore,
        (width, height): (u32, u32),
    ) -> Result<Pixmap, RenderError> {
        raster::draw(page, fonts, images, &mut self.raster, width, height)
    }

    /// All pages as a PDF; `progress` is told how many are drawn.
    ///
    /// # Errors
    /// When a font or a picture cannot be put in.
    pub fn write_pdf(
        &mut self,
        list: &DisplayList,
        fonts: &FontLibrary,
        images: &ImageStore,
        progress: &mut dyn FnMut(usize),
    ) -> Result<Vec<u8>, RenderError> {
        pdf::write(list, fonts, images, &mut self.raster, progress)
    }

    fn pictures(
        &mut self,
        input: &Input,
        list: &DisplayList,
        fonts: &FontLibrary,
        images: &ImageStore,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Vec<Picture>, RenderError> {
        let total = list.pages.len();
        if input.options.format == Format::Pdf {
            let bytes = self.write_pdf(list, fonts, images, &mut |done| progress(Progress { done, total }))?;
            let points = |pixels: f64| (pixels * list.pt_per_px).round() as u32;
            let page = input.document.page;
            return Ok(vec![Picture { bytes, width: points(page.width), height: points(page.height) }]);
        }
        let size = limits::pixel_size(&input.document, &input.options);
        let mut pictures = Vec::with_capacity(total);
        for page in &list.pages {
            let pixmap = self.draw(page, fonts, images, size)?;
            let bytes = encode(&pixmap, &input.options)?;
            pictures.push(Picture { bytes, width: size.0, height: size.1 });
            progress(Progress { done: pictures.len(), total });
        }
        Ok(pictures)
    }
}

/// Whether the document can be drawn at all, and within the limits.
///
/// # Errors
/// For the first thing that is wrong.
pub fn check(document: &Document, options: &Options) -> Result<(), RenderError> {
    limits::check(document, options)
}

/// The document's drawings (SVG), all of them.
pub fn read_drawings(input: &Input, fonts: &FontLibrary) -> Drawings {
    Drawings::read(&input.document, &input.assets, fonts, &input.options.limits)
}

/// The display list of a layout.
///
/// # Errors
/// When a node cannot be drawn whatever stands in for it.
pub fn paint(
    document: &Document,
    options: &Options,
    laid: &LaidOut<'_>,
    images: &ImageStore,
    drawings: &Drawings,
) -> Result<Painted, RenderError> {
    let scale = if options.format == Format::Pdf { 1.0 } else { options.scale };
    let device_scale = f64::from(document.page.width_px) / document.page.width * scale;
    paint::paint(document, laid, images, drawings, device_scale, options.transparent)
}

/// The report of a layout, with the warnings of other stages.
///
/// # Errors
/// When a text must not overflow and does, or the request is strict and its picture would be spoiled.
pub fn report(laid: &LaidOut<'_>, warnings: Vec<Warning>, options: &Options) -> Result<Report, RenderError> {
    let report = report::report(laid, warnings)?;
    if options.strict {
        report::refuse_if_strict(&report)?;
    }
    Ok(report)
}

/// A page's pixels as a file.
///
/// # Errors
/// When the format cannot hold them.
pub fn encode(pixmap: &Pixmap, options: &Options) -> Result<Vec<u8>, RenderError> {
    let quality = options.quality.or(options.format.usual_quality()).unwrap_or(100);
    match options.format {
        Format::Png => encode::png::encode(pixmap, options.compression),
        Format::Jpeg => encode::jpeg::encode(pixmap, quality),
        Format::WebP => encode::webp::encode(pixmap, quality),
        #[cfg(feature = "avif-encode")]
        Format::Avif => encode::avif::encode(pixmap, quality),
        #[cfg(not(feature = "avif-encode"))]
        Format::Avif => Err(limits::not_in_this_build(Format::Avif)),
        Format::Pdf => {
            Err(RenderError::Output { what: "the PDF".to_owned(), reason: "it is not made of pixels".to_owned() })
        }
    }
}

fn face(font: &FontFile, asset: Option<&Asset>) -> Result<FaceSource, String> {
    match asset {
        Some(Asset::Bytes(bytes)) => {
            FaceSource::from_file(&font.family, font.weight, font.italic, bytes).map_err(|error| error.to_string())
        }
        Some(Asset::Failed(reason)) => Err(format!("its file could not be fetched: {reason}")),
        None => Err("its file was not fetched".to_owned()),
    }
}

fn font_warning(family: &str, reason: &str) -> Warning {
    let mut warning = Warning::new(WarningCode::FontFallback, format!("the template's font '{family}': {reason}"));
    warning.from = Some(family.into());
    warning
}

#[cfg(test)]
mod tests;
