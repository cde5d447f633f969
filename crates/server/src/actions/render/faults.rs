//! Everything that is wrong with a request, gathered until all of it is known.

use handbill_template::WarningCode;
use handbill_template::bind::{BindError, BindFaultKind};
use handbill_template::nearest::nearest;

use crate::actions::template::{field_of, pointer};
use crate::actions::{ActionError, Field, Kind, Result};

#[derive(Clone, Debug, Default)]
pub(super) struct Faults {
    fields: Vec<Field>,
    /// The same for people, each on its own.
    sentences: Vec<String>,
}

impl Faults {
    /// `message` goes behind the place: `must be a string`.
    pub(super) fn wrong(&mut self, place: &str, message: impl Into<String>) {
        let message = message.into();
        self.sentences.push(format!("{place} {message}"));
        self.fields.push(Field::new(place, message));
    }

    /// A name that is none of those that there are.
    pub(super) fn unknown<'a>(&mut self, place: &str, name: &str, known: impl Iterator<Item = &'a str> + Clone) {
        let suggestion = nearest(name, known.clone()).map(str::to_owned);
        let hint = match &suggestion {
            Some(meant) => format!("did you mean '{meant}'?"),
            None => format!("there are {}", known.collect::<Vec<_>>().join(", ")),
        };
        self.sentences.push(format!("{place} is not known here; {hint}"));
        self.fields.push(Field { suggestion, ..Field::new(place, format!("is not known here; {hint}")) });
    }

    /// `message` stands alone.
    pub(super) fn say(&mut self, place: &str, message: String) {
        let suggestion = meant(&message);
        self.fields.push(Field { suggestion, ..Field::new(place, message.clone()) });
        self.sentences.push(message);
    }

    /// What binding found; the labels that may have been meant for a field that is missing among it.
    pub(super) fn of_binding(&mut self, error: &BindError) {
        for fault in &error.faults {
            let field = field_of(fault);
            self.say(&field.name, field.message);
        }
        if error.faults.iter().any(|fault| fault.kind == BindFaultKind::MissingField) {
            for warning in error.warnings.iter().filter(|warning| warning.code == WarningCode::UnknownLabel) {
                let label = warning.label.as_deref().unwrap_or_default();
                let told = warning.message.split_once(": ").map(|(place, _)| place);
                let place =
                    told.filter(|place| place.ends_with(label)).map_or_else(|| format!("data.{label}"), str::to_owned);
                self.say(&pointer(&place), warning.message.clone());
            }
        }
    }

    /// Takes what is the request's fault; anything else is not for gathering.
    pub(super) fn of_action(&mut self, place: &str, error: ActionError) -> Result<()> {
        if error.kind != Kind::Invalid {
            return Err(error);
        }
        self.say(place, error.message);
        Ok(())
    }

    /// # Errors
    /// `Invalid` when there is any.
    pub(super) fn check(self) -> Result<()> {
        if self.fields.is_empty() {
            return Ok(());
        }
        Err(ActionError::new(Kind::Invalid, self.sentences.join("; ")).with_fields(self.fields))
    }
}

/// What a message says was meant.
fn meant(message: &str) -> Option<String> {
    let (_, rest) = message.split_once("did you mean '")?;
    rest.split_once("'?").map(|(name, _)| name.to_owned())
}
