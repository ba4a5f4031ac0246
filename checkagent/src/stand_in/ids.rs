//! Ids of calls that a conversation does not have yet.

use std::collections::HashSet;

use checkagent_cassette::model::{Saying, Wire};

use super::ask::Ask;
use super::conversation::Conversation;

/// Gives every call an id that is its own in the conversation, and the same in every run of the case. A recorded id stays
/// as long as nobody has it. What a script says of ids itself stays (`by_hand`).
pub(super) fn settle(saying: &mut Saying, ask: &Ask<'_>, by_hand: bool) {
    let called = ask.called().filter_map(|call| call.id.clone());
    let answered = ask.results().filter_map(|result| result.id.clone());
    let mut taken: HashSet<String> = called.chain(answered).collect();
    let mut renamed = false;
    for (place, call) in saying.calls_mut().enumerate() {
        let fits = match &call.id {
            Some(id) => by_hand || !taken.contains(id),
            // The others can do without.
            None => matches!(ask.wire, Wire::Gemini | Wire::Bedrock),
        };
        if !fits {
            let like = call.id.clone().or_else(|| sample(ask));
            let fresh = fresh(ask, like.as_deref(), place, &taken);
            call.id = Some(fresh);
            // The item of Responses has a name too.
            call.beside.remove("id");
            renamed = true;
        }
        taken.extend(call.id.clone());
    }
    if renamed && !by_hand {
        // It is another message.
        saying.id = None;
    }
}

/// An id as this model gives them.
fn sample(ask: &Ask<'_>) -> Option<String> {
    let said = ask.called().find_map(|call| call.id.clone());
    said.or_else(|| Conversation::of(ask).calls().find_map(|call| call.id.clone()))
}

fn fresh(ask: &Ask<'_>, like: Option<&str>, place: usize, taken: &HashSet<String>) -> String {
    let usual = match ask.wire {
        Wire::OpenAiChat | Wire::OpenAiResponses => "call_00000000aaaaaaaaAAAAAAAA",
        Wire::Anthropic | Wire::Bedrock => "toolu_01aaaaaaaaAAAAAAAA0000",
        Wire::Gemini => "00000000",
    };
    let (prefix, rest) = parts(like.unwrap_or(usual));
    let mixed = rest.chars().any(|c| c.is_ascii_uppercase());
    let letters: &[u8] =
        if mixed { b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" } else { b"0123456789abcdef" };
    // Shorter ones would run out.
    let length = rest.chars().count().max(8);
    let mut seed = 0xcbf2_9ce4_8422_2325_u64;
    for part in [ask.turn, ask.history.len(), place] {
        seed = next(seed ^ part as u64);
    }
    loop {
        let mut id = prefix.to_owned();
        for _ in 0..length {
            seed = next(seed);
            id.push(char::from(letters[usize::try_from(seed >> 33).unwrap_or_default() % letters.len()]));
        }
        if !taken.contains(&id) {
            return id;
        }
    }
}

/// What stays of an id, and what differs from one to the other.
fn parts(id: &str) -> (&str, &str) {
    id.rfind(['_', '-', ':', '.']).and_then(|at| id.split_at_checked(at + 1)).unwrap_or(("", id))
}

/// One step of `SplitMix64`.
fn next(seed: u64) -> u64 {
    let mixed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_id_is_of_stays_and_what_is_its_own_does_not() {
        assert_eq!(parts("call_Ab12"), ("call_", "Ab12"));
        assert_eq!(parts("functions.find:0"), ("functions.find:", "0"));
        assert_eq!(parts("a1b2c3d4e"), ("", "a1b2c3d4e"));
        assert_eq!(parts(""), ("", ""));
        assert_eq!(parts("call_"), ("call_", ""));
    }

    #[test]
    fn numbers_differ_from_step_to_step() {
        let mut seen = HashSet::new();
        let mut seed = 0;
        for _ in 0..1000 {
            seed = next(seed);
            assert!(seen.insert(seed));
        }
    }
}
