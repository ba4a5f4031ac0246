//! What is shown of a cassette.

use std::collections::HashSet;

use checkagent_cassette::analysis::{Flow, Place};
use checkagent_cassette::{CallReply, Cassette, ChannelKind, Content, Interaction, Reply, Request};
use serde::Serialize;

use crate::count::count;
use crate::table::{Column, table};
use crate::texts::redacted;

/// What is shown of a cassette.
#[derive(Debug, Serialize)]
pub struct Shown {
    pub file: String,
    pub name: String,
    pub recorded_at: String,
    pub recorder: String,
    pub channels: Vec<ShownChannel>,
    pub interactions: Vec<Row>,
    pub flow: Vec<ShownLink>,
    /// How many secrets were taken out.
    pub redacted: usize,
}

/// A channel.
#[derive(Debug, Serialize)]
pub struct ShownChannel {
    pub name: String,
    /// `http` or `code`.
    pub kind: &'static str,
    pub base: Option<String>,
    pub interactions: usize,
}

/// An interaction.
#[derive(Debug, Serialize)]
pub struct Row {
    pub number: usize,
    pub channel: String,
    pub key: String,
    /// `GET /v1/records?page=2`, or the name of the call.
    pub label: String,
    /// Of an HTTP reply.
    pub status: Option<u16>,
    /// `complete`, `clean_eof`, `reset` or `stall` of an HTTP reply; `returned` or `failed` of a call.
    pub ending: &'static str,
    /// The size of the content; of a call's arguments as JSON.
    pub request_bytes: usize,
    /// The size of the content; of a call's result as JSON.
    pub reply_bytes: usize,
    pub latency_ms: Option<u64>,
    pub fidelity: &'static str,
    /// How many pieces a streamed reply came in.
    pub frames: Option<usize>,
    /// How many secrets were taken out.
    pub redacted: usize,
}

/// A value that a reply brought, and a later request carried.
#[derive(Debug, Serialize)]
pub struct ShownLink {
    pub from: usize,
    pub source: Place,
    pub to: usize,
    pub sink: Place,
    pub value: String,
    /// Whether it is a page token.
    pub page: bool,
}

impl Shown {
    /// What is shown of a cassette.
    pub fn of(file: String, cassette: &Cassette) -> Self {
        let header = cassette.header();
        let channels = header.channels.iter().map(|(name, channel)| {
            let (kind, base) = match &channel.kind {
                ChannelKind::Http { base } => ("http", Some(base.clone())),
                ChannelKind::Code => ("code", None),
            };
            let over = |interaction: &&Interaction| interaction.channel == *name.as_str();
            let interactions = cassette.interactions().iter().filter(over).count();
            ShownChannel { name: name.clone(), kind, base, interactions }
        });
        let interactions: Vec<_> = cassette.interactions().iter().map(Row::of).collect();
        Self {
            file,
            name: header.name.clone(),
            recorded_at: header.recorded_at.clone(),
            recorder: header.recorder.clone(),
            channels: channels.collect(),
            redacted: interactions.iter().map(|row| row.redacted).sum(),
            interactions,
            flow: flow(cassette.interactions()),
        }
    }

    /// As it is printed.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![
            self.file.clone(),
            format!("  name      {}", self.name),
            format!("  recorded  {} by {}", self.recorded_at, self.recorder),
            format!("  secrets   {} taken out", self.redacted),
            String::new(),
        ];
        let channels = self.channels.iter().map(ShownChannel::cells);
        lines.extend(table(
            &[Column::Left("channel"), Column::Left("kind"), Column::Left("base"), Column::Right("interactions")],
            channels,
        ));
        lines.push(String::new());
        lines.extend(table(
            &[
                Column::Right("#"),
                Column::Left("channel"),
                Column::Left("request"),
                Column::Left("outcome"),
                Column::Right("sent B"),
                Column::Right("received B"),
                Column::Right("ms"),
                Column::Left("fidelity"),
                Column::Right("frames"),
            ],
            self.interactions.iter().map(Row::cells),
        ));
        if !self.flow.is_empty() {
            lines.push(String::new());
            lines.extend(self.flow_lines());
        }
        lines.push(String::new());
        lines
    }

    fn flow_lines(&self) -> Vec<String> {
        /// Conversations repeat everything that was said: their links are beyond reading.
        const MOST: usize = 100;
        let columns = [
            Column::Right("from"),
            Column::Left("reply"),
            Column::Right("to"),
            Column::Left("request"),
            Column::Left("value"),
        ];
        let mut lines = table(&columns, self.flow.iter().take(MOST).map(ShownLink::cells));
        if self.flow.len() > MOST {
            let more = count(self.flow.len() - MOST, "link");
            lines.push(format!("   and {more} more; `--format json` has them all"));
        }
        lines
    }
}

impl ShownChannel {
    fn cells(&self) -> Vec<String> {
        let base = self.base.clone().unwrap_or_default();
        vec![self.name.clone(), self.kind.to_owned(), base, self.interactions.to_string()]
    }
}

