//! Every case and every starter as a PDF: sound, drawn again by poppler as the rasteriser draws it, and saying the same.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use handbill_render::{Asset, Engine, Format, Input, Options};
use handbill_template::WarningCode;
use handbill_template::bind::BindOptions;
use handbill_template::bind::native::{NativeData, bind};
use handbill_template::compiled::Compiled;
use handbill_template::resolve::{ResolveOptions, SizeChoice, resolve};
use handbill_template::resolved::{AssetRef, Document, Frame, NodeKind};
use handbill_visual::compare::Pixels;
use handbill_visual::ssim::ssim;
use handbill_visual::{cases, draw, pdf, starters};
use serde_json::{Value, json};

/// The least structural similarity.
const ALIKE: f64 = 0.97;

/// Cases are smaller than what people make, and the rasteriser puts edges and baselines on whole pixels while a PDF has
/// none. Where that weighs too much at their own size, they are drawn twice as large.
const SCALES: [f64; 2] = [1.0, 2.0];

/// Pages with a bound of their own.
const EXCEPTIONS: [(&str, f64); 1] = [
    // 60×40 pixels full of letters, whose baselines lie half a pixel beside whole ones at either scale.
    ("slides.13", 0.96),
];

/// The rasteriser makes each module of a code a whole number of pixels and the code smaller for it; a PDF fills the box.
/// So the modules of codes are left out of all cases but this. Its codes have 37 and 33 modules with their quiet zones,
/// in 100 and 80 pixels: at this scale a module takes 10.05 and 9.02 pixels, and the outermost are off by 0.8 of a pixel.
const CODES: &str = "codes";
const CODES_SCALE: f64 = 3.72;
const CODES_ALIKE: f64 = 0.92;

