//! Which files a document needs: its fonts, and the pictures and drawings of everything that is painted. And which font
//! families it names.

use std::collections::BTreeSet;

use super::{AssetRef, Color, Document, Frame, Mask, Node, NodeKind, Paint, SvgSource};

impl Document {
    /// Every picture, drawing and font that drawing this document needs, each once.
    pub fn assets(&self) -> BTreeSet<AssetRef> {
        let mut found = BTreeSet::new();
        found.extend(self.fonts.iter().map(|font| font.src.clone()));
        for slide in &self.slides {
            collect_paints(&slide.background, &mut found);
            collect_frame(&slide.frame, &mut found);
        }
        found
    }

    /// Every font family that a text names.
    pub fn font_families(&self) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        self.slides.iter().for_each(|slide| collect_families(&slide.frame, &mut found));
        found
    }
}

fn collect_families<'a>(frame: &'a Frame, found: &mut BTreeSet<&'a str>) {
    for node in &frame.children {
        match &node.kind {
            NodeKind::Frame(frame) => collect_families(frame, found),
            NodeKind::Text(text) => found.extend(text.spans.iter().map(|span| span.style.family.as_str())),
            _ => {}
        }
    }
}

fn collect_frame(frame: &Frame, found: &mut BTreeSet<AssetRef>) {
    collect_paints(&frame.fill, found);
    collect_paints(&frame.stroke.paint, found);
    frame.children.iter().for_each(|node| collect_node(node, found));
}

fn collect_node(node: &Node, found: &mut BTreeSet<AssetRef>) {
    node.effects.shadows.iter().for_each(|shadow| collect_color(&shadow.color, found));
    if let Some(Mask::Image { src, .. }) = &node.effects.mask {
        found.insert(src.clone());
    }
    match &node.kind {
        NodeKind::Frame(frame) => collect_frame(frame, found),
        NodeKind::Text(text) => {
            text.highlight.iter().for_each(|highlight| collect_paint(&highlight.fill, found));
            for span in &text.spans {
                collect_paints(&span.style.fill, found);
                collect_paints(&span.style.stroke.paint, found);
                span.highlight.iter().for_each(|highlight| collect_paint(&highlight.fill, found));
            }
        }
        NodeKind::Image(image) => {
            found.extend(image.src.iter().chain(&image.fallback).cloned());
            collect_paints(&image.overlay, found);
            collect_paints(&image.stroke.paint, found);
            image.filters.tint.iter().for_each(|tint| collect_color(tint, found));
        }
        NodeKind::Shape(shape) => {
            collect_paints(&shape.fill, found);
            collect_paints(&shape.stroke.paint, found);
        }
        NodeKind::Svg(svg) => {
            if let SvgSource::Asset(src) = &svg.source {
                found.insert(src.clone());
            }
            svg.colors.iter().for_each(|(_, to)| collect_color(to, found));
        }
        NodeKind::Code(code) => {
            collect_color(&code.fill, found);
            collect_color(&code.background, found);
        }
    }
}

fn collect_paints(paints: &[Paint], found: &mut BTreeSet<AssetRef>) {
    paints.iter().for_each(|paint| collect_paint(paint, found));
}

fn collect_paint(paint: &Paint, found: &mut BTreeSet<AssetRef>) {
    match paint {
        Paint::Solid(color) => collect_color(color, found),
        Paint::Linear { stops, .. } | Paint::Radial { stops, .. } => {
            stops.iter().for_each(|stop| collect_color(&stop.color, found));
        }
        Paint::Image { src, .. } => {
            found.insert(src.clone());
        }
        Paint::Contrast { on, light, dark } => {
            [on, light, dark].into_iter().for_each(|color| collect_color(color, found));
        }
    }
}

fn collect_color(color: &Color, found: &mut BTreeSet<AssetRef>) {
    if let Color::Picked { src, .. } = color {
        found.insert(src.clone());
    }
}
