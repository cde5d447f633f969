//! `handbill template new`: a folder with a small template that renders as it is and is meant to be changed.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;
use handbill_template::{read, write};
use serde_json::json;

use super::Output;
use crate::templates;

/// Has everything a template usually needs, once: theme, fields, an optional picture, a second size.
const BEGINNING: &str = include_str!("beginning.template.json");

#[derive(Args)]
pub(crate) struct New {
    /// What it is called, for instance "Spring sale"
    name: String,
    /// Where its folder is made
    #[arg(long, value_name = "DIR", default_value = ".")]
    dir: PathBuf,
}

impl New {
    pub(crate) fn run(&self, out: &Output) -> anyhow::Result<()> {
        let name = self.name.trim();
        let slug = slug(name);
        if slug.is_empty() {
            bail!("'{name}' has no letter or digit to make a folder's name of; write one such as \"Spring sale\"");
        }
        let folder = self.dir.join(&slug);
        if folder.exists() {
            bail!("{} is there already; choose another name, or delete it first", folder.display());
        }
        let mut template = read(BEGINNING).context("the template to begin with")?;
        template.id = slug.clone();
        template.name = Some(name.to_owned());
        fs::create_dir_all(folder.join("assets")).with_context(|| format!("cannot make {}", folder.display()))?;
        let file = folder.join(templates::FILE_NAME);
        fs::write(&file, write(&template)).with_context(|| format!("cannot write {}", file.display()))?;
        let folder = folder.display();
        out.print(&json!({ "id": slug, "path": file }), |out| {
            writeln!(out, "Wrote {}. Change it, then:", file.display())?;
            writeln!(out, "  handbill template check {folder}")?;
            writeln!(out, "  handbill render {folder} --out {slug}.png")
        })
    }
}

/// Lower-case letters and digits of ASCII, with hyphens for everything between them.
fn slug(name: &str) -> String {
    let words = name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_plain() {
        for (name, expected) in
            [("Spring sale", "spring-sale"), ("  A/B -- C ", "a-b-c"), ("Über 9000!", "ber-9000"), ("日本", "")]
        {
            assert_eq!(slug(name), expected, "{name}");
        }
    }

    #[test]
    fn what_is_written_is_good() {
        let dir = tempfile::tempdir().unwrap();
        let new = New { name: "Spring sale".to_owned(), dir: dir.path().to_owned() };
        new.run(&Output { json: true }).unwrap();
        let stored = templates::open(&dir.path().join("spring-sale")).unwrap();
        assert_eq!((stored.slug(), stored.name()), ("spring-sale", "Spring sale"));
        assert_eq!(handbill_template::lint(stored.template()), []);
        let again = new.run(&Output { json: true }).unwrap_err().to_string();
        assert!(again.contains("is there already"), "{again}");
    }
}
