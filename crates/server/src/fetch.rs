//! The only way out to the network: pictures are fetched here, and webhooks will leave here. Every address is checked
//! before it is connected to, at the first request and at each redirect; time and size are limited; what arrives is
//! told by its bytes. What an account fetched is kept for as long as its origin allows (`cache`), and fetched once where
//! many ask at the same time (`flights`). It does not decode pictures and knows nothing of templates.

mod address;
mod body;
mod cache;
mod data_url;
mod error;
mod flights;
mod kind;
mod names;
#[cfg(test)]
mod tests;
mod way_out;

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH, LOCATION,
};
use reqwest::{Method, Response, StatusCode};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use url::Url;

pub use error::{FetchError, FetchFault};
pub use kind::ImageKind;

use body::Budget;
use cache::{Cache, CacheKey, Cached, Holds, Validators};
use flights::Flights;
use names::NameError;
pub(crate) use way_out::WayOut;

use crate::clock;
use crate::config::{Config, Network};

const MAX_URL_CHARS: usize = 8_192;

/// What may be fetched, and how much of it.
#[derive(Clone, Debug)]
pub struct FetchOptions {
    /// Networks that are open although private, local or reserved networks are closed.
    pub allow_networks: Vec<Network>,
    /// Name servers to ask; empty means the operating system's.
    pub name_servers: Vec<SocketAddr>,
    /// For one picture, from the look-up of its name to its last byte.
    pub timeout_ms: u64,
    /// Of that, for one connection.
    pub connect_timeout_ms: u64,
    /// For one picture, after decompression.
    pub max_bytes: u64,
    /// For all pictures of one call together.
    pub max_total_bytes: u64,
    pub max_redirects: usize,
    /// How many pictures are under way at once, over all calls.
    pub max_concurrent: usize,
    /// The folder for pictures fetched before, and how many bytes it may take; nothing: none is kept.
    pub cache: Option<(PathBuf, u64)>,
}

impl Default for FetchOptions {
    fn default() -> Self {
        Self {
            allow_networks: Vec::new(),
            name_servers: Vec::new(),
            timeout_ms: 10_000,
            connect_timeout_ms: 5_000,
            max_bytes: 25_000_000,
            max_total_bytes: 200_000_000,
            max_redirects: 3,
            max_concurrent: 32,
            cache: None,
        }
    }
}

/// In the data folder.
const CACHE: &str = "cache/fetched";

impl From<&Config> for FetchOptions {
    fn from(config: &Config) -> Self {
        let outbound = &config.outbound;
        Self {
            cache: Some((config.storage.data_dir.join(CACHE), outbound.cache_bytes)).filter(|(_, bytes)| *bytes > 0),
            allow_networks: outbound.allow_networks.clone(),
            timeout_ms: outbound.timeout_ms,
            connect_timeout_ms: outbound.connect_timeout_ms,
            max_bytes: outbound.max_bytes,
            max_redirects: outbound.max_hops as usize,
            ..Self::default()
        }
    }
}

/// A picture's bytes as they came, and what they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    pub bytes: Arc<[u8]>,
    pub kind: ImageKind,
}

/// The way out. Cheap to clone; clones share connections, limits and the names already looked up.
#[derive(Clone)]
pub struct Fetcher {
    way_out: WayOut,
    options: Arc<FetchOptions>,
    permits: Arc<Semaphore>,
    cache: Option<Cache>,
    flights: Arc<Flights>,
}

/// What an origin answered.
enum Answer {
    Picture(Fetched, Option<Holds>),
    /// The copy still holds, for so long again.
    NotModified(Option<Holds>),
}

impl Fetcher {
    /// Must be called within a Tokio runtime. Fails when TLS or name resolution cannot be set up at all.
    pub fn new(options: FetchOptions) -> anyhow::Result<Self> {
        let connect_timeout = Duration::from_millis(options.connect_timeout_ms);
        let way_out = WayOut::new(&options.allow_networks, &options.name_servers, connect_timeout)?;
        let permits = Arc::new(Semaphore::new(options.max_concurrent.max(1)));
        let cache = options.cache.clone().map(|(folder, max_bytes)| Cache::new(folder, max_bytes));
        Ok(Self { way_out, options: Arc::new(options), permits, cache, flights: Arc::default() })
    }

