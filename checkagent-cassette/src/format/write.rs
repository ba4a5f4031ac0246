//! From a cassette to a file that people review.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

use super::body::Body;
use super::branch::Branch;
use super::cassette::Cassette;
use super::fidelity::Fidelity;
use super::header::{ChannelKind, FormatVersion, Header};
use super::interaction::{CallReply, Content, Ending, Headers, HttpReply, Interaction, Reply, Request};
use super::seal;
use crate::error::Error;
use crate::json::{Layout, pretty};

impl Cassette {
    /// The text of the file: keys in a fixed order, one line for what fits, sealed.
    #[must_use]
    pub fn to_text(&self) -> String {
        let header = self.header();
        let mut out = String::from("{\n");
        let _ = writeln!(out, "  \"checkagent\": {},", FormatVersion::CURRENT.number());
        let _ = writeln!(out, "  \"name\": {},", quoted(&header.name));
        let _ = writeln!(out, "  \"recorded_at\": {},", quoted(&header.recorded_at));
        let _ = writeln!(out, "  \"recorder\": {},", quoted(&header.recorder));
        let _ = writeln!(out, "  \"content_hash\": \"{}\",", seal::UNSEALED);
        if let Some(matching) = header.matching.to_json() {
            let _ = writeln!(out, "  \"matching\": {},", pretty(&matching.to_string(), 1));
        }
        let _ = writeln!(out, "  \"channels\": {},", pretty(&channels(header, self.interactions()), 1));
        out.push_str("  \"interactions\": [");
        for (index, interaction) in self.interactions().iter().enumerate() {
            out.push_str(if index == 0 { "\n    " } else { ",\n    " });
            out.push_str(&pretty(&interaction_json(interaction), 2));
        }
        out.push_str(if self.interactions().is_empty() { "]" } else { "\n  ]" });
        if !self.branches().is_empty() {
            out.push_str(",\n  \"branches\": [");
            for (index, branch) in self.branches().iter().enumerate() {
                out.push_str(if index == 0 { "\n    " } else { ",\n    " });
                out.push_str(&pretty(&branch_json(branch), 2));
            }
            out.push_str("\n  ]");
        }
        out.push_str("\n}\n");
        seal::seal_text(&out)
    }

    /// Writes the file in one step: a reader sees the old recording or the new one, never a half.
    ///
    /// # Errors
    ///
    /// [`crate::ErrorKind::Io`] when the folder cannot be made or the file not be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        write_atomically(path.as_ref(), &self.to_text())
    }
}

pub(crate) fn write_atomically(path: &Path, text: &str) -> Result<(), Error> {
    use std::io::Write as _;
    let failed = |error: &std::io::Error| Error::io(path, "writing the cassette", error);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| failed(&error))?;
    }
    // Always the same name: what a killed writer left is overwritten by the next one.
    let temporary = path.with_extension("tmp");
    let written = std::fs::File::create(&temporary)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .and_then(|()| std::fs::rename(&temporary, path));
    written.map_err(|error| {
        let _ = std::fs::remove_file(&temporary);
        failed(&error)
    })
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn channels(header: &Header, interactions: &[Interaction]) -> String {
    let mut out = Object::new();
    for (name, channel) in &header.channels {
        let mut fields = Object::new();
        match &channel.kind {
            ChannelKind::Http { base } => fields.text("kind", "http").text("base", base),
            ChannelKind::Code => fields.text("kind", "code"),
        };
        let count = interactions.iter().filter(|interaction| interaction.channel == *name.as_str()).count();
        fields.raw("interactions", &count.to_string());
        out.raw(name, &fields.end());
    }
    out.end()
}

/// One interaction as compact JSON; also a line of the journal.
pub(crate) fn interaction_json(interaction: &Interaction) -> String {
    let mut out = Object::new();
    out.raw("n", &interaction.number.to_string());
    out.text("channel", &interaction.channel);
    out.text("key", &interaction.key.to_string());
    out.raw("request", &request(&interaction.request));
    out.raw("reply", &reply(&interaction.reply));
    if let Some(latency) = interaction.latency {
        out.raw("latency_ms", &latency.as_millis().to_string());
    }
    if interaction.fidelity != Fidelity::Wire {
        out.text("fidelity", interaction.fidelity.name());
    }
    out.end()
}

