//! Every case drawn and held against its reference. The report is `target/visual/index.html`.

use std::fs;
use std::path::{Path, PathBuf};

use handbill_render::Engine;
use handbill_visual::compare::{Pixels, compare};
use handbill_visual::report::{Outcome, Verdict, write};
use handbill_visual::{cases, draw};

/// References live in git.
const MAX_REFERENCE_BYTES: u64 = 20 * 1024;
const MAX_SIDE: u32 = 300;

#[test]
fn every_case_looks_as_its_reference() {
    let folder = draw::report_folder();
    fs::create_dir_all(&folder).unwrap();
    let mut engine = draw::engine().unwrap();
    let outcomes: Vec<Outcome> =
        cases::files("cases").unwrap().iter().flat_map(|file| outcomes_of(&mut engine, file, &folder)).collect();
    write(&folder, &outcomes).unwrap();
    let failed: Vec<String> = outcomes
        .iter()
        .filter(|outcome| !matches!(outcome.verdict, Verdict::Same))
        .map(|outcome| format!("{}: {:?}", outcome.name, outcome.verdict))
        .collect();
    let report = folder.join("index.html");
    assert!(
        failed.is_empty(),
        "see {}; accept with `cargo xtask visual --accept NAME`\n{}",
        report.display(),
        failed.join("\n")
    );
}

#[test]
fn every_reference_is_small_and_has_a_case() {
    let names: Vec<String> = cases::files("cases").unwrap().iter().map(|file| cases::name(file)).collect();
    for entry in fs::read_dir(cases::root().join("reference")).unwrap() {
        let file = entry.unwrap().path();
        let page = cases::name(&file);
        let case = page.split_once('.').map_or(page.as_str(), |(case, _)| case);
        assert!(names.iter().any(|name| name == case), "{page} is a reference without a case");
        let bytes = fs::read(&file).unwrap();
        assert!(bytes.len() as u64 <= MAX_REFERENCE_BYTES, "{page} has {} bytes", bytes.len());
        let picture = Pixels::from_png(&bytes).unwrap();
        assert!(picture.width <= MAX_SIDE && picture.height <= MAX_SIDE, "{page} is larger than {MAX_SIDE} px");
    }
}

fn outcomes_of(engine: &mut Engine, file: &Path, folder: &Path) -> Vec<Outcome> {
    match draw::draw(engine, file) {
        Err(error) => vec![Outcome { name: cases::name(file), verdict: Verdict::Failed(format!("{error:#}")) }],
        Ok(pages) => pages.into_iter().map(|(name, png)| outcome(name, &png, folder)).collect(),
    }
}

fn outcome(name: String, png: &[u8], folder: &Path) -> Outcome {
    let verdict = judge(&name, png, folder).unwrap_or_else(|error| Verdict::Failed(format!("{error:#}")));
    Outcome { name, verdict }
}

fn judge(name: &str, png: &[u8], folder: &Path) -> anyhow::Result<Verdict> {
    let beside = |kind: &str| -> PathBuf { folder.join(format!("{name}.{kind}.png")) };
    let actual = Pixels::from_png(png)?;
    fs::write(beside("actual"), actual.to_small_png()?)?;
    let reference = cases::root().join("reference").join(format!("{name}.png"));
    anyhow::ensure!(reference.exists(), "there is no reference yet");
    let expected = fs::read(&reference)?;
    fs::write(beside("expected"), &expected)?;
    Ok(match compare(&Pixels::from_png(&expected)?, &actual)? {
        None => Verdict::Same,
        Some(difference) => {
            fs::write(beside("difference"), difference.shown.to_small_png()?)?;
            Verdict::Differs { pixels: difference.pixels, largest: difference.largest }
        }
    })
}
