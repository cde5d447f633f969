//! A template's thumbnail: its first slide with its own samples, drawn by the engine once for each content and kept.

use handbill_render::Format;
use handbill_template::Template;
use handbill_template::bind::BindOptions;
use handbill_template::bind::native::{self, NativeData};
use handbill_template::resolve::SizeChoice;
use sha2::{Digest as _, Sha256};

use super::super::draw::{DrawOptions, draw, off_thread};
use super::super::font::FontShelf;
use super::super::{ActionError, Kind, Result};
use crate::app::App;
use crate::blobs::BlobKey;
use crate::clock;
use crate::store::font;
use crate::store::object::{self, NewObject, ObjectKind};
use crate::templates::hex;

/// The longer side, in pixels.
pub const DEFAULT_SIZE_PX: u32 = 480;
pub const MAX_SIZE_PX: u32 = 1600;
/// After that it is drawn again, if anybody asks.
const KEPT_MS: i64 = 30 * 24 * 60 * 60 * 1000;
/// A change of the engine makes new thumbnails.
const DRAWN_BY: &str = env!("CARGO_PKG_VERSION");

/// A picture for lists and galleries.
#[derive(Debug)]
pub struct Thumbnail {
    pub bytes: Vec<u8>,
    pub format: Format,
    /// Another picture has another tag.
    pub tag: String,
}

/// The thumbnail of the version that a reference means.
pub async fn thumbnail(app: &App, account_id: i64, reference: &str, format: Format, size_px: u32) -> Result<Thumbnail> {
    let stored = super::get(app, account_id, reference).await?;
    let fonts = font::stamp(&mut app.db.read().await?, account_id).await?;
    let name = format!("{}\n{size_px}\n{}\n{fonts}\n{DRAWN_BY}", stored.hash(), format.extension());
    let tag = hex(&Sha256::digest(&name)[..16]);
    let key = BlobKey::parse(&format!("private/{account_id}/thumbnails/{tag}.{}", format.extension()))
        .map_err(|bad| ActionError::new(Kind::Internal, "Something went wrong on the server").because(bad))?;
    if let Some(bytes) = app.blobs.find(&key).await? {
        return Ok(Thumbnail { bytes, format, tag });
    }
    let template = std::sync::Arc::clone(&stored);
    let bound = off_thread(move || {
        let options = BindOptions { preview: true, ..BindOptions::default() };
        native::bind(&template.compiled, &NativeData::default(), &options)
    })
    .await?;
    let mut bound = bound.map_err(|error| ActionError::new(Kind::Invalid, format!("Its samples: {error}")))?;
    let slides = &stored.template().slides;
    bound.dropped = slides.iter().skip(1).map(|slide| slide.id.clone()).collect();
    let (size, fonts) = (size_of(stored.template(), size_px), FontShelf::of(app, account_id));
    let options = DrawOptions { size, fonts, ..DrawOptions::new(format) };
    let drawn = draw(&app.renderer, &stored, bound, &options, |_| ()).await?;
    let picture = drawn.rendered.pictures.into_iter().next();
    let bytes = picture.ok_or_else(|| ActionError::new(Kind::RenderFailed, "The template draws nothing"))?.bytes;
    keep(app, account_id, key, &bytes).await?;
    Ok(Thumbnail { bytes, format, tag })
}

async fn keep(app: &App, account_id: i64, key: BlobKey, bytes: &[u8]) -> Result<()> {
    app.blobs.put(&key, bytes.to_vec()).await?;
    let (file, now_ms) = (NewObject::new(key, bytes.len()), clock::now_ms());
    let mut tx = app.db.begin().await?;
    match object::record(&mut tx, account_id, ObjectKind::Asset, &[file], now_ms, Some(now_ms + KEPT_MS)).await {
        // Somebody else drew it at the same moment.
        Err(error) if error.is_unique_violation() => Ok(()),
        recorded => {
            recorded?;
            Ok(tx.commit().await?)
        }
    }
}

/// The canvas's shape, as large as is asked for.
fn size_of(template: &Template, longer_px: u32) -> SizeChoice {
    let ratio = template.canvas.width / template.canvas.height;
    let shorter_px = |ratio: f64| (f64::from(longer_px) * ratio).round().max(1.0) as u32;
    if ratio >= 1.0 {
        SizeChoice::Pixels { width: longer_px, height: shorter_px(1.0 / ratio) }
    } else {
        SizeChoice::Pixels { width: shorter_px(ratio), height: longer_px }
    }
}
