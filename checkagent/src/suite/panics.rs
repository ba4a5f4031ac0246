//! Where a case panicked: libtest-mimic keeps the message but not the place.

use std::any::Any;
use std::cell::RefCell;
use std::panic::PanicHookInfo;
use std::sync::Once;

use crate::world::SetupError;

/// A panic of a case's thread.
#[derive(Clone, Debug, Default)]
pub(super) struct Panic {
    pub message: String,
    pub location: String,
    pub file: String,
    /// Whether the world itself refused what the test asked for.
    pub setup: bool,
}

thread_local! {
    static CAUGHT: RefCell<Option<Vec<Panic>>> = const { RefCell::new(None) };
}

/// Collects the panics of this thread from now on, instead of printing them. Panics inside tasks that the agent
/// spawned are seen too: they run on the same thread.
pub(super) fn collect() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let previous = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let collected = CAUGHT.with_borrow_mut(|caught| match caught {
                Some(panics) => {
                    panics.push(panic_of(info));
                    true
                }
                None => false,
            });
            if !collected {
                previous(info);
            }
        }));
    });
    CAUGHT.set(Some(Vec::new()));
}

/// The first panic since [`collect`], and no more collecting.
pub(super) fn take() -> Option<Panic> {
    CAUGHT.take().and_then(|panics| panics.into_iter().next())
}

fn panic_of(info: &PanicHookInfo<'_>) -> Panic {
    let location = info.location();
    let setup = info.payload().downcast_ref::<SetupError>();
    Panic {
        message: setup.map_or_else(|| message(info.payload()), |error| error.0.clone()),
        location: location.map_or_else(String::new, |location| format!("{}:{}", location.file(), location.line())),
        file: location.map_or_else(String::new, |location| location.file().to_owned()),
        setup: setup.is_some(),
    }
}

/// What a panic says.
pub(super) fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".to_owned())
}
