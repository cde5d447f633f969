//! Finished files and uploads, by key: put, find, open, delete. Today in a local folder. Which keys there are and what
//! their extensions mean is in `keys`; who may read which is decided above.

mod keys;
mod local;

use std::io;
use std::path::PathBuf;

pub use keys::{BadKey, BlobKey, ResultPlace};

use local::LocalFolder;

/// Where the files are. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Blobs {
    folder: LocalFolder,
}

/// A file being read.
#[derive(Debug)]
pub struct OpenBlob {
    pub file: tokio::fs::File,
    /// Bytes.
    pub len: u64,
    pub content_type: &'static str,
}

#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// Goes away when room is made; nothing needs a restart.
    #[error("the storage for files is full")]
    StorageFull(#[source] io::Error),
    #[error("the storage for files failed")]
    Io(#[source] io::Error),
}

impl From<io::Error> for BlobError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::StorageFull(error),
            _ => Self::Io(error),
        }
    }
}

impl Blobs {
    /// Files in a local folder, which is made if it is not there.
    pub async fn in_folder(folder: PathBuf) -> Result<Self, BlobError> {
        let folder = blocking(move || LocalFolder::open(folder)).await?;
        Ok(Self { folder })
    }

    /// Stores a whole file, in the place of what was there. It is on the disk when this returns, and nobody ever sees
    /// half of it.
    pub async fn put(&self, key: &BlobKey, bytes: impl AsRef<[u8]> + Send + 'static) -> Result<(), BlobError> {
        let (folder, key) = (self.folder.clone(), key.clone());
        blocking(move || folder.put(&key, bytes.as_ref())).await
    }

    /// The whole file.
    pub async fn find(&self, key: &BlobKey) -> Result<Option<Vec<u8>>, BlobError> {
        let (folder, key) = (self.folder.clone(), key.clone());
        blocking(move || folder.find(&key)).await
    }

    /// The file, for streaming.
    pub async fn open(&self, key: &BlobKey) -> Result<Option<OpenBlob>, BlobError> {
        let (folder, place) = (self.folder.clone(), key.clone());
        let opened = blocking(move || folder.open_file(&place)).await?;
        let content_type = key.content_type();
        Ok(opened.map(|(file, len)| OpenBlob { file: file.into(), len, content_type }))
    }

    /// Whether there was something to delete.
    pub async fn delete(&self, key: &BlobKey) -> Result<bool, BlobError> {
        let (folder, key) = (self.folder.clone(), key.clone());
        blocking(move || folder.delete(&key)).await
    }
}

/// Files block; they do it off the async threads.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T, BlobError> {
    let done = tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?;
    Ok(done?)
}
