//! Every embedded face is a whole font, and the index says the truth about it.

use std::collections::{BTreeMap, BTreeSet};

use handbill_bundle::{BundledFace, EMOJI_FAMILY, default_faces, extra_faces, licences};
use skrifa::color::{Brush, ColorPainter, CompositeMode, Transform};
use skrifa::metrics::BoundingBox;
use skrifa::outline::{DrawSettings, OutlinePen};
use skrifa::prelude::{LocationRef, Size};
use skrifa::{FontRef, GlyphId, MetadataProvider};

fn faces() -> impl Iterator<Item = &'static BundledFace> {
    default_faces().iter().chain(extra_faces())
}

fn font(face: &BundledFace) -> FontRef<'static> {
    FontRef::new(face.data).unwrap_or_else(|error| panic!("{}: {error}", face.source))
}

#[derive(Default)]
struct CountingPen {
    segments: usize,
}

impl OutlinePen for CountingPen {
    fn move_to(&mut self, _: f32, _: f32) {}
    fn line_to(&mut self, _: f32, _: f32) {
        self.segments += 1;
    }
    fn quad_to(&mut self, _: f32, _: f32, _: f32, _: f32) {
        self.segments += 1;
    }
    fn curve_to(&mut self, _: f32, _: f32, _: f32, _: f32, _: f32, _: f32) {
        self.segments += 1;
    }
    fn close(&mut self) {}
}

fn segments(font: &FontRef, glyph: GlyphId, location: LocationRef) -> usize {
    let mut pen = CountingPen::default();
    let outline = font.outline_glyphs().get(glyph).expect("the glyph has an outline");
    outline.draw(DrawSettings::unhinted(Size::new(100.0), location), &mut pen).expect("the outline can be drawn");
    pen.segments
}

#[test]
fn unicode_ranges_are_the_cmap() {
    for face in faces() {
        let mut mapped: Vec<u32> =
            font(face).charmap().mappings().filter(|(_, glyph)| *glyph != GlyphId::NOTDEF).map(|(c, _)| c).collect();
        mapped.sort_unstable();
        let indexed: Vec<u32> = face.unicode_ranges.iter().flat_map(|&(first, last)| first..=last).collect();
        assert_eq!(mapped, indexed, "{}", face.source);
        let touching = face.unicode_ranges.windows(2).any(|pair| pair[0].1 + 1 >= pair[1].0);
        assert!(!touching, "{} has ranges that could be one", face.source);
    }
}

#[test]
fn covers_agrees_with_the_cmap_around_every_range() {
    for face in faces() {
        let charmap = font(face).charmap();
        let borders =
            face.unicode_ranges.iter().flat_map(|&(first, last)| [first.wrapping_sub(1), first, last, last + 1]);
        for character in borders.filter_map(char::from_u32) {
            let mapped = charmap.map(character).is_some_and(|glyph| glyph != GlyphId::NOTDEF);
            assert_eq!(face.covers(character), mapped, "{} U+{:04X}", face.source, u32::from(character));
        }
    }
}

#[test]
fn axes_and_weights_are_those_of_the_font() {
    for face in faces() {
        let axes: Vec<_> = font(face)
            .axes()
            .iter()
            .map(|axis| (axis.tag().to_string(), axis.min_value(), axis.default_value(), axis.max_value()))
            .collect();
        let indexed: Vec<_> =
            face.axes.iter().map(|axis| (axis.tag.to_owned(), axis.min, axis.default, axis.max)).collect();
        assert_eq!(axes, indexed, "{}", face.source);
        match face.axes.iter().find(|axis| axis.tag == "wght") {
            Some(axis) => assert_eq!((f32::from(face.weight.0), f32::from(face.weight.1)), (axis.min, axis.max)),
            None => assert_eq!(face.weight.0, face.weight.1, "{}", face.source),
        }
    }
}

/// Sixteen characters of each face, at both ends of its weights.
#[test]
fn glyphs_can_be_drawn() {
    for face in faces().filter(|face| face.family != EMOJI_FAMILY) {
        let font = font(face);
        let covered: Vec<u32> = face.unicode_ranges.iter().flat_map(|&(first, last)| first..=last).collect();
        let sample = covered.iter().step_by(covered.len().div_ceil(16)).filter_map(|&c| font.charmap().map(c));
        let mut drawn = 0;
        for glyph in sample.chain([GlyphId::NOTDEF]) {
            for weight in [face.weight.0, face.weight.1] {
                let location = font.axes().location([("wght", f32::from(weight))]);
                drawn += segments(&font, glyph, (&location).into());
            }
        }
        assert!(drawn > 0, "{} draws nothing", face.source);
    }
}

/// Counts filled layers, and the colours they have.
#[derive(Default)]
struct Layers {
    filled: usize,
    colours: BTreeSet<u16>,
}

