//! A text in the pieces in which a model writes it.

/// A token is some four characters; a stream of longer texts needs not be slower than a recorded one.
const ENOUGH: usize = 6;
const TOO_MANY: usize = 24;

/// Cuts before a space, as tokens are cut, and never inside a character.
pub(super) fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let cut = rest.char_indices().map(|(at, c)| (at, c.is_whitespace()));
        let end = cut
            .filter(|(at, is_space)| (*at >= ENOUGH && *is_space) || *at >= TOO_MANY)
            .map(|(at, _)| at)
            .next()
            .unwrap_or(rest.len());
        let (piece, after) = rest.split_at(end);
        rest = after;
        Some(piece).filter(|piece| !piece.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_short_and_put_together_they_are_the_text() {
        for text in
            ["", "Yes.", "A table for two at seven, by the window.", "日本語のとても長い文章です。空白はありません。"]
        {
            assert_eq!(pieces(text).collect::<String>(), text);
            assert!(pieces(text).all(|piece| piece.len() <= TOO_MANY + 3));
        }
        assert_eq!(pieces("A table for two").collect::<Vec<_>>(), ["A table", " for two"]);
    }
}
