//! `DeleteObjects` of S3: XML both ways.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::message::{Exchange, Message};
use super::style::{Entry, Fate, Found, Item, ItemFailure, Style};
use super::xml::{content, elements};
use crate::format::{Body, Content, HttpReply, Reply};
use crate::json::Pointer;

/// The forms are those of botocore's model of S3. In quiet mode only errors are told.
#[derive(Debug)]
struct DeleteObjects {
    quiet: bool,
}

pub(super) fn find(exchange: &Exchange<'_>) -> Option<Found> {
    let quiet = content(exchange.request.text()?, "Quiet").is_some_and(|quiet| quiet.trim() == "true");
    let style = DeleteObjects { quiet };
    let asked = style.asked(&exchange.request).filter(|asked| asked.len() >= 2)?;
    let reply = match &exchange.reply {
        Message::Nothing if quiet => "",
        reply => reply.text().filter(|text| text.contains("<DeleteResult"))?,
    };
    let of = |kind: &str| elements(reply, kind).into_iter().map(|element| reply[element.whole].to_owned());
    let (deleted, failed): (Vec<_>, Vec<_>) = (of("Deleted").collect(), of("Error").collect());
    let items = asked.into_iter().map(|asked| {
        let of = |list: &[String]| list.iter().find(|text| content(text, "Key") == asked["Key"].as_str()).cloned();
        let (done, answered) = match (of(&failed), of(&deleted)) {
            (Some(error), _) => (false, error),
            (None, Some(deleted)) => (true, deleted),
            (None, None) => (quiet, String::new()),
        };
        Item { asked, answered: answered.into(), done, place: None }
    });
    let items = items.collect();
    Some((Arc::new(style), items))
}

impl Style for DeleteObjects {
    fn source(&self) -> &'static str {
        "S3 DeleteObjects (botocore)"
    }

    fn place(&self) -> Pointer {
        Pointer::root()
    }

    fn asked(&self, request: &Message<'_>) -> Option<Vec<Value>> {
        let document = content(request.text()?, "Delete")?;
        let objects = elements(document, "Object").into_iter().map(|object| {
            let object = &document[object.content];
            let member = |name: &str| Some((name.to_owned(), Value::from(content(object, name)?)));
            let members: Map<String, Value> = ["Key", "VersionId"].into_iter().filter_map(member).collect();
            members.contains_key("Key").then(|| members.into())
        });
        objects.collect()
    }

    fn is_idempotent(&self, _asked: &Value) -> bool {
        true
    }

    fn allows(&self, _failure: ItemFailure) -> bool {
        true
    }

    fn write(&self, reply: &Reply, entries: &[Entry<'_>]) -> Reply {
        let Reply::Http(http) = reply else { return reply.clone() };
        let body = http.body();
        let recorded = body.text().unwrap_or_default();
        let results: String = entries.iter().map(|entry| self.result(entry)).collect();
        let text = format!("{}{results}</DeleteResult>", head(recorded));
        let content = Content::Whole(Body::from_bytes(text.as_bytes()));
        Reply::Http(HttpReply { content, ..http.clone() })
    }
}

/// The recorded reply up to its first result.
fn head(recorded: &str) -> String {
    let tag = recorded.find("<DeleteResult").and_then(|start| Some((start, start + recorded[start..].find('>')?)));
    match tag {
        Some((_, end)) => format!("{}>", recorded[..end].trim_end_matches('/')),
        None => "<DeleteResult>".to_owned(),
    }
}

impl DeleteObjects {
    fn result(&self, entry: &Entry<'_>) -> String {
        let (code, message) = match entry.fate {
            Fate::AsRecorded => {
                let told = !self.quiet || !entry.model.done;
                return entry.answered.as_str().filter(|_| told).unwrap_or_default().to_owned();
            }
            Fate::Failed(ItemFailure::Permanent) => ("AccessDenied", "Access Denied"),
            Fate::Failed(ItemFailure::Retryable) | Fate::Dragged => ("InternalError", "Internal error, try again."),
        };
        let member = |name: &str| {
            let value = entry.asked[name].as_str();
            value.map(|value| format!("<{name}>{value}</{name}>")).unwrap_or_default()
        };
        let named = format!("{}{}", member("Key"), member("VersionId"));
        format!("<Error>{named}<Code>{code}</Code><Message>{message}</Message></Error>")
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Known, request, source, text};
    use super::*;

    const ASKED: &str = r#"<?xml version="1.0"?><Delete xmlns="ns"><Object><Key>a</Key></Object><Object><Key>b&amp;c</Key><VersionId>7</VersionId></Object></Delete>"#;
    const ANSWERED: &str = r#"<DeleteResult xmlns="ns"><Deleted><Key>a</Key></Deleted><Deleted><Key>b&amp;c</Key></Deleted></DeleteResult>"#;

    fn failing(known: &Known, failed: &[usize], failure: ItemFailure) -> String {
        text(&known.batch.reply_with_failures(&known.reply, failed, failure))
    }

    #[test]
    fn an_object_that_is_not_deleted_stands_in_an_error() {
        let known = Known::between(ASKED, ANSWERED);
        assert!(known.batch.items().iter().all(|item| item.done));
        assert_eq!(
            failing(&known, &[1], ItemFailure::Permanent),
            concat!(
                r#"<DeleteResult xmlns="ns"><Deleted><Key>a</Key></Deleted><Error><Key>b&amp;c</Key>"#,
                "<VersionId>7</VersionId><Code>AccessDenied</Code><Message>Access Denied</Message></Error></DeleteResult>"
            )
        );
        let retry = request("<Delete><Object><Key>a</Key></Object></Delete>");
        let part = known.batch.part_in(&retry).unwrap();
        let reply = known.batch.reply_to_part(&known.reply, &part, &[], ItemFailure::Retryable);
        assert_eq!(text(&reply), r#"<DeleteResult xmlns="ns"><Deleted><Key>a</Key></Deleted></DeleteResult>"#);
    }

    #[test]
    fn in_quiet_mode_only_errors_are_told() {
        let asked = ASKED.replace("</Delete>", "<Quiet>true</Quiet></Delete>");
        for answered in [r#"<DeleteResult xmlns="ns"/>"#, ""] {
            let known = Known::between(&asked, answered);
            let bent = failing(&known, &[0], ItemFailure::Retryable);
            assert!(
                bent.contains("<Error><Key>a</Key><Code>InternalError</Code>") && !bent.contains("Deleted"),
                "{bent}"
            );
        }
    }

    #[test]
    fn a_listing_of_objects_is_no_batch() {
        assert!(source(ASKED, "<ListBucketResult><Key>a</Key></ListBucketResult>").is_none());
        assert!(source("<Delete><Object><Key>a</Key></Object></Delete>", ANSWERED).is_none());
    }
}