impl Row {
    fn of(interaction: &Interaction) -> Self {
        let request_bytes = match &interaction.request {
            Request::Http(request) => request.body.to_bytes().len(),
            Request::Call(call) => call.args.to_string().len(),
        };
        let (status, ending, reply_bytes, frames) = match &interaction.reply {
            Reply::Http(reply) => {
                let (bytes, frames) = match &reply.content {
                    Content::Whole(body) => (body.to_bytes().len(), None),
                    Content::Frames(frames) => {
                        (frames.iter().map(|frame| frame.data.to_bytes().len()).sum(), Some(frames.len()))
                    }
                };
                (Some(reply.status), reply.ending.name(), bytes, frames)
            }
            Reply::Call(CallReply::Returned(value)) => (None, "returned", value.to_string().len(), None),
            Reply::Call(CallReply::Failed(message)) => (None, "failed", message.len(), None),
        };
        Self {
            number: interaction.number,
            channel: interaction.channel.to_string(),
            key: interaction.key.to_string(),
            label: match &interaction.request {
                Request::Http(request) => format!("{} {}", request.method, request.target),
                Request::Call(call) => call.name.to_string(),
            },
            status,
            ending,
            request_bytes,
            reply_bytes,
            latency_ms: interaction.latency.map(|latency| u64::try_from(latency.as_millis()).unwrap_or(u64::MAX)),
            fidelity: interaction.fidelity.name(),
            frames,
            redacted: redacted(interaction),
        }
    }

    fn cells(&self) -> Vec<String> {
        let outcome = match self.status {
            Some(status) if self.ending == "complete" => status.to_string(),
            Some(status) => format!("{status}, {}", self.ending),
            None => self.ending.to_owned(),
        };
        let number = |number: Option<u64>| number.map_or_else(|| "-".to_owned(), |number| number.to_string());
        vec![
            self.number.to_string(),
            self.channel.clone(),
            short(&self.label),
            outcome,
            self.request_bytes.to_string(),
            self.reply_bytes.to_string(),
            number(self.latency_ms),
            self.fidelity.to_owned(),
            number(self.frames.map(|frames| frames as u64)),
        ]
    }
}

impl ShownLink {
    fn cells(&self) -> Vec<String> {
        let value = short(&self.value);
        let value = if self.page { format!("{value} (page token)") } else { value };
        vec![self.from.to_string(), self.source.to_string(), self.to.to_string(), self.sink.to_string(), value]
    }
}

fn flow(interactions: &[Interaction]) -> Vec<ShownLink> {
    let flow = Flow::of(interactions);
    let pages = flow.pages(interactions);
    // A token may stand in several replies; the request shows that it leads to a page.
    let pages: HashSet<_> = pages.iter().map(|page| (page.to, &page.sink, page.token.as_str())).collect();
    let shown = flow.links().iter().map(|link| ShownLink {
        from: link.from,
        source: link.source.clone(),
        to: link.to,
        sink: link.sink.clone(),
        value: link.value.clone(),
        page: pages.contains(&(link.to, &link.sink, link.value.as_str())),
    });
    shown.collect()
}

/// A text of bearable length: its beginning and its end, where a path has its ids and its page.
fn short(text: &str) -> String {
    const LONGEST: usize = 60;
    const END: usize = 28;
    let length = text.chars().count();
    if length <= LONGEST {
        return text.to_owned();
    }
    text.chars().take(LONGEST - END - 1).chain(['…']).chain(text.chars().skip(length - END)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{call, cassette, get, streamed};
    use serde_json::json;

    #[test]
    fn a_cassette_is_shown_with_channels_interactions_and_flow() {
        let recording = cassette(vec![
            get("/items", r#"{"items":[{"id":1}],"next":"page-4711"}"#),
            get("/items?page=page-4711", r#"{"items":[],"token":"[redacted]"}"#),
            streamed(&["data: a\n\n", "data: b\n\n"]),
            call(json!({"q": 1}), CallReply::Failed("no such table".to_owned())),
        ]);
        let lines = Shown::of("a.json".to_owned(), &recording).lines();
        let expected = [
            "a.json",
            "  name      sample",
            "  recorded  2026-01-01T00:00:00Z by test",
            "  secrets   1 taken out",
            "",
            "   channel  kind  base                     interactions",
            "   api      http  https://api.example.com             3",
            "   code     code                                      1",
            "",
            "   #  channel  request                    outcome  sent B  received B  ms  fidelity  frames",
            "   1  api      GET /items                 200           0          39   7  wire           -",
            "   2  api      GET /items?page=page-4711  200           0          33   7  wire           -",
            "   3  api      GET /stream                200           0          18   7  wire           2",
            "   4  code     lookup                     failed        7          13   7  wire           -",
            "",
            "   from  reply  to  request       value",
            "      1  /next   2  query `page`  page-4711 (page token)",
            "",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn places_are_data_in_the_document() {
        let recording = cassette(vec![get("/items", r#"{"id":"rec-4711"}"#), get("/items/rec-4711", "{}")]);
        let document = serde_json::to_value(Shown::of("a.json".to_owned(), &recording)).unwrap();
        assert_eq!(document["flow"][0]["sink"], json!({"path": 2}));
        assert_eq!(document["interactions"][0]["status"], 200);
    }
}
