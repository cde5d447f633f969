//! `handbill template sheet`: every template at every size with every data set, on one picture to look at.

mod page;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::Args;
use handbill_render::{Format, Picture};
use handbill_template::bind::BindOptions;
use handbill_template::bind::native::{self, NativeData};
use handbill_template::{Warning, WarningCode};
use serde_json::json;

use super::trials::{Trial, declared_sizes, draw_all};
use super::{Globals, Output};
use crate::actions::draw::{DrawOptions, Drawn, draw};
use crate::cli::find_template;
use crate::config::Config;
use crate::datasets::DataSet;
use crate::log;
use crate::renderer::{Renderer, engine_options};
use crate::templates::StoredTemplate;
use page::{Cell, Page, Row, Section};

/// A slide's height on the sheet.
pub(super) const SLIDE_HEIGHT: f64 = 280.0;

#[derive(Args)]
pub(crate) struct Sheet {
    /// Starters, folders or template.json files [default: every starter]
    #[arg(value_name = "TEMPLATE")]
    templates: Vec<String>,
    /// Where to write the picture, a PNG or JPEG
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl Sheet {
    pub(crate) async fn run(&self, globals: &Globals, out: &Output) -> anyhow::Result<()> {
        let (config, _) = globals.load()?;
        log::init(&config.log);
        let engine = engine_options(&config)?;
        let at_once = engine.workers;
        let renderer = Renderer::with_engine(&config, engine)?;
        let templates = self.chosen(&config, &renderer).await?;
        let format = format_of(&self.out)?;
        let trials: Vec<Trial> = templates.iter().flat_map(trials).collect();
        let outcomes = draw_all(&renderer, &trials, at_once).await?;
        if let Some((trial, why)) =
            trials.iter().zip(&outcomes).find_map(|(t, outcome)| Some((t, outcome.as_ref().err()?)))
        {
            bail!("{} {} {}: {why}", trial.stored.slug(), trial.set.name(), trial.size.caption);
        }
        let picture = picture(&renderer, &trials, &outcomes, format).await?;
        std::fs::write(&self.out, &picture.bytes).with_context(|| format!("cannot write {}", self.out.display()))?;
        let view =
            json!({ "path": self.out, "width": picture.width, "height": picture.height, "renders": trials.len() });
        out.print(&view, |out| {
            let path = self.out.display();
            writeln!(out, "{path}  {}×{} px, {} renders", picture.width, picture.height, trials.len())
        })
    }

    async fn chosen(&self, config: &Config, renderer: &Renderer) -> anyhow::Result<Vec<Arc<StoredTemplate>>> {
        if self.templates.is_empty() {
            return Ok(renderer.templates.iter().cloned().collect());
        }
        let mut chosen = Vec::new();
        for name in &self.templates {
            chosen.push(find_template(config, &renderer.templates, name).await?);
        }
        Ok(chosen)
    }
}

/// By the file's ending.
pub(super) fn format_of(out: &Path) -> anyhow::Result<Format> {
    let ending = out.extension().and_then(|ending| ending.to_str());
    match ending.and_then(Format::named) {
        Some(format) if format != Format::Pdf && format.is_available() => Ok(format),
        _ => bail!("{} must end in .png, .jpg or .webp", out.display()),
    }
}

fn trials(stored: &Arc<StoredTemplate>) -> Vec<Trial> {
    let sizes = declared_sizes(stored.template());
    let of_set = |set: DataSet| sizes.iter().map(move |size| (set, size.clone()));
    let all = DataSet::ALL.into_iter().flat_map(of_set);
    all.map(|(set, size)| Trial { stored: Arc::clone(stored), set, size }).collect()
}

/// The sheet: a section for each template, in it a row for each data set. Trials of one template stand together, and in it
/// those of one data set.
pub(super) async fn picture(
    renderer: &Renderer,
    trials: &[Trial],
    outcomes: &[Result<Drawn, String>],
    format: Format,
) -> anyhow::Result<Picture> {
    let pairs: Vec<(&Trial, &Result<Drawn, String>)> = trials.iter().zip(outcomes).collect();
    let section = |of_one: &[(&Trial, &Result<Drawn, String>)]| {
        let stored = &of_one[0].0.stored;
        let rows = of_one.chunk_by(|(one, _), (other, _)| one.set == other.set);
        let row = |of_set: &[(&Trial, &Result<Drawn, String>)]| Row {
            caption: of_set[0].0.set.name(),
            cells: of_set.iter().map(|(trial, outcome)| cell(trial, outcome)).collect(),
        };
        Section { title: format!("{} ({})", stored.name(), stored.slug()), rows: rows.map(row).collect() }
    };
    let sections = pairs.chunk_by(|(one, _), (other, _)| Arc::ptr_eq(&one.stored, &other.stored)).map(section);
    let page = Page::of(sections.collect())?;
    let bound = native::bind(&page.stored.compiled, &NativeData::default(), &BindOptions::default())?;
    let canvas = &page.stored.template().canvas;
    // A large sheet is drawn smaller than its slides are, as large as a picture may be.
    let most = renderer.limits.max_output_pixels as f64 * 0.99;
    let scale = (most / (canvas.width * canvas.height)).sqrt().min(1.0);
    let options = DrawOptions { scale, ..DrawOptions::new(format) };
    let drawn = draw(renderer, &page.stored, bound, &options, |_| ()).await?;
    drawn.rendered.pictures.into_iter().next().context("the sheet has one page")
}

fn cell(trial: &Trial, outcome: &Result<Drawn, String>) -> Cell {
    let caption = trial.size.caption.clone();
    match outcome {
        Ok(drawn) => Cell {
            caption,
            notes: notes(&drawn.report().warnings, trial.set),
            pictures: drawn.rendered.pictures.clone(),
        },
        Err(why) => Cell { caption, notes: format!("not drawn: {why}"), pictures: Vec::new() },
    }
}

/// The codes of what went otherwise than asked, each once with its count.
fn notes(warnings: &[Warning], set: DataSet) -> String {
    let mut counts: Vec<(WarningCode, usize)> = Vec::new();
    for warning in warnings.iter().filter(|warning| !is_meant(warning.code, set)) {
        match counts.iter_mut().find(|(code, _)| *code == warning.code) {
            Some((_, count)) => *count += 1,
            None => counts.push((warning.code, 1)),
        }
    }
    let notes = counts.into_iter().map(|(code, count)| format!("{count} {}", name(code)));
    notes.collect::<Vec<_>>().join(", ")
}

/// That pictures and codes are small on the sheet, that something optional is missing, and what a data set is made for.
pub(super) fn is_meant(code: WarningCode, set: DataSet) -> bool {
    match code {
        WarningCode::Unfilled | WarningCode::ImageUpscaled | WarningCode::CodeTooSmall => true,
        WarningCode::ImageFailed | WarningCode::ImageReplaced => set == DataSet::Lost,
        _ => false,
    }
}

/// As it is written in reports.
pub(super) fn name(code: WarningCode) -> String {
    serde_json::to_value(code).ok().and_then(|code| code.as_str().map(str::to_owned)).unwrap_or_default()
}
