//! What holds for files on every store: the same bodies run on a local folder and on a real S3 server, which is the one
//! whose address, with key and secret, stands in `HANDBILL_TEST_S3_URL` (`cargo xtask test` starts one). Without it the
//! S3 half is left out and says so; with `CI=true` it fails instead.

use std::sync::atomic::{AtomicU32, Ordering};

use axum::body::Body;
use axum::http::Request;
use handbill_db::{Db, OpenOptions, Target};
use handbill_server::app::App;
use handbill_server::blobs::{BlobKey, Blobs, Listed};
use handbill_server::config::{Config, FileLinks, PublicUrl, S3, Secret};
use handbill_server::router::router;
use handbill_server::secrets::Secrets;
use http_body_util::BodyExt as _;
use reqwest::Url;
use rusty_s3::{Bucket, Credentials, S3Action as _, UrlStyle};
use tempfile::TempDir;
use tower::ServiceExt as _;

/// `store_test!(async fn name(store: TestStore) { … });` makes the tests `name::folder` and `name::s3`.
macro_rules! store_test {
    (async fn $name:ident($store:ident: TestStore) $body:block) => {
        mod $name {
            use super::*;

            async fn body($store: TestStore) $body

            #[tokio::test]
            async fn folder() {
                body(TestStore::folder().await).await;
            }

            #[tokio::test]
            async fn s3() {
                if let Some(store) = TestStore::bucket(|_| ()).await {
                    body(store).await;
                }
            }
        }
    };
}

struct TestStore {
    config: Config,
    blobs: Blobs,
    data_dir: TempDir,
}

impl TestStore {
    async fn folder() -> Self {
        Self::of(None).await
    }

    /// On a bucket of its own; nothing where there is no server.
    async fn bucket(change: impl FnOnce(&mut S3)) -> Option<Self> {
        let Ok(url) = std::env::var("HANDBILL_TEST_S3_URL") else {
            assert!(std::env::var("CI").is_err(), "HANDBILL_TEST_S3_URL is not set, and in CI nothing may be left out");
            eprintln!("left out: no S3 server (HANDBILL_TEST_S3_URL is not set)");
            return None;
        };
        let mut config = s3_config(&url);
        make_bucket(&config).await;
        change(&mut config);
        Some(Self::of(Some(config)).await)
    }

    async fn of(s3: Option<S3>) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let data_dir = tempfile::tempdir().unwrap();
        let mut config = Config::defaults();
        config.storage.data_dir = data_dir.path().to_owned();
        config.storage.s3 = s3;
        let blobs = Blobs::configured(&config).await.unwrap();
        Self { config, blobs, data_dir }
    }

    async fn put(&self, key: &str, bytes: &[u8]) {
        self.blobs.put(&self::key(key), bytes.to_vec()).await.unwrap();
    }

    async fn read(&self, key: &str, part: std::ops::Range<u64>) -> Vec<u8> {
        let open = self.blobs.open(&self::key(key)).await.unwrap().unwrap();
        collected(open.read(part).await.unwrap()).await
    }

    async fn listed(&self, prefix: &str) -> Vec<Listed> {
        let mut listing = self.blobs.list(prefix);
        let mut all = Vec::new();
        while let Some(page) = listing.next_page().await.unwrap() {
            all.extend(page);
        }
        all
    }

    fn public(&self, key: &str) -> String {
        let secrets = Secrets::open(&self.config).unwrap();
        self.blobs.links("https://handbill.test".to_owned(), &secrets).public(&self::key(key))
    }
}

