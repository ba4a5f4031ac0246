//! Where lines and events end: at a line feed, a carriage return, or both together.

/// Takes the first line off, without its end; `None` if no line end is left.
pub(super) fn cut_line<'b>(rest: &mut &'b [u8]) -> Option<&'b [u8]> {
    let end = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n'))?;
    let (line, after) = rest.split_at(end);
    *rest = after.strip_prefix(b"\r\n").unwrap_or(&after[1..]);
    Some(line)
}

/// Finds blank lines in bytes that may come in any pieces.
#[derive(Clone, Debug)]
pub(super) struct Ends {
    empty: bool,
    after_return: bool,
}

impl Default for Ends {
    fn default() -> Self {
        Self { empty: true, after_return: false }
    }
}

impl Ends {
    /// The position after the first line end, from `start` on, that ends a blank line.
    pub(super) fn next_end(&mut self, bytes: &[u8], start: usize) -> Option<usize> {
        let mut at = start;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            let in_line = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(rest.len());
            if in_line > 0 {
                (self.empty, self.after_return) = (false, false);
            }
            let Some(byte) = rest.get(in_line) else { break };
            at += in_line + 1;
            let second_half = self.after_return && *byte == b'\n';
            self.after_return = *byte == b'\r';
            if second_half {
                continue;
            }
            if self.empty {
                return Some(at);
            }
            self.empty = true;
        }
        None
    }
}
