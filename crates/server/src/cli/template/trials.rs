//! Templates drawn with made-up data at many sizes: what a contact sheet shows and `check --stress` looks through.

use std::sync::Arc;

use anyhow::Context;
use handbill_render::Format;
use handbill_template::Template;
use handbill_template::bind::BindOptions;
use handbill_template::bind::native;
use handbill_template::document::Unit;
use handbill_template::resolve::SizeChoice;
use indicatif::{ProgressBar, ProgressStyle};
use tokio::task::JoinSet;

use super::sheet::SLIDE_HEIGHT;
use crate::actions::draw::{DrawOptions, Drawn, draw, sentence};
use crate::datasets::DataSet;
use crate::renderer::Renderer;
use crate::templates::StoredTemplate;

/// One template, with one data set, at one size.
#[derive(Clone)]
pub(super) struct Trial {
    pub(super) stored: Arc<StoredTemplate>,
    pub(super) set: DataSet,
    pub(super) size: TrialSize,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct TrialSize {
    pub(super) choice: SizeChoice,
    /// "square 1080×1080".
    pub(super) caption: String,
    /// Of the picture at scale 1, in pixels.
    width: f64,
    height: f64,
}

/// Sizes that no template declares but somebody asks for.
const UNDECLARED: [(&str, u32, u32); 3] = [("landscape", 1200, 675), ("square", 1080, 1080), ("portrait", 1080, 1350)];
/// Nearer to a declared aspect than this, a size is that one scaled.
const SAME_ASPECT: f64 = 0.01;

/// The canvas and every declared size.
pub(super) fn declared_sizes(template: &Template) -> Vec<TrialSize> {
    let canvas = &template.canvas;
    let size = |choice: SizeChoice, name: &str, width: f64, height: f64| {
        let caption = format!("{name} {width}×{height}").trim_start().to_owned();
        let pixels = pixels_per_unit(template);
        TrialSize { choice, caption, width: width * pixels, height: height * pixels }
    };
    let named =
        template.sizes.iter().map(|(name, of)| size(SizeChoice::Named(name.clone()), name, of.width, of.height));
    std::iter::once(size(SizeChoice::Canvas, "", canvas.width, canvas.height)).chain(named).collect()
}

/// The declared sizes, and a landscape, a square and a portrait that are none of them.
pub(super) fn all_sizes(template: &Template) -> Vec<TrialSize> {
    let mut sizes = declared_sizes(template);
    for (name, width, height) in UNDECLARED {
        let aspect = f64::from(width) / f64::from(height);
        if !sizes.iter().any(|size| (size.width / size.height / aspect - 1.0).abs() < SAME_ASPECT) {
            let choice = SizeChoice::Pixels { width, height };
            let caption = format!("{name} {width}×{height}");
            sizes.push(TrialSize { choice, caption, width: width.into(), height: height.into() });
        }
    }
    sizes
}

fn pixels_per_unit(template: &Template) -> f64 {
    let per_inch = match template.canvas.unit.unwrap_or(Unit::Px) {
        Unit::Px => return 1.0,
        Unit::Mm => 25.4,
        Unit::Cm => 2.54,
        Unit::In => 1.0,
        Unit::Pt => 72.0,
    };
    template.canvas.dpi.unwrap_or(96.0) / per_inch
}

/// What came of each, in the order given; as many at once as there are engine processes.
pub(super) async fn draw_all(
    renderer: &Renderer,
    trials: &[Trial],
    at_once: usize,
) -> anyhow::Result<Vec<Result<Drawn, String>>> {
    let mut outcomes: Vec<Result<Drawn, String>> = vec![Err(String::new()); trials.len()];
    let mut under_way = JoinSet::new();
    let bar = ProgressBar::new(trials.len() as u64);
    if let Ok(style) = ProgressStyle::with_template("{spinner} {wide_bar} {pos}/{len} renders") {
        bar.set_style(style);
    }
    let mut waiting = trials.iter().cloned().enumerate();
    loop {
        for (place, trial) in waiting.by_ref().take(at_once.saturating_sub(under_way.len())) {
            let renderer = renderer.clone();
            under_way.spawn(async move { (place, draw_one(&renderer, &trial).await) });
        }
        let Some(done) = under_way.join_next().await else { break };
        let (place, outcome) = done.context("a render did not come to its end")?;
        outcomes[place] = outcome;
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(outcomes)
}

/// As high as a slide on the sheet; why not, in words.
async fn draw_one(renderer: &Renderer, Trial { stored, set, size }: &Trial) -> Result<Drawn, String> {
    let data = set.data(&stored.compiled);
    let bound = native::bind(&stored.compiled, &data, &BindOptions::default()).map_err(|error| error.to_string())?;
    let options = DrawOptions {
        size: size.choice.clone(),
        scale: SLIDE_HEIGHT / size.height,
        locale: set.locale().map(str::to_owned),
        draw_without_lost_pictures: *set == DataSet::Lost,
        ..DrawOptions::new(Format::Png)
    };
    let drawn = draw(renderer, stored, bound, &options, |_| ()).await;
    drawn.map_err(|error| sentence(&error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::templates::Templates;

    #[test]
    fn sizes_are_the_declared_ones_and_what_they_leave_out() {
        let templates = Templates::starters().unwrap();
        let captions = |slug: &str| -> Vec<String> {
            let stored = templates.iter().find(|stored| stored.slug() == slug).unwrap();
            all_sizes(stored.template()).into_iter().map(|size| size.caption).collect()
        };
        let card = captions("og-blog");
        assert_eq!(card[0], "1200×630");
        assert!(card.contains(&"landscape 1200×675".to_owned()), "{card:?}");
        // It is declared; the one that everybody gets would be the same again.
        assert_eq!(card.iter().filter(|caption| caption.ends_with("1080×1080")).count(), 1, "{card:?}");
        let stored = templates.iter().find(|stored| stored.slug() == "certificate").unwrap();
        let page = &declared_sizes(stored.template())[0];
        assert!((page.width / page.height - 297.0 / 210.0).abs() < 0.001 && page.height > 700.0, "{page:?}");
    }
}
