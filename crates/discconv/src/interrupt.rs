//! Ctrl-C and SIGTERM: a flag that all work looks at, so that it ends in order and cleans up.

use crate::console::Console;
use std::sync::atomic::{AtomicBool, Ordering};

static STOP: AtomicBool = AtomicBool::new(false);

/// Begin to listen. A second signal changes nothing: cleaning up is already under way and goes on.
pub(crate) fn listen(console: &Console) {
    if let Err(error) = ctrlc::set_handler(|| STOP.store(true, Ordering::SeqCst)) {
        console.warn(&format!("signals cannot be caught ({error}); an interrupted run may leave temporary files"));
    }
}

/// Has the person asked to stop?
pub(crate) fn asked() -> bool {
    STOP.load(Ordering::Relaxed)
}
