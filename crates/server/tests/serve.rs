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
    let mut command = Command::new(env!("CARGO_BIN_EXE_handbill"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("HANDBILL_")) {
        command.env_remove(name);
    }
    let arguments = ["serve", "--json", "--listen", "127.0.0.1:0", "--data-dir"];
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

fn generate_request(token: &str, body: &Value) -> String {
    let body = body.to_string();
    format!(
        "POST /generate HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\
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
