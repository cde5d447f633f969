//! Writes a table of every file in the starter gallery (`templates/` of the repository), so that it is in the binary.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let gallery = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../templates").canonicalize()?;
    println!("cargo::rerun-if-changed={}", gallery.display());
    let mut table = String::from("pub(super) const FOLDERS: &[(&str, &[File])] = &[\n");
    for folder in entries(&gallery)?.into_iter().filter(|path| path.is_dir()) {
        let _ = writeln!(table, "    ({:?}, &[", name(&folder));
        for (path, file) in files_below(&folder, "")? {
            let _ = writeln!(table, "        File {{ path: {path:?}, bytes: include_bytes!({file:?}) }},");
        }
        table.push_str("    ]),\n");
    }
    table.push_str("];\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?);
    fs::write(out.join("gallery.rs"), table)
}

/// Every file below a folder: its path from there, with slashes, and where it is.
fn files_below(folder: &Path, prefix: &str) -> io::Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    for path in entries(folder)? {
        let below = format!("{prefix}{}", name(&path));
        if path.is_dir() {
            found.extend(files_below(&path, &format!("{below}/"))?);
        } else {
            found.push((below, path));
        }
    }
    Ok(found)
}

/// In the order of their names, the same on every machine; without hidden ones.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        paths.push(entry?.path());
    }
    paths.retain(|path| !name(path).starts_with('.'));
    paths.sort();
    Ok(paths)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
