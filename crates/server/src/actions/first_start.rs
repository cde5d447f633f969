//! What a new installation needs before anybody can use it: an account, and a token to print.

use handbill_db::{Sql, Tx};

use super::Result;
use super::token::{CreateToken, CreatedToken, checked};
use crate::app::App;
use crate::clock;
use crate::store::account::{self, Account, NewAccount};
use crate::store::token::{self, Scopes};

/// Two processes that start at once take turns: only one of them finds nothing. SQLite's transactions do so anyway.
const LOCK: Sql = Sql { sqlite: "SELECT 1", postgres: "LOCK TABLE accounts IN SHARE ROW EXCLUSIVE MODE" };

/// Makes a token for the first account if there never was one. `None` on every later start, also if all were revoked.
pub async fn first_token(app: &App) -> Result<Option<CreatedToken>> {
    let mut tx = app.db.begin().await?;
    tx.exec(LOCK, ()).await?;
    if token::exists_any(&mut tx).await? {
        return Ok(None);
    }
    let account = find_or_make_account(&mut tx).await?;
    let input = CreateToken {
        account_id: account.id,
        name: "First token".to_owned(),
        scopes: Scopes::All,
        webhook_url: None,
        expires_at_ms: None,
    };
    let (new, plain) = checked(input, clock::now_ms())?;
    let token = token::insert(&mut tx, new).await?;
    tx.commit().await?;
    Ok(Some(CreatedToken { token, plain }))
}

/// The first account; it is made if there is none.
pub async fn first_account(app: &App) -> Result<Account> {
    let mut tx = app.db.begin().await?;
    tx.exec(LOCK, ()).await?;
    let account = find_or_make_account(&mut tx).await?;
    tx.commit().await?;
    Ok(account)
}

async fn find_or_make_account(tx: &mut Tx) -> Result<Account> {
    if let Some(account) = account::find_first(tx).await? {
        return Ok(account);
    }
    let first = NewAccount {
        name: "First account".to_owned(),
        email: "owner@localhost".to_owned(),
        first_name: String::new(),
        last_name: String::new(),
        time_zone: "UTC".to_owned(),
        created_at_ms: clock::now_ms(),
    };
    Ok(account::insert(tx, first).await?)
}

#[cfg(test)]
mod tests {
    use handbill_db::db_test;

    use super::*;
    use crate::actions::account::list_accounts;
    use crate::actions::token::{authenticate, list_tokens, revoke_token};
    use crate::store::Whose;
    use crate::test_app::test_app;

    db_test!(
        async fn the_first_start_makes_one_token_that_works(db: Db) {
            let app = test_app(db).await;
            let first = first_token(&app).await.unwrap().unwrap();
            let who = authenticate(&app, first.plain.reveal()).await.unwrap();
            assert_eq!(who.account, first_account(&app).await.unwrap());
            assert!(first_token(&app).await.unwrap().is_none());
            revoke_token(&app, Whose::Anybody, first.token.id).await.unwrap();
            assert!(first_token(&app).await.unwrap().is_none(), "revoking all of them must not bring one back");
        }
    );

    db_test!(
        async fn starts_at_the_same_moment_make_one_token(db: Db) {
            let app = test_app(db).await;
            let starts: Vec<_> = (0..6)
                .map(|_| {
                    let app = app.clone();
                    tokio::spawn(async move { first_token(&app).await.unwrap().is_some() })
                })
                .collect();
            let mut made = 0;
            for start in starts {
                made += usize::from(start.await.unwrap());
            }
            assert_eq!(made, 1);
            assert_eq!(list_accounts(&app, 0, 10).await.unwrap().items.len(), 1);
            assert_eq!(list_tokens(&app, Whose::Anybody, 0, 10).await.unwrap().items.len(), 1);
        }
    );
}
