//! The second half of every binding: given values to typed ones, defaults, required fields, bounds.

mod values;

use indexmap::IndexMap;

use super::given::{Given, GivenEntry, GivenValue, Notes};
use super::{BindError, BindFault, BindFaultKind, BindOptions, Bound, Entry};
use crate::compiled::Compiled;
use crate::document::FieldType;
use crate::fields::{Group, Inventory, KnownField};
use crate::resolve::{bounds, chosen_slides};
use crate::value::{Value, Values};
use crate::warning::{Warning, WarningCode};
use values::{Place, typed};

/// The slides that share a document field, or the entries that share a group's field, are named by their place.
pub(super) fn finish(compiled: &Compiled, given: Given, options: &BindOptions) -> Result<Bound, BindError> {
    let inventory = compiled.fields();
    let Given { document, entries, loose, slides, brand, overrides, carousel, notes } = given;
    let mut finisher = Finisher { compiled, inventory, options, notes };
    let mut bound = Bound { brand, overrides, carousel, ..Bound::default() };
    bound.data = finisher.values(&inventory.document, &document, None);
    for (id, given) in slides {
        let entry = finisher.single(given, Some(&id));
        bound.slides.insert(id, entry);
    }
    finisher.place_loose(loose, &mut bound);
    finisher.bind_groups(entries, &mut bound);
    if !options.preview {
        finisher.require_document(&mut bound);
        finisher.require_entries(&bound);
        finisher.note_unfilled(&bound);
    }
    let Notes { warnings, faults, .. } = finisher.notes;
    if faults.is_empty() { Ok(Bound { warnings, ..bound }) } else { Err(BindError { faults, warnings }) }
}

struct Finisher<'a> {
    compiled: &'a Compiled,
    inventory: &'a Inventory,
    options: &'a BindOptions,
    notes: Notes,
}

impl<'a> Finisher<'a> {
    /// Every field of a list with its value: what is given, else the default, else nothing.
    fn values(&mut self, fields: &[KnownField], given: &IndexMap<String, GivenValue>, entry: Option<usize>) -> Values {
        let value_of = |known: &KnownField| {
            let place = Place { slide: known.slide.as_deref(), entry };
            let value = given
                .get(&known.field.key)
                .map(|given| typed(self.compiled, &known.field, given, place, &mut self.notes));
            let value = value.filter(|value| !value.is_absent()).or_else(|| values::default(&known.field));
            (known.field.key.clone(), value.unwrap_or_default())
        };
        fields.iter().map(value_of).collect()
    }

    /// Values for one slide only: what is given, and nothing else.
    fn single(&mut self, given: GivenEntry, slide: Option<&str>) -> Entry {
        let mut values = Values::new();
        for (key, value) in &given.values {
            if let Some(known) = self.inventory.document_field(key) {
                let typed = typed(self.compiled, &known.field, value, Place { slide, entry: None }, &mut self.notes);
                if !typed.is_absent() {
                    values.insert(key.clone(), typed);
                }
            }
        }
        Entry { slide: given.slide, values, overrides: given.overrides }
    }

    /// Entries of a template without a repeating slide: one slide is drawn once for each; of several, the n-th entry
    /// fills the n-th slide that no role has taken, and slides that are left over and lack something go.
    fn place_loose(&mut self, loose: Vec<GivenEntry>, bound: &mut Bound) {
        if loose.is_empty() {
            return;
        }
        let slides = &self.compiled.template().slides;
        if slides.len() == 1 {
            bound.copies = loose.into_iter().map(|given| self.single(given, Some(&slides[0].id))).collect();
            return;
        }
        let free: Vec<&str> =
            slides.iter().map(|s| s.id.as_str()).filter(|id| !bound.slides.contains_key(*id)).collect();
        let count = loose.len();
        if count > free.len() && !self.options.truncate {
            let message = format!("the template has {} slides to fill, and {count} entries are given", free.len());
            self.notes.fault(BindFault::new(BindFaultKind::EntryCount, &loose[free.len()].place, message));
        }
        for (id, given) in free.iter().zip(loose) {
            let entry = self.single(given, Some(id));
            bound.slides.insert((*id).to_owned(), entry);
        }
        for id in free.iter().skip(count) {
            let lacks = |known: &KnownField| is_required(known) && is_blank(bound.data.get(&known.field.key));
            if self.inventory.fields_on(id).any(lacks) {
                bound.dropped.push((*id).to_owned());
            }
        }
    }

