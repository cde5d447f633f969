//! A client as one behind a load balancer sees a cluster: when a process is gone, it asks the next with the same key.

use reqwest::StatusCode;
use serde_json::{Value, json};

/// Asks these addresses in turn.
#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    token: String,
    urls: Vec<String>,
}

impl Client {
    pub(crate) fn new(token: &str, urls: Vec<String>) -> Client {
        Client { http: reqwest::Client::new(), token: token.to_owned(), urls }
    }

    /// Asks for a render until a process answers, and gives its number.
    pub(crate) async fn render(&self, number: usize) -> String {
        let body = json!({
            "template_id": "og-blog",
            "output": (if number.is_multiple_of(3) { "pdf" } else { "png" }),
            "content_update": [{ "type": "textbox", "label": "title", "value": format!("Card number {number}") }],
        });
        for turn in number..number + 20 {
            let url = format!("{}/render", self.urls[turn % self.urls.len()]);
            let request =
                self.http.post(url).bearer_auth(&self.token).header("Idempotency-Key", format!("key-{number}"));
            // A process that was killed answers nothing: that is not an answer of one that lives.
            let Ok(answer) = request.json(&body).send().await else { continue };
            let status = answer.status();
            let Ok(answer) = answer.json::<Value>().await else { continue };
            assert_eq!(status, StatusCode::ACCEPTED, "number {number}: {answer}");
            return answer["job_id"].as_str().unwrap().to_owned();
        }
        panic!("nobody answers");
    }

    /// Waits for a render's end and reads its file.
    pub(crate) async fn file(&self, id: &str) -> Vec<u8> {
        for _ in 0..20 {
            let url = format!("{}/job/{id}/result?wait=20", self.urls[0]);
            let answer = self.http.get(url).bearer_auth(&self.token).send().await.unwrap();
            let status = answer.status();
            let result: Value = answer.json().await.unwrap();
            match status {
                StatusCode::ACCEPTED => {}
                StatusCode::OK => return self.download(&result).await,
                other => panic!("{id}: {other} {result}"),
            }
        }
        panic!("{id} does not come to its end");
    }

    async fn download(&self, result: &Value) -> Vec<u8> {
        let url = result["export_url"].as_str().unwrap_or_else(|| panic!("no file: {result}"));
        let answer = self.http.get(url).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{url}");
        answer.bytes().await.unwrap().to_vec()
    }
}
