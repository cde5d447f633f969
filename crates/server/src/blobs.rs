//! Finished files and uploads, by key: put, find, open, list, delete. They are in a local folder or in an S3 bucket, and
//! nobody above can tell which. Which keys there are and what their extensions mean is in `keys`, what addresses files
//! have in `links`; who may read which is decided above, and what is kept for how long by `actions::storage`.

mod error;
mod keys;
mod links;
mod local;
mod s3;

use std::ops::Range;
use std::path::PathBuf;

use anyhow::Context as _;
use axum::body::{Body, Bytes};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio_util::io::ReaderStream;

use crate::config::Config;
use crate::secrets::Secrets;

pub use error::{BlobError, S3Fault};
pub use keys::{BadKey, BlobKey, PrivatePlace, ResultPlace};
pub use links::{LinkFault, Links};

use local::{LocalFolder, Walk};
use s3::{Pages, S3};

/// Finished files, a folder in the data folder.
const FILES: &str = "files";
const BUFFER_BYTES: usize = 64 * 1024;

/// Where the files are. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Blobs {
    store: Store,
}

#[derive(Clone, Debug)]
enum Store {
    Folder(LocalFolder),
    Bucket(S3),
}

/// A file that is there, before anything of it is read.
#[derive(Debug)]
pub struct OpenBlob {
    /// Bytes.
    pub len: u64,
    pub content_type: &'static str,
    source: Source,
}

#[derive(Debug)]
enum Source {
    File(tokio::fs::File),
    Object(S3, BlobKey),
}

/// A file of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// As it is in the store; something that we did not write may be no [`BlobKey`].
    pub key: String,
    /// Bytes.
    pub len: u64,
    pub modified_ms: i64,
}

/// The files under a prefix, page by page, in the order of their keys' bytes.
#[derive(Debug)]
pub struct Listing(ListingState);

#[derive(Debug)]
enum ListingState {
    Folder(Box<Walk>),
    Bucket(Pages),
    End,
}

impl Blobs {
    /// The store that is configured. A local folder is made if it is not there; a bucket is not asked for anything yet.
    pub async fn configured(config: &Config) -> anyhow::Result<Self> {
        match &config.storage.s3 {
            Some(s3) => Ok(Self { store: Store::Bucket(S3::new(s3).context("storage.s3")?) }),
            None => Ok(Self::in_folder(config.storage.data_dir.join(FILES)).await?),
        }
    }

    /// Files in a local folder, which is made if it is not there.
    pub async fn in_folder(folder: PathBuf) -> Result<Self, BlobError> {
        let folder = blocking(move || LocalFolder::open(folder)).await?;
        Ok(Self { store: Store::Folder(folder) })
    }

    /// Whether the store answers, and lets us in.
    pub async fn check(&self) -> Result<(), BlobError> {
        match &self.store {
            Store::Folder(folder) => {
                let folder = folder.clone();
                blocking(move || folder.check()).await
            }
            Store::Bucket(s3) => Ok(s3.check().await?),
        }
    }

    /// The addresses of files here, for a server that is reached at `base_url`.
    pub fn links(&self, base_url: String, secrets: &Secrets) -> Links {
        let bucket = match &self.store {
            Store::Folder(_) => None,
            Store::Bucket(s3) => Some(s3.clone()),
        };
        Links::new(base_url, secrets, bucket)
    }

    /// Stores a whole file, in the place of what was there. It lasts when this returns, and nobody ever sees half of it.
    pub async fn put(&self, key: &BlobKey, bytes: impl AsRef<[u8]> + Send + 'static) -> Result<(), BlobError> {
        match &self.store {
            Store::Folder(folder) => {
                let (folder, key) = (folder.clone(), key.clone());
                blocking(move || folder.put(&key, bytes.as_ref())).await
            }
            Store::Bucket(s3) => Ok(s3.put(key, Bytes::from_owner(bytes)).await?),
        }
    }

    /// The whole file.
    pub async fn find(&self, key: &BlobKey) -> Result<Option<Vec<u8>>, BlobError> {
        match &self.store {
            Store::Folder(folder) => {
                let (folder, key) = (folder.clone(), key.clone());
                blocking(move || folder.find(&key)).await
            }
            Store::Bucket(s3) => Ok(s3.find(key).await?),
        }
    }

    /// The file, for streaming it or a part of it.
    pub async fn open(&self, key: &BlobKey) -> Result<Option<OpenBlob>, BlobError> {
        let content_type = key.content_type();
        match &self.store {
            Store::Folder(folder) => {
                let (folder, place) = (folder.clone(), key.clone());
                let opened = blocking(move || folder.open_file(&place)).await?;
                Ok(opened.map(|(file, len)| OpenBlob { source: Source::File(file.into()), len, content_type }))
            }
            Store::Bucket(s3) => {
                let source = || Source::Object(s3.clone(), key.clone());
                Ok(s3.len_of(key).await?.map(|len| OpenBlob { source: source(), len, content_type }))
            }
        }
    }

    /// Deletes the file, if it is there.
    pub async fn delete(&self, key: &BlobKey) -> Result<(), BlobError> {
        match &self.store {
            Store::Folder(folder) => {
                let (folder, key) = (folder.clone(), key.clone());
                blocking(move || folder.delete(&key)).await
            }
            Store::Bucket(s3) => Ok(s3.delete(key).await?),
        }
    }

    /// All files whose key begins so. What is put or deleted meanwhile may be in it or not.
    pub fn list(&self, prefix: &str) -> Listing {
        Listing(match &self.store {
            Store::Folder(folder) => ListingState::Folder(Box::new(folder.walk(prefix))),
            Store::Bucket(s3) => ListingState::Bucket(s3.pages(prefix)),
        })
    }
}

impl OpenBlob {
    /// A part of the file, in bytes from its beginning.
    pub async fn read(self, part: Range<u64>) -> Result<Body, BlobError> {
        match self.source {
            Source::File(mut file) => {
                if part.start > 0 {
                    file.seek(std::io::SeekFrom::Start(part.start)).await?;
                }
                let count = part.end.saturating_sub(part.start);
                Ok(Body::from_stream(ReaderStream::with_capacity(file.take(count), BUFFER_BYTES)))
            }
            Source::Object(..) if part.is_empty() => Ok(Body::empty()),
            Source::Object(s3, key) => {
                let part = (part != (0..self.len)).then_some(part);
                Ok(s3.stream(&key, part).await?)
            }
        }
    }
}

impl Listing {
    /// The next files; nothing when there are no more.
    pub async fn next_page(&mut self) -> Result<Option<Vec<Listed>>, BlobError> {
        let page = match std::mem::replace(&mut self.0, ListingState::End) {
            ListingState::Folder(mut walk) => {
                let (page, walk) = blocking(move || walk.page().map(|page| (page, walk))).await?;
                self.0 = ListingState::Folder(walk);
                page
            }
            ListingState::Bucket(mut pages) => {
                let page = pages.next().await?;
                self.0 = ListingState::Bucket(pages);
                page
            }
            ListingState::End => None,
        };
        if page.is_none() {
            self.0 = ListingState::End;
        }
        Ok(page)
    }
}

/// Files block; they do it off the async threads.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T, BlobError> {
    let done = tokio::task::spawn_blocking(work).await.map_err(std::io::Error::other)?;
    Ok(done?)
}
