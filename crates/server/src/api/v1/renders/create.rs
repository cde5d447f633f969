//! The body of `POST /v1/renders`.

use serde_json::{Map, Value};
use utoipa::ToSchema;

/// What is to be drawn, and how.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "the shape, for the document; the keys are read where all their faults can be told at once"
)]
pub(crate) struct CreateRenderBody {
    /// A template's slug, alias or number; `@VERSION` behind it pins a version.
    #[schema(example = "quote-card")]
    template: String,
    /// Labels and values; a repeating group's name has a list of entries.
    #[schema(value_type = Option<Object>, example = json!({ "quote": "Less, but better.", "author": "Dieter Rams" }))]
    data: Option<Map<String, Value>>,
    /// The branding keys, `colors` and `fonts`.
    #[schema(value_type = Option<Object>)]
    brand: Option<Map<String, Value>>,
    /// Properties of nodes, by their ids.
    #[schema(value_type = Option<Object>)]
    nodes: Option<Map<String, Value>>,
    /// A size's name, or `WxH` in pixels; the template's own if nothing is said.
    #[schema(example = "1200x630")]
    size: Option<String>,
    /// Several sizes, instead of `size`. Sizes times formats are at most 20.
    sizes: Option<Vec<String>>,
    /// `png`, `jpg`, `webp`, `avif` or `pdf`; png if nothing is said.
    format: Option<String>,
    /// Several formats, instead of `format`.
    formats: Option<Vec<String>>,
    /// Pixels for each pixel of the size.
    #[schema(minimum = 1, maximum = 4, default = 1)]
    scale: Option<f64>,
    /// Of JPEG, WebP and AVIF.
    #[schema(minimum = 1, maximum = 100)]
    quality: Option<u8>,
    /// How hard PNG tries: `fast`, `balanced` or `small`.
    compression: Option<String>,
    /// Leave out the slides' backgrounds.
    transparent: Option<bool>,
    /// BCP 47: the language of texts, numbers and dates.
    #[schema(example = "en")]
    locale: Option<String>,
    /// Whatever would come out otherwise than asked for is an error.
    strict: Option<bool>,
    /// A brand kit by number or name; the default one if nothing is said.
    #[schema(value_type = Option<String>)]
    brand_kit: Option<Value>,
    /// Anything: it comes back with the render.
    #[schema(value_type = Option<Object>)]
    metadata: Option<Value>,
    /// Kept with the render.
    webhook_url: Option<String>,
}
