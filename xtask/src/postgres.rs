//! A private PostgreSQL cluster for the tests: made, started on a free loopback port, restarted, removed.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};

use crate::install::is_root;
use crate::run::is_installed;

/// A running cluster; dropping it stops and removes it.
pub(crate) struct Cluster {
    folder: PathBuf,
    /// `postgres://…` of the superuser.
    url: String,
    /// Runs as the cluster's own user, with its settings.
    control: Vec<String>,
}

impl Cluster {
    /// None where no PostgreSQL is installed.
    pub(crate) fn start() -> anyhow::Result<Option<Cluster>> {
        let Some(binaries) = find_binaries() else { return Ok(None) };
        let folder = std::env::temp_dir().join(format!("handbill-postgres-{}", std::process::id()));
        let data = folder.join("data");
        std::fs::create_dir_all(&folder)?;
        if is_root() {
            quiet(Command::new("chown").arg("postgres").arg(&folder))?;
        }
        let port = free_port()?;
        // Tests need no durability, many connections, and no socket outside the folder.
        let settings = format!(
            "-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={} -c max_connections=300 -c fsync=off \
             -c shared_buffers=64MB",
            folder.display()
        );
        let (log, program) = (folder.join("log"), binaries.join("pg_ctl"));
        let mut control = as_postgres(&program);
        control.arg("-w").arg("-D").arg(&data).arg("-l").arg(&log).arg("-o").arg(settings);
        let control = std::iter::once(control.get_program()).chain(control.get_args());
        let control = control.map(|word| word.to_string_lossy().into_owned()).collect();
        let cluster = Cluster { url: format!("postgres://postgres@127.0.0.1:{port}/postgres"), folder, control };
        let initdb = binaries.join("initdb");
        quiet(as_postgres(&initdb).arg("-D").arg(&data).args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "-N"]))?;
        cluster.control(&["start"])?;
        Ok(Some(cluster))
    }

    /// Tells a test command where the cluster is, and how to restart it.
    pub(crate) fn name_to(&self, command: &mut Command) {
        let words = self.control.iter().map(String::as_str).chain(["-m", "immediate", "restart"]);
        let restart: Vec<String> = words.map(|word| format!("'{}'", word.replace('\'', "'\\''"))).collect();
        command.env("HANDBILL_TEST_POSTGRES_URL", &self.url);
        command.env("HANDBILL_TEST_POSTGRES_RESTART", restart.join(" "));
    }

    fn control(&self, arguments: &[&str]) -> anyhow::Result<()> {
        quiet(Command::new(&self.control[0]).args(&self.control[1..]).args(arguments))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Err(error) = self.control(&["-m", "immediate", "stop"]) {
            eprintln!("the test cluster did not stop: {error:#}");
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// PostgreSQL refuses to run as root.
fn as_postgres(program: &Path) -> Command {
    if is_root() {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--"]).arg(program);
        command
    } else {
        Command::new(program)
    }
}

fn quiet(command: &mut Command) -> anyhow::Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    // The server inherits what is open: a pipe would never end.
    let status = command
        .current_dir(std::env::temp_dir())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .with_context(|| format!("cannot start {program}"))?;
    ensure!(status.success(), "{program} ended with {status}");
    Ok(())
}

/// The newest of Debian's versions, else what lies beside `initdb` on the PATH.
fn find_binaries() -> Option<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(_, folder): &(u32, PathBuf)| folder.join("initdb").is_file())
        .collect();
    versions.sort();
    if let Some((_, folder)) = versions.pop() {
        return Some(folder);
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).find(|folder| is_installed("initdb") && folder.join("initdb").is_file())
}

fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
