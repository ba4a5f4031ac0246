//! Items of batches that are not done in a case.

use std::collections::HashSet;

use serde_json::Value;

use checkagent_cassette::analysis::Batch;
use checkagent_cassette::json::leaves;

use crate::recording::Recording;

/// Items of batches that are not done.
#[derive(Debug, Default)]
pub(super) struct Undone {
    /// The batches that they belong to.
    pub batches: Vec<usize>,
    /// Those of which nothing is done.
    pub wholly: Vec<usize>,
    /// What was asked and answered for each item.
    pub documents: Vec<Value>,
    /// The same of the items beside them, which are done.
    pub others: Vec<Value>,
    /// The ids that they alone would have brought into the world.
    pub ids: HashSet<String>,
}

impl Undone {
    /// Adds the items of one batch.
    pub(super) fn add(&mut self, recording: &Recording, batch: usize, items: &[usize]) {
        let all = recording.batch(batch).map_or(&[][..], Batch::items);
        self.batches.push(batch);
        if items.len() == all.len() {
            self.wholly.push(batch);
        }
        for (index, item) in all.iter().enumerate() {
            let kind = if items.contains(&index) { &mut self.documents } else { &mut self.others };
            kind.extend([item.asked.clone(), item.answered.clone()]);
        }
        let others = texts(&self.others);
        let new = recording.new_ids(batch);
        let own = texts(&self.documents).into_iter().filter(|text| new.contains(text) && !others.contains(text));
        self.ids.extend(own);
    }
}

/// Every text in some documents.
pub(super) fn texts(documents: &[Value]) -> HashSet<String> {
    let mut found = HashSet::new();
    for document in documents {
        leaves(document, &mut |_, value| found.extend(value.as_str().map(str::to_owned)));
    }
    found
}
