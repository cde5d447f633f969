//! Text nodes: spans out of text, markup and marks; styles out of the chain of span, mark, node, text style, default.

use serde::de::DeserializeOwned;

use super::ResolveError;
use super::evaluate::{Here, SlideResolver, is_link};
use crate::document::{self, MarkName, Markup, Paint as DocumentPaint, Span as DocumentSpan, TextNode, TextStyle};
use crate::document::{ColorText, Weight, WeightKeyword};
use crate::markup::{self, Marks};
use crate::resolved::{CharStyle, Decoration, Fit, Highlight, HighlightPer, Paint, Span, Stroke, Text};

const FONT_SIZE: f64 = 32.0;
const SMALLEST_FONT_PX: f64 = 0.1;
const FONT_WEIGHT: f64 = 400.0;
const BOLD: f64 = 700.0;
const LINE_HEIGHT: f64 = 1.2;
const FONT: &str = "Inter";
const CODE_FONT: &str = "JetBrains Mono";
/// What `==mark==` looks like without a mark of its own: theme colour, then padding and radius in em.
const MARK_FILL: &str = "$primary/25";
const MARK_PADDING_EM: f64 = 0.12;
/// Longest chain of font tokens; a longer one is a circle.
const MAX_CHAIN: usize = 8;

/// A piece of a text before its style is known.
struct Piece<'a> {
    text: String,
    span: Option<&'a document::SpanObject>,
    marks: Marks,
    link: Option<String>,
}

impl<'s> SlideResolver<'s> {
    /// None when the text comes out blank.
    pub(super) fn text_node(&mut self, here: Here<'_>, text: &TextNode) -> Result<Option<Text>, ResolveError> {
        let pieces = self.pieces(here, text)?;
        if pieces.iter().all(|piece| piece.text.trim().is_empty()) {
            return Ok(None);
        }
        let node_layers = self.layers(here, &text.own, text.style.as_deref());
        let base = self.char_style(&node_layers);
        let mut spans = Vec::with_capacity(pieces.len());
        for piece in pieces.into_iter().filter(|piece| !piece.text.is_empty()) {
            spans.push(self.span(here, text, piece, &node_layers, &base));
        }
        Ok(Some(Text {
            spans,
            align: self.style_bound(&node_layers, |style| style.align.as_ref()).unwrap_or_default(),
            vertical_align: self.bound(here, text.vertical_align.as_ref()).unwrap_or_default(),
            wrap: self.bound(here, text.wrap.as_ref()).unwrap_or_default(),
            lang: self.filled_text(here, text.lang.as_ref()).unwrap_or_else(|| self.shared.lang.clone()),
            direction: self.bound(here, text.direction.as_ref()).unwrap_or_default(),
            list: self.bound(here, text.list.as_ref()).unwrap_or_default(),
            paragraph_spacing: self
                .style_bound(&node_layers, |style| style.paragraph_spacing.as_ref())
                .map_or(0.0, |spacing: f64| spacing.max(0.0)),
            fit: self.fit(here, text.fit.as_ref()),
            max_lines: self.bound(here, text.max_lines.as_ref()).filter(|lines| *lines > 0),
            overflow: self.bound(here, text.overflow.as_ref()),
            highlight: text.highlight.as_ref().and_then(|highlight| self.highlight(here, highlight)),
            base,
        }))
    }

    fn pieces<'t>(&mut self, here: Here<'_>, text: &'t TextNode) -> Result<Vec<Piece<'t>>, ResolveError> {
        let mut sources = Vec::new();
        for span in text.spans.iter().flatten() {
            match span {
                DocumentSpan::Plain(text) => sources.push((self.text(here, text), None)),
                DocumentSpan::Styled(span) => sources.push((self.text(here, &span.text), Some(&**span))),
            }
        }
        if let Some(text) = &text.text {
            sources.push((self.text(here, text), None));
        }
        let markup = self.bound(here, text.markup.as_ref()).unwrap_or_default();
        let mut pieces = Vec::new();
        for (source, span) in sources {
            self.count_text(&source)?;
            match markup {
                Markup::None => pieces.push(Piece { text: source, span, marks: Marks::default(), link: None }),
                Markup::Inline => pieces.extend(markup::parse(&source).into_iter().map(|marked| Piece {
                    text: marked.text,
                    span,
                    marks: marked.marks,
                    link: marked.link,
                })),
            }
        }
        Ok(pieces)
    }

