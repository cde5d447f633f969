//! `handbill render`: one template and its data into files, without a server or a database.

mod data;
mod files;

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use clap::{Args, ValueEnum};
use handbill_render::{Compression, Format, Progress};
use handbill_template::resolve::SizeChoice;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use super::{Globals, Output, find_template};
use crate::actions::draw::{DrawOptions, Drawn, LocalFiles, draw, format_named};
use crate::engine::EngineOptions;
use crate::log;
use crate::renderer::{Renderer, engine_options};
use crate::templates::StoredTemplate;
use data::Request;
use files::Destination;

#[derive(Args)]
pub(crate) struct Render {
    /// A starter (`handbill template list`), a folder with a template.json, or such a file
    template: String,
    /// JSON: fields and their values, a whole request, or a Render API body; - is standard input [default: sample data]
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    // Help cannot show an n in braces: there it is a line break.
    /// Where to write; several slides are numbered before the ending, or where an n stands in braces; - is standard output
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// A size of the template by name, or any in pixels, as in 1200x630
    #[arg(long, value_name = "NAME|WxH")]
    size: Option<String>,
    /// [default: by the ending of --out]
    #[arg(long, value_enum)]
    format: Option<OutputFormat>,
    /// Of JPEG, WebP and AVIF, 1 to 100; a WebP of 100 is without loss [default: 90, AVIF 80]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=100))]
    quality: Option<u8>,
    /// How hard PNG tries: fast, balanced or small [default: balanced]
    #[arg(long, value_name = "HOW", value_parser = compression)]
    compression: Option<Compression>,
    /// Leave out the slides' backgrounds: PNG, WebP and AVIF are transparent there, JPEG is white
    #[arg(long)]
    transparent: bool,
    /// Pixels for each pixel of the size, 1 to 4: 2 makes 1080x1080 a picture of 2160x2160 [default: 1]
    #[arg(long, value_name = "N", value_parser = scale)]
    scale: Option<f64>,
    /// Language of texts, numbers and dates, as in de or pt-BR
    #[arg(long, value_name = "TAG")]
    locale: Option<String>,
    /// Fail where something would come out otherwise than asked for
    #[arg(long)]
    strict: bool,
    /// Write what was done, and every warning, as JSON
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum OutputFormat {
    Png,
    #[value(alias = "jpeg")]
    Jpg,
    #[value(name = "webp")]
    WebP,
    Avif,
    Pdf,
}

impl From<OutputFormat> for Format {
    fn from(format: OutputFormat) -> Format {
        match format {
            OutputFormat::Png => Format::Png,
            OutputFormat::Jpg => Format::Jpeg,
            OutputFormat::WebP => Format::WebP,
            OutputFormat::Avif => Format::Avif,
            OutputFormat::Pdf => Format::Pdf,
        }
    }
}

/// Endings of files that are pictures, and that Handbill does not make.
const OTHER_PICTURES: [&str; 5] = ["gif", "svg", "tif", "tiff", "bmp"];

fn named(name: &str) -> anyhow::Result<Format> {
    format_named(name).map_err(|why| anyhow!(why))
}

fn scale(text: &str) -> Result<f64, String> {
    let scale: f64 = text.parse().map_err(|_| "it is no number".to_owned())?;
    if (1.0..=4.0).contains(&scale) { Ok(scale) } else { Err("it can be 1 to 4".to_owned()) }
}

fn compression(text: &str) -> Result<Compression, String> {
    Compression::named(text).ok_or_else(|| format!("it can be {}", Compression::ALL.map(Compression::name).join(", ")))
}

impl Render {
    pub(crate) async fn run(&self, globals: &Globals, out: &Output) -> anyhow::Result<()> {
        let (config, _) = globals.load()?;
        log::init(&config.log);
        let engine = EngineOptions { workers: 1, ..engine_options(&config)? };
        let renderer = Renderer::with_engine(&config, engine)?;
        let stored = find_template(&config, &renderer.templates, &self.template).await?;
        let request = match &self.data {
            Some(path) => Request::read(path, &stored)?,
            None => Request::sample(),
        };
        let destination = Destination::new(&self.out, self.format_for(&request)?);
        let options = self.options(&request, destination.format);
        let bound = request.bind(&stored, options.strict, renderer.limits.max_slides)?;
        let bar = progress_bar(stored.name());
        let drawn = draw(&renderer, &stored, bound, &options, |progress| advance(&bar, progress)).await;
        bar.finish_and_clear();
        let drawn = drawn?;
        let written = destination.write(&drawn)?;
        self.tell(&stored, &drawn, &written, out)
    }

    /// The flag, else the ending of the file, else what the request says, else PNG.
    fn format_for(&self, request: &Request) -> anyhow::Result<Format> {
        if let Some(format) = self.format {
            return named(Format::from(format).extension());
        }
        let ending = self.out.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
        match ending.as_deref() {
            Some(name) if Format::named(name).is_some() || OTHER_PICTURES.contains(&name) => named(name),
            _ => Ok(request.format.unwrap_or(Format::Png)),
        }
    }

    /// Flags stand above what the request says.
    fn options(&self, request: &Request, format: Format) -> DrawOptions {
        let size = self.size.as_deref().or(request.size.as_deref()).unwrap_or_default();
        DrawOptions {
            size: SizeChoice::parse(size),
            scale: self.scale.or(request.scale).unwrap_or(1.0),
            quality: self.quality.or(request.quality),
            compression: self.compression.or(request.compression).unwrap_or_default(),
            transparent: self.transparent || request.transparent,
            locale: self.locale.clone().or_else(|| request.locale.clone()),
            strict: self.strict || request.strict,
            local_files: LocalFiles::From(self.data_folder()),
            ..DrawOptions::new(format)
        }
    }

    /// Where relative paths in the data start: beside it.
    fn data_folder(&self) -> PathBuf {
        let folder = self.data.as_deref().and_then(Path::parent);
        folder.filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned()
    }

    fn tell(
        &self,
        stored: &StoredTemplate,
        drawn: &Drawn,
        written: &[files::Written],
        out: &Output,
    ) -> anyhow::Result<()> {
        let report = drawn.report();
        let files: Vec<Value> = written.iter().map(files::Written::view).collect();
        let view = json!({
            "template": stored.slug(),
            "format": drawn.format.extension(),
            "files": files,
            "warnings": report.warnings,
            "text_sizes": report.text_sizes,
        });
        if let Some(path) = &self.report {
            let text = serde_json::to_string_pretty(&view)? + "\n";
            std::fs::write(path, text).with_context(|| format!("cannot write the report to {}", path.display()))?;
        }
        for warning in &report.warnings {
            eprintln!("warning: {}", warning.message);
        }
        if written.iter().any(files::Written::is_on_stdout) {
            return Ok(());
        }
        out.print(&view, |out| written.iter().try_for_each(|file| writeln!(out, "{file}")))
    }
}

/// Shown on a terminal only, and only when it takes a while.
fn progress_bar(name: &str) -> ProgressBar {
    let bar = ProgressBar::no_length();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {wide_bar} {pos}/{len} slides") {
        bar.set_style(style);
    }
    bar.set_message(name.to_owned());
    bar.enable_steady_tick(std::time::Duration::from_millis(100));
    bar
}

fn advance(bar: &ProgressBar, progress: Progress) {
    bar.set_length(progress.total as u64);
    bar.set_position(progress.done as u64);
}
