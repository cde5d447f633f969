//! `handbill token`: making, listing and revoking API tokens. A new token is printed once, and kept nowhere.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::Output;
use crate::actions::Page;
use crate::actions::first_start::first_account;
use crate::actions::token::{CreateToken, create_token, list_tokens, revoke_token};
use crate::app::App;
use crate::clock;
use crate::store::Whose;
use crate::store::token::{Scopes, Token};

const DAY_MS: i64 = 86_400_000;

#[derive(Args)]
pub(crate) struct TokenCommand {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Make a token and print it, this once
    Create(Create),
    /// List the tokens, without what opens anything
    List(List),
    /// Make a token useless from now on
    Revoke(Revoke),
}

#[derive(Args)]
struct Create {
    /// What it is for
    #[arg(long)]
    name: String,
    /// Whose it is, by number [default: the first account]
    #[arg(long, value_name = "ID")]
    account: Option<i64>,
    /// Kept for the Batch API, which will send results there; nothing is sent yet
    #[arg(long, value_name = "URL")]
    webhook_url: Option<String>,
    /// What it opens: all, or some of render, batch, content_requests, manage, with commas between them
    #[arg(long, value_name = "NAMES", default_value = "all")]
    scopes: Scopes,
    /// When it ends; it has no end otherwise
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(i64).range(1..=36_500))]
    expires_in_days: Option<i64>,
}

#[derive(Args)]
struct List {
    /// Only this account's
    #[arg(long, value_name = "ID")]
    account: Option<i64>,
}

#[derive(Args)]
struct Revoke {
    /// Its number, as `token list` shows it
    id: i64,
}

impl TokenCommand {
    pub(crate) async fn run(&self, app: &App, out: &Output) -> anyhow::Result<()> {
        match &self.verb {
            Verb::Create(flags) => flags.run(app, out).await,
            Verb::List(flags) => flags.run(app, out).await,
            Verb::Revoke(flags) => flags.run(app, out).await,
        }
    }
}

impl Create {
    async fn run(&self, app: &App, out: &Output) -> anyhow::Result<()> {
        let account_id = match self.account {
            Some(id) => id,
            None => first_account(app).await?.id,
        };
        let input = CreateToken {
            account_id,
            name: self.name.clone(),
            scopes: self.scopes.clone(),
            webhook_url: self.webhook_url.clone(),
            expires_at_ms: self.expires_in_days.map(|days| clock::now_ms() + days * DAY_MS),
        };
        let made = create_token(app, input).await?;
        let mut json = view(&made.token);
        json["token"] = made.plain.reveal().into();
        json["webhook_secret"] = made.token.webhook_secret.reveal().into();
        out.print(&json, |out| {
            writeln!(out, "token:          {}", made.plain.reveal())?;
            writeln!(out, "webhook secret: {}", made.token.webhook_secret.reveal())?;
            writeln!(out, "Note both: they are not shown again. Token {} is account {account_id}'s.", made.token.id)
        })
    }
}

impl List {
    async fn run(&self, app: &App, out: &Output) -> anyhow::Result<()> {
        let whose = self.account.map_or(Whose::Anybody, Whose::Account);
        let (mut tokens, mut after) = (Vec::new(), Some(0));
        while let Some(from) = after {
            let page = list_tokens(app, whose, from, Page::<Token>::MAX_LIMIT).await?;
            tokens.extend(page.items);
            after = page.next;
        }
        let views: Vec<Value> = tokens.iter().map(view).collect();
        let columns = ["id", "account", "token", "name", "scopes", "state", "last used"];
        let now_ms = clock::now_ms();
        let rows = tokens.iter().map(|t| {
            let last_used = t.last_used_at_ms.map_or("never".to_owned(), clock::rfc3339);
            let (id, account, prefix) = (t.id.to_string(), t.account_id.to_string(), format!("{}…", t.prefix));
            [id, account, prefix, t.name.clone(), t.scopes.to_string(), state(t, now_ms), last_used]
        });
        out.print_table(&views, columns, rows)
    }
}

impl Revoke {
    async fn run(&self, app: &App, out: &Output) -> anyhow::Result<()> {
        let token = revoke_token(app, Whose::Anybody, self.id).await?;
        out.print(&view(&token), |out| writeln!(out, "Token {} ({}…) is revoked.", token.id, token.prefix))
    }
}

fn state(token: &Token, now_ms: i64) -> String {
    match (token.revoked_at_ms, token.expires_at_ms) {
        (Some(at), _) => format!("revoked {}", clock::rfc3339(at)),
        (None, Some(end)) if end <= now_ms => format!("expired {}", clock::rfc3339(end)),
        (None, Some(end)) => format!("valid until {}", clock::rfc3339(end)),
        (None, None) => "valid".to_owned(),
    }
}

/// Without the webhook secret: it is shown when the token is made, and never again.
fn view(token: &Token) -> Value {
    json!({
        "id": token.id,
        "account_id": token.account_id,
        "name": token.name,
        "prefix": token.prefix,
        "scopes": token.scopes.to_string().split(' ').collect::<Vec<_>>(),
        "webhook_url": token.webhook_url,
        "created_at": clock::rfc3339(token.created_at_ms),
        "expires_at": token.expires_at_ms.map(clock::rfc3339),
        "last_used_at": token.last_used_at_ms.map(clock::rfc3339),
        "revoked_at": token.revoked_at_ms.map(clock::rfc3339),
    })
}
