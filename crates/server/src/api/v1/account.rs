//! `/v1/account`: whose token this is.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

use super::caller::{Caller, Read};
use super::problem::Problem;
use crate::clock;
use crate::store::account::Account;

#[derive(Serialize, ToSchema)]
pub(crate) struct AccountView {
    id: i64,
    name: String,
    email: String,
    first_name: String,
    last_name: String,
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
    created_at: String,
}

impl From<Account> for AccountView {
    fn from(account: Account) -> AccountView {
        AccountView {
            id: account.id,
            name: account.name,
            email: account.email,
            first_name: account.first_name,
            last_name: account.last_name,
            time_zone: account.time_zone,
            created_at: clock::rfc3339(account.created_at_ms),
        }
    }
}

/// The account of the token that was sent
#[utoipa::path(get, path = "/v1/account", tag = "Account", responses((status = OK, body = AccountView), Problem))]
pub(crate) async fn get_account(caller: Caller<Read>) -> Json<AccountView> {
    Json(caller.who.account.into())
}
