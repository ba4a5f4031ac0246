//! Reads of several things by their ids: `GET /users?ids=1,2,3`.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::Value;

use super::lists::list_places;
use super::place::atom_text;
use super::url::parameters;
use crate::format::{Interaction, Request};
use crate::json::{Edit, Pointer};

/// A read that names the things it wants, and a list of those.
///
/// It is recognised by its ids: each item of the list has one of them, under the same name. An id that has no item was
/// not found.
///
/// # Examples
///
/// ```
/// use checkagent_cassette::analysis::Several;
/// use checkagent_cassette::{Body, HttpRequest, Request};
/// use serde_json::json;
///
/// let request = |target: &str| Request::Http(HttpRequest { method: "GET".into(), target: target.into(), ..Default::default() });
/// let reply = json!({"users": [{"id": 7, "name": "a"}, {"id": 9, "name": "b"}]});
/// let several = Several::between(&request("/users?ids=9,7"), &reply).unwrap();
/// assert_eq!(several.ids(), ["9", "7"]);
/// assert_eq!(several.part_in(&request("/users?ids=7")), Some(vec![1]));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Several {
    asked: Asked,
    ids: Vec<String>,
    list: Pointer,
    length: usize,
    /// For each id the item that has it.
    items: Vec<Option<usize>>,
}

/// Where a request names what it wants.
#[derive(Clone, Debug, PartialEq)]
enum Asked {
    /// Several values in the query: between commas, or under a name that comes again.
    Query(String),
    /// A list in the body: of ids, or of objects with nothing but an id.
    Body(Pointer),
}

impl Several {
    /// The read that an interaction is, if it is one.
    #[must_use]
    pub fn of(interaction: &Interaction) -> Option<Self> {
        if interaction.asks_a_model() {
            return None;
        }
        let Interaction { request, reply, .. } = interaction;
        Self::read(request, request.json().as_ref(), || reply.json().map(Cow::Owned))
    }

    /// The read that a request is, where the JSON documents of both messages are known. Most requests name nothing by
    /// id; then that of the reply is not asked for.
    #[must_use]
    pub fn read<'m>(
        request: &Request,
        asked: Option<&Value>,
        answered: impl FnOnce() -> Option<Cow<'m, Value>>,
    ) -> Option<Self> {
        let candidates = candidates(request, asked);
        if candidates.is_empty() { None } else { Self::among(&candidates, &*answered()?) }
    }

    /// As [`Several::of`], for a request and the document that answered it.
    #[must_use]
    pub fn between(request: &Request, reply: &Value) -> Option<Self> {
        Self::among(&candidates(request, request.json().as_ref()), reply)
    }

    fn among(candidates: &[(Asked, Vec<String>)], reply: &Value) -> Option<Self> {
        list_places(reply).into_iter().filter(|(_, length)| *length >= 2).find_map(|(list, length)| {
            let items = list.resolve(reply).first().and_then(|(_, items)| items.as_array())?;
            candidates.iter().find_map(|(asked, ids)| {
                let places = by_id(items, ids)?;
                let items = ids.iter().map(|id| places.get(id.as_str()).copied()).collect();
                Some(Self { asked: asked.clone(), ids: ids.clone(), list: list.clone(), length, items })
            })
        })
    }

    /// The ids that were asked for, in the order of the request.
    #[must_use]
    pub fn ids(&self) -> &[String] {
        &self.ids
    }

    /// Where the list stands in the reply.
    #[must_use]
    pub fn list(&self) -> &Pointer {
        &self.list
    }

    /// The positions of the ids that were found.
    #[must_use]
    pub fn found(&self) -> Vec<usize> {
        (0..self.ids.len()).filter(|id| self.items[*id].is_some()).collect()
    }

    /// The changes that leave of the reply what there is of these ids. A count beside the list goes down as well.
    #[must_use]
    pub fn only(&self, reply: &Value, ids: &[usize]) -> Vec<Edit> {
        let kept = |item: usize| ids.iter().any(|id| self.items.get(*id).copied().flatten() == Some(item));
        // From the back, so that the positions of the others stay right.
        let gone: Vec<_> = (0..self.length).rev().filter(|item| !kept(*item)).collect();
        let mut edits: Vec<_> = gone.iter().map(|item| Edit::Remove { at: self.list.index(*item) }).collect();
        let Some((around, _)) = self.list.split_last() else { return edits };
        let around_list = around.resolve(reply);
        for (name, value) in around_list.first().and_then(|(_, value)| value.as_object()).into_iter().flatten() {
            let counts = ["total", "count", "size", "num"].iter().any(|word| name.to_lowercase().contains(word));
            if counts && value.as_u64() == Some(self.length as u64) {
                edits.push(Edit::Set { at: around.key(name), value: (self.length - gone.len()).into() });
            }
        }
        edits
    }

    /// The positions of the ids that another request asks for, if it asks for nothing else.
    #[must_use]
    pub fn part_in(&self, request: &Request) -> Option<Vec<usize>> {
        let wanted = match &self.asked {
            Asked::Query(name) => in_query(request).into_iter().find(|(other, _)| other == name)?.1,
            Asked::Body(at) => ids_of(at.resolve(&request.json()?).first()?.1)?,
        };
        wanted.iter().map(|id| self.ids.iter().position(|known| known == id)).collect()
    }
}

