//! Fetching against origins and a name server on loopback: what is closed must never see a connection.

mod caching;
mod origin;

use std::io::Write as _;
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use tokio::io::AsyncWriteExt as _;

use super::*;
use origin::{NameServer, Origin, gif, redirect, reply};

const LOOPBACK: [&str; 1] = ["127.0.0.0/8"];

fn options(allowed: &[&str]) -> FetchOptions {
    FetchOptions {
        allow_networks: allowed.iter().map(|network| network.parse().unwrap()).collect(),
        ..FetchOptions::default()
    }
}

fn fetcher(options: FetchOptions) -> Fetcher {
    Fetcher::new(options).unwrap()
}

async fn code(fetcher: &Fetcher, url: &str) -> &'static str {
    match fetcher.image(url, None).await {
        Ok(_) => "ok",
        Err(error) => error.code(),
    }
}

#[tokio::test]
async fn closed_addresses_see_nothing_in_any_spelling() {
    let origin = Origin::start("127.0.0.1:0", |_| gif()).await;
    let port = origin.port();
    let fetcher = fetcher(options(&[]));
    for host in [
        "127.0.0.1",
        "127.0.0.1.",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "017700000001",
        "0x7F.0x0.0x0.0x1",
        "127.000.000.001",
        "%31%32%37.0.0.1",
        "0",
        "0.0.0.0",
        "localhost",
        "localhost.",
        "LOCALHOST",
        "any.localhost",
        "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ",
        "①②⑦.⓪.⓪.①",
        "127。0。0。1",
        "１２７.0.0.1",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[0:0:0:0:0:ffff:7f00:0001]",
        "[64:ff9b::7f00:1]",
        "[64:ff9b::127.0.0.1]",
        "[64:ff9b:1::7f00:1]",
        "[2002:7f00:1::]",
        "[fe80::1]",
        "[fec0::1]",
        "[fc00::1]",
        "[2001:0:7f00:1::]",
        "10.0.0.1",
        "169.254.169.254",
        "192.168.1.1",
        "172.16.0.1",
        "100.64.0.1",
        "255.255.255.255",
        "224.0.0.1",
    ] {
        let url = format!("http://{host}:{port}/p.gif");
        let error = fetcher.image(&url, None).await.unwrap_err();
        assert_eq!(error.code(), "address_not_allowed", "{url}: {error}");
        let url = format!("https://{host}:{port}/p.gif");
        assert_eq!(code(&fetcher, &url).await, "address_not_allowed", "{url}");
    }
    assert_eq!(origin.connections(), 0);
}

#[tokio::test]
async fn malformed_and_foreign_urls_are_refused() {
    let fetcher = fetcher(options(&LOOPBACK));
    let long = format!("http://127.0.0.1/{}", "x".repeat(MAX_URL_CHARS));
    for url in [
        "",
        "picture.png",
        "/etc/passwd",
        "//127.0.0.1/x",
        "file:///etc/passwd",
        "ftp://127.0.0.1/x",
        "gopher://127.0.0.1/",
        "javascript:alert(1)",
        "blob:http://127.0.0.1/x",
        "unix:/run/x",
        "http://",
        "http://127.0.0.1:99999/",
        "http://256.0.0.1/",
        "http://[::1%25lo]/",
        "http://[::g]/",
        "http://user@127.0.0.1/",
        "http://u:p@127.0.0.1/",
        "http://a b/",
        "data:image/png;base64",
        "data:;base64,???",
        &long,
    ] {
        assert_eq!(code(&fetcher, url).await, "bad_url", "{url}");
    }
}

#[tokio::test]
async fn an_opened_network_is_fetched_from() {
    let origin = Origin::start("127.0.0.1:0", |_| gif()).await;
    let fetcher = fetcher(options(&LOOPBACK));
    for host in ["127.0.0.1", "localhost"] {
        let got = fetcher.image(&format!("http://{host}:{}/p", origin.port()), None).await.unwrap();
        assert_eq!((got.kind, &*got.bytes), (ImageKind::Gif, &b"GIF89a\x01\0\x01\0"[..]));
    }
    assert_eq!(origin.connections(), 2);
    let request = origin.requests().remove(0).to_ascii_lowercase();
    assert!(request.contains("accept-encoding: identity"), "{request}");
    assert!(request.contains("user-agent: handbill/"), "{request}");
}

