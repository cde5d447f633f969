//! What was asked for: read from what was sent, kept as JSON, read again when its turn comes; and made ready to be drawn,
//! which finds everything that is wrong with it. The same is done before it is accepted and before it is drawn.

use std::sync::Arc;

use handbill_template::bind::render_api;
use handbill_template::bind::{BindError, BindOptions, Bound};
use serde_json::{Map, Value};

use super::faults::Faults;
use super::native::NativeRequest;
use crate::actions::draw::{DrawOptions, format_named, off_thread, resolve_request, sentence};
use crate::actions::font::FontShelf;
use crate::actions::{ActionError, Kind, Result, brand_kit, template};
use crate::app::App;
use crate::store::render::Origin;
use crate::templates::StoredTemplate;

/// A request whose shape is right; what is wrong with the shape of one of `/v1` is found with everything else.
#[derive(Clone, Debug)]
pub struct RenderRequest {
    /// As it was sent, with what stood in the URL.
    pub(super) body: Map<String, Value>,
    parsed: Parsed,
}

#[derive(Clone, Debug)]
enum Parsed {
    RenderApi(Box<render_api::Request>),
    Native(Box<NativeRequest>),
}

/// A request and its template, bound: what drawing needs.
pub(crate) struct Ready {
    pub(crate) stored: Arc<StoredTemplate>,
    pub(crate) bound: Bound,
    /// At least one; those of one size stand together.
    pub(crate) outputs: Vec<WantedOutput>,
}

/// One size in one format.
#[derive(Clone)]
pub(crate) struct WantedOutput {
    /// As it was asked for.
    pub(crate) size: Option<String>,
    /// Where in the request, if faults are to tell.
    pub(crate) place: Option<String>,
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
        Ok(RenderRequest { body, parsed: Parsed::RenderApi(Box::new(parsed)) })
    }

    /// Reads a body of `POST /v1/renders`.
    pub fn native(body: Map<String, Value>) -> RenderRequest {
        let parsed = Parsed::Native(Box::new(NativeRequest::parse(&body)));
        RenderRequest { body, parsed }
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
            Origin::V1 => Ok(RenderRequest::native(body)),
        }
    }

    /// The template as it was sent.
    pub fn template(&self) -> &str {
        match &self.parsed {
            Parsed::RenderApi(request) => &request.template_id,
            Parsed::Native(request) => &request.template,
        }
    }

    /// The formats of its outputs, with commas between them.
    pub(super) fn output(&self) -> String {
        match &self.parsed {
            Parsed::RenderApi(request) => request.output.clone(),
            Parsed::Native(request) => request.output(),
        }
    }

    pub(super) fn webhook_url(&self) -> Option<&str> {
        match &self.parsed {
            Parsed::RenderApi(request) => request.webhook_url.as_deref(),
            Parsed::Native(request) => request.webhook_url.as_deref(),
        }
    }

    pub(super) fn metadata(&self) -> Option<String> {
        let metadata = match &self.parsed {
            Parsed::RenderApi(request) => &request.metadata,
            Parsed::Native(request) => &request.metadata,
        };
        metadata.as_ref().map(Value::to_string)
    }

    /// Finds the template and puts the values where they belong.
    pub(crate) async fn ready(&self, app: &App, account_id: i64, reference: &str) -> Result<Ready> {
        let request = match &self.parsed {
            Parsed::RenderApi(request) => request,
            Parsed::Native(request) => return request.ready(app, account_id, reference).await,
        };
        let format =
            format_named(&request.output).map_err(|why| ActionError::new(Kind::Invalid, format!("output: {why}")))?;
        let stored = template::get(app, account_id, reference).await?;
        let fonts = FontShelf::of(app, account_id);
        let options = DrawOptions { strict: request.strict, fonts, ..DrawOptions::new(format) };
        let (filled, parsed, max_entries) = (Arc::clone(&stored), request.clone(), app.renderer.limits.max_slides);
        let mut bound = off_thread(move || bind(&filled, &parsed, max_entries)).await??;
        brand_kit::fill(app, account_id, request.brand_kit.as_deref(), &mut bound).await?;
        Ok(Ready { stored, bound, outputs: vec![WantedOutput { size: None, place: None, options }] })
    }
}

impl Ready {
    /// How many slides would be drawn, all outputs together; finds out whether they can be.
    pub(crate) async fn slides(&self, app: &App) -> Result<usize> {
        let (mut slides, mut faults) = (0, Faults::default());
        for outputs in self.outputs.chunk_by(|one, next| one.options.size == next.options.size) {
            let WantedOutput { place, options, .. } = &outputs[0];
            match resolve_request(&app.renderer, &self.stored, self.bound.clone(), options).await {
                Ok(resolved) => slides += resolved.document.slides.len() * outputs.len(),
                Err(mut error) => {
                    error.message = sentence(&error.message);
                    let Some(place) = place else { return Err(error) };
                    let is_of_size = ["size", "pixels"].iter().any(|word| error.message.contains(word));
                    faults.of_action(if is_of_size { place } else { "data" }, error)?;
                }
            }
        }
        faults.check()?;
        Ok(slides)
    }
}

fn bind(stored: &StoredTemplate, request: &render_api::Request, max_entries: usize) -> Result<Bound> {
    let options = BindOptions { max_entries, ..BindOptions::default() };
    render_api::bind(&stored.compiled, request, &options)
        .map_err(|error| ActionError::new(Kind::Invalid, sentence(&error.to_string())))
}
