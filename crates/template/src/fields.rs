//! The field inventory: every value that a template can be given, by scope, with those that tokens declare by
//! themselves.
//!
//! Document fields and the fields of slides that do not repeat share one namespace. The fields of repeating slides
//! are given once per entry of their group. Component fields are props and not here.

mod describe;
mod inputs;
mod reads;

use indexmap::IndexMap;

use crate::document::{Field, FieldType, Repeat, Slide, Template};
use reads::{Read, reads_of_document, reads_of_slide};

pub use describe::{FieldView, GroupView, InputView, InventoryView};
pub use inputs::{Input, MAX_INPUTS, Target};

/// The names that are always there; no field can have them.
pub const RESERVED: [&str; 5] = ["brand", "slide", "item", "size", "t"];

/// Every field of a template.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Inventory {
    /// Document fields, then those of each slide that does not repeat.
    pub document: Vec<KnownField>,
    pub groups: Vec<Group>,
    /// Per slide: the keys it declares, then the further ones it reads, in order.
    pub(crate) on_slide: IndexMap<String, Vec<String>>,
}

/// A field and where it comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownField {
    pub field: Field,
    /// The slide that declares it, or first reads it; none for fields of the document.
    pub slide: Option<String>,
    /// False when only a token names it.
    pub declared: bool,
}

/// Consecutive repeating slides that take their entries from the same list.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// The list's name in requests, usually `slides`.
    pub each: String,
    pub slides: Vec<String>,
    pub min: Option<u32>,
    pub max: Option<u32>,
    /// The fields of its slides, each key once.
    pub fields: Vec<KnownField>,
}

impl Inventory {
    pub(crate) fn of(template: &Template) -> Inventory {
        let mut inventory = Inventory::default();
        inventory.declare_document(template);
        inventory.declare_groups(template);
        for slide in &template.slides {
            let own = slide.fields.iter().map(|field| field.key.clone()).collect();
            inventory.on_slide.insert(slide.id.clone(), own);
        }
        for slide in &template.slides {
            let reads = reads_of_slide(template, slide);
            inventory.add_reads(slide, reads);
        }
        for read in reads_of_document(template) {
            if inventory.groups.iter().all(|group| find(&group.fields, &read.name).is_none()) {
                add_read(&mut inventory.document, None, &read);
            }
        }
        inventory
    }

    fn declare_document(&mut self, template: &Template) {
        let own = template.fields.iter().map(|field| (None, field));
        let plain = template.slides.iter().filter(|slide| slide.repeat.is_none());
        let slides = plain.flat_map(|slide| slide.fields.iter().map(|field| (Some(slide.id.clone()), field)));
        for (slide, field) in own.chain(slides) {
            if find(&self.document, &field.key).is_none() {
                self.document.push(KnownField { field: field.clone(), slide, declared: true });
            }
        }
    }

    fn declare_groups(&mut self, template: &Template) {
        let mut previous: Option<&Repeat> = None;
        for slide in &template.slides {
            if let Some(repeat) = &slide.repeat {
                let continues = previous.is_some_and(|previous| previous.each == repeat.each);
                let group = match self.groups.last_mut().filter(|_| continues) {
                    Some(group) => group,
                    None => {
                        self.groups.push(Group {
                            each: repeat.each.0.trim().to_owned(),
                            slides: Vec::new(),
                            min: None,
                            max: None,
                            fields: Vec::new(),
                        });
                        let last = self.groups.len() - 1;
                        &mut self.groups[last]
                    }
                };
                group.take(slide, repeat);
            }
            previous = slide.repeat.as_ref();
        }
    }

    fn add_reads(&mut self, slide: &Slide, reads: Vec<Read>) {
        for read in reads {
            let keys = self.on_slide.entry(slide.id.clone()).or_default();
            if !keys.contains(&read.name) {
                keys.push(read.name.clone());
            }
            let group = self.groups.iter_mut().find(|group| group.slides.contains(&slide.id));
            let fields = match group {
                Some(group) => {
                    if find(&group.fields, &read.name).is_none() && find(&self.document, &read.name).is_some() {
                        continue;
                    }
                    &mut group.fields
                }
                None => &mut self.document,
            };
            add_read(fields, Some(slide.id.clone()), &read);
        }
    }

    /// A document field, by key.
    pub fn document_field(&self, key: &str) -> Option<&KnownField> {
        find(&self.document, key)
    }

    pub fn group(&self, each: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.each == each)
    }

    /// The slides that declare or read a key, in order.
    pub(crate) fn slides_reading(&self, key: &str) -> Vec<&str> {
        let reading = self.on_slide.iter().filter(|(_, keys)| keys.iter().any(|read| read == key));
        reading.map(|(slide, _)| slide.as_str()).collect()
    }

    /// The fields of a slide that does not repeat: those it declares, then the further ones it reads.
    pub(crate) fn fields_on(&self, slide: &str) -> impl Iterator<Item = &KnownField> {
        let keys = self.on_slide.get(slide).into_iter().flatten();
        keys.filter_map(|key| find(&self.document, key))
    }
}

impl Group {
    fn take(&mut self, slide: &Slide, repeat: &Repeat) {
        self.slides.push(slide.id.clone());
        self.min = self.min.max(repeat.min);
        self.max = match (self.max, repeat.max) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        for field in &slide.fields {
            match self.fields.iter_mut().find(|known| known.field.key == field.key) {
                // Slides of a group may describe the same field; what one leaves out the other says.
                Some(known) => complete(&mut known.field, field),
                None => {
                    let slide = Some(slide.id.clone());
                    self.fields.push(KnownField { field: field.clone(), slide, declared: true });
                }
            }
        }
    }
}

fn complete(field: &mut Field, other: &Field) {
    let aliases = other.aliases.iter().filter(|alias| !field.aliases.contains(alias)).cloned().collect::<Vec<_>>();
    field.aliases.extend(aliases);
    field.label = field.label.take().or_else(|| other.label.clone());
    field.help = field.help.take().or_else(|| other.help.clone());
    field.default = field.default.take().or_else(|| other.default.clone());
    field.sample = field.sample.take().or_else(|| other.sample.clone());
    field.max_length = field.max_length.or(other.max_length);
    field.input = field.input.or(other.input);
}

fn find<'a>(fields: &'a [KnownField], key: &str) -> Option<&'a KnownField> {
    fields.iter().find(|known| known.field.key == key)
}

/// A token that no field declares is an optional text field; a picture if it is a source anywhere.
fn add_read(fields: &mut Vec<KnownField>, slide: Option<String>, read: &Read) {
    match fields.iter_mut().find(|known| known.field.key == read.name) {
        Some(known) if !known.declared && known.field.kind == FieldType::Text => known.field.kind = read.kind(),
        Some(_) => {}
        None => {
            let of = read.parts.iter().map(|(key, kind)| bare_field(key, *kind)).collect();
            let field = Field { of, ..bare_field(&read.name, read.kind()) };
            fields.push(KnownField { field, slide, declared: false });
        }
    }
}

fn bare_field(key: &str, kind: FieldType) -> Field {
    Field {
        key: key.to_owned(),
        kind,
        label: None,
        help: None,
        required: None,
        default: None,
        sample: None,
        min_length: None,
        max_length: None,
        pattern: None,
        min: None,
        max: None,
        options: Vec::new(),
        of: Vec::new(),
        min_width: None,
        min_height: None,
        aliases: Vec::new(),
        input: None,
        group: None,
    }
}

#[cfg(test)]
mod tests;
