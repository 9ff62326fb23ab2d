//! What only who runs the server may ask and do: see what there is, in pages that load no room, and keep order. Closing and deleting
//! a room, and keys, are the calls that everybody has; a key with the scope `admin` may do them everywhere.

pub(super) mod bans;
pub(super) mod log;
pub(super) mod overview;
pub(super) mod people;
pub(super) mod rooms;

use engine::refusal::Refusal;
use serde::Deserialize;
use uuid::Uuid;

use super::past::page as page_of;

/// Which page.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Behind {
    /// How many: 1 to 100, 50 where nobody says.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
    /// `next` of the page before.
    after: Option<Uuid>,
}

/// Words that are searched for: 64 characters at most.
fn words(text: Option<&str>) -> Result<&str, Refusal> {
    let text = text.unwrap_or_default();
    if text.chars().count() > 64 {
        return Err(Refusal::input("Search for 64 characters at most."));
    }
    Ok(text)
}
