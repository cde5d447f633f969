//! Every setting as it was written, with its place. Turning one into its type reports a fault and goes on with the
//! default, so that all faults are found in one run. Not here: where settings come from (`layers.rs`).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Display};
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use serde::de::DeserializeOwned;
use toml::Value;

use super::{DEFAULTS, Fault, Faults, Place, Secret};

/// Keys whose value is never printed.
const SECRETS: [&str; 5] =
    ["server.secret_key", "database.url", "storage.s3.access_key", "storage.s3.secret_key", "metrics.token"];

/// One setting in force.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// `section.key`; a section within a section has its name too: `storage.s3.bucket`.
    pub key: String,
    /// As it was written; a secret is masked.
    pub value: Value,
    pub place: Place,
}

/// All settings.
#[derive(Clone)]
pub struct Settings {
    pub(super) defaults: BTreeMap<String, Value>,
    pub(super) set: BTreeMap<String, (Value, Place)>,
    pub(super) faults: Faults,
    /// Keys that became a value of `Config`.
    taken: BTreeSet<String>,
}

impl Settings {
    pub(super) fn defaults() -> Settings {
        let sections: toml::Table = DEFAULTS.parse().expect("the embedded defaults are TOML: a test reads them");
        let mut defaults = BTreeMap::new();
        flatten("", sections, &mut defaults);
        Settings { defaults, set: BTreeMap::new(), faults: Faults::default(), taken: BTreeSet::new() }
    }

    /// Every setting in force, section by section, secrets masked.
    pub fn effective(&self) -> Vec<Setting> {
        let mut all = Vec::with_capacity(self.defaults.len());
        for (key, default) in &self.defaults {
            let (mut value, place) = self.set.get(key).cloned().unwrap_or((default.clone(), Place::Default));
            if SECRETS.contains(&key.as_str()) && value.as_str() != Some("") {
                value = Value::from("********");
            }
            all.push(Setting { key: key.clone(), value, place });
        }
        all.sort_by(|a, b| a.key.rsplit_once('.').cmp(&b.key.rsplit_once('.')));
        all
    }

    pub(super) fn fault(&mut self, place: Place, message: impl Into<String>) {
        self.faults.0.push(Fault { place, message: message.into() });
    }

    /// The setting as a `T`.
    pub(super) fn take<T: DeserializeOwned>(&mut self, key: &str) -> T {
        self.take_if(key, |_| Ok(()))
    }

    /// The setting as a number within bounds.
    pub(super) fn take_in<T>(&mut self, key: &str, bounds: RangeInclusive<T>) -> T
    where
        T: DeserializeOwned + PartialOrd + Display,
    {
        self.take_if(key, |value| match bounds.contains(value) {
            true => Ok(()),
            false => Err(format!("{value} is out of bounds; it can be {} to {}", bounds.start(), bounds.end())),
        })
    }

    /// The setting as a `T`, or nothing if it is an empty text.
    pub(super) fn take_unless_empty<T: DeserializeOwned>(&mut self, key: &str) -> Option<T> {
        let is_empty = self.in_force(key).0.as_str() == Some("");
        if is_empty { None } else { self.take_checked(key, |_| Ok(())) }
    }

    pub(super) fn take_address(&mut self, key: &str) -> SocketAddr {
        let text: String = self.take_if(key, |text: &String| match text.parse::<SocketAddr>() {
            Ok(_) => Ok(()),
            Err(_) => Err(format!("`{text}` is no place to listen; write ADDR:PORT, as in 127.0.0.1:8080")),
        });
        text.parse().expect("it was checked, or is the default: a test takes all")
    }

    pub(super) fn take_path(&mut self, key: &str) -> PathBuf {
        let not_empty = |path: &PathBuf| match path.as_os_str().is_empty() {
            true => Err("is empty; write a path, for instance \".\"".to_owned()),
            false => Ok(()),
        };
        self.take_if(key, not_empty)
    }

