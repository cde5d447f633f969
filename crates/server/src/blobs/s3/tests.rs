//! A store on loopback that fails as it is told to: what is tried again, what is not, and what is said about it. That a
//! real store takes what we send is for `tests/blobs.rs`.

use std::collections::VecDeque;
use std::sync::Mutex;

use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse as _, Response as Answer};
use http_body_util::BodyExt as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;
use crate::blobs::BlobError;
use crate::config::{PublicUrl, Secret};

/// What the store does with the next request.
#[derive(Clone, Copy, Debug)]
enum Turn {
    Answer(u16, &'static str),
    /// Never answers.
    Hang,
}

use Turn::{Answer as Says, Hang};

struct FakeStore {
    s3: S3,
    seen: Arc<Mutex<Vec<String>>>,
}

/// After its turns it answers 200 with nothing in it, and an ETag.
async fn store(turns: &[Turn]) -> FakeStore {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let turns = Arc::new(Mutex::new(VecDeque::from(turns.to_vec())));
    let log = Arc::clone(&seen);
    let router = Router::new().fallback(move |request: Request| {
        let query = request.uri().query().unwrap_or_default();
        let action: Vec<&str> = query.split('&').filter(|pair| !pair.starts_with("X-Amz-")).collect();
        log.lock()
            .unwrap()
            .push(format!("{} {} {}", request.method(), request.uri().path(), action.join("&")).trim().to_owned());
        let turn = turns.lock().unwrap().pop_front();
        async move {
            match turn {
                None => ([("etag", "\"tag\"")], "").into_response(),
                Some(Says(status, body)) => (StatusCode::from_u16(status).unwrap(), body).into_response(),
                Some(Hang) => std::future::pending::<Answer>().await,
            }
        }
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    FakeStore { s3: client(&endpoint, &["127.0.0.0/8"]), seen }
}

fn client(endpoint: &str, allowed: &[&str]) -> S3 {
    let config = config::S3 {
        endpoint: Some(PublicUrl::try_from(endpoint.to_owned()).unwrap()),
        region: "eu-1".to_owned(),
        bucket: "files".to_owned(),
        access_key: Secret::new("key"),
        secret_key: Secret::new("secret"),
        path_style: true,
        links: FileLinks::Server,
        public_base_url: None,
        presign_expiry_s: 60,
        allow_networks: allowed.iter().map(|network| network.parse().unwrap()).collect(),
        timeout_ms: 500,
    };
    S3::with_sizes(&config, Sizes { part_bytes: 4, first_pause: Duration::from_millis(1) }).unwrap()
}

impl FakeStore {
    fn seen(&self) -> Vec<String> {
        std::mem::take(&mut self.seen.lock().unwrap())
    }
}

fn key() -> BlobKey {
    BlobKey::parse("server/1/a.png").unwrap()
}

const SLOW_DOWN: &str = "<Error><Code>SlowDown</Code><Message>Less</Message></Error>";

#[tokio::test]
async fn what_passes_is_tried_again_and_what_stays_is_not() {
    for (turns, asked, outcome) in [
        (vec![Says(500, ""), Says(503, SLOW_DOWN), Says(429, "")], 4, None),
        (vec![Hang, Says(200, "")], 2, None),
        (vec![Says(400, "<Error><Code>RequestTimeout</Code></Error>")], 2, None),
        (vec![Says(503, SLOW_DOWN); 9], 4, Some("answered 503 SlowDown: Less")),
        (vec![Says(403, "<Error><Code>AccessDenied</Code></Error>")], 1, Some("must be allowed to get, put")),
        (vec![Says(403, "<Error><Code>SignatureDoesNotMatch</Code></Error>")], 1, Some("set storage.s3.secret_key")),
        (vec![Says(404, "<Error><Code>NoSuchBucket</Code></Error>")], 1, Some("make the bucket")),
        (vec![Says(301, "<html>moved</html>")], 1, Some("301 MovedPermanently: no reason is given")),
        (vec![Says(507, "")], 1, Some("full")),
        (vec![Says(403, "<Error><Code>QuotaExceeded</Code></Error>")], 1, Some("full")),
        (vec![Says(503, "<Error><Code>XMinioStorageFull</Code></Error>")], 1, Some("full")),
    ] {
        let store = store(&turns).await;
        let result = store.s3.put(&key(), Bytes::from_static(b"1")).await.map_err(BlobError::from);
        assert_eq!(store.seen(), vec!["PUT /files/server/1/a.png"; asked], "{turns:?}");
        let told = result.as_ref().map_err(ToString::to_string).err();
        assert_eq!(told.is_some(), outcome.is_some(), "{turns:?}: {told:?}");
        assert!(told.is_none_or(|told| told.contains(outcome.unwrap())), "{turns:?}: {result:?}");
        assert_eq!(matches!(result, Err(BlobError::StorageFull(_))), outcome == Some("full"));
    }
}

#[tokio::test]
async fn a_store_that_is_silent_or_gone_is_told_apart() {
    let silent = store(&[Hang; 9]).await;
    let fault = silent.s3.delete(&key()).await.unwrap_err();
    assert_eq!(fault, S3Fault::TimedOut { limit_ms: 500 });
    let gone = client("http://127.0.0.1:9", &["127.0.0.0/8"]).delete(&key()).await.unwrap_err().to_string();
    assert!(gone.contains("does not accept connections") && gone.contains("storage.s3.endpoint"), "{gone}");
}

/// Answers with the beginning of an object, and then nothing more.
async fn stalling_store() -> S3 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let _request = stream.read(&mut [0; 4096]).await.unwrap();
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegin").await.unwrap();
            open.push(stream);
        }
    });
    client(&endpoint, &["127.0.0.0/8"])
}

