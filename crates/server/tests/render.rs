//! `handbill render`, `template` and `font` as they are typed: the real program, in a folder of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

struct Folder(TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    fn run(&self, args: &[&str]) -> Output {
        self.run_with_input(args, "")
    }

    fn run_with_input(&self, args: &[&str], input: &str) -> Output {
        use std::io::Write as _;
        let mut command = Command::new(env!("CARGO_BIN_EXE_handbill"));
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("HANDBILL_")) {
            command.env_remove(name);
        }
        command.args(args).current_dir(self.0.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    }

    /// What a command prints; it must succeed.
    #[track_caller]
    fn ok(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(output.status.success(), "{args:?}: {}", text(&output.stderr));
        text(&output.stdout)
    }

    /// What a command complains about; it must fail.
    #[track_caller]
    fn complaint(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(!output.status.success(), "{args:?}: {}", text(&output.stdout));
        text(&output.stderr)
    }

    fn png_size(&self, name: &str) -> (u32, u32) {
        let bytes = std::fs::read(self.path(name)).unwrap();
        assert!(bytes.starts_with(b"\x89PNG"), "{name}");
        let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
        (number(16), number(20))
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn sorted_names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_starter_and_plain_data_make_a_picture() {
    let folder = Folder::new();
    folder.write("data.json", r#"{ "title": "Hello", "date": "2027-03-18" }"#);
    let told = folder.ok(&["render", "og-blog", "--data", "data.json", "--out", "out.png"]);
    assert!(told.starts_with("out.png  1200×630 px"), "{told}");
    assert_eq!(folder.png_size("out.png"), (1200, 630));
    assert_eq!(sorted_names(folder.0.path()), ["data.json", "out.png"], "no data folder is made");
}

#[test]
fn all_three_shapes_of_data_make_the_same_picture() {
    let folder = Folder::new();
    let slides = json!([{ "slide_title": "One" }]);
    folder.write("plain.json", json!({ "title": "T", "slides": slides }).to_string());
    let whole = json!({ "template": "linkedin-tips", "size": "square", "format": "png",
        "data": { "title": "T", "slides": slides } });
    folder.write("whole.json", whole.to_string());
    folder.write(
        "api.json",
        json!({ "content_update": [{ "type": "textbox", "label": "title", "value": "T" }],
            "carousel": [{ "content_fields": [{ "type": "textbox", "label": "slide_title", "value": "One" }] }] })
        .to_string(),
    );
    for (data, size) in [("plain", Some("square")), ("whole", None), ("api", Some("1080x1080"))] {
        let (file, out) = (format!("{data}.json"), format!("{data}-{{n}}.png"));
        let mut args = vec!["render", "linkedin-tips", "--data", &file, "--out", &out];
        args.extend(size.iter().flat_map(|size| ["--size", size]));
        folder.ok(&args);
        assert_eq!(folder.png_size(&format!("{data}-1.png")), (1080, 1080));
    }
    for n in 1..=3 {
        let read = |data: &str| std::fs::read(folder.path(&format!("{data}-{n}.png"))).unwrap();
        assert!(read("plain") == read("whole") && read("plain") == read("api"), "slide {n}");
    }
}

#[test]
fn outputs_are_named_as_asked() {
    let folder = Folder::new();
    std::fs::create_dir(folder.path("there")).unwrap();
    let slides = json!({ "title": "T", "slides": [{ "slide_title": "One" }, { "slide_title": "Two" }] });
    folder.write("d.json", slides.to_string());
    let render = ["render", "linkedin-tips", "--data", "d.json", "--out"];
    folder.ok(&[&render[..], &["out.jpg", "--size", "400x500"]].concat());
    folder.ok(&[&render[..], &["there", "--format", "jpg", "--size", "400x500"]].concat());
    folder.ok(&[&render[..], &["new/all.pdf"]].concat());
    let names = ["d.json", "new", "out-1.jpg", "out-2.jpg", "out-3.jpg", "out-4.jpg", "there"];
    assert_eq!(sorted_names(folder.0.path()), names);
    assert_eq!(sorted_names(&folder.path("there")).len(), 4);
    assert!(std::fs::read(folder.path("out-1.jpg")).unwrap().starts_with(b"\xff\xd8\xff"));
    assert!(std::fs::read(folder.path("new/all.pdf")).unwrap().starts_with(b"%PDF-"));

    let output = folder.run_with_input(
        &["render", "og-blog", "--data", "-", "--out", "-", "--format", "png", "--scale", "2"],
        "{\"title\":\"T\"}",
    );
    assert!(output.status.success() && output.stdout.starts_with(b"\x89PNG"), "{}", text(&output.stderr));
    assert_eq!(&output.stdout[16..24], &[0, 0, 9, 96, 0, 0, 4, 236], "2400×1260");
}

#[test]
fn files_are_as_good_and_as_small_as_asked() {
    let folder = Folder::new();
    let size = |name: &str| std::fs::metadata(folder.path(name)).unwrap().len();
    let render = |more: &[&str]| folder.ok(&[&["render", "og-blog", "--size", "600x315", "--out"], more].concat());
    for (name, quality) in [("low.jpg", "30"), ("high.jpg", "95"), ("low.webp", "30"), ("high.webp", "95")] {
        render(&[name, "--quality", quality]);
    }
    assert!(size("low.jpg") * 2 < size("high.jpg") && size("low.webp") * 2 < size("high.webp"));
    for compression in ["fast", "balanced", "small"] {
        render(&[&format!("{compression}.png"), "--compression", compression]);
    }
    assert!(size("small.png") < size("balanced.png") && size("balanced.png") < size("fast.png"));
    // The data can say it, too; flags stand above it.
    folder.write("low.json", json!({ "data": { "title": "T" }, "format": "webp", "quality": 30 }).to_string());
    folder.write("odd.json", json!({ "data": { "title": "T" }, "quality": 101 }).to_string());
    render(&["data", "--data", "low.json"]);
    render(&["flags", "--data", "low.json", "--quality", "95"]);
    assert!(std::fs::read(folder.path("data")).unwrap().starts_with(b"RIFF"));
    assert!(size("data") * 2 < size("flags"));
    let complaint = folder.complaint(&["render", "og-blog", "--out", "o.webp", "--data", "odd.json"]);
    assert!(complaint.contains("quality can be 1 to 100"), "{complaint}");
}

#[test]
fn a_ground_can_be_left_out() {
    let folder = Folder::new();
    let text = json!({ "type": "text", "text": "Hi", "fontSize": 40 });
    let template = json!({ "format": 1, "id": "t", "name": "T", "canvas": { "width": 100, "height": 50, "background": "#102030" },
        "slides": [{ "id": "s", "children": [text] }] });
    folder.write("t/template.json", template.to_string());
    // Byte 25 of a PNG is its colour type: 2 has no alpha, 6 has.
    for (args, color) in [(&["with.png"][..], 2), (&["without.png", "--transparent"][..], 6)] {
        folder.ok(&[&["render", "./t", "--out"], args].concat());
        assert_eq!(std::fs::read(folder.path(args[0])).unwrap()[25], color, "{args:?}");
    }
}

#[test]
fn a_report_says_what_was_done() {
    let folder = Folder::new();
    folder.write("data.json", json!({ "title": "A title that is far too long ".repeat(12), "other": 1 }).to_string());
    let args = ["render", "og-blog", "--data", "data.json", "--out", "o.png", "--report", "r.json", "--json"];
    let output = folder.run(&args);
    let report: Value = serde_json::from_slice(&std::fs::read(folder.path("r.json")).unwrap()).unwrap();
    assert_eq!(report, serde_json::from_slice::<Value>(&output.stdout).unwrap());
    assert_eq!((&report["files"][0]["width"], &report["files"][0]["path"]), (&json!(1200), &json!("o.png")));
    let codes: Vec<&str> =
        report["warnings"].as_array().unwrap().iter().filter_map(|warning| warning["code"].as_str()).collect();
    for code in ["unknown_label", "too_long", "text_shrunk", "text_truncated"] {
        assert!(codes.contains(&code), "{code}: {codes:?}");
    }
    assert!(text(&output.stderr).contains("warning: "));
    let strict = folder.complaint(&["render", "og-blog", "--data", "data.json", "--out", "o.png", "--strict"]);
    assert!(strict.contains("'other'"), "{strict}");
}

#[test]
fn pictures_beside_the_data_can_be_used() {
    let folder = Folder::new();
    let picture = include_bytes!("../../../templates/og-blog/assets/avatar.jpg");
    folder.write("in/pictures/me.jpg", picture);
    folder.write("in/data.json", r#"{ "title": "T", "image": "pictures/me.jpg" }"#);
    folder.write("in/gone.json", r#"{ "title": "T", "image": "pictures/gone.jpg" }"#);
    let told = folder.ok(&["render", "og-blog", "--data", "in/data.json", "--out", "o.png", "--json"]);
    assert!(!told.contains("image_failed") && !told.contains("invalid_value"), "{told}");
    let gone = folder.complaint(&["render", "og-blog", "--data", "in/gone.json", "--out", "o.png"]);
    assert!(gone.contains("handbill: the picture 'pictures/gone.jpg'") && gone.contains("there is no file"), "{gone}");
}

#[test]
fn people_are_told_what_is_wrong_and_how_to_mend_it() {
    let folder = Folder::new();
    folder.write("bad.json", "{ \"title\": ");
    folder.write("list.json", "[]");
    folder.write("empty.json", "{}");
    folder.write("tips.json", r#"{ "title": "T", "slides": [{ "slide_title": "x" }] }"#);
    folder.write("titel.json", r#"{ "titel": "x" }"#);
    for (args, words) in [
        (vec!["render", "og-blogg", "--out", "o.png"], "did you mean 'og-blog'?"),
        (vec!["render", "./nowhere", "--out", "o.png"], "there are linkedin-tips, og-blog"),
        (vec!["render", "og-blog", "--out", "o.tiff"], "Handbill makes no tiff; it makes png, jpg, webp"),
        (vec!["render", "og-blog", "--out", "o.webp", "--quality", "0"], "0 is not in 1..=100"),
        (vec!["render", "og-blog", "--out", "o.png", "--compression", "best"], "it can be fast, balanced, small"),
        (vec!["render", "og-blog", "--out", "o.png", "--size", "squar"], "it has canvas, wide, square"),
        (vec!["render", "og-blog", "--out", "o.png", "--scale", "9"], "it can be 1 to 4"),
        (
            vec!["render", "og-blog", "--out", "o.png", "--size", "90000x90000"],
            "handbill: there are 8100000000 pixels in a picture, and at most 50000000",
        ),
        (vec!["render", "og-blog", "--data", "gone.json", "--out", "o.png"], "gone.json"),
        (vec!["render", "og-blog", "--data", "bad.json", "--out", "o.png"], "bad.json is not valid JSON: it ends"),
        (vec!["render", "og-blog", "--data", r#"{"title":"x"}"#, "--out", "o.png"], "pipe it in and give --data -"),
        (vec!["render", "og-blog", "--data", "list.json", "--out", "o.png"], "must hold a JSON object"),
        (vec!["render", "og-blog", "--data", "empty.json", "--out", "o.png"], "a required field is missing: 'title'"),
        (vec!["render", "og-blog", "--data", "titel.json", "--out", "o.png"], "did you mean 'title'?"),
        (
            vec!["render", "linkedin-tips", "--data", "tips.json", "--out", "-"],
            "3 pictures do not fit on standard output",
        ),
    ] {
        let complaint = folder.complaint(&args);
        assert!(complaint.contains(words), "{args:?}: {complaint}");
    }
    assert!(!folder.path("o.png").exists());
    let missing = text(&folder.run(&["template", "check", "nix"]).stdout);
    assert_eq!(missing, "nix: there is no such file; name a folder with a template.json, or such a file\n");
    let help = folder.ok(&["render", "--help"]);
    assert!(help.contains("where an n stands in braces; - is standard output"), "{help}");
}

#[test]
fn a_new_template_is_good_and_renders_at_all_its_sizes() {
    let folder = Folder::new();
    folder.ok(&["template", "new", "Spring sale"]);
    assert_eq!(sorted_names(&folder.path("spring-sale")), ["assets", "template.json"]);
    assert_eq!(folder.ok(&["template", "check", "spring-sale"]), "spring-sale/template.json: good\n");
    for (size, pixels) in [("canvas", (1080, 1080)), ("story", (1080, 1920)), ("wide", (1200, 630))] {
        folder.ok(&["render", "spring-sale", "--out", "o.png", "--size", size, "--strict"]);
        assert_eq!(folder.png_size("o.png"), pixels);
    }
    folder.ok(&["template", "sheet", "spring-sale", "--out", "sheet.png"]);
    assert!(folder.png_size("sheet.png").0 > 1000);
}

#[test]
fn check_tells_faults_with_lines_and_files_that_are_missing() {
    let folder = Folder::new();
    folder.ok(&["template", "new", "Card"]);
    let file = folder.path("card/template.json");
    let good = std::fs::read_to_string(&file).unwrap();
    let (line, _) = good.lines().enumerate().find(|(_, line)| line.contains("\"fontWeight\": 800")).unwrap();
    std::fs::write(&file, good.replacen("\"fontWeight\": 800", "\"fontwieght\": 800", 1)).unwrap();
    let output = folder.run(&["template", "check", "card"]);
    let told = text(&output.stdout);
    assert!(!output.status.success());
    assert!(told.contains(&format!("card/template.json:{}:", line + 1)), "{told}");
    assert!(told.contains("did you mean 'fontWeight'?"), "{told}");

    std::fs::write(&file, good.replace("{{picture}}", "assets/gone.jpg").replace("\"when\": \"picture\", ", ""))
        .unwrap();
    let output = folder.run(&["template", "check", "card", "--json"]);
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told[0]["good"], false);
    assert_eq!(told[0]["problems"], json!(["there is no file 'assets/gone.jpg' beside the template"]));
}

#[test]
fn stress_names_what_gives_way_by_data_size_and_node() {
    let folder = Folder::new();
    let template = json!({
        "format": 1, "id": "card", "canvas": { "width": 200, "height": 200 },
        "fields": [{ "key": "title", "type": "text", "maxLength": 60 }, { "key": "photo", "type": "image" }],
        "slides": [{ "id": "page", "layout": "column", "children": [
            { "type": "frame", "id": "row", "layout": "row", "width": 120, "children": [
                { "type": "text", "id": "title", "text": "{{title}}", "shrink": 0 } ] },
            { "type": "image", "id": "photo", "src": "{{photo}}", "width": 40, "height": 40 } ] }],
    });
    folder.write("card/template.json", template.to_string());
    let output = folder.run(&["template", "check", "--stress", "card", "--out", "sheet.png", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("1 of 1 template cannot hold every data set at every size"));
    assert!(folder.png_size("sheet.png").0 > 500);
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    let stress = &told[0]["stress"];
    // Seven data sets; the canvas is a square, so only a landscape and a portrait come to it.
    assert_eq!(stress["renders"], 7 * 3);
    let found = stress["found"].as_array().unwrap();
    let overflows: Vec<&Value> = found.iter().filter(|found| found["code"] == "frame_overflow").collect();
    let long = overflows.iter().find(|found| found["data"] == "long" && found["size"] == "200×200").unwrap();
    assert_eq!((&long["node"], &long["slide"], &long["level"]), (&json!("row"), &json!(0), &json!("error")));
    assert!(!overflows.iter().any(|found| found["data"] == "bare"), "{overflows:?}");
    assert!(!found.iter().any(|found| found["code"] == "image_failed"), "lost pictures are meant: {found:?}");

    let mended = template.to_string().replace(r#""shrink":0"#, r#""maxLines":2,"width":"fill""#);
    folder.write("card/template.json", mended);
    let told = folder.ok(&["template", "check", "--stress", "card"]);
    assert!(told.contains("card/template.json: 21 renders: "), "{told}");

    let refused = template.to_string().replace(r#""shrink":0"#, r#""width":"fill","height":20,"overflow":"error""#);
    folder.write("card/template.json", refused);
    let output = folder.run(&["template", "check", "--stress", "card"]);
    let told = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("long, 200×200\n  the whole\n    error: not_drawn: "), "{told}");
}

#[test]
fn an_added_font_is_drawn_with() {
    let folder = Folder::new();
    let anton = handbill_bundle::default_faces().iter().find(|face| face.family == "Anton").unwrap();
    folder.write("Brand.ttf", anton.data);
    folder.write("broken.ttf", &anton.data[..anton.data.len() / 2]);
    folder.ok(&["template", "new", "Card"]);
    let file = folder.path("card/template.json");
    let template = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, template.replace("\"Inter\"", "\"Brand Sans\"")).unwrap();
    let render = |out: &str| {
        let printed = folder.ok(&["render", "card", "--out", out, "--json", "--data-dir", "kept"]);
        let codes = serde_json::from_str::<Value>(&printed).unwrap()["warnings"].to_string();
        (codes.contains("font_fallback"), std::fs::read(folder.path(out)).unwrap())
    };
    let (missed, before) = render("before.png");
    assert!(missed);

    let told = folder.ok(&["font", "add", "Brand.ttf", "--family", "Brand Sans", "--data-dir", "kept"]);
    assert!(told.contains("Added Brand Sans, 400"), "{told}");
    let listed = folder.ok(&["font", "list", "--data-dir", "kept"]);
    assert!(listed.lines().any(|line| line.starts_with("Brand Sans") && line.ends_with("added")), "{listed}");
    let (missed, after) = render("after.png");
    assert!(!missed && after != before);

    let complaint = folder.complaint(&["font", "add", "broken.ttf", "--data-dir", "kept"]);
    assert!(complaint.contains("broken.ttf") && complaint.contains("damaged"), "{complaint}");
}
