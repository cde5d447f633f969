//! From text to the drawing library's tree: everything that would reach outside is switched off, everything is counted
//! first.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use usvg::roxmltree::{Document, ParsingOptions};
use usvg::{ImageHrefResolver, ImageKind, Options, Tree};

use super::check::{self, Cost};
use super::fonts::{DEFAULT_FAMILY, Faces};
use super::limits::{self, within};
use super::texts::{self, Texts};
use super::{DrawingProblem, Note, source, stand_in};
use crate::fonts::FontLibrary;
use crate::images;

/// A drawing as the drawing library sees it.
pub(super) struct Read {
    pub(super) tree: Tree,
    pub(super) texts: Texts,
    /// The files of the pictures in it; [`stand_in`] says which is where.
    pub(super) pictures: Vec<Arc<[u8]>>,
    pub(super) notes: Vec<Note>,
}

/// # Errors
/// When it is not a drawing, asks for too much, or has what is never drawn.
pub(super) fn read(
    bytes: &[u8],
    fonts: &FontLibrary,
    language: &str,
    max_picture_pixels: u64,
) -> Result<Read, DrawingProblem> {
    let attempt = |one_face| attempt(bytes, &Faces::new(fonts, language, one_face), max_picture_pixels);
    match attempt(false) {
        // The library trips over texts whose faces make different numbers of glyphs of the same letters.
        Err(Failure::Panic) => attempt(true),
        other => other,
    }
    .map_err(|failure| match failure {
        Failure::Panic => DrawingProblem::Damaged("its parts contradict each other".to_owned()),
        Failure::Problem(problem) => problem,
    })
}

enum Failure {
    Problem(DrawingProblem),
    /// In the drawing library.
    Panic,
}

fn attempt(bytes: &[u8], faces: &Faces<'_>, max_picture_pixels: u64) -> Result<Read, Failure> {
    let reader = Reader { max_picture_pixels, found: Mutex::new(Found::default()) };
    let options = Options {
        image_href_resolver: ImageHrefResolver {
            resolve_data: Box::new(|_, data, options| reader.picture(&data, options)),
            // Whatever is not in the drawing itself stays where it is; `check` has noted it.
            resolve_string: Box::new(|_, _| None),
        },
        font_resolver: faces.resolver(),
        font_family: DEFAULT_FAMILY.to_owned(),
        ..Options::default()
    };
    // It is other people's: a panic in it is not the end of the render.
    let tree = catch_unwind(AssertUnwindSafe(|| reader.tree(bytes, &options))).map_err(|_| Failure::Panic)?;
    let tree = tree.map_err(Failure::Problem)?;
    drop(options);
    let mut found = reader.found.into_inner().unwrap_or_else(PoisonError::into_inner);
    let texts = texts::lay_out(&tree, faces);
    found.notes.extend(faces.notes());
    Ok(Read { tree, texts, pictures: found.pictures, notes: found.notes })
}

struct Reader {
    max_picture_pixels: u64,
    found: Mutex<Found>,
}

#[derive(Default)]
struct Found {
    /// Of the drawing and those inside it.
    cost: Cost,
    /// Drawings inside each other.
    level: u64,
    pictures: Vec<Arc<[u8]>>,
    notes: Vec<Note>,
}

impl Reader {
    fn found(&self) -> MutexGuard<'_, Found> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tree(&self, bytes: &[u8], options: &Options<'_>) -> Result<Tree, DrawingProblem> {
        let text = source::text(bytes)?;
        let parsing = ParsingOptions { allow_dtd: true, nodes_limit: limits::MAX_NODES, ..ParsingOptions::default() };
        let document = Document::parse_with_options(&text, parsing)
            .map_err(|error| DrawingProblem::NotSvg(format!("its XML is faulty: {error}")))?;
        let (cost, notes) = check::check(&document)?;
        {
            let mut found = self.found();
            found.cost.include(cost);
            found.cost.check()?;
            found.notes.extend(notes);
        }
        Tree::from_xmltree(&document, options).map_err(|error| match error {
            usvg::Error::InvalidSize => {
                DrawingProblem::Damaged("it has no size: 'width' and 'height' must be above 0".to_owned())
            }
            error => DrawingProblem::Damaged(error.to_string()),
        })
    }

    /// A picture in the drawing, or what stands for it: a header that tells its size and which it is.
    fn picture(&self, data: &[u8], options: &Options<'_>) -> Option<ImageKind> {
        let result = if looks_like_svg(data) { self.inner(data, options) } else { self.pixels(data) };
        result.map_err(|words| self.found().notes.push(Note::left_out(words))).ok()
    }

    fn pixels(&self, data: &[u8]) -> Result<ImageKind, String> {
        let unreadable = |problem: String| format!("has a picture that {problem}; it is left out");
        let info = images::probe(data, self.max_picture_pixels).map_err(|problem| unreadable(problem.to_string()))?;
        let mut found = self.found();
        let known = found.pictures.iter().position(|picture| **picture == *data);
        let number = known.unwrap_or(found.pictures.len());
        if known.is_none() {
            within("the number of its pictures", number as u64 + 1, limits::MAX_PICTURES)
                .map_err(|problem| unreadable(problem.to_string()))?;
            found.pictures.push(data.into());
        }
        Ok(ImageKind::PNG(Arc::new(stand_in::header(info.width, info.height, number as u32))))
    }

    fn inner(&self, data: &[u8], options: &Options<'_>) -> Result<ImageKind, String> {
        self.found().level += 1;
        let level = within("the number of drawings inside each other", self.found().level, limits::MAX_LEVELS);
        let tree = level.and_then(|()| self.tree(data, options));
        self.found().level -= 1;
        tree.map(ImageKind::SVG).map_err(|problem| format!("has a drawing inside that {problem}; it is left out"))
    }
}

fn looks_like_svg(data: &[u8]) -> bool {
    let start = &data[..data.len().min(1024)];
    data.starts_with(&[0x1f, 0x8b]) || start.windows(4).any(|four| four == b"<svg")
}
