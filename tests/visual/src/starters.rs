//! The starter templates of the gallery.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use handbill_render::Asset;
use handbill_template::compiled::Compiled;
use handbill_template::resolved::{AssetRef, Document};

/// The gallery's folder: a folder per template.
#[must_use]
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../templates")
}

/// Their ids, sorted.
pub fn names() -> anyhow::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder())? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// The template as it is written.
pub fn source(name: &str) -> anyhow::Result<String> {
    Ok(std::fs::read_to_string(folder().join(name).join("template.json"))?)
}

pub fn compiled(name: &str) -> anyhow::Result<Compiled> {
    let template = handbill_template::read(&source(name)?).map_err(|faults| anyhow::anyhow!("{name}: {faults}"))?;
    Ok(Compiled::new(template)?)
}

/// What lies beside the template of what the document shows.
#[must_use]
pub fn assets(name: &str, document: &Document) -> BTreeMap<AssetRef, Asset> {
    let read = |asset: AssetRef| {
        let bytes = std::fs::read(folder().join(name).join(&asset.0));
        let found = bytes.map_or_else(|error| Asset::Failed(error.to_string()), |bytes| Asset::Bytes(bytes.into()));
        (asset, found)
    };
    document.assets().into_iter().map(read).collect()
}