    fn span(
        &mut self,
        here: Here<'_>,
        text: &TextNode,
        piece: Piece<'_>,
        node_layers: &[Layer<'_>],
        base: &CharStyle,
    ) -> Span {
        let link = piece.link.filter(|link| is_link(link)).or_else(|| {
            let link = piece.span.and_then(|span| span.link.as_ref());
            self.link(here, link)
        });
        let mut names: Vec<MarkName> = piece.marks.names().collect();
        if link.is_some() {
            names.push(MarkName::Link);
        }
        if names.is_empty() && piece.span.is_none() {
            return Span { text: piece.text, style: base.clone(), link, highlight: None };
        }
        let mut layers: Vec<Layer<'_>> =
            names.iter().rev().filter_map(|name| text.marks.get(name)).map(|style| Layer { here, style }).collect();
        if let Some(span) = piece.span {
            layers.extend(self.layers(here, &span.own, span.style.as_deref()));
        }
        layers.extend(node_layers);
        let mut style = self.char_style(&layers);
        let mut highlight = None;
        for name in names.iter().filter(|name| !text.marks.contains_key(*name)) {
            match name {
                MarkName::Bold => style.weight = style.weight.max(BOLD),
                MarkName::Italic => style.italic = true,
                MarkName::Strike => style.decoration = Decoration::LineThrough,
                MarkName::Link => style.decoration = Decoration::Underline,
                MarkName::Code => CODE_FONT.clone_into(&mut style.family),
                MarkName::Mark => highlight = self.usual_mark(here, style.size),
            }
        }
        Span { text: piece.text, style, link, highlight }
    }

    fn usual_mark(&mut self, here: Here<'_>, size: f64) -> Option<Highlight> {
        let fill = self.paint(here, &DocumentPaint::Color(ColorText(MARK_FILL.to_owned())))?;
        let side = size * MARK_PADDING_EM;
        Some(Highlight { fill, padding: [0.0, side, 0.0, side], corner_radius: side, per: HighlightPer::Line })
    }

    /// A style and the text style it names, the nearer one first. Text styles see what the slide sees, also inside
    /// components.
    fn layers<'t>(&self, here: Here<'t>, own: &'t TextStyle, style: Option<&str>) -> Vec<Layer<'t>>
    where
        's: 't,
    {
        let named = style.and_then(|name| self.shared.compiled.style(name));
        let own = Layer { here, style: own };
        std::iter::once(own).chain(named.map(|style| Layer { here: self.slide, style })).collect()
    }

    /// What the nearest layer says, evaluated where it stands.
    fn style_bound<'t, T>(
        &mut self,
        layers: &[Layer<'t>],
        get: impl Fn(&'t TextStyle) -> Option<&'t document::Bound<T>>,
    ) -> Option<T>
    where
        T: Clone + DeserializeOwned + 't,
    {
        first(layers, get).and_then(|(here, property)| self.bound(here, Some(property)))
    }

    fn char_style(&mut self, layers: &[Layer<'_>]) -> CharStyle {
        let axes = first(layers, |style| style.font_axes.as_ref());
        let features = first(layers, |style| style.font_features.as_ref());
        let size: Option<f64> = self.style_bound(layers, |style| style.font_size.as_ref());
        let fill = first(layers, |style| style.fill.as_ref()).and_then(|(at, fill)| self.paints(at, Some(fill)));
        let positive = |number: f64| number.max(0.0);
        CharStyle {
            family: self.family(layers),
            size: (size.unwrap_or(FONT_SIZE) * self.shared.setup.px_per_font_unit).max(SMALLEST_FONT_PX),
            weight: self.weight(layers),
            italic: self.style_bound(layers, |style| style.italic.as_ref()).unwrap_or(false),
            axes: match axes {
                Some((at, axes)) => axes
                    .iter()
                    .filter_map(|(axis, value)| Some((axis.clone(), self.number(at, Some(value))?)))
                    .collect(),
                None => Vec::new(),
            },
            features: features.map(|(_, features)| features.clone()).unwrap_or_default(),
            line_height: self.style_bound(layers, |style| style.line_height.as_ref()).map_or(LINE_HEIGHT, positive),
            letter_spacing: self.style_bound(layers, |style| style.letter_spacing.as_ref()).unwrap_or(0.0),
            text_case: self.style_bound(layers, |style| style.text_case.as_ref()).unwrap_or_default(),
            decoration: self.style_bound(layers, |style| style.decoration.as_ref()).unwrap_or_default(),
            hyphenate: self.style_bound(layers, |style| style.hyphenate.as_ref()).unwrap_or(false),
            fill: fill.unwrap_or_else(|| self.ink()),
            stroke: self.text_stroke(layers),
        }
    }

    fn text_stroke(&mut self, layers: &[Layer<'_>]) -> Stroke {
        let paint = first(layers, |style| style.stroke.as_ref());
        let width: Option<f64> = self.style_bound(layers, |style| style.stroke_width.as_ref());
        Stroke {
            paint: paint.and_then(|(at, stroke)| self.paints(at, Some(stroke))).unwrap_or_default(),
            width: width.unwrap_or(1.0).max(0.0) * self.shared.setup.px_per_unit,
            join: self.style_bound(layers, |style| style.stroke_join.as_ref()).unwrap_or_default(),
            ..Stroke::default()
        }
    }

    fn ink(&mut self) -> Vec<Paint> {
        self.paint(self.slide, &DocumentPaint::Color(ColorText("$ink".to_owned()))).into_iter().collect()
    }

    /// A family name; `$token` is looked up in the request's brand, the theme, what is built in.
    fn family(&mut self, layers: &[Layer<'_>]) -> String {
        let family = first(layers, |style| style.font_family.as_ref());
        let given = family.and_then(|(at, family)| self.filled_text(at, Some(family)));
        let mut name = given.unwrap_or_else(|| "$body".to_owned());
        for _ in 0..MAX_CHAIN {
            let Some(token) = name.strip_prefix('$') else { return name };
            let theme = &self.shared.compiled.template().theme.fonts;
            let found = self.shared.bound.brand.fonts.get(token).or_else(|| theme.get(token));
            name = found.cloned().unwrap_or_else(|| FONT.to_owned());
        }
        FONT.to_owned()
    }

    fn weight(&mut self, layers: &[Layer<'_>]) -> f64 {
        let weight = match first(layers, |style| style.font_weight.as_ref()) {
            None => FONT_WEIGHT,
            Some((_, Weight::Number(weight))) => *weight,
            Some((_, Weight::Keyword(WeightKeyword::Normal))) => FONT_WEIGHT,
            Some((_, Weight::Keyword(WeightKeyword::Bold))) => BOLD,
            Some((at, Weight::Binding(binding))) => self.binding(at, binding).unwrap_or(FONT_WEIGHT),
        };
        weight.clamp(1.0, 1000.0)
    }

    fn fit(&mut self, here: Here<'_>, fit: Option<&document::Fit>) -> Fit {
        match fit {
            None => Fit::default(),
            Some(document::Fit::Mode(mode)) => Fit { mode: *mode, ..Fit::default() },
            Some(document::Fit::Object(fit)) => Fit {
                mode: fit.mode,
                min: self.font_px(here, fit.min.as_ref()),
                max: self.font_px(here, fit.max.as_ref()),
                group: fit.group.clone(),
            },
        }
    }

    fn highlight(&mut self, here: Here<'_>, highlight: &document::Highlight) -> Option<Highlight> {
        Some(Highlight {
            fill: self.paint(here, &highlight.fill)?,
            padding: self.sides(here, highlight.padding.as_ref()).map(|side| side.max(0.0)),
            corner_radius: self.positive_px(here, highlight.corner_radius.as_ref()).unwrap_or(0.0),
            per: self.bound(here, highlight.per.as_ref()).unwrap_or_default(),
        })
    }
}

/// A style, and where its bindings are evaluated.
#[derive(Clone, Copy)]
struct Layer<'t> {
    here: Here<'t>,
    style: &'t TextStyle,
}

/// What the nearest layer says, and where that is evaluated.
fn first<'t, T>(layers: &[Layer<'t>], get: impl Fn(&'t TextStyle) -> Option<T>) -> Option<(Here<'t>, T)> {
    layers.iter().find_map(|layer| Some((layer.here, get(layer.style)?)))
}
