//! The command line: what can be typed. One file per command in `cli/`; each has a clap type and a `run`.
//!
//! A command gets the app on the configured store (or the configuration alone, through [`Globals`]), does its work through
//! `actions`, and prints. No rules here.

mod account;
mod config;
mod doctor;
mod font;
mod output;
mod render;
mod serve;
mod storage;
mod template;
mod token;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Parser, Subcommand};

use crate::actions::first_start::first_account;
use crate::actions::template as template_actions;
use crate::app::App;
use crate::config::{Config, Faults, Settings, Sources};
use crate::engine::child;
use crate::log;
use crate::templates::{self, StoredTemplate, TemplateRef, Templates};
use output::Output;

#[derive(Parser)]
#[command(name = "handbill", version, about = "Templates and data in, pictures and PDFs out.")]
struct Cli {
    #[command(flatten)]
    globals: Globals,
    #[command(subcommand)]
    /// [default: serve]
    command: Option<Command>,
}

/// What every command takes.
#[derive(Args, Clone)]
pub(crate) struct Globals {
    /// The folder for everything that is kept [default: ./handbill-data]
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<String>,
    /// Where to listen [default: 127.0.0.1:8080]
    #[arg(long, global = true, value_name = "ADDR:PORT")]
    listen: Option<String>,
    /// A file with settings; `handbill config --defaults` prints one to start from
    #[arg(long, global = true, value_name = "FILE", env = "HANDBILL_CONFIG")]
    config: Option<PathBuf>,
    /// Answer in JSON
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Subcommand)]
enum Command {
    #[command(flatten)]
    Typed(Typed),
    /// One of the processes that draw; they are started by the others
    #[command(hide = true)]
    EngineWorker,
}

/// What people type.
#[derive(Subcommand)]
enum Typed {
    /// Run the server
    Serve(serve::Serve),
    /// Render a template into files
    Render(render::Render),
    /// Begin, check and list templates
    Template(template::TemplateCommand),
    /// Add and list fonts
    Font(font::FontCommand),
    /// Make and list accounts
    Account(account::AccountCommand),
    /// Make, list and revoke API tokens
    Token(token::TokenCommand),
    /// Check, sweep and measure the store for files
    Storage(storage::StorageCommand),
    /// Look whether everything is well, and say what to mend
    Doctor(doctor::Doctor),
    /// Print the settings in force and where each comes from
    Config(config::ShowConfig),
}

/// Runs the command that was typed; the exit code says how it went.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let command = match cli.command {
        // Before any configuration is read: such a process has nothing of ours, and is to have nothing.
        Some(Command::EngineWorker) => return child::run(),
        Some(Command::Typed(command)) => command,
        None => Typed::Serve(serve::Serve::default()),
    };
    match run(&command, &cli.globals) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("handbill: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: &Typed, globals: &Globals) -> anyhow::Result<()> {
    let out = &Output { json: globals.json };
    // One TLS implementation for everything that is linked in; an error says that it is chosen already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match command {
        Typed::Serve(command) => block_on(command.run(globals, out)),
        Typed::Render(command) => block_on(command.run(globals, out)),
        Typed::Template(command) => command.run(globals, out),
        Typed::Font(command) => command.run(globals, out),
        Typed::Account(command) => globals.with_app(async |app| command.run(app, out).await),
        Typed::Token(command) => globals.with_app(async |app| command.run(app, out).await),
        Typed::Storage(command) => globals.with_app(async |app| command.run(app, out).await),
        Typed::Doctor(command) => block_on(command.run(globals, out)),
        Typed::Config(command) => command.run(globals, out),
    }
}

fn block_on(command: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(command)
}

/// A folder or file of that name, or else what the first account keeps under it, or else a starter.
pub(crate) async fn find_template(
    config: &Config,
    starters: &Templates,
    name: &str,
) -> anyhow::Result<Arc<StoredTemplate>> {
    let path = Path::new(name);
    if path.is_file() || path.join(templates::FILE_NAME).is_file() {
        return Ok(Arc::new(templates::open(path)?));
    }
    match find_kept(config, name).await {
        Ok(Some(kept)) => return Ok(kept),
        Ok(None) => {}
        // A starter can be had all the same.
        Err(error) => eprintln!("warning: the store cannot be asked for '{name}': {error:#}"),
    }
    if let Some(starter) = starters.find(&TemplateRef::Text(name.to_owned())) {
        return Ok(starter);
    }
    let known: Vec<&str> = starters.iter().map(|stored| stored.slug()).collect();
    match starters.nearest(name) {
        Some(nearest) => anyhow::bail!("there is no template '{name}'; did you mean '{nearest}'?"),
        None => anyhow::bail!(
            "there is no template '{name}': no folder with a {} is there, and no starter is called so (there are {})",
            templates::FILE_NAME,
            known.join(", ")
        ),
    }
}

/// Only where there is a store already: rendering a starter makes none.
async fn find_kept(config: &Config, name: &str) -> anyhow::Result<Option<Arc<StoredTemplate>>> {
    if !App::is_there(config) {
        return Ok(None);
    }
    let app = App::open(config.clone()).await?;
    let account = first_account(&app).await?;
    let found = template_actions::find(&app, account.id, name).await?;
    app.db.close().await;
    Ok(found)
}

impl Globals {
    /// The configuration as the defaults, the file, the environment and these flags make it.
    fn load(&self) -> Result<(Config, Settings), Faults> {
        let mut flags = Vec::new();
        if let Some(dir) = &self.data_dir {
            flags.push(("--data-dir", "storage.data_dir", dir.clone()));
        }
        if let Some(listen) = &self.listen {
            flags.push(("--listen", "server.listen", listen.clone()));
        }
        Config::load(&Sources { file: self.config.clone(), env: std::env::vars_os().collect(), flags })
    }

    /// Runs a command on the store, which is made if it is missing; logs as configured from here on.
    fn with_app(&self, command: impl AsyncFnOnce(&App) -> anyhow::Result<()>) -> anyhow::Result<()> {
        let (config, _) = self.load()?;
        log::init(&config.log);
        block_on(async {
            let app = App::open(config).await?;
            let outcome = command(&app).await;
            app.db.close().await;
            outcome
        })
    }
}
