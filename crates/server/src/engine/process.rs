//! One engine process as the server sees it: started with nothing of the server's, asked one thing at a time, and, when
//! it dies, examined for the cause. Who gets which process is the pool's business.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use handbill_render::{Progress, RenderError, Rendered};
use tokio::io::{AsyncReadExt as _, BufReader};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::EngineOptions;
use super::frame::Frame;
use super::wire::{self, Event, VERSION};

const START_TIMEOUT: Duration = Duration::from_secs(20);
/// How long a process that closed its stdout may take to be gone.
const DEATH_TIMEOUT: Duration = Duration::from_secs(2);
/// How long an idle process may take to end once its stdin is closed.
const FAREWELL_TIMEOUT: Duration = Duration::from_secs(1);
const STDERR_KEPT_BYTES: usize = 8 * 1024;

pub(super) struct Process {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    stderr: Arc<Mutex<String>>,
    stderr_reader: JoinHandle<()>,
    /// Orders it has answered: 0 for a fresh one.
    pub(super) answered: u64,
    /// What a frame of it may have: no more than it could hold in memory.
    max_frame_bytes: u64,
}

/// How an order ended.
pub(super) enum Ending {
    Answered(Result<Rendered, RenderError>),
    /// It reported a panic and is ending.
    Panicked(String),
    /// It is gone. `started`: it had read the order.
    Died {
        cause: Death,
        started: bool,
    },
}

#[derive(Debug)]
pub(super) enum Death {
    OutOfMemory,
    OutOfProcessorTime,
    Other(String),
}

impl Process {
    /// Starts a process and waits until it is confined and ready.
    pub(super) async fn start(options: &EngineOptions) -> io::Result<Self> {
        let mut command = Command::new(&options.program);
        command
            .args(&options.args)
            .env_clear()
            // Each further malloc arena would take 64 MB of address space from the limit.
            .env("MALLOC_ARENA_MAX", "1")
            .current_dir(Path::new("/"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        #[cfg(unix)]
        command.arg0("handbill").process_group(0); // Ctrl-C is for the server, which drains first
        let mut child = command.spawn()?;
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(stdin), Some(stdout), Some(pipe)) = pipes else { return Err(io::ErrorKind::BrokenPipe.into()) };
        let stderr = Arc::default();
        let stderr_reader = tokio::spawn(keep_tail(pipe, Arc::clone(&stderr)));
        let memory_bytes = options.memory_mb.saturating_mul(1 << 20);
        let stdout = BufReader::with_capacity(64 * 1024, stdout);
        let mut process =
            Self { child, stdin, stdout, stderr, stderr_reader, answered: 0, max_frame_bytes: memory_bytes };
        let hello = wire::hello(memory_bytes, options.extra_fonts, &options.added_fonts)?;
        match timeout(START_TIMEOUT, process.greet(&hello)).await {
            Ok(Ok(())) => Ok(process),
            Ok(Err(error)) => Err(io::Error::other(format!("{error}; {:?}", process.examine().await))),
            Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, "it did not get ready")),
        }
    }

    async fn greet(&mut self, hello: &Frame<Arc<[u8]>>) -> io::Result<()> {
        hello.send(&mut self.stdin).await?;
        match self.hear().await?.0 {
            Event::Ready { version } if version == VERSION => Ok(()),
            Event::Ready { version } => Err(io::Error::other(format!(
                "the program was replaced by version {version} while this server runs; restart it"
            ))),
            other => Err(io::Error::other(format!("it said {other:?} instead of being ready"))),
        }
    }

    pub(super) fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Sends an order and listens until it has ended. Sets no deadline; whoever gives up waiting must `kill`.
    pub(super) async fn render(
        &mut self,
        order: &Frame<Arc<[u8]>>,
        on_progress: &mut (impl FnMut(Progress) + Send),
    ) -> Ending {
        let mut started = false;
        let talk = async {
            order.send(&mut self.stdin).await?;
            loop {
                let (event, blobs) = self.hear().await?;
                match event {
                    Event::Started => started = true,
                    Event::Progress(progress) => on_progress(progress),
                    Event::Rendered { sizes, report } => {
                        return Ok(Ending::Answered(Ok(wire::read_rendered(&sizes, report, blobs)?)));
                    }
                    Event::Failed(error) => return Ok(Ending::Answered(Err(error))),
                    Event::Panicked(text) => return Ok(Ending::Panicked(text)),
                    Event::Ready { .. } => return Err(io::Error::other("it said twice that it is ready")),
                }
            }
        };
        let ending: io::Result<Ending> = talk.await;
        match ending {
            Ok(ending) => {
                self.answered += 1;
                ending
            }
            Err(error) => {
                let cause = match self.examine().await {
                    Death::Other(details) => Death::Other(format!("{details} ({error})")),
                    cause => cause,
                };
                Ending::Died { cause, started }
            }
        }
    }

    async fn hear(&mut self) -> io::Result<(Event, Vec<Vec<u8>>)> {
        let frame = Frame::receive(&mut self.stdout, self.max_frame_bytes).await?;
        Ok((frame.header()?, frame.blobs))
    }

    /// Ends it at once, and returns when it is gone and its memory free.
    pub(super) async fn kill(mut self) {
        if let Err(error) = self.child.kill().await {
            tracing::warn!(%error, "an engine process could not be killed");
        }
    }

    /// Lets an idle process end by itself.
    pub(super) async fn dismiss(self) {
        let Self { mut child, stdin, stdout, .. } = self;
        drop((stdin, stdout));
        if timeout(FAREWELL_TIMEOUT, child.wait()).await.is_err() {
            let _ = child.kill().await;
        }
    }

    /// Finds out why it stopped talking. A process that is still there then is killed: it speaks nonsense.
    async fn examine(&mut self) -> Death {
        let status = match timeout(DEATH_TIMEOUT, self.child.wait()).await {
            Ok(Ok(status)) => Some(status),
            _ => {
                let _ = self.child.kill().await;
                None
            }
        };
        let _ = timeout(DEATH_TIMEOUT, &mut self.stderr_reader).await;
        let stderr = self.stderr.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match status {
            Some(status) => cause_of(status, &stderr),
            None => Death::Other(format!("it stopped making sense; stderr: {stderr}")),
        }
    }
}

