//! The same designs drawn by headless Chromium: each is written twice, as a template and, by hand, as HTML, and must look the
//! same. What differs and why is told in `designs/README.md`. The report is `target/visual/designs/index.html`.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use handbill_render::{Engine, Options};
use handbill_template::{Warning, WarningCode};
use handbill_visual::browser::{Design, pictures};
use handbill_visual::compare::Pixels;
use handbill_visual::ssim::{Ssim, ssim};
use handbill_visual::{cases, draw};

const LEAST: f64 = 0.98;

#[test]
fn every_design_looks_as_the_browser_draws_it() {
    let files = cases::files("designs").unwrap();
    assert!(files.len() >= 12, "only {} designs", files.len());
    let folder = tempfile::tempdir().unwrap();
    for file in ["photo.jpg", "mask.png"] {
        fs::copy(cases::root().join("designs").join(file), folder.path().join(file)).unwrap();
    }
    let mut engine = draw::engine().unwrap();
    let ours: Vec<Pixels> = files.iter().map(|file| drawn(&mut engine, file, folder.path())).collect();
    let design = |(file, ours): (&std::path::PathBuf, &Pixels)| Design {
        name: cases::name(file),
        html: fs::read_to_string(file.with_extension("html")).unwrap(),
        width: ours.width,
        height: ours.height,
    };
    let designs: Vec<Design> = files.iter().zip(&ours).map(design).collect();
    let theirs = pictures(&designs, folder.path()).unwrap();
    let compared = ours.iter().zip(&theirs).map(|(ours, theirs)| ssim(ours, theirs).unwrap());
    let compared: Vec<Ssim> = compared.collect();
    let report = draw::report_folder().join("designs");
    write_report(&report, &designs, &ours, &theirs, &compared);
    let unlike: Vec<String> = designs
        .iter()
        .zip(&compared)
        .filter(|(_, ssim)| ssim.mean < LEAST)
        .map(|(design, ssim)| format!("{}: {:.4}", design.name, ssim.mean))
        .collect();
    assert!(unlike.is_empty(), "less alike than {LEAST}, see {}/index.html\n{}", report.display(), unlike.join("\n"));
}

fn drawn(engine: &mut Engine, file: &Path, folder: &Path) -> Pixels {
    let input = draw::with_assets(cases::document(file).unwrap(), folder, Options::default());
    let rendered = engine.render(&input, &mut |_| ()).unwrap();
    let told = rendered.report.warnings.iter().filter(|warning| warning.code != WarningCode::LowContrast);
    assert_eq!(told.collect::<Vec<_>>(), Vec::<&Warning>::new(), "{}", file.display());
    Pixels::from_png(&rendered.pictures[0].bytes).unwrap()
}

/// Both pictures and the map of each, the least alike first.
fn write_report(folder: &Path, designs: &[Design], ours: &[Pixels], theirs: &[Pixels], compared: &[Ssim]) {
    fs::create_dir_all(folder).unwrap();
    let mut order: Vec<usize> = (0..designs.len()).collect();
    order.sort_by(|a, b| compared[*a].mean.total_cmp(&compared[*b].mean));
    let mut html = String::from(HEAD);
    for at in order {
        let name = &designs[at].name;
        writeln!(html, "<h2>{name}: {:.4}</h2>", compared[at].mean).unwrap();
        let map = compared[at].shown();
        for (kind, picture) in [("handbill", &ours[at]), ("chromium", &theirs[at]), ("map", &map)] {
            fs::write(folder.join(format!("{name}.{kind}.png")), picture.to_small_png().unwrap()).unwrap();
            writeln!(html, "<figure><img src='{name}.{kind}.png' alt=''><figcaption>{kind}</figcaption></figure>")
                .unwrap();
        }
    }
    fs::write(folder.join("index.html"), html).unwrap();
}

const HEAD: &str = "<!doctype html><html lang=en><meta charset=utf-8><title>Designs beside a browser's</title><style>\
body{font:15px/1.5 system-ui,sans-serif;margin:2rem;background:#f4f4f6;color:#1b1b1f}h2{font-size:1rem}\
figure{display:inline-block;margin:0 1rem 0 0}figcaption{font-size:.8rem;color:#777}</style>\
<h1>Structural similarity with headless Chromium</h1>\n";
