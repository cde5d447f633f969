//! Texts in drawings that need several faces. The drawing library shapes a line with one face and mends single glyphs,
//! which loses scripts that join letters, and emoji of several characters; such texts are laid out here, by the same
//! rules as all other texts, if they stand on a line without more ado. Texts on paths and letters placed one by one stay
//! the library's.

use std::collections::BTreeMap;

use handbill_template::resolved::{self, CharStyle, Decoration, Direction, Fit, ListStyle, TextAlign, TextCase};
use handbill_template::resolved::{Overflow, VerticalAlign, Wrap};
use kurbo::Vec2;
use usvg::{Font, FontStyle, Group, Node, Text, TextAnchor, TextChunk, TextFlow, TextSpan, Tree, WritingMode};

use super::fonts::Faces;
use crate::text::{PlacedRule, PlacedRun, TextContext};

/// Wider than any line.
const ENDLESS: f64 = 1e6;

/// The texts of a tree that were laid out here, by where they are in memory.
#[derive(Debug, Default)]
pub(super) struct Texts(BTreeMap<usize, Vec<Line>>);

impl Texts {
    pub(super) fn get(&self, text: &Text) -> Option<&[Line]> {
        self.0.get(&address(text)).map(Vec::as_slice)
    }
}

/// A piece of text with a position of its own, in the text's coordinates.
#[derive(Debug)]
pub(super) struct Line {
    /// Its number in the text.
    pub(super) chunk: usize,
    pub(super) runs: Vec<PlacedRun>,
    pub(super) rules: Vec<PlacedRule>,
}

impl Line {
    /// Moves what belongs to each span.
    fn put(&mut self, places: &[Vec2]) {
        let place = |span: Option<usize>| places.get(span.unwrap_or(0)).copied().unwrap_or(Vec2::ZERO);
        for run in &mut self.runs {
            let place = place(run.span);
            for glyph in &mut run.glyphs {
                glyph.x += place.x as f32;
                glyph.y += place.y as f32;
            }
        }
        for rule in &mut self.rules {
            rule.rect = rule.rect + place(rule.span);
        }
    }
}

pub(super) fn lay_out(tree: &Tree, faces: &Faces<'_>) -> Texts {
    let mut texts = Texts::default();
    if tree.has_text_nodes() {
        group(tree.root(), faces, &mut TextContext::new(), &mut texts);
    }
    texts
}

fn group(group: &Group, faces: &Faces<'_>, context: &mut TextContext, texts: &mut Texts) {
    for node in group.children() {
        match node {
            Node::Group(inner) => self::group(inner, faces, context, texts),
            Node::Text(text) => {
                if needs_faces(text, faces) && is_plain(text) {
                    texts.0.insert(address(text), lines(text, faces, context));
                }
            }
            Node::Path(_) | Node::Image(_) => {}
        }
        let mut inside = |root: &Group| self::group(root, faces, context, texts);
        // The library's own outlines of a text are no texts.
        if !matches!(node, Node::Text(_)) {
            node.subroots(&mut inside);
        }
    }
}

/// Nothing is moved or dropped once a tree is read.
fn address(text: &Text) -> usize {
    std::ptr::from_ref(text).addr()
}

fn needs_faces(text: &Text, faces: &Faces<'_>) -> bool {
    text.chunks().iter().any(|chunk| {
        chunk.spans().iter().any(|span| !faces.draws(span.font(), &chunk.text()[span.start()..span.end()]))
    })
}

/// Whether each chunk is a line of letters one after another.
fn is_plain(text: &Text) -> bool {
    let linear = |chunk: &TextChunk| {
        matches!(chunk.text_flow(), TextFlow::Linear) && chunk.spans().iter().all(|span| span.text_length().is_none())
    };
    let mut at = 0;
    let unmoved = text.chunks().iter().all(|chunk| {
        let count = chunk.text().chars().count();
        // The first letter's move is the chunk's.
        let moved = |list: &[f32]| (at + 1..at + count).any(|n| list.get(n).is_some_and(|&by| by != 0.0));
        let still = !moved(text.dx()) && !moved(text.dy());
        at += count;
        still
    });
    let upright = text.rotate().iter().all(|&angle| angle == 0.0);
    text.writing_mode() == WritingMode::LeftToRight && upright && unmoved && text.chunks().iter().all(linear)
}

