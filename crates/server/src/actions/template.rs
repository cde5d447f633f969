//! Templates: those that an account keeps, with all their versions, and the starters that come with the program. A starter
//! belongs to nobody; the first change makes a copy of it under the same name, which from then on stands in its place.

mod change;
mod compare;
mod content;
mod files;
mod find;
mod inspect;
mod list;
mod schema;
mod thumbnail;

pub use change::{
    Author, NewName, Saved, create_template, delete_template, duplicate_template, restore_version, save_template,
    update_template,
};
pub use compare::{Change, Comparison, compare_versions};
pub use content::Content;
pub use files::sweep_assets;
pub use find::{find, get, get_summary};
pub use inspect::{Checked, check_data};
pub(crate) use inspect::{field_of, pointer, problems};
use list::summary;
pub use list::{Origin, Summary, Wanted, list_templates, list_versions};
pub use schema::data_schema;
pub use thumbnail::{DEFAULT_SIZE_PX, MAX_SIZE_PX, Thumbnail, thumbnail};
