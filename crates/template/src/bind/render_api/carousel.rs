//! The three shapes of a carousel: the list of entries, the object of intro, slides and ending, and
//! `carousel_content` with its elements.

use serde_json::{Map, Value as Json};

use super::super::given::GivenEntry;
use super::super::labels::LabelScope;
use super::Binder;
use super::request::Reader;
use super::update::{Update, UpdateKind, parse_list, parse_looks};
use crate::document::Role;
use crate::warning::{Warning, WarningCode};

/// A carousel of any of the three shapes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Carousel {
    /// Holds for the intro slide only.
    pub intro: Option<CarouselEntry>,
    pub slides: Vec<CarouselEntry>,
    /// Holds for the ending slide only.
    pub ending: Option<CarouselEntry>,
}

/// What a request gives for one slide.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CarouselEntry {
    /// The template's slide that the entry asks for.
    pub slide: Option<String>,
    pub updates: Vec<Update>,
    /// `carousel.slides[0]`
    pub place: String,
    /// `heading`, `description` and `image` may mean fields by their place on the slide.
    by_role: bool,
}

/// Reads `carousel` or `carousel_content`; an empty one is none.
pub(super) fn parse(reader: &mut Reader, body: &Map<String, Json>) -> Option<Carousel> {
    let present = |key: &str| body.get(key).filter(|value| !value.is_null());
    let (list, content) = (present("carousel"), present("carousel_content"));
    if list.is_some() && content.is_some() {
        let message = "carousel_content is ignored, because carousel is given, too".to_owned();
        reader.warn(WarningCode::UnknownLabel, "carousel_content", message);
    }
    let (place, value) = match (list, content) {
        (Some(value), _) => ("carousel", value),
        (None, Some(value)) => ("carousel_content", value),
        (None, None) => return None,
    };
    let carousel = match value {
        Json::Array(entries) => {
            let slides = entries
                .iter()
                .enumerate()
                .filter_map(|(index, entry)| parse_entry(reader, &format!("{place}[{index}]"), entry));
            Carousel { slides: slides.collect(), ..Carousel::default() }
        }
        Json::Object(object) => parse_object(reader, place, object),
        _ => {
            reader
                .fault(place, format!("{place} must be an array, or an object with intro_slide, slides, ending_slide"));
            return None;
        }
    };
    let is_empty = carousel.intro.is_none() && carousel.slides.is_empty() && carousel.ending.is_none();
    (!is_empty).then_some(carousel)
}

fn parse_object(reader: &mut Reader, place: &str, object: &Map<String, Json>) -> Carousel {
    let mut carousel = Carousel::default();
    for (key, value) in object {
        let place = format!("{place}.{key}");
        match (key.as_str(), value) {
            (_, Json::Null) => {}
            ("intro_slide", value) => carousel.intro = parse_entry(reader, &place, value),
            ("ending_slide", value) => carousel.ending = parse_entry(reader, &place, value),
            ("slides", Json::Array(entries)) => {
                let parse = |(index, entry)| parse_entry(reader, &format!("{place}[{index}]"), entry);
                carousel.slides = entries.iter().enumerate().filter_map(parse).collect();
            }
            ("slides", _) => reader.fault(&place, format!("{place} must be an array")),
            (key, _) => {
                let message = format!("{place} is not known and ignored; there are intro_slide, slides, ending_slide");
                reader.warn(WarningCode::UnknownLabel, key, message);
            }
        }
    }
    carousel
}

/// One entry: `content_fields`, `elements`, or labels with their values beside each other.
fn parse_entry(reader: &mut Reader, place: &str, entry: &Json) -> Option<CarouselEntry> {
    let Some(object) = entry.as_object() else {
        reader.fault(place, format!("{place} must be an object"));
        return None;
    };
    let mut parsed = CarouselEntry { place: place.to_owned(), ..CarouselEntry::default() };
    for (key, value) in object {
        let place = format!("{place}.{key}");
        match (key.as_str(), value) {
            ("content_fields", value) => parsed.updates.extend(parse_list(reader, &place, Some(value))),
            ("elements", Json::Object(elements)) => {
                parsed.by_role = true;
                for (label, element) in elements {
                    parsed.updates.extend(parse_element(reader, &format!("{place}.{label}"), label, element));
                }
            }
            ("elements", Json::Null) => {}
            ("elements", _) => reader.fault(&place, format!("{place} must be an object")),
            ("slide", Json::String(id)) => parsed.slide = Some(id.clone()),
            (label, value) => {
                parsed.by_role = true;
                parsed.updates.extend(parse_element(reader, &place, label, value));
            }
        }
    }
    Some(parsed)
}

