//! `handbill config`: the settings in force, with their places, secrets masked. Its text is TOML that can be read again.

use std::io::{self, Write};

use clap::Args;
use serde_json::{Map, Value, json};

use super::{Globals, Output};
use crate::config::{DEFAULTS, Setting};

#[derive(Args)]
pub(crate) struct ShowConfig {
    /// Print the commented list of all keys and their defaults instead
    #[arg(long)]
    defaults: bool,
}

impl ShowConfig {
    pub(crate) fn run(&self, globals: &Globals, out: &Output) -> anyhow::Result<()> {
        if self.defaults {
            return Output::write(DEFAULTS.as_bytes());
        }
        let (_, settings) = globals.load()?;
        let settings = settings.effective();
        out.print(&as_json(&settings), |out| as_toml(&settings, out))
    }
}

fn as_toml(settings: &[Setting], out: &mut dyn Write) -> io::Result<()> {
    let mut open = "";
    for setting in settings {
        let (section, key) = setting.key.rsplit_once('.').unwrap_or(("", &setting.key));
        if section != open {
            let gap = if open.is_empty() { "" } else { "\n" };
            writeln!(out, "{gap}[{section}]")?;
            open = section;
        }
        writeln!(out, "{:<44} # {}", format!("{key} = {}", setting.value), setting.place)?;
    }
    Ok(())
}

fn as_json(settings: &[Setting]) -> Value {
    let mut sections = Map::new();
    for setting in settings {
        let (section, key) = setting.key.rsplit_once('.').unwrap_or(("", &setting.key));
        let keys = sections.entry(section).or_insert_with(|| json!({}));
        keys[key] = json!({ "value": setting.value, "from": setting.place.to_string() });
    }
    Value::Object(sections)
}
