//! The node kinds but text: frames, pictures, shapes, drawings, codes. None means: nothing to show, the node goes.

use super::evaluate::{Here, SlideResolver};
use super::placement::StrokeProperties;
use crate::color::{self, Rgba};
use crate::document::{
    self, Align, CodeNode, FitContent, FrameNode, Gap, ImageNode, Justify, Layout, Number, ShapeNode, Slide, SvgNode,
    TrackList,
};
use crate::resolved::{
    AssetRef, Code, Flex, Frame, FrameLayout, Image, ImageFilters, ImageFit, Node, Shape, Svg, SvgSource, Track,
    WantedSize,
};

/// A frame's own scale when `minScale` is not given.
const MIN_SCALE: f64 = 0.5;
const QUIET_ZONE: u32 = 4;
const MAX_QUIET_ZONE: u32 = 20;

/// What slides and frames both say about their children.
struct LayoutProperties<'a> {
    layout: Option<&'a document::Bound<Layout>>,
    gap: Option<&'a Gap>,
    align_items: Option<&'a document::Bound<Align>>,
    justify_content: Option<&'a document::Bound<Justify>>,
    wrap: Option<&'a document::Bound<bool>>,
    columns: Option<&'a TrackList>,
    rows: Option<&'a TrackList>,
    fit_content: Option<&'a document::Bound<FitContent>>,
    min_scale: Option<&'a Number>,
}

