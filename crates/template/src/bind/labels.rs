//! Labels: what a request calls a field or a node. Tried as key, alias, field label, node id, node name, in this order.

use crate::document::{FieldType, Node, Slide, Template};
use crate::fields::{Inventory, KnownField};
use crate::nearest::nearest;

/// What labels can mean somewhere in a request.
#[derive(Debug, Default)]
pub(super) struct LabelScope<'a> {
    fields: Vec<&'a KnownField>,
    nodes: Vec<&'a Node>,
}

/// What a label means.
#[derive(Debug, Clone, Copy)]
pub(super) enum Hit<'a> {
    Field(&'a KnownField),
    Node(&'a Node),
}

/// A hit, and how many other things the label might have meant just as well.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found<'a> {
    pub(super) hit: Hit<'a>,
    pub(super) others: usize,
}

/// The kind of a content update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ContentKind {
    Text,
    Image,
    Shape,
    /// The request does not say.
    Any,
}

impl<'a> LabelScope<'a> {
    /// Document fields, and the nodes of slides that do not repeat.
    pub(super) fn document(template: &'a Template, inventory: &'a Inventory) -> LabelScope<'a> {
        let slides = template.slides.iter().filter(|slide| slide.repeat.is_none());
        LabelScope { fields: inventory.document.iter().collect(), nodes: nodes_of(slides) }
    }

    /// The fields and nodes of a repeat group.
    pub(super) fn group(template: &'a Template, inventory: &'a Inventory, each: &str) -> LabelScope<'a> {
        let Some(group) = inventory.group(each) else { return LabelScope::default() };
        let slides = template.slides.iter().filter(|slide| group.slides.contains(&slide.id));
        LabelScope { fields: group.fields.iter().collect(), nodes: nodes_of(slides) }
    }

    /// The nodes of all repeating slides: what an update of the document reaches there.
    pub(super) fn repeating_nodes(template: &'a Template) -> LabelScope<'a> {
        let slides = template.slides.iter().filter(|slide| slide.repeat.is_some());
        LabelScope { fields: Vec::new(), nodes: nodes_of(slides) }
    }

    /// The fields that a slide declares or reads, and its nodes.
    pub(super) fn slide(template: &'a Template, inventory: &'a Inventory, id: &str) -> LabelScope<'a> {
        let slides = template.slides.iter().filter(|slide| slide.id == id);
        LabelScope { fields: inventory.fields_on(id).collect(), nodes: nodes_of(slides) }
    }

    pub(super) fn find(&self, label: &str) -> Option<Found<'a>> {
        let wanted = normalised(label);
        if wanted.is_empty() {
            return None;
        }
        let matches = |text: &str| normalised(text) == wanted;
        let field = |test: &dyn Fn(&KnownField) -> bool| {
            let hits: Vec<Hit<'a>> = self.fields.iter().copied().filter(|f| test(f)).map(Hit::Field).collect();
            hits
        };
        let node = |test: &dyn Fn(&Node) -> bool| {
            let hits: Vec<Hit<'a>> = self.nodes.iter().copied().filter(|n| test(n)).map(Hit::Node).collect();
            hits
        };
        let steps: [&dyn Fn() -> Vec<Hit<'a>>; 5] = [
            &|| field(&|f| matches(&f.field.key)),
            &|| field(&|f| f.field.aliases.iter().any(|alias| matches(alias))),
            &|| field(&|f| f.field.label.as_deref().is_some_and(matches)),
            &|| node(&|n| n.common().id.as_deref().is_some_and(matches)),
            &|| node(&|n| n.common().name.as_deref().is_some_and(matches)),
        ];
        let hits = steps.iter().map(|step| step()).find(|hits| !hits.is_empty())?;
        Some(Found { hit: hits[0], others: hits.len() - 1 })
    }

    /// What a role of the object shapes means when no label says so: the first text, the second text, the only image.
    pub(super) fn by_role(&self, label: &str) -> Option<&'a KnownField> {
        let mut texts =
            self.fields.iter().copied().filter(|f| matches!(f.field.kind, FieldType::Text | FieldType::Richtext));
        let mut images = self.fields.iter().copied().filter(|f| f.field.kind == FieldType::Image);
        match normalised(label).as_str() {
            "heading" => texts.next(),
            "description" => texts.nth(1),
            "image" => images.next().filter(|_| images.next().is_none()),
            _ => None,
        }
    }

    /// The label that was probably meant.
    pub(super) fn nearest(&self, label: &str) -> Option<&'a str> {
        nearest(&normalised(label), self.labels())
    }

    fn labels(&self) -> impl Iterator<Item = &'a str> {
        let keys = self.fields.iter().copied().map(|known| known.field.key.as_str());
        let aliases = self.fields.iter().copied().flat_map(|known| known.field.aliases.iter().map(String::as_str));
        let ids = self.nodes.iter().copied().filter_map(|node| node.common().id.as_deref());
        keys.chain(aliases).chain(ids)
    }

    /// The keys, for messages.
    pub(super) fn keys(&self) -> Vec<&'a str> {
        self.fields.iter().map(|known| known.field.key.as_str()).collect()
    }
}