#[tokio::test]
async fn names_that_lead_inside_are_closed_and_open_ones_are_not() {
    let inside = Origin::start("127.0.0.1:0", |_| gif()).await;
    let open = Origin::start(&format!("127.0.0.2:{}", inside.port()), |_| gif()).await;
    let names = NameServer::start(|name, _| match name {
        "inside.test." => vec![Ipv4Addr::new(127, 0, 0, 1)],
        "mixed.test." => vec![Ipv4Addr::new(127, 0, 0, 1), Ipv4Addr::new(10, 0, 0, 1), Ipv4Addr::new(127, 0, 0, 2)],
        "open.test." => vec![Ipv4Addr::new(127, 0, 0, 2)],
        _ => vec![],
    })
    .await;
    let fetcher = fetcher(FetchOptions { name_servers: vec![names.address()], ..options(&["127.0.0.2/32"]) });
    let port = inside.port();
    assert_eq!(code(&fetcher, &format!("http://inside.test:{port}/")).await, "address_not_allowed");
    assert_eq!(code(&fetcher, &format!("http://open.test:{port}/")).await, "ok");
    assert_eq!(code(&fetcher, &format!("http://mixed.test:{port}/")).await, "ok");
    assert_eq!(code(&fetcher, &format!("http://missing.test:{port}/")).await, "unreachable");
    assert_eq!((inside.connections(), open.connections()), (0, 2));
    let error = fetcher.image(&format!("http://inside.test:{port}/"), None).await.unwrap_err().to_string();
    assert!(!error.contains("127.0"), "{error}");
}

#[tokio::test]
async fn a_name_that_changes_its_answer_is_never_followed_inside() {
    let inside = Origin::start("127.0.0.1:0", |_| gif()).await;
    let open = Origin::start(&format!("127.0.0.2:{}", inside.port()), |_| gif()).await;
    // Every other answer leads inside, and none may be kept.
    let names = NameServer::start(|_, count| vec![Ipv4Addr::new(127, 0, 0, 1 + (count % 2) as u8)]).await;
    let fetcher = fetcher(FetchOptions { name_servers: vec![names.address()], ..options(&["127.0.0.2/32"]) });
    let url = format!("http://rebind.test:{}/", inside.port());
    let mut codes = Vec::new();
    for _ in 0..20 {
        codes.push(code(&fetcher, &url).await);
    }
    assert_eq!(inside.connections(), 0);
    assert!(open.connections() > 0, "{codes:?}");
    assert!(codes.contains(&"address_not_allowed"), "{codes:?}");
    assert!(codes.iter().all(|code| matches!(*code, "ok" | "address_not_allowed")), "{codes:?}");
}

#[tokio::test]
async fn each_redirect_is_checked() {
    let inside = Origin::start("127.0.0.1:0", |_| gif()).await;
    let port = inside.port();
    let open = Origin::start("127.0.0.2:0", move |path| match path {
        "/literal" => redirect(302, &format!("http://127.0.0.1:{port}/")),
        "/decimal" => redirect(307, &format!("//2130706433:{port}/")),
        "/name" => redirect(301, &format!("http://localhost:{port}/")),
        "/hop" => redirect(308, "/literal"),
        "/file" => redirect(302, "file:///etc/passwd"),
        "/user" => redirect(302, "http://u:p@127.0.0.2/"),
        "/nonsense" => redirect(302, "http://["),
        "/nowhere" => reply("302 Found", "", b""),
        "/relative" => redirect(303, "sub/../p.gif?x=1"),
        _ => gif(),
    })
    .await;
    let fetcher = fetcher(options(&["127.0.0.2"]));
    for (path, expected) in [
        ("/literal", "address_not_allowed"),
        ("/decimal", "address_not_allowed"),
        ("/name", "address_not_allowed"),
        ("/hop", "address_not_allowed"),
        ("/file", "bad_url"),
        ("/user", "bad_url"),
        ("/nonsense", "bad_url"),
        ("/nowhere", "bad_status"),
        ("/relative", "ok"),
    ] {
        let url = format!("http://127.0.0.2:{}{path}", open.port());
        assert_eq!(code(&fetcher, &url).await, expected, "{path}");
    }
    assert_eq!(inside.connections(), 0);
}

