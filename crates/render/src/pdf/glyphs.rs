//! Runs of glyphs, as text that can be searched and copied.

use std::sync::Arc;

use krilla::geom::Point;
use krilla::mask::MaskType;
use krilla::surface::Surface;
use krilla::text::{GlyphId, KrillaGlyph};
use kurbo::Affine;

use super::faces::PdfFace;
use super::painter::Painter;
use super::paints::{self, Coat};
use super::{clusters, emoji, geometry, pictures, tiles};
use crate::display::{FillRule, Glyph, GlyphItem, Paint};
use handbill_template::resolved::Rgba;

pub(super) fn run<'a>(painter: &mut Painter<'a>, surface: &mut Surface<'_>, item: &'a GlyphItem) {
    if item.glyphs.is_empty() || !(item.size.is_finite() && item.size > 0.0) {
        return;
    }
    let face = painter.faces.get(item.face, &item.coords);
    let Some(face) = painter.keep(face) else { return };
    let again = painter.texts.iter().any(|before| is_same_text(before, item));
    let form = if again || painter.masks > 0 { Form::Outlines } else { Form::Text };
    painter.tags.text(surface, item);
    surface.push_transform(&geometry::transform(item.transform * slant(item)));
    if !item.glyphs.iter().any(|glyph| face.is_colored(glyph.id)) {
        painter.voice = (item.face, Arc::clone(&item.coords));
    }
    let glyphs = painter.shown.with_space(item, &face);
    for part in parts(item, &glyphs, &face) {
        if let Some((stroke, paint)) = item.outline.as_ref().filter(|_| part.kind != Kind::Colored) {
            outline(painter, surface, &part, stroke, paint);
        }
        fill(painter, surface, &part, &item.paint, form);
    }
    surface.pop();
    if form == Form::Text {
        painter.texts.push(item);
    }
}

/// Several paints of a text are several items with the same glyphs.
fn is_same_text(a: &GlyphItem, b: &GlyphItem) -> bool {
    Arc::ptr_eq(&a.text, &b.text)
        && (a.face, a.size, a.transform) == (b.face, b.size, b.transform)
        && a.glyphs == b.glyphs
}

/// Leans a run to the right about its baseline.
fn slant(item: &GlyphItem) -> Affine {
    let skew = f64::from(item.skew);
    let baseline = f64::from(item.glyphs[0].y);
    Affine::new([1.0, 0.0, -skew, 1.0, skew * baseline, 0.0])
}

#[derive(Clone, Copy, PartialEq)]
enum Form {
    Text,
    Outlines,
}

/// Glyphs of one kind that follow each other.
struct Part<'f> {
    item: &'f GlyphItem,
    face: &'f PdfFace<'f>,
    kind: Kind,
    glyphs: &'f [Glyph],
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Letters,
    /// They bring their own colours.
    Colored,
    /// The box that stands for what no font has: one glyph for any text, which a font in a PDF cannot say.
    Missing,
}

impl Kind {
    fn of(glyph: &Glyph, face: &PdfFace<'_>) -> Kind {
        match glyph.id {
            0 => Kind::Missing,
            id if face.is_colored(id) => Kind::Colored,
            _ => Kind::Letters,
        }
    }
}

fn parts<'f>(item: &'f GlyphItem, glyphs: &'f [Glyph], face: &'f PdfFace<'f>) -> impl Iterator<Item = Part<'f>> {
    let same = |a: &Glyph, b: &Glyph| Kind::of(a, face) == Kind::of(b, face);
    let part = |glyphs: &'f [Glyph]| Part { item, face, kind: Kind::of(&glyphs[0], face), glyphs };
    glyphs.chunk_by(same).map(part)
}

/// Where a glyph stands before the run is slanted: slanting moves those off the baseline, which must stay.
fn upright_x(item: &GlyphItem, glyph: &Glyph) -> f32 {
    glyph.x - item.skew * (item.glyphs[0].y - glyph.y)
}

/// Glyphs with advances that lead from each to the next. Where the font's own advance does, it is taken, because then
/// nothing has to be written into the page.
fn place(item: &GlyphItem, face: &PdfFace<'_>, glyphs: &[Glyph]) -> Vec<KrillaGlyph> {
    /// Layout pixels; the pen is followed, so that these do not add up.
    const TOLERANCE: f32 = 0.01;
    let metrics = face.metrics();
    let units = face.font.units_per_em();
    let mut pen = upright_x(item, &glyphs[0]);
    let mut out = Vec::with_capacity(glyphs.len());
    for (n, glyph) in glyphs.iter().enumerate() {
        let next = glyphs.get(n + 1).map_or(pen + glyph.advance, |next| upright_x(item, next));
        let own = metrics.advance_width(skrifa::GlyphId::new(glyph.id)).unwrap_or_default() / units;
        let advance = if (pen + own * item.size - next).abs() < TOLERANCE { own } else { (next - pen) / item.size };
        pen += advance * item.size;
        let rise = (glyphs[0].y - glyph.y) / item.size;
        out.push(KrillaGlyph::new(GlyphId::new(glyph.id), advance, 0.0, rise, 0.0, glyph.range.clone(), None));
    }
    out
}

