//! Cases drawn by the engine, as everything that shows a picture draws it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context;
use handbill_render::{Asset, Engine, Input, Options};
use handbill_template::resolved::Document;

use handbill_server::fonts;

use crate::cases;

/// Where reports and the pictures in them go.
#[must_use]
pub fn report_folder() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| cases::root().join("../../target"), PathBuf::from);
    target.join("visual")
}

/// An engine with all bundled fonts.
pub fn engine() -> anyhow::Result<Engine> {
    Ok(Engine::new(fonts::library(true, &[])?))
}

/// A case and its pictures, ready to be drawn.
pub fn input(file: &Path, options: Options) -> anyhow::Result<Input> {
    Ok(with_assets(cases::document(file)?, &cases::root().join("cases"), options))
}

/// The document with its files, which lie in the folder.
#[must_use]
pub fn with_assets(document: Document, folder: &Path, options: Options) -> Input {
    let assets: BTreeMap<_, _> = document
        .assets()
        .into_iter()
        .map(|asset| {
            let bytes = std::fs::read(folder.join(&asset.0));
            let asset_bytes =
                bytes.map_or_else(|error| Asset::Failed(error.to_string()), |bytes| Asset::Bytes(bytes.into()));
            (asset, asset_bytes)
        })
        .collect();
    Input { document, assets, options }
}

/// The pages of a case as PNGs, with the names of their references: the case's own, `CASE.2` for the second page.
pub fn draw(engine: &mut Engine, file: &Path) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    let input = input(file, Options::default())?;
    let rendered = engine.render(&input, &mut |_| ()).with_context(|| format!("{} does not render", file.display()))?;
    let name = cases::name(file);
    let page_name = |number: usize| if number == 0 { name.clone() } else { format!("{name}.{}", number + 1) };
    Ok(rendered.pictures.into_iter().enumerate().map(|(number, picture)| (page_name(number), picture.bytes)).collect())
}
