//! A look into a group that is drawn apart: what is to be told of it.

use crate::display::{GlyphItem, Group, Item, Meaning, MeaningRole};

#[derive(Default)]
pub(super) struct Inside<'a> {
    /// In drawing order, without decoration. A link's content follows it.
    pub(super) meanings: Vec<&'a Meaning>,
    /// The first text that is no decoration.
    pub(super) text: Option<&'a GlyphItem>,
}

impl<'a> Inside<'a> {
    /// The group's own meaning is the caller's.
    pub(super) fn of(group: &'a Group) -> Self {
        let mut inside = Inside::default();
        inside.look(&group.items);
        inside
    }

    /// One thing, told by one element.
    pub(super) fn only_one(&self) -> bool {
        self.meanings.len() == 1
    }

    fn look(&mut self, items: &'a [Item]) {
        for item in items {
            match item {
                Item::Glyphs(run) => {
                    self.text.get_or_insert(run);
                }
                Item::Group(group) => match &group.meaning {
                    Some(meaning) if meaning.role == MeaningRole::Artifact => {}
                    Some(meaning) => {
                        self.meanings.push(meaning);
                        self.look(&group.items);
                    }
                    None => self.look(&group.items),
                },
                _ => {}
            }
        }
    }
}
