//! Drawing: a template and bound values in, files and a report out. In order: resolve → gather the pictures → render in an
//! engine process. What is done with the files is the caller's business.

mod assets;
mod format;

use std::sync::Arc;
use std::time::{Duration, Instant};

use handbill_render::{Compression, Format, Input, Options, Progress, RenderError, Rendered, Report};
use handbill_template::bind::Bound;
use handbill_template::resolve::{ResolveError, ResolveLimits, ResolveOptions, SizeChoice};
use handbill_template::resolved::Document;
use handbill_template::{Warning, WarningCode, resolve};

use super::font::FontShelf;
use super::{ActionError, Kind, Result};
use crate::engine::{EngineError, Served};
use crate::renderer::Renderer;
use crate::templates::StoredTemplate;

pub use assets::LocalFiles;
pub(crate) use assets::is_url;
pub use format::format_named;

/// What is asked for beside the values.
#[derive(Clone, Debug)]
pub struct DrawOptions {
    pub format: Format,
    /// 1 to 100 of JPEG, WebP and AVIF; the format's own when absent.
    pub quality: Option<u8>,
    /// Of PNG.
    pub compression: Compression,
    /// Without the slides' backgrounds.
    pub transparent: bool,
    pub size: SizeChoice,
    /// 1 to 4: device pixels per picture pixel.
    pub scale: f64,
    /// BCP 47; the template's language when absent.
    pub locale: Option<String>,
    /// What would be a warning about the picture is an error.
    pub strict: bool,
    /// A picture that the values name and that cannot be had is a warning, as one of the template is, not an error.
    pub draw_without_lost_pictures: bool,
    /// Where pictures that the values name by a path may lie; nowhere for requests that came over the network.
    pub local_files: LocalFiles,
    /// Whose request it is: what is fetched for it may be kept for them. Nobody's: nothing is kept.
    pub account_id: Option<i64>,
    /// Fonts beside those of the engine.
    pub fonts: FontShelf,
}

impl DrawOptions {
    /// The template's own size, as it is.
    pub fn new(format: Format) -> DrawOptions {
        DrawOptions {
            format,
            quality: None,
            compression: Compression::default(),
            transparent: false,
            size: SizeChoice::Canvas,
            scale: 1.0,
            locale: None,
            strict: false,
            draw_without_lost_pictures: false,
            local_files: LocalFiles::None,
            account_id: None,
            fonts: FontShelf::default(),
        }
    }
}

/// What came out.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// One per slide; a PDF is one.
    pub rendered: Rendered,
    /// The answer is a list of pictures, even of one.
    pub carousel: bool,
    pub format: Format,
    /// How long an engine process worked on it.
    pub took: Duration,
    /// How long it waited for its turn and for an engine process.
    pub waited: Duration,
}

/// A document with everything decided, and what it was made from.
pub struct ResolvedRequest {
    pub document: Document,
    bound: Bound,
    warnings: Vec<Warning>,
}

impl Drawn {
    /// Of all stages, binding included.
    pub fn report(&self) -> &Report {
        &self.rendered.report
    }
}

/// Draws. Dropping the future stops the work.
///
/// # Errors
/// `Invalid` where the values are the cause, every cause at once; `RenderFailed`, `Busy` or `Internal` otherwise. The texts
/// can go on after a colon; [`sentence`] makes them stand alone.
pub async fn draw(
    renderer: &Renderer,
    stored: &Arc<StoredTemplate>,
    bound: Bound,
    options: &DrawOptions,
    on_progress: impl FnMut(Progress) + Send,
) -> Result<Drawn> {
    let came = Instant::now();
    let _turn = renderer.turn().await.ok_or_else(|| not_rendered(&EngineError::Busy))?;
    let for_turn = came.elapsed();
    let ResolvedRequest { mut document, bound, warnings: resolving } =
        resolve_request(renderer, stored, bound, options).await?;
    let carousel = document.carousel;
    let mut assets = assets::gather(renderer, stored, &document, options).await;
    options.fonts.serve(&mut document, &mut assets).await?;
    let render_options = Options {
        format: options.format,
        scale: options.scale,
        quality: options.quality,
        compression: options.compression,
        transparent: options.transparent,
        strict: options.strict,
        limits: renderer.limits,
    };
    let input = Input { document, assets, options: render_options };
    let sent = Instant::now();
    let Served { mut rendered, took } =
        renderer.engine.render(&input, on_progress).await.map_err(|error| not_rendered(&error))?;
    let waited = for_turn + sent.elapsed().saturating_sub(took);
    if !options.draw_without_lost_pictures {
        refuse_lost_pictures(&bound, &rendered.report)?;
    }
    let mut warnings = resolving;
    warnings.append(&mut rendered.report.warnings);
    // There can be many of these, and often they were meant: they must not bury the others.
    warnings.sort_by_key(|warning| warning.code == WarningCode::Unfilled);
    rendered.report.warnings = warnings;
    Ok(Drawn { rendered, carousel, format: options.format, took, waited })
}

