//! Value flow through real recordings: the page links that they have, and no link by a short value.

use std::path::Path;

use checkagent::cassette::Cassette;
use checkagent::cassette::analysis::{Flow, PageKind, PageLink};

use super::table::{corpus, files};

/// The page links of a recording as the table has them.
fn pages(file: &str, cassette: &Cassette) -> Vec<String> {
    let interactions = cassette.interactions();
    let line = |page: &PageLink| {
        let PageLink { from, to, kind, source, sink, .. } = page;
        let source = source.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string);
        format!("{file}\t{from}\t{to}\t{kind:?}\t{source}\t{sink}")
    };
    Flow::of(interactions).pages(interactions).iter().map(line).collect()
}

fn short_links(name: &str, cassette: &Cassette) -> Vec<String> {
    let flow = Flow::of(cassette.interactions());
    let short = flow.links().iter().filter(|link| link.value.chars().count() < 4);
    short.map(|link| format!("{name}: {link:?}")).collect()
}

fn example(name: &str) -> Cassette {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/records-export/cassettes").join(name);
    Cassette::load(&path).expect("the cassette of the example")
}

#[test]
fn the_page_links_of_every_file_are_found_and_no_others() {
    let Some(corpus) = corpus("the_page_links_of_every_file_are_found_and_no_others") else { return };
    let lines = include_str!("pages.tsv").lines().filter(|line| !line.starts_with('#'));
    let mut expected: Vec<_> = lines.map(str::to_owned).collect();
    let mut found = Vec::new();
    for file in files(&corpus) {
        for cassette in super::import(&corpus.join(&file)).1 {
            found.extend(pages(&file, &cassette));
        }
    }
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
}

#[test]
fn no_value_of_fewer_than_four_characters_links() {
    let mut short = Vec::new();
    for name in ["careful.json", "naive.json"] {
        short.extend(short_links(name, &example(name)));
    }
    if let Some(corpus) = corpus("no_value_of_fewer_than_four_characters_links") {
        for file in files(&corpus) {
            for cassette in super::import(&corpus.join(&file)).1 {
                short.extend(short_links(&file, &cassette));
            }
        }
    }
    assert!(short.is_empty(), "{}", short.join("\n"));
}

#[test]
fn the_page_tokens_of_the_kinto_recordings_are_found() {
    for name in ["careful.json", "naive.json"] {
        let cassette = example(name);
        let interactions = cassette.interactions();
        let flow = Flow::of(interactions);
        let pages = flow.pages(interactions);
        let steps: Vec<_> = pages.iter().map(|page| (page.from, page.to, page.kind)).collect();
        assert_eq!(steps, [1, 2, 3, 4].map(|from| (from, from + 1, PageKind::Token)), "{name}");
        for page in &pages {
            let source = page.source.as_ref().unwrap().to_string();
            assert_eq!(source, "header `next-page` (`_token` in its URL)");
            assert_eq!(page.sink.to_string(), "query `_token`");
        }
        assert_eq!(flow.unfollowed(interactions), []);
    }
}
