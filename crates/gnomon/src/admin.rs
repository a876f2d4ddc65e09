//! `gnomon admin`: what one does to accounts by hand, beside a running stack or without one.

use std::{
    fs,
    io::{self, BufRead, Write},
    net::{IpAddr, Ipv4Addr},
    os::unix::fs::{MetadataExt, chown},
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::{Args, Subcommand};
use dashboard::{Accounts, Change, account::ADMIN};
use model::{Budget, clock::SystemClock};

use crate::{Failure, data_folder};

/// The files that this may write.
const FILES: [&str; 2] = ["users.json", "audit.log"];

/// What to do to accounts.
#[derive(Debug, Subcommand)]
pub(crate) enum AdminCommand {
    /// Give the admin, or another user, a new password and all rights. A running stack takes it over at once; all
    /// sessions of the user end.
    #[command(visible_alias = "reset-admin-password")]
    ResetPassword(ResetArgs),
}

/// `gnomon admin reset-password`.
#[derive(Debug, Args)]
pub(crate) struct ResetArgs {
    /// The new password; without it a line of standard input is read, which no list of processes shows.
    pub password: Option<String>,
    /// Whose password; a user who is not there is made.
    #[arg(long, value_name = "LOGIN", default_value = ADMIN)]
    pub user: String,
    /// Folder of the data [default: that of gnomon up].
    #[arg(long = "storage.tsdb.path", value_name = "FOLDER")]
    pub data: Option<PathBuf>,
}

/// Runs a command.
///
/// # Errors
/// When there are no accounts in the folder, or they cannot be written.
pub(crate) fn run(command: AdminCommand) -> Result<(), Failure> {
    let AdminCommand::ResetPassword(ResetArgs { password, user, data }) = command;
    let folder = data.unwrap_or_else(data_folder::default);
    let owner = owner(&folder)?;
    let password = password.map_or_else(read_password, Ok)?;
    let (accounts, _) =
        Accounts::open(&folder, None, &Budget::new(usize::MAX), Arc::new(SystemClock::default()))?;
    accounts.reset_password(&user, &password)?;
    let what = format!("reset the password of {user}");
    let from = IpAddr::V4(Ipv4Addr::LOCALHOST);
    accounts.record(&Change { who: "gnomon admin", who_id: 0, from, what: &what, status: 200 });
    give_back(&folder, owner)?;
    // With standard output closed there is nobody to tell.
    let _ = writeln!(io::stdout(), "the password of {user} is changed, in {}", folder.display());
    Ok(())
}

/// Whose files they are. A folder without accounts is another one than was meant.
fn owner(folder: &Path) -> Result<(u32, u32), Failure> {
    let path = folder.join(FILES[0]);
    let file = fs::metadata(&path).map_err(|error| {
        format!("{}: {error}; name the folder of the data with --storage.tsdb.path", path.display())
    })?;
    Ok((file.uid(), file.gid()))
}

/// Leaves the files to the user of the stack when somebody else, as root, has written them.
fn give_back(folder: &Path, (user, group): (u32, u32)) -> Result<(), Failure> {
    for path in FILES.map(|file| folder.join(file)) {
        let file = fs::metadata(&path)?;
        if (file.uid(), file.gid()) != (user, group) {
            chown(&path, Some(user), Some(group)).map_err(|error| format!("{}: {error}", path.display()))?;
        }
    }
    Ok(())
}

fn read_password() -> Result<String, Failure> {
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