impl ColorPainter for Layers {
    fn push_transform(&mut self, _: Transform) {}
    fn pop_transform(&mut self) {}
    fn push_clip_glyph(&mut self, _: GlyphId) {}
    fn push_clip_box(&mut self, _: BoundingBox) {}
    fn pop_clip(&mut self) {}
    fn fill(&mut self, brush: Brush<'_>) {
        self.filled += 1;
        if let Brush::Solid { palette_index, .. } = brush {
            self.colours.insert(palette_index);
        }
    }
    fn push_layer(&mut self, _: CompositeMode) {}
    fn pop_layer(&mut self) {}
}

#[test]
fn emoji_are_painted_in_layers_of_plain_colour() {
    let face = default_faces().iter().find(|face| face.family == EMOJI_FAMILY).expect("there is an emoji font");
    let font = font(face);
    for (emoji, colours) in [('😀', 2), ('❤', 1), ('🚀', 4), ('🌈', 6)] {
        let glyph = font.charmap().map(emoji).expect("the emoji is there");
        let glyph = font.color_glyphs().get(glyph).expect("it has colours");
        let mut layers = Layers::default();
        glyph.paint(LocationRef::default(), &mut layers).expect("it can be painted");
        assert!(layers.colours.len() >= colours, "{emoji} has {} colours", layers.colours.len());
        assert!(layers.filled >= layers.colours.len(), "{emoji} has something else than plain colour");
    }
}

#[test]
fn a_heavier_weight_changes_the_outline() {
    for face in faces().filter(|face| face.weight.0 < face.weight.1 && face.covers('A')) {
        let font = font(face);
        let glyph = font.charmap().map('A').expect("covers says so");
        let width = |weight: u16| {
            let location = font.axes().location([("wght", f32::from(weight))]);
            let metrics = font.glyph_metrics(Size::new(1000.0), &location);
            metrics.bounds(glyph).map(|bounds| bounds.x_max - bounds.x_min)
        };
        assert_ne!(width(face.weight.0), width(face.weight.1), "{}", face.source);
    }
}

#[test]
fn data_is_aligned_and_sources_are_unique() {
    let mut seen = BTreeMap::new();
    for face in faces() {
        assert_eq!(face.data.as_ptr() as usize % 8, 0, "{}", face.source);
        assert!(seen.insert(face.source, face.family).is_none(), "{} is there twice", face.source);
    }
}

/// "A" is in nearly every slice; the one with all of Latin must come first.
#[test]
fn the_latin_slice_comes_first() {
    let mut first: BTreeMap<(&str, u16, bool), &BundledFace> = BTreeMap::new();
    for face in faces().filter(|face| face.covers('A')) {
        first.entry((face.family, face.weight.0, face.italic)).or_insert(face);
    }
    for face in first.values() {
        let whole = "Handbill 0123456789 éüß".chars().all(|c| face.covers(c));
        assert!(whole, "{} comes before the Latin slice", face.source);
    }
}

#[test]
fn every_family_has_its_licence_and_stands_in_the_documentation() {
    let documentation = include_str!("../../../docs/fonts.md");
    let mut families: Vec<&str> = faces().map(|face| face.family).collect();
    families.dedup();
    assert_eq!(families, licences().iter().map(|licence| licence.family).collect::<Vec<_>>());
    for licence in licences() {
        let family = licence.family;
        assert!(licence.spdx.starts_with("OFL-1.1"), "{family}: {}", licence.spdx);
        assert!(licence.text.contains("PERMISSION & CONDITIONS"), "{family} lacks the text of the OFL");
        assert!(licence.text.contains(licence.copyright) && !licence.copyright.is_empty(), "{family}");
        assert!(documentation.contains(&format!("| {family} |")), "docs/fonts.md has no row for {family}");
    }
    let emoji = licences().iter().find(|licence| licence.family == "Twemoji").expect("Twemoji has a licence");
    assert_eq!(emoji.spdx, "OFL-1.1 AND CC-BY-4.0");
    assert!(emoji.text.contains("https://creativecommons.org/licenses/by/4.0/"));
}

/// Rows of the table in the documentation: family, weights, italic.
#[test]
fn weights_and_italics_are_as_documented() {
    let documentation = include_str!("../../../docs/fonts.md");
    for licence in licences() {
        let of_family = || faces().filter(|face| face.family == licence.family);
        let mut weights: Vec<(u16, u16)> = of_family().filter(|face| !face.italic).map(|face| face.weight).collect();
        weights.sort_unstable();
        weights.dedup();
        let weights: Vec<String> = weights
            .iter()
            .map(|&(from, to)| if from == to { from.to_string() } else { format!("{from}–{to}") })
            .collect();
        let italic = if of_family().any(|face| face.italic) { "yes" } else { "no" };
        let row = format!("| {} | {} | {italic} |", licence.family, weights.join(", "));
        assert!(documentation.contains(&row), "docs/fonts.md lacks a row that starts with {row:?}");
    }
}

#[test]
fn the_lock_file_names_no_registry() {
    let lock = include_str!("../package-lock.json");
    assert!(!lock.contains("\"resolved\"") && !lock.contains("registry"), "install with the .npmrc of this folder");
}
