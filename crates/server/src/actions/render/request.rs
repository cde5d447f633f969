//! What was asked for: read from what was sent, kept as JSON, read again when its turn comes; and made ready to be drawn,
//! which finds everything that is wrong with it. The same is done before it is accepted and before it is drawn.

use std::sync::Arc;

use handbill_template::bind::render_api;
use handbill_template::bind::{BindError, BindOptions, Bound};
use serde_json::{Map, Value};

use crate::actions::draw::{DrawOptions, ResolvedRequest, format_named, off_thread, resolve_request, sentence};
use crate::actions::font::FontShelf;
use crate::actions::{ActionError, Kind, Result, brand_kit, template};
use crate::app::App;
use crate::store::render::Origin;
use crate::templates::StoredTemplate;

/// A request whose shape is right.
#[derive(Clone, Debug)]
pub struct RenderRequest {
    /// As it was sent, with what stood in the URL.
    pub(super) body: Map<String, Value>,
    parsed: render_api::Request,
}

/// A request and its template, bound: what drawing needs.
pub(crate) struct Ready {
    pub(crate) stored: Arc<StoredTemplate>,
    pub(crate) bound: Bound,
    pub(crate) options: DrawOptions,
}

impl RenderRequest {
    /// Reads a body of the Render API; `tool` is what the URL says.
    ///
    /// # Errors
    /// Every fault of its shape.
    pub fn of_render_api(
        body: Map<String, Value>,
        tool: Option<&str>,
    ) -> std::result::Result<RenderRequest, BindError> {
        let body = Value::Object(body);
        let parsed = render_api::parse(&body, tool)?;
        let Value::Object(mut body) = body else { unreachable!("it was made above") };
        if parsed.carousel_tool {
            body.insert("tool".to_owned(), "carousel-maker".into());
        }
        Ok(RenderRequest { body, parsed })
    }

    /// One that was accepted before.
    pub(super) fn kept(origin: Origin, json: &str) -> Result<RenderRequest> {
        let unreadable = |why: String| {
            ActionError::new(Kind::RenderFailed, "The request was accepted by another version, which read it otherwise")
                .because(why)
        };
        let body = serde_json::from_str(json).map_err(|error| unreadable(error.to_string()))?;
        match origin {
            Origin::Render | Origin::Generate => {
                RenderRequest::of_render_api(body, None).map_err(|error| unreadable(error.to_string()))
            }
        }
    }

    /// The template as it was sent.
    pub fn template(&self) -> &str {
        &self.parsed.template_id
    }

    pub(super) fn output(&self) -> &str {
        &self.parsed.output
    }

    pub(super) fn webhook_url(&self) -> Option<&str> {
        self.parsed.webhook_url.as_deref()
    }

    pub(super) fn metadata(&self) -> Option<String> {
        self.parsed.metadata.as_ref().map(Value::to_string)
    }

    /// Finds the template and puts the values where they belong.
    pub(crate) async fn ready(&self, app: &App, account_id: i64, reference: &str) -> Result<Ready> {
        let format = format_named(&self.parsed.output)
            .map_err(|why| ActionError::new(Kind::Invalid, format!("output: {why}")))?;
        let stored = template::get(app, account_id, reference).await?;
        let fonts = FontShelf::of(app, account_id);
        let options = DrawOptions { strict: self.parsed.strict, fonts, ..DrawOptions::new(format) };
        let (filled, request, max_entries) = (Arc::clone(&stored), self.parsed.clone(), app.renderer.limits.max_slides);
        let mut bound = off_thread(move || bind(&filled, &request, max_entries)).await??;
        brand_kit::fill(app, account_id, self.parsed.brand_kit.as_deref(), &mut bound).await?;
        Ok(Ready { stored, bound, options })
    }
}

impl Ready {
    /// What would be drawn.
    pub(crate) async fn resolve(self, app: &App) -> Result<ResolvedRequest> {
        resolve_request(&app.renderer, &self.stored, self.bound, &self.options).await.map_err(|mut error| {
            error.message = sentence(&error.message);
            error
        })
    }
}

fn bind(stored: &StoredTemplate, request: &render_api::Request, max_entries: usize) -> Result<Bound> {
    let options = BindOptions { max_entries, ..BindOptions::default() };
    render_api::bind(&stored.compiled, request, &options)
        .map_err(|error| ActionError::new(Kind::Invalid, sentence(&error.to_string())))
}
