//! Cases: templates of a few hundred pixels, one file each. `meta.size` names the size to draw, `meta.locale` the
//! language; `sample` is the data.

use std::path::{Path, PathBuf};

use anyhow::Context;
use handbill_template::Template;
use handbill_template::bind::BindOptions;
use handbill_template::bind::native::{self, NativeData};
use handbill_template::compiled::Compiled;
use handbill_template::resolve::{ResolveOptions, SizeChoice, resolve};
use handbill_template::resolved::Document;

/// The package's folder.
#[must_use]
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The `.json` files of a folder beneath the package's, sorted.
pub fn files(folder: &str) -> anyhow::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(root().join(folder)).with_context(|| format!("there is no folder {folder}"))?;
    let mut files = entries.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<Vec<_>>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    Ok(files)
}

/// The file's name without its ending.
#[must_use]
pub fn name(file: &Path) -> String {
    file.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// The case's document, filled with its sample, at its size.
pub fn document(file: &Path) -> anyhow::Result<Document> {
    resolved(handbill_template::read(&std::fs::read_to_string(file)?)?)
}

/// A template filled with its own sample, at the size that `meta.size` names and in the language of `meta.locale`.
pub fn resolved(template: Template) -> anyhow::Result<Document> {
    let meta = |key: &str| template.meta.as_ref()?.get(key)?.as_str().map(str::to_owned);
    let size = SizeChoice::parse(&meta("size").unwrap_or_default());
    let options = ResolveOptions { size, locale: meta("locale"), ..ResolveOptions::default() };
    let compiled = Compiled::new(template)?;
    let filled = BindOptions { preview: true, ..BindOptions::default() };
    let bound = native::bind(&compiled, &NativeData::default(), &filled)?;
    Ok(resolve(&compiled, &bound, &options)?.document)
}
