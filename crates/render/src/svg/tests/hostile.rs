//! Drawings that want more than they may have: other files, endless work. Each reads nothing, ends quickly, and says why.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use handbill_template::resolved::{AssetRef, FontFile};
use skrifa::MetadataProvider;

use super::support::{Drawn, SECRET, document, draw, drawn, elements, file, inline, read, secret_file, svg};
use crate::fixtures::fonts;
use crate::fonts::FaceId;
use crate::input::Asset;

/// On a busy machine, without optimisation.
const QUICK: Duration = Duration::from_secs(10);

#[track_caller]
fn quickly(name: &str, draw: impl FnOnce() -> Drawn) -> Drawn {
    let start = Instant::now();
    let drawn = draw();
    assert!(start.elapsed() < QUICK, "{name} took {:?}", start.elapsed());
    drawn
}

/// The drawing is not drawn, and this is said of it.
#[track_caller]
fn assert_refused(name: &str, content: &str, expected: &str) {
    let drawn = quickly(name, || drawn(inline(content)));
    let messages = drawn.messages().join("; ");
    assert!(messages.contains(expected), "{name}: {messages:?}, expected {expected:?}");
    assert!(messages.contains("nothing is shown in its place"), "{name}: {messages:?}");
    assert!(drawn.is_blank(), "{name} is drawn");
}

#[test]
fn nothing_outside_is_read() {
    let secret = secret_file();
    let path = secret.path().join("secret.png").display().to_string();
    let name = path.trim_start_matches('/');
    let inner = |href: &str| {
        let text = svg(&format!("<image width='100' height='100' href='{href}'/>"));
        format!("data:image/svg+xml,{}", text.bytes().map(|byte| format!("%{byte:02x}")).collect::<String>())
    };
    let image = |href: &str| format!("<image width='100' height='100' href='{href}'/>");
    let cases = [
        ("a path", image(&path)),
        ("a file address", image(&format!("file://{path}"))),
        ("another file address", image(&format!("file:{path}"))),
        ("a way up", image(&format!("{}{name}", "../".repeat(20)))),
        ("xlink", format!("<image width='100' height='100' xlink:href='{path}'/>")),
        ("both", format!("<image width='100' height='100' href='{path}' xlink:href='file://{path}'/>")),
        ("a drawing inside", image(&inner(&path))),
        ("a drawing", image(&path.replace("png", "svg"))),
        ("use", format!("<use href='{}#s' width='100' height='100'/>", path.replace("png", "svg"))),
        ("a paint", format!("<rect width='100' height='100' fill='url(file://{path}#p)'/>")),
        ("a mask", format!("<rect width='100' height='100' fill='none' mask='url({path}#p)'/>")),
        ("a style sheet", format!("<style>@import url('file://{path}'); rect {{ fill: url({path}) }}</style>")),
        ("a font", format!("<style>@font-face {{ font-family: x; src: url(file://{path}) }}</style>")),
        ("an iframe", format!("<foreignObject width='100' height='100'><iframe src='{path}'/></foreignObject>")),
    ];
    for (name, content) in cases {
        let drawn = quickly(name, || elements(&content));
        assert!(!drawn.has(SECRET), "{name} is shown");
        let messages = drawn.messages().join("; ");
        assert!(messages.contains("left out"), "{name}: {messages:?}");
    }
    let silent = [
        ("a script", "<script href='file:///etc/passwd'/><script>for(;;);</script>".to_owned()),
        ("XInclude", format!("<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='{path}'/>")),
        ("a link", format!("<a href='file://{path}'><rect width='9' height='9' fill='none'/></a>")),
    ];
    for (name, content) in silent {
        assert!(quickly(name, || elements(&content)).is_blank(), "{name} is shown");
    }
}

#[test]
fn nothing_outside_is_read_by_xml() {
    let secret = secret_file();
    let path = secret.path().join("secret.txt").display().to_string();
    let external = format!("<!DOCTYPE svg [<!ENTITY x SYSTEM \"file://{path}\">]>{}", svg("<text y='50'>&x;</text>"));
    assert_refused("an external entity", &external, "unknown entity");
    let subset = format!("<!DOCTYPE svg SYSTEM \"file://{path}\">{}", svg("<rect width='9' height='9'/>"));
    assert_eq!(drawn(inline(&subset)).messages(), Vec::<&str>::new(), "a DOCTYPE is fine");
    let sheet = format!("<?xml-stylesheet href=\"file://{path}\"?>{}", svg("<rect width='9' height='9'/>"));
    assert_eq!(drawn(inline(&sheet)).messages(), Vec::<&str>::new());
}

