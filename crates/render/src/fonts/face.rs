//! One font file (or one font of a collection): its bytes, what it covers, its measures.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use harfrust::ShaperData;
use linebender_resource_handle::{Blob, FontData};
use skrifa::instance::{LocationRef, NormalizedCoord, Size};
use skrifa::raw::TableProvider;
use skrifa::{FontRef, GlyphId, MetadataProvider, Tag};

use super::{FontError, Proof, container};

/// What a face is made of.
#[derive(Clone)]
pub struct FaceSource {
    /// The name that templates use.
    pub family: String,
    /// Lightest and heaviest CSS weight, both included; equal without a weight axis.
    pub weight: (u16, u16),
    pub italic: bool,
    /// An sfnt font or collection.
    pub data: Arc<dyn AsRef<[u8]> + Send + Sync>,
    /// Which font of a collection; else 0.
    pub index: u32,
    /// The code points the font has glyphs for: sorted ranges, both ends included. None: read from the font.
    pub cover: Option<Cow<'static, [(u32, u32)]>>,
}

impl FaceSource {
    /// A face that the program carries: an sfnt, and the code points that it covers.
    pub fn embedded(
        family: &str,
        weight: (u16, u16),
        italic: bool,
        data: &'static [u8],
        cover: &'static [(u32, u32)],
    ) -> FaceSource {
        let (family, cover) = (family.to_owned(), Some(Cow::Borrowed(cover)));
        FaceSource { family, weight, italic, data: Arc::new(data), index: 0, cover }
    }

    /// A face from a file as people have it: TrueType, OpenType, a collection (its first font), WOFF or WOFF2.
    /// A variable face serves the whole range of its weight axis; another has this `weight`, or what the font says of
    /// itself.
    ///
    /// # Errors
    /// When the bytes are none of these, or would grow too large when unpacked.
    pub fn from_file(
        family: &str,
        weight: Option<f64>,
        italic: bool,
        bytes: &Arc<[u8]>,
    ) -> Result<FaceSource, FontError> {
        let unreadable = |reason: String| FontError::Unreadable { family: family.to_owned(), reason };
        let data = container::unpack(bytes).map_err(unreadable)?;
        let font = FontRef::from_index((*data).as_ref(), 0)
            .map_err(|error| unreadable(format!("the font is damaged ({error})")))?;
        let single = |weight: u16| (weight, weight);
        let weight = weight_range(&font)
            .or_else(|| weight.map(|weight| single(round_weight(weight))))
            .unwrap_or_else(|| single(weight_class(&font)));
        Ok(FaceSource { family: family.to_owned(), weight, italic, data, index: 0, cover: None })
    }
}

fn round_weight(weight: f64) -> u16 {
    weight.round().clamp(1.0, 1000.0) as u16
}

/// Of the weight axis, if there is one.
fn weight_range(font: &FontRef) -> Option<(u16, u16)> {
    let axis = font.axes().get_by_tag(Tag::new(b"wght"))?;
    let (one, other) = (round_weight(f64::from(axis.min_value())), round_weight(f64::from(axis.max_value())));
    // A damaged font may have them the wrong way round.
    Some((one.min(other), one.max(other)))
}

fn weight_class(font: &FontRef) -> u16 {
    font.os2().map_or(400, |os2| os2.us_weight_class()).clamp(1, 1000)
}

/// The setting of a variation axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Variation {
    pub(crate) tag: Tag,
    pub(crate) value: f32,
}

/// Line and decoration measures, in em, up is positive.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct FaceMetrics {
    /// Above the baseline.
    pub(crate) ascent: f64,
    /// Below the baseline, positive.
    pub(crate) descent: f64,
    pub(crate) underline: RuleMetrics,
    pub(crate) strikethrough: RuleMetrics,
}

/// A decoration line, in em.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct RuleMetrics {
    /// Its top edge above the baseline; negative below.
    pub(crate) top: f64,
    pub(crate) thickness: f64,
}

/// A face that can be shaped and drawn with.
pub struct Face {
    family: String,
    weight: (u16, u16),
    italic: bool,
    data: FontData,
    cover: Cow<'static, [(u32, u32)]>,
    proven: bool,
    axes: Vec<Tag>,
    shaper: OnceLock<ShaperData>,
}

impl std::fmt::Debug for Face {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Face({} {:?}{})", self.family, self.weight, if self.italic { " italic" } else { "" })
    }
}