#[tokio::test]
async fn redirects_end_after_three() {
    let origin = Origin::start("127.0.0.1:0", |path| match path.trim_start_matches('/').parse::<u32>() {
        Ok(0) | Err(_) => gif(),
        Ok(left) => redirect(302, &format!("/{}", left - 1)),
    })
    .await;
    let fetcher = fetcher(options(&LOOPBACK));
    let url = |hops: u32| format!("http://127.0.0.1:{}/{hops}", origin.port());
    assert_eq!(code(&fetcher, &url(3)).await, "ok");
    let before = origin.requests().len();
    assert_eq!(code(&fetcher, &url(4)).await, "too_many_redirects");
    assert_eq!(origin.requests().len() - before, 4);
}

#[tokio::test]
async fn answers_without_a_picture_are_named() {
    let origin = Origin::start("127.0.0.1:0", |path| match path {
        "/404" => reply("404 Not Found", "", &b"GIF89a\x01\0\x01\0"[..]),
        "/500" => reply("500 Oops", "", b""),
        "/204" => reply("204 No Content", "", b""),
        "/html" => reply("200 OK", "Content-Type: image/png\r\n", b"<!doctype html><title>Sign in</title>"),
        "/svg" => reply("200 OK", "Content-Type: image/png\r\n", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        "/empty" => reply("200 OK", "", b""),
        "/brotli" => reply("200 OK", "Content-Encoding: br\r\n", b"GIF89a"),
        "/garbage" => b"this is not HTTP\r\n\r\n".to_vec(),
        "/short" => b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nGIF89a".to_vec(),
        _ => Vec::new(),
    })
    .await;
    let fetcher = fetcher(options(&LOOPBACK));
    for (path, code, text) in [
        ("/404", "bad_status", "HTTP status 404"),
        ("/500", "bad_status", "HTTP status 500"),
        ("/204", "bad_status", "HTTP status 204"),
        ("/html", "not_an_image", "is an HTML page; a picture must be PNG, JPEG, WebP or GIF"),
        ("/svg", "not_an_image", "is an SVG drawing;"),
        ("/empty", "not_an_image", "is empty;"),
        ("/brotli", "not_an_image", "compressed in a way"),
        ("/garbage", "unreachable", "the answer was not HTTP"),
        ("/short", "unreachable", "broke off"),
        ("/hangs-up", "unreachable", "broke off"),
    ] {
        let error = fetcher.image(&format!("http://127.0.0.1:{}{path}", origin.port()), None).await.unwrap_err();
        assert_eq!(error.code(), code, "{path}: {error}");
        assert!(error.to_string().contains(text), "{path}: {error}");
    }
}

#[tokio::test]
async fn hosts_that_do_not_answer_are_told_apart() {
    let plain = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let plain_port = plain.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut stream, _) = plain.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
    });
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let unused = {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap().port()
    };
    let fetcher = fetcher(FetchOptions { timeout_ms: 300, ..options(&LOOPBACK) });
    for (url, code, text) in [
        (format!("http://127.0.0.1:{unused}/"), "unreachable", "does not accept connections"),
        (format!("https://127.0.0.1:{plain_port}/"), "unreachable", "TLS"),
        (format!("http://{}/", silent.local_addr().unwrap()), "timed_out", "within 0.300 s"),
    ] {
        let error = fetcher.image(&url, None).await.unwrap_err();
        assert_eq!(error.code(), code, "{url}: {error}");
        assert!(error.to_string().contains(text), "{url}: {error}");
    }
}

#[tokio::test]
async fn slow_and_endless_bodies_end_at_their_limits() {
    let drip = Origin::start_streaming("127.0.0.1:0", b"GIF89a".to_vec(), Duration::from_millis(20)).await;
    let flood = Origin::start_streaming("127.0.0.1:0", [&b"GIF89a"[..], &[7; 8192]].concat(), Duration::ZERO).await;
    let page = Origin::start_streaming("127.0.0.1:0", b"<html>".repeat(100), Duration::ZERO).await;
    let hasty = fetcher(FetchOptions { timeout_ms: 400, ..options(&LOOPBACK) });
    let fetcher = fetcher(FetchOptions { timeout_ms: 60_000, max_bytes: 1_000_000, ..options(&LOOPBACK) });
    let started = Instant::now();
    assert_eq!(code(&hasty, &format!("http://127.0.0.1:{}/", drip.port())).await, "timed_out");
    assert!((400..5_000).contains(&started.elapsed().as_millis()), "{:?}", started.elapsed());
    assert_eq!(code(&fetcher, &format!("http://127.0.0.1:{}/", flood.port())).await, "too_large");
    assert_eq!(code(&fetcher, &format!("http://127.0.0.1:{}/", page.port())).await, "not_an_image");
}

