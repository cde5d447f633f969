//! Prepares what the crate embeds: the fonts, from npm packages. Writes into `OUT_DIR` only.
//!
//! Each step is a room of its own under `build/`; this file only puts them in order and says what to watch.

#[path = "build/catalogue.rs"]
mod catalogue;
#[path = "build/fonts.rs"]
mod fonts;
#[path = "build/licences.rs"]
mod licences;
#[path = "build/npm.rs"]
mod npm;
#[path = "build/sfnt.rs"]
mod sfnt;

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};

/// A folder of packages that are installed already, for builds without a network.
const FONTS_DIR: &str = "HANDBILL_FONTS_DIR";

const WATCHED: [&str; 9] = [
    "build.rs",
    "build/catalogue.rs",
    "build/fonts.rs",
    "build/licences.rs",
    "build/npm.rs",
    "build/sfnt.rs",
    "package.json",
    "package-lock.json",
    ".npmrc",
];

fn main() -> ExitCode {
    for file in WATCHED {
        println!("cargo::rerun-if-changed={file}");
    }
    println!("cargo::rerun-if-env-changed={FONTS_DIR}");
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!(
                "\nThe fonts could not be prepared: {error:#}\n\n\
                 To build without npm or without a network, run `npm ci` in a copy of crates/bundle elsewhere \
                 and set {FONTS_DIR} to the node_modules folder that it makes.\n"
            );
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let source = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").context("cargo sets CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(env::var_os("OUT_DIR").context("cargo sets OUT_DIR")?);
    let with_extra = env::var_os("CARGO_FEATURE_EXTRA_FONTS").is_some();
    let packages = font_packages(&source, &out)?;
    fonts::write(&packages, &out, with_extra)
}

fn font_packages(source: &Path, out: &Path) -> Result<npm::Packages> {
    match env::var_os(FONTS_DIR).filter(|dir| !dir.is_empty()) {
        Some(dir) => {
            println!("cargo::rerun-if-changed={}", Path::new(&dir).display());
            npm::Packages::installed(source, Path::new(&dir)).with_context(|| format!("{FONTS_DIR} is {dir:?}"))
        }
        None => npm::Packages::install(source, &out.join("npm-fonts")),
    }
}
