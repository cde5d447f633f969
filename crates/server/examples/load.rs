//! A server under more load than it can take, over HTTP on loopback: what it answers, how long that takes, and what memory
//! it needs. `cargo xtask load` runs it on a release build. It ends with an error when a promise is broken.
//!
//! Bounded: about 21,000 requests to a server that only takes jobs in, then a minute of ten times what another one can draw.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use serde_json::{Value, json};
use tokio::task::JoinSet;

const AT_ONCE: usize = 1_000;
const MANY: usize = 20_000;
const MEMORY_MAY_GROW_MIB: i64 = 50;
const OVERLOAD: Duration = Duration::from_secs(60);
/// A server that is overloaded still tells that it lives, within this time.
const HEALTH_WITHIN: Duration = Duration::from_secs(5);

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let program = program()?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!("on {cores} cores\n");
    queue_grows(&program).await?;
    overloaded(&program).await
}

/// `target/PROFILE/handbill`, beside the folder of examples.
fn program() -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe()?;
    let folder = own.parent().and_then(Path::parent).context("an example lies in target/PROFILE/examples")?;
    let program = folder.join("handbill");
    ensure!(program.is_file(), "{} is not there: build it first", program.display());
    Ok(program)
}

/// A server that draws nothing: a thousand requests at once, then twenty times as many that wait.
async fn queue_grows(program: &Path) -> anyhow::Result<()> {
    let server = Server::start(program, "api", &[])?;
    let first = requests(&server, AT_ONCE, AT_ONCE).await;
    println!("{AT_ONCE} POST /render at once: {first}");
    first.all_taken_or_told_to_wait()?;
    let before = server.resident_mib()?;
    let more = requests(&server, MANY - AT_ONCE, 64).await;
    println!("{} more, 64 at a time: {more}", MANY - AT_ONCE);
    more.all_taken_or_told_to_wait()?;
    let after = server.resident_mib()?;
    println!("memory with {AT_ONCE} jobs waiting {before} MiB, with {MANY} {after} MiB\n");
    ensure!(after - before <= MEMORY_MAY_GROW_MIB, "memory grew by {} MiB", after - before);
    Ok(())
}

/// A server that draws what it can, and gets ten times as much for a minute.
async fn overloaded(program: &Path) -> anyhow::Result<()> {
    let server = Server::start(program, "all", &[("HANDBILL__QUEUE__MAX_WAITING", "2000")])?;
    let capacity = capacity(&server).await?;
    println!("it draws {capacity:.0} cards a second; now it is asked for {:.0} a second", capacity * 10.0);
    let (told, slowest_health) = flood(&server, capacity * 10.0).await?;
    println!("answered: {told}");
    println!("the slowest /healthz took {} ms; memory {} MiB", slowest_health.as_millis(), server.resident_mib()?);
    told.all_taken_or_told_to_wait()?;
    ensure!(slowest_health <= HEALTH_WITHIN, "/healthz took {slowest_health:?}");
    let started = Instant::now();
    let status = server.generate().await?;
    println!("afterwards POST /generate answers {status} in {} ms", started.elapsed().as_millis());
    ensure!(status == 200, "it does not draw any longer");
    Ok(())
}

/// Cards a second, over ten seconds.
async fn capacity(server: &Server) -> anyhow::Result<f64> {
    server.generate().await?;
    let (started, done) = (Instant::now(), Arc::new(AtomicUsize::new(0)));
    let mut clients = JoinSet::new();
    for _ in 0..16 {
        let (server, done) = (server.clone(), Arc::clone(&done));
        clients.spawn(async move {
            while started.elapsed() < Duration::from_secs(10) {
                if server.generate().await.is_ok_and(|status| status == 200) {
                    done.fetch_add(1, Ordering::Relaxed);
                }
            }
        });
    }
    clients.join_all().await;
    Ok(done.load(Ordering::Relaxed) as f64 / started.elapsed().as_secs_f64())
}

