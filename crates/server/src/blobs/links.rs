//! The addresses that files have: absolute, and read without a header. A public file's name cannot be guessed; a private
//! one's address is signed, for a time.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use url::form_urlencoded;

use super::keys::BlobKey;
use super::s3::S3;
use crate::config::FileLinks;
use crate::secrets::Secrets;

/// Cheap to clone.
#[derive(Clone)]
pub struct Links {
    /// What this server is reached at, without a slash at the end.
    base_url: String,
    key: [u8; 32],
    bucket: Option<S3>,
}

/// Why a signed address opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkFault {
    #[error("This link has expired; ask for a new one")]
    Expired,
    #[error("This link is not whole, or was not made by this server; copy all of it")]
    Forged,
}

impl Links {
    pub(super) fn new(base_url: String, secrets: &Secrets, bucket: Option<S3>) -> Self {
        Self { base_url, key: secrets.key("links to private files"), bucket }
    }

    /// The address of a file that whoever knows it may read.
    pub fn public(&self, key: &BlobKey) -> String {
        let at_bucket = self.bucket.as_ref().and_then(|s3| match s3.links() {
            FileLinks::Server => None,
            FileLinks::Presigned => Some(s3.presigned(key)),
            FileLinks::Public => s3.public_url(key),
        });
        at_bucket.unwrap_or_else(|| format!("{}/{key}", self.base_url))
    }

    /// The address of a file that only those may read who were given it, until then. It always leads to this server, so
    /// that a bucket whose files are public by a CDN need not be trusted with private ones.
    pub fn private(&self, key: &BlobKey, expires_at_ms: i64) -> String {
        let expires_s = expires_at_ms.div_euclid(1000);
        let signature = URL_SAFE_NO_PAD.encode(self.mac(key, expires_s).finalize().into_bytes());
        format!("{}/{key}?expires={expires_s}&signature={signature}", self.base_url)
    }

    /// Whether the query of a private file's address opens it; if so, until when, in milliseconds since 1970.
    pub fn opened_until(&self, key: &BlobKey, query: &str, now_ms: i64) -> Result<i64, LinkFault> {
        let value = |name: &str| {
            let mut pairs = form_urlencoded::parse(query.as_bytes());
            pairs.find(|(key, _)| key == name).map(|(_, value)| value)
        };
        let expires_s: i64 = value("expires").and_then(|text| text.parse().ok()).ok_or(LinkFault::Forged)?;
        let signature = value("signature").and_then(|text| URL_SAFE_NO_PAD.decode(text.as_bytes()).ok());
        let signature = signature.ok_or(LinkFault::Forged)?;
        self.mac(key, expires_s).verify_slice(&signature).map_err(|_| LinkFault::Forged)?;
        let expires_at_ms = expires_s.saturating_mul(1000);
        if expires_at_ms <= now_ms { Err(LinkFault::Expired) } else { Ok(expires_at_ms) }
    }

    fn mac(&self, key: &BlobKey, expires_s: i64) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("HMAC takes keys of any length");
        // No key has a line break, so nothing can be moved from one part into the other.
        mac.update(format!("{key}\n{expires_s}").as_bytes());
        mac
    }
}

/// Without the key.
impl fmt::Debug for Links {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Links").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(secret: u8) -> Links {
        Links { base_url: "https://a.example".into(), key: [secret; 32], bucket: None }
    }

    fn key(text: &str) -> BlobKey {
        BlobKey::parse(text).unwrap()
    }

    #[test]
    fn a_private_link_opens_one_file_until_it_expires() {
        let file = key("private/1/ab/photo.jpg");
        let link = links(1).private(&file, 60_999);
        let query = link.strip_prefix("https://a.example/private/1/ab/photo.jpg?").unwrap();
        let opened = |file: &BlobKey, query: &str, now_ms| links(1).opened_until(file, query, now_ms);
        assert_eq!(opened(&file, query, 59_999), Ok(60_000));
        assert_eq!(opened(&file, query, 60_000), Err(LinkFault::Expired));
        assert_eq!(opened(&key("private/1/ab/photo.jpe"), query, 0), Err(LinkFault::Forged));
        assert_eq!(links(2).opened_until(&file, query, 0), Err(LinkFault::Forged));
        let later = query.replace("expires=60", "expires=61");
        for forged in
            [later.as_str(), "", "expires=60", "expires=60&signature=", "expires=x&signature=AA", &query[..20]]
        {
            assert_eq!(opened(&file, forged, 0), Err(LinkFault::Forged), "{forged}");
        }
    }

    #[test]
    fn a_public_link_is_the_key_behind_the_servers_address() {
        assert_eq!(links(1).public(&key("server/1/uploads/a.png")), "https://a.example/server/1/uploads/a.png");
    }

    #[test]
    fn the_key_is_not_printed() {
        assert!(!format!("{:?}", links(77)).contains("77"));
    }
}
