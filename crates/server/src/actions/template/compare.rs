//! Two versions compared: every property that differs, by its path. Nodes, slides and fields go by their id or key and not
//! by their place, so that one more slide in front is one difference.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::{ActionError, Kind, Result};
use super::content::refs_of;
use super::{Summary, summary};
use crate::app::App;
use crate::templates::StoredTemplate;

/// Differences that are named; what is more is only counted.
const MAX_CHANGES: usize = 1000;

/// One difference.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// `slides/intro/children/title/fontSize`; files are `files/assets/photo.jpg`, by their SHA-256.
    pub path: String,
    /// Nothing where it was added.
    pub from: Option<Value>,
    /// Nothing where it was removed.
    pub to: Option<Value>,
    /// Things that only stand in another order: `from` and `to` are their names.
    pub reordered: bool,
}

/// What is different between two versions.
#[derive(Clone, Debug)]
pub struct Comparison {
    pub from: Summary,
    pub to: Summary,
    pub changes: Vec<Change>,
    /// Further changes that are not listed.
    pub omitted: usize,
}

/// Compares two versions of a template; each is a number or a hash. Without `to` it is the one that the reference means.
pub async fn compare_versions(
    app: &App,
    account_id: i64,
    reference: &str,
    from: &str,
    to: Option<&str>,
) -> Result<Comparison> {
    let meant = super::get_summary(app, account_id, reference).await?;
    let (number, current) = (meant.id, meant.version.to_string());
    let version = async |version: &str| {
        let reference = format!("{number}@{version}");
        let located = super::find::locate(app, &mut app.db.read().await?, account_id, &reference).await?;
        let Some(located) = located else {
            let message = format!("There is no version '{version}' of '{reference}'");
            return Err(ActionError::new(Kind::NotFound, message));
        };
        Ok::<_, ActionError>((summary(&located), super::find::load(app, &located).await?))
    };
    let (from, older) = version(from).await?;
    let (to, newer) = version(to.unwrap_or(&current)).await?;
    let mut changes = changes(&document(&older)?, &document(&newer)?);
    let omitted = changes.len().saturating_sub(MAX_CHANGES);
    changes.truncate(MAX_CHANGES);
    Ok(Comparison { from, to, changes, omitted })
}

/// The canonical JSON as a value, with the files' hashes beside it.
fn document(stored: &StoredTemplate) -> Result<Value> {
    let text = handbill_template::write(stored.template());
    let mut value: Value = serde_json::from_str(&text)
        .map_err(|error| ActionError::new(Kind::Internal, "The template cannot be read any longer").because(error))?;
    let files = stored.files.all().map_err(|why| ActionError::new(Kind::Internal, why))?;
    let hashes = refs_of(&files).into_iter().map(|file| (file.path, Value::from(file.sha256))).collect();
    value["files"] = Value::Object(hashes);
    Ok(value)
}

fn changes(from: &Value, to: &Value) -> Vec<Change> {
    let mut found = Vec::new();
    compare("", from, to, &mut found);
    found
}

fn compare(path: &str, from: &Value, to: &Value, found: &mut Vec<Change>) {
    match (from, to) {
        _ if from == to => {}
        (Value::Object(old), Value::Object(new)) => {
            let old: BTreeMap<&str, &Value> = old.iter().map(|(key, value)| (key.as_str(), value)).collect();
            let new: BTreeMap<&str, &Value> = new.iter().map(|(key, value)| (key.as_str(), value)).collect();
            members(path, &old, &new, found);
        }
        (Value::Array(old), Value::Array(new)) => match (names(old), names(new)) {
            (Some(old_names), Some(new_names)) => {
                let old_map = old_names.iter().map(String::as_str).zip(old).collect::<BTreeMap<_, _>>();
                let new_map = new_names.iter().map(String::as_str).zip(new).collect::<BTreeMap<_, _>>();
                members(path, &old_map, &new_map, found);
                let kept: Vec<&String> = old_names.iter().filter(|name| new_map.contains_key(name.as_str())).collect();
                let now: Vec<&String> = new_names.iter().filter(|name| old_map.contains_key(name.as_str())).collect();
                if kept != now {
                    let list = |names: &[&String]| Some(names.iter().map(|name| name.as_str()).collect());
                    found.push(Change { path: path.to_owned(), from: list(&kept), to: list(&now), reordered: true });
                }
            }
            _ => differs(path, Some(from), Some(to), found),
        },
        _ => differs(path, Some(from), Some(to), found),
    }
}

