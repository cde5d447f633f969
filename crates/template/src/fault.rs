//! Faults: what is wrong with a template, all of it at once, each with its place.

use std::fmt;

use serde::Serialize;

/// What a fault is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// The text is not JSON.
    Syntax,
    /// Larger, longer or deeper than a template may be.
    TooLarge,
    /// `format` names a format that this version does not read.
    UnknownFormat,
    /// A key stands twice in one object.
    DuplicateKey,
    /// The thing has no such property.
    UnknownProperty,
    /// A property that must be there is not.
    Missing,
    /// A value of the wrong kind, or outside its range.
    WrongValue,
    /// A style, token, component, size or field that is not declared.
    UnknownName,
    /// A name that must be unique is taken, or one that is reserved.
    TakenName,
    /// Things that refer to each other in a circle.
    Cycle,
    /// Properties that contradict each other.
    Conflict,
    /// An expression that cannot be understood.
    Expression,
}

/// One thing that is wrong with a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Where, as keys and indices from the document's root: `slides/1/children/0/fontSize`; empty for the
    /// document itself. `~` and `/` in keys are written `~0` and `~1`, as in JSON pointers. For an unknown or
    /// missing property it is the object.
    pub path: String,
    /// The line in the JSON text, from 1; absent when the document did not come as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// The column in characters, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
    pub kind: FaultKind,
    /// What is wrong and what would be right, for people.
    pub message: String,
    /// What was probably meant, to be put in by a click.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
    /// The property that the fault is about when `path` is the object, to find its line.
    #[serde(skip)]
    pub(crate) property: Option<String>,
}

impl Fault {
    pub(crate) fn new(kind: FaultKind, path: impl Into<String>, message: impl Into<String>) -> Fault {
        Fault {
            path: path.into(),
            line: None,
            column: None,
            kind,
            message: message.into(),
            suggestion: None,
            property: None,
        }
    }

    /// Adds what was probably meant, to the message too.
    pub(crate) fn meant(mut self, suggestion: Option<&str>) -> Fault {
        if let Some(suggestion) = suggestion {
            self.message.push_str(&format!("; did you mean '{suggestion}'?"));
            self.suggestion = Some(suggestion.to_owned());
        }
        self
    }

    pub(crate) fn about(mut self, property: &str) -> Fault {
        self.property = Some(property.to_owned());
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (Some(line), Some(column)) = (self.line, self.column) {
            write!(f, "line {line}, column {column}, ")?;
        }
        let path = if self.path.is_empty() { "document" } else { &self.path };
        write!(f, "{path}: {}", self.message)
    }
}

/// All faults of a template, in the order of the document for each kind of check; never empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Faults(pub Vec<Fault>);

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}

impl From<Fault> for Faults {
    fn from(fault: Fault) -> Faults {
        Faults(vec![fault])
    }
}

/// A place in the document while it is walked.
#[derive(Debug, Clone, Default)]
pub(crate) struct Path(String);

impl Path {
    /// Goes to a key or an index; the result takes [`Path::leave`] back.
    pub(crate) fn enter(&mut self, segment: impl fmt::Display) -> usize {
        let before = self.0.len();
        let segment = segment.to_string();
        if before > 0 {
            self.0.push('/');
        }
        self.0.push_str(&escaped(&segment));
        before
    }

    pub(crate) fn leave(&mut self, before: usize) {
        self.0.truncate(before);
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// `path` with one more segment.
pub(crate) fn join(path: &str, segment: impl fmt::Display) -> String {
    let mut path = Path(path.to_owned());
    path.enter(segment);
    path.0
}

fn escaped(segment: &str) -> String {
    segment.replace('~', "~0").replace('/', "~1")
}

pub(crate) fn unescaped(segment: &str) -> String {
    segment.replace("~1", "/").replace("~0", "~")
}
