//! Fonts of an account: uploading, listing, deleting them, and handing those that a document names to the engine. Nobody
//! else's templates can use them.

use std::collections::BTreeMap;
use std::sync::Arc;

use handbill_render::Asset;
use handbill_template::resolved::{AssetRef, Document, FontFile};
use sha2::{Digest as _, Sha256};

use super::draw::off_thread;
use super::storage::record;
use super::{ActionError, Field, Kind, Page, Result};
use crate::app::App;
use crate::blobs::{BlobKey, PrivatePlace};
use crate::clock;
use crate::fonts::{self, MAX_FILE_BYTES};
use crate::store::font::{self, Font, NewFont};
use crate::store::object::{self, NewObject, ObjectKind};
use crate::templates::hex;

const MAX_FONTS: i64 = 500;

/// Keeps a font after it was vetted. The family is what the font says of itself, unless it is given.
pub async fn upload_font(app: &App, account_id: i64, bytes: Arc<[u8]>, family: Option<String>) -> Result<Font> {
    if bytes.len() as u64 > MAX_FILE_BYTES {
        let message = format!("The font is larger than {} MB", MAX_FILE_BYTES >> 20);
        return Err(ActionError::new(Kind::Invalid, message));
    }
    let vetted = Arc::clone(&bytes);
    let (facts, sha256) = off_thread(move || (fonts::vet(&vetted), hex(&Sha256::digest(&vetted)))).await?;
    let facts = facts.map_err(|bad| ActionError::new(Kind::Invalid, super::draw::sentence(&bad.to_string())))?;
    let family = fonts::family_name(family.as_deref(), &facts)
        .map_err(|why| ActionError::new(Kind::Invalid, why.clone()).with_fields(vec![Field::new("family", why)]))?;
    if font::count(&mut app.db.read().await?, account_id).await? >= MAX_FONTS {
        let message = format!("An account can have {MAX_FONTS} fonts; delete some first");
        return Err(ActionError::new(Kind::Conflict, message));
    }
    let place = PrivatePlace::new(account_id)
        .map_err(|error| ActionError::new(Kind::Internal, "Something went wrong on the server").because(error))?;
    let key = place.file(&format!("{family}.font"));
    app.blobs.put(&key, Arc::clone(&bytes)).await?;
    let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    let new = NewFont {
        account_id,
        family: family.clone(),
        facts,
        sha256,
        bytes: size,
        key: key.clone(),
        created_at_ms: clock::now_ms(),
    };
    match insert(app, account_id, new, size).await {
        Ok(font) => Ok(font),
        Err(error) => {
            if let Err(error) = app.blobs.delete(&key).await {
                tracing::warn!(%key, %error, "a font that was not kept could not be deleted");
            }
            Err(error)
        }
    }
}

async fn insert(app: &App, account_id: i64, new: NewFont, bytes: i64) -> Result<Font> {
    let (family, key) = (new.family.clone(), new.key.clone());
    let mut tx = app.db.begin().await?;
    let font = match font::insert(&mut tx, new).await {
        Err(error) if error.is_unique_violation() => {
            return Err(ActionError::new(Kind::Conflict, format!("This very font is there already, as {family}")));
        }
        inserted => inserted?,
    };
    record(&mut tx, account_id, ObjectKind::Asset, &[NewObject { key, bytes }]).await?;
    tx.commit().await?;
    Ok(font)
}

pub async fn get_font(app: &App, account_id: i64, id: i64) -> Result<Font> {
    font::find(&mut app.db.read().await?, account_id, id).await?.ok_or_else(|| unknown(id))
}

/// By number, beginning after `after`.
pub async fn list_fonts(app: &App, account_id: i64, after: i64, limit: i64) -> Result<Page<Font>> {
    let limit = limit.clamp(1, Page::<Font>::MAX_LIMIT);
    let rows = font::list(&mut app.db.read().await?, account_id, after, limit + 1).await?;
    Ok(Page::of(rows, limit, |font| font.id))
}

pub async fn delete_font(app: &App, account_id: i64, id: i64) -> Result<()> {
    let mut tx = app.db.begin().await?;
    let found = font::find(&mut tx, account_id, id).await?.ok_or_else(|| unknown(id))?;
    font::delete(&mut tx, account_id, id).await?;
    object::forget(&mut tx, &[found.key.to_string()]).await?;
    tx.commit().await?;
    if let Err(error) = app.blobs.delete(&found.key).await {
        tracing::warn!(key = %found.key, %error, "the file of a deleted font could not be deleted");
    }
    Ok(())
}

/// The fonts that documents may use beside those of the engine: an account's, or none.
#[derive(Clone, Default)]
pub struct FontShelf(Option<(App, i64)>);

impl std::fmt::Debug for FontShelf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("FontShelf").field(&self.0.as_ref().map(|(_, account_id)| account_id)).finish()
    }
}

impl FontShelf {
    pub fn of(app: &App, account_id: i64) -> FontShelf {
        FontShelf(Some((app.clone(), account_id)))
    }

    /// Gives a document those of its families that are here. What lies beside the template goes before.
    pub(super) async fn serve(&self, document: &mut Document, assets: &mut BTreeMap<AssetRef, Asset>) -> Result<()> {
        let Some((app, account_id)) = &self.0 else { return Ok(()) };
        let brought: Vec<String> = document.fonts.iter().map(|font| font.family.trim().to_lowercase()).collect();
        let named = document.font_families().into_iter().map(|family| family.trim().to_lowercase());
        let wanted: Vec<String> = named.filter(|family| !brought.contains(family) && !family.contains('\0')).collect();
        if wanted.is_empty() {
            return Ok(());
        }
        let found = font::of_families(&mut app.db.read().await?, *account_id, &wanted).await?;
        for font in found {
            let src = AssetRef(format!("font:{}", font.id));
            let asset = match bytes(app, &font.key).await? {
                Some(bytes) => Asset::Bytes(bytes),
                None => Asset::Failed("it was deleted".to_owned()),
            };
            assets.insert(src.clone(), asset);
            document.fonts.push(FontFile { family: font.family, src, weight: None, italic: font.facts.italic });
        }
        Ok(())
    }
}

async fn bytes(app: &App, key: &BlobKey) -> Result<Option<Arc<[u8]>>> {
    if let Some(bytes) = app.font_files.find(key) {
        return Ok(Some(bytes));
    }
    let Some(bytes) = app.blobs.find(key).await? else { return Ok(None) };
    let bytes: Arc<[u8]> = bytes.into();
    app.font_files.put(key.clone(), Arc::clone(&bytes), bytes.len());
    Ok(Some(bytes))
}

fn unknown(id: i64) -> ActionError {
    ActionError::new(Kind::NotFound, format!("There is no font {id}"))
}
