//! `handbill template`: beginning, checking and listing templates; keeping those of a folder, and getting them back.

mod check;
mod export;
mod import;
mod list;
mod new;
mod sheet;
mod stress;
mod sync;
mod trials;

use clap::{Args, Subcommand};

use super::{Globals, Output};
use crate::actions::account::get_account;
use crate::actions::first_start::first_account;
use crate::app::App;

#[derive(Args)]
pub(crate) struct TemplateCommand {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Write a small template to begin with
    New(new::New),
    /// Say everything that is wrong with a template, and what could be better
    Check(check::Check),
    /// Draw templates at all their sizes, with short, long, Arabic, Japanese, emoji and missing data, on one picture
    Sheet(sheet::Sheet),
    /// List the templates there are, with their sizes and fields
    List(list::List),
    /// Keep templates: each comes to be the newest version of the one with its id, or a new one, and is live at once
    Import(import::Import),
    /// Write a kept template, or a starter, to a folder or a zip
    Export(export::Export),
    /// Keep every template of a folder, one in each folder below it
    Sync(sync::Sync),
}

impl TemplateCommand {
    pub(crate) fn run(&self, globals: &Globals, out: &Output) -> anyhow::Result<()> {
        match &self.verb {
            Verb::New(flags) => flags.run(out),
            Verb::Check(flags) => super::block_on(flags.run(globals, out)),
            Verb::Sheet(flags) => super::block_on(flags.run(globals, out)),
            Verb::List(flags) => globals.with_app(async |app| flags.run(app, out).await),
            Verb::Import(flags) => globals.with_app(async |app| flags.run(app, out).await),
            Verb::Export(flags) => globals.with_app(async |app| flags.run(app, out).await),
            Verb::Sync(flags) => globals.with_app(async |app| flags.run(app, out).await),
        }
    }
}

/// Whose templates are meant: the account of a number, or the first one.
async fn account_id(app: &App, number: Option<i64>) -> anyhow::Result<i64> {
    Ok(match number {
        Some(number) => get_account(app, number).await?.id,
        None => first_account(app).await?.id,
    })
}
