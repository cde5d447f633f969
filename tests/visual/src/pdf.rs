//! PDFs seen through poppler and qpdf, which are not ours.

use std::path::Path;
use std::process::{Command, Output};

use anyhow::{Context, bail, ensure};
use handbill_template::resolved::Page;

use crate::compare::Pixels;

/// Drawn pixels along a side of one that comes back.
const FINER: usize = 4;

/// Whether the programs are there. In CI they must be.
///
/// # Panics
/// In CI, when one is missing.
#[must_use]
pub fn can_be_read() -> bool {
    let in_ci = std::env::var("CI").is_ok_and(|value| value == "true");
    ["pdftoppm", "pdftotext", "qpdf"].iter().all(|program| {
        let found = Command::new(program).arg("--version").output().is_ok();
        assert!(found || !in_ci, "{program} is not installed, and in CI nothing may be left out");
        if !found {
            eprintln!("left out: {program} is not installed (Debian packages poppler-utils and qpdf)");
        }
        found
    })
}

/// The pages without their bleed, as large as the rasteriser draws `page` at this `scale`.
///
/// Poppler puts letters, pictures and shadows on whole pixels of its own choice. So it draws four times as large, and
/// what comes back are averages.
pub fn pictures(pdf: &[u8], page: Page, scale: f64) -> anyhow::Result<Vec<Pixels>> {
    let pixels = |length: u32| (f64::from(length) * scale).round() as usize * FINER;
    let device_scale = f64::from(page.width_px) / page.width * scale * FINER as f64;
    let dots_per_inch = 72.0 / page.pt_per_px * device_scale;
    let offset = page.bleed * device_scale;
    ensure!((offset - offset.round()).abs() < 0.01, "the bleed of {offset} px does not end between two pixels");
    let offset = format!("{offset:.0}");
    let (width, height) = (pixels(page.width_px).to_string(), pixels(page.height_px).to_string());
    let arguments = ["-r", &dots_per_inch.to_string(), "-x", &offset, "-y", &offset, "-W", &width, "-H", &height, "{}"];
    let said = ask("pdftoppm", &arguments, pdf)?.stdout;
    let mut rest = said.as_slice();
    let mut pictures = Vec::new();
    while !rest.is_empty() {
        let (picture, behind) = portable_pixmap(rest).context("pdftoppm wrote no picture")?;
        pictures.push(picture);
        rest = behind;
    }
    Ok(pictures)
}

/// Averages of a picture as pdftoppm writes it, and what follows it.
fn portable_pixmap(bytes: &[u8]) -> Option<(Pixels, &[u8])> {
    let mut lines = bytes.splitn(4, |&byte| byte == b'\n');
    let (magic, size, depth, data) = (lines.next()?, lines.next()?, lines.next()?, lines.next()?);
    if magic != b"P6" || depth != b"255" {
        return None;
    }
    let (width, height) = std::str::from_utf8(size).ok()?.split_once(' ')?;
    let (width, height): (usize, usize) = (width.parse().ok()?, height.parse().ok()?);
    let (data, behind) = data.split_at_checked(width * height * 3)?;
    Some((averages(data, width), behind))
}

fn averages(rgb: &[u8], width: usize) -> Pixels {
    let count = (FINER * FINER) as u32;
    let mut rgba = Vec::with_capacity(rgb.len() / 3 / FINER / FINER * 4);
    for rows in rgb.chunks_exact(width * 3 * FINER) {
        for x in 0..width / FINER {
            let mut sums = [0; 3];
            for row in rows.chunks_exact(width * 3) {
                for pixel in row[x * FINER * 3..][..FINER * 3].chunks_exact(3) {
                    sums.iter_mut().zip(pixel).for_each(|(sum, &channel)| *sum += u32::from(channel));
                }
            }
            rgba.extend(sums.map(|sum| ((sum + count / 2) / count) as u8));
            rgba.push(255);
        }
    }
    let width = (width / FINER) as u32;
    Pixels { width, height: (rgba.len() / 4) as u32 / width, rgba }
}

/// # Errors
/// What qpdf does not like about the file.
pub fn check(pdf: &[u8]) -> anyhow::Result<()> {
    let output = ask("qpdf", &["--check", "{}"], pdf)?;
    let said = String::from_utf8_lossy(&output.stdout);
    ensure!(said.contains("No syntax or stream encoding errors found") && !said.contains("WARNING"), "{said}");
    Ok(())
}

/// What copying the whole document gives, line by line.
pub fn text(pdf: &[u8]) -> anyhow::Result<String> {
    Ok(String::from_utf8(ask("pdftotext", &["-enc", "UTF-8", "{}", "-"], pdf)?.stdout)?)
}

/// What a program says of a PDF. `{}` among the arguments stands for its file.
fn ask(program: &str, arguments: &[&str], pdf: &[u8]) -> anyhow::Result<Output> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("it.pdf");
    std::fs::write(&path, pdf)?;
    let argument = |text: &&str| if *text == "{}" { path.as_path() } else { Path::new(*text) }.to_owned();
    let output = Command::new(program).args(arguments.iter().map(argument)).output().context(program.to_owned())?;
    if !output.status.success() {
        bail!("{program}: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(output)
}
