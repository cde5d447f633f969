//! `handbill template export`: a kept template, or a starter, into a folder or a zip that `import` takes again.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use clap::Args;
use serde_json::json;

use super::{Output, account_id};
use crate::actions::template;
use crate::app::App;
use crate::templates::{FILE_NAME, FileMap, archive};

#[derive(Args)]
pub(crate) struct Export {
    /// A slug, an alias or a number; a version behind an @, as in quote-card@3
    template: String,
    /// A folder, or a file that ends in .zip [default: a folder of the template's name, here]
    #[arg(long, value_name = "PATH")]
    out: Option<PathBuf>,
    /// Whose it is [default: the first account]
    #[arg(long, value_name = "ID")]
    account: Option<i64>,
}

impl Export {
    pub(crate) async fn run(&self, app: &App, out: &Output) -> anyhow::Result<()> {
        let account_id = account_id(app, self.account).await?;
        let stored = template::get(app, account_id, &self.template).await?;
        let files = stored.files.all().map_err(|why| anyhow!(why))?;
        let json = handbill_template::write(stored.template());
        let place = self.out.clone().unwrap_or_else(|| PathBuf::from(stored.slug()));
        if place.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("zip")) {
            let zip = archive::pack(json.as_bytes(), &files)?;
            fs::write(&place, zip).with_context(|| format!("cannot write {}", place.display()))?;
        } else {
            write_folder(&place, &json, &files)?;
        }
        let view = json!({
            "slug": stored.slug(), "version": stored.version, "hash": stored.hash(), "path": place,
            "files": files.len() + 1,
        });
        out.print(&view, |out| writeln!(out, "Wrote {}@{} to {}", stored.slug(), stored.version, place.display()))
    }
}

fn write_folder(folder: &Path, json: &str, files: &FileMap) -> anyhow::Result<()> {
    let write = |path: PathBuf, bytes: &[u8]| {
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
        fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))
    };
    write(folder.join(FILE_NAME), json.as_bytes())?;
    // Paths were checked when they were taken in: none leads out of the folder.
    files.iter().try_for_each(|(path, bytes)| write(folder.join(path), bytes))
}
