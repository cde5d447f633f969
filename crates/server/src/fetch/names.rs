//! From a host name to addresses that may be connected to. This is the resolver of the HTTP client, so the addresses
//! that were checked are the ones that get connected to: there is no second look-up that could answer differently.
//! Hosts that are written as addresses never come here (the client skips its resolver for them); `fetch` checks those.

use std::net::SocketAddr;
use std::sync::Arc;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, LookupIpStrategy, NameServerConfig, ProtocolConfig, ResolverConfig};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address::AddressRules;

/// Why a name leads nowhere.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NameError {
    #[error("all addresses of the name are closed")]
    Closed,
    #[error("the name does not exist or has no address")]
    NotFound,
    #[error("the name could not be looked up")]
    LookUp(#[source] NetError),
}

#[derive(Clone)]
pub(crate) struct Names {
    resolver: Arc<TokioResolver>,
    rules: Arc<AddressRules>,
}

impl Names {
    /// Asks `servers`, or those the operating system is set up with when the list is empty.
    pub(crate) fn new(servers: &[SocketAddr], rules: Arc<AddressRules>) -> Result<Self, NetError> {
        let mut builder = if servers.is_empty() {
            TokioResolver::builder_tokio().unwrap_or_else(|error| {
                tracing::warn!(%error, "the system's name servers could not be read; host names will not resolve");
                with_servers(&[])
            })
        } else {
            with_servers(servers)
        };
        builder.options_mut().ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
        Ok(Self { resolver: Arc::new(builder.build()?), rules })
    }

    async fn open_addresses(&self, host: &str) -> Result<Vec<SocketAddr>, NameError> {
        let found = self.resolver.lookup_ip(host).await.map_err(|error| {
            if error.is_no_records_found() { NameError::NotFound } else { NameError::LookUp(error) }
        })?;
        let all: Vec<_> = found.iter().collect();
        let open: Vec<_> =
            all.iter().filter(|&&address| self.rules.is_open(address)).map(|&ip| SocketAddr::new(ip, 0)).collect();
        match (all.is_empty(), open.is_empty()) {
            (true, _) => Err(NameError::NotFound),
            (_, true) => Err(NameError::Closed),
            _ => Ok(open),
        }
    }
}

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        let names = self.clone();
        Box::pin(async move {
            let addresses = names.open_addresses(name.as_str()).await?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

fn with_servers(servers: &[SocketAddr]) -> hickory_resolver::ResolverBuilder<TokioRuntimeProvider> {
    let servers = servers.iter().map(|server| {
        let connections = [ProtocolConfig::Udp, ProtocolConfig::Tcp].map(|protocol| {
            let mut connection = ConnectionConfig::new(protocol);
            connection.port = server.port();
            connection
        });
        NameServerConfig::new(server.ip(), true, connections.into())
    });
    TokioResolver::builder_with_config(
        ResolverConfig::from_name_servers(servers.collect()),
        TokioRuntimeProvider::default(),
    )
}
