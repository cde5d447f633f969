//! From runs to glyphs, with HarfBuzz's algorithm. Keeps instances of variable fonts and shaping plans warm.

use std::collections::HashMap;
use std::sync::Arc;

use harfrust::{
    BufferClusterLevel, Direction, Language, NormalizedCoord, ShapeOptions, ShapePlan, ShapePlanKey, ShaperInstance,
    UnicodeBuffer, Variation as HarfVariation,
};
use icu_properties::PropertyNamesShort;
use icu_properties::props::Script;

use super::emoji;
use super::itemize::Item;
use super::paragraph::{Cluster, Glyph, Run};
use super::style::Style;
use crate::fonts::{Face, FaceMetrics, FontLibrary, Match, Variation};

/// Instances kept before all are dropped.
const MAX_INSTANCES: usize = 256;

/// Plans of an instance (by script, direction, language, features) kept before all are dropped.
const MAX_PLANS: usize = 64;

/// The slant axis's value for a missing italic, degrees.
const SLANT: f32 = -14.0;

/// Shapes runs; its memory is bounded.
#[derive(Default)]
pub(super) struct Shaper {
    buffer: Option<UnicodeBuffer>,
    known: HashMap<InstanceKey, usize>,
    instances: Vec<Instance>,
}

/// The font's bytes (by blob id and index), and its axes' settings.
#[derive(PartialEq, Eq, Hash)]
struct InstanceKey {
    blob: u64,
    index: u32,
    settings: Vec<(harfrust::Tag, u32)>,
}

/// A face at one point of its variation axes.
struct Instance {
    shaper: ShaperInstance,
    coords: Arc<[i16]>,
    metrics: FaceMetrics,
    plans: Vec<ShapePlan>,
}

/// What glyphs are appended to.
#[derive(Debug, Default)]
pub(super) struct Shaped {
    pub(super) runs: Vec<Run>,
    pub(super) clusters: Vec<Cluster>,
    pub(super) glyphs: Vec<Glyph>,
    /// What is left out because its glyphs are damaged, and the family that they are of.
    pub(super) damaged: Vec<String>,
}

impl Shaper {
    /// Drops what is known when it has grown too much. Only between texts: numbers of instances change.
    pub(super) fn tidy(&mut self) {
        if self.instances.len() > MAX_INSTANCES {
            self.known.clear();
            self.instances.clear();
        }
    }

    pub(super) fn metrics(&mut self, fonts: &FontLibrary, found: Match, axes: &[Variation]) -> FaceMetrics {
        let number = self.instance(fonts.face(found.face), found, axes);
        self.instances[number].metrics
    }

    /// Shapes one item of `text` and appends its run.
    pub(super) fn shape(
        &mut self,
        fonts: &FontLibrary,
        text: &str,
        item: &Item,
        styles: &[Style],
        language: Option<&Language>,
        out: &mut Shaped,
    ) {
        let style = &styles[usize::from(item.style)];
        let face = fonts.face(item.choice.found.face);
        let number = self.instance(face, item.choice.found, &style.axes);
        let direction = if item.level % 2 == 1 { Direction::RightToLeft } else { Direction::LeftToRight };
        let script = harf_script(item.script);

        let mut buffer = self.buffer.take().unwrap_or_default();
        buffer.set_cluster_level(BufferClusterLevel::MonotoneGraphemes);
        let mut characters = text[item.range.clone()].char_indices().peekable();
        while let Some((offset, character)) = characters.next() {
            let cluster = u32::try_from(item.range.start + offset).unwrap_or(u32::MAX);
            buffer.add(character, cluster);
            let next = characters.peek().map(|&(_, next)| next);
            if item.choice.emoji && emoji::lacks_selector(character, next) {
                buffer.add(emoji::EMOJI_SELECTOR, cluster);
            }
        }
        buffer.set_pre_context(&text[..item.range.start]);
        buffer.set_post_context(&text[item.range.end..]);
        buffer.set_direction(direction);
        buffer.set_script(script);
        if let Some(language) = language {
            buffer.set_language(language.clone());
        }

        let font = face.font();
        let instance = &mut self.instances[number];
        let shaper = face.shaper().shaper(&font).instance(Some(&instance.shaper)).build();
        let key = ShapePlanKey::new(Some(script), direction)
            .language(language)
            .instance(Some(&instance.shaper))
            .features(&style.features);
        let known = instance.plans.iter().position(|plan| key.matches(plan));
        let plan = known.unwrap_or_else(|| {
            if instance.plans.len() >= MAX_PLANS {
                instance.plans.clear();
            }
            instance.plans.push(ShapePlan::new(&shaper, direction, Some(script), language, &style.features));
            instance.plans.len() - 1
        });
        let options = ShapeOptions::new().plan(Some(&instance.plans[plan])).features(&style.features);
        let shaped = shaper.shape(buffer, options);

        let units = f64::from(skrifa::raw::TableProvider::head(&font).map_or(1000, |head| head.units_per_em()));
        let em = if item.choice.emoji { emoji_em(&shaped, units) } else { 1.0 };
        let size = style.size / em;
        let coords = instance.coords.clone();
        out.push(item, &shaped, size, size / units, coords.clone());
        out.drop_damaged(face, &coords, text);
        self.buffer = Some(shaped.clear());
    }

