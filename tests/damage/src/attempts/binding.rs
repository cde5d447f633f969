//! A request's body, of each API family, to templates that have every kind of field between them.

use std::sync::LazyLock;

use handbill_template::bind::batch::Inputs;
use handbill_template::bind::native::{self, NativeData};
use handbill_template::bind::{BindError, BindOptions, Bound, render_api};
use handbill_template::{Compiled, resolve};

use super::template::options;
use crate::page::compiled;

static TEMPLATES: LazyLock<Vec<Compiled>> = LazyLock::new(|| {
    let kinds = include_str!("every-field.json");
    let carousel = include_str!("../../../../templates/linkedin-tips/template.json");
    [kinds, carousel].map(compiled).into()
});

pub fn binding(bytes: &[u8]) {
    let Ok(body) = serde_json::from_slice(bytes) else { return };
    for compiled in TEMPLATES.iter() {
        for strict in [false, true] {
            let options = BindOptions { strict, max_entries: 20, ..BindOptions::default() };
            let request = render_api::parse(&body, None);
            hold(compiled, request.and_then(|request| render_api::bind(compiled, &request, &options)));
            hold(compiled, NativeData::parse(&body).and_then(|data| native::bind(compiled, &data, &options)));
            if let Some(item) = body.as_object() {
                hold(compiled, Inputs::of(compiled).bind(compiled, item, &options));
            }
        }
    }
}

fn hold(compiled: &Compiled, bound: Result<Bound, BindError>) {
    match bound {
        Ok(bound) => {
            if let Err(error) = resolve(compiled, &bound, &options()) {
                assert!(error.is_of_request(), "a good template is blamed: {error}");
            }
        }
        Err(error) => assert!(!error.to_string().is_empty(), "refused without words: {error:?}"),
    }
}
