//! `handbill template`: beginning, checking and listing templates.

mod check;
mod list;
mod new;
mod sheet;
mod stress;
mod trials;

use clap::{Args, Subcommand};

use super::{Globals, Output};

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
    /// List the templates that come with the program, with their sizes and fields
    List(list::List),
}

impl TemplateCommand {
    pub(crate) fn run(&self, globals: &Globals, out: &Output) -> anyhow::Result<()> {
        match &self.verb {
            Verb::New(flags) => flags.run(out),
            Verb::Check(flags) => super::block_on(flags.run(globals, out)),
            Verb::Sheet(flags) => super::block_on(flags.run(globals, out)),
            Verb::List(flags) => flags.run(out),
        }
    }
}