impl Hit<'_> {
    /// What the label means, if a content update of this kind cannot set it.
    pub(super) fn mismatch(&self, kind: ContentKind) -> Option<String> {
        match self {
            Hit::Field(known) => {
                let is_image = known.field.kind == FieldType::Image;
                let fits = match kind {
                    ContentKind::Any => true,
                    ContentKind::Text => !is_image,
                    ContentKind::Image => is_image,
                    ContentKind::Shape => known.field.kind == FieldType::Color,
                };
                (!fits).then(|| format!("{} field", article(field_kind(known.field.kind))))
            }
            Hit::Node(node) => {
                let fits = match kind {
                    ContentKind::Any => matches!(node, Node::Text(_) | Node::Image(_) | Node::Svg(_) | Node::Shape(_)),
                    ContentKind::Text => matches!(node, Node::Text(_)),
                    ContentKind::Image => matches!(node, Node::Image(_) | Node::Svg(_)),
                    ContentKind::Shape => matches!(node, Node::Shape(_) | Node::Frame(_)),
                };
                (!fits).then(|| format!("{} node", article(node.kind())))
            }
        }
    }

    /// The `type` that a content update of it has; none fits a component's use or a code.
    pub(super) fn right_type(&self) -> Option<&'static str> {
        match self {
            Hit::Field(known) if known.field.kind == FieldType::Image => Some("image"),
            Hit::Field(_) | Hit::Node(Node::Text(_)) => Some("textbox"),
            Hit::Node(Node::Image(_) | Node::Svg(_)) => Some("image"),
            Hit::Node(Node::Shape(_) | Node::Frame(_)) => Some("shape"),
            Hit::Node(Node::Use(_) | Node::Code(_)) => None,
        }
    }
}

fn article(word: &str) -> String {
    let article = if word.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
    format!("{article} {word}")
}

fn field_kind(kind: FieldType) -> &'static str {
    match kind {
        FieldType::Text => "text",
        FieldType::Richtext => "rich text",
        FieldType::Image => "image",
        FieldType::Color => "colour",
        FieldType::Number => "number",
        FieldType::Bool => "yes-or-no",
        FieldType::Choice => "choice",
        FieldType::Url => "link",
        FieldType::Date => "date",
        FieldType::List => "list",
    }
}

/// Lower case, with `_` for what is no letter or digit: `Main Image!` is `main_image`.
pub(crate) fn normalised(label: &str) -> String {
    let mut normal = String::with_capacity(label.len());
    for letter in label.chars().flat_map(char::to_lowercase) {
        if letter.is_alphanumeric() {
            normal.push(letter);
        } else if !normal.is_empty() && !normal.ends_with('_') {
            normal.push('_');
        }
    }
    normal.truncate(normal.trim_end_matches('_').len());
    normal
}

fn nodes_of<'a>(slides: impl Iterator<Item = &'a Slide>) -> Vec<&'a Node> {
    fn collect<'a>(nodes: &'a [Node], found: &mut Vec<&'a Node>) {
        for node in nodes {
            found.push(node);
            collect(node.children(), found);
        }
    }
    let mut found = Vec::new();
    slides.for_each(|slide| collect(&slide.children, &mut found));
    found
}

#[cfg(test)]
mod tests {
    use super::normalised;

    #[test]
    fn labels_are_normalised() {
        let table = [
            ("Main Image", "main_image"),
            ("main-image!", "main_image"),
            ("__Title__", "title"),
            ("SLIDE  Title 2", "slide_title_2"),
            ("Größe", "größe"),
            ("!!", ""),
        ];
        for (label, expected) in table {
            assert_eq!(normalised(label), expected);
        }
    }
}
