//! Templates, each read and prepared once: the starter gallery in the binary, a folder or an archive of one. Those that
//! accounts keep in the database come to be `StoredTemplate`s in `actions::template`.

pub(crate) mod archive;
mod files;
mod gallery;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use handbill_template::compiled::CompileError;
use handbill_template::document::Alias;
use handbill_template::{Compiled, Faults, Template, canonical_bytes, read};
use sha2::{Digest as _, Sha256};

pub use files::{FileMap, TemplateFiles};

/// The file that is the template, in its folder.
pub const FILE_NAME: &str = "template.json";

/// A template with the files beside it.
#[derive(Debug)]
pub struct StoredTemplate {
    /// Its number; 0 for one that is kept nowhere.
    pub id: i64,
    /// 1 for a starter, 0 for one that is kept nowhere.
    pub version: i64,
    pub compiled: Compiled,
    pub files: TemplateFiles,
    hash: OnceLock<String>,
}

impl StoredTemplate {
    pub fn new(id: i64, version: i64, compiled: Compiled, files: TemplateFiles) -> StoredTemplate {
        StoredTemplate { id, version, compiled, files, hash: OnceLock::new() }
    }

    /// What it says and what is beside it, as SHA-256 in hexadecimal.
    pub fn hash(&self) -> &str {
        self.hash.get_or_init(|| {
            let files = self.files.all().unwrap_or_default();
            content_hash(&canonical_bytes(self.template()), &files)
        })
    }

    /// A reference that means exactly this version, whatever else comes to have its names.
    pub fn pinned(&self) -> String {
        format!("#{}@{}", self.id, self.version)
    }

    pub fn template(&self) -> &Template {
        self.compiled.template()
    }

    pub fn slug(&self) -> &str {
        &self.template().id
    }

    pub fn name(&self) -> &str {
        self.template().name.as_deref().unwrap_or(self.slug())
    }
}

/// SHA-256 of a template's canonical JSON and of every file beside it, in hexadecimal.
pub(crate) fn content_hash(json: &[u8], files: &FileMap) -> String {
    let mut hash = Sha256::new();
    let mut add = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    };
    add(json);
    for (path, bytes) in files {
        add(path.as_bytes());
        add(&Sha256::digest(bytes));
    }
    hex(&hash.finalize())
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What a request calls a template by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplateRef {
    Number(i64),
    Text(String),
}

/// Templates by their names. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Templates {
    all: Arc<[Arc<StoredTemplate>]>,
    /// Slugs, then aliases and numbers as text: an alias never hides a slug, nor a number an alias.
    by_name: Arc<BTreeMap<String, usize>>,
}

#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    #[error("{}: {}", path.display(), unreadable(error))]
    Unreadable { path: PathBuf, error: io::Error },
    #[error("{}", shown(path, faults))]
    Faulty { path: PathBuf, faults: Faults },
    #[error("{}: {error}", path.display())]
    Unusable { path: PathBuf, error: CompileError },
}

fn unreadable(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => format!("there is no such file; name a folder with a {FILE_NAME}, or such a file"),
        _ => error.to_string(),
    }
}

/// One fault a line, each with the place that an editor can jump to.
fn shown(path: &Path, faults: &Faults) -> String {
    let mut text = format!("{} has {} to mend:", path.display(), counted(faults.0.len(), "fault"));
    for fault in &faults.0 {
        text.push_str(&format!("\n  {}", placed(path, fault)));
    }
    text
}

/// `template.json:12:5: slides/0/children/1: …`
pub fn placed(path: &Path, fault: &handbill_template::Fault) -> String {
    let place = match (fault.line, fault.column) {
        (Some(line), Some(column)) => format!("{}:{line}:{column}", path.display()),
        _ => path.display().to_string(),
    };
    match fault.path.as_str() {
        "" => format!("{place}: {}", fault.message),
        within => format!("{place}: {within}: {}", fault.message),
    }
}

/// "1 fault", "3 faults".
pub(crate) fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

impl Templates {
    /// The starter gallery.
    ///
    /// # Errors
    /// When a starter is faulty: a test reads them all.
    pub fn starters() -> Result<Templates, TemplateError> {
        let mut all = Vec::new();
        for (place, slug) in gallery::STARTERS.iter().enumerate() {
            let files = gallery::files_of(slug).unwrap_or_default();
            let path = PathBuf::from(slug).join(FILE_NAME);
            let json = files.iter().find(|file| file.path == FILE_NAME).map(|file| file.bytes).unwrap_or_default();
            let compiled = parse(&path, json)?;
            let id = i64::try_from(place + 1).unwrap_or(i64::MAX);
            all.push(Arc::new(StoredTemplate::new(id, 1, compiled, TemplateFiles::Embedded(files))));
        }
        Ok(Templates::of(all))
    }

    /// These, in this order: of several that go by one name, the first.
    pub fn of(all: Vec<Arc<StoredTemplate>>) -> Templates {
        let mut by_name = BTreeMap::new();
        for (place, stored) in all.iter().enumerate() {
            by_name.entry(stored.slug().to_owned()).or_insert(place);
        }
        for (place, stored) in all.iter().enumerate() {
            for alias in &stored.template().aliases {
                let name = match alias {
                    Alias::Number(number) => number.to_string(),
                    Alias::Text(text) => text.clone(),
                };
                by_name.entry(name).or_insert(place);
            }
        }
        for (place, stored) in all.iter().enumerate() {
            by_name.entry(stored.id.to_string()).or_insert(place);
        }
        Templates { all: all.into(), by_name: Arc::new(by_name) }
    }

