//! The client that every request to the network leaves through. It connects to open addresses only, whether the host is
//! a name or an address, follows nothing by itself, and goes through no proxy (which would resolve for us, unchecked).

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, Method, RequestBuilder};
use rustls::RootCertStore;
use url::{Host, Url};

use super::address::AddressRules;
use super::names::Names;
use crate::config::Network;

/// Cheap to clone; clones share connections and the names already looked up.
#[derive(Clone)]
pub(crate) struct WayOut {
    client: Client,
    rules: Arc<AddressRules>,
}

/// The host of the URL is written as an address that is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the address is closed to this server")]
pub(crate) struct Closed;

impl WayOut {
    /// Must be called within a Tokio runtime. Fails when TLS or name resolution cannot be set up at all.
    pub(crate) fn new(
        allow_networks: &[Network],
        name_servers: &[SocketAddr],
        connect_timeout: Duration,
    ) -> anyhow::Result<Self> {
        let rules = Arc::new(AddressRules::new(allow_networks.to_vec()));
        let names = Names::new(name_servers, Arc::clone(&rules))?;
        let client = Client::builder()
            .user_agent(concat!("Handbill/", env!("CARGO_PKG_VERSION")))
            .tls_backend_preconfigured(tls()?)
            .dns_resolver(names)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .connect_timeout(connect_timeout)
            .pool_idle_timeout(Duration::from_secs(30))
            .build()?;
        Ok(Self { client, rules })
    }

    /// A request to this URL. Names are checked when it is sent, by the client's resolver.
    pub(crate) fn request(&self, method: Method, url: Url) -> Result<RequestBuilder, Closed> {
        // The client never asks its resolver about hosts that are addresses already.
        let literal = match url.host() {
            Some(Host::Ipv4(address)) => Some(address.into()),
            Some(Host::Ipv6(address)) => Some(address.into()),
            _ => None,
        };
        if literal.is_some_and(|address| !self.rules.is_open(address)) {
            return Err(Closed);
        }
        Ok(self.client.request(method, url))
    }
}

/// Trusts Mozilla's roots, which are in the binary, and those of the operating system where there are any.
fn tls() -> Result<rustls::ClientConfig, rustls::Error> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}
