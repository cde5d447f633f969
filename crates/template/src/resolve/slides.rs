//! Which slides there are: repeat groups with their entries, in output order; and each slide's scopes.

use super::evaluate::{Here, Shared, SlideResolver, Tally};
use super::nodes::{Names, Placing, item_values};
use super::page::Setup;
use super::{Resolution, ResolveError, ResolveLimits, ResolveOptions, SizeChoice};
use crate::bind::{Bound, Entry, NodeOverride};
use crate::compiled::{Compiled, PreparedSlide};
use crate::document::{Template, Weight, WeightKeyword};
use crate::expression::Scope;
use crate::locale::Locale;
use crate::resolved::{AssetRef, DesignedSize, Document, FontFile, Paint, Slide};
use crate::resolved::{Color, Rgba};
use crate::value::{Value, Values};

/// One slide of the output, before it is resolved.
struct Planned<'a> {
    prepared: &'a PreparedSlide,
    id: String,
    entry: Option<&'a Entry>,
    /// The entry's place in its group: index and count.
    item: Option<(usize, usize)>,
}

impl Planned<'_> {
    fn name(&self) -> Option<String> {
        let name = self.prepared.slide.name.as_deref().map(str::trim).filter(|name| !name.is_empty())?;
        Some(match self.item {
            Some((index, count)) if count > 1 => format!("{name} {}", index + 1),
            _ => name.to_owned(),
        })
    }
}

pub(super) fn resolve_slides(
    compiled: &Compiled,
    bound: &Bound,
    setup: &Setup,
    options: &ResolveOptions,
) -> Result<Resolution, ResolveError> {
    let template = compiled.template();
    let lang = options.locale.as_deref().or(template.lang.as_deref()).unwrap_or("en").to_owned();
    let shared = Shared {
        compiled,
        prepared: compiled.prepared(&setup.keys)?,
        bound,
        setup,
        limits: &options.limits,
        locale: Locale::find(&lang),
        lang,
    };
    let roots_values = shared_roots(&shared);
    let roots = Scope::new(&roots_values);
    let mut tally = Tally { warnings: bound.warnings.clone(), ..Tally::default() };
    let planned = plan(&shared, &roots, &mut tally)?;
    let count = planned.len();
    let mut slides = Vec::with_capacity(count);
    for (index, planned) in planned.iter().enumerate() {
        slides.push(resolve_slide(&shared, &roots, planned, (index, count), &mut tally)?);
    }
    let document = Document {
        title: template.name.clone().unwrap_or_else(|| template.id.clone()),
        author: author(&shared),
        lang: shared.lang.clone(),
        page: setup.page,
        slides,
        carousel: bound.carousel || is_carousel(template),
        fonts: template.fonts.iter().map(font_file).collect(),
    };
    Ok(Resolution { document, warnings: tally.warnings })
}

/// The brand's name, else who made the template.
fn author(shared: &Shared<'_>) -> Option<String> {
    let brand = match shared.bound.brand.values.get("name") {
        Some(Value::Text(name)) => Some(name.clone()),
        _ => None,
    };
    brand.or_else(|| shared.compiled.template().author.clone()).filter(|name| !name.trim().is_empty())
}

/// Whether a template's answer is a list of pictures by itself.
pub(crate) fn is_carousel(template: &Template) -> bool {
    template.slides.len() > 1 || template.slides.iter().any(|slide| slide.repeat.is_some())
}

/// `brand`, `size` and `t`: the same on every slide.
fn shared_roots(shared: &Shared<'_>) -> Values {
    let (setup, template) = (shared.setup, shared.compiled.template());
    let size = Values::from([
        ("name".to_owned(), Value::from(setup.name.as_str())),
        ("width".to_owned(), Value::Number(setup.page.width / setup.px_per_unit)),
        ("height".to_owned(), Value::Number(setup.page.height / setup.px_per_unit)),
    ]);
    let mut strings = Values::new();
    let language = shared.lang.split('-').next().unwrap_or_default();
    for locale in [template.lang.as_deref().unwrap_or("en"), language, &shared.lang] {
        let found = template.strings.iter().find(|(name, _)| name.eq_ignore_ascii_case(locale));
        for (key, text) in found.into_iter().flat_map(|(_, texts)| texts) {
            strings.insert(key.clone(), Value::Text(text.clone()));
        }
    }
    Values::from([
        ("brand".to_owned(), Value::Map(shared.bound.brand.values.clone())),
        ("size".to_owned(), Value::Map(size)),
        ("t".to_owned(), Value::Map(strings)),
    ])
}

