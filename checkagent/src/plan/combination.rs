//! Cases of several faults.

use std::collections::BTreeMap;

use super::candidate::Candidate;
use super::pairwise::covering;
use crate::mutation::{Bend, Draw, Family, Lie, Mutation, Site, Until};
use crate::recording::Recording;

/// Sites of one family that take part; more make more rows than anybody runs.
const PER_FAMILY: usize = 6;
/// Faults of one case. With more, the agent gives up at the first and never meets the others.
const TOGETHER: usize = 3;

/// Faults of one case, by case, and how well they cover.
#[derive(Clone, Debug, Default)]
pub(super) struct Combinations {
    pub cases: Vec<Vec<Mutation>>,
    /// How many pairs of sites there are, and how many no case has.
    pub pairs: usize,
    pub open: usize,
}

/// A covering array over families and their best sites.
pub(super) fn pairs(candidates: &[Candidate], budget: usize, recording: &Recording) -> Combinations {
    let mut families: BTreeMap<Family, Vec<Mutation>> = BTreeMap::new();
    // In turns, so that a family shows its operators before it shows a second site of one.
    let longest = candidates.iter().map(|candidate| candidate.sites.len()).max().unwrap_or_default();
    for round in 0..longest {
        for candidate in candidates {
            let family = families.entry(candidate.operator.family()).or_default();
            if family.len() >= PER_FAMILY {
                continue;
            }
            if let Some(site) = candidate.sites.get(round).filter(|site| passes(candidate, site, recording)) {
                family.push(with_value(candidate, site, recording));
            }
        }
    }
    families.retain(|_, sites| !sites.is_empty());
    let factors: Vec<_> = families.into_values().collect();
    let levels: Vec<_> = factors.iter().map(Vec::len).collect();
    let covering = covering(&levels, TOGETHER, budget);
    let row = |row: &Vec<Option<usize>>| {
        let chosen = row.iter().zip(&factors).filter_map(|(level, sites)| Some(sites[(*level)?].clone()));
        let mut faults: Vec<_> = chosen.collect();
        faults.sort_by_key(|fault| fault.site.interaction);
        faults
    };
    Combinations { cases: covering.rows.iter().map(row).collect(), pairs: covering.pairs, open: covering.open }
}

/// Believing a plausible lie is nobody's bug, so a case that holds one proves nothing of the others.
fn proves_something(site: &Site) -> bool {
    !matches!(site.lie, Lie::Plausible(_))
}

/// Whether a fault leaves something for another one to do: it proves something, and it ends.
fn passes(candidate: &Candidate, site: &Site, recording: &Recording) -> bool {
    let endless = |bend: &Bend| matches!(bend, Bend::Outage { until: Until::Never, .. });
    proves_something(site) && !candidate.operator.bend(site, recording).parts().iter().any(endless)
}

/// Days on which every call may fail: so many of a thousand, by the weights of the operators that have a site there.
pub(super) fn days(
    candidates: &[Candidate],
    name: &str,
    per_mille: u32,
    budget: usize,
    recording: &Recording,
) -> Combinations {
    let mut at: BTreeMap<usize, Vec<(&Candidate, &Site)>> = BTreeMap::new();
    for candidate in candidates {
        for site in candidate.sites.iter().filter(|site| proves_something(site)) {
            at.entry(site.interaction).or_default().push((candidate, site));
        }
    }
    let mut combinations = Combinations::default();
    if at.is_empty() {
        return combinations;
    }
    let everywhere: Vec<_> = at.values().collect();
    for day in 1..=budget {
        let mut draw = Draw::named(&format!("{name}@{day}"));
        let mut faults = Vec::new();
        let mut strike = |sites: &[(&Candidate, &Site)], draw: &mut Draw| {
            let weights: Vec<_> = sites.iter().map(|(candidate, _)| candidate.weight.max(1)).collect();
            if let Some(drawn) = draw.weighted(&weights) {
                let (candidate, site) = sites[drawn];
                faults.push(with_value(candidate, site, recording));
            }
        };
        let mut any = false;
        for sites in &everywhere {
            if draw.below(1000) < per_mille as usize {
                any = true;
                strike(sites, &mut draw);
            }
        }
        // A day without a fault is the baseline.
        if !any {
            let drawn = draw.below(everywhere.len());
            strike(everywhere[drawn], &mut draw);
        }
        combinations.cases.push(faults);
    }
    combinations
}

/// A generated value is drawn once: the case is about the faults together.
pub(super) fn with_value(candidate: &Candidate, site: &Site, recording: &Recording) -> Mutation {
    let mut site = site.clone();
    if site.value.is_none()
        && let Some(values) = candidate.operator.values(&site, recording)
    {
        site.value = values.first(&format!("{}@{site}", candidate.operator.id()));
    }
    Mutation { operator: std::sync::Arc::clone(&candidate.operator), site }
}
