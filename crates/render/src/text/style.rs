//! What shaping and line layout need to know of a span's style and of the whole text, in designed pixels.

use handbill_template::resolved::{
    self, Decoration, FitMode, HighlightPer, ListStyle, Overflow, TextAlign, VerticalAlign, Wrap,
};
use harfrust::{Feature, Tag};

use crate::fonts::{FaceMetrics, FamilyId, Variation};

/// em
const LIST_INDENT: f64 = 1.5;

/// A span's style. Sizes are designed ones, before any fitting.
#[derive(Debug, Clone)]
pub(super) struct Style {
    /// None: the text's base style.
    pub(super) span: Option<usize>,
    /// The family asked for, or what stands in for it.
    pub(super) family: FamilyId,
    pub(super) size: f64,
    pub(super) weight: u16,
    pub(super) italic: bool,
    pub(super) axes: Vec<Variation>,
    pub(super) features: Vec<Feature>,
    /// Pixels.
    pub(super) line_height: f64,
    /// Pixels.
    pub(super) letter_spacing: f64,
    pub(super) decoration: Decoration,
    /// Its words may be divided between syllables.
    pub(super) hyphenate: bool,
    /// What is drawn where a word is divided.
    pub(super) hyphen: &'static str,
    /// Of the family's own face, in em: fallback faces do not move lines.
    pub(super) metrics: FaceMetrics,
    pub(super) highlight: Option<HighlightBox>,
    /// Styles of one number shape alike and may share a run.
    pub(super) shape_key: u16,
}

/// How a highlight stands around its text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct HighlightBox {
    /// top, right, bottom, left
    pub(super) padding: [f64; 4],
    pub(super) per: HighlightPer,
}

impl HighlightBox {
    pub(super) fn of(highlight: &resolved::Highlight) -> HighlightBox {
        HighlightBox { padding: highlight.padding, per: highlight.per }
    }
}

/// What holds for the whole text.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) align: TextAlign,
    pub(super) vertical_align: VerticalAlign,
    pub(super) wrap: Wrap,
    pub(super) list: ListStyle,
    /// What lines stand in from the side where they begin, for the marks of a list. Pixels, designed.
    pub(super) indent: f64,
    pub(super) language: String,
    /// Pixels between paragraphs, designed.
    pub(super) paragraph_spacing: f64,
    pub(super) base_size: f64,
    pub(super) fit: FitMode,
    pub(super) fit_min: Option<f64>,
    pub(super) fit_max: Option<f64>,
    pub(super) max_lines: Option<usize>,
    pub(super) overflow: Option<Overflow>,
    pub(super) highlight: Option<HighlightBox>,
}

impl Settings {
    pub(super) fn of(text: &resolved::Text) -> Settings {
        Settings {
            align: text.align,
            vertical_align: text.vertical_align,
            wrap: text.wrap,
            list: text.list,
            indent: if text.list == ListStyle::None { 0.0 } else { LIST_INDENT * text.base.size },
            language: text.lang.clone(),
            paragraph_spacing: text.paragraph_spacing * text.base.size,
            base_size: text.base.size,
            fit: text.fit.mode,
            fit_min: text.fit.min,
            fit_max: text.fit.max,
            max_lines: text.max_lines.map(|lines| lines.max(1) as usize),
            overflow: text.overflow,
            highlight: text.highlight.as_ref().map(HighlightBox::of),
        }
    }

    /// What happens to text that does not fit, when height or lines are bounded or not.
    pub(super) fn overflow(&self, height: Option<f64>) -> Overflow {
        let bounded = height.is_some() || self.max_lines.is_some();
        self.overflow.unwrap_or(if bounded { Overflow::Ellipsis } else { Overflow::Visible })
    }
}

/// The features of a style. Ligatures would swallow letter spacing, as in CSS.
pub(super) fn features(style: &resolved::CharStyle) -> Vec<Feature> {
    let spaced = style.letter_spacing != 0.0;
    let ligatures_off: &[&[u8; 4]] = if spaced { &[b"liga", b"clig", b"dlig", b"hlig"] } else { &[] };
    let off = ligatures_off.iter().map(|tag| Feature::new(Tag::new(tag), 0, ..));
    off.chain(style.features.iter().filter_map(|feature| parse_feature(feature))).collect()
}

/// `tnum`, `-liga`, `ss01=2`.
fn parse_feature(text: &str) -> Option<Feature> {
    let (name, value) = match (text.strip_prefix('-'), text.split_once('=')) {
        (Some(name), _) => (name, 0),
        (None, Some((name, value))) => (name, value.trim().parse().ok()?),
        (None, None) => (text, 1),
    };
    let tag = Tag::new_checked(name.trim().as_bytes()).ok()?;
    Some(Feature::new(tag, value, ..))
}

/// The variation settings of a style: its weight, then its axes, which win.
pub(super) fn axes(style: &resolved::CharStyle) -> Vec<Variation> {
    style
        .axes
        .iter()
        .filter_map(|(tag, value)| {
            Some(Variation { tag: Tag::new_checked(tag.as_bytes()).ok()?, value: *value as f32 })
        })
        .collect()
}
