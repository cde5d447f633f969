//! The theme: colours, fonts and styles that are named exist, and none is defined by itself.

use std::collections::BTreeMap;

use super::unknown;
use crate::color::{self, ColorSpec};
use crate::document::{Template, ThemeColor};
use crate::fault::{Fault, FaultKind, join};
use crate::nearest::nearest;
use crate::read::Leaf;

/// Colours and fonts that are there without being declared.
pub(super) const BUILT_IN_COLORS: [&str; 3] = ["ink", "paper", "primary"];
pub(super) const BUILT_IN_FONTS: [&str; 2] = ["heading", "body"];

pub(super) fn check(template: &Template, leaves: &[Leaf<'_>], faults: &mut Vec<Fault>) {
    for leaf in leaves {
        let fault = match (leaf.kind, leaf.property) {
            ("ColorText", _) => color_fault(template, &leaf.path, leaf.text),
            (_, "fontFamily") => font(template, leaf),
            (_, "style") => style(template, leaf, "text style"),
            (_, "extends") => style(template, leaf, "text style to extend"),
            _ => None,
        };
        faults.extend(fault);
    }
    for (token, family) in template.theme.fonts.iter().filter(|(_, family)| family.starts_with('$')) {
        let message = format!("a font of the theme is a family such as \"Inter\", and '{family}' is a token");
        faults.push(Fault::new(FaultKind::WrongValue, join("theme/fonts", token), message));
    }
    drawing_colors(leaves, faults);
    circles(template, faults);
}

/// What is wrong with a colour, wherever it stands. Bindings are looked at with the expressions.
pub(super) fn color_fault(template: &Template, path: &str, text: &str) -> Option<Fault> {
    if text.starts_with("{{") {
        return None;
    }
    match color::parse(text) {
        Ok(ColorSpec::Rgba(_)) => None,
        Ok(ColorSpec::Theme { name, .. }) => {
            let declared = &template.theme.colors;
            if declared.contains_key(&name) || BUILT_IN_COLORS.contains(&name.as_str()) {
                return None;
            }
            let known = declared.keys().map(String::as_str).chain(BUILT_IN_COLORS);
            let meant = nearest(&name, known).map(|name| format!("${name}"));
            Some(unknown(path, format!("the theme has no colour '${name}'"), meant.as_deref()))
        }
        Err(error) => {
            let meant = nearest(text, color::css_names());
            Some(Fault::new(FaultKind::WrongValue, path, error.to_string()).meant(meant))
        }
    }
}

fn font(template: &Template, leaf: &Leaf<'_>) -> Option<Fault> {
    let token = leaf.text.strip_prefix('$')?;
    let declared = &template.theme.fonts;
    if declared.contains_key(token) || BUILT_IN_FONTS.contains(&token) {
        return None;
    }
    let meant =
        nearest(token, declared.keys().map(String::as_str).chain(BUILT_IN_FONTS)).map(|name| format!("${name}"));
    Some(unknown(&leaf.path, format!("the theme has no font '${token}'"), meant.as_deref()))
}

fn style(template: &Template, leaf: &Leaf<'_>, what: &str) -> Option<Fault> {
    let styles = &template.theme.text_styles;
    if styles.contains_key(leaf.text) {
        return None;
    }
    let meant = nearest(leaf.text, styles.keys().map(String::as_str));
    Some(unknown(&leaf.path, format!("the theme has no {what} '{}'", leaf.text), meant))
}

/// The colours that a drawing's own are replaced by stand under those: `colors` of an svg.
fn drawing_colors(leaves: &[Leaf<'_>], faults: &mut Vec<Fault>) {
    for leaf in leaves.iter().filter(|leaf| leaf.property == "colors" && leaf.owner.starts_with("Svg")) {
        let key = leaf.path.rsplit('/').next().map(crate::fault::unescaped).unwrap_or_default();
        if let Err(error) = color::parse_css(&key) {
            faults.push(Fault::new(FaultKind::WrongValue, leaf.path.clone(), error.to_string()));
        }
    }
}

/// Colours that lead to themselves, and styles that extend themselves.
fn circles(template: &Template, faults: &mut Vec<Fault>) {
    let theme = &template.theme;
    let colors = theme.colors.iter().filter_map(|(name, color)| {
        let text = match color {
            ThemeColor::Value(text) => &text.0,
            ThemeColor::Picked(picked) => &picked.fallback.0,
        };
        let token = text.strip_prefix('$')?;
        Some((name.as_str(), token.split('/').next().unwrap_or(token)))
    });
    circle("theme/colors", "the colour", &colors.collect(), faults);
    let styles = theme.text_styles.iter();
    let styles = styles.filter_map(|(name, style)| Some((name.as_str(), style.extends.as_deref()?)));
    circle("theme/textStyles", "the text style", &styles.collect(), faults);
}

fn circle(path: &str, what: &str, leads_to: &BTreeMap<&str, &str>, faults: &mut Vec<Fault>) {
    for start in leads_to.keys() {
        let mut chain = vec![*start];
        while let Some(next) = chain.last().and_then(|name| leads_to.get(name)) {
            if next == start {
                chain.push(next);
                let message = format!("{what} leads to itself: {}", chain.join(" → "));
                faults.push(Fault::new(FaultKind::Cycle, join(path, start), message));
                break;
            }
            if chain.contains(next) {
                break;
            }
            chain.push(next);
        }
    }
}
