//! Where words may be divided: between syllables, by the patterns of the text's language.
//!
//! Addresses, numbers and names with an `@` stay whole, and so does a word that says itself where it divides (soft
//! hyphens).

use std::ops::Range;

use hypher::Lang;

use super::paragraph::SOFT_HYPHEN;
use super::source::Source;
use super::style::Style;

/// The least letters before and after a division, whatever the patterns of a language allow.
const LEAST: (usize, usize) = (2, 3);

/// The patterns of a language (BCP 47). None where there are none, and where divided words have no hyphen to see.
pub(super) fn patterns(language: &str) -> Option<Lang> {
    let primary = language.split(['-', '_']).next()?.to_ascii_lowercase();
    let code = match primary.as_str() {
        "nb" | "nn" => "no",
        "sh" | "bs" => "hr",
        other => other,
    };
    let code: [u8; 2] = code.as_bytes().try_into().ok()?;
    Lang::from_iso(code).filter(|lang| lang.hyphenation_character().is_some())
}

/// The bytes of a paragraph before which a word may be divided, ascending.
pub(super) fn divisions(source: &Source, styles: &[Style], patterns: Option<Lang>) -> Vec<usize> {
    let Some(patterns) = patterns.filter(|_| styles.iter().any(|style| style.hyphenate)) else { return Vec::new() };
    let allows = |byte: usize| styles[usize::from(source.style_at(byte, 0))].hyphenate;
    let mut found = Vec::new();
    for token in tokens(&source.text).filter(|token| !is_address(&source.text[token.clone()])) {
        for word in words(&source.text, token) {
            let mut at = word.start;
            let (before, after) = patterns.bounds();
            let (before, after) = (before.max(LEAST.0), after.max(LEAST.1));
            for syllable in hypher::hyphenate_bounded(&source.text[word.clone()], patterns, before, after) {
                if at > word.start && allows(at) && allows(at - 1) {
                    found.push(at);
                }
                at += syllable.len();
            }
        }
    }
    found
}

/// What stands between white space.
fn tokens(text: &str) -> impl Iterator<Item = Range<usize>> {
    text.split_whitespace().map(|token| {
        let start = token.as_ptr() as usize - text.as_ptr() as usize;
        start..start + token.len()
    })
}

/// The words of a token that may be divided.
fn words(text: &str, token: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let is_within = |c: char| c.is_alphanumeric() || c == SOFT_HYPHEN || matches!(c, '\u{300}'..='\u{36F}');
    let whole = text[token.clone()].split(move |c: char| !is_within(c));
    whole.filter_map(move |word| {
        let start = word.as_ptr() as usize - text.as_ptr() as usize;
        let plain = word.chars().all(|c| c != SOFT_HYPHEN && !c.is_numeric());
        (plain && !word.is_empty()).then(|| start..start + word.len())
    })
}

/// URLs, mail addresses, domains, paths, handles and hashtags: a hyphen in them would be read as a part of them.
fn is_address(token: &str) -> bool {
    let inner = token.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '@' | '#'));
    inner.contains(['@', '#', '\\', '_'])
        || inner.contains("://")
        || inner.starts_with("www.")
        || inner.matches('/').count() > 1
        || has_inner_dot(inner)
}

/// A dot with a letter or digit on both sides, as in a domain or a file's name.
fn has_inner_dot(token: &str) -> bool {
    let mut before = None;
    let mut characters = token.chars().peekable();
    while let Some(character) = characters.next() {
        let joins = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        if character == '.' && joins(before) && joins(characters.peek().copied()) {
            return true;
        }
        before = Some(character);
    }
    false
}

#[cfg(test)]
mod tests {
    use super::{is_address, patterns, words};

    #[test]
    fn languages_are_known_by_their_primary_subtag() {
        for known in ["en", "en-GB", "EN_us", "de-AT", "nb-NO", "nn", "tr", "el", "pt-BR", "hu"] {
            assert!(patterns(known).is_some(), "{known}");
        }
        for unknown in ["", "ja", "zh-Hant", "th", "ar", "hi", "english", "x"] {
            assert!(patterns(unknown).is_none(), "{unknown}");
        }
    }

    #[test]
    fn addresses_are_known() {
        for address in [
            "https://example.org/something",
            "(https://example.org)",
            "www.example",
            "someone@example",
            "@someone",
            "#hashtag",
            "example.com,",
            "“example.com”",
            "file.extension",
            "/usr/share/something",
            "C:\\Something",
            "snake_case",
        ] {
            assert!(is_address(address), "{address}");
        }
        for word in ["sentence.", "“quoted”", "either/or", "well-known", "end...", "(round)", "don't"] {
            assert!(!is_address(word), "{word}");
        }
    }

    #[test]
    fn words_are_letters_without_numbers_and_soft_hyphens() {
        let found = |text: &'static str| -> Vec<&str> { words(text, 0..text.len()).map(|word| &text[word]).collect() };
        assert_eq!(found("“well-known”,"), ["well", "known"]);
        assert_eq!(found("l'università"), ["l", "università"]);
        assert_eq!(found("e\u{301}tude"), ["e\u{301}tude"]);
        assert_eq!(found("Covid19-Impf\u{AD}ung"), [""; 0]);
    }
}
