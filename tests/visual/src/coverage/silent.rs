//! Properties that no picture of ours can show, each with the reason.

/// Names as in the list, or `OWNER.*` for all that it has, and why.
pub const SILENT: [(&str, &str); 36] = [
    ("$schema", "tells editors where the schema is"),
    ("format", "there is one"),
    ("id", "names the template"),
    ("name", "names the template"),
    ("description", "is for the gallery"),
    ("tags", "are for the gallery"),
    ("aliases", "are for requests"),
    ("author", "is for the gallery"),
    ("license", "is for the gallery"),
    ("meta", "is kept and read by nothing"),
    ("sizes.label", "is for the editor"),
    ("sizes.guides", "are drawn over previews by the editor"),
    ("sizes.guides.*", "are drawn over previews by the editor"),
    ("canvas.bleed", "is paper of a PDF, which the engine's tests of PDFs look at"),
    ("fields", "say what requests may give"),
    ("field.*", "says what requests may give"),
    ("slides.fields", "say what requests may give"),
    ("components.fields", "say what a use may give"),
    ("slides.id", "names the slide"),
    ("slides.name", "names the slide"),
    ("slides.note", "is for who edits the template"),
    ("slides.role", "is a label for requests"),
    ("slides.meta", "is kept and read by nothing"),
    ("NODE.id", "names the node"),
    ("NODE.name", "names the node"),
    ("NODE.note", "is for who edits the template"),
    ("NODE.locked", "is for the editor"),
    ("NODE.link", "is followed in a PDF, which the engine's tests of PDFs look at"),
    ("NODE.alt", "is read out in a PDF, which the engine's tests of PDFs look at"),
    ("NODE.meta", "is kept and read by nothing"),
    ("span.link", "is followed in a PDF, which the engine's tests of PDFs look at"),
    ("repeat.min", "refuses requests"),
    ("repeat.max", "refuses requests"),
    ("slides.repeat.min", "refuses requests"),
    ("slides.repeat.max", "refuses requests"),
    ("text.overflow=error", "refuses to draw"),
];

/// Kinds of nodes, for which `NODE` stands.
const KINDS: [&str; 7] = ["frame", "text", "image", "shape", "svg", "code", "use"];

/// The entry that says why nothing shows.
#[must_use]
pub fn reason(name: &str) -> Option<&'static (&'static str, &'static str)> {
    SILENT.iter().find(|(pattern, _)| covers(pattern, name))
}

fn covers(pattern: &str, name: &str) -> bool {
    match (pattern.strip_prefix("NODE."), pattern.strip_suffix(".*")) {
        (Some(property), _) => name.split_once('.').is_some_and(|(kind, own)| KINDS.contains(&kind) && own == property),
        (None, Some(owner)) => name.strip_prefix(owner).is_some_and(|rest| rest.starts_with('.')),
        (None, None) => name.strip_prefix(pattern).is_some_and(|rest| rest.is_empty() || rest.starts_with('=')),
    }
}
