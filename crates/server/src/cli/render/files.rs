//! Where the files of a render go: one name, a name for each slide, or standard output.

use std::fmt;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use handbill_render::{Format, Picture};
use serde_json::{Value, json};

use crate::actions::draw::Drawn;

pub(super) struct Destination {
    out: PathBuf,
    pub(super) format: Format,
}

/// A file as it was written.
pub(super) struct Written {
    path: PathBuf,
    width: u32,
    height: u32,
    bytes: usize,
    is_pdf: bool,
}

/// Stands for a slide's number in a file's name.
const NUMBER: &str = "{n}";

impl Destination {
    pub(super) fn new(out: &Path, format: Format) -> Destination {
        Destination { out: out.to_owned(), format }
    }

    pub(super) fn write(&self, drawn: &Drawn) -> anyhow::Result<Vec<Written>> {
        let pictures = &drawn.rendered.pictures;
        let numbered = pictures.len() > 1;
        if self.is_stdout() && numbered {
            bail!("{} pictures do not fit on standard output; write --out NAME.png, or ask for a PDF", pictures.len());
        }
        let mut written = Vec::new();
        for (index, picture) in pictures.iter().enumerate() {
            let path = if self.is_stdout() { self.out.clone() } else { self.path(numbered.then_some(index + 1)) };
            self.write_one(&path, picture)?;
            let Picture { bytes, width, height } = picture;
            let is_pdf = self.format == Format::Pdf;
            written.push(Written { path, width: *width, height: *height, bytes: bytes.len(), is_pdf });
        }
        Ok(written)
    }

    fn is_stdout(&self) -> bool {
        self.out == Path::new("-")
    }

    fn write_one(&self, path: &Path, picture: &Picture) -> anyhow::Result<()> {
        if self.is_stdout() {
            io::stdout().lock().write_all(&picture.bytes)?;
            return Ok(());
        }
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
        }
        fs::write(path, &picture.bytes).with_context(|| format!("cannot write {}", path.display()))
    }

    /// `out.png`, or for the third slide `out-3.png`; a `{n}` anywhere in the path becomes the number.
    fn path(&self, number: Option<usize>) -> PathBuf {
        let text = self.out.to_string_lossy();
        if text.contains(NUMBER) {
            return text.replace(NUMBER, &number.unwrap_or(1).to_string()).into();
        }
        let extension = self.format.extension();
        if self.out.is_dir() || text.ends_with('/') {
            return self.out.join(format!("slide-{}.{extension}", number.unwrap_or(1)));
        }
        let Some(number) = number else { return self.out.clone() };
        let stem = self.out.file_stem().unwrap_or_default().to_string_lossy();
        let ending = self.out.extension().map_or(extension.into(), |ending| ending.to_string_lossy());
        self.out.with_file_name(format!("{stem}-{number}.{ending}"))
    }
}

impl Written {
    pub(super) fn is_on_stdout(&self) -> bool {
        self.path == Path::new("-")
    }

    pub(super) fn view(&self) -> Value {
        json!({ "path": self.path, "width": self.width, "height": self.height, "bytes": self.bytes })
    }
}

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = if self.is_pdf { "pt" } else { "px" };
        let kilobytes = self.bytes.div_ceil(1000);
        write!(f, "{}  {}×{} {unit}, {kilobytes} kB", self.path.display(), self.width, self.height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slides_are_numbered_from_one() {
        for (out, number, expected) in [
            ("out.png", None, "out.png"),
            ("out.png", Some(3), "out-3.png"),
            ("a.b/out", Some(1), "a.b/out-1.png"),
            ("out-{n}.png", Some(12), "out-12.png"),
            ("{n}/slide.png", Some(2), "2/slide.png"),
            ("out-{n}.png", None, "out-1.png"),
            ("nowhere/", Some(2), "nowhere/slide-2.png"),
        ] {
            let path = Destination::new(Path::new(out), Format::Png).path(number);
            assert_eq!(path, Path::new(expected), "{out}");
        }
    }
}