fn cause_of(status: ExitStatus, stderr: &str) -> Death {
    #[cfg(unix)]
    let signal = std::os::unix::process::ExitStatusExt::signal(&status);
    #[cfg(not(unix))]
    let signal: Option<i32> = None;
    // The standard library's last words when an allocation fails, before it aborts.
    let allocation_failed = stderr.lines().any(|line| line.starts_with("memory allocation of "));
    match signal {
        Some(SIGABRT) if allocation_failed => Death::OutOfMemory,
        Some(SIGXCPU) => Death::OutOfProcessorTime,
        _ => Death::Other(format!("it ended with {status}; stderr: {}", stderr.trim_end())),
    }
}

const SIGABRT: i32 = 6;
/// The same number on Linux and macOS.
const SIGXCPU: i32 = 24;

/// Reads what a process complains about, passes it on to the log, and keeps the end of it.
async fn keep_tail(mut stderr: ChildStderr, kept: Arc<Mutex<String>>) {
    let mut buffer = [0; 4096];
    while let Ok(len @ 1..) = stderr.read(&mut buffer).await {
        let text = String::from_utf8_lossy(&buffer[..len]);
        tracing::warn!(target: "handbill_server::engine", "engine process: {}", text.trim_end());
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_str(&text);
        let surplus = kept.len().saturating_sub(STDERR_KEPT_BYTES);
        let cut = (surplus..).find(|&at| kept.is_char_boundary(at)).unwrap_or(surplus);
        kept.drain(..cut);
    }
}

/// This program, as it was when it started, even when its file has been replaced since.
pub(super) fn this_program() -> PathBuf {
    let running = Path::new("/proc/self/exe");
    if running.exists() { running.to_owned() } else { std::env::current_exe().unwrap_or_else(|_| "handbill".into()) }
}
