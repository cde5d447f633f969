//! What each stage of a render costs: a table per starter template. `cargo xtask bench` runs it.
//!
//! Warm: fonts, pictures and glyphs are what an engine process has after its first render. All slides together, one
//! thread, median of the runs; the last column is the stage's share of a whole PNG render.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use handbill_render::fonts::FontLibrary;
use handbill_render::{Asset, Engine, Format, Input, Options, engine};
use handbill_template::bind::BindOptions;
use handbill_template::bind::native::{NativeData, bind};
use handbill_template::compiled::Compiled;
use handbill_template::resolve::{ResolveOptions, resolve};
use handbill_template::{read, resolved::Document};

#[path = "../tests/support/bundled.rs"]
mod bundled;

use bundled::bundled;

const RUNS: usize = 25;

fn main() {
    let started = Instant::now();
    let fonts = bundled(true);
    let fonts_took = started.elapsed();
    for template in ["linkedin-tips", "og-blog"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../templates").join(template);
        table(template, &folder, fonts);
    }
    println!("\nfonts opened once per process: {:.2} ms", millis(fonts_took));
}

fn table(name: &str, folder: &Path, fonts: &FontLibrary) {
    let json = std::fs::read_to_string(folder.join("template.json")).expect("a starter template");
    let document = filled(&json);
    let input = input_of(&document, folder, Format::Png);
    let jpeg = input_of(&document, folder, Format::Jpeg);
    let pdf = input_of(&document, folder, Format::Pdf);
    let mut engine = Engine::new(fonts.clone());
    let cold = time(|| engine.render(&input, &mut |_| ()).expect("a render"));
    let rendered = engine.render(&input, &mut |_| ()).expect("a render");

    let (document_fonts, _) = engine.document_fonts(&input);
    let drawings = engine::read_drawings(&input, &document_fonts);
    let images = engine.open_images(&input, &drawings);
    let read_and_compile = median(|| Compiled::new(read(&json).expect("a template")).expect("a template"));
    let bind_and_resolve = median_with(|| Compiled::new(read(&json).expect("a template")).expect("a template"), fill);
    let lay_out = median(|| drop(engine.lay_out(&document, &document_fonts, &images, &drawings)));
    let laid = engine.lay_out(&document, &document_fonts, &images, &drawings);
    let paint = median(|| engine::paint(&document, &input.options, &laid, &images, &drawings).expect("a display list"));
    let list = engine::paint(&document, &input.options, &laid, &images, &drawings).expect("a display list").list;
    let size = (rendered.pictures[0].width, rendered.pictures[0].height);
    let mut draw_all = || -> Vec<_> {
        list.pages.iter().map(|page| engine.draw(page, &document_fonts, &images, size).expect("pixels")).collect()
    };
    let draw = median(&mut draw_all);
    let pixels = draw_all();
    let encode = |options: &Options| {
        median(|| pixels.iter().map(|page| engine::encode(page, options).expect("a file").len()).sum::<usize>())
    };
    let (encode_png, encode_jpeg) = (encode(&input.options), encode(&jpeg.options));
    let mut whole = |input: &Input| median(|| engine.render(input, &mut |_| ()).expect("a render"));
    let (whole_png, whole_jpeg, whole_pdf) = (whole(&input), whole(&jpeg), whole(&pdf));

    println!("\n{name}: {} slides of {}×{}", document.slides.len(), size.0, size.1);
    println!("{:<34}{:>10}{:>9}", "stage", "ms", "share");
    for (stage, took) in [
        ("read and compile (once)", read_and_compile),
        ("bind and resolve", bind_and_resolve),
        ("lay out", lay_out),
        ("paint", paint),
        ("draw", draw),
        ("encode PNG", encode_png),
        ("encode JPEG", encode_jpeg),
        ("whole, PNG", whole_png),
        ("whole, JPEG", whole_jpeg),
        ("whole, PDF", whole_pdf),
        ("whole, PNG, first in a process", cold),
    ] {
        let share = 100.0 * took.as_secs_f64() / whole_png.as_secs_f64();
        println!("{stage:<34}{:>10.2}{share:>8.0}%", millis(took));
    }
}

fn filled(json: &str) -> Document {
    fill(Compiled::new(read(json).expect("a template")).expect("a template"))
}

#[allow(clippy::needless_pass_by_value)] // as `median_with` hands it over
fn fill(compiled: Compiled) -> Document {
    let options = BindOptions { preview: true, ..BindOptions::default() };
    let bound = bind(&compiled, &NativeData::default(), &options).expect("sample data");
    resolve(&compiled, &bound, &ResolveOptions::default()).expect("a document").document
}

fn input_of(document: &Document, folder: &Path, format: Format) -> Input {
    let bytes = |path: &str| match std::fs::read(folder.join(path)) {
        Ok(bytes) => Asset::Bytes(bytes.into()),
        Err(error) => Asset::Failed(error.to_string()),
    };
    let assets: BTreeMap<_, _> = document.assets().into_iter().map(|asset| (asset.clone(), bytes(&asset.0))).collect();
    Input { document: document.clone(), assets, options: Options::with_format(format) }
}

fn time<T>(work: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    std::hint::black_box(work());
    start.elapsed()
}

fn median<T>(mut work: impl FnMut() -> T) -> Duration {
    median_with(|| (), |()| work())
}

/// Only `work` is timed; `prepare` makes what it takes.
fn median_with<P, T>(mut prepare: impl FnMut() -> P, mut work: impl FnMut(P) -> T) -> Duration {
    let mut runs: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let prepared = prepare();
            time(|| work(prepared))
        })
        .collect();
    runs.sort();
    runs[RUNS / 2]
}

fn millis(took: Duration) -> f64 {
    took.as_secs_f64() * 1000.0
}