#[tokio::test]
async fn sizes_are_checked_as_announced_and_as_unpacked() {
    let picture = [&b"GIF89a"[..], &vec![0; 99_994]].concat(); // 100,000 bytes
    let pack = |zeros: usize| {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        gzip.write_all(b"GIF89a").unwrap();
        gzip.write_all(&vec![0; zeros - 6]).unwrap();
        gzip.finish().unwrap()
    };
    let (small, bomb, whole) = (pack(100_000), pack(50_000_000), picture.clone());
    assert!(bomb.len() < 100_000);
    let origin = Origin::start("127.0.0.1:0", move |path| match path {
        "/announced" => b"HTTP/1.1 200 OK\r\nContent-Length: 100001\r\n\r\n".to_vec(),
        "/fits" => reply("200 OK", "", &whole),
        "/packed" => reply("200 OK", "Content-Encoding: gzip\r\n", &small),
        "/bomb" => reply("200 OK", "Content-Encoding: gzip\r\n", &bomb),
        "/damaged" => {
            let mut damaged = small.clone();
            damaged[small.len() - 8] ^= 1; // its checksum
            reply(
                "200 OK",
                "Content-Encoding: gzip
",
                &damaged,
            )
        }
        "/cut" => reply("200 OK", "Content-Encoding: gzip\r\n", &small[..small.len() - 9]),
        "/deflate" => {
            let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
            zlib.write_all(&whole).unwrap();
            reply("200 OK", "Content-Encoding: deflate\r\n", &zlib.finish().unwrap())
        }
        _ => gif(),
    })
    .await;
    let fetcher = fetcher(FetchOptions { max_bytes: 100_000, ..options(&LOOPBACK) });
    let url = |path: &str| format!("http://127.0.0.1:{}{path}", origin.port());
    for path in ["/fits", "/packed", "/deflate"] {
        let fetched = fetcher.image(&url(path), None).await.unwrap();
        assert_eq!(fetched.bytes.len(), picture.len(), "{path}");
        assert!(*fetched.bytes == picture, "{path}");
    }
    for (path, expected) in
        [("/announced", "too_large"), ("/bomb", "too_large"), ("/damaged", "not_an_image"), ("/cut", "not_an_image")]
    {
        assert_eq!(code(&fetcher, &url(path)).await, expected, "{path}");
    }
}

#[tokio::test]
async fn several_are_fetched_once_each_within_one_budget() {
    let origin = Origin::start("127.0.0.1:0", |path| match path {
        "/404" => reply("404 Not Found", "", b""),
        _ => reply("200 OK", "", &[&b"GIF89a"[..], &[0; 994]].concat()),
    })
    .await;
    let url = |path: &str| format!("http://127.0.0.1:{}{path}", origin.port());
    let data = "data:image/gif;base64,R0lGODlhAQABAA==".to_owned();
    let urls = [url("/a"), url("/b"), url("/a"), url("/404"), data.clone(), url("/a")];
    let roomy = fetcher(FetchOptions { max_concurrent: 2, ..options(&LOOPBACK) });
    let got = roomy.images(&urls, None).await;
    assert_eq!(got.len(), 4);
    assert_eq!(got[&url("/a")].as_ref().unwrap().bytes.len(), 1000);
    assert_eq!(got[&data].as_ref().unwrap().kind, ImageKind::Gif);
    assert_eq!(got[&url("/404")].as_ref().unwrap_err().code(), "bad_status");
    assert_eq!(origin.requests().len(), 3);

    let tight = fetcher(FetchOptions { max_total_bytes: 1_500, ..options(&LOOPBACK) });
    let got = tight.images(&[url("/a"), url("/b")], None).await;
    let failed: Vec<_> = got.values().filter_map(|result| result.as_ref().err()).collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].fault, FetchFault::TooLargeTogether { limit_bytes: 1_500 });
}

#[tokio::test]
async fn data_urls_obey_the_limits() {
    let fetcher = fetcher(FetchOptions { max_bytes: 10, ..options(&[]) });
    for (url, expected) in [
        ("data:image/png;base64,R0lGODlhAQABAA==", "ok"), // a GIF, whatever it says
        ("DATA:,GIF89a", "ok"),
        ("data:image/gif;base64,R0lGODlhAQABAAAA", "too_large"),
        ("data:image/svg+xml,<svg/>", "not_an_image"),
    ] {
        assert_eq!(code(&fetcher, url).await, expected, "{url}");
    }
}
