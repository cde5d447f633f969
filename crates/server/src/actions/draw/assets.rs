//! The pictures and fonts of a document: URLs are fetched, paths are files beside the template. One that cannot be had
//! does not stop anything here; the engine is told why.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use handbill_render::Asset;
use handbill_template::bind::{Bound, Entry, NodeOverride};
use handbill_template::resolved::{AssetRef, Document};
use handbill_template::value::Value;

use super::DrawOptions;
use crate::renderer::Renderer;
use crate::templates::StoredTemplate;

/// Files of this machine that values may name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum LocalFiles {
    /// None but those beside the template.
    #[default]
    None,
    /// Any that whoever runs the program can read; relative paths start at this folder.
    From(PathBuf),
}

pub(super) async fn gather(
    renderer: &Renderer,
    stored: &StoredTemplate,
    document: &Document,
    options: &DrawOptions,
) -> BTreeMap<AssetRef, Asset> {
    let (urls, paths): (Vec<AssetRef>, Vec<AssetRef>) = document.assets().into_iter().partition(is_url);
    let urls: Vec<String> = urls.into_iter().map(|asset| asset.0).collect();
    let fetched = renderer.fetcher.images(&urls, options.account_id).await;
    let mut assets = BTreeMap::new();
    for (url, result) in fetched {
        let asset = match result {
            Ok(fetched) => Asset::Bytes(fetched.bytes),
            // The fault's text goes on after a name.
            Err(error) => Asset::Failed(format!("it {}", error.fault)),
        };
        assets.insert(AssetRef(url), asset);
    }
    for path in paths {
        let read =
            stored.files.read(&path.0).or_else(|why| read_local(&path.0, &options.local_files).unwrap_or(Err(why)));
        let asset = read.map_or_else(Asset::Failed, Asset::Bytes);
        assets.insert(path, asset);
    }
    assets
}

/// Whether it has a scheme; whether that scheme may be fetched, the way out decides.
pub(crate) fn is_url(asset: &AssetRef) -> bool {
    let scheme = asset.0.trim().split_once(':').map(|(scheme, _)| scheme).unwrap_or_default();
    // A single letter is a drive.
    scheme.len() > 1 && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
}

fn read_local(path: &str, local: &LocalFiles) -> Option<Result<Arc<[u8]>, String>> {
    let LocalFiles::From(folder) = local else { return None };
    let place = folder.join(path);
    place.is_file().then(|| fs::read(&place).map(Arc::from).map_err(|error| error.to_string()))
}

/// Every text that the request gave, wherever.
pub(super) fn given_texts(bound: &Bound) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    let brand = bound.brand.values.iter().filter(|(key, _)| !bound.brand.kept.contains(key)).map(|(_, value)| value);
    bound.data.values().chain(brand).for_each(|value| of_value(value, &mut found));
    of_overrides(&bound.overrides, &mut found);
    let entries = bound.entries.values().flatten().chain(&bound.copies).chain(bound.slides.values());
    for Entry { values, overrides, .. } in entries {
        values.values().for_each(|value| of_value(value, &mut found));
        of_overrides(overrides, &mut found);
    }
    found
}

fn of_value<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
    match value {
        Value::Text(text) => _ = found.insert(text),
        Value::List(items) => items.iter().for_each(|item| of_value(item, found)),
        Value::Map(map) => map.values().for_each(|value| of_value(value, found)),
        Value::Absent | Value::Bool(_) | Value::Number(_) | Value::Date(_) => {}
    }
}

fn of_overrides<'a>(overrides: &'a [NodeOverride], found: &mut BTreeSet<&'a str>) {
    let texts = overrides.iter().flat_map(|node| node.set.values()).filter_map(|value| value.as_str());
    found.extend(texts);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_told_from_paths() {
        for (text, is) in [
            ("https://example.com/a.png", true),
            (" HTTP://example.com", true),
            ("data:image/png;base64,AA==", true),
            ("file:///etc/passwd", true),
            ("assets/a.png", false),
            ("../a.png", false),
            ("C:\\a.png", false),
            ("a b:c", false),
            ("", false),
        ] {
            assert_eq!(is_url(&AssetRef(text.to_owned())), is, "{text}");
        }
    }
}
