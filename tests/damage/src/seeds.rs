//! Good files to begin with, and files that once broke something.

use std::fs;
use std::path::Path;

/// A good file of a kind, by name.
pub struct Seed {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// Good files of a kind. Pictures and drawings lie in `seeds/`; the others are in the project already.
#[must_use]
pub fn seeds(kind: &str) -> Vec<Seed> {
    match kind {
        "font" => fonts(),
        "template" => templates(),
        "binding" => requests(),
        kind => folder(&root().join("seeds").join(kind)),
    }
}

/// Files that broke a promise once, kept so that they never do again.
#[must_use]
pub fn crashes(kind: &str) -> Vec<Seed> {
    folder(&root().join("crashes").join(kind))
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A folder's files in the order of their names; none when there is no such folder.
fn folder(path: &Path) -> Vec<Seed> {
    let Ok(entries) = fs::read_dir(path) else { return Vec::new() };
    let mut files: Vec<Seed> = entries
        .flatten()
        .map(|entry| Seed {
            name: entry.file_name().to_string_lossy().into_owned(),
            bytes: fs::read(entry.path()).expect("a file of the tests can be read"),
        })
        .collect();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    files
}

/// One with TrueType outlines, one with axes, one with layers of colour.
fn fonts() -> Vec<Seed> {
    let faces = handbill_bundle::default_faces().iter();
    let wanted = faces.filter(|face| ["Anton", "Caveat", "JetBrains Mono"].contains(&face.family) && !face.italic);
    wanted.map(|face| Seed { name: face.family.to_owned(), bytes: face.data.to_vec() }).collect()
}

fn templates() -> Vec<Seed> {
    let starters = handbill_server::templates::Templates::starters().expect("the starters are good");
    let mut files: Vec<Seed> = starters
        .iter()
        .map(|stored| Seed {
            name: stored.slug().to_owned(),
            bytes: handbill_template::canonical_bytes(stored.compiled.template()),
        })
        .collect();
    files.push(Seed { name: "every-field".to_owned(), bytes: include_bytes!("attempts/every-field.json").to_vec() });
    files
}

fn requests() -> Vec<Seed> {
    folder(&root().join("seeds").join("binding"))
}
