//! Answers of an S3 store: its error documents, and the small ones that are read whole.

use reqwest::Response;

use crate::blobs::error::S3Fault;
use crate::fetch::fault_of;

/// The longest there is has a thousand keys of a kilobyte.
const MAX_BYTES: usize = 4 << 20;
const MAX_ERROR_BYTES: usize = 64 << 10;
const MAX_MESSAGE_CHARS: usize = 300;

/// An answer that says no. Where the body tells nothing (it has none after HEAD), the status has to do.
pub(super) async fn refusal(response: Response) -> S3Fault {
    let status = response.status();
    let body = read(response, MAX_ERROR_BYTES).await.unwrap_or_default();
    let code = element(&body, "Code").unwrap_or_else(|| status.canonical_reason().unwrap_or_default().replace(' ', ""));
    let message = element(&body, "Message").unwrap_or_else(|| "no reason is given".to_owned());
    S3Fault::Refused { status: status.as_u16(), code, message }
}

pub(super) async fn text(response: Response) -> Result<String, S3Fault> {
    read(response, MAX_BYTES).await
}

async fn read(mut response: Response, max_bytes: usize) -> Result<String, S3Fault> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| S3Fault::Unreachable(fault_of(&error)))? {
        if bytes.len() + chunk.len() > max_bytes {
            return Err(S3Fault::NotS3(format!("more than {max_bytes} bytes")));
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes).map_err(|_| S3Fault::NotS3("bytes that are no text".to_owned()))
}

/// The error in a body that came with a good status, as it does when a store fails after it began to answer.
pub(super) fn late_error(body: &str) -> Option<S3Fault> {
    let is_error = body.contains("<Error>") || body.contains("<Error ");
    let code = element(body, "Code").filter(|_| is_error)?;
    Some(S3Fault::Refused { status: 500, code, message: element(body, "Message").unwrap_or_default() })
}

/// The text of the first element of that name, shortened. Not XML in general: codes and messages have no markup.
fn element(body: &str, name: &str) -> Option<String> {
    let start = body.find(&format!("<{name}>"))? + name.len() + 2;
    let end = start + body[start..].find("</")?;
    let text = body[start..end].trim();
    let plain: String = text.chars().filter(|letter| !letter.is_control()).take(MAX_MESSAGE_CHARS).collect();
    (!plain.is_empty()).then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_messages_are_found() {
        let body = "<?xml version=\"1.0\"?><Error><Code>NoSuchKey</Code><Message> It is\nnot there </Message></Error>";
        assert_eq!(element(body, "Code").as_deref(), Some("NoSuchKey"));
        assert_eq!(element(body, "Message").as_deref(), Some("It isnot there"));
        for body in ["", "<Code>", "<Code></Code>", "<html>", "Code"] {
            assert_eq!(element(body, "Code"), None, "{body}");
        }
        assert!(late_error("<Error><Code>InternalError</Code></Error>").unwrap().is_passing());
        assert_eq!(late_error("<CompleteMultipartUploadResult><Code>a</Code></CompleteMultipartUploadResult>"), None);
    }
}
