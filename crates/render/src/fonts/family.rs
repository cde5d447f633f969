//! The faces of one family: CSS weight and slant matching, and which slice has a character.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use super::face::Face;
use super::{FaceId, FontLibrary};

/// The slant that stands in for a missing italic: tan 14°.
pub(crate) const SKEW: f32 = 0.249_328;

#[derive(Debug)]
pub(crate) struct Family {
    pub(crate) name: String,
    styles: Vec<StyleGroup>,
}

/// The faces of one weight range and slant: slices that cover different characters.
#[derive(Debug)]
struct StyleGroup {
    weight: (u16, u16),
    italic: bool,
    faces: Vec<FaceId>,
    /// Which face has which code points: sorted, apart from each other.
    spans: Vec<Span>,
}

#[derive(Debug, Clone, Copy)]
struct Span {
    first: u32,
    last: u32,
    face: FaceId,
}

/// A face of a family that can stand for a wanted style.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Match {
    pub(crate) face: FaceId,
    /// An italic was wanted and there is none.
    pub(crate) skew: f32,
    /// The weight to set where there is an axis: the wanted one within the face's range.
    pub(crate) weight: u16,
}

impl Family {
    pub(super) fn new(name: String, members: &[FaceId], faces: &[Arc<Face>]) -> Family {
        let mut styles: Vec<StyleGroup> = Vec::new();
        for &id in members {
            let face = &faces[id.0 as usize];
            let known = styles.iter_mut().find(|group| group.weight == face.weight() && group.italic == face.italic());
            match known {
                Some(group) => group.faces.push(id),
                None => styles.push(StyleGroup {
                    weight: face.weight(),
                    italic: face.italic(),
                    faces: vec![id],
                    spans: Vec::new(),
                }),
            }
        }
        for group in &mut styles {
            group.spans = spans(&group.faces, faces);
        }
        Family { name, styles }
    }

    /// The face to draw a cluster with: of the styles that have all of `characters`, the nearest to what is wanted.
    pub(crate) fn find(&self, weight: u16, italic: bool, characters: &[char], faces: &FontLibrary) -> Option<Match> {
        let best = self
            .styles
            .iter()
            .filter_map(|group| Some((rank(group, weight, italic), group, group.find(characters, faces)?)))
            .min_by_key(|&(rank, ..)| rank);
        best.map(|(_, group, face)| group.matched(face, weight, italic))
    }

    /// The face of the nearest style, whatever it covers.
    pub(crate) fn nearest(&self, weight: u16, italic: bool) -> Match {
        let group =
            self.styles.iter().min_by_key(|group| rank(group, weight, italic)).expect("a family has at least one face");
        group.matched(group.faces[0], weight, italic)
    }
}

impl StyleGroup {
    fn find(&self, characters: &[char], faces: &FontLibrary) -> Option<FaceId> {
        let (&first, rest) = characters.split_first()?;
        let face = self.face_of(first)?;
        if rest.iter().all(|&character| faces.face(face).covers(character)) {
            return Some(face);
        }
        self.faces.iter().copied().find(|&face| characters.iter().all(|&character| faces.face(face).covers(character)))
    }

    fn face_of(&self, character: char) -> Option<FaceId> {
        let code_point = u32::from(character);
        let after = self.spans.partition_point(|span| span.first <= code_point);
        let span = self.spans.get(after.checked_sub(1)?)?;
        (code_point <= span.last).then_some(span.face)
    }

    fn matched(&self, face: FaceId, weight: u16, italic: bool) -> Match {
        Match {
            face,
            skew: if italic && !self.italic { SKEW } else { 0.0 },
            weight: weight.clamp(self.weight.0, self.weight.1),
        }
    }
}

/// Smaller is nearer: slant first, then weight, as in CSS Fonts 4 §5.2.
fn rank(group: &StyleGroup, wanted: u16, italic: bool) -> (bool, u8, u16) {
    let (low, high) = group.weight;
    let (class, distance) = if low <= wanted && wanted <= high {
        (0, 0)
    } else if high < wanted {
        let class = if wanted >= 400 { 2 } else { 1 };
        (class, wanted - high)
    } else {
        let class = match wanted {
            400..=500 if low <= 500 => 1,
            400..=500 => 3,
            501.. => 1,
            _ => 2,
        };
        (class, low - wanted)
    };
    (group.italic != italic, class, distance)
}

/// The first face wins wherever several cover.
fn spans(members: &[FaceId], faces: &[Arc<Face>]) -> Vec<Span> {
    let mut taken: BTreeMap<u32, Span> = BTreeMap::new();
    for &id in members {
        for &(first, last) in faces[id.0 as usize].cover() {
            let gaps = gaps(&taken, first..=last);
            taken.extend(gaps.into_iter().map(|(first, last)| (first, Span { first, last, face: id })));
        }
    }
    taken.into_values().collect()
}

/// What of `range` no span has yet.
fn gaps(taken: &BTreeMap<u32, Span>, range: RangeInclusive<u32>) -> Vec<(u32, u32)> {
    let (mut next, last) = (*range.start(), *range.end());
    let mut found = Vec::new();
    let before = taken.range(..=next).next_back().map(|(_, span)| *span);
    let inside = taken.range(range.clone()).map(|(_, span)| *span);
    for span in before.into_iter().chain(inside) {
        if span.last < next {
            continue;
        }
        if span.first > next {
            found.push((next, span.first - 1));
        }
        next = span.last.saturating_add(1);
        if next > last {
            return found;
        }
    }
    found.push((next, last));
    found
}
