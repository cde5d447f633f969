//! Groups: opacity, blend modes, clips, masks, blurs, silhouettes.

use handbill_render::display::{Clip, FillRule, Group, Item, Mask, Shape};
use handbill_template::resolved::{Blend, Rgba};
use kurbo::{Affine, RoundedRect};

use crate::drawing::{BLUE, GREEN, RED, assert_pixel, page, rect};

const WHITE: Rgba = Rgba::WHITE;

fn group(items: Vec<Item>) -> Group {
    Group { items, ..Group::default() }
}

#[test]
fn opacity_is_the_groups_not_the_items() {
    let both = vec![rect(10.0, 10.0, 60.0, 60.0, RED), rect(40.0, 40.0, 90.0, 90.0, BLUE)];
    let drawn = page(vec![Item::Group(Group { opacity: 0.5, ..group(both) })], 1);
    assert_pixel(&drawn, 20, 20, [128, 0, 0, 128], 1);
    // Where they overlap only the upper one shows, as strong as elsewhere.
    assert_pixel(&drawn, 50, 50, [0, 0, 128, 128], 1);
}

/// Each channel's formula of the W3C's compositing level 1, opaque on opaque.
#[test]
fn separable_blend_modes_are_the_w3cs() {
    let (ground, top) = ([200_u8, 100, 30], [60_u8, 180, 220]);
    let formula = |blend: Blend, b: f64, s: f64| match blend {
        Blend::Multiply => b * s,
        Blend::Screen => b + s - b * s,
        Blend::Overlay => {
            if b <= 0.5 {
                2.0 * b * s
            } else {
                1.0 - 2.0 * (1.0 - b) * (1.0 - s)
            }
        }
        Blend::HardLight => {
            if s <= 0.5 {
                2.0 * b * s
            } else {
                1.0 - 2.0 * (1.0 - b) * (1.0 - s)
            }
        }
        Blend::Darken => b.min(s),
        Blend::Lighten => b.max(s),
        Blend::ColorDodge => (b / (1.0 - s)).min(1.0),
        Blend::ColorBurn => 1.0 - ((1.0 - b) / s).min(1.0),
        Blend::Difference => (b - s).abs(),
        Blend::Exclusion => b + s - 2.0 * b * s,
        Blend::SoftLight => {
            let d = if b <= 0.25 { ((16.0 * b - 12.0) * b + 4.0) * b } else { b.sqrt() };
            if s <= 0.5 { b - (1.0 - 2.0 * s) * b * (1.0 - b) } else { b + (2.0 * s - 1.0) * (d - b) }
        }
        _ => s,
    };
    let modes = [
        Blend::Normal,
        Blend::Multiply,
        Blend::Screen,
        Blend::Overlay,
        Blend::Darken,
        Blend::Lighten,
        Blend::ColorDodge,
        Blend::ColorBurn,
        Blend::HardLight,
        Blend::SoftLight,
        Blend::Difference,
        Blend::Exclusion,
    ];
    for blend in modes {
        let color = |[r, g, b]: [u8; 3]| Rgba([r, g, b, 255]);
        let upper = group(vec![rect(0.0, 0.0, 50.0, 50.0, color(top))]);
        let drawn = page(vec![rect(0.0, 0.0, 100.0, 100.0, color(ground)), Item::Group(Group { blend, ..upper })], 1);
        let mixed = [0, 1, 2].map(|n| formula(blend, f64::from(ground[n]) / 255.0, f64::from(top[n]) / 255.0));
        let [r, g, b] = mixed.map(|channel| (channel * 255.0).round() as u8);
        let found = drawn.pixel(20, 20);
        let near = [r, g, b].iter().zip(found).all(|(a, b)| a.abs_diff(b) <= 3);
        assert!(near, "{blend:?}: {found:?} instead of {:?}", [r, g, b]);
        assert_pixel(&drawn, 70, 70, [ground[0], ground[1], ground[2], 255], 0);
    }
}

#[test]
fn luminosity_keeps_the_grounds_hue() {
    let upper = group(vec![rect(0.0, 0.0, 50.0, 50.0, Rgba([128, 128, 128, 255]))]);
    let drawn =
        page(vec![rect(0.0, 0.0, 100.0, 100.0, RED), Item::Group(Group { blend: Blend::Luminosity, ..upper })], 1);
    let [r, g, b, _] = drawn.pixel(20, 20);
    let luminosity = 0.3 * f64::from(r) + 0.59 * f64::from(g) + 0.11 * f64::from(b);
    assert!((luminosity - 128.0).abs() < 3.0 && r == 255 && g.abs_diff(b) <= 2, "{:?}", drawn.pixel(20, 20));
}