fn members(path: &str, old: &BTreeMap<&str, &Value>, new: &BTreeMap<&str, &Value>, found: &mut Vec<Change>) {
    for (name, value) in old {
        let path = below(path, name);
        match new.get(name) {
            Some(now) => compare(&path, value, now, found),
            None => differs(&path, Some(value), None, found),
        }
    }
    for (name, value) in new.iter().filter(|(name, _)| !old.contains_key(*name)) {
        differs(&below(path, name), None, Some(value), found);
    }
}

fn differs(path: &str, from: Option<&Value>, to: Option<&Value>, found: &mut Vec<Change>) {
    found.push(Change { path: path.to_owned(), from: from.cloned(), to: to.cloned(), reordered: false });
}

/// `/` and `~` in a name are written as in JSON Pointers, but not those of a file's path.
fn below(path: &str, name: &str) -> String {
    match path {
        "" => name.to_owned(),
        "files" => format!("files/{name}"),
        _ => format!("{path}/{}", name.replace('~', "~0").replace('/', "~1")),
    }
}

/// What the things of a list go by: their id, or their key. Nothing if one of them has neither, or two share one.
fn names(list: &[Value]) -> Option<Vec<String>> {
    let name = |value: &Value| {
        let name = value.get("id").or_else(|| value.get("key"))?;
        name.as_str().map(str::to_owned)
    };
    let names: Vec<String> = list.iter().map(name).collect::<Option<_>>()?;
    let distinct: std::collections::BTreeSet<&String> = names.iter().collect();
    (distinct.len() == names.len()).then_some(names)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_difference_has_its_path() {
        let from = json!({
            "name": "Card",
            "fields": [{ "key": "title", "type": "text" }, { "key": "gone", "type": "text" }],
            "slides": [{ "id": "one", "children": [
                { "id": "title", "type": "text", "fontSize": 20, "text": "{{title}}" },
                { "id": "photo", "type": "image" },
            ] }],
            "files": { "assets/a.png": "aa" },
        });
        let to = json!({
            "name": "Card",
            "fields": [{ "key": "title", "type": "text", "required": true }],
            "slides": [
                { "id": "zero", "children": [] },
                { "id": "one", "children": [
                    { "id": "photo", "type": "image" },
                    { "id": "title", "type": "text", "fontSize": 24, "text": "{{title}}" },
                ] },
            ],
            "files": { "assets/a.png": "bb" },
        });
        let found = changes(&from, &to);
        let shown: Vec<(&str, bool, bool, bool)> =
            found.iter().map(|c| (c.path.as_str(), c.from.is_some(), c.to.is_some(), c.reordered)).collect();
        assert_eq!(
            shown,
            [
                ("fields/gone", true, false, false),
                ("fields/title/required", false, true, false),
                ("files/assets/a.png", true, true, false),
                ("slides/one/children/title/fontSize", true, true, false),
                ("slides/one/children", true, true, true),
                ("slides/zero", false, true, false),
            ]
            .map(|(path, from, to, reordered)| (path, from, to, reordered))
        );
        assert_eq!(changes(&from, &from), []);
    }

    #[test]
    fn what_has_no_names_is_compared_whole() {
        let (from, to) = (json!({ "tags": ["a", "b"], "x": [{ "id": "a" }, {}] }), json!({ "tags": ["b"], "x": [{}] }));
        let paths: Vec<String> = changes(&from, &to).into_iter().map(|change| change.path).collect();
        assert_eq!(paths, ["tags", "x"]);
    }
}