    /// By slug, alias or number.
    pub fn find(&self, name: &TemplateRef) -> Option<Arc<StoredTemplate>> {
        let place = match name {
            TemplateRef::Number(number) => self.by_name.get(&number.to_string()),
            TemplateRef::Text(text) => self.by_name.get(text.trim()),
        };
        place.map(|place| Arc::clone(&self.all[*place]))
    }

    /// The slug that somebody probably meant.
    pub fn nearest(&self, name: &str) -> Option<&str> {
        handbill_template::nearest::nearest(name, self.all.iter().map(|stored| stored.slug()))
    }

    pub fn iter(&self) -> impl Iterator<Item = &Arc<StoredTemplate>> {
        self.all.iter()
    }
}

/// A picture of our own, for data that needs some picture.
pub(crate) fn sample_picture() -> &'static [u8] {
    let files = gallery::files_of("og-blog").unwrap_or_default();
    files.iter().find(|file| file.path == "assets/desk.jpg").map(|file| file.bytes).unwrap_or_default()
}

/// A template on this machine: a folder, or the JSON file in one.
///
/// # Errors
/// When it cannot be read, or with all its faults.
pub fn open(path: &Path) -> Result<StoredTemplate, TemplateError> {
    let file = if path.is_dir() { path.join(FILE_NAME) } else { path.to_owned() };
    let json = fs::read(&file).map_err(|error| TemplateError::Unreadable { path: file.clone(), error })?;
    let compiled = parse(&file, &json)?;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok(StoredTemplate::new(0, 0, compiled, TemplateFiles::Folder(folder.to_owned())))
}

fn parse(path: &Path, json: &[u8]) -> Result<Compiled, TemplateError> {
    let json = std::str::from_utf8(json).map_err(|error| TemplateError::Unreadable {
        path: path.to_owned(),
        error: io::Error::new(io::ErrorKind::InvalidData, format!("it is not UTF-8 text ({error})")),
    })?;
    let template = read(json).map_err(|faults| TemplateError::Faulty { path: path.to_owned(), faults })?;
    Compiled::new(template).map_err(|error| TemplateError::Unusable { path: path.to_owned(), error })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(templates: &Templates, name: &TemplateRef) -> Option<String> {
        templates.find(name).map(|stored| stored.slug().to_owned())
    }

    #[test]
    fn a_template_goes_by_slug_alias_or_number() {
        let templates = Templates::starters().unwrap();
        for name in ["linkedin-tips", " linkedin-tips ", "123", "4711", "1"] {
            assert_eq!(found(&templates, &TemplateRef::Text(name.into())).as_deref(), Some("linkedin-tips"), "{name}");
        }
        for (number, slug) in [(1, "linkedin-tips"), (123, "linkedin-tips"), (2, "og-blog")] {
            assert_eq!(found(&templates, &TemplateRef::Number(number)).as_deref(), Some(slug), "{number}");
        }
        for name in ["", "linkedin", "0", "-1", "../og-blog", "og-blog/template.json"] {
            assert_eq!(found(&templates, &TemplateRef::Text(name.into())), None, "{name}");
        }
        assert_eq!(templates.nearest("linkedin-tip"), Some("linkedin-tips"));
    }

    #[test]
    fn an_alias_or_a_number_never_hides_a_slug() {
        let stored = |id: i64, slug: &str, aliases: &[&str]| {
            let json = serde_json::json!({
                "format": 1, "id": slug, "aliases": aliases, "canvas": { "width": 10, "height": 10 },
                "slides": [{ "id": "only" }]
            });
            let compiled = Compiled::new(handbill_template::read_value(json).unwrap()).unwrap();
            Arc::new(StoredTemplate::new(id, 1, compiled, TemplateFiles::Embedded(&[])))
        };
        let templates = Templates::of(vec![stored(1, "card", &["2", "poster"]), stored(2, "poster", &[])]);
        assert_eq!(found(&templates, &TemplateRef::Text("poster".into())).as_deref(), Some("poster"));
        assert_eq!(found(&templates, &TemplateRef::Number(2)).as_deref(), Some("card"));
        assert_eq!(found(&templates, &TemplateRef::Number(1)).as_deref(), Some("card"));
    }

    #[test]
    fn faults_are_told_with_places_an_editor_can_jump_to() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE_NAME);
        fs::write(&file, "{\n  \"format\": 1,\n  \"id\": \"x\",\n  \"canvs\": {}\n}").unwrap();
        let text = open(folder.path()).unwrap_err().to_string();
        assert!(text.contains(&format!("{}:4:", file.display())), "{text}");
        assert!(text.contains("did you mean 'canvas'?"), "{text}");
        let missing = open(&folder.path().join("nowhere")).unwrap_err().to_string();
        assert!(missing.contains("nowhere"), "{missing}");
    }
}
