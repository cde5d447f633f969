//! The request of `/v1/renders`: the values, and how they are to be drawn; every size in every format is an output.

use std::ops::RangeInclusive;
use std::sync::Arc;

use handbill_render::{Compression, Format};
use handbill_template::bind::native::{self, NativeData};
use handbill_template::bind::{BindOptions, Bound};
use handbill_template::resolve::SizeChoice;
use serde_json::{Map, Value};

use super::faults::Faults;
use super::request::{Ready, WantedOutput};
use crate::actions::draw::{DrawOptions, format_named, off_thread};
use crate::actions::font::FontShelf;
use crate::actions::token::check_webhook_url;
use crate::actions::{Result, brand_kit, template};
use crate::app::App;
use crate::templates::StoredTemplate;

/// Sizes times formats of one request.
pub const MAX_OUTPUTS: usize = 20;
const KEYS: [&str; 18] = [
    "template",
    "data",
    "brand",
    "nodes",
    "size",
    "sizes",
    "format",
    "formats",
    "scale",
    "quality",
    "compression",
    "transparent",
    "locale",
    "strict",
    "brand_kit",
    "metadata",
    "webhook_url",
    "$schema",
];

/// As far as it could be read.
#[derive(Clone, Debug)]
pub(super) struct NativeRequest {
    pub(super) template: String,
    pub(super) webhook_url: Option<String>,
    pub(super) metadata: Option<Value>,
    /// Nothing if they are no values at all.
    values: Option<NativeData>,
    /// With their places in the request.
    sizes: Vec<(String, String)>,
    formats: Vec<Format>,
    scale: f64,
    quality: Option<u8>,
    compression: Compression,
    transparent: bool,
    locale: Option<String>,
    strict: bool,
    brand_kit: Option<String>,
    /// What could not be read.
    faults: Faults,
}

impl NativeRequest {
    pub(super) fn parse(body: &Map<String, Value>) -> NativeRequest {
        let mut read = Reader { body, faults: Faults::default() };
        for key in body.keys().filter(|key| !KEYS.contains(&key.as_str())) {
            let place = key.replace('~', "~0").replace('/', "~1");
            read.faults.unknown(&place, key, KEYS.into_iter().filter(|known| *known != "$schema"));
        }
        let values = read.values();
        let request = NativeRequest {
            template: read.template(),
            webhook_url: read.webhook_url(),
            metadata: body.get("metadata").filter(|metadata| !metadata.is_null()).cloned(),
            values,
            sizes: read.one_or_many("size", "sizes"),
            formats: read.formats(),
            scale: read.number("scale", 1.0..=4.0).unwrap_or(1.0),
            quality: read.quality(),
            compression: read.compression(),
            transparent: read.flag("transparent"),
            locale: read.text("locale"),
            strict: read.flag("strict"),
            brand_kit: read.text_or_number("brand_kit"),
            faults: Faults::default(),
        };
        let outputs = request.sizes.len().max(1) * request.formats.len();
        if outputs > MAX_OUTPUTS {
            let message = format!("times formats are {outputs} outputs; at most {MAX_OUTPUTS} are drawn at once");
            read.faults.wrong("sizes", message);
        }
        NativeRequest { faults: read.faults, ..request }
    }

    /// The formats of the outputs, with commas between them.
    pub(super) fn output(&self) -> String {
        let sizes = self.sizes.len().max(1);
        let all = (0..sizes).flat_map(|_| self.formats.iter().map(|format| format.extension()));
        all.collect::<Vec<_>>().join(",")
    }

    /// Finds the template and puts the values where they belong.
    pub(super) async fn ready(&self, app: &App, account_id: i64, reference: &str) -> Result<Ready> {
        let mut faults = self.faults.clone();
        if self.template.is_empty() {
            faults.clone().check()?;
        }
        let stored = template::get(app, account_id, reference).await?;
        self.check_sizes(&stored, &mut faults);
        let (filled, values, strict) = (Arc::clone(&stored), self.values.clone(), self.strict);
        let max_entries = app.renderer.limits.max_slides;
        let bound = off_thread(move || {
            let options = BindOptions { strict, max_entries, ..BindOptions::default() };
            values.map(|values| native::bind(&filled.compiled, &values, &options))
        });
        let mut bound = match bound.await? {
            Some(Ok(bound)) => bound,
            Some(Err(error)) => {
                faults.of_binding(&error);
                Bound::default()
            }
            None => Bound::default(),
        };
        if let Err(error) = brand_kit::fill(app, account_id, self.brand_kit.as_deref(), &mut bound).await {
            faults.of_action("brand_kit", error)?;
        }
        faults.check()?;
        Ok(Ready { stored, bound, outputs: self.outputs(&FontShelf::of(app, account_id)) })
    }

    fn check_sizes(&self, stored: &StoredTemplate, faults: &mut Faults) {
        let known = &stored.template().sizes;
        for (place, size) in &self.sizes {
            if let SizeChoice::Named(name) = SizeChoice::parse(size)
                && !known.contains_key(&name)
            {
                match known.is_empty() {
                    true => faults.wrong(place, "names a size, and the template has none; write one like 1200x630"),
                    false => faults.unknown(place, &name, known.keys().map(String::as_str)),
                }
            }
        }
    }

    /// Every size in every format.
    fn outputs(&self, fonts: &FontShelf) -> Vec<WantedOutput> {
        let own = [("data".to_owned(), String::new())];
        let sizes = if self.sizes.is_empty() { &own[..] } else { &self.sizes[..] };
        let of = |place: &String, size: &String, format: Format| WantedOutput {
            size: Some(size.clone()).filter(|size| !size.is_empty()),
            place: Some(place.clone()),
            options: DrawOptions {
                size: SizeChoice::parse(size),
                scale: self.scale,
                quality: self.quality,
                compression: self.compression,
                transparent: self.transparent,
                locale: self.locale.clone(),
                strict: self.strict,
                fonts: fonts.clone(),
                ..DrawOptions::new(format)
            },
        };
        sizes.iter().flat_map(|(place, size)| self.formats.iter().map(move |format| of(place, size, *format))).collect()
    }
}

