//! Looks at a font file before it is used: what it says of itself, and whether every one of its glyphs can be drawn.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use handbill_render::fonts::{FaceSource, Proof};
use serde::{Deserialize, Serialize};
use skrifa::attribute::Style;
use skrifa::instance::Location;
use skrifa::raw::TableProvider as _;
use skrifa::string::StringId;
use skrifa::{FontRef, GlyphId, GlyphId16, MetadataProvider as _};

/// What a font says of itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FontFacts {
    /// The typographic family, or else the plain one.
    pub family: Option<String>,
    /// Lightest and heaviest CSS weight; equal without a weight axis.
    pub weight: (u16, u16),
    pub italic: bool,
    pub glyphs: u32,
    /// Code points that it has a glyph for.
    pub characters: usize,
    /// `truetype`, `opentype`, `collection`, `woff` or `woff2`.
    pub format: String,
    pub axes: Vec<FontAxis>,
    /// What it says of its licence, in its own words.
    pub license: Option<String>,
    pub license_url: Option<String>,
    pub copyright: Option<String>,
}

/// What of a font can be varied.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FontAxis {
    /// Four letters: `wght`.
    pub tag: String,
    pub min: f32,
    pub default: f32,
    pub max: f32,
}

/// A longer licence text is cut.
const MAX_TEXT_CHARS: usize = 4000;

/// Why a font is not taken, in words for people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadFont(String);

/// How many of the glyphs that cannot be drawn are named.
const NAMED: usize = 5;

/// Reads what a font says of itself.
///
/// # Errors
/// When the bytes are no font, or one without characters.
pub(super) fn facts(bytes: &Arc<[u8]>) -> Result<FontFacts, BadFont> {
    guarded(|| facts_of(bytes))
}

/// The same, after each glyph was drawn once: at the default setting and at both ends of every axis.
///
/// # Errors
/// When the font is damaged.
pub fn vet(bytes: &Arc<[u8]>) -> Result<FontFacts, BadFont> {
    guarded(|| {
        let facts = facts_of(bytes)?;
        let data = sfnt(bytes)?;
        let font = open((*data).as_ref())?;
        let bad = undrawable(&font, facts.glyphs);
        match bad.len() {
            0 => Ok(facts),
            count => {
                let named: Vec<String> = bad.iter().take(NAMED).map(ToString::to_string).collect();
                let more = if count > NAMED { ", …" } else { "" };
                let glyphs = facts.glyphs;
                Err(BadFont(format!(
                    "the font is damaged: {count} of its {glyphs} glyphs cannot be drawn (numbers {}{more}); \
                     get the file again from its maker",
                    named.join(", ")
                )))
            }
        }
    })
}

/// Damage may bring out a bug in the code that reads it; that is the font's failure, not the program's.
fn guarded(work: impl FnOnce() -> Result<FontFacts, BadFont>) -> Result<FontFacts, BadFont> {
    let damaged = || BadFont("the font is damaged: reading it fails".to_owned());
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(damaged()))
}

fn sfnt(bytes: &Arc<[u8]>) -> Result<Arc<dyn AsRef<[u8]> + Send + Sync>, BadFont> {
    let source = FaceSource::from_file("", None, false, bytes);
    source.map(|source| source.data).map_err(|error| BadFont(reason_of(error)))
}

fn reason_of(error: handbill_render::fonts::FontError) -> String {
    match error {
        handbill_render::fonts::FontError::Unreadable { reason, .. } => reason,
        other => other.to_string(),
    }
}

fn open(sfnt: &[u8]) -> Result<FontRef<'_>, BadFont> {
    FontRef::from_index(sfnt, 0).map_err(|error| BadFont(format!("the file is not a font ({error})")))
}

fn facts_of(bytes: &Arc<[u8]>) -> Result<FontFacts, BadFont> {
    let source = FaceSource::from_file("", None, false, bytes).map_err(|error| BadFont(reason_of(error)))?;
    let font = open((*source.data).as_ref())?;
    let glyphs = font.maxp().map_err(|error| BadFont(format!("the font is damaged ({error})")))?;
    let named = |id| font.localized_strings(id).english_or_first().map(|name| name.to_string());
    let text = |id| {
        let text: Option<String> = named(id).map(|text| text.replace('\0', "").chars().take(MAX_TEXT_CHARS).collect());
        text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    };
    let axes = font.axes();
    let axes = axes.iter().map(|axis| FontAxis {
        tag: axis.tag().to_string(),
        min: axis.min_value(),
        default: axis.default_value(),
        max: axis.max_value(),
    });
    let family = named(StringId::TYPOGRAPHIC_FAMILY_NAME).or_else(|| named(StringId::FAMILY_NAME));
    let characters = font.charmap().mappings().count();
    if characters == 0 {
        return Err(BadFont("the font has no characters".to_owned()));
    }
    Ok(FontFacts {
        family: family.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()),
        weight: source.weight,
        italic: font.attributes().style != Style::Normal,
        glyphs: u32::from(glyphs.num_glyphs()),
        characters,
        format: format_of(bytes).to_owned(),
        axes: axes.collect(),
        license: text(StringId::LICENSE_DESCRIPTION),
        license_url: text(StringId::LICENSE_URL),
        copyright: text(StringId::COPYRIGHT_NOTICE),
    })
}

