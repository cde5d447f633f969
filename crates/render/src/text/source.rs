//! From spans to paragraphs of plain text: cases applied, line ends made one kind, controls dropped.

use handbill_template::resolved::{Span, TextCase};
use icu_casemap::options::{TitlecaseOptions, TrailingCase};
use icu_casemap::{CaseMapper, TitlecaseMapper};
use icu_locale_core::LanguageIdentifier;
use unicode_segmentation::UnicodeSegmentation;

/// A paragraph's text and which style holds where.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Source {
    pub(super) text: String,
    /// Byte where each style begins, and its number (the span's); ascending, the first is 0.
    pub(super) styles: Vec<(usize, u16)>,
}

impl Source {
    /// The number of the style at a byte; `base` in an empty paragraph.
    pub(super) fn style_at(&self, byte: usize, base: u16) -> u16 {
        let after = self.styles.partition_point(|&(start, _)| start <= byte);
        after.checked_sub(1).map_or(base, |index| self.styles[index].1)
    }
}

/// The paragraphs of a text; at least one. Styles are numbered as the spans.
pub(super) fn paragraphs(spans: &[Span], language: &str) -> Vec<Source> {
    let language = LanguageIdentifier::try_from_str(language).unwrap_or(LanguageIdentifier::UNKNOWN);
    let mut paragraphs = vec![Source::default()];
    let mut before = None;
    for (number, span) in spans.iter().enumerate() {
        let number = u16::try_from(number).unwrap_or(u16::MAX);
        let text = in_case(&clean(&span.text), span.style.text_case, &language, before);
        before = text.chars().next_back().or(before);
        for (index, piece) in text.split('\n').enumerate() {
            if index > 0 {
                paragraphs.push(Source::default());
            }
            if let Some(paragraph) = paragraphs.last_mut().filter(|_| !piece.is_empty()) {
                paragraph.styles.push((paragraph.text.len(), number));
                paragraph.text.push_str(piece);
            }
        }
    }
    paragraphs
}

/// All line and paragraph separators become `\n`, tabs spaces; other control characters have no look and go.
fn clean(text: &str) -> String {
    text.replace("\r\n", "\n")
        .chars()
        .filter_map(|character| match character {
            '\r' | '\u{2028}' | '\u{2029}' | '\u{85}' => Some('\n'),
            '\t' => Some(' '),
            '\n' => Some('\n'),
            _ if character.is_control() => None,
            _ => Some(character),
        })
        .collect()
}

/// `before` is the character before the span: a word may begin in one span and go on in the next.
fn in_case(text: &str, case: TextCase, language: &LanguageIdentifier, before: Option<char>) -> String {
    let mapper = CaseMapper::new();
    match case {
        TextCase::None => text.to_owned(),
        TextCase::Upper => mapper.uppercase_to_string(text, language).into_owned(),
        TextCase::Lower => mapper.lowercase_to_string(text, language).into_owned(),
        TextCase::Title => title_case(text, language, before.is_some_and(char::is_alphanumeric)),
    }
}

/// Each word's first letter, as CSS `capitalize`: the rest stays as it is written.
fn title_case(text: &str, language: &LanguageIdentifier, within_word: bool) -> String {
    let mapper = TitlecaseMapper::new();
    let mut options = TitlecaseOptions::default();
    options.trailing_case = Some(TrailingCase::Unchanged);
    let mut cased = String::with_capacity(text.len());
    for (index, word) in text.split_word_bounds().enumerate() {
        if index == 0 && within_word {
            cased.push_str(word);
        } else {
            cased.push_str(&mapper.titlecase_segment_to_string(word, language, options));
        }
    }
    cased
}