/// A label's value: as it is, or `{type, value}` with looks.
fn parse_element(reader: &mut Reader, place: &str, label: &str, element: &Json) -> Option<Update> {
    let Some(object) = element.as_object() else {
        let (kind, looks) = (UpdateKind::Unsaid, super::super::overrides::Looks::default());
        return Some(Update { kind, label: label.to_owned(), value: element.clone(), looks, place: place.to_owned() });
    };
    let kind = match object.get("type") {
        None | Some(Json::Null) => UpdateKind::Unsaid,
        Some(Json::String(kind)) if kind == "text" || kind == "textbox" => UpdateKind::Textbox,
        Some(Json::String(kind)) if kind == "image" => UpdateKind::Image,
        Some(Json::String(kind)) if kind == "shape" => UpdateKind::Shape,
        Some(other) => {
            reader.fault(&format!("{place}.type"), format!("{place}.type must be text, image or shape, not {other}"));
            return None;
        }
    };
    let looks = parse_looks(reader, place, kind, object);
    let value = object.get("value").cloned().unwrap_or_default();
    Some(Update { kind, label: label.to_owned(), value, looks, place: place.to_owned() })
}

impl<'a> Binder<'a> {
    pub(super) fn carousel(&mut self, carousel: &Carousel) {
        if let Some(intro) = &carousel.intro {
            self.role_slide(Role::Intro, intro);
        }
        if let Some(ending) = &carousel.ending {
            self.role_slide(Role::Outro, ending);
        }
        if self.compiled.fields().groups.is_empty() {
            self.loose_entries(&carousel.slides);
        } else {
            self.group_entries(&carousel.slides);
        }
    }

    /// The slide of that role; without one, the first or the last that does not repeat.
    fn role_slide(&mut self, role: Role, given: &CarouselEntry) {
        let (template, inventory) = (self.compiled.template(), self.compiled.fields());
        let mut plain = template.slides.iter().filter(|slide| slide.repeat.is_none());
        let by_role = plain.clone().find(|slide| slide.role == Some(role));
        let slide = by_role.or_else(|| if role == Role::Intro { plain.next() } else { plain.next_back() });
        let Some(slide) = slide else {
            let message = format!("{} is ignored: every slide of the template repeats", given.place);
            self.given.notes.warnings.push(Warning::new(WarningCode::UnknownLabel, message).for_label(&given.place));
            return;
        };
        let scopes = [LabelScope::slide(template, inventory, &slide.id), LabelScope::document(template, inventory)];
        let mut entry = self.given.slides.shift_remove(&slide.id).unwrap_or_default();
        given.place.clone_into(&mut entry.place);
        self.updates(&scopes, given, &[&slide.id], &mut entry);
        self.given.slides.insert(slide.id.clone(), entry);
    }

    fn group_entries(&mut self, entries: &[CarouselEntry]) {
        let (template, inventory) = (self.compiled.template(), self.compiled.fields());
        let Some(group) = inventory.groups.first() else { return };
        let slides: Vec<&str> = group.slides.iter().map(String::as_str).collect();
        let scopes = [LabelScope::group(template, inventory, &group.each), LabelScope::document(template, inventory)];
        let given = entries.iter().map(|entry| self.entry(&scopes, entry, &slides)).collect();
        self.put_entries(given);
    }

    /// Entries of a template without a repeating slide: the n-th means the n-th slide that no role has taken.
    fn loose_entries(&mut self, entries: &[CarouselEntry]) {
        let (template, inventory) = (self.compiled.template(), self.compiled.fields());
        let taken: Vec<String> = self.given.slides.keys().cloned().collect();
        let is_single = template.slides.len() == 1;
        let free: Vec<&str> = template
            .slides
            .iter()
            .map(|s| s.id.as_str())
            .filter(|id| is_single || !taken.iter().any(|t| t == id))
            .collect();
        let mut given = Vec::with_capacity(entries.len());
        for (index, entry) in entries.iter().enumerate() {
            let id = if is_single { free.first() } else { free.get(index) };
            let own = id.map(|id| LabelScope::slide(template, inventory, id));
            let scopes: Vec<_> = own.into_iter().chain([LabelScope::document(template, inventory)]).collect();
            given.push(self.entry(&scopes, entry, id.map_or(&[], std::slice::from_ref)));
        }
        self.put_entries(given);
    }

    fn entry(&mut self, scopes: &[LabelScope<'a>], given: &CarouselEntry, slides: &[&str]) -> GivenEntry {
        let mut entry = GivenEntry { slide: given.slide.clone(), place: given.place.clone(), ..GivenEntry::default() };
        self.updates(scopes, given, slides, &mut entry);
        entry
    }

    fn updates(&mut self, scopes: &[LabelScope<'a>], given: &CarouselEntry, slides: &[&str], entry: &mut GivenEntry) {
        for update in &given.updates {
            let own = scopes.first().filter(|own| given.by_role && own.find(&update.label).is_none());
            let by_role = own.and_then(|own| own.by_role(&update.label));
            match by_role {
                Some(field) => {
                    let meant = Update { label: field.field.key.clone(), ..update.clone() };
                    self.entry_update(scopes, &meant, slides, entry);
                }
                None => self.entry_update(scopes, update, slides, entry),
            }
        }
    }
}
