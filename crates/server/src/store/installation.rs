//! Which installation this database is: a name made by chance, once.

use handbill_db::{Result, Tx};

use crate::random;

/// The name, which is made if there is none yet.
pub(crate) async fn id(tx: &mut Tx) -> Result<String> {
    let new = random::spell(&random::bytes::<15>(), random::BASE32);
    tx.exec("INSERT INTO installation (only_row, id) VALUES (1, $1) ON CONFLICT (only_row) DO NOTHING", (new,)).await?;
    let (id,) = tx.one("SELECT id FROM installation", ()).await?;
    Ok(id)
}
