//! A rehearsal: where nothing was ever rendered, a starter is drawn before anybody asks, so that the first estimates know
//! this machine.

use std::sync::Arc;

use handbill_render::Format;
use handbill_template::bind::BindOptions;
use handbill_template::bind::native::{self, NativeData};

use crate::actions::draw::{DrawOptions, draw, off_thread};
use crate::actions::{ActionError, Kind, Result};
use crate::app::App;
use crate::store::render::{self as renders, RecentTimes};

/// The first time the engine reads its fonts; the second is what counts.
const TIMES: usize = 2;

/// Does nothing where there were renders before. What it finds out is forgotten with the process.
pub async fn rehearse(app: &App) -> Result<()> {
    if renders::recent_times(&mut app.db.read().await?).await?.is_some() {
        return Ok(());
    }
    let Some(stored) = app.renderer.templates.iter().next().cloned() else { return Ok(()) };
    for _ in 0..TIMES {
        let template = Arc::clone(&stored);
        let bound = off_thread(move || {
            let options = BindOptions { preview: true, ..BindOptions::default() };
            native::bind(&template.compiled, &NativeData::default(), &options)
        })
        .await?;
        let bound =
            bound.map_err(|error| ActionError::new(Kind::Internal, "A starter has no samples").because(error))?;
        let drawn = draw(&app.renderer, &stored, bound, &DrawOptions::new(Format::Png), |_| ()).await?;
        let slides = drawn.rendered.pictures.len().max(1);
        let draw_ms = drawn.took.as_secs_f64() * 1000.0 / f64::from(u32::try_from(slides).unwrap_or(u32::MAX));
        app.pace.rehearsed(RecentTimes { work_ms: draw_ms, draw_ms });
    }
    Ok(())
}