/// By its first letters.
fn format_of(bytes: &[u8]) -> &'static str {
    match bytes.get(..4) {
        Some(b"OTTO") => "opentype",
        Some(b"ttcf") => "collection",
        Some(b"wOFF") => "woff",
        Some(b"wOF2") => "woff2",
        _ => "truetype",
    }
}

/// The glyphs that fail, of all settings together.
fn undrawable(font: &FontRef<'_>, glyphs: u32) -> BTreeSet<u32> {
    let mut bad = BTreeSet::new();
    let proof = Proof::new(font);
    for location in extremes(font) {
        for number in 0..glyphs {
            let id = GlyphId::from(GlyphId16::new(u16::try_from(number).unwrap_or(u16::MAX)));
            if !proof.draws(id, &location) {
                bad.insert(number);
            }
        }
    }
    bad
}

/// The default setting, and each axis at its least and its greatest.
fn extremes(font: &FontRef<'_>) -> Vec<Location> {
    let axes = font.axes();
    let mut locations = vec![Location::default()];
    for axis in axes.iter() {
        for value in [axis.min_value(), axis.max_value()] {
            locations.push(axes.location([(axis.tag(), value)]));
        }
    }
    locations
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fonts::bundled;

    fn face(family: &str) -> Arc<[u8]> {
        bundled(false).find(|face| face.family == family).unwrap().data.into()
    }

    #[test]
    fn good_fonts_say_what_they_are() {
        let anton = vet(&face("Anton")).unwrap();
        assert_eq!((anton.family.as_deref(), anton.weight, anton.italic), (Some("Anton"), (400, 400), false));
        assert!(anton.glyphs > 50 && anton.characters > 50, "{anton:?}");
        let mono = vet(&face("JetBrains Mono")).unwrap();
        assert_eq!(mono.weight, (100, 800));
        assert_eq!((mono.axes[0].tag.as_str(), mono.axes[0].min, mono.axes[0].max), ("wght", 100.0, 800.0));
        assert!(vet(&face("Twemoji")).unwrap().glyphs > 10_000);
        let slanted = bundled(false).find(|face| face.italic).unwrap();
        assert!(vet(&slanted.data.into()).unwrap().italic);
    }

    /// The font with a `name` table that has nothing but a licence.
    fn with_license(bytes: &Arc<[u8]>, license: &str) -> Arc<[u8]> {
        let sfnt = sfnt(bytes).unwrap();
        let whole: &[u8] = (*sfnt).as_ref();
        let number = |at: usize| u32::from_be_bytes(whole[at..at + 4].try_into().unwrap()) as usize;
        let count = usize::from(u16::from_be_bytes([whole[4], whole[5]]));
        let letters: Vec<u8> = license.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let mut name: Vec<u8> = [0_u16, 1, 18, 3, 1, 0x409, 13].iter().flat_map(|n| n.to_be_bytes()).collect();
        name.extend(u16::try_from(letters.len()).unwrap().to_be_bytes());
        name.extend([0, 0]);
        name.extend(letters);
        let (mut directory, mut tables) = (whole[..12].to_vec(), Vec::new());
        for entry in (0..count).map(|index| 12 + index * 16) {
            let tag = &whole[entry..entry + 4];
            let (start, length) = (number(entry + 8), number(entry + 12));
            let table = if tag == b"name" { &name[..] } else { &whole[start..start + length] };
            let place = u32::try_from(12 + count * 16 + tables.len()).unwrap();
            directory.extend(tag.iter().chain(&[0; 4]).copied());
            directory.extend(place.to_be_bytes());
            directory.extend(u32::try_from(table.len()).unwrap().to_be_bytes());
            tables.extend(table);
            tables.resize(tables.len().next_multiple_of(4), 0);
        }
        [directory, tables].concat().into()
    }

    #[test]
    fn a_licence_is_told_in_the_fonts_own_words() {
        let words = "This Font Software is licensed under the SIL Open Font License, Version 1.1.";
        let facts = vet(&with_license(&face("Anton"), words)).unwrap();
        assert_eq!((facts.license.as_deref(), facts.family, facts.copyright), (Some(words), None, None));
        assert_eq!(vet(&with_license(&face("Anton"), " \0 ")).unwrap().license, None);
    }

    #[test]
    fn damaged_fonts_are_refused_in_words() {
        let whole = face("Anton");
        let cut: Arc<[u8]> = whole[..whole.len() / 2].into();
        for (bytes, words) in [
            (Arc::from(&b"<html>"[..]), "not a font"),
            (Arc::from(&b""[..]), "not a font"),
            (Arc::from(&whole[..100]), "font"),
            (cut, "damaged"),
        ] {
            let error = vet(&bytes).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
    }

    #[test]
    fn a_byte_here_or_there_never_ends_the_program() {
        let whole = face("Anton");
        for at in (0..whole.len()).step_by(997) {
            let mut bytes = whole.to_vec();
            bytes[at] ^= 0xff;
            let _ = vet(&bytes.into());
        }
    }
}
