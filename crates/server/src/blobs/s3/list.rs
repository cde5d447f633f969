//! Listing a bucket, page by page.

use reqwest::Method;
use rusty_s3::S3Action as _;
use rusty_s3::actions::ListObjectsV2;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{Ask, S3, SIGNED_FOR};
use crate::blobs::Listed;
use crate::blobs::error::S3Fault;

#[derive(Debug)]
pub(in crate::blobs) struct Pages {
    s3: S3,
    prefix: String,
    next: Next,
}

#[derive(Debug)]
enum Next {
    First,
    After(String),
    None,
}

impl Pages {
    pub(super) fn new(s3: S3, prefix: &str) -> Self {
        Self { s3, prefix: prefix.to_owned(), next: Next::First }
    }

    pub(in crate::blobs) async fn next(&mut self) -> Result<Option<Vec<Listed>>, S3Fault> {
        let mut action = self.s3.0.bucket.list_objects_v2(Some(&self.s3.0.credentials));
        action.with_prefix(self.prefix.as_str());
        match &self.next {
            Next::None => return Ok(None),
            Next::First => {}
            Next::After(token) => action.with_continuation_token(token.as_str()),
        }
        let response = self.s3.send(Ask::of(Method::GET, &|| action.sign(SIGNED_FOR))).await?;
        let text = self.s3.text(response).await?;
        let page = ListObjectsV2::parse_response(&text).map_err(|error| S3Fault::NotS3(error.to_string()))?;
        let files = page.contents.into_iter().map(|object| Listed {
            modified_ms: object.last_modified.as_deref().map_or(i64::MAX, time_of),
            len: object.size.unwrap_or_default(),
            key: object.key,
        });
        let files = files.collect();
        self.next = page.next_continuation_token.map_or(Next::None, Next::After);
        Ok(Some(files))
    }
}

/// What cannot be read is as young as can be: nothing may be done to it because of its age.
fn time_of(text: &str) -> i64 {
    let time = OffsetDateTime::parse(text, &Rfc3339).ok();
    time.and_then(|time| i64::try_from(time.unix_timestamp_nanos() / 1_000_000).ok()).unwrap_or(i64::MAX)
}
