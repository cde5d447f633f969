//! Installs the packages of a `package-lock.json` into a folder, when the lock file has changed since the last time.
//! Knows npm and Node; doesn't know what the packages are for.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

const NPM: &str = if cfg!(windows) { "npm.cmd" } else { "npm" };
const NODE_AT_LEAST: (u32, u32) = (20, 19);
const INPUTS: [&str; 3] = ["package.json", "package-lock.json", ".npmrc"];

/// Installed packages, of exactly the versions that `package.json` names.
pub(crate) struct Packages {
    node_modules: PathBuf,
}

pub(crate) struct Package {
    pub(crate) dir: PathBuf,
    pub(crate) version: String,
    pub(crate) spdx: String,
}

impl Packages {
    /// Copies `package.json`, the lock file and `.npmrc` from `source` to `target` and runs `npm ci` there.
    /// Does nothing when that was done before with the same files.
    pub(crate) fn install(source: &Path, target: &Path) -> Result<Packages> {
        fs::create_dir_all(target).with_context(|| format!("cannot make {}", target.display()))?;
        let lock = File::create(target.join(".lock"))?;
        lock.lock().context("cannot lock the folder of npm packages")?;

        let wanted = inputs(source)?;
        let stamp = target.join(".installed");
        if fs::read(&stamp).ok().as_ref() != Some(&wanted) {
            check_node()?;
            let _ = fs::remove_file(&stamp);
            for file in INPUTS {
                fs::write(target.join(file), fs::read(source.join(file))?)?;
            }
            npm_ci(target)?;
            fs::write(&stamp, &wanted)?;
        }
        Packages::installed(source, &target.join("node_modules"))
    }

    /// Packages that somebody else installed; they must have the versions that `package.json` in `source` names.
    pub(crate) fn installed(source: &Path, node_modules: &Path) -> Result<Packages> {
        let packages = Packages { node_modules: node_modules.to_owned() };
        let manifest = read_json(&source.join("package.json"))?;
        let wanted = manifest["dependencies"].as_object().context("package.json has no dependencies")?;
        for (name, version) in wanted {
            let found = packages.package(name)?.version;
            let wanted = version.as_str().unwrap_or_default();
            ensure!(found == wanted, "{name} is there in version {found}, but package.json asks for {wanted}");
        }
        Ok(packages)
    }

    pub(crate) fn package(&self, name: &str) -> Result<Package> {
        let dir = self.node_modules.join(name);
        let manifest = read_json(&dir.join("package.json"))?;
        let text = |key: &str| manifest[key].as_str().unwrap_or_default().to_owned();
        Ok(Package { version: text("version"), spdx: text("license"), dir })
    }
}

fn inputs(source: &Path) -> Result<Vec<u8>> {
    let mut all = Vec::new();
    for file in INPUTS {
        let path = source.join(file);
        all.extend(fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?);
        all.push(0);
    }
    Ok(all)
}

pub(crate) fn read_json(path: &Path) -> Result<Value> {
    let text = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("{} is not JSON", path.display()))
}

fn check_node() -> Result<()> {
    let (major, minor) = NODE_AT_LEAST;
    let ask = format!("install Node.js {major}.{minor} or later with npm (https://nodejs.org), then build again");
    let Ok(output) = Command::new("node").arg("--version").output() else {
        bail!("`node` was not found: {ask}");
    };
    let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    ensure!(new_enough(&version), "`node --version` says {version:?}, which is too old: {ask}");
    ensure!(Command::new(NPM).arg("--version").output().is_ok_and(|o| o.status.success()), "`npm` doesn't run: {ask}");
    Ok(())
}

/// Whether a version as Node prints it (`v20.19.1`) will do.
pub(crate) fn new_enough(version: &str) -> bool {
    let mut numbers = version.trim_start_matches('v').split('.').map_while(|part| part.parse::<u32>().ok());
    matches!((numbers.next(), numbers.next()), (Some(major), Some(minor)) if (major, minor) >= NODE_AT_LEAST)
}

fn npm_ci(dir: &Path) -> Result<()> {
    let output = Command::new(NPM)
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-progress"])
        .current_dir(dir)
        .output()
        .context("cannot run npm")?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    bail!("`npm ci` failed in {}:\n{}\n", dir.display(), said.trim())
}
