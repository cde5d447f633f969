//! From installed packages to what the library embeds: one pack per set (font files one after the other, as sfnt)
//! and `fonts.rs`, the index over them as Rust tables, so that nothing is parsed when the program starts.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::catalogue::{FAMILIES, Faces, Family, Pack};
use crate::licences::Licences;
use crate::npm::{Package, Packages, read_json};
use crate::sfnt::{self, Axis, Facts};

/// Files start at multiples of this in a pack.
const ALIGN: usize = 8;

pub(crate) fn write(packages: &Packages, out: &Path, with_extra: bool) -> Result<()> {
    let mut default = PackWriter::new("DEFAULT", "fonts-default.pack");
    let mut extra = PackWriter::new("EXTRA", "fonts-extra.pack");
    let mut licences = Licences::new(out)?;
    for family in FAMILIES {
        let pack = match family.pack {
            Pack::Default => &mut default,
            Pack::Extra if with_extra => &mut extra,
            Pack::Extra => continue,
        };
        let package = packages.package(family.package)?;
        let copyrights = add_family(pack, family, &package).with_context(|| format!("family {:?}", family.name))?;
        licences.add(family, &package, &copyrights)?;
    }
    let index = [default.finish(out)?, extra.finish(out)?, licences.into_table()].concat();
    fs::write(out.join("fonts.rs"), index).context("cannot write the index of the fonts")
}

/// Puts all files of a family into a pack; returns the copyright lines found, each once.
fn add_family(pack: &mut PackWriter, family: &Family, package: &Package) -> Result<Vec<String>> {
    let mut copyrights = Vec::new();
    for file in files(family, package)? {
        let woff2 = fs::read(&file.path).with_context(|| format!("cannot read {}", file.path.display()))?;
        let sfnt = wuff::decompress_woff2(&woff2)
            .map_err(|error| anyhow::anyhow!("{} is not WOFF2: {error:?}", file.path.display()))?;
        let mut facts = sfnt::facts(&sfnt).with_context(|| file.path.display().to_string())?;
        if let Some(line) = facts.copyright.take().filter(|line| !copyrights.contains(line)) {
            copyrights.push(line);
        }
        pack.add(family, package, &file, &facts, &sfnt)?;
    }
    Ok(copyrights)
}

struct FontFile {
    path: PathBuf,
    italic: bool,
    /// The weight that the package's style sheet declares; a variable font's range is in the font.
    /// (What static files say of themselves is not CSS's: Poppins Thin says 250.)
    weight: Option<u16>,
}

fn files(family: &Family, package: &Package) -> Result<Vec<FontFile>> {
    let styles: Vec<(Option<u16>, bool)> = match family.faces {
        Faces::OneFile(name) => {
            return Ok(vec![FontFile { path: package.dir.join(name), italic: false, weight: Some(400) }]);
        }
        Faces::Variable { italic: true } => vec![(None, false), (None, true)],
        Faces::Variable { italic: false } => vec![(None, false)],
        Faces::Static(styles) => styles.iter().map(|&(weight, italic)| (Some(weight), italic)).collect(),
    };
    let id = package.dir.file_name().context("a package has a name")?.to_string_lossy();
    let slices = slices(package)?;
    let mut files = Vec::new();
    for (weight, italic) in styles {
        let axis = weight.map_or("wght".to_owned(), |weight| weight.to_string());
        let style = if italic { "italic" } else { "normal" };
        for slice in &slices {
            let path = package.dir.join(format!("files/{id}-{slice}-{axis}-{style}.woff2"));
            files.push(FontFile { path, italic, weight });
        }
    }
    Ok(files)
}

/// The names of a package's slices, the one that CSS prefers first: of several `@font-face` rules that cover a
/// character the last one wins, and Latin is declared last. Every slice also covers some Latin letters.
fn slices(package: &Package) -> Result<Vec<String>> {
    let ranges = read_json(&package.dir.join("unicode.json"))?;
    let names = ranges.as_object().context("unicode.json is not an object")?.keys();
    Ok(names.rev().map(|name| name.trim_matches(['[', ']']).to_owned()).collect())
}

/// A pack that grows, and its index.
struct PackWriter {
    name: &'static str,
    file: &'static str,
    bytes: Vec<u8>,
    index: String,
}

impl PackWriter {
    fn new(name: &'static str, file: &'static str) -> PackWriter {
        PackWriter { name, file, bytes: Vec::new(), index: String::new() }
    }

    fn add(&mut self, family: &Family, package: &Package, file: &FontFile, facts: &Facts, sfnt: &[u8]) -> Result<()> {
        let (lightest, heaviest) = weight_range(file, &facts.axes)?;
        let stem = file.path.file_stem().unwrap_or_default().to_string_lossy();
        writeln!(
            self.index,
            "    BundledFace {{ family: {:?}, weight: ({lightest}, {heaviest}), italic: {}, axes: &[{}], \
             unicode_ranges: &{:?}, source: \"{}@{}/{stem}\", data: within({}_PACK, {}, {}) }},",
            family.name,
            file.italic,
            facts.axes.iter().map(axis_literal).collect::<Vec<_>>().join(", "),
            facts.ranges,
            family.package,
            package.version,
            self.name,
            self.bytes.len(),
            sfnt.len(),
        )?;
        self.bytes.extend_from_slice(sfnt);
        self.bytes.resize(self.bytes.len().next_multiple_of(ALIGN), 0);
        Ok(())
    }

    /// Writes the pack and returns its part of the index.
    fn finish(self, out: &Path) -> Result<String> {
        if self.bytes.is_empty() {
            return Ok(format!("pub(crate) static {}_FACES: &[BundledFace] = &[];\n", self.name));
        }
        let path = out.join(self.file);
        fs::write(&path, &self.bytes).with_context(|| format!("cannot write {}", path.display()))?;
        let PackWriter { name, file, index, .. } = self;
        Ok(format!(
            "static {name}_PACK: &[u8] = &Aligned(*include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{file}\"))).0;\n\
             pub(crate) static {name}_FACES: &[BundledFace] = &[\n{index}];\n"
        ))
    }
}

fn weight_range(file: &FontFile, axes: &[Axis]) -> Result<(u16, u16)> {
    if let Some(weight) = file.weight {
        return Ok((weight, weight));
    }
    let axis = axes.iter().find(|axis| axis.tag == "wght").context("the font has no weight axis")?;
    ensure!((1.0..=1000.0).contains(&axis.min) && axis.min <= axis.max && axis.max <= 1000.0, "odd weights");
    Ok((axis.min as u16, axis.max as u16))
}

fn axis_literal(axis: &Axis) -> String {
    let Axis { tag, min, default, max } = axis;
    format!("FontAxis {{ tag: {tag:?}, min: {min:?}, default: {default:?}, max: {max:?} }}")
}
