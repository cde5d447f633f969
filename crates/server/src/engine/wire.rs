//! What the server and an engine process say to each other, and how the engine's values travel: everything in the
//! header but the bytes of assets and pictures, which are blobs.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use handbill_render::{Asset, Input, Options, Picture, Progress, RenderError, Rendered, Report};
use handbill_template::resolved::{AssetRef, Document};
use serde::{Deserialize, Serialize};

use super::child::EngineSetup;
use super::frame::Frame;
use crate::fonts::AddedFont;

/// Both ends are the same program, unless the file was replaced under a running server.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The first frame to a child: what it may use.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Hello {
    pub(crate) version: String,
    /// Beyond what the program itself needs.
    pub(crate) memory_bytes: u64,
    pub(crate) extra_fonts: bool,
    /// Family and file of each added font; their bytes are the blobs.
    pub(crate) added_fonts: Vec<(String, String)>,
}

/// The first frame, made once for all processes.
pub(crate) fn hello(memory_bytes: u64, extra_fonts: bool, added: &[AddedFont]) -> io::Result<Frame<Arc<[u8]>>> {
    let added_fonts = added.iter().map(|font| (font.family.clone(), font.file.clone())).collect();
    let blobs = added.iter().map(|font| Arc::clone(&font.bytes)).collect();
    Frame::new(&Hello { version: VERSION.to_owned(), memory_bytes, extra_fonts, added_fonts }, blobs)
}

/// What the first frame says, and what the engine is to be made with.
pub(crate) fn read_hello(frame: Frame) -> io::Result<(Hello, EngineSetup)> {
    let mut hello: Hello = frame.header()?;
    let names = std::mem::take(&mut hello.added_fonts);
    if names.len() != frame.blobs.len() {
        return Err(missing_blob());
    }
    let font = |((family, file), bytes): ((String, String), Vec<u8>)| AddedFont { family, file, bytes: bytes.into() };
    let added_fonts = names.into_iter().zip(frame.blobs).map(font).collect();
    let setup = EngineSetup { extra_fonts: hello.extra_fonts, added_fonts };
    Ok((hello, setup))
}

/// The frames after the first.
#[derive(Serialize, Deserialize)]
struct Order<D, O> {
    document: D,
    options: O,
    assets: Vec<(AssetRef, AssetPlace)>,
    deadline_ms: u64,
}

#[derive(Serialize, Deserialize)]
enum AssetPlace {
    Blob(usize),
    Failed(String),
}

pub(crate) fn order(input: &Input, deadline_ms: u64) -> io::Result<Frame<Arc<[u8]>>> {
    let mut blobs = Vec::new();
    let place = |asset: &Asset| match asset {
        Asset::Bytes(bytes) => {
            blobs.push(Arc::clone(bytes));
            AssetPlace::Blob(blobs.len() - 1)
        }
        Asset::Failed(why) => AssetPlace::Failed(why.clone()),
    };
    let places: Vec<_> = input.assets.values().map(place).collect();
    let assets = input.assets.keys().cloned().zip(places).collect();
    Frame::new(&Order { document: &input.document, options: &input.options, assets, deadline_ms }, blobs)
}

/// The input and the deadline of an order.
pub(crate) fn read_order(mut frame: Frame) -> io::Result<(Input, u64)> {
    let order: Order<Document, Options> = frame.header()?;
    let asset = |(name, place)| {
        let asset = match place {
            AssetPlace::Failed(why) => Asset::Failed(why),
            AssetPlace::Blob(number) => {
                let blob = frame.blobs.get_mut(number).ok_or_else(missing_blob)?;
                Asset::Bytes(Arc::from(std::mem::take(blob)))
            }
        };
        Ok((name, asset))
    };
    let assets = order.assets.into_iter().map(asset).collect::<io::Result<BTreeMap<_, _>>>()?;
    Ok((Input { document: order.document, assets, options: order.options }, order.deadline_ms))
}

/// What a child says.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Event {
    /// Confined and waiting.
    Ready {
        version: String,
    },
    /// The order has been read; from here on a death is the order's doing.
    Started,
    Progress(Progress),
    /// Done: the sizes of the pictures, which are the blobs.
    Rendered {
        sizes: Vec<(u32, u32)>,
        report: Report,
    },
    Failed(RenderError),
    /// A bug showed itself; the child ends after this.
    Panicked(String),
}

pub(crate) fn event(event: &Event) -> io::Result<Frame> {
    Frame::new(event, Vec::new())
}

pub(crate) fn rendered(rendered: Rendered) -> io::Result<Frame> {
    let sizes = rendered.pictures.iter().map(|picture| (picture.width, picture.height)).collect();
    let blobs = rendered.pictures.into_iter().map(|picture| picture.bytes).collect();
    Frame::new(&Event::Rendered { sizes, report: rendered.report }, blobs)
}

pub(crate) fn read_rendered(sizes: &[(u32, u32)], report: Report, blobs: Vec<Vec<u8>>) -> io::Result<Rendered> {
    if sizes.len() != blobs.len() {
        return Err(missing_blob());
    }
    let picture = |(bytes, &(width, height))| Picture { bytes, width, height };
    Ok(Rendered { pictures: blobs.into_iter().zip(sizes).map(picture).collect(), report })
}

fn missing_blob() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the header names a blob that is not there")
}
