//! Nothing is registered here.

checkagent::main!();
