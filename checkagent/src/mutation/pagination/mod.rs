//! Lists in pages.

mod cursor_loop;
mod duplicate_item;
mod empty_list;
mod empty_page;
mod expired_page_token;
mod has_more_contradicts;
mod missing_item;
mod newly_paginated;
mod pages;
mod place;
#[cfg(test)]
mod reader;
mod relaid;
mod short_page;
mod token_style;
mod wrong_total;

use std::sync::Arc;

use super::operator::Operator;

/// What stands in `mutations = [..]` without a path.
pub mod builtin {
    pub use super::cursor_loop::{CursorLoop, cursor_loop};
    pub use super::duplicate_item::{DuplicateItem, duplicate_item};
    pub use super::empty_list::{EmptyList, empty_list};
    pub use super::empty_page::{EmptyPage, empty_page};
    pub use super::expired_page_token::{ExpiredPageToken, expired_page_token};
    pub use super::has_more_contradicts::{HasMoreContradicts, has_more_contradicts};
    pub use super::missing_item::{MissingItem, missing_item};
    pub use super::newly_paginated::{NewlyPaginated, newly_paginated};
    pub use super::short_page::{ShortPage, short_page};
    pub use super::wrong_total::{WrongTotal, wrong_total};
}

/// The operators of this family, with their defaults.
#[must_use]
pub fn operators() -> Vec<Arc<dyn Operator>> {
    vec![
        Arc::new(builtin::empty_list()),
        Arc::new(builtin::expired_page_token()),
        Arc::new(builtin::short_page()),
        Arc::new(builtin::empty_page()),
        Arc::new(builtin::duplicate_item()),
        Arc::new(builtin::missing_item()),
        Arc::new(builtin::cursor_loop()),
        Arc::new(builtin::has_more_contradicts()),
        Arc::new(builtin::newly_paginated()),
        Arc::new(builtin::wrong_total()),
    ]
}