fn lines(text: &Text, faces: &Faces<'_>, context: &mut TextContext) -> Vec<Line> {
    let mut pen = Vec2::ZERO;
    let mut at = 0;
    let mut baselines = baselines(text);
    let mut found = Vec::new();
    for (number, chunk) in text.chunks().iter().enumerate() {
        let moved = |list: &[f32]| f64::from(list.get(at).copied().unwrap_or(0.0));
        let x = chunk.x().map_or(pen.x, f64::from) + moved(text.dx());
        let y = chunk.y().map_or(pen.y, f64::from) + moved(text.dy());
        at += chunk.text().chars().count();
        let prepared = context.prepare(faces.fonts, &resolved_text(chunk, faces));
        prepared.missing_glyphs().iter().for_each(|cluster| faces.note_missing(cluster));
        let placed = prepared.place(context, 1.0, ENDLESS, None);
        let baseline = placed.lines.first().map_or(0.0, |line| line.baseline);
        let before = match chunk.anchor() {
            TextAnchor::Start => 0.0,
            TextAnchor::Middle => placed.width / 2.0,
            TextAnchor::End => placed.width,
        };
        let place = |_| Vec2::new(x - before, baselines.next().flatten().unwrap_or(y) - baseline);
        let places: Vec<Vec2> = chunk.spans().iter().map(place).collect();
        let mut line = Line { chunk: number, runs: placed.runs, rules: placed.decorations };
        line.put(&places);
        found.push(line);
        pen = Vec2::new(x - before + placed.width, y);
    }
    found
}

/// Where the library put the baseline of each span, raised, lowered or hanging as it is.
fn baselines(text: &Text) -> impl Iterator<Item = Option<f64>> {
    let spans: usize = text.chunks().iter().map(|chunk| chunk.spans().len()).sum();
    // It leaves out spans without letters; then none can be told from another.
    let known = text.layouted().len() == spans;
    let of = |span: &usvg::layout::Span| Some(f64::from(span.positioned_glyphs.first()?.transform().ty));
    text.layouted().iter().map(move |span| of(span).filter(|_| known))
}

fn resolved_text(chunk: &TextChunk, faces: &Faces<'_>) -> resolved::Text {
    let spans = chunk.spans().iter().map(|span| resolved::Span {
        text: chunk.text()[span.start()..span.end()].to_owned(),
        style: style(span, faces),
        link: None,
        highlight: None,
    });
    let spans: Vec<resolved::Span> = spans.collect();
    let base = spans.first().map_or_else(
        || plain_style(faces.fonts.family(faces.fonts.first_family()).name.clone()),
        |span| span.style.clone(),
    );
    resolved::Text {
        spans,
        base,
        align: TextAlign::Start,
        vertical_align: VerticalAlign::Top,
        wrap: Wrap::None,
        lang: faces.language.to_owned(),
        direction: Direction::Ltr,
        list: ListStyle::None,
        paragraph_spacing: 0.0,
        fit: Fit::default(),
        max_lines: None,
        overflow: Some(Overflow::Visible),
        highlight: None,
    }
}

fn style(span: &TextSpan, faces: &Faces<'_>) -> CharStyle {
    let font: &Font = span.font();
    let size = f64::from(span.font_size().get());
    let decoration = match (span.decoration().underline(), span.decoration().line_through()) {
        (Some(_), _) => Decoration::Underline,
        (None, Some(_)) => Decoration::LineThrough,
        (None, None) => Decoration::None,
    };
    CharStyle {
        size,
        weight: f64::from(font.weight()),
        italic: font.style() != FontStyle::Normal,
        letter_spacing: f64::from(span.letter_spacing()) / size,
        decoration,
        ..plain_style(faces.fonts.family(faces.family(font).0).name.clone())
    }
}

fn plain_style(family: String) -> CharStyle {
    CharStyle {
        family,
        size: 16.0,
        weight: 400.0,
        italic: false,
        axes: Vec::new(),
        features: Vec::new(),
        line_height: 1.0,
        letter_spacing: 0.0,
        text_case: TextCase::None,
        decoration: Decoration::None,
        hyphenate: false,
        fill: Vec::new(),
        stroke: resolved::Stroke::default(),
    }
}
