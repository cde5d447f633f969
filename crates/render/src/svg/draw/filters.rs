//! Filters, as far as groups of the display list can say them: blurs, shadows of every make, and what they are put
//! together with. A result is asked for by whoever uses it, and drawn again for each; the budget bounds that. Everything
//! else is refused by name.

use handbill_template::resolved::{Blend, Rgba};
use kurbo::{Affine, Rect};
use usvg::filter::{
    ColorInterpolation, ColorMatrixKind, ComponentTransfer, Composite, CompositeOperator, Filter, Input, Kind,
    Primitive, TransferFunction,
};

use super::super::DrawingProblem;
use super::{Drawer, geometry};
use crate::bounds;
use crate::display::{Clip, FillItem, FillRule, Group, Item, Mask, Paint, Shape, StrokeItem};

/// Alpha times this or more is meant to make a hard silhouette (drawing programs write 127).
const HARDENING: f32 = 8.0;

/// A part of a group's filters, and what they work on.
#[derive(Clone, Copy)]
struct Place<'g> {
    group: &'g usvg::Group,
    /// Filters applied before this one.
    before: usize,
    filter: &'g Filter,
    to_page: Affine,
}

impl Place<'_> {
    /// The same, with everything moved by lengths of the drawing.
    fn moved(self, dx: f32, dy: f32) -> Self {
        Place { to_page: self.to_page * Affine::translate((f64::from(dx), f64::from(dy))), ..self }
    }

    fn region(self, rect: Rect) -> Clip {
        Clip { shape: Shape::Rect(rect), rule: FillRule::NonZero, transform: self.to_page }
    }

    fn sigma(self, deviation: f32) -> f64 {
        f64::from(deviation) * bounds::scale(self.to_page)
    }
}

