//! The JSON Schema of a template's data: what `data` of a native request may hold, for forms, editors and other programs.

use handbill_template::document::FieldType;
use handbill_template::fields::{FieldView, GroupView};
use serde_json::{Map, Value, json};

use crate::templates::StoredTemplate;

/// JSON Schema, draft 2020-12.
pub fn data_schema(stored: &StoredTemplate) -> Value {
    let inventory = stored.compiled.fields().describe();
    let mut schema = object(&inventory.fields);
    for group in &inventory.groups {
        let mut list = entries(group);
        list["description"] = format!("One entry for each slide of {}.", group.slides.join(", ")).into();
        schema["properties"][&group.each] = list;
    }
    let mut whole = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": stored.name(),
    });
    if let (Value::Object(whole), Value::Object(schema)) = (&mut whole, schema) {
        whole.extend(schema);
    }
    whole
}

fn object(fields: &[FieldView]) -> Value {
    let properties: Map<String, Value> = fields.iter().map(|field| (field.key.clone(), of_field(field))).collect();
    let required: Vec<&str> = fields.iter().filter(|field| field.required).map(|field| field.key.as_str()).collect();
    let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if !required.is_empty() {
        schema["required"] = required.into();
    }
    schema
}

fn entries(group: &GroupView) -> Value {
    let mut entry = object(&group.fields);
    if group.slides.len() > 1 {
        entry["properties"]["slide"] =
            json!({ "enum": group.slides, "description": "Which of the slides this entry fills." });
    }
    let mut schema = json!({ "type": "array", "items": entry });
    if let Some(min) = group.min {
        schema["minItems"] = min.into();
    }
    if let Some(max) = group.max {
        schema["maxItems"] = max.into();
    }
    schema
}

fn of_field(field: &FieldView) -> Value {
    let mut schema = of_kind(field);
    schema["title"] = field.label.clone().into();
    if let Some(help) = &field.help {
        schema["description"] = help.clone().into();
    }
    if let Some(default) = &field.default {
        schema["default"] = default.clone();
    }
    schema
}

fn of_kind(field: &FieldView) -> Value {
    let mut schema = match field.kind {
        FieldType::Text | FieldType::Richtext => json!({ "type": "string" }),
        FieldType::Image => json!({ "type": "string", "format": "uri-reference", "contentMediaType": "image/*" }),
        FieldType::Color => json!({ "type": "string", "format": "color" }),
        FieldType::Url => json!({ "type": "string", "format": "uri" }),
        FieldType::Date => json!({ "type": "string", "format": "date" }),
        FieldType::Number => json!({ "type": "number" }),
        FieldType::Bool => json!({ "type": "boolean" }),
        FieldType::Choice => json!({ "enum": field.options }),
        FieldType::List => json!({ "type": "array", "items": object(&field.of) }),
    };
    let (least, greatest) = match field.kind {
        FieldType::List => ("minItems", "maxItems"),
        _ => ("minimum", "maximum"),
    };
    for (key, bound) in [(least, field.min), (greatest, field.max)] {
        if let Some(bound) = bound {
            schema[key] = whole_if_possible(bound);
        }
    }
    for (key, bound) in [("minLength", field.min_length), ("maxLength", field.max_length)] {
        if let Some(bound) = bound {
            schema[key] = bound.into();
        }
    }
    if let Some(pattern) = &field.pattern {
        schema["pattern"] = format!("^(?:{pattern})$").into();
    }
    schema
}

fn whole_if_possible(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 9e15 { Value::from(number as i64) } else { Value::from(number) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::templates::{TemplateRef, Templates};

    #[test]
    fn a_carousel_has_its_entries() {
        let starters = Templates::starters().unwrap();
        let stored = starters.find(&TemplateRef::Text("linkedin-tips".into())).unwrap();
        let schema = data_schema(&stored);
        let inventory = stored.compiled.fields().describe();
        for field in &inventory.fields {
            let one = &schema["properties"][&field.key];
            assert!(one["title"].is_string(), "{}: {schema:#}", field.key);
            let listed = schema["required"].as_array().is_some_and(|all| all.iter().any(|key| *key == field.key));
            assert_eq!(listed, field.required, "{}", field.key);
        }
        let group = &inventory.groups[0];
        let entry = &schema["properties"][&group.each]["items"]["properties"];
        assert!(group.fields.iter().all(|field| entry[&field.key].is_object()), "{schema:#}");
        assert_eq!(schema["properties"][&group.each]["maxItems"].as_u64(), group.max.map(u64::from));
    }
}
