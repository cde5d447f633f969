//! Data to try a template with, made from its fields: short and long texts, other scripts, emoji, nothing optional,
//! pictures that cannot be had.
//! The same for the same template every time.

use std::iter;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use handbill_template::Compiled;
use handbill_template::bind::native::NativeData;
use handbill_template::document::{Field, FieldType, JsonObject};
use handbill_template::fields::{Group, KnownField};
use serde_json::{Value, json};

use crate::templates::sample_picture;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataSet {
    Short,
    Long,
    Arabic,
    Japanese,
    Emoji,
    /// Nothing that is not required: no optional picture, text or branding.
    Bare,
    /// Pictures that cannot be had.
    Lost,
}

/// A picture that is nowhere.
const LOST_PICTURE: &str = "no-such-picture.jpg";

/// Where the length of a text is not bounded.
const UNBOUNDED_CHARS: usize = 160;

impl DataSet {
    pub const ALL: [DataSet; 7] = [
        DataSet::Short,
        DataSet::Long,
        DataSet::Arabic,
        DataSet::Japanese,
        DataSet::Emoji,
        DataSet::Bare,
        DataSet::Lost,
    ];

    pub fn name(self) -> &'static str {
        match self {
            DataSet::Short => "short",
            DataSet::Long => "long",
            DataSet::Arabic => "arabic",
            DataSet::Japanese => "japanese",
            DataSet::Emoji => "emoji",
            DataSet::Bare => "bare",
            DataSet::Lost => "lost",
        }
    }

    /// The language to render it in.
    pub fn locale(self) -> Option<&'static str> {
        match self {
            DataSet::Arabic => Some("ar"),
            DataSet::Japanese => Some("ja"),
            DataSet::Short | DataSet::Long | DataSet::Emoji | DataSet::Bare | DataSet::Lost => None,
        }
    }

    /// Values for every field that this set fills.
    pub fn data(self, compiled: &Compiled) -> NativeData {
        let mut writer = Writer { set: self, compiled, texts: 0 };
        let inventory = compiled.fields();
        let mut data = writer.values(&inventory.document, 0);
        for group in &inventory.groups {
            let entries = (0..self.entries(group)).map(|index| Value::Object(writer.values(&group.fields, index)));
            data.insert(group.each.clone(), entries.collect());
        }
        NativeData { data, brand: self.brand(compiled), ..NativeData::default() }
    }

    /// As few as there may be for the short sets, three (or as many as there must be) for the others.
    fn entries(self, group: &Group) -> usize {
        let (least, most) = (group.min.unwrap_or(0) as usize, group.max.map_or(usize::MAX, |max| max as usize));
        let wanted = match self {
            DataSet::Short | DataSet::Bare => 1,
            DataSet::Long | DataSet::Arabic | DataSet::Japanese | DataSet::Emoji | DataSet::Lost => 2,
        };
        wanted.max(least).min(most)
    }

    fn brand(self, compiled: &Compiled) -> JsonObject {
        let (name, handle, bio) = match self {
            DataSet::Bare => return JsonObject::new(),
            DataSet::Short | DataSet::Lost => ("Bo", "@bo", "Hi."),
            DataSet::Long => (
                "Maximiliane Featherstonehaugh-Cholmondeley",
                "@maximiliane.featherstonehaugh.cholmondeley",
                "Helps teams that are spread over eleven time zones to find out what they have agreed on, and to write it down.",
            ),
            DataSet::Arabic => ("ليلى الحسن", "@layla", "أساعد الفرق على إطلاق منتجاتها كل أسبوع."),
            DataSet::Japanese => ("山田 花子", "@hanako", "毎週リリースするチームを支えています。"),
            DataSet::Emoji => ("Zoë 🦊", "@zoe", "🚀 ships · 🌱 grows · ❤️ tests"),
        };
        let avatar = compiled.template().brand.as_ref().and_then(|brand| brand.avatar_image_url.clone());
        let avatar = if self == DataSet::Lost { Some(LOST_PICTURE.to_owned()) } else { avatar };
        let brand = json!({
            "name": name, "handle": handle, "bio": bio, "website_url": "https://example.com/about",
            "avatar_image_url": avatar,
        });
        brand.as_object().cloned().unwrap_or_default()
    }

    /// Sentences of the set, one after the other, for ever.
    fn sentences(self) -> &'static [&'static str] {
        match self {
            DataSet::Short | DataSet::Bare | DataSet::Lost => &["Ship it", "Less is more", "Go", "Why not?"],
            DataSet::Long => &[
                "Everybody who has tried to explain a complicated change in one sentence knows how hard it is to leave things out.",
                "Counterintuitively, the interdisciplinary subcommittee's internationalization guidelines were written last.",
                "Donaudampfschifffahrtsgesellschaft is one word, and a text box has to live with it.",
            ],
            DataSet::Arabic => &[
                "مرحبًا بالعالم، سبع عادات للفرق التي تُطلق منتجاتها كل أسبوع.",
                "القواعد الصغيرة تتفوق على الخطط الكبيرة، حتى عام 2027 وما بعده.",
                "اكتب ملاحظات الإصدار أولًا، ثم ابدأ العمل على Handbill مع الفريق.",
            ],
            DataSet::Japanese => &[
                "毎週リリースするチームの七つの習慣。",
                "小さな約束は、大きな計画に勝つ。",
                "変更点を二行で説明できないなら、その変更は大きすぎる。",
            ],
            DataSet::Emoji => &[
                "Launch day 🚀 with the whole family 👩‍👩‍👧‍👦 ❤️",
                "1️⃣ Plan 2️⃣ Build 3️⃣ Ship 🎉🎉🎉",
                "Flags 🇪🇺 🏳️‍🌈 and faces 😀👍🏽 in one line ✨",
            ],
        }
    }
}

