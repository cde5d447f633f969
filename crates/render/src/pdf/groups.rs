//! Items drawn together: clipped, masked, faded, blended. The order is the rasteriser's: items, clip, mask, tint, then
//! opacity and blend mode onto what is beneath.

use handbill_template::resolved::{Blend, Rgba};
use krilla::blend::BlendMode;
use krilla::mask::MaskType;
use krilla::surface::Surface;
use kurbo::{Affine, Rect};

use super::painter::Painter;
use super::{geometry, paints, soft};
use crate::bounds;
use crate::display::{FillRule, Group, Item};
use crate::outlines;

pub(super) fn group<'a>(painter: &mut Painter<'a>, surface: &mut Surface<'_>, group: &'a Group) {
    if let Some(meaning) = &group.meaning {
        painter.tags.enter(surface, meaning);
    }
    if group.isolates() {
        painter.tags.enter_apart(surface, group);
        layered(painter, surface, group);
        painter.tags.leave_apart(surface);
    } else {
        clipped(painter, surface, group);
    }
    if group.meaning.is_some() {
        painter.tags.leave(surface);
    }
}

/// Draws a group apart from what is beneath it.
fn layered<'a>(painter: &mut Painter<'a>, surface: &mut Surface<'_>, group: &'a Group) {
    if group.items.is_empty() || group.opacity <= 0.0 {
        return;
    }
    surface.push_blend_mode(blend(group.blend));
    // A layer that neither fades nor is masked is one for its blend mode's sake.
    let plain = group.opacity >= 1.0 && group.mask.is_none() && group.tint.is_none();
    if plain {
        surface.push_isolated();
    } else {
        surface.push_opacity(geometry::share(group.opacity));
    }
    hold_open(surface, group);
    if group.blur > 0.0 {
        soft::group(painter, surface, group);
    } else if let Some(color) = group.tint {
        tinted(painter, surface, group, color);
    } else {
        masked(painter, surface, group);
    }
    surface.pop();
    surface.pop();
}

/// The silhouette of a group in one colour.
fn tinted<'a>(painter: &mut Painter<'a>, surface: &mut Surface<'_>, group: &'a Group, color: Rgba) {
    painter.masked(
        surface,
        MaskType::Alpha,
        |painter, mask| masked(painter, mask, group),
        |_, surface| rectangle(surface, bounds::group(group, Affine::IDENTITY), color),
    );
}

fn masked<'a>(painter: &mut Painter<'a>, surface: &mut Surface<'_>, group: &'a Group) {
    let Some(mask) = &group.mask else { return clipped(painter, surface, group) };
    let kind = if mask.luminance { MaskType::Luminosity } else { MaskType::Alpha };
    painter.masked(
        surface,
        kind,
        |painter, surface| {
            if mask.luminance {
                // What is transparent is dark; some viewers see only the colour, unless something dark is beneath.
                rectangle(surface, bounds::items(&mask.items, Affine::IDENTITY), Rgba::BLACK);
            }
            painter.items(surface, &mask.items);
        },
        |painter, surface| {
            hold_open(surface, group);
            clipped(painter, surface, group);
        },
    );
}

fn clipped<'a>(painter: &mut Painter<'a>, surface: &mut Surface<'_>, group: &'a Group) {
    let Some(clip) = &group.clip else { return painter.items(surface, &group.items) };
    // A clip without area leaves nothing.
    let Some(path) = geometry::path(&(clip.transform * outlines::path(&clip.shape))) else { return };
    painter.tags.unmark(surface);
    surface.push_clip_path(&path, &geometry::fill_rule(clip.rule));
    painter.items(surface, &group.items);
    painter.tags.unmark(surface);
    surface.pop();
}

/// The library takes a layer to end where it believes the text in it does, which is short of letters that lean out.
/// A rectangle that does not show tells it better.
fn hold_open(surface: &mut Surface<'_>, group: &Group) {
    if has_text(&group.items) {
        rectangle(surface, bounds::group(group, Affine::IDENTITY), Rgba::TRANSPARENT);
    }
}

fn rectangle(surface: &mut Surface<'_>, area: Rect, color: Rgba) {
    if let Some(path) = geometry::rect_path(area) {
        surface.set_stroke(None);
        surface.set_fill(Some(paints::solid(color).fill(FillRule::NonZero)));
        surface.draw_path(&path);
    }
}

fn has_text(items: &[Item]) -> bool {
    items.iter().any(|item| match item {
        Item::Glyphs(_) => true,
        Item::Group(group) => has_text(&group.items),
        _ => false,
    })
}

fn blend(blend: Blend) -> BlendMode {
    match blend {
        Blend::Normal => BlendMode::Normal,
        Blend::Multiply => BlendMode::Multiply,
        Blend::Screen => BlendMode::Screen,
        Blend::Overlay => BlendMode::Overlay,
        Blend::Darken => BlendMode::Darken,
        Blend::Lighten => BlendMode::Lighten,
        Blend::ColorDodge => BlendMode::ColorDodge,
        Blend::ColorBurn => BlendMode::ColorBurn,
        Blend::HardLight => BlendMode::HardLight,
        Blend::SoftLight => BlendMode::SoftLight,
        Blend::Difference => BlendMode::Difference,
        Blend::Exclusion => BlendMode::Exclusion,
        Blend::Hue => BlendMode::Hue,
        Blend::Saturation => BlendMode::Saturation,
        Blend::Color => BlendMode::Color,
        Blend::Luminosity => BlendMode::Luminosity,
    }
}
