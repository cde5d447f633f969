//! What the index needs to know of one font file, read from the file itself: its cover, its axes, its copyright line.

use anyhow::{Context, Result};
use skrifa::string::StringId;
use skrifa::{FontRef, MetadataProvider};

pub(crate) struct Facts {
    /// Sorted, apart from each other, both ends included.
    pub(crate) ranges: Vec<(u32, u32)>,
    pub(crate) axes: Vec<Axis>,
    pub(crate) copyright: Option<String>,
}

pub(crate) struct Axis {
    pub(crate) tag: String,
    pub(crate) min: f32,
    pub(crate) default: f32,
    pub(crate) max: f32,
}

pub(crate) fn facts(sfnt: &[u8]) -> Result<Facts> {
    let font = FontRef::new(sfnt).context("not a font that can be read")?;
    let covered: Vec<u32> =
        font.charmap().mappings().filter(|(_, glyph)| glyph.to_u32() != 0).map(|(code_point, _)| code_point).collect();
    anyhow::ensure!(!covered.is_empty(), "the font has no characters");
    Ok(Facts {
        ranges: compact(covered),
        axes: font.axes().iter().map(|found| axis(&found)).collect(),
        copyright: copyright(&font),
    })
}

fn axis(axis: &skrifa::Axis) -> Axis {
    Axis { tag: axis.tag().to_string(), min: axis.min_value(), default: axis.default_value(), max: axis.max_value() }
}

fn copyright(font: &FontRef) -> Option<String> {
    let line: String = font.localized_strings(StringId::COPYRIGHT_NOTICE).english_or_first()?.chars().collect();
    Some(line.trim().to_owned()).filter(|line| !line.is_empty())
}

fn compact(mut code_points: Vec<u32>) -> Vec<(u32, u32)> {
    code_points.sort_unstable();
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for code_point in code_points {
        match ranges.last_mut() {
            Some((_, end)) if code_point <= *end + 1 => *end = code_point,
            _ => ranges.push((code_point, code_point)),
        }
    }
    ranges
}
