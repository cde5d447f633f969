//! What is kept, for whom and for how long; one fetch where many ask; faults remembered for a moment.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use tempfile::TempDir;

use super::*;

const ADA: Option<i64> = Some(1);
const BOB: Option<i64> = Some(2);

/// A fetcher that keeps what it fetches in the folder.
fn keeping(folder: &Path) -> Fetcher {
    let cache = Some((folder.to_owned(), 10_000_000));
    fetcher(FetchOptions { cache, ..options(&LOOPBACK) })
}

/// Answers 200 with these headers and another picture each time; after `changes` of them, 304.
async fn origin(headers: &'static str, changes: usize) -> Origin {
    let count = AtomicUsize::new(0);
    Origin::start("127.0.0.1:0", move |_| match count.fetch_add(1, Ordering::SeqCst) {
        index if index < changes => reply("200 OK", headers, &[&b"GIF89a"[..], &[index as u8]].concat()),
        _ => reply("304 Not Modified", headers, b""),
    })
    .await
}

async fn get(fetcher: &Fetcher, origin: &Origin, account: Option<i64>) -> u8 {
    let url = format!("http://127.0.0.1:{}/p.gif?token=a", origin.port());
    fetcher.image(&url, account).await.unwrap().bytes[6]
}

#[tokio::test]
async fn what_is_fresh_is_not_fetched_again_for_the_same_account() {
    let folder = TempDir::new().unwrap();
    let fetcher = keeping(folder.path());
    let origin = origin("Cache-Control: max-age=600\r\n", 9).await;
    let mut got = Vec::new();
    for account in [ADA, ADA, BOB, ADA, BOB, None, None] {
        got.push(get(&fetcher, &origin, account).await);
    }
    assert_eq!(got, [0, 0, 1, 0, 1, 2, 3]);
    // Other processes find it too.
    assert_eq!(get(&keeping(folder.path()), &origin, ADA).await, 0);
    assert_eq!(origin.requests().len(), 4);
}

