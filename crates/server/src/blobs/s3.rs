//! Blobs as objects in a bucket of an S3-compatible store. Requests are signed in their address (version 4), leave
//! through the way out of `fetch`, and are tried again when what went wrong may pass. Files above a bound go up in parts.

mod answer;
mod list;
mod multipart;
mod stall;
#[cfg(test)]
mod tests;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use axum::body::{Body, Bytes};
use reqwest::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue, RANGE,
};
use reqwest::{Method, Response, StatusCode};
use rusty_s3::{Bucket, Credentials, S3Action, UrlStyle};
use url::Url;

use super::error::S3Fault;
use super::keys::BlobKey;
use crate::config::{self, FileLinks};
use crate::fetch::{FetchFault, WayOut, fault_of};
use crate::random;

pub(super) use list::Pages;
use stall::Stalling;

/// Of our own requests; longer than clocks may differ.
const SIGNED_FOR: Duration = Duration::from_secs(15 * 60);
const ATTEMPTS: u32 = 4;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// What a body is granted beyond the timeout, by its size.
const SLOWEST_BYTES_PER_S: u64 = 128 * 1024;

/// Cheap to clone.
#[derive(Clone)]
pub(super) struct S3(Arc<Parts>);

struct Parts {
    bucket: Bucket,
    credentials: Credentials,
    way_out: WayOut,
    config: config::S3,
    sizes: Sizes,
}

/// What tests make smaller.
#[derive(Clone, Copy, Debug)]
struct Sizes {
    /// Larger files go up in parts of this many bytes; S3 takes no parts below 5 MiB.
    part_bytes: usize,
    /// The first pause between attempts; each is twice the one before.
    first_pause: Duration,
}

const SIZES: Sizes = Sizes { part_bytes: 16 << 20, first_pause: Duration::from_millis(200) };

/// A request that can be sent again.
struct Ask<'a> {
    method: Method,
    /// Signs it anew for each attempt.
    url: &'a (dyn Fn() -> Url + Sync),
    headers: HeaderMap,
    body: Bytes,
}

impl fmt::Debug for S3 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("S3").field(&self.0.bucket.base_url().as_str()).finish()
    }
}

impl S3 {
    /// Must be called within a Tokio runtime.
    pub(super) fn new(config: &config::S3) -> anyhow::Result<Self> {
        Self::with_sizes(config, SIZES)
    }

    fn with_sizes(config: &config::S3, sizes: Sizes) -> anyhow::Result<Self> {
        let amazons = || format!("https://s3.{}.amazonaws.com", config.region);
        let endpoint = config.endpoint.as_ref().map_or_else(amazons, |url| url.as_str().to_owned());
        let style = if config.path_style { UrlStyle::Path } else { UrlStyle::VirtualHost };
        let endpoint = Url::parse(&endpoint).context("endpoint, or region")?;
        let bucket = Bucket::new(endpoint, style, config.bucket.clone(), config.region.clone()).context(
            "endpoint and bucket make no address; a host that is an IP address, or a bucket that is no host's name, \
             needs path_style = true",
        )?;
        Ok(Self(Arc::new(Parts {
            bucket,
            credentials: Credentials::new(config.access_key.reveal(), config.secret_key.reveal()),
            way_out: WayOut::new(&config.allow_networks, &[], CONNECT_TIMEOUT)?,
            config: config.clone(),
            sizes,
        })))
    }

    pub(super) fn links(&self) -> FileLinks {
        self.0.config.links
    }

    /// An address at the bucket itself, for the time that is configured.
    pub(super) fn presigned(&self, key: &BlobKey) -> String {
        let action = self.0.bucket.get_object(Some(&self.0.credentials), key.as_str());
        action.sign(Duration::from_secs(self.0.config.presign_expiry_s)).into()
    }

    pub(super) fn public_url(&self, key: &BlobKey) -> Option<String> {
        self.0.config.public_base_url.as_ref().map(|base| format!("{}/{key}", base.as_str()))
    }

    /// Whether the bucket is there and lets us in.
    pub(super) async fn check(&self) -> Result<(), S3Fault> {
        // Listing, and not HEAD: an error without a body says too little.
        let mut action = self.0.bucket.list_objects_v2(Some(&self.0.credentials));
        action.with_max_keys(1);
        self.send(Ask::of(Method::GET, &|| action.sign(SIGNED_FOR))).await.map(drop)
    }

    pub(super) async fn put(&self, key: &BlobKey, bytes: Bytes) -> Result<(), S3Fault> {
        if bytes.len() > self.0.sizes.part_bytes {
            return self.put_in_parts(key, bytes).await;
        }
        let mut action = self.0.bucket.put_object(Some(&self.0.credentials), key.as_str());
        action.headers_mut().insert("content-type", key.content_type());
        let headers = described(key);
        self.send(Ask { headers, body: bytes, ..Ask::of(Method::PUT, &|| action.sign(SIGNED_FOR)) }).await.map(drop)
    }

    pub(super) async fn find(&self, key: &BlobKey) -> Result<Option<Vec<u8>>, S3Fault> {
        let action = self.0.bucket.get_object(Some(&self.0.credentials), key.as_str());
        let mut failed = 0;
        loop {
            let response = match self.send(Ask::of(Method::GET, &|| action.sign(SIGNED_FOR))).await {
                Err(fault) if fault.is_missing() => return Ok(None),
                answer => answer?,
            };
            let limit = self.time_for(response.content_length().unwrap_or_default());
            match tokio::time::timeout(limit, response.bytes()).await {
                Ok(Ok(bytes)) => return Ok(Some(bytes.into())),
                // It broke off in the middle.
                broken => {
                    failed += 1;
                    if failed == ATTEMPTS {
                        return Err(match broken {
                            Ok(Err(error)) => S3Fault::Unreachable(fault_of(&error)),
                            _ => self.timed_out(),
                        });
                    }
                    self.pause(failed).await;
                }
            }
        }
    }