#[test]
fn every_case_looks_the_same_in_a_pdf() {
    if !pdf::can_be_read() {
        return;
    }
    let files = cases::files("cases").unwrap();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut engine = draw::engine().unwrap();
        let mut faults = Vec::new();
        while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            faults.extend(case_differences(&mut engine, file));
        }
        faults
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let faults: Vec<String> = std::thread::scope(|scope| {
        let started: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        started.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert!(faults.is_empty(), "see {}\n{}", folder().display(), faults.join("\n"));
}

fn case_differences(engine: &mut Engine, file: &Path) -> Vec<String> {
    let name = cases::name(file);
    let mut input = draw::input(file, Options::default()).unwrap();
    if name == CODES {
        input.options.scale = CODES_SCALE;
        return differences(engine, &name, input, CODES_ALIKE);
    }
    input.document.slides.iter_mut().for_each(|slide| without_modules(&mut slide.frame));
    let mut faults = Vec::new();
    for scale in SCALES {
        input.options.scale = scale;
        faults = differences(engine, &name, input.clone(), ALIKE);
        if faults.is_empty() {
            break;
        }
    }
    faults
}

fn without_modules(frame: &mut Frame) {
    for node in &mut frame.children {
        match &mut node.kind {
            NodeKind::Frame(inner) => without_modules(inner),
            NodeKind::Code(code) => code.fill = code.background.clone(),
            _ => {}
        }
    }
}

#[test]
fn every_starter_looks_the_same_in_a_pdf() {
    if !pdf::can_be_read() {
        return;
    }
    let compare = |name: &str| {
        let mut document = filled(name, "");
        let page = &mut document.page;
        if page.bleed > 0.0 {
            // 127 dots per inch: the bleed ends between two pixels.
            let pixels = |length: f64| (length / 96.0 * 127.0 + 0.01).floor() as u32;
            (page.width_px, page.height_px) = (pixels(page.width), pixels(page.height));
        }
        let assets = starters::assets(name, &document);
        let input = Input { document, assets, options: Options::default() };
        differences(&mut draw::engine().unwrap(), name, input, ALIKE)
    };
    let names = starters::names().unwrap();
    let faults: Vec<String> = std::thread::scope(|scope| {
        let started: Vec<_> = names.iter().map(|name| scope.spawn(|| compare(name))).collect();
        started.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert!(faults.is_empty(), "see {}\n{}", folder().display(), faults.join("\n"));
}

/// What is written in a text node, and what else is said of it; each on a page of its own.
fn texts() -> Vec<(&'static str, Value)> {
    vec![
        ("The office finished five flats, affluent", json!({})),
        ("Letter spaced office", json!({ "letterSpacing": 0.3 })),
        ("Tight finished words", json!({ "letterSpacing": -0.04 })),
        ("Set in justified lines in a narrow box, spaces and all", json!({ "align": "justify", "width": 200 })),
        ("Zwei Wörter – 10\u{a0}000 € “so”…", json!({ "shadow": [{ "x": 2, "y": 2, "blur": 3 }] })),
        ("outlined", json!({ "stroke": "#ff0000", "strokeWidth": 3, "decoration": "underline" })),
        ("a\u{301} Z\u{327}a\u{323} naïve Ångström", json!({})),
        ("مرحبا بالعالم هذا نص طويل يحتاج إلى أكثر من سطر", json!({ "width": 180 })),
        ("שלום עולם", json!({ "opacity": 0.5 })),
        ("สวัสดีชาวโลก", json!({})),
        ("你好世界 こんにちは", json!({ "blend": "multiply" })),
        // No bundled font has these: boxes, which say what they stand for.
        ("안녕 세계 তমি", json!({})),
        ("I ❤️ 👍🏽 👩‍👩‍👧 🇪🇺 1️⃣", json!({})),
    ]
}

#[test]
fn text_is_copied_out_as_it_was_written() {
    if !pdf::can_be_read() {
        return;
    }
    let texts = texts();
    let slide = |(number, (words, more)): (usize, &(&str, Value))| {
        let mut node = json!({ "type": "text", "id": format!("t{number}"), "text": words, "fontSize": 24,
                               "x": 20, "y": 60, "width": 560 });
        node.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({ "id": format!("s{number}"), "children": [node] })
    };
    let slides: Vec<Value> = texts.iter().enumerate().map(slide).collect();
    let document = resolved(&json!({ "width": 600, "height": 300 }), &slides);
    let input = Input { document, assets: BTreeMap::new(), options: Options::with_format(Format::Pdf) };
    let rendered = draw::engine().unwrap().render(&input, &mut |_| ()).unwrap();
    let said = pdf::text(&rendered.pictures[0].bytes).unwrap();
    // pdftotext puts marks around right-to-left text.
    let said = said.replace(|c| matches!(c, '\u{202a}'..='\u{202e}'), "");
    // It takes spaces that do not break for spaces.
    let level =
        |text: &str| text.split([' ', '\u{a0}', '\n']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    let pages: Vec<String> = said.split('\u{c}').map(level).collect();
    let expected: Vec<String> = texts.iter().map(|(words, _)| level(words)).chain([String::new()]).collect();
    assert_eq!(pages, expected);
}

/// pdftotext guesses the order of scripts from where letters stand, and puts spaces on the wrong side of a change
/// (docs/pdf.md). The words are in order.
#[test]
fn mixed_directions_are_copied_in_order() {
    if !pdf::can_be_read() {
        return;
    }
    for words in ["Hello מרחב עולם world", "שלום world עולם", "السعر 1,299.00 ريال فقط", "Order 42: مرحبا, thanks"]
    {
        let node = json!({ "type": "text", "text": words, "fontSize": 24, "x": 20, "y": 60, "width": 560 });
        let document = resolved(&json!({ "width": 600, "height": 300 }), &[json!({ "id": "s", "children": [node] })]);
        let input = Input { document, assets: BTreeMap::new(), options: Options::with_format(Format::Pdf) };
        let rendered = draw::engine().unwrap().render(&input, &mut |_| ()).unwrap();
        let said = pdf::text(&rendered.pictures[0].bytes).unwrap();
        let letters =
            |text: &str| text.replace(|c: char| c.is_whitespace() || matches!(c, '\u{202a}'..='\u{202e}'), "");
        assert_eq!(letters(&said), letters(words));
    }
}

/// A template without fields.
fn resolved(canvas: &Value, slides: &[Value]) -> Document {
    let template = json!({ "format": 1, "id": "test", "canvas": canvas, "slides": slides });
    let compiled = Compiled::new(handbill_template::read(&template.to_string()).unwrap()).unwrap();
    let bound = bind(&compiled, &NativeData::default(), &BindOptions::default()).unwrap();
    resolve(&compiled, &bound, &ResolveOptions::default()).unwrap().document
}

/// A ten-slide carousel: photos, text on shadows, and the same portrait on every slide.
#[test]
fn a_carousel_of_photos_is_hardly_larger_than_its_photos() {
    let mut engine = draw::engine().unwrap();
    let jpeg = Options { format: Format::Jpeg, scale: 4.0, quality: Some(95), ..Options::default() };
    let files = cases::files("cases").unwrap();
    let photos: Vec<Vec<u8>> = files[..11]
        .iter()
        .map(|file| engine.render(&draw::input(file, jpeg.clone()).unwrap(), &mut |_| ()).unwrap())
        .map(|mut rendered| rendered.pictures.remove(0).bytes)
        .collect();
    let slides: Vec<Value> = (1..=10).map(slide).collect();
    let document = resolved(&json!({ "width": 1080, "height": 1350 }), &slides);
    let asset = |asset: AssetRef| {
        let number: usize = asset.0.trim_matches(|c: char| !c.is_ascii_digit()).parse().unwrap();
        (asset, Asset::Bytes(photos[number].as_slice().into()))
    };
    let assets = document.assets().into_iter().map(asset).collect();
    let input = Input { document, assets, options: Options::with_format(Format::Pdf) };
    let rendered = engine.render(&input, &mut |_| ()).unwrap();
    assert!(rendered.report.warnings.iter().all(|warning| warning.code != WarningCode::ImageFailed));
    let (pdf, photos) = (rendered.pictures[0].bytes.len(), photos.iter().map(Vec::len).sum::<usize>());
    println!("{pdf} bytes with photos of {photos}");
    assert!(photos > 500_000, "{photos}");
    assert!(pdf as f64 <= 1.1 * photos as f64 + 300_000.0, "{pdf} bytes with photos of {photos}");
    // What is not photos: fonts, shadows, the pages themselves.
    assert!(pdf - photos < 100_000, "{pdf} bytes with photos of {photos}");
}

fn slide(number: usize) -> Value {
    let shadow = json!([{ "x": 0, "y": 20, "blur": 60, "color": "#00000080" }]);
    json!({ "id": format!("s{number}"), "children": [
        { "type": "image", "id": format!("photo{number}"), "src": format!("assets/{number}.jpg"),
          "x": 0, "y": 0, "width": 1080, "height": 1350 },
        { "type": "shape", "id": format!("card{number}"), "shape": "rect", "fill": "#ffffff", "cornerRadius": 32,
          "x": 80, "y": 900, "width": 920, "height": 370, "shadow": shadow },
        { "type": "image", "id": format!("portrait{number}"), "src": "assets/0.jpg",
          "x": 120, "y": 940, "width": 120, "height": 120, "cornerRadius": 60 },
        { "type": "text", "id": format!("title{number}"), "text": format!("{number}. Ship the smallest thing"),
          "fontSize": 72, "x": 120, "y": 1080, "width": 840, "shadow": shadow },
    ]})
}

/// A starter with its samples.
fn filled(name: &str, size: &str) -> Document {
    let compiled = starters::compiled(name).unwrap();
    let samples = BindOptions { preview: true, ..BindOptions::default() };
    let bound = bind(&compiled, &NativeData::default(), &samples).unwrap();
    let options = ResolveOptions { size: SizeChoice::parse(size), ..ResolveOptions::default() };
    resolve(&compiled, &bound, &options).unwrap().document
}

/// Where the file is faulty or its pages are not alike. The folder has the file, and such pages beside the rasteriser's.
fn differences(engine: &mut Engine, name: &str, mut input: Input, least: f64) -> Vec<String> {
    let rasterised = engine.render(&input, &mut |_| ()).unwrap().pictures;
    input.options.format = Format::Pdf;
    let file = engine.render(&input, &mut |_| ()).unwrap().pictures.remove(0).bytes;
    std::fs::create_dir_all(folder()).unwrap();
    std::fs::write(folder().join(format!("{name}.pdf")), &file).unwrap();
    let mut faults: Vec<String> = pdf::check(&file).err().map(|fault| format!("{name}: {fault}")).into_iter().collect();
    let pictures = pdf::pictures(&file, input.document.page, input.options.scale).unwrap();
    assert_eq!(pictures.len(), rasterised.len());
    for (number, (raster, pdf)) in rasterised.iter().zip(&pictures).enumerate() {
        let page = format!("{name}.{}", number + 1);
        let raster = Pixels::from_png(&raster.bytes).unwrap();
        let found = ssim(&raster, pdf).unwrap();
        println!("{page}: {:.4}", found.mean);
        let least = EXCEPTIONS.iter().find(|(name, _)| *name == page).map_or(least, |(_, least)| *least);
        if found.mean < least {
            faults.push(format!("{page}: {:.4}", found.mean));
            for (kind, picture) in [("raster", &raster), ("pdf", pdf), ("alike", &found.shown())] {
                std::fs::write(folder().join(format!("{page}.{kind}.png")), picture.to_small_png().unwrap()).unwrap();
            }
        }
    }
    faults
}

fn folder() -> std::path::PathBuf {
    draw::report_folder().join("pdf")
}