    /// Fetches one picture from an http, https or data URL. What is fetched for an account may be kept for it; for nobody,
    /// nothing is kept.
    pub async fn image(&self, url: &str, account_id: Option<i64>) -> Result<Fetched, FetchError> {
        self.image_within(url, account_id, &Budget::new(self.options.max_total_bytes)).await
    }

    /// Fetches several pictures, each URL once, and answers for each.
    pub async fn images(
        &self,
        urls: &[String],
        account_id: Option<i64>,
    ) -> BTreeMap<String, Result<Fetched, FetchError>> {
        let budget = Arc::new(Budget::new(self.options.max_total_bytes));
        let distinct: BTreeSet<_> = urls.iter().cloned().collect();
        let mut under_way = JoinSet::new(); // aborts what is left when the caller goes away
        for url in distinct {
            let (fetcher, budget) = (self.clone(), Arc::clone(&budget));
            under_way.spawn(async move {
                let result = fetcher.image_within(&url, account_id, &budget).await;
                (url, result)
            });
        }
        under_way.join_all().await.into_iter().collect()
    }

    async fn image_within(&self, url: &str, account: Option<i64>, budget: &Budget) -> Result<Fetched, FetchError> {
        self.fetch(url, account, budget).await.map_err(|fault| {
            let error = FetchError { url: error::shown_url(url), fault };
            tracing::debug!(code = error.code(), "{error}");
            error
        })
    }

    async fn fetch(&self, url: &str, account_id: Option<i64>, budget: &Budget) -> Result<Fetched, FetchFault> {
        let url = url.trim();
        if let Some(data) = url.split_at_checked(5).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("data:")) {
            let bytes = data_url::decode(data.1, self.options.max_bytes)?;
            budget.take(bytes.len())?;
            let kind = ImageKind::sniff(&bytes).map_err(FetchFault::NotAnImage)?;
            return Ok(Fetched { bytes: bytes.into(), kind });
        }
        let url = parse(url)?;
        budget.take(0)?; // when it is used up, nothing more is fetched
        let fetched = match account_id {
            None => match self.ask_within_limits(url, &Validators::default()).await? {
                Answer::Picture(fetched, _) => fetched,
                Answer::NotModified(_) => return Err(FetchFault::BadStatus(StatusCode::NOT_MODIFIED.as_u16())),
            },
            Some(_) => {
                let key = CacheKey::of(account_id, &url);
                self.flights.join(key, self.find_or_ask(key, url)).await?
            }
        };
        budget.take(fetched.bytes.len())?;
        Ok(fetched)
    }

    async fn find_or_ask(&self, key: CacheKey, url: Url) -> Result<Fetched, FetchFault> {
        let cached = match &self.cache {
            Some(cache) => cache.find(key, clock::now_ms()).await,
            None => None,
        };
        // It may have been kept when larger ones were allowed.
        let cached = cached.filter(|cached| cached.picture.bytes.len() as u64 <= self.options.max_bytes);
        let stale = match cached {
            Some(Cached { picture, is_fresh: true, .. }) => return Ok(picture),
            stale => stale,
        };
        let before = stale.as_ref().map(|stale| stale.validators.clone()).unwrap_or_default();
        let (fetched, holds) = match (self.ask_within_limits(url, &before).await?, stale) {
            (Answer::Picture(fetched, holds), _) => (fetched, holds),
            (Answer::NotModified(holds), Some(stale)) => {
                let holds = holds.map(|holds| Holds { validators: holds.validators.or(&before), ..holds });
                (stale.picture, holds)
            }
            (Answer::NotModified(_), None) => return Err(FetchFault::BadStatus(StatusCode::NOT_MODIFIED.as_u16())),
        };
        if let (Some(cache), Some(holds)) = (&self.cache, holds) {
            cache.store(key, &fetched, holds, clock::now_ms()).await;
        }
        Ok(fetched)
    }

    /// Asks the origin, within the limits; with validators, whether the copy that they are of still holds.
    async fn ask_within_limits(&self, url: Url, before: &Validators) -> Result<Answer, FetchFault> {
        let _permit = self.permits.acquire().await.map_err(|_| FetchFault::Unreachable("the server is stopping"))?;
        let limit_ms = self.options.timeout_ms;
        let work = async {
            let (response, moved) = self.follow(url, before).await?;
            let holds = Holds::of(response.headers(), moved);
            if response.status() == StatusCode::NOT_MODIFIED {
                return Ok(Answer::NotModified(holds));
            }
            let (bytes, kind) = body::picture(response, self.options.max_bytes).await?;
            Ok(Answer::Picture(Fetched { bytes: bytes.into(), kind }, holds))
        };
        tokio::time::timeout(Duration::from_millis(limit_ms), work)
            .await
            .map_err(|_| FetchFault::TimedOut { limit_ms })?
    }

    /// Asks, and goes where redirects lead, until there is an answer with a body, or one that says that none is needed.
    /// Also whether there was a redirect.
    async fn follow(&self, mut url: Url, before: &Validators) -> Result<(Response, bool), FetchFault> {
        for hop in 0..=self.options.max_redirects {
            // They are of the first address; what it leads to has others.
            let conditions = if hop == 0 { conditions(before) } else { HeaderMap::new() };
            let is_asking = !conditions.is_empty();
            let response = self.ask(url.clone(), conditions).await?;
            let status = response.status();
            if status == StatusCode::OK || (status == StatusCode::NOT_MODIFIED && is_asking) {
                return Ok((response, hop > 0));
            }
            let next = response.headers().get(LOCATION).filter(|_| status.is_redirection());
            let Some(next) = next else { return Err(FetchFault::BadStatus(status.as_u16())) };
            let next = std::str::from_utf8(next.as_bytes()).ok().and_then(|next| url.join(next).ok());
            url = check(next.ok_or(FetchFault::BadUrl("it redirects to something that is no address"))?)?;
        }
        Err(FetchFault::TooManyRedirects { limit: self.options.max_redirects })
    }

    async fn ask(&self, url: Url, conditions: HeaderMap) -> Result<Response, FetchFault> {
        self.way_out
            .request(Method::GET, url)
            .map_err(|_| FetchFault::AddressNotAllowed)?
            .header(ACCEPT, ImageKind::ACCEPT_HEADER)
            .header(ACCEPT_ENCODING, "identity")
            .headers(conditions)
            .send()
            .await
            .map_err(|error| fault_of(&error))
    }
}