fn s3_config(url: &str) -> S3 {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let mut url = Url::parse(url).unwrap();
    let (key, secret) = (url.username().to_owned(), url.password().unwrap_or_default().to_owned());
    url.set_username("").unwrap();
    url.set_password(None).unwrap();
    S3 {
        endpoint: Some(PublicUrl::try_from(url.to_string()).unwrap()),
        region: "us-east-1".to_owned(),
        bucket: format!("test-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed)),
        access_key: Secret::new(key),
        secret_key: Secret::new(secret),
        path_style: true,
        links: FileLinks::Server,
        public_base_url: None,
        presign_expiry_s: 60,
        allow_networks: vec!["127.0.0.0/8".parse().unwrap()],
        timeout_ms: 20_000,
    }
}

async fn make_bucket(config: &S3) {
    let endpoint = Url::parse(config.endpoint.as_ref().unwrap().as_str()).unwrap();
    let bucket = Bucket::new(endpoint, UrlStyle::Path, config.bucket.clone(), config.region.clone()).unwrap();
    let credentials = Credentials::new(config.access_key.reveal(), config.secret_key.reveal());
    let url = bucket.create_bucket(&credentials).sign(std::time::Duration::from_secs(60));
    let answer = client().put(url).send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
}

fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

fn key(text: &str) -> BlobKey {
    BlobKey::parse(text).unwrap()
}

async fn collected(body: Body) -> Vec<u8> {
    body.collect().await.unwrap().to_bytes().to_vec()
}

const FRAME: &str = "server/1/uploads/ab/frame-0.png";

store_test!(
    async fn what_is_put_is_found_until_it_is_deleted(store: TestStore) {
        let blobs = &store.blobs;
        blobs.check().await.unwrap();
        assert!(blobs.find(&key(FRAME)).await.unwrap().is_none());
        assert!(blobs.open(&key(FRAME)).await.unwrap().is_none());
        store.put(FRAME, b"one").await;
        store.put(FRAME, b"second").await;
        assert_eq!(blobs.find(&key(FRAME)).await.unwrap().as_deref(), Some(&b"second"[..]));
        let open = blobs.open(&key(FRAME)).await.unwrap().unwrap();
        assert_eq!((open.len, open.content_type), (6, "image/png"));
        for absent in ["server/1/uploads/ab/frame-1.png", "server/2/uploads/ab/frame-0.png"] {
            assert!(blobs.find(&key(absent)).await.unwrap().is_none(), "{absent}");
            blobs.delete(&key(absent)).await.unwrap();
        }
        assert!(blobs.find(&key(FRAME)).await.unwrap().is_some());
        blobs.delete(&key(FRAME)).await.unwrap();
        blobs.delete(&key(FRAME)).await.unwrap();
        assert!(blobs.find(&key(FRAME)).await.unwrap().is_none());
    }
);

store_test!(
    async fn parts_are_read(store: TestStore) {
        store.put(FRAME, b"0123456789").await;
        for (part, bytes) in [(0..10, &b"0123456789"[..]), (0..1, b"0"), (2..5, b"234"), (9..10, b"9"), (4..4, b"")] {
            assert_eq!(store.read(FRAME, part.clone()).await, bytes, "{part:?}");
        }
    }
);

store_test!(
    async fn an_empty_file_is_a_file(store: TestStore) {
        store.put("server/1/uploads/empty.json", b"").await;
        assert_eq!(store.blobs.find(&key("server/1/uploads/empty.json")).await.unwrap(), Some(Vec::new()));
        assert_eq!(store.read("server/1/uploads/empty.json", 0..0).await, b"");
    }
);

store_test!(
    async fn a_large_file_arrives_whole(store: TestStore) {
        // More than two parts of an upload in parts.
        let bytes: Vec<u8> = (0..34_000_000_u32).map(|n| (n ^ n >> 8 ^ n >> 16) as u8).collect();
        store.put("server/1/uploads/large.pdf", &bytes).await;
        assert!(store.blobs.find(&key("server/1/uploads/large.pdf")).await.unwrap().unwrap() == bytes);
        let (start, end) = (16 << 20, (16 << 20) + 3);
        assert_eq!(store.read("server/1/uploads/large.pdf", start..end).await, bytes[start as usize..end as usize]);
        assert_eq!(store.listed("server/").await[0].len, 34_000_000);
    }
);

store_test!(
    async fn listings_are_in_the_order_of_the_keys(store: TestStore) {
        // The same beginnings as a folder, a file with a dash and one with a dot: their order is that of the whole key.
        let mut keys =
            vec!["server/1/uploads/a/frame-0.png", "server/1/uploads/a-template.png", "server/1/uploads/a.png"];
        keys.extend(["server/10/uploads/b.png", "server/2/uploads/c.png", "private/1/d/e.txt", "serverless/x"]);
        for key in &keys {
            store.put(key, key.as_bytes()).await;
        }
        keys.sort_unstable();
        for prefix in ["", "server/", "server/1", "server/1/uploads/a/", "private/", "none/", "server/2/uploads/c.png"]
        {
            let listed = store.listed(prefix).await;
            let expected: Vec<&str> = keys.iter().filter(|key| key.starts_with(prefix)).copied().collect();
            assert_eq!(listed.iter().map(|file| file.key.as_str()).collect::<Vec<_>>(), expected, "{prefix:?}");
            let now = handbill_server::clock::now_ms();
            for file in listed {
                assert_eq!(file.len, file.key.len() as u64);
                assert!((now - file.modified_ms).abs() < 600_000, "{file:?}");
            }
        }
    }
);

store_test!(
    async fn listings_go_on_past_a_page(store: TestStore) {
        let expected: Vec<String> = (0..1_100).map(|index| format!("server/1/uploads/{index:04}")).collect();
        for some in expected.chunks(50) {
            let mut puts = tokio::task::JoinSet::new();
            for text in some {
                let (blobs, key) = (store.blobs.clone(), key(text));
                puts.spawn(async move { blobs.put(&key, *b"x").await });
            }
            puts.join_all().await.into_iter().for_each(Result::unwrap);
        }
        let mut listing = store.blobs.list("server/");
        assert_eq!(listing.next_page().await.unwrap().unwrap().len(), 1000);
        let listed: Vec<String> = store.listed("server/").await.into_iter().map(|file| file.key).collect();
        assert!(listed == expected, "{} files", listed.len());
    }
);

#[tokio::test]
async fn links_lead_where_it_is_configured() {
    let folder = TestStore::folder().await;
    assert_eq!(folder.public(FRAME), format!("https://handbill.test/{FRAME}"));
    let Some(server) = TestStore::bucket(|_| ()).await else { return };
    assert_eq!(server.public(FRAME), format!("https://handbill.test/{FRAME}"));
    let public = TestStore::bucket(|s3| {
        s3.links = FileLinks::Public;
        s3.public_base_url = Some(PublicUrl::try_from("https://cdn.example/files/".to_owned()).unwrap());
    });
    assert_eq!(public.await.unwrap().public(FRAME), format!("https://cdn.example/files/{FRAME}"));
}

#[tokio::test]
async fn a_presigned_link_is_downloaded_without_a_header() {
    let Some(store) = TestStore::bucket(|s3| s3.links = FileLinks::Presigned).await else { return };
    store.put(FRAME, b"0123456789").await;
    let link = store.public(FRAME);
    let answer = client().get(&link).send().await.unwrap();
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(answer.status().as_u16(), 200);
    assert_eq!(header("content-type"), "image/png");
    assert_eq!(header("content-disposition"), "inline; filename=\"frame-0.png\"");
    assert_eq!(header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(answer.bytes().await.unwrap(), &b"0123456789"[..]);
    let part = client().get(&link).header("range", "bytes=2-4").send().await.unwrap();
    assert_eq!((part.status().as_u16(), part.bytes().await.unwrap().to_vec()), (206, b"234".to_vec()));
    // It opens this file only, and only as it was signed.
    for forged in [link.replace("frame-0", "frame-1"), link.replace("X-Amz-Expires=60", "X-Amz-Expires=61")] {
        assert_eq!(client().get(forged).send().await.unwrap().status().as_u16(), 403);
    }
    let bare = link.split('?').next().unwrap();
    assert_eq!(client().get(bare).send().await.unwrap().status().as_u16(), 403);
}

#[tokio::test]
async fn wrong_credentials_and_a_missing_bucket_are_told_with_what_to_do() {
    for (wrong, words) in
        [("secret", "storage.s3.secret_key"), ("key", "storage.s3.access_key"), ("bucket", "make the bucket")]
    {
        let change = |s3: &mut S3| match wrong {
            "secret" => s3.secret_key = Secret::new("wrong"),
            "key" => s3.access_key = Secret::new("wrong"),
            _ => s3.bucket = "there-is-none".to_owned(),
        };
        let Some(store) = TestStore::bucket(change).await else { return };
        let told = store.blobs.check().await.unwrap_err().to_string();
        assert!(told.contains(words), "{told}");
        assert!(!told.contains("wrong\""), "{told}");
    }
}

#[tokio::test]
async fn the_bucket_may_stand_in_the_hosts_name() {
    let Some(mut store) = TestStore::bucket(|_| ()).await else { return };
    store.put(FRAME, b"by path").await;
    let s3 = store.config.storage.s3.as_mut().unwrap();
    let host = s3.endpoint.as_ref().unwrap().as_str().replace("127.0.0.1", "localhost");
    s3.endpoint = Some(PublicUrl::try_from(host).unwrap());
    s3.path_style = false;
    // `BUCKET.localhost`: the resolver answers loopback for every name below localhost.
    let by_host = Blobs::configured(&store.config).await.unwrap();
    assert_eq!(by_host.find(&key(FRAME)).await.unwrap().as_deref(), Some(&b"by path"[..]));
    by_host.put(&key(FRAME), *b"by host").await.unwrap();
    assert_eq!(store.read(FRAME, 0..7).await, b"by host");
}

#[tokio::test]
async fn the_server_serves_what_is_in_a_bucket() {
    let Some(mut store) = TestStore::bucket(|_| ()).await else { return };
    store.config.server.secret_key = Some(Secret::new("a secret for tests, and for them alone"));
    store.put(FRAME, b"0123456789").await;
    let file = store.data_dir.path().join("test.db");
    let db = Db::open(&Target::Sqlite(file), &OpenOptions::default()).await.unwrap();
    let router = router(App::on(store.config, db).await.unwrap());
    let get = async |method: &str, headers: &[(&str, &str)]| {
        let request = headers.iter().fold(Request::builder(), |request, (name, value)| request.header(*name, *value));
        let request = request.method(method).uri(format!("/{FRAME}")).body(Body::empty()).unwrap();
        let (parts, body) = router.clone().oneshot(request).await.unwrap().into_parts();
        let header = |name: &str| parts.headers.get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
        let shown = [header("content-type"), header("content-length"), header("content-range"), header("etag")];
        (parts.status.as_u16(), String::from_utf8(collected(body).await).unwrap(), shown)
    };
    let (status, body, [content_type, length, _, tag]) = get("GET", &[]).await;
    assert_eq!((status, body.as_str()), (200, "0123456789"));
    assert_eq!((content_type.as_str(), length.as_str()), ("image/png", "10"));
    for (method, headers, status, body, range) in [
        ("HEAD", vec![], 200, "", ""),
        ("GET", vec![("range", "bytes=2-4")], 206, "234", "bytes 2-4/10"),
        ("GET", vec![("range", "bytes=10-")], 416, "", "bytes */10"),
        ("GET", vec![("if-none-match", tag.as_str())], 304, "", ""),
    ] {
        let (found, text, [_, _, found_range, _]) = get(method, &headers).await;
        assert_eq!((found, text.as_str(), found_range.as_str()), (status, body, range), "{headers:?}");
    }
}
