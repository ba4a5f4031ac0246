//! One trial for every case of every test. The tests themselves stand in `src/suite.rs`.

use refund_desk as _;

checkagent::main!();