fn branch_json(branch: &Branch) -> String {
    let mut out = Object::new();
    out.text("case", &branch.case);
    let mut operators = Object::new();
    for (name, version) in &branch.operators {
        operators.raw(name, &version.to_string());
    }
    out.raw("operators", &operators.end());
    out.text("base", &branch.base);
    let interactions: Vec<_> = branch.interactions.iter().map(interaction_json).collect();
    out.raw("interactions", &format!("[{}]", interactions.join(",")));
    out.end()
}

fn request(request: &Request) -> String {
    let mut out = Object::new();
    match request {
        Request::Http(request) => {
            out.text("method", &request.method).text("target", &request.target);
            headers(&mut out, &request.headers);
            body(&mut out, &request.body);
        }
        Request::Call(call) => {
            out.text("call", &call.name).raw("effect", &call.effect.to_string()).raw("args", &call.args.to_string());
            if let Some(id) = &call.id {
                out.text("id", id);
            }
        }
    }
    out.end()
}

fn reply(reply: &Reply) -> String {
    let mut out = Object::new();
    match reply {
        Reply::Http(reply) => http_reply(&mut out, reply),
        Reply::Call(CallReply::Returned(value)) => {
            out.raw("returned", &value.to_string());
        }
        Reply::Call(CallReply::Failed(message)) => {
            out.text("failed", message);
        }
    }
    out.end()
}

fn http_reply(out: &mut Object, reply: &HttpReply) {
    out.raw("status", &reply.status.to_string());
    headers(out, &reply.headers);
    match &reply.content {
        Content::Whole(content) => body(out, content),
        Content::Frames(frames) => {
            let frames: Vec<_> = frames
                .iter()
                .map(|frame| {
                    let mut fields = Object::new();
                    if let Some(after) = frame.after {
                        fields.raw("after_ms", &after.as_millis().to_string());
                    }
                    match frame.data.text() {
                        Some(text) => fields.text("text", text),
                        None => fields.text("base64", &Body::encode(&frame.data.to_bytes())),
                    };
                    fields.end()
                })
                .collect();
            out.raw("frames", &format!("[{}]", frames.join(",")));
        }
    }
    if reply.ending != Ending::Complete {
        out.text("ending", reply.ending.name());
    }
}

fn headers(out: &mut Object, headers: &Headers) {
    if headers.is_empty() {
        return;
    }
    let mut fields = Object::new();
    let mut done: Vec<&str> = Vec::new();
    for (name, value) in headers {
        if done.contains(&name.as_str()) {
            continue;
        }
        done.push(name);
        let values: Vec<_> =
            headers.iter().filter(|(other, _)| other == name).map(|(_, value)| quoted(value)).collect();
        match values.as_slice() {
            [_] => fields.text(name, value),
            several => fields.raw(name, &format!("[{}]", several.join(","))),
        };
    }
    out.raw("headers", &fields.end());
}

fn body(out: &mut Object, body: &Body) {
    let mut fields = Object::new();
    match body {
        Body::Empty => return,
        Body::Json(json) => {
            match json.layout {
                Layout::Compact => {}
                Layout::Spaced => {
                    fields.raw("spaced", "true");
                }
                Layout::Indented(width) => {
                    fields.raw("indent", &width.to_string());
                }
            }
            if json.newline {
                fields.raw("newline", "true");
            }
            fields.raw("json", &json.text);
        }
        Body::Text(text) => {
            fields.text("text", text);
        }
        Body::Bytes(bytes) => {
            fields.text("base64", &Body::encode(bytes));
        }
    }
    out.raw("body", &fields.end());
}

/// A JSON object that is written member by member, so that raw JSON texts go in unchanged.
struct Object(String);

impl Object {
    fn new() -> Self {
        Self(String::from("{"))
    }

    fn raw(&mut self, key: &str, json: &str) -> &mut Self {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        self.0.push_str(&quoted(key));
        self.0.push(':');
        self.0.push_str(json);
        self
    }

    fn text(&mut self, key: &str, text: &str) -> &mut Self {
        self.raw(key, &quoted(text))
    }

    fn end(&mut self) -> String {
        let mut text = std::mem::take(&mut self.0);
        text.push('}');
        text
    }
}
