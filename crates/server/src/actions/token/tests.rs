use std::time::{Duration, Instant};

use handbill_db::db_test;

use super::*;
use crate::actions::account::{CreateAccount, create_account};
use crate::store::token::Scope;
use crate::test_app::test_app;

async fn account(app: &App, email: &str) -> Account {
    let input = CreateAccount {
        name: "Test".into(),
        email: email.into(),
        first_name: String::new(),
        last_name: String::new(),
        time_zone: "UTC".into(),
    };
    create_account(app, input).await.unwrap()
}

fn input(account_id: i64) -> CreateToken {
    CreateToken {
        account_id,
        name: "CI".into(),
        scopes: Scopes::All,
        webhook_url: Some("https://example.com/hook?a=b".into()),
        expires_at_ms: None,
    }
}

async fn refusal(app: &App, sent: &str) -> Kind {
    authenticate(app, sent).await.unwrap_err().kind
}

db_test!(
    async fn a_token_opens_its_account(db: Db) {
        let app = test_app(db).await;
        let (one, other) = (account(&app, "one@example.com").await, account(&app, "other@example.com").await);
        let made = create_token(&app, input(other.id)).await.unwrap();
        let secret = made.token.webhook_secret.reveal();
        assert!(secret.starts_with("whsec_") && secret.len() == 6 + 32, "{}", secret.len());
        let who = authenticate(&app, made.plain.reveal()).await.unwrap();
        assert_eq!((&who.account, &who.token), (&other, &made.token));
        assert_ne!(who.account, one);
    }
);

db_test!(
    async fn nothing_secret_is_kept_or_printed(db: Db) {
        let app = test_app(db).await;
        let made = create_token(&app, input(account(&app, "a@example.com").await.id)).await.unwrap();
        let mut conn = app.db.read().await.unwrap();
        let (hash, rest): (Vec<u8>, String) = conn
            .one(
                "SELECT sha256, prefix || name || scopes || coalesce(webhook_url, '') || webhook_secret FROM tokens",
                (),
            )
            .await
            .unwrap();
        assert_eq!(hash, made.plain.sha256());
        assert!(!rest.contains(&made.plain.reveal()[9..]));
        assert!(rest.contains(made.token.webhook_secret.reveal()));
        let printed = format!("{made:?}");
        assert!(!printed.contains(&made.plain.reveal()[9..]) && !printed.contains("whsec_"), "{printed}");
    }
);

db_test!(
    async fn every_bad_token_gets_the_same_answer(db: Db) {
        let app = test_app(db).await;
        let account = account(&app, "a@example.com").await;
        let revoked = create_token(&app, input(account.id)).await.unwrap();
        revoke_token(&app, Whose::Account(account.id), revoked.token.id).await.unwrap();
        let soon = clock::now_ms() + 60_000;
        let expiring =
            create_token(&app, CreateToken { expires_at_ms: Some(soon), ..input(account.id) }).await.unwrap();
        authenticate(&app, expiring.plain.reveal()).await.unwrap();
        let mut tx = app.db.begin().await.unwrap();
        tx.exec("UPDATE tokens SET expires_at_ms = $1 WHERE id = $2", (clock::now_ms(), expiring.token.id))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let unknown = PlainToken::generate();
        for sent in ["", "hb_", "Bearer x", unknown.reveal(), revoked.plain.reveal(), expiring.plain.reveal()] {
            let error = authenticate(&app, sent).await.unwrap_err();
            assert_eq!(
                (error.kind, error.message.as_str()),
                (Kind::Unauthorized, "Invalid or missing Bearer token"),
                "{sent}"
            );
        }
    }
);

db_test!(
    async fn a_malformed_token_never_reaches_the_database(db: Db) {
        let app = test_app(db).await;
        app.db.close().await;
        assert_eq!(refusal(&app, "hb_0123456789abcdefghjkmnpqrstvwxyz000000").await, Kind::Unauthorized);
        assert_ne!(refusal(&app, PlainToken::generate().reveal()).await, Kind::Unauthorized);
    }
);