    fn bind_groups(&mut self, mut entries: IndexMap<String, Vec<GivenEntry>>, bound: &mut Bound) {
        let mut done: Vec<&str> = Vec::new();
        for group in &self.inventory.groups {
            if done.contains(&group.each.as_str()) {
                continue;
            }
            done.push(&group.each);
            let mut given = entries.shift_remove(&group.each).unwrap_or_default();
            self.check_count(group, &mut given);
            let bind = |(index, given): (usize, GivenEntry)| self.entry(group, index, given);
            bound.entries.insert(group.each.clone(), given.into_iter().enumerate().map(bind).collect());
        }
    }

    fn check_count(&mut self, group: &Group, given: &mut Vec<GivenEntry>) {
        let (count, each) = (given.len(), &group.each);
        let most = group.max.map_or(usize::MAX, |max| max as usize).min(self.options.max_entries);
        if count == 0 {
            let message = match self.options.strict {
                true => format!("no entries are given for '{each}'; a strict request gives at least one"),
                false => format!("no entries are given for '{each}', so its slides are left out"),
            };
            let warning = Warning::new(WarningCode::EntryCount, message).for_label(each);
            self.notes.warn_or_fault(warning, BindFaultKind::EntryCount, each);
        } else if count > most && self.options.truncate {
            given.truncate(most);
            let message = format!("'{each}' has {count} entries, and {most} are used");
            let warning = Warning::new(WarningCode::EntryCount, message).for_label(each).from_to(count, most);
            self.notes.warnings.push(warning);
        } else if count > most || count < group.min.unwrap_or(0) as usize {
            let allowed = bounds(group.min, u32::try_from(most).ok());
            let message = format!("'{each}' takes {allowed} entries, and {count} are given");
            self.notes.fault(BindFault::new(BindFaultKind::EntryCount, each, message).for_label(each));
        }
    }

    /// One entry: every field of the group, and what document fields it sets for its slide.
    fn entry(&mut self, group: &Group, index: usize, given: GivenEntry) -> Entry {
        let mut values = self.values(&group.fields, &given.values, Some(index));
        for (key, value) in &given.values {
            if values.contains_key(key) {
                continue;
            }
            if let Some(known) = self.inventory.document_field(key) {
                let place = Place { slide: None, entry: Some(index) };
                let typed = typed(self.compiled, &known.field, value, place, &mut self.notes);
                if !typed.is_absent() {
                    values.insert(key.clone(), typed);
                }
            }
        }
        if let Some(id) = given.slide.as_ref().filter(|id| !group.slides.contains(id)) {
            let message =
                format!("{}: '{}' has no slide '{id}'; it has {}", given.place, group.each, group.slides.join(", "));
            let warning = Warning::new(WarningCode::UnknownLabel, message).for_label(id.as_str());
            self.notes.warn_or_fault(warning, BindFaultKind::UnknownLabel, &given.place);
        }
        Entry { slide: given.slide, values, overrides: given.overrides }
    }

    /// Required document fields: given for the document, or for every slide that reads them.
    fn require_document(&mut self, bound: &mut Bound) {
        for known in self.inventory.document.iter().filter(|known| is_required(known)) {
            let key = known.field.key.as_str();
            if !is_blank(bound.data.get(key)) {
                continue;
            }
            if !bound.copies.is_empty() {
                for (index, _) in bound.copies.iter().enumerate().filter(|(_, copy)| is_blank(copy.values.get(key))) {
                    self.missing(key, known.slide.as_deref(), Some(index));
                }
                continue;
            }
            let slides = self.inventory.slides_reading(key);
            let shown = slides.iter().filter(|id| !bound.dropped.iter().any(|dropped| dropped == **id));
            let blank = |id: &&&str| is_blank(bound.slides.get(**id).and_then(|slide| slide.values.get(key)));
            let lacking = shown.copied().find(|id| blank(&id));
            if lacking.is_some() || slides.is_empty() {
                self.missing(key, known.slide.as_deref().or(lacking), None);
            }
        }
        for known in self.inventory.document.iter().filter(|known| known.field.kind == FieldType::List) {
            if let Some(Value::List(items)) = bound.data.get(&known.field.key) {
                self.require_items(known, items);
            }
        }
    }

