//! The report: what layout and painting found out, as sizes and warnings; and what `strict` makes of it.

use handbill_template::resolved::{FitMode, NodeKind, Overflow, Text};
use handbill_template::{Warning, WarningCode};

use crate::error::RenderError;
use crate::layout::{LaidBox, LaidContent, LaidOut, LaidText};
use crate::output::{Report, TextSize};

/// Font sizes that differ by less are the same, layout pixels.
const SAME_SIZE: f64 = 0.01;

/// The report of a layout and of the painting's own warnings.
///
/// # Errors
/// [`RenderError::TextOverflow`] for a text that does not fit and whose overflow is an error.
pub(crate) fn report(laid: &LaidOut<'_>, painting: Vec<Warning>) -> Result<Report, RenderError> {
    let mut report = Report::default();
    for (index, slide) in laid.slides.iter().enumerate() {
        let mut gather = Gather { slide: index, report: &mut report };
        for child in &slide.children {
            gather.node(child)?;
        }
        for &id in &slide.overflowing {
            let message = format!("{id}: its content does not fit into it");
            gather.add(id, Warning::new(WarningCode::FrameOverflow, message));
        }
    }
    report.warnings.extend(painting);
    report.warnings.sort_by_key(|warning| warning.slide);
    Ok(report)
}

/// A strict request is refused for what would spoil its picture: words or pictures that are missing, cut, or not those
/// that were asked for. Smaller type and enlarged pictures do not, nor does low contrast, which may be meant so.
///
/// # Errors
/// [`RenderError::Strict`] with these warnings.
pub(crate) fn refuse_if_strict(report: &Report) -> Result<(), RenderError> {
    let spoils = |warning: &&Warning| {
        matches!(
            warning.code,
            WarningCode::TextTruncated
                | WarningCode::WordBroken
                | WarningCode::ImageFailed
                | WarningCode::ImageReplaced
                | WarningCode::FontFallback
                | WarningCode::MissingGlyph
                | WarningCode::FrameOverflow
                | WarningCode::CodeTooSmall
        )
    };
    let spoiling: Vec<Warning> = report.warnings.iter().filter(spoils).cloned().collect();
    if spoiling.is_empty() { Ok(()) } else { Err(RenderError::Strict(spoiling)) }
}

struct Gather<'r> {
    slide: usize,
    report: &'r mut Report,
}

impl Gather<'_> {
    fn node(&mut self, laid: &LaidBox<'_>) -> Result<(), RenderError> {
        match (&laid.node.kind, &laid.content) {
            (_, LaidContent::Frame(children)) => children.iter().try_for_each(|child| self.node(child)),
            (NodeKind::Text(text), LaidContent::Text(found)) => self.text(&laid.node.id, text, found),
            _ => Ok(()),
        }
    }

    fn text(&mut self, node: &str, text: &Text, laid: &LaidText) -> Result<(), RenderError> {
        if laid.placed.overflows && text.overflow == Some(Overflow::Error) {
            return Err(RenderError::TextOverflow { node: node.to_owned(), slide: self.slide });
        }
        self.size(node, text, laid);
        for fallback in &laid.font_fallbacks {
            let message = format!("{node}: the font '{}' is not here; '{}' is used", fallback.asked, fallback.used);
            let warning = Warning::new(WarningCode::FontFallback, message);
            self.add(node, warning.from_to(fallback.asked.as_str(), fallback.used.as_str()));
        }
        if !laid.missing_glyphs.is_empty() {
            let missing = laid.missing_glyphs.join(" ");
            self.add(node, about(WarningCode::MissingGlyph, format!("{node}: no font has {missing}"), &missing));
        }
        if let Some(word) = &laid.placed.word_broken {
            let message = format!("{node}: '{word}' is wider than its box");
            self.add(node, about(WarningCode::WordBroken, message, word));
        }
        if let Some(cut) = &laid.placed.truncated {
            let message = format!("{node}: the text does not fit its box and was cut");
            let warning = Warning::new(WarningCode::TextTruncated, message);
            self.add(node, warning.from_to(cut.from.as_str(), cut.to.as_str()));
        } else if laid.placed.overflows {
            let message = format!("{node}: the text does not fit its box");
            self.add(node, Warning::new(WarningCode::FrameOverflow, message));
        }
        Ok(())
    }

    fn size(&mut self, node: &str, text: &Text, laid: &LaidText) {
        let (designed, chosen) = (laid.designed_size, laid.chosen_size);
        let changed = (designed - chosen).abs() >= SAME_SIZE;
        if text.fit.mode == FitMode::None && !changed {
            return;
        }
        let lines = laid.placed.lines.len();
        self.report.text_sizes.push(TextSize { slide: self.slide, node: node.to_owned(), designed, chosen, lines });
        if chosen < designed - SAME_SIZE {
            let (from, to) = (two_decimals(designed), two_decimals(chosen));
            let message = format!("{node}: the font size was reduced from {from} to {to}");
            self.add(node, Warning::new(WarningCode::TextShrunk, message).from_to(from, to));
        }
    }

    fn add(&mut self, node: &str, warning: Warning) {
        self.report.warnings.push(warning.on_slide(self.slide).on_node(node));
    }
}

fn two_decimals(size: f64) -> f64 {
    (size * 100.0).round() / 100.0
}

fn about(code: WarningCode, message: String, what: &str) -> Warning {
    let mut warning = Warning::new(code, message);
    warning.from = Some(what.into());
    warning
}
