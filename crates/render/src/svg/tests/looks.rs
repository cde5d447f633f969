//! What drawings look like, at places where there is no doubt.

use std::collections::BTreeMap;

use handbill_template::WarningCode;
use handbill_template::resolved::{Color, ImageFit, Rgba};

use super::support::{document, draw, drawn, elements, inline, svg};

const WHITE: [u8; 3] = [255; 3];
const BLACK: [u8; 3] = [0; 3];
const RED: [u8; 3] = [255, 0, 0];
const LIME: [u8; 3] = [0, 255, 0];
const BLUE: [u8; 3] = [0, 0, 255];
const GREY: [u8; 3] = [128; 3];

/// Name, elements, and the colours at places.
type Case = (&'static str, &'static str, &'static [(usize, usize, [u8; 3])]);

#[track_caller]
fn assert_all(cases: &[Case]) {
    for (name, content, places) in cases {
        let drawn = elements(content);
        assert_eq!(drawn.messages(), Vec::<&str>::new(), "{name}");
        for &(x, y, color) in *places {
            let found = drawn.at(x, y);
            let near = found.iter().zip(color).all(|(a, b)| a.abs_diff(b) <= 2);
            assert!(near, "{name}: ({x}, {y}) is {found:?} instead of {color:?}");
        }
    }
}

#[test]
fn shapes() {
    assert_all(&[
        ("fill", "<rect x='10' y='10' width='40' height='40' fill='red'/>", &[(20, 20, RED), (60, 20, WHITE)]),
        ("opacity", "<rect width='50' height='50' fill-opacity='.5'/>", &[(20, 20, GREY)]),
        (
            "evenodd",
            "<path fill-rule='evenodd' d='M0 0h90v90h-90zM30 30h30v30h-30z'/>",
            &[(10, 10, BLACK), (45, 45, WHITE)],
        ),
        ("stroke", "<path d='M0 50H100' stroke='red' stroke-width='20'/>", &[(50, 45, RED), (50, 38, WHITE)]),
        (
            "dashes",
            "<path d='M0 50H100' stroke='red' stroke-width='20' stroke-dasharray='20' stroke-dashoffset='10'/>",
            &[(5, 50, RED), (20, 50, WHITE), (40, 50, RED)],
        ),
        (
            "paint order",
            "<circle cx='50' cy='50' r='30' stroke='red' stroke-width='20' paint-order='stroke'/>",
            &[(50, 25, BLACK), (50, 15, RED)],
        ),
        (
            "a stroke's skew",
            "<path transform='scale(1 4)' d='M0 10H100' stroke='red' stroke-width='5'/>",
            &[(50, 32, RED), (50, 48, RED), (50, 52, WHITE)],
        ),
        (
            "hidden",
            "<g display='none'><rect width='99' height='99'/></g><path d='M0 0h99v99' visibility='hidden'/>",
            &[(50, 20, WHITE)],
        ),
        (
            "viewport",
            "<svg x='20' width='20' height='20' viewBox='0 0 1 1'><rect width='9' height='9'/></svg>",
            &[(30, 10, BLACK), (45, 10, WHITE)],
        ),
        (
            "use",
            "<rect id='r' width='10' height='10' fill='red'/><use href='#r' x='50' transform='scale(1 5)'/>",
            &[(55, 45, RED), (30, 5, WHITE)],
        ),
        (
            "markers",
            "<marker id='m' markerWidth='10' markerHeight='10' refX='5' refY='5' markerUnits='userSpaceOnUse'>\
             <rect width='10' height='10' fill='red'/></marker><path d='M20 20H80' marker-end='url(#m)' stroke='blue'/>",
            &[(80, 23, RED), (20, 23, WHITE)],
        ),
        (
            "a style sheet",
            "<style>.a{fill:red} g>rect{fill:lime}</style><rect class='a' width='9' height='9'/><g><rect x='20' width='9' height='9'/></g>",
            &[(4, 4, RED), (24, 4, LIME)],
        ),
    ]);
}

#[test]
fn paints() {
    const STOPS: &str = "<stop stop-color='red'/><stop offset='1' stop-color='blue'/>";
    const PURPLE: [u8; 3] = [128, 0, 127];
    let with = |content: &str| content.replace("STOPS", STOPS);
    let cases = [
        (
            "a box",
            "<linearGradient id='g'>STOPS</linearGradient><rect x='20' width='60' height='9' fill='url(#g)'/>",
            vec![(20, 4, RED), (50, 4, PURPLE), (79, 4, BLUE)],
        ),
        (
            "user space",
            "<linearGradient id='g' gradientUnits='userSpaceOnUse' x2='100'>STOPS</linearGradient><rect x='48' width='5' height='9' fill='url(#g)'/>",
            vec![(50, 4, PURPLE)],
        ),
        (
            "transform",
            "<linearGradient id='g' gradientTransform='rotate(90)'>STOPS</linearGradient><rect width='100' height='100' fill='url(#g)'/>",
            vec![(90, 1, RED), (10, 50, PURPLE), (90, 98, BLUE)],
        ),
        (
            "reflect",
            "<linearGradient id='g' x2='.5' spreadMethod='reflect'>STOPS</linearGradient><rect width='100' height='9' fill='url(#g)'/>",
            vec![(0, 4, RED), (50, 4, BLUE), (99, 4, RED)],
        ),
        (
            "radial",
            "<radialGradient id='g'>STOPS</radialGradient><rect width='100' height='50' fill='url(#g)'/>",
            vec![(50, 25, RED), (75, 25, PURPLE), (50, 37, PURPLE), (2, 2, BLUE)],
        ),
        (
            "focus",
            "<radialGradient id='g' fx='.25'>STOPS</radialGradient><rect width='100' height='100' fill='url(#g)'/>",
            vec![(25, 50, RED), (62, 50, PURPLE), (12, 50, PURPLE)],
        ),
        (
            "stop opacity",
            "<linearGradient id='g'><stop stop-opacity='.5'/><stop offset='1' stop-opacity='.5'/></linearGradient><rect width='100' height='9' fill='url(#g)'/>",
            vec![(50, 4, GREY)],
        ),
        (
            "a pattern",
            "<pattern id='p' width='20' height='20' patternUnits='userSpaceOnUse'><rect width='10' height='20' fill='red'/></pattern><rect width='100' height='50' fill='url(#p)'/>",
            vec![(5, 5, RED), (15, 5, WHITE), (85, 45, RED)],
        ),
        (
            "a moved pattern",
            "<pattern id='p' x='5' width='20' height='20' patternUnits='userSpaceOnUse'><rect width='10' height='20' fill='red'/></pattern><rect width='100' height='50' fill='url(#p)'/>",
            vec![(10, 5, RED), (2, 5, WHITE), (90, 45, RED)],
        ),
        (
            "a pattern of the box",
            "<pattern id='p' width='.5' height='1' patternContentUnits='objectBoundingBox'><rect width='.25' height='1' fill='red'/></pattern><rect width='100' height='50' fill='url(#p)'/>",
            vec![(10, 5, RED), (40, 5, WHITE), (60, 5, RED)],
        ),
        (
            "a faint pattern",
            "<pattern id='p' width='10' height='10' patternUnits='userSpaceOnUse'><rect width='10' height='10'/></pattern><rect width='100' height='50' fill='url(#p)' fill-opacity='.5'/>",
            vec![(33, 33, GREY)],
        ),
        (
            "a stroke of a pattern",
            "<pattern id='p' width='10' height='10' patternUnits='userSpaceOnUse'><rect width='10' height='10' fill='red'/></pattern><path d='M0 50H100v1' fill='none' stroke-width='20' stroke='url(#p)'/>",
            vec![(33, 45, RED), (33, 35, WHITE)],
        ),
    ];
    for (name, content, places) in cases {
        let drawn = elements(&with(content));
        for (x, y, color) in places {
            let found = drawn.at(x, y);
            assert!(
                found.iter().zip(color).all(|(a, b)| a.abs_diff(b) <= 6),
                "{name}: ({x}, {y}) is {found:?}, not {color:?}"
            );
        }
    }
}

#[test]
fn clips_masks_and_groups() {
    assert_all(&[
        (
            "a clip",
            "<clipPath id='c'><rect width='50' height='50'/></clipPath><g clip-path='url(#c)'><rect width='99' height='99'/></g>",
            &[(20, 20, BLACK), (60, 20, WHITE)],
        ),
        (
            "a clip of the box",
            "<clipPath id='c' clipPathUnits='objectBoundingBox'><rect width='.5' height='1'/></clipPath><rect x='20' width='40' height='40' clip-path='url(#c)'/>",
            &[(30, 20, BLACK), (50, 20, WHITE)],
        ),
        (
            "overlapping shapes",
            "<clipPath id='c'><path d='M0 0h60v60h-60z'/><path d='M40 0v60h60v-60z'/></clipPath><rect width='99' height='99' clip-path='url(#c)'/>",
            &[(20, 20, BLACK), (50, 20, BLACK), (80, 20, BLACK), (80, 80, WHITE)],
        ),
        (
            "a clipped clip",
            "<clipPath id='d'><rect width='50' height='100'/></clipPath><clipPath id='c' clip-path='url(#d)'><rect width='100' height='50'/></clipPath><rect width='99' height='99' clip-path='url(#c)'/>",
            &[(20, 20, BLACK), (80, 20, WHITE), (20, 80, WHITE)],
        ),
        (
            "brightness",
            "<mask id='m'><rect width='50' height='99' fill='white'/><rect x='50' width='50' height='99' fill='#808080'/></mask><rect width='99' height='50' mask='url(#m)'/>",
            &[(20, 20, BLACK), (70, 20, [127; 3]), (20, 70, WHITE)],
        ),
        (
            "alpha",
            "<mask id='m' style='mask-type:alpha'><rect width='99' height='99' fill-opacity='.5'/></mask><rect width='99' height='50' mask='url(#m)'/>",
            &[(20, 20, GREY)],
        ),
        (
            "a masked mask",
            "<mask id='n'><rect width='50' height='99' fill='white'/></mask><mask id='m' mask='url(#n)'><rect width='99' height='50' fill='white'/></mask><rect width='99' height='99' mask='url(#m)'/>",
            &[(20, 20, BLACK), (70, 20, WHITE), (20, 70, WHITE)],
        ),
        (
            "opacity of all",
            "<g opacity='.5'><rect width='60' height='60' fill='red'/><rect x='30' width='60' height='60' fill='blue'/></g>",
            &[(10, 10, [255, 127, 127]), (45, 10, [127, 127, 255])],
        ),
        (
            "a blend mode",
            "<rect width='99' height='99' fill='yellow'/><rect width='50' height='99' fill='cyan' style='mix-blend-mode:multiply'/>",
            &[(20, 20, LIME), (70, 20, [255, 255, 0])],
        ),
        (
            "text that clips",
            "<clipPath id='c'><text y='99' font-size='140' font-family='Inter' font-weight='900'>H</text></clipPath><rect width='100' height='100' fill='red' clip-path='url(#c)'/>",
            &[(20, 50, RED), (48, 50, RED), (48, 10, WHITE)],
        ),
    ]);
}

/// A drawing blends with itself, not with the page, as a picture does.
#[test]
fn drawings_are_isolated() {
    let svg = inline(&svg("<rect width='50' height='50' fill='cyan' style='mix-blend-mode:multiply'/>"));
    let mut document = document(svg, [0.0, 0.0, 100.0, 100.0]);
    document.slides[0].background = vec![crate::fixtures::solid(255, 255, 0)];
    draw(document, BTreeMap::new()).assert(20, 20, [0, 255, 255], 0);
}

#[test]
fn filters() {
    assert_all(&[
        (
            "a shadow",
            "<filter id='f' x='0' y='0' width='2' height='2'><feDropShadow dx='40' dy='0' stdDeviation='0' flood-color='red'/></filter><rect width='30' height='30' filter='url(#f)'/>",
            &[(10, 10, BLACK), (50, 10, RED)],
        ),
        (
            "a shadow by hand",
            "<filter id='f' x='0' y='0' width='3' height='2'><feGaussianBlur in='SourceAlpha' stdDeviation='1'/><feOffset dx='40' result='o'/><feFlood flood-color='red'/><feComposite in2='o' operator='in'/><feMerge><feMergeNode/><feMergeNode in='SourceGraphic'/></feMerge></filter><rect width='30' height='30' filter='url(#f)'/>",
            &[(10, 10, BLACK), (55, 15, RED)],
        ),
        (
            "a shadow that is not behind",
            "<filter id='f' x='0' y='0' width='3' height='2'><feColorMatrix in='SourceAlpha' values='0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 127 0' result='hard'/><feOffset dx='20'/><feComposite in2='hard' operator='out'/><feColorMatrix values='0 0 0 0 1 0 0 0 0 0 0 0 0 0 0 0 0 0 1 0'/><feBlend in2='SourceGraphic'/></filter><rect width='30' height='30' fill-opacity='.5' filter='url(#f)'/>",
            &[(25, 10, GREY), (40, 10, RED)],
        ),
        (
            "a faint shadow",
            "<filter id='f' x='0' y='0' width='3' height='2'><feOffset in='SourceAlpha' dx='40'/><feComponentTransfer><feFuncA type='linear' slope='.5'/></feComponentTransfer></filter><rect width='30' height='30' fill='red' filter='url(#f)'/>",
            &[(10, 10, WHITE), (60, 10, GREY)],
        ),
        (
            "a region",
            "<filter id='f' x='0' y='0' width='.5' height='1'><feOffset/></filter><rect width='80' height='30' filter='url(#f)'/>",
            &[(20, 10, BLACK), (60, 10, WHITE)],
        ),
        (
            "two filters",
            "<g style='filter:drop-shadow(40px 0 0 red) drop-shadow(0 40px 0 blue)'><rect width='30' height='30'/></g>",
            &[(10, 10, BLACK), (50, 10, RED), (10, 50, BLUE), (50, 50, BLUE)],
        ),
    ]);
    let blurred = elements(
        "<filter id='f'><feGaussianBlur stdDeviation='5'/></filter><rect x='20' y='20' width='60' height='60' filter='url(#f)'/>",
    );
    blurred.assert(50, 50, BLACK, 1);
    blurred.assert(20, 50, [120; 3], 20);
    for (name, filter) in [
        ("feTurbulence", "<feTurbulence baseFrequency='1'/>"),
        ("feMorphology", "<feMorphology radius='1'/>"),
        ("feColorMatrix", "<feColorMatrix type='hueRotate' values='90'/>"),
        ("feComposite operator=\"arithmetic\"", "<feComposite operator='arithmetic' k1='1'/>"),
        ("feImage", "<feImage href='#x'/>"),
    ] {
        let drawn =
            elements(&format!("<filter id='f'>{filter}</filter><rect width='30' height='30' filter='url(#f)'/>"));
        let messages = drawn.messages().join("; ");
        assert!(messages.contains(&format!("<{name}>")) && messages.contains("not drawn"), "{name}: {messages}");
        assert_eq!(drawn.warnings[0].code, WarningCode::ImageFailed);
        assert!(drawn.is_blank());
    }
}

#[test]
fn pictures_inside() {
    // 2 × 2: red, green, blue, white.
    const PNG: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEklEQVR4nGP4z8DAAMIM/4EAAB/uBfsL2WiLAAAAAElFTkSuQmCC";
    let drawn = elements(&format!("<image x='20' width='40' height='40' preserveAspectRatio='none' href='{PNG}'/>"));
    assert_eq!(
        drawn.messages().iter().filter(|message| message.contains("left out")).count(),
        0,
        "{:?}",
        drawn.messages()
    );
    drawn.assert(22, 2, RED, 10);
    drawn.assert(10, 10, WHITE, 0);
    let inner = "%3Csvg xmlns=%22http://www.w3.org/2000/svg%22 viewBox=%220 0 10 10%22%3E%3Ccircle cx=%225%22 cy=%225%22 r=%228%22 fill=%22red%22/%3E%3C/svg%3E";
    let drawn = elements(&format!("<image x='20' width='40' height='40' href='data:image/svg+xml,{inner}'/>"));
    drawn.assert(40, 20, RED, 0);
    drawn.assert(61, 20, WHITE, 0);
    drawn.assert(40, 45, WHITE, 0);
    let damaged = elements("<image width='9' height='9' href='data:image/png;base64,iVBORw0KGgo='/>");
    assert!(
        damaged.messages().join("").contains("has a picture that is a damaged PNG file"),
        "{:?}",
        damaged.messages()
    );
}

#[test]
fn texts() {
    let drawn = elements(
        "<text x='50' y='90' text-anchor='middle' font-size='100' font-family='Inter' font-weight='900'>I</text>",
    );
    drawn.assert(50, 50, BLACK, 0);
    drawn.assert(20, 50, WHITE, 0);
    let gone = elements("<text y='50' font-family='Nowhere'>a</text>");
    assert_eq!(gone.warnings[0].code, WarningCode::FontFallback);
    assert!(gone.messages()[0].contains("asks for the font 'Nowhere', which is not here; 'Inter' is used"));
    let missing = elements("<text y='50' font-family='Inter'>a\u{10330}</text>");
    assert_eq!(missing.warnings[0].code, WarningCode::MissingGlyph, "{:?}", missing.messages());
    assert!(missing.messages()[0].contains('\u{10330}'));
}

/// An emoji in a line needs another face; the line stands where it would without.
#[test]
fn texts_of_several_faces() {
    let text = |anchor: &str, x: u32| {
        elements(&format!(
            "<text x='{x}' y='70' text-anchor='{anchor}' font-size='40' font-family='Inter' fill='red'>I😀</text>"
        ))
    };
    // The emoji is yellow and as wide as high; the I about a quarter of that.
    for drawn in [text("start", 20), text("middle", 46), text("end", 72)] {
        assert_eq!(drawn.messages(), Vec::<&str>::new());
        let yellow = |x: usize, y: usize| {
            let [r, g, b] = drawn.at(x, y);
            r > 200 && g > 150 && b < 130
        };
        drawn.assert(25, 55, RED, 60);
        assert!(yellow(50, 39), "{:?}", drawn.at(50, 39));
        assert!(!yellow(80, 55) && !yellow(10, 55));
    }
}

#[test]
fn colours_are_replaced() {
    let content = svg(
        "<linearGradient id='g'><stop stop-color='#123456'/><stop offset='1' stop-color='#123456'/></linearGradient>\
         <rect width='20' height='20' fill='#123456'/><rect x='20' width='20' height='20' fill='url(#g)'/>\
         <rect x='40' width='20' height='20' fill='rgb(18,52,86)' fill-opacity='.5'/><rect x='60' width='20' height='20'/>\
         <mask id='m'><rect width='100' height='100' fill='#fff'/></mask>\
         <rect x='80' width='20' height='20' fill='#fff' mask='url(#m)'/>",
    );
    let replace = |from: [u8; 3], to: [u8; 4]| (Rgba([from[0], from[1], from[2], 255]), Color::Rgba(Rgba(to)));
    let mut node = inline(&content);
    node.colors = vec![
        replace([18, 52, 86], [255, 0, 0, 255]),
        replace([0; 3], [0, 0, 255, 128]),
        replace([255; 3], [0, 255, 0, 255]),
    ];
    let drawn = drawn(node);
    for (x, expected) in [(10, RED), (30, RED), (50, [255, 127, 127]), (70, [127, 127, 255]), (90, LIME)] {
        drawn.assert(x, 10, expected, 1);
    }
}

#[test]
fn fits_and_crops() {
    let wide = "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='20'><rect width='20' height='20' fill='red'/>\
                <rect x='20' width='90' height='90' fill='blue'/></svg>";
    let fitted = |fit: ImageFit, crop: Option<[f64; 4]>| {
        let mut node = inline(wide);
        (node.fit, node.crop) = (fit, crop);
        draw(document(node, [20.0, 20.0, 60.0, 60.0]), BTreeMap::new())
    };
    type Places = &'static [(usize, usize, [u8; 3])];
    let cases: [(ImageFit, Option<[f64; 4]>, Places); 6] = [
        (ImageFit::Contain, None, &[(30, 50, RED), (70, 50, BLUE), (70, 66, WHITE), (50, 34, WHITE), (81, 50, WHITE)]),
        (ImageFit::Cover, None, &[(22, 22, RED), (78, 78, BLUE), (78, 82, WHITE)]),
        (ImageFit::Fill, None, &[(22, 22, RED), (48, 78, RED), (52, 22, BLUE), (82, 50, WHITE)]),
        (ImageFit::None, None, &[(32, 42, RED), (68, 58, BLUE), (28, 50, WHITE), (50, 62, WHITE)]),
        (ImageFit::ScaleDown, None, &[(32, 42, RED), (28, 50, WHITE)]),
        (ImageFit::Contain, Some([0.0, 0.0, 0.5, 1.0]), &[(22, 22, RED), (78, 78, RED), (82, 50, WHITE)]),
    ];
    for (fit, crop, places) in cases {
        let drawn = fitted(fit, crop);
        for &(x, y, color) in places {
            assert_eq!(drawn.at(x, y), color, "{fit:?} {crop:?} at ({x}, {y})");
        }
    }
}

/// As deep as is allowed, on the small stack of a test's thread.
#[test]
fn deep_drawings_are_drawn() {
    let depth = 60;
    let groups = format!("{}<rect width='9' height='9'/>{}", "<g opacity='.999'>".repeat(depth), "</g>".repeat(depth));
    elements(&groups).assert(4, 4, BLACK, 30);
    let uses: String = (1..25).map(|n| format!("<g id='g{n}'><use href='#g{}'/></g>", n - 1)).collect();
    let chain = elements(&format!("<rect id='g0' width='9' height='9'/><defs>{uses}</defs><use href='#g24'/>"));
    assert_eq!(chain.messages(), Vec::<&str>::new());
    chain.assert(4, 4, BLACK, 0);
}