fn candidates(request: &Request, body: Option<&Value>) -> Vec<(Asked, Vec<String>)> {
    let query = in_query(request).into_iter().map(|(name, ids)| (Asked::Query(name), ids));
    let lists = body.into_iter().flat_map(|body| {
        let places = list_places(body).into_iter();
        places.filter_map(move |(at, _)| Some((Asked::Body(at.clone()), ids_of(at.resolve(body).first()?.1)?)))
    });
    query.chain(lists).filter(|(_, ids)| ids.len() >= 2).collect()
}

/// The parameters of a query with their values: `ids=1,2`, `id=1&id=2`, `id=in.(1,2)`.
fn in_query(request: &Request) -> Vec<(String, Vec<String>)> {
    let Request::Http(request) = request else { return Vec::new() };
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    for (name, value) in parameters(request.query()) {
        let group = value.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
        let values = group.unwrap_or(&value).split(',').map(|id| id.trim().trim_matches('"').to_owned());
        match found.iter_mut().find(|(known, _)| *known == name) {
            Some((_, ids)) => ids.extend(values),
            None => found.push((name.into_owned(), values.collect())),
        }
    }
    found
}

fn ids_of(list: &Value) -> Option<Vec<String>> {
    let id = |item: &Value| match item {
        Value::Object(members) if members.len() == 1 => members.values().next().and_then(atom_text),
        other => atom_text(other),
    };
    list.as_array()?.iter().map(id).collect()
}

/// The item of each id, if every item has another one of them under the same name.
fn by_id<'i>(items: &[Value], ids: &'i [String]) -> Option<HashMap<&'i str, usize>> {
    let first = items.first()?.as_object()?;
    let names = first.iter().filter(|(_, value)| atom_text(value).is_some_and(|text| ids.contains(&text)));
    names.map(|(name, _)| name).find_map(|name| {
        let mut places = HashMap::with_capacity(items.len());
        for (place, item) in items.iter().enumerate() {
            let text = atom_text(item.get(name)?)?;
            let id = ids.iter().find(|id| **id == text)?;
            if places.insert(id.as_str(), place).is_some() {
                return None;
            }
        }
        Some(places)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::format::{Body, HttpRequest};
    use crate::json::apply_all;

    fn get(target: &str) -> Request {
        Request::Http(HttpRequest { method: "GET".into(), target: target.into(), ..HttpRequest::default() })
    }

    fn post(body: &Value) -> Request {
        Request::Http(HttpRequest {
            method: "POST".into(),
            target: "/q".into(),
            body: Body::from_json(body),
            ..HttpRequest::default()
        })
    }

    #[test]
    fn ids_are_found_in_queries_and_bodies_as_services_take_them() {
        let reply = json!({"total": 2, "data": [{"key": "b", "n": 1}, {"key": "a", "n": 2}]});
        let requests = [
            get("/x?fields=n&key=a,b"),
            get("/x?key=a&key=b"),
            get("/x?key=in.(%22a%22%2Cb)"),
            post(&json!({"filter": {"keys": ["a", "b"]}})),
            post(&json!({"inputs": [{"id": "a"}, {"id": "b"}]})),
        ];
        for request in requests {
            let several = Several::between(&request, &reply).unwrap();
            assert_eq!((several.ids().len(), several.found()), (2, vec![0, 1]), "{request:?}");
            assert_eq!(several.list().to_string(), "/data");
        }
    }

    #[test]
    fn what_is_left_out_is_gone_and_no_longer_counted() {
        let reply = json!({"total": 2, "pages": 2, "data": [{"key": "b", "n": 1}, {"key": "a", "n": 2}]});
        let several = Several::between(&get("/x?key=a,b,c"), &reply).unwrap();
        assert_eq!(several.found(), [0, 1]);
        let bent = apply_all(&reply.to_string(), &several.only(&reply, &[1])).unwrap();
        assert_eq!(bent, r#"{"data":[{"key":"b","n":1}],"pages":2,"total":1}"#);
        assert_eq!(several.part_in(&get("/x?key=c,a")), Some(vec![2, 0]));
        assert_eq!(several.part_in(&get("/x?key=d")), None);
    }

    #[test]
    fn lists_that_are_not_what_was_asked_for_by_id_are_none() {
        let reply = json!([{"id": 1, "tag": "a"}, {"id": 2, "tag": "b"}, {"id": 3, "tag": "a"}]);
        for target in ["/x?tag=a,b", "/x?limit=1&page=2", "/x?fields=id,tag", "/x?id=1,2"] {
            assert_eq!(Several::between(&get(target), &reply), None, "{target}");
        }
    }
}