impl Drawer<'_> {
    /// What is in a group, with its first filters applied.
    pub(super) fn filtered(
        &mut self,
        group: &usvg::Group,
        filters: usize,
        to_page: Affine,
    ) -> Result<Vec<Item>, DrawingProblem> {
        let Some(before) = filters.checked_sub(1) else { return self.nodes(group.children(), to_page) };
        let filter = &group.filters()[before];
        let place = Place { group, before, filter, to_page };
        let Some(last) = filter.primitives().len().checked_sub(1) else { return Ok(Vec::new()) };
        let items = self.deeper(|drawer| drawer.result(place, last))?;
        if is_function(filter) {
            return Ok(items);
        }
        self.grouped(items, |group| group.clip = Some(place.region(geometry::rect(filter.rect()))))
    }

    /// What a primitive gives.
    fn result(&mut self, place: Place<'_>, index: usize) -> Result<Vec<Item>, DrawingProblem> {
        let primitive = &place.filter.primitives()[index];
        let items = match primitive.kind() {
            Kind::GaussianBlur(blur) => {
                let items = self.input(place, index, blur.input())?;
                self.blurred(items, place, blur.std_dev_x().get(), blur.std_dev_y().get())
            }
            Kind::DropShadow(shadow) => {
                let mut items = self.input(place.moved(shadow.dx(), shadow.dy()), index, shadow.input())?;
                let color = self.color(shadow.color(), shadow.opacity().get());
                items = self.grouped(items, |group| group.tint = Some(color))?;
                items = self.blurred(items, place, shadow.std_dev_x().get(), shadow.std_dev_y().get())?;
                items.extend(self.input(place, index, shadow.input())?);
                Ok(items)
            }
            Kind::Offset(offset) => self.input(place.moved(offset.dx(), offset.dy()), index, offset.input()),
            Kind::Flood(flood) => {
                self.budget.item()?;
                let color = self.color(flood.color(), flood.opacity().get());
                Ok(vec![filled(geometry::rect(primitive.rect()), color, place.to_page)])
            }
            Kind::Merge(merge) => {
                let mut items = Vec::new();
                for input in merge.inputs() {
                    items.extend(self.input(place, index, input)?);
                }
                Ok(items)
            }
            Kind::Blend(blend) => {
                let mode = super::blend(blend.mode())?;
                let mut items = self.input(place, index, blend.input2())?;
                let above = self.input(place, index, blend.input1())?;
                items.extend(self.grouped(above, |group| group.blend = mode)?);
                self.grouped(items, |group| group.isolated = mode != Blend::Normal)
            }
            Kind::Composite(composite) => self.composite(place, index, composite),
            Kind::ColorMatrix(matrix) => {
                let items = self.input(place, index, matrix.input())?;
                self.recolored(items, matrix.kind(), primitive)
            }
            Kind::ComponentTransfer(transfer) => {
                let items = self.input(place, index, transfer.input())?;
                let opacity = only_opacity(transfer)?;
                self.grouped(items, |group| group.opacity = opacity)
            }
            Kind::ConvolveMatrix(_) => refused("feConvolveMatrix"),
            Kind::DiffuseLighting(_) => refused("feDiffuseLighting"),
            Kind::DisplacementMap(_) => refused("feDisplacementMap"),
            Kind::Image(_) => refused("feImage"),
            Kind::Morphology(_) => refused("feMorphology"),
            Kind::SpecularLighting(_) => refused("feSpecularLighting"),
            Kind::Tile(_) => refused("feTile"),
            Kind::Turbulence(_) => refused("feTurbulence"),
        }?;
        if primitive.rect() == place.filter.rect() {
            return Ok(items);
        }
        self.grouped(items, |group| group.clip = Some(place.region(geometry::rect(primitive.rect()))))
    }

    fn input(&mut self, place: Place<'_>, index: usize, input: &Input) -> Result<Vec<Item>, DrawingProblem> {
        let source = |drawer: &mut Self| drawer.filtered(place.group, place.before, place.to_page);
        match input {
            Input::SourceGraphic => source(self),
            Input::SourceAlpha => {
                let items = source(self)?;
                self.grouped(items, |group| group.tint = Some(Rgba::BLACK))
            }
            Input::Reference(name) => match find(place.filter, index, name) {
                Some(earlier) => self.deeper(|drawer| drawer.result(place, earlier)),
                None => source(self),
            },
        }
    }

    fn blurred(
        &mut self,
        items: Vec<Item>,
        place: Place<'_>,
        across: f32,
        down: f32,
    ) -> Result<Vec<Item>, DrawingProblem> {
        if (across - down).abs() > 0.01 * across.max(down) {
            return Err(DrawingProblem::NotDrawn("a blur that differs across and down".to_owned()));
        }
        let sigma = place.sigma(across);
        self.grouped(items, |group| group.blur = sigma)
    }

    fn composite(
        &mut self,
        place: Place<'_>,
        index: usize,
        composite: &Composite,
    ) -> Result<Vec<Item>, DrawingProblem> {
        let (one, two) = (composite.input1(), composite.input2());
        match composite.operator() {
            CompositeOperator::Over => {
                let mut items = self.input(place, index, two)?;
                items.extend(self.input(place, index, one)?);
                Ok(items)
            }
            CompositeOperator::In => self.inside(place, index, one, two),
            CompositeOperator::Out => {
                let items = self.input(place, index, one)?;
                let cut = self.input(place, index, two)?;
                let dark = self.grouped(cut, |group| group.tint = Some(Rgba::BLACK))?;
                let white = filled(geometry::rect(place.filter.rect()), Rgba::WHITE, place.to_page);
                let mask = Mask { items: [vec![white], dark].concat(), luminance: true };
                self.grouped(items, |group| group.mask = Some(mask))
            }
            CompositeOperator::Atop => {
                let mut items = self.input(place, index, two)?;
                items.extend(self.inside(place, index, one, two)?);
                Ok(items)
            }
            CompositeOperator::Xor => refused("feComposite operator=\"xor\""),
            CompositeOperator::Lighter => refused("feComposite operator=\"lighter\""),
            CompositeOperator::Arithmetic { .. } => refused("feComposite operator=\"arithmetic\""),
        }
    }

    /// One input where the other is opaque.
    fn inside(
        &mut self,
        place: Place<'_>,
        index: usize,
        one: &Input,
        two: &Input,
    ) -> Result<Vec<Item>, DrawingProblem> {
        let shape = self.input(place, index, two)?;
        if let Some(Kind::Flood(flood)) = primitive_of(place.filter, index, one).map(Primitive::kind) {
            let color = self.color(flood.color(), flood.opacity().get());
            return self.grouped(shape, |group| group.tint = Some(color));
        }
        let items = self.input(place, index, one)?;
        self.grouped(items, |group| group.mask = Some(Mask { items: shape, luminance: false }))
    }

    /// What colour matrices are for in shadows: one colour for everything, and opacity.
    fn recolored(
        &mut self,
        items: Vec<Item>,
        kind: &ColorMatrixKind,
        primitive: &Primitive,
    ) -> Result<Vec<Item>, DrawingProblem> {
        let not_drawn = || DrawingProblem::NotDrawn("the filter <feColorMatrix> for more than a shadow".to_owned());
        let ColorMatrixKind::Matrix(numbers) = kind else { return Err(not_drawn()) };
        let rows: Vec<&[f32]> = numbers.chunks_exact(5).collect();
        let &[red, green, blue, alpha] = rows.as_slice() else { return Err(not_drawn()) };
        if alpha[..3] != [0.0; 3] || alpha[4] != 0.0 || alpha[3] < 0.0 {
            return Err(not_drawn());
        }
        let colors = [red, green, blue];
        let unit = |n: usize| colors[n].iter().enumerate().all(|(at, &value)| value == f32::from(u8::from(at == n)));
        let opacity = f64::from(alpha[3].min(1.0));
        let items = if alpha[3] >= HARDENING { hardened(items) } else { items };
        if (0..3).all(unit) {
            return self.grouped(items, |group| group.opacity = opacity);
        }
        if colors.iter().any(|row| row[..4] != [0.0; 4]) {
            return Err(not_drawn());
        }
        let linear = primitive.color_interpolation() == ColorInterpolation::LinearRGB;
        let [r, g, b] = colors.map(|row| channel(row[4], linear));
        let own = self.color(usvg::Color::new_rgb(r, g, b), alpha[3].min(1.0));
        self.grouped(items, |group| group.tint = Some(own))
    }

    /// Items as a group, if there are any and the group is more than its items.
    fn grouped(&mut self, items: Vec<Item>, change: impl FnOnce(&mut Group)) -> Result<Vec<Item>, DrawingProblem> {
        let mut group = Group::default();
        change(&mut group);
        if items.is_empty() || (!group.isolates() && group.clip.is_none()) {
            return Ok(items);
        }
        Ok(vec![Item::Group(Group { items, ..group })])
    }
}

