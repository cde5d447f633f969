//! Loopback servers for the tests: an HTTP origin that answers by path and counts who came, one whose body never ends,
//! and a name server.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hickory_resolver::proto::op::Message;
use hickory_resolver::proto::rr::{RData, Record, RecordType};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::sync::Semaphore;
use tokio::task::AbortHandle;

pub(super) fn reply(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

pub(super) fn gif() -> Vec<u8> {
    reply("200 OK", "Content-Type: image/gif\r\n", b"GIF89a\x01\0\x01\0")
}

pub(super) fn redirect(status: u16, location: &str) -> Vec<u8> {
    reply(&format!("{status} Moved"), &format!("Location: {location}\r\n"), b"")
}

#[derive(Default)]
struct Seen {
    connections: usize,
    requests: Vec<String>,
}

pub(super) struct Origin {
    address: SocketAddr,
    seen: Arc<Mutex<Seen>>,
    task: AbortHandle,
    gate: Arc<Semaphore>,
}

impl Origin {
    /// Answers each request with the bytes that `answer` makes from its path, and hangs up.
    pub(super) async fn start(at: &str, answer: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static) -> Self {
        let answer = Arc::new(answer);
        Self::serve(at, move |mut stream, path| {
            let answer = Arc::clone(&answer);
            async move {
                let _ = stream.write_all(&answer(&path)).await;
                let _ = stream.shutdown().await;
            }
        })
        .await
    }

    /// Answers nobody until the gate is opened.
    pub(super) async fn start_gated(at: &str, answer: fn() -> Vec<u8>) -> Self {
        let gate = Arc::new(Semaphore::new(0));
        let opened = Arc::clone(&gate);
        let origin = Self::serve(at, move |mut stream, _| {
            let gate = Arc::clone(&opened);
            async move {
                let _open = gate.acquire().await;
                let _ = stream.write_all(&answer()).await;
                let _ = stream.shutdown().await;
            }
        });
        let mut origin = origin.await;
        origin.gate = gate;
        origin
    }

    pub(super) fn open_gate(&self) {
        self.gate.add_permits(1);
    }

    /// Waits until so many requests have come.
    pub(super) async fn has_seen(&self, requests: usize) {
        let come = async {
            while self.requests().len() < requests {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), come).await.expect("the requests come");
    }

    /// Answers 200 and then repeats `chunk` until the client goes away.
    pub(super) async fn start_streaming(at: &str, chunk: Vec<u8>, pause: Duration) -> Self {
        let chunk = Arc::new(chunk);
        Self::serve(at, move |mut stream, _| {
            let chunk = Arc::clone(&chunk);
            async move {
                let mut result = stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n").await;
                while result.is_ok() {
                    tokio::time::sleep(pause).await;
                    result = stream.write_all(&chunk).await;
                }
            }
        })
        .await
    }

    async fn serve<F>(at: &str, talk: impl Fn(TcpStream, String) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind(at).await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let log = Arc::clone(&seen);
        let task = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                log.lock().unwrap().connections += 1;
                let Some(head) = read_head(&mut stream).await else { continue };
                let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
                log.lock().unwrap().requests.push(head);
                tokio::spawn(talk(stream, path));
            }
        });
        Self { address, seen, task: task.abort_handle(), gate: Arc::new(Semaphore::new(0)) }
    }

    pub(super) fn port(&self) -> u16 {
        self.address.port()
    }

    pub(super) fn connections(&self) -> usize {
        self.seen.lock().unwrap().connections
    }

    pub(super) fn requests(&self) -> Vec<String> {
        self.seen.lock().unwrap().requests.clone()
    }
}

impl Drop for Origin {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn read_head(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    String::from_utf8(head).ok()
}

/// A name server that answers A queries from a function of the name and of how many were asked before, with answers
/// that may not be kept.
pub(super) struct NameServer {
    address: SocketAddr,
    task: AbortHandle,
}

impl NameServer {
    pub(super) async fn start(answer: impl Fn(&str, usize) -> Vec<Ipv4Addr> + Send + 'static) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let task = tokio::spawn(async move {
            let (mut buffer, mut asked) = ([0; 1500], 0);
            while let Ok((len, from)) = socket.recv_from(&mut buffer).await {
                let Ok(query) = Message::from_vec(&buffer[..len]) else { continue };
                let mut response = Message::response(query.metadata.id, query.metadata.op_code);
                for question in &query.queries {
                    response.add_query(question.clone());
                    if question.query_type() == RecordType::A {
                        for ip in answer(&question.name().to_ascii(), asked) {
                            response.add_answer(Record::from_rdata(question.name().clone(), 0, RData::A(ip.into())));
                        }
                        asked += 1;
                    }
                }
                let _ = socket.send_to(&response.to_vec().unwrap(), from).await;
            }
        });
        Self { address, task: task.abort_handle() }
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for NameServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}
