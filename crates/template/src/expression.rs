//! Expressions: `{{ path | filter(argument) }}` inside texts, and bare ones in `when` and `each`.
//!
//! The grammar is minijinja's (its parser is used), cut down to paths, literals, comparisons, `and or not`, numeric
//! `+ - * /`, `~` and the listed filters; calls, indexing, tests and the rest are refused when an expression is
//! parsed. Evaluation is our own, over [`Value`]s: no loop, no call, bounded steps and output, so that no expression
//! can build more than [`MAX_OUTPUT`] bytes or run long. What an expression gives is never evaluated again.

mod evaluate;
mod filters;
mod scope;
mod tree;

use std::collections::BTreeSet;

use thiserror::Error;

use crate::locale::Locale;
use crate::value::Value;

pub use scope::Scope;

/// Longest expression, in bytes.
pub const MAX_SOURCE: usize = 2000;
/// Most bytes of text that one evaluation may build.
pub const MAX_OUTPUT: usize = 1_000_000;

/// An expression or text template that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct SyntaxError {
    /// What is wrong, and what would be right.
    pub message: String,
}

/// An expression that failed on the values at hand. Its result counts as absent.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the expression '{expression}' gave nothing: {message}")]
pub struct EvalError {
    pub expression: String,
    pub message: String,
}

/// What an expression reads: `["speaker", "name"]` for `speaker.name`.
pub type Path = Vec<String>;

/// A parsed expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    source: String,
    tree: tree::Tree,
}

impl Expr {
    /// Parses a bare expression, without braces.
    pub fn parse(source: &str) -> Result<Expr, SyntaxError> {
        let source = source.trim();
        if source.len() > MAX_SOURCE {
            let message = format!("an expression has at most {MAX_SOURCE} bytes; this one has {}", source.len());
            return Err(SyntaxError { message });
        }
        let tree = tree::parse(source).map_err(|message| SyntaxError { message })?;
        Ok(Expr { source: source.to_owned(), tree })
    }

    pub fn source(&self) -> &str {
        &self.source
    }

    /// The names it reads, without what is behind their dots.
    pub fn names(&self) -> BTreeSet<&str> {
        let mut paths = Vec::new();
        self.tree.paths(&mut paths);
        paths.iter().map(|path| path[0].as_str()).collect()
    }

    /// The paths it reads, in order, with repetitions.
    pub fn paths(&self) -> Vec<&Path> {
        let mut paths = Vec::new();
        self.tree.paths(&mut paths);
        paths
    }

    /// The path, if the expression is nothing else.
    pub fn as_path(&self) -> Option<&Path> {
        match &self.tree {
            tree::Tree::Path(path) => Some(path),
            _ => None,
        }
    }

    /// Evaluates it. A name that the scope does not have is absent.
    pub fn evaluate(&self, scope: &Scope<'_>, locale: &Locale) -> Result<Value, EvalError> {
        evaluate::evaluate(&self.tree, scope, locale)
            .map_err(|message| EvalError { expression: self.source.clone(), message })
    }
}

/// A parsed text with `{{expressions}}` in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Interpolation {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq)]
enum Part {
    Literal(String),
    Expr(Expr),
}

impl Interpolation {
    /// Parses a text. `{%` and `{#` are refused; a text without `{{` is always fine otherwise.
    pub fn parse(text: &str) -> Result<Interpolation, SyntaxError> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(start) = rest.find("{{") {
            push_literal(&mut parts, &rest[..start])?;
            let inside = &rest[start + 2..];
            let end = closing_braces(inside).ok_or_else(|| SyntaxError {
                message: format!("'{{{{' is not closed by '}}}}' in '{}'", excerpt(&rest[start..])),
            })?;
            parts.push(Part::Expr(Expr::parse(&inside[..end])?));
            rest = &inside[end + 2..];
        }
        push_literal(&mut parts, rest)?;
        Ok(Interpolation { parts })
    }

    /// True when the text must be parsed at all: it has `{{`, or what is refused.
    pub fn is_needed(text: &str) -> bool {
        ["{{", "{%", "{#"].iter().any(|mark| text.contains(mark))
    }

    /// A text that means exactly `literal`, braces included: for values that must never be evaluated.
    pub fn escape(literal: &str) -> String {
        if !Interpolation::is_needed(literal) {
            return literal.to_owned();
        }
        let mut escaped = String::with_capacity(literal.len() + 16);
        let mut letters = literal.chars().peekable();
        while let Some(letter) = letters.next() {
            match (letter, letters.peek()) {
                ('{', Some('{' | '%' | '#')) => escaped.push_str("{{ \"{\" }}"),
                _ => escaped.push(letter),
            }
        }
        escaped
    }

    /// Its expressions, in order.
    pub fn expressions(&self) -> impl Iterator<Item = &Expr> {
        self.parts.iter().filter_map(|part| match part {
            Part::Expr(expr) => Some(expr),
            Part::Literal(_) => None,
        })
    }

    /// The names it reads.
    pub fn names(&self) -> BTreeSet<&str> {
        self.expressions().flat_map(Expr::names).collect()
    }

    /// The expression, if the text is exactly one token: such a text keeps its value's type.
    pub fn single(&self) -> Option<&Expr> {
        match &self.parts[..] {
            [Part::Expr(expr)] => Some(expr),
            _ => None,
        }
    }

    /// Evaluates it: the value of exactly one token, else text. Expressions that fail give nothing and are reported.
    pub fn evaluate(&self, scope: &Scope<'_>, locale: &Locale, errors: &mut Vec<EvalError>) -> Value {
        let mut run = |expr: &Expr| match expr.evaluate(scope, locale) {
            Ok(value) => value,
            Err(error) => {
                errors.push(error);
                Value::Absent
            }
        };
        if let Some(expr) = self.single() {
            return run(expr);
        }
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Literal(literal) => text.push_str(literal),
                Part::Expr(expr) => text.push_str(&run(expr).to_text()),
            }
            if text.len() > MAX_OUTPUT {
                let expression = excerpt(&text);
                errors.push(EvalError { expression, message: format!("it builds more than {MAX_OUTPUT} bytes") });
                return Value::Absent;
            }
        }
        Value::Text(text)
    }
}

fn push_literal(parts: &mut Vec<Part>, literal: &str) -> Result<(), SyntaxError> {
    for (mark, name) in [("{%", "statements"), ("{#", "comments")] {
        if literal.contains(mark) {
            let message = format!("'{mark}' is refused: templates have expressions ('{{{{ … }}}}'), but no {name}");
            return Err(SyntaxError { message });
        }
    }
    if !literal.is_empty() {
        parts.push(Part::Literal(literal.to_owned()));
    }
    Ok(())
}

/// Where `}}` closes an expression: not inside its quoted strings.
fn closing_braces(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut quote = None;
    let mut at = 0;
    while at < bytes.len() {
        match (quote, bytes[at]) {
            (Some(_), b'\\') => at += 1,
            (Some(open), byte) if byte == open => quote = None,
            (None, byte @ (b'"' | b'\'')) => quote = Some(byte),
            (None, b'}') if bytes.get(at + 1) == Some(&b'}') => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

fn excerpt(text: &str) -> String {
    let mut short: String = text.chars().take(40).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests;