/// Items as opaque as they get wherever they draw anything: what multiplying alpha by a large number does.
fn hardened(mut items: Vec<Item>) -> Vec<Item> {
    let full = |color: &mut Rgba| color.0[3] = if color.0[3] > 0 { 255 } else { 0 };
    for item in &mut items {
        match item {
            Item::Fill(FillItem { paint, .. }) | Item::Stroke(StrokeItem { paint, .. }) => match paint {
                Paint::Solid(color) => full(color),
                Paint::Linear(gradient) => gradient.stops.iter_mut().for_each(|stop| full(&mut stop.color)),
                Paint::Radial(gradient) => gradient.stops.iter_mut().for_each(|stop| full(&mut stop.color)),
                Paint::Image(image) => image.opacity = 1.0,
                Paint::Tiles(tiles) => tiles.opacity = 1.0,
            },
            Item::Image(image) => image.opacity = 1.0,
            Item::Group(group) => {
                group.opacity = 1.0;
                group.tint.iter_mut().for_each(full);
                group.items = hardened(std::mem::take(&mut group.items));
            }
            Item::Glyphs(_) | Item::Shadow(_) | Item::Modules(_) => {}
        }
    }
    items
}

/// Whether a filter was written as `blur()` or `drop-shadow()`, which have no region that cuts them. The library makes
/// one up, and calls the result of no other filter so.
fn is_function(filter: &Filter) -> bool {
    matches!(filter.primitives(), [only] if only.result() == "result")
}

fn filled(rect: Rect, color: Rgba, transform: Affine) -> Item {
    let (shape, rule) = (Shape::Rect(rect), FillRule::NonZero);
    Item::Fill(FillItem { shape, rule, paint: Paint::Solid(color), transform })
}

/// The nearest primitive before this one whose result has the name.
fn find(filter: &Filter, index: usize, name: &str) -> Option<usize> {
    filter.primitives()[..index].iter().rposition(|primitive| primitive.result() == name)
}

fn primitive_of<'f>(filter: &'f Filter, index: usize, input: &Input) -> Option<&'f Primitive> {
    let Input::Reference(name) = input else { return None };
    find(filter, index, name).map(|earlier| &filter.primitives()[earlier])
}

/// The share of its opacity that a transfer leaves, if that is all it does.
fn only_opacity(transfer: &ComponentTransfer) -> Result<f64, DrawingProblem> {
    let keeps = |function: &TransferFunction| match function {
        TransferFunction::Identity => true,
        TransferFunction::Linear { slope, intercept } => *slope == 1.0 && *intercept == 0.0,
        _ => false,
    };
    let colors_stay = [transfer.func_r(), transfer.func_g(), transfer.func_b()].into_iter().all(keeps);
    match transfer.func_a() {
        TransferFunction::Identity if colors_stay => Ok(1.0),
        TransferFunction::Linear { slope, intercept }
            if colors_stay && *intercept == 0.0 && (0.0..=1.0).contains(slope) =>
        {
            Ok(f64::from(*slope))
        }
        TransferFunction::Table(values)
            if colors_stay
                && matches!(values.as_slice(), [first, last] if *first == 0.0 && (0.0..=1.0).contains(last)) =>
        {
            Ok(values.last().copied().map_or(1.0, f64::from))
        }
        _ => refused("feComponentTransfer").map(|_| 1.0),
    }
}

fn refused(name: &str) -> Result<Vec<Item>, DrawingProblem> {
    Err(DrawingProblem::NotDrawn(format!("the filter <{name}>")))
}

/// A share of light as a byte of sRGB.
fn channel(value: f32, linear: bool) -> u8 {
    let value = f64::from(value).clamp(0.0, 1.0);
    let encoded = match linear {
        true if value <= 0.003_130_8 => 12.92 * value,
        true => 1.055 * libm::pow(value, 1.0 / 2.4) - 0.055,
        false => value,
    };
    (encoded * 255.0).round() as u8
}