impl Part<'_> {
    fn draw(&self, surface: &mut Surface<'_>, glyphs: &[Glyph], form: Form) {
        let Some(first) = glyphs.first() else { return };
        let start = Point::from_xy(upright_x(self.item, first), first.y);
        let placed = place(self.item, self.face, glyphs);
        let (font, outlined) = (self.face.font.clone(), form == Form::Outlines);
        surface.draw_glyphs(start, &placed, font, &self.item.text, self.item.size, outlined);
    }

    fn draw_filled(&self, surface: &mut Surface<'_>, color: &paints::Color, form: Form) {
        surface.set_stroke(None);
        surface.set_fill(Some(color.fill(FillRule::NonZero)));
        if form == Form::Outlines {
            return self.draw(surface, self.glyphs, form);
        }
        let said = clusters::say(self.item, self.glyphs, &self.face.parsed);
        self.draw(surface, &said.shapes, Form::Outlines);
        for chunk in &said.chunks {
            let color = if chunk.seen { color } else { &paints::solid(Rgba::TRANSPARENT) };
            surface.set_fill(Some(color.fill(FillRule::NonZero)));
            self.draw(surface, &chunk.glyphs, form);
        }
    }

    fn draw_outlined(&self, surface: &mut Surface<'_>, color: &paints::Color, stroke: &kurbo::Stroke) {
        if let Some(stroke) = color.stroke(stroke) {
            surface.set_fill(None);
            surface.set_stroke(Some(stroke));
            self.draw(surface, self.glyphs, Form::Outlines);
        }
    }
}

fn fill<'a>(painter: &mut Painter<'a>, surface: &mut Surface<'_>, part: &Part<'_>, paint: &'a Paint, form: Form) {
    // The text is said by glyphs of another font, if it has any to spare.
    let apart = part.kind != Kind::Letters && form == Form::Text && said_apart(painter, surface, part);
    let form = if apart { Form::Outlines } else { form };
    if part.kind == Kind::Colored {
        // The paint is for parts that a font leaves to the text's colour; an emoji is as opaque as it was drawn.
        let Rgba([r, g, b, _]) = if let Paint::Solid(color) = paint { *color } else { Rgba::BLACK };
        let color = Rgba([r, g, b, 255]);
        return match form {
            Form::Text => part.draw_filled(surface, &paints::solid(color), form),
            Form::Outlines => emoji::draw(painter, surface, part.item, part.face, part.glyphs, color),
        };
    }
    match paints::coat(paint) {
        Coat::Color(color) => part.draw_filled(surface, &color, form),
        Coat::Tiles(tiles) => {
            let color = tiles::color(painter, surface, tiles);
            part.draw_filled(surface, &color, form);
        }
        Coat::Picture(image) => {
            painter.masked(
                surface,
                MaskType::Alpha,
                |_, mask| part.draw_filled(mask, &paints::solid(Rgba::BLACK), Form::Outlines),
                |painter, surface| pictures::paint(painter, surface, image),
            );
            if form == Form::Text {
                // Nothing to see, but to find and copy.
                part.draw_filled(surface, &paints::solid(Rgba::TRANSPARENT), Form::Text);
            }
        }
    }
}

fn said_apart(painter: &mut Painter<'_>, surface: &mut Surface<'_>, part: &Part<'_>) -> bool {
    let (id, coords) = &painter.voice;
    let voice = painter.faces.get(*id, coords);
    let say = |voice: &PdfFace<'_>| emoji::say(&mut painter.signs, surface, part.item, (*id, voice), part.glyphs);
    voice.as_ref().is_ok_and(say)
}

fn outline<'a>(
    painter: &mut Painter<'a>,
    surface: &mut Surface<'_>,
    part: &Part<'_>,
    stroke: &kurbo::Stroke,
    paint: &'a Paint,
) {
    match paints::coat(paint) {
        Coat::Color(color) => part.draw_outlined(surface, &color, stroke),
        Coat::Tiles(tiles) => {
            let color = tiles::color(painter, surface, tiles);
            part.draw_outlined(surface, &color, stroke);
        }
        Coat::Picture(image) => painter.masked(
            surface,
            MaskType::Alpha,
            |_, mask| part.draw_outlined(mask, &paints::solid(Rgba::BLACK), stroke),
            |painter, surface| pictures::paint(painter, surface, image),
        ),
    }
}