#[test]
fn what_contains_itself_is_refused() {
    let cases = [
        ("use itself", "<use id='a' href='#a'/>", "<use id=\"a\">"),
        ("use a parent", "<g id='a'><use href='#a'/></g>", "<g id=\"a\">"),
        ("use each other", "<g id='a'><use href='#b'/></g><g id='b'><use href='#a'/></g>", "<g id=\"a\">"),
        ("use the drawing", "<use href='#root'/>", "<svg id=\"root\">"),
        (
            "a pattern of itself",
            "<pattern id='p' width='9' height='9'><rect width='5' height='5' fill='url(#p)'/></pattern>",
            "<pattern id=\"p\">",
        ),
        (
            "a pattern that inherits itself",
            "<g fill='url(#p)'><pattern id='p' width='9' height='9'><rect width='5' height='5'/></pattern></g>",
            "<pattern id=\"p\">",
        ),
        (
            "a pattern that inherits itself by a style sheet",
            "<style>* { stroke: url('#p') }</style><pattern id='p' width='9' height='9'><path d='M0 0h9'/></pattern>",
            "<pattern id=\"p\">",
        ),
        (
            "a mask of itself",
            "<mask id='m'><rect width='9' height='9' style='mask:url(#m)'/></mask>",
            "<mask id=\"m\">",
        ),
        (
            "clips of each other",
            "<clipPath id='c' clip-path='url(#d)'/><clipPath id='d' clip-path='url(#c)'/>",
            "<clipPath id=\"c\">",
        ),
        (
            "gradients of each other",
            "<linearGradient id='a' href='#b'/><linearGradient id='b' href='#c'/><linearGradient id='c' href='#b'/>\
             <rect width='9' height='9' fill='url(#a)'/>",
            "<linearGradient id=\"b\">",
        ),
    ];
    for (name, content, expected) in cases {
        let content = svg(content).replacen("<svg ", "<svg id='root' ", 1);
        assert_refused(name, &content, &format!("its element {expected} is part of what it is drawn with itself"));
    }
}

#[test]
fn few_bytes_may_not_ask_for_much() {
    let tenfold = |element: &str, reference: &str| {
        (1..12).fold("<rect id='n0' width='1' height='1'/>".to_owned(), |content, n| {
            let child = reference.replace("#n", &format!("#n{}", n - 1));
            content + &format!("<{element} id='n{n}' width='9' height='9'>{}</{element}>", child.repeat(10))
        })
    };
    let rect = "<rect width='9' height='9' fill='url(#n)'/>";
    let masked = "<rect width='9' height='9' mask='url(#n)'/>";
    let many = |element: &str, count: usize| element.repeat(count);
    let line = format!("<path marker-mid='url(#m)' fill='none' d='M0 0{}'/>", many("h1", 50_000));
    let cases: [(&str, String, &str); 14] = [
        ("used tenfold", tenfold("g", "<use href='#n'/>"), "the number of elements is"),
        ("patterns tenfold", tenfold("pattern", rect), "the number of elements is"),
        ("masks tenfold", tenfold("mask", masked), "the number of elements is"),
        ("inherited patterns", tenfold("pattern", "<g fill='url(#n)'><rect width='1' height='1'/></g>"), "elements is"),
        ("elements", many("<g/>", 110_000), "the number of elements is 110001"),
        (
            "markers",
            format!("<marker id='m'>{}</marker>{line}", many("<path d='M0 0h1'/>", 9)),
            "the number of elements",
        ),
        ("depth", many("<g>", 5_000) + &many("</g>", 5_000), "inside each other is 5001"),
        ("a long text", format!("<text>{}</text>", many("word ", 10_000)), "the amount of text"),
        ("a text of many styles", format!("<text>{}</text>", many("<tspan>a</tspan>", 2_000)), "the amount of text"),
        ("selectors that try all", format!("<style>{}x{{fill:red}}</style>", many("* ", 40)), "style selectors"),
        (
            "selectors times declarations",
            format!("<style>{}a{{{}}}</style>", many("a,", 5_000), many("fill:red;", 5_000)),
            "the size of its style sheets",
        ),
        ("classes", format!("<g class='{}'/>", many("a ", 1_000)), "hundreds of classes"),
        (
            "one path many times",
            format!("<path id='p' d='M0 0{}'/>{}", many("l1 1", 20_000), many("<use href='#p'/>", 200)),
            "the number of bytes of its paths",
        ),
        (
            "filters doubled",
            format!(
                "<filter id='f'>{}</filter><rect width='9' height='9' filter='url(#f)'/>",
                many("<feMerge><feMergeNode/><feMergeNode/></feMerge>", 40)
            ),
            "the number of elements of all drawings",
        ),
    ];
    for (name, content, expected) in cases {
        assert_refused(name, &svg(&content), expected);
    }
}

