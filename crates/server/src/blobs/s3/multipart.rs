//! Uploading a large object in parts, several at once. One that fails takes back what was uploaded, so that nothing
//! unseen is left in the bucket.

use axum::body::Bytes;
use reqwest::Method;
use reqwest::header::ETAG;
use rusty_s3::S3Action as _;
use rusty_s3::actions::{CompleteMultipartUploadResponse, CreateMultipartUpload};
use tokio::task::JoinSet;

use super::{Ask, S3, SIGNED_FOR, answer, described};
use crate::blobs::error::S3Fault;
use crate::blobs::keys::BlobKey;

const AT_ONCE: usize = 4;

impl S3 {
    pub(super) async fn put_in_parts(&self, key: &BlobKey, bytes: Bytes) -> Result<(), S3Fault> {
        let upload = self.begin(key).await?;
        let done = match self.upload_parts(key, &upload, bytes).await {
            Ok(tags) => self.complete(key, &upload, &tags).await,
            Err(fault) => Err(fault),
        };
        if done.is_err()
            && let Err(fault) = self.abort(key, &upload).await
        {
            tracing::warn!(%key, %fault, "the parts of an upload that failed could not be taken back");
        }
        done
    }

    /// The upload's number.
    async fn begin(&self, key: &BlobKey) -> Result<String, S3Fault> {
        let mut action = self.0.bucket.create_multipart_upload(Some(&self.0.credentials), key.as_str());
        action.headers_mut().insert("content-type", key.content_type());
        let url = || action.sign(SIGNED_FOR);
        let ask = Ask { headers: described(key), ..Ask::of(Method::POST, &url) };
        let text = self.text(self.send(ask).await?).await?;
        let begun = CreateMultipartUpload::parse_response(&text).map_err(|error| S3Fault::NotS3(error.to_string()))?;
        Ok(begun.upload_id().to_owned())
    }

    /// What the store calls each part, in their order.
    async fn upload_parts(&self, key: &BlobKey, upload: &str, bytes: Bytes) -> Result<Vec<String>, S3Fault> {
        let part_bytes = self.part_bytes(bytes.len());
        let mut left = bytes;
        let (mut tags, mut under_way) = (Vec::new(), JoinSet::new());
        loop {
            while !left.is_empty() && under_way.len() < AT_ONCE {
                let part = left.split_to(part_bytes.min(left.len()));
                tags.push(String::new());
                let (s3, key, upload, index) = (self.clone(), key.clone(), upload.to_owned(), tags.len() - 1);
                under_way.spawn(async move { (index, s3.upload_part(&key, &upload, index, part).await) });
            }
            match under_way.join_next().await {
                Some(Ok((index, tag))) => tags[index] = tag?,
                Some(Err(panic)) => return Err(S3Fault::NotS3(panic.to_string())),
                None => return Ok(tags),
            }
        }
    }

    /// S3 counts parts to 10,000.
    fn part_bytes(&self, bytes: usize) -> usize {
        self.0.sizes.part_bytes.max(bytes.div_ceil(10_000))
    }

    async fn upload_part(&self, key: &BlobKey, upload: &str, index: usize, part: Bytes) -> Result<String, S3Fault> {
        let number = u16::try_from(index + 1).unwrap_or(u16::MAX);
        let action = self.0.bucket.upload_part(Some(&self.0.credentials), key.as_str(), number, upload);
        let response = self.send(Ask { body: part, ..Ask::of(Method::PUT, &|| action.sign(SIGNED_FOR)) }).await?;
        let tag = response.headers().get(ETAG).and_then(|tag| tag.to_str().ok());
        tag.map(str::to_owned).ok_or_else(|| S3Fault::NotS3("a part without an ETag".to_owned()))
    }

    async fn complete(&self, key: &BlobKey, upload: &str, tags: &[String]) -> Result<(), S3Fault> {
        let action = || {
            let tags = tags.iter().map(String::as_str);
            self.0.bucket.complete_multipart_upload(Some(&self.0.credentials), key.as_str(), upload, tags)
        };
        let body = Bytes::from(action().body());
        let url = || action().sign(SIGNED_FOR);
        let ask = Ask { body, ..Ask::of(Method::POST, &url) };
        let response = match self.send(ask).await {
            // An attempt before this one did it, and its answer was lost.
            Err(S3Fault::Refused { code, .. }) if code == "NoSuchUpload" && self.len_of(key).await?.is_some() => {
                return Ok(());
            }
            answer => answer?,
        };
        let text = self.text(response).await?;
        match CompleteMultipartUploadResponse::parse(&text) {
            Ok(_) => Ok(()),
            Err(error) => Err(answer::late_error(&text).unwrap_or_else(|| S3Fault::NotS3(error.to_string()))),
        }
    }

    async fn abort(&self, key: &BlobKey, upload: &str) -> Result<(), S3Fault> {
        let action = self.0.bucket.abort_multipart_upload(Some(&self.0.credentials), key.as_str(), upload);
        self.send(Ask::of(Method::DELETE, &|| action.sign(SIGNED_FOR))).await.map(drop)
    }
}
