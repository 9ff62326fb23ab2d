//! What systemd is told, where it started us with `Type=notify`: that we serve, that we begin anew, that we end. Elsewhere
//! nobody listens, and nothing is said.

#[cfg(unix)]
use sd_notify::NotifyState;

/// Requests are answered from now on.
pub fn ready() {
    #[cfg(unix)]
    tell(&[NotifyState::Ready, NotifyState::Status("serving")]);
}

/// Another version takes over, and will say when it serves.
pub fn upgrading() {
    #[cfg(unix)]
    if let Ok(now) = NotifyState::monotonic_usec_now() {
        tell(&[NotifyState::Reloading, now, NotifyState::Status("upgrading")]);
    }
}

/// The end has begun.
pub fn stopping() {
    #[cfg(unix)]
    tell(&[NotifyState::Stopping, NotifyState::Status("stopping")]);
}

#[cfg(unix)]
fn tell(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::warn!(%error, "systemd cannot be told how the server is");
    }
}