    /// Whether anybody set the key to something.
    pub(super) fn is_given(&self, key: &str) -> bool {
        self.set.get(key).is_some_and(|(value, _)| value.as_str() != Some(""))
    }

    /// Reports that a setting does not go with the others, where it was set or should have been.
    pub(super) fn fault_at(&mut self, key: &str, why: &str) {
        let (_, place) = self.in_force(key);
        self.fault(place, format!("{key}: {why}"));
    }

    /// A secret of at least `least` characters, or nothing if it is empty.
    pub(super) fn take_secret(&mut self, key: &str, least: usize) -> Option<Secret> {
        self.take_hidden(key, |text| match text.chars().count() {
            found if found < least => Err(format!("has {found} characters; it needs {least} or more")),
            _ => Ok(()),
        })
    }

    pub(super) fn take_database_url(&mut self, key: &str) -> Option<Secret> {
        self.take_hidden(key, |text| handbill_db::Target::parse(text).map(drop).map_err(|why| why.to_string()))
    }

    /// A text that no message may show.
    fn take_hidden(&mut self, key: &str, check: impl Fn(&str) -> Result<(), String>) -> Option<Secret> {
        let (value, place) = self.in_force(key);
        let text = match value.as_str() {
            Some("") => return None,
            Some(text) => text.to_owned(),
            None => {
                self.fault(place, format!("{key}: expected a text in quotes"));
                return None;
            }
        };
        if let Err(why) = check(&text) {
            self.fault(place, format!("{key}: {why}"));
            return None;
        }
        Some(Secret::new(text))
    }

    fn take_if<T: DeserializeOwned>(&mut self, key: &str, check: impl Fn(&T) -> Result<(), String>) -> T {
        match self.take_checked(key, check) {
            Some(value) => value,
            None => self.defaults[key].clone().try_into().expect("each default is of its key's type: a test takes all"),
        }
    }

    fn take_checked<T: DeserializeOwned>(&mut self, key: &str, check: impl Fn(&T) -> Result<(), String>) -> Option<T> {
        let (value, place) = self.in_force(key);
        let fit = match same_kind(&value, &self.defaults[key]) {
            Ok(()) => value.try_into::<T>().map_err(|e| e.message().to_owned()),
            Err(why) => Err(why),
        };
        match fit.and_then(|value| check(&value).map(|()| value)) {
            Ok(value) => Some(value),
            Err(why) => {
                let default = match self.defaults[key].as_str() {
                    Some("") => String::new(),
                    _ => format!(" (the default is {})", self.defaults[key]),
                };
                self.fault(place, format!("{key}: {why}{default}"));
                None
            }
        }
    }

    /// Keys of the defaults that nobody asked for: what they say would have no effect.
    #[cfg(test)]
    pub(super) fn untaken(&self) -> Vec<String> {
        self.defaults.keys().filter(|key| !self.taken.contains(*key)).cloned().collect()
    }

    fn in_force(&mut self, key: &str) -> (Value, Place) {
        self.taken.insert(key.to_owned());
        match self.set.get(key) {
            Some((value, place)) => (value.clone(), place.clone()),
            None => (self.defaults[key].clone(), Place::Default),
        }
    }
}

/// The keys of a section, and of the sections in it, with their full names.
fn flatten(section: &str, keys: toml::Table, found: &mut BTreeMap<String, Value>) {
    for (key, value) in keys {
        let name = if section.is_empty() { key } else { format!("{section}.{key}") };
        match value {
            Value::Table(keys) => flatten(&name, keys, found),
            value => _ = found.insert(name, value),
        }
    }
}

/// Shows what `effective` shows: no secret.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.effective()).finish()
    }
}

fn same_kind(value: &Value, default: &Value) -> Result<(), String> {
    if value.same_type(default) {
        return Ok(());
    }
    let expected = match default {
        Value::Integer(_) => "a whole number",
        Value::Boolean(_) => "true or false",
        Value::Array(_) => "a list, as in [\"a\", \"b\"]",
        _ => "a text in quotes",
    };
    Err(format!("expected {expected}, found {value}"))
}