#[tokio::test]
async fn what_must_not_be_kept_is_not() {
    let folder = TempDir::new().unwrap();
    let fetcher = keeping(folder.path());
    for headers in ["Cache-Control: no-store\r\n", "Cache-Control: max-age=0\r\n", "Vary: *\r\nETag: \"a\"\r\n"] {
        let origin = origin(headers, 9).await;
        assert_eq!([get(&fetcher, &origin, ADA).await, get(&fetcher, &origin, ADA).await], [0, 1], "{headers}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_copy_is_asked_about_and_kept_on() {
    let folder = TempDir::new().unwrap();
    let fetcher = keeping(folder.path());
    let headers = "Cache-Control: no-cache\r\nETag: \"v1\"\r\nLast-Modified: Sun, 22 Nov 2026 08:00:00 GMT\r\n";
    let origin = origin(headers, 2).await;
    let mut got = Vec::new();
    for _ in 0..4 {
        got.push(get(&fetcher, &origin, ADA).await);
    }
    assert_eq!(got, [0, 1, 1, 1]); // changed once, then "not modified"
    let requests = origin.requests();
    assert!(!requests[0].contains("if-none-match"), "{}", requests[0]);
    for request in &requests[1..] {
        let asks =
            request.contains("if-none-match: \"v1\"\r\n") && request.contains("if-modified-since: Sun, 22 Nov 2026");
        assert!(asks, "{request}");
    }
}

#[tokio::test]
async fn an_answer_that_says_not_modified_unasked_is_a_fault() {
    let folder = TempDir::new().unwrap();
    let origin = origin("ETag: \"a\"\r\n", 0).await;
    let url = format!("http://127.0.0.1:{}/p.gif", origin.port());
    for account in [ADA, None] {
        let error = keeping(folder.path()).image(&url, account).await.unwrap_err();
        assert_eq!(error.fault, FetchFault::BadStatus(304));
    }
}

#[tokio::test]
async fn what_a_redirect_led_to_cannot_be_asked_about() {
    let folder = TempDir::new().unwrap();
    let origin = Origin::start("127.0.0.1:0", |path| match path {
        "/moved" => redirect(302, "/p.gif"),
        _ => reply("200 OK", "Cache-Control: no-cache\r\nETag: \"a\"\r\n", b"GIF89a"),
    })
    .await;
    let fetcher = keeping(folder.path());
    for _ in 0..2 {
        fetcher.image(&format!("http://127.0.0.1:{}/moved", origin.port()), ADA).await.unwrap();
    }
    assert!(origin.requests().iter().all(|request| !request.contains("if-none-match")));
    assert_eq!(origin.requests().len(), 4);
}

#[tokio::test]
async fn a_damaged_copy_is_fetched_again() {
    let folder = TempDir::new().unwrap();
    let fetcher = keeping(folder.path());
    let origin = origin("Cache-Control: max-age=600\r\n", 9).await;
    assert_eq!(get(&fetcher, &origin, ADA).await, 0);
    let hashes = std::fs::read_dir(folder.path().join("pictures")).unwrap().next().unwrap().unwrap().path();
    let file = std::fs::read_dir(hashes).unwrap().next().unwrap().unwrap().path();
    std::fs::write(file, b"GIF89").unwrap();
    assert_eq!([get(&fetcher, &origin, ADA).await, get(&fetcher, &origin, ADA).await], [1, 1]);
}

#[tokio::test]
async fn the_folder_stays_within_its_bound() {
    let folder = TempDir::new().unwrap();
    let max_bytes = 1_000_000;
    let cache = Some((folder.path().to_owned(), max_bytes));
    let fetcher = fetcher(FetchOptions { cache, ..options(&LOOPBACK) });
    let origin = Origin::start("127.0.0.1:0", |path| {
        let size = if path == "/large" { 100_000 } else { 40_000 };
        reply("200 OK", "", &[&b"GIF89a"[..], path.as_bytes(), &vec![0; size]].concat())
    })
    .await;
    let url = |name: &str| format!("http://127.0.0.1:{}/{name}", origin.port());
    for index in 0..60 {
        fetcher.image(&url(&index.to_string()), ADA).await.unwrap();
    }
    let size = |part: &str| -> u64 {
        let hashes = std::fs::read_dir(folder.path().join(part)).unwrap().map(|entry| entry.unwrap().path());
        let files = hashes.flat_map(|hashes| std::fs::read_dir(hashes).unwrap());
        files.map(|file| file.unwrap().metadata().unwrap().len()).sum()
    };
    let (pictures, urls) = (size("pictures"), size("urls"));
    assert!(pictures + urls <= max_bytes * 17 / 16 && pictures > max_bytes / 2, "{pictures} + {urls}");
    // One that would push out too much else is not kept at all.
    for _ in 0..2 {
        fetcher.image(&url("large"), ADA).await.unwrap();
    }
    assert_eq!(origin.requests().len(), 62);
}

#[tokio::test]
async fn many_who_ask_at_once_share_one_fetch() {
    let folder = TempDir::new().unwrap();
    let fetcher = keeping(folder.path());
    let origin = Origin::start_gated("127.0.0.1:0", gif).await;
    let url = format!("http://127.0.0.1:{}/p.gif", origin.port());
    let ask = || {
        let (fetcher, url) = (fetcher.clone(), url.clone());
        tokio::spawn(async move { fetcher.image(&url, ADA).await.map(drop) })
    };
    let first = ask();
    origin.has_seen(1).await;
    let others: Vec<_> = (0..20).map(|_| ask()).collect();
    // Who fetches for all goes away; another one goes on.
    first.abort();
    origin.has_seen(2).await;
    origin.open_gate();
    for other in others {
        other.await.unwrap().unwrap();
    }
    assert_eq!(origin.requests().len(), 2);
}

#[tokio::test]
async fn faults_are_remembered_for_a_moment() {
    let folder = TempDir::new().unwrap();
    let fetcher = keeping(folder.path());
    let origin = Origin::start("127.0.0.1:0", |_| reply("404 Not Found", "", b"")).await;
    let url = format!("http://127.0.0.1:{}/p.gif", origin.port());
    for (account, requests) in [(ADA, 1), (ADA, 1), (BOB, 2), (ADA, 2), (None, 3)] {
        assert_eq!(fetcher.image(&url, account).await.unwrap_err().code(), "bad_status");
        assert_eq!(origin.requests().len(), requests);
    }
}
