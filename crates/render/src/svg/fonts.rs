//! Faces for the texts of drawings: those of the engine's library, by the same rules as for other texts. Fonts of the
//! system are never seen, and faces that would make the drawing library read pictures or drawings inside a font (with
//! its own defaults, which open files) are not used.

use std::sync::{Arc, Mutex, PoisonError};

use handbill_template::WarningCode;
use icu_properties::props::Script;
use icu_properties::{CodePointMapData, PropertyNamesShort};
use skrifa::Tag;
use usvg::fontdb::{self, Database, FaceInfo, Source};
use usvg::{Font, FontFamily, FontStyle};

use super::Note;
use crate::fonts::{
    EMOJI_FAMILIES, FaceId, Family, FamilyId, FontLibrary, Match, families_for_any_script, families_for_script,
    substitutes,
};

/// The family of texts that name none.
pub(super) const DEFAULT_FAMILY: &str = "Inter";

/// Characters from here on are pictures in the first place.
const FIRST_PICTURE: u32 = 0x1f000;

pub(super) struct Faces<'a> {
    pub(super) fonts: &'a FontLibrary,
    /// BCP 47: which of several forms of Chinese characters is meant.
    pub(super) language: &'a str,
    /// All texts in one face: where the drawing library trips over several.
    one_face: bool,
    notes: Mutex<Vec<Note>>,
}

impl<'a> Faces<'a> {
    pub(super) fn new(fonts: &'a FontLibrary, language: &'a str, one_face: bool) -> Self {
        Faces { fonts, language, one_face, notes: Mutex::new(Vec::new()) }
    }

