//! Where a stream breaks off.

use checkagent_cassette::{Body, Content, Ending, Frame, HttpReply};

use crate::recording::{Carries, ModelStream};

/// A position in the stream of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Position {
    BeforeTheFirst,
    InText,
    InArguments,
    BeforeFinish,
    NoTerminator,
    InACharacter,
    InALine,
}

impl Position {
    const ALL: [Self; 7] = [
        Self::BeforeTheFirst,
        Self::InText,
        Self::InArguments,
        Self::BeforeFinish,
        Self::NoTerminator,
        Self::InACharacter,
        Self::InALine,
    ];

    /// Its name as a variant.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::BeforeTheFirst => "before_the_first",
            Self::InText => "in_text",
            Self::InArguments => "in_arguments",
            Self::BeforeFinish => "before_finish",
            Self::NoTerminator => "no_terminator",
            Self::InACharacter => "in_a_character",
            Self::InALine => "in_a_line",
        }
    }

    pub(super) fn named(name: Option<&str>) -> Option<Self> {
        Self::ALL.into_iter().find(|position| Some(position.name()) == name)
    }

    /// How many bytes come before it; `None` where the stream has no such position.
    pub(super) fn offset(self, stream: &ModelStream) -> Option<usize> {
        let begin_of = |wanted: Carries| stream.events.iter().find(|event| event.carries == wanted);
        match self {
            Self::BeforeTheFirst => {
                let first = stream.said().chain(begin_of(Carries::Finish)).next()?;
                Some(first.range.start).filter(|start| *start > 0)
            }
            Self::InText => middle(stream, Carries::Text),
            Self::InArguments => stream.said().find_map(|event| match event.carries {
                call @ Carries::Arguments(_) => middle(stream, call),
                _ => None,
            }),
            // What comes with the finish itself would be missing.
            Self::BeforeFinish => {
                stream.said().next()?;
                Some(begin_of(Carries::Finish)?.range.start)
            }
            Self::NoTerminator => Some(begin_of(Carries::Terminator)?.range.start).filter(|start| *start > 0),
            Self::InACharacter => stream.inside_a_character,
            Self::InALine => {
                let event = stream.said().chain(begin_of(Carries::Finish)).next()?;
                Some(usize::midpoint(event.range.start, event.range.end))
            }
        }
    }
}

/// After the first half of the events of a kind, where there are several.
fn middle(stream: &ModelStream, kind: Carries) -> Option<usize> {
    let ends: Vec<_> =
        stream.events.iter().filter(|event| event.carries == kind).map(|event| event.range.end).collect();
    if ends.len() < 2 {
        return None;
    }
    ends.get((ends.len() - 1) / 2).copied()
}

/// A reply of which only so many bytes come, in the pieces and at the times that were recorded.
pub(super) fn cut(reply: &HttpReply, bytes: usize, ending: Ending) -> HttpReply {
    let whole;
    let frames = match &reply.content {
        Content::Frames(frames) => frames,
        Content::Whole(body) => {
            whole = vec![Frame { after: None, data: body.clone() }];
            &whole
        }
    };
    let mut left = bytes;
    let mut kept = Vec::new();
    for frame in frames {
        if left == 0 {
            break;
        }
        let data = frame.data.to_bytes();
        let piece = data.get(..left).unwrap_or(&data);
        left -= piece.len();
        kept.push(Frame { after: frame.after, data: Body::from_bytes(piece) });
    }
    HttpReply { content: Content::Frames(kept), ending, ..reply.clone() }
}