/// Things that would take long if they were drawn as they are written.
#[test]
fn what_is_too_fine_or_too_large_ends_quickly() {
    let blur = "<filter id='f' x='-9' y='-9' width='19' height='19'><feGaussianBlur stdDeviation='1e6'/></filter>";
    let cases: [(&str, String); 9] = [
        ("a fine dash", "<path d='M0 0H100' stroke='red' stroke-dasharray='1e-9'/>".to_owned()),
        (
            "a fine pattern",
            "<pattern id='p' width='1e-9' height='1e-9' patternUnits='userSpaceOnUse'><path d='M0 0h1v1'/></pattern>\
             <rect width='100' height='100' fill='url(#p)'/>"
                .to_owned(),
        ),
        (
            "a large pattern",
            "<pattern id='p' width='1e9' height='1e9' patternUnits='userSpaceOnUse'><path d='M0 0h1v1'/></pattern>\
             <circle r='100' stroke='url(#p)' stroke-width='9'/>"
                .to_owned(),
        ),
        ("a wide blur", format!("{blur}<rect width='100' height='100' filter='url(#f)'/>")),
        ("a wide stroke", "<path d='M0 0H100' stroke='red' stroke-width='1e9'/>".to_owned()),
        ("far away", "<rect x='-1e30' width='2e30' height='1e30'/>".to_owned()),
        ("turned far", "<g transform='scale(1e9) rotate(45)'><circle r='1e9'/></g>".to_owned()),
        (
            "a fine gradient",
            "<linearGradient id='g' x2='1e-9' spreadMethod='repeat'><stop/><stop offset='1' stop-color='red'/>\
             </linearGradient><rect width='100' height='100' fill='url(#g)'/>"
                .to_owned(),
        ),
        ("a large font", "<text font-size='1e30'>a</text>".to_owned()),
    ];
    for (name, content) in cases {
        quickly(name, || elements(&content));
    }
    for attributes in
        ["width='1e30' height='1e30'", "width='1e-30' height='1'", "viewBox='0 0 1e-30 1e30'", "width='nan'"]
    {
        let text = format!("<svg xmlns='http://www.w3.org/2000/svg' {attributes}><rect width='9' height='9'/></svg>");
        quickly(attributes, || drawn(inline(&text)));
    }
}

#[test]
fn pictures_and_drawings_inside_are_bounded() {
    let image = |href: &str| format!("<image width='9' height='9' href='{href}'/>");
    let data = |mut text: String, levels: usize| {
        for _ in 0..levels {
            let written: String = text.bytes().map(|byte| format!("%{byte:02x}")).collect();
            text = svg(&image(&format!("data:image/svg+xml,{written}")));
        }
        text
    };
    let nested = quickly("levels", || drawn(inline(&data(svg("<rect width='100' height='100'/>"), 5))));
    assert!(
        nested.messages().join(" ").contains("the number of drawings inside each other is 4"),
        "{:?}",
        nested.messages()
    );
    let bomb =
        "data:image/svg+xml,".to_owned() + &svg("<g/>").replace("<g/>", &"<g/>".repeat(60_000)).replace('<', "%3C");
    let both = quickly("elements of both", || {
        elements(&format!(
            "<image width='9' height='9' href=\"{}\"/>{}",
            bomb.replace('"', "%22"),
            "<g/>".repeat(60_000)
        ))
    });
    assert!(both.messages().join(" ").contains("the number of elements is 120"), "{:?}", both.messages());
    // A PNG of 60,000 × 60,000 pixels, by its header.
    let large = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA6mAAAOpgCAYAAAAAAAAA";
    let large = quickly("pixels", || elements(&image(large)));
    assert!(large.messages().join(" ").contains("is 60000 × 60000 pixels"), "{:?}", large.messages());
}