struct Writer<'a> {
    set: DataSet,
    compiled: &'a Compiled,
    /// Texts written so far: each begins with another sentence.
    texts: usize,
}

impl Writer<'_> {
    fn values(&mut self, fields: &[KnownField], entry: usize) -> JsonObject {
        let fields = fields.iter().map(|known| &known.field);
        fields.filter_map(|field| Some((field.key.clone(), self.value(field, entry)?))).collect()
    }

    /// Nothing for what the set leaves out.
    fn value(&mut self, field: &Field, entry: usize) -> Option<Value> {
        let required = field.required == Some(true);
        if self.set == DataSet::Bare && !required {
            return None;
        }
        match field.kind {
            FieldType::Text | FieldType::Richtext => Some(self.text(field).into()),
            FieldType::Image if self.set == DataSet::Lost => Some(LOST_PICTURE.into()),
            // Every second entry goes without, for the slides that are made for that.
            FieldType::Image if !required && entry % 2 == 1 => None,
            FieldType::Image => Some(self.image(field).into()),
            FieldType::Choice if self.set == DataSet::Long => {
                field.options.iter().max_by_key(|option| option.len()).map(|option| option.as_str().into())
            }
            FieldType::Choice => field.options.first().map(|option| option.as_str().into()),
            FieldType::Number => Some(number(field, self.set).into()),
            FieldType::Bool => Some(true.into()),
            FieldType::Url => Some("https://example.com/a/page".into()),
            FieldType::Date => Some("2027-03-18".into()),
            FieldType::List => Some(self.list(field)),
            // The template's own colours are what is to be looked at.
            FieldType::Color => required.then(|| "#c8452c".into()),
        }
    }

    fn text(&mut self, field: &Field) -> String {
        let most = field.max_length.map_or(UNBOUNDED_CHARS, |max| max as usize);
        let sentences = self.set.sentences();
        let first = self.texts % sentences.len();
        self.texts += 1;
        let text = match self.set {
            DataSet::Long => fill(sentences.iter().cycle().skip(first), most),
            _ => cut(sentences[first], most),
        };
        let least = field.min_length.unwrap_or(0) as usize;
        if text.chars().count() < least { fill(iter::repeat(&sentences[first]), least.max(most)) } else { text }
    }

    /// The template's sample, else a picture of ours.
    fn image(&self, field: &Field) -> String {
        let template = self.compiled.template();
        let in_sample = template.sample.as_ref().and_then(|sample| sample.get(&field.key));
        let sample = in_sample.or(field.sample.as_ref()).and_then(Value::as_str);
        let elsewhere = || first_image(self.compiled);
        sample
            .map(str::to_owned)
            .or_else(elsewhere)
            .unwrap_or_else(|| format!("data:image/jpeg;base64,{}", STANDARD.encode(sample_picture())))
    }

    fn list(&mut self, field: &Field) -> Value {
        let bound = |number: Option<f64>, other: usize| number.map_or(other, |number| number.max(0.0) as usize);
        let count = 3.max(bound(field.min, 0)).min(bound(field.max, usize::MAX));
        let of: Vec<KnownField> =
            field.of.iter().map(|inner| KnownField { field: inner.clone(), slide: None, declared: true }).collect();
        (0..count).map(|index| Value::Object(self.values(&of, index))).collect()
    }
}

