//! Brand kits: keeping them, choosing one for a request, and filling the request's brand with it.

use handbill_template::bind::{Bound, Brand};
use handbill_template::color;
use handbill_template::nearest::nearest;
use handbill_template::value::{Value, Values};
use indexmap::IndexMap;
use url::Url;

use super::{ActionError, Field, Kind, Page, Result, text_fault};
use crate::app::App;
use crate::clock;
use crate::store::brand_kit::{self, BrandKit, BrandSays};

const MAX_CHARS: usize = 500;
const MAX_BIO_CHARS: usize = 2000;
/// An address, or a small picture in one.
const MAX_URL_CHARS: usize = 100_000;
/// Of colours, fonts and logos each.
const MAX_ENTRIES: usize = 100;

/// A kit as somebody wants it.
#[derive(Clone, Debug, Default)]
pub struct SaveBrandKit {
    pub name: String,
    /// `None` leaves it as it is; an account's first kit is the default one.
    pub is_default: Option<bool>,
    pub says: BrandSays,
}

pub async fn create_brand_kit(app: &App, account_id: i64, input: SaveBrandKit) -> Result<BrandKit> {
    let input = checked(input)?;
    let mut tx = app.db.begin().await?;
    if input.is_default == Some(true) {
        brand_kit::clear_default(&mut tx, account_id).await?;
    }
    let is_default = input.is_default == Some(true);
    let made = brand_kit::insert(&mut tx, account_id, &input.name, is_default, &input.says, clock::now_ms()).await;
    let made = made.map_err(|error| taken(error, &input.name))?;
    brand_kit::settle_default(&mut tx, account_id).await?;
    let kit = brand_kit::find(&mut tx, account_id, made.id).await?.ok_or_else(|| unknown(made.id))?;
    tx.commit().await?;
    Ok(kit)
}

pub async fn get_brand_kit(app: &App, account_id: i64, id: i64) -> Result<BrandKit> {
    brand_kit::find(&mut app.db.read().await?, account_id, id).await?.ok_or_else(|| unknown(id))
}

/// By number, beginning after `after`.
pub async fn list_brand_kits(app: &App, account_id: i64, after: i64, limit: i64) -> Result<Page<BrandKit>> {
    let limit = limit.clamp(1, Page::<BrandKit>::MAX_LIMIT);
    let rows = brand_kit::list(&mut app.db.read().await?, account_id, after, limit + 1).await?;
    Ok(Page::of(rows, limit, |kit| kit.id))
}

/// Replaces what a kit says.
pub async fn update_brand_kit(app: &App, account_id: i64, id: i64, input: SaveBrandKit) -> Result<BrandKit> {
    let mut tx = app.db.begin().await?;
    let kit = brand_kit::find(&mut tx, account_id, id).await?.ok_or_else(|| unknown(id))?;
    let input = checked(input)?;
    let is_default = input.is_default.unwrap_or(kit.is_default);
    if is_default && !kit.is_default {
        brand_kit::clear_default(&mut tx, account_id).await?;
    }
    let name = input.name.clone();
    let changed = BrandKit { name: input.name, is_default, says: input.says, ..kit };
    let changed = brand_kit::update(&mut tx, &changed, clock::now_ms()).await.map_err(|error| taken(error, &name))?;
    changed.ok_or_else(|| unknown(id))?;
    brand_kit::settle_default(&mut tx, account_id).await?;
    let kit = brand_kit::find(&mut tx, account_id, id).await?.ok_or_else(|| unknown(id))?;
    tx.commit().await?;
    Ok(kit)
}

/// If it was the default one, the oldest of the others is now.
pub async fn delete_brand_kit(app: &App, account_id: i64, id: i64) -> Result<()> {
    let mut tx = app.db.begin().await?;
    if !brand_kit::delete(&mut tx, account_id, id).await? {
        return Err(unknown(id));
    }
    brand_kit::settle_default(&mut tx, account_id).await?;
    Ok(tx.commit().await?)
}

/// Fills what a request leaves open of its brand from the kit that it chooses by number or name, or from the default one.
///
/// # Errors
/// `Invalid` when it chooses one that is not there.
pub async fn fill(app: &App, account_id: i64, chosen: Option<&str>, bound: &mut Bound) -> Result<()> {
    let mut conn = app.db.read().await?;
    let kit = match chosen.map(str::trim).filter(|chosen| !chosen.is_empty()) {
        None => brand_kit::find_default(&mut conn, account_id).await?,
        Some(chosen) => {
            let by_number = match chosen.parse() {
                Ok(id) => brand_kit::find(&mut conn, account_id, id).await?,
                Err(_) => None,
            };
            let found = match by_number {
                None if !chosen.contains('\0') => brand_kit::find_by_name(&mut conn, account_id, chosen).await?,
                found => found,
            };
            if found.is_none() {
                let known = brand_kit::list(&mut conn, account_id, 0, 100).await?;
                return Err(not_chosen(chosen, &known));
            }
            found
        }
    };
    if let Some(kit) = kit {
        bound.brand.fill(brand_of(kit));
    }
    Ok(())
}

