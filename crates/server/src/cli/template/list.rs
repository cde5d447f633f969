//! `handbill template list`: the starters, and what an account keeps.

use clap::Args;
use handbill_template::Template;
use serde_json::{Value, json};

use super::{Output, account_id};
use crate::actions::Page;
use crate::actions::template::{Summary, Wanted, get, list_templates};
use crate::app::App;
use crate::templates::StoredTemplate;

#[derive(Args)]
pub(crate) struct List {
    /// Whose [default: the first account]
    #[arg(long, value_name = "ID")]
    account: Option<i64>,
}

impl List {
    pub(crate) async fn run(&self, app: &App, out: &Output) -> anyhow::Result<()> {
        let account_id = account_id(app, self.account).await?;
        let (mut templates, mut after) = (Vec::new(), Some(0));
        while let Some(from) = after {
            let page = list_templates(app, account_id, &Wanted::default(), from, Page::<Summary>::MAX_LIMIT).await?;
            for summary in page.items {
                templates.push(get(app, account_id, &summary.id.to_string()).await?);
            }
            after = page.next;
        }
        let views: Vec<Value> = templates.iter().map(|stored| view(stored)).collect();
        let rows = templates.iter().map(|stored| {
            let fields: Vec<String> = required_and_optional(stored);
            [
                stored.id.to_string(),
                format!("{}@{}", stored.slug(), stored.version),
                sizes(stored.template()).join(" "),
                fields.join(" "),
            ]
        });
        out.print_table(&views, ["id", "template", "sizes", "fields (* required)"], rows)
    }
}

fn view(stored: &StoredTemplate) -> Value {
    let template = stored.template();
    json!({
        "id": stored.id,
        "slug": stored.slug(),
        "version": stored.version,
        "name": stored.name(),
        "description": template.description,
        "tags": template.tags,
        "sizes": sizes(template),
        "fields": stored.compiled.fields().describe(),
    })
}

/// `1080×1350 square=1080×1080 …`: the canvas, then the further sizes by name.
fn sizes(template: &Template) -> Vec<String> {
    let canvas = format!("{}×{}", template.canvas.width, template.canvas.height);
    let named = template.sizes.iter().map(|(name, size)| format!("{name}={}×{}", size.width, size.height));
    std::iter::once(canvas).chain(named).collect()
}

/// Document fields, then those of each list with its name in front.
fn required_and_optional(stored: &StoredTemplate) -> Vec<String> {
    let inventory = stored.compiled.fields();
    let star = |field: &handbill_template::document::Field| if field.required == Some(true) { "*" } else { "" };
    let document = inventory.document.iter().map(|known| format!("{}{}", known.field.key, star(&known.field)));
    let groups = inventory.groups.iter().flat_map(|group| {
        group.fields.iter().map(|known| format!("{}[].{}{}", group.each, known.field.key, star(&known.field)))
    });
    document.chain(groups).collect()
}
