//! Texts: highlights, glyphs in their spans' paints, checks of lists, decorations; links of single spans.

use handbill_template::resolved::{self, CharStyle, Highlight, Paint, Text};
use kurbo::Rect;

use super::{Drawing, Painter, Site, effects, outline, stroke};
use crate::display::{self, Clip, FillRule, Group, Item, Meaning, MeaningRole, Shape};
use crate::layout::LaidText;
use crate::text::{PlacedBox, PlacedRule, PlacedRun};

impl Painter<'_> {
    pub(super) fn text(&mut self, text: &Text, laid: &LaidText, site: Site<'_>) -> Drawing {
        let placed = &laid.placed;
        let mut items = Vec::new();
        for highlight in &placed.highlights {
            items.extend(self.highlight(text, highlight, site));
        }
        // Glyphs of one link stay together, so that it is one link in a PDF.
        let mut runs = placed.runs.as_slice();
        while let Some(first) = runs.first() {
            let link = link_of(text, first.span);
            let count = runs.iter().take_while(|run| link_of(text, run.span) == link).count();
            let (linked, rest) = runs.split_at(count);
            runs = rest;
            let glyphs: Vec<Item> = linked.iter().flat_map(|run| self.run(text, run, laid, site)).collect();
            match link {
                Some(link) => items.push(link_group(glyphs, link, linked, site)),
                None => items.extend(glyphs),
            }
        }
        for mark in &placed.marks {
            let shape = Shape::Path(mark.path.clone());
            items.extend(self.fill(&text.base.fill, &shape, FillRule::NonZero, site));
        }
        for rule in &placed.decorations {
            items.extend(self.decoration(text, rule, site));
        }
        if placed.clip {
            let clip = Clip { shape: Shape::Rect(site.area()), rule: FillRule::NonZero, transform: site.transform };
            items = vec![Item::Group(Group { items, clip: Some(clip), ..Group::default() })];
        }
        Drawing::plain(items)
    }

    fn highlight(&mut self, text: &Text, placed: &PlacedBox, site: Site<'_>) -> Vec<Item> {
        let Some(highlight) = highlight_of(text, placed.span) else { return Vec::new() };
        let shape = outline::corners(placed.rect, [highlight.corner_radius; 4]);
        self.fill(std::slice::from_ref(&highlight.fill), &shape, FillRule::NonZero, site)
    }

    fn decoration(&mut self, text: &Text, rule: &PlacedRule, site: Site<'_>) -> Vec<Item> {
        let paints = &style_of(text, rule.span).fill;
        self.fill(paints, &Shape::Rect(rule.rect), FillRule::NonZero, site)
    }

    /// A run once per paint: the outline beneath the first fill.
    fn run(&mut self, text: &Text, run: &PlacedRun, laid: &LaidText, site: Site<'_>) -> Vec<Item> {
        let style = style_of(text, run.span);
        let fills = self.paints(&style.fill, site);
        let outlines = self.outlines(style, laid, site);
        let glyphs = |paint: display::Paint, outline| run.to_item(paint, outline, site.transform);
        let lowest = fills.first().cloned().unwrap_or(display::Paint::Solid(resolved::Rgba::TRANSPARENT));
        let mut items: Vec<Item> = outlines.into_iter().map(|outline| glyphs(lowest.clone(), Some(outline))).collect();
        // The last outline brought the lowest fill with it.
        let brought = usize::from(!items.is_empty());
        items.extend(fills.into_iter().skip(brought).map(|paint| glyphs(paint, None)));
        items
    }

    fn paints(&mut self, paints: &[Paint], site: Site<'_>) -> Vec<display::Paint> {
        paints.iter().filter_map(|paint| self.paint(paint, site.area(), site)).collect()
    }

    /// Strokes of letters; they scale with the text.
    fn outlines(&mut self, style: &CharStyle, laid: &LaidText, site: Site<'_>) -> Vec<(kurbo::Stroke, display::Paint)> {
        let factor = if laid.designed_size > 0.0 { laid.chosen_size / laid.designed_size } else { 1.0 };
        let width = style.stroke.width * factor;
        if width <= 0.0 {
            return Vec::new();
        }
        let pen = stroke::pen(&style.stroke, width);
        self.paints(&style.stroke.paint, site).into_iter().map(|paint| (pen.clone(), paint)).collect()
    }
}

fn style_of(text: &Text, span: Option<usize>) -> &CharStyle {
    span.and_then(|span| text.spans.get(span)).map_or(&text.base, |span| &span.style)
}

fn highlight_of(text: &Text, span: Option<usize>) -> Option<&Highlight> {
    match span {
        None => text.highlight.as_ref(),
        Some(span) => text.spans.get(span)?.highlight.as_ref(),
    }
}

fn link_of(text: &Text, span: Option<usize>) -> Option<&str> {
    text.spans.get(span?)?.link.as_deref()
}

fn link_group(items: Vec<Item>, link: &str, runs: &[PlacedRun], site: Site<'_>) -> Item {
    let extents = runs.iter().filter_map(run_extent);
    let area = extents.reduce(|all, extent| all.union(extent)).unwrap_or(Rect::ZERO);
    let bounds = effects::page_bounds(area, site.transform);
    let meaning = Meaning { role: MeaningRole::Link, alt: None, link: Some(link.to_owned()), lang: None, bounds };
    Item::Group(Group { items, meaning: Some(meaning), ..Group::default() })
}

/// About the area that a run's letters take: from a little above the capitals to the descenders.
fn run_extent(run: &PlacedRun) -> Option<Rect> {
    let size = f64::from(run.size);
    let extent = |glyph: &display::Glyph| {
        let (x, y) = (f64::from(glyph.x), f64::from(glyph.y));
        Rect::new(x, y - 0.8 * size, x + f64::from(glyph.advance), y + 0.25 * size)
    };
    run.glyphs.iter().map(extent).reduce(|all, extent| all.union(extent))
}
