//! `handbill font`: adding font files to the data folder, and listing every family there is.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::{Globals, Output};
use crate::fonts;

#[derive(Args)]
pub(crate) struct FontCommand {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Check a font file and keep it for all templates
    Add(Add),
    /// List the families that templates can name
    List(List),
}

#[derive(Args)]
struct Add {
    /// A TrueType, OpenType, WOFF or WOFF2 file
    file: PathBuf,
    /// The name that templates use [default: what the font says of itself]
    #[arg(long, value_name = "NAME")]
    family: Option<String>,
}

#[derive(Args)]
struct List {}

impl FontCommand {
    pub(crate) fn run(&self, globals: &Globals, out: &Output) -> anyhow::Result<()> {
        let (config, _) = globals.load()?;
        let folder = fonts::folder(&config.storage.data_dir);
        match &self.verb {
            Verb::Add(add) => add.run(&folder, out),
            Verb::List(list) => list.run(&folder, config.engine.extra_fonts, out),
        }
    }
}

impl Add {
    fn run(&self, folder: &Path, out: &Output) -> anyhow::Result<()> {
        let shown = self.file.display();
        let bytes = match fonts::read(&self.file) {
            Ok(bytes) => bytes,
            Err(why) => bail!("{shown} cannot be read: {why}"),
        };
        let facts = fonts::vet(&bytes).with_context(|| shown.to_string())?;
        let family = match fonts::family_name(self.family.as_deref(), &facts) {
            Ok(family) => family,
            Err(why) => bail!("{why} with --family"),
        };
        let name = self.file.file_name().unwrap_or_default();
        if name.to_string_lossy().starts_with('.') {
            bail!("{shown} has a name that begins with a dot; rename it, hidden files are not looked at");
        }
        let place = folder.join(&family).join(name);
        match fs::read(&place) {
            Ok(there) if *there == *bytes => {}
            Ok(_) => bail!("another font is at {} already; rename the file, or delete that one first", place.display()),
            Err(_) => keep(&place, &bytes).with_context(|| format!("cannot write {}", place.display()))?,
        }
        let view = json!({
            "family": family, "weight": facts.weight, "italic": facts.italic, "glyphs": facts.glyphs,
            "characters": facts.characters, "path": place,
        });
        out.print(&view, |out| {
            let (weight, italic) = (weights(facts.weight), if facts.italic { " italic" } else { "" });
            writeln!(
                out,
                "Added {family}, {weight}{italic}: {} characters, all glyphs can be drawn.",
                facts.characters
            )?;
            writeln!(out, "Use it as \"fontFamily\": \"{family}\". A running server uses it after a restart.")
        })
    }
}

/// Whole or not at all: a server may be starting.
fn keep(place: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = place.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let draft = folder.join(format!(".{}.part", std::process::id()));
    fs::write(&draft, bytes)?;
    fs::rename(&draft, place)
}

/// A family as `font list` shows it.
struct Family {
    name: String,
    weights: Vec<(u16, u16)>,
    italic: bool,
    origin: &'static str,
}

impl List {
    fn run(&self, folder: &Path, extra: bool, out: &Output) -> anyhow::Result<()> {
        let (added, complaints) = fonts::added(folder).with_context(|| format!("cannot read {}", folder.display()))?;
        for complaint in complaints {
            eprintln!("handbill: {complaint}");
        }
        let mut families: BTreeMap<String, Family> = BTreeMap::new();
        let mut note = |name: &str, weight: (u16, u16), italic: bool, origin: &'static str| {
            let new = || Family { name: name.to_owned(), weights: Vec::new(), italic: false, origin };
            let family = families.entry(name.to_lowercase()).or_insert_with(new);
            // The first to bring a family is the one that is used.
            if family.origin == origin {
                family.weights.push(weight);
                family.italic |= italic;
            }
        };
        for font in &added {
            let facts = fonts::vet(&font.bytes)?;
            note(&font.family, facts.weight, facts.italic, "added");
        }
        for face in fonts::bundled(false) {
            note(face.family, face.weight, face.italic, "built in");
        }
        for face in fonts::bundled(extra) {
            note(face.family, face.weight, face.italic, "extra pack");
        }
        let families: Vec<Family> = families.into_values().map(Family::tidy).collect();
        let views: Vec<Value> = families.iter().map(Family::view).collect();
        let rows = families.iter().map(|family| {
            let italic = if family.italic { "yes" } else { "no" };
            [family.name.clone(), family.shown_weights(), italic.to_owned(), family.origin.to_owned()]
        });
        out.print_table(&views, ["family", "weights", "italic", "from"], rows)
    }
}

impl Family {
    fn tidy(mut self) -> Family {
        self.weights.sort_unstable();
        self.weights.dedup();
        self
    }

    fn shown_weights(&self) -> String {
        self.weights.iter().map(|weight| weights(*weight)).collect::<Vec<_>>().join(", ")
    }

    fn view(&self) -> Value {
        json!({ "family": self.name, "weights": self.weights, "italic": self.italic, "from": self.origin })
    }
}

/// `400`, or `100–900` for every weight between.
fn weights((least, greatest): (u16, u16)) -> String {
    if least == greatest { least.to_string() } else { format!("{least}–{greatest}") }
}