#[tokio::test]
async fn a_download_that_stalls_ends() {
    let s3 = stalling_store().await;
    let mut body = s3.stream(&key(), None).await.unwrap();
    assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), "begin");
    let error = body.frame().await.unwrap().unwrap_err();
    assert!(error.to_string().contains("did not answer within 500 ms"), "{error}");
}

#[tokio::test]
async fn an_object_that_is_missing_is_no_fault_and_a_missing_bucket_is() {
    let missing = "<Error><Code>NoSuchKey</Code></Error>";
    let bucket = "<Error><Code>NoSuchBucket</Code></Error>";
    let one =
        store(&[Says(404, missing), Says(404, ""), Says(404, missing), Says(404, bucket), Says(404, bucket)]).await;
    assert_eq!(one.s3.find(&key()).await, Ok(None));
    assert_eq!(one.s3.len_of(&key()).await, Ok(None));
    assert_eq!(one.s3.delete(&key()).await, Ok(()));
    assert!(one.s3.find(&key()).await.is_err() && one.s3.check().await.is_err());
}

#[tokio::test]
async fn an_upload_in_parts_that_fails_is_taken_back() {
    let begun = "<InitiateMultipartUploadResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
                 <UploadId>u1</UploadId></InitiateMultipartUploadResult>";
    let late = "<Error><Code>InternalError</Code><Message>late</Message></Error>";
    for (turns, told) in [
        (vec![Says(200, begun), Says(403, "<Error><Code>AccessDenied</Code></Error>")], "AccessDenied"),
        // A good status, and a fault in the body.
        (vec![Says(200, begun), Says(200, ""), Says(200, late)], "a part without an ETag"),
    ] {
        let store = store(&turns).await;
        let fault = store.s3.put(&key(), Bytes::from_static(b"1234")).await;
        assert_eq!(fault, Ok(()), "4 bytes are no parts");
        let store = self::store(&turns).await;
        let fault = store.s3.put(&key(), Bytes::from_static(b"12345678")).await.unwrap_err().to_string();
        assert!(fault.contains(told), "{fault}");
        let seen = store.seen();
        assert_eq!(seen.last().unwrap(), "DELETE /files/server/1/a.png uploadId=u1", "{seen:?}");
    }
}

#[tokio::test]
async fn a_late_fault_of_the_last_step_is_seen() {
    let begun = "<InitiateMultipartUploadResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
                 <UploadId>u1</UploadId></InitiateMultipartUploadResult>";
    let store = store(&[Says(200, begun)]).await; // the rest is empty, which is no CompleteMultipartUploadResult
    let fault = store.s3.put(&key(), Bytes::from_static(b"12345")).await.unwrap_err();
    assert!(matches!(fault, S3Fault::NotS3(_)), "{fault}");
}

#[tokio::test]
async fn a_closed_endpoint_sees_nothing() {
    let store = store(&[]).await;
    let port = store.s3.0.bucket.base_url().port().unwrap();
    for (host, allowed) in [
        ("127.0.0.1", &[][..]),
        ("localhost", &[]),
        ("[::ffff:127.0.0.1]", &["127.0.0.0/8"]),
        ("2130706433", &["10.0.0.0/8"]),
        ("169.254.169.254", &["10.0.0.0/8", "127.0.0.0/8"]),
    ] {
        let fault = client(&format!("http://{host}:{port}"), allowed).check().await.unwrap_err();
        assert_eq!(fault, S3Fault::Unreachable(FetchFault::AddressNotAllowed), "{host}");
    }
    assert_eq!(store.seen(), Vec::<String>::new());
}

#[test]
fn secrets_are_not_printed() {
    let shown = tokio::runtime::Runtime::new().unwrap().block_on(async { format!("{:?}", client("http://h", &[])) });
    assert_eq!(shown, "S3(\"http://h/files/\")");
}
