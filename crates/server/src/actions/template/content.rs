//! What a version of a template consists of, wherever it comes from: JSON, a zip, a folder, another template. Whatever is
//! wrong with it is said at once, before anything is kept.

use std::path::Path;
use std::sync::Arc;

use handbill_template::document::Alias;
use handbill_template::{Compiled, Fault, Faults, Template, check, read, write};

use super::super::draw::off_thread;
use super::super::{ActionError, Field, Kind, Result};
use crate::fonts;
use crate::store::template::{FileRef, Headline};
use crate::templates::{self, FileMap, TemplateFiles, archive, content_hash, hex};

/// A template that can be kept: read, checked, prepared.
#[derive(Debug)]
pub struct Content {
    pub template: Template,
    /// Canonical.
    pub(super) json: String,
    pub(super) files: FileMap,
    /// SHA-256 in hexadecimal.
    pub hash: String,
}

impl Content {
    /// A `template.json`, and the files beside it.
    pub async fn of_json(text: Vec<u8>, files: FileMap) -> Result<Content> {
        off_thread(move || Content::parse(&text, files)).await?
    }

    /// A zip of a template's folder.
    pub async fn of_zip(bytes: impl AsRef<[u8]> + Send + 'static) -> Result<Content> {
        off_thread(move || {
            let unpacked = archive::unpack(bytes.as_ref()).map_err(|why| wrong_file(&why))?;
            Content::parse(&unpacked.json, unpacked.files)
        })
        .await?
    }

    /// A template's folder, a zip of one, or a JSON file, on this machine.
    pub async fn of_path(path: &Path) -> Result<Content> {
        let unreadable = |error: std::io::Error| wrong_file(&format!("{} cannot be read: {error}", path.display()));
        if path.is_dir() {
            let (json, folder) = (path.join(templates::FILE_NAME), path.to_owned());
            let text = std::fs::read(&json)
                .map_err(|error| wrong_file(&format!("{} cannot be read: {error}", json.display())))?;
            return off_thread(move || {
                let files = TemplateFiles::Folder(folder).all().map_err(|why| wrong_file(&why))?;
                Content::parse(&text, files)
            })
            .await?;
        }
        let bytes = std::fs::read(path).map_err(unreadable)?;
        if bytes.starts_with(b"PK") {
            Content::of_zip(bytes).await
        } else {
            Content::of_json(bytes, FileMap::new()).await
        }
    }

    /// A template that was made from another one.
    pub(super) async fn of_template(template: Template, files: FileMap) -> Result<Content> {
        off_thread(move || {
            check(&template).map_err(|faults| faulty(&faults))?;
            Content::checked(template, files)
        })
        .await?
    }

    fn parse(text: &[u8], files: FileMap) -> Result<Content> {
        let text = std::str::from_utf8(text).map_err(|error| wrong_file(&format!("it is not UTF-8 text ({error})")))?;
        Content::checked(read(text).map_err(|faults| faulty(&faults))?, files)
    }

    fn checked(template: Template, files: FileMap) -> Result<Content> {
        let compiled = Compiled::new(template).map_err(|error| {
            let fields = error.faults.iter().map(|fault| Field::new("", fault.to_string())).collect();
            ActionError::new(Kind::Invalid, error.to_string()).with_fields(fields)
        })?;
        let template = compiled.template().clone();
        check_fonts(&template, &files)?;
        let json = write(&template);
        let hash = content_hash(json.as_bytes(), &files);
        Ok(Content { template, json, files, hash })
    }

    /// The files by their content.
    pub(super) fn file_refs(&self) -> Vec<FileRef> {
        refs_of(&self.files)
    }

    pub(super) fn headline(&self) -> Headline {
        headline_of(&self.template)
    }
}

pub(super) fn refs_of(files: &FileMap) -> Vec<FileRef> {
    let of = |(path, bytes): (&String, &Arc<[u8]>)| FileRef {
        path: path.clone(),
        sha256: hex(&<sha2::Sha256 as sha2::Digest>::digest(bytes)),
        bytes: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
    };
    files.iter().map(of).collect()
}

/// What lists show. Control characters, which a database may refuse, are spaces here.
pub(super) fn headline_of(template: &Template) -> Headline {
    let plain = |text: &str| text.replace(char::is_control, " ");
    let mut aliases: Vec<String> = template
        .aliases
        .iter()
        .map(|alias| match alias {
            Alias::Number(number) => number.to_string(),
            Alias::Text(text) => plain(text),
        })
        .filter(|alias| !alias.is_empty() && *alias != template.id)
        .collect();
    aliases.sort();
    aliases.dedup();
    Headline {
        slug: template.id.clone(),
        name: plain(template.name.as_deref().unwrap_or(&template.id)),
        description: template.description.as_deref().map(plain),
        tags: template.tags.iter().map(|tag| plain(tag)).collect(),
        aliases,
    }
}

/// Fonts beside the template are vetted like any other that is uploaded.
fn check_fonts(template: &Template, files: &FileMap) -> Result<()> {
    let mut fields = Vec::new();
    for (index, font) in template.fonts.iter().enumerate() {
        let path = font.src.strip_prefix("./").unwrap_or(&font.src);
        if let Some(bytes) = files.get(path)
            && let Err(bad) = fonts::vet(bytes)
        {
            fields.push(Field::new(format!("fonts/{index}/src"), format!("names a font that cannot be used: {bad}")));
        }
    }
    if fields.is_empty() { Ok(()) } else { Err(ActionError::invalid(fields)) }
}

/// The template itself is wrong: every fault with its place.
fn faulty(faults: &Faults) -> ActionError {
    let fields: Vec<Field> = faults.0.iter().map(field_of).collect();
    let message = match fields.len() {
        1 => format!("The template has a fault: {}", faults.0[0]),
        count => format!("The template has {count} faults; the first: {}", faults.0[0]),
    };
    ActionError::new(Kind::Invalid, message).with_fields(fields)
}

fn field_of(fault: &Fault) -> Field {
    Field {
        suggestion: fault.suggestion.clone(),
        place: fault.line.zip(fault.column),
        ..Field::new(fault.path.clone(), fault.message.clone())
    }
}

fn wrong_file(why: &str) -> ActionError {
    ActionError::new(Kind::Invalid, super::super::draw::sentence(why))
}
