//! The files of a render: what they are called, keeping them, and clearing away those of an attempt that came to nothing.

use handbill_render::{Format, Picture};
use sha2::{Digest as _, Sha256};

use super::ResultFile;
use crate::actions::Result;
use crate::blobs::{BlobKey, Blobs, ResultPlace};
use crate::store::render::EndedRender;

/// The place of one output of one attempt. Its random part comes from the render's 128 random bits, so that nobody can guess
/// it, no two attempts share it, and every later attempt can tell where the earlier ones kept their files.
pub(crate) fn place(account_id: i64, seed: &[u8], attempt: i64, output: usize) -> ResultPlace {
    let mut hash = Sha256::new();
    hash.update(seed);
    hash.update(attempt.to_be_bytes());
    hash.update((output as u64).to_be_bytes());
    let mut random = [0; 16];
    random.copy_from_slice(&hash.finalize()[..16]);
    ResultPlace::new(account_id, u128::from_be_bytes(random))
}

/// Files that an attempt has kept. They are deleted again unless it says that they are good.
pub(crate) struct AttemptFiles {
    blobs: Blobs,
    kept: Vec<BlobKey>,
}

/// How the files of one output are named.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Naming {
    pub(crate) format: Format,
    pub(crate) carousel: bool,
    /// Several, or a list of one.
    pub(crate) is_list: bool,
}

impl AttemptFiles {
    pub(crate) fn new(blobs: &Blobs) -> AttemptFiles {
        AttemptFiles { blobs: blobs.clone(), kept: Vec::new() }
    }

    /// Keeps the pictures of one output, in their order.
    pub(crate) async fn keep(
        &mut self,
        place: &ResultPlace,
        naming: Naming,
        pictures: Vec<Picture>,
    ) -> Result<Vec<ResultFile>> {
        let mut files = Vec::with_capacity(pictures.len());
        for (index, Picture { bytes, width, height }) in pictures.into_iter().enumerate() {
            let extension = naming.format.extension();
            let key = match naming.format {
                Format::Pdf if naming.carousel => place.carousel_pdf(),
                _ if naming.is_list => place.frame(index, extension),
                _ => place.single(extension),
            };
            let len = bytes.len();
            // First noted, then written: a write that is broken off may have come to pass.
            self.kept.push(key.clone());
            self.blobs.put(&key, bytes).await?;
            files.push(ResultFile { key: key.to_string(), width, height, len });
        }
        Ok(files)
    }

    /// They are somebody else's business from here on.
    pub(crate) fn are_good(mut self) {
        self.kept.clear();
    }
}

impl Drop for AttemptFiles {
    fn drop(&mut self) {
        let (blobs, waste) = (self.blobs.clone(), std::mem::take(&mut self.kept));
        if let (false, Ok(runtime)) = (waste.is_empty(), tokio::runtime::Handle::try_current()) {
            runtime.spawn(async move { delete(&blobs, &waste).await });
        }
    }
}

/// Deletes what the first so many attempts at a render may have left.
pub(crate) async fn forget_attempts(blobs: &Blobs, render: &EndedRender, attempts: i64) {
    // Every other output has at least one of the slides.
    let others = render.output.split(',').count() - 1;
    let slides = usize::try_from(render.slides).unwrap_or(0).saturating_sub(others);
    for attempt in 1..=attempts {
        for (index, extension) in extensions(&render.output).enumerate() {
            let place = place(render.account_id, &render.seed, attempt, index);
            let frames = (0..slides).map(|slide| place.frame(slide, extension));
            let all: Vec<BlobKey> = [place.single(extension), place.carousel_pdf()].into_iter().chain(frames).collect();
            delete(blobs, &all).await;
        }
    }
}

/// Of the outputs of a render, as it is kept: `png`, or several with commas between them.
fn extensions(output: &str) -> impl Iterator<Item = &str> {
    output.split(',').map(|format| if format == "jpeg" { "jpg" } else { format })
}

async fn delete(blobs: &Blobs, keys: &[BlobKey]) {
    for key in keys {
        if let Err(error) = blobs.delete(key).await {
            tracing::warn!(%key, %error, "a file of an attempt that came to nothing could not be deleted");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_attempt_has_a_place_of_its_own() {
        let of = |seed: &[u8], attempt, output| place(1, seed, attempt, output).single("png");
        assert_eq!(of(&[7; 16], 1, 0), of(&[7; 16], 1, 0));
        let all = [of(&[7; 16], 1, 0), of(&[8; 16], 1, 0), of(&[7; 16], 2, 0), of(&[7; 16], 1, 1)];
        for (index, key) in all.iter().enumerate() {
            assert!(!all[..index].contains(key));
        }
    }

    fn picture() -> Picture {
        Picture { bytes: b"picture".to_vec(), width: 1, height: 1 }
    }

    async fn kept(blobs: &Blobs, attempt: i64, pictures: usize) -> (AttemptFiles, Vec<BlobKey>) {
        let mut files = AttemptFiles::new(blobs);
        let naming = Naming { format: Format::Jpeg, carousel: pictures > 1, is_list: pictures > 1 };
        let pictures = (0..pictures).map(|_| picture()).collect();
        let kept = files.keep(&place(1, &[7; 16], attempt, 0), naming, pictures).await.unwrap();
        (files, kept.iter().map(|file| BlobKey::parse(&file.key).unwrap()).collect())
    }

    async fn are_there(blobs: &Blobs, keys: &[BlobKey]) -> usize {
        let mut there = 0;
        for key in keys {
            there += usize::from(blobs.find(key).await.unwrap().is_some());
        }
        there
    }

    #[tokio::test]
    async fn an_attempt_that_is_broken_off_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::in_folder(folder.path().to_owned()).await.unwrap();
        let (files, keys) = kept(&blobs, 1, 3).await;
        assert_eq!(are_there(&blobs, &keys).await, 3);
        drop(files);
        while are_there(&blobs, &keys).await > 0 {
            tokio::task::yield_now().await;
        }
        let (files, keys) = kept(&blobs, 2, 3).await;
        files.are_good();
        tokio::task::yield_now().await;
        assert_eq!(are_there(&blobs, &keys).await, 3);
    }

    #[tokio::test]
    async fn a_later_attempt_clears_away_what_a_dead_process_left() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = Blobs::in_folder(folder.path().to_owned()).await.unwrap();
        let render = EndedRender {
            id: uuid::Uuid::now_v7(),
            job: handbill_queue::JobId(1),
            account_id: 1,
            seed: vec![7; 16],
            output: "jpeg".to_owned(),
            slides: 3,
        };
        let mut all = Vec::new();
        for (attempt, pictures) in [(1, 1), (2, 3), (3, 3)] {
            let (files, keys) = kept(&blobs, attempt, pictures).await;
            files.are_good(); // a killed process deletes nothing
            all.push(keys);
        }
        forget_attempts(&blobs, &render, 2).await;
        assert_eq!(are_there(&blobs, &all[0]).await + are_there(&blobs, &all[1]).await, 0);
        assert_eq!(are_there(&blobs, &all[2]).await, 3);
    }
}