/// As a request would give it.
fn brand_of(kit: BrandKit) -> Brand {
    let BrandSays { handle, bio, website_url, avatar_image_url, colors, fonts, logos } = kit.says;
    let mut values = Values::new();
    let texts = [
        ("name", Some(kit.name)),
        ("handle", handle),
        ("bio", bio),
        ("website_url", website_url),
        ("avatar_image_url", avatar_image_url),
    ];
    for (key, text) in texts {
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            values.insert(key.to_owned(), Value::Text(text));
        }
    }
    if !logos.is_empty() {
        let logos = logos.into_iter().map(|(name, url)| (name, Value::Text(url))).collect();
        values.insert("logos".to_owned(), Value::Map(logos));
    }
    Brand { values, colors, fonts, kept: Vec::new() }
}

/// The input as it is kept, or everything that is wrong with it.
fn checked(input: SaveBrandKit) -> Result<SaveBrandKit> {
    let name = input.name.trim().to_owned();
    let says = &input.says;
    let mut faults: Vec<Field> = text_fault("name", &name, MAX_CHARS).into_iter().collect();
    if name.is_empty() {
        faults.push(Field::new("name", "can't be blank"));
    }
    if name.parse::<i64>().is_ok() {
        faults.push(Field::new("name", "can't be a number: kits go by their numbers, too"));
    }
    faults.extend(says.handle.as_deref().and_then(|text| text_fault("handle", text, MAX_CHARS)));
    // A bio may have several lines.
    let bio = says.bio.as_deref().map(|bio| bio.replace(['\n', '\r', '\t'], " "));
    faults.extend(bio.as_deref().and_then(|text| text_fault("bio", text, MAX_BIO_CHARS)));
    faults.extend(says.website_url.as_deref().and_then(|text| text_fault("website_url", text, MAX_CHARS)));
    faults.extend(says.avatar_image_url.as_deref().and_then(|url| picture_fault("avatar_image_url", url)));
    entries("colors", &says.colors, &mut faults, |place, text| {
        color::parse_css(text).err().map(|_| Field::new(place, "is no colour; write one like #3b5bfd or rgb(0 0 0)"))
    });
    entries("fonts", &says.fonts, &mut faults, |place, text| {
        if text.trim().is_empty() {
            Some(Field::new(place, "can't be blank"))
        } else {
            text_fault(place, text, MAX_CHARS)
        }
    });
    entries("logos", &says.logos, &mut faults, picture_fault);
    if faults.is_empty() { Ok(SaveBrandKit { name, ..input }) } else { Err(ActionError::invalid(faults)) }
}

/// Names of the theme's tokens, and what each of them is.
fn entries(
    field: &str,
    map: &IndexMap<String, String>,
    faults: &mut Vec<Field>,
    fault: impl Fn(&str, &str) -> Option<Field>,
) {
    if map.len() > MAX_ENTRIES {
        faults.push(Field::new(field, format!("has more than {MAX_ENTRIES} entries")));
        return;
    }
    for (name, text) in map {
        let place = format!("{field}/{}", name.replace('~', "~0").replace('/', "~1"));
        let is_name = !name.is_empty()
            && name.len() <= 64
            && name.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-'));
        if is_name {
            faults.extend(fault(&place, text));
        } else {
            faults.push(Field::new(place, "has no usable name: take letters, digits, _ and -"));
        }
    }
}

/// Only its form: whether the address may be reached is checked each time it is fetched.
fn picture_fault(place: &str, text: &str) -> Option<Field> {
    if text.len() > MAX_URL_CHARS {
        return Some(Field::new(place, format!("is longer than {MAX_URL_CHARS} characters")));
    }
    let scheme = Url::parse(text).ok().map(|url| url.scheme().to_owned());
    match scheme.as_deref() {
        Some("http" | "https" | "data") => None,
        _ => Some(Field::new(place, "is no address of a picture; write one like https://example.com/logo.png")),
    }
}

fn taken(error: handbill_db::Error, name: &str) -> ActionError {
    if error.is_unique_violation() {
        ActionError::new(Kind::Conflict, format!("There is a brand kit '{name}' already"))
    } else {
        error.into()
    }
}

fn unknown(id: i64) -> ActionError {
    ActionError::new(Kind::NotFound, format!("There is no brand kit {id}"))
}

fn not_chosen(chosen: &str, known: &[BrandKit]) -> ActionError {
    let names = || known.iter().map(|kit| kit.name.as_str());
    let hint = match nearest(chosen, names()) {
        Some(name) => format!("did you mean '{name}'?"),
        None if known.is_empty() => "there is none yet".to_owned(),
        None => format!("there are {}", names().take(8).collect::<Vec<_>>().join(", ")),
    };
    let shown: String = chosen.chars().take(100).collect();
    let message = format!("brand_kit: there is no brand kit '{shown}'; {hint}");
    ActionError::new(Kind::Invalid, message.clone()).with_fields(vec![Field::new("brand_kit", message)])
}