    fn instance(&mut self, face: &Face, found: Match, axes: &[Variation]) -> usize {
        let settings = settings(face, found, axes);
        let key = InstanceKey {
            blob: face.data().data.id(),
            index: face.data().index,
            settings: settings.iter().map(|setting| (setting.tag, setting.value.to_bits())).collect(),
        };
        *self.known.entry(key).or_insert_with(|| {
            let font = face.font();
            let variations = settings.iter().map(|setting| HarfVariation { tag: setting.tag, value: setting.value });
            let shaper = ShaperInstance::from_variations(&font, variations);
            let coords: &[NormalizedCoord] = shaper.coords();
            self.instances.push(Instance {
                coords: coords.iter().map(|coord| coord.to_bits()).collect(),
                metrics: face.metrics(coords),
                shaper,
                plans: Vec::new(),
            });
            self.instances.len() - 1
        })
    }
}

/// The face's axes that are set: its weight, its slant, then the style's own, which win.
fn settings(face: &Face, found: Match, axes: &[Variation]) -> Vec<Variation> {
    let weight = harfrust::Tag::new(b"wght");
    let mut settings = Vec::new();
    if face.has_axis(weight) {
        settings.push(Variation { tag: weight, value: f32::from(found.weight) });
    }
    if slants_by_axis(face, found) {
        settings.push(Variation { tag: harfrust::Tag::new(b"slnt"), value: SLANT });
    }
    for axis in axes.iter().filter(|axis| face.has_axis(axis.tag)) {
        settings.retain(|setting| setting.tag != axis.tag);
        settings.push(*axis);
    }
    settings
}

/// Whether a missing italic comes from the font's own slant axis instead of a skew.
fn slants_by_axis(face: &Face, found: Match) -> bool {
    found.skew != 0.0 && face.has_axis(harfrust::Tag::new(b"slnt"))
}

/// The skew that is left to the drawing.
pub(super) fn skew(face: &Face, found: Match) -> f32 {
    if slants_by_axis(face, found) { 0.0 } else { found.skew }
}

/// How many em the widest glyph is: an emoji is to be one em wide, whatever its font thinks.
fn emoji_em(shaped: &harfrust::GlyphBuffer, units: f64) -> f64 {
    let widest = shaped.glyph_positions().iter().map(|position| position.x_advance).max().unwrap_or(0);
    if widest > 0 { f64::from(widest) / units } else { 1.0 }
}

fn harf_script(script: Script) -> harfrust::Script {
    PropertyNamesShort::<Script>::new()
        .get(script)
        .and_then(|name| name.parse().ok())
        .unwrap_or(harfrust::script::UNKNOWN)
}

impl Shaped {
    /// Appends a run. Glyphs come in visual order; clusters are kept in logical order, each with its glyphs from left
    /// to right.
    fn push(&mut self, item: &Item, shaped: &harfrust::GlyphBuffer, size: f64, scale: f64, coords: Arc<[i16]>) {
        let run = u32::try_from(self.runs.len()).unwrap_or(u32::MAX);
        let first_cluster = self.clusters.len();
        let infos = shaped.glyph_infos();
        let positions = shaped.glyph_positions();
        let right_to_left = item.level % 2 == 1;
        let mut groups: Vec<std::ops::Range<usize>> = Vec::new();
        for (index, info) in infos.iter().enumerate() {
            match groups.last_mut() {
                Some(group) if infos[group.start].cluster == info.cluster => group.end = index + 1,
                _ => groups.push(index..index + 1),
            }
        }
        if right_to_left {
            groups.reverse();
        }
        for group in groups {
            let glyphs = self.glyphs.len();
            let mut advance = 0.0;
            let start = infos[group.start].cluster as usize;
            let unsafe_to_break = infos[group.clone()].iter().any(harfrust::GlyphInfo::unsafe_to_break);
            for index in group {
                let position = &positions[index];
                self.glyphs.push(Glyph {
                    id: infos[index].glyph_id,
                    x: f64::from(position.x_offset) * scale,
                    y: -f64::from(position.y_offset) * scale,
                    advance: f64::from(position.x_advance) * scale,
                });
                advance += f64::from(position.x_advance) * scale;
            }
            self.clusters.push(Cluster {
                start,
                glyphs: glyphs..self.glyphs.len(),
                advance,
                run,
                style: item.style,
                unsafe_to_break,
                ..Cluster::default()
            });
        }
        // Shaping may drop characters that have no look; the run still begins where it begins.
        match self.clusters.get_mut(first_cluster) {
            Some(first) => first.start = item.range.start,
            None => self.clusters.push(Cluster {
                start: item.range.start,
                glyphs: self.glyphs.len()..self.glyphs.len(),
                run,
                style: item.style,
                ..Cluster::default()
            }),
        }
        self.runs.push(Run { item: item.clone(), size, coords });
    }

    /// Empties the clusters of the last run that its face cannot draw: whatever draws them would fail at it.
    fn drop_damaged(&mut self, face: &Face, coords: &[i16], text: &str) {
        if face.is_proven() {
            return;
        }
        let run = u32::try_from(self.runs.len() - 1).unwrap_or(u32::MAX);
        for cluster in self.clusters.iter_mut().rev().take_while(|cluster| cluster.run == run) {
            let glyphs = &self.glyphs[cluster.glyphs.clone()];
            if glyphs.iter().any(|glyph| !face.draws(glyph.id, coords)) {
                cluster.glyphs.end = cluster.glyphs.start;
                cluster.advance = 0.0;
                let character = text[cluster.start..].chars().next().unwrap_or_default();
                self.damaged.push(format!("{character} (the font '{}' is damaged)", face.family()));
            }
        }
    }
}