    fn require_items(&mut self, known: &KnownField, items: &[Value]) {
        let (field, key) = (&known.field, &known.field.key);
        let slide = known.slide.as_deref().or_else(|| self.inventory.slides_reading(key).first().copied());
        let count = items.len() as f64;
        if (count > 0.0 && field.min.is_some_and(|min| count < min)) || field.max.is_some_and(|max| count > max) {
            let whole = |bound: Option<f64>| bound.map(|bound| bound as u32);
            let allowed = bounds(whole(field.min), whole(field.max));
            let message = format!("'{key}' takes {allowed} items, and {count} are given");
            self.notes.fault(BindFault::new(BindFaultKind::EntryCount, key, message).for_label(key));
        }
        for (index, item) in items.iter().enumerate() {
            let Value::Map(item) = item else { continue };
            for part in field.of.iter().filter(|part| part.required == Some(true)) {
                if is_blank(item.get(&part.key)) {
                    self.missing(&format!("{key}[{index}].{}", part.key), slide, None);
                }
            }
        }
    }

    /// Required fields of entries. What only some slides of a group require is asked of the entries those slides take.
    fn require_entries(&mut self, bound: &Bound) {
        for group in &self.inventory.groups {
            let Some(entries) = bound.entries.get(&group.each) else { continue };
            let slides = chosen_slides(self.compiled, bound, &group.slides, entries);
            for (index, entry) in entries.iter().enumerate() {
                let slide = slides.get(index).map(String::as_str);
                let declared = self.compiled.template().slides.iter().find(|s| Some(s.id.as_str()) == slide);
                let required =
                    declared.into_iter().flat_map(|slide| &slide.fields).filter(|f| f.required == Some(true));
                for field in required {
                    let fallback = || bound.data.get(&field.key).filter(|_| !entry.values.contains_key(&field.key));
                    if is_blank(entry.values.get(&field.key).or_else(fallback)) {
                        self.missing(&field.key, slide, Some(index));
                    }
                }
            }
        }
    }

    fn missing(&mut self, label: &str, slide: Option<&str>, entry: Option<usize>) {
        let refused = self.notes.refused(label, entry);
        let notes: Vec<String> = [
            slide.map(|slide| format!("slide '{slide}'")),
            entry.map(|index| format!("entry {}", index + 1)),
            refused.map(|refused| refused.reason.clone()),
        ]
        .into_iter()
        .flatten()
        .collect();
        let place = if notes.is_empty() { String::new() } else { format!(" ({})", notes.join(", ")) };
        let fault = BindFault::new(BindFaultKind::MissingField, "", format!("'{label}'{place}"));
        self.notes.fault(fault.for_label(label).on_slide(slide));
    }

    /// Optional fields that nothing was given for: one warning a field. A value that was refused has its warning already.
    fn note_unfilled(&mut self, bound: &Bound) {
        for known in &self.inventory.document {
            let key = &known.field.key;
            let elsewhere = bound.slides.values().chain(&bound.copies).chain(bound.entries.values().flatten());
            let is_elsewhere = elsewhere.into_iter().any(|entry| entry.values.contains_key(key));
            let is_refused = self.notes.refused.iter().any(|refused| refused.key == *key);
            if bound.data.get(key).is_none_or(Value::is_absent) && !is_elsewhere && !is_refused {
                self.unfilled(key, format!("'{key}' was given no value and has no default"));
            }
        }
        for group in &self.inventory.groups {
            let Some(entries) = bound.entries.get(&group.each) else { continue };
            for known in &group.fields {
                let key = &known.field.key;
                let is_refused = |entry: usize| self.notes.refused(key, Some(entry)).is_some();
                let is_unfilled = |(index, entry): &(usize, &Entry)| {
                    entry.values.get(key).is_none_or(Value::is_absent) && !is_refused(*index)
                };
                let count = entries.iter().enumerate().filter(is_unfilled).count();
                if count > 0 {
                    let message = format!("'{key}' was given no value in {count} of {} entries", entries.len());
                    self.unfilled(key, message);
                }
            }
        }
    }

    fn unfilled(&mut self, key: &str, message: String) {
        self.notes.warnings.push(Warning::new(WarningCode::Unfilled, message).for_label(key));
    }
}

fn is_required(known: &KnownField) -> bool {
    known.field.required == Some(true)
}

/// An explicit empty value counts as missing where one is required.
fn is_blank(value: Option<&Value>) -> bool {
    value.is_none_or(Value::is_empty)
}