db_test!(
    async fn anothers_token_is_not_found(db: Db) {
        let app = test_app(db).await;
        let (one, other) = (account(&app, "one@example.com").await, account(&app, "other@example.com").await);
        let theirs = create_token(&app, input(other.id)).await.unwrap();
        let error = revoke_token(&app, Whose::Account(one.id), theirs.token.id).await.unwrap_err();
        assert_eq!(error.kind, Kind::NotFound);
        assert!(list_tokens(&app, Whose::Account(one.id), 0, 10).await.unwrap().items.is_empty());
        authenticate(&app, theirs.plain.reveal()).await.unwrap();
        assert_eq!(list_tokens(&app, Whose::Account(other.id), 0, 10).await.unwrap().items.len(), 1);
        assert_eq!(list_tokens(&app, Whose::Anybody, 0, 10).await.unwrap().items.len(), 1);
        assert_eq!(create_token(&app, input(other.id + 1)).await.unwrap_err().kind, Kind::NotFound);
    }
);

db_test!(
    async fn revoking_twice_keeps_the_first_time(db: Db) {
        let app = test_app(db).await;
        let made = create_token(&app, input(account(&app, "a@example.com").await.id)).await.unwrap();
        let first = revoke_token(&app, Whose::Anybody, made.token.id).await.unwrap();
        let mut tx = app.db.begin().await.unwrap();
        let later = first.revoked_at_ms.unwrap() + 5;
        let again = token::revoke(&mut tx, Whose::Anybody, made.token.id, later).await.unwrap().unwrap();
        assert_eq!(again, first);
    }
);

db_test!(
    async fn the_last_use_is_noted_once_a_minute(db: Db) {
        async fn last_use(app: &App) -> Option<i64> {
            list_tokens(app, Whose::Anybody, 0, 1).await.unwrap().items[0].last_used_at_ms
        }
        let app = test_app(db).await;
        let made = create_token(&app, input(account(&app, "a@example.com").await.id)).await.unwrap();
        let before = clock::now_ms();
        authenticate(&app, made.plain.reveal()).await.unwrap();
        let deadline = Instant::now() + Duration::from_secs(10);
        while last_use(&app).await.is_none() {
            assert!(Instant::now() < deadline, "the use was never noted");
            tokio::task::yield_now().await;
        }
        let noted = last_use(&app).await.unwrap();
        assert!(noted >= before);

        // What another process would write: within the minute nothing, after it the new time.
        for (now_ms, expected) in
            [(noted + 1, noted), (noted + USE_STEP_MS - 1, noted), (noted + USE_STEP_MS, noted + USE_STEP_MS)]
        {
            let mut tx = app.db.begin().await.unwrap();
            token::note_use(&mut tx, made.token.id, now_ms, now_ms - USE_STEP_MS + 1).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(last_use(&app).await, Some(expected));
        }
    }
);

#[test]
fn a_use_is_due_once_a_minute_for_each_token() {
    let uses = LastUse::default();
    let cases =
        [(1, 0, true), (1, 59_999, false), (2, 59_999, true), (1, 60_000, true), (1, 60_001, false), (1, 5, true)];
    for (token, now_ms, due) in cases {
        assert_eq!(uses.is_due(token, now_ms), due, "{token} at {now_ms}");
    }
}

#[test]
fn all_faults_are_told_at_once() {
    let wrong = CreateToken {
        name: String::new(),
        webhook_url: Some("ftp://example.com".into()),
        expires_at_ms: Some(99),
        ..input(1)
    };
    let error = checked(wrong, 100).unwrap_err();
    let names: Vec<_> = error.fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(names, ["name", "webhook_url", "expires_at"]);
    for url in ["", "example.com", "https://", "javascript:alert(1)"] {
        assert!(check_webhook_url(url).is_err(), "{url}");
    }
}

#[test]
fn scopes_are_read_and_written() {
    for text in ["all", "render", "render batch", "content_requests manage"] {
        let scopes: Scopes = text.parse().unwrap();
        assert_eq!(scopes.to_string(), text);
    }
    assert!(Scopes::All.allow(Scope::Manage));
    let some: Scopes = "render".parse().unwrap();
    assert!(some.allow(Scope::Render) && !some.allow(Scope::Manage));
    let why = "rendr".parse::<Scopes>().unwrap_err();
    assert_eq!(why, "`rendr` is not a scope; there are all, render, batch, content_requests, manage");
    for text in ["render,batch", "render, batch", " batch render "] {
        assert_eq!(text.parse::<Scopes>().unwrap().to_string(), "render batch");
    }
    for text in ["", " ", ","] {
        assert!(text.parse::<Scopes>().is_err(), "{text:?}");
    }
}