#[test]
fn files_that_are_no_drawings_say_what_they_are() {
    let cases: [(&str, &[u8], &str); 6] = [
        ("nothing", b"", "is not an SVG drawing: it has no elements"),
        ("a page", b"<html><body/></html>", "its outermost element is <html>"),
        ("half", b"<svg xmlns='http://www.w3.org/2000/svg'><rect", "its XML is faulty"),
        ("a picture", b"\x89PNG\r\n\x1a\n", "it is not UTF-8 text"),
        ("no size", b"<svg xmlns='http://www.w3.org/2000/svg' width='0' height='9'/>", "it has no size"),
        ("a gzip of nothing", &[0x1f, 0x8b, 8, 0], "cannot be unpacked"),
    ];
    for (name, bytes, expected) in cases {
        let drawn = file(bytes);
        let messages = drawn.messages().join("; ");
        assert!(
            messages.starts_with("logo: the drawing 'drawing.svg' ") && messages.contains(expected),
            "{name}: {messages}"
        );
        assert!(drawn.is_blank());
    }
}

/// Two thousand damaged drawings: each is drawn or refused, and none takes long or brings the render down.
#[test]
fn damaged_drawings_do_no_harm() {
    let whole = include_str!("everything.svg");
    let words: Vec<&str> = whole.split_inclusive(|c: char| " <>\"'=(),".contains(c)).collect();
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    for _ in 0..2000 {
        let mut damaged = words.clone();
        for _ in 0..=random(6) {
            let (from, to) = (random(damaged.len()), random(damaged.len()));
            match random(4) {
                0 => damaged[to] = damaged[from],
                1 => {
                    damaged.remove(to);
                }
                2 => damaged.insert(to, damaged[from]),
                _ => damaged.swap(from, to),
            }
        }
        read(&damaged.concat());
    }
}

/// A font may hold drawings, which the drawing library would read with its own defaults: those that open files.
#[test]
fn drawings_in_fonts_are_not_read() {
    let secret = secret_file();
    let path = secret.path().join("secret.svg").display().to_string();
    let face = fonts().face(FaceId(0)).data().data.as_ref().to_vec();
    let glyph = fonts().face(FaceId(0)).font().charmap().map('a').expect("letters").to_u32() as u16;
    let drawing =
        svg(&format!("<image id='glyph{glyph}' x='-999' y='-999' width='1999' height='1999' href='{path}'/>"));
    let font = with_table(&face, *b"SVG ", &svg_table(glyph, &drawing));
    let mut document =
        document(inline(&svg("<text y='60' font-size='90' font-family='Own'>a</text>")), [0.0, 0.0, 100.0, 100.0]);
    let src = AssetRef("own.ttf".to_owned());
    document.fonts.push(FontFile { family: "Own".to_owned(), weight: None, italic: false, src: src.clone() });
    let drawn = draw(document, BTreeMap::from([(src, Asset::Bytes(font.into()))]));
    assert!(!drawn.has(SECRET), "the font's drawing is shown");
}

/// One drawing for one glyph.
fn svg_table(glyph: u16, drawing: &str) -> Vec<u8> {
    let mut table = Vec::new();
    table.extend(0u16.to_be_bytes());
    table.extend(10u32.to_be_bytes());
    table.extend(0u32.to_be_bytes());
    table.extend(1u16.to_be_bytes());
    [glyph, glyph].iter().for_each(|glyph| table.extend(glyph.to_be_bytes()));
    table.extend(14u32.to_be_bytes());
    table.extend((drawing.len() as u32).to_be_bytes());
    table.extend(drawing.as_bytes());
    table
}

/// A font with one table more.
fn with_table(font: &[u8], tag: [u8; 4], table: &[u8]) -> Vec<u8> {
    let read = |at: usize| u32::from_be_bytes(font[at..at + 4].try_into().expect("four bytes")) as usize;
    let count = usize::from(u16::from_be_bytes([font[4], font[5]]));
    let mut tables: Vec<([u8; 4], &[u8])> = (0..count)
        .map(|n| 12 + 16 * n)
        .map(|at| (font[at..at + 4].try_into().expect("a tag"), &font[read(at + 8)..read(at + 8) + read(at + 12)]))
        .collect();
    tables.push((tag, table));
    tables.sort_by_key(|(tag, _)| *tag);
    let mut made = font[..4].to_vec();
    made.extend((tables.len() as u16).to_be_bytes());
    made.extend([0; 6]);
    let mut offset = 12 + 16 * tables.len();
    for (tag, table) in &tables {
        made.extend(tag);
        [0, offset as u32, table.len() as u32].iter().for_each(|number| made.extend(number.to_be_bytes()));
        offset += table.len().next_multiple_of(4);
    }
    for (_, table) in &tables {
        made.extend(*table);
        made.resize(made.len().next_multiple_of(4), 0);
    }
    made
}
