//! The licence of each family: `THIRD_PARTY_FONTS/*.txt` and the table that the library shows.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::catalogue::Family;
use crate::npm::Package;

const DIR: &str = "THIRD_PARTY_FONTS";

/// Twemoji's package and font say nothing of the art's licence but in their LICENSE text.
const TWEMOJI_SPDX: &str = "OFL-1.1 AND CC-BY-4.0";
const TWEMOJI_COPYRIGHT: &str = "Emoji art: Twemoji, copyright Twitter, Inc and other contributors, licensed under \
    CC-BY 4.0 (https://creativecommons.org/licenses/by/4.0/), converted into font outlines. Font: Twemoji Mozilla, \
    packaged by Tilman Vatteroth.";

/// Collects one Rust table entry per family and writes the texts it includes.
pub(crate) struct Licences<'a> {
    out: &'a Path,
    table: String,
}

impl<'a> Licences<'a> {
    pub(crate) fn new(out: &'a Path) -> Result<Licences<'a>> {
        let dir = out.join(DIR);
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(&dir).with_context(|| format!("cannot make {}", dir.display()))?;
        Ok(Licences { out, table: String::new() })
    }

    /// `copyrights`: the lines found in the family's files, without repetitions.
    pub(crate) fn add(&mut self, family: &Family, package: &Package, copyrights: &[String]) -> Result<()> {
        let licence_file = package.dir.join("LICENSE");
        let text = fs::read_to_string(&licence_file)
            .with_context(|| format!("{} has no licence text at {}", family.package, licence_file.display()))?;
        let (spdx, copyright) = match (family.name, copyrights) {
            ("Twemoji", _) => (TWEMOJI_SPDX, TWEMOJI_COPYRIGHT.to_owned()),
            (_, []) => anyhow::bail!("no file of {} has a copyright line", family.name),
            (_, lines) => (package.spdx.as_str(), lines.join("\n")),
        };
        let source = format!("{}@{}", family.package, package.version);
        let file = format!("{}.txt", family.name);
        fs::write(
            self.out.join(DIR).join(&file),
            format!("{}\n{copyright}\n{spdx}, from the npm package {source}\n\n{text}", family.name),
        )?;
        writeln!(
            self.table,
            "    FontLicence {{ family: {:?}, spdx: {spdx:?}, copyright: {copyright:?}, source: {source:?}, \
             text: include_str!(concat!(env!(\"OUT_DIR\"), \"/{DIR}/{file}\")) }},",
            family.name
        )?;
        Ok(())
    }

    pub(crate) fn into_table(self) -> String {
        format!("pub(crate) static LICENCES: &[FontLicence] = &[\n{}];\n", self.table)
    }
}
