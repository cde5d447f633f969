//! The starter gallery, as bytes in the binary. `build.rs` writes the table of the files.

/// A file of a starter template.
#[derive(Debug)]
pub struct File {
    /// From the template's folder, with slashes.
    pub path: &'static str,
    pub bytes: &'static [u8],
}

/// The starters in the order they came to be: a starter's number is its place, from 1, so names are only ever added
/// at the end.
pub(super) const STARTERS: &[&str] =
    &["linkedin-tips", "og-blog", "quote-card", "testimonial", "youtube-thumbnail", "certificate"];

include!(concat!(env!("OUT_DIR"), "/gallery.rs"));

/// The files of a starter.
pub(super) fn files_of(starter: &str) -> Option<&'static [File]> {
    FOLDERS.iter().find(|(name, _)| *name == starter).map(|(_, files)| *files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_folder_is_a_starter() {
        let mut listed = STARTERS.to_vec();
        listed.sort_unstable();
        let folders: Vec<&str> = FOLDERS.iter().map(|(name, _)| *name).collect();
        assert_eq!(folders, listed);
    }
}