impl SlideResolver<'_> {
    /// The page's own frame. Slides always clip.
    pub(super) fn slide_frame(&mut self, here: Here<'_>, slide: &Slide, children: Vec<Node>) -> Frame {
        let properties = LayoutProperties {
            layout: slide.layout.as_ref(),
            gap: slide.gap.as_ref(),
            align_items: slide.align_items.as_ref(),
            justify_content: slide.justify_content.as_ref(),
            wrap: slide.wrap.as_ref(),
            columns: slide.columns.as_ref(),
            rows: slide.rows.as_ref(),
            fit_content: slide.fit_content.as_ref(),
            min_scale: slide.min_scale.as_ref(),
        };
        Frame {
            layout: self.frame_layout(here, &properties),
            padding: self.sides(here, slide.padding.as_ref()).map(|side| side.max(0.0)),
            clip: true,
            shrink_to_fit: self.shrink_to_fit(here, &properties),
            children,
            ..Frame::default()
        }
    }

    pub(super) fn frame(&mut self, here: Here<'_>, frame: &FrameNode, children: Vec<Node>) -> Frame {
        let properties = LayoutProperties {
            layout: frame.layout.as_ref(),
            gap: frame.gap.as_ref(),
            align_items: frame.align_items.as_ref(),
            justify_content: frame.justify_content.as_ref(),
            wrap: frame.wrap.as_ref(),
            columns: frame.columns.as_ref(),
            rows: frame.rows.as_ref(),
            fit_content: frame.fit_content.as_ref(),
            min_scale: frame.min_scale.as_ref(),
        };
        let stroke = StrokeProperties {
            paint: frame.stroke.as_ref(),
            width: frame.stroke_width.as_ref(),
            dash: &frame.stroke_dash,
            align: frame.stroke_align.as_ref(),
            join: frame.stroke_join.as_ref(),
            cap: frame.stroke_cap.as_ref(),
        };
        Frame {
            layout: self.frame_layout(here, &properties),
            padding: self.sides(here, frame.padding.as_ref()).map(|side| side.max(0.0)),
            fill: self.paints(here, frame.fill.as_ref()).unwrap_or_default(),
            stroke: self.stroke(here, &stroke),
            corner_radius: self.corners(here, frame.corner_radius.as_ref()),
            clip: self.bound(here, frame.clip.as_ref()).unwrap_or(false),
            shrink_to_fit: self.shrink_to_fit(here, &properties),
            children,
        }
    }

    fn shrink_to_fit(&mut self, here: Here<'_>, properties: &LayoutProperties<'_>) -> Option<f64> {
        match self.bound(here, properties.fit_content).unwrap_or_default() {
            FitContent::None => None,
            FitContent::Shrink => Some(self.number(here, properties.min_scale).unwrap_or(MIN_SCALE).clamp(0.0, 1.0)),
        }
    }

    fn frame_layout(&mut self, here: Here<'_>, properties: &LayoutProperties<'_>) -> FrameLayout {
        let layout = self.bound(here, properties.layout).unwrap_or_default();
        let gap = self.gap(here, properties.gap);
        let align_items = self.bound(here, properties.align_items).unwrap_or_default();
        let justify_content = self.bound(here, properties.justify_content).unwrap_or_default();
        let wrap = self.bound(here, properties.wrap).unwrap_or(false);
        let flex = Flex { gap, align_items, justify_content, wrap };
        match layout {
            Layout::Free => FrameLayout::Free,
            Layout::Row => FrameLayout::Row(flex),
            Layout::Column => FrameLayout::Column(flex),
            Layout::Grid => FrameLayout::Grid {
                columns: self.tracks(properties.columns),
                rows: self.tracks(properties.rows),
                gap,
                align_items,
                justify_content,
            },
        }
    }

    fn tracks(&self, tracks: Option<&TrackList>) -> Vec<Track> {
        let px_per_unit = self.shared.setup.px_per_unit;
        match tracks {
            None => Vec::new(),
            Some(TrackList::Count(count)) => vec![Track::Fr(1.0); (*count).min(100) as usize],
            Some(TrackList::Each(tracks)) => tracks.iter().map(|track| track_of(track, px_per_unit)).collect(),
        }
    }

    pub(super) fn image(&mut self, here: Here<'_>, image: &ImageNode) -> Option<Image> {
        let src = self.filled_text(here, Some(&image.src)).map(AssetRef);
        let fallback = self.filled_text(here, image.fallback.as_ref()).map(AssetRef);
        if src.is_none() && fallback.is_none() {
            return None;
        }
        let stroke = StrokeProperties {
            paint: image.stroke.as_ref(),
            width: image.stroke_width.as_ref(),
            dash: &image.stroke_dash,
            align: image.stroke_align.as_ref(),
            join: image.stroke_join.as_ref(),
            cap: image.stroke_cap.as_ref(),
        };
        Some(Image {
            wanted: src.as_ref().and_then(|_| self.wanted_size(&image.src.0)),
            src,
            fallback,
            fit: self.bound(here, image.fit.as_ref()).unwrap_or_default(),
            focus: self.focus(here, image.focus.as_ref()),
            crop: self.crop(here, image.crop.as_ref()),
            corner_radius: self.corners(here, image.corner_radius.as_ref()),
            stroke: self.stroke(here, &stroke),
            filters: self.filters(here, image.filters.as_ref()),
            overlay: self.paints(here, image.overlay.as_ref()).unwrap_or_default(),
        })
    }

    /// What the field that the picture comes from asks for.
    fn wanted_size(&self, src: &str) -> Option<WantedSize> {
        let program = self.shared.compiled.programs().text(src).ok()?;
        let key = program.single()?.as_path()?.last()?;
        let field = self.shared.compiled.image_field(key)?;
        Some(WantedSize {
            field: field.key.clone(),
            min_width: field.min_width.unwrap_or(0),
            min_height: field.min_height.unwrap_or(0),
        })
    }

    /// None when nothing is cut off, or nothing would be left.
    fn crop(&mut self, here: Here<'_>, crop: Option<&[Number; 4]>) -> Option<[f64; 4]> {
        let crop = crop?;
        let mut part =
            |index: usize, usual: f64| self.number(here, Some(&crop[index])).unwrap_or(usual).clamp(0.0, 1.0);
        let (x, y) = (part(0, 0.0), part(1, 0.0));
        let (width, height) = (part(2, 1.0).min(1.0 - x), part(3, 1.0).min(1.0 - y));
        let cut = [x, y, width, height];
        (width > 0.0 && height > 0.0 && cut != [0.0, 0.0, 1.0, 1.0]).then_some(cut)
    }

    fn filters(&mut self, here: Here<'_>, filters: Option<&document::ImageFilters>) -> ImageFilters {
        let Some(filters) = filters else { return ImageFilters::default() };
        let fraction =
            |resolver: &mut Self, number: Option<&Number>| resolver.positive(here, number).map(|n| n.min(1.0));
        ImageFilters {
            brightness: self.positive(here, filters.brightness.as_ref()),
            contrast: self.positive(here, filters.contrast.as_ref()),
            saturate: self.positive(here, filters.saturate.as_ref()),
            grayscale: fraction(self, filters.grayscale.as_ref()),
            sepia: fraction(self, filters.sepia.as_ref()),
            invert: fraction(self, filters.invert.as_ref()),
            hue_rotate: self.number(here, filters.hue_rotate.as_ref()),
            blur: self.positive_px(here, filters.blur.as_ref()),
            tint: filters.tint.as_ref().and_then(|tint| self.color(here, tint)),
        }
    }

    pub(super) fn shape(&mut self, here: Here<'_>, shape: &ShapeNode) -> Shape {
        let stroke = StrokeProperties {
            paint: shape.stroke.as_ref(),
            width: shape.stroke_width.as_ref(),
            dash: &shape.stroke_dash,
            align: shape.stroke_align.as_ref(),
            join: shape.stroke_join.as_ref(),
            cap: shape.stroke_cap.as_ref(),
        };
        let point = |resolver: &mut Self, [x, y]: &[Number; 2]| {
            Some([resolver.number(here, Some(x))?, resolver.number(here, Some(y))?])
        };
        Shape {
            shape: shape.shape,
            fill: self.paints(here, shape.fill.as_ref()).unwrap_or_default(),
            stroke: self.stroke(here, &stroke),
            corner_radius: self.corners(here, shape.corner_radius.as_ref()),
            sides: self.polygon_sides(here, shape.sides.as_ref()),
            inner_radius: self.star_radius(here, shape.inner_radius.as_ref()),
            path: self.filled_text(here, shape.path.as_ref()),
            view_box: shape.view_box,
            fill_rule: self.bound(here, shape.fill_rule.as_ref()).unwrap_or_default(),
            points: shape.points.iter().filter_map(|xy| point(self, xy)).collect(),
            start_head: self.bound(here, shape.start_head.as_ref()).unwrap_or_default(),
            end_head: self.bound(here, shape.end_head.as_ref()).unwrap_or_default(),
        }
    }

    pub(super) fn svg(&mut self, here: Here<'_>, svg: &SvgNode) -> Option<Svg> {
        let inline = svg.svg.as_ref().map(|svg| SvgSource::Inline(svg.clone()));
        let asset = || self.filled_text(here, svg.src.as_ref()).map(|src| SvgSource::Asset(AssetRef(src)));
        let source = inline.or_else(asset)?;
        let mut colors = Vec::new();
        for (from, to) in &svg.colors {
            if let (Ok(from), Some(to)) = (color::parse_css(from), self.color(here, to)) {
                colors.push((from, to));
            }
        }
        let fit = self.bound(here, svg.fit.as_ref()).unwrap_or(ImageFit::Contain);
        Some(Svg { source, colors, fit, crop: self.crop(here, svg.crop.as_ref()) })
    }

    pub(super) fn code(&mut self, here: Here<'_>, code: &CodeNode) -> Option<Code> {
        Some(Code {
            value: self.filled_text(here, Some(&code.value))?,
            fill: self.color_or(here, code.fill.as_ref(), Rgba::BLACK),
            background: self.color_or(here, code.background.as_ref(), Rgba::WHITE),
            level: self.bound(here, code.level.as_ref()).unwrap_or_default(),
            quiet_zone: self.bound(here, code.quiet_zone.as_ref()).unwrap_or(QUIET_ZONE).min(MAX_QUIET_ZONE),
        })
    }
}

fn track_of(track: &document::Track, px_per_unit: f64) -> Track {
    let text = match track {
        document::Track::Value(value) => return Track::Px(value * px_per_unit),
        document::Track::Text(text) => text,
    };
    let number = |suffix: &str| text.strip_suffix(suffix).and_then(|number| number.parse::<f64>().ok());
    match (number("%"), number("fr")) {
        (Some(percent), _) => Track::Fraction(percent / 100.0),
        (_, Some(fr)) => Track::Fr(fr),
        (None, None) => Track::Auto,
    }
}
