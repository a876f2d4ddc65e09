//! Accounts over the life of the process: opened, kept on disk now and then, and at the end.

use std::{env, path::Path, sync::Arc, time::Duration};

use dashboard::{AccountError, Accounts};
use model::{Budget, Clock};
use tokio::{task::spawn_blocking, time::sleep};

use crate::Failure;

/// Sets the admin's password.
const PASSWORD_VARIABLE: &str = "GNOMON_ADMIN_PASSWORD";
/// How long the new password waits to be stored.
const PASSWORD_DELAY: Duration = Duration::from_secs(2);
/// How often sessions are written, if somebody used one. What a crash costs is at most so much of the time at which
/// they were seen last.
const INTERVAL: Duration = Duration::from_secs(600);

/// Who may log in, and the admin's password when it is new. Where no dashboards are served nobody may, and no
/// password is made.
///
/// # Errors
/// When the users' file cannot be read or written, or the password of the environment cannot be used.
pub(crate) fn open(
    data: &Path,
    budget: &Arc<Budget>,
    clock: Arc<dyn Clock>,
    served: bool,
) -> Result<(Arc<Accounts>, Option<String>), Failure> {
    if !served {
        return Ok((Arc::new(Accounts::none(clock)?), None));
    }
    let password = env::var(PASSWORD_VARIABLE).ok();
    let opened = Accounts::open(data, password.as_deref(), budget, clock).map_err(|error| match error {
        AccountError::PasswordTooShort | AccountError::PasswordTooLong { .. } => {
            Failure::from(format!("{PASSWORD_VARIABLE}: {error}"))
        }
        error => error.into(),
    });
    let (accounts, new_password) = opened?;
    let accounts = Arc::new(accounts);
    tokio::spawn(keep(Arc::clone(&accounts)));
    Ok((accounts, new_password))
}

/// Stores the admin's new password while the stack answers already, and then the sessions every so often.
///
/// The password not at once: it takes some 300 ms of CPU, which those who ask first would miss. Who logs in meanwhile
/// has it done then.
async fn keep(accounts: Arc<Accounts>) {
    sleep(PASSWORD_DELAY).await;
    let settling = Arc::clone(&accounts);
    if let Ok(Err(error)) = spawn_blocking(move || settling.settle()).await {
        tracing::error!(%error, "the admin's new password is not stored; it holds until the end");
    }
    loop {
        sleep(INTERVAL).await;
        let keeping = Arc::clone(&accounts);
        drop(spawn_blocking(move || keeping.keep()).await);
    }
}

/// Stores what is not stored yet, before the process ends.
pub(crate) async fn close(accounts: Arc<Accounts>) {
    drop(spawn_blocking(move || accounts.save_sessions()).await);
}
