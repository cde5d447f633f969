//! `[storage.s3]`: a bucket for finished files. It counts when a bucket is named; then what it cannot do without is asked for.

use super::{FileLinks, Network, PublicUrl, Secret, Settings};

#[derive(Clone, Debug)]
pub struct S3 {
    /// `None`: Amazon's, by region.
    pub endpoint: Option<PublicUrl>,
    pub region: String,
    pub bucket: String,
    pub access_key: Secret,
    pub secret_key: Secret,
    /// The bucket stands in the path and not in the host's name.
    pub path_style: bool,
    pub links: FileLinks,
    /// Is there when `links` is `Public`.
    pub public_base_url: Option<PublicUrl>,
    pub presign_expiry_s: u64,
    pub allow_networks: Vec<Network>,
    pub timeout_ms: u64,
}

const SECTION: &str = "storage.s3.";
/// What signatures allow.
const WEEK_S: u64 = 604_800;

impl S3 {
    /// All of it is read in any case, so that every fault is found.
    pub(super) fn take(s: &mut Settings) -> Option<S3> {
        let bucket: String = s.take("storage.s3.bucket");
        let access_key = s.take_secret("storage.s3.access_key", 1);
        let secret_key = s.take_secret("storage.s3.secret_key", 1);
        let taken = S3 {
            endpoint: s.take_unless_empty("storage.s3.endpoint"),
            region: s.take("storage.s3.region"),
            bucket,
            access_key: access_key.clone().unwrap_or_else(|| Secret::new("")),
            secret_key: secret_key.clone().unwrap_or_else(|| Secret::new("")),
            path_style: s.take("storage.s3.path_style"),
            links: s.take("storage.s3.links"),
            public_base_url: s.take_unless_empty("storage.s3.public_base_url"),
            presign_expiry_s: s.take_in("storage.s3.presign_expiry_s", 1..=WEEK_S),
            allow_networks: s.take("storage.s3.allow_networks"),
            timeout_ms: s.take_in("storage.s3.timeout_ms", 100..=3_600_000),
        };
        if taken.bucket.is_empty() {
            let others = ["endpoint", "access_key", "secret_key", "public_base_url"];
            if let Some(other) = others.into_iter().find(|key| s.is_given(&format!("{SECTION}{key}"))) {
                s.fault_at("storage.s3.bucket", &format!("is empty, but {SECTION}{other} is set; name the bucket"));
            }
            return None;
        }
        for (missing, key) in [(access_key.is_none(), "access_key"), (secret_key.is_none(), "secret_key")] {
            if missing {
                s.fault_at(&format!("{SECTION}{key}"), "is empty; a bucket is only reached with a key and its secret");
            }
        }
        if taken.links == FileLinks::Public && taken.public_base_url.is_none() {
            s.fault_at("storage.s3.public_base_url", "is empty; links = \"public\" needs what its links begin with");
        }
        Some(taken)
    }
}