/// Asks at a steady pace, whatever is answered, and looks at its health meanwhile.
async fn flood(server: &Server, a_second: f64) -> anyhow::Result<(Told, Duration)> {
    let started = Instant::now();
    let (mut asked, mut under_way, mut told) = (0, JoinSet::new(), Told::default());
    let health = tokio::spawn(slowest_health(server.clone()));
    while started.elapsed() < OVERLOAD {
        let due = (started.elapsed().as_secs_f64() * a_second) as usize;
        while asked < due && under_way.len() < 900 {
            let server = server.clone();
            under_way.spawn(async move { server.render(asked).await });
            asked += 1;
        }
        asked = asked.max(due); // what could not even be sent is not made up for
        while let Some(answer) = under_way.try_join_next() {
            told.add(&answer?);
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    for answer in under_way.join_all().await {
        told.add(&answer);
    }
    Ok((told, health.await??))
}

async fn slowest_health(server: Server) -> anyhow::Result<Duration> {
    let (begun, mut slowest) = (Instant::now(), Duration::ZERO);
    while begun.elapsed() < OVERLOAD {
        let started = Instant::now();
        let answer = server.http.get(format!("{}/healthz", server.url)).send().await?;
        ensure!(answer.status() == 200, "/healthz answers {}", answer.status());
        slowest = slowest.max(started.elapsed());
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    Ok(slowest)
}

async fn requests(server: &Server, count: usize, at_once: usize) -> Told {
    let next = Arc::new(AtomicUsize::new(0));
    let mut clients = JoinSet::new();
    for _ in 0..at_once {
        let (server, next) = (server.clone(), Arc::clone(&next));
        clients.spawn(async move {
            let mut told = Told::default();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= count {
                    return told;
                }
                told.add(&server.render(number).await);
            }
        });
    }
    clients.join_all().await.into_iter().fold(Told::default(), Told::with)
}

/// What was answered, and how long it took.
struct Answer {
    /// 0: no answer.
    status: u16,
    says_when: bool,
    took: Duration,
}

#[derive(Default)]
struct Told {
    counts: BTreeMap<u16, usize>,
    /// 429 without Retry-After.
    silent: usize,
    times: Vec<Duration>,
}

impl Told {
    fn add(&mut self, answer: &Answer) {
        *self.counts.entry(answer.status).or_default() += 1;
        self.silent += usize::from(answer.status == 429 && !answer.says_when);
        self.times.push(answer.took);
    }

    fn with(mut self, other: Told) -> Told {
        for (status, count) in other.counts {
            *self.counts.entry(status).or_default() += count;
        }
        self.silent += other.silent;
        self.times.extend(other.times);
        self
    }

    fn all_taken_or_told_to_wait(&self) -> anyhow::Result<()> {
        let others: Vec<&u16> = self.counts.keys().filter(|status| ![202, 429].contains(*status)).collect();
        ensure!(others.is_empty(), "there were answers {others:?} (0 is none at all)");
        ensure!(self.silent == 0, "{} answers 429 do not say when to come again", self.silent);
        Ok(())
    }
}

impl std::fmt::Display for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut times = self.times.clone();
        times.sort_unstable();
        let at = |share: f64| times.get(((times.len() as f64 - 1.0) * share) as usize).map_or(0, Duration::as_millis);
        let counts: Vec<String> = self.counts.iter().map(|(status, count)| format!("{count} × {status}")).collect();
        write!(f, "{}; half within {} ms, 99 % within {} ms", counts.join(", "), at(0.5), at(0.99))
    }
}

/// A server of the real program; it ends with the last clone.
#[derive(Clone)]
struct Server {
    process: Arc<Running>,
    http: reqwest::Client,
    url: String,
    token: String,
}

struct Running {
    child: Child,
    _data_dir: tempfile::TempDir,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    fn start(program: &Path, role: &str, settings: &[(&str, &str)]) -> anyhow::Result<Server> {
        let data_dir = tempfile::tempdir()?;
        let mut command = Command::new(program);
        command.args(["serve", "--json", "--role", role, "--listen", "127.0.0.1:0", "--data-dir"]).arg(data_dir.path());
        command.envs(settings.iter().copied()).env("HANDBILL__LOG__LEVEL", "error");
        command.env("HANDBILL__SERVER__MAX_CONNECTIONS", "2048");
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        let mut stdout = BufReader::new(child.stdout.take().context("its output is a pipe")?);
        let process = Arc::new(Running { child, _data_dir: data_dir });
        let mut greeting = String::new();
        while !greeting.ends_with("}\n") {
            ensure!(stdout.read_line(&mut greeting)? > 0, "it ended: {greeting}");
        }
        let greeting: Value = serde_json::from_str(&greeting)?;
        let text = |key: &str| greeting[key].as_str().map(str::to_owned).with_context(|| format!("no {key}"));
        Ok(Server { process, http: reqwest::Client::new(), url: text("url")?, token: text("token")? })
    }

    async fn render(&self, number: usize) -> Answer {
        let started = Instant::now();
        let sent = self.post("/render", number).send().await;
        match sent {
            Ok(answer) => Answer {
                status: answer.status().as_u16(),
                says_when: answer.headers().contains_key("retry-after"),
                took: started.elapsed(),
            },
            Err(_) => Answer { status: 0, says_when: false, took: started.elapsed() },
        }
    }

    async fn generate(&self) -> anyhow::Result<u16> {
        let answer = self.post("/generate", 0).send().await?;
        let status = answer.status().as_u16();
        answer.bytes().await?;
        Ok(status)
    }

    fn post(&self, path: &str, number: usize) -> reqwest::RequestBuilder {
        let body = json!({
            "template_id": "og-blog",
            "content_update": [{ "type": "textbox", "label": "title", "value": format!("Card number {number}") }],
        });
        self.http.post(format!("{}{path}", self.url)).bearer_auth(&self.token).json(&body)
    }

    /// Of the server itself, without the engine's processes.
    fn resident_mib(&self) -> anyhow::Result<i64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        let kib: i64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kib / 1024)
    }
}
