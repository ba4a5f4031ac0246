//! One trial for every case of both agents. The tests themselves stand in `src/suite.rs`.

use records_export as _;

checkagent::main!();
