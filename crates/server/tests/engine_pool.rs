//! The pool against processes that misbehave: real processes, real limits, the real loop of `engine::child`, and in the
//! place of the engine a handler that does what the document's title tells it. This binary is both sides.

#[path = "engine_pool/hostile.rs"]
mod hostile;

use std::collections::BTreeMap;
use std::future::Future;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use handbill_render::{Asset, Input, Options, Progress, RenderError, Rendered};
use handbill_server::engine::{EngineError, EngineOptions, EnginePool};
use handbill_server::fonts::AddedFont;
use handbill_template::resolved::{AssetRef, Document, Page};
use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some("hostile-worker") {
        return hostile::serve();
    }
    let trials = vec![
        trial("values_cross_the_pipe_unchanged", values_cross_the_pipe_unchanged),
        trial("progress_arrives_in_order", progress_arrives_in_order),
        trial("an_error_of_the_engine_is_answered", an_error_of_the_engine_is_answered),
        trial("caches_stay_warm", caches_stay_warm),
        trial("added_fonts_reach_every_process", added_fonts_reach_every_process),
        trial("deaths_are_told_apart_and_harm_nobody_else", deaths_are_told_apart_and_harm_nobody_else),
        trial("an_endless_render_ends_at_its_deadline", an_endless_render_ends_at_its_deadline),
        trial("others_go_on_while_one_misbehaves", others_go_on_while_one_misbehaves),
        trial("memory_left_by_earlier_orders_is_not_held_against_one", earlier_memory_is_not_held_against_an_order),
        trial("a_killed_process_fails_its_own_order_only", a_killed_process_fails_its_own_order_only),
        #[cfg(target_os = "linux")]
        trial("the_kernel_ends_what_the_server_does_not", the_kernel_ends_what_the_server_does_not),
        trial("a_process_that_died_idle_is_replaced", a_process_that_died_idle_is_replaced),
        trial("too_many_orders_are_turned_away", too_many_orders_are_turned_away),
        trial("a_dropped_order_frees_its_place", a_dropped_order_frees_its_place),
        trial("stopping_lets_renders_end_and_cuts_off_the_rest", stopping_lets_renders_end_and_cuts_off_the_rest),
        trial("a_program_that_is_no_engine_is_unavailable", a_program_that_is_no_engine_is_unavailable),
        #[cfg(target_os = "linux")]
        trial("a_process_has_nothing_of_the_servers", a_process_has_nothing_of_the_servers),
        #[cfg(target_os = "linux")]
        trial("processes_end_with_the_server", processes_end_with_the_server),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn trial<F: Future<Output = ()>>(name: &str, test: impl FnOnce() -> F + Send + 'static) -> Trial {
    Trial::test(name, move || {
        tokio::runtime::Runtime::new()?.block_on(test());
        Ok(())
    })
}

fn options() -> EngineOptions {
    EngineOptions {
        workers: 1,
        memory_mb: 256,
        deadline_ms: 20_000,
        program: std::env::current_exe().unwrap(),
        args: vec!["hostile-worker".to_owned()],
        ..EngineOptions::default()
    }
}

fn pool() -> EnginePool {
    EnginePool::new(options())
}

/// An order that makes the handler do `what`.
fn order(what: &str) -> Input {
    let page = Page { width: 10.0, height: 10.0, bleed: 0.0, width_px: 10, height_px: 10, pt_per_px: 0.75 };
    let (title, lang) = (what.to_owned(), "en".to_owned());
    let document = Document { title, author: None, lang, page, slides: Vec::new(), carousel: false, fonts: Vec::new() };
    Input { document, assets: BTreeMap::new(), options: Options::default() }
}

async fn run(pool: &EnginePool, what: &str) -> Result<Rendered, EngineError> {
    pool.render(&order(what), |_| ()).await.map(|served| served.rendered)
}

/// What the handler answers in words.
async fn say(pool: &EnginePool, what: &str) -> String {
    let rendered = run(pool, what).await.unwrap_or_else(|error| panic!("{what}: {error} {error:?}"));
    String::from_utf8(rendered.pictures[0].bytes.clone()).unwrap()
}

fn kill(process: &str) -> bool {
    std::process::Command::new("kill").args(["-KILL", process]).status().unwrap().success()
}

fn tell(once: &mut Option<tokio::sync::oneshot::Sender<()>>) {
    if let Some(once) = once.take() {
        let _ = once.send(());
    }
}

/// What whoever started this program left open for all its children.
#[cfg(target_os = "linux")]
fn inherited_files() -> String {
    let is_kept = |number: &u32| {
        let info = std::fs::read_to_string(format!("/proc/self/fdinfo/{number}")).unwrap_or_default();
        let flags = info.lines().find_map(|line| u32::from_str_radix(line.strip_prefix("flags:")?.trim(), 8).ok());
        flags.is_some_and(|flags| flags & 0o2_000_000 == 0) // O_CLOEXEC
    };
    let numbers: Vec<String> =
        (0..1_024).filter(|number| *number < 3 || is_kept(number)).map(|n| n.to_string()).collect();
    numbers.join(" ")
}

async fn values_cross_the_pipe_unchanged() {
    let mut input = order("echo");
    input.document.page.width = 0.1 + 0.2;
    input.document.page.bleed = 1.0 / 3.0;
    input.options.scale = 1e-17;
    let big: Vec<u8> = (0..3_000_000_u32).map(|n| (n % 251) as u8).collect();
    for (name, bytes) in [("a", &b"first"[..]), ("b", b""), ("c", &big)] {
        input.assets.insert(AssetRef(name.to_owned()), Asset::Bytes(Arc::from(bytes)));
    }
    input.assets.insert(AssetRef("bb".to_owned()), Asset::Failed("the server answered 404".to_owned()));
    let rendered = pool().render(&input, |_| ()).await.unwrap().rendered;
    let document: Document = serde_json::from_slice(&rendered.pictures[0].bytes).unwrap();
    assert_eq!(document, input.document);
    let options: Options = serde_json::from_slice(&rendered.pictures[1].bytes).unwrap();
    assert_eq!(options, input.options);
    let assets: Vec<&[u8]> = rendered.pictures[2..].iter().map(|picture| picture.bytes.as_slice()).collect();
    assert!(assets == [&b"first"[..], b"", b"failed: the server answered 404", &big]);
    assert_eq!((rendered.pictures[5].width, rendered.pictures[5].height), (3_000_000, 3));
    assert_eq!(rendered.report.warnings.len(), 1);
}

async fn progress_arrives_in_order() {
    let mut seen = Vec::new();
    pool().render(&order("progress 5"), |progress| seen.push(progress)).await.unwrap();
    let expected: Vec<_> = (1..=5).map(|done| Progress { done, total: 5 }).collect();
    assert_eq!(seen, expected);
}

async fn an_error_of_the_engine_is_answered() {
    let pool = pool();
    let process = say(&pool, "pid").await;
    let error = run(&pool, "refuse").await.unwrap_err();
    let expected = RenderError::LimitExceeded { what: "slides".to_owned(), actual: 101, limit: 100 };
    assert_eq!(error, EngineError::Render(expected));
    assert_eq!(say(&pool, "pid").await, process);
}

async fn added_fonts_reach_every_process() {
    let font = |family: &str, bytes: &[u8]| AddedFont {
        family: family.to_owned(),
        file: "a.ttf".to_owned(),
        bytes: bytes.into(),
    };
    let added_fonts = [font("Brand Sans", b"one"), font("Other", b"")].into();
    let pool = EnginePool::new(EngineOptions { added_fonts, ..options() });
    for _ in 0..2 {
        assert_eq!(say(&pool, "fonts").await, "Brand Sans/a.ttf:one Other/a.ttf:");
        assert!(kill(&say(&pool, "pid").await));
    }
}

async fn caches_stay_warm() {
    let pool = EnginePool::new(EngineOptions { workers: 3, ..options() });
    pool.warm().await.unwrap();
    for expected in 1..=5 {
        assert_eq!(say(&pool, "count").await, expected.to_string());
    }
}

async fn deaths_are_told_apart_and_harm_nobody_else() {
    let pool = pool();
    for (what, code) in [
        ("eat slowly", "out_of_memory"),
        ("eat at once", "out_of_memory"),
        ("panic", "renderer_crashed"),
        ("abort", "renderer_crashed"),
        ("exit", "renderer_crashed"),
        ("overflow the stack", "renderer_crashed"),
        ("utter nonsense", "renderer_crashed"),
        ("announce an endless frame", "renderer_crashed"),
        ("utter a lie", "renderer_crashed"),
        ("hang up", "renderer_crashed"),
    ] {
        for round in ["fresh", "used"] {
            let error = run(&pool, what).await.unwrap_err();
            assert_eq!(error.code(), code, "{what}, {round}: {error:?}");
            assert_eq!(say(&pool, "hello").await, "hello", "after {what}");
        }
    }
    let error = run(&pool, "panic").await.unwrap_err();
    assert!(error.details().unwrap().contains("a hostile panic"), "{error:?}");
    assert!(!error.to_string().contains("hostile"), "{error}");
    assert_eq!(run(&pool, "eat slowly").await.unwrap_err(), EngineError::OutOfMemory { limit_mb: 256 });
}

async fn an_endless_render_ends_at_its_deadline() {
    let pool = EnginePool::new(EngineOptions { deadline_ms: 500, ..options() });
    pool.warm().await.unwrap();
    for what in ["spin", "sleep", "flood progress"] {
        let started = Instant::now();
        assert_eq!(run(&pool, what).await.unwrap_err(), EngineError::DeadlineExceeded { limit_ms: 500 }, "{what}");
        let took = started.elapsed();
        assert!((Duration::from_millis(500)..Duration::from_secs(5)).contains(&took), "{what}: {took:?}");
        assert_eq!(say(&pool, "hello").await, "hello");
    }
}

async fn others_go_on_while_one_misbehaves() {
    let pool = EnginePool::new(EngineOptions { workers: 2, deadline_ms: 3_000, ..options() });
    let bad = tokio::spawn({
        let pool = pool.clone();
        async move { run(&pool, "spin").await }
    });
    let mut answers = 0;
    while !bad.is_finished() {
        assert_eq!(say(&pool, "hello").await, "hello");
        answers += 1;
    }
    assert!(answers > 20, "only {answers}");
    assert_eq!(bad.await.unwrap().unwrap_err().code(), "deadline_exceeded");
}

async fn earlier_memory_is_not_held_against_an_order() {
    let pool = pool();
    let first = say(&pool, "pid").await;
    run(&pool, "keep 150").await.unwrap();
    assert_eq!(say(&pool, "pid").await, first);
    run(&pool, "keep 150").await.unwrap(); // 300 MB together would not fit
    assert_ne!(say(&pool, "pid").await, first);
    run(&pool, "keep 300").await.unwrap_err();
}

async fn a_process_that_died_idle_is_replaced() {
    let pool = pool();
    for _ in 0..20 {
        let process = say(&pool, "pid").await;
        assert!(kill(&process));
        // It may still look alive, and take the order without ever reading it.
        assert_ne!(say(&pool, "pid").await, process);
    }
}

async fn too_many_orders_are_turned_away() {
    let pool = EnginePool::new(EngineOptions { max_waiting: 2, deadline_ms: 2_000, ..options() });
    let render = || {
        let pool = pool.clone();
        tokio::spawn(async move { run(&pool, "nap 300").await })
    };
    let orders = [render(), render(), render(), render(), render()];
    let mut codes = Vec::new();
    for order in orders {
        codes.push(order.await.unwrap().map_or_else(|error| error.code(), |_| "ok"));
    }
    codes.sort_unstable();
    assert_eq!(codes, ["busy", "busy", "ok", "ok", "ok"]);
    assert_eq!(say(&pool, "hello").await, "hello");
}

async fn a_dropped_order_frees_its_place() {
    let pool = EnginePool::new(EngineOptions { max_waiting: 0, ..options() });
    for _ in 0..3 {
        let given_up = tokio::time::timeout(Duration::from_millis(200), run(&pool, "spin")).await;
        assert!(given_up.is_err());
        assert_eq!(say(&pool, "hello").await, "hello");
    }
}

async fn stopping_lets_renders_end_and_cuts_off_the_rest() {
    let pool = EnginePool::new(EngineOptions { workers: 2, ..options() });
    let render = |what: &'static str| {
        let (pool, (started, has_started)) = (pool.clone(), tokio::sync::oneshot::channel());
        let mut started = Some(started);
        let task = tokio::spawn(async move { pool.render(&order(what), |_| tell(&mut started)).await });
        (task, has_started)
    };
    let ((short, short_started), (endless, endless_started)) = (render("nap 300"), render("spin"));
    short_started.await.unwrap();
    endless_started.await.unwrap();
    let (waiting, _) = render("hello");
    tokio::task::yield_now().await;
    pool.stop(Duration::from_secs(1)).await;
    assert!(short.await.unwrap().is_ok());
    assert_eq!(endless.await.unwrap().unwrap_err(), EngineError::Stopping);
    assert_eq!(waiting.await.unwrap().unwrap_err(), EngineError::Stopping);
    assert_eq!(run(&pool, "hello").await.unwrap_err(), EngineError::Stopping);
}

