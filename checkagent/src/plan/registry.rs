//! Plans are registered at link time; the only module that knows inventory.

use super::plan::Plan;

/// Where a test stands in the user's source.
#[derive(Clone, Copy, Debug)]
pub struct Source {
    /// `module_path!()` of the generated module.
    pub module: &'static str,
    /// The function's name.
    pub function: &'static str,
    /// `file!()`.
    pub file: &'static str,
    /// `line!()`.
    pub line: u32,
    /// `CARGO_MANIFEST_DIR` of the user's crate.
    pub manifest_dir: &'static str,
}

/// One registered test.
#[derive(Debug)]
pub struct Registration {
    /// Makes the plan; nothing is made before it is asked for.
    pub plan: fn() -> Plan,
}

inventory::collect!(Registration);

/// Every `#[agent_test]` that is linked into this program, sorted by name.
///
/// Tests in a library are found only if the program uses that library (`use mylib as _;`).
#[must_use]
pub fn plans() -> Vec<Plan> {
    let mut plans: Vec<_> = inventory::iter::<Registration>.into_iter().map(|registered| (registered.plan)()).collect();
    plans.sort_by(|a: &Plan, b| a.name().cmp(b.name()));
    plans
}
