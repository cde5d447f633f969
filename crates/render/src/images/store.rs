//! The pictures of one render, read when they are first asked for.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use handbill_template::resolved::{AssetRef, Pick, Rgba};
use kurbo::Rect;
use sha2::{Digest, Sha256};

use super::cache::{ContentHash, Kept, Key};
use super::{ImageCache, ImageId, ImageInfo, ImageProblem, decode, focus, pick, probe, scale};
use crate::input::{Asset, Limits};
use crate::pixmap::Pixmap;

/// All assets of a render, as pictures.
#[derive(Debug)]
pub struct ImageStore {
    ids: BTreeMap<AssetRef, ImageId>,
    files: Vec<File>,
    max_pixels: u64,
    cache: ImageCache,
}

#[derive(Debug)]
struct File {
    asset: Asset,
    opened: OnceLock<Result<Opened, ImageProblem>>,
}

#[derive(Debug, Clone, Copy)]
struct Opened {
    content: ContentHash,
    info: ImageInfo,
}

impl ImageStore {
    /// Nothing is read yet; fonts and drawings among the assets do no harm.
    pub fn new(assets: &BTreeMap<AssetRef, Asset>, limits: &Limits, cache: &ImageCache) -> Self {
        ImageStore {
            ids: (0..).map(ImageId).zip(assets.keys()).map(|(id, asset)| (asset.clone(), id)).collect(),
            files: assets.values().map(|asset| File { asset: asset.clone(), opened: OnceLock::new() }).collect(),
            max_pixels: limits.max_image_pixels,
            cache: cache.clone(),
        }
    }

    /// The picture of an asset, once it is known that all of it can be read.
    pub fn get(&self, asset: &AssetRef) -> Result<ImageId, ImageProblem> {
        let id = *self.ids.get(asset).ok_or(ImageProblem::Missing)?;
        self.opened(id).map(|_| id)
    }

    /// Width and height of the upright picture in pixels; (0, 0) for an id of another store.
    pub fn size(&self, id: ImageId) -> (u32, u32) {
        self.info(id).map_or((0, 0), |info| (info.width, info.height))
    }

    /// What the picture's header says.
    pub fn info(&self, id: ImageId) -> Result<ImageInfo, ImageProblem> {
        self.opened(id).map(|opened| opened.info)
    }

    /// The whole picture, upright.
    pub fn pixels(&self, id: ImageId) -> Result<Pixmap, ImageProblem> {
        let Opened { content, info } = self.opened(id)?;
        if let Some(Kept::Pixels(pixmap)) = self.cache.get(&Key::Decoded(content)) {
            return Ok(pixmap);
        }
        self.decode(self.bytes(id)?, content, &info)
    }

    /// The `source` part of a picture (pixels of the upright picture) as `width` × `height` pixels, each at least 1.
    pub fn scaled(&self, id: ImageId, source: Rect, width: u16, height: u16) -> Result<Option<Pixmap>, ImageProblem> {
        let key = Key::scaled(self.opened(id)?.content, source, u32::from(width), u32::from(height));
        if let Some(Kept::Pixels(pixmap)) = self.cache.get(&key) {
            return Ok(Some(pixmap));
        }
        let scaled = scale::scale(&self.pixels(id)?, source, width, height);
        if let Some(pixmap) = &scaled {
            self.cache.put(key, Kept::Pixels(pixmap.clone()));
        }
        Ok(scaled)
    }

    /// A colour of the picture; None when all of it is transparent.
    pub fn pick(&self, id: ImageId, pick: Pick) -> Result<Option<Rgba>, ImageProblem> {
        let copy = self.scaled(id, self.whole(id)?, pick::SIDE, pick::SIDE)?;
        Ok(copy.and_then(|copy| pick::pick(&copy, pick)))
    }

    /// Of the `within` part of a picture (pixels of the upright picture), the largest window of `ratio` (width ÷
    /// height) that has most to see: `focus: auto`.
    pub fn focus(&self, id: ImageId, within: Rect, ratio: f64) -> Result<Rect, ImageProblem> {
        let within = within.intersect(self.whole(id)?);
        let (width, height) = focus::copy_size(within);
        let copy = self.scaled(id, within, width, height)?;
        Ok(copy.map_or(within, |copy| focus::window(&copy, within, ratio)))
    }

    fn whole(&self, id: ImageId) -> Result<Rect, ImageProblem> {
        let info = self.info(id)?;
        Ok(Rect::new(0.0, 0.0, f64::from(info.width), f64::from(info.height)))
    }

    /// The picture's file, as it came.
    pub(crate) fn file(&self, id: ImageId) -> Result<&[u8], ImageProblem> {
        self.bytes(id).map(|bytes| &**bytes)
    }

    fn bytes(&self, id: ImageId) -> Result<&Arc<[u8]>, ImageProblem> {
        match self.files.get(id.0 as usize).map(|file| &file.asset) {
            Some(Asset::Bytes(bytes)) => Ok(bytes),
            Some(Asset::Failed(reason)) => Err(ImageProblem::NotFetched(reason.clone())),
            None => Err(ImageProblem::Missing),
        }
    }

    fn opened(&self, id: ImageId) -> Result<Opened, ImageProblem> {
        let file = self.files.get(id.0 as usize).ok_or(ImageProblem::Missing)?;
        file.opened.get_or_init(|| self.open(id)).clone()
    }

    /// Reads a file to its end once, unless the cache knows that it is sound.
    fn open(&self, id: ImageId) -> Result<Opened, ImageProblem> {
        let bytes = self.bytes(id)?;
        let info = probe(bytes, self.max_pixels)?;
        let content: ContentHash = Sha256::digest(bytes).into();
        if self.cache.get(&Key::Sound(content)).is_none() {
            self.decode(bytes, content, &info)?;
            self.cache.put(Key::Sound(content), Kept::Nothing);
        }
        Ok(Opened { content, info })
    }

    fn decode(&self, bytes: &[u8], content: ContentHash, info: &ImageInfo) -> Result<Pixmap, ImageProblem> {
        let pixmap = decode::decode(bytes, info)?;
        self.cache.put(Key::Decoded(content), Kept::Pixels(pixmap.clone()));
        Ok(pixmap)
    }
}