async fn a_program_that_is_no_engine_is_unavailable() {
    for (program, args) in [("/no/such/program", vec![]), ("/bin/sh", vec!["-c".to_owned(), "echo hello".to_owned()])] {
        let pool = EnginePool::new(EngineOptions { program: program.into(), args, ..options() });
        let error = pool.warm().await.unwrap_err();
        assert_eq!(error.code(), "renderer_unavailable", "{program}");
        assert!(error.details().unwrap().contains(program), "{error:?}");
        assert_eq!(run(&pool, "hello").await.unwrap_err().code(), "renderer_unavailable");
    }
}

#[cfg(target_os = "linux")]
async fn a_process_has_nothing_of_the_servers() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let pool = pool();
    assert_eq!(say(&pool, "environment").await, "MALLOC_ARENA_MAX");
    assert_eq!(say(&pool, "open files").await, inherited_files());
    let closed = say(&pool, "landlock").await;
    if closed.contains("files") {
        assert_eq!(say(&pool, "read /etc/passwd").await, "denied");
        assert_eq!(say(&pool, "run /bin/true").await, "denied");
    }
    if closed.contains("network") {
        assert_eq!(say(&pool, &format!("connect {}", listener.local_addr().unwrap())).await, "denied");
    }
    let file = std::env::temp_dir().join("handbill-engine-process-must-not-write-this");
    assert_eq!(say(&pool, &format!("write {}", file.display())).await, "denied");
    assert!(std::fs::read(&file).unwrap_or_default().is_empty());
}

