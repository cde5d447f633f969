//! Writes the good files of a kind into a folder, for a fuzzer to begin with: `seeds KIND FOLDER`.

use std::fs;
use std::path::PathBuf;

use handbill_damage::seeds::{crashes, seeds};

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (Some(kind), Some(folder)) = (arguments.next(), arguments.next().map(PathBuf::from)) else {
        eprintln!("usage: seeds KIND FOLDER");
        std::process::exit(2);
    };
    fs::create_dir_all(&folder)?;
    for seed in seeds(&kind).into_iter().chain(crashes(&kind)) {
        fs::write(folder.join(&seed.name), seed.bytes)?;
    }
    Ok(())
}
