//! `template check --stress`: a template drawn with data that is hard on it, at sizes that were not thought of, and what the
//! reports of those renders say, by data set, size and node.

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use handbill_template::WarningCode;
use serde::Serialize;

use super::sheet::{format_of, is_meant, name, picture};
use super::trials::{Trial, all_sizes, draw_all};
use crate::actions::draw::Drawn;
use crate::cli::Globals;
use crate::datasets::DataSet;
use crate::log;
use crate::renderer::{Renderer, engine_options};
use crate::templates::{StoredTemplate, counted};

/// What came of one template.
#[derive(Serialize)]
pub(super) struct Stress {
    renders: usize,
    found: Vec<Found>,
}

/// One thing that a report said, or why there is none.
#[derive(Debug, PartialEq, Serialize)]
struct Found {
    data: &'static str,
    size: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    slide: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    node: Option<String>,
    level: Level,
    /// A warning's code, or `not_drawn`.
    code: String,
    message: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    /// The picture cannot be used: something leaves its frame, or nothing was drawn.
    Error,
    Warning,
}

/// Draws them all, and writes the sheet if one is wanted.
pub(super) async fn stress(
    globals: &Globals,
    templates: &[Arc<StoredTemplate>],
    sheet: Option<&Path>,
) -> anyhow::Result<Vec<Stress>> {
    let (config, _) = globals.load()?;
    log::init(&config.log);
    let format = sheet.map(format_of).transpose()?;
    let engine = engine_options(&config)?;
    let at_once = engine.workers;
    let renderer = Renderer::with_engine(&config, engine)?;
    let of_each: Vec<Vec<Trial>> = templates.iter().map(trials).collect();
    let trials = of_each.concat();
    let outcomes = draw_all(&renderer, &trials, at_once).await?;
    if let (Some(file), Some(format)) = (sheet, format) {
        let picture = picture(&renderer, &trials, &outcomes, format).await?;
        std::fs::write(file, picture.bytes).with_context(|| format!("cannot write {}", file.display()))?;
    }
    let mut pairs = trials.iter().zip(&outcomes);
    let of_one = |trials: &Vec<Trial>| Stress {
        renders: trials.len(),
        found: pairs.by_ref().take(trials.len()).flat_map(|(trial, outcome)| found(trial, outcome)).collect(),
    };
    Ok(of_each.iter().map(of_one).collect())
}

fn trials(stored: &Arc<StoredTemplate>) -> Vec<Trial> {
    let sizes = all_sizes(stored.template());
    let trial = |set, size| Trial { stored: Arc::clone(stored), set, size };
    DataSet::ALL.into_iter().flat_map(|set| sizes.iter().map(move |size| trial(set, size.clone()))).collect()
}

fn found(trial: &Trial, outcome: &Result<Drawn, String>) -> Vec<Found> {
    let base = |level: Level, code: String, message: &str| Found {
        data: trial.set.name(),
        size: trial.size.caption.clone(),
        slide: None,
        node: None,
        level,
        code,
        message: message.to_owned(),
    };
    let drawn = match outcome {
        Ok(drawn) => drawn,
        Err(why) => return vec![base(Level::Error, "not_drawn".to_owned(), why)],
    };
    let warnings = drawn.report().warnings.iter().filter(|warning| !is_meant(warning.code, trial.set));
    let mut found: Vec<Found> = warnings
        .map(|warning| Found {
            slide: warning.slide,
            node: warning.node.clone(),
            ..base(level(warning.code), name(warning.code), &warning.message)
        })
        .collect();
    // What stands on one node, together; the order of nodes is the report's.
    let nodes: Vec<(Option<usize>, Option<String>)> =
        found.iter().map(|found| (found.slide, found.node.clone())).collect();
    found.sort_by_key(|found| nodes.iter().position(|node| (node.0, &node.1) == (found.slide, &found.node)));
    found
}

fn level(code: WarningCode) -> Level {
    match code {
        WarningCode::FrameOverflow => Level::Error,
        _ => Level::Warning,
    }
}

impl Stress {
    pub(super) fn holds(&self) -> bool {
        self.found.iter().all(|found| found.level != Level::Error)
    }

    pub(super) fn tell(&self, path: &Path, out: &mut dyn Write) -> io::Result<()> {
        for of_render in self.found.chunk_by(|one, other| (one.data, &one.size) == (other.data, &other.size)) {
            writeln!(out, "{}: {}, {}", path.display(), of_render[0].data, of_render[0].size)?;
            for of_node in of_render.chunk_by(|one, other| (one.slide, &one.node) == (other.slide, &other.node)) {
                writeln!(out, "  {}", place(&of_node[0]))?;
                for found in of_node {
                    let level = if found.level == Level::Error { "error: " } else { "" };
                    writeln!(out, "    {level}{}: {}", found.code, found.message)?;
                }
            }
        }
        let errors = self.found.iter().filter(|found| found.level == Level::Error).count();
        let summary = match (errors, self.found.len()) {
            (0, 0) => "nothing had to give way".to_owned(),
            (0, warnings) => format!("holds, with {}", counted(warnings, "warning")),
            (errors, all) => format!("{}, {}", counted(errors, "error"), counted(all - errors, "warning")),
        };
        writeln!(out, "{}: {}: {summary}", path.display(), counted(self.renders, "render"))
    }
}

/// "title on slide 2".
fn place(found: &Found) -> String {
    match (&found.node, found.slide) {
        (Some(node), Some(slide)) => format!("{node} on slide {}", slide + 1),
        (Some(node), None) => node.clone(),
        (None, Some(slide)) => format!("slide {}", slide + 1),
        (None, None) => "the whole".to_owned(),
    }
}
