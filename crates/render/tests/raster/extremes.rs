//! Numbers that no designer means: they may draw what they like, in bounded time and memory, without a panic.

use handbill_render::display::{FillItem, FillRule, Group, Item, Paint, ShadowItem, Shape, StrokeItem};
use handbill_template::resolved::Rgba;
use kurbo::{Affine, Point, Rect, RoundedRect, Stroke};

use crate::drawing::{RED, assert_pixel, fill, page, rect};

const BIG: f64 = 1e7;

#[test]
fn enormous_shapes_fill_the_page() {
    let shapes = [
        Shape::Rect(Rect::new(-BIG, -BIG, BIG, BIG)),
        Shape::RoundedRect(RoundedRect::new(-BIG, -BIG, BIG, BIG, 1000.0)),
        Shape::Ellipse(Rect::new(-BIG, -BIG, BIG, BIG)),
    ];
    for shape in shapes {
        assert_pixel(&page(vec![fill(shape.clone(), Paint::Solid(RED))], 1), 50, 50, [255, 0, 0, 255], 0);
        let transform = Affine::rotate_about(0.3, Point::new(50.0, 50.0));
        let turned = FillItem { shape, rule: FillRule::NonZero, paint: Paint::Solid(RED), transform };
        assert_pixel(&page(vec![Item::Fill(turned)], 1), 50, 50, [255, 0, 0, 255], 0);
    }
}

#[test]
fn enormous_blurs_are_drawn() {
    for sigma in [1e3, 1e5, BIG] {
        for (side, transform) in [(30.0, Affine::IDENTITY), (BIG, Affine::IDENTITY), (30.0, Affine::rotate(0.2))] {
            let shape = RoundedRect::new(50.0 - side, 50.0 - side, 50.0 + side, 50.0 + side, 9.0);
            let shadow = Item::Shadow(ShadowItem { shape, sigma, color: Rgba::BLACK, knockout: None, transform });
            let items = vec![rect(50.0 - side, 20.0, 50.0 + side, 60.0, RED)];
            let group = Item::Group(Group { items, blur: sigma, ..Group::default() });
            assert_eq!(page(vec![shadow, group], 1).width(), 100);
        }
    }
}

#[test]
fn flat_and_empty_things_are_drawn_or_not() {
    for transform in [Affine::scale(0.0), Affine::scale_non_uniform(1.0, 0.0), Affine::scale(1e-12), Affine::IDENTITY] {
        for bounds in [Rect::ZERO, Rect::new(10.0, 10.0, 10.0, 60.0), Rect::new(60.0, 60.0, 10.0, 10.0)] {
            let rounded = RoundedRect::from_rect(bounds, 5.0);
            let (rule, paint) = (FillRule::NonZero, Paint::Solid(RED));
            let items = vec![
                Item::Fill(FillItem { shape: Shape::RoundedRect(rounded), rule, paint: paint.clone(), transform }),
                Item::Stroke(StrokeItem { shape: Shape::Ellipse(bounds), stroke: Stroke::new(3.0), paint, transform }),
                Item::Shadow(ShadowItem { shape: rounded, sigma: 3.0, color: RED, knockout: None, transform }),
            ];
            let group = Group { items: items.clone(), blur: 2.0, ..Group::default() };
            page(items.into_iter().chain([Item::Group(group)]).collect(), 1);
        }
    }
}

#[test]
fn dashes_too_fine_to_see_are_a_line() {
    let stroke = Stroke::new(2.0).with_dashes(0.0, [1e-7, 1e-7]);
    let shape = Shape::Rect(Rect::new(10.0, 10.0, 90.0, 90.0));
    let item = StrokeItem { shape, stroke, paint: Paint::Solid(RED), transform: Affine::IDENTITY };
    assert_pixel(&page(vec![Item::Stroke(item)], 1), 50, 10, [255, 0, 0, 255], 0);
}
