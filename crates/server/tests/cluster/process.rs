//! One process of a cluster: the real program, in one role.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

pub(crate) struct Process {
    child: Child,
    /// `http://…`.
    pub(crate) url: String,
    /// That of the first start.
    pub(crate) token: Option<String>,
    _data_dir: TempDir,
}

impl Process {
    /// Starts it on a free port and waits until it says where it is.
    pub(crate) fn start(role: &str, settings: &[(&'static str, String)]) -> Process {
        let data_dir = tempfile::tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_handbill"));
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("HANDBILL_")) {
            command.env_remove(name);
        }
        command.args(["serve", "--json", "--role", role, "--listen", "127.0.0.1:0", "--data-dir"]).arg(data_dir.path());
        command.envs(settings.iter().map(|(name, value)| (name, value)));
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut greeting = String::new();
        while !greeting.ends_with("}\n") {
            assert_ne!(stdout.read_line(&mut greeting).unwrap(), 0, "the {role} ended: {greeting}");
        }
        let greeting: Value = serde_json::from_str(&greeting).unwrap();
        let text = |key: &str| greeting[key].as_str().map(str::to_owned);
        Process { child, url: text("url").unwrap(), token: text("token"), _data_dir: data_dir }
    }

    /// As a crash of the machine would.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
