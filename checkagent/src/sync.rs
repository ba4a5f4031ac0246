//! Locks that do not mind a panic.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks. A panic of the agent elsewhere does not make the world's own data wrong.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
