//! Which grapheme clusters are emoji, to be drawn in colour, and which characters need no glyph of their own.

use icu_properties::CodePointSetData;
use icu_properties::props::{EmojiPresentation, ExtendedPictographic};
use parley_engine::CharInfo;

const TEXT_SELECTOR: char = '\u{FE0E}';
pub(super) const EMOJI_SELECTOR: char = '\u{FE0F}';
const KEYCAP: char = '\u{20E3}';
const JOINER: char = '\u{200D}';

/// Whether a cluster is an emoji sequence: a selector, a keycap, a flag, a skin tone, a joined family, or a character
/// that is an emoji by default.
pub(super) fn is_emoji(cluster: &[char], infos: &[CharInfo]) -> bool {
    let (Some(&first), Some(info)) = (cluster.first(), infos.first()) else { return false };
    if first.is_ascii() {
        return cluster.contains(&KEYCAP);
    }
    if cluster.contains(&TEXT_SELECTOR) {
        return false;
    }
    if info.is_region_indicator() {
        return cluster.len() > 1;
    }
    let pictograph = info.is_emoji_or_pictograph();
    info.is_emoji_presentation()
        || (pictograph && cluster.contains(&EMOJI_SELECTOR))
        || (pictograph && infos[1..].iter().any(|info| info.is_emoji_modifier()))
        || (pictograph && cluster.contains(&JOINER) && infos[1..].iter().any(|info| info.is_emoji_or_pictograph()))
}

/// Whether a character of an emoji sequence lacks the selector that fonts expect behind it: `next` is what stands there.
/// People and programs leave it out (`1⃣`, `❤‍🔥`).
pub(super) fn lacks_selector(character: char, next: Option<char>) -> bool {
    let follows = matches!(next, Some(TEXT_SELECTOR | EMOJI_SELECTOR | '\u{1F3FB}'..='\u{1F3FF}'));
    if character.is_ascii() {
        return next == Some(KEYCAP);
    }
    !follows
        && CodePointSetData::new::<ExtendedPictographic>().contains(character)
        && !CodePointSetData::new::<EmojiPresentation>().contains(character)
}

/// Characters that shape or steer others and need no glyph: joiners, selectors, marks of direction, tags.
pub(super) fn needs_no_glyph(character: char) -> bool {
    matches!(character,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
        | '\u{E0000}'..='\u{E0FFF}')
}
