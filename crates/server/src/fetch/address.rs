//! Which addresses may be reached: a pure function of an address and the networks the operator opened.
//! It resolves nothing and connects to nothing; `names` and `fetch` ask it before every connection.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

use crate::config::Network;

/// The networks that are open although they would be closed, as the operator wrote them.
#[derive(Clone, Debug, Default)]
pub(crate) struct AddressRules {
    allowed: Vec<Network>,
}

impl AddressRules {
    pub(crate) fn new(allowed: Vec<Network>) -> Self {
        Self { allowed }
    }

    /// May a connection to this address be made?
    pub(crate) fn is_open(&self, address: IpAddr) -> bool {
        self.allowed.iter().any(|network| network.contains(address)) || !is_special(address)
    }
}

fn is_special(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => SPECIAL_V4.iter().any(|(network, _)| network.contains(&v4)),
        IpAddr::V6(v6) => is_special_v6(v6),
    }
}

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6(a: u16, b: u16, prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, 0, 0, 0, 0, 0, 0), prefix)
}

/// Everything IANA lists as special for IPv4, with why it is closed.
const SPECIAL_V4: [(Ipv4Net, &str); 15] = [
    (v4(0, 0, 0, 0, 8), "this network"),
    (v4(10, 0, 0, 0, 8), "private"),
    (v4(100, 64, 0, 0, 10), "carrier-grade NAT"),
    (v4(127, 0, 0, 0, 8), "loopback"),
    (v4(169, 254, 0, 0, 16), "link-local, cloud metadata"),
    (v4(172, 16, 0, 0, 12), "private"),
    (v4(192, 0, 0, 0, 24), "protocol assignments"),
    (v4(192, 0, 2, 0, 24), "documentation"),
    (v4(192, 88, 99, 0, 24), "6to4 relays"),
    (v4(192, 168, 0, 0, 16), "private"),
    (v4(198, 18, 0, 0, 15), "benchmarking"),
    (v4(198, 51, 100, 0, 24), "documentation"),
    (v4(203, 0, 113, 0, 24), "documentation"),
    (v4(224, 0, 0, 0, 4), "multicast"),
    (v4(240, 0, 0, 0, 4), "class E and broadcast"),
];

/// Only this is routed on the internet. Being outside closes, among others: loopback, unspecified, IPv4-mapped and
/// IPv4-compatible, NAT64 (64:ff9b::/96, 64:ff9b:1::/48), discard-only (100::/64), unique local (fc00::/7),
/// link-local (fe80::/10), site-local (fec0::/10) and multicast (ff00::/8).
const GLOBAL_V6: Ipv6Net = v6(0x2000, 0, 3);

/// What is special inside of `GLOBAL_V6`.
const SPECIAL_V6: [(Ipv6Net, &str); 4] = [
    (v6(0x2001, 0, 23), "protocol assignments: Teredo, benchmarking, ORCHID"),
    (v6(0x2001, 0x0db8, 32), "documentation"),
    (v6(0x2002, 0, 16), "6to4: carries an IPv4 address"),
    (v6(0x3fff, 0, 20), "documentation"),
];

fn is_special_v6(address: Ipv6Addr) -> bool {
    !GLOBAL_V6.contains(&address)
        || SPECIAL_V6.iter().any(|(network, _)| network.contains(&address))
        || is_isatap(address)
}

/// ISATAP carries an IPv4 address under any prefix: the interface identifier is `[02]00:5efe:a.b.c.d`.
fn is_isatap(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    segments[5] == 0x5efe && matches!(segments[4], 0 | 0x0200)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(rules: &AddressRules, address: &str) -> bool {
        rules.is_open(address.parse().unwrap())
    }

    #[test]
    fn special_addresses_are_closed() {
        let rules = AddressRules::default();
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "10.255.255.255",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.0.170",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.0.1",
            "192.168.255.255",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::7f00:1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "::ffff:0:127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::808:808",
            "64:ff9b:1::a00:1",
            "100::1",
            "2001::1",
            "2001:0:4136:e378::1",
            "2001:2::1",
            "2001:10::1",
            "2001:20::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "2002:808:808::1",
            "3fff::1",
            "2a00:1450::5efe:127.0.0.1",
            "2a00:1450::200:5efe:10.0.0.1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fe80::5efe:10.0.0.1",
            "fec0::1",
            "ff02::1",
            "5f00::1",
            "4000::1",
            "e000::1",
        ] {
            assert!(!open(&rules, address), "{address} is open");
        }
    }

    #[test]
    fn neighbours_of_special_networks_are_open() {
        let rules = AddressRules::default();
        for address in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "169.253.255.255",
            "169.255.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.0.3.0",
            "192.167.0.0",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "198.51.99.255",
            "203.0.114.0",
            "223.255.255.255",
            "2001:200::1",
            "2001:4860:4860::8888",
            "2001:db7::1",
            "2001:db9::1",
            "2003::1",
            "2606:4700::1111",
            "2a00:1450:4001:80b::200e",
            "3fff:1000::1",
        ] {
            assert!(open(&rules, address), "{address} is closed");
        }
    }

    #[test]
    fn an_allowed_network_opens_itself_only() {
        let rules = AddressRules::new(vec!["127.0.0.0/8".parse().unwrap(), "fd00::5".parse().unwrap()]);
        for address in ["127.0.0.1", "127.9.9.9", "fd00::5", "1.1.1.1"] {
            assert!(open(&rules, address), "{address} is closed");
        }
        for address in ["10.0.0.1", "::1", "fd00::6", "::ffff:127.0.0.1", "64:ff9b::7f00:1"] {
            assert!(!open(&rules, address), "{address} is open");
        }
    }
}
