//! How large a template may be: everything that is cheap to count, before anything else is looked at.

use crate::document::{Field, Template, Unit};
use crate::fault::{Fault, FaultKind, join};
use crate::limits::{
    MAX_FIELDS, MAX_NAMES, MAX_PIXELS, MAX_REPEAT, MAX_SIDE_PX, MAX_SIZES, MAX_SLIDES, MAX_SVG_CHARS, MAX_TEXT_CHARS,
    MAX_TEXTS,
};
use crate::read::Leaf;

pub(super) fn check(template: &Template, leaves: &[Leaf<'_>], faults: &mut Vec<Fault>) {
    let mut too_many = |path: &str, count: usize, most: usize, what: &str| {
        if count > most {
            let message = format!("there are {count} {what}; at most {most} are possible");
            faults.push(Fault::new(FaultKind::TooLarge, path, message));
        }
    };
    too_many("slides", template.slides.len(), MAX_SLIDES, "slides");
    too_many("sizes", template.sizes.len(), MAX_SIZES, "sizes");
    too_many("components", template.components.len(), MAX_NAMES, "components");
    too_many("theme/colors", template.theme.colors.len(), MAX_NAMES, "colours");
    too_many("theme/fonts", template.theme.fonts.len(), MAX_NAMES, "fonts");
    too_many("theme/textStyles", template.theme.text_styles.len(), MAX_NAMES, "text styles");
    too_many("", leaves.len(), MAX_TEXTS, "texts");
    too_many("fields", count(&template.fields), MAX_FIELDS, "fields");
    for (name, component) in &template.components {
        too_many(&join("components", name), count(&component.fields), MAX_FIELDS, "fields");
    }
    for (index, slide) in template.slides.iter().enumerate() {
        too_many(&format!("slides/{index}"), count(&slide.fields), MAX_FIELDS, "fields");
        if let Some(most) = slide.repeat.as_ref().and_then(|repeat| repeat.max) {
            too_many(&format!("slides/{index}/repeat/max"), most as usize, MAX_REPEAT as usize, "repetitions");
        }
    }
    for leaf in leaves {
        let most = if leaf.property == "svg" { MAX_SVG_CHARS } else { MAX_TEXT_CHARS };
        if leaf.text.len() > most {
            too_many(&leaf.path, leaf.text.chars().count(), most, "characters");
        }
    }
    pages(template, faults);
}

fn count(fields: &[Field]) -> usize {
    fields.iter().map(|field| 1 + count(&field.of)).sum()
}

fn pages(template: &Template, faults: &mut Vec<Fault>) {
    let canvas = &template.canvas;
    let dpi = canvas.dpi.unwrap_or(96.0);
    let per_unit = match canvas.unit.unwrap_or(Unit::Px) {
        Unit::Px => 1.0,
        Unit::In => dpi,
        Unit::Cm => dpi / 2.54,
        Unit::Mm => dpi / 25.4,
        Unit::Pt => dpi / 72.0,
    };
    let sizes = template.sizes.iter().map(|(name, size)| (join("sizes", name), size.width, size.height));
    for (path, width, height) in [("canvas".to_owned(), canvas.width, canvas.height)].into_iter().chain(sizes) {
        let (width, height) = ((width * per_unit).round(), (height * per_unit).round());
        if width > MAX_SIDE_PX || height > MAX_SIDE_PX || width * height > MAX_PIXELS {
            let message = format!(
                "the page is {width} × {height} px; at most {MAX_SIDE_PX} px a side and {} megapixels are possible",
                MAX_PIXELS / 1e6
            );
            faults.push(Fault::new(FaultKind::TooLarge, path, message));
        } else if width < 1.0 || height < 1.0 {
            let message = format!("the page is {width} × {height} px; it takes at least 1 px a side");
            faults.push(Fault::new(FaultKind::WrongValue, path, message));
        }
    }
}
