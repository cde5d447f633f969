//! The tree of nodes: overrides, copies, conditions and components, in this order, down to resolved nodes.

use std::borrow::Cow;

use super::ResolveError;
use super::evaluate::{Here, SlideResolver};
use super::placement::{Commons, Layer};
use crate::bind::{NodeOverride, convert};
use crate::compiled::{PreparedNode, moves, replace_properties};
use crate::document::{self, Field, FitMode, Node as DocumentNode, Repeat, UseNode};
use crate::expression::Scope;
use crate::resolved::{DesignedSize, Length, Node, NodeKind};
use crate::value::{Value, Values};
use crate::warning::WarningCode;

/// Deepest nesting of components.
const MAX_COMPONENTS: usize = 16;

/// How the nodes of one level are named.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    /// Address of the `use` around them.
    address: Option<String>,
    /// Its id, with the numbers of copies.
    id: Option<String>,
    /// `#n` of the copies around them, inside the nearest `use`.
    suffix: String,
    components: usize,
}

/// What a node is placed under.
pub(super) struct Placing<'a> {
    pub(super) names: &'a Names,
    /// The `use`s that place this very node, the outermost first.
    pub(super) layers: &'a [Layer<'a>],
    pub(super) designed_parent: Option<DesignedSize>,
}

impl SlideResolver<'_> {
    /// Resolves a node with all its copies; none when its condition is false or it has nothing to show.
    pub(super) fn expand(
        &mut self,
        here: Here<'_>,
        prepared: &PreparedNode,
        placing: &Placing<'_>,
        out: &mut Vec<Node>,
    ) -> Result<(), ResolveError> {
        let names = placing.names;
        let address = match &names.address {
            Some(outer) => Cow::Owned(format!("{outer}/{}", prepared.address)),
            None => Cow::Borrowed(prepared.address.as_str()),
        };
        let id = match (placing.layers.is_empty(), &names.id) {
            (true, Some(outer)) => format!("{outer}/{}{}", prepared.address, names.suffix),
            (true, None) => format!("{}{}", prepared.address, names.suffix),
            (false, outer) => outer.clone().unwrap_or_default(),
        };
        let prepared = self.overridden(prepared, &address, &id);
        let common = prepared.node.common();
        let repeat = common.repeat.as_ref().filter(|_| placing.layers.iter().all(|l| l.common.repeat.is_none()));
        let Some(repeat) = repeat else {
            return self.place(Here { node: &id, ..here }, &prepared, &address, placing, out);
        };
        let items = self.items(Here { node: &id, ..here }, repeat)?;
        let count = items.len();
        for (index, value) in items.into_iter().enumerate() {
            let item = item_values(&value, index, count);
            let roots_values = Values::from([("item".to_owned(), Value::Map(item.clone()))]);
            let roots = Scope::inside(&roots_values, here.roots);
            let mut seen = match &value {
                Value::Map(fields) => fields.clone(),
                _ => Values::new(),
            };
            seen.insert("item".to_owned(), Value::Map(item.clone()));
            if let Some(name) = &repeat.name {
                let named = if matches!(value, Value::Map(_)) { Value::Map(item) } else { value };
                seen.insert(name.clone(), named);
            }
            let scope = Scope::inside(&seen, here.scope);
            let suffix = format!("{}#{}", names.suffix, index + 1);
            let copy_id = format!("{id}#{}", index + 1);
            let copy_names = Names { suffix, ..names.clone() };
            let copy = Placing { names: &copy_names, ..*placing };
            self.place(Here { scope: &scope, roots: &roots, node: &copy_id }, &prepared, &address, &copy, out)?;
        }
        Ok(())
    }

    /// One copy of a node: tested, then resolved.
    fn place(
        &mut self,
        here: Here<'_>,
        prepared: &PreparedNode,
        address: &str,
        placing: &Placing<'_>,
        out: &mut Vec<Node>,
    ) -> Result<(), ResolveError> {
        self.count_node()?;
        let node = &prepared.node;
        let own = Layer {
            here,
            common: node.common(),
            designed: &prepared.designed,
            placed_for_size: prepared.placed_for_size,
        };
        if !self.is_shown(here, own.common, placing.layers) {
            return Ok(());
        }
        let layers: Vec<Layer<'_>> = placing.layers.iter().copied().chain([own]).collect();
        if let DocumentNode::Use(placed) = node {
            return self.place_component(here, placed, address, placing, &layers, out);
        }
        let commons = Commons { layers: &layers };
        let Some(kind) = self.kind(here, prepared, commons, placing)? else { return Ok(()) };
        out.push(Node {
            id: here.node.to_owned(),
            placement: self.placement(commons, placing.designed_parent),
            effects: self.effects(commons),
            link: commons.pick(|c| c.link.as_ref()).and_then(|(here, link)| self.link(here, Some(link))),
            alt: commons.pick(|c| c.alt.as_ref()).and_then(|(here, alt)| self.filled_text(here, Some(alt))),
            kind,
        });
        Ok(())
    }

    /// `when` and `visible`, unless the `use` around the node says its own.
    fn is_shown(&mut self, here: Here<'_>, common: &document::Common, outer: &[Layer<'_>]) -> bool {
        let when = common.when.as_ref().filter(|_| outer.iter().all(|layer| layer.common.when.is_none()));
        if when.is_some_and(|when| !self.expression(here, when).is_true()) {
            return false;
        }
        let visible = common.visible.as_ref().filter(|_| outer.iter().all(|layer| layer.common.visible.is_none()));
        match visible {
            None => true,
            Some(document::Bound::Value(visible)) => *visible,
            Some(document::Bound::Binding(binding)) => self.value(here, &binding.0).is_true(),
        }
    }

    fn kind(
        &mut self,
        here: Here<'_>,
        prepared: &PreparedNode,
        commons: Commons<'_>,
        placing: &Placing<'_>,
    ) -> Result<Option<NodeKind>, ResolveError> {
        Ok(match &prepared.node {
            DocumentNode::Frame(frame) => {
                let designed = self.designed_size(commons);
                let below = Placing { names: placing.names, layers: &[], designed_parent: designed };
                let mut children = Vec::with_capacity(prepared.children.len());
                for child in &prepared.children {
                    self.expand(here, child, &below, &mut children)?;
                }
                Some(NodeKind::Frame(self.frame(here, frame, children)))
            }
            DocumentNode::Text(text) => self.text_node(here, text)?.map(NodeKind::Text),
            DocumentNode::Image(image) => self.image(here, image).map(NodeKind::Image),
            DocumentNode::Shape(shape) => Some(NodeKind::Shape(self.shape(here, shape))),
            DocumentNode::Svg(svg) => self.svg(here, svg).map(NodeKind::Svg),
            DocumentNode::Code(code) => self.code(here, code).map(NodeKind::Code),
            DocumentNode::Use(_) => None,
        })
    }

    /// A frame's size as it was designed: what its children's pins refer to.
    fn designed_size(&mut self, commons: Commons<'_>) -> Option<DesignedSize> {
        let mut side = |axis: usize| {
            let (here, length) =
                commons.layers.iter().find_map(|layer| Some((layer.here, layer.designed[axis].as_ref()?)))?;
            match self.length(here, length) {
                Some(Length::Px(px)) => Some(px),
                _ => None,
            }
        };
        let size = DesignedSize { width: side(0), height: side(1) };
        (size.width.is_some() || size.height.is_some()).then_some(size)
    }

    fn place_component(
        &mut self,
        here: Here<'_>,
        placed: &UseNode,
        address: &str,
        placing: &Placing<'_>,
        layers: &[Layer<'_>],
        out: &mut Vec<Node>,
    ) -> Result<(), ResolveError> {
        let shared = self.shared;
        let unknown = || ResolveError::UnknownComponent(placed.component.clone());
        let component = shared.compiled.template().components.get(&placed.component).ok_or_else(unknown)?;
        let root = shared.prepared.components.get(&placed.component).ok_or_else(unknown)?;
        let names = Names {
            address: Some(address.to_owned()),
            id: Some(here.node.to_owned()),
            suffix: String::new(),
            components: placing.names.components + 1,
        };
        if names.components > MAX_COMPONENTS {
            return Err(ResolveError::ComponentDepth(address.to_owned()));
        }
        let props = self.props(here, &component.fields, placed);
        let scope = Scope::inside(&props, here.roots);
        let inside = Placing { names: &names, layers, designed_parent: placing.designed_parent };
        self.expand(Here { scope: &scope, ..here }, root, &inside, out)
    }

    /// The component's fields, from the props given, else their defaults.
    fn props(&mut self, here: Here<'_>, fields: &[Field], placed: &UseNode) -> Values {
        let mut props = Values::new();
        for field in fields {
            let given = match placed.props.get(&field.key) {
                Some(serde_json::Value::String(text)) => self.value(here, text),
                Some(json) => Value::from_json(json),
                None => Value::Absent,
            };
            let value = convert(field, given).unwrap_or_else(|reason| {
                let message = format!("the prop '{}' of '{}' is left out: {reason}", field.key, placed.component);
                self.warn(here.node, WarningCode::InvalidValue, message);
                Value::Absent
            });
            let default = || field.default.as_ref().and_then(|json| convert(field, Value::from_json(json)).ok());
            let value = if value.is_absent() { default().unwrap_or_default() } else { value };
            props.insert(field.key.clone(), value);
        }
        props
    }

    /// The items of a repeating node: those of a list, or so many of none.
    fn items(&mut self, here: Here<'_>, repeat: &Repeat) -> Result<Vec<Value>, ResolveError> {
        let (count, items) = match self.expression(here, &repeat.each) {
            Value::Absent => (0, Vec::new()),
            Value::List(items) => (items.len(), items),
            Value::Number(number) if number.fract() == 0.0 && number >= 0.0 => (number as usize, Vec::new()),
            other => {
                let message = format!(
                    "'{}' gives {} and repeats nothing; it takes a list or a whole number",
                    repeat.each.0,
                    other.kind()
                );
                self.warn(here.node, WarningCode::InvalidValue, message);
                (0, Vec::new())
            }
        };
        let (min, max) = (repeat.min, repeat.max);
        let allowed = min.unwrap_or(0) as usize..=max.map_or(usize::MAX, |max| max as usize);
        if !allowed.contains(&count) {
            return Err(ResolveError::RepeatCount { node: here.node.to_owned(), count, min, max });
        }
        let limit = self.shared.limits.max_nodes;
        if count > limit {
            return Err(ResolveError::Limit { what: "nodes", found: count as u64, limit: limit as u64 });
        }
        Ok(if items.is_empty() { (1..=count).map(|n| Value::Number(n as f64)).collect() } else { items })
    }

    /// The node with the request's properties for it, if there are any.
    fn overridden<'p>(&mut self, prepared: &'p PreparedNode, address: &str, id: &str) -> Cow<'p, PreparedNode> {
        let found: Vec<&NodeOverride> =
            self.overrides.iter().copied().filter(|set| set.node == address || set.node == id).collect();
        if found.is_empty() {
            return Cow::Borrowed(prepared);
        }
        let mut changed = prepared.clone();
        for set in found {
            match replace_properties(&changed.node, std::slice::from_ref(&set.set)) {
                Ok(Some(node)) => changed.node = node,
                Ok(None) => {}
                Err(reason) => {
                    let message = format!("the properties given for '{address}' cannot be used: {reason}");
                    self.warn(id, WarningCode::InvalidValue, message);
                }
            }
            changed.placed_for_size |= moves(&set.set);
            if let (Some(size), DocumentNode::Text(text)) = (set.font_size, &mut changed.node) {
                set_font_size(text, size);
            }
        }
        Cow::Owned(changed)
    }
}

/// A font size that a request asks for is the largest one under `fit: fill`, too.
fn set_font_size(text: &mut document::TextNode, size: f64) {
    let size = document::Bound::Value(size);
    text.own.font_size = Some(size.clone());
    match &mut text.fit {
        Some(document::Fit::Object(fit)) if fit.mode == FitMode::Fill => fit.max = Some(size),
        Some(document::Fit::Mode(FitMode::Fill)) | Some(document::Fit::Object(_) | document::Fit::Mode(_)) | None => {}
    }
}

/// `item`: the fields of the entry, and where it stands.
pub(super) fn item_values(value: &Value, index: usize, count: usize) -> Values {
    let mut item = match value {
        Value::Map(fields) => fields.clone(),
        Value::Number(_) => Values::new(),
        other => Values::from([("value".to_owned(), other.clone())]),
    };
    item.insert("index".to_owned(), Value::Number(index as f64));
    item.insert("number".to_owned(), Value::Number((index + 1) as f64));
    item.insert("count".to_owned(), Value::Number(count as f64));
    item
}
