//! `handbill template sheet`: every template at every size with every data set, on one picture to look at.

mod page;

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::Args;
use handbill_render::Format;
use handbill_template::bind::native::{self, NativeData};
use handbill_template::bind::{BindOptions, Bound};
use handbill_template::resolve::SizeChoice;
use handbill_template::{Template, Warning, WarningCode};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use tokio::task::JoinSet;

use super::{Globals, Output};
use crate::actions::draw::{DrawOptions, draw};
use crate::cli::find_template;
use crate::datasets::DataSet;
use crate::log;
use crate::renderer::{Renderer, engine_options};
use crate::templates::StoredTemplate;
use page::{Cell, Page, Row, Section};

/// A slide's height on the sheet.
const SLIDE_HEIGHT: f64 = 280.0;

#[derive(Args)]
pub(crate) struct Sheet {
    /// Starters, folders or template.json files [default: every starter]
    #[arg(value_name = "TEMPLATE")]
    templates: Vec<String>,
    /// Where to write the picture, a PNG or JPEG
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// One render of the sheet and where it goes.
struct Order {
    stored: Arc<StoredTemplate>,
    set: DataSet,
    size: SizeChoice,
    caption: String,
    height: f64,
    /// Section, row, cell.
    place: (usize, usize, usize),
}

impl Sheet {
    pub(crate) async fn run(&self, globals: &Globals, out: &Output) -> anyhow::Result<()> {
        let (config, _) = globals.load()?;
        log::init(&config.log);
        let engine = engine_options(&config)?;
        let at_once = engine.workers;
        let renderer = Renderer::with_engine(&config, engine)?;
        let templates = self.chosen(&renderer)?;
        let ending = self.out.extension().and_then(|ending| ending.to_str());
        let format = match ending.and_then(Format::named) {
            Some(format) if format != Format::Pdf && format.is_available() => format,
            _ => bail!("{} must end in .png, .jpg or .webp", self.out.display()),
        };
        let sections = render_all(&renderer, &templates, at_once).await?;
        let page = Page::of(sections)?;
        let bound = bind(&page.stored, &NativeData::default())?;
        let drawn = draw(&renderer, &page.stored, bound, &DrawOptions::new(format), |_| ()).await?;
        let picture = drawn.rendered.pictures.into_iter().next().context("the sheet has one page")?;
        std::fs::write(&self.out, picture.bytes).with_context(|| format!("cannot write {}", self.out.display()))?;
        let view =
            json!({ "path": self.out, "width": picture.width, "height": picture.height, "renders": page.renders });
        out.print(&view, |out| {
            let path = self.out.display();
            writeln!(out, "{path}  {}×{} px, {} renders", picture.width, picture.height, page.renders)
        })
    }

    fn chosen(&self, renderer: &Renderer) -> anyhow::Result<Vec<Arc<StoredTemplate>>> {
        if self.templates.is_empty() {
            return Ok(renderer.templates.iter().cloned().collect());
        }
        self.templates.iter().map(|name| find_template(&renderer.templates, name)).collect()
    }
}

fn bind(stored: &StoredTemplate, data: &NativeData) -> anyhow::Result<Bound> {
    Ok(native::bind(&stored.compiled, data, &BindOptions::default())?)
}

/// All renders, as many at once as there are engine processes.
async fn render_all(
    renderer: &Renderer,
    templates: &[Arc<StoredTemplate>],
    at_once: usize,
) -> anyhow::Result<Vec<Section>> {
    let mut sections: Vec<Section> = templates.iter().map(empty_section).collect();
    let mut under_way = JoinSet::new();
    let orders: Vec<Order> = templates.iter().enumerate().flat_map(|(at, stored)| orders(at, stored)).collect();
    let bar = ProgressBar::new(orders.len() as u64);
    if let Ok(style) = ProgressStyle::with_template("{spinner} {wide_bar} {pos}/{len} renders") {
        bar.set_style(style);
    }
    let mut orders = orders.into_iter();
    loop {
        for order in orders.by_ref().take(at_once.saturating_sub(under_way.len())) {
            let renderer = renderer.clone();
            under_way.spawn(async move { cell(&renderer, &order).await.map(|cell| (order.place, cell)) });
        }
        let Some(done) = under_way.join_next().await else { break };
        let ((section, row, place), cell) = done??;
        sections[section].rows[row].cells[place] = cell;
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(sections)
}

fn empty_section(stored: &Arc<StoredTemplate>) -> Section {
    let cells = vec![Cell::default(); sizes(stored.template()).len()];
    let row = |set: DataSet| Row { caption: set.name(), cells: cells.clone() };
    Section { title: format!("{} ({})", stored.name(), stored.slug()), rows: DataSet::ALL.map(row).into() }
}

fn orders(section: usize, stored: &Arc<StoredTemplate>) -> Vec<Order> {
    let mut orders = Vec::new();
    for (row, set) in DataSet::ALL.into_iter().enumerate() {
        for (place, (size, caption, height)) in sizes(stored.template()).into_iter().enumerate() {
            let (stored, place) = (Arc::clone(stored), (section, row, place));
            orders.push(Order { stored, set, size, caption, height, place });
        }
    }
    orders
}

/// Every size with its caption and its height in pixels.
fn sizes(template: &Template) -> Vec<(SizeChoice, String, f64)> {
    let canvas = &template.canvas;
    let own = (SizeChoice::Canvas, format!("{}×{}", canvas.width, canvas.height), canvas.height);
    let named = template.sizes.iter().map(|(name, size)| {
        (SizeChoice::Named(name.clone()), format!("{name} {}×{}", size.width, size.height), size.height)
    });
    std::iter::once(own).chain(named).collect()
}

async fn cell(renderer: &Renderer, order: &Order) -> anyhow::Result<Cell> {
    let Order { stored, set, .. } = order;
    let what = || format!("{} {} {}", stored.slug(), set.name(), order.caption);
    let bound = bind(stored, &set.data(&stored.compiled)).with_context(what)?;
    let options = DrawOptions {
        size: order.size.clone(),
        scale: SLIDE_HEIGHT / order.height,
        locale: set.locale().map(str::to_owned),
        ..DrawOptions::new(Format::Png)
    };
    let drawn = draw(renderer, stored, bound, &options, |_| ()).await.with_context(what)?;
    let report = drawn.rendered.report;
    Ok(Cell { caption: order.caption.clone(), notes: notes(&report.warnings), pictures: drawn.rendered.pictures })
}

/// The codes of what went otherwise than asked, each once with its count.
fn notes(warnings: &[Warning]) -> String {
    let mut counts: Vec<(WarningCode, usize)> = Vec::new();
    // That pictures are small here, and that something optional is missing, is meant.
    let expected = [WarningCode::Unfilled, WarningCode::ImageUpscaled];
    for warning in warnings.iter().filter(|warning| !expected.contains(&warning.code)) {
        match counts.iter_mut().find(|(code, _)| *code == warning.code) {
            Some((_, count)) => *count += 1,
            None => counts.push((warning.code, 1)),
        }
    }
    let name = |code: WarningCode| serde_json::to_value(code).ok().and_then(|code| code.as_str().map(str::to_owned));
    let notes = counts.into_iter().map(|(code, count)| format!("{count} {}", name(code).unwrap_or_default()));
    notes.collect::<Vec<_>>().join(", ")
}
