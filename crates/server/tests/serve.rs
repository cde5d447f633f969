//! `handbill serve` as it is started and stopped: the real program, on loopback, talked to in plain HTTP.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

struct Server {
    process: Child,
    stdout: BufReader<ChildStdout>,
    address: String,
    token: Option<String>,
}

/// Starts it on a free port and waits until it says where it is.
fn start(data_dir: &Path, env: &[(&str, &str)]) -> Server {
    start_as("all", data_dir, env)
}

fn start_as(role: &str, data_dir: &Path, env: &[(&str, &str)]) -> Server {
    let mut command = Command::new(env!("CARGO_BIN_EXE_handbill"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("HANDBILL_")) {
        command.env_remove(name);
    }
    let arguments = ["serve", "--role", role, "--json", "--listen", "127.0.0.1:0", "--data-dir"];
    command.args(arguments).arg(data_dir).envs(env.iter().copied()).env("HANDBILL__ENGINE__WORKERS", "1");
    let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut stdout = BufReader::new(process.stdout.take().unwrap());
    let mut greeting = String::new();
    while !greeting.ends_with("}\n") {
        assert_ne!(stdout.read_line(&mut greeting).unwrap(), 0, "it ended: {greeting}");
    }
    let greeting: Value = serde_json::from_str(&greeting).unwrap();
    let address = greeting["url"].as_str().unwrap().strip_prefix("http://").unwrap().to_owned();
    Server { process, stdout, address, token: greeting["token"].as_str().map(str::to_owned) }
}

impl Server {
    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream
    }

    /// A request on a connection of its own.
    fn send(&self, request: &str) -> String {
        let mut stream = self.connect();
        stream.write_all(request.as_bytes()).unwrap();
        read_all(&mut stream)
    }

    fn generate(&self, token: &str, body: &Value) -> String {
        self.send(&generate_request(token, body))
    }

    /// Takes a render in; its number.
    fn submit(&self, token: &str, body: &Value) -> String {
        let answer = self.send(&post("/render", token, body));
        assert!(answer.starts_with("HTTP/1.1 202 Accepted"), "{answer}");
        json_of(&answer)["job_id"].as_str().unwrap().to_owned()
    }

    fn get(&self, token: &str, path: &str) -> String {
        self.send(&format!(
            "GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\r\n"
        ))
    }

    /// What the render has made, waited for.
    fn result(&self, token: &str, job: &str) -> Value {
        json_of(&self.get(token, &format!("/job/{job}/result?wait=30")))
    }

    fn terminate(&self) {
        assert!(Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status().unwrap().success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn json_of(answer: &str) -> Value {
    serde_json::from_str(answer.split("\r\n\r\n").nth(1).unwrap()).unwrap_or_else(|_| panic!("{answer}"))
}

fn generate_request(token: &str, body: &Value) -> String {
    post("/generate", token, body)
}

fn post(path: &str, token: &str, body: &Value) -> String {
    let body = body.to_string();
    format!(
        "POST {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn read_all(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

fn card() -> Value {
    json!({ "template_id": "og-blog", "content_update": [{ "type": "textbox", "label": "title", "value": "A" }] })
}

#[test]
fn the_first_token_is_shown_once_and_works_from_then_on() {
    let dir = tempfile::tempdir().unwrap();
    let first = start(dir.path(), &[]);
    let token = first.token.clone().expect("the first start makes a token");
    let answer = first.generate(&token, &card());
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.contains(&first.address), "{answer}");
    drop(first);
    let second = start(dir.path(), &[]);
    assert_eq!(second.token, None);
    assert!(second.generate(&token, &card()).starts_with("HTTP/1.1 200 OK"));
}

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let dir = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_handbill"));
    let output = command.args(["--listen", &address, "--data-dir"]).arg(dir.path().join("data")).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && told.contains(&address) && told.contains("--listen"), "{told}");
    assert!(!dir.path().join("data").exists(), "nothing is made when it cannot start");
}

#[test]
fn slow_clients_are_let_go() {
    let dir = tempfile::tempdir().unwrap();
    let limits = [("HANDBILL__SERVER__HEADER_TIMEOUT_MS", "300"), ("HANDBILL__SERVER__BODY_TIMEOUT_MS", "400")];
    let server = start(dir.path(), &limits);
    let token = server.token.clone().unwrap();
    let whole = generate_request(&token, &card());
    let started = Instant::now();
    // Nothing at all; half a header; a request, and then nothing more on a connection that stays open.
    for request in ["", "GET /healthz HTTP/1.1\r\nHo", "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"] {
        let answer = server.send(request);
        assert_eq!(answer.starts_with("HTTP/1.1 200"), request.ends_with("\r\n\r\n"), "{request}: {answer}");
    }
    let half_a_body = server.send(&whole[..whole.len() - 5]);
    assert!(half_a_body.starts_with("HTTP/1.1 408") && half_a_body.contains("Request Timeout"), "{half_a_body}");
    assert!(started.elapsed() < Duration::from_secs(20));
}

#[test]
fn connections_beyond_the_cap_wait() {
    let dir = tempfile::tempdir().unwrap();
    let server = start(dir.path(), &[("HANDBILL__SERVER__MAX_CONNECTIONS", "1")]);
    let first = server.connect();
    let mut second = server.connect();
    second.write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").unwrap();
    second.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
    assert_eq!(read_all(&mut second), "", "there is no place for it yet");
    drop(first);
    second.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    assert!(read_all(&mut second).starts_with("HTTP/1.1 200 OK"));
}

#[test]
fn sigterm_lets_requests_end() {
    let dir = tempfile::tempdir().unwrap();
    let mut server = start(dir.path(), &[]);
    let token = server.token.clone().unwrap();
    let whole = generate_request(&token, &card());
    let mut stream = server.connect();
    let (head, rest) = whole.split_at(whole.len() - 5);
    stream.write_all(head.as_bytes()).unwrap();
    // The request is under way once the server has answered another on a later connection.
    assert!(server.send("GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").contains("ok"));
    server.terminate();
    while TcpStream::connect(&server.address).is_ok() {
        std::thread::yield_now();
    }
    stream.write_all(rest.as_bytes()).unwrap();
    let answer = read_all(&mut stream);
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert!(server.process.wait().unwrap().success());
    let mut rest = String::new();
    server.stdout.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "");
}

#[test]
fn what_was_taken_in_outlives_the_process() {
    let dir = tempfile::tempdir().unwrap();
    let mut server = start(dir.path(), &[]);
    let token = server.token.clone().unwrap();
    // Told to stop, it gives back what it has not begun; killed, it gives back nothing.
    let mut jobs: Vec<String> = (0..8).map(|_| server.submit(&token, &card())).collect();
    server.terminate();
    assert!(server.process.wait().unwrap().success());
    let mut server = start(dir.path(), &[]);
    jobs.extend((0..8).map(|_| server.submit(&token, &card())));
    server.process.kill().unwrap();
    server.process.wait().unwrap();
    let server = start(dir.path(), &[]);
    let mut urls: Vec<Value> = jobs.iter().map(|job| server.result(&token, job)["export_url"].clone()).collect();
    urls.sort_by_key(Value::to_string);
    urls.dedup();
    assert!(urls.len() == jobs.len() && urls.iter().all(Value::is_string), "{urls:?}");
    // Nothing is left of attempts that came to nothing.
    let uploads = std::fs::read_dir(dir.path().join("files/server/1/uploads")).unwrap();
    assert_eq!(uploads.count(), jobs.len());
}

#[test]
fn one_process_answers_and_another_works() {
    let dir = tempfile::tempdir().unwrap();
    let api = start_as("api", dir.path(), &[]);
    let token = api.token.clone().unwrap();
    let job = api.submit(&token, &card());
    assert_eq!(json_of(&api.get(&token, &format!("/job/{job}/status")))["status"], "queued");
    let mut worker = start_as("worker", dir.path(), &[]);
    assert_eq!(worker.token, None);
    assert_eq!(api.result(&token, &job)["type"], "normal");
    assert!(api.generate(&token, &card()).starts_with("HTTP/1.1 200 OK"));
    assert!(worker.get(&token, "/healthz").starts_with("HTTP/1.1 200 OK"));
    assert!(worker.get(&token, &format!("/job/{job}/status")).starts_with("HTTP/1.1 404"));
    worker.terminate();
    assert!(worker.process.wait().unwrap().success());
}

#[test]
fn whoever_waits_for_a_result_does_not_hold_up_the_stop() {
    let dir = tempfile::tempdir().unwrap();
    let mut api = start_as("api", dir.path(), &[]);
    let token = api.token.clone().unwrap();
    let job = api.submit(&token, &card());
    let mut waiting = api.connect();
    let path = format!("/job/{job}/result?wait=60");
    let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n\r\n");
    waiting.write_all(request.as_bytes()).unwrap();
    assert!(api.get(&token, "/healthz").contains("ok"));
    api.terminate();
    let answer = read_all(&mut waiting);
    assert!(answer.starts_with("HTTP/1.1 202 Accepted"), "{answer}");
    assert!(api.process.wait().unwrap().success());
}

#[test]
fn secrets_are_not_in_the_log() {
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("log");
    let mut command = Command::new(env!("CARGO_BIN_EXE_handbill"));
    command.args(["serve", "--json", "--listen", "127.0.0.1:0", "--data-dir"]).arg(dir.path().join("data"));
    command.env("HANDBILL__LOG__LEVEL", "trace").env("HANDBILL__LOG__FORMAT", "json");
    let mut process = command.stdout(Stdio::piped()).stderr(std::fs::File::create(&log).unwrap()).spawn().unwrap();
    let mut stdout = BufReader::new(process.stdout.take().unwrap());
    let mut greeting = String::new();
    while !greeting.ends_with("}\n") {
        assert_ne!(stdout.read_line(&mut greeting).unwrap(), 0);
    }
    let greeting: Value = serde_json::from_str(&greeting).unwrap();
    let token = greeting["token"].as_str().unwrap().to_owned();
    let address = greeting["url"].as_str().unwrap().strip_prefix("http://").unwrap().to_owned();
    let server = Server { process, stdout, address, token: None };
    let answer = server.generate(&token, &card());
    let random = answer.split("/uploads/").nth(1).unwrap().split('-').next().unwrap().to_owned();
    server.send(&format!(
        "GET /server/1/uploads/{random}-template.png?key=hidden HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    ));
    drop(server);
    let log = std::fs::read_to_string(log).unwrap();
    assert!(log.contains("\"path\":\"/generate\"") && log.contains("/server/{profile_id}/uploads/{*file}"), "{log}");
    for secret in [&token[3..], &random, "hidden"] {
        assert!(!log.contains(secret), "{secret}");
    }
}
