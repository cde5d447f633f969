//! The drawings of one render, each read once, and the pictures in them.

use std::collections::BTreeMap;

use handbill_template::resolved::{AssetRef, Document, Frame, NodeKind, Svg, SvgSource};
use sha2::{Digest, Sha256};

use super::{Drawing, DrawingProblem, read};
use crate::fonts::FontLibrary;
use crate::input::{Asset, Limits};

/// All drawings that a document shows.
#[derive(Debug, Default)]
pub struct Drawings {
    files: BTreeMap<AssetRef, Result<Drawing, DrawingProblem>>,
    inline: BTreeMap<String, Result<Drawing, DrawingProblem>>,
    pictures: BTreeMap<AssetRef, Asset>,
}

impl Drawings {
    /// Reads all of them. Texts in them are drawn with `fonts`.
    pub fn read(
        document: &Document,
        assets: &BTreeMap<AssetRef, Asset>,
        fonts: &FontLibrary,
        limits: &Limits,
    ) -> Drawings {
        let mut drawings = Drawings::default();
        let mut nodes = Vec::new();
        document.slides.iter().for_each(|slide| collect(&slide.frame, &mut nodes));
        let reader = |bytes: &[u8]| read::read(bytes, fonts, &document.lang, limits.max_image_pixels);
        for node in nodes {
            match &node.source {
                SvgSource::Inline(text) if !drawings.inline.contains_key(text) => {
                    let drawing = drawings.keep(reader(text.as_bytes()));
                    drawings.inline.insert(text.clone(), drawing);
                }
                SvgSource::Asset(src) if !drawings.files.contains_key(src) => {
                    let drawing = bytes(assets.get(src)).and_then(|bytes| drawings.keep(reader(bytes)));
                    drawings.files.insert(src.clone(), drawing);
                }
                SvgSource::Inline(_) | SvgSource::Asset(_) => {}
            }
        }
        drawings
    }

    /// # Errors
    /// Why there is none.
    pub fn get(&self, source: &SvgSource) -> Result<&Drawing, &DrawingProblem> {
        let found = match source {
            SvgSource::Asset(src) => self.files.get(src),
            SvgSource::Inline(text) => self.inline.get(text),
        };
        found.map_or(Err(&DrawingProblem::Missing), Result::as_ref)
    }

    /// The pictures inside the drawings, for the image store.
    pub fn pictures(&self) -> &BTreeMap<AssetRef, Asset> {
        &self.pictures
    }

    fn keep(&mut self, read: Result<read::Read, DrawingProblem>) -> Result<Drawing, DrawingProblem> {
        let read::Read { tree, texts, pictures, notes } = read?;
        let pictures = pictures.into_iter().map(|bytes| {
            // No template can name it so.
            let asset = AssetRef(format!("\0{:x?}", Sha256::digest(&bytes)));
            self.pictures.insert(asset.clone(), Asset::Bytes(bytes));
            asset
        });
        Ok(Drawing { pictures: pictures.collect(), tree, texts, notes })
    }
}

fn bytes(asset: Option<&Asset>) -> Result<&[u8], DrawingProblem> {
    match asset {
        Some(Asset::Bytes(bytes)) => Ok(bytes),
        Some(Asset::Failed(reason)) => Err(DrawingProblem::NotFetched(reason.clone())),
        None => Err(DrawingProblem::Missing),
    }
}

fn collect<'d>(frame: &'d Frame, found: &mut Vec<&'d Svg>) {
    for node in &frame.children {
        match &node.kind {
            NodeKind::Frame(inner) => collect(inner, found),
            NodeKind::Svg(svg) => found.push(svg),
            NodeKind::Text(_) | NodeKind::Image(_) | NodeKind::Shape(_) | NodeKind::Code(_) => {}
        }
    }
}
