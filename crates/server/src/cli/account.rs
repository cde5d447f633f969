//! `handbill account`: making and listing accounts.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::Output;
use crate::actions::Page;
use crate::actions::account::{CreateAccount, create_account, list_accounts};
use crate::app::App;
use crate::clock;
use crate::store::account::Account;

#[derive(Args)]
pub(crate) struct AccountCommand {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Make an account
    Create(Create),
    /// List the accounts
    List,
}

#[derive(Args)]
struct Create {
    /// What it is called
    #[arg(long)]
    name: String,
    /// The owner's e-mail address
    #[arg(long)]
    email: String,
    /// The owner's first name
    #[arg(long, default_value = "", hide_default_value = true)]
    first_name: String,
    /// The owner's last name
    #[arg(long, default_value = "", hide_default_value = true)]
    last_name: String,
    /// Where its days begin and end, as in Europe/Berlin
    #[arg(long, default_value = "UTC")]
    time_zone: String,
}

impl AccountCommand {
    pub(crate) async fn run(&self, app: &App, out: &Output) -> anyhow::Result<()> {
        match &self.verb {
            Verb::Create(flags) => flags.run(app, out).await,
            Verb::List => list(app, out).await,
        }
    }
}

impl Create {
    async fn run(&self, app: &App, out: &Output) -> anyhow::Result<()> {
        let input = CreateAccount {
            name: self.name.clone(),
            email: self.email.clone(),
            first_name: self.first_name.clone(),
            last_name: self.last_name.clone(),
            time_zone: self.time_zone.clone(),
        };
        let account = create_account(app, input).await?;
        out.print(&view(&account), |out| {
            writeln!(out, "Account {} is there: {} <{}>", account.id, account.name, account.email)?;
            writeln!(out, "Make a token for it: handbill token create --account {} --name NAME", account.id)
        })
    }
}

async fn list(app: &App, out: &Output) -> anyhow::Result<()> {
    let (mut accounts, mut after) = (Vec::new(), Some(0));
    while let Some(from) = after {
        let page = list_accounts(app, from, Page::<Account>::MAX_LIMIT).await?;
        accounts.extend(page.items);
        after = page.next;
    }
    let views: Vec<Value> = accounts.iter().map(view).collect();
    let columns = ["id", "name", "email", "time zone", "created"];
    let rows = accounts.iter().map(|a| {
        [a.id.to_string(), a.name.clone(), a.email.clone(), a.time_zone.clone(), clock::rfc3339(a.created_at_ms)]
    });
    out.print_table(&views, columns, rows)
}

fn view(account: &Account) -> Value {
    json!({
        "id": account.id,
        "name": account.name,
        "email": account.email,
        "first_name": account.first_name,
        "last_name": account.last_name,
        "time_zone": account.time_zone,
        "created_at": clock::rfc3339(account.created_at_ms),
    })
}