/// A picture that any field of the template shows as its sample.
fn first_image(compiled: &Compiled) -> Option<String> {
    let inventory = compiled.fields();
    let fields = inventory.document.iter().chain(inventory.groups.iter().flat_map(|group| &group.fields));
    let mut images = fields.map(|known| &known.field).filter(|field| field.kind == FieldType::Image);
    images.find_map(|field| field.sample.as_ref()?.as_str().map(str::to_owned))
}

fn number(field: &Field, set: DataSet) -> f64 {
    let wanted: f64 = if set == DataSet::Long { 12_345.67 } else { 7.0 };
    wanted.max(field.min.unwrap_or(f64::MIN)).min(field.max.unwrap_or(f64::MAX))
}

/// Sentences up to so many characters; the last one may be cut.
fn fill<'a>(sentences: impl Iterator<Item = &'a &'static str>, most: usize) -> String {
    let mut text = String::new();
    for sentence in sentences {
        let left = most.saturating_sub(text.chars().count());
        if left < 2 {
            break;
        }
        if !text.is_empty() {
            text.push(' ');
        }
        text.extend(sentence.chars().take(left - 1));
    }
    text.trim_end().to_owned()
}

/// The text, or its beginning up to a word's end; in a script without spaces, up to a character.
fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let start: String = text.chars().take(most).collect();
    match start.rfind(' ').filter(|at| *at > 0) {
        Some(at) => start[..at].to_owned(),
        None => start,
    }
}

#[cfg(test)]
mod tests {
    use handbill_template::bind::{BindOptions, native};

    use super::*;
    use crate::templates::Templates;

    #[test]
    fn every_starter_takes_every_set_to_the_letter() {
        for stored in Templates::starters().unwrap().iter() {
            for set in DataSet::ALL {
                let options = BindOptions { strict: true, ..BindOptions::default() };
                let bound = native::bind(&stored.compiled, &set.data(&stored.compiled), &options);
                assert!(bound.is_ok(), "{} {}: {}", stored.slug(), set.name(), bound.unwrap_err());
            }
        }
    }

    #[test]
    fn long_texts_use_their_room_and_bare_sets_nothing_that_is_optional() {
        let templates = Templates::starters().unwrap();
        let card = templates.iter().find(|stored| stored.slug() == "og-blog").unwrap();
        let title = |set: DataSet| set.data(&card.compiled).data["title"].as_str().unwrap().chars().count();
        assert!((100..=110).contains(&title(DataSet::Long)) && title(DataSet::Short) < 20);
        let bare = DataSet::Bare.data(&card.compiled);
        assert_eq!(bare.data.keys().collect::<Vec<_>>(), ["title"]);
        assert!(bare.brand.is_empty());
    }

    #[test]
    fn texts_are_cut_at_words() {
        assert_eq!(cut("one two three", 20), "one two three");
        assert_eq!(cut("one two three", 9), "one two");
        assert_eq!(cut("七つの習慣", 3), "七つの");
        assert_eq!(fill(["ab cd", "ef"].iter().cycle(), 12), "ab cd ef ab");
    }
}