/// The slide of its group that each entry takes, on the canvas as it was designed.
pub(crate) fn chosen_slides(compiled: &Compiled, bound: &Bound, group: &[String], entries: &[Entry]) -> Vec<String> {
    let prepared = compiled.prepared_as_designed();
    let setup = Setup::new(compiled.template(), &SizeChoice::Canvas);
    let (Ok(prepared), Ok(setup)) = (prepared, setup) else { return Vec::new() };
    let limits = ResolveLimits::default();
    let lang = compiled.template().lang.as_deref().unwrap_or("en").to_owned();
    let locale = Locale::find(&lang);
    let shared = Shared { compiled, prepared, bound, setup: &setup, limits: &limits, lang, locale };
    let roots_values = shared_roots(&shared);
    let first = prepared.slides.iter().position(|prepared| group.first() == Some(&prepared.slide.id));
    let group = first.and_then(|first| prepared.slides.get(first..first + group.len())).unwrap_or_default();
    let mut planned = Vec::new();
    plan_group(&shared, &Scope::new(&roots_values), group, entries, &mut Tally::default(), &mut planned);
    planned.into_iter().map(|planned| planned.prepared.slide.id.clone()).collect()
}

/// The slides of the output: groups of repeating slides expanded in place.
fn plan<'a>(shared: &Shared<'a>, roots: &Scope<'_>, tally: &mut Tally) -> Result<Vec<Planned<'a>>, ResolveError> {
    let bound = shared.bound;
    let slides = &shared.prepared.slides;
    let mut planned = Vec::new();
    let mut at = 0;
    while let Some(first) = slides.get(at) {
        let Some(repeat) = &first.slide.repeat else {
            at += 1;
            plan_single(shared, roots, first, tally, &mut planned);
            continue;
        };
        let same = |other: &&PreparedSlide| other.slide.repeat.as_ref().is_some_and(|r| r.each == repeat.each);
        let length = slides[at..].iter().take_while(same).count();
        let group = &slides[at..at + length];
        at += length;
        let entries = bound.entries.get(repeat.each.0.trim()).map_or(&[][..], Vec::as_slice);
        plan_group(shared, roots, group, entries, tally, &mut planned);
    }
    let limit = shared.limits.max_slides;
    if planned.len() > limit {
        return Err(ResolveError::Limit { what: "slides", found: planned.len() as u64, limit: limit as u64 });
    }
    if planned.is_empty() {
        return Err(ResolveError::NoSlides("every slide of the template repeats, and no entry is given".to_owned()));
    }
    Ok(planned)
}

fn plan_single<'a>(
    shared: &Shared<'a>,
    roots: &Scope<'_>,
    prepared: &'a PreparedSlide,
    tally: &mut Tally,
    planned: &mut Vec<Planned<'a>>,
) {
    let bound = shared.bound;
    let slide = &prepared.slide;
    if bound.dropped.contains(&slide.id) {
        return;
    }
    let copies = if shared.prepared.slides.len() == 1 { &bound.copies[..] } else { &[] };
    if copies.is_empty() {
        let entry = bound.slides.get(&slide.id);
        if holds(shared, roots, prepared, entry, None, tally) {
            planned.push(Planned { prepared, id: slide.id.clone(), entry, item: None });
        }
    }
    for (index, entry) in copies.iter().enumerate() {
        let item = Some((index, copies.len()));
        if holds(shared, roots, prepared, Some(entry), item, tally) {
            planned.push(Planned { prepared, id: format!("{}#{}", slide.id, index + 1), entry: Some(entry), item });
        }
    }
}

/// For each entry: the slide it names; else the first whose `when` is true; else those without one, in rotation; else
/// the group's first.
fn plan_group<'a>(
    shared: &Shared<'a>,
    roots: &Scope<'_>,
    group: &'a [PreparedSlide],
    entries: &'a [Entry],
    tally: &mut Tally,
    planned: &mut Vec<Planned<'a>>,
) {
    let plain: Vec<&PreparedSlide> = group.iter().filter(|prepared| prepared.slide.when.is_none()).collect();
    let mut rotation = plain.iter().cycle();
    for (index, entry) in entries.iter().enumerate() {
        let item = Some((index, entries.len()));
        let named = entry.slide.as_ref().and_then(|id| group.iter().find(|prepared| prepared.slide.id == *id));
        let prepared = named
            .or_else(|| {
                let conditional = |p: &&PreparedSlide| p.slide.when.is_some();
                group.iter().filter(conditional).find(|p| holds(shared, roots, p, Some(entry), item, tally))
            })
            .or_else(|| rotation.next().copied())
            .or_else(|| group.first());
        let Some(prepared) = prepared else { continue };
        let id = format!("{}#{}", prepared.slide.id, index + 1);
        planned.push(Planned { prepared, id, entry: Some(entry), item });
    }
}

