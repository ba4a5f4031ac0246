//! A reader of pages for the tests of this folder: it goes on until the service says that it is the end.

use std::sync::Arc;

use serde_json::{Value, json};

use checkagent_cassette::Reply;
use checkagent_cassette::json::Pointer;

use crate::fixture::{Session, Taped, recording_of, request, taped};
use crate::mutation::{Mutation, Operator, Site};
use crate::recording::Recording;
use crate::world::Reaction;

/// A list in pages.
pub(super) struct Pages {
    /// The items of each page.
    pub sizes: &'static [usize],
    /// Whether the replies say how many items the page has, and whether there are more.
    pub counted: bool,
    /// Whether they say how many items there are in all.
    pub total: bool,
    /// How they lead on.
    pub token: Token,
}

/// How a page leads to the next one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    /// By a member of the reply.
    Member,
    /// By a link in a header.
    Link,
    /// By such a link with the number of the page.
    Number,
}

impl Pages {
    pub(super) const fn of(sizes: &'static [usize]) -> Self {
        Self { sizes, counted: false, total: false, token: Token::Member }
    }

    pub(super) fn taped(&self) -> Vec<Taped> {
        let mut first = 0;
        let page = |(index, size): (usize, &usize)| {
            let items: Vec<_> =
                (first..first + size).map(|n| json!({"id": format!("it-{n}"), "cents": n % 2})).collect();
            first += size;
            let more = index + 1 < self.sizes.len();
            let target = |index: usize| match index {
                0 => "/items?limit=9".to_owned(),
                index if self.token == Token::Number => format!("/items?limit=9&page={}", index + 1),
                index => format!("/items?limit=9&after=tok{index}-4711"),
            };
            let mut reply = json!({ "data": items });
            if more && self.token == Token::Member {
                reply["next"] = format!("tok{}-4711", index + 1).into();
            }
            if self.counted {
                reply["count"] = (*size).into();
                reply["has_more"] = more.into();
            }
            if self.total {
                reply["total"] = self.sizes.iter().sum::<usize>().into();
            }
            let taped = taped("GET", &target(index)).reply(&reply);
            if more && self.token != Token::Member {
                let next = format!("<{{{{origin:api}}}}{}>; rel=\"next\"", target(index + 1));
                return taped.reply_header("link", &next);
            }
            taped
        };
        self.sizes.iter().enumerate().map(page).collect()
    }

    pub(super) fn recording(&self) -> Arc<Recording> {
        recording_of(self.taped())
    }
}

/// What a reader got: the pages' documents, and whether it came to the end.
pub(super) struct Read {
    pub pages: Vec<Value>,
    pub ended: bool,
}

impl Read {
    /// The ids of the items, in order.
    pub(super) fn ids(&self) -> Vec<&str> {
        let items = self.pages.iter().filter_map(|page| page.as_array().or_else(|| page["data"].as_array())).flatten();
        items.filter_map(|item| item["id"].as_str()).collect()
    }
}

/// Goes on until the service says that it is the end, for 20 pages at most. `parameter` is where tokens are sent.
pub(super) fn obedient(session: &mut Session, first: &str, parameter: &str) -> Read {
    let mut read = Read { pages: Vec::new(), ended: false };
    let mut target = first.to_owned();
    for _ in 0..20 {
        let Reaction::Reply(Reply::Http(reply), _) = session.send(&request("GET", &target, &Value::Null)) else {
            return read;
        };
        let link = reply.header("link").and_then(|link| link.split_once('>')).map(|(url, _)| url.to_owned());
        let page = reply.body().json().unwrap_or_default();
        let token = ["/next", "/next_page_token"].iter().find_map(|at| {
            let found =
                Pointer::parse(at).resolve(&page).first().and_then(|(_, token)| token.as_str().map(str::to_owned));
            found.filter(|token| !token.is_empty())
        });
        read.pages.push(page);
        let separator = if first.contains('?') { '&' } else { '?' };
        target = match (token, link) {
            (Some(url), _) if url.starts_with("{{origin:api}}") => url.replace("{{origin:api}}", ""),
            (Some(url), _) if url.starts_with('/') => url,
            (Some(token), _) => format!("{first}{separator}{parameter}={token}"),
            (None, Some(url)) => url.replace("<{{origin:api}}", ""),
            (None, None) => {
                read.ended = true;
                return read;
            }
        };
    }
    read
}

/// What an obedient reader of [`Pages`] gets where the operator is at a site.
pub(super) fn read_at(recording: &Arc<Recording>, operator: impl Operator, site: &Site) -> Read {
    obedient(&mut Session::at(recording, operator, site), "/items?limit=9", "after")
}

/// What it gets undisturbed.
pub(super) fn undisturbed(recording: &Arc<Recording>) -> Read {
    obedient(&mut Session::new(recording, Vec::<Mutation>::new()), "/items?limit=9", "after")
}
