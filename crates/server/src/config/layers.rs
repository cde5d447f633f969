//! Lays the sources over the defaults: file, environment, command line. Finds unknown keys and says which one was meant.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use toml::Value;
use toml::de::{DeTable, DeValue};

use super::{Place, Settings, Sources};

const ENV_PREFIX: &str = "HANDBILL__";

impl Settings {
    pub(super) fn read(sources: &Sources) -> Settings {
        let mut settings = Settings::defaults();
        if let Some(path) = &sources.file {
            settings.lay_file(path);
        }
        for (name, value) in &sources.env {
            if let Some(name) = name.to_str().filter(|name| name.starts_with(ENV_PREFIX)) {
                settings.lay_variable(name, value, sources);
            }
        }
        for (flag, key, value) in &sources.flags {
            let value = settings.typed(key, value);
            settings.set.insert((*key).to_owned(), (value, Place::Flag(flag)));
        }
        settings
    }

    fn lay_file(&mut self, path: &Path) {
        let place = |line| Place::File { path: path.to_owned(), line };
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(e) => return self.fault(place(0), format!("cannot read this file: {e}")),
        };
        let line_of = |at: usize| text[..at.min(text.len())].matches('\n').count() + 1;
        let (table, errors) = DeTable::parse_recoverable(&text);
        for error in &errors {
            self.fault(place(error.span().map_or(0, |span| line_of(span.start))), error.message());
        }
        for (section, keys) in table.get_ref() {
            let at = place(line_of(section.span().start));
            let section = section.get_ref();
            let DeValue::Table(keys) = keys.get_ref() else {
                self.fault(at, format!("`{section}` stands outside of a section; {}", self.advice(section)));
                continue;
            };
            self.lay_section(section, keys, &|at| place(line_of(at)));
        }
    }

    fn lay_section(&mut self, section: &str, keys: &DeTable<'_>, place: &dyn Fn(usize) -> Place) {
        for (key, value) in keys {
            let at = place(key.span().start);
            let key = format!("{section}.{}", key.get_ref());
            let value = value.get_ref();
            match value {
                DeValue::Table(keys) if self.is_section(&key) => self.lay_section(&key, keys, place),
                _ if !self.defaults.contains_key(&key) => {
                    self.fault(at, format!("there is no key `{key}`; {}", self.advice(&key)));
                }
                _ => match owned(value) {
                    Some(value) => _ = self.set.insert(key, (value, at)),
                    None => {
                        let default = &self.defaults[&key];
                        self.fault(at, format!("{key}: this kind of value is not used (the default is {default})"));
                    }
                },
            }
        }
    }

    fn is_section(&self, name: &str) -> bool {
        self.defaults.keys().any(|key| key.strip_prefix(name).is_some_and(|rest| rest.starts_with('.')))
    }

    fn lay_variable(&mut self, name: &str, value: &OsStr, sources: &Sources) {
        let place = Place::Env(name.to_owned());
        let (target, from_file) = match name.strip_suffix("__FILE") {
            Some(target) => (target, true),
            None => (name, false),
        };
        let key = target[ENV_PREFIX.len()..].to_ascii_lowercase().replace("__", ".");
        if !self.defaults.contains_key(&key) {
            let advice =
                self.nearest(&key).map_or_else(|| self.advice(&key), |key| format!("did you mean {}?", variable(&key)));
            return self.fault(place, format!("there is no such setting; {advice}"));
        }
        if from_file && sources.env.iter().any(|(other, _)| other == target) {
            return self.fault(place, format!("{target} is set as well; unset one of the two"));
        }
        let Some(text) = value.to_str() else {
            return self.fault(place, "is not UTF-8 text");
        };
        let text = match from_file.then(|| fs::read_to_string(text)) {
            None => text.to_owned(),
            Some(Ok(content)) => content.trim_end_matches(['\r', '\n']).to_owned(),
            Some(Err(e)) => return self.fault(place, format!("cannot read {text}: {e}")),
        };
        let value = self.typed(&key, &text);
        self.set.insert(key, (value, place));
    }

    /// A text of the environment or command line as the kind of value that the key has. What does not fit stays a text:
    /// taking the setting reports it.
    fn typed(&self, key: &str, text: &str) -> Value {
        let fitting = match &self.defaults[key] {
            Value::Integer(_) => text.replace('_', "").parse().ok().map(Value::Integer),
            Value::Boolean(_) => text.parse().ok().map(Value::Boolean),
            Value::Array(_) => {
                let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
                Some(Value::Array(parts.map(Value::from).collect()))
            }
            _ => None,
        };
        fitting.unwrap_or_else(|| Value::from(text))
    }

    fn advice(&self, written: &str) -> String {
        match self.nearest(written) {
            Some(key) => format!("did you mean `{key}`?"),
            None => "`handbill config --defaults` lists what there is".to_owned(),
        }
    }

    /// The key that was probably meant: the same name in another section, or few letters away.
    fn nearest(&self, written: &str) -> Option<String> {
        let name = |key: &str| key.rsplit('.').next().unwrap_or_default().to_owned();
        if let Some(key) = self.defaults.keys().find(|key| name(key) == name(written)) {
            return Some(key.clone());
        }
        let distance = |key: &String| strsim::damerau_levenshtein(key, written);
        let nearest = self.defaults.keys().min_by_key(|key| distance(key))?;
        (distance(nearest) <= 2.max(written.len() / 4)).then(|| nearest.clone())
    }
}

/// The variable that sets a key.
fn variable(key: &str) -> String {
    format!("{ENV_PREFIX}{}", key.replace('.', "__").to_ascii_uppercase())
}

fn owned(value: &DeValue<'_>) -> Option<Value> {
    Some(match value {
        DeValue::String(text) => Value::from(text.as_ref()),
        DeValue::Integer(number) => Value::Integer(i64::from_str_radix(number.as_str(), number.radix()).ok()?),
        DeValue::Float(number) => Value::Float(number.as_str().parse().ok()?),
        DeValue::Boolean(switch) => Value::Boolean(*switch),
        DeValue::Array(items) => {
            Value::Array(items.iter().map(|item| owned(item.get_ref())).collect::<Option<Vec<Value>>>()?)
        }
        DeValue::Datetime(_) | DeValue::Table(_) => return None,
    })
}
