//! A private PostgreSQL cluster for the tests: made, started on a free loopback port, removed.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};

use crate::install::is_root;
use crate::run::is_installed;

/// A running cluster; dropping it stops and removes it.
pub(crate) struct Cluster {
    folder: PathBuf,
    binaries: PathBuf,
    /// `postgres://…` of the superuser.
    pub(crate) url: String,
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
        let cluster =
            Cluster { url: format!("postgres://postgres@127.0.0.1:{port}/postgres"), folder: folder.clone(), binaries };
        let initdb = cluster.binaries.join("initdb");
        quiet(as_postgres(&initdb).arg("-D").arg(&data).args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "-N"]))?;
        // Tests need no durability, many connections, and no socket outside the folder.
        let settings = format!(
            "-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={} -c max_connections=300 -c fsync=off \
             -c shared_buffers=64MB",
            folder.display()
        );
        let log = folder.join("log");
        let control = cluster.binaries.join("pg_ctl");
        quiet(
            as_postgres(&control)
                .arg("-D")
                .arg(&data)
                .arg("-l")
                .arg(&log)
                .arg("-o")
                .arg(settings)
                .args(["-w", "start"]),
        )?;
        Ok(Some(cluster))
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let control = self.binaries.join("pg_ctl");
        let stopped =
            quiet(as_postgres(&control).arg("-D").arg(self.folder.join("data")).args(["-m", "immediate", "stop"]));
        if let Err(error) = stopped {
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
