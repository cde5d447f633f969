//! A private S3 server for the tests: built once into the target folder, started on a free loopback port, removed.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::run::{cargo, root, run};

/// It checks signatures, which most small ones don't.
const PROGRAM: &str = "s3s-fs";
const VERSION: &str = "0.14.1";
const KEY: &str = "handbill-test-key";
const SECRET: &str = "handbill-test-secret";

/// A running server; dropping it stops and removes it.
pub(crate) struct S3Server {
    process: Child,
    folder: PathBuf,
    /// `http://KEY:SECRET@127.0.0.1:PORT`.
    pub(crate) url: String,
}

impl S3Server {
    pub(crate) fn start() -> anyhow::Result<S3Server> {
        let program = installed()?;
        let folder = std::env::temp_dir().join(format!("handbill-s3-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let process = Command::new(&program)
            .args(["--host", "127.0.0.1", "--port", &port.to_string(), "--domain", &format!("localhost:{port}")])
            .args(["--access-key", KEY, "--secret-key", SECRET])
            .arg(&folder)
            .env("RUST_LOG", "error")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let mut server = S3Server { process, folder, url: format!("http://{KEY}:{SECRET}@127.0.0.1:{port}") };
        server.wait_for(port)?;
        Ok(server)
    }

    fn wait_for(&mut self, port: u16) -> anyhow::Result<()> {
        let until = Instant::now() + Duration::from_secs(20);
        while Instant::now() < until {
            if let Some(status) = self.process.try_wait()? {
                bail!("{PROGRAM} ended with {status}");
            }
            if TcpStream::connect(("127.0.0.1", port)).is_ok_and(|mut stream| stream.flush().is_ok()) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        bail!("{PROGRAM} does not listen after 20 s")
    }
}

impl Drop for S3Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// The program, which is built if it is not there yet. Without optimisation: that takes a third of the time.
fn installed() -> anyhow::Result<PathBuf> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let tools = target.join("tools");
    let program = tools.join("bin").join(format!("{PROGRAM}{}", std::env::consts::EXE_SUFFIX));
    if !program.is_file() {
        let install =
            ["install", PROGRAM, "--version", VERSION, "--features", "binary", "--locked", "--debug", "--root"];
        run(cargo(&install).arg(&tools))?;
    }
    Ok(program)
}
