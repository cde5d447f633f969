//! Which face draws a grapheme cluster: the asked family if it has all of it, else what comes nearest.

use icu_normalizer::{ComposingNormalizer, DecomposingNormalizer};
use icu_properties::PropertyNamesShort;
use icu_properties::props::Script;
use parley_engine::CharInfo;

use super::emoji;
use super::style::Style;
use crate::fonts::{
    EMOJI_FAMILIES, FamilyId, FontLibrary, Match, families_for_any_script, families_for_script, substitutes,
};

/// The face of a cluster.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Choice {
    pub(super) found: Match,
    /// The face is of an emoji family.
    pub(super) emoji: bool,
    /// No face has all of the cluster.
    pub(super) missing: bool,
}

/// Chooses faces for one text. Remembers which families are worth looking at.
pub(super) struct Chooser<'a> {
    fonts: &'a FontLibrary,
    language: &'a str,
    emoji: Vec<FamilyId>,
    any: Vec<FamilyId>,
    chains: Vec<Chain>,
    needed: Vec<char>,
}

/// Families to look in for a script's characters that the asked family lacks.
struct Chain {
    asked: FamilyId,
    script: Script,
    families: Vec<FamilyId>,
}

impl<'a> Chooser<'a> {
    pub(super) fn new(fonts: &'a FontLibrary, language: &'a str) -> Chooser<'a> {
        Chooser {
            fonts,
            language,
            emoji: existing(fonts, EMOJI_FAMILIES.iter().copied()),
            any: existing(fonts, families_for_any_script().iter().copied()),
            chains: Vec::new(),
            needed: Vec::new(),
        }
    }

    pub(super) fn choose(&mut self, style: &Style, cluster: &[char], infos: &[CharInfo], script: Script) -> Choice {
        if let &[character] = cluster
            && character.is_ascii()
            && let Some(found) = self.in_family(style.family, style, cluster)
        {
            return Choice { found, emoji: false, missing: false };
        }
        let mut needed = std::mem::take(&mut self.needed);
        needed.clear();
        needed.extend(cluster.iter().copied().filter(|&character| !emoji::needs_no_glyph(character)));
        let choice = self.choose_for(style, &needed, emoji::is_emoji(cluster, infos), script);
        self.needed = needed;
        choice
    }

    fn choose_for(&mut self, style: &Style, needed: &[char], is_emoji: bool, script: Script) -> Choice {
        let Some(&first) = needed.first() else {
            return self.nearest(style, false);
        };
        if let Some(choice) = self.find(style, needed, is_emoji, script) {
            return choice;
        }
        if needed.iter().all(|character| character.is_whitespace()) {
            return self.nearest(style, false);
        }
        // A base without its marks is better than nothing; what lacks is still told.
        match self.find(style, &[first], is_emoji, script).filter(|_| needed.len() > 1) {
            Some(choice) => Choice { missing: true, ..choice },
            None => self.nearest(style, true),
        }
    }

    fn find(&mut self, style: &Style, needed: &[char], is_emoji: bool, script: Script) -> Option<Choice> {
        if is_emoji && let Some(choice) = self.emoji_face(style, needed) {
            return Some(choice);
        }
        let text = |found| Choice { found, emoji: false, missing: false };
        if let Some(found) = self.in_family(style.family, style, needed) {
            return Some(Choice { emoji: self.emoji.contains(&style.family), ..text(found) });
        }
        let forms = other_forms(needed);
        let in_family = |chooser: &Self, family: FamilyId| {
            let as_it_is = chooser.in_family(family, style, needed);
            as_it_is.or_else(|| forms.iter().find_map(|form| chooser.in_family(family, style, form)))
        };
        if let Some(found) = in_family(self, style.family) {
            return Some(text(found));
        }
        let chain = self.chain(style.family, script);
        let in_chain = self.chains[chain].families.iter().find_map(|&family| in_family(self, family));
        in_chain
            .map(text)
            .or_else(|| self.emoji_face(style, needed))
            .or_else(|| self.fonts.family_ids().find_map(|family| in_family(self, family)).map(text))
    }

    fn in_family(&self, family: FamilyId, style: &Style, needed: &[char]) -> Option<Match> {
        self.fonts.family(family).find(style.weight, style.italic, needed, self.fonts)
    }

    /// Emoji never slant.
    fn emoji_face(&self, style: &Style, needed: &[char]) -> Option<Choice> {
        let found = self
            .emoji
            .iter()
            .find_map(|&family| self.fonts.family(family).find(style.weight, false, needed, self.fonts))?;
        Some(Choice { found, emoji: true, missing: false })
    }

    /// What draws the box for missing characters, or characters that have no look.
    fn nearest(&self, style: &Style, missing: bool) -> Choice {
        let family = self.any.first().copied().filter(|_| missing).unwrap_or(style.family);
        Choice { found: self.fonts.family(family).nearest(style.weight, style.italic), emoji: false, missing }
    }

    /// The number of the chain of families to look in after the asked one. Emoji families come later.
    fn chain(&mut self, asked: FamilyId, script: Script) -> usize {
        if let Some(known) = self.chains.iter().position(|chain| chain.asked == asked && chain.script == script) {
            return known;
        }
        let code = PropertyNamesShort::<Script>::new().get(script).unwrap_or("Zzzz");
        let of_script = families_for_script(code, self.language).iter().copied();
        let names = of_script.chain(substitutes(&self.fonts.family(asked).name));
        let mut families = existing(self.fonts, names);
        families.extend(&self.any);
        families.retain(|family| *family != asked && !self.emoji.contains(family));
        self.chains.push(Chain { asked, script, families });
        self.chains.len() - 1
    }
}

fn existing<'n>(fonts: &FontLibrary, names: impl Iterator<Item = &'n str>) -> Vec<FamilyId> {
    let mut found = Vec::new();
    for family in names.filter_map(|name| fonts.find_family(name)) {
        if !found.contains(&family) {
            found.push(family);
        }
    }
    found
}

/// The same characters composed and decomposed, and with the plain hyphen for the one that does not break: shaping
/// tries these, too. Ideographs have no other forms worth the time.
fn other_forms(needed: &[char]) -> Vec<Vec<char>> {
    if matches!(needed, ['\u{2E80}'..='\u{9FFF}']) {
        return Vec::new();
    }
    let plain = |&character: &char| if character == '\u{2011}' { '\u{2010}' } else { character };
    let text: String = needed.iter().map(plain).collect();
    let composed = ComposingNormalizer::new_nfc().normalize(&text).into_owned();
    let decomposed = DecomposingNormalizer::new_nfd().normalize(&text).into_owned();
    let forms = [composed, decomposed].into_iter().map(|form| form.chars().collect::<Vec<char>>());
    forms.filter(|form| form != needed).collect()
}