/// What would be drawn, without drawing it: so that a request can be refused before anybody waits for it.
///
/// # Errors
/// As [`draw`].
pub async fn resolve_request(
    renderer: &Renderer,
    stored: &Arc<StoredTemplate>,
    bound: Bound,
    options: &DrawOptions,
) -> Result<ResolvedRequest> {
    let limits = &renderer.limits;
    let resolve_options = ResolveOptions {
        size: options.size.clone(),
        locale: options.locale.clone(),
        limits: ResolveLimits {
            max_slides: limits.max_slides,
            max_nodes: limits.max_nodes,
            max_text_chars: limits.max_text_chars,
            max_output_pixels: limits.max_output_pixels,
            scale: options.scale,
        },
    };
    let template = Arc::clone(stored);
    let resolved = move || (resolve(&template.compiled, &bound, &resolve_options), bound);
    let (resolution, bound) = off_thread(resolved).await?;
    let resolution = resolution.map_err(|error| unresolved(&error))?;
    Ok(ResolvedRequest { document: resolution.document, bound, warnings: resolution.warnings })
}

/// Work that takes a processor for a while, away from the threads that serve connections. A panic in it is one request's.
pub(crate) async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|panic| ActionError::new(Kind::Internal, "Something went wrong on the server").because(panic))
}

fn unresolved(error: &ResolveError) -> ActionError {
    let kind = match error {
        ResolveError::UnknownSize { .. }
        | ResolveError::EmptySize { .. }
        | ResolveError::Limit { .. }
        | ResolveError::RepeatCount { .. }
        | ResolveError::NoSlides(_) => Kind::Invalid,
        ResolveError::Template(_) | ResolveError::UnknownComponent(_) | ResolveError::ComponentDepth(_) => {
            Kind::RenderFailed
        }
    };
    ActionError::new(kind, error.to_string())
}

fn not_rendered(error: &EngineError) -> ActionError {
    let kind = match error {
        EngineError::Render(
            RenderError::LimitExceeded { .. } | RenderError::TextOverflow { .. } | RenderError::Strict(_),
        ) => Kind::Invalid,
        EngineError::Render(RenderError::Output { .. })
        | EngineError::OutOfMemory { .. }
        | EngineError::DeadlineExceeded { .. }
        | EngineError::Crashed { .. } => Kind::RenderFailed,
        EngineError::Busy | EngineError::Stopping => Kind::Busy,
        EngineError::Unavailable { .. } => Kind::Internal,
    };
    let message = error.to_string();
    match error.details() {
        Some(details) => ActionError::new(kind, message).because(details.to_owned()),
        None => ActionError::new(kind, message),
    }
}

/// A picture that the request itself names, that could not be had or read, and that nothing stands in for, is a fault of
/// the request. One that the template names is a warning.
fn refuse_lost_pictures(bound: &Bound, report: &Report) -> Result<()> {
    let lost: Vec<&Warning> = report.warnings.iter().filter(|w| w.code == WarningCode::ImageFailed).collect();
    if lost.is_empty() {
        return Ok(());
    }
    let given = assets::given_texts(bound);
    let is_given = |warning: &&&Warning| {
        warning.from.as_ref().and_then(|from| from.as_str()).is_some_and(|from| given.contains(from))
    };
    let mut messages: Vec<&str> = lost.iter().filter(is_given).map(|warning| warning.message.as_str()).collect();
    messages.dedup();
    if messages.is_empty() { Ok(()) } else { Err(ActionError::new(Kind::Invalid, messages.join("; "))) }
}

/// With a capital letter in front, unless the first word is a name of something.
pub(crate) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let is_word = text.split_whitespace().next().is_some_and(|word| word.chars().all(|c| c.is_ascii_lowercase()));
    match letters.next() {
        Some(first) if is_word => first.to_uppercase().chain(letters).collect(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_has_its_kind() {
        let render = |error| not_rendered(&EngineError::Render(error)).kind;
        let limit = RenderError::LimitExceeded { what: "slides".to_owned(), actual: 2, limit: 1 };
        let output = RenderError::Output { what: "the PDF".to_owned(), reason: "a font".to_owned() };
        for (kind, expected) in [
            (render(limit), Kind::Invalid),
            (render(output), Kind::RenderFailed),
            (render(RenderError::Strict(Vec::new())), Kind::Invalid),
            (not_rendered(&EngineError::OutOfMemory { limit_mb: 1 }).kind, Kind::RenderFailed),
            (not_rendered(&EngineError::Busy).kind, Kind::Busy),
            (unresolved(&ResolveError::NoSlides("x".to_owned())).kind, Kind::Invalid),
            (unresolved(&ResolveError::UnknownComponent("x".to_owned())).kind, Kind::RenderFailed),
        ] {
            assert_eq!(kind, expected);
        }
    }

    #[test]
    fn what_only_we_may_read_is_not_in_the_message() {
        let error = not_rendered(&EngineError::Crashed { details: "at engine.rs:7".to_owned() });
        assert!(!error.message.contains("engine.rs"));
        assert_eq!(std::error::Error::source(&error).unwrap().to_string(), "at engine.rs:7");
    }

    #[test]
    fn messages_begin_like_sentences() {
        for (text, expected) in [
            ("rendering took", "Rendering took"),
            ("hero-image: the", "hero-image: the"),
            ("'a' is", "'a' is"),
            ("", ""),
        ] {
            assert_eq!(sentence(text), expected);
        }
    }
}