    /// In bytes, if there is such an object.
    pub(super) async fn len_of(&self, key: &BlobKey) -> Result<Option<u64>, S3Fault> {
        let action = self.0.bucket.head_object(Some(&self.0.credentials), key.as_str());
        let response = match self.send(Ask::of(Method::HEAD, &|| action.sign(SIGNED_FOR))).await {
            Err(fault) if fault.is_missing() => return Ok(None),
            answer => answer?,
        };
        let len = response.headers().get(CONTENT_LENGTH).and_then(|len| len.to_str().ok()?.parse().ok());
        len.map(Some).ok_or_else(|| S3Fault::NotS3("a HEAD without a length".to_owned()))
    }

    /// The object, or a part of it that is not empty, as it arrives.
    pub(super) async fn stream(&self, key: &BlobKey, part: Option<Range<u64>>) -> Result<Body, S3Fault> {
        let action = self.0.bucket.get_object(Some(&self.0.credentials), key.as_str());
        let url = || action.sign(SIGNED_FOR);
        let mut ask = Ask::of(Method::GET, &url);
        let wanted = part.as_ref().map(|part| format!("bytes={}-{}", part.start, part.end - 1));
        if let Some(range) = wanted.and_then(|range| HeaderValue::from_str(&range).ok()) {
            ask.headers.insert(RANGE, range);
        }
        let response = self.send(ask).await?;
        if part.is_some() && response.status() != StatusCode::PARTIAL_CONTENT {
            return Err(S3Fault::NotS3("the whole object instead of a part".to_owned()));
        }
        Ok(Body::new(Stalling::new(response.into(), Duration::from_millis(self.0.config.timeout_ms))))
    }

    pub(super) async fn delete(&self, key: &BlobKey) -> Result<(), S3Fault> {
        let action = self.0.bucket.delete_object(Some(&self.0.credentials), key.as_str());
        match self.send(Ask::of(Method::DELETE, &|| action.sign(SIGNED_FOR))).await {
            Err(fault) if fault.is_missing() => Ok(()),
            answer => answer.map(drop),
        }
    }

    /// Everything under a prefix, a thousand at a time.
    pub(super) fn pages(&self, prefix: &str) -> Pages {
        Pages::new(self.clone(), prefix)
    }

    /// Sends it until it succeeds, cannot succeed, or has been tried often enough. The answer's body is still to come.
    async fn send(&self, ask: Ask<'_>) -> Result<Response, S3Fault> {
        let mut tried = 0;
        loop {
            let fault = match self.send_once(&ask).await {
                Ok(response) => return Ok(response),
                Err(fault) => fault,
            };
            tried += 1;
            if tried == ATTEMPTS || !fault.is_passing() {
                return Err(fault);
            }
            tracing::debug!(%fault, tried, method = %ask.method, "a request to the S3 store is tried again");
            self.pause(tried).await;
        }
    }

    async fn send_once(&self, ask: &Ask<'_>) -> Result<Response, S3Fault> {
        let request = self.0.way_out.request(ask.method.clone(), (ask.url)());
        let request = request.map_err(|_| S3Fault::Unreachable(FetchFault::AddressNotAllowed))?;
        let sent = request.headers(ask.headers.clone()).body(ask.body.clone()).send();
        let response = tokio::time::timeout(self.time_for(ask.body.len() as u64), sent)
            .await
            .map_err(|_| self.timed_out())?
            .map_err(|error| S3Fault::Unreachable(fault_of(&error)))?;
        if response.status().is_success() {
            return Ok(response);
        }
        Err(self.within(answer::refusal(response)).await?)
    }

    /// A whole small answer, as text.
    async fn text(&self, response: Response) -> Result<String, S3Fault> {
        self.within(answer::text(response)).await?
    }

    async fn within<T>(&self, work: impl Future<Output = T>) -> Result<T, S3Fault> {
        let limit = Duration::from_millis(self.0.config.timeout_ms);
        tokio::time::timeout(limit, work).await.map_err(|_| self.timed_out())
    }

    fn time_for(&self, body_bytes: u64) -> Duration {
        Duration::from_millis(self.0.config.timeout_ms) + Duration::from_secs(body_bytes / SLOWEST_BYTES_PER_S)
    }

    fn timed_out(&self) -> S3Fault {
        S3Fault::TimedOut { limit_ms: self.0.config.timeout_ms }
    }

    /// Twice as long each time; half of it by chance, so that those who failed together don't come back together.
    async fn pause(&self, tried: u32) {
        let most = self.0.sizes.first_pause * (1 << tried.saturating_sub(1).min(6));
        let [chance] = random::bytes::<1>();
        tokio::time::sleep(most / 2 + most / 2 * u32::from(chance) / 255).await;
    }
}

impl<'a> Ask<'a> {
    fn of(method: Method, url: &'a (dyn Fn() -> Url + Sync)) -> Self {
        Self { method, url, headers: HeaderMap::new(), body: Bytes::new() }
    }
}

/// What whoever reads the object from the bucket itself is told about it.
fn described(key: &BlobKey) -> HeaderMap {
    let disposition = HeaderValue::from_str(&key.disposition()).unwrap_or(HeaderValue::from_static("attachment"));
    HeaderMap::from_iter([
        (CONTENT_TYPE, HeaderValue::from_static(key.content_type())),
        (CONTENT_DISPOSITION, disposition),
        (CACHE_CONTROL, HeaderValue::from_static(key.caching())),
    ])
}