#[test]
fn clips_cut_and_do_not_isolate() {
    let clip = |shape: Shape, rule: FillRule| Some(Clip { shape, rule, transform: Affine::IDENTITY });
    let rounded = Shape::RoundedRect(RoundedRect::new(20.2, 20.2, 79.8, 79.8, 20.0));
    let multiply = Group { blend: Blend::Multiply, ..group(vec![rect(0.0, 0.0, 100.0, 100.0, GREEN)]) };
    let items = vec![rect(0.0, 0.0, 100.0, 50.0, RED), Item::Group(multiply)];
    let drawn = page(
        vec![
            rect(0.0, 0.0, 100.0, 100.0, WHITE),
            Item::Group(Group { clip: clip(rounded, FillRule::NonZero), ..group(items) }),
        ],
        1,
    );
    assert_pixel(&drawn, 50, 30, [0, 0, 0, 255], 0);
    assert_pixel(&drawn, 50, 70, [0, 255, 0, 255], 0);
    assert_pixel(&drawn, 22, 22, [255; 4], 0);
    assert_pixel(&drawn, 19, 50, [255; 4], 0);
    assert_pixel(&drawn, 20, 55, [0, 255, 0, 255], 0);
}

#[test]
fn masks_show_where_they_are_opaque_or_bright() {
    let mask = |color: Rgba, luminance: bool| {
        let mask = Some(Mask { items: vec![rect(30.0, 0.0, 60.0, 100.0, color)], luminance });
        page(vec![Item::Group(Group { mask, ..group(vec![rect(0.0, 0.0, 100.0, 50.0, RED)]) })], 1)
    };
    let drawn = mask(Rgba([0, 0, 0, 128]), false);
    assert_pixel(&drawn, 45, 20, [128, 0, 0, 128], 1);
    assert_pixel(&drawn, 20, 20, [0; 4], 0);
    assert_pixel(&drawn, 45, 70, [0; 4], 0);
    let drawn = mask(Rgba([0, 255, 0, 255]), true);
    assert_pixel(&drawn, 45, 20, [182, 0, 0, 182], 1);
    assert_pixel(&drawn, 20, 20, [0; 4], 0);
}

#[test]
fn blurs_are_gaussian_and_reach_in_from_outside() {
    let edge = |x: f64, blur: f64| Group { blur, ..group(vec![rect(x, -900.0, 900.0, 900.0, BLUE)]) };
    for (x, sigma, scale) in [(50.0, 4.0, 1), (50.0, 4.0, 3), (104.0, 4.0, 1), (30.0, 45.0, 3), (100.0, 150.0, 1)] {
        let drawn = page(vec![Item::Group(edge(x, sigma))], scale);
        for at in (0..100 * scale).step_by(3) {
            let distance = (f64::from(at) + 0.5) / f64::from(scale) - x;
            let expected = 255.0 * 0.5 * (1.0 + libm::erf(distance / (sigma * std::f64::consts::SQRT_2)));
            let found = drawn.pixel(at, 50 * scale);
            assert!((f64::from(found[3]) - expected).abs() <= 3.0, "{at}: {found:?} instead of {expected:.1}");
            assert_eq!(found[2], found[3], "blue all the way");
        }
    }
}

#[test]
fn silhouettes_take_one_colour() {
    let items = vec![rect(10.0, 10.0, 50.0, 50.0, RED), rect(50.0, 10.0, 90.0, 50.0, Rgba([0, 255, 0, 128]))];
    let drawn = page(vec![Item::Group(Group { tint: Some(Rgba([0, 0, 255, 128])), ..group(items) })], 1);
    assert_pixel(&drawn, 30, 30, [0, 0, 128, 128], 1);
    assert_pixel(&drawn, 70, 30, [0, 0, 64, 64], 1);
}

#[test]
fn everything_at_once_and_nested() {
    let inner = Group { opacity: 0.5, ..group(vec![rect(20.0, 20.0, 80.0, 80.0, RED)]) };
    let mask = Some(Mask { items: vec![rect(0.0, 0.0, 50.0, 100.0, WHITE)], luminance: false });
    let middle = Group { mask, blur: 0.5, ..group(vec![Item::Group(inner)]) };
    let outer = Group { opacity: 0.5, blend: Blend::Multiply, ..group(vec![Item::Group(middle)]) };
    let drawn = page(vec![rect(0.0, 0.0, 100.0, 100.0, WHITE), Item::Group(outer)], 1);
    assert_pixel(&drawn, 35, 50, [255, 191, 191, 255], 2);
    assert_pixel(&drawn, 65, 50, [255; 4], 0);
}