/// The headers that ask whether a copy still holds.
fn conditions(before: &Validators) -> HeaderMap {
    let value = |text: &Option<String>| text.as_deref().and_then(|text| HeaderValue::from_str(text).ok());
    let pairs: [(HeaderName, Option<HeaderValue>); 2] =
        [(IF_NONE_MATCH, value(&before.etag)), (IF_MODIFIED_SINCE, value(&before.last_modified))];
    pairs.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

fn parse(url: &str) -> Result<Url, FetchFault> {
    if url.len() > MAX_URL_CHARS {
        return Err(FetchFault::BadUrl("it is longer than 8192 characters"));
    }
    let url = Url::parse(url)
        .map_err(|_| FetchFault::BadUrl("it is no complete address; write it as in https://example.com/picture.png"))?;
    check(url)
}

/// What holds for a URL of the caller and for one that a redirect names.
fn check(url: Url) -> Result<Url, FetchFault> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(FetchFault::BadUrl("only http, https and data addresses are fetched"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(FetchFault::BadUrl("it has a user or password before the host; use an address that needs none"));
    }
    Ok(url)
}

/// Finds the cause in a client's error; its own text may name addresses, so it goes to the log only.
pub(crate) fn fault_of(error: &reqwest::Error) -> FetchFault {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(inner) = cause {
        if let Some(name) = inner.downcast_ref::<NameError>() {
            return match name {
                NameError::Closed => FetchFault::AddressNotAllowed,
                NameError::NotFound => FetchFault::Unreachable("its host name does not exist; check the spelling"),
                NameError::LookUp(_) => FetchFault::Unreachable("its host name could not be looked up; try again"),
            };
        }
        if inner.is::<rustls::Error>() {
            return FetchFault::Unreachable("its host has no valid TLS certificate, or does not speak TLS");
        }
        // An I/O error hides what it wraps (rustls's errors come so) behind `get_ref`.
        let wrapped = inner.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        cause = match wrapped {
            Some(wrapped) => Some(wrapped as &(dyn std::error::Error + 'static)),
            None => inner.source(),
        };
    }
    tracing::debug!(cause = ?error.source(), "fetch failed"); // not the error itself: it shows the whole URL
    if error.is_timeout() {
        FetchFault::Unreachable("its host does not answer")
    } else if error.is_connect() {
        FetchFault::Unreachable("its host does not accept connections")
    } else {
        FetchFault::Unreachable("the connection broke off, or the answer was not HTTP")
    }
}