    /// What was missing.
    pub(super) fn notes(&self) -> Vec<Note> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn resolver(&self) -> usvg::FontResolver<'_> {
        usvg::FontResolver {
            select_font: Box::new(|font, database| self.select(font, database)),
            select_fallback: Box::new(|character, used, database| self.fall_back(character, used, database)),
        }
    }

    fn select(&self, font: &Font, database: &mut Arc<Database>) -> Option<fontdb::ID> {
        let (family, asked) = self.family(font);
        if !asked {
            self.note_fallback(font, family);
        }
        let (weight, italic) = match self.one_face {
            true => (400, false),
            false => (font.weight(), font.style() != FontStyle::Normal),
        };
        let family = if self.one_face { self.fonts.first_family() } else { family };
        // Whatever stands in for a face that is not used keeps the text in the tree; `texts` draws it with its own.
        let others = std::iter::once(family).chain(self.fonts.family_ids());
        let mut faces = others.map(|family| self.base_of(self.fonts.family(family), weight, italic));
        let face = faces.find(|&face| self.is_usable(face))?;
        Some(self.entry(database, face, weight, italic))
    }

    /// Of a family in slices, the one with letters.
    fn base_of(&self, family: &Family, weight: u16, italic: bool) -> FaceId {
        let found = family.find(weight, italic, &['a'], self.fonts).filter(|found| self.is_usable(found.face));
        found.unwrap_or_else(|| family.nearest(weight, italic)).face
    }

    /// Whether the face that a text begins with draws all of it.
    pub(super) fn draws(&self, font: &Font, text: &str) -> bool {
        let family = self.family(font).0;
        let face = self.base_of(self.fonts.family(family), font.weight(), font.style() != FontStyle::Normal);
        let covers = |character| self.fonts.face(face).covers(character);
        self.is_usable(face) && text.chars().all(|character| character.is_whitespace() || covers(character))
    }

    /// The first family asked for that is there, or what is most like the first; and whether it was asked for.
    pub(super) fn family(&self, font: &Font) -> (FamilyId, bool) {
        let asked = font.families().iter().find_map(|family| self.fonts.find_family(name(family)));
        let like = || substitutes(font.families().first().map_or(DEFAULT_FAMILY, name));
        let like = || like().find_map(|name| self.fonts.find_family(name)).unwrap_or_else(|| self.fonts.first_family());
        (asked.unwrap_or_else(like), asked.is_some())
    }

    fn fall_back(&self, character: char, used: &[fontdb::ID], database: &mut Arc<Database>) -> Option<fontdb::ID> {
        if self.one_face {
            return None;
        }
        let first = database.face(*used.first()?)?;
        let (weight, italic) = (first.weight.0, first.style == fontdb::Style::Italic);
        let used: Vec<FaceId> = used.iter().filter_map(|&id| face_of(database.face(id)?)).collect();
        let family = self.fonts.face(*used.first()?).family().to_owned();
        let mut fits = |family: FamilyId| -> Option<Match> {
            let found = self.fonts.family(family).find(weight, italic, &[character], self.fonts)?;
            (!used.contains(&found.face) && self.is_usable(found.face)).then_some(found)
        };
        let families =
            candidates(&family, character, self.language).into_iter().filter_map(|name| self.fonts.find_family(name));
        let found = families.chain(self.fonts.family_ids()).find_map(&mut fits);
        if found.is_none() {
            self.note_missing(character.encode_utf8(&mut [0; 4]));
        }
        found.map(|found| self.entry(database, found.face, weight, italic))
    }

    /// The face in the drawing library's own list, which begins empty.
    fn entry(&self, database: &mut Arc<Database>, face: FaceId, weight: u16, italic: bool) -> fontdb::ID {
        let style = if italic { fontdb::Style::Italic } else { fontdb::Style::Normal };
        let known = database
            .faces()
            .find(|known| face_of(known) == Some(face) && known.weight.0 == weight && known.style == style);
        if let Some(known) = known {
            return known.id;
        }
        let font = self.fonts.face(face);
        Arc::make_mut(database).push_face_info(FaceInfo {
            id: fontdb::ID::dummy(),
            source: Source::Binary(Arc::new(font.data().data.clone())),
            index: font.data().index,
            families: vec![(font.family().to_owned(), fontdb::Language::English_UnitedStates)],
            post_script_name: face.0.to_string(),
            style,
            weight: fontdb::Weight(weight),
            stretch: fontdb::Stretch::Normal,
            monospaced: false,
        })
    }

    /// Whether a face has outlines and nothing that the drawing library would read as a file of its own.
    fn is_usable(&self, face: FaceId) -> bool {
        let font = self.fonts.face(face).font();
        [b"SVG ", b"sbix", b"CBDT"].iter().all(|tag| font.table_data(Tag::new(tag)).is_none())
    }

    fn note_fallback(&self, font: &Font, used: FamilyId) {
        let asked = font.families().first().map_or(DEFAULT_FAMILY, name);
        // What stands for a kind of font is meant to be replaced.
        if !matches!(font.families().first(), Some(FontFamily::Named(_))) {
            return;
        }
        let used = self.fonts.family(used).name.clone();
        self.note(Note {
            code: WarningCode::FontFallback,
            words: format!("asks for the font '{asked}', which is not here; '{used}' is used"),
            from: Some(asked.to_owned()),
            to: Some(used),
        });
    }

    pub(super) fn note_missing(&self, cluster: &str) {
        self.note(Note {
            code: WarningCode::MissingGlyph,
            words: format!("has a character that no font has: {cluster}"),
            from: Some(cluster.to_owned()),
            to: None,
        });
    }

    fn note(&self, note: Note) {
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        if !notes.contains(&note) && notes.len() < 20 {
            notes.push(note);
        }
    }
}

fn name(family: &FontFamily) -> &str {
    match family {
        FontFamily::Serif => "serif",
        FontFamily::SansSerif => "sans-serif",
        FontFamily::Cursive => "cursive",
        FontFamily::Fantasy => "impact",
        FontFamily::Monospace => "monospace",
        FontFamily::Named(name) => name,
    }
}

/// Our number of a face in the drawing library's list.
fn face_of(info: &FaceInfo) -> Option<FaceId> {
    info.post_script_name.parse().ok().map(FaceId)
}

/// Names of families to look in for a character that `family` may lack.
fn candidates<'n>(family: &'n str, character: char, language: &str) -> Vec<&'n str> {
    let script = CodePointMapData::<Script>::new().get(character);
    let code = PropertyNamesShort::<Script>::new().get(script).unwrap_or("Zzzz");
    let mut names: Vec<&str> = Vec::new();
    if u32::from(character) >= FIRST_PICTURE {
        names.extend(EMOJI_FAMILIES);
    }
    names.push(family);
    names.extend(families_for_script(code, language));
    substitutes(family).for_each(|name| names.push(name));
    names.extend(families_for_any_script());
    names.extend(EMOJI_FAMILIES);
    names
}
