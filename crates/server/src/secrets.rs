//! The installation's own secret, and the keys made from it. It is configured, or made at the first start and kept in
//! the data folder, readable by its owner alone.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context, bail};
use sha2::{Digest, Sha256};

use crate::config::{Config, Secret};
use crate::random;

const FILE: &str = "secret.key";

/// What signs links. Prints nothing of itself.
#[derive(Clone, Debug)]
pub struct Secrets {
    root: Secret,
}

impl Secrets {
    /// The configured secret, or the one in the data folder, which is made if it is missing.
    pub fn open(config: &Config) -> anyhow::Result<Secrets> {
        let root = match &config.server.secret_key {
            Some(key) => key.clone(),
            None => kept(&config.storage.data_dir).context("set server.secret_key to do without the file")?,
        };
        Ok(Secrets { root })
    }

    /// The key for one purpose; different purposes never share one.
    pub fn key(&self, purpose: &'static str) -> [u8; 32] {
        let mut hash = Sha256::new();
        // The root has a fixed end here (its length), so no purpose can run into it.
        hash.update((self.root.reveal().len() as u64).to_le_bytes());
        hash.update(self.root.reveal());
        hash.update(purpose);
        hash.finalize().into()
    }
}

fn kept(data_dir: &Path) -> anyhow::Result<Secret> {
    let path = data_dir.join(FILE);
    if !path.try_exists().with_context(|| format!("cannot look at {}", path.display()))? {
        make(data_dir, &path).with_context(|| format!("cannot keep a generated secret in {}", path.display()))?;
    }
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let text = text.trim();
    if text.len() < 32 {
        bail!(
            "{} holds no secret; delete it to have a new one made (links signed before stop working)",
            path.display()
        );
    }
    Ok(Secret::new(text))
}

/// Writes the file whole under another name first: whoever starts at the same moment reads all of it or none.
fn make(data_dir: &Path, path: &Path) -> io::Result<()> {
    let text = random::spell(&random::bytes::<32>(), random::BASE32);
    let draft = data_dir.join(format!("{FILE}.{}", random::spell(&random::bytes::<8>(), random::BASE32)));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    let written = writeln!(file, "{text}").and_then(|()| file.sync_all());
    let placed = written.and_then(|()| fs::hard_link(&draft, path));
    fs::remove_file(&draft)?;
    match placed {
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        placed => placed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(data_dir: &Path) -> Config {
        let mut config = Config::defaults();
        config.storage.data_dir = data_dir.to_owned();
        config
    }

    #[test]
    fn a_secret_is_made_once_and_is_its_owners_alone() {
        let dir = tempfile::tempdir().unwrap();
        let starts: Vec<_> = (0..8)
            .map(|_| {
                let config = config(dir.path());
                std::thread::spawn(move || Secrets::open(&config).unwrap().key("links"))
            })
            .collect();
        let keys: Vec<_> = starts.into_iter().map(|start| start.join().unwrap()).collect();
        assert!(keys.iter().all(|key| *key == keys[0]));
        let names: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, [FILE]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(dir.path().join(FILE)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn purposes_and_installations_have_different_keys() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (one, other) = (Secrets::open(&config(one.path())).unwrap(), Secrets::open(&config(other.path())).unwrap());
        assert_ne!(one.key("a"), one.key("b"));
        assert_ne!(one.key("a"), other.key("a"));
        assert!(!format!("{one:?}").contains(one.root.reveal()));
    }

    #[test]
    fn a_configured_secret_needs_no_file() {
        let dir = tempfile::tempdir().unwrap();
        let mut config = config(dir.path());
        config.server.secret_key = Some(Secret::new("x".repeat(32)));
        Secrets::open(&config).unwrap();
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[test]
    fn an_empty_file_is_refused_by_name() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(FILE), "\n").unwrap();
        let why = format!("{:#}", Secrets::open(&config(dir.path())).unwrap_err());
        assert!(why.contains(FILE) && why.contains("holds no secret"), "{why}");
    }
}