/// Reads a body key by key; null is as if it were not there.
struct Reader<'a> {
    body: &'a Map<String, Value>,
    faults: Faults,
}

impl<'a> Reader<'a> {
    /// `data`, `brand` and `nodes`, as far as they are objects.
    fn values(&mut self) -> Option<NativeData> {
        if let Err(error) = NativeData::parse(&Value::Object(self.body.clone())) {
            self.faults.of_binding(&error);
        }
        let object = |key: &str| self.get(key).map_or(Some(Map::new()), |value| value.as_object().cloned());
        let (brand, nodes) = (object("brand").unwrap_or_default(), object("nodes").unwrap_or_default());
        Some(NativeData { data: object("data")?, brand, nodes })
    }

    fn get(&self, key: &str) -> Option<&'a Value> {
        self.body.get(key).filter(|value| !value.is_null())
    }

    fn as_text(&mut self, place: &str, value: &Value) -> Option<String> {
        match value {
            Value::String(text) if text.chars().any(char::is_control) => {
                self.faults.wrong(place, "holds a control character");
                None
            }
            Value::String(text) => Some(text.trim().to_owned()),
            _ => {
                self.faults.wrong(place, "must be a string");
                None
            }
        }
    }

    fn text(&mut self, key: &str) -> Option<String> {
        self.get(key).and_then(|value| self.as_text(key, value)).filter(|text| !text.is_empty())
    }

    fn text_or_number(&mut self, key: &str) -> Option<String> {
        match self.get(key) {
            Some(Value::Number(number)) => Some(number.to_string()),
            _ => self.text(key),
        }
    }

    fn flag(&mut self, key: &str) -> bool {
        match self.get(key) {
            None => false,
            Some(Value::Bool(flag)) => *flag,
            Some(_) => {
                self.faults.wrong(key, "must be true or false");
                false
            }
        }
    }

    fn number(&mut self, key: &str, range: RangeInclusive<f64>) -> Option<f64> {
        let number = self.get(key)?;
        let taken = number.as_f64().filter(|number| range.contains(number));
        if taken.is_none() {
            self.faults.wrong(key, format!("must be a number from {} to {}", range.start(), range.end()));
        }
        taken
    }

    fn template(&mut self) -> String {
        let before = self.get("template").is_some();
        let template = self.text_or_number("template").unwrap_or_default();
        if template.is_empty() && !(before && self.get("template").is_some_and(|value| !value.is_string())) {
            self.faults.wrong("template", "is required: a template's slug, alias or number");
        }
        template
    }

    fn webhook_url(&mut self) -> Option<String> {
        let url = self.text("webhook_url")?;
        let checked = check_webhook_url(&url).map_err(|why| self.faults.wrong("webhook_url", why));
        checked.is_ok().then_some(url)
    }

    fn quality(&mut self) -> Option<u8> {
        let number = self.get("quality")?;
        let taken = number.as_u64().and_then(|quality| u8::try_from(quality).ok());
        let taken = taken.filter(|quality| (1..=100).contains(quality));
        if taken.is_none() {
            self.faults.wrong("quality", "must be a whole number from 1 to 100");
        }
        taken
    }

    fn compression(&mut self) -> Compression {
        let Some(name) = self.text("compression") else { return Compression::default() };
        Compression::named(&name).unwrap_or_else(|| {
            self.faults.unknown("compression", &name, Compression::ALL.map(Compression::name).into_iter());
            Compression::default()
        })
    }

    /// One under `one`, or several under `many`, with their places; none of them twice.
    fn one_or_many(&mut self, one: &str, many: &str) -> Vec<(String, String)> {
        let texts = match (self.get(one), self.get(many)) {
            (Some(_), Some(_)) => {
                self.faults.wrong(many, format!("cannot stand beside {one}; take one of them"));
                return Vec::new();
            }
            (Some(value), None) => vec![(one.to_owned(), value)],
            (None, None) => return Vec::new(),
            (None, Some(Value::Array(values))) if !values.is_empty() => {
                values.iter().enumerate().map(|(index, value)| (format!("{many}/{index}"), value)).collect()
            }
            (None, Some(_)) => {
                self.faults.wrong(many, "must be a list of at least one string");
                return Vec::new();
            }
        };
        let mut read: Vec<(String, String)> = Vec::with_capacity(texts.len());
        for (place, value) in texts {
            match self.as_text(&place, value) {
                Some(text) if text.is_empty() && place != one => self.faults.wrong(&place, "can't be blank"),
                Some(text) if read.iter().any(|(_, other)| *other == text) => {
                    self.faults.wrong(&place, "is there twice");
                }
                Some(text) => read.push((place, text)),
                None => {}
            }
        }
        read
    }

    /// PNG if nothing is said.
    fn formats(&mut self) -> Vec<Format> {
        let mut formats = Vec::new();
        for (place, name) in self.one_or_many("format", "formats") {
            match format_named(&name.to_ascii_lowercase()) {
                Ok(format) if formats.contains(&format) => self.faults.wrong(&place, "is there twice"),
                Ok(format) => formats.push(format),
                Err(why) => self.faults.wrong(&place, format!("cannot be made: {why}")),
            }
        }
        if formats.is_empty() {
            formats.push(Format::Png);
        }
        formats
    }
}