/// Whether a slide's `when` is true. A slide without one is always there.
fn holds(
    shared: &Shared<'_>,
    roots: &Scope<'_>,
    prepared: &PreparedSlide,
    entry: Option<&Entry>,
    item: Option<(usize, usize)>,
    tally: &mut Tally,
) -> bool {
    let Some(when) = &prepared.slide.when else { return true };
    let place = SlidePlace { id: &prepared.slide.id, entry_name: entry_name(&prepared.slide), position: None, item };
    with_scopes(shared, roots, place, entry, |here| {
        let mut resolver = SlideResolver { shared, slide: here, index: 0, overrides: &[], tally };
        resolver.expression(here, when).is_true()
    })
}

#[derive(Clone, Copy)]
struct SlidePlace<'a> {
    id: &'a str,
    /// What `repeat.as` calls the entry.
    entry_name: Option<&'a str>,
    /// Index and count in the output; unknown while slides are chosen.
    position: Option<(usize, usize)>,
    item: Option<(usize, usize)>,
}

fn entry_name(slide: &crate::document::Slide) -> Option<&str> {
    slide.repeat.as_ref().and_then(|repeat| repeat.name.as_deref())
}

/// Runs something with the scopes of a slide: its entry's values, the document's, the reserved roots.
fn with_scopes<T>(
    shared: &Shared<'_>,
    roots: &Scope<'_>,
    place: SlidePlace<'_>,
    entry: Option<&Entry>,
    run: impl FnOnce(Here<'_>) -> T,
) -> T {
    let mut slide = Values::from([("id".to_owned(), Value::from(place.id))]);
    if let Some((index, count)) = place.position {
        slide.insert("index".to_owned(), Value::Number(index as f64));
        slide.insert("number".to_owned(), Value::Number((index + 1) as f64));
        slide.insert("count".to_owned(), Value::Number(count as f64));
    }
    let mut values = Values::from([("slide".to_owned(), Value::Map(slide))]);
    let mut named = Values::new();
    if let (Some((index, count)), Some(entry)) = (place.item, entry) {
        let item = item_values(&Value::Map(entry.values.clone()), index, count);
        if let Some(name) = place.entry_name {
            named.insert(name.to_owned(), Value::Map(item.clone()));
        }
        values.insert("item".to_owned(), Value::Map(item));
    }
    let roots = Scope::inside(&values, roots);
    let document = Scope::inside(&shared.bound.data, &roots);
    let named = Scope::inside(&named, &document);
    let nothing = Values::new();
    let scope = Scope::inside(entry.map_or(&nothing, |entry| &entry.values), &named);
    run(Here { scope: &scope, roots: &roots, node: place.id })
}

fn resolve_slide(
    shared: &Shared<'_>,
    roots: &Scope<'_>,
    planned: &Planned<'_>,
    position: (usize, usize),
    tally: &mut Tally,
) -> Result<Slide, ResolveError> {
    let slide = &planned.prepared.slide;
    let place =
        SlidePlace { id: &slide.id, entry_name: entry_name(slide), position: Some(position), item: planned.item };
    let own = planned.entry.map_or(&[][..], |entry| &entry.overrides);
    let overrides: Vec<&NodeOverride> = shared.bound.overrides.iter().chain(own).collect();
    with_scopes(shared, roots, place, planned.entry, |here| {
        let overrides = &overrides[..];
        let mut resolver = SlideResolver { shared, slide: here, index: position.0, overrides, tally };
        resolver.slide(here, planned)
    })
}

impl SlideResolver<'_> {
    fn slide(&mut self, here: Here<'_>, planned: &Planned<'_>) -> Result<Slide, ResolveError> {
        let slide = &planned.prepared.slide;
        let [width, height] = self.shared.setup.designed;
        let designed_parent = Some(DesignedSize { width: Some(width), height: Some(height) });
        let placing = Placing { names: &Names::default(), layers: &[], designed_parent };
        let mut children = Vec::with_capacity(planned.prepared.children.len());
        for child in &planned.prepared.children {
            self.expand(here, child, &placing, &mut children)?;
        }
        let canvas = &self.shared.compiled.template().canvas;
        let background = slide.background.as_ref().or(canvas.background.as_ref());
        let background = self.paints(here, background).filter(|paints| !paints.is_empty());
        Ok(Slide {
            id: planned.id.clone(),
            name: planned.name(),
            role: slide.role,
            background: background.unwrap_or_else(|| vec![Paint::Solid(Color::Rgba(Rgba::WHITE))]),
            frame: self.slide_frame(here, slide, children),
        })
    }
}

fn font_file(font: &crate::document::FontFile) -> FontFile {
    let weight = match font.weight {
        Some(Weight::Number(weight)) => Some(weight),
        Some(Weight::Keyword(WeightKeyword::Bold)) => Some(700.0),
        Some(Weight::Keyword(WeightKeyword::Normal)) => Some(400.0),
        Some(Weight::Binding(_)) | None => None,
    };
    FontFile {
        family: font.family.clone(),
        src: AssetRef(font.src.clone()),
        weight,
        italic: font.italic.unwrap_or(false),
    }
}
