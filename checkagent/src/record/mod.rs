//! Recording: modes, the recorder behind a world, and what is never written.

mod branches;
mod mode;
mod recorder;
mod storm;

pub(crate) use branches::BranchRecorder;
pub(crate) use mode::from_environment;
pub use mode::{RecordMode, is_ci};
pub(crate) use recorder::Recorder;