impl Face {
    pub(super) fn new(source: FaceSource) -> Result<Face, FontError> {
        let FaceSource { family, weight, italic, data, index, cover } = source;
        let unreadable = |reason: &str| FontError::Unreadable { family: family.clone(), reason: reason.to_owned() };
        let data = FontData::new(Blob::new(data), index);
        let proven = cover.is_some();
        let (cover, axes) = {
            let font = font_ref(&data).ok_or_else(|| unreadable("the file is not a font"))?;
            let units = font.head().map(|head| head.units_per_em());
            if !matches!(units, Ok(16..=16384)) {
                return Err(unreadable("the font has no usable head table"));
            }
            let cover = cover.unwrap_or_else(|| Cow::Owned(read_cover(&font)));
            if cover.is_empty() {
                return Err(unreadable("the font has no characters"));
            }
            (cover, font.axes().iter().map(|axis| axis.tag()).collect())
        };
        Ok(Face { family, weight, italic, data, cover, proven, axes, shaper: OnceLock::new() })
    }

    pub fn family(&self) -> &str {
        &self.family
    }

    /// Lightest and heaviest CSS weight.
    pub fn weight(&self) -> (u16, u16) {
        self.weight
    }

    pub fn italic(&self) -> bool {
        self.italic
    }

    /// The font's bytes and its number in a collection. The blob's id names these bytes in caches.
    pub fn data(&self) -> &FontData {
        &self.data
    }

    /// The parsed font.
    pub fn font(&self) -> FontRef<'_> {
        font_ref(&self.data).expect("parsed when the face was made")
    }

    /// Whether the font has a glyph for a character.
    pub fn covers(&self, character: char) -> bool {
        covers(&self.cover, character)
    }

    pub(crate) fn cover(&self) -> &[(u32, u32)] {
        &self.cover
    }

    /// Whether its glyphs are known to be good: those of faces that come with the program are.
    pub(crate) fn is_proven(&self) -> bool {
        self.proven
    }

    /// Whether a glyph can be drawn at a point of the axes (normalized, 2.14).
    pub(crate) fn draws(&self, glyph: u32, coords: &[i16]) -> bool {
        let coords: Vec<NormalizedCoord> = coords.iter().copied().map(NormalizedCoord::from_bits).collect();
        Proof::new(&self.font()).draws(GlyphId::new(glyph), LocationRef::new(&coords))
    }

    pub(crate) fn has_axis(&self, tag: Tag) -> bool {
        self.axes.contains(&tag)
    }

    pub(crate) fn shaper(&self) -> &ShaperData {
        self.shaper.get_or_init(|| ShaperData::new(&self.font()))
    }

    pub(crate) fn metrics(&self, coords: &[NormalizedCoord]) -> FaceMetrics {
        let metrics = skrifa::metrics::Metrics::new(&self.font(), Size::unscaled(), LocationRef::new(coords));
        let em = f64::from(metrics.units_per_em.max(1));
        // As HarfBuzz does for fonts that do not say.
        let plain = f64::from(metrics.units_per_em) / 18.0;
        let rule = |decoration: Option<skrifa::metrics::Decoration>, top: f64| {
            decoration.filter(|decoration| decoration.thickness > 0.0).map_or(
                RuleMetrics { top: top / em, thickness: plain / em },
                |decoration| RuleMetrics {
                    top: f64::from(decoration.offset) / em,
                    thickness: f64::from(decoration.thickness) / em,
                },
            )
        };
        FaceMetrics {
            ascent: f64::from(metrics.ascent) / em,
            descent: -f64::from(metrics.descent) / em,
            underline: rule(metrics.underline, -plain),
            strikethrough: rule(metrics.strikeout, f64::from(metrics.ascent) / 3.0),
        }
    }
}

fn font_ref(data: &FontData) -> Option<FontRef<'_>> {
    FontRef::from_index(data.data.as_ref(), data.index).ok()
}

/// Whether sorted ranges contain a character.
pub(super) fn covers(ranges: &[(u32, u32)], character: char) -> bool {
    let code_point = u32::from(character);
    let after = ranges.partition_point(|&(first, _)| first <= code_point);
    after > 0 && code_point <= ranges[after - 1].1
}

fn read_cover(font: &FontRef) -> Vec<(u32, u32)> {
    let mut code_points: Vec<u32> =
        font.charmap().mappings().filter(|(_, glyph)| glyph.to_u32() != 0).map(|(code_point, _)| code_point).collect();
    code_points.sort_unstable();
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for code_point in code_points {
        match ranges.last_mut() {
            Some((_, end)) if code_point <= end.saturating_add(1) => *end = code_point,
            _ => ranges.push((code_point, code_point)),
        }
    }
    ranges
}