/// The order comes from nobody who would keep the deadline: the kernel has to.
#[cfg(target_os = "linux")]
async fn the_kernel_ends_what_the_server_does_not() {
    use std::io::{Read as _, Write as _};
    use std::os::unix::process::ExitStatusExt as _;

    let mut child = std::process::Command::new(options().program)
        .args(options().args)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let document = order("spin").document;
    let hello = serde_json::json!({ "version": "0", "memory_bytes": 1 << 28, "extra_fonts": false, "added_fonts": [] });
    let order =
        serde_json::json!({ "document": document, "options": Options::default(), "assets": [], "deadline_ms": 0 });
    for header in [hello, order] {
        let header = serde_json::to_vec(&header).unwrap();
        let lengths = [(header.len() as u32).to_le_bytes(), [0; 4]].concat();
        stdin.write_all(&[lengths, header].concat()).unwrap();
    }
    let mut said = Vec::new();
    stdout.read_to_end(&mut said).unwrap();
    assert_eq!(child.wait().unwrap().signal(), Some(24), "SIGXCPU");
    assert!(String::from_utf8_lossy(&said).contains("Started"));
}

async fn a_killed_process_fails_its_own_order_only() {
    let pool = pool();
    let process = say(&pool, "pid").await;
    let (mut victim, mut killed) = (Some(process.clone()), false);
    let result = pool
        .render(&order("spin"), |_| {
            let Some(process) = victim.take() else { return };
            killed = kill(&process);
        })
        .await;
    assert!(killed);
    assert_eq!(result.unwrap_err().code(), "renderer_crashed");
    assert_ne!(say(&pool, "pid").await, process);
}

#[cfg(target_os = "linux")]
async fn processes_end_with_the_server() {
    let pool = EnginePool::new(EngineOptions { workers: 2, ..options() });
    let idle: u32 = say(&pool, "pid").await.parse().unwrap();
    let (started, has_started) = tokio::sync::oneshot::channel();
    let mut started = Some(started);
    let spinning = tokio::spawn({
        let pool = pool.clone();
        async move { pool.render(&order("spin"), |_| tell(&mut started)).await }
    });
    has_started.await.unwrap();
    spinning.abort();
    let _ = spinning.await;
    drop(pool);
    let gone = || !std::path::Path::new(&format!("/proc/{idle}/exe")).exists();
    let deadline = Instant::now() + Duration::from_secs(5);
    while !gone() {
        assert!(Instant::now() < deadline, "process {idle} is still there");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
