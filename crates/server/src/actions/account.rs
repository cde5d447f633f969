//! Accounts: making and listing them.

use super::{ActionError, Field, Kind, Page, Result};
use crate::app::App;
use crate::clock;
use crate::store::account::{self, Account, NewAccount};

const MAX_CHARS: usize = 200;

#[derive(Clone, Debug)]
pub struct CreateAccount {
    pub name: String,
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    /// IANA name; `UTC` if nothing better is known.
    pub time_zone: String,
}

pub async fn create_account(app: &App, input: CreateAccount) -> Result<Account> {
    let new = checked(&input)?;
    let mut tx = app.db.begin().await?;
    let account = match account::insert(&mut tx, new).await {
        Err(e) if e.is_unique_violation() => {
            return Err(ActionError::invalid(vec![Field::new("email", "is another account's already")]));
        }
        inserted => inserted?,
    };
    tx.commit().await?;
    Ok(account)
}

pub async fn get_account(app: &App, id: i64) -> Result<Account> {
    let found = account::find(&mut app.db.read().await?, id).await?;
    found.ok_or_else(|| ActionError::new(Kind::NotFound, format!("there is no account {id}")))
}

/// By number, beginning after `after`.
pub async fn list_accounts(app: &App, after: i64, limit: i64) -> Result<Page<Account>> {
    let limit = limit.clamp(1, Page::<Account>::MAX_LIMIT);
    let rows = account::list(&mut app.db.read().await?, after, limit + 1).await?;
    Ok(Page::of(rows, limit, |account| account.id))
}

/// The input as it is kept, or everything that is wrong with it.
fn checked(input: &CreateAccount) -> Result<NewAccount> {
    let new = NewAccount {
        name: input.name.trim().to_owned(),
        email: input.email.trim().to_owned(),
        first_name: input.first_name.trim().to_owned(),
        last_name: input.last_name.trim().to_owned(),
        time_zone: input.time_zone.trim().to_owned(),
        created_at_ms: clock::now_ms(),
    };
    let mut faults = Vec::new();
    let texts =
        [("name", &new.name), ("email", &new.email), ("first_name", &new.first_name), ("last_name", &new.last_name)];
    for (name, text) in texts {
        faults.extend(super::text_fault(name, text, MAX_CHARS));
    }
    if new.name.is_empty() {
        faults.push(Field::new("name", "can't be blank"));
    }
    if !is_email(&new.email) {
        faults.push(Field::new("email", "is not an e-mail address; write one like ada@example.com"));
    }
    if !is_time_zone(&new.time_zone) {
        faults.push(Field::new("time_zone", "is not the name of a time zone; write one like Europe/Berlin, or UTC"));
    }
    if faults.is_empty() { Ok(new) } else { Err(ActionError::invalid(faults)) }
}

/// Something before and after one @, without spaces. Whether mail arrives shows only when some is sent.
fn is_email(text: &str) -> bool {
    let spaced = text.contains(|c: char| c.is_whitespace() || c.is_control());
    text.split_once('@').is_some_and(|(local, host)| {
        !spaced && !local.is_empty() && !host.is_empty() && !host.contains('@') && !host.starts_with('.')
    })
}

/// The form of an IANA name. That the zone exists is not checked: there is no time zone table in here.
fn is_time_zone(text: &str) -> bool {
    let word = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphabetic())
            && part.chars().all(|c| c.is_ascii_alphanumeric() || "_+-".contains(c))
    };
    text == "UTC" || (text.len() <= 64 && text.contains('/') && text.split('/').all(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_app::test_app;
    use handbill_db::db_test;

    fn ada() -> CreateAccount {
        CreateAccount {
            name: " Analytical Engines ".into(),
            email: "Ada@example.com".into(),
            first_name: "Ada".into(),
            last_name: "Lovelace".into(),
            time_zone: "Europe/London".into(),
        }
    }

    db_test!(
        async fn an_account_is_kept_as_it_was_made(db: Db) {
            let app = test_app(db).await;
            let made = create_account(&app, ada()).await.unwrap();
            assert_eq!((made.name.as_str(), made.email.as_str()), ("Analytical Engines", "Ada@example.com"));
            assert!(made.created_at_ms > 0 && made.id > 0);
            assert_eq!(get_account(&app, made.id).await.unwrap(), made);
            assert_eq!(get_account(&app, made.id + 1).await.unwrap_err().kind, Kind::NotFound);
        }
    );

    db_test!(
        async fn an_address_is_one_accounts_alone(db: Db) {
            let app = test_app(db).await;
            create_account(&app, ada()).await.unwrap();
            let again = CreateAccount { email: "ada@EXAMPLE.com".into(), ..ada() };
            let error = create_account(&app, again).await.unwrap_err();
            assert_eq!((error.kind, error.message.as_str()), (Kind::Invalid, "email is another account's already"));
            assert_eq!(list_accounts(&app, 0, 10).await.unwrap().items.len(), 1);
        }
    );

    db_test!(
        async fn pages_follow_each_other(db: Db) {
            let app = test_app(db).await;
            for n in 0..5 {
                create_account(&app, CreateAccount { email: format!("a{n}@example.com"), ..ada() }).await.unwrap();
            }
            let (mut after, mut sizes) = (Some(0), Vec::new());
            while let Some(from) = after {
                let page = list_accounts(&app, from, 2).await.unwrap();
                assert!(page.items.iter().all(|account| account.id > from));
                sizes.push(page.items.len());
                after = page.next;
            }
            assert_eq!(sizes, [2, 2, 1]);
            assert!(list_accounts(&app, 0, 5).await.unwrap().next.is_none());
        }
    );

    #[test]
    fn all_faults_are_told_at_once() {
        let wrong = CreateAccount {
            name: "  ".into(),
            email: "ada".into(),
            first_name: "A\u{0}".into(),
            last_name: "L".repeat(201),
            time_zone: "Berlin".into(),
        };
        let error = checked(&wrong).unwrap_err();
        let names: Vec<_> = error.fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names, ["first_name", "last_name", "name", "email", "time_zone"]);
        assert!(error.message.contains("time_zone is not the name of a time zone; write one like Europe/Berlin"));
    }

    #[test]
    fn addresses_and_zones() {
        for (text, good) in [
            ("a@b", true),
            ("ä@ö.example", true),
            ("a@", false),
            ("@b", false),
            ("a b@c", false),
            ("a@b@c", false),
            ("", false),
        ] {
            assert_eq!(is_email(text), good, "{text}");
        }
        for (text, good) in [
            ("UTC", true),
            ("America/Argentina/Buenos_Aires", true),
            ("Etc/GMT+5", true),
            ("", false),
            ("Europe/", false),
            ("../etc/passwd", false),
            ("Europe/Ber lin", false),
        ] {
            assert_eq!(is_time_zone(text), good, "{text}");
        }
    }
}
