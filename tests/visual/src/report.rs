//! The HTML report: expected, actual and difference side by side, the failures first.

use std::fmt::Write;
use std::path::Path;

/// What became of one picture.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Case and page, as the reference file is called.
    pub name: String,
    pub verdict: Verdict,
}

#[derive(Debug, Clone)]
pub enum Verdict {
    Same,
    /// Files beside the report: `NAME.expected.png`, `NAME.actual.png`, `NAME.difference.png`.
    Differs {
        pixels: usize,
        largest: u8,
    },
    /// There is no reference, it has another size, or the case does not render.
    Failed(String),
}

/// Writes `index.html` into the folder where the pictures already are.
pub fn write(folder: &Path, outcomes: &[Outcome]) -> anyhow::Result<()> {
    let mut sorted: Vec<&Outcome> = outcomes.iter().collect();
    sorted.sort_by_key(|outcome| (matches!(outcome.verdict, Verdict::Same), outcome.name.clone()));
    let failed = sorted.iter().filter(|outcome| !matches!(outcome.verdict, Verdict::Same)).count();
    let mut html = String::from(HEAD);
    writeln!(html, "<h1>{} pictures, {failed} not as expected</h1>", sorted.len())?;
    for outcome in sorted {
        row(&mut html, outcome)?;
    }
    std::fs::write(folder.join("index.html"), html)?;
    Ok(())
}

fn row(html: &mut String, outcome: &Outcome) -> std::fmt::Result {
    let name = &outcome.name;
    let (class, text) = match &outcome.verdict {
        Verdict::Same => ("same", "same".to_owned()),
        Verdict::Differs { pixels, largest } => ("differs", format!("{pixels} pixels differ, by up to {largest}")),
        Verdict::Failed(reason) => ("differs", escape(reason)),
    };
    writeln!(html, "<section class=\"{class}\"><h2>{name}</h2><p>{text}</p>")?;
    for kind in ["expected", "actual", "difference"] {
        if kind != "difference" || matches!(outcome.verdict, Verdict::Differs { .. }) {
            writeln!(html, "<figure><img src=\"{name}.{kind}.png\" alt=\"\"><figcaption>{kind}</figcaption></figure>")?;
        }
    }
    html.push_str("</section>\n");
    Ok(())
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

const HEAD: &str = "<!doctype html><html lang=en><meta charset=utf-8><title>Visual tests</title><style>\
body{font:15px/1.5 system-ui,sans-serif;margin:2rem;background:#f4f4f6;color:#1b1b1f}\
h1{font-size:1.4rem}h2{font-size:1rem;margin:0}p{margin:.2rem 0 .6rem;color:#555}\
section{background:#fff;padding:1rem;margin:1rem 0;border-left:6px solid #2e9e5b;border-radius:4px}\
.differs{border-color:#e6002a}figure{display:inline-block;margin:0 1rem 0 0;vertical-align:top}\
img{max-width:300px;background:repeating-conic-gradient(#ddd 0 25%,#fff 0 50%) 0/16px 16px;image-rendering:pixelated}\
figcaption{font-size:.8rem;color:#777}</style>\n";
