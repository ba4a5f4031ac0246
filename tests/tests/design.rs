//! The design speaks of every source file.

use std::path::Path;

const FOLDERS: [&str; 6] = [
    "checkagent-cassette/src",
    "checkagent-macros/src",
    "checkagent/src",
    "examples/records-export/src",
    "tests/src",
    "benches/src",
];

fn sources(folder: &Path, inside: &str, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder of the workspace") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if path.is_dir() {
            sources(&path, &format!("{inside}{name}/"), found);
        } else if path.extension().is_some_and(|extension| extension == "rs") && !name.ends_with("tests.rs") {
            found.push(format!("{inside}{name}"));
        }
    }
}

#[test]
fn every_source_file_has_its_sentence_and_every_sentence_its_file() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    let design = std::fs::read_to_string(workspace.join("DESIGN.md")).expect("DESIGN.md");
    for folder in FOLDERS {
        let section = design.split_once(&format!("**{folder}**")).map_or("", |(_, rest)| rest);
        let section = section.split("\n**").next().unwrap_or_default();
        let mut said: Vec<_> = section.lines().filter_map(|line| line.strip_prefix("* `")?.split('`').next()).collect();
        let mut there = Vec::new();
        sources(&workspace.join(folder), "", &mut there);
        said.sort_unstable();
        there.sort();
        assert_eq!(said, there, "{folder}: the list at the end of DESIGN.md is not up to date");
    }
}
